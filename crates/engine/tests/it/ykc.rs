//! 云快充: asked, confirmed, observed, and billed by the pile's own record.

use crate::databases::wait;
use crate::world::{World, told, wall, worlds, worlds_by};
use engine::Rules;
use engine::audit::Actor;
use engine::settlement::{SettlementBill, SettlementDraft};
use model::access::Scope;
use model::card::{Token, TokenVerdict};
use model::connector::ConnectorStatus;
use model::device::{
    Answer, DeviceEvent, Observation, PileBill, PileBillPeriod, Refusal, Sample, SampledEnergy, StatusReport,
    StopReason,
};
use model::energy::Energy;
use model::error::Text;
use model::id::{SessionKey, TradeNo};
use model::money::{Amount, Price};
use model::order::{Abnormality, Order, OrderState, StartMode, StopClass};
use model::settlement::SettlementBasis;
use model::time::Timestamp;
use store::frames::Verdict;

const PILE: i64 = 101;

pub fn ask(w: &World, no: u16, tag: &str) -> (TradeNo, TokenVerdict) {
    let event = DeviceEvent::StartAsked {
        connector: no,
        token: Token::card(tag),
        mode: StartMode::Card,
        password: None,
    };
    match w.say(PILE, event) {
        Answer::StartAsked { session, verdict, .. } => (session, verdict),
        other => panic!("{other:?}"),
    }
}

pub fn confirm(w: &World, trade: TradeNo, code: Option<&str>) -> Verdict {
    let refusal =
        |code: &str| Refusal { code: code.to_owned(), text: Text::of("原因", "why"), detail: None };
    let result = code.map_or(Ok(()), |code| Err(refusal(code)));
    let event = DeviceEvent::StartConfirmed { session: SessionKey::Trade(trade), connector: 1, result };
    assert_eq!(w.say(PILE, event), Answer::Noted);
    w.verdict(PILE)
}

pub fn observe(w: &World, trade: Option<TradeNo>, charging: bool, dwh: i64) {
    let status = if charging { ConnectorStatus::Charging } else { ConnectorStatus::Available };
    let sample = Sample {
        energy: Some(SampledEnergy::Session(Energy::from_dwh(dwh))),
        soc_percent: Some(50),
        ..Sample::at(w.now())
    };
    let observation = Observation {
        session: trade.map(SessionKey::Trade),
        status: StatusReport { connector: 1, status, error: None, at: None },
        charging,
        sample,
        amount: Amount(0),
        remaining_minutes: None,
    };
    assert_eq!(w.say(PILE, DeviceEvent::Observed(Box::new(observation))), Answer::Noted);
}

/// `periods`: price × 10⁵, energy and amount × 10⁴ of sharp, peak, flat, valley.
pub fn bill(trade: TradeNo, from: Timestamp, to: Timestamp, periods: [(i64, i64, i64); 4]) -> PileBill {
    let of = |(price, energy, amount)| PileBillPeriod {
        price: Price(price),
        energy: Energy::from_dwh(energy),
        loss_energy: Energy::from_dwh(energy),
        amount: Amount(amount),
    };
    let energy = Energy::from_dwh(periods.iter().map(|p| p.1).sum());
    PileBill {
        session: trade,
        connector: 1,
        started_at: Some(from),
        ended_at: Some(to),
        periods: periods.map(of),
        meter_start: Energy::ZERO,
        meter_end: Energy::ZERO,
        energy,
        loss_energy: energy,
        amount: Amount(periods.iter().map(|p| p.2).sum()),
        vin: None,
        mode: StartMode::Card,
        traded_at: Some(to),
        reason: StopReason { class: StopClass::Normal, code: "ykc:41".to_owned() },
        card: None,
    }
}

/// Vector G21: 10:30:05 to 11:42:38, peak 22.1234 kWh, flat 13.5000 kWh, 45.8228 yuan.
fn g21(trade: TradeNo) -> PileBill {
    let periods = [(160_000, 0, 0), (140_000, 221_234, 309_728), (110_000, 135_000, 148_500), (70_000, 0, 0)];
    PileBill {
        meter_start: Energy::from_dwh(1_234_567_890),
        meter_end: Energy::from_dwh(1_234_924_124),
        vin: Some("LSVAM4187E2123457".to_owned()),
        ..bill(trade, wall("10:30:05"), wall("11:42:38"), periods)
    }
}

pub fn send(w: &World, bill: PileBill) -> Verdict {
    assert_eq!(w.say(PILE, DeviceEvent::Billed(Box::new(bill))), Answer::Billed { accepted: true });
    w.verdict(PILE)
}

pub fn order(w: &World, trade: TradeNo) -> model::order::Order {
    w.order(PILE, SessionKey::Trade(trade))
}

/// G21 as a row of a file of lost orders, without what it cost.
fn lost(trade: TradeNo) -> [String; 18] {
    let trade = trade.to_string();
    let (from, to) = ("2026-07-15 10:30:05", "2026-07-15 11:42:38");
    let cells = [
        &trade,
        "32010600019101",
        "1",
        from,
        to,
        "",
        "22.1234",
        "13.5",
        "",
        "35.6234",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "断网",
    ];
    cells.map(str::to_owned)
}

/// The same with the mark that a second record said something else.
fn marked(order: Order) -> Order {
    let mut marked = order;
    marked.abnormal.add(Abnormality::RecordRepeated);
    marked
}

#[test]
fn a_lost_order_is_imported_once_whoever_tells_of_it_and_goes_without_a_trace() {
    for w in worlds() {
        observe(w.at("12:00"), None, false, 0);
        let trade = TradeNo::parse("32010600019101012607151030000009").unwrap();
        let judge = || {
            let mut check = w.engine.order_import_check(Scope::ALL);
            let judged = w.read(move |conn| check.rows(conn, &[(2, lost(trade))]));
            assert_eq!(judged.faults, []);
            judged.ready
        };
        let ready = judge();
        let write = |ready| wait(w.engine.order_import_write(7, 1, ready)).unwrap();
        assert_eq!(write(ready.clone()), 1);
        let first = order(&w, trade);
        assert_eq!(told(&first), G21, "by the tariff of its own day");
        assert_eq!((first.start_mode, first.pile_amount), (StartMode::Import, None));
        // Neither the same row, nor the same file again, nor the pile itself makes a second one of it.
        assert_eq!((write(ready.clone()), judge().len()), (0, 0));
        assert_ne!(send(&w, g21(trade)), Verdict::Applied);
        // What the pile has told is another record than the row: a mark, and nothing else changes.
        assert_eq!((order(&w, trade), w.orders(PILE).len()), (marked(first), 1));
        w.sound();
        let undo = || wait(w.engine.order_import_undo(7)).unwrap();
        assert_eq!((undo(), undo(), w.orders(PILE).len()), (1, 0, 0));
        for table in ["station_hour", "station_day", "order_day", "pile_day"] {
            let sql =
                format!("SELECT CAST(SUM(order_count + energy_dwh + total_fen) AS BIGINT) FROM {table}");
            let left = w.read(move |conn| conn.one(&sql, &[], |row| row.int_opt(0)));
            assert_eq!(left.unwrap_or(0), 0, "{table}");
        }
        w.sound();
        // Told by the pile first, it is there already, and stays what the pile has told.
        send(&w, g21(trade));
        let reported = order(&w, trade);
        assert_eq!((judge().len(), write(ready)), (0, 0));
        assert_eq!(order(&w, trade), reported);
        w.sound();
    }
}

const G21: &str = "completed 35.6234 kWh 45.82 (31.57 + 14.25)";

#[test]
fn asked_confirmed_observed_billed() {
    for mut w in worlds() {
        let (trade, verdict) = ask(w.at("10:30"), 1, "CARD1");
        assert_eq!(verdict, TokenVerdict::Accepted);
        assert!(trade.to_string().starts_with("3201060001910101260715103000"), "{trade}");
        assert_eq!(order(&w, trade).state, OrderState::Starting);
        assert_eq!(ask(&w, 1, "CARD1").0, trade, "asked again: the same number");
        w.at("10:30:05");
        assert_eq!(confirm(&w, trade, None), Verdict::Applied);
        assert_eq!(order(&w, trade).state, OrderState::Charging);
        for (at, dwh) in [("10:40", 50_000), ("11:00", 221_000), ("11:40", 350_000)] {
            observe(w.at(at), Some(trade), true, dwh);
        }
        w.restart();
        observe(w.at("11:42:40"), None, false, 0);
        assert_eq!(order(&w, trade).deadline, Some(wall("11:52:40")), "idle: the bill is awaited");
        assert_eq!(send(w.at("11:42:45"), g21(trade)), Verdict::Applied);
        let first = order(&w, trade);
        assert_eq!(told(&first), G21);
        assert_eq!(
            (first.pile_amount, first.vin.as_deref()),
            (Some(Amount(458_228)), Some("LSVAM4187E2123457"))
        );
        for again in 0..3 {
            if again == 1 {
                w.restart();
            }
            assert_eq!(send(w.later(5), g21(trade)), Verdict::Duplicate);
            assert_eq!(order(&w, trade), first);
        }
        assert_eq!(ask(&w, 1, "CARD1").1, TokenVerdict::Accepted, "the card is free again");
        w.sound();
    }
}

/// Captured bill S3: 0.1650 kWh in the valley, at 0.90 it is 0.1485, the pile says 0.1400.
#[test]
fn an_amount_that_differs_by_more_than_the_tolerance_is_held() {
    let s3 = |trade| {
        bill(
            trade,
            wall("00:04:14"),
            wall("00:09:36"),
            [(150_000, 0, 0), (130_000, 0, 0), (110_000, 0, 0), (90_000, 1_650, 1_400)],
        )
    };
    let valley = model::tariff::Rate { electricity: Price(50_000), service: Price(40_000) };
    let mut tariff = crate::scene::tariff();
    tariff.rates[3] = valley;
    let body = serde_json::to_string(&tariff).unwrap();
    for (tolerance, expected) in [
        (84, "abnormal 0.1650 kWh 0.00 (0.00 + 0.00) AmountDiffers"),
        (85, "completed 0.1650 kWh 0.15 (0.08 + 0.07)"),
    ] {
        for w in worlds_by(Rules { amount_tolerance_e4: tolerance, ..Rules::default() }) {
            w.db.conn().execute("UPDATE tariff SET body = $1", &[(&body).into()]).unwrap();
            let (trade, _) = ask(w.at("00:04"), 1, "CARD1");
            confirm(&w, trade, None);
            send(w.at("00:10"), s3(trade));
            assert_eq!(told(&order(&w, trade)), expected);
            assert_eq!(order(&w, trade).pile_amount, Some(Amount(1_400)), "kept beside ours");
            w.sound();
        }
    }
}

#[test]
fn bills_that_do_not_agree_with_themselves_are_held() {
    type Change = fn(&mut PileBill);
    let cases: [(&str, Change, &str); 7] = [
        ("periods", |b| b.periods[2].energy = Energy::from_dwh(1), "PeriodMismatch"),
        ("meter", |b| b.meter_end = Energy::from_dwh(1_234_924_125), "MeterMismatch"),
        ("amount", |b| b.amount = Amount(460_000), "AmountDiffers"),
        ("no times", |b| (b.started_at, b.ended_at) = (None, None), "TimeImplausible"),
        ("backwards", |b| b.ended_at = Some(wall("10:00")), "TimeImplausible"),
        ("too fast", |b| b.ended_at = Some(wall("10:31")), "PowerExceeded"),
        ("year 2000", |b| b.started_at = Some(Timestamp::from_ms(946_684_800_000)), "TimeImplausible"),
    ];
    for w in worlds() {
        for (what, change, doubt) in cases {
            let (trade, _) = ask(w.at("10:30"), 1, "CARD1");
            confirm(&w, trade, None);
            let mut bill = g21(trade);
            change(&mut bill);
            send(w.at("11:43"), bill);
            let held = told(&order(&w, trade));
            assert!(held.starts_with("abnormal 35.6234 kWh 0.00") && held.contains(doubt), "{what}: {held}");
        }
        // Meters that are not there are no mismatch.
        let (trade, _) = ask(w.at("10:30"), 1, "CARD1");
        send(w.at("11:43"), PileBill { meter_start: Energy::ZERO, meter_end: Energy::ZERO, ..g21(trade) });
        assert_eq!(told(&order(&w, trade)), G21);
        w.sound();
    }
}

#[test]
fn a_bill_that_nobody_announced_becomes_an_order() {
    let unknown = TradeNo::parse("32010600019101010000000000000077").unwrap();
    let other = TradeNo::parse("32010600019101010000000000000078").unwrap();
    for w in worlds() {
        w.at("13:00");
        send(&w, g21(unknown));
        assert_eq!(told(&order(&w, unknown)), format!("{G21} Unannounced"), "补录");
        assert_eq!(send(&w, g21(unknown)), Verdict::Duplicate);
        let card =
            |tag: &str| PileBill { mode: StartMode::OfflineCard, card: Some(Token::card(tag)), ..g21(other) };
        send(&w, card("CARD1"));
        assert_eq!(told(&order(&w, other)), G21, "an offline card that we know");
        assert_eq!(order(&w, other).card, Some(model::id::CardId(1)));
        // Zero belongs to nobody: the one bill that is not taken.
        let nobody = w.say(PILE, DeviceEvent::Billed(Box::new(g21(TradeNo::ZERO))));
        assert_eq!(nobody, Answer::Billed { accepted: false });
        assert_eq!(w.orders(PILE).len(), 2);
        // Another pile sends the same number: an order of its own, ours is left alone.
        let before = order(&w, unknown);
        w.say(102, DeviceEvent::Billed(Box::new(g21(unknown))));
        assert_eq!(order(&w, unknown), before);
        assert_eq!(w.orders(102).len(), 1);
        w.sound();
    }
}

#[test]
fn a_bill_from_the_queue_is_priced_by_the_tariff_of_its_own_time() {
    let trade = |n: u32| TradeNo::parse(&format!("3201060001910101000000000000{n:04}")).unwrap();
    for w in worlds() {
        w.at("12:00");
        crate::time::publish(&w, 900_000, 100_000);
        w.at("15:00");
        send(&w, g21(trade(1)));
        assert_eq!(told(&order(&w, trade(1))), format!("{G21} Unannounced"));
        let flat = [(1_000_000, 0, 0), (1_000_000, 0, 0), (1_000_000, 10_000, 100_000), (1_000_000, 0, 0)];
        send(&w, bill(trade(2), wall("12:10"), wall("12:20"), flat));
        assert_eq!(told(&order(&w, trade(2))), "completed 1.0000 kWh 10.00 (9.00 + 1.00) Unannounced");
        w.sound();
    }
}

#[test]
fn an_offline_session_on_a_card_that_may_not_charge_is_held() {
    let trade = |n: usize| TradeNo::parse(&format!("3201060001910101000000000000{n:04}")).unwrap();
    let held = "abnormal 35.6234 kWh 0.00 (0.00 + 0.00) Unannounced TokenRefused".to_owned();
    let cases = [
        ("CARD1", G21.to_owned()),
        ("BLOCKED", held.clone()),
        ("EXPIRED", held),
        ("NOBODY", format!("{G21} Unannounced")),
    ];
    for w in worlds() {
        w.at("13:00");
        for (n, (tag, expected)) in cases.iter().enumerate() {
            let card = Some(Token::card(*tag));
            send(&w, PileBill { mode: StartMode::OfflineCard, card, ..g21(trade(n)) });
            assert_eq!(told(&order(&w, trade(n))), *expected, "{tag}");
        }
        w.sound();
    }
}

#[test]
fn a_second_bill_that_says_something_else_changes_only_a_mark_and_can_be_found() {
    for mut w in worlds() {
        let (trade, _) = ask(w.at("10:30"), 1, "CARD1");
        send(w.at("11:43"), g21(trade));
        let first = marked(order(&w, trade));
        let mut other = g21(trade);
        other.amount = Amount(1);
        for restart in [false, true] {
            if restart {
                w.restart();
            }
            assert_eq!(send(&w, other.clone()), Verdict::Quarantined);
            assert_eq!(send(&w, g21(trade)), Verdict::Duplicate);
            assert_eq!(order(&w, trade), first);
        }
        w.sound();
    }
}

#[test]
fn a_bill_that_names_another_connector_ends_its_own_order_only() {
    for w in worlds() {
        let (first, _) = ask(w.at("10:30"), 1, "C11");
        let (second, _) = ask(&w, 2, "C12");
        confirm(&w, first, None);
        confirm(&w, second, None);
        send(w.at("11:43"), PileBill { connector: 2, ..g21(first) });
        assert_eq!((told(&order(&w, first)).as_str(), order(&w, first).connector), (G21, 1));
        assert_eq!(order(&w, second).state, OrderState::Charging);
        w.sound();
    }
}

#[test]
fn a_start_that_the_pile_refuses_or_forgets_fails_and_a_late_bill_still_counts() {
    for mut w in worlds() {
        // Refused.
        let (trade, _) = ask(w.at("10:00"), 1, "CARD1");
        confirm(&w, trade, Some("ykc:33:02"));
        assert_eq!(order(&w, trade).state, OrderState::Failed);
        // Not plugged in, then plugged in; the first message comes again.
        let (trade, _) = ask(w.at("10:10"), 1, "CARD1");
        confirm(w.at("10:10:05"), trade, Some("ykc:33:05"));
        assert_eq!(order(&w, trade).state, OrderState::Starting);
        confirm(w.at("10:10:50"), trade, None);
        assert_eq!(order(&w, trade).state, OrderState::Charging);
        for code in ["ykc:33:05", "ykc:33:02"] {
            assert_eq!(confirm(&w, trade, Some(code)), Verdict::Quarantined);
            assert_eq!(order(&w, trade).state, OrderState::Charging);
        }
        assert_eq!(w.at("10:20").sweep(), 0);
        observe(&w, None, false, 0);
        assert_eq!(w.at("10:31").sweep(), 1);
        assert_eq!(told(&order(&w, trade)), "abnormal 0.0000 kWh 0.00 (0.00 + 0.00) NoRecord");
        // Never heard of again.
        let (silent, _) = ask(w.at("10:30"), 1, "CARD1");
        assert_eq!(w.at("10:31:29").sweep(), 0);
        assert_eq!(w.at("10:31:30").sweep(), 1);
        assert_eq!(order(&w, silent).state, OrderState::Failed);
        w.restart();
        send(w.at("+3 10:00"), g21(silent));
        assert_eq!(told(&order(&w, silent)), format!("{G21} AfterFailure"));
        assert!(!order(&w, silent).abnormal.has(Abnormality::Unannounced));
        w.sound();
    }
}

#[test]
fn what_a_person_has_settled_stays_so_when_the_record_comes_after_all() {
    for mut w in worlds() {
        let (trade, _) = ask(w.at("10:00"), 1, "CARD1");
        confirm(w.at("10:00:05"), trade, None);
        observe(w.at("10:20"), None, false, 0);
        assert_eq!(w.at("10:31").sweep(), 1);
        let held = order(&w, trade);
        let bill = SettlementBill {
            basis: SettlementBasis::Amounts,
            energies: None,
            electricity_fen: Some(300),
            service_fen: Some(21),
            energy_dwh: None,
            linked_order_id: None,
            correction: false,
        };
        let draft = SettlementDraft { bill, reason: "与车主核对".to_owned(), total_fen: 321 };
        wait(w.engine.settlement_create(&Actor::local(), (held.id, held.pile), draft)).unwrap();
        let settled = told(&order(&w, trade));
        assert_eq!(settled, "completed 0.0000 kWh 3.21 (3.00 + 0.21) NoRecord");
        w.restart();
        send(w.at("+3 10:00"), g21(trade));
        assert_eq!(w.verdict(PILE), Verdict::Quarantined);
        assert_eq!(told(&order(&w, trade)), format!("{settled} RecordRepeated"));
        w.sound();
    }
}
