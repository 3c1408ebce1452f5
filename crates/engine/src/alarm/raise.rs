//! Facts of piles that become alarms, and their opposites.

use super::TRIES;
use model::alarm::{
    AlarmAction, AlarmSource, AlarmState, AlarmTerms, FAULTED, REPEAT_MS, STRAY, fault_codes, severity_rule,
    stop_class_rule,
};
use model::connector::ConnectorStatus;
use model::device::Fault;
use model::ground_lock::GroundLockReport;
use model::id::{ConnectorNo, OperatorId, OrderId, PileId, StationId};
use model::monitor::EventReport;
use model::order::Order;
use model::site::Pile;
use model::time::{HOUR_MS, SECOND_MS, Timestamp};
use model::{Error, Result};
use store::Tx;
use store::alarm_rules::{alarm_rule_list, fitting};
use store::alarms::{self, Alarm};
use store::ids::Noun;

/// Lines of one alarm's story; one that comes and goes all day needs no more.
const EVENTS_OF_REPEATS: i64 = 50;

/// Something that is wrong.
pub(super) struct Fact<'a> {
    pub source: AlarmSource,
    pub code: &'a str,
    /// The class by which rules know it besides.
    pub class: Option<&'a str>,
    pub station: StationId,
    pub operator: OperatorId,
    pub pile: PileId,
    pub connector: Option<ConnectorNo>,
    pub order: Option<OrderId>,
    pub frame: Option<i64>,
    pub info: Option<String>,
    pub since: Timestamp,
}

impl Fact<'_> {
    /// What it is about: the same fact of the same thing is one alarm.
    pub fn key(&self) -> String {
        let (source, pile) = (self.source.as_str(), self.pile);
        if self.source.is_watched() {
            return format!("{source}:{}", pile.0);
        }
        let connector = self.connector.map_or_else(|| "-".to_owned(), |no| no.to_string());
        format!("{source}:{}:{connector}:{}", pile.0, self.code)
    }

    fn fresh(&self, terms: AlarmTerms, now: Timestamp) -> Alarm {
        let waits = terms.delay_s > 0 && !self.source.is_watched();
        Alarm {
            id: 0,
            live_key: Some(self.key()),
            source: self.source,
            code: self.code.to_owned(),
            level: terms.level,
            state: if waits { AlarmState::Pending } else { AlarmState::Open },
            operator: self.operator,
            station: self.station,
            pile: Some(self.pile),
            connector: self.connector,
            order: self.order,
            frame: self.frame,
            info: self.info.clone(),
            storm: false,
            parent: None,
            times: 1,
            first_at: self.since,
            last_at: self.since,
            told_from: if waits { now.plus_ms(terms.delay_s * SECOND_MS) } else { now },
            recovered_at: None,
            acknowledged_at: None,
            acknowledged_by: None,
            silenced_until: None,
            closed_at: None,
            notified_at: None,
            close_after_s: terms.close_after_s,
            version: 1,
            repeat_of: None,
        }
    }
}

/// Begins an alarm, or counts it once more.
pub(super) fn raise(tx: &mut Tx<'_>, fact: &Fact<'_>, now: Timestamp) -> Result<()> {
    let rules = tx.read(alarm_rule_list)?;
    let Some(rule) = fitting(&rules, fact.source, fact.code, fact.class).filter(|rule| rule.enabled) else {
        return Ok(());
    };
    let key = fact.key();
    for _ in 0..TRIES {
        let Some(mut one) = tx.read(|conn| alarms::live(conn, &key))? else {
            let mut one = fact.fresh(rule.terms(), now);
            if fact.source == AlarmSource::Fault {
                let since = fact.since.plus_ms(-REPEAT_MS);
                one.repeat_of = tx.read(|conn| alarms::fault_closed(conn, fact.pile, fact.code, since))?;
            }
            let id = alarms::insert(tx, &one)?;
            let info = fact.info.as_deref().unwrap_or_default();
            return alarms::event_append(tx, id, AlarmAction::Raise, None, info, fact.since);
        };
        if repeated(tx, &mut one, fact, now)? {
            return Ok(());
        }
    }
    Err(Error::internal())
}

/// It is there already, or was a moment ago; whether that could be kept.
fn repeated(tx: &mut Tx<'_>, one: &mut Alarm, fact: &Fact<'_>, now: Timestamp) -> Result<bool> {
    let again = one.state == AlarmState::Recovered;
    // The record of one session may come twice, and a fact that holds is said again after a restart.
    let known = fact.order.is_some() && fact.order == one.order && !again;
    if known || (!again && fact.source.has_opposite()) {
        return Ok(true);
    }
    one.times += 1;
    one.last_at = one.last_at.max(fact.since);
    one.order = fact.order.or(one.order);
    if again {
        one.recovered_at = None;
        one.state = if one.silenced_until.is_some_and(|until| until > now) {
            AlarmState::Silenced
        } else if one.acknowledged_at.is_some() {
            AlarmState::Acknowledged
        } else {
            AlarmState::Open
        };
    }
    if !alarms::save(tx, one)? {
        return Ok(false);
    }
    if one.times <= EVENTS_OF_REPEATS {
        alarms::event_append(tx, one.id, AlarmAction::Reopen, None, "", fact.since)?;
    }
    Ok(true)
}

/// The opposite of a fact. An alarm that nobody was told of yet leaves no trace: it did not hold long enough.
pub(super) fn recover(tx: &mut Tx<'_>, key: &str, why: &str, now: Timestamp) -> Result<()> {
    for _ in 0..TRIES {
        let found = tx.read(|conn| alarms::live(conn, key))?;
        let Some(mut one) = found.filter(|one| one.state.holds()) else { return Ok(()) };
        if recover_one(tx, &mut one, why, now)? {
            return Ok(());
        }
    }
    Err(Error::internal())
}

/// Whether it could be kept.
pub(super) fn recover_one(tx: &mut Tx<'_>, one: &mut Alarm, why: &str, now: Timestamp) -> Result<bool> {
    if one.state == AlarmState::Pending {
        alarms::delete(tx, one)?;
        return Ok(true);
    }
    (one.state, one.recovered_at) = (AlarmState::Recovered, Some(now));
    if !alarms::save(tx, one)? {
        return Ok(false);
    }
    if one.times <= EVENTS_OF_REPEATS {
        alarms::event_append(tx, one.id, AlarmAction::Recover, None, why, now)?;
    }
    Ok(true)
}

/// Whose fact it is. The frame that is being handled is kept next: its id is the one at hand.
fn of_pile<'a>(
    tx: &mut Tx<'_>,
    pile: &Pile,
    source: AlarmSource,
    code: &'a str,
    now: Timestamp,
) -> Result<Fact<'a>> {
    Ok(Fact {
        source,
        code,
        class: None,
        station: pile.station,
        operator: pile.operator,
        pile: pile.id,
        connector: None,
        order: None,
        frame: Some(tx.peek_id(Noun::Frame)?),
        info: None,
        since: now,
    })
}

fn codes_of(status: ConnectorStatus, fault: Option<&Fault>) -> Vec<String> {
    match fault {
        Some(fault) => fault_codes(&fault.code),
        None if status == ConnectorStatus::Faulted => vec![FAULTED.to_owned()],
        None => Vec::new(),
    }
}

/// What a connector says of its faults has changed. `before`: what it said until now.
pub(crate) fn fault_changed(
    tx: &mut Tx<'_>,
    pile: &Pile,
    connector: ConnectorNo,
    before: (ConnectorStatus, Option<&Fault>),
    after: (ConnectorStatus, Option<&Fault>),
    now: Timestamp,
) -> Result<()> {
    let (had, has) = (codes_of(before.0, before.1), codes_of(after.0, after.1));
    for code in had.iter().filter(|code| !has.contains(code)) {
        let source = AlarmSource::Fault.as_str();
        recover(tx, &format!("{source}:{}:{connector}:{code}", pile.id.0), "", now)?;
    }
    for code in has.iter().filter(|code| !had.contains(code)) {
        let said = after.1.map(|fault| [fault.vendor_code.as_deref(), fault.info.as_deref()]);
        let said: Vec<&str> = said.into_iter().flatten().flatten().filter(|text| !text.is_empty()).collect();
        let info = Some(said.join(" · ")).filter(|text| !text.is_empty());
        let fact = of_pile(tx, pile, AlarmSource::Fault, code, now)?;
        raise(tx, &Fact { connector: Some(connector), info, ..fact }, now)?;
    }
    Ok(())
}

/// A session has ended. One that ended long ago and is told only now is no alarm any more.
pub(crate) fn order_ended(tx: &mut Tx<'_>, pile: &Pile, order: &Order, now: Timestamp) -> Result<()> {
    let (Some(class), Some(code)) = (order.stop_class.and_then(stop_class_rule), &order.stop_code) else {
        return Ok(());
    };
    let ended_at = order.ended_at.map_or(now, |at| at.plus_ms(order.shift_ms()).min(now));
    if now.since(ended_at) > HOUR_MS {
        return Ok(());
    }
    let fact = of_pile(tx, pile, AlarmSource::Stop, code, ended_at)?;
    let (connector, order) = (Some(order.connector), Some(order.id));
    raise(tx, &Fact { class: Some(class), connector, order, ..fact }, now)
}

/// A battery, or its charger, has said by a bit that something is wrong.
pub(crate) fn battery_told(
    tx: &mut Tx<'_>,
    pile: &Pile,
    (connector, order): (ConnectorNo, OrderId),
    code: &str,
    now: Timestamp,
) -> Result<()> {
    let fact = of_pile(tx, pile, AlarmSource::Battery, code, now)?;
    raise(tx, &Fact { connector: Some(connector), order: Some(order), ..fact }, now)
}

/// A lock says what is wrong with it, or no longer does.
pub(crate) fn ground_lock_told(
    tx: &mut Tx<'_>,
    pile: &Pile,
    before: Option<&GroundLockReport>,
    told: &GroundLockReport,
    now: Timestamp,
) -> Result<()> {
    let code =
        |report: &GroundLockReport| report.alarm.map(|alarm| format!("ykc:ground_lock:{}", alarm.as_str()));
    let (had, has) = (before.and_then(code), code(told));
    if has.is_none() && (before.is_none() || had.is_some()) {
        // After a restart nobody remembers what it said before.
        let begin = format!("{}:{}:{}:", AlarmSource::GroundLock.as_str(), pile.id.0, told.connector);
        let id = pile.id;
        for mut one in tx.read(|conn| alarms::live_of_pile(conn, id, &begin))? {
            recover_one(tx, &mut one, "", now)?;
        }
    }
    let Some(code) = has.filter(|has| Some(has) != had.as_ref()) else { return Ok(()) };
    let fact = of_pile(tx, pile, AlarmSource::GroundLock, &code, now)?;
    raise(tx, &Fact { connector: Some(told.connector), ..fact }, now)
}

/// A monitor of the pile has noticed something, or that it is over.
pub(crate) fn variable_told(
    tx: &mut Tx<'_>,
    pile: &Pile,
    noticed: &EventReport,
    order: Option<OrderId>,
    now: Timestamp,
) -> Result<()> {
    let fact = of_pile(tx, pile, AlarmSource::Variable, &noticed.name, now)?;
    let info = Some([noticed.value.as_str(), noticed.tech.as_deref().unwrap_or_default()].join(" "));
    let class = severity_rule(noticed.severity);
    let fact = Fact { class, connector: noticed.connector, order, info, ..fact };
    if noticed.cleared {
        return recover(tx, &fact.key(), "", now);
    }
    if class.is_none() { Ok(()) } else { raise(tx, &fact, now) }
}

/// It charges and no order knows of it.
pub(crate) fn stray_told(
    tx: &mut Tx<'_>,
    pile: &Pile,
    connector: ConnectorNo,
    session: String,
    now: Timestamp,
) -> Result<()> {
    let fact = of_pile(tx, pile, AlarmSource::Session, STRAY, now)?;
    raise(tx, &Fact { connector: Some(connector), info: Some(session), ..fact }, now)
}

/// A safety rule has found its case. `code` and class say which, `info` the values.
pub(crate) fn safety_told(
    tx: &mut Tx<'_>,
    pile: &Pile,
    (code, class): (&str, &'static str),
    (connector, order): (ConnectorNo, Option<OrderId>),
    info: String,
    now: Timestamp,
) -> Result<()> {
    let fact = of_pile(tx, pile, AlarmSource::Safety, code, now)?;
    let (class, info) = (Some(class), Some(info));
    raise(tx, &Fact { class, connector: Some(connector), order, info, ..fact }, now)
}
