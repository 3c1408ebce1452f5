//! From the connection to a log-in, heartbeats, tariff, clock, silence.

use super::{Bench, PILE, Said, decode, event, low, start, vector};
use crate::ykc::field::{Ascii, Bcd, Cp56, Gun, PileNo, model_number};
use crate::ykc::frame::{CrcOrder, Packet};
use crate::ykc::message::clock::{ClockReply, ClockSet};
use crate::ykc::message::heartbeat::{Heartbeat, HeartbeatReply};
use crate::ykc::message::login::{Login, LoginReply};
use crate::ykc::message::realtime::Realtime;
use crate::ykc::message::tariff::TariffReply;
use crate::ykc::message::tariff_check::{TariffCheck, TariffCheckReply};
use crate::ykc::message::{Body, Message};
use model::Error;
use model::connector::ConnectorStatus;
use model::device::{Answer, CloseReason, DeviceEvent, StatusReport, TariffModel};
use model::site::PileKind;
use model::tariff::Tariff;
use model::time::{DAY_MS, Zone};

fn pile() -> PileNo {
    PileNo::parse(PILE).unwrap()
}

fn clock_set(now: model::time::Timestamp, sequence: [u8; 2]) -> Said {
    let frame = low(&ClockSet { pile: pile(), now: Cp56::of(now, &Zone::shanghai()) }, sequence);
    Said::Logged("0x56", frame)
}

#[test]
fn a_log_in_names_the_pile_and_sets_its_clock() {
    let mut bench = Bench::new();
    let said = bench.receive(&vector("G1"));
    assert_eq!(said[0], Said::Identified(PILE.to_owned()));
    let Said::Event(DeviceEvent::Booted(introduction)) = &said[1] else { panic!("{said:?}") };
    assert_eq!((introduction.kind, introduction.connectors), (Some(PileKind::Dc), Some(2)));
    assert_eq!(introduction.firmware.as_deref(), Some("V1.0.0"));
    assert_eq!(introduction.iccid.as_deref(), Some("89860400000000000001"));
    assert_eq!((&introduction.model, &introduction.vendor), (&None, &None));
    assert_eq!(bench.answer(Ok(Answer::Booted { accepted: true })), vector("G2"));
    assert_eq!(bench.said(), [clock_set(start(), [0, 0])]);
}

#[test]
fn a_stranger_is_told_and_the_link_closed() {
    let mut bench = Bench::new();
    bench.receive(&vector("G1"));
    let refusal = low(&LoginReply { pile: pile(), result: 1 }, [0, 0]);
    assert_eq!(bench.answer(Ok(Answer::Booted { accepted: false })), refusal);
    assert_eq!(bench.said(), [Said::Close(CloseReason::NotRegistered)]);
    assert_eq!(bench.receive(&vector("G1")), [], "nothing is heard after the close");
    assert_eq!(bench.session.deadline(), None);
}

#[test]
fn a_fault_of_ours_is_no_answer_and_the_pile_may_try_again() {
    let mut bench = Bench::new();
    bench.receive(&vector("G1"));
    assert!(bench.answer(Err(Error::internal())).is_empty());
    assert_eq!(bench.said(), []);
    assert_eq!(bench.receive(&vector("G1")).len(), 2);
}

#[test]
fn nothing_but_a_log_in_is_accepted_before_the_log_in() {
    let mut bench = Bench::new();
    let kinds =
        [("G3", "0x03"), ("G5", "0x05"), ("G7", "0x09"), ("G11", "0x13"), ("G13", "0x31"), ("G21", "0x3B")];
    for (id, kind) in kinds {
        assert_eq!(bench.receive(&vector(id)), [Said::Rejected(kind)]);
    }
    bench.receive(&vector("G1"));
    assert_eq!(bench.receive(&vector("G21")), [Said::Rejected("0x3B")], "the log-in has no answer yet");
    // Refused frames do not keep the link.
    let mut bench = Bench::new();
    bench.later(60_000);
    bench.receive(&vector("G3"));
    assert_eq!(bench.later(30_000), [Said::Close(CloseReason::Silent)]);
}

#[test]
fn a_pile_number_must_be_14_digits() {
    let mut login = match decode("G1") {
        Message::Login(login) => login,
        other => panic!("{other:?}"),
    };
    login.pile = PileNo([0xFA; 7]);
    let mut bench = Bench::new();
    let refusal = low(&LoginReply { pile: login.pile, result: 1 }, [1, 0]);
    let said = bench.receive(&low(&login, [1, 0]));
    let closed = Said::Close(CloseReason::NotRegistered);
    assert_eq!(said, [Said::Rejected("0x01"), Said::Logged("0x02", refusal), closed]);
}

#[test]
fn the_simcard_and_firmware_may_be_garbage() {
    let login = Login {
        pile: pile(),
        pile_type: 7,
        gun_count: 255,
        protocol_version: 0x11,
        firmware: Ascii([0x80; 8]),
        net_type: 9,
        sim_iccid: Bcd::ZERO,
        carrier: 1,
    };
    let mut bench = Bench::new();
    let DeviceEvent::Booted(introduction) = event(bench.receive(&low(&login, [0, 0]))) else { panic!() };
    assert_eq!((introduction.kind, introduction.firmware, introduction.iccid), (None, None, None));
}

#[test]
fn a_second_log_in_on_the_link_is_an_event_and_another_pile_is_not() {
    let mut bench = Bench::logged_in();
    assert!(matches!(bench.receive(&vector("G1"))[..], [Said::Event(DeviceEvent::Booted(_))]));
    assert_eq!(bench.answer(Ok(Answer::Booted { accepted: true })), vector("G2"));
    assert_eq!(bench.said(), [clock_set(start(), [1, 0])]);
    assert_eq!(bench.receive(&vector("S1")), [Said::Rejected("0x01")]);
}

#[test]
fn heartbeats_are_answered_at_once_and_only_a_fault_is_told() {
    let mut bench = Bench::logged_in();
    assert_eq!(bench.receive(&vector("G3")), [Said::Send(vector("G4")), Said::Alive]);
    let beat = |gun_state| low(&Heartbeat { pile: pile(), gun: Gun(0x02), gun_state }, [7, 7]);
    let reply = low(&HeartbeatReply { pile: pile(), gun: Gun(0x02), ack: 0 }, [7, 7]);
    let said = bench.receive(&beat(1));
    assert_eq!(said[..2], [Said::Send(reply.clone()), Said::Alive]);
    let DeviceEvent::Status(report) = event(said) else { panic!() };
    assert_eq!((report.connector, report.status), (2, ConnectorStatus::Faulted));
    assert_eq!(report.error.unwrap().code, "ykc:gun_fault");
    assert_eq!(bench.receive(&beat(1)).len(), 2, "told once");
    let back = StatusReport { connector: 2, status: ConnectorStatus::Available, error: None, at: None };
    assert_eq!(event(bench.receive(&beat(0))), DeviceEvent::Status(back));
}

#[test]
fn a_fault_that_0x13_told_is_not_told_again_by_the_heartbeat() {
    let Message::Realtime(mut data) = decode("G10") else { panic!() };
    (data.state, data.hw_fault) = (1, 0x0041);
    let mut bench = Bench::logged_in();
    let DeviceEvent::Observed(observed) = event(bench.receive(&low(&data, [1, 0]))) else { panic!() };
    let fault = observed.status.error.unwrap();
    assert_eq!(
        (observed.status.status, fault.code.as_str()),
        (ConnectorStatus::Faulted, "ykc:hw_fault:0041")
    );
    assert_eq!(fault.info.as_deref(), Some("急停按钮动作故障、电度表通信中断"));
    let beat = low(&Heartbeat { pile: pile(), gun: Gun(1), gun_state: 1 }, [2, 0]);
    assert_eq!(bench.receive(&beat).len(), 2);
}

#[test]
fn states_of_0x13() {
    let Message::Realtime(idle) = decode("G10") else { panic!() };
    let states = [
        (0, 0, ConnectorStatus::Unavailable),
        (1, 0, ConnectorStatus::Faulted),
        (2, 0, ConnectorStatus::Available),
        (2, 1, ConnectorStatus::Preparing),
        (3, 1, ConnectorStatus::Charging),
        (9, 0, ConnectorStatus::Unknown),
    ];
    let mut bench = Bench::logged_in();
    for (state, plugged, status) in states {
        let frame = low(&Realtime { state, plugged, ..idle.clone() }, [1, 0]);
        let DeviceEvent::Observed(observed) = event(bench.receive(&frame)) else { panic!() };
        assert_eq!((observed.status.status, observed.charging), (status, state == 3), "{state}");
        assert_eq!(observed.status.error.is_some(), state == 1);
    }
}

#[test]
fn the_tariff_is_checked_and_sent() {
    let mut bench = Bench::logged_in();
    assert_eq!(event(bench.receive(&vector("G5"))), DeviceEvent::TariffChecked { model_no: 0 });
    assert_eq!(bench.answer(Ok(Answer::TariffChecked { model_no: 100, same: false })), vector("G6"));
    assert_eq!(event(bench.receive(&vector("G7"))), DeviceEvent::TariffAsked);
    let Message::TariffReply(sample) = decode("G8") else { panic!() };
    let model = TariffModel { model_no: 100, tariff: sample.tariff().unwrap() };
    assert_eq!(bench.answer(Ok(Answer::Tariff(Some(model)))), vector("G8"));

    event(bench.receive(&vector("G7")));
    assert!(bench.answer(Ok(Answer::Tariff(None))).is_empty(), "without a tariff the pile must not charge");

    let check = TariffCheck { pile: pile(), model_no: model_number(1234) };
    assert_eq!(event(bench.receive(&low(&check, [5, 6]))), DeviceEvent::TariffChecked { model_no: 1234 });
    let same = TariffCheckReply { pile: pile(), model_no: model_number(1234), result: 0 };
    assert_eq!(bench.answer(Ok(Answer::TariffChecked { model_no: 1234, same: true })), low(&same, [5, 6]));
    let odd = TariffCheck { pile: pile(), model_no: Bcd([0xFF, 0xFF]) };
    assert_eq!(event(bench.receive(&low(&odd, [5, 6]))), DeviceEvent::TariffChecked { model_no: 0 });
}

#[test]
fn prices_out_of_range_saturate() {
    let mut tariff = Tariff::uniform(model::money::Price(-1), model::money::Price(i64::MAX));
    tariff.periods[0] = model::tariff::Period::Valley;
    let wire = TariffReply::of(pile(), &TariffModel { model_no: 1, tariff });
    assert_eq!((wire.sharp.electricity, wire.sharp.service), (0, u32::MAX));
    assert_eq!((wire.periods.0[0], wire.periods.0[1]), (3, 2));
}

#[test]
fn answers_go_low_byte_first_whatever_the_pile_uses() {
    let mut bench = Bench::new();
    let login = Packet::parse(&vector("G1")).unwrap().0.to_bytes(CrcOrder::HighFirst);
    bench.receive(&login);
    let accepted = LoginReply { pile: pile(), result: 0 }.frame([0, 0], CrcOrder::LowFirst);
    assert_eq!(bench.answer(Ok(Answer::Booted { accepted: true })), accepted);
    let Some(Said::Logged("0x56", bytes)) = bench.said().pop() else { panic!() };
    assert_eq!(Packet::parse(&bytes).unwrap().1, Some(CrcOrder::LowFirst));
}

#[test]
fn the_clock_is_set_daily_and_told() {
    let mut bench = Bench::logged_in();
    let reply = |now| low(&ClockReply { pile: pile(), now }, [0, 0]);
    let shanghai = Zone::shanghai();
    let told = event(bench.receive(&reply(Cp56::of(start(), &shanghai))));
    assert_eq!(told, DeviceEvent::ClockReported { at: start() });
    assert_eq!(bench.receive(&reply(Cp56([0; 7]))), [Said::Rejected("0x55")]);
    let mut sent = 0;
    for _ in 0..DAY_MS / 60_000 + 1 {
        bench.receive(&vector("G3"));
        sent += bench.later(60_000).iter().filter(|said| matches!(said, Said::Logged("0x56", _))).count();
    }
    assert_eq!(sent, 1);
}

#[test]
fn times_are_of_the_station_s_zone() {
    let mut bench = Bench::logged_in();
    bench.session.set_zone(Zone::parse("Asia/Kathmandu").unwrap());
    let DeviceEvent::Billed(bill) = event(bench.receive(&vector("G21"))) else { panic!() };
    assert_eq!(bill.started_at, model::time::Timestamp::parse("2026-07-15T10:30:05+05:45"));
}

#[test]
fn a_silent_link_is_given_up_after_90_seconds() {
    let mut bench = Bench::logged_in();
    assert_eq!(bench.session.deadline(), Some(start().plus_ms(90_000)));
    assert_eq!(bench.later(89_999), []);
    bench.receive(&vector("G3"));
    assert_eq!(bench.later(89_999), []);
    assert_eq!(bench.later(1), [Said::Close(CloseReason::Silent)]);
    assert_eq!((bench.later(90_000), bench.session.deadline()), (vec![], None));
}

#[test]
fn half_a_frame_is_given_up_and_the_frame_behind_it_found() {
    let mut bench = Bench::logged_in();
    let said = bench.receive(&[&[0x68, 0xFF, 0x00][..], &vector("G3")].concat());
    assert_eq!(said, [], "the garbage announces 255 bytes");
    assert_eq!(bench.line.deadline(), Some(start().plus_ms(10_000)));
    assert_eq!(bench.later(10_000), [Said::Send(vector("G4")), Said::Alive]);
    assert_eq!((bench.line.dropped_bytes(), bench.line.crc_errors()), (3, 0));
}

#[test]
fn so_much_garbage_is_noise_and_a_pile_behind_it_is_heard() {
    let mut bench = Bench::new();
    assert_eq!(bench.receive(&[b'x'; 4096]), [Said::Rejected("garbage")]);
    assert!(!bench.line.is_noise());
    assert_eq!(bench.receive(b"GET / HTTP/1.1"), [], "told once a minute");
    assert!(bench.line.is_noise(), "the gateway closes it, unless a pile has logged in");
    let mut bench = Bench::logged_in();
    bench.receive(&[b'x'; 8192]);
    assert_eq!(bench.receive(&vector("G3")).len(), 2, "a pile behind a bad line is kept");
}
