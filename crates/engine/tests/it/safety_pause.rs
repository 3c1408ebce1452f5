//! R-6.1b 屏蔽: a rule that is known to be wrong at a place does nothing there for a time, shows what it would have done, and
//! acts again by itself.

use crate::databases::wait;
use crate::safety::{acts, begun, guarded, later, sent, temperature};
use crate::world::World;
use engine::audit::Actor;
use engine::safety::{SafetyPauseDraft, SafetyPauseEnd};
use model::access::Scope;
use model::safety::{SafetyActState, SafetyStep};
use model::time::{HOUR_MS, MINUTE_MS};
use store::alarm_list::{AlarmFilter, alarm_list};
use store::safety_pauses::{SafetyPauseFilter, SafetyPauseView, safety_pause_list};

/// The battery is hotter than it allows: rule 1, which guards people.
fn draft(w: &World, minutes: i64) -> SafetyPauseDraft {
    SafetyPauseDraft {
        rule_id: 1,
        station_id: Some(1),
        pile_code: None,
        until_ms: w.now().plus_ms(minutes * MINUTE_MS).as_ms(),
        reason: "温度传感器待更换".to_owned(),
    }
}

fn pauses(w: &World) -> Vec<SafetyPauseView> {
    let (wanted, now) = (SafetyPauseFilter { limit: 10, ..SafetyPauseFilter::default() }, w.now());
    w.read(move |conn| safety_pause_list(conn, &Scope::ALL, &wanted, now)).items
}

fn alarm_count(w: &World) -> usize {
    let wanted = AlarmFilter { limit: 100, ..AlarmFilter::default() };
    let all = w.read(move |conn| alarm_list(conn, &Scope::ALL, &wanted)).items;
    all.iter().filter(|one| one.code.starts_with("safety:")).count()
}

#[test]
fn r6_1b_class_a_paused_rule_shows_its_case_and_does_nothing_until_its_end() {
    for mut w in guarded() {
        let trade = begun(&w);
        sent(&w);
        wait(w.engine.safety_pause_create(&Actor::local(), draft(&w, 10))).unwrap();
        // Neither a restart nor another parameter forgets it.
        w.restart();
        wait(w.engine.parameters_load()).unwrap();
        for most in [57, 58, 59] {
            temperature(&w, trade, most);
        }
        assert_eq!(sent(&w), [""; 0], "nothing is stopped");
        assert_eq!(alarm_count(&w), 0, "and nobody is called");
        let all = acts(&w);
        assert_eq!(all.len(), 1, "it is shown");
        assert_eq!((all[0].act.state, all[0].act.step), (SafetyActState::Done, SafetyStep::Paused));
        assert!(all[0].steps[0].text.contains("温度传感器待更换"), "{:?}", all[0].steps);
        let one = pauses(&w).remove(0);
        assert_eq!((one.held_count, one.live, one.pile_code), (1, true, None));
        // Its time is over: what is still too hot is stopped, without having cooled down before.
        later(&w, 560);
        assert!(!pauses(&w)[0].live);
        temperature(&w, trade, 59);
        assert_eq!(sent(&w), ["stop"]);
        let all = acts(&w);
        assert_eq!((all.len(), all[0].act.step, all[0].act.times), (1, SafetyStep::Stop, 2));
        assert_eq!(alarm_count(&w), 1);
        assert_eq!(pauses(&w)[0].held_count, 1);
        let audited = "SELECT COUNT(*) FROM audit WHERE action = 'safety_pause_create'";
        assert_eq!(w.count(audited), 1);
    }
}

#[test]
fn r6_1b_class_a_pause_that_is_ended_early_lets_the_rule_act_at_once() {
    for w in guarded() {
        let trade = begun(&w);
        sent(&w);
        let id = wait(w.engine.safety_pause_create(&Actor::local(), draft(&w, 60))).unwrap();
        for most in [57, 58] {
            temperature(&w, trade, most);
        }
        assert_eq!(sent(&w), [""; 0]);
        let end = || SafetyPauseEnd { reason: "已更换".to_owned() };
        wait(w.engine.safety_pause_cancel(&Actor::local(), id, end())).unwrap();
        temperature(&w, trade, 58);
        assert_eq!(sent(&w), ["stop"]);
        let again = wait(w.engine.safety_pause_cancel(&Actor::local(), id, end())).unwrap_err();
        assert_eq!(again.code, "safety_pause.over");
    }
}

#[test]
fn r6_1b_boundary_a_pause_is_short_has_a_place_and_a_reason() {
    for w in guarded() {
        let made = |change: fn(&mut SafetyPauseDraft), minutes: i64| {
            let mut draft = draft(&w, minutes);
            change(&mut draft);
            wait(w.engine.safety_pause_create(&Actor::local(), draft))
        };
        let field = |change: fn(&mut SafetyPauseDraft), minutes: i64| {
            made(change, minutes).unwrap_err().field.unwrap().into_owned()
        };
        assert_eq!(field(|_| {}, 4), "until_ms");
        assert_eq!(field(|_| {}, 24 * 60 + 1), "until_ms", "a rule that guards people: a day");
        assert_eq!(field(|draft| draft.rule_id = 99, 60), "rule_id");
        assert_eq!(field(|draft| draft.reason = " ".to_owned(), 60), "reason");
        assert_eq!(field(|draft| draft.station_id = Some(99), 60), "station_id");
        assert_eq!(field(|draft| draft.station_id = None, 60), "station_id");
        assert_eq!(field(|draft| draft.pile_code = Some("nowhere".to_owned()), 60), "pile_code");
        made(|_| {}, 24 * 60).unwrap();
        // One that guards the device, for a month.
        made(|draft| draft.rule_id = 5, 30 * 24 * 60).unwrap();
        assert_eq!(field(|draft| draft.rule_id = 5, 30 * 24 * 60 + 1), "until_ms");
        // Of one pile, which the others do not notice.
        made(|draft| draft.pile_code = Some("32010600019102".to_owned()), 60).unwrap();
        assert_eq!(pauses(&w).len(), 3);
        assert_eq!(pauses(&w)[0].until_ms, w.now().plus_ms(HOUR_MS).as_ms());
    }
}
