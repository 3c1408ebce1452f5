//! 司机用量上限: a driver begins no session when what the fleet lets them charge is used up, and ends one that comes near it.

use crate::databases::wait;
use crate::payment::{FLEET, furnish, payment};
use crate::world::{World, kwh, sample, worlds};
use engine::audit::Actor;
use engine::fleet::DriverLimitChange;
use model::card::{Token, TokenVerdict};
use model::device::{Answer, DeviceCommand, DeviceEvent};
use model::driver_limit::DriverLimits;
use model::energy::Energy;
use model::fleet::FleetHours;
use model::money::Fen;
use model::order::{OrderState, StartMode};

fn set(w: &World, version: i64, customer_id: Option<i64>, limits: DriverLimits) -> model::Result<()> {
    let change = DriverLimitChange { version, customer_id, limits, stations: None, hours: Vec::new() };
    wait(w.engine.fleet_driver_limit_set(&Actor::local(), FLEET, change))
}

fn refused(w: &World, tag: &str) -> TokenVerdict {
    match w.say(1, DeviceEvent::Authorize { token: Token::card(tag) }) {
        Answer::Token(token) => token.verdict,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_day_that_is_used_up_refuses_on_every_way_and_the_next_day_begins_anew() {
    for mut w in worlds() {
        furnish(&w);
        let none = DriverLimits::default();
        set(&w, 0, None, DriverLimits { day_fen: Some(1_100), ..none }).unwrap();
        let session = w.start(1, 1, "C12", 100.0);
        let id = w.order(1, session).id;
        let known = payment(&w, id).unwrap();
        assert_eq!(
            (known.held, known.limit.fen),
            (Fen(1_100), Some(Fen(1_100))),
            "no more than it may cost is held"
        );
        w.restart();
        // 11.00 is the whole day.
        w.later(60).stop(1, session, 110.0);
        assert_eq!(w.order(1, session).total, Fen(1_100));
        assert_eq!(refused(&w, "C12"), TokenVerdict::FleetLimit);
        let (session, verdict) = w.start_at(1, 1, "C12", 110.0, w.now());
        assert_eq!((verdict, w.order(1, session).state), (TokenVerdict::FleetLimit, OrderState::Failed));
        let asked = w.say(
            101,
            DeviceEvent::StartAsked {
                connector: 1,
                token: Token::card("C12"),
                mode: StartMode::Card,
                password: None,
            },
        );
        assert!(matches!(asked, Answer::StartAsked { verdict: TokenVerdict::FleetLimit, .. }), "{asked:?}");
        // Who has limits of their own has those.
        set(&w, 0, Some(3), DriverLimits { month_fen: Some(5_000), ..none }).unwrap();
        assert_eq!(refused(&w, "C12"), TokenVerdict::Accepted);
        set(&w, 1, Some(3), none).unwrap();
        assert_eq!(refused(&w, "C12"), TokenVerdict::FleetLimit);
        // Others who pay by themselves are not kept to it.
        assert_eq!(refused(&w, "C11"), TokenVerdict::Accepted);
        w.later(12 * 60);
        assert_eq!(refused(&w, "C12"), TokenVerdict::Accepted);
        w.sound();
    }
}

#[test]
fn a_session_is_stopped_when_it_comes_near_its_limit() {
    for w in worlds() {
        furnish(&w);
        set(&w, 0, None, DriverLimits { order_dwh: Some(50_000), ..DriverLimits::default() }).unwrap();
        let session = w.start(1, 1, "C12", 100.0);
        let id = w.order(1, session).id;
        assert_eq!(payment(&w, id).unwrap().limit.energy, Some(Energy::from_dwh(50_000)));
        w.later(20);
        w.meter(1, session, vec![sample(w.now(), Some(104.7), None)]);
        w.sweep();
        assert!(!payment(&w, id).unwrap().exhausted, "94 per cent");
        w.later(1);
        w.meter(1, session, vec![sample(w.now(), Some(104.8), None)]);
        assert!(payment(&w, id).unwrap().exhausted);
        w.sweep();
        let sent = w.sent.lock().unwrap().clone();
        assert!(sent.iter().any(|(_, command)| matches!(command, DeviceCommand::Stop { .. })), "{sent:?}");
        assert_eq!(kwh(5.0), Energy::from_dwh(50_000));
        w.later(1).stop(1, session, 104.9);
        w.sound();
    }
}

#[test]
fn limits_are_set_by_the_platform_for_its_own_drivers_from_a_fresh_form() {
    for w in worlds() {
        furnish(&w);
        let some = DriverLimits { day_fen: Some(100), ..DriverLimits::default() };
        assert_eq!(set(&w, 0, Some(1), some).unwrap_err().field.as_deref(), Some("customer_id"));
        set(&w, 0, Some(3), some).unwrap();
        assert_eq!(set(&w, 0, Some(3), some).unwrap_err().code, "fleet.changed");
        let list = wait(w.engine.fleet_driver_limit_list(&Actor::local(), FLEET)).unwrap();
        assert_eq!(list.items.len(), 1);
        assert!(list.items[0].own && list.items[0].limits == some && list.items[0].version == 1);
        w.sound();
    }
}

#[test]
fn a_driver_is_kept_to_stations_and_hours_beside_those_of_the_fleet() {
    for mut w in worlds() {
        furnish(&w);
        let place = |w: &World, version, customer_id, stations: Option<Vec<i64>>, hours: Vec<FleetHours>| {
            let change =
                DriverLimitChange { version, customer_id, limits: DriverLimits::default(), stations, hours };
            wait(w.engine.fleet_driver_limit_set(&Actor::local(), FLEET, change))
        };
        assert_eq!(place(&w, 0, None, Some(vec![]), vec![]).unwrap_err().field.as_deref(), Some("stations"));
        assert_eq!(
            place(&w, 0, None, Some(vec![99]), vec![]).unwrap_err().field.as_deref(),
            Some("stations")
        );
        let night =
            |from_minute, to_minute| FleetHours { weekdays: (1..=7).collect(), from_minute, to_minute };
        assert_eq!(
            place(&w, 0, None, None, vec![night(60, 60)]).unwrap_err().field.as_deref(),
            Some("hours")
        );
        // It is noon.
        place(&w, 0, None, None, vec![night(1_320, 360)]).unwrap();
        w.restart();
        assert_eq!(refused(&w, "C12"), TokenVerdict::FleetHours);
        let (session, verdict) = w.start_at(1, 1, "C12", 100.0, w.now());
        assert_eq!((verdict, w.order(1, session).state), (TokenVerdict::FleetHours, OrderState::Failed));
        // Their own hold instead of those of every driver.
        let station = w.count("SELECT station_id FROM pile WHERE id = 1");
        place(&w, 0, Some(3), Some(vec![station]), vec![]).unwrap();
        assert_eq!(refused(&w, "C12"), TokenVerdict::Accepted);
        place(&w, 1, Some(3), Some(vec![station]), vec![night(0, 60)]).unwrap();
        assert_eq!(refused(&w, "C12"), TokenVerdict::FleetHours);
        place(&w, 2, Some(3), None, vec![]).unwrap();
        place(&w, 1, None, None, vec![]).unwrap();
        assert_eq!(refused(&w, "C12"), TokenVerdict::Accepted, "nothing is said any more");
        w.sound();
    }
}
