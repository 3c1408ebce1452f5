//! Which faults the platform begins to heal, and what holds it back.

use super::{AT_ONCE, Turn, advance};
use model::Result;
use model::access::Scope;
use model::alarm::{AlarmAction, AlarmLevel, AlarmState, minute_within};
use model::healing::{HealingReason, HealingState, healable};
use model::id::PileId;
use model::time::{DAY_MS, SECOND_MS, Timestamp, Zone};
use store::alarms::{self, Alarm};
use store::db::{Conn, DbResult};
use store::healing_playbooks::{HealingPlaybook, fitting, healing_playbook_list};
use store::healing_runs::{self, HealingRun};
use store::{Change, HotPile, Tx, work_orders};

/// Alarms that are looked at in one turn.
const LOOKED_AT: i64 = 2_000;

/// A critical alarm is for people: where somebody may be in danger nothing is switched on again by itself. One of a
/// storm has a cause outside of the pile.
fn is_candidate(one: &Alarm) -> bool {
    one.state == AlarmState::Open
        && one.level != AlarmLevel::Critical
        && !one.storm
        && one.parent.is_none()
        && healable(one.source)
}

/// Open alarms that a playbook might be for, with their piles. Whether one is, is decided with the pile at hand.
pub(super) fn candidates(conn: &mut Conn, now: Timestamp) -> DbResult<Vec<(i64, PileId)>> {
    let playbooks = healing_playbook_list(conn)?;
    let may_fit = |one: &Alarm| {
        playbooks.iter().any(|of| {
            let fits = model::alarm::code_fit(&of.code, &one.code, None).is_some();
            of.enabled && of.source == one.source && fits && is_due(one, of, now)
        })
    };
    let open = alarms::live_in(conn, &[AlarmState::Open], LOOKED_AT)?;
    let found = open.into_iter().filter(is_candidate).filter(may_fit);
    let most = usize::try_from(AT_ONCE).unwrap_or(usize::MAX);
    Ok(found.filter_map(|one| Some((one.id, one.pile?))).take(most).collect())
}

fn is_due(one: &Alarm, playbook: &HealingPlaybook, now: Timestamp) -> bool {
    now.since(one.told_from.max(one.last_at)) >= playbook.after_s * SECOND_MS
}

/// Begins a run if everything allows it, with its first step.
pub(super) fn begin(tx: &mut Tx<'_>, hot: &mut HotPile, alarm: i64, now: Timestamp) -> Result<Turn> {
    let found = tx.read(|conn| alarms::find(conn, &Scope::ALL, alarm))?;
    let Some(alarm) = found.filter(|one| is_candidate(one) && one.pile == Some(hot.pile.id)) else {
        return Ok(Turn::default());
    };
    let all = tx.read(healing_playbook_list)?;
    let Some(playbook) = fitting(&all, alarm.source, &alarm.code, &hot.pile) else {
        return Ok(Turn::default());
    };
    if !is_due(&alarm, playbook, now) || held_back(tx, hot, &alarm, playbook, now)? {
        return Ok(Turn::default());
    }
    let mut run = HealingRun {
        id: 0,
        playbook: playbook.id,
        playbook_name: playbook.name.clone(),
        playbook_version: playbook.version,
        terms: playbook.terms(),
        alarm: alarm.id,
        alarm_times: alarm.times,
        operator: alarm.operator,
        station: alarm.station,
        pile: hot.pile.id,
        connector: alarm.connector.filter(|no| *no > 0),
        state: HealingState::Running,
        reason: None,
        step_no: 0,
        due_at: now,
        good_since: None,
        begun_at: now,
        ended_at: None,
        ended_by: None,
        work_order: None,
    };
    run.id = healing_runs::insert(tx, &run)?;
    alarms::event_append(tx, alarm.id, AlarmAction::HealBegin, None, &run.playbook_name, now)?;
    tx.changed(Change::Noun("alarm"));
    let command = advance::step_next(tx, hot, &mut run, now)?;
    Ok(Turn { changed: true, command })
}

/// Limits, people and cars that are in the way. Nothing is noted of it: it is looked at again soon.
fn held_back(
    tx: &mut Tx<'_>,
    hot: &HotPile,
    alarm: &Alarm,
    playbook: &HealingPlaybook,
    now: Timestamp,
) -> Result<bool> {
    let quiet = playbook.terms().quiet();
    if !hot.pile.online || !hot.pile.lifecycle.in_service() || advance::charges(hot, None) {
        return Ok(true);
    }
    let local = Zone::shanghai().local(now);
    if quiet.is_some_and(|span| minute_within(local.hour * 60 + local.minute, span)) {
        return Ok(true);
    }
    let (pile, station) = (hot.pile.id, hot.pile.station);
    if tx.read(|conn| work_orders::open_of(conn, Some(alarm.id), None))?.is_some()
        || tx.read(|conn| healing_runs::person_acted(conn, pile, alarm.last_at))?
        || tx.read(|conn| healing_runs::running_at(conn, station))? >= playbook.station_most
    {
        return Ok(true);
    }
    let today = Zone::shanghai().day_start(local.day).unwrap_or(now);
    let since = today.min(now.plus_ms(-DAY_MS)).min(alarm.first_at);
    let runs = tx.read(|conn| healing_runs::of_pile(conn, pile, since))?;
    let tries = runs.iter().filter(|run| run.begun_at >= today).count();
    let ended = runs.iter().filter_map(|run| run.ended_at).max();
    let warm = ended.is_some_and(|at| now.since(at) < playbook.cool_down_s * SECOND_MS);
    let busy = runs.iter().any(|run| run.state == HealingState::Running);
    // What did not help this time does not help the second time, and what a person has stopped stays stopped.
    let settled = |run: &HealingRun| {
        let by_person = matches!(
            run.reason,
            Some(HealingReason::PersonActed | HealingReason::AlarmTaken | HealingReason::ByHand)
        );
        run.alarm == alarm.id
            && run.alarm_times == alarm.times
            && (run.state == HealingState::Failed || by_person)
    };
    let tries = i64::try_from(tries).unwrap_or(i64::MAX);
    Ok(busy || warm || tries >= playbook.tries_per_day || runs.iter().any(settled))
}
