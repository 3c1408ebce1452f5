//! Messages that are repeated, late and in disorder give the orders that the orderly ones give: here those
//! of OCPP 1.6; `convergence_ocpp2.rs` and `convergence_ykc.rs` have the others. `make convergence` runs
//! a thousand sessions of each under many seeds, on SQLite.

use crate::world::{World, kwh, sample, stop_of, wall, worlds};
use model::device::Sample;
use model::id::SessionKey;
use model::order::Order;
use model::time::{MINUTE_MS, Timestamp};

pub struct Dice(pub u64);

impl Dice {
    /// 0..below, by xorshift.
    pub fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below as u64) as usize
    }
}

pub struct Session {
    pub pile: i64,
    pub no: u16,
    pub tag: String,
    pub begun: Timestamp,
    pub ended: Timestamp,
    pub start: f64,
    pub stop: f64,
    pub samples: Vec<Sample>,
}

/// How many sessions, and under which seeds: few in the tests, many where somebody asks for them.
pub fn runs() -> (usize, Vec<u64>) {
    let asked = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let sessions = asked("PILEOPS_SESSIONS").unwrap_or(200);
    let (first, seeds) = (asked("PILEOPS_SEED").unwrap_or(2_026), asked("PILEOPS_SEEDS").unwrap_or(1));
    (usize::try_from(sessions).unwrap(), (first..first + seeds).collect())
}

/// Sessions one after the other at ten piles; some of them with a meter that cannot be right.
pub fn sessions(dice: &mut Dice, count: usize) -> Vec<Session> {
    (0..i64::try_from(count).unwrap())
        .map(|n| {
            let pile = 1 + n % 10;
            let begun = wall("00:10").plus_ms(n / 10 * 95 * MINUTE_MS + dice.roll(600) as i64 * 1_000);
            let minutes = 20 + dice.roll(50) as i64;
            let start = if dice.roll(10) == 0 { 0.0 } else { (n * 100) as f64 };
            let mut meter = start;
            let mut soc = 10;
            let samples = (1..=dice.roll(7) as i64)
                .map(|step| {
                    let at = begun.plus_ms(step * minutes * MINUTE_MS / 8 + 1);
                    meter += if dice.roll(25) == 0 { -3.0 } else { dice.roll(4_000) as f64 / 1_000.0 };
                    soc += dice.roll(9) as i64;
                    let energy = dice.roll(4) > 0;
                    sample(at, energy.then_some(meter), (dice.roll(3) > 0).then_some(soc))
                })
                .collect();
            let stop = meter + dice.roll(3_000) as f64 / 1_000.0;
            let tag = format!("C{}", 10 + pile);
            let ended = begun.plus_ms(minutes * MINUTE_MS);
            Session { pile, no: 1 + (n % 2) as u16, tag, begun, ended, start, stop, samples }
        })
        .collect()
}

pub fn set(w: &World, now: Timestamp) {
    if let model::time::Clock::Manual(ms) = &w.clock {
        ms.store(now.as_ms(), std::sync::atomic::Ordering::SeqCst);
    }
}

fn begin(w: &World, s: &Session) -> SessionKey {
    w.start_at(s.pile, s.no, &s.tag, s.start, s.begun).0
}

fn orderly(w: &World, sessions: &[Session]) -> Vec<SessionKey> {
    let run = |s: &Session| {
        set(w, s.begun);
        let key = begin(w, s);
        for sample in &s.samples {
            set(w, sample.at);
            w.meter(s.pile, key, vec![sample.clone()]);
        }
        set(w, s.ended);
        w.stop_by(s.pile, stop_of(key, s.ended, s.stop));
        key
    };
    sessions.iter().map(run).collect()
}

/// The same, with all that a bad line does to it.
fn disorderly(w: &mut World, sessions: &[Session], dice: &mut Dice) -> Vec<SessionKey> {
    let mut keys: Vec<SessionKey> = Vec::new();
    for (n, s) in sessions.iter().enumerate() {
        // Never twice the same: messages that are late by the same time are a slow clock.
        set(w, s.begun.plus_ms(n as i64 / 10 * 23 % 190 * 1_000));
        let key = begin(w, s);
        keys.push(key);
        let mut batches: Vec<Vec<Sample>> = s.samples.iter().map(|sample| vec![sample.clone()]).collect();
        batches.extend((0..dice.roll(4)).filter_map(|_| {
            let count = s.samples.len();
            (count > 0).then(|| s.samples[dice.roll(count)..].to_vec())
        }));
        for place in (1..batches.len()).rev() {
            batches.swap(place, dice.roll(place + 1));
        }
        set(w, s.ended.plus_ms(dice.roll(200) as i64 * 1_000));
        for batch in batches {
            w.meter(s.pile, key, batch);
            match dice.roll(6) {
                0 => assert_eq!(begin(w, s), key, "a start again"),
                1 if n % 40 == 7 => w.restart(),
                2 if n > 0 => {
                    let old = dice.roll(n);
                    let (old, key) = (&sessions[old], keys[old]);
                    assert_eq!(begin(w, old), key, "the start of a session that is over");
                    w.stop_by(old.pile, stop_of(key, old.ended, old.stop));
                    w.meter(old.pile, key, old.samples.clone());
                }
                _ => {}
            }
        }
        for _ in 0..=dice.roll(3) {
            w.stop_by(s.pile, stop_of(key, s.ended, s.stop));
        }
    }
    keys
}

/// What must be equal: all but row numbers and times of receipt.
pub fn essence(order: Order) -> Order {
    Order {
        id: model::id::OrderId(0),
        session: None,
        created_at: Timestamp::from_ms(0),
        sample_from: 0,
        frame_from: 0,
        end_received: None,
        ..order
    }
}

/// Both worlds have each session once and the same sums, and neither all nor none of it is held.
pub fn agreed(straight: &World, crooked: &World, count: usize, held: usize) {
    assert!((count / 40..count / 2).contains(&held), "{held} of {count} are held: both kinds are there");
    for w in [straight, crooked] {
        assert_eq!(w.count("SELECT COUNT(*) FROM orders"), i64::try_from(count).unwrap());
        w.sound();
    }
    for sum in [
        "SELECT CAST(SUM(energy_dwh) AS BIGINT) FROM station_hour",
        "SELECT CAST(SUM(total_fen) AS BIGINT) FROM station_hour",
    ] {
        assert_eq!(straight.count(sum), crooked.count(sum), "{sum}");
    }
}

#[test]
fn disorder_ends_in_the_same_orders() {
    let (count, seeds) = runs();
    for seed in seeds {
        let sessions = sessions(&mut Dice(seed), count);
        for (straight, mut crooked) in worlds().into_iter().zip(worlds()) {
            let ordered = orderly(&straight, &sessions);
            let shuffled = disorderly(&mut crooked, &sessions, &mut Dice(seed + 99));
            let mut held = 0;
            for (n, (a, b)) in ordered.into_iter().zip(shuffled).enumerate() {
                let pile = sessions[n].pile;
                let (a, b) = (straight.order(pile, a), crooked.order(pile, b));
                held += usize::from(a.total.0 == 0 && a.energy != kwh(0.0));
                assert_eq!(essence(a), essence(b), "session {n} of seed {seed}");
            }
            agreed(&straight, &crooked, count, held);
        }
    }
}
