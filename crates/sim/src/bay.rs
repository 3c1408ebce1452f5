//! One connector as a thing: socket, meter, contactor, and the car in it. What the protocols tell
//! of it is theirs; what happens in it is here.

use crate::car::{Car, Flow, whole_dwh};
use crate::pile::Overheat;
use model::site::PileKind;
use model::time::Timestamp;

/// The physics is stepped in seconds, whatever the caller's ticks are.
const STEP_MS: i64 = 1_000;
/// After a gap longer than this (a stopped program) the car is not charged for the gap.
const GAP_MAX_MS: i64 = 26 * 60 * 60 * 1_000;

#[derive(Debug)]
pub struct Bay {
    kind: PileKind,
    rated_w: i64,
    pub car: Option<Car>,
    /// The contactor is closed.
    flowing: bool,
    register_dwh: i64,
    carry_wms: i64,
    stepped_to: Timestamp,
    flow: Flow,
    pub faulted: bool,
    /// What the pile was told to give at most.
    limit_w: Option<i64>,
    /// What becomes too hot here while energy flows, and for how long it has done so.
    pub overheat: Option<Overheat>,
    heated_ms: i64,
}

/// A fault heats by a degree in so much time, and by so many degrees at most.
const HEATS_DEGREE_MS: i64 = 500;
const HEAT_MOST_C: i64 = 75;

/// What the pile's instruments show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    pub at: Timestamp,
    pub flow: Flow,
    pub register_dwh: i64,
    pub soc_percent: Option<i64>,
    /// Of the battery.
    pub temperature_c: i64,
    pub cable_c: i64,
    pub remaining_minutes: i64,
}

impl Bay {
    pub fn new(kind: PileKind, rated_w: i64, register_dwh: i64) -> Bay {
        Bay {
            kind,
            rated_w,
            car: None,
            flowing: false,
            register_dwh,
            carry_wms: 0,
            stepped_to: Timestamp::from_ms(0),
            flow: Flow::default(),
            faulted: false,
            limit_w: None,
            overheat: None,
            heated_ms: 0,
        }
    }

    pub fn register_dwh(&self) -> i64 {
        self.register_dwh
    }

    pub fn is_flowing(&self) -> bool {
        self.flowing
    }

    /// The car has what it wanted.
    pub fn is_full(&self) -> bool {
        self.car.as_ref().is_some_and(Car::is_full)
    }

    pub fn close(&mut self, now: Timestamp) {
        self.flowing = self.car.is_some() && !self.faulted;
        self.stepped_to = now;
        self.heated_ms = 0;
        self.look();
    }

    /// Degrees that the fault has added.
    fn heat_c(&self, of: Overheat) -> i64 {
        if self.overheat == Some(of) { (self.heated_ms / HEATS_DEGREE_MS).min(HEAT_MOST_C) } else { 0 }
    }

    /// The hottest place of the battery.
    pub fn battery_c(&self) -> i64 {
        self.car.as_ref().map_or(25, Car::temperature_c) + self.heat_c(Overheat::Battery)
    }

    /// Plug and cable.
    pub fn cable_c(&self) -> i64 {
        self.car.as_ref().map_or(25, Car::temperature_c) + self.heat_c(Overheat::Cable)
    }

    pub fn open(&mut self, now: Timestamp) {
        self.advance(now);
        self.flowing = false;
        self.flow = Flow::default();
    }

    /// From this moment on it gives at most so much.
    pub fn hold(&mut self, limit_w: Option<i64>, now: Timestamp) {
        if self.limit_w != limit_w {
            self.advance(now);
            self.limit_w = limit_w;
            self.look();
        }
    }

    /// It is told to give nothing.
    pub fn is_paused(&self) -> bool {
        self.limit_w.is_some_and(|limit| limit <= 0)
    }

    /// Lets energy flow up to this moment.
    pub fn advance(&mut self, now: Timestamp) {
        let gap = now.since(self.stepped_to);
        if !self.flowing || gap <= 0 {
            return;
        }
        if gap > GAP_MAX_MS {
            self.stepped_to = now;
            return;
        }
        while self.stepped_to < now {
            let ms = now.since(self.stepped_to).min(STEP_MS);
            let delivered_wms = self.flow.power_w * ms;
            // What is hot stays hot; only current heats it more.
            self.heated_ms += if self.flow.power_w > 0 { ms } else { 0 };
            self.carry_wms += delivered_wms;
            self.register_dwh += whole_dwh(&mut self.carry_wms);
            if let Some(car) = &mut self.car {
                car.take(self.kind, delivered_wms, ms);
            }
            self.stepped_to = self.stepped_to.plus_ms(ms);
            self.look();
        }
    }

    fn look(&mut self) {
        self.flow = match &self.car {
            Some(car) if self.flowing => {
                car.flow(self.kind, self.limit_w.unwrap_or(self.rated_w).clamp(0, self.rated_w))
            }
            _ => Flow::default(),
        };
    }

    pub fn measure(&self, at: Timestamp) -> Measured {
        let car = self.car.as_ref();
        Measured {
            at,
            flow: self.flow,
            register_dwh: self.register_dwh,
            // An AC pile does not talk with the battery.
            soc_percent: car.filter(|_| self.kind != PileKind::Ac).map(Car::soc_percent),
            temperature_c: self.battery_c(),
            cable_c: self.cable_c(),
            remaining_minutes: car.map_or(0, |c| c.remaining_minutes(self.flow.power_w)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::car::MODELS;

    /// Energy is the integral of power, SOC never falls, and the car stops at its target.
    #[test]
    fn a_charge_from_20_to_90_percent() {
        for (kind, rated) in [(PileKind::Dc, 120_000), (PileKind::Ac, 7_000)] {
            let start = Timestamp::from_ms(1_750_000_000_000);
            let mut bay = Bay::new(kind, rated, 5_000_000);
            bay.car = Some(Car::new(&MODELS[2], 20, 90));
            bay.close(start);
            let (mut integral_wms, mut soc, mut now) = (0, 20, start);
            while !bay.is_full() {
                integral_wms += bay.measure(now).flow.power_w * 1_000;
                now = now.plus_ms(1_000);
                bay.advance(now);
                let measured = bay.measure(now);
                assert!(measured.flow.power_w <= rated);
                let at = bay.car.as_ref().unwrap().soc_percent();
                assert!(at >= soc && at <= soc + 1);
                soc = at;
                assert!(now.since(start) < 24 * 3_600_000);
            }
            let delivered = bay.register_dwh() - 5_000_000;
            assert!((integral_wms / 360_000 - delivered).abs() <= 1, "{kind:?}");
            // 70 % of 77 kWh and the losses.
            assert!((539_000..620_000).contains(&delivered), "{kind:?} {delivered}");
            assert!((15..60).contains(&bay.measure(now).temperature_c));
            assert_eq!(bay.measure(now).cable_c, bay.measure(now).temperature_c, "nothing is too hot");
            bay.advance(now.plus_ms(600_000));
            assert_eq!(bay.register_dwh() - 5_000_000, delivered, "a full car takes nothing");
        }
    }

    #[test]
    fn what_overheats_does_so_while_it_charges() {
        let start = Timestamp::from_ms(1_750_000_000_000);
        for (overheat, hot) in [(Overheat::Battery, (true, false)), (Overheat::Cable, (false, true))] {
            let mut bay = Bay::new(PileKind::Dc, 120_000, 0);
            bay.overheat = Some(overheat);
            bay.car = Some(Car::new(&MODELS[2], 20, 90));
            bay.close(start);
            bay.advance(start.plus_ms(60_000));
            let measured = bay.measure(start.plus_ms(60_000));
            assert_eq!((measured.temperature_c > 90, measured.cable_c > 90), hot, "{measured:?}");
            bay.open(start.plus_ms(61_000));
            bay.close(start.plus_ms(62_000));
            assert!(bay.measure(start.plus_ms(62_000)).cable_c < 60, "the next session begins cool");
        }
    }

    #[test]
    fn how_often_it_is_looked_at_does_not_change_the_energy_much() {
        let run = |tick: i64| {
            let start = Timestamp::from_ms(0);
            let mut bay = Bay::new(PileKind::Dc, 60_000, 0);
            bay.car = Some(Car::new(&MODELS[0], 10, 100));
            bay.close(start);
            (1..=600_000 / tick).for_each(|n| bay.advance(start.plus_ms(n * tick)));
            bay.register_dwh()
        };
        assert!((run(100) - run(15_000)).abs() <= 20, "{} {}", run(100), run(15_000));
    }
}
