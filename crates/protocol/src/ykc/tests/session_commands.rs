//! Commands: what is sent, which reply ends them, and when nothing does.

use super::{Bench, PILE, Said, TRADE, decode, low, start, vector};
use crate::ykc::field::{CardNo, Gun, PileNo, Raw};
use crate::ykc::frame::Packet;
use crate::ykc::message::clock::ClockReply;
use crate::ykc::message::ground_lock::GroundLockReply;
use crate::ykc::message::offline_cards::{
    Found, OfflineCardsAdd, OfflineCardsAddReply, OfflineCardsFind, OfflineCardsFindReply,
    OfflineCardsRemoveReply, Removed,
};
use crate::ykc::message::reboot::{Reboot, RebootReply};
use crate::ykc::message::remote_start::{RemoteStart, RemoteStartReply};
use crate::ykc::message::remote_stop::RemoteStopReply;
use crate::ykc::message::tariff::{TariffSet, TariffSetReply};
use crate::ykc::message::work_parameters::WorkParameters;
use crate::ykc::message::{Body, Message, clock};
use model::desired::Learned;
use model::device::{Answer, CloseReason, DeviceCommand, DeviceEvent, Outcome, TariffModel};
use model::id::{CommandId, SessionKey, TradeNo};
use model::money::Fen;

const OK: Outcome = Outcome::Accepted { detail: None };

fn pile() -> PileNo {
    PileNo::parse(PILE).unwrap()
}

fn trade(last: u8) -> TradeNo {
    let mut trade = TradeNo::parse(TRADE).unwrap();
    trade.0[15] = last;
    trade
}

fn start_command(connector: u16, session: TradeNo) -> DeviceCommand {
    DeviceCommand::Start {
        connector,
        token: "D14B0A54".to_owned(),
        session: Some(session),
        balance: Fen(5000),
    }
}

fn stop_command(connector: u16) -> DeviceCommand {
    DeviceCommand::Stop { session: SessionKey::Trade(trade(1)), connector }
}

impl Bench {
    fn command(&mut self, id: i64, command: &DeviceCommand) -> Vec<Said> {
        self.session.command(CommandId(id), command, self.now);
        self.said()
    }
}

fn sent(said: &[Said]) -> (u8, [u8; 2], Vec<u8>) {
    let [Said::Logged(_, bytes)] = said else { panic!("{said:?}") };
    let (packet, _) = Packet::parse(bytes).unwrap();
    (packet.kind, packet.sequence, packet.body)
}

fn refused(said: &Said) -> String {
    match said {
        Said::Done(_, Outcome::Refused(refusal)) => refusal.code.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_start_without_a_plug_and_the_late_plug() {
    let mut bench = Bench::logged_in();
    let (kind, sequence, body) = sent(&bench.command(5, &start_command(1, trade(1))));
    assert_eq!((kind, sequence), (0x34, [1, 0]), "0 was the clock");
    let start = RemoteStart::decode(&body).unwrap();
    assert_eq!((start.trade_no.to_string().as_str(), start.gun, start.balance), (TRADE, Gun(1), 5000));
    assert_eq!(start.physical_card.text().as_deref(), Some("D14B0A54"));

    let said = bench.receive(&vector("G18"));
    let [Said::Event(DeviceEvent::StartConfirmed { session, connector: 1, result: Err(_) }), done] =
        &said[..]
    else {
        panic!("{said:?}")
    };
    assert_eq!((session.to_string().as_str(), refused(done).as_str()), (TRADE, "ykc:33:05"));

    let said = bench.receive(&vector("G17"));
    let confirmed =
        DeviceEvent::StartConfirmed { session: SessionKey::Trade(trade(1)), connector: 1, result: Ok(()) };
    assert_eq!(said, [Said::Event(confirmed)], "the command has ended already");
    assert_eq!(bench.later(30_000), []);
}

#[test]
fn the_sample_start_is_sent_byte_for_byte() {
    let Message::RemoteStart(mut sample) = decode("G16") else { panic!() };
    sample.logic_card = crate::ykc::field::Bcd::ZERO;
    let mut bench = Bench::logged_in();
    let said = bench.command(5, &start_command(1, trade(1)));
    assert_eq!(said, [Said::Logged("0x34", low(&sample, [1, 0]))]);
    assert_eq!(bench.receive(&vector("G17"))[1..], [Said::Done(5, OK)]);
}

#[test]
fn starts_that_cannot_be_said() {
    let mut bench = Bench::logged_in();
    assert_eq!(refused(&bench.command(1, &start_command(0, trade(1)))[0]), "ykc:gun");
    assert_eq!(refused(&bench.command(1, &start_command(100, trade(1)))[0]), "ykc:gun");
    let nameless =
        DeviceCommand::Start { connector: 1, token: String::new(), session: None, balance: Fen(0) };
    assert_eq!(refused(&bench.command(1, &nameless)[0]), "ykc:trade_no");
    let tagged = DeviceCommand::Start {
        connector: 1,
        token: "PO-7Q2M".to_owned(),
        session: Some(trade(1)),
        balance: Fen(-5),
    };
    let (_, _, body) = sent(&bench.command(1, &tagged));
    let start = RemoteStart::decode(&body).unwrap();
    assert_eq!((start.physical_card.text(), start.balance), (None, 0));
}

#[test]
fn replies_find_their_command_by_gun_and_trade_number() {
    let mut bench = Bench::logged_in();
    bench.command(1, &start_command(1, trade(1)));
    bench.command(2, &start_command(2, trade(2)));
    let reply = |gun, trade_no| {
        low(&RemoteStartReply { trade_no, pile: pile(), gun, result: 1, fail_reason: 0 }, [0xAD, 0x71])
    };
    assert_eq!(bench.receive(&reply(Gun(1), trade(3))).len(), 1, "of no command: only the event");
    assert_eq!(bench.receive(&reply(Gun(2), trade(1))).len(), 1, "the wrong gun");
    assert_eq!(bench.receive(&reply(Gun(1), trade(1)))[1..], [Said::Done(1, OK)]);
    assert_eq!(bench.receive(&reply(Gun(2), trade(2)))[1..], [Said::Done(2, OK)]);
}

#[test]
fn among_equal_commands_the_echoed_sequence_decides_else_the_newest() {
    let mut bench = Bench::logged_in();
    let (_, first, _) = sent(&bench.command(1, &stop_command(1)));
    bench.command(2, &stop_command(1));
    bench.command(3, &stop_command(1));
    let reply =
        |sequence| low(&RemoteStopReply { pile: pile(), gun: Gun(1), result: 1, fail_reason: 0 }, sequence);
    assert_eq!(bench.receive(&reply(first)), [Said::Done(1, OK)]);
    assert_eq!(bench.receive(&reply([0xEE, 0xEE])), [Said::Done(3, OK)]);
    assert_eq!(bench.receive(&reply([0xEE, 0xEE])), [Said::Done(2, OK)]);
    let late = Said::Event(DeviceEvent::Noted { what: "0x35" });
    assert_eq!(bench.receive(&reply([0xEE, 0xEE])), [late]);
}

#[test]
fn a_stop_that_the_pile_refuses() {
    let mut bench = Bench::logged_in();
    let said = bench.command(4, &stop_command(1));
    let Message::RemoteStop(sample) = decode("G19") else { panic!() };
    assert_eq!(said, [Said::Logged("0x36", low(&sample, [1, 0]))]);
    let reply = RemoteStopReply { pile: pile(), gun: Gun(1), result: 0, fail_reason: 2 };
    assert_eq!(refused(&bench.receive(&low(&reply, [1, 0]))[0]), "ykc:35:02");
}

#[test]
fn reboots_tariffs_and_clocks() {
    let mut bench = Bench::logged_in();
    for (hard, when) in [(true, 1), (false, 2)] {
        let (_, sequence, body) = sent(&bench.command(1, &DeviceCommand::Reset { hard }));
        assert_eq!(Reboot::decode(&body).unwrap().when, when);
        let result = when % 2;
        let said = bench.receive(&low(&RebootReply { pile: pile(), result }, sequence));
        match result {
            1 => assert_eq!(said, [Said::Done(1, OK)]),
            _ => assert_eq!(refused(&said[0]), "ykc:91:00"),
        }
    }
    let Message::TariffSet(sample) = decode("G29") else { panic!() };
    let model = TariffModel { model_no: 101, tariff: sample.tariff().unwrap() };
    let (kind, sequence, body) = sent(&bench.command(2, &DeviceCommand::TariffSet(model)));
    assert_eq!((kind, TariffSet::decode(&body)), (0x58, Some(sample)));
    let said = bench.receive(&low(&TariffSetReply { pile: pile(), result: 1 }, sequence));
    assert_eq!(said, [Said::Done(2, OK)]);

    let (kind, sequence, body) = sent(&bench.command(3, &DeviceCommand::ClockSet { at: start() }));
    let now = clock::ClockSet::decode(&body).unwrap().now;
    assert_eq!(kind, 0x56);
    let said = bench.receive(&low(&ClockReply { pile: pile(), now }, sequence));
    assert_eq!(said, [Said::Event(DeviceEvent::ClockReported { at: start() }), Said::Done(3, OK)]);
}

#[test]
fn a_trigger_ends_with_the_next_real_time_data_of_the_gun() {
    let trigger = |connector| DeviceCommand::Trigger { message: "MeterValues".to_owned(), connector };
    let mut bench = Bench::logged_in();
    assert_eq!(sent(&bench.command(1, &trigger(Some(2)))).0, 0x12);
    assert_eq!(bench.receive(&vector("G11")).len(), 1, "that was gun 1");
    let Message::Realtime(mut data) = decode("G10") else { panic!() };
    data.gun = Gun(2);
    assert_eq!(bench.receive(&low(&data, [9, 9]))[1..], [Said::Done(1, OK)]);
    let said = bench.command(2, &trigger(None));
    assert_eq!(said.len(), 2, "one 0x12 for each gun");
    assert_eq!(bench.receive(&vector("G11"))[1..], [Said::Done(2, OK)]);
}

#[test]
fn what_the_protocol_cannot_say() {
    let cannot = [
        DeviceCommand::Unlock { connector: 1 },
        DeviceCommand::Availability { connector: 1, operative: false },
        DeviceCommand::ConfigurationGet { keys: vec![] },
        DeviceCommand::ConfigurationSet { key: "a".to_owned(), value: "b".to_owned() },
        DeviceCommand::CacheClear,
        DeviceCommand::Call { action: "0x52".to_owned(), payload: "{}".to_owned() },
    ];
    let mut bench = Bench::logged_in();
    for command in cannot {
        let said = bench.command(1, &command);
        assert!(matches!(&said[..], [Said::Done(1, Outcome::Unsupported(_))]), "{said:?}");
    }
}

#[test]
fn commands_time_out_exactly_once() {
    let mut bench = Bench::logged_in();
    bench.command(1, &stop_command(1));
    assert_eq!(bench.session.deadline(), Some(start().plus_ms(30_000)));
    assert_eq!(bench.later(29_999), []);
    assert_eq!(bench.later(1), [Said::Done(1, Outcome::TimedOut)]);
    assert_eq!(bench.later(1), []);
}

#[test]
fn commands_before_the_log_in_wait_for_it() {
    let mut bench = Bench::new();
    assert_eq!(bench.command(1, &stop_command(1)), []);
    bench.receive(&vector("G1"));
    bench.answer(Ok(Answer::Booted { accepted: true }));
    let said = bench.said();
    assert!(matches!(said[..], [Said::Logged("0x56", _), Said::Logged("0x36", _)]), "{said:?}");
    assert_eq!(bench.receive(&vector("G20")), [Said::Done(1, OK)]);

    let mut bench = Bench::new();
    bench.command(1, &stop_command(1));
    assert_eq!(bench.later(30_000), [Said::Done(1, Outcome::TimedOut)]);
}

#[test]
fn commands_are_lost_with_the_link() {
    let mut bench = Bench::logged_in();
    bench.later(80_000);
    bench.command(1, &stop_command(1));
    assert_eq!(bench.session.outstanding().collect::<Vec<_>>(), [CommandId(1)]);
    let said = bench.later(10_000);
    assert_eq!(said, [Said::Done(1, Outcome::LinkLost), Said::Close(CloseReason::Silent)]);
    assert_eq!(bench.command(2, &stop_command(1)), [Said::Done(2, Outcome::LinkLost)]);
}

#[test]
fn too_many_commands_are_refused() {
    let mut bench = Bench::logged_in();
    for id in 0..64 {
        assert!(matches!(bench.command(id, &stop_command(1))[..], [Said::Logged(..)]));
    }
    assert_eq!(refused(&bench.command(64, &stop_command(1))[0]), "ykc:busy");
}

#[test]
fn working_parameters_and_ground_locks_are_the_samples() {
    let mut bench = Bench::logged_in();
    let Message::WorkParameters(sample) = decode("G26") else { panic!() };
    let set = DeviceCommand::WorkParameters { operative: true, power_percent: 80 };
    assert_eq!(bench.command(1, &set), [Said::Logged("0x52", low(&sample, [1, 0]))]);
    assert_eq!(bench.receive(&vector("G27")), [Said::Done(1, OK)]);
    let (_, _, body) =
        sent(&bench.command(2, &DeviceCommand::WorkParameters { operative: false, power_percent: 5 }));
    let locked = WorkParameters::decode(&body).unwrap();
    assert_eq!((locked.work_allowed, locked.max_power_pct), (1, 30), "never below what the wire knows");
    let Message::GroundLock(sample) = decode("G31") else { panic!() };
    let lower = DeviceCommand::GroundLock { connector: 1, raise: false };
    assert_eq!(bench.command(3, &lower), [Said::Logged("0x62", low(&sample, [3, 0]))]);
    let reply =
        |gun, result| low(&GroundLockReply { pile: pile(), gun, result, reserved: Raw([0; 4]) }, [9, 9]);
    assert_eq!(
        bench.receive(&reply(2, 1)),
        [Said::Event(DeviceEvent::Noted { what: "0x63" })],
        "another gun's"
    );
    assert_eq!(refused(&bench.receive(&reply(1, 0))[0]), "ykc:63:00");
}

#[test]
fn offline_cards_are_added_removed_and_looked_for() {
    let mut bench = Bench::logged_in();
    let cards = |all: &[&str]| all.iter().map(|card| (*card).to_owned()).collect::<Vec<_>>();
    let (kind, _, body) =
        sent(&bench.command(1, &DeviceCommand::OfflineCardsAdd { cards: cards(&["D14B0A54", "01"]) }));
    let add = OfflineCardsAdd::decode(&body).unwrap();
    assert_eq!((kind, body.len(), add.cards.len()), (0x44, 8 + 2 * 16, 2));
    assert_eq!(add.cards[0].physical_card.text().as_deref(), Some("D14B0A54"));
    let said = bench.receive(&low(&OfflineCardsAddReply { pile: pile(), result: 0, fail_reason: 2 }, [1, 0]));
    let Said::Done(1, Outcome::Refused(refusal)) = &said[0] else { panic!("{said:?}") };
    assert!(refusal.text.zh.contains("储存空间不足"), "{refusal:?}");

    let names = cards(&["D14B0A54", "7"]);
    let (kind, _, body) = sent(&bench.command(2, &DeviceCommand::OfflineCardsFind { cards: names.clone() }));
    let asked = OfflineCardsFind::decode(&body).unwrap().cards;
    assert_eq!((kind, body.len()), (0x48, 8 + 2 * 8));
    let found = asked.iter().zip([1, 0]).map(|(card, found)| Found { physical_card: *card, found }).collect();
    let said = bench.receive(&low(&OfflineCardsFindReply { pile: pile(), cards: found }, [2, 0]));
    let detail = Some(r#"{"7":false,"D14B0A54":true}"#.to_owned());
    let learned = Learned::Cards { here: vec!["D14B0A54".to_owned()], gone: vec!["7".to_owned()] };
    assert_eq!(said, [Said::Learned(2, learned), Said::Done(2, Outcome::Accepted { detail })]);

    bench.command(3, &DeviceCommand::OfflineCardsRemove { cards: names });
    let gone =
        asked.iter().zip([1, 0]).map(|(card, result)| Removed { physical_card: *card, result, reason: 0 });
    let reply = OfflineCardsRemoveReply { pile: pile(), cards: gone.collect() };
    let said = bench.receive(&low(&reply, [3, 0]));
    let Said::Done(3, Outcome::Refused(refusal)) = &said[0] else { panic!("{said:?}") };
    assert_eq!(refusal.detail.as_deref(), Some(r#"{"7":false,"D14B0A54":true}"#));
}

#[test]
fn lists_of_cards_that_no_frame_can_hold_are_not_sent() {
    let mut bench = Bench::logged_in();
    let many = |count: usize| (1..=count).map(|no| no.to_string()).collect::<Vec<_>>();
    for (most, command) in [
        (11, (|cards| DeviceCommand::OfflineCardsAdd { cards }) as fn(Vec<String>) -> DeviceCommand),
        (23, |cards| DeviceCommand::OfflineCardsRemove { cards }),
        (23, |cards| DeviceCommand::OfflineCardsFind { cards }),
    ] {
        let said = bench.command(1, &command(many(most)));
        let [Said::Logged(_, frame)] = &said[..] else { panic!("{said:?}") };
        assert!(frame[1] <= 200, "the length byte");
        for bad in
            [many(most + 1), many(0), vec!["XYZ".to_owned()], vec!["0".to_owned()], vec!["1".repeat(17)]]
        {
            assert_eq!(refused(&bench.command(2, &command(bad))[0]), "ykc:cards");
        }
    }
    // A count that promises more than came, and a list that ends in the middle of a card.
    let short = OfflineCardsFind { pile: pile(), cards: vec![CardNo([1; 8])] }.encode();
    assert_eq!(OfflineCardsFind::decode(&short[..short.len() - 1]), None);
    let reply = OfflineCardsFindReply {
        pile: pile(),
        cards: vec![Found { physical_card: CardNo([1; 8]), found: 1 }],
    };
    let bytes = reply.encode();
    assert_eq!(OfflineCardsFindReply::decode(&bytes[..bytes.len() - 1]).unwrap().cards, []);
    assert_eq!(OfflineCardsFindReply::decode(&bytes), Some(reply));
}
