//! A pile with a tariff of its own: it goes before its station's, whoever changes that.

use crate::databases::wait;
use crate::tariff_plan::{accepted, advance, answer, check, plan, refused, state, told as sent, told_worlds};
use crate::time::publish_as;
use crate::world::{World, told, worlds};
use crate::ykc::{bill, send};
use engine::Rules;
use engine::audit::Actor;
use engine::command::CommandRequest;
use engine::pile_batch::PileBatchDraft;
use engine::site::{PileChange, PileTariffDraft};
use model::Result;
use model::access::Scope;
use model::device::{Answer, DeviceEvent};
use model::error::Kind;
use model::id::{OperatorId, PileId, TariffId, TradeNo};
use model::pile_batch::PileBatchDeed;
use model::tariff_plan::DeliveryState;

fn version(w: &World, pile: i64) -> i64 {
    let found = w.read(move |conn| store::piles::get(conn, PileId(pile)));
    found.unwrap().version
}

fn give_as(w: &World, actor: &Actor, pile: i64, tariff: Option<TariffId>) -> Result<()> {
    let code = w.read(move |conn| store::piles::get(conn, PileId(pile))).unwrap().code;
    let draft = PileTariffDraft { version: version(w, pile), tariff_id: tariff.map(|tariff| tariff.0) };
    wait(w.engine.pile_tariff_set(actor, code.as_str(), draft))
}

fn give(w: &World, pile: i64, tariff: Option<TariffId>) {
    give_as(w, &Actor::local(), pile, tariff).unwrap();
}

#[test]
fn an_order_is_priced_by_the_piles_own_tariff_from_the_moment_on_that_it_has_it() {
    for mut w in worlds() {
        let own = publish_as(&w, (900_000, 100_000), Some(false));
        let running = w.at("10:00").start(1, 1, "CARD1", 0.0);
        w.at("10:10");
        give(&w, 1, Some(own));
        w.restart();
        w.at("10:20").stop(1, running, 1.0);
        assert_eq!(told(&w.order(1, running)), "completed 1.0000 kWh 1.40 (1.00 + 0.40)");
        let next = w.at("10:30").start(1, 1, "CARD1", 1.0);
        let other = w.start(2, 1, "C11", 0.0);
        w.at("10:40");
        give(&w, 1, None);
        w.at("10:50").stop(1, next, 2.0);
        w.stop(2, other, 1.0);
        assert_eq!(told(&w.order(1, next)), "completed 1.0000 kWh 10.00 (9.00 + 1.00)");
        assert_eq!(told(&w.order(2, other)), "completed 1.0000 kWh 1.40 (1.00 + 0.40)");
        let last = w.at("10:55").start(1, 1, "CARD1", 2.0);
        assert_eq!(w.order(1, last).tariff, Some(TariffId(1)), "the station's again");
        w.stop(1, last, 3.0);
        // What waited in the pile has what it had then.
        for (at, tariff) in [("10:05", TariffId(1)), ("10:30", own), ("10:45", TariffId(1))] {
            let (session, _) = w.at("12:00").start_at(1, 1, "C20", 0.0, crate::world::wall(at));
            assert_eq!(w.order(1, session).tariff, Some(tariff), "begun at {at}");
        }
        // A bill from the queue of a 云快充 pile, too.
        w.at("12:10");
        give(&w, 101, Some(own));
        let trade = |n: u32| TradeNo::parse(&format!("3201060001910101000000000000{n:04}")).unwrap();
        let flat = [(1_000_000, 0, 0), (1_000_000, 0, 0), (1_000_000, 10_000, 100_000), (1_000_000, 0, 0)];
        w.at("15:00");
        send(&w, bill(trade(1), crate::world::wall("12:20"), crate::world::wall("12:30"), flat));
        let known = w.orders(101);
        assert_eq!(told(&known[0]), "completed 1.0000 kWh 10.00 (9.00 + 1.00) Unannounced");
        w.sound();
    }
}

#[test]
fn a_pile_is_told_its_own_tariff_and_no_plan_of_its_station_touches_it() {
    for w in told_worlds(Rules { tariff_block: true, ..Rules::default() }) {
        let own = publish_as(&w, (900_000, 100_000), Some(false));
        let third = publish_as(&w, (800_000, 100_000), Some(false));
        w.at("09:30");
        give(&w, 101, Some(own));
        assert!(!check(&w, 101, 1) && check(&w, 101, 2) && check(&w, 102, 1));
        assert!(!check(&w, 101, 1), "it has lost it");
        let start = || {
            wait(w.engine.command(
                &crate::command::admin(),
                PileId(101),
                CommandRequest::Start { connector: 1 },
            ))
        };
        assert_eq!(refused(start()).1, "pile.tariff_behind");
        w.at("09:31");
        assert_eq!(advance(&w), (0, 1));
        assert_eq!((answer(&w, 101, accepted()), sent(&w, 101).0), (2, 2));
        assert_eq!(advance(&w), (0, 0));
        // The station changes: two of its three piles do.
        w.at("10:00");
        let made = plan(&w, third, &[1], None).unwrap();
        assert_eq!(advance(&w), (0, 2));
        let states = |w: &World| [101, 102, 103].map(|pile| state(w, made, pile));
        assert_eq!(states(&w), [DeliveryState::Own, DeliveryState::Sent, DeliveryState::Sent]);
        assert_eq!(state(&w, made, 1), DeliveryState::NotNeeded);
        assert_eq!((answer(&w, 102, accepted()), answer(&w, 103, accepted())), (3, 3));
        assert!(check(&w, 101, 2));
        // Moved, it keeps it; taken away, it gets its station's at once.
        let change = PileChange {
            version: version(&w, 101),
            name: None,
            station_id: Some(2),
            lifecycle: None,
            rated_power_w: None,
            kind: None,
            protocol: None,
            security: None,
        };
        wait(w.engine.pile_update(&Actor::local(), "32010600019101", change)).unwrap();
        assert!(check(&w, 101, 2));
        w.at("11:00");
        give(&w, 101, None);
        assert_eq!(advance(&w), (0, 1));
        assert_eq!(answer(&w, 101, accepted()), 1, "that of its new station");
        match w.say(102, DeviceEvent::TariffAsked) {
            Answer::Tariff(Some(model)) => assert_eq!(model.model_no, 3),
            other => panic!("{other:?}"),
        }
        w.sound();
    }
}

#[test]
fn a_new_version_at_once_reaches_the_piles_that_have_an_older_one_as_their_own() {
    for w in worlds() {
        let own = publish_as(&w, (900_000, 100_000), Some(false));
        w.at("10:00");
        give(&w, 201, Some(own));
        let later = publish_as(&w, (700_000, 100_000), Some(false));
        let first = w.at("10:10").start(201, 1, "CARD2", 0.0);
        assert_eq!(w.order(201, first).tariff, Some(own), "published, not in use");
        w.stop(201, first, 1.0);
        w.at("10:20");
        let newest = publish_as(&w, (600_000, 100_000), None);
        assert_ne!(later, newest);
        let next = w.at("10:30").start(201, 1, "CARD2", 1.0);
        assert_eq!(w.order(201, next).tariff, Some(newest));
        let used = w.read(move |conn| store::pile_tariffs::tariff_pile_list(conn, &Scope::ALL, newest));
        assert_eq!(used.unwrap().items[0].code, "CP-201");
        assert_eq!(w.count("SELECT COUNT(*) FROM pile_tariff WHERE pile_id = 201"), 2);
    }
}

#[test]
fn what_does_not_fit_is_refused_and_a_batch_says_so_for_each() {
    for w in worlds() {
        let own = publish_as(&w, (900_000, 100_000), Some(false));
        let as_of = |operator| {
            let caller = model::access::Caller {
                scope: Scope::of_operator(OperatorId(operator)),
                ..crate::command::admin()
            };
            Actor { caller, address: "x".to_owned() }
        };
        assert_eq!(refused(give_as(&w, &as_of(2), 1, Some(own))).0, Kind::NotFound);
        assert_eq!(refused(give_as(&w, &as_of(1), 1, Some(TariffId(99)))).2, "tariff_id");
        assert_eq!(refused(give_as(&w, &as_of(1), 1, None)).1, "pile.same_tariff");
        give_as(&w, &as_of(1), 1, Some(own)).unwrap();
        assert_eq!(refused(give_as(&w, &as_of(1), 1, Some(own))).1, "pile.same_tariff");
        let stale = PileTariffDraft { version: 1, tariff_id: None };
        let code = "CP-1";
        assert_eq!(refused(wait(w.engine.pile_tariff_set(&as_of(1), code, stale))).1, "pile.changed");
        let batch = |tariff_id| {
            let draft = PileBatchDraft {
                firmware_id: None,
                reached_by: None,
                deed: PileBatchDeed::TariffAssign,
                pile_codes: ["CP-1", "CP-2", "CP-3"].map(str::to_owned).to_vec(),
                station_id: None,
                tariff_id,
            };
            let actor = as_of(1);
            let id = wait(w.engine.pile_batch_create(&actor, draft))?;
            wait(w.engine.pile_batch_run(&actor, id))
        };
        assert_eq!(refused(batch(Some(99))).2, "tariff_id");
        batch(Some(own.0)).unwrap();
        assert_eq!(w.count("SELECT COUNT(*) FROM pile WHERE tariff_id IS NOT NULL"), 3);
        assert_eq!(w.count("SELECT COUNT(*) FROM pile_batch_row WHERE state = 'done'"), 3);
        batch(None).unwrap();
        assert_eq!(w.count("SELECT COUNT(*) FROM pile WHERE tariff_id IS NOT NULL"), 0);
        assert_eq!(w.count("SELECT COUNT(*) FROM audit WHERE action = 'pile_tariff_set' AND success"), 6);
    }
}
