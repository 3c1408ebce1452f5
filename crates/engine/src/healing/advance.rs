//! One run, step by step: what came of the last one, whether somebody or something is in the way, and what is next.

use super::{Turn, ended, stopped};
use crate::command::{CommandRequest, own_command, plain_command};
use crate::work_order::made_by_rule;
use model::access::Scope;
use model::alarm::{AlarmAction, AlarmLevel, AlarmState, minute_within};
use model::connector::ConnectorStatus;
use model::device::DeviceCommand;
use model::healing::{
    HealingFollow, HealingReason, HealingState, HealingStep, HealingStepKind, HealingStepState,
    HealingSuccess,
};
use model::id::{CommandId, ConnectorNo};
use model::time::{MINUTE_MS, SECOND_MS, Timestamp, Zone};
use model::{Error, Result};
use store::alarms::{self, Alarm};
use store::commands::{self, CommandRow, CommandState};
use store::healing_runs::{self, HealingRun, HealingStepRecord};
use store::ids::Noun;
use store::{HotPile, Tx, healing_playbooks, work_orders};

/// A fault that seems to be over is believed when it stays away for so long.
const BELIEVED_MS: i64 = 30 * SECOND_MS;
/// A pile that was reset is given so long to come back, beyond what its step waits.
const BACK_MS: i64 = 10 * MINUTE_MS;

type Command = Option<(CommandId, DeviceCommand)>;

/// Looks at a run once.
pub(super) fn advance(tx: &mut Tx<'_>, hot: &mut HotPile, id: i64, on: bool, now: Timestamp) -> Result<Turn> {
    let found = tx.read(|conn| healing_runs::find(conn, &Scope::ALL, id))?;
    let Some(mut run) = found.filter(|run| run.state == HealingState::Running) else {
        return Ok(Turn::default());
    };
    let alarm_id = run.alarm;
    let alarm = tx.read(|conn| alarms::find(conn, &Scope::ALL, alarm_id))?;
    let mut steps = tx.read(|conn| healing_runs::steps(conn, id))?;
    if let Some(last) = steps.last_mut() {
        answered(tx, last, now)?;
    }
    if let Some(reason) = taken(tx, hot, &run, alarm.as_ref(), on)? {
        stopped(tx, &mut run, reason, now)?;
        return Ok(Turn { changed: true, command: None });
    }
    if is_over(hot, &run, alarm.as_ref(), &steps) {
        return believed(tx, &mut run, &steps, now);
    }
    if run.good_since.take().is_some() {
        healing_runs::save(tx, &run)?;
    }
    let Some(last) = steps.last() else { return next(tx, hot, &mut run, now) };
    let at_once = matches!(last.state, HealingStepState::Refused | HealingStepState::Unsupported);
    if last.state == HealingStepState::Sent || (now < run.due_at && !at_once) {
        return Ok(Turn::default());
    }
    if last.state == HealingStepState::Accepted {
        healing_runs::step_turn(tx, last.id, HealingStepState::NoHelp, None, now)?;
    }
    next(tx, hot, &mut run, now)
}

fn next(tx: &mut Tx<'_>, hot: &mut HotPile, run: &mut HealingRun, now: Timestamp) -> Result<Turn> {
    // It is waited for: a reset takes its time.
    if !hot.pile.online && now.since(run.due_at) < BACK_MS {
        return Ok(Turn::default());
    }
    Ok(Turn { changed: true, command: step_next(tx, hot, run, now)? })
}

/// The outcome of a step's command, once there is one.
fn answered(tx: &mut Tx<'_>, step: &mut HealingStepRecord, now: Timestamp) -> Result<()> {
    let (HealingStepState::Sent, Some(command)) = (step.state, step.command_id) else { return Ok(()) };
    let row = tx.read(|conn| commands::get(conn, CommandId(command)))?;
    let Some(row) = row.filter(|row| row.ended_at_ms.is_some()) else { return Ok(()) };
    step.state = match row.state {
        CommandState::Accepted | CommandState::Deferred => HealingStepState::Accepted,
        CommandState::Refused => HealingStepState::Refused,
        CommandState::Unsupported => HealingStepState::Unsupported,
        CommandState::LinkLost => HealingStepState::LinkLost,
        CommandState::TimedOut | CommandState::Queued => HealingStepState::TimedOut,
    };
    healing_runs::step_turn(tx, step.id, step.state, row.message.as_deref(), now)
}

/// Whether people have taken it into their own hands.
fn taken(
    tx: &mut Tx<'_>,
    hot: &HotPile,
    run: &HealingRun,
    alarm: Option<&Alarm>,
    on: bool,
) -> Result<Option<HealingReason>> {
    let (pile, playbook, alarm_id) = (run.pile, run.playbook, run.alarm);
    if tx.read(|conn| healing_runs::person_acted(conn, pile, run.begun_at))? {
        return Ok(Some(HealingReason::PersonActed));
    }
    let by_person = |one: &Alarm| {
        let since = |at: Option<Timestamp>| at.is_some_and(|at| at >= run.begun_at);
        since(one.acknowledged_at)
            || matches!(one.state, AlarmState::Acknowledged | AlarmState::Silenced)
            || (one.state == AlarmState::Closed && one.recovered_at.is_none())
    };
    if alarm.is_some_and(by_person)
        || tx.read(|conn| work_orders::open_of(conn, Some(alarm_id), None))?.is_some()
    {
        return Ok(Some(HealingReason::AlarmTaken));
    }
    let known = tx.read(healing_playbooks::healing_playbook_list)?;
    if !on || !known.iter().any(|one| one.id == playbook && one.enabled) {
        return Ok(Some(HealingReason::SwitchedOff));
    }
    Ok((!hot.pile.lifecycle.in_service()).then_some(HealingReason::OutOfService))
}

/// Whether the fault seems to be over, by the measure of the step that was taken last.
fn is_over(hot: &HotPile, run: &HealingRun, alarm: Option<&Alarm>, steps: &[HealingStepRecord]) -> bool {
    let recovered = alarm.is_none_or(|one| !one.state.holds());
    let taken = steps.last().and_then(|last| usize::try_from(last.step_no - 1).ok());
    let measure = taken.and_then(|place| run.terms.steps.get(place)).map(|step| step.success);
    if recovered || measure != Some(HealingSuccess::Available) {
        return recovered;
    }
    let free = |status: ConnectorStatus| status.can_start() && status != ConnectorStatus::Unknown;
    match run.connector {
        Some(no) => hot.connector(no).is_some_and(|one| free(one.status)),
        None => {
            let mut own = hot.connectors.iter().filter(|one| one.no > 0).peekable();
            own.peek().is_some() && own.all(|one| free(one.status))
        }
    }
}

/// It is over: healed when it stays so, and when something of the run can have done it.
fn believed(
    tx: &mut Tx<'_>,
    run: &mut HealingRun,
    steps: &[HealingStepRecord],
    now: Timestamp,
) -> Result<Turn> {
    let since = *run.good_since.get_or_insert(now);
    if now.since(since) < BELIEVED_MS {
        healing_runs::save(tx, run)?;
        return Ok(Turn::default());
    }
    let helped = steps.iter().rev().find(|step| step.state.may_be_done());
    match helped {
        Some(step) => {
            healing_runs::step_turn(tx, step.id, HealingStepState::Helped, None, now)?;
            ended(tx, run, (HealingState::Healed, AlarmAction::Healed), now)?;
        }
        None => stopped(tx, run, HealingReason::RecoveredAlone, now)?,
    }
    Ok(Turn { changed: true, command: None })
}

/// A car that charges: on this connector, or on any of the pile.
pub(super) fn charges(hot: &HotPile, connector: Option<ConnectorNo>) -> bool {
    let here = |no: ConnectorNo| connector.is_none_or(|wanted| wanted == no);
    hot.open.iter().any(|open| open.order.state.is_open() && here(open.order.connector))
        || hot.connectors.iter().any(|one| one.status.is_charging() && here(one.no))
        || !hot.strays.is_empty()
}

fn in_the_way(
    hot: &HotPile,
    run: &HealingRun,
    kind: HealingStepKind,
    now: Timestamp,
) -> Option<HealingReason> {
    if !hot.pile.online {
        return Some(HealingReason::Offline);
    }
    if charges(hot, run.connector.filter(|_| kind.is_harmless())) {
        return Some(HealingReason::OrderBegan);
    }
    let local = Zone::shanghai().local(now);
    let quiet = run.terms.quiet().is_some_and(|span| minute_within(local.hour * 60 + local.minute, span));
    quiet.then_some(HealingReason::QuietHours)
}

/// Takes the next step that may be taken; after the last one people are told.
pub(super) fn step_next(
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    run: &mut HealingRun,
    now: Timestamp,
) -> Result<Command> {
    loop {
        let place = usize::try_from(run.step_no).unwrap_or(usize::MAX);
        let Some(step) = run.terms.steps.get(place).copied() else {
            failed(tx, hot, run, now)?;
            return Ok(None);
        };
        let not_allowed = step.kind == HealingStepKind::HardReset && !run.terms.hard_allowed;
        if not_allowed || (step.kind == HealingStepKind::Unlock && run.connector.is_none()) {
            healing_runs::step_append(tx, run, step.kind, None, now)?;
            run.step_no += 1;
            continue;
        }
        if let Some(reason) = in_the_way(hot, run, step.kind, now) {
            stopped(tx, run, reason, now)?;
            return Ok(None);
        }
        let command = ordered(tx, hot, run, step, now)?;
        healing_runs::step_append(tx, run, step.kind, Some(command.0), now)?;
        run.step_no += 1;
        run.due_at = now.plus_ms(step.wait_s * SECOND_MS);
        healing_runs::save(tx, run)?;
        return Ok(Some(command));
    }
}

/// Notes the command of a step, which nobody has given by hand.
fn ordered(
    tx: &mut Tx<'_>,
    hot: &HotPile,
    run: &HealingRun,
    step: HealingStep,
    now: Timestamp,
) -> Result<(CommandId, DeviceCommand)> {
    let request = match (step.kind, run.connector) {
        (HealingStepKind::Unlock, Some(connector)) => CommandRequest::Unlock { connector },
        (HealingStepKind::SoftReset, _) => CommandRequest::Reset { hard: false },
        (HealingStepKind::HardReset, _) => CommandRequest::Reset { hard: true },
        (HealingStepKind::Status | HealingStepKind::Unlock, connector) => {
            CommandRequest::Trigger { message: "StatusNotification".to_owned(), connector }
        }
    };
    let id = CommandId(tx.next_id(Noun::Command)?);
    let body = serde_json::to_string(&request).map_err(|_| Error::internal())?;
    let connector = request.connector().map(i64::from);
    let row = own_command(id, hot.pile.id, request.kind(), now);
    tx.command_save(&hot.pile, CommandRow { connector, body, ..row });
    Ok((id, plain_command(&request, now)))
}

/// Nothing has helped: somebody is sent, or the alarm becomes graver.
fn failed(tx: &mut Tx<'_>, hot: &HotPile, run: &mut HealingRun, now: Timestamp) -> Result<()> {
    let alarm_id = run.alarm;
    let alarm = tx.read(|conn| alarms::find(conn, &Scope::ALL, alarm_id))?;
    if let Some(alarm) = alarm {
        match run.terms.follow {
            HealingFollow::WorkOrder => {
                let mut title = format!("自愈未见效：{} {}", hot.pile.code, alarm.code);
                title = title.chars().take(60).collect();
                let content =
                    format!("预案「{}」的步骤都已执行，故障仍在。自愈记录 {}", run.playbook_name, run.id);
                let key = format!("healing:{}", run.id);
                run.work_order = Some(made_by_rule(tx, &alarm, &key, title, content, now)?);
            }
            HealingFollow::Escalate => escalated(tx, alarm)?,
        }
    }
    ended(tx, run, (HealingState::Failed, AlarmAction::HealFail), now)
}

/// One level graver, and told again to whoever hears of such a level.
fn escalated(tx: &mut Tx<'_>, mut alarm: Alarm) -> Result<()> {
    alarm.level = match alarm.level {
        AlarmLevel::Critical | AlarmLevel::Major => AlarmLevel::Critical,
        AlarmLevel::Minor => AlarmLevel::Major,
        AlarmLevel::Notice => AlarmLevel::Minor,
    };
    alarm.notified_at = None;
    // Somebody who was faster works on it already.
    alarms::save(tx, &alarm).map(drop)
}
