//! R-6.1b: a station that is stopped and comes back, batteries that are reported on, inspections that are due.

use crate::databases::wait;
use crate::safety::{NOTHING, acts, begun, guarded, judge, later, say, sent, temperature, watch};
use crate::world::{World, stop_of, wall};
use crate::ykc::{bill, send};
use engine::audit::Actor;
use engine::safety::{EmergencyDraft, EmergencyEnd};
use model::access::Scope;
use model::battery::BatteryReport;
use model::connector::ConnectorStatus;
use model::device::StatusReport;
use model::id::PileId;
use model::safety::{SafetyLevel, SafetyStep};
use serde_json::json;
use store::alarm_list::{AlarmFilter, alarm_list};
use store::battery_safety::{BatterySafetyFilter, battery_safety_list};
use store::emergencies::{EmergencyDetail, EmergencyStepState, EmergencyWish};

fn stopping(name: &str, drill: bool, locks: bool) -> EmergencyDraft {
    EmergencyDraft {
        station_id: 1,
        station_name: name.to_owned(),
        reason: "配电柜冒烟".to_owned(),
        locks,
        drill,
        evacuation: None,
    }
}

fn states(detail: &EmergencyDetail, kind: EmergencyWish) -> Vec<EmergencyStepState> {
    detail.steps.iter().filter(|step| step.kind == kind).map(|step| step.state).collect()
}

/// The second connector of the first pile is free.
fn free(w: &World) {
    let report = StatusReport { connector: 2, status: ConnectorStatus::Available, error: None, at: None };
    w.status(1, report);
}

fn station_name(w: &World) -> String {
    w.read(|conn| conn.one("SELECT name FROM station WHERE id = 1", &[], |row| row.text(0)))
}

#[test]
fn r6_1b_class_a_station_is_stopped_and_comes_back() {
    for w in guarded() {
        let (local, name) = (Actor::local(), station_name(&w));
        let session = w.at("10:00").start(1, 1, "CARD1", 100.0);
        free(&w);
        sent(&w);
        let wrong = wait(w.engine.emergency_create(&local, stopping("别的站", false, true))).unwrap_err();
        assert_eq!(wrong.field.as_deref(), Some("station_name"));
        let made = wait(w.engine.emergency_create(&local, stopping(&name, false, true))).unwrap();
        let id = made.emergency.id;
        assert_eq!(states(&made, EmergencyWish::Stop), [EmergencyStepState::Sent]);
        let piles = states(&made, EmergencyWish::Lock).len();
        assert!(piles > 1 && made.emergency.evacuation.contains("撤离"));
        let went = sent(&w);
        assert_eq!(went.iter().filter(|what| **what == "stop").count(), 1);
        assert_eq!(
            went.iter().filter(|what| **what == "lock").count(),
            states(&made, EmergencyWish::Lock)
                .iter()
                .filter(|state| **state != EmergencyStepState::Offline)
                .count()
        );
        let twice = wait(w.engine.emergency_create(&local, stopping(&name, false, true))).unwrap_err();
        assert_eq!(twice.code, "emergency.live");
        // Nothing begins meanwhile, whoever wants it.
        let start = engine::command::CommandRequest::Start { connector: 2 };
        let refused = wait(w.engine.command(&local.caller, PileId(1), start.clone())).unwrap_err();
        assert_eq!(refused.code, "station.emergency");
        // The pile has not obeyed yet: sent again after a while.
        later(&w, 11);
        watch(&w);
        assert!(sent(&w).contains(&"stop"));
        w.stop_by(1, stop_of(session, w.now(), 100.5));
        watch(&w);
        let seen =
            |w: &World| w.read(move |conn| store::emergencies::emergency_get(conn, &Scope::ALL, id)).unwrap();
        assert_eq!(states(&seen(&w), EmergencyWish::Stop), [EmergencyStepState::Done]);
        let version = seen(&w).emergency.version;
        let end = EmergencyEnd { version, text: "已排除".to_owned() };
        let over = wait(w.engine.emergency_cancel(&local, id, end.clone())).unwrap();
        assert!(over.emergency.ended_at_ms.is_some());
        assert!(sent(&w).contains(&"free"));
        assert!(wait(w.engine.emergency_cancel(&local, id, end)).is_err(), "once");
        let begun = wait(w.engine.command(&local.caller, PileId(1), start));
        assert!(begun.as_ref().err().is_none_or(|why| why.code != "station.emergency"), "{begun:?}");
    }
}

#[test]
fn r6_1b_class_a_drill_is_recorded_and_nothing_is_sent() {
    for w in guarded() {
        let (local, name) = (Actor::local(), station_name(&w));
        w.at("10:00").start(1, 1, "CARD1", 100.0);
        free(&w);
        sent(&w);
        let made = wait(w.engine.emergency_create(&local, stopping(&name, true, true))).unwrap();
        assert!(made.emergency.drill && made.steps.iter().all(|one| one.state == EmergencyStepState::Drill));
        assert_eq!(states(&made, EmergencyWish::Stop).len(), 1);
        later(&w, 60);
        watch(&w);
        assert_eq!(sent(&w), [""; 0]);
        let start = engine::command::CommandRequest::Start { connector: 2 };
        let begun = wait(w.engine.command(&local.caller, PileId(1), start));
        assert!(begun.as_ref().err().is_none_or(|why| why.code != "station.emergency"), "{begun:?}");
        let retry = wait(w.engine.emergency_start(&local, made.emergency.id)).unwrap_err();
        assert_eq!(retry.code, "emergency.drill");
        let end = EmergencyEnd { version: made.emergency.version, text: "用时 3 分钟".to_owned() };
        let over = wait(w.engine.emergency_cancel(&local, made.emergency.id, end)).unwrap();
        assert!(over.steps.iter().all(|step| step.kind != EmergencyWish::Release));
        assert_eq!(sent(&w), [""; 0]);
    }
}

#[test]
fn r6_1b_class_each_session_has_a_battery_report_with_its_findings() {
    for w in guarded() {
        let trade = begun(&w);
        temperature(&w, trade, 40);
        send(&w, bill(trade, wall("10:30"), w.now(), NOTHING));
        watch(&w);
        let list = |w: &World| {
            let wanted = BatterySafetyFilter { limit: 10, ..BatterySafetyFilter::default() };
            w.read(move |conn| battery_safety_list(conn, &Scope::ALL, &wanted)).items
        };
        let all = list(&w);
        assert_eq!((all.len(), all[0].level, all[0].temperature_max_c), (1, None, Some(40)));
        assert!(all[0].findings.is_empty() && all[0].warned_at_ms.is_none());
        // The words of the end come after the bill: the report is made anew, and the driver is warned.
        let told = BatteryReport {
            temperature_max_c: Some(61),
            cell_voltage_max_mv: Some(4_180),
            cell_voltage_min_mv: Some(3_850),
            ..BatteryReport::default()
        };
        say(later(&w, 5), trade, true, told);
        watch(&w);
        let all = list(&w);
        let codes: Vec<&str> = all[0].findings.iter().map(|one| one.code.as_str()).collect();
        assert_eq!(all[0].level, Some(SafetyLevel::Person), "{codes:?}");
        assert_eq!(codes, ["battery_hot", "cell_spread"]);
        assert!(all[0].warned_at_ms.is_some());
        // The rule on cells that differ has told of it too, without doing anything.
        assert!(acts(&w).iter().any(|one| one.act.rule_id == 9 && one.act.step == SafetyStep::Notice));
    }
}

#[test]
fn r6_1b_class_people_are_reminded_of_an_inspection_until_it_is_done() {
    for w in guarded() {
        let local = Actor::local();
        let today = model::time::Zone::shanghai().local(w.now()).day;
        let check = |due: i64| {
            serde_json::from_value(
                json!({"kind": "meter", "station_id": 1, "due_day": due, "remind_days": 30}),
            )
            .unwrap()
        };
        let id = wait(w.engine.device_check_create(&local, check(today))).unwrap();
        let far = wait(w.engine.device_check_create(&local, check(today + 10_000))).unwrap();
        watch(&w);
        watch(&w);
        let raised = |w: &World| {
            let wanted = AlarmFilter { limit: 100, ..AlarmFilter::default() };
            let all = w.read(move |conn| alarm_list(conn, &Scope::ALL, &wanted)).items;
            all.into_iter()
                .filter(|one| one.code == "inspection:meter")
                .map(|one| one.state)
                .collect::<Vec<_>>()
        };
        assert_eq!(raised(&w), [model::alarm::AlarmState::Open], "one, and none for the other");
        let renewed = serde_json::from_value(
            json!({"version": 1, "due_day": today + 10_000, "done_day": today, "remind_days": 30}),
        )
        .unwrap();
        wait(w.engine.device_check_update(&local, id, renewed)).unwrap();
        assert_eq!(raised(&w), [model::alarm::AlarmState::Recovered]);
        wait(w.engine.device_check_delete(&local, far)).unwrap();
        for (due, field) in [(20_261_301, "due_day"), (0, "due_day"), (19_991_231, "due_day")] {
            let refused = wait(w.engine.device_check_create(&local, check(due))).unwrap_err();
            assert_eq!(refused.field.as_deref(), Some(field), "{due}");
        }
    }
}

#[test]
fn r6_1b_class_a_battery_report_is_judged_once_and_after_a_restart() {
    for mut w in guarded() {
        let trade = begun(&w);
        temperature(&w, trade, 40);
        assert_eq!(judge(&w), 0, "it charges still");
        send(&w, bill(trade, wall("10:30"), w.now(), NOTHING));
        let marked = "SELECT COUNT(*) FROM battery_report WHERE unjudged";
        assert_eq!(w.count(marked), 1);
        // Nobody has judged it, the server stops, and is away for three days.
        w.restart();
        wait(w.engine.parameters_load()).unwrap();
        later(&w, 3 * 86_400);
        assert_eq!((judge(&w), w.count(marked)), (1, 0));
        assert_eq!(judge(&w), 0, "what was judged is not read again");
        // What is told later is judged again.
        say(
            later(&w, 5),
            trade,
            true,
            BatteryReport { temperature_max_c: Some(61), ..BatteryReport::default() },
        );
        assert_eq!((w.count(marked), judge(&w), w.count(marked)), (1, 1, 0));
        assert_eq!(w.count("SELECT COUNT(*) FROM battery_safety"), 1);
    }
}
