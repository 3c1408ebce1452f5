//! Every frame of ykc.md section 7 says what it is stated to say, and is written back unchanged.

use super::{TRADE, decode, start, vectors};
use crate::ykc::field::{Cp56, Meter};
use crate::ykc::frame::Packet;
use crate::ykc::message::{Message, explain};
use model::device::Observation;
use model::money::Price;
use model::order::{StartMode, StopClass};
use model::tariff::Period;
use model::time::{Timestamp, Zone};

macro_rules! is {
    ($id:literal, $variant:ident) => {
        match decode($id) {
            Message::$variant(body) => body,
            other => panic!("{} is {other:?}", $id),
        }
    };
}

fn at(text: &str) -> Option<Timestamp> {
    Timestamp::parse(&format!("{text}+08:00"))
}

#[test]
fn every_vector_is_one_frame_and_is_written_back_byte_for_byte() {
    for (id, order, bytes) in vectors() {
        let (packet, found) = Packet::parse(&bytes).unwrap();
        assert_eq!((found, packet.encryption), (Some(order), 0), "{id}");
        assert_eq!(packet.to_bytes(order), bytes, "{id}");
        let message = Message::decode(packet.kind, &packet.body).unwrap();
        assert_eq!(message.frame(packet.sequence, order), bytes, "{id}");
        let explained = explain(&bytes).unwrap();
        assert_ne!(explained.title.zh, "未知帧类型", "{id}");
    }
}

#[test]
fn logins() {
    let s1 = is!("S1", Login);
    assert_eq!(s1.pile.to_string(), "01812000000005");
    assert_eq!(
        (s1.pile_type, s1.gun_count, s1.protocol_version, s1.net_type, s1.carrier),
        (0, 2, 0x10, 1, 4)
    );
    assert_eq!(s1.firmware.text().as_deref(), Some("V1.4.1.5"));
    let s5 = is!("S5", Login);
    assert_eq!((s5.pile.to_string().as_str(), s5.pile_type, s5.gun_count), ("20231212000010", 1, 1));
    assert_eq!(s5.firmware.text().as_deref(), Some("GV.95r13"));
    assert_eq!(s5.sim_iccid.to_string(), "898604D11722D0348606");
    assert_eq!((s5.net_type, s5.carrier), (0, 2));
    let g1 = is!("G1", Login);
    assert_eq!((g1.pile_type, g1.gun_count, g1.protocol_version), (0, 2, 0x10));
    assert_eq!(g1.firmware.text().as_deref(), Some("V1.0.0"));
    for (id, pile) in [("S6", "20231212000010"), ("S7", "55031412782305"), ("G2", super::PILE)] {
        let reply = is_login_reply(id);
        assert_eq!(reply, (pile.to_owned(), 0), "{id}");
    }
}

fn is_login_reply(id: &str) -> (String, u8) {
    match decode(id) {
        Message::LoginReply(reply) => (reply.pile.to_string(), reply.result),
        other => panic!("{other:?}"),
    }
}

#[test]
fn heartbeats_and_model_checks() {
    let beat = is!("S8", Heartbeat);
    assert_eq!((beat.gun.no(), beat.gun_state), (1, 0));
    assert_eq!(is!("G3", Heartbeat).gun_state, 0);
    assert_eq!(is!("G4", HeartbeatReply).ack, 0);
    assert_eq!(is!("S9", TariffCheck).model_no.number(), Some(0));
    assert_eq!(is!("G5", TariffCheck).model_no.number(), Some(0));
    let (s10, g6) = (is!("S10", TariffCheckReply), is!("G6", TariffCheckReply));
    assert_eq!((s10.model_no.number(), s10.result), (Some(0), 0));
    assert_eq!(is!("S11", TariffCheckReply).result, 0);
    assert_eq!((g6.model_no.number(), g6.result), (Some(100), 1));
    assert_eq!(is!("S12", TariffRequest).pile.to_string(), "20231212000010");
    assert_eq!(is!("G7", TariffRequest).pile.to_string(), super::PILE);
}

#[test]
fn tariffs() {
    let reply = is!("G8", TariffReply);
    let tariff = reply.tariff().unwrap();
    let prices = Period::ALL.map(|period| (tariff.rate(period).electricity, tariff.rate(period).service));
    let service = Price(40_000);
    let expected = [120_000, 100_000, 70_000, 30_000].map(|price| (Price(price), service));
    assert_eq!(prices, expected);
    let changes = [(0, 3), (7, 2), (9, 1), (11, 2), (14, 0), (16, 2), (18, 1), (21, 2), (22, 3)];
    for (hour, number) in changes {
        assert_eq!(tariff.periods[hour * 2].number(), number, "{hour}:00");
    }
    assert_eq!((reply.model_no.number(), reply.loss_ratio), (Some(100), 0));
    let set = is!("G29", TariffSet);
    assert_eq!((set.model_no.number(), set.tariff()), (Some(101), Some(tariff)));
    assert_eq!(is!("G30", TariffSetReply).result, 1);
    let words = explain(&super::vector("G8")).unwrap();
    let periods = &words.fields.last().unwrap().value;
    assert!(periods.zh.starts_with("00:00 谷, 07:00 平, 09:00 峰"), "{}", periods.zh);
    assert!(words.fields[2].value.zh.contains("1.20000 元/kWh + 0.40000 元/kWh"), "{:?}", words.fields[2]);
}

/// As the session of pile 32010600019236 tells it.
fn observe(id: &str) -> Observation {
    let mut bench = super::Bench::logged_in();
    match super::event(bench.receive(&super::vector(id))) {
        model::device::DeviceEvent::Observed(observed) => *observed,
        other => panic!("{other:?}"),
    }
}

#[test]
fn realtime_data() {
    let s4 = is!("S4", Realtime);
    assert_eq!(s4.trade_no.to_string(), "20231212000010000000001005713600");
    assert_eq!((s4.pile.to_string().as_str(), s4.gun.no()), ("32010600395600", 2));
    assert_eq!((s4.state, s4.gun_home, s4.plugged, s4.voltage, s4.current), (3, 2, 1, 3732, 1012));
    assert_eq!((s4.cable_temp, s4.soc, s4.battery_max_temp), (84, 78, 85));
    assert_eq!((s4.charged_minutes, s4.remaining_minutes), (16, 32));
    assert_eq!((s4.energy, s4.loss_energy, s4.amount, s4.hw_fault), (88_000, 0, 93_280, 0));

    let idle = observe("G10");
    assert_eq!((idle.session, idle.charging, idle.status.status.as_str()), (None, false, "available"));
    assert_eq!((idle.sample.energy, idle.sample.soc_percent, idle.sample.temperature_c), (None, None, None));

    let g11 = observe("G11");
    assert_eq!(g11.session.unwrap().to_string(), TRADE);
    assert_eq!((g11.charging, g11.status.status.as_str(), g11.status.connector), (true, "charging", 1));
    let sample = &g11.sample;
    assert_eq!((sample.voltage_dv, sample.current_da), (Some(4012), Some(1105)));
    assert_eq!(
        (sample.temperature_c, sample.soc_percent, sample.power_w),
        (Some(25), Some(55), Some(44_332))
    );
    assert_eq!(
        sample.energy.unwrap(),
        model::device::SampledEnergy::Session(model::energy::Energy::from_dwh(228_765))
    );
    assert_eq!((g11.amount.0, g11.remaining_minutes), (318_012, Some(42)));
    assert_eq!(is!("G11", Realtime).battery_max_temp, 80);
    assert_eq!(is!("G9", RealtimeRequest).gun.no(), 1);
}

#[test]
fn card_starts_and_their_answers() {
    let g13 = is!("G13", CardStart);
    assert_eq!((g13.start_mode, g13.need_password), (1, 0));
    assert_eq!(g13.card_or_account.text().as_deref(), Some("D14B0A54"));
    let g14 = is!("G14", CardStart);
    assert_eq!((g14.start_mode, g14.vin.reversed().text().as_deref()), (3, Some("LSVAA4187E2123456")));
    let s13 = is!("S13", CardStartReply);
    assert_eq!(s13.trade_no.to_string(), "32010200000001012018061219595785");
    assert_eq!((s13.auth_ok, s13.fail_reason, s13.balance), (0, 1, 0));
    let g15 = is!("G15", CardStartReply);
    assert_eq!(
        (g15.auth_ok, g15.fail_reason, g15.balance, g15.logic_card.text().as_deref()),
        (1, 0, 5000, Some("1000000573"))
    );
}

#[test]
fn remote_starts_and_stops() {
    let s14 = is!("S14", RemoteStart);
    assert_eq!(s14.trade_no.to_string(), "00000000000012345678901234567890");
    assert_eq!((s14.gun.no(), s14.balance), (1, 10_000));
    assert_eq!(s14.logic_card.text().as_deref(), Some("5678901234567890"));
    assert_eq!(s14.physical_card.text().as_deref(), Some("5678901234567890"));
    let g16 = is!("G16", RemoteStart);
    assert_eq!((g16.trade_no.to_string().as_str(), g16.balance), (TRADE, 5000));
    assert_eq!(is!("S15", RemoteStartReply).outcome(), Ok(()));
    assert_eq!(is!("G17", RemoteStartReply).outcome(), Ok(()));
    let refusal = is!("G18", RemoteStartReply).outcome().unwrap_err();
    assert_eq!(refusal.code, "ykc:33:05");
    assert!(refusal.text.zh.contains("未插枪") && refusal.text.en.contains("not plugged"));
    assert_eq!(is!("G19", RemoteStop).gun.no(), 1);
    assert_eq!(is!("G20", RemoteStopReply).outcome(), Ok(()));
}

#[test]
fn the_captured_bill() {
    let bill = is!("S3", Bill).to_bill(&Zone::shanghai());
    assert_eq!((bill.started_at, bill.ended_at), (at("2023-12-13T17:04:14"), at("2023-12-13T17:09:36")));
    assert_eq!(bill.periods.map(|p| p.price.0), [150_000, 130_000, 110_000, 90_000]);
    assert_eq!(bill.periods.map(|p| p.energy.dwh()), [0, 0, 0, 1650]);
    assert_eq!(bill.periods.map(|p| p.amount.0), [0, 0, 0, 1400]);
    assert_eq!((bill.meter_start.dwh(), bill.meter_end.dwh()), (0, 0));
    assert_eq!((bill.energy.dwh(), bill.amount.0, bill.connector), (1650, 1400, 1));
    assert_eq!((bill.vin, bill.card, bill.mode), (None, None, StartMode::App));
    assert_eq!((bill.reason.class, bill.reason.code.as_str()), (StopClass::Normal, "ykc:40"));
    assert_eq!(is!("S16", BillReply).trade_no, bill.session);
    assert_eq!(is!("S16", BillReply).result, 0);
}

#[test]
fn the_constructed_bill() {
    let bill = is!("G21", Bill).to_bill(&Zone::shanghai());
    assert_eq!(bill.session.to_string(), TRADE);
    assert_eq!((bill.started_at, bill.ended_at), (at("2026-07-15T10:30:05"), at("2026-07-15T11:42:38")));
    assert_eq!(bill.periods.map(|p| p.energy.dwh()), [0, 221_234, 135_000, 0]);
    assert_eq!(bill.periods.map(|p| p.amount.0), [0, 309_728, 148_500, 0]);
    assert_eq!((bill.periods[1].price.0, bill.periods[2].price.0), (140_000, 110_000));
    assert_eq!((bill.energy.dwh(), bill.loss_energy.dwh(), bill.amount.0), (356_234, 356_234, 458_228));
    assert_eq!((bill.meter_start.dwh(), bill.meter_end.dwh()), (1_234_567_890, 1_234_924_124));
    assert_eq!((bill.vin.as_deref(), bill.mode), (Some("LSVAA4187E2123456"), StartMode::App));
    assert_eq!(bill.reason.code, "ykc:41");
    assert_eq!(is!("G21", Bill).meter_start, Meter::of(1_234_567_890));
    assert_eq!(is!("G22", BillReply).result, 0);
}

#[test]
fn clocks_and_reboots() {
    let zone = Zone::shanghai();
    assert_eq!(is!("S17", ClockSet).now.at(&zone), at("2024-12-18T17:15:30"));
    let g28 = is!("G28", ClockSet);
    assert_eq!((g28.now.at(&zone), g28.now), (Some(start()), Cp56::of(start(), &zone)));
    assert_eq!(is!("S20", RebootReply).result, 1);
    assert_eq!(is!("G33", Reboot).when, 2);
}

#[test]
fn bms_frames_are_explained() {
    let s2 = is!("S2", BmsDemand);
    assert_eq!((s2.demand_voltage, s2.demand_current, s2.mode), (7008, 568, 2));
    assert_eq!((s2.meas_voltage, s2.meas_current, s2.cell_max_v_group), (6619, 611, 0x0159));
    assert_eq!(
        (s2.soc, s2.remaining_minutes, s2.out_voltage, s2.out_current, s2.charged_minutes),
        (95, 6, 6641, 566, 48)
    );
    let shown = |name: &str| {
        let words = explain(&super::vector("S2")).unwrap();
        words.fields.into_iter().find(|field| field.name == name).unwrap().value.zh.into_owned()
    };
    assert_eq!(shown("demand_voltage"), "700.8 V");
    assert_eq!(shown("cell_max_v_group"), "3.45 V，第 0 组");
    assert_eq!(shown("trade_no"), "18120000003627012506518533980160");
    let g12 = is!("G12", BmsDemand);
    assert_eq!((g12.demand_voltage, g12.demand_current, g12.out_current), (4500, 5105, 5105));
    assert_eq!((g12.meas_current, g12.soc, g12.remaining_minutes, g12.charged_minutes), (5103, 55, 42, 31));
    assert_eq!(is!("S18", BmsParameters).cell_max_voltage, 0);
    assert_eq!(is!("S19", BmsStop).stop_fault, 0);
}

#[test]
fn frames_for_later_are_explained() {
    let balance = is!("G23", BalanceUpdate);
    assert_eq!((balance.balance, balance.physical_card.text()), (8888, None));
    assert_eq!(is!("G24", BalanceUpdateReply).result, 0);
    let parameters = is!("G26", WorkParameters);
    assert_eq!((parameters.work_allowed, parameters.max_power_pct), (0, 80));
    assert_eq!(is!("G27", WorkParametersReply).result, 1);
    assert_eq!((is!("G31", GroundLock).gun, is!("G31", GroundLock).action), (1, 0xFF));
    let lock = is!("G32", GroundLockReport);
    assert_eq!((lock.lock_state, lock.park_state, lock.battery_pct), (0xFF, 0, 90));
    assert_eq!(is!("S21", FirmwareUpdateReply).status, 0);
    let update = is!("S22", FirmwareUpdate);
    assert_eq!(
        (update.model, update.power, update.port, update.when, update.timeout_min),
        (1, 15, 21, 2, 60)
    );
    assert_eq!(update.server.text().as_deref(), Some("114.55.114.174"));
    assert_eq!(
        (update.user.text().as_deref(), update.password.text().as_deref()),
        (Some("sr"), Some("sr123"))
    );
    assert_eq!(update.path.text().as_deref(), Some("AC-7KW/20180131"));
    assert_eq!(is!("G34", FirmwareUpdate).when, 2);
    let merged = is!("G35", MergedStart);
    assert_eq!((merged.merge_no.to_string().as_str(), merged.balance), ("260715103000", 5000));
    let words = explain(&super::vector("S22")).unwrap();
    assert!(words.fields.iter().all(|field| !field.value.zh.contains("sr123")), "no password is shown");
}
