//! 检验到期 as an alarm, which also a station without piles can have.

use super::TRIES;
use super::raise::recover_one;
use model::Result;
use model::alarm::{AlarmAction, AlarmSource, AlarmState};
use model::time::Timestamp;
use store::Tx;
use store::alarm_rules::{alarm_rule_list, fitting};
use store::alarms::{self, Alarm};
use store::device_checks::DeviceCheck;

fn key(id: i64) -> String {
    format!("inspection:{id}")
}

/// It is to be inspected soon, or is overdue; told once as long as that holds. Whether an alarm was raised.
pub(crate) fn check_due(tx: &mut Tx<'_>, check: &DeviceCheck, now: Timestamp) -> Result<bool> {
    let rules = tx.read(alarm_rule_list)?;
    let code = check.kind.alarm_code();
    let rule = fitting(&rules, AlarmSource::Inspection, code, None).filter(|rule| rule.enabled);
    let Some(terms) = rule.map(|rule| rule.terms()) else { return Ok(false) };
    let live_key = key(check.id);
    if tx.read(|conn| alarms::live(conn, &live_key))?.is_some() {
        return Ok(false);
    }
    let day = check.due_day;
    let info = format!("{}-{:02}-{:02}", day / 10_000, day / 100 % 100, day % 100);
    let one = Alarm {
        id: 0,
        live_key: Some(live_key),
        source: AlarmSource::Inspection,
        code: code.to_owned(),
        level: terms.level,
        state: AlarmState::Open,
        operator: check.operator,
        station: check.station,
        pile: check.pile,
        connector: None,
        order: None,
        frame: None,
        info: Some(info.clone()),
        storm: false,
        parent: None,
        times: 1,
        first_at: now,
        last_at: now,
        told_from: now,
        recovered_at: None,
        acknowledged_at: None,
        acknowledged_by: None,
        silenced_until: None,
        closed_at: None,
        notified_at: None,
        close_after_s: terms.close_after_s,
        version: 1,
        repeat_of: None,
    };
    let id = alarms::insert(tx, &one)?;
    alarms::event_append(tx, id, AlarmAction::Raise, None, &info, now)?;
    Ok(true)
}

/// It was inspected, or is looked after no more.
pub(crate) fn check_renewed(tx: &mut Tx<'_>, id: i64, now: Timestamp) -> Result<()> {
    for _ in 0..TRIES {
        let found = tx.read(|conn| alarms::live(conn, &key(id)))?;
        let Some(mut one) = found.filter(|one| one.state.holds()) else { return Ok(()) };
        if recover_one(tx, &mut one, "", now)? {
            return Ok(());
        }
    }
    Err(model::Error::internal())
}
