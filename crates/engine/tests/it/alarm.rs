//! R-6.1a 告警中心: one alarm for one fact, however often it is said; one for a storm; its end, silence and notices;
//! what a restart, a repetition and a late message make of it.

use crate::databases::wait;
use crate::world::{World, stop_of, worlds, worlds_of};
use crate::ykc::{ask, bill, confirm, send};
use engine::Rules;
use engine::alarm::{AlarmChange, AlarmNoticeDraft, AlarmRuleChange, AlarmRuleDraft};
use engine::audit::Actor;
use model::access::Scope;
use model::alarm::{AlarmAction, AlarmLevel, AlarmSource, AlarmState};
use model::connector::ConnectorStatus;
use model::device::{Fault, StatusReport, StopReason};
use model::id::PileId;
use model::order::StopClass;
use model::time::{MINUTE_MS, Timestamp};
use std::time::Duration;
use store::alarm_list::{AlarmDetail, AlarmFilter, AlarmView, alarm_get, alarm_list};

fn report(status: ConnectorStatus, code: Option<&str>, at: Option<Timestamp>) -> StatusReport {
    let error = code.map(|code| Fault { code: code.to_owned(), vendor_code: None, info: None });
    StatusReport { connector: 1, status, error, at }
}

fn faulted(w: &World, pile: i64, code: &str) {
    w.status(pile, report(ConnectorStatus::Faulted, Some(code), None));
}

fn mended(w: &World, pile: i64) {
    w.status(pile, report(ConnectorStatus::Available, None, None));
}

fn watch(w: &World) -> usize {
    wait(w.engine.alarms_watch(w.now())).unwrap()
}

fn seconds(w: &World, seconds: u64) -> &World {
    w.clock.advance(Duration::from_secs(seconds));
    w
}

/// What the list shows, the newest first.
fn alarms(w: &World) -> Vec<AlarmView> {
    let wanted = AlarmFilter { limit: 100, ..AlarmFilter::default() };
    w.read(move |conn| alarm_list(conn, &Scope::ALL, &wanted)).items
}

fn detail(w: &World, id: i64) -> AlarmDetail {
    w.read(move |conn| alarm_get(conn, &Scope::ALL, id)).unwrap()
}

fn step(w: &World, id: i64, action: AlarmAction, until: Option<Timestamp>) -> model::Result<()> {
    let version = detail(w, id).alarm.version;
    let change = AlarmChange {
        version,
        action,
        text: Some("现场处理".to_owned()),
        until_ms: until.map(Timestamp::as_ms),
    };
    wait(w.engine.alarm_update(&Actor::local(), id, change))
}

fn actions(w: &World, id: i64) -> Vec<&'static str> {
    detail(w, id).events.iter().map(|event| event.action.as_str()).collect()
}

fn mails(w: &World) -> Vec<String> {
    w.read(|conn| {
        conn.query("SELECT address FROM mail WHERE noun = 'alarm' ORDER BY id", &[], |row| row.text(0))
    })
}

fn notice(role: Option<&str>, addresses: &[&str], hours: (i64, i64)) -> AlarmNoticeDraft {
    AlarmNoticeDraft {
        name: format!("{role:?}{hours:?}"),
        enabled: true,
        role: role.map(str::to_owned),
        addresses: addresses.iter().map(|one| (*one).to_owned()).collect(),
        level: AlarmLevel::Major,
        sources: Vec::new(),
        from_minute: hours.0,
        to_minute: hours.1,
    }
}

#[test]
fn r6_1a_class_a_fault_is_one_alarm_until_it_has_been_over_for_a_while() {
    for mut w in worlds() {
        mended(&w, 1);
        assert_eq!(watch(&w), 0, "nothing is wrong");
        faulted(&w, 1, "PowerMeterFailure");
        for _ in 0..5 {
            seconds(&w, 15);
            faulted(&w, 1, "PowerMeterFailure");
        }
        let all = alarms(&w);
        assert_eq!(all.len(), 1);
        let one = &all[0];
        assert_eq!((one.level, one.state, one.times), (AlarmLevel::Major, AlarmState::Open, 1));
        assert_eq!((one.pile_code.as_deref(), one.connector_no), (Some("CP-1"), Some(1)));
        let kind = "SELECT COUNT(*) FROM frame f JOIN alarm a ON a.frame_id = f.id WHERE f.pile_id = 1";
        assert_eq!(w.count(kind), 1, "the frame that showed it is named");

        // What was said before is known after a restart too; the end is seen all the same.
        w.restart();
        faulted(&w, 1, "PowerMeterFailure");
        assert_eq!(alarms(&w)[0].times, 1);
        seconds(&w, 60);
        mended(&w, 1);
        assert_eq!(alarms(&w)[0].state, AlarmState::Recovered);
        // It comes back before it was closed: the same alarm, counted.
        seconds(&w, 60);
        faulted(&w, 1, "PowerMeterFailure");
        let all = alarms(&w);
        assert_eq!((all.len(), all[0].times, all[0].state), (1, 2, AlarmState::Open));
        assert_eq!(actions(&w, all[0].id), ["raise", "recover", "reopen"]);

        mended(&w, 1);
        w.later(29);
        watch(&w);
        assert_eq!(alarms(&w)[0].state, AlarmState::Recovered, "a minute too early");
        w.later(1);
        watch(&w);
        assert_eq!(alarms(&w)[0].state, AlarmState::Closed);
        faulted(&w, 1, "PowerMeterFailure");
        assert_eq!(alarms(&w).len(), 2, "a new one");
        w.sound();
    }
}

#[test]
fn r6_1a_class_each_bit_has_a_beginning_and_an_end() {
    for w in worlds() {
        faulted(&w, 101, "ykc:hw_fault:0041");
        let mut codes: Vec<_> = alarms(&w).into_iter().map(|one| (one.code, one.level)).collect();
        codes.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(
            codes,
            [
                ("ykc:hw_fault:0001".to_owned(), AlarmLevel::Critical),
                ("ykc:hw_fault:0040".to_owned(), AlarmLevel::Major)
            ]
        );
        faulted(&w, 101, "ykc:hw_fault:0040");
        let state = |code: &str| alarms(&w).into_iter().find(|one| one.code == code).unwrap().state;
        assert_eq!(state("ykc:hw_fault:0001"), AlarmState::Recovered);
        assert_eq!(state("ykc:hw_fault:0040"), AlarmState::Open);
        // Faulted, and the pile does not say why.
        w.status(2, report(ConnectorStatus::Faulted, None, None));
        assert_eq!(state("pileops:faulted"), AlarmState::Open);
        w.status(2, report(ConnectorStatus::Unavailable, None, None));
        assert_eq!(state("pileops:faulted"), AlarmState::Recovered);
    }
}

#[test]
fn r6_1a_error_what_is_late_or_said_again_raises_nothing() {
    for w in worlds() {
        w.status(1, report(ConnectorStatus::Available, None, Some(w.now())));
        let old = w.now().plus_ms(-MINUTE_MS);
        w.status(1, report(ConnectorStatus::Faulted, Some("GroundFailure"), Some(old)));
        assert_eq!(alarms(&w).len(), 0, "older than what is known");

        let session = w.start(1, 1, "CARD1", 10.0);
        w.later(5);
        let reason = StopReason { class: StopClass::Emergency, code: "ocpp:EmergencyStop".to_owned() };
        let record = model::device::StopRecord { reason, ..stop_of(session, w.now(), 11.0) };
        w.stop_by(1, record.clone());
        w.stop_by(1, record);
        let all = alarms(&w);
        assert_eq!((all.len(), all[0].times, all[0].level), (1, 1, AlarmLevel::Critical));
        assert!(all[0].order_no.is_some());
        // One that ended normally is none.
        let session = w.start(1, 1, "CARD1", 11.0);
        w.later(5).stop(1, session, 12.0);
        assert_eq!(alarms(&w).len(), 1);

        // A record that waited in the pile for two days.
        let (trade, _) = ask(&w, 1, "CARD2");
        confirm(&w, trade, None);
        let (from, to) = (w.now().plus_ms(-1_000), w.now().plus_ms(MINUTE_MS));
        w.later(2 * 24 * 60);
        let nothing = [(160_000, 0, 0), (140_000, 0, 0), (110_000, 0, 0), (70_000, 0, 0)];
        let reason = StopReason { class: StopClass::Safety, code: "ykc:54".to_owned() };
        send(&w, model::device::PileBill { reason, ..bill(trade, from, to, nothing) });
        assert_eq!(alarms(&w).len(), 1);
        w.sound();
    }
}

#[test]
fn r6_1a_class_a_station_that_goes_off_line_is_one_alarm_with_its_members() {
    for mut w in worlds_of(Rules::default(), 3) {
        watch(&w);
        for pile in 1..=6 {
            w.gone(pile, "none");
            seconds(&w, 2);
        }
        seconds(&w, 160);
        watch(&w);
        assert_eq!(alarms(&w).len(), 0, "not away long enough");
        // The server was stopped meanwhile: whoever comes back within the time was never away.
        w.restart();
        watch(&w);
        seconds(&w, 60);
        watch(&w);
        assert_eq!(alarms(&w).len(), 0, "nobody could be here before");
        seconds(&w, 125);
        watch(&w);
        let all = alarms(&w);
        assert_eq!(all.len(), 1, "{all:?}");
        let storm = &all[0];
        assert!(storm.storm && storm.source == AlarmSource::Offline && storm.pile_code.is_none());
        assert_eq!((storm.member_count, storm.open_member_count), (6, 6));
        assert_eq!(watch(&w), 0, "twice changes nothing");

        // One more, late; and one of another station, alone.
        w.gone(7, "none");
        w.gone(201, "none");
        seconds(&w, 200);
        watch(&w);
        let all = alarms(&w);
        assert_eq!(all.len(), 2);
        let storm = all.iter().find(|one| one.storm).unwrap();
        assert_eq!(storm.member_count, 7);
        let found = |pile: &str| {
            let wanted = AlarmFilter { pile: Some(pile.to_owned()), limit: 10, ..AlarmFilter::default() };
            w.read(move |conn| alarm_list(conn, &Scope::ALL, &wanted)).total
        };
        assert_eq!((found("CP-201"), found("CP-7"), found("CP-8")), (Some(1), Some(1), Some(0)));
        // A member is worked on with the storm.
        let member = detail(&w, storm.id).members[0].id;
        assert!(step(&w, member, AlarmAction::Acknowledge, None).is_err());

        for pile in 1..=7 {
            wait(w.engine.pile_connected(PileId(pile), "10.0.0.1:1".to_owned(), None)).unwrap();
        }
        watch(&w);
        assert_eq!(detail(&w, storm.id).alarm.state, AlarmState::Recovered);
        // It goes again before that was closed: the same storm.
        w.gone(3, "10.0.0.1:1");
        seconds(&w, 200);
        watch(&w);
        watch(&w);
        let again = detail(&w, storm.id).alarm;
        assert_eq!((again.state, again.times, again.open_member_count), (AlarmState::Open, 2, 1));
        wait(w.engine.pile_connected(PileId(3), "10.0.0.1:2".to_owned(), None)).unwrap();
        watch(&w);
        w.later(11);
        watch(&w);
        assert_eq!(detail(&w, storm.id).alarm.state, AlarmState::Closed);
        assert_eq!(
            w.count("SELECT COUNT(*) FROM alarm WHERE live_key IS NOT NULL"),
            1,
            "that of the other station"
        );
    }
}

#[test]
fn r6_1a_boundary_so_many_of_one_station_are_a_storm_and_one_fewer_are_not() {
    for w in worlds() {
        for (piles, expected) in [(1..=4, 4), (5..=9, 1)] {
            for pile in piles.clone() {
                faulted(&w, pile, "PowerMeterFailure");
            }
            watch(&w);
            assert_eq!(alarms(&w).iter().filter(|one| one.state == AlarmState::Open).count(), expected);
            for pile in piles {
                mended(&w, pile);
            }
            watch(&w);
            w.later(60);
            watch(&w);
        }
        // Slowly, one after the other, they are no storm.
        for pile in 1..=9 {
            faulted(&w, pile, "ReaderFailure");
            w.later(2);
            watch(&w);
        }
        assert_eq!(alarms(&w).iter().filter(|one| one.state == AlarmState::Open).count(), 9);
    }
}

#[test]
fn r6_1a_class_what_is_over_before_its_delay_leaves_no_trace() {
    for w in worlds() {
        let weak = |status| w.status(1, report(status, Some("WeakSignal"), None));
        weak(ConnectorStatus::Available);
        assert_eq!((alarms(&w).len(), w.count("SELECT COUNT(*) FROM alarm")), (0, 1), "it is waited for");
        w.later(9);
        watch(&w);
        mended(&w, 1);
        assert_eq!(w.count("SELECT COUNT(*) FROM alarm"), 0);
        assert_eq!(w.count("SELECT COUNT(*) FROM alarm_event"), 0);
        weak(ConnectorStatus::Available);
        w.later(10);
        watch(&w);
        assert_eq!(alarms(&w)[0].state, AlarmState::Open);
    }
}

#[test]
fn r6_1a_class_silence_holds_through_recovery_and_ends_by_itself() {
    for w in worlds() {
        faulted(&w, 1, "GroundFailure");
        let id = alarms(&w)[0].id;
        for wrong in [None, Some(w.now()), Some(w.now().plus_ms(91 * 24 * 60 * MINUTE_MS))] {
            let refused = step(&w, id, AlarmAction::Silence, wrong).unwrap_err();
            assert_eq!(refused.field.unwrap(), "until_ms");
        }
        step(&w, id, AlarmAction::Silence, Some(w.now().plus_ms(120 * MINUTE_MS))).unwrap();
        mended(&w, 1);
        w.later(60);
        watch(&w);
        assert_eq!(
            detail(&w, id).alarm.state,
            AlarmState::Recovered,
            "not closed: the silence is for what follows"
        );
        faulted(&w, 1, "GroundFailure");
        watch(&w);
        assert_eq!(detail(&w, id).alarm.state, AlarmState::Silenced);
        assert!(detail(&w, id).alarm.notified_at_ms.is_none());
        w.later(60);
        watch(&w);
        let after = detail(&w, id).alarm;
        assert_eq!(after.state, AlarmState::Open);
        assert!(after.notified_at_ms.is_some());
    }
}

#[test]
fn r6_1a_class_acknowledged_is_not_open_again_and_known_and_over_is_closed() {
    for w in worlds() {
        faulted(&w, 1, "GroundFailure");
        let id = alarms(&w)[0].id;
        step(&w, id, AlarmAction::Acknowledge, None).unwrap();
        assert!(step(&w, id, AlarmAction::Acknowledge, None).is_err());
        mended(&w, 1);
        faulted(&w, 1, "GroundFailure");
        assert_eq!(detail(&w, id).alarm.state, AlarmState::Acknowledged);
        mended(&w, 1);
        step(&w, id, AlarmAction::Acknowledge, None).unwrap();
        assert_eq!(detail(&w, id).alarm.state, AlarmState::Closed);
        // Another version than the page shows is not overwritten.
        let stale =
            AlarmChange { version: 1, action: AlarmAction::Note, text: Some("x".to_owned()), until_ms: None };
        let refused = wait(w.engine.alarm_update(&Actor::local(), id, stale)).unwrap_err();
        assert_eq!(refused.code, "alarm.version_differs");
    }
}

#[test]
fn r6_1a_class_people_are_told_once_by_role_hour_and_level() {
    for mut w in worlds() {
        let local = Actor::local();
        let create = |draft| wait(w.engine.alarm_notice_create(&local, draft));
        create(notice(None, &["day@example.com", "day@example.com"], (480, 1_200))).unwrap();
        create(notice(None, &["night@example.com"], (1_200, 480))).unwrap();
        assert_eq!(create(notice(None, &[], (0, 0))).unwrap_err().field.unwrap(), "role");
        assert_eq!(create(notice(None, &["x"], (0, 0))).unwrap_err().field.unwrap(), "addresses");
        assert_eq!(create(notice(Some("nobody"), &[], (0, 0))).unwrap_err().field.unwrap(), "role");
        assert_eq!(create(notice(Some("viewer"), &[], (0, 1_440))).unwrap_err().field.unwrap(), "to_minute");

        w.at("12:00");
        faulted(&w, 1, "ReaderFailure");
        seconds(&w, 20);
        watch(&w);
        assert_eq!(mails(&w).len(), 0, "too small for anybody");
        faulted(&w, 2, "GroundFailure");
        watch(&w);
        watch(&w);
        assert_eq!(mails(&w), ["day@example.com"], "critical: at once, and once");
        faulted(&w, 3, "PowerMeterFailure");
        watch(&w);
        assert_eq!(mails(&w).len(), 1, "a storm is waited for");
        w.restart();
        seconds(&w, 15);
        watch(&w);
        assert_eq!(mails(&w).len(), 2);
        w.at("23:00");
        faulted(&w, 4, "GroundFailure");
        watch(&w);
        assert_eq!(mails(&w)[2], "night@example.com");

        // Quiet hours: what is not critical waits for their end.
        let rules = w.read(store::alarm_rules::alarm_rule_list);
        let whole =
            rules.into_iter().find(|one| one.source == AlarmSource::Fault && one.code.is_empty()).unwrap();
        let change = AlarmRuleChange {
            version: whole.version,
            level: whole.level,
            enabled: true,
            delay_s: 0,
            close_after_s: 600,
            storm_count: 5,
            quiet_from_minute: Some(1_320),
            quiet_to_minute: Some(420),
        };
        wait(w.engine.alarm_rule_update(&Actor::local(), whole.id, change)).unwrap();
        faulted(&w, 5, "PowerMeterFailure");
        w.at("23:30");
        watch(&w);
        assert_eq!(mails(&w).len(), 3);
        w.at("+1 07:00");
        watch(&w);
        assert_eq!(mails(&w).len(), 4);
    }
}

#[test]
fn r6_1a_class_rules_are_data_with_a_history() {
    for w in worlds() {
        let local = Actor::local();
        let draft = |code: &str, close_after_s| AlarmRuleDraft {
            source: AlarmSource::Fault,
            code: code.to_owned(),
            level: AlarmLevel::Notice,
            enabled: false,
            delay_s: 0,
            close_after_s,
            storm_count: 5,
            quiet_from_minute: None,
            quiet_to_minute: None,
        };
        let create = |code: &str, close| wait(w.engine.alarm_rule_create(&local, draft(code, close)));
        for (code, close, field) in
            [("", 60, "code"), ("*", 60, "code"), ("a b", 60, "code"), ("X", 59, "close_after_s")]
        {
            assert_eq!(create(code, close).unwrap_err().field.unwrap(), field, "{code}");
        }
        assert_eq!(create("GroundFailure", 60).unwrap_err().code, "alarm_rule.exists");
        let one = create("Power*", 60).unwrap();
        faulted(&w, 1, "PowerSwitchFailure");
        assert_eq!(alarms(&w).len(), 0, "switched off");
        wait(w.engine.alarm_rule_delete(&local, one.id)).unwrap();
        faulted(&w, 2, "PowerSwitchFailure");
        assert_eq!(alarms(&w).len(), 1);
        assert_eq!(wait(w.engine.alarm_rule_delete(&local, 1)).unwrap_err().code, "alarm_rule.whole_source");
        let changes = w.read(|conn| store::alarm_rules::alarm_rule_change_list(conn, None, None, 10)).items;
        assert_eq!(changes.len(), 2);
        assert!(changes[0].after.is_none() && changes[0].before.is_some());
        assert!(changes[1].before.is_none());
        assert_eq!(w.count("SELECT COUNT(*) FROM audit WHERE noun = 'alarm_rule'"), 2);
    }
}
