//! A paused city and a disabled operator: what runs goes on, nothing new begins, and whoever wants to
//! start is told why.

use crate::databases::wait;
use crate::world::{World, wall, worlds};
use engine::audit::Actor;
use engine::command::CommandRequest;
use engine::site::{CityDraft, CityStatusChange, OperatorStatusChange, PileChange, StationStatusChange};
use model::card::{Token, TokenVerdict};
use model::connector::ConnectorStatus;
use model::device::{Answer, DeviceEvent, StatusReport};
use model::id::{OperatorId, PileId, StationId};
use model::order::{OrderState, StartMode};
use model::site::Lifecycle;
use model::{Error, Result};
use store::operator_list::OperatorStatus;

const CITY: &str = "420100";

fn open(w: &World) {
    let draft = CityDraft { codes: vec![CITY.to_owned()] };
    wait(w.engine.city_create(&Actor::local(), draft)).unwrap();
}

fn city_set(w: &World, version: i64, paused: bool, from: Option<&str>) -> Result<()> {
    let reason = paused.then(|| "道路施工".to_owned());
    let from_ms = from.map(|text| wall(text).as_ms());
    wait(w.engine.city_status_set(
        &Actor::local(),
        CITY,
        CityStatusChange { version, paused, reason, from_ms },
    ))
}

fn operator_set(w: &World, version: i64, status: OperatorStatus) {
    let change = OperatorStatusChange { version, status, reason: Some("合同到期".to_owned()) };
    wait(w.engine.operator_status_set(&Actor::local(), OperatorId(1), change)).unwrap();
}

/// What an OCPP pile and a 云快充 pile are answered that want to begin.
fn verdicts(w: &World, no: u16) -> [TokenVerdict; 2] {
    let ocpp = w.start_at(2, no, "CARD2", 10.0, w.now()).1;
    let token = Token::card("C11");
    let asked = DeviceEvent::StartAsked { connector: no, token, mode: StartMode::Card, password: None };
    let Answer::StartAsked { verdict, .. } = w.say(101, asked) else { panic!("another answer") };
    [ocpp, verdict]
}

fn console_start(w: &World, pile: i64) -> Result<(), Error> {
    for no in [1, 2] {
        let status = ConnectorStatus::Available;
        w.status(pile, StatusReport { connector: no, status, error: None, at: None });
    }
    let request = CommandRequest::Start { connector: 2 };
    wait(w.engine.command(&Actor::local().caller, PileId(pile), request)).map(drop)
}

const REFUSED: [TokenVerdict; 2] = [TokenVerdict::OutOfService; 2];

#[test]
fn in_a_paused_city_nothing_begins_and_what_runs_goes_on() {
    for w in worlds() {
        open(&w);
        let running = w.start(1, 1, "CARD1", 5.0);
        city_set(&w, 1, true, None).unwrap();
        assert_eq!(verdicts(&w, 1), REFUSED);
        for pile in [3, 102] {
            let refused = console_start(&w, pile).unwrap_err();
            assert_eq!(refused.code, "city.paused");
            assert!(refused.text.zh.contains("武汉市") && refused.text.zh.contains("道路施工"));
        }
        w.later(20);
        w.stop(1, running, 15.0);
        assert_eq!(w.order(1, running).state, OrderState::Completed);
        city_set(&w, 2, false, None).unwrap();
        assert_eq!(verdicts(&w, 2), [TokenVerdict::Accepted; 2]);
        console_start(&w, 3).unwrap();
        w.sound();
    }
}

#[test]
fn a_pause_begins_when_it_was_said_to() {
    for w in worlds() {
        open(&w);
        city_set(&w, 1, true, Some("13:00")).unwrap();
        w.at("12:59");
        assert_eq!(verdicts(&w, 1), [TokenVerdict::Accepted; 2]);
        w.at("13:00");
        assert_eq!(verdicts(&w, 2), REFUSED);
        // Begun before the pause and told only now, because the pile had no link.
        let (session, verdict) = w.start_at(4, 1, "CARD1", 1.0, wall("12:30"));
        assert_eq!(verdict, TokenVerdict::Accepted);
        w.later(1);
        w.stop(4, session, 2.0);
        assert_eq!(w.start_at(5, 1, "CARD1", 1.0, w.now()).1, TokenVerdict::OutOfService);
        let stale = city_set(&w, 1, false, None).unwrap_err();
        assert_eq!(stale.code, "city.changed");
    }
}

#[test]
fn a_disabled_operators_piles_begin_nothing_and_others_do() {
    for w in worlds() {
        operator_set(&w, 1, OperatorStatus::Disabled);
        assert_eq!(verdicts(&w, 1), REFUSED);
        let refused = console_start(&w, 3).unwrap_err();
        assert_eq!(refused.code, "operator.disabled");
        assert!(refused.text.zh.contains("合同到期"));
        // Pile 201 is of another operator.
        assert_eq!(w.start_at(201, 1, "CARD2", 1.0, w.now()).1, TokenVerdict::Accepted);
        operator_set(&w, 2, OperatorStatus::Enabled);
        assert_eq!(verdicts(&w, 2), [TokenVerdict::Accepted; 2]);
    }
}

#[test]
fn a_station_closed_for_a_time_begins_nothing_and_opens_by_itself() {
    for w in worlds() {
        let close = |version, closed, until: Option<&str>| {
            let (notice, until_ms) = (Some("变压器检修".to_owned()), until.map(|until| wall(until).as_ms()));
            let change = StationStatusChange { version, closed, from_ms: None, until_ms, notice };
            wait(w.engine.station_status_set(&Actor::local(), StationId(1), change))
        };
        w.at("13:00");
        close(1, true, Some("14:00")).unwrap();
        assert_eq!(verdicts(&w, 1), REFUSED);
        let refused = console_start(&w, 3).unwrap_err();
        assert_eq!(refused.code, "station.closed");
        assert!(refused.text.zh.contains("变压器检修"));
        // Pile 201 is at another station.
        assert_eq!(w.start_at(201, 1, "CARD2", 1.0, w.now()).1, TokenVerdict::Accepted);
        w.at("14:00");
        assert_eq!(verdicts(&w, 1), [TokenVerdict::Accepted; 2]);
        close(2, true, None).unwrap();
        assert_eq!(console_start(&w, 3).unwrap_err().code, "station.closed");
        close(3, false, None).unwrap();
        console_start(&w, 3).unwrap();
        assert_eq!(close(3, false, None).unwrap_err().code, "station.changed");
    }
}

#[test]
fn a_pile_that_charges_is_disabled_but_neither_retired_nor_moved() {
    for w in worlds() {
        let running = w.start(1, 1, "CARD1", 5.0);
        let changed = |version, station_id, lifecycle| {
            let change = PileChange {
                version,
                name: None,
                station_id,
                lifecycle,
                rated_power_w: None,
                kind: None,
                protocol: None,
                security: None,
            };
            wait(w.engine.pile_update(&Actor::local(), "CP-1", change)).map(drop)
        };
        let change = |version, lifecycle| changed(version, None, Some(lifecycle));
        let refused = change(1, Lifecycle::Retired).unwrap_err();
        assert_eq!((refused.code, refused.field.as_deref()), ("pile.charging", Some("lifecycle")));
        assert!(refused.text.zh.contains("1 张进行中的订单"), "{}", refused.text.zh);
        let refused = changed(1, Some(2), None).unwrap_err();
        assert_eq!((refused.code, refused.field.as_deref()), ("pile.charging", Some("station_id")));
        change(1, Lifecycle::Disabled).unwrap();
        assert_eq!(w.start_at(1, 2, "CARD2", 1.0, w.now()).1, TokenVerdict::OutOfService);
        w.later(20);
        w.stop(1, running, 15.0);
        assert_eq!(w.order(1, running).state, OrderState::Completed);
        change(2, Lifecycle::Retired).unwrap();
        w.sound();
    }
}

#[test]
fn opening_again_changes_nothing_and_a_city_must_exist() {
    for w in worlds() {
        let create = |codes: &[&str]| {
            let codes = codes.iter().map(|code| (*code).to_owned()).collect();
            wait(w.engine.city_create(&Actor::local(), CityDraft { codes }))
        };
        let done = create(&["420100", "110000", "420100"]).unwrap();
        assert_eq!((done.opened, done.existing), (2, 1));
        assert_eq!(w.count("SELECT COUNT(*) FROM city"), 2);
        for bad in [&[][..], &["420000"], &["420500", "x"]] {
            assert_eq!(create(bad).unwrap_err().field.unwrap(), "codes", "{bad:?}");
        }
        assert_eq!(w.count("SELECT COUNT(*) FROM city"), 2, "all or none");
        assert_eq!(city_set(&w, 9, true, None).unwrap_err().code, "city.changed");
        assert_eq!(city_set(&w, 1, true, Some("400 12:00")).unwrap_err().field.unwrap(), "from_ms");
    }
}
