//! Card starts, bills, and frames that must not be believed.

use super::{Bench, PILE, Said, TRADE, decode, event, low, vector};
use crate::ykc::field::{Ascii, CardNo, PileNo};
use crate::ykc::frame::{CrcOrder, Packet};
use crate::ykc::message::bill::BillReply;
use crate::ykc::message::card_start::{CardStart, CardStartReply};
use crate::ykc::message::{Body, Message};
use model::card::{Token, TokenKind, TokenVerdict};
use model::device::{Answer, DeviceEvent};
use model::error::{Error, Kind};
use model::id::TradeNo;
use model::money::Fen;
use model::order::StartMode;

fn trade() -> TradeNo {
    TradeNo::parse(TRADE).unwrap()
}

fn card_start() -> CardStart {
    match decode("G13") {
        Message::CardStart(ask) => ask,
        other => panic!("{other:?}"),
    }
}

fn verdict(verdict: TokenVerdict) -> Answer {
    Answer::StartAsked { session: trade(), verdict, balance: Fen(5000), card: Some("1000000573".to_owned()) }
}

fn refusal_of(bytes: &[u8]) -> (u8, u8) {
    let (packet, _) = Packet::parse(bytes).unwrap();
    let reply = CardStartReply::decode(&packet.body).unwrap();
    (reply.auth_ok, reply.fail_reason)
}

#[test]
fn a_card_start_is_asked_and_allowed() {
    let mut bench = Bench::logged_in();
    let asked = DeviceEvent::StartAsked {
        connector: 1,
        token: Token::card("D14B0A54"),
        mode: StartMode::Card,
        password: None,
    };
    assert_eq!(event(bench.receive(&vector("G13"))), asked);
    assert_eq!(bench.answer(Ok(verdict(TokenVerdict::Accepted))), vector("G15"));
}

#[test]
fn verdicts_have_their_words() {
    let words = [
        (TokenVerdict::Unknown, 0x01),
        (TokenVerdict::Blocked, 0x02),
        (TokenVerdict::Expired, 0x02),
        (TokenVerdict::CustomerFrozen, 0x02),
        (TokenVerdict::NoBalance, 0x03),
        (TokenVerdict::Concurrent, 0x04),
        (TokenVerdict::OutOfService, 0x05),
        (TokenVerdict::NoTariff, 0x05),
        (TokenVerdict::FleetStation, 0x06),
        (TokenVerdict::FleetHours, 0x06),
        (TokenVerdict::FleetLimit, 0x03),
        (TokenVerdict::WrongPassword, 0x07),
        (TokenVerdict::ConnectorBusy, 0x0A),
    ];
    let mut bench = Bench::logged_in();
    for (why, reason) in words {
        bench.receive(&vector("G13"));
        assert_eq!(refusal_of(&bench.answer(Ok(verdict(why)))), (0, reason), "{why:?}");
    }
    bench.receive(&vector("G14"));
    assert_eq!(refusal_of(&bench.answer(Ok(verdict(TokenVerdict::Unknown)))), (0, 0x09), "an unknown VIN");
    bench.receive(&vector("G13"));
    assert_eq!(refusal_of(&bench.answer(Err(Error::internal()))), (0, 0x05), "nobody is left standing");
}

#[test]
fn a_vin_start_is_put_the_right_way_round() {
    let mut bench = Bench::logged_in();
    let token = Token { kind: TokenKind::Vin, value: "LSVAA4187E2123456".to_owned() };
    let asked = DeviceEvent::StartAsked { connector: 1, token, mode: StartMode::Vin, password: None };
    assert_eq!(event(bench.receive(&vector("G14"))), asked);
}

#[test]
fn passwords_and_odd_start_modes() {
    let mut bench = Bench::logged_in();
    let md5 = "49ba59abbe56e057";
    let ask = CardStart { need_password: 1, password_md5: Ascii::of(md5), ..card_start() };
    let DeviceEvent::StartAsked { password, .. } = event(bench.receive(&low(&ask, [1, 0]))) else { panic!() };
    assert_eq!(password.as_deref(), Some(md5));
    let words = crate::ykc::explain(&low(&ask, [1, 0])).unwrap();
    assert!(words.fields.iter().all(|field| !field.value.zh.contains(md5)), "never shown");

    let account = CardStart { start_mode: 2, card_or_account: CardNo([0; 8]), ..card_start() };
    let DeviceEvent::StartAsked { token, mode, .. } = event(bench.receive(&low(&account, [1, 0]))) else {
        panic!()
    };
    assert_eq!((token.kind, token.value.as_str(), mode), (TokenKind::Account, "0", StartMode::Pile));

    for (start_mode, reason) in [(9, 0x01), (3, 0x09)] {
        let said = bench.receive(&low(&CardStart { start_mode, ..card_start() }, [1, 0]));
        let [Said::Rejected("0x31"), Said::Logged("0x32", reply)] = &said[..] else { panic!("{said:?}") };
        assert_eq!(refusal_of(reply), (0, reason));
    }
}

#[test]
fn a_bill_is_confirmed_only_with_the_engine_s_answer_and_so_is_its_repeat() {
    let mut bench = Bench::logged_in();
    for _ in 0..2 {
        let DeviceEvent::Billed(bill) = event(bench.receive(&vector("G21"))) else { panic!() };
        assert_eq!((bill.session, bill.amount.0), (trade(), 458_228));
        assert_eq!(bench.answer(Ok(Answer::Billed { accepted: true })), vector("G22"));
    }
    bench.receive(&vector("G21"));
    let illegal = BillReply { trade_no: trade(), result: 1 };
    assert_eq!(bench.answer(Ok(Answer::Billed { accepted: false })), low(&illegal, [8, 0]));
    for error in
        [Error::internal(), Error::new(Kind::Unavailable, "part.unavailable", Error::internal().text)]
    {
        bench.receive(&vector("G21"));
        assert!(bench.answer(Err(error)).is_empty(), "no 0x40 without a commit: the pile repeats");
    }
}

#[test]
fn the_bill_of_another_pile_is_kept_out() {
    let mut bench = Bench::logged_in();
    assert_eq!(bench.receive(&vector("S3")), [Said::Rejected("0x3B")]);
    for id in ["S4", "S8", "S9", "S12", "S15", "S20"] {
        let said = bench.receive(&vector(id));
        assert!(matches!(said[..], [Said::Rejected(_)]), "{id} {said:?}");
    }
}

#[test]
fn the_modes_and_ends_of_bills() {
    let Message::Bill(sample) = decode("G21") else { panic!() };
    let modes = [
        (1, StartMode::App),
        (2, StartMode::Card),
        (3, StartMode::Pile),
        (4, StartMode::OfflineCard),
        (5, StartMode::Vin),
    ];
    let mut bench = Bench::logged_in();
    for (trade_flag, mode) in modes {
        let mut bill = sample.clone();
        (bill.trade_flag, bill.stop_reason) = (trade_flag, 0xFE);
        bill.physical_card = CardNo::parse("D14B0A54").unwrap();
        bill.start_time.0[5] = 13;
        let DeviceEvent::Billed(told) = event(bench.receive(&low(&bill, [1, 0]))) else { panic!() };
        assert_eq!((told.mode, told.reason.code.as_str()), (mode, "ykc:FE"));
        assert_eq!(told.card, Some(Token::card("D14B0A54")));
        assert_eq!((told.started_at, told.ended_at.is_some()), (None, true), "month 13 is no time");
    }
}

#[test]
fn what_is_not_understood_is_told_and_the_link_goes_on() {
    let mut bench = Bench::logged_in();
    let pile = PileNo::parse(PILE).unwrap();
    let frame = |kind, encryption, length: usize| {
        let mut body = pile.0.to_vec();
        body.resize(length, 0);
        Packet { sequence: [1, 0], encryption, kind, body }.to_bytes(CrcOrder::LowFirst)
    };
    let rejected = [
        (frame(0x71, 0, 25), "0x71"),
        (frame(0x00, 0, 0), "0x00"),
        (frame(0x03, 1, 9), "0x03"),
        (frame(0x03, 0, 8), "0x03"),
        (frame(0x3B, 0, 157), "0x3B"),
        (frame(0x34, 0, 44), "0x34"),
    ];
    for (bytes, kind) in rejected {
        assert_eq!(bench.receive(&bytes), [Said::Rejected(kind)]);
    }
    // Known by name, kept for later.
    for (id, what) in [("G24", "0x41"), ("G27", "0x51"), ("G30", "0x57")] {
        assert_eq!(event(bench.receive(&vector(id))), DeviceEvent::Noted { what });
        assert!(bench.answer(Ok(Answer::Noted)).is_empty());
    }
    // A longer heartbeat of a dialect is a heartbeat.
    assert_eq!(bench.receive(&frame(0x03, 0, 10)).len(), 2);
}

#[test]
fn a_wrong_crc_is_dropped_and_told_once_a_minute() {
    let mut bench = Bench::logged_in();
    let mut bent = vector("G3");
    bent[8] ^= 1;
    assert_eq!(bench.receive(&bent), [Said::Rejected("garbage")]);
    assert_eq!(bench.receive(&bent), []);
    assert_eq!(bench.receive(&vector("G3")), [Said::Send(vector("G4")), Said::Alive]);
    assert_eq!(bench.line.dropped_bytes(), bent.len() as u64 * 2);
    assert_eq!(bench.line.crc_errors(), 2);
    bench.later(60_000);
    assert_eq!(bench.receive(&bent), [Said::Rejected("garbage")]);
}
