//! R-6.1a 故障自愈: step by step, within limits, never where a car charges or a person acts; what did not help goes to
//! people, and all of it goes on after a restart.

use crate::command::give;
use crate::databases::wait;
use crate::world::{World, worlds_by};
use engine::Rules;
use engine::alarm::AlarmChange;
use engine::audit::Actor;
use engine::command::CommandRequest;
use engine::healing::{HealingPlaybookChange, HealingPlaybookDraft};
use model::access::Scope;
use model::alarm::{AlarmAction, AlarmLevel, AlarmSource};
use model::connector::ConnectorStatus;
use model::device::{DeviceCommand, Fault, Outcome, Refusal, StatusReport};
use model::error::Text;
use model::healing::{
    HealingFollow, HealingReason, HealingState, HealingStep, HealingStepKind, HealingStepState,
    HealingSuccess,
};
use model::id::{CommandId, PileId};
use std::time::Duration;
use store::healing_playbooks::healing_playbook_list;
use store::healing_runs::{
    HealingRunDetail, HealingRunFilter, HealingRunView, healing_run_get, healing_run_list,
};

fn houses() -> Vec<World> {
    worlds_by(Rules { healing: true, ..Rules::default() })
}

fn says(w: &World, pile: i64, connector: u16, status: ConnectorStatus, code: Option<&str>) {
    let error = code.map(|code| Fault { code: code.to_owned(), vendor_code: None, info: None });
    w.status(pile, StatusReport { connector, status, error, at: None });
}

fn faulted(w: &World, pile: i64, code: &str) {
    says(w, pile, 1, ConnectorStatus::Faulted, Some(code));
}

fn mended(w: &World, pile: i64) {
    says(w, pile, 1, ConnectorStatus::Available, None);
}

fn watch(w: &World) -> usize {
    wait(w.engine.healing_watch(w.now())).unwrap()
}

/// Time passes, and the watch looks every five seconds.
fn pass(w: &World, seconds: u64) {
    for _ in 0..seconds / 5 {
        w.clock.advance(Duration::from_secs(5));
        watch(w);
    }
}

fn sent(w: &World) -> Vec<(i64, DeviceCommand)> {
    w.sent.lock().unwrap().drain(..).map(|(pile, command)| (pile.0, command)).collect()
}

fn last_command(w: &World) -> CommandId {
    CommandId(w.count("SELECT MAX(id) FROM command"))
}

fn answer(w: &World, outcome: Outcome) {
    wait(w.engine.command_ended(last_command(w), outcome)).unwrap();
}

fn accepted() -> Outcome {
    Outcome::Accepted { detail: None }
}

fn runs(w: &World) -> Vec<HealingRunView> {
    let wanted = HealingRunFilter { limit: 100, ..HealingRunFilter::default() };
    w.read(move |conn| healing_run_list(conn, &Scope::ALL, &wanted)).items
}

fn detail(w: &World, id: i64) -> HealingRunDetail {
    w.read(move |conn| healing_run_get(conn, &Scope::ALL, id)).unwrap()
}

fn states(w: &World, id: i64) -> Vec<HealingStepState> {
    detail(w, id).steps.iter().map(|step| step.state).collect()
}

fn step(kind: HealingStepKind, wait_s: i64) -> HealingStep {
    HealingStep { kind, wait_s, success: HealingSuccess::Recovered }
}

/// For the fault `Jammed`: asks, unlocks, resets softly, then hard.
fn draft() -> HealingPlaybookDraft {
    HealingPlaybookDraft {
        name: "卡滞".to_owned(),
        enabled: true,
        source: AlarmSource::Fault,
        code: "Jammed".to_owned(),
        vendor: String::new(),
        pile_model: String::new(),
        steps: vec![
            step(HealingStepKind::Status, 30),
            step(HealingStepKind::Unlock, 30),
            step(HealingStepKind::SoftReset, 120),
            step(HealingStepKind::HardReset, 120),
        ],
        after_s: 60,
        tries_per_day: 2,
        station_most: 2,
        cool_down_s: 600,
        hard_allowed: false,
        follow: HealingFollow::WorkOrder,
        quiet_from_minute: None,
        quiet_to_minute: None,
    }
}

fn planned(w: &World, draft: HealingPlaybookDraft) -> i64 {
    wait(w.engine.healing_playbook_create(&Actor::local(), draft)).unwrap().id
}

fn alarm_of(w: &World) -> i64 {
    w.count("SELECT MAX(id) FROM alarm")
}

fn act(w: &World, action: AlarmAction) {
    let id = alarm_of(w);
    let found = w.read(move |conn| store::alarms::find(conn, &Scope::ALL, id)).unwrap();
    let change =
        AlarmChange { version: found.version, action, text: Some("看过".to_owned()), until_ms: None };
    wait(w.engine.alarm_update(&Actor::local(), id, change)).unwrap();
}

#[test]
fn r6_1a_class_a_fault_is_healed_by_a_soft_reset_and_every_step_is_kept() {
    for mut w in houses() {
        planned(&w, draft());
        mended(&w, 1);
        faulted(&w, 1, "Jammed");
        assert_eq!(watch(&w), 0, "it may pass by itself");
        pass(&w, 55);
        assert!(runs(&w).is_empty());
        pass(&w, 5);
        let run = runs(&w).remove(0);
        assert_eq!(
            (run.state, run.pile_code.as_str(), run.connector_no),
            (HealingState::Running, "CP-1", Some(1))
        );
        let trigger = DeviceCommand::Trigger { message: "StatusNotification".to_owned(), connector: Some(1) };
        assert_eq!(sent(&w), [(1, trigger)]);
        assert_eq!(watch(&w), 0, "twice changes nothing");
        answer(&w, accepted());
        // Refused: the next one at once, not after its wait.
        pass(&w, 30);
        assert_eq!(sent(&w), [(1, DeviceCommand::Unlock { connector: 1 })]);
        let text = Text::of("无法解锁", "stuck");
        answer(&w, Outcome::Refused(Refusal { code: "UnlockFailed".to_owned(), text, detail: None }));
        pass(&w, 5);
        assert_eq!(sent(&w), [(1, DeviceCommand::Reset { hard: false })]);
        // The server is stopped and started in the middle of it.
        w.restart();
        answer(&w, accepted());
        pass(&w, 20);
        w.gone(1, "none");
        pass(&w, 20);
        wait(w.engine.pile_connected(PileId(1), "10.0.0.1:2".to_owned(), None)).unwrap();
        mended(&w, 1);
        pass(&w, 25);
        assert_eq!(detail(&w, run.id).run.state, HealingState::Running, "believed after half a minute");
        pass(&w, 10);
        let done = detail(&w, run.id);
        assert_eq!((done.run.state, done.run.reason), (HealingState::Healed, None));
        use HealingStepState::*;
        assert_eq!(states(&w, run.id), [NoHelp, Refused, Helped]);
        assert_eq!(done.steps[1].message.as_ref().map(|text| text.en.as_ref()), Some("stuck"));
        assert!(done.steps.iter().all(|step| step.command_id.is_some() && step.ended_at_ms.is_some()));
        let story = "SELECT COUNT(*) FROM alarm_event WHERE action IN ('heal_begin', 'healed')";
        assert_eq!(w.count(story), 2);
        pass(&w, 60);
        assert_eq!((runs(&w).len(), sent(&w).len()), (1, 0));
        w.sound();
    }
}

#[test]
fn r6_1a_class_what_did_not_help_becomes_a_work_order_once_and_no_hard_reset_by_default() {
    for w in houses() {
        planned(&w, draft());
        mended(&w, 1);
        faulted(&w, 1, "Jammed");
        pass(&w, 60);
        for _ in 0..3 {
            answer(&w, accepted());
            pass(&w, 125);
        }
        let run = detail(&w, runs(&w)[0].id);
        assert_eq!(run.run.state, HealingState::Failed);
        use HealingStepState::*;
        assert_eq!(states(&w, run.run.id), [NoHelp, NoHelp, NoHelp, Skipped]);
        assert!(!sent(&w).iter().any(|(_, command)| *command == DeviceCommand::Reset { hard: true }));
        assert!(run.run.work_order_no.is_some());
        assert_eq!(w.count("SELECT COUNT(*) FROM work_order WHERE alarm_id IS NOT NULL"), 1);
        // The same fault is not tried again while it holds.
        pass(&w, 1_800);
        assert_eq!(runs(&w).len(), 1);
        // Somebody has closed the work order; the fault goes and comes: a new occurrence, the second try of today.
        let close = "UPDATE work_order SET state = 'closed'";
        wait(w.engine.store.write(None, move |tx| tx.execute(close, &[]))).unwrap();
        mended(&w, 1);
        pass(&w, 60);
        faulted(&w, 1, "Jammed");
        pass(&w, 60);
        assert_eq!(runs(&w).len(), 2);
        w.sound();
    }
}

#[test]
fn r6_1a_class_hard_resets_and_escalation_where_they_are_allowed() {
    for w in houses() {
        let steps = vec![step(HealingStepKind::HardReset, 60)];
        let refused = HealingPlaybookDraft { steps: steps.clone(), ..draft() };
        let refused = wait(w.engine.healing_playbook_create(&Actor::local(), refused)).unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("hard_allowed"));
        let allowed = HealingPlaybookDraft {
            steps,
            hard_allowed: true,
            follow: HealingFollow::Escalate,
            source: AlarmSource::Fault,
            ..draft()
        };
        planned(&w, allowed);
        faulted(&w, 101, "Jammed");
        pass(&w, 60);
        assert_eq!(sent(&w), [(101, DeviceCommand::Reset { hard: true })]);
        answer(&w, Outcome::TimedOut);
        pass(&w, 65);
        assert_eq!(runs(&w)[0].state, HealingState::Failed);
        let level = w.read(|conn| conn.one("SELECT level FROM alarm", &[], |row| row.text(0)));
        assert_eq!(level, AlarmLevel::Critical.as_str());
        assert_eq!(w.count("SELECT COUNT(*) FROM work_order"), 0);
        pass(&w, 1_200);
        assert_eq!(runs(&w).len(), 1, "a critical alarm is for people");
    }
}

#[test]
fn r6_1a_error_never_while_a_car_charges_and_a_person_goes_first() {
    for w in houses() {
        planned(&w, draft());
        mended(&w, 1);
        // A car on the other connector: the pile is left alone.
        let session = w.start(1, 2, "CARD1", 10.0);
        faulted(&w, 1, "Jammed");
        pass(&w, 120);
        assert!(runs(&w).is_empty() && sent(&w).is_empty());
        w.stop(1, session, 12.0);
        pass(&w, 5);
        assert_eq!(sent(&w).len(), 1);
        answer(&w, accepted());
        // One begins while it runs: nothing is reset or unlocked any more.
        let session = w.start(1, 2, "CARD1", 12.0);
        pass(&w, 40);
        let run = runs(&w).remove(0);
        assert_eq!((run.state, run.reason), (HealingState::Stopped, Some(HealingReason::OrderBegan)));
        assert!(sent(&w).is_empty());
        w.stop(1, session, 13.0);
        // After the cool-down again; then a person gives a command.
        pass(&w, 620);
        assert_eq!(runs(&w).len(), 2);
        answer(&w, accepted());
        give(&w, 1, CommandRequest::CacheClear).unwrap();
        pass(&w, 5);
        let run = runs(&w).remove(0);
        assert_eq!((run.state, run.reason), (HealingState::Stopped, Some(HealingReason::PersonActed)));
        pass(&w, 1_300);
        assert_eq!(runs(&w).len(), 2, "who has begun goes on");
        w.sound();
    }
}

#[test]
fn r6_1a_class_the_alarm_is_taken_the_switch_is_turned_or_the_fault_passes() {
    for w in houses() {
        let playbook = planned(&w, draft());
        for (pile, ending) in [(1, "taken"), (2, "alone"), (3, "hand"), (4, "off")] {
            mended(&w, pile);
            faulted(&w, pile, "Jammed");
            pass(&w, 65);
            let run = runs(&w).remove(0);
            assert_eq!(run.state, HealingState::Running, "{ending}");
            let reason = match ending {
                "taken" => {
                    act(&w, AlarmAction::Acknowledge);
                    HealingReason::AlarmTaken
                }
                "alone" => {
                    answer(&w, Outcome::Unsupported(Text::of("不支持", "unsupported")));
                    mended(&w, pile);
                    HealingReason::RecoveredAlone
                }
                "hand" => {
                    wait(w.engine.healing_run_stop(&Actor::local(), run.id)).unwrap();
                    let again = wait(w.engine.healing_run_stop(&Actor::local(), run.id)).unwrap_err();
                    assert_eq!(again.code, "healing_run.ended");
                    HealingReason::ByHand
                }
                _ => {
                    let known = w.read(healing_playbook_list);
                    let one = known.into_iter().find(|one| one.id == playbook).unwrap();
                    let off = HealingPlaybookChange {
                        version: one.version,
                        name: one.name,
                        enabled: false,
                        source: one.source,
                        code: one.code,
                        vendor: one.vendor,
                        pile_model: one.pile_model,
                        steps: one.steps,
                        after_s: one.after_s,
                        tries_per_day: one.tries_per_day,
                        station_most: one.station_most,
                        cool_down_s: one.cool_down_s,
                        hard_allowed: one.hard_allowed,
                        follow: one.follow,
                        quiet_from_minute: None,
                        quiet_to_minute: None,
                    };
                    wait(w.engine.healing_playbook_update(&Actor::local(), playbook, off)).unwrap();
                    HealingReason::SwitchedOff
                }
            };
            pass(&w, 40);
            let run = detail(&w, run.id).run;
            assert_eq!((run.state, run.reason), (HealingState::Stopped, Some(reason)), "{ending}");
        }
        assert_eq!(w.count("SELECT COUNT(*) FROM healing_playbook_change"), 2);
    }
}

#[test]
fn r6_1a_boundary_piles_of_a_station_at_once_tries_of_a_day_and_quiet_hours() {
    for w in houses() {
        planned(&w, HealingPlaybookDraft { station_most: 1, tries_per_day: 1, ..draft() });
        for pile in [1, 2] {
            mended(&w, pile);
            faulted(&w, pile, "Jammed");
        }
        pass(&w, 70);
        assert_eq!(runs(&w).len(), 1, "one at a time at a station");
        wait(w.engine.healing_run_stop(&Actor::local(), runs(&w)[0].id)).unwrap();
        pass(&w, 5);
        assert_eq!(runs(&w).len(), 2, "then the other one");
        let first = runs(&w).pop().unwrap();
        // The fault of the first comes again: its try of today is used up.
        let pile = if first.pile_code == "CP-1" { 1 } else { 2 };
        mended(&w, pile);
        w.later(60);
        faulted(&w, pile, "Jammed");
        let other = runs(&w).remove(0).id;
        let _ = wait(w.engine.healing_run_stop(&Actor::local(), other));
        pass(&w, 900);
        assert_eq!(runs(&w).len(), 2);
    }
    for w in houses() {
        // It is noon: quiet until one o'clock, and nothing is done before.
        let quiet = HealingPlaybookDraft {
            quiet_from_minute: Some(11 * 60),
            quiet_to_minute: Some(13 * 60),
            ..draft()
        };
        planned(&w, quiet);
        mended(&w, 1);
        faulted(&w, 1, "Jammed");
        w.at("12:59:50");
        watch(&w);
        assert!(runs(&w).is_empty());
        pass(&w, 10);
        assert_eq!(runs(&w).len(), 1);
    }
}

#[test]
fn r6_1a_error_switched_off_nothing_is_begun_and_what_runs_is_stopped() {
    for mut w in houses() {
        planned(&w, draft());
        mended(&w, 1);
        faulted(&w, 1, "Jammed");
        pass(&w, 60);
        assert_eq!(runs(&w).len(), 1);
        w.rules.healing = false;
        w.restart();
        watch(&w);
        assert_eq!(runs(&w)[0].reason, Some(HealingReason::SwitchedOff));
        mended(&w, 1);
        w.later(30);
        faulted(&w, 1, "Jammed");
        pass(&w, 900);
        assert_eq!(runs(&w).len(), 1);
    }
}
