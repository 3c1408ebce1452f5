//! How the routes of self-healing and advice are asked for well; as in `samples.rs`.

use super::house::{House, NOON};
use super::samples::About::*;
use super::samples::{Sample, asked};
use model::healing::{
    HealingFollow, HealingState, HealingStep, HealingStepKind, HealingSuccess, HealingTerms,
};
use model::site::Pile;
use model::time::Timestamp;
use store::healing_runs::HealingRun;

pub const SAMPLES: &[Sample] = &[
    asked("healing_playbook_list", Shared, "/healing-playbooks", ""),
    asked(
        "healing_playbook_create",
        Platform,
        "/healing-playbooks",
        r#"{"name":"预案{n}","enabled":true,"source":"fault","code":"Code{n}","vendor":"","pile_model":"","steps":[{"kind":"soft_reset","wait_s":60,"success":"recovered"}],"after_s":60,"tries_per_day":2,"station_most":2,"cool_down_s":600,"hard_allowed":false,"follow":"work_order"}"#,
    ),
    asked(
        "healing_playbook_update",
        Platform,
        "/healing-playbooks/1",
        r#"{"version":1,"name":"预案一","enabled":false,"source":"fault","code":"pileops:faulted","vendor":"","pile_model":"","steps":[{"kind":"soft_reset","wait_s":60,"success":"available"}],"after_s":60,"tries_per_day":2,"station_most":2,"cool_down_s":600,"hard_allowed":false,"follow":"escalate"}"#,
    ),
    asked("healing_playbook_delete", Platform, "/healing-playbooks/2", ""),
    asked("healing_playbook_change_list", Shared, "/healing-playbook-changes", ""),
    asked("advice_list", List, "/advice", ""),
    asked("advice_get", Thing, "/advice/{advice}", ""),
    asked("advice_update", Thing, "/advice/{advice}", r#"{"version":1,"state":"taken"}"#),
    asked("healing_run_list", List, "/healing-runs", ""),
    asked("healing_run_get", Thing, "/healing-runs/{healing_run}", ""),
    asked("healing_run_stop", Thing, "/healing-runs/{healing_run}/stop", ""),
];

/// One run at this pile.
pub async fn begun(house: &House, pile: &Pile, alarm: &str) -> String {
    let at = Timestamp::from_ms(NOON);
    let step =
        HealingStep { kind: HealingStepKind::SoftReset, wait_s: 60, success: HealingSuccess::Recovered };
    let one = HealingRun {
        id: 0,
        playbook: 1,
        playbook_name: "重启".to_owned(),
        playbook_version: 1,
        terms: HealingTerms {
            steps: vec![step],
            hard_allowed: false,
            follow: HealingFollow::WorkOrder,
            quiet_from_minute: None,
            quiet_to_minute: None,
        },
        alarm: alarm.parse().unwrap(),
        alarm_times: 1,
        operator: pile.operator,
        station: pile.station,
        pile: pile.id,
        connector: None,
        state: HealingState::Running,
        reason: None,
        step_no: 0,
        due_at: at,
        good_since: None,
        begun_at: at,
        ended_at: None,
        ended_by: None,
        work_order: None,
    };
    let write = house.app.engine.store.write(None, move |tx| store::healing_runs::insert(tx, &one));
    write.await.unwrap().to_string()
}

/// One advice about this pile.
pub async fn advised(house: &House, pile: &Pile) -> String {
    let at = Timestamp::from_ms(NOON);
    let one = store::advices::Advice {
        id: 0,
        subject: format!("maintain:pile:{}", pile.id.0),
        kind: model::advice::AdviceKind::Maintain,
        state: model::advice::AdviceState::New,
        operator: Some(pile.operator.0),
        station: Some(pile.station.0),
        pile: Some(pile.id.0),
        facts: Vec::new(),
        expected: None,
        effect: None,
        made_at: at,
        seen_at: at,
        decided_at: None,
        decided_by: None,
        reason: None,
        version: 1,
    };
    let write = house.app.engine.store.write(None, move |tx| store::advices::save(tx, &one));
    write.await.unwrap().to_string()
}

pub async fn advised_by_code(house: &House, code: &str) -> String {
    let code = model::id::PileCode::parse(code).unwrap();
    let read = move |conn: &mut store::Conn| store::piles::by_code(conn, &code);
    let pile = house.app.engine.store.read(read).await.unwrap().unwrap();
    advised(house, &pile).await
}
