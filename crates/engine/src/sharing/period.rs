//! 分账期: trying one, because somebody asks for it or because it is over.

use super::trial::{Divided, days_now, divided, is_over, kept, moved, zone_day, zones};
use super::{day_text, operator_seen};
use crate::Engine;
use crate::audit::Actor;
use model::access::Scope;
use model::id::OperatorId;
use model::sharing::{Earned, SharingCycle, SharingPeriodState, day_after, days_before, period_of};
use model::time::{Timestamp, Zone};
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::filter::Page;
use store::sharing_orders::{self, SharingOrderFilter, SharingOrderView};
use store::sharing_periods::{self, SharingPeriod};
use store::{Conn, DbResult, Tx, sharing_rules};
use utoipa::ToSchema;

/// Periods that one night makes up for.
const MOST: usize = 62;
/// How far back an operator that has closed none yet is tried.
const BACK_DAYS: i64 = 62;

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SharingPeriodDraft {
    pub operator_id: i64,
    pub cycle: SharingCycle,
    /// Any day of the period, 20261101.
    pub day: i64,
}

pub fn no_sharing_period() -> Error {
    Error::not_found(
        "sharing_period.not_found",
        "没有这一期分账，或不在您的数据范围内，请刷新列表",
        "There is no such period of sharing in your scope; load the list again.",
    )
}

/// A trial as it was read, to be written.
struct Run {
    trial: Divided,
    /// What was there before, and its version.
    before: Option<Divided>,
}

fn seed(operator: OperatorId, cycle: SharingCycle, (from_day, to_day): (i64, i64)) -> SharingPeriod {
    SharingPeriod {
        id: 0,
        operator,
        cycle,
        from_day,
        to_day,
        state: SharingPeriodState::Trial,
        earned: Earned::default(),
        shared_fen: 0,
        rest_fen: 0,
        adjusted_fen: 0,
        adjusted_count: 0,
        made_at_ms: 0,
        made_count: 0,
        version: 0,
    }
}

/// The days of a period, without those that are closed already. None: all of them are.
fn open_span(cycle: SharingCycle, day: i64, closed_to: Option<i64>) -> Option<(i64, i64)> {
    let (from, to) = period_of(cycle, day)?;
    let next = closed_to.and_then(day_after);
    (closed_to.is_none_or(|closed| closed < day)).then(|| (next.map_or(from, |next| from.max(next)), to))
}

fn run(
    conn: &mut Conn,
    operator: OperatorId,
    cycle: SharingCycle,
    span: (i64, i64),
) -> DbResult<Option<Run>> {
    let before = match sharing_periods::of_days(conn, operator, span)? {
        Some(known) if known.state != SharingPeriodState::Trial => return Ok(None),
        Some(known) => Some(kept(conn, known)?),
        None => None,
    };
    let period = match &before {
        Some(before) => SharingPeriod { cycle, ..before.period.clone() },
        None => seed(operator, cycle, span),
    };
    let days = days_now(conn, &period)?;
    let changed = moved(conn, &period)?;
    let trial = divided(conn, &period, &days, &changed)?;
    Ok(Some(Run { trial, before }))
}

/// Puts a trial in the place of the one before; its number, and whether it says something new. None where the period was
/// changed meanwhile.
fn keep(tx: &mut Tx<'_>, run: &Run, now: Timestamp) -> Result<Option<(i64, bool)>> {
    let period = &run.trial.period;
    let (operator, span) = (period.operator, (period.from_day, period.to_day));
    let known = tx.read(|conn| sharing_periods::of_days(conn, operator, span))?;
    let before = run.before.as_ref().map(|before| before.period.version);
    if known.as_ref().map(|known| known.version) != before {
        return Ok(None);
    }
    if let Some(same) = run.before.as_ref().filter(|before| before.agrees(&run.trial)) {
        return Ok(Some((same.period.id, false)));
    }
    let trial = match &run.before {
        Some(before) => run.trial.clone().beside(before),
        None => run.trial.clone(),
    };
    let id = sharing_periods::save(tx, &trial.period, &trial.lines, &trial.statements, now)?;
    Ok(Some((id, true)))
}

fn no_rules() -> Error {
    Error::refused(
        "sharing_period.no_rules",
        "该运营商还没有分账规则，请先在“分账规则”中新增，再试算",
        "This operator has no rules of sharing yet. Make one first, then try again.",
    )
}

/// Which moments of each zone a period is.
pub fn spans_of(conn: &mut Conn, period: &SharingPeriod) -> DbResult<sharing_orders::Spans> {
    let span = (period.from_day, period.to_day);
    let zones = zones(conn)?;
    let days = zones.iter().filter_map(|zone| zone_day(period.operator, zone, span));
    Ok(days.map(|at| (at.zone.to_owned(), at.from_ms, at.to_ms)).collect())
}

/// The orders on which a period rests: as they were, where it is closed, or as they are now.
pub fn orders_of(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &SharingOrderFilter,
) -> DbResult<Option<Page<SharingOrderView>>> {
    let Some(period) = sharing_periods::find(conn, scope, wanted.period)? else { return Ok(None) };
    if period.state == SharingPeriodState::Closed {
        return sharing_orders::closed_list(conn, wanted).map(Some);
    }
    let spans = spans_of(conn, &period)?;
    sharing_orders::open_list(conn, period.operator, &spans, wanted).map(Some)
}

impl Engine {
    async fn sharing_run(
        &self,
        operator: OperatorId,
        cycle: SharingCycle,
        span: (i64, i64),
        now: Timestamp,
    ) -> Result<Option<(i64, bool)>> {
        let run = self.store.read(move |conn| run(conn, operator, cycle, span)).await?;
        let Some(run) = run else { return Ok(None) };
        self.store.write(None, move |tx| keep(tx, &run, now)).await
    }

    /// Tries a period now, because somebody asks for it.
    pub async fn sharing_period_start(&self, actor: &Actor, draft: SharingPeriodDraft) -> Result<i64> {
        let (now, operator) = (self.clock.now(), OperatorId(draft.operator_id));
        let asking = actor.clone();
        self.store.write(None, move |tx| operator_seen(tx, &asking, operator)).await?;
        let today = Zone::shanghai().local(now).day;
        let wrong = || {
            Error::invalid(
                "day",
                "请填写账期内的一个日期，如 20261101，且不晚于今天",
                "Give a day of the period that is not after today, such as 20261101.",
            )
        };
        if period_of(draft.cycle, draft.day).is_none() || draft.day > today || draft.day < 20_000_101 {
            return Err(wrong());
        }
        let read = move |conn: &mut Conn| {
            let rules = sharing_rules::of_operator(conn, operator)?;
            Ok((!rules.is_empty(), sharing_periods::last_closed(conn, operator, true)?))
        };
        let (has_rules, last) = self.store.read(read).await?;
        if !has_rules {
            return Err(no_rules());
        }
        let closed = last.map(|last| last.to_day);
        let span = open_span(draft.cycle, draft.day, closed).ok_or_else(|| {
            let to = day_text(closed.unwrap_or(draft.day));
            Error::refused(
                "sharing_period.closed",
                format!("到 {to} 为止的分账已结算或正在复核，不再试算；之后的变化会作为调整计入下一期"),
                format!("Sharing up to {to} is closed or about to be. What changes of it becomes an adjustment of the next period."),
            )
            .on_field("day")
        })?;
        let made = self.sharing_run(operator, draft.cycle, span, now).await?;
        let (id, is_new) = made.ok_or_else(|| {
            Error::conflict(
                "sharing_period.busy",
                "这一期刚被他人试算或提交结算，请刷新后查看",
                "Somebody has just tried this period or wants to close it. Load the page again.",
            )
        })?;
        let actor = actor.clone();
        self.store
            .write(None, move |tx| {
                let detail = json!({"operator_id": operator.0, "cycle": draft.cycle, "from_day": span.0,
                    "to_day": span.1, "changed": is_new});
                actor.record(tx, now, "sharing_period_start", "sharing_period", id, &detail)
            })
            .await?;
        Ok(id)
    }

    /// Every night: periods that are over and not closed; how many say something new.
    pub async fn sharing_periods_make(&self, now: Timestamp) -> Result<usize> {
        let first_cycle = match self.rules().sharing_cycle {
            1 => SharingCycle::Day,
            2 => SharingCycle::Week,
            _ => SharingCycle::Month,
        };
        let due = self.store.read(move |conn| due(conn, first_cycle, now)).await?;
        let mut count = 0;
        for (operator, cycle, span) in due {
            let made = self.sharing_run(operator, cycle, span, now).await?;
            count += usize::from(made.is_some_and(|(_, is_new)| is_new));
        }
        Ok(count)
    }
}

/// Whose period is over, of which cycle, and its days.
type Due = (OperatorId, SharingCycle, (i64, i64));

fn due(conn: &mut Conn, first_cycle: SharingCycle, now: Timestamp) -> DbResult<Vec<Due>> {
    let (zones, today) = (zones(conn)?, Zone::shanghai().local(now).day);
    let earliest = days_before(today, BACK_DAYS).unwrap_or(today);
    let mut due = Vec::new();
    for (operator, first_day) in sharing_rules::operators(conn)? {
        let last = sharing_periods::last_closed(conn, operator, true)?;
        let cycle = last.as_ref().map_or(first_cycle, |last| last.cycle);
        let closed_to = last.as_ref().map(|last| last.to_day);
        let mut day = closed_to.and_then(day_after).unwrap_or(first_day.max(earliest));
        for _ in 0..MOST {
            let Some(span) = open_span(cycle, day, closed_to).filter(|(_, to)| is_over(&zones, *to, now))
            else {
                break;
            };
            due.push((operator, cycle, span));
            let Some(next) = day_after(span.1) else { break };
            day = next;
        }
    }
    Ok(due)
}
