//! Pretend piles against the platform's own sessions: nothing that they say is rejected, and what
//! they say means what it should.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

use model::card::Token;
use model::card::TokenVerdict;
use model::device::{
    Answer, DeviceCommand, DeviceEvent, Outcome, SessionPhase, SessionReport, TariffModel, TokenAnswer,
    remote_start_no,
};
use model::dialect::{CurrentCoding, DialectRules, EnergyUnit};
use model::id::{CommandId, SessionKey, TradeNo};
use model::money::{Fen, Price};
use model::site::{PileKind, Protocol};
use model::tariff::Tariff;
use model::time::Timestamp;
use protocol::{Session, ocpp2, ocpp16, ykc};
use sim::car::{Car, MODELS};
use sim::pile::{self, Action, Pile, PileConfig};

const CODE: &str = "32010600019236";

struct Street {
    dialect: DialectRules,
    pile: Pile,
    platform: Session,
    now: Timestamp,
    events: Vec<DeviceEvent>,
    outcomes: Vec<Outcome>,
    commands: i64,
}

impl Street {
    fn new(protocol: Protocol, kind: PileKind) -> Street {
        Street::speaking(protocol, kind, DialectRules::default())
    }

    /// A pile that departs from the paper, and a platform that knows it.
    fn speaking(protocol: Protocol, kind: PileKind, dialect: DialectRules) -> Street {
        let now = Timestamp::from_ms(1_750_000_000_000);
        let mut config = PileConfig::new(CODE, protocol, "");
        config.kind = kind;
        config.connectors = 2;
        config.behaviours.plug_on_remote_start = true;
        config.behaviours.bms_frames = true;
        config.behaviours.dialect = dialect.clone();
        let platform = match protocol {
            Protocol::Ykc15 | Protocol::Ykc16 => {
                Session::Ykc(Box::new(ykc::Session::new(now, ykc::Settings::default())))
            }
            Protocol::Ocpp201 | Protocol::Ocpp21 => {
                Session::Ocpp2(Box::new(ocpp2::Session::new(protocol, now, ocpp2::Settings::default())))
            }
            Protocol::Ocpp16 => {
                Session::Ocpp16(Box::new(ocpp16::Session::new(now, ocpp16::Settings::default())))
            }
        };
        let pile = Pile::new(config, now);
        let mut street =
            Street { dialect, pile, platform, now, events: Vec::new(), outcomes: Vec::new(), commands: 0 };
        street.pile.connected(now);
        street.settle();
        street
    }

    /// Carries everything between the two until both are quiet.
    fn settle(&mut self) {
        loop {
            let mut quiet = true;
            while let Some(output) = self.pile.next_output() {
                quiet = false;
                if let pile::Output::Send(bytes) = output {
                    self.platform.receive(&bytes, self.now);
                }
            }
            while let Some(output) = self.platform.next() {
                quiet = false;
                self.output(output);
            }
            if quiet {
                return;
            }
        }
    }

    fn output(&mut self, output: protocol::Output) {
        match output {
            protocol::Output::Send { bytes, .. } => self.pile.receive(&bytes, self.now),
            protocol::Output::Event { asked, event, .. } => {
                let answer = Ok(answer(&event));
                let bytes = asked.render(&answer, self.now);
                self.events.push(event);
                if !bytes.is_empty() {
                    self.pile.receive(&bytes, self.now);
                }
                self.platform.answered(&asked, &answer, &bytes, self.now);
            }
            protocol::Output::Done { outcome, .. } => self.outcomes.push(outcome),
            protocol::Output::Rejected { frame, why } => {
                panic!("rejected {}: {}", String::from_utf8_lossy(&frame.bytes), why.en)
            }
            protocol::Output::Close(reason) => panic!("closed: {reason:?}"),
            protocol::Output::Identified(code) => {
                assert_eq!(code.as_str(), CODE);
                if let Session::Ykc(session) = &mut self.platform {
                    session.read_as(&self.dialect);
                }
            }
            protocol::Output::Learned { .. } | protocol::Output::Alive => {}
        }
    }

    fn command(&mut self, command: DeviceCommand) -> Outcome {
        self.commands += 1;
        let id = CommandId(self.commands);
        self.platform.command(id, &command, self.now);
        self.settle();
        // A start without a plug ends when the plug has come.
        self.pass(10);
        self.outcomes.pop().unwrap()
    }

    fn act(&mut self, action: Action) {
        self.pile.act(action, self.now);
        self.settle();
    }

    fn pass(&mut self, seconds: i64) {
        for _ in 0..seconds {
            self.now = self.now.plus_ms(1_000);
            self.pile.tick(self.now);
            self.platform.tick(self.now);
            self.settle();
        }
    }

    fn count(&self, wanted: impl Fn(&DeviceEvent) -> bool) -> usize {
        self.events.iter().filter(|event| wanted(event)).count()
    }
}

fn trade() -> TradeNo {
    TradeNo::parse(&format!("{CODE}012607151050000001")).unwrap()
}

/// What an engine that allows everything would say.
fn answer(event: &DeviceEvent) -> Answer {
    let token = TokenAnswer::of(TokenVerdict::Accepted);
    let tariff = Tariff::uniform(Price(100_000), Price(40_000));
    match event {
        DeviceEvent::Booted(_) => Answer::Booted { accepted: true },
        DeviceEvent::Authorize { .. } => Answer::Token(token),
        DeviceEvent::Started { .. } => Answer::Started { transaction: 77, token },
        DeviceEvent::Session(report) => {
            Answer::Session { token: report.token.is_some().then_some(token), total: None }
        }
        DeviceEvent::Stopped(_) => Answer::Stopped { token: Some(token) },
        DeviceEvent::StartAsked { .. } => Answer::StartAsked {
            session: trade(),
            verdict: TokenVerdict::Accepted,
            balance: Fen(100_000),
            card: None,
        },
        DeviceEvent::Billed(_) => Answer::Billed { accepted: true },
        DeviceEvent::TariffChecked { model_no } => Answer::TariffChecked { model_no: *model_no, same: false },
        DeviceEvent::TariffAsked => Answer::Tariff(Some(TariffModel { model_no: 100, tariff })),
        DeviceEvent::Data(_) => Answer::Data(model::display::VendorVerdict::UnknownVendor),
        _ => Answer::Noted,
    }
}

fn start(session: Option<TradeNo>) -> DeviceCommand {
    DeviceCommand::Start { connector: 1, token: "CA000001".to_owned(), session, balance: Fen(100_000) }
}

#[test]
fn an_ocpp_pile_is_understood() {
    for kind in [PileKind::Dc, PileKind::Ac] {
        let mut street = Street::new(Protocol::Ocpp16, kind);
        street.act(Action::Plug(2, Box::new(Car::new(&MODELS[1], 20, 80))));
        street.act(Action::Swipe(2, "CARD1".to_owned()));
        street.pass(40);
        assert!(street.count(|e| matches!(e, DeviceEvent::Metered { session: Some(_), .. })) >= 2);
        let metered = street.events.iter().find_map(|e| match e {
            DeviceEvent::Metered { samples, .. } => samples.first().cloned(),
            _ => None,
        });
        let sample = metered.unwrap();
        assert!(sample.energy.is_some() && sample.power_w > Some(0) && sample.voltage_dv > Some(0));
        assert!(sample.current_da > Some(0) && sample.temperature_c.is_some());
        assert_eq!(sample.soc_percent.is_some(), kind == PileKind::Dc);
        let session = SessionKey::Transaction(77);
        assert!(matches!(
            street.command(DeviceCommand::Stop { session, connector: 2 }),
            Outcome::Accepted { .. }
        ));
        assert_eq!(street.count(|e| matches!(e, DeviceEvent::Stopped(_))), 1);
        assert!(matches!(street.command(start(None)), Outcome::Accepted { .. }));
        assert_eq!(street.count(|e| matches!(e, DeviceEvent::Started { connector: 1, .. })), 1);
        street.act(Action::EmergencyStop(1));
        street.act(Action::Repair(1));
        assert!(matches!(street.command(DeviceCommand::Reset { hard: false }), Outcome::Accepted { .. }));
    }
}

#[test]
fn an_ocpp_2_pile_is_understood() {
    for (protocol, kind) in [(Protocol::Ocpp201, PileKind::Dc), (Protocol::Ocpp21, PileKind::Ac)] {
        let mut street = Street::new(protocol, kind);
        street.act(Action::Plug(2, Box::new(Car::new(&MODELS[1], 20, 80))));
        street.act(Action::Swipe(2, "CARD1".to_owned()));
        street.pass(40);
        let told = |street: &Street, phase: SessionPhase| -> Vec<SessionReport> {
            let told = street.events.iter().filter_map(|event| match event {
                DeviceEvent::Session(report) if report.phase == phase => Some((**report).clone()),
                _ => None,
            });
            told.collect()
        };
        let begun = told(&street, SessionPhase::Begun).remove(0);
        assert_eq!((begun.seq, begun.connector, begun.token), (0, Some(2), Some(Token::card("CARD1"))));
        let (_, register) = begun.begin.unwrap();
        let going = told(&street, SessionPhase::Going);
        assert_eq!(going.iter().map(|report| report.seq).collect::<Vec<_>>(), [1, 2]);
        let sample = &going[0].samples[0];
        assert!(sample.energy.is_some() && sample.power_w > Some(0) && sample.voltage_dv > Some(0));
        assert_eq!(sample.soc_percent.is_some(), kind == PileKind::Dc);
        let session = begun.session;
        assert_eq!(street.pile.view(2).unwrap().transaction, Some(session.to_string()));
        let stop = DeviceCommand::Stop { session, connector: 2 };
        assert!(matches!(street.command(stop), Outcome::Accepted { .. }));
        let ended = told(&street, SessionPhase::Ended).remove(0);
        assert_eq!((ended.session, ended.seq), (session, 3));
        assert!(ended.meter_end.unwrap() > register && ended.begin.is_some());
        assert!(matches!(street.command(start(None)), Outcome::Accepted { .. }));
        let begun = told(&street, SessionPhase::Begun).remove(1);
        assert_eq!(begun.remote_start, Some(remote_start_no("CA000001")));
        street.act(Action::EmergencyStop(1));
        street.act(Action::Repair(1));
        let get = |key: &str| DeviceCommand::ConfigurationGet { keys: vec![key.to_owned()] };
        assert!(matches!(street.command(get("OCPPCommCtrlr.HeartbeatInterval")), Outcome::Accepted { .. }));
        assert!(matches!(street.command(get("OCPPCommCtrlr.Nothing")), Outcome::Refused(_)));
        let all = DeviceCommand::ConfigurationGet { keys: vec![] };
        assert!(matches!(street.command(all), Outcome::Accepted { .. }));
        assert!(matches!(street.command(DeviceCommand::Reset { hard: false }), Outcome::Accepted { .. }));
    }
}

#[test]
fn a_ykc_pile_is_understood() {
    for protocol in [Protocol::Ykc15, Protocol::Ykc16] {
        let mut street = Street::new(protocol, PileKind::Dc);
        street.pass(30);
        let outcome = street.command(start(Some(trade())));
        assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
        street.pass(60);
        let charging =
            street.count(|e| matches!(e, DeviceEvent::Observed(o) if o.charging && o.session.is_some()));
        assert!(charging >= 4, "{charging}");
        let session = SessionKey::Trade(trade());
        assert!(matches!(
            street.command(DeviceCommand::Stop { session, connector: 1 }),
            Outcome::Accepted { .. }
        ));
        let bill = street
            .events
            .iter()
            .find_map(|e| if let DeviceEvent::Billed(bill) = e { Some(bill) } else { None });
        let bill = bill.unwrap();
        assert_eq!((bill.session, bill.reason.code.as_str()), (trade(), "ykc:40"));
        assert!(bill.energy.dwh() > 0 && bill.meter_end - bill.meter_start == bill.energy);
        street.act(Action::Plug(2, Box::new(Car::new(&MODELS[1], 20, 80))));
        street.act(Action::Swipe(2, "D14B0A54".to_owned()));
        assert_eq!(street.count(|e| matches!(e, DeviceEvent::StartAsked { .. })), 1);
        street.act(Action::Fault(2));
        assert_eq!(street.count(|e| matches!(e, DeviceEvent::Billed(_))), 2);
        street.act(Action::Repair(2));
    }
}

/// What a session of a 云快充 pile comes to: its bill, and what its battery said.
fn story(dialect: DialectRules) -> (model::device::PileBill, Vec<Option<i64>>, usize) {
    let mut street = Street::speaking(Protocol::Ykc16, PileKind::Dc, dialect);
    street.act(Action::Plug(1, Box::new(Car::new(&MODELS[1], 20, 80))));
    street.act(Action::Swipe(1, "CA000001".to_owned()));
    street.pass(600);
    street.act(Action::Stop(1));
    street.pass(5);
    let mut bills = street.events.iter().filter_map(|event| match event {
        DeviceEvent::Billed(bill) => Some((**bill).clone()),
        _ => None,
    });
    let demands = street.events.iter().filter_map(|event| match event {
        DeviceEvent::Battery(news) if !news.is_rare && news.told.cell_voltage_max_mv.is_some() => {
            Some(news.told.now.demand_current_da)
        }
        _ => None,
    });
    let observed = street.count(|event| matches!(event, DeviceEvent::Observed(_)));
    (bills.next_back().unwrap(), demands.collect(), observed)
}

#[test]
fn each_quirk_comes_to_the_same_order_and_the_same_bill() {
    let paper = DialectRules::default;
    let plain = story(paper());
    assert!(plain.0.energy.dwh() > 50_000 && plain.1.len() > 30, "{plain:?}");
    let same = [
        DialectRules { crc_high_first: true, ..paper() },
        DialectRules { fault_bit_two: true, ..paper() },
        DialectRules { start_tail: Some(0), ..paper() },
        DialectRules { extra_stop_codes: true, ..paper() },
        DialectRules { qr_prefix: Some("https://example.cn/".to_owned()), ..paper() },
        DialectRules { current_coding: Some(CurrentCoding::Plus), ..paper() },
        DialectRules { current_coding: Some(CurrentCoding::Minus), ..paper() },
    ];
    for dialect in same {
        let told = story(dialect.clone());
        assert_eq!((&told.0, told.2), (&plain.0, plain.2), "{dialect:?}");
        // A coding that is said is known from the first frame on; one that is learned, a little later.
        let known = |all: &[Option<i64>]| all.iter().rev().take(20).copied().collect::<Vec<_>>();
        assert_eq!(known(&told.1), known(&plain.1), "{dialect:?}");
    }
    // A coarser unit is told as finely as the pile can.
    for unit in [EnergyUnit::Wh, EnergyUnit::TenWh] {
        let (bill, ..) = story(DialectRules { energy_unit: unit, ..paper() });
        let lost = (plain.0.energy - bill.energy).dwh();
        assert!((0..4 * unit.dwh()).contains(&lost), "{unit:?} {lost}");
        assert_eq!((bill.amount, bill.reason.clone()), (plain.0.amount, plain.0.reason.clone()));
        assert_eq!(bill.periods.iter().map(|p| p.energy).sum::<model::energy::Energy>(), bill.energy);
    }
    let (bill, ..) = story(DialectRules { meter_from_zero: true, ..paper() });
    let zero = model::energy::Energy::ZERO;
    assert_eq!(bill, model::device::PileBill { meter_start: zero, meter_end: zero, ..plain.0 });
}
