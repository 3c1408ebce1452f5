//! BMS frames: what a session says of a battery, in whichever way the pile writes its currents.

use super::{Bench, TRADE, event, low, start, unhex, vector};
use crate::ykc::field::{Ascii, Gun, PileNo, Raw};
use crate::ykc::message::bms::{
    BmsDemand, BmsEnd, BmsError, BmsHandshake, BmsParameters, BmsStop, ChargerStop,
};
use crate::ykc::message::realtime::Realtime;
use crate::ykc::message::{Body, Message};
use model::battery::{BatteryNews, BatteryType};
use model::device::DeviceEvent;
use model::dialect::CurrentCoding;
use model::ground_lock::{GroundLockReport, GroundLockState};
use model::id::{SessionKey, TradeNo};

fn trade() -> TradeNo {
    TradeNo::parse(TRADE).unwrap()
}

fn pile() -> PileNo {
    PileNo::parse(super::PILE).unwrap()
}

fn gun() -> Gun {
    Gun::of(1).unwrap()
}

fn news<B: Body>(bench: &mut Bench, body: &B) -> BatteryNews {
    match event(bench.receive(&low(body, [1, 0]))) {
        DeviceEvent::Battery(news) => *news,
        other => panic!("{other:?}"),
    }
}

fn handshake() -> BmsHandshake {
    BmsHandshake {
        trade_no: trade(),
        pile: pile(),
        gun: gun(),
        bms_protocol: Raw([1, 1, 0]),
        battery_type: 3,
        rated_capacity: 2_280,
        rated_voltage: 3_840,
        battery_maker: Ascii::of("CATL"),
        pack_serial: 7,
        made_year: 38,
        made_month: 5,
        made_day: 20,
        cycle_count: Raw([0x2C, 0x01, 0x00]),
        ownership: 1,
        reserved: 0,
        vin: Ascii::of("LSVAA4187E2123456"),
        bms_software: Raw([0xFF; 8]),
    }
}

fn parameters(max_current: u16) -> BmsParameters {
    BmsParameters {
        trade_no: trade(),
        pile: pile(),
        gun: gun(),
        cell_max_voltage: 365,
        max_current,
        total_energy: 875,
        max_total_voltage: 4_380,
        max_temp: 105,
        soc: 334,
        battery_voltage: 3_790,
        pile_max_voltage: 7_500,
        pile_min_voltage: 2_000,
        pile_max_current: max_current,
        pile_min_current: 0,
    }
}

fn demand(current: u16) -> BmsDemand {
    let Message::BmsDemand(demand) = super::decode("G12") else { panic!() };
    BmsDemand { demand_current: current, meas_current: current, out_current: current, ..demand }
}

#[test]
fn handshake_and_parameters_tell_what_the_battery_is_and_allows() {
    let mut bench = Bench::logged_in();
    let first = news(&mut bench, &handshake());
    assert!(first.is_first && first.is_rare);
    assert_eq!((first.session, first.connector), (SessionKey::Trade(trade()), 1));
    let told = first.told;
    assert_eq!(told.battery_type, Some(BatteryType::Lfp));
    assert_eq!((told.capacity_dah, told.rated_voltage_dv), (Some(2_280), Some(3_840)));
    assert_eq!((told.made_day, told.cycle_count), (Some(20_230_520), Some(300)));
    assert_eq!((told.maker.as_deref(), told.bms_protocol.as_deref()), (Some("CATL"), Some("1.1")));
    assert_eq!(told.vin.as_deref(), Some("LSVAA4187E2123456"));

    let told = news(&mut bench, &parameters(2_500)).told;
    assert_eq!((told.cell_voltage_allowed_mv, told.voltage_allowed_dv), (Some(3_650), Some(4_380)));
    assert_eq!((told.temperature_allowed_c, told.energy_wh), (Some(55), Some(87_500)));
    assert_eq!(told.soc_start_percent, Some(33));
    assert_eq!((told.pile_voltage_min_dv, told.pile_voltage_max_dv), (Some(2_000), Some(7_500)));
    assert_eq!(told.current_allowed_da, None, "its coding is not known yet");
    assert_eq!(told.cells_in_series(), Some(120));
}

#[test]
fn what_is_zero_or_nonsense_was_not_told() {
    let mut bench = Bench::logged_in();
    let empty = BmsHandshake {
        battery_type: 0,
        rated_capacity: 0,
        rated_voltage: 0,
        battery_maker: Ascii::EMPTY,
        bms_protocol: Raw([0; 3]),
        made_month: 13,
        cycle_count: Raw([0; 3]),
        vin: Ascii::of("SHORT"),
        ..handshake()
    };
    assert_eq!(news(&mut bench, &empty).told, Default::default());
    // The captured 0x17 of the reference is all zero.
    let Message::BmsParameters(captured) = super::decode("S18") else { panic!() };
    let zero = BmsParameters { trade_no: trade(), pile: pile(), gun: gun(), ..captured };
    assert_eq!(news(&mut bench, &zero).told, Default::default());
    // Without a trade number it is of no session: kept in the log only.
    let nameless = BmsHandshake { trade_no: TradeNo::ZERO, ..handshake() };
    assert_eq!(event(bench.receive(&low(&nameless, [1, 0]))), DeviceEvent::Noted { what: "0x15" });
}

#[test]
fn each_coding_of_the_currents_is_learned_from_what_flows() {
    let Message::Realtime(charging) = super::decode("G11") else { panic!() };
    for coding in CurrentCoding::ALL {
        let mut bench = Bench::logged_in();
        let raw = coding.write(1_105);
        news(&mut bench, &parameters(coding.write(2_500)));
        let early = news(&mut bench, &demand(raw)).told;
        if *coding != CurrentCoding::Plus {
            assert_eq!(early.now.demand_current_da, None, "nothing was measured yet");
        }
        bench.receive(&low(&charging, [2, 0]));
        let told = news(&mut bench, &demand(raw)).told;
        assert_eq!(told.now.demand_current_da, Some(1_105), "{coding:?}");
        let limit = early.current_allowed_da.or(told.current_allowed_da);
        assert_eq!(limit, Some(2_500), "the limit that waited, {coding:?}");
        assert_eq!((told.now.demand_voltage_dv, told.now.cell_voltage_mv), (Some(4_500), Some(3_720)));
        assert_eq!((told.now.soc_percent, told.now.remaining_minutes), (Some(55), Some(42)));
        // Once known, also a demand of next to nothing is read.
        let told = news(&mut bench, &demand(coding.write(1))).told;
        assert_eq!(told.now.demand_current_da, Some(1), "{coding:?}");
    }
}

#[test]
fn what_another_gun_or_an_idle_gun_measures_teaches_nothing() {
    let mut bench = Bench::logged_in();
    let Message::Realtime(charging) = super::decode("G11") else { panic!() };
    bench.receive(&low(&Realtime { gun: Gun::of(2).unwrap(), ..charging.clone() }, [2, 0]));
    bench.receive(&low(&Realtime { state: 2, ..charging }, [3, 0]));
    assert_eq!(news(&mut bench, &demand(1_105)).told.now.demand_current_da, None);
}

#[test]
fn stops_errors_and_states_become_words() {
    let mut bench = Bench::logged_in();
    let codes = |news: BatteryNews| -> Vec<String> {
        let report = news.told;
        report.causes.into_iter().chain(report.alarms).map(|word| word.code).collect()
    };
    let (trade_no, pile, gun) = (trade(), pile(), gun());
    let bms = BmsStop { trade_no, pile, gun, stop_reason: 0x01, stop_fault: 0x0100, stop_error: 0 };
    assert_eq!(codes(news(&mut bench, &bms)), ["ykc:bst:soc_reached", "ykc:bst:pack_hot"]);
    let charger = ChargerStop { trade_no, pile, gun, stop_reason: 0x04, stop_fault: 0x0100, stop_error: 0 };
    assert_eq!(codes(news(&mut bench, &charger)), ["ykc:cst:by_hand", "ykc:cst:emergency_stop"]);
    let error = BmsError { trade_no, pile, gun, error_bits: Raw([0, 0, 0, 0, 0, 0, 1, 0]) };
    assert_eq!(codes(news(&mut bench, &error)), ["ykc:cem:bcs_timeout"]);

    let end = BmsEnd {
        trade_no,
        pile,
        gun,
        end_soc: 96,
        cell_min_voltage: 338,
        cell_max_voltage: 356,
        min_temp: 79,
        max_temp: 88,
        charged_minutes: 41,
        energy: 556,
        charger_no: 1,
    };
    let told = news(&mut bench, &end).told;
    assert_eq!((told.cell_voltage_min_mv, told.cell_voltage_max_mv), (Some(3_380), Some(3_560)));
    assert_eq!((told.temperature_min_c, told.temperature_max_c), (Some(29), Some(38)));
    assert_eq!(told.soc_end_percent, Some(96));

    // 0x25 by hand: highest 35 °C, lowest -3 °C, cell voltage high.
    let body = format!("{TRADE}3201060001923601{}", "0055022F010110");
    let packet =
        crate::ykc::frame::Packet { sequence: [9, 0], encryption: 0, kind: 0x25, body: unhex(&body) };
    let DeviceEvent::Battery(told) =
        event(bench.receive(&packet.to_bytes(crate::ykc::frame::CrcOrder::LowFirst)))
    else {
        panic!()
    };
    assert!(!told.is_rare);
    let report = &told.told;
    assert_eq!((report.temperature_min_c, report.temperature_max_c), (Some(-3), Some(35)));
    assert_eq!(codes(*told), ["ykc:bsm:cell_voltage_high"]);
}

#[test]
fn the_ground_lock_is_told() {
    let mut bench = Bench::logged_in();
    let report = GroundLockReport {
        connector: 1,
        state: GroundLockState::Lowered,
        occupied: Some(false),
        battery_percent: Some(90),
        alarm: None,
    };
    assert_eq!(event(bench.receive(&vector("G32"))), DeviceEvent::GroundLock(report));
}

#[test]
fn a_gun_that_says_nothing_after_the_log_in_is_asked() {
    let mut bench = Bench::by(crate::ykc::Settings::default());
    bench.receive(&vector("G1"));
    bench.answer(Ok(model::device::Answer::Booted { accepted: true }));
    bench.said();
    assert_eq!(bench.session.deadline(), Some(start().plus_ms(10_000)));
    // G1 announces two guns; the first one speaks by itself.
    bench.receive(&vector("G10"));
    let said = bench.later(10_000);
    let [super::Said::Logged("0x12", bytes)] = said.as_slice() else { panic!("{said:?}") };
    let (packet, _) = crate::ykc::frame::Packet::parse(bytes).unwrap();
    assert_eq!(packet.body.last(), Some(&0x02));
    assert_eq!(bench.later(10_000), []);
}
