//! 经营建议: made every night from figures, decided by people, never carried out by itself; what came of those that were
//! taken is measured beside stations like theirs.

mod driver;
pub mod rules;

pub use driver::{CustomerAdviceChange, no_customer};

use crate::Engine;
use crate::audit::Actor;
use crate::feedback::plain;
use model::advice::{AdviceEffect, AdviceState};
use model::time::{DAY_MS, Timestamp};
use model::{Error, Result};
use rules::Wanted;
use serde::Deserialize;
use serde_json::json;
use std::collections::{HashMap, HashSet};
use store::Tx;
use store::advice_figures::{self, DaySum, PILE_DAYS};
use store::advices::{self, Advice};
use utoipa::ToSchema;

/// Days of figures behind an advice.
const FIGURE_DAYS: i64 = 28;
/// Days in which a change of price of a station's own is looked for.
const PRICE_DAYS: i64 = 120;
/// What was decided is not advised again for so long.
const REST_MS: i64 = 30 * DAY_MS;
/// Days before and after an advice was taken that are compared.
const EFFECT_DAYS: i64 = 14;
const REASON_MAX: usize = 200;
/// Most that are looked at of one state.
const ALL: i64 = 10_000;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdviceChange {
    /// The version that the page shows.
    pub version: i64,
    /// `taken` or `dismissed`.
    pub state: AdviceState,
    /// `dismissed`: why not.
    pub reason: Option<String>,
}

pub fn no_advice() -> Error {
    Error::not_found(
        "advice.not_found",
        "没有这条建议，或不在您的数据范围内；请刷新列表",
        "There is no such advice in your scope; reload the list.",
    )
}

impl Engine {
    /// Makes what the figures of the last weeks advise; how many are new, or have changed their state.
    pub async fn advice_make(&self, now: Timestamp) -> Result<usize> {
        let sleeping_days = self.rules().segments.sleeping_days;
        let wanted = self.store.read(move |conn| all_wanted(conn, sleeping_days, now)).await?;
        let done = self.store.write(None, move |tx| keep(tx, &wanted, now)).await?;
        Ok(done + self.advice_measure(now).await?)
    }

    /// What came of those that were taken long enough ago.
    async fn advice_measure(&self, now: Timestamp) -> Result<usize> {
        let read = move |conn: &mut store::Conn| {
            let taken = advices::in_state(conn, AdviceState::Taken, ALL)?;
            let kinds = advice_figures::kinds(conn)?;
            let days = advice_figures::days(conn, &advice_figures::days_before(now, 3 * PRICE_DAYS))?;
            Ok((taken, kinds, days))
        };
        let (taken, kinds, days) = self.store.read(read).await?;
        let touched: HashSet<i64> = taken.iter().filter_map(|one| one.station).collect();
        let measured: Vec<Advice> = taken
            .into_iter()
            .filter(|one| one.effect.is_none())
            .filter_map(|one| {
                let effect = effect(&one, &kinds, &days, &touched, now)?;
                Some(Advice { effect: Some(effect), version: one.version + 1, ..one })
            })
            .collect();
        let count = measured.len();
        self.store
            .write(None, move |tx| measured.iter().try_for_each(|one| advices::save(tx, one).map(drop)))
            .await?;
        Ok(count)
    }

    pub async fn advice_update(&self, actor: &Actor, id: i64, change: AdviceChange) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let found = tx.read(|conn| advices::find(conn, &actor.caller.scope, id))?;
                let one = found.ok_or_else(no_advice)?;
                if one.version != change.version {
                    return Err(Error::conflict(
                        "advice.version_differs",
                        "该建议刚有变化，已读取最新内容，请核对后再操作",
                        "This advice has changed meanwhile. Look at it as it is now, then try again.",
                    ));
                }
                let state = one.state.decided(change.state)?;
                let reason = change.reason.as_deref().map(str::trim).filter(|text| !text.is_empty());
                let reason = reason.map(|text| plain("reason", text, REASON_MAX)).transpose()?;
                if state == AdviceState::Dismissed && reason.is_none() {
                    return Err(Error::invalid(
                        "reason",
                        "请填写不采纳的原因，以便之后改进建议",
                        "Say why it is not taken, so that advice becomes better.",
                    ));
                }
                let detail = json!({"kind": one.kind, "subject": one.subject, "before": {"state": one.state},
                    "after": {"state": state, "reason": reason}});
                let decided = Advice {
                    state,
                    reason,
                    decided_at: Some(now),
                    decided_by: Some(actor.caller.name.clone()),
                    version: one.version + 1,
                    ..one
                };
                advices::save(tx, &decided)?;
                actor.record(tx, now, "advice_update", "advice", id, &detail)
            })
            .await
    }
}

fn all_wanted(conn: &mut store::Conn, sleeping_days: i64, now: Timestamp) -> store::DbResult<Vec<Wanted>> {
    let span = advice_figures::days_before(now, FIGURE_DAYS);
    let ends = (span.first().copied().unwrap_or(0), span.last().copied().unwrap_or(0));
    let stations = advice_figures::stations(conn, ends, now.plus_ms(-FIGURE_DAYS * DAY_MS))?;
    let days = advice_figures::days(conn, &advice_figures::days_before(now, PRICE_DAYS))?;
    let mut all = Vec::new();
    for one in &stations {
        let own = days.get(&one.station).map_or(&[][..], Vec::as_slice);
        all.extend(rules::prices(one, own, FIGURE_DAYS));
        all.extend(rules::extension(one, FIGURE_DAYS));
    }
    let piles = advice_figures::piles(conn, now.plus_ms(-PILE_DAYS * DAY_MS))?;
    all.extend(piles.iter().filter_map(|one| rules::maintenance(one, now)));
    all.extend(advice_figures::inspections(conn, now)?.iter().map(|one| rules::inspection(one, now)));
    all.extend(rules::coupon(&advice_figures::customers(conn)?, sleeping_days));
    Ok(all)
}

/// One that is new is brought up to date; one that was decided rests; what is not wanted any more has expired.
fn keep(tx: &mut Tx<'_>, wanted: &[Wanted], now: Timestamp) -> Result<usize> {
    let mut done = 0;
    for one in wanted {
        let known = tx.read(|conn| advices::latest(conn, &one.subject))?;
        match known {
            Some(known) if known.state == AdviceState::New => {
                let changed = known.facts != one.facts || known.expected != one.expected;
                let version = known.version + i64::from(changed);
                let facts = one.facts.clone();
                advices::save(tx, &Advice { facts, expected: one.expected, seen_at: now, version, ..known })?;
            }
            Some(known) if known.decided_at.is_some_and(|at| now.since(at) < REST_MS) => {}
            _ => {
                advices::save(tx, &fresh(one, now))?;
                done += 1;
            }
        }
    }
    let held: HashSet<&str> = wanted.iter().map(|one| one.subject.as_str()).collect();
    for one in tx.read(|conn| advices::in_state(conn, AdviceState::New, ALL))? {
        if !held.contains(one.subject.as_str()) {
            advices::save(tx, &Advice { state: AdviceState::Expired, version: one.version + 1, ..one })?;
            done += 1;
        }
    }
    Ok(done)
}

fn fresh(one: &Wanted, now: Timestamp) -> Advice {
    Advice {
        id: 0,
        subject: one.subject.clone(),
        kind: one.kind,
        state: AdviceState::New,
        operator: one.operator,
        station: one.station,
        pile: one.pile,
        facts: one.facts.clone(),
        expected: one.expected,
        effect: None,
        made_at: now,
        seen_at: now,
        decided_at: None,
        decided_by: None,
        reason: None,
        version: 1,
    }
}

/// The mean energy of a day of some stations, before and after a day; that day itself is on neither side.
fn sides(of: &[&Vec<DaySum>], day: i64) -> (i64, i64) {
    let (mut before, mut after) = (0, 0);
    let side = usize::try_from(EFFECT_DAYS).unwrap_or(0);
    for days in of {
        let Some(at) = days.iter().position(|one| one.day == day) else { continue };
        let sum = |days: &[DaySum]| days.iter().map(|one| one.energy_dwh).sum::<i64>();
        before += sum(&days[at.saturating_sub(side)..at]);
        after += sum(&days[(at + 1).min(days.len())..(at + 1 + side).min(days.len())]);
    }
    (before / EFFECT_DAYS, after / EFFECT_DAYS)
}

fn effect(
    one: &Advice,
    kinds: &HashMap<i64, String>,
    days: &HashMap<i64, Vec<DaySum>>,
    touched: &HashSet<i64>,
    now: Timestamp,
) -> Option<AdviceEffect> {
    let (station, decided) = (one.station?, one.decided_at?);
    if now.since(decided) < (EFFECT_DAYS + 1) * DAY_MS {
        return None;
    }
    let day = model::time::Zone::shanghai().local(decided).day;
    let kind = kinds.get(&station)?;
    let like = |id: &&i64| **id != station && !touched.contains(id) && kinds.get(id) == Some(kind);
    let others: Vec<&Vec<DaySum>> = days.keys().filter(like).filter_map(|id| days.get(id)).collect();
    let own = days.get(&station).map_or((0, 0), |own| sides(&[own], day));
    let count = i64::try_from(others.len()).unwrap_or(i64::MAX);
    Some(AdviceEffect::of(EFFECT_DAYS, own, sides(&others, day), count))
}
