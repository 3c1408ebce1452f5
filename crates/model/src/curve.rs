//! 充电曲线: what the pile reported along a session. Kept with the order in a compact form, from
//! which the bill can be computed again.

use crate::energy::Energy;
use crate::tariff::Reading;
use crate::time::{MINUTE_MS, Timestamp};

/// One moment of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    pub at: Timestamp,
    /// Delivered since the start of the session; `None` when the message carried no energy.
    pub delivered: Option<Energy>,
    pub power_w: Option<i64>,
    /// 0.1 V
    pub voltage_dv: Option<i64>,
    /// 0.1 A
    pub current_da: Option<i64>,
    pub soc_percent: Option<i64>,
    pub temperature_c: Option<i64>,
}

impl Point {
    pub fn at(at: Timestamp) -> Point {
        Point {
            at,
            delivered: None,
            power_w: None,
            voltage_dv: None,
            current_da: None,
            soc_percent: None,
            temperature_c: None,
        }
    }

    fn add(&mut self, later: Point) {
        *self = Point {
            at: self.at,
            delivered: later.delivered.or(self.delivered),
            power_w: later.power_w.or(self.power_w),
            voltage_dv: later.voltage_dv.or(self.voltage_dv),
            current_da: later.current_da.or(self.current_da),
            soc_percent: later.soc_percent.or(self.soc_percent),
            temperature_c: later.temperature_c.or(self.temperature_c),
        };
    }

    fn values(&self) -> [Option<i64>; 6] {
        [
            self.delivered.map(Energy::dwh),
            self.power_w,
            self.voltage_dv,
            self.current_da,
            self.soc_percent,
            self.temperature_c,
        ]
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Curve {
    points: Vec<Point>,
}

/// Enough for a day at one point in half a minute; longer sessions are thinned.
pub const POINTS_MAX: usize = 2_880;

impl Curve {
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    pub fn last(&self) -> Option<&Point> {
        self.points.last()
    }

    /// Puts a point in its place in time. One for the same moment adds what it says to what is known:
    /// a repeated message changes nothing, and one with other values takes none away.
    pub fn push(&mut self, point: Point) {
        match self.points.binary_search_by_key(&point.at, |p| p.at) {
            Ok(same) => self.points[same].add(point),
            Err(place) => self.points.insert(place, point),
        }
        if self.points.len() > POINTS_MAX {
            self.thin();
        }
    }

    /// The points that carry energy, as the bill wants them.
    pub fn readings(&self) -> impl Iterator<Item = Reading> + '_ {
        self.points.iter().filter_map(|p| Some(Reading { at: p.at, delivered: p.delivered? }))
    }

    /// Drops every second point, but keeps the first, the last, and those beside a half hour, so
    /// that the bill of the thinned curve is the bill of the full one to within the half hour.
    fn thin(&mut self) {
        let half_hour = |p: &Point| p.at.as_ms().div_euclid(15 * MINUTE_MS);
        let last = self.points.len() - 1;
        let keep: Vec<bool> = (0..=last)
            .map(|i| {
                i == 0
                    || i == last
                    || i % 2 == 0
                    || half_hour(&self.points[i]) != half_hour(&self.points[i - 1])
                    || half_hour(&self.points[i]) != half_hour(&self.points[i + 1])
            })
            .collect();
        let mut flags = keep.into_iter();
        self.points.retain(|_| flags.next().unwrap_or(true));
    }

    /// Version byte, then per point the time and each value as a difference to the last one, as
    /// zig-zag variable-length integers behind a byte that tells which values are present.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(8 + self.points.len() * 10);
        out.push(1);
        let mut before = [0i64; 6];
        let mut time = 0i64;
        for point in &self.points {
            let values = point.values();
            let mask = values.iter().enumerate().fold(0u8, |m, (i, v)| m | (u8::from(v.is_some()) << i));
            out.push(mask);
            put(&mut out, point.at.as_ms().wrapping_sub(time));
            time = point.at.as_ms();
            for (value, before) in values.iter().zip(&mut before) {
                if let Some(value) = value {
                    put(&mut out, value.wrapping_sub(*before));
                    *before = *value;
                }
            }
        }
        out
    }

    /// `None` when the bytes are not a curve.
    pub fn decode(bytes: &[u8]) -> Option<Curve> {
        let Some((version, mut rest)) = bytes.split_first() else {
            return Some(Curve::default());
        };
        if *version != 1 {
            return None;
        }
        let mut points = Vec::new();
        let mut before = [0i64; 6];
        let mut time = 0i64;
        while let Some((mask, tail)) = rest.split_first() {
            rest = tail;
            time = time.wrapping_add(take(&mut rest)?);
            let mut values = [None; 6];
            for (i, (value, before)) in values.iter_mut().zip(&mut before).enumerate() {
                if mask & (1 << i) != 0 {
                    *before = before.wrapping_add(take(&mut rest)?);
                    *value = Some(*before);
                }
            }
            let [delivered, power_w, voltage_dv, current_da, soc_percent, temperature_c] = values;
            points.push(Point {
                at: Timestamp::from_ms(time),
                delivered: delivered.map(Energy::from_dwh),
                power_w,
                voltage_dv,
                current_da,
                soc_percent,
                temperature_c,
            });
        }
        Some(Curve { points })
    }
}

fn put(out: &mut Vec<u8>, value: i64) {
    let mut zigzag = ((value << 1) ^ (value >> 63)) as u64;
    while zigzag >= 0x80 {
        out.push((zigzag as u8) | 0x80);
        zigzag >>= 7;
    }
    out.push(zigzag as u8);
}

fn take(bytes: &mut &[u8]) -> Option<i64> {
    let mut zigzag = 0u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        zigzag |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some((zigzag >> 1) as i64 ^ -((zigzag & 1) as i64));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn point() -> impl Strategy<Value = Point> {
        let value = || prop::option::of(any::<i64>());
        (any::<i64>(), value(), value(), value(), value(), value(), value()).prop_map(
            |(at, e, p, v, c, s, t)| Point {
                at: Timestamp::from_ms(at),
                delivered: e.map(Energy::from_dwh),
                power_w: p,
                voltage_dv: v,
                current_da: c,
                soc_percent: s,
                temperature_c: t,
            },
        )
    }

    proptest! {
        #[test]
        fn a_curve_survives_its_bytes(points in prop::collection::vec(point(), 0..50)) {
            let mut curve = Curve::default();
            points.into_iter().for_each(|p| curve.push(p));
            prop_assert_eq!(Curve::decode(&curve.encode()), Some(curve));
        }

        #[test]
        fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Curve::decode(&bytes);
        }
    }

    #[test]
    fn two_points_of_one_moment_are_one_with_all_values() {
        let at = Point::at(Timestamp::from_ms(1));
        let mut curve = Curve::default();
        curve.push(Point { delivered: Some(Energy::from_dwh(5)), soc_percent: Some(40), ..at });
        curve.push(Point { power_w: Some(7), soc_percent: Some(41), ..at });
        let both =
            Point { delivered: Some(Energy::from_dwh(5)), power_w: Some(7), soc_percent: Some(41), ..at };
        assert_eq!(curve.points(), [both]);
    }

    #[test]
    fn a_long_session_is_thinned_and_keeps_its_ends() {
        let mut curve = Curve::default();
        for i in 0..10_000i64 {
            let mut point = Point::at(Timestamp::from_ms(i * 10_000));
            point.delivered = Some(Energy::from_dwh(i * 7));
            curve.push(point);
        }
        assert!(curve.points().len() <= POINTS_MAX);
        let readings: Vec<Reading> = curve.readings().collect();
        assert_eq!(readings[0].delivered, Energy::ZERO);
        assert_eq!(readings.last().unwrap().delivered, Energy::from_dwh(9_999 * 7));
    }
}
