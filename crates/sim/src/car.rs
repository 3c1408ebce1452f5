//! Cars, as a pile sees them: what they draw at which state of charge, and how the pack's voltage
//! and temperature follow. All integers, so that a session replays to the bit.

use crate::random::Random;
use model::site::PileKind;

/// 1 dWh = 360 J = 360 000 W·ms.
const WMS_PER_DWH: i64 = 360_000;
/// What of the AC energy reaches the battery.
const AC_EFFICIENCY_PERCENT: i64 = 91;
const DC_EFFICIENCY_PERCENT: i64 = 96;
/// One phase of a Chinese AC pile.
const AC_VOLTAGE_DV: i64 = 2_200;

/// A model of car. The curve gives the DC power that the battery accepts at a state of charge.
#[derive(Debug, PartialEq, Eq)]
pub struct CarModel {
    pub name: &'static str,
    pub battery_wh: i64,
    pub ac_power_w: i64,
    /// Percent and watts, rising in percent, from 0 to 100.
    pub dc_curve: &'static [(i64, i64)],
    /// Pack voltage at 0 % and at 100 %, 0.1 V.
    pub pack_dv: (i64, i64),
}

pub const MODELS: [CarModel; 6] = [
    CarModel {
        name: "compact 38 kWh",
        battery_wh: 38_000,
        ac_power_w: 3_300,
        dc_curve: &[(0, 35_000), (10, 48_000), (55, 50_000), (80, 28_000), (95, 9_000), (100, 3_000)],
        pack_dv: (3_050, 3_650),
    },
    CarModel {
        name: "sedan 57 kWh LFP",
        battery_wh: 57_500,
        ac_power_w: 7_000,
        dc_curve: &[(0, 60_000), (10, 88_000), (60, 86_000), (80, 45_000), (92, 20_000), (100, 4_000)],
        pack_dv: (3_350, 3_980),
    },
    CarModel {
        name: "SUV 77 kWh",
        battery_wh: 77_000,
        ac_power_w: 11_000,
        dc_curve: &[(0, 80_000), (8, 120_000), (50, 115_000), (70, 75_000), (80, 52_000), (100, 6_000)],
        pack_dv: (3_400, 4_150),
    },
    CarModel {
        name: "long range 82 kWh",
        battery_wh: 82_000,
        ac_power_w: 11_000,
        dc_curve: &[(0, 120_000), (10, 180_000), (35, 150_000), (60, 95_000), (80, 55_000), (100, 7_000)],
        pack_dv: (3_300, 4_030),
    },
    CarModel {
        name: "800 V 100 kWh",
        battery_wh: 100_000,
        ac_power_w: 22_000,
        dc_curve: &[(0, 150_000), (10, 250_000), (60, 240_000), (75, 150_000), (85, 70_000), (100, 10_000)],
        pack_dv: (6_500, 8_080),
    },
    CarModel {
        name: "bus 255 kWh LFP",
        battery_wh: 255_000,
        ac_power_w: 22_000,
        dc_curve: &[(0, 150_000), (5, 180_000), (85, 175_000), (95, 60_000), (100, 12_000)],
        pack_dv: (5_200, 6_150),
    },
];

/// What flows between pile and car at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    pub power_w: i64,
    /// 0.1 V
    pub voltage_dv: i64,
    /// 0.1 A
    pub current_da: i64,
}

#[derive(Clone, Debug)]
pub struct Car {
    pub model: &'static CarModel,
    pub vin: String,
    /// The battery of this run; a demo in a hurry makes it smaller, see [`Car::hurried`].
    capacity_dwh: i64,
    stored_wms: i64,
    pub target_percent: i64,
    /// How long it stays plugged in when the session is over.
    pub dwell_ms: i64,
    /// 0.001 °C, because it moves by less than a tenth in a step.
    temperature_m: i64,
    ambient_m: i64,
    ripple: u64,
}

impl Car {
    pub fn random(random: &mut Random) -> Car {
        let model = random.pick(&MODELS).unwrap_or(&MODELS[1]);
        let start = random.between(8, 55);
        let target = if random.chance(30) { 100 } else { random.between(75, 97) };
        let ambient = random.between(12, 33) * 1_000;
        Car {
            model,
            vin: vin(random),
            capacity_dwh: model.battery_wh * 10,
            stored_wms: model.battery_wh * 10 * WMS_PER_DWH / 100 * start,
            target_percent: target,
            dwell_ms: random.between(30, 420) * 1_000,
            temperature_m: ambient,
            ambient_m: ambient,
            ripple: random.bits(),
        }
    }

    /// A car of one model, for tests by hand.
    pub fn new(model: &'static CarModel, start_percent: i64, target_percent: i64) -> Car {
        let mut car = Car::random(&mut Random::named(1, model.name));
        car.model = model;
        car.capacity_dwh = model.battery_wh * 10;
        car.stored_wms = model.battery_wh * 10 * WMS_PER_DWH / 100 * start_percent.clamp(0, 100);
        car.target_percent = target_percent.clamp(1, 100);
        car
    }

    /// The same car with a battery so much smaller: its session takes so much less time, while power
    /// × time stays the energy that the meter counts. Turning up the power instead would look to the
    /// platform like the meter fraud that it is told to hold back.
    pub fn hurried(mut self, speed: i64) -> Car {
        let speed = speed.max(1);
        self.capacity_dwh = (self.capacity_dwh / speed).max(1);
        self.stored_wms /= speed;
        self.dwell_ms /= speed;
        self
    }

    fn capacity_wms(&self) -> i64 {
        self.capacity_dwh * WMS_PER_DWH
    }

    /// State of charge in whole percent.
    pub fn soc_percent(&self) -> i64 {
        (self.stored_wms / (self.capacity_wms() / 100).max(1)).clamp(0, 100)
    }

    pub fn is_full(&self) -> bool {
        self.soc_percent() >= self.target_percent
    }

    pub fn temperature_c(&self) -> i64 {
        self.temperature_m / 1_000
    }

    pub fn capacity_wh(&self) -> i64 {
        self.capacity_dwh / 10
    }

    /// What the car draws now from a pile that can give `rated_w`.
    pub fn flow(&self, kind: PileKind, rated_w: i64) -> Flow {
        if self.is_full() {
            return Flow::default();
        }
        let soc = self.soc_percent();
        let accepts = if kind == PileKind::Ac { self.model.ac_power_w } else { self.dc_power_w() };
        // Up to 2 % less, never more than the pile's rating.
        let ripple =
            i64::try_from((self.ripple ^ (soc.unsigned_abs().wrapping_mul(0x9E37))) % 21).unwrap_or(0);
        let power_w = accepts.min(rated_w) * (1_000 - ripple) / 1_000;
        let (empty, full) = self.model.pack_dv;
        let voltage_dv =
            if kind == PileKind::Ac { AC_VOLTAGE_DV - ripple } else { empty + (full - empty) * soc / 100 };
        Flow { power_w, voltage_dv, current_da: power_w * 100 / voltage_dv.max(1) }
    }

    fn dc_power_w(&self) -> i64 {
        // Interpolated in 1/100 %, so that the power does not jump at every percent.
        let soc = self.stored_wms / (self.capacity_wms() / 10_000).max(1);
        let curve = self.model.dc_curve;
        for pair in curve.windows(2) {
            let [(low, low_w), (high, high_w)] = [pair[0], pair[1]];
            if soc <= high * 100 {
                return low_w + (high_w - low_w) * (soc - low * 100) / ((high - low) * 100).max(1);
            }
        }
        curve.last().map_or(0, |(_, watts)| *watts)
    }

    /// Takes what the pile delivered over `ms`.
    pub fn take(&mut self, kind: PileKind, delivered_wms: i64, ms: i64) {
        let efficiency = if kind == PileKind::Ac { AC_EFFICIENCY_PERCENT } else { DC_EFFICIENCY_PERCENT };
        self.stored_wms = (self.stored_wms + delivered_wms / 100 * efficiency).min(self.capacity_wms());
        // A pack warms towards some 18 °C above the air at 2C, with a time constant of ten minutes.
        let milli_c = delivered_wms / ms.max(1) * 10_000 / self.capacity_dwh.max(1);
        let settles = self.ambient_m + (milli_c * 9).min(22_000);
        self.temperature_m += (settles - self.temperature_m) * ms / 600_000;
    }

    /// How long it still takes at the present power, in minutes.
    pub fn remaining_minutes(&self, power_w: i64) -> i64 {
        let wanted = self.capacity_wms() / 100 * self.target_percent - self.stored_wms;
        (wanted.max(0) / (power_w.max(1) * 60_000)).min(600)
    }
}

/// 17 characters of the VIN alphabet (no I, O, Q).
fn vin(random: &mut Random) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNPRSTUVWXYZ0123456789";
    let mut vin = String::from("L");
    for _ in 0..10 {
        vin.push(char::from(*random.pick(LETTERS).unwrap_or(&b'A')));
    }
    vin.push_str(&format!("{:06}", random.between(0, 999_999)));
    vin
}

/// Watt-milliseconds to whole 0.1 Wh; the rest stays in `carry`.
pub fn whole_dwh(carry_wms: &mut i64) -> i64 {
    let whole = *carry_wms / WMS_PER_DWH;
    *carry_wms -= whole * WMS_PER_DWH;
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_are_whole_and_power_stays_below_the_rating() {
        for model in &MODELS {
            assert_eq!(model.dc_curve.first().map(|p| p.0), Some(0), "{}", model.name);
            assert_eq!(model.dc_curve.last().map(|p| p.0), Some(100), "{}", model.name);
            for rated in [7_000, 60_000, 120_000, 480_000] {
                for start in 0..100 {
                    let car = Car::new(model, start, 100);
                    for kind in [PileKind::Dc, PileKind::Ac] {
                        let flow = car.flow(kind, rated);
                        assert!(flow.power_w > 0 && flow.power_w <= rated, "{} {start} {flow:?}", model.name);
                        let product = flow.voltage_dv * flow.current_da / 100;
                        assert!((flow.power_w - product).abs() <= flow.voltage_dv / 100 + 1, "{flow:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn power_falls_when_the_battery_fills() {
        for model in &MODELS {
            let power = |soc| Car::new(model, soc, 100).flow(PileKind::Dc, 1_000_000).power_w;
            assert!(power(95) < power(40) / 2, "{}", model.name);
        }
    }

    #[test]
    fn a_hurried_car_is_full_sooner_at_the_same_power() {
        let slow = Car::new(&MODELS[1], 30, 80);
        let fast = Car::new(&MODELS[1], 30, 80).hurried(20);
        assert_eq!(slow.flow(PileKind::Dc, 60_000), fast.flow(PileKind::Dc, 60_000));
        assert_eq!(fast.soc_percent(), 30);
        let minutes = (slow.remaining_minutes(60_000), fast.remaining_minutes(60_000));
        assert!(minutes.0 >= 19 * minutes.1 && minutes.1 >= 1, "{minutes:?}");
    }
}
