//! Money: integers only. Prices in 0.00001 yuan per kWh, amounts of a segment in 0.0001 yuan,
//! orders and everything people pay in fen.
//!
//! One published rounding rule, [`divide_rounded`]: half away from zero. It is applied twice: once
//! when a segment's energy is priced, once when an order's segments are added up to fen.

use crate::energy::Energy;
use serde::{Deserialize, Serialize};
use std::ops::{Add, Sub};

macro_rules! integer_money {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl Add for $name {
            type Output = $name;
            fn add(self, other: $name) -> $name {
                $name(self.0.saturating_add(other.0))
            }
        }

        impl Sub for $name {
            type Output = $name;
            fn sub(self, other: $name) -> $name {
                $name(self.0.saturating_sub(other.0))
            }
        }

        impl std::iter::Sum for $name {
            fn sum<I: Iterator<Item = $name>>(iter: I) -> $name {
                iter.fold($name(0), Add::add)
            }
        }
    )*};
}

integer_money!(
    /// 0.00001 yuan per kWh (云快充's own unit).
    Price,
    /// 0.0001 yuan: what one segment of an order costs.
    Amount,
    /// 0.01 yuan: what an order costs, what is paid.
    Fen,
);

/// The rounding rule of PileOps: to the nearest, halves away from zero.
pub fn divide_rounded(value: i128, divisor: i128) -> i128 {
    let half = divisor / 2;
    if value >= 0 { (value + half) / divisor } else { (value - half) / divisor }
}

impl Price {
    /// energy [10⁻⁴ kWh] × price [10⁻⁵ yuan/kWh] = 10⁻⁹ yuan, rounded to 10⁻⁴ yuan.
    pub fn of(self, energy: Energy) -> Amount {
        let exact = i128::from(self.0) * i128::from(energy.dwh());
        Amount(clamp(divide_rounded(exact, 100_000)))
    }
}

impl Amount {
    pub fn to_fen(self) -> Fen {
        Fen(clamp(divide_rounded(i128::from(self.0), 100)))
    }
}

fn clamp(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_times_an_energy_rounds_half_away_from_zero() {
        // 22.1234 kWh at 1.40000 yuan is 30.97276 yuan (云快充 sample bill).
        assert_eq!(Price(140_000).of(Energy::from_dwh(221_234)), Amount(309_728));
        assert_eq!(Price(1).of(Energy::from_dwh(50_000)), Amount(1));
        assert_eq!(Price(1).of(Energy::from_dwh(49_999)), Amount(0));
        assert_eq!(Amount(149).to_fen(), Fen(1));
        assert_eq!(Amount(150).to_fen(), Fen(2));
        assert_eq!(Amount(-150).to_fen(), Fen(-2));
    }

    #[test]
    fn absurd_values_saturate_instead_of_panicking() {
        assert_eq!(Price(i64::MAX).of(Energy::from_dwh(i64::MAX)), Amount(i64::MAX));
        assert_eq!(Fen(i64::MAX) + Fen(1), Fen(i64::MAX));
    }
}
