//! One quirk after the other: what the pile sends so means the same as what the paper's pile sends.

use super::{Bench, PILE, Said, decode, event, low, vector};
use crate::ykc::field::PileNo;
use crate::ykc::frame::{CrcOrder, Packet};
use crate::ykc::message::bill::Bill;
use crate::ykc::message::qr_prefix::QrPrefixReply;
use crate::ykc::message::realtime::Realtime;
use crate::ykc::message::{Message, explain};
use crate::ykc::{FaultBase, explain_as, fault_text, stop_text};
use model::device::{Answer, DeviceCommand, DeviceEvent, PileBill, SampledEnergy};
use model::dialect::{CurrentCoding, DialectRules, EnergyUnit};
use model::energy::Energy;
use model::id::{CommandId, TradeNo};
use model::money::Fen;
use model::order::StopClass;

fn paper() -> DialectRules {
    DialectRules::default()
}

fn bench(rules: &DialectRules) -> Bench {
    let mut bench = Bench::new();
    bench.receive(&vector("G1"));
    bench.session.read_as(rules);
    bench.answer(Ok(Answer::Booted { accepted: true }));
    bench.said();
    bench
}

fn realtime() -> Realtime {
    let Message::Realtime(data) = decode("G11") else { panic!() };
    data
}

fn bill() -> Bill {
    let Message::Bill(bill) = decode("G21") else { panic!() };
    bill
}

fn billed(bench: &mut Bench, bill: &Bill) -> PileBill {
    match event(bench.receive(&low(bill, [1, 0]))) {
        DeviceEvent::Billed(bill) => *bill,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_check_is_sent_as_the_pile_wants_it_the_first_answer_included() {
    for (high, order) in [(false, CrcOrder::LowFirst), (true, CrcOrder::HighFirst)] {
        let rules = DialectRules { crc_high_first: high, ..paper() };
        // The pile is known while its log-in waits to be answered.
        let mut bench = Bench::new();
        bench.session.receive(&vector("G1"), bench.now);
        bench.session.read_as(&rules);
        bench.said();
        let answer = bench.answer(Ok(Answer::Booted { accepted: true }));
        assert_eq!(Packet::parse(&answer).unwrap().1, Some(order), "0x02");
        let said = bench.said();
        let Some(Said::Logged("0x56", clock)) = said.first() else { panic!("{said:?}") };
        assert_eq!(Packet::parse(clock).unwrap().1, Some(order), "0x56");
        // Either order is understood from it.
        for sent in [CrcOrder::LowFirst, CrcOrder::HighFirst] {
            let (packet, _) = Packet::parse(&vector("G3")).unwrap();
            assert_eq!(bench.receive(&packet.to_bytes(sent)).len(), 2);
        }
    }
}

#[test]
fn energies_of_another_unit_are_the_same_energy() {
    let want = {
        let mut bench = bench(&paper());
        billed(&mut bench, &bill())
    };
    for (unit, step) in [(EnergyUnit::Wh, 10), (EnergyUnit::TenWh, 100)] {
        let mut bench = bench(&DialectRules { energy_unit: unit, ..paper() });
        let mut data = realtime();
        data.energy = 228_700 / step;
        let DeviceEvent::Observed(seen) = event(bench.receive(&low(&data, [1, 0]))) else { panic!() };
        assert_eq!(seen.sample.energy, Some(SampledEnergy::Session(Energy::from_dwh(228_700))));
        let mut told = bill();
        // 22.12 and 13.5 kWh, which every unit can say.
        told.peak.energy = 221_200 / step;
        told.flat.energy = 135_000 / step;
        told.total_energy = 356_200 / step;
        let got = billed(&mut bench, &told);
        assert_eq!(got.energy, Energy::from_dwh(356_200));
        assert_eq!(got.periods[1].energy, Energy::from_dwh(221_200));
        assert_eq!(got.periods[2].energy, Energy::from_dwh(135_000));
        assert_eq!((got.amount, got.meter_end), (want.amount, want.meter_end), "nothing else");
    }
}

#[test]
fn a_meter_that_begins_at_zero_is_none() {
    let mut told = bill();
    told.meter_start = crate::ykc::field::Meter::of(0);
    told.meter_end = crate::ykc::field::Meter::of(356_234);
    let mut plain = bench(&paper());
    assert_eq!(billed(&mut plain, &told).meter_end, Energy::from_dwh(356_234));
    let mut zero = bench(&DialectRules { meter_from_zero: true, ..paper() });
    let got = billed(&mut zero, &told);
    assert_eq!((got.meter_start, got.meter_end), (Energy::ZERO, Energy::ZERO));
    assert_eq!(got.energy, Energy::from_dwh(356_234));
}

#[test]
fn fault_bits_mean_the_same_whatever_their_base() {
    for (bit_two, bits) in [(false, 0x0041), (true, 0x0082)] {
        let mut bench = bench(&DialectRules { fault_bit_two: bit_two, ..paper() });
        let mut data = realtime();
        (data.state, data.hw_fault) = (1, bits);
        let DeviceEvent::Observed(seen) = event(bench.receive(&low(&data, [1, 0]))) else { panic!() };
        let error = seen.status.error.unwrap();
        assert_eq!(error.code, "ykc:hw_fault:0041");
        assert_eq!(error.info.as_deref(), Some("急停按钮动作故障、电度表通信中断"));
        assert_eq!(fault_text(&error.code, FaultBase::One).unwrap().zh, "急停按钮动作故障、电度表通信中断");
    }
}

#[test]
fn stop_reasons_beyond_the_paper_have_their_words() {
    let mut told = bill();
    told.stop_reason = 0x8B;
    let mut plain = bench(&paper());
    assert_eq!(billed(&mut plain, &told).reason.code, "ykc:8B");
    let mut yilian = bench(&DialectRules { extra_stop_codes: true, ..paper() });
    let reason = billed(&mut yilian, &told).reason;
    assert_eq!((reason.class, reason.code.as_str()), (StopClass::Safety, "ykc:yilian:8B"));
    assert_eq!(stop_text(&reason.code).unwrap().zh, "枪头过温");
    told.stop_reason = 0x41;
    assert_eq!(billed(&mut yilian, &told).reason.code, "ykc:41", "the others as ever");
    assert_eq!(stop_text("ykc:yilian:00"), None);
}

#[test]
fn a_start_has_the_tail_that_the_pile_wants() {
    let start = DeviceCommand::Start {
        connector: 1,
        token: String::new(),
        session: Some(TradeNo::parse(super::TRADE).unwrap()),
        balance: Fen(5_000),
    };
    for (tail, length) in [(None, 44), (Some(0), 45), (Some(7), 45)] {
        let mut bench = bench(&DialectRules { start_tail: tail, ..paper() });
        bench.session.command(CommandId(1), &start, bench.now);
        let said = bench.said();
        let [Said::Logged("0x34", bytes)] = said.as_slice() else { panic!("{said:?}") };
        let (packet, _) = Packet::parse(bytes).unwrap();
        assert_eq!(packet.body.len(), length);
        if let Some(byte) = tail {
            assert_eq!(packet.body.last().copied().map(i64::from), Some(byte));
        }
    }
}

#[test]
fn the_prefix_of_the_code_is_sent_after_the_log_in() {
    let prefix = "https://charge.example.cn/c?";
    let mut bench = Bench::new();
    bench.receive(&vector("G1"));
    bench.session.read_as(&DialectRules { qr_prefix: Some(prefix.to_owned()), ..paper() });
    bench.answer(Ok(Answer::Booted { accepted: true }));
    let said = bench.said();
    let Some(Said::Logged("0xF0", bytes)) = said.get(1) else { panic!("{said:?}") };
    let shown = explain(bytes).unwrap();
    assert!(shown.fields.iter().any(|field| field.value.zh == prefix), "{shown:?}");
    let reply = QrPrefixReply { pile: PileNo::parse(PILE).unwrap(), result: 0 };
    assert_eq!(event(bench.receive(&low(&reply, [0, 0]))), DeviceEvent::Noted { what: "0xF1" });
}

#[test]
fn a_coding_of_currents_that_is_said_needs_no_learning() {
    let Message::BmsDemand(demand) = decode("G12") else { panic!() };
    for coding in CurrentCoding::ALL {
        let mut bench = bench(&DialectRules { current_coding: Some(*coding), ..paper() });
        let mut told = demand.clone();
        told.demand_current = coding.write(10);
        let DeviceEvent::Battery(news) = event(bench.receive(&low(&told, [1, 0]))) else { panic!() };
        assert_eq!(news.told.now.demand_current_da, Some(10), "{coding:?}");
        // And a person reads amperes.
        let rules = DialectRules { current_coding: Some(*coding), ..paper() };
        let shown = explain_as(&low(&told, [1, 0]), &rules).unwrap();
        let field = shown.fields.iter().find(|field| field.name == "demand_current").unwrap();
        assert_eq!(field.value.zh, "1.0 A");
    }
    let shown = explain_as(&vector("G12"), &paper()).unwrap();
    assert_eq!(shown, explain(&vector("G12")).unwrap());
}

#[test]
fn what_no_pile_could_be_is_refused_with_its_field() {
    let field = |rules: DialectRules| rules.checked().unwrap_err().field.unwrap().to_string();
    assert_eq!(field(DialectRules { reply_delay_ms: 3_001, ..paper() }), "rules.reply_delay_ms");
    assert_eq!(field(DialectRules { reply_delay_ms: -1, ..paper() }), "rules.reply_delay_ms");
    assert_eq!(field(DialectRules { start_tail: Some(256), ..paper() }), "rules.start_tail");
    for prefix in ["有中文", "a b", &"x".repeat(201)] {
        assert_eq!(field(DialectRules { qr_prefix: Some(prefix.to_owned()), ..paper() }), "rules.qr_prefix");
    }
    let kept = DialectRules { qr_prefix: Some("  ".to_owned()), reply_delay_ms: 3_000, ..paper() };
    assert_eq!(kept.checked().unwrap().qr_prefix, None);
}
