//! How the routes of safety are asked for well; as in `samples.rs`.

use super::house::{House, NOON};
use super::samples::About::*;
use super::samples::{Sample, asked};
use engine::audit::Actor;
use model::safety::{SafetyActState, SafetyAction, SafetyLevel, SafetyMeasure, SafetyStep};
use model::site::Pile;
use model::time::{HOUR_MS, Timestamp};
use serde_json::json;
use store::safety_acts::SafetyAct;

pub const RULE: &str = r#"{"name":"规则{n}","enabled":false,"measure":"plug_temperature","threshold":80,"hold_s":10,"samples":2,"hysteresis":5,"scope":{},"level":"device","action":"notice","limit_percent":50,"repeat_s":20,"of_vehicle":false,"basis":"试验","reason":"新建"}"#;

pub const SAMPLES: &[Sample] = &[
    asked("safety_rule_list", Shared, "/safety-rules", ""),
    asked("safety_rule_create", Platform, "/safety-rules", RULE),
    asked(
        "safety_rule_update",
        Platform,
        "/safety-rules/7",
        r#"{"version":1,"rule":{"name":"桩体温度过高","enabled":false,"measure":"pile_temperature","threshold":80,"hold_s":10,"samples":2,"hysteresis":5,"scope":{},"level":"device","action":"notice","limit_percent":50,"repeat_s":20,"of_vehicle":false,"reason":"调整"}}"#,
    ),
    asked("safety_rule_delete", Platform, "/safety-rules/6?version=1&reason=x", ""),
    asked("safety_rule_change_list", Platform, "/safety-rule-changes", ""),
    asked("safety_trial_list", Platform, "/safety-trials", ""),
    asked(
        "safety_trial_create",
        Platform,
        "/safety-trials",
        r#"{"rule":{"name":"试算{n}","enabled":false,"measure":"plug_temperature","threshold":80,"hold_s":10,"samples":2,"hysteresis":5,"scope":{},"level":"device","action":"notice","limit_percent":50,"repeat_s":20,"of_vehicle":false,"reason":"试算"},"from_ms":0,"to_ms":1000}"#,
    ),
    asked("safety_trial_get", Platform, "/safety-trials/1", ""),
    asked("safety_trial_cancel", Platform, "/safety-trials/1", ""),
    asked("safety_pause_list", List, "/safety-pauses", ""),
    asked(
        "safety_pause_create",
        Field("station_id"),
        "/safety-pauses",
        r#"{"rule_id":7,"station_id":{station},"until_ms":{until},"reason":"传感器待更换"}"#,
    ),
    asked("safety_pause_cancel", Thing, "/safety-pauses/{safety_pause}/end", r#"{"reason":"已更换"}"#),
    asked("safety_act_list", List, "/safety-acts", ""),
    asked("safety_act_get", Thing, "/safety-acts/{safety_act}", ""),
    asked(
        "safety_act_update",
        Thing,
        "/safety-acts/{safety_act}",
        r#"{"version":1,"action":"judge","verdict":"false_alarm","text":"传感器损坏"}"#,
    ),
    asked("battery_safety_list", List, "/battery-safety", ""),
    asked("emergency_plan_get", Thing, "/stations/{station}/emergency", ""),
    asked("emergency_list", List, "/emergencies", ""),
    asked(
        "emergency_create",
        Field("station_id"),
        "/emergencies",
        r#"{"station_id":{station},"station_name":"{station_name}","reason":"演练","locks":true,"drill":true}"#,
    ),
    asked("emergency_get", Thing, "/emergencies/{emergency}", ""),
    asked("emergency_start", Thing, "/emergencies/{emergency}/retry", ""),
    asked("emergency_cancel", Thing, "/emergencies/{emergency}/end", r#"{"version":1,"text":"演练结束"}"#),
    asked("device_check_list", List, "/device-checks", ""),
    asked(
        "device_check_create",
        Field("station_id"),
        "/device-checks",
        r#"{"kind":"extinguisher","station_id":{station},"due_day":20301231,"remind_days":30}"#,
    ),
    asked(
        "device_check_update",
        Thing,
        "/device-checks/{device_check}",
        r#"{"version":1,"due_day":20311231,"remind_days":30}"#,
    ),
    asked("device_check_delete", Thing, "/device-checks/{device_check}", ""),
    asked("danger_report_get", List, "/danger-report?month=202611", ""),
];

/// An act, a drill and an inspection of this pile's station.
pub async fn made(house: &House, pile: &Pile, name: &str) -> [(&'static str, String); 5] {
    let engine = &house.app.engine;
    let at = Timestamp::from_ms(NOON);
    let one = SafetyAct {
        id: 0,
        key: format!("thing:{}", pile.id.0),
        rule: 7,
        rule_name: format!("{name}规则"),
        measure: SafetyMeasure::PileTemperature,
        threshold: 85,
        value: 90,
        level: SafetyLevel::Device,
        action: SafetyAction::Notice,
        of_vehicle: false,
        state: SafetyActState::Done,
        step: SafetyStep::Notice,
        repeat_s: 20,
        operator: pile.operator,
        station: pile.station,
        pile: pile.id,
        connector: 1,
        order: None,
        frame: None,
        evidence: vec![(NOON, 90)],
        since: at,
        at,
        last_at: at,
        times: 1,
        next: None,
        held: None,
        verdict: None,
        verdict_text: None,
        verdict_by: None,
        verdict_at: None,
        version: 1,
    };
    let act = engine.store.write(None, move |tx| store::safety_acts::insert(tx, &one)).await.unwrap();
    let drill = json!({"station_id": pile.station.0, "station_name": format!("{name}站"), "reason": "演练",
        "locks": true, "drill": true});
    let drill = serde_json::from_value(drill).unwrap();
    let emergency = engine.emergency_create(&Actor::local(), drill).await.unwrap().emergency.id;
    let check = json!({"kind": "insulation", "pile_code": pile.code, "due_day": 20_301_231, "remind_days": 30,
        "agency": format!("{name}检测")});
    let check = serde_json::from_value(check).unwrap();
    let check = engine.device_check_create(&Actor::local(), check).await.unwrap();
    let until = house.app.now().plus_ms(HOUR_MS).as_ms();
    let pause =
        json!({"rule_id": 7, "pile_code": pile.code, "until_ms": until, "reason": format!("{name}传感器")});
    let pause = serde_json::from_value(pause).unwrap();
    let pause = engine.safety_pause_create(&Actor::local(), pause).await.unwrap();
    [
        ("{safety_pause}", pause.to_string()),
        ("{until}", until.to_string()),
        ("{safety_act}", act.to_string()),
        ("{emergency}", emergency.to_string()),
        ("{device_check}", check.to_string()),
    ]
}

/// A trial of the platform's.
pub async fn tried(house: &House) {
    let rule: serde_json::Value = serde_json::from_str(&RULE.replace("{n}", "试")).unwrap();
    let draft = serde_json::from_value(json!({"rule": rule, "from_ms": 0, "to_ms": 1_000})).unwrap();
    house.app.engine.safety_trial_create(&Actor::local(), draft).await.unwrap();
}
