//! R-6.1a 故障自愈 with pretend piles over real sockets: one that a soft reset mends, and one that it does not.
//!
//! The watch is asked with moments of the test's own, ahead of the clock, so that no wait is waited for.

use super::door::{Door, PASSWORD, YKC, door, until};
use engine::audit::Actor;
use engine::healing::HealingPlaybookDraft;
use engine::parameter::ParameterChange;
use model::access::Scope;
use model::alarm::AlarmSource;
use model::healing::{
    HealingFollow, HealingState, HealingStep, HealingStepKind, HealingStepState, HealingSuccess,
};
use model::site::Protocol;
use model::time::{Clock, SECOND_MS, Timestamp};
use sim::pile::PileConfig;
use sim::runner::PileHandle;
use std::time::Duration;
use store::healing_runs::{HealingRunDetail, HealingRunFilter, healing_run_get, healing_run_list};

async fn switched_on(door: &Door) {
    let local = Actor::local();
    let on = ParameterChange { version: 1, value: Some(1), reason: "试运行".to_owned() };
    door.app.engine.parameter_update(&local, "healing", on).await.unwrap();
    // The playbook that is delivered for exactly this fault waits for a minute.
    door.app.engine.healing_playbook_delete(&local, 2).await.unwrap();
    for code in ["InternalError*", "ykc:hw_fault:*"] {
        let step = |kind| HealingStep { kind, wait_s: 20, success: HealingSuccess::Recovered };
        let draft = HealingPlaybookDraft {
            name: code.to_owned(),
            enabled: true,
            source: AlarmSource::Fault,
            code: code.to_owned(),
            vendor: String::new(),
            pile_model: String::new(),
            steps: vec![step(HealingStepKind::Status), step(HealingStepKind::SoftReset)],
            after_s: 0,
            tries_per_day: 1,
            station_most: 5,
            cool_down_s: 60,
            hard_allowed: false,
            follow: HealingFollow::WorkOrder,
            quiet_from_minute: None,
            quiet_to_minute: None,
        };
        door.app.engine.healing_playbook_create(&local, draft).await.unwrap();
    }
}

async fn pile(door: &Door, code: &str, protocol: Protocol, reset_mends: bool) -> PileHandle {
    let address = match protocol {
        Protocol::Ykc16 => door.ykc.to_string(),
        _ => format!("ws://{}/ocpp", door.http),
    };
    let mut config = PileConfig::new(code, protocol, &address);
    config.password = PASSWORD.to_owned();
    config.connectors = 2;
    (config.behaviours.internal_faults, config.behaviours.reset_mends) = (true, reset_mends);
    let pile = PileHandle::start(config, Clock::System);
    assert!(pile.wait_for(Duration::from_secs(20), |seen| seen.in_service).await);
    door.becomes_online(code, true).await;
    pile
}

async fn count(door: &Door, sql: &'static str) -> i64 {
    door.app.engine.store.read(move |conn| conn.one(sql, &[], |row| row.int(0))).await.unwrap()
}

async fn run(door: &Door) -> Option<HealingRunDetail> {
    let read = |conn: &mut store::Conn| {
        let wanted = HealingRunFilter { limit: 1, ..HealingRunFilter::default() };
        let Some(newest) = healing_run_list(conn, &Scope::ALL, &wanted)?.items.pop() else { return Ok(None) };
        healing_run_get(conn, &Scope::ALL, newest.id)
    };
    door.app.engine.store.read(read).await.unwrap()
}

async fn watch(door: &Door, at: Timestamp) {
    door.app.engine.healing_watch(at).await.unwrap();
}

/// Faulted, asked, reset; the run after its two steps were answered, and the moment.
async fn reset(door: &Door, pile: &PileHandle) -> Timestamp {
    pile.fault(1);
    until("an alarm", async || count(door, "SELECT COUNT(*) FROM alarm WHERE state = 'open'").await == 1)
        .await;
    let mut at = door.app.now();
    watch(door, at).await;
    let answered = "SELECT COUNT(*) FROM command WHERE ended_at_ms IS NOT NULL AND staff_id IS NULL \
        AND kind IN ('trigger', 'reset')";
    until("the pile was asked", async || count(door, answered).await == 1).await;
    at = at.plus_ms(25 * SECOND_MS);
    watch(door, at).await;
    until("the pile was reset", async || count(door, answered).await == 2).await;
    at
}

async fn mended(code: &str, protocol: Protocol) {
    let mut door = door().await;
    switched_on(&door).await;
    let pile = pile(&door, code, protocol, true).await;
    let at = reset(&door, &pile).await;
    until("it recovers", async || {
        count(&door, "SELECT COUNT(*) FROM alarm WHERE state = 'recovered'").await == 1
    })
    .await;
    for seconds in [5, 40] {
        watch(&door, at.plus_ms(seconds * SECOND_MS)).await;
    }
    let run = run(&door).await.unwrap();
    assert_eq!(run.run.state, HealingState::Healed, "{run:?}");
    let states: Vec<_> = run.steps.iter().map(|step| (step.kind, step.state)).collect();
    let asked = (HealingStepKind::Status, HealingStepState::NoHelp);
    assert_eq!(states, [asked, (HealingStepKind::SoftReset, HealingStepState::Helped)]);
    pile.stop().await;
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r6_1a_class_a_pile_that_a_soft_reset_mends_is_healed() {
    mended("A-1", Protocol::Ocpp16).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r6_1a_class_a_ykc_pile_that_a_reboot_mends_is_healed() {
    mended(YKC, Protocol::Ykc16).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r6_1a_class_a_pile_that_a_soft_reset_does_not_mend_becomes_a_work_order() {
    let mut door = door().await;
    switched_on(&door).await;
    let pile = pile(&door, "A-1", Protocol::Ocpp16, false).await;
    let at = reset(&door, &pile).await;
    door.becomes_online("A-1", true).await;
    assert!(pile.wait_for(Duration::from_secs(20), |seen| seen.in_service).await);
    door.becomes_online("A-1", true).await;
    // It may be away at the moment in which it is looked at: then it is waited for.
    let mut later = at.plus_ms(25 * SECOND_MS);
    until("nothing has helped", async || {
        watch(&door, later).await;
        run(&door).await.is_some_and(|run| run.run.state == HealingState::Failed)
    })
    .await;
    later = later.plus_ms(SECOND_MS);
    watch(&door, later).await;
    let run = run(&door).await.unwrap();
    assert!(run.run.work_order_no.is_some(), "{run:?}");
    assert!(run.steps.iter().all(|step| step.state == HealingStepState::NoHelp), "{run:?}");
    assert_eq!(count(&door, "SELECT COUNT(*) FROM work_order").await, 1);
    pile.stop().await;
    door.stop().await;
}
