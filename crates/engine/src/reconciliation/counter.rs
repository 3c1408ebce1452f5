//! 渠道对账 and 互联互通对账: the bill of a day comes from a pay channel or a peer, is kept as it came, compared with what
//! we have written down, and signed off by a person. What resolves by itself, a notice that came late, is closed by
//! the next run.

use super::rules::{Kept, Standing, Step, handle_allowed, reopen_allowed, sign_allowed, steps};
use super::{DifferenceChange, ReconciliationReopening, ReconciliationSign, bounds};
use crate::Engine;
use crate::audit::Actor;
use crate::pay::channels::no_pay_channel;
use crate::random::hex;
use model::pay::PayChannelKind;
use model::reconciliation::{
    CounterDay, CounterDifferenceKind, CounterFound, CounterLine, CounterSource, CounterSums,
    DifferenceState, ReconciliationState, counter_compare, handling_checked, note_checked,
};
use model::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp, Zone};
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use store::counter_bills::{self, CounterBillRow, Maker, NewCounterBill};
use store::counter_ours;
use store::pay_channels::{self, PayChannel};
use store::reconciliation_books::{self, COUNTER};
use store::{Conn, DbResult, Tx};
use utoipa::ToSchema;

/// A bill that does not come is asked for so long, and compared again so long as nobody has signed it off.
const FETCH_DAYS: i64 = 7;
const AGAIN_DAYS: i64 = 31;
/// Minutes until a bill is asked for again, by how often it was.
const AGAIN_MINUTES: [i64; 6] = [10, 10, 20, 30, 60, 120];

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CounterBillDraft {
    pub pay_channel_id: i64,
    /// A day in China that is over, 20261123.
    pub day: i64,
}

/// A bill as a channel has given it.
#[derive(Clone, Debug)]
pub struct CounterBillSaid {
    pub file_name: String,
    pub body: Vec<u8>,
    pub lines: Vec<CounterLine>,
}

pub fn no_counter_bill() -> Error {
    Error::not_found(
        "counter_bill.not_found",
        "没有这份对方账单，请刷新列表",
        "There is no such bill; load the list again.",
    )
}

pub fn no_counter_difference() -> Error {
    Error::not_found(
        "counter_difference.not_found",
        "没有这条对账差异，请刷新列表",
        "There is no such difference; load the list again.",
    )
}

pub(super) fn signed() -> Error {
    Error::refused(
        "reconciliation.signed",
        "这一天已签核；请先写明原因重开对账，再重新获取账单",
        "The day is signed off. Open it again, with a reason, before its bill is fetched anew.",
    )
}

/// From and to of a day in China, as long as it is over.
fn span(day: i64, now: Timestamp) -> Option<(i64, i64)> {
    let found = bounds(&Zone::shanghai(), day).filter(|(_, to)| *to <= now);
    found.map(|(from, to)| (from.as_ms(), to.as_ms()))
}

pub(super) fn day_over(day: i64, now: Timestamp) -> Result<(i64, i64)> {
    span(day, now).ok_or_else(|| {
        Error::invalid(
            "day",
            "请选择一个已经过完的日期（北京时间），当天的账单次日才有",
            "Choose a day that is over in China; the bill of today is made tomorrow.",
        )
    })
}

/// How long after midnight a channel has its bill.
fn ready_after(kind: PayChannelKind) -> i64 {
    match kind {
        PayChannelKind::Wechat => 10 * HOUR_MS,
        PayChannelKind::Simulated => 10 * MINUTE_MS,
    }
}

fn next_try(tries: i64, now: Timestamp) -> Timestamp {
    let last = AGAIN_MINUTES.len() - 1;
    let minutes = AGAIN_MINUTES[usize::try_from(tries).map_or(last, |tries| tries.min(last))];
    now.plus_ms(minutes * MINUTE_MS)
}

fn standing(row: &CounterBillRow) -> Standing {
    let (state, version) = (row.state, row.version);
    Standing { state, version, open_count: row.open_count, written_off_fen: row.written_off_fen }
}

fn told(row: &CounterBillRow) -> serde_json::Value {
    json!({"source": row.source, "source_id": row.source_id, "day": row.day, "state": row.state,
        "open_count": row.open_count, "written_off_fen": row.written_off_fen})
}

/// Which bills are to be asked for now.
fn due(conn: &mut Conn, now: Timestamp) -> DbResult<Vec<(PayChannel, i64)>> {
    let (zone, mut all) = (Zone::shanghai(), Vec::new());
    for channel in pay_channels::all(conn)?.into_iter().filter(|one| one.enabled) {
        let Some(first) = counter_bills::first_payment_ms(conn, channel.id)? else { continue };
        let first = zone.local(Timestamp::from_ms(first)).day;
        let since = zone.local(now.plus_ms(-FETCH_DAYS * DAY_MS)).day;
        let known = counter_bills::since(conn, (CounterSource::PayChannel, channel.id), since)?;
        let ready = now.plus_ms(-ready_after(channel.config.kind()));
        for ago in (1..=FETCH_DAYS).rev() {
            let day = zone.local(now.plus_ms(-ago * DAY_MS)).day;
            let row = known.iter().find(|row| row.day == day);
            let waits = row.is_none_or(|row| {
                row.fetched_at_ms.is_none() && row.next_at_ms.is_none_or(|at| at <= now.as_ms())
            });
            if waits && day >= first && span(day, ready).is_some() {
                all.push((channel.clone(), day));
            }
        }
    }
    Ok(all)
}

/// What a run has read and found, to be written.
struct Run {
    row: CounterBillRow,
    sums: CounterSums,
    found: Vec<CounterFound>,
}

/// Reads and compares, on a connection that cannot write. Nothing of a bill that is signed off, or not here.
fn compared(
    conn: &mut Conn,
    id: i64,
    (now, energy_tolerance_dwh): (Timestamp, i64),
) -> DbResult<Option<Run>> {
    let Some(row) = counter_bills::find(conn, id)? else { return Ok(None) };
    let Some((from_ms, to_ms)) = span(row.day, now) else { return Ok(None) };
    if row.state == ReconciliationState::Signed || row.fetched_at_ms.is_none() {
        return Ok(None);
    }
    let channel = match row.source {
        CounterSource::PayChannel => pay_channels::get(conn, row.source_id)?,
        CounterSource::Peer => None,
    };
    let fee_bp = channel.and_then(|channel| channel.fee_bp);
    let lines = counter_bills::lines(conn, id)?;
    let ours = counter_ours::ours(conn, &row, (from_ms, to_ms))?;
    let day = CounterDay { from_ms, to_ms, lines: &lines, ours: &ours, fee_bp, energy_tolerance_dwh };
    Ok(Some(Run { sums: day.sums(), found: counter_compare(&day), row }))
}

/// Puts what was found beside what is kept; whether anything has changed by it. A bill that has changed meanwhile
/// is left to the next run.
fn keep(tx: &mut Tx<'_>, run: &Run, now: Timestamp) -> Result<bool> {
    let id = run.row.id;
    let Some(row) = tx.read(|conn| counter_bills::find(conn, id))? else { return Ok(false) };
    if row.version != run.row.version {
        return Ok(false);
    }
    let kept = tx.read(|conn| counter_bills::differences_of(conn, id))?.into_iter();
    let kept = kept.map(|one| Kept {
        id: one.id,
        worth: (one.energy_dwh, one.amount_fen),
        state: one.state,
        key: one.key,
    });
    let keys: Vec<_> =
        run.found.iter().map(|one| (one.key.as_str(), (one.energy_dwh, one.amount_fen))).collect();
    let steps = steps(kept.collect(), &keys, false);
    if steps.is_empty() && row.sums == run.sums && row.ran_at_ms.is_some() {
        return Ok(false);
    }
    for step in steps {
        match step {
            Step::Insert { at } => {
                let found = &run.found[at];
                // Both sides have it, each on its day: there is nothing to be done.
                let settled = found.kind == CounterDifferenceKind::DayShifted;
                let state = if settled { DifferenceState::Accepted } else { DifferenceState::Open };
                counter_bills::difference_insert(tx, &row, found, state, now)?;
            }
            Step::Refresh { id, at, state } => {
                counter_bills::difference_refresh(tx, id, &run.found[at], state)?
            }
            Step::Gone { id } => reconciliation_books::difference_gone(tx, COUNTER, id)?,
        }
    }
    counter_bills::ran(tx, &row, &run.sums, now)?;
    reconciliation_books::recount(tx, COUNTER, id)?;
    Ok(true)
}

fn bill(tx: &mut Tx<'_>, id: i64) -> Result<CounterBillRow> {
    tx.read(|conn| counter_bills::find(conn, id))?.ok_or_else(no_counter_bill)
}

/// The row of a day, made where there is none.
fn row_of(tx: &mut Tx<'_>, (from, operator): (Maker, Option<i64>), day: i64) -> Result<CounterBillRow> {
    match tx.read(|conn| counter_bills::of_day(conn, from, day))? {
        Some(row) => Ok(row),
        None => counter_bills::insert(tx, (from, operator), day),
    }
}

fn of_channel(channel: &PayChannel) -> (Maker, Option<i64>) {
    ((CounterSource::PayChannel, channel.id), channel.operator_id)
}

/// Puts a bill to its day: the same again changes nothing, another one takes its place, and one that is signed off
/// stays.
pub(super) fn bill_put(
    tx: &mut Tx<'_>,
    of: (Maker, Option<i64>),
    day: i64,
    (new, now): (&NewCounterBill, Timestamp),
) -> Result<i64> {
    let row = row_of(tx, of, day)?;
    if row.state != ReconciliationState::Signed && row.digest.as_ref() != Some(&new.digest) {
        counter_bills::take(tx, &row, new, now)?;
    }
    Ok(row.id)
}

impl CounterBillSaid {
    pub(super) fn kept(self) -> NewCounterBill {
        let digest = hex(&Sha256::digest(&self.body));
        NewCounterBill { file_name: self.file_name, digest, body: self.body, lines: self.lines }
    }
}

impl Engine {
    /// Which bills are to be asked for now, the oldest of each channel first.
    pub async fn counter_bills_due(&self, now: Timestamp) -> Result<Vec<(PayChannel, i64)>> {
        self.store.read(move |conn| due(conn, now)).await
    }

    /// A channel of which somebody wants a bill now.
    pub async fn counter_bill_asked(&self, actor: &Actor, draft: CounterBillDraft) -> Result<PayChannel> {
        actor.must_be_platform()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let found = tx.read(|conn| pay_channels::get(conn, draft.pay_channel_id))?;
                let channel = found.ok_or_else(|| no_pay_channel().on_field("pay_channel_id"))?;
                day_over(draft.day, now)?;
                let known = tx.read(|conn| counter_bills::of_day(conn, of_channel(&channel).0, draft.day))?;
                if known.is_some_and(|row| row.state == ReconciliationState::Signed) {
                    return Err(signed());
                }
                let detail = json!({"pay_channel_id": draft.pay_channel_id, "day": draft.day});
                actor.record(tx, now, "counter_bill_start", "counter_bill", draft.pay_channel_id, &detail)?;
                Ok(channel)
            })
            .await
    }

    /// Keeps a bill of a pay channel that has come, and compares it.
    pub async fn counter_bill_take(
        &self,
        channel: &PayChannel,
        day: i64,
        said: CounterBillSaid,
    ) -> Result<i64> {
        let (channel, now) = (channel.clone(), self.clock.now());
        let new = said.kept();
        let write = move |tx: &mut Tx<'_>| bill_put(tx, of_channel(&channel), day, (&new, now));
        let id = self.store.write(None, write).await?;
        self.counter_bill_judge(id).await?;
        Ok(id)
    }

    /// Compares a bill that has just come, and those of the days around it: what lies on both sides of midnight is
    /// judged by both.
    pub(super) async fn counter_bill_judge(&self, id: i64) -> Result<()> {
        self.counter_bill_run(id).await?;
        let beside = self.store.read(move |conn| {
            let Some(row) = counter_bills::find(conn, id)? else { return Ok(Vec::new()) };
            let near = counter_bills::since(conn, (row.source, row.source_id), row.day - 100)?;
            let at = near.iter().position(|one| one.id == id).unwrap_or(0);
            let around = near[at.saturating_sub(1)..near.len().min(at + 2)].iter();
            Ok(around.map(|one| one.id).filter(|other| *other != id).collect::<Vec<i64>>())
        });
        for other in beside.await? {
            self.counter_bill_run(other).await?;
        }
        Ok(())
    }

    /// A bill that did not come: why, and when it is asked for again.
    pub async fn counter_bill_missing(&self, channel: &PayChannel, day: i64, why: &str) -> Result<i64> {
        let (channel, now, why) = (channel.clone(), self.clock.now(), why.to_owned());
        self.store
            .write(None, move |tx| {
                let row = row_of(tx, of_channel(&channel), day)?;
                counter_bills::tried(tx, row.id, &why, Some(next_try(row.tries, now)))?;
                Ok(row.id)
            })
            .await
    }

    async fn counter_bill_run(&self, id: i64) -> Result<bool> {
        let now = self.clock.now();
        let by = (now, self.rules().energy_tolerance_dwh);
        let Some(run) = self.store.read(move |conn| compared(conn, id, by)).await? else { return Ok(false) };
        self.store.write(None, move |tx| keep(tx, &run, now)).await
    }

    /// Compares again what nobody has signed off; how many bills have changed by it.
    pub async fn counter_bills_run(&self, now: Timestamp) -> Result<usize> {
        let since = Zone::shanghai().local(now.plus_ms(-AGAIN_DAYS * DAY_MS)).day;
        let rows = self.store.read(move |conn| counter_bills::unsigned_since(conn, since)).await?;
        let mut count = 0;
        for row in rows {
            count += usize::from(self.counter_bill_run(row.id).await?);
        }
        Ok(count)
    }

    /// Handles a difference with a channel, or with a peer.
    pub async fn counter_difference_update(
        &self,
        actor: &Actor,
        id: i64,
        change: DifferenceChange,
    ) -> Result<()> {
        actor.must_be_platform()?;
        let note = note_checked("note", &change.note)?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let found = tx.read(|conn| counter_bills::difference_find(conn, id))?;
                let before = found.ok_or_else(no_counter_difference)?;
                let day = bill(tx, before.counter_bill)?;
                handling_checked(change.state, before.order_id)?;
                handle_allowed(day.state, (before.state, before.version), change.version)?;
                let staff = (actor.caller.staff.0, actor.caller.name.as_str(), now);
                reconciliation_books::difference_handle(tx, COUNTER, id, (change.state, &note), staff)?;
                reconciliation_books::recount(tx, COUNTER, day.id)?;
                let detail = json!({"kind": before.kind, "amount_fen": before.amount_fen, "key": before.key,
                    "before": {"state": before.state, "note": before.note},
                    "after": {"state": change.state, "note": note}});
                actor.record(tx, now, "counter_difference_update", "counter_difference", id, &detail)
            })
            .await
    }

    /// Signs a bill off, in which nothing waits to be handled.
    pub async fn counter_bill_confirm(&self, actor: &Actor, id: i64, sign: ReconciliationSign) -> Result<()> {
        actor.must_be_platform()?;
        let (actor, now, rules) = (actor.clone(), self.clock.now(), self.rules());
        self.store
            .write(None, move |tx| {
                let row = bill(tx, id)?;
                if row.ran_at_ms.is_none() {
                    return Err(Error::refused(
                        "counter_bill.missing",
                        "账单还没有到，不能签核；可以点“重新获取”，或等任务自动获取",
                        "The bill is not here yet and cannot be signed off. Fetch it now, or let the job do so.",
                    ));
                }
                sign_allowed(tx, (COUNTER, id), (standing(&row), sign.version), (&actor, &*rules))?;
                let staff = (actor.caller.staff.0, actor.caller.name.as_str(), now);
                let state = ReconciliationState::Signed;
                reconciliation_books::state_set(tx, COUNTER, id, state, Some(staff), "")?;
                let detail = json!({"before": told(&row), "after": {"state": state}});
                actor.record(tx, now, "counter_bill_confirm", "counter_bill", id, &detail)
            })
            .await
    }

    /// Opens a bill again that was signed off.
    pub async fn counter_bill_undo(
        &self,
        actor: &Actor,
        id: i64,
        opening: ReconciliationReopening,
    ) -> Result<()> {
        actor.must_be_platform()?;
        let reason = note_checked("reason", &opening.reason)?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let row = bill(tx, id)?;
                reopen_allowed(standing(&row), opening.version)?;
                let state = ReconciliationState::Reopened;
                reconciliation_books::state_set(tx, COUNTER, id, state, None, &reason)?;
                let detail = json!({"before": told(&row), "after": {"state": state, "reason": reason}});
                actor.record(tx, now, "counter_bill_undo", "counter_bill", id, &detail)
            })
            .await
    }
}
