//! The 云快充 pile, frames in and frames out.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

use model::energy::Energy;
use model::id::TradeNo;
use model::money::{Amount, Price};
use model::site::Protocol;
use model::tariff::{Period, Rate, Tariff};
use model::time::{Timestamp, Zone};
use protocol::ykc::field::{Bcd, CardNo, Cp56, Gun, PileNo, RateNumbers, Raw};
use protocol::ykc::frame::{CrcOrder, Packet};
use protocol::ykc::message::bill::{Bill, BillReply};
use protocol::ykc::message::card_start::CardStartReply;
use protocol::ykc::message::clock::ClockSet;
use protocol::ykc::message::ground_lock::GroundLock;
use protocol::ykc::message::login::LoginReply;
use protocol::ykc::message::offline_cards::{
    OfflineCard, OfflineCardsAdd, OfflineCardsFind, OfflineCardsRemove,
};
use protocol::ykc::message::realtime::Realtime;
use protocol::ykc::message::reboot::Reboot;
use protocol::ykc::message::remote_start::RemoteStart;
use protocol::ykc::message::remote_stop::RemoteStop;
use protocol::ykc::message::tariff::{TariffReply, WireRate};
use protocol::ykc::message::tariff_check::TariffCheckReply;
use protocol::ykc::message::work_parameters::WorkParameters;
use protocol::ykc::message::{Body, Message};
use sim::car::{Car, MODELS};
use sim::pile::{Action, Output, Pile, PileConfig};

const CODE: &str = "32010600019236";

fn tariff() -> Tariff {
    let rate = |electricity| Rate { electricity: Price(electricity), service: Price(40_000) };
    let hours = [3, 3, 3, 3, 3, 3, 3, 2, 2, 1, 1, 2, 2, 2, 0, 0, 2, 2, 1, 1, 1, 2, 3, 3];
    let periods = std::array::from_fn(|i| Period::ALL[hours[i / 2]]);
    Tariff { rates: [rate(120_000), rate(100_000), rate(70_000), rate(30_000)], periods }
}

/// Noise is put between the frames, and the platform finds them all.
#[test]
fn a_noisy_line_loses_no_frame() {
    use protocol::ykc::frame::Reader;
    let config = |noisy: bool| {
        let mut config = PileConfig::new(CODE, Protocol::Ykc16, "127.0.0.1:1");
        config.behaviours.line_noise = noisy;
        config
    };
    let said = |noisy: bool| {
        let begin = Timestamp::parse("2026-07-15T10:50:00+08:00").unwrap();
        let mut pile = Pile::new(config(noisy), begin);
        let (mut reader, mut kinds, mut sent) = (Reader::default(), Vec::new(), 0);
        pile.connected(begin);
        for second in 0..2_000 {
            while let Some(Output::Send(bytes)) = pile.next_output() {
                sent += bytes.len();
                reader.receive(&bytes, |frame| kinds.push(frame[5]));
            }
            pile.tick(begin.plus_ms(second * 1_000));
        }
        // What looked like a beginning is given up when the line is quiet.
        while reader.is_partial() {
            reader.give_up(|frame| kinds.push(frame[5]));
        }
        (kinds, sent)
    };
    let (noisy, clean) = (said(true), said(false));
    assert!(clean.0.len() > 100, "{}", clean.0.len());
    assert_eq!(noisy.0, clean.0);
    assert!(noisy.1 > clean.1);
}

struct Bench {
    pile: Pile,
    now: Timestamp,
    number: PileNo,
    heard: Vec<Message>,
    bytes: Vec<Vec<u8>>,
    hung_up: usize,
    online: bool,
    confirm_bills: bool,
}

impl Bench {
    /// 2026-07-15 10:50 on the wall: ten minutes of peak, then flat.
    fn new(change: impl FnOnce(&mut PileConfig)) -> Bench {
        let mut config = PileConfig::new(CODE, Protocol::Ykc16, "127.0.0.1:1");
        change(&mut config);
        let now = Timestamp::parse("2026-07-15T10:50:00+08:00").unwrap();
        let mut bench = Bench {
            pile: Pile::new(config, now),
            now,
            number: PileNo::parse(CODE).unwrap(),
            heard: Vec::new(),
            bytes: Vec::new(),
            hung_up: 0,
            online: false,
            confirm_bills: true,
        };
        bench.link(true);
        bench
    }

    fn link(&mut self, up: bool) {
        self.online = up;
        if up {
            self.pile.connected(self.now)
        } else {
            self.pile.disconnected(self.now)
        }
        self.serve();
    }

    fn tell<B: Body>(&mut self, body: &B) {
        self.pile.receive(&body.frame([9, 9], CrcOrder::HighFirst), self.now);
        self.serve();
    }

    fn serve(&mut self) {
        while let Some(output) = self.pile.next_output() {
            let Output::Send(bytes) = output else {
                self.hung_up += 1;
                continue;
            };
            assert!(self.online, "an offline pile says nothing");
            let (packet, _) = Packet::parse(&bytes).unwrap();
            self.bytes.push(bytes);
            let message = Message::decode(packet.kind, &packet.body).unwrap();
            self.heard.push(message.clone());
            self.answer(message);
        }
    }

    fn answer(&mut self, message: Message) {
        let pile = self.number;
        let wire = |rate: Rate| WireRate::from(rate);
        match message {
            Message::Login(_) => self.tell(&LoginReply { pile, result: 0 }),
            Message::TariffCheck(check) => {
                self.tell(&TariffCheckReply {
                    pile,
                    model_no: check.model_no,
                    result: u8::from(check.model_no == Bcd([0, 0])),
                });
            }
            Message::TariffRequest(_) => {
                let [sharp, peak, flat, valley] = tariff().rates.map(wire);
                let periods = RateNumbers(tariff().periods.map(|p| p as u8));
                let model_no = Bcd([1, 0]);
                self.tell(&TariffReply { pile, model_no, sharp, peak, flat, valley, loss_ratio: 0, periods });
            }
            Message::CardStart(ask) => {
                let ok = ask.card_or_account == CardNo::parse("D14B0A54").unwrap();
                self.tell(&CardStartReply {
                    trade_no: trade(1),
                    pile,
                    gun: ask.gun,
                    logic_card: Bcd::ZERO,
                    balance: 5_000,
                    auth_ok: u8::from(ok),
                    fail_reason: u8::from(!ok),
                });
            }
            Message::Bill(bill) if self.confirm_bills => {
                self.tell(&BillReply { trade_no: bill.trade_no, result: 0 })
            }
            _ => {}
        }
    }

    fn act(&mut self, action: Action) {
        self.pile.act(action, self.now);
        self.serve();
    }

    fn pass(&mut self, seconds: i64) {
        for _ in 0..seconds {
            self.now = self.now.plus_ms(1_000);
            self.pile.tick(self.now);
            self.serve();
        }
    }

    /// Types said since the last time, heartbeats left out.
    fn types(&mut self) -> String {
        let heard = std::mem::take(&mut self.heard);
        let types = heard.iter().map(Message::kind).filter(|kind| *kind != 3);
        types.map(|kind| format!("{kind:02X}")).collect::<Vec<_>>().join(" ")
    }

    fn bills(&self) -> Vec<Bill> {
        self.heard
            .iter()
            .filter_map(|m| if let Message::Bill(bill) = m { Some(bill.clone()) } else { None })
            .collect()
    }

    fn last_realtime(&self) -> Realtime {
        self.heard
            .iter()
            .rev()
            .find_map(|m| if let Message::Realtime(r) = m { Some(r.clone()) } else { None })
            .unwrap()
    }

    fn remote_start(&mut self, number: u32) {
        let start = RemoteStart {
            trade_no: trade(number),
            pile: self.number,
            gun: Gun(1),
            logic_card: Bcd::ZERO,
            physical_card: CardNo::ZERO,
            balance: 100_000,
        };
        self.tell(&start);
    }
}

fn trade(number: u32) -> TradeNo {
    TradeNo::parse(&format!("{CODE}01260715105000{number:04}")).unwrap()
}

fn car() -> Box<Car> {
    Box::new(Car::new(&MODELS[1], 20, 90))
}

#[test]
fn a_card_session_and_its_bill() {
    let mut bench = Bench::new(|_| ());
    assert_eq!(bench.types(), "01 05 13 09");
    bench.act(Action::Plug(1, car()));
    bench.act(Action::Swipe(1, "D14B0A54".to_owned()));
    assert_eq!(bench.types(), "13 31 13");
    bench.pass(20 * 60);
    let charging = bench.last_realtime();
    assert_eq!((charging.state, charging.trade_no, charging.charged_minutes), (3, trade(1), 20));
    bench.act(Action::Swipe(1, "D14B0A54".to_owned()));
    let bill = bench.bills().pop().unwrap();
    // Ten minutes of peak and ten of flat at the same power: the parts add up, each priced by the tariff.
    let periods = [bill.sharp, bill.peak, bill.flat, bill.valley];
    assert_eq!(periods.map(|p| p.energy > 0), [false, true, true, false]);
    for (period, billed) in Period::ALL.into_iter().zip(periods) {
        let rate = tariff().rate(period);
        let price = rate.electricity + rate.service;
        assert_eq!(Price(i64::from(billed.price)), price);
        assert_eq!(Amount(i64::from(billed.amount)), price.of(Energy::from_dwh(i64::from(billed.energy))));
        assert_eq!(billed.energy, billed.loss_energy);
    }
    assert_eq!(periods.iter().map(|p| p.energy).sum::<u32>(), bill.total_energy);
    assert_eq!(periods.iter().map(|p| p.amount).sum::<u32>(), bill.total_amount);
    assert_eq!(bill.meter_end.dwh() - bill.meter_start.dwh(), i64::from(bill.total_energy));
    assert!((200_000..300_000).contains(&bill.total_energy), "{}", bill.total_energy);
    assert_eq!((bill.trade_flag, bill.stop_reason), (2, 0x45));
    assert_eq!(bill.end_time.at(&Zone::shanghai()), Some(bench.now));
    let total =
        tariff().bill_periods(bench.now, bench.now, periods.map(|p| Energy::from_dwh(i64::from(p.energy))));
    assert_eq!(total.exact, Amount(i64::from(bill.total_amount)), "the pile's sum is the platform's");
}

#[test]
fn a_remote_start_waits_a_minute_for_the_plug() {
    let mut bench = Bench::new(|_| ());
    bench.types();
    let reply = |bench: &Bench| match bench.heard.iter().rev().find(|m| m.kind() == 0x33) {
        Some(Message::RemoteStartReply(reply)) => (reply.result, reply.fail_reason),
        _ => panic!("no 0x33"),
    };
    bench.remote_start(2);
    assert_eq!(reply(&bench), (0, 5));
    bench.pass(40);
    bench.types();
    bench.act(Action::Plug(1, car()));
    assert_eq!(reply(&bench), (1, 0));
    assert_eq!(bench.types(), "13 33 13");
    bench.remote_start(3);
    assert_eq!(reply(&bench), (0, 2), "another order on a charging gun");
    bench.tell(&RemoteStop { pile: bench.number, gun: Gun(1) });
    let bill = bench.bills().pop().unwrap();
    assert_eq!((bill.trade_no, bill.trade_flag, bill.stop_reason), (trade(2), 1, 0x40));
    // Too late a plug starts nothing.
    bench.act(Action::Unplug(1));
    bench.remote_start(4);
    bench.pass(61);
    bench.types();
    bench.act(Action::Plug(1, car()));
    assert_eq!(bench.types(), "13");
}

#[test]
fn a_late_answer_starts_late() {
    let mut bench = Bench::new(|c| c.behaviours.late_start_ms = 20_000);
    bench.act(Action::Plug(1, car()));
    bench.types();
    bench.remote_start(5);
    bench.pass(19);
    assert_eq!(bench.types(), "");
    bench.pass(2);
    assert_eq!(bench.types(), "33 13");
}

#[test]
fn a_bill_is_repeated_until_it_is_confirmed() {
    let mut bench = Bench::new(|_| ());
    bench.confirm_bills = false;
    bench.act(Action::Plug(1, car()));
    bench.act(Action::Swipe(1, "D14B0A54".to_owned()));
    bench.pass(60);
    bench.act(Action::EmergencyStop(1));
    let sent = |bench: &Bench| bench.bills().len();
    assert_eq!(sent(&bench), 1);
    // The dummy platform answers no heartbeats; keep the link by hand.
    for (seconds, count) in [(29, 1), (2, 2), (30, 3), (30, 4), (240, 4), (70, 5), (900, 5)] {
        for _ in 0..seconds {
            bench.pass(1);
            let beat =
                protocol::ykc::message::heartbeat::HeartbeatReply { pile: bench.number, gun: Gun(1), ack: 0 };
            bench.tell(&beat);
        }
        assert_eq!(sent(&bench), count, "after {seconds} s more");
    }
    // At the next log-in it comes again, and is forgotten once confirmed.
    bench.link(false);
    bench.confirm_bills = true;
    bench.types();
    bench.link(true);
    assert_eq!(sent(&bench), 1);
    assert_eq!(bench.bills()[0].stop_reason, 0x72);
    bench.pass(60);
    assert_eq!(sent(&bench), 1);
}

#[test]
fn an_offline_session_makes_its_own_number_and_is_billed_later() {
    let mut bench = Bench::new(|c| c.behaviours.offline_start = true);
    bench.types();
    bench.link(false);
    bench.act(Action::Plug(1, car()));
    bench.act(Action::Swipe(1, "C0FFEE".to_owned()));
    let started_at = bench.now;
    bench.pass(300);
    bench.act(Action::Unplug(1));
    bench.pass(60);
    bench.link(true);
    let bill = bench.bills().pop().unwrap();
    assert_eq!((bill.trade_flag, bill.stop_reason), (4, 0x6B));
    assert_eq!(bill.start_time.at(&Zone::shanghai()), Some(started_at));
    assert!(bill.trade_no.to_string().starts_with(&format!("{CODE}01260715")));
    assert_eq!(bill.physical_card.text().as_deref(), Some("C0FFEE"));
}

#[test]
fn platform_requests() {
    let mut bench = Bench::new(|_| ());
    let pile = bench.number;
    bench.types();
    bench.tell(&ClockSet { pile, now: Cp56::of(bench.now, &Zone::shanghai()) });
    assert_eq!(bench.types(), "55");
    bench.tell(&protocol::ykc::message::realtime::RealtimeRequest { pile, gun: Gun(1) });
    assert_eq!(bench.types(), "13");
    bench.tell(&RemoteStop { pile, gun: Gun(1) });
    assert_eq!(bench.types(), "35");
    bench.tell(&Reboot { pile, when: 1 });
    assert_eq!((bench.types().as_str(), bench.hung_up), ("91", 1));
    bench.act(Action::Fault(1));
    assert_eq!((bench.last_realtime().state, bench.last_realtime().hw_fault), (1, 2));
    bench.act(Action::Repair(1));
    assert_eq!(bench.last_realtime().state, 2);
}

#[test]
fn a_silent_platform_is_left_after_three_heartbeats() {
    let mut bench = Bench::new(|_| ());
    bench.pass(39);
    assert_eq!(bench.hung_up, 0);
    bench.pass(2);
    assert_eq!(bench.hung_up, 1);
}

#[test]
fn without_a_tariff_nothing_is_charged() {
    let mut config = PileConfig::new(CODE, Protocol::Ykc15, "127.0.0.1:1");
    config.connectors = 2;
    let now = Timestamp::from_ms(1_750_000_000_000);
    let mut pile = Pile::new(config, now);
    pile.connected(now);
    pile.receive(
        &LoginReply { pile: PileNo::parse(CODE).unwrap(), result: 0 }.frame([0, 0], CrcOrder::LowFirst),
        now,
    );
    pile.act(Action::Plug(2, car()), now);
    pile.act(Action::Swipe(2, "D14B0A54".to_owned()), now);
    let mut kinds = Vec::new();
    while let Some(Output::Send(bytes)) = pile.next_output() {
        kinds.push(bytes[5]);
    }
    assert_eq!(kinds, [0x01, 0x05, 0x13, 0x13, 0x13]);
    assert!(!pile.view(2).unwrap().charging);
}

#[test]
fn the_same_seed_says_the_same() {
    let run = |seed| {
        let mut bench = Bench::new(|c| {
            c.seed = seed;
            c.behaviours.bms_frames = true;
        });
        let mut random = sim::random::Random::seeded(seed);
        bench.act(Action::Plug(1, Box::new(Car::random(&mut random))));
        bench.act(Action::Swipe(1, "D14B0A54".to_owned()));
        bench.pass(120);
        bench.act(Action::Unplug(1));
        bench.bytes
    };
    assert_eq!(run(5), run(5));
    assert_ne!(run(5), run(6));
}

#[test]
fn offline_cards_are_kept_and_let_a_pile_charge_alone() {
    let mut bench = Bench::new(|_| ());
    let pile = bench.number;
    let card = CardNo::parse("C0FFEE").unwrap();
    let offline = OfflineCard { logic_card: Bcd([0; 8]), physical_card: card };
    bench.types();
    bench.tell(&OfflineCardsAdd { pile, cards: vec![offline] });
    bench.tell(&OfflineCardsFind { pile, cards: vec![card] });
    bench.tell(&WorkParameters { pile, work_allowed: 0, max_power_pct: 80 });
    bench.tell(&GroundLock { pile, gun: 1, action: 0x55, reserved: Raw([0; 4]) });
    assert_eq!(bench.types(), "43 47 51 63");
    let charge = |bench: &mut Bench| {
        bench.link(false);
        bench.act(Action::Plug(1, car()));
        bench.act(Action::Swipe(1, "C0FFEE".to_owned()));
        bench.pass(300);
        bench.act(Action::Unplug(1));
        bench.pass(60);
        bench.link(true);
        bench.bills().len()
    };
    assert_eq!(charge(&mut bench), 1);
    bench.types();
    bench.tell(&OfflineCardsRemove { pile, cards: vec![card] });
    assert_eq!(bench.types(), "45");
    assert_eq!(charge(&mut bench), 0, "the card is gone");
}
