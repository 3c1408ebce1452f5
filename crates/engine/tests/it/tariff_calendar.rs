//! Kinds of days: an order is priced by the table of the local day on which it began, whatever it runs
//! into, and 云快充 piles are brought to the table of the day. The 15th of July 2026 is a Wednesday.

use crate::databases::wait;
use crate::tariff_plan::{accepted, advance, answer, check, plan, refusal, refused, state, status};
use crate::tariff_plan::{told as sent, told_worlds};
use crate::world::{World, told, wall, worlds, worlds_by};
use crate::ykc::{ask, bill, confirm, observe, order, send};
use engine::Rules;
use engine::audit::Actor;
use engine::pricing::{TariffDayRule, TariffDays, TariffDraft, TariffKindDraft};
use engine::settlement::SettlementBill;
use model::Result;
use model::access::Scope;
use model::connector::ConnectorStatus;
use model::device::{Answer, DeviceEvent};
use model::id::{PileId, TariffId, TradeNo};
use model::settlement::SettlementBasis;
use model::tariff::Period;
use model::tariff_calendar::Season;
use model::tariff_plan::DeliveryState;
use model::time::DAY_MS;
use store::tariff_list::TariffRate;
use store::tariff_plan_list::station_tariff_list;

/// One price all day: electricity; the service fee is 0.40.
fn rates(electricity_price_e5: i64) -> Vec<TariffRate> {
    let rate = |period| TariffRate { period, electricity_price_e5, service_price_e5: 40_000 };
    Period::ALL.map(rate).to_vec()
}

fn kind(name: &str, electricity_price_e5: i64) -> TariffKindDraft {
    TariffKindDraft {
        name: name.to_owned(),
        season: None,
        weekdays: Vec::new(),
        dates: Vec::new(),
        rates: rates(electricity_price_e5),
        periods: vec![Period::Flat; 48],
    }
}

/// Thursdays cost 2.00 + 0.40, the 18th of July 5.00 + 0.40, all other days 1.00 + 0.40.
fn draft() -> TariffDraft {
    TariffDraft {
        name: "夏季".to_owned(),
        rates: rates(100_000),
        periods: vec![Period::Flat; 48],
        at_once: None,
        kinds: vec![
            TariffKindDraft { weekdays: vec![4], ..kind("周四", 200_000) },
            TariffKindDraft { dates: vec![20_260_718], ..kind("店庆", 500_000) },
        ],
        workdays: Vec::new(),
    }
}

fn publish(w: &World, draft: TariffDraft) -> Result<TariffId> {
    wait(w.engine.tariff_create(&Actor::local(), draft))
}

#[test]
fn an_order_is_priced_by_the_day_on_which_it_began() {
    let rules = Rules { session_max_ms: 2 * DAY_MS, ..Rules::default() };
    for mut w in worlds_by(rules) {
        w.at("12:00");
        let id = publish(&w, draft()).unwrap();
        let night = w.at("23:59:59").start(1, 1, "CARD1", 0.0);
        let early = w.at("+1 00:00").start(2, 1, "C11", 0.0);
        w.restart();
        let running = wait(w.engine.order_running(PileId(2), w.order(2, early).id)).unwrap().unwrap();
        assert_eq!(running.bill.total.0, 0);
        w.at("+1 00:40").stop(1, night, 1.0);
        w.stop(2, early, 1.0);
        assert_eq!(told(&w.order(1, night)), "completed 1.0000 kWh 1.40 (1.00 + 0.40)");
        assert_eq!(told(&w.order(2, early)), "completed 1.0000 kWh 2.40 (2.00 + 0.40)");
        assert_eq!(w.order(1, night).tariff, Some(id));
        // One that waited in its pile is priced by its own day, on a Friday as on the day of the anniversary.
        let (waited, _) = w.at("+2 09:00").start_at(4, 1, "C13", 0.0, wall("+1 23:30"));
        w.at("+2 09:10").stop(4, waited, 1.0);
        assert_eq!(told(&w.order(4, waited)), "completed 1.0000 kWh 2.40 (2.00 + 0.40)");
        let friday = w.start(5, 1, "C14", 0.0);
        let days = w.at("+3 23:00").start(6, 1, "C15", 0.0);
        w.at("+4 01:00").stop(6, days, 1.0);
        w.stop(5, friday, 1.0);
        assert_eq!(told(&w.order(5, friday)), "completed 1.0000 kWh 1.40 (1.00 + 0.40)");
        assert_eq!(told(&w.order(6, days)), "completed 1.0000 kWh 5.40 (5.00 + 0.40)");
        // The page of an order says which table it was.
        let named = |pile, session| {
            let id = w.order(pile, session).id;
            let order = w.read(move |conn| store::order_list::order_get(conn, &Scope::ALL, id));
            order.unwrap().tariff.unwrap().day_name
        };
        assert_eq!(named(6, days).as_deref(), Some("店庆"));
        assert_eq!(named(5, friday), None);
        w.sound();
    }
}

#[test]
fn a_pile_is_told_the_table_of_the_day_at_midnight_and_only_where_it_has_another() {
    for mut w in told_worlds(Rules::default()) {
        w.at("12:00");
        let id = publish(&w, TariffDraft { at_once: Some(false), ..draft() }).unwrap();
        let made = plan(&w, id, &[1], None).unwrap();
        assert_eq!(advance(&w), (0, 3));
        for pile in [101, 102, 103] {
            assert_eq!(answer(&w, pile, accepted()), 2, "that of all other days");
        }
        assert!(check(&w, 101, 2) && !check(&w, 102, 3), "the number of each table is its own");
        assert!(check(&w, 102, 2));
        w.at("23:59:59");
        assert_eq!(advance(&w), (0, 0));
        status(&w, 103, ConnectorStatus::Charging);
        w.at("+1 00:00");
        assert!(!check(&w, 101, 2), "it is Thursday");
        assert!(check(&w, 102, 3), "it knew by itself");
        let states = |w: &World| [101, 102, 103].map(|pile| state(w, made, pile));
        use DeliveryState::*;
        w.at("+1 00:00:31");
        assert_eq!(advance(&w), (0, 1), "one has it, one charges");
        assert_eq!(states(&w), [Sent, Confirmed, Charging]);
        assert_eq!(answer(&w, 101, refusal()), 3);
        assert_eq!(states(&w)[0], Refused);
        w.restart();
        w.at("+1 00:01:31");
        assert_eq!(advance(&w), (0, 1), "it is asked again");
        assert_eq!(answer(&w, 101, refusal()), 3);
        // Asking is answered with the table of the day.
        match w.say(101, DeviceEvent::TariffAsked) {
            Answer::Tariff(Some(model)) => {
                assert_eq!(model.model_no, 3);
                assert_eq!(model.tariff.rates[0].electricity.0, 200_000);
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(states(&w), [Confirmed, Confirmed, Charging]);
        // The one that charges all Thursday is never told of it; a refusal of yesterday delays nothing.
        w.at("+2 00:00");
        assert_eq!(advance(&w), (0, 2), "Friday is like all other days");
        assert_eq!(states(&w), [Sent, Sent, Confirmed]);
        assert_eq!((answer(&w, 101, refusal()), answer(&w, 102, accepted())), (2, 2));
        w.at("+3 00:00");
        status(&w, 103, ConnectorStatus::Available);
        assert_eq!(advance(&w), (0, 3), "at once, though one had refused");
        assert_eq!(sent(&w, 101).0, 4);
        w.sound();
    }
}

/// `amount` for one kWh in the flat hours.
fn charged(w: &World, trade: TradeNo, (from, to): (&str, &str), price: i64, amount: i64) {
    let flat = [(price, 0, 0), (price, 0, 0), (price, 10_000, amount), (price, 0, 0)];
    send(w, bill(trade, wall(from), wall(to), flat));
}

#[test]
fn a_piles_own_bill_is_not_held_because_midnight_passed() {
    for w in told_worlds(Rules::default()) {
        w.at("12:00");
        publish(&w, draft()).unwrap();
        assert!(check(&w, 101, 2));
        let session = |at: &str, end: &str, price: i64, amount: i64| {
            let (trade, _) = ask(w.at(at), 1, "CARD1");
            confirm(&w, trade, None);
            observe(&w, Some(trade), true, 5_000);
            charged(w.at(end), trade, (at, end), price, amount);
            observe(&w, None, false, 0);
            told(&order(&w, trade))
        };
        let fine = "completed 1.0000 kWh 1.40 (1.00 + 0.40)";
        let held = "abnormal 1.0000 kWh 0.00 (0.00 + 0.00) AmountDiffers";
        // Priced by Wednesday's table, by Thursday's after midnight, or by Thursday's as a whole.
        assert_eq!(session("22:00", "22:30", 240_000, 24_000), held, "no midnight, no excuse");
        assert_eq!(session("23:00", "23:30", 140_000, 14_000), fine);
        assert_eq!(session("23:50", "+1 00:10", 190_000, 19_000), fine);
        // It has not been told yet: another connector of it charges.
        assert_eq!(
            session("+1 00:20", "+1 00:40", 140_000, 14_000),
            "completed 1.0000 kWh 2.40 (2.00 + 0.40)"
        );
        assert!(check(&w, 101, 3));
        assert_eq!(session("+1 01:00", "+1 01:30", 140_000, 14_000), held, "it had Thursday's");
        assert_eq!(
            session("+1 23:40", "+2 00:10", 240_000, 24_000),
            "completed 1.0000 kWh 2.40 (2.00 + 0.40)"
        );
        assert_eq!(session("+2 23:40", "+3 00:10", 560_000, 56_000), held, "more than any of its tables");
        assert_eq!(session("+3 23:40", "+4 00:10", 130_000, 13_000), held, "less than any of them");
        w.sound();
    }
}

#[test]
fn what_a_person_settles_or_brings_is_priced_by_its_day() {
    for w in told_worlds(Rules::default()) {
        w.at("12:00");
        publish(&w, draft()).unwrap();
        let (trade, _) = ask(w.at("+1 10:00"), 1, "CARD1");
        confirm(&w, trade, None);
        charged(w.at("+1 10:30"), trade, ("+1 10:00", "+1 10:30"), 990_000, 99_000);
        let held = order(&w, trade);
        let preview = |basis, energies| {
            let bill = SettlementBill {
                basis,
                energies,
                electricity_fen: None,
                service_fen: None,
                energy_dwh: None,
                linked_order_id: None,
                correction: false,
            };
            let place = (held.id, PileId(101));
            wait(w.engine.settlement_check(&Actor::local(), place, bill)).unwrap().total_fen
        };
        assert_eq!(preview(SettlementBasis::Record, None), 240);
        assert_eq!(preview(SettlementBasis::Energies, Some([0, 0, 20_000, 0])), 480);
        // A lost order of the anniversary.
        w.at("+4 12:00");
        let mut check = w.engine.order_import_check(Scope::ALL);
        let lost = ["32010600019101012607181030000009", "32010600019101", "1", "2026-07-18 10:30:00"];
        let mut cells: Vec<String> = lost.iter().map(|cell| (*cell).to_owned()).collect();
        cells.extend(["2026-07-18 11:00:00", "", "", "1", "", "1", "", "", "5.4"].map(str::to_owned));
        cells.resize(17, String::new());
        cells.push("断网".to_owned());
        let cells: [String; 18] = cells.try_into().unwrap();
        let judged = w.read(move |conn| check.rows(conn, &[(2, cells)]));
        assert_eq!(judged.faults, []);
        assert_eq!(wait(w.engine.order_import_write(7, 1, judged.ready)).unwrap(), 1);
        assert_eq!(w.count("SELECT MAX(total_fen) FROM orders"), 540);
        w.sound();
    }
}

#[test]
fn a_station_says_which_table_holds_and_when_the_next_one_comes() {
    for w in worlds() {
        w.at("12:00");
        publish(&w, draft()).unwrap();
        let today = |w: &World| {
            let now = w.now();
            let id = model::id::StationId(1);
            let page = w.read(move |conn| station_tariff_list(conn, &Scope::ALL, id, now)).unwrap();
            let today = page.items[0].today.clone().unwrap();
            (today.name, today.price_e5, today.next.map(|next| (next.day, next.name)))
        };
        let thursday = Some("周四".to_owned());
        assert_eq!(today(&w), (None, 140_000, Some((20_260_716, thursday.clone()))));
        w.at("+1 00:00");
        assert_eq!(today(&w), (thursday.clone(), 240_000, Some((20_260_717, None))));
        w.at("+3 23:59:59");
        assert_eq!(today(&w), (Some("店庆".to_owned()), 540_000, Some((20_260_719, None))));
    }
}

#[test]
fn rules_that_cannot_be_published_say_why() {
    for w in worlds().into_iter().take(1) {
        w.at("12:00");
        let with = |kinds| refused(publish(&w, TariffDraft { kinds, ..draft() })).2;
        assert_eq!(with(vec![kind("空", 1)]), "kinds.rule");
        let season = Some(Season { from_mmdd: 230, to_mmdd: 301 });
        assert_eq!(with(vec![TariffKindDraft { season, ..kind("季", 1) }]), "kinds.season");
        assert_eq!(
            with(vec![TariffKindDraft { weekdays: vec![1], ..kind("贵", 10_000_001) }]),
            "kinds.rates.electricity_price_e5"
        );
        assert_eq!(w.count("SELECT COUNT(*) FROM tariff"), 1);
        let rule = |name: &str, weekdays: &[i64]| TariffDayRule {
            name: name.to_owned(),
            season: None,
            weekdays: weekdays.to_vec(),
            dates: Vec::new(),
        };
        let days = |year, kinds| TariffDays { year, kinds, workdays: vec![20_260_718] };
        let year = w.engine.tariff_check(days(2026, vec![rule("周末", &[6, 7])])).unwrap();
        assert_eq!(
            (year.places.len(), year.places.iter().sum::<i64>()),
            (365, 103),
            "104 without the worked one"
        );
        let error =
            w.engine.tariff_check(days(2026, vec![rule("甲", &[5]), rule("乙", &[5, 6])])).unwrap_err();
        assert!(error.text.zh.contains("2026-07-17") && error.text.en.contains("2026-07-17"), "{error}");
        assert_eq!(w.engine.tariff_check(days(2019, Vec::new())).unwrap_err().field.unwrap(), "year");
    }
}
