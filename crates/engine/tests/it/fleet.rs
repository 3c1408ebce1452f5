//! Where and when the drivers of a fleet may charge: refused at both protocols, from the next start on, and
//! never for those whose fleet says nothing.

use crate::databases::wait;
use crate::world::{World, worlds};
use engine::audit::Actor;
use engine::customer::{CustomerChange, CustomerDraft};
use engine::fleet::{FleetDraft, FleetLimitsChange};
use model::card::{Token, TokenVerdict};
use model::customer::CustomerKind;
use model::device::{Answer, DeviceEvent};
use model::fleet::FleetHours;
use model::id::{CustomerId, FleetId};
use model::order::{OrderState, StartMode};

fn fleet(w: &World) -> FleetId {
    let draft =
        FleetDraft { name: "东湖出租".to_owned(), contact_name: None, contact_phone: None, note: None };
    wait(w.engine.fleet_create(&Actor::local(), draft)).unwrap()
}

/// A driver with this card.
fn driver(w: &World, fleet: Option<FleetId>, phone: &str, tag: &str) -> CustomerId {
    let draft = CustomerDraft {
        name: "王伟".to_owned(),
        phone: phone.to_owned(),
        kind: CustomerKind::Driver,
        fleet_id: fleet.map(|fleet| fleet.0),
        tags: None,
        note: None,
    };
    let id = wait(w.engine.customer_create(&Actor::local(), draft)).unwrap();
    wait(w.engine.customer_card_create(&Actor::local(), id, tag)).unwrap();
    id
}

fn limit(w: &World, id: FleetId, version: i64, stations: Option<&[i64]>, hours: &[(&[i64], i64, i64)]) {
    let window = |(weekdays, from_minute, to_minute): &(&[i64], i64, i64)| FleetHours {
        weekdays: weekdays.to_vec(),
        from_minute: *from_minute,
        to_minute: *to_minute,
    };
    let change = FleetLimitsChange {
        version,
        stations: stations.map(<[i64]>::to_vec),
        hours: hours.iter().map(window).collect(),
    };
    wait(w.engine.fleet_limit_set(&Actor::local(), id, change)).unwrap();
}

fn ykc(w: &World, tag: &str, no: u16) -> TokenVerdict {
    let token = Token::card(tag);
    let asked = DeviceEvent::StartAsked { connector: no, token, mode: StartMode::Card, password: None };
    let Answer::StartAsked { verdict, .. } = w.say(101, asked) else { panic!("another answer") };
    verdict
}

fn authorized(w: &World, pile: i64, tag: &str) -> TokenVerdict {
    let Answer::Token(answer) = w.say(pile, DeviceEvent::Authorize { token: Token::card(tag) }) else {
        panic!("another answer")
    };
    answer.verdict
}

fn ocpp(w: &World, pile: i64, tag: &str) -> TokenVerdict {
    w.start_at(pile, 1, tag, 1.0, w.now()).1
}

#[test]
fn a_fleet_charges_where_and_when_it_says() {
    use TokenVerdict::{Accepted, FleetHours as Hours, FleetStation as Station};
    for w in worlds() {
        let fleet = fleet(&w);
        driver(&w, Some(fleet), "13800000001", "CARD2");
        driver(&w, Some(fleet), "13800000002", "C11");
        assert_eq!(
            [authorized(&w, 1, "CARD2"), authorized(&w, 1, "C11")],
            [Accepted; 2],
            "and is remembered"
        );
        // Piles 1 and 101 stand at station 1, pile 201 at another.
        limit(&w, fleet, 1, Some(&[2]), &[]);
        assert_eq!([authorized(&w, 1, "CARD2"), ocpp(&w, 2, "CARD2"), ykc(&w, "C11", 1)], [Station; 3]);
        assert_eq!(authorized(&w, 201, "CARD2"), Accepted);
        // 2026-07-15, noon, is a Wednesday.
        limit(&w, fleet, 2, Some(&[1]), &[(&[1, 2, 4, 5, 6, 7], 0, 1_440), (&[3], 1_320, 360)]);
        assert_eq!([authorized(&w, 1, "CARD2"), ocpp(&w, 3, "CARD2"), ykc(&w, "C11", 1)], [Hours; 3]);
        w.at("22:00");
        assert_eq!(ykc(&w, "C11", 1), Accepted);
        let running = w.start(4, 1, "CARD2", 5.0);
        w.at("+1 06:00");
        limit(&w, fleet, 3, Some(&[1]), &[(&[3], 1_320, 360)]);
        assert_eq!(authorized(&w, 4, "CARD2"), Accepted, "who charges here may show the card to end it");
        assert_eq!(authorized(&w, 1, "CARD2"), Hours);
        w.stop(4, running, 15.0);
        assert_eq!(w.order(4, running).state, OrderState::Completed, "what runs goes on");
        limit(&w, fleet, 4, None, &[]);
        assert_eq!(ocpp(&w, 5, "CARD2"), Accepted);
        w.sound();
    }
}

#[test]
fn a_refused_start_keeps_its_reason_and_who_leaves_the_fleet_is_free() {
    for mut w in worlds() {
        let fleet = fleet(&w);
        let id = driver(&w, Some(fleet), "13800000001", "CARD2");
        limit(&w, fleet, 1, Some(&[2]), &[]);
        let (session, verdict) = w.start_at(1, 1, "CARD2", 1.0, w.now());
        assert_eq!(verdict, TokenVerdict::FleetStation);
        let order = w.order(1, session);
        assert_eq!(
            (order.state, order.start_verdict),
            (OrderState::Failed, Some(TokenVerdict::FleetStation))
        );
        w.restart();
        assert_eq!(authorized(&w, 1, "CARD2"), TokenVerdict::FleetStation, "after a restart too");
        let change = |version, fleet_id| CustomerChange {
            version,
            name: None,
            phone: None,
            kind: None,
            fleet_id: Some(fleet_id),
            tags: None,
            note: None,
        };
        wait(w.engine.customer_update(&Actor::local(), id, change(1, 0))).unwrap();
        assert_eq!(authorized(&w, 1, "CARD2"), TokenVerdict::Accepted);
        wait(w.engine.customer_update(&Actor::local(), id, change(2, fleet.0))).unwrap();
        assert_eq!(authorized(&w, 1, "CARD2"), TokenVerdict::FleetStation);
        let cells = |card: &str| ["李强", "13800000009", card, "", ""].map(str::to_owned);
        let import =
            |check| wait(w.engine.fleet_import(&Actor::local(), fleet, vec![(2, cells("C12"))], check));
        assert_eq!(authorized(&w, 1, "C12"), TokenVerdict::Accepted, "nobody's card is free");
        assert_eq!(import(true).unwrap().cards_bound, 1);
        assert_eq!(authorized(&w, 1, "C12"), TokenVerdict::Accepted, "a check changes nothing");
        assert_eq!(import(false).unwrap().drivers_new, 1);
        assert_eq!(
            authorized(&w, 1, "C12"),
            TokenVerdict::FleetStation,
            "an import holds from the next start on"
        );
    }
}
