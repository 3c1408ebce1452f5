//! The same for 云快充, where the pile's record alone settles: it is said until it is confirmed, hours later
//! perhaps; what is told while it charges is never repeated and may be lost.

use crate::convergence::{Dice, agreed, essence, runs, set};
use crate::scene;
use crate::world::{World, wall, worlds};
use model::card::{Token, TokenVerdict};
use model::connector::ConnectorStatus;
use model::device::{
    Answer, DeviceEvent, Observation, PileBill, PileBillPeriod, Sample, SampledEnergy, StatusReport,
    StopReason,
};
use model::energy::Energy;
use model::id::{SessionKey, TradeNo};
use model::money::{Amount, Price};
use model::order::{Abnormality, Order, StartMode, StopClass};
use model::time::{MINUTE_MS, Timestamp, Zone};

struct Session {
    pile: i64,
    no: u16,
    tag: String,
    begun: Timestamp,
    ended: Timestamp,
    /// Sharp, peak, flat, valley.
    energies: [i64; 4],
    /// What the pile has computed too much.
    wrong_e4: i64,
    meter_start: i64,
    /// Begun without us, under a trade number of the pile's own.
    offline: Option<TradeNo>,
}

const PRICES: [i64; 4] = [160_000, 140_000, 110_000, 70_000];

fn sessions(dice: &mut Dice, count: usize) -> Vec<Session> {
    let one = |n: usize| {
        let (pile, no) = (101 + n as i64 % 3, 1 + (n / 3 % 2) as u16);
        let begun = wall("00:10").plus_ms(n as i64 / 3 * 95 * MINUTE_MS + dice.roll(600) as i64 * 1_000);
        let minutes = 20 + dice.roll(50) as i64;
        // Only in periods that the tariff had while it ran; others are held, which is told elsewhere.
        let half = |at: Timestamp| {
            let local = Zone::shanghai().local(at);
            (local.hour * 2 + local.minute / 30) as usize
        };
        let had: Vec<usize> = (0..=minutes)
            .map(|minute| scene::tariff().periods[half(begun.plus_ms(minute * MINUTE_MS))].number())
            .collect();
        let energies = std::array::from_fn(|place| {
            let energy = if dice.roll(3) == 0 { dice.roll(60_000) as i64 } else { 0 };
            if had.contains(&place) { energy } else { 0 }
        });
        let code = format!("32010600019{pile}");
        let local = Zone::shanghai().local(begun);
        let own = TradeNo::build(&code, no, local, u32::try_from(n % 10_000).unwrap()).unwrap();
        Session {
            pile,
            no,
            tag: format!("C{}", pile - 80),
            begun,
            ended: begun.plus_ms(minutes * MINUTE_MS),
            energies,
            wrong_e4: if dice.roll(12) == 0 { 5_000 } else { 0 },
            meter_start: 1_000_000 + n as i64 * 300_000,
            offline: (dice.roll(6) == 0).then_some(own),
        }
    };
    (0..count).map(one).collect()
}

/// What the pile has computed, under the trade number that it was given.
fn bill(s: &Session, trade: TradeNo) -> PileBill {
    let period = |place: usize| {
        let (price, energy) = (Price(PRICES[place]), Energy::from_dwh(s.energies[place]));
        PileBillPeriod { price, energy, loss_energy: energy, amount: price.of(energy) }
    };
    let periods = std::array::from_fn(period);
    let energy: i64 = s.energies.iter().sum();
    let amount: i64 = periods.iter().map(|period: &PileBillPeriod| period.amount.0).sum();
    PileBill {
        session: trade,
        connector: s.no,
        started_at: Some(s.begun),
        ended_at: Some(s.ended),
        periods,
        meter_start: Energy::from_dwh(s.meter_start),
        meter_end: Energy::from_dwh(s.meter_start + energy),
        energy: Energy::from_dwh(energy),
        loss_energy: Energy::from_dwh(energy),
        amount: Amount(amount + s.wrong_e4),
        vin: None,
        mode: if s.offline.is_some() { StartMode::OfflineCard } else { StartMode::Card },
        traded_at: Some(s.ended),
        reason: StopReason { class: StopClass::Normal, code: "ykc:41".to_owned() },
        card: Some(Token::card(s.tag.as_str())),
    }
}

fn ask(w: &World, s: &Session) -> TradeNo {
    let token = Token::card(s.tag.as_str());
    let event = DeviceEvent::StartAsked { connector: s.no, token, mode: StartMode::Card, password: None };
    match w.say(s.pile, event) {
        Answer::StartAsked { session, verdict: TokenVerdict::Accepted, .. } => session,
        other => panic!("{other:?} at {:?}", w.now()),
    }
}

fn observe(w: &World, s: &Session, trade: TradeNo, dwh: i64) {
    let status = StatusReport { connector: s.no, status: ConnectorStatus::Charging, error: None, at: None };
    let energy = Some(SampledEnergy::Session(Energy::from_dwh(dwh)));
    let sample = Sample { energy, ..Sample::at(w.now()) };
    let seen = Observation {
        session: Some(SessionKey::Trade(trade)),
        status,
        charging: true,
        sample,
        amount: Amount(0),
        remaining_minutes: None,
    };
    assert_eq!(w.say(s.pile, DeviceEvent::Observed(Box::new(seen))), Answer::Noted);
}

fn idle(w: &World, s: &Session) {
    let status = StatusReport { connector: s.no, status: ConnectorStatus::Available, error: None, at: None };
    let seen = Observation {
        session: None,
        status,
        charging: false,
        sample: Sample::at(w.now()),
        amount: Amount(0),
        remaining_minutes: None,
    };
    assert_eq!(w.say(s.pile, DeviceEvent::Observed(Box::new(seen))), Answer::Noted);
}

fn settle(w: &World, s: &Session, trade: TradeNo) {
    let event = DeviceEvent::Billed(Box::new(bill(s, trade)));
    assert_eq!(w.say(s.pile, event), Answer::Billed { accepted: true });
}

/// What was delivered at each of the pile's reports.
fn course(s: &Session) -> Vec<(Timestamp, i64)> {
    let energy: i64 = s.energies.iter().sum();
    let length = s.ended.since(s.begun);
    (1..6).map(|step| (s.begun.plus_ms(length / 6 * step), energy * step / 6)).collect()
}

fn orderly(w: &World, sessions: &[Session]) -> Vec<TradeNo> {
    let run = |s: &Session| {
        set(w, s.begun);
        let trade = s.offline.unwrap_or_else(|| ask(w, s));
        if s.offline.is_none() {
            for (at, dwh) in course(s) {
                set(w, at);
                observe(w, s, trade, dwh);
            }
        }
        set(w, s.ended.plus_ms(2_000));
        settle(w, s, trade);
        trade
    };
    sessions.iter().map(run).collect()
}

fn disorderly(w: &mut World, sessions: &[Session], dice: &mut Dice) -> Vec<TradeNo> {
    let mut trades: Vec<TradeNo> = Vec::new();
    // Records that were not confirmed, as the piles believe.
    let mut waiting: Vec<usize> = Vec::new();
    for (n, s) in sessions.iter().enumerate() {
        set(w, s.begun.plus_ms(dice.roll(20) as i64 * 1_000));
        let trade = s.offline.unwrap_or_else(|| ask(w, s));
        trades.push(trade);
        if s.offline.is_none() {
            for _ in 0..dice.roll(3) {
                assert_eq!(ask(w, s), trade, "asked again");
            }
            // Some piles report nothing, and their starts run out.
            let silent = dice.roll(5) == 0;
            for (at, dwh) in course(s) {
                set(w, at.plus_ms(dice.roll(40) as i64 * 1_000));
                match dice.roll(6) {
                    _ if silent => drop(w.sweep()),
                    0 => {}
                    1 => (0..2).for_each(|_| observe(w, s, trade, dwh)),
                    2 if n % 30 == 7 => {
                        w.restart();
                        observe(w, s, trade, dwh);
                    }
                    _ => observe(w, s, trade, dwh),
                }
            }
        }
        waiting.push(n);
        set(w, s.ended.plus_ms(2_000 + dice.roll(60) as i64 * 1_000));
        // That nothing goes on any more is told all the time.
        idle(w, s);
        match dice.roll(4) {
            // It is said when the pile has a link again: after the next session, after the order was given up.
            0 => {
                set(w, w.now().plus_ms(12 * MINUTE_MS));
                w.sweep();
            }
            _ => {
                let over = |place: &usize| sessions[*place].ended < w.now();
                let (told, kept) = waiting.drain(..).partition::<Vec<_>, _>(over);
                waiting = kept;
                for place in told {
                    for _ in 0..=dice.roll(3) {
                        settle(w, &sessions[place], trades[place]);
                    }
                }
            }
        }
        if dice.roll(5) == 0 {
            let old = dice.roll(n + 1);
            if !waiting.contains(&old) && sessions[old].ended < w.now() {
                settle(w, &sessions[old], trades[old]);
                observe(w, &sessions[old], trades[old], 1);
            }
        }
    }
    set(w, w.now().plus_ms(600 * MINUTE_MS));
    for place in waiting {
        settle(w, &sessions[place], trades[place]);
    }
    trades
}

/// What a record cannot bring back is not compared: reports that were lost, and that its start was taken as failed.
fn settled(mut order: Order) -> Order {
    order.abnormal.remove(Abnormality::AfterFailure);
    Order { soc_start: None, soc_end: None, ..essence(order) }
}

#[test]
fn disorder_of_ykc_ends_in_the_same_orders() {
    let (count, seeds) = runs();
    for seed in seeds {
        let sessions = sessions(&mut Dice(seed), count);
        for (straight, mut crooked) in worlds().into_iter().zip(worlds()) {
            let ordered = orderly(&straight, &sessions);
            let shuffled = disorderly(&mut crooked, &sessions, &mut Dice(seed + 99));
            let mut held = 0;
            for (n, (a, b)) in ordered.into_iter().zip(shuffled).enumerate() {
                let pile = sessions[n].pile;
                let a = straight.order(pile, SessionKey::Trade(a));
                let b = crooked.order(pile, SessionKey::Trade(b));
                held += usize::from(!a.abnormal.doubts().is_empty());
                assert_eq!(settled(a), settled(b), "session {n} of seed {seed}");
            }
            agreed(&straight, &crooked, count, held);
        }
    }
}
