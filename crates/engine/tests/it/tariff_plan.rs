//! Prices that change at a moment, and piles that are brought to them.

use crate::command::admin;
use crate::databases::wait;
use crate::time::publish_as;
use crate::world::{World, wall, worlds, worlds_by};
use engine::Rules;
use engine::audit::Actor;
use engine::command::CommandRequest;
use engine::tariff_plan::{TariffDeliveryDraft, TariffPlanDraft, TariffPlanWithdrawal};
use model::access::Scope;
use model::connector::ConnectorStatus;
use model::device::{Answer, DeviceCommand, DeviceEvent, Outcome, Refusal, StatusReport};
use model::error::{Kind, Text};
use model::id::{CommandId, PileId, TariffId, TariffPlanId};
use model::tariff_plan::DeliveryState;
use model::{Error, Result};
use std::collections::BTreeMap;
use store::tariff_plan_list::{TariffPlanPile, TariffPlanPileFilter};

pub fn plan(w: &World, tariff: TariffId, stations: &[i64], at: Option<&str>) -> Result<TariffPlanId> {
    let draft = TariffPlanDraft {
        tariff_id: tariff.0,
        station_ids: stations.to_vec(),
        effective_ms: at.map(|at| wall(at).as_ms()),
        reason: "八月调价".to_owned(),
    };
    wait(w.engine.tariff_plan_create(&Actor::local(), draft))
}

pub fn advance(w: &World) -> (usize, usize) {
    let plans = wait(w.engine.tariff_plans_apply(w.now())).unwrap();
    (plans, wait(w.engine.tariffs_deliver(w.now())).unwrap())
}

fn piles(w: &World, plan: TariffPlanId) -> BTreeMap<i64, TariffPlanPile> {
    let wanted = TariffPlanPileFilter { limit: 200, ..TariffPlanPileFilter::default() };
    let page =
        w.read(move |conn| store::tariff_plan_list::tariff_plan_pile_list(conn, &Scope::ALL, plan, &wanted));
    page.items.into_iter().map(|pile| (pile.id, pile)).collect()
}

pub fn state(w: &World, plan: TariffPlanId, pile: i64) -> DeliveryState {
    piles(w, plan)[&pile].state
}

/// What was sent to a pile last: the number of the model and the command.
pub fn told(w: &World, pile: i64) -> (u16, CommandId) {
    let sent = w.sent.lock().unwrap();
    let model = sent.iter().rev().find_map(|(to, command)| match command {
        DeviceCommand::TariffSet(model) if *to == PileId(pile) => Some(model.model_no),
        _ => None,
    });
    let sql = format!("SELECT MAX(id) FROM command WHERE pile_id = {pile} AND kind = 'tariff_set'");
    (model.unwrap(), CommandId(w.read(move |conn| conn.one(&sql, &[], |row| row.int(0)))))
}

pub fn answer(w: &World, pile: i64, outcome: Outcome) -> u16 {
    let (model_no, command) = told(w, pile);
    wait(w.engine.command_ended(command, outcome)).unwrap();
    model_no
}

pub fn refusal() -> Outcome {
    Outcome::Refused(Refusal {
        code: "ykc:57:00".to_owned(), text: Text::of("失败", "failed"), detail: None
    })
}

pub fn accepted() -> Outcome {
    Outcome::Accepted { detail: None }
}

pub fn check(w: &World, pile: i64, model_no: u16) -> bool {
    match w.say(pile, DeviceEvent::TariffChecked { model_no }) {
        Answer::TariffChecked { same, .. } => same,
        other => panic!("{other:?}"),
    }
}

pub fn status(w: &World, pile: i64, status: ConnectorStatus) {
    w.status(pile, StatusReport { connector: 1, status, error: None, at: None });
}

/// Worlds in which all three 云快充 piles have the first version.
pub fn told_worlds(rules: Rules) -> Vec<World> {
    let all = worlds_by(rules);
    for w in &all {
        w.at("09:00");
        for pile in [101, 102, 103] {
            status(w, pile, ConnectorStatus::Available);
            assert!(check(w, pile, 1));
        }
    }
    all
}

pub fn refused<T: std::fmt::Debug>(result: Result<T>) -> (Kind, &'static str, String) {
    let Error { kind, code, field, .. } = result.unwrap_err();
    (kind, code, field.map(|field| field.to_string()).unwrap_or_default())
}

#[test]
fn orders_take_the_new_version_from_its_moment_on_whether_or_not_the_server_was_there() {
    for mut w in worlds() {
        let second = publish_as(&w, (900_000, 100_000), Some(false));
        assert_eq!(w.count("SELECT tariff_id FROM station WHERE id = 1"), 1, "published, not in use");
        w.at("09:00");
        let id = plan(&w, second, &[1], Some("10:00")).unwrap();
        let running = w.at("09:59:59").start(1, 1, "CARD1", 0.5);
        assert_eq!(advance(&w).0, 0, "its moment has not come");
        let first = w.at("10:00").start(2, 1, "C11", 0.5);
        assert_eq!(w.order(2, first).tariff, Some(second), "before anybody put it into effect");
        w.restart();
        let other = w.at("10:20").start(3, 1, "C12", 0.5);
        assert_eq!(w.order(3, other).tariff, Some(second));
        assert_eq!(advance(&w).0, 1);
        assert_eq!(advance(&w).0, 0, "once");
        assert_eq!(w.order(1, running).tariff, Some(TariffId(1)), "what runs keeps its version");
        w.at("10:30").stop(1, running, 1.5);
        assert_eq!(crate::world::told(&w.order(1, running)), "completed 1.0000 kWh 1.40 (1.00 + 0.40)");
        assert_eq!(w.count("SELECT tariff_id FROM station WHERE id = 1"), second.0);
        assert_eq!(
            w.count("SELECT MAX(from_ms) FROM station_tariff WHERE station_id = 1"),
            wall("10:00").as_ms()
        );
        assert_eq!(w.count("SELECT tariff_id FROM station WHERE id = 2"), 1, "others are left alone");
        // One that waited in a pile is billed by the version of its own time.
        let (waited, _) = w.at("11:00").start_at(4, 1, "C13", 0.5, wall("09:30"));
        assert_eq!(w.order(4, waited).tariff, Some(TariffId(1)));
        assert_eq!(state(&w, id, 1), DeliveryState::NotNeeded);
    }
}

#[test]
fn a_later_change_by_hand_is_not_undone_by_a_plan_that_comes_late() {
    for w in worlds() {
        let (second, third) = (publish_as(&w, (1, 1), Some(false)), publish_as(&w, (2, 2), Some(false)));
        w.at("09:00");
        plan(&w, second, &[1], Some("10:00")).unwrap();
        w.at("10:00:01");
        plan(&w, third, &[1], None).unwrap();
        assert_eq!(advance(&w).0, 1);
        assert_eq!(w.count("SELECT tariff_id FROM station WHERE id = 1"), third.0);
        let session = w.start(1, 1, "CARD1", 0.5);
        assert_eq!(w.order(1, session).tariff, Some(third));
        let (waited, _) = w.at("11:00").start_at(4, 1, "C13", 0.5, wall("10:00"));
        assert_eq!(w.order(4, waited).tariff, Some(second), "for its second it was shown");
    }
}

#[test]
fn what_cannot_be_planned_says_why() {
    for w in worlds() {
        let second = publish_as(&w, (900_000, 100_000), Some(false));
        w.at("09:00");
        let field = |result: Result<TariffPlanId>| refused(result);
        let of = |tariff, stations: &[i64], at| field(plan(&w, tariff, stations, at));
        let invalid = |name: &str| (Kind::Invalid, "field.invalid", name.to_owned());
        assert_eq!(of(TariffId(99), &[1], None), invalid("tariff_id"));
        assert_eq!(of(second, &[], None), invalid("station_ids"));
        assert_eq!(of(second, &[1, 99], None), invalid("station_ids"));
        assert_eq!(of(second, &[1], Some("09:00")), invalid("effective_ms"));
        assert_eq!(of(second, &[1], Some("+367 09:00")), invalid("effective_ms"));
        let clash = |code| (Kind::Conflict, code, "station_ids".to_owned());
        assert_eq!(of(TariffId(1), &[1], Some("10:00")), clash("tariff_plan.nothing_new"));
        let id = plan(&w, second, &[1, 2], Some("10:00")).unwrap();
        assert_eq!(of(TariffId(1), &[2], Some("10:00")), clash("tariff_plan.overlaps"));
        assert_eq!(of(second, &[1], Some("11:00")), clash("tariff_plan.nothing_new"));
        assert_eq!(of(second, &[1], Some("09:30")), clash("tariff_plan.twice"));
        plan(&w, TariffId(1), &[1], Some("12:00")).unwrap();
        assert_eq!(of(second, &[1], Some("10:30")), clash("tariff_plan.nothing_new"));
        let withdraw = |id, scope: Scope| {
            let caller = model::access::Caller { scope, ..admin() };
            let actor = Actor { caller, address: "x".to_owned() };
            let reason = TariffPlanWithdrawal { reason: "客户要求".to_owned() };
            wait(w.engine.tariff_plan_cancel(&actor, id, reason))
        };
        let own = Scope::of_operator(model::id::OperatorId(1));
        assert_eq!(refused(withdraw(id, own)).1, "tariff_plan.not_all_yours");
        let stranger = Scope::of_operator(model::id::OperatorId(9));
        assert_eq!(refused(withdraw(id, stranger)).0, Kind::NotFound);
        withdraw(id, Scope::ALL).unwrap();
        assert_eq!(refused(withdraw(id, Scope::ALL)).1, "tariff_plan.withdrawn");
        let session = w.at("10:30").start(1, 1, "CARD1", 0.5);
        assert_eq!(w.order(1, session).tariff, Some(TariffId(1)));
        assert_eq!(advance(&w).0, 0);
        let late = plan(&w, second, &[2], Some("11:00")).unwrap();
        w.at("11:00");
        assert_eq!(
            refused(withdraw(late, Scope::ALL)).1,
            "tariff_plan.in_effect",
            "though nobody applied it yet"
        );
    }
}

#[test]
fn a_pile_is_told_once_it_is_there_and_idle_and_asked_again_ever_later() {
    for mut w in told_worlds(Rules::default()) {
        let second = publish_as(&w, (900_000, 100_000), Some(false));
        let offline = |w: &World| w.gone(102, "x");
        offline(&w);
        status(&w, 103, ConnectorStatus::Charging);
        w.at("09:30");
        let id = plan(&w, second, &[1], None).unwrap();
        assert_eq!(state(&w, id, 101), DeliveryState::Waiting);
        assert_eq!(advance(&w), (0, 1));
        assert_eq!(advance(&w), (0, 0), "its answer is awaited");
        let states = |w: &World| [101, 102, 103].map(|pile| state(w, id, pile));
        use DeliveryState::*;
        assert_eq!(states(&w), [Sent, Offline, Charging]);
        assert_eq!(answer(&w, 101, refusal()), 2);
        assert_eq!(states(&w)[0], Refused);
        assert!(piles(&w, id)[&101].message.as_ref().unwrap().contains("失败"));
        assert_eq!(advance(&w), (0, 0), "not at once");
        w.at("09:31");
        assert_eq!(advance(&w), (0, 1));
        w.restart();
        w.at("09:33").sweep();
        assert_eq!(states(&w)[0], Waiting, "the answer can no longer come");
        assert_eq!(advance(&w), (0, 0), "the second time it waits longer");
        w.at("09:36");
        assert_eq!(advance(&w), (0, 1));
        answer(&w, 101, accepted());
        assert_eq!(states(&w), [Confirmed, Offline, Charging]);
        // The charging one ends, the lost one comes back and asks by itself.
        status(&w, 103, ConnectorStatus::Available);
        assert_eq!(advance(&w), (0, 1));
        answer(&w, 103, accepted());
        wait(w.engine.pile_connected(PileId(102), "x".to_owned(), None)).unwrap();
        assert!(!check(&w, 102, 1));
        assert_eq!(advance(&w), (0, 0), "it asks by itself first");
        assert!(matches!(w.say(102, DeviceEvent::TariffAsked), Answer::Tariff(Some(_))));
        assert_eq!(states(&w), [Confirmed; 3]);
        // One that has lost it says so at its next log-in, and is told when it does not ask.
        w.at("10:00");
        assert!(!check(&w, 101, 7));
        assert_eq!(states(&w)[0], Waiting);
        w.at("10:00:29");
        assert_eq!(advance(&w), (0, 0));
        w.at("10:00:30");
        assert_eq!(advance(&w), (0, 1));
        answer(&w, 101, accepted());
        assert_eq!(states(&w), [Confirmed; 3]);
        assert!(check(&w, 101, 2));
        // A later version takes its place; what was confirmed stays known.
        let third = publish_as(&w, (1, 1), Some(false));
        w.at("11:00");
        plan(&w, third, &[1], None).unwrap();
        assert_eq!(states(&w), [Confirmed; 3]);
        w.sound();
    }
}

#[test]
fn a_person_asks_again_at_once() {
    for w in told_worlds(Rules::default()) {
        let second = publish_as(&w, (900_000, 100_000), Some(false));
        w.at("09:30");
        let future = plan(&w, second, &[2], Some("12:00")).unwrap();
        let id = plan(&w, second, &[1], None).unwrap();
        status(&w, 103, ConnectorStatus::Charging);
        assert_eq!(advance(&w), (0, 2));
        answer(&w, 101, refusal());
        answer(&w, 102, accepted());
        let retry = |id, codes: Option<&[&str]>| {
            let pile_codes = codes.map(|codes| codes.iter().map(|code| (*code).to_owned()).collect());
            wait(w.engine.tariff_delivery_start(&Actor::local(), id, TariffDeliveryDraft { pile_codes }))
        };
        assert_eq!(refused(retry(future, None)).1, "tariff_plan.not_in_effect");
        assert_eq!(refused(retry(id, Some(&[]))).2, "pile_codes");
        assert_eq!(refused(retry(TariffPlanId(99), None)).0, Kind::NotFound);
        let started = retry(id, Some(&["32010600019102"])).unwrap();
        assert_eq!((started.sent, started.queued), (0, 0), "it has it");
        let started = retry(id, None).unwrap();
        assert_eq!((started.sent, started.queued), (1, 1));
        assert_eq!(state(&w, id, 101), DeliveryState::Sent);
        answer(&w, 101, accepted());
        assert_eq!(state(&w, id, 101), DeliveryState::Confirmed);
    }
}

#[test]
fn where_it_is_the_rule_nothing_begins_at_a_pile_that_shows_other_prices() {
    for block in [true, false] {
        for w in told_worlds(Rules { tariff_block: block, ..Rules::default() }) {
            let second = publish_as(&w, (900_000, 100_000), Some(false));
            w.at("09:30");
            plan(&w, second, &[1], None).unwrap();
            status(&w, 101, ConnectorStatus::Preparing);
            let start =
                || wait(w.engine.command(&admin(), PileId(101), CommandRequest::Start { connector: 1 }));
            if block {
                assert_eq!(refused(start()).1, "pile.tariff_behind");
                assert_eq!(w.count("SELECT COUNT(*) FROM orders"), 0);
                advance(&w);
                answer(&w, 101, accepted());
            }
            start().unwrap();
            assert_eq!(w.count("SELECT MIN(tariff_id) FROM orders"), second.0, "by the platform's version");
        }
    }
}
