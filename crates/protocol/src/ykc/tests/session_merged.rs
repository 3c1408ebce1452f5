//! 并充 and the balance: what is asked of several guns, and of the one that charges.

use super::{Bench, PILE, Said, TRADE, decode, event, low, vector};
use crate::ykc::field::{Ascii, Bcd, CardNo, Gun, PileNo};
use crate::ykc::message::balance::BalanceUpdateReply;
use crate::ykc::message::merged_start::{MergedCardStart, MergedStartReply};
use crate::ykc::message::{Body, Message};
use model::card::{Token, TokenKind, TokenVerdict};
use model::device::{Answer, DeviceCommand, DeviceEvent, Outcome};
use model::id::{CommandId, TradeNo};
use model::merge::{MergeNo, MergeRole, MergedPart};
use model::money::Fen;
use model::order::StartMode;

const MERGE: &str = "260715103000";

fn pile() -> PileNo {
    PileNo::parse(PILE).unwrap()
}

fn gun(no: u16) -> Gun {
    Gun::of(no).unwrap()
}

fn trade(last: char) -> TradeNo {
    TradeNo::parse(&format!("{}{last}", &TRADE[..31])).unwrap()
}

fn merge() -> MergeNo {
    MergeNo::parse(MERGE).unwrap()
}

fn ask(no: u16, start_mode: u8) -> MergedCardStart {
    MergedCardStart {
        pile: pile(),
        gun: gun(no),
        start_mode,
        need_password: 0,
        card_or_account: CardNo::parse("D14B0A54").unwrap(),
        password_md5: Ascii::EMPTY,
        vin: Ascii::EMPTY,
        role: u8::from(no > 1),
        merge_no: Bcd(merge().0),
    }
}

#[test]
fn a_pile_asks_for_each_gun_and_is_answered_with_the_merge_number() {
    let mut bench = Bench::logged_in();
    let DeviceEvent::MergedStartAsked(asked) = event(bench.receive(&low(&ask(2, 1), [7, 0]))) else {
        panic!()
    };
    assert_eq!((asked.connector, asked.role, asked.merge), (2, MergeRole::Auxiliary, merge()));
    assert_eq!(asked.token, Token { kind: TokenKind::Card, value: "D14B0A54".to_owned() });
    assert_eq!((asked.mode, asked.password), (StartMode::Card, None));
    let answer =
        |verdict| Answer::StartAsked { session: trade('1'), verdict, balance: Fen(5_000), card: None };
    let bytes = bench.answer(Ok(answer(TokenVerdict::Accepted)));
    let Ok(Message::MergedCardStartReply(reply)) = Message::decode(bytes[5], &bytes[6..bytes.len() - 2])
    else {
        panic!()
    };
    assert_eq!((reply.auth_ok, reply.balance, reply.merge_no), (1, 5_000, Bcd(merge().0)));
    assert_eq!((&bytes[2..4], reply.trade_no, reply.gun), (&[7u8, 0][..], trade('1'), gun(2)));
    bench.receive(&low(&ask(1, 1), [8, 0]));
    let bytes = bench.answer(Ok(answer(TokenVerdict::Concurrent)));
    let Ok(Message::MergedCardStartReply(reply)) = Message::decode(bytes[5], &bytes[6..bytes.len() - 2])
    else {
        panic!()
    };
    assert_eq!((reply.auth_ok, reply.fail_reason), (0, 4));
    // Without anybody who wants to start it is refused at once.
    for start_mode in [0, 3, 9] {
        let said = bench.receive(&low(&ask(1, start_mode), [9, 0]));
        assert_eq!((said.len(), &said[0]), (2, &Said::Rejected("0xA1")));
        assert!(matches!(&said[1], Said::Logged("0xA2", _)));
    }
}

fn begin(bench: &mut Bench) -> Vec<Said> {
    let parts = vec![
        MergedPart { connector: 1, session: trade('1') },
        MergedPart { connector: 2, session: trade('2') },
    ];
    let command = DeviceCommand::MergedStart { merge: merge(), parts, balance: Fen(5_000) };
    bench.session.command(CommandId(5), &command, bench.now);
    bench.said()
}

fn reply(no: u16, last: char, fail_reason: u8) -> Vec<u8> {
    let reply = MergedStartReply {
        trade_no: trade(last),
        pile: pile(),
        gun: gun(no),
        result: u8::from(fail_reason == 0),
        fail_reason,
        role: u8::from(no > 1),
        merge_no: Bcd(merge().0),
    };
    low(&reply, [0, 0])
}

#[test]
fn a_merged_start_ends_when_every_gun_has_agreed() {
    let mut bench = Bench::logged_in();
    let said = begin(&mut bench);
    let [Said::Logged("0xA4", first), Said::Logged("0xA4", second)] = said.as_slice() else {
        panic!("{said:?}")
    };
    // As the constructed vector, but for the card and the sequence.
    let Message::MergedStart(vector) = decode("G35") else { panic!() };
    let Ok(Message::MergedStart(sent)) = Message::decode(0xA4, &first[6..first.len() - 2]) else { panic!() };
    assert_eq!((sent.merge_no, sent.balance, sent.gun), (vector.merge_no, vector.balance, vector.gun));
    assert_eq!(second[6 + 23], 0x02);
    let said = bench.receive(&reply(2, '2', 0));
    assert!(matches!(said.as_slice(), [Said::Event(DeviceEvent::StartConfirmed { connector: 2, .. })]));
    // Said twice, it is still one gun.
    assert_eq!(bench.receive(&reply(2, '2', 0)).len(), 1);
    let said = bench.receive(&reply(1, '1', 0));
    assert_eq!(said[1..], [Said::Done(5, Outcome::Accepted { detail: None })]);
    assert_eq!(bench.receive(&reply(1, '1', 0)).len(), 1, "the event only");
}

#[test]
fn one_gun_that_refuses_stops_the_others() {
    let mut bench = Bench::logged_in();
    begin(&mut bench);
    bench.receive(&reply(1, '1', 0));
    let said = bench.receive(&reply(2, '2', 3));
    let [
        Said::Event(DeviceEvent::StartConfirmed { result: Err(_), .. }),
        Said::Logged("0x36", stop),
        Said::Done(5, Outcome::Refused(refusal)),
    ] = said.as_slice()
    else {
        panic!("{said:?}")
    };
    assert_eq!(stop[6 + 7], 0x01, "gun 1");
    assert!(refusal.text.zh.contains("2 号枪"), "{}", refusal.text.zh);
    // No answer at all: it times out as one.
    begin(&mut bench);
    bench.receive(&reply(1, '1', 0));
    assert!(bench.later(30_000).contains(&Said::Done(5, Outcome::TimedOut)));
}

#[test]
fn a_balance_is_updated_and_the_answer_has_its_reason() {
    let mut bench = Bench::logged_in();
    let update = DeviceCommand::BalanceUpdate { connector: 1, balance: Fen(8_888) };
    for (result, code) in [(0, None), (1, Some("ykc:41:01")), (2, Some("ykc:41:02")), (9, Some("ykc:41:09"))]
    {
        bench.session.command(CommandId(6), &update, bench.now);
        let said = bench.said();
        let [Said::Logged("0x42", bytes)] = said.as_slice() else { panic!("{said:?}") };
        assert_eq!(bytes[6..bytes.len() - 2], vector("G23")[6..26], "as the constructed frame");
        let reply = BalanceUpdateReply { pile: pile(), physical_card: CardNo::ZERO, result };
        let said = bench.receive(&low(&reply, [0, 0]));
        match (&said[0], code) {
            (Said::Done(6, Outcome::Accepted { .. }), None) => {}
            (Said::Done(6, Outcome::Refused(refusal)), Some(code)) => assert_eq!(refusal.code, code),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(MergedStartReply::TYPE, 0xA3);
}
