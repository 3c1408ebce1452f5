//! How the routes of alarms are asked for well; as in `samples.rs`.

use super::house::{House, NOON};
use super::samples::About::*;
use super::samples::{Sample, asked};
use model::alarm::{AlarmLevel, AlarmSource, AlarmState, OFFLINE};
use model::site::Pile;
use model::time::Timestamp;
use store::alarms::Alarm;

pub const SAMPLES: &[Sample] = &[
    asked("alarm_list", List, "/alarms", ""),
    asked("alarm_get", Thing, "/alarms/{alarm}", ""),
    asked("alarm_update", Thing, "/alarms/{alarm}", r#"{"version":1,"action":"note","text":"已联系现场"}"#),
    asked("alarm_export", List, "/exports/alarms", r#"{"format":"csv"}"#),
    asked("alarm_rule_list", Shared, "/alarm-rules", ""),
    asked(
        "alarm_rule_create",
        Platform,
        "/alarm-rules",
        r#"{"source":"fault","code":"Code{n}","level":"minor","enabled":true,"delay_s":0,"close_after_s":600,"storm_count":5}"#,
    ),
    asked(
        "alarm_rule_update",
        Platform,
        "/alarm-rules/1",
        r#"{"version":1,"level":"major","enabled":true,"delay_s":5,"close_after_s":600,"storm_count":5}"#,
    ),
    asked("alarm_rule_delete", Platform, "/alarm-rules/2", ""),
    asked("alarm_rule_change_list", Shared, "/alarm-rule-changes", ""),
    asked("alarm_notice_list", Platform, "/alarm-notices", ""),
    asked(
        "alarm_notice_create",
        Platform,
        "/alarm-notices",
        r#"{"name":"值班{n}","enabled":true,"role":"technician","addresses":[],"level":"major","sources":[],"from_minute":0,"to_minute":0}"#,
    ),
    asked(
        "alarm_notice_update",
        Platform,
        "/alarm-notices/1",
        r#"{"version":1,"name":"值班","enabled":true,"role":null,"addresses":["a@example.com"],"level":"major","sources":["fault"],"from_minute":0,"to_minute":480}"#,
    ),
    asked("alarm_notice_delete", Platform, "/alarm-notices/1", ""),
];

/// One alarm of this pile.
pub async fn alarmed(house: &House, pile: &Pile) -> String {
    let at = Timestamp::from_ms(NOON);
    let one = Alarm {
        id: 0,
        live_key: Some(format!("thing:{}", pile.id.0)),
        source: AlarmSource::Offline,
        code: OFFLINE.to_owned(),
        level: AlarmLevel::Major,
        state: AlarmState::Open,
        operator: pile.operator,
        station: pile.station,
        pile: Some(pile.id),
        connector: None,
        order: None,
        frame: None,
        info: None,
        storm: false,
        parent: None,
        times: 1,
        first_at: at,
        last_at: at,
        told_from: at,
        recovered_at: None,
        acknowledged_at: None,
        acknowledged_by: None,
        silenced_until: None,
        closed_at: None,
        notified_at: None,
        close_after_s: 600,
        version: 1,
        repeat_of: None,
    };
    let write = house.app.engine.store.write(None, move |tx| store::alarms::insert(tx, &one));
    write.await.unwrap().to_string()
}

/// Somebody is told of alarms.
pub async fn noticed(house: &House) {
    let cookie = house.sign_in("admin").await;
    let draft = r#"{"name":"值班","enabled":false,"role":"technician","addresses":[],"level":"major","sources":[],"from_minute":0,"to_minute":0}"#;
    house.post("/alarm-notices", &cookie, draft).await.ok();
}
