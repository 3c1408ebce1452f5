//! Places on earth. We keep WGS-84 (GPS); Chinese maps show GCJ-02, which is shifted by some hundred
//! metres inside China. Degrees × 10⁶.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Datum {
    /// GPS, most instruments.
    #[default]
    Wgs84,
    /// 高德, 腾讯 and other Chinese maps.
    Gcj02,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub longitude_e6: i64,
    pub latitude_e6: i64,
}

const METRES_A_DEGREE: f64 = 111_195.0;
/// The ellipsoid that the shift is defined on: half axis in metres, and eccentricity squared.
const AXIS: f64 = 6_378_245.0;
const ECCENTRICITY: f64 = 0.006_693_421_622_965_943;

impl Place {
    /// None when this is no place on earth.
    pub fn of(longitude_e6: i64, latitude_e6: i64) -> Option<Place> {
        let on_earth = longitude_e6.unsigned_abs() <= 180_000_000 && latitude_e6.unsigned_abs() <= 90_000_000;
        on_earth.then_some(Place { longitude_e6, latitude_e6 })
    }

    /// Over the ground, for places that are near to each other.
    pub fn distance_m(self, other: Place) -> i64 {
        let ((x, y), (to_x, to_y)) = (self.degrees(), other.degrees());
        let east = (to_x - x) * ((y + to_y) / 2.0).to_radians().cos();
        ((to_y - y).hypot(east) * METRES_A_DEGREE).round() as i64
    }

    /// The corners of a square around it that holds everything within so many metres.
    pub fn square(self, metres: i64) -> (Place, Place) {
        let (_, latitude) = self.degrees();
        let north = metres as f64 / METRES_A_DEGREE;
        // At the poles every longitude is near.
        let east = (north / latitude.to_radians().cos().abs().max(0.01)).min(360.0);
        (self.moved((-east, -north)), self.moved((east, north)))
    }

    fn degrees(self) -> (f64, f64) {
        (self.longitude_e6 as f64 / 1e6, self.latitude_e6 as f64 / 1e6)
    }

    fn moved(self, (longitude, latitude): (f64, f64)) -> Place {
        Place {
            longitude_e6: self.longitude_e6 + (longitude * 1e6).round() as i64,
            latitude_e6: self.latitude_e6 + (latitude * 1e6).round() as i64,
        }
    }

    /// As Chinese maps show it. Outside China nothing is shifted.
    pub fn wgs84_to_gcj02(self) -> Place {
        self.moved(shift(self.degrees()))
    }

    /// Back again: the shift is taken where it leads here, which a few steps find to the last digit.
    pub fn gcj02_to_wgs84(self) -> Place {
        let mut guess = self;
        for _ in 0..6 {
            let there = guess.wgs84_to_gcj02();
            guess = Place {
                longitude_e6: guess.longitude_e6 + self.longitude_e6 - there.longitude_e6,
                latitude_e6: guess.latitude_e6 + self.latitude_e6 - there.latitude_e6,
            };
        }
        guess
    }

    /// From the datum in which it was given to the one that we keep.
    pub fn kept(self, given: Datum) -> Place {
        match given {
            Datum::Wgs84 => self,
            Datum::Gcj02 => self.gcj02_to_wgs84(),
        }
    }

    pub fn shown(self, wanted: Datum) -> Place {
        match wanted {
            Datum::Wgs84 => self,
            Datum::Gcj02 => self.wgs84_to_gcj02(),
        }
    }
}

/// By how many degrees a place is shifted.
fn shift((longitude, latitude): (f64, f64)) -> (f64, f64) {
    use std::f64::consts::PI;
    if !(72.004..=137.8347).contains(&longitude) || !(0.8293..=55.8271).contains(&latitude) {
        return (0.0, 0.0);
    }
    let (x, y) = (longitude - 105.0, latitude - 35.0);
    let wave = |weight: f64, value: f64| weight * (value * PI).sin();
    let common = (wave(20.0, 6.0 * x) + wave(20.0, 2.0 * x)) * 2.0 / 3.0;
    let north = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * x.abs().sqrt()
        + common
        + (wave(20.0, y) + wave(40.0, y / 3.0)) * 2.0 / 3.0
        + (wave(160.0, y / 12.0) + wave(320.0, y / 30.0)) * 2.0 / 3.0;
    let east = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * x.abs().sqrt()
        + common
        + (wave(20.0, x) + wave(40.0, x / 3.0)) * 2.0 / 3.0
        + (wave(150.0, x / 12.0) + wave(300.0, x / 30.0)) * 2.0 / 3.0;
    let angle = latitude.to_radians();
    let magic = 1.0 - ECCENTRICITY * angle.sin() * angle.sin();
    let degrees = 180.0 / PI;
    (
        east * degrees / (AXIS / magic.sqrt() * angle.cos()),
        north * degrees / (AXIS * (1.0 - ECCENTRICITY) / (magic * magic.sqrt())),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(longitude_e6: i64, latitude_e6: i64) -> Place {
        Place::of(longitude_e6, latitude_e6).unwrap()
    }

    #[test]
    fn the_shift_is_the_one_that_maps_use() {
        // The published example of the common conversion: 116.404, 39.915 is shown at
        // 116.410244499, 39.916404281.
        assert_eq!(place(116_404_000, 39_915_000).wgs84_to_gcj02(), place(116_410_244, 39_916_404));
    }

    #[test]
    fn there_and_back_is_where_one_was() {
        for (x, y) in [
            (116_404_000, 39_915_000),
            (114_411_200, 30_478_900),
            (113_953_600, 22_528_100),
            (87_600_000, 43_800_000),
        ] {
            let here = place(x, y);
            let back = here.wgs84_to_gcj02().gcj02_to_wgs84();
            assert!((back.longitude_e6 - x).abs() <= 1 && (back.latitude_e6 - y).abs() <= 1, "{back:?}");
            assert_eq!(here.kept(Datum::Wgs84), here);
            assert_ne!(here.shown(Datum::Gcj02), here);
        }
    }

    #[test]
    fn outside_china_nothing_is_shifted_and_off_earth_is_nowhere() {
        for (x, y) in [(2_352_200, 48_856_600), (-74_006_000, 40_712_800), (72_003_999, 30_000_000), (0, 0)] {
            assert_eq!(place(x, y).wgs84_to_gcj02(), place(x, y));
        }
        assert!(Place::of(180_000_000, 90_000_000).is_some());
        assert!(Place::of(180_000_001, 0).is_none() && Place::of(0, -90_000_001).is_none());
        assert!(Place::of(i64::MIN, 0).is_none() && Place::of(0, i64::MIN).is_none());
    }
}
