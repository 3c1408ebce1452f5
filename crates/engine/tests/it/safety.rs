//! R-6.1b 安全管理: what is too much is acted on once, with its values, until it has ended or people are called; nothing is
//! done to what is normal.

use crate::databases::wait;
use crate::world::{World, kwh, stop_of, wall, worlds};
use crate::ykc::{ask, bill, confirm, observe, order, send};
use engine::audit::Actor;
use engine::safety::{SafetyActChange, SafetyRuleChange, SafetyRuleDraft};
use model::access::Scope;
use model::battery::{BatteryNews, BatteryReport};
use model::device::{DeviceCommand, DeviceEvent, Sample, SampledEnergy};
use model::id::{PileId, SessionKey, TradeNo};
use model::order::OrderState;
use model::safety::{SafetyActState, SafetyLevel, SafetyStep};
use serde_json::{Value, json};
use std::time::Duration;
use store::alarm_list::{AlarmFilter, AlarmView, alarm_list};
use store::safety_act_list::{SafetyActDetail, SafetyActFilter, safety_act_get, safety_act_list};

const YKC: i64 = 101;

/// With the rules that come with the product.
pub fn guarded() -> Vec<World> {
    let all = worlds();
    all.iter().for_each(|w| wait(w.engine.parameters_load()).unwrap());
    all
}

pub fn later(w: &World, seconds: u64) -> &World {
    w.clock.advance(Duration::from_secs(seconds));
    w
}

pub fn acts(w: &World) -> Vec<SafetyActDetail> {
    let wanted = SafetyActFilter { limit: 100, ..SafetyActFilter::default() };
    let ids = w.read(move |conn| safety_act_list(conn, &Scope::ALL, &wanted)).items;
    let mut all: Vec<SafetyActDetail> = ids
        .into_iter()
        .map(|one| w.read(move |conn| safety_act_get(conn, &Scope::ALL, one.id)).unwrap())
        .collect();
    all.sort_by_key(|one| one.act.id);
    all
}

fn alarms(w: &World) -> Vec<AlarmView> {
    let wanted = AlarmFilter { limit: 100, ..AlarmFilter::default() };
    let all = w.read(move |conn| alarm_list(conn, &Scope::ALL, &wanted)).items;
    all.into_iter().filter(|one| one.code.starts_with("safety:")).collect()
}

pub fn sent(w: &World) -> Vec<&'static str> {
    let all = std::mem::take(&mut *w.sent.lock().unwrap());
    all.into_iter()
        .map(|(_, command)| match command {
            DeviceCommand::Stop { .. } => "stop",
            DeviceCommand::LimitSet(_) => "limit",
            DeviceCommand::WorkParameters { operative: false, .. } => "lock",
            DeviceCommand::WorkParameters { operative: true, power_percent: 100 } => "free",
            DeviceCommand::WorkParameters { operative: true, .. } => "percent",
            DeviceCommand::Availability { operative: false, connector: 0 } => "lock",
            DeviceCommand::Availability { operative: true, connector: 0 } => "free",
            _ => "other",
        })
        .filter(|what| *what != "other")
        .collect()
}

pub fn watch(w: &World) -> usize {
    wait(w.engine.safety_watch(w.now())).unwrap() + judge(w)
}

/// How many battery reports were made.
pub fn judge(w: &World) -> usize {
    wait(w.engine.batteries_judge(w.now())).unwrap()
}

pub fn say(w: &World, trade: TradeNo, is_rare: bool, told: BatteryReport) {
    let is_first = told.temperature_allowed_c.is_some();
    let news = BatteryNews { session: SessionKey::Trade(trade), connector: 1, told, is_rare, is_first };
    w.say(YKC, DeviceEvent::Battery(Box::new(news)));
}

/// A session whose battery allows 55 °C.
pub fn begun(w: &World) -> TradeNo {
    let (trade, _) = ask(w.at("10:30"), 1, "CARD1");
    confirm(w, trade, None);
    observe(w.at("10:31"), Some(trade), true, 100);
    let limits = BatteryReport {
        temperature_allowed_c: Some(55),
        cell_voltage_allowed_mv: Some(4_250),
        voltage_allowed_dv: Some(4_250),
        ..BatteryReport::default()
    };
    say(w, trade, true, limits);
    trade
}

pub fn temperature(w: &World, trade: TradeNo, most: i64) {
    let told = BatteryReport {
        temperature_min_c: Some(most - 3),
        temperature_max_c: Some(most),
        ..BatteryReport::default()
    };
    say(later(w, 15), trade, false, told);
}

pub const NOTHING: [(i64, i64, i64); 4] = [(160_000, 0, 0), (140_000, 0, 0), (110_000, 0, 0), (70_000, 0, 0)];

#[test]
fn r6_1b_class_a_hot_battery_is_stopped_with_its_values() {
    for w in guarded() {
        let trade = begun(&w);
        sent(&w);
        for most in [54, 55, 56, 57] {
            temperature(&w, trade, most);
        }
        assert!(acts(&w).is_empty(), "one value is not two in a row");
        temperature(&w, trade, 58);
        assert_eq!(sent(&w), ["stop"]);
        let all = acts(&w);
        assert_eq!(all.len(), 1);
        let one = &all[0];
        assert_eq!((one.act.rule_id, one.act.value, one.act.threshold), (1, 3, 2));
        assert_eq!((one.act.level, one.act.of_vehicle), (SafetyLevel::Person, true));
        assert_eq!((one.act.state, one.act.step), (SafetyActState::Acting, SafetyStep::Stop));
        let values: Vec<i64> = one.evidence.iter().map(|point| point.value).collect();
        assert_eq!(values, [-1, 0, 1, 2, 3], "the values that led to it");
        assert_eq!(order(&w, trade).state, OrderState::Stopping);
        assert_eq!(one.act.order_id, Some(order(&w, trade).id.0));
        let raised = alarms(&w);
        assert_eq!(raised.len(), 1);
        assert_eq!(raised[0].code, "safety:battery_temperature_over");
        assert_eq!(raised[0].level, model::alarm::AlarmLevel::Critical);
        assert_eq!(one.alarm_id, Some(raised[0].id));
        // Told again it is no second act and no second stop.
        temperature(&w, trade, 59);
        assert_eq!((acts(&w).len(), sent(&w)), (1, Vec::new()));
        // The session ends: obeyed.
        send(&w, bill(trade, wall("10:30"), w.now(), NOTHING));
        later(&w, 20);
        watch(&w);
        let one = acts(&w).remove(0);
        assert_eq!((one.act.state, one.act.step), (SafetyActState::Done, SafetyStep::Obeyed));
        assert_eq!(sent(&w), [""; 0]);
    }
}

#[test]
fn r6_1b_class_a_stop_that_is_not_obeyed_is_repeated_then_locked_then_called() {
    for mut w in guarded() {
        let trade = begun(&w);
        sent(&w);
        for most in [57, 58] {
            temperature(&w, trade, most);
        }
        assert_eq!(sent(&w), ["stop"]);
        later(&w, 19);
        assert_eq!((watch(&w), sent(&w)), (0, Vec::new()), "a second too early");
        later(&w, 1);
        watch(&w);
        assert_eq!(sent(&w), ["stop"]);
        // A restart forgets nothing of it.
        w.restart();
        wait(w.engine.parameters_load()).unwrap();
        later(&w, 20);
        watch(&w);
        assert_eq!(sent(&w), ["stop", "lock"]);
        later(&w, 20);
        watch(&w);
        assert_eq!(sent(&w), [""; 0], "nothing more can be done from afar");
        let one = acts(&w).remove(0);
        let steps: Vec<SafetyStep> = one.steps.iter().map(|step| step.step).collect();
        use SafetyStep::{Call, Lock, Repeat, Stop};
        assert_eq!(steps, [Stop, Repeat, Lock, Call]);
        assert_eq!((one.act.state, one.act.locked), (SafetyActState::Failed, true));
        let codes: Vec<String> = alarms(&w).into_iter().map(|one| one.code).collect();
        assert!(codes.contains(&"safety:not_obeyed".to_owned()), "{codes:?}");
        later(&w, 60);
        assert_eq!(watch(&w), 0, "once");
        // A person puts the pile back.
        let change = |version| -> SafetyActChange {
            serde_json::from_value(json!({"version": version, "action": "release", "text": "现场已检查"}))
                .unwrap()
        };
        let stale = wait(w.engine.safety_act_update(&Actor::local(), one.act.id, change(1))).unwrap_err();
        assert_eq!(stale.code, "safety_act.version_differs");
        let version = acts(&w)[0].act.version;
        wait(w.engine.safety_act_update(&Actor::local(), one.act.id, change(version))).unwrap();
        assert_eq!((sent(&w), acts(&w)[0].act.locked), (vec!["free"], false));
        let version = acts(&w)[0].act.version;
        let twice = wait(w.engine.safety_act_update(&Actor::local(), one.act.id, change(version)));
        assert_eq!(twice.unwrap_err().code, "safety_act.not_locked");
    }
}

fn plug(w: &World, session: SessionKey, register: f64, celsius: i64) {
    let sample = Sample {
        energy: Some(SampledEnergy::Register(kwh(register))),
        temperature_c: Some(celsius),
        plug_temperature_c: Some(celsius),
        ..Sample::at(w.now())
    };
    w.meter(1, session, vec![sample]);
}

#[test]
fn r6_1b_class_a_warm_plug_is_limited_and_a_hot_one_stopped() {
    for w in guarded() {
        let session = w.at("10:00").start(1, 1, "CARD1", 100.0);
        sent(&w);
        for (n, celsius) in [76, 78, 79, 80].into_iter().enumerate() {
            plug(later(&w, 15), session, 100.0 + n as f64 / 10.0, celsius);
        }
        assert_eq!(sent(&w), ["limit"], "three values over thirty seconds");
        let one = acts(&w).remove(0);
        assert_eq!(
            (one.act.rule_id, one.act.state, one.act.step),
            (5, SafetyActState::Done, SafetyStep::Limit)
        );
        let body: Value = w.read(move |conn| {
            let sql = "SELECT body FROM command WHERE kind = 'limit_set'";
            conn.one(sql, &[], |row| Ok(serde_json::from_str(&row.text(0)?).unwrap()))
        });
        let rated = w.read(|conn| store::piles::get(conn, PileId(1))).unwrap().rated_power_w;
        assert_eq!(body["power_w"], rated / 2);
        for celsius in [83, 86, 88, 89, 91, 92] {
            plug(later(&w, 15), session, 101.0, celsius);
        }
        assert_eq!(sent(&w), ["stop"]);
        assert_eq!(acts(&w).len(), 2);
        // What waited in the pile is no reason to stop anything.
        let session = w.at("12:00").start(2, 1, "CARD2", 5.0);
        sent(&w);
        for minute in [60, 59, 58] {
            let at = w.now().plus_ms(-minute * 60_000);
            let sample = Sample { plug_temperature_c: Some(120), temperature_c: Some(120), ..Sample::at(at) };
            w.meter(2, session, vec![sample]);
        }
        assert_eq!((acts(&w).len(), sent(&w)), (2, Vec::new()));
    }
}

#[test]
fn r6_1b_class_current_after_the_stop_locks_the_pile() {
    for w in guarded() {
        let session = w.at("10:00").start(1, 1, "CARD1", 100.0);
        let id = w.order(1, session).id;
        wait(w.engine.command(
            &Actor::local().caller,
            PileId(1),
            engine::command::CommandRequest::Stop { order: id },
        ))
        .unwrap();
        assert_eq!(sent(&w), ["stop"]);
        let flows = |current| {
            let sample = Sample { current_da: Some(current), ..Sample::at(later(&w, 15).now()) };
            w.meter(1, session, vec![sample]);
        };
        flows(900);
        flows(40);
        flows(30);
        assert!(acts(&w).is_empty(), "it fades");
        [900, 900, 900].into_iter().for_each(flows);
        assert_eq!(sent(&w), ["stop", "lock"]);
        let one = acts(&w).remove(0);
        assert_eq!((one.act.rule_id, one.act.step, one.act.locked), (14, SafetyStep::Lock, true));
        w.stop_by(1, stop_of(session, w.now(), 101.0));
        later(&w, 20);
        watch(&w);
        assert_eq!(
            acts(&w)[0].act.state,
            SafetyActState::Failed,
            "the session has ended and the current has not"
        );
    }
}

fn draft(change: &Value) -> SafetyRuleDraft {
    let mut rule = json!({"name": "试", "enabled": true, "measure": "plug_temperature", "threshold": 60, "hold_s": 0,
        "samples": 1, "hysteresis": 0, "scope": {}, "level": "device", "action": "notice", "limit_percent": 50,
        "repeat_s": 20, "of_vehicle": false, "basis": null, "reason": "试用"});
    for (key, value) in change.as_object().unwrap() {
        rule[key] = value.clone();
    }
    serde_json::from_value(rule).unwrap()
}

#[test]
fn r6_1b_class_a_rule_holds_from_its_change_on_and_its_history_stays() {
    for w in guarded() {
        let local = Actor::local();
        let made =
            wait(w.engine.safety_rule_create(&local, draft(&json!({"scope": {"station_id": 1}})))).unwrap();
        let session = w.at("10:00").start(1, 1, "CARD1", 100.0);
        plug(&w, session, 100.0, 61);
        assert_eq!(acts(&w).len(), 1);
        let off = SafetyRuleChange {
            version: 1,
            rule: draft(&json!({"scope": {"station_id": 1}, "enabled": false, "reason": "误报"})),
        };
        wait(w.engine.safety_rule_update(&local, made.id, off.clone())).unwrap();
        let stale = wait(w.engine.safety_rule_update(&local, made.id, off)).unwrap_err();
        assert_eq!(stale.code, "safety_rule.version_differs");
        let session = w.start(2, 1, "CARD2", 5.0);
        let sample = Sample { plug_temperature_c: Some(61), ..Sample::at(w.now()) };
        w.meter(2, session, vec![sample]);
        assert_eq!(acts(&w).len(), 1, "off");
        let removal = serde_json::from_value(json!({"version": 2, "reason": "不再需要"})).unwrap();
        wait(w.engine.safety_rule_delete(&local, made.id, removal)).unwrap();
        let changes =
            w.read(move |conn| store::safety_rules::safety_rule_change_list(conn, Some(made.id), None, 10));
        let told: Vec<(bool, bool, &str)> = changes
            .items
            .iter()
            .map(|one| (one.before.is_some(), one.after.is_some(), one.reason.as_str()))
            .collect();
        assert_eq!(told, [(true, false, "不再需要"), (true, true, "误报"), (false, true, "试用")]);
        for (change, field) in [
            (json!({"name": "电池温度过高"}), Some("name")),
            (json!({"threshold": 29}), Some("threshold")),
            (json!({"threshold": 151}), Some("threshold")),
            (json!({"samples": 0}), Some("samples")),
            (json!({"hold_s": 7201}), Some("hold_s")),
            (json!({"limit_percent": 29}), Some("limit_percent")),
            (json!({"repeat_s": 4}), Some("repeat_s")),
            (json!({"reason": " "}), Some("reason")),
            (json!({"scope": {"station_id": 99}}), Some("scope.station_id")),
            (json!({"scope": {"operator_id": 99}}), Some("scope.operator_id")),
            (json!({"measure": "current_after_stop", "action": "limit"}), Some("action")),
        ] {
            let refused = wait(w.engine.safety_rule_create(&local, draft(&change))).unwrap_err();
            assert_eq!(refused.field.as_deref(), field, "{change}");
        }
    }
}

#[test]
fn r6_1b_class_a_trial_says_what_would_have_been_and_does_nothing() {
    for w in guarded() {
        for (pile, celsius) in [(1, 64), (2, 55)] {
            let session = w.at("10:00").start(pile, 1, "CARD1", 100.0);
            for n in 1..5 {
                let at = later(&w, 60).now();
                let energy = Some(SampledEnergy::Register(kwh(100.0 + f64::from(n))));
                let sample = Sample { energy, temperature_c: Some(celsius), ..Sample::at(at) };
                w.meter(pile, session, vec![sample]);
            }
            w.stop_by(pile, stop_of(session, later(&w, 60).now(), 105.0));
        }
        // Nothing is kept of the temperature.
        let session = w.at("11:00").start(3, 1, "CARD1", 100.0);
        w.stop_by(3, stop_of(session, later(&w, 600).now(), 101.0));
        let (local, sent_before) = (Actor::local(), w.sent.lock().unwrap().len());
        let from_ms = wall("09:00").as_ms();
        let asked = |rule: Value, to_ms: i64| {
            let rule = serde_json::to_value(json!(rule)).unwrap();
            engine::safety::SafetyTrialDraft { rule: draft(&rule), from_ms, to_ms }
        };
        let to_ms = w.now().as_ms();
        let made = wait(w.engine.safety_trial_create(&local, asked(json!({"samples": 2}), to_ms))).unwrap();
        assert_eq!(made.total, 3);
        let second = wait(w.engine.safety_trial_create(&local, asked(json!({}), to_ms))).unwrap_err();
        assert_eq!(second.code, "safety_trial.running");
        wait(w.engine.safety_trials_advance(w.now())).unwrap();
        assert_eq!(wait(w.engine.safety_trials_advance(w.now())).unwrap(), 0, "it is over");
        let told =
            w.read(move |conn| store::safety_trials::safety_trial_get(conn, &Scope::ALL, made.id)).unwrap();
        assert_eq!((told.trial.done, told.trial.bare, told.trial.hits), (3, 1, 1));
        assert_eq!(told.trial.state, store::safety_trials::SafetyTrialState::Done);
        assert_eq!((told.orders.len(), told.orders[0].value, told.orders[0].times), (1, 64, 1));
        assert_eq!(w.sent.lock().unwrap().len(), sent_before);
        assert!(acts(&w).is_empty());
        let kept =
            wait(w.engine.safety_trial_create(&local, asked(json!({"measure": "pile_temperature"}), to_ms)));
        assert_eq!(kept.unwrap_err().code, "safety_trial.not_kept");
        for to_ms in [from_ms, from_ms + 93 * 86_400_000] {
            let refused = wait(w.engine.safety_trial_create(&local, asked(json!({}), to_ms))).unwrap_err();
            assert_eq!(refused.field.as_deref(), Some("to_ms"));
        }
    }
}
