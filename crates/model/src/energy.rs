//! Energy: integers of 0.1 Wh (0.0001 kWh), the finest unit any protocol gives (云快充 ×10⁴ kWh).
//!
//! Outside Rust's types the unit is in the name: `energy_dwh` (deci-watt-hours).

use serde::{Deserialize, Serialize};
use std::ops::{Add, Sub};

#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(transparent)]
pub struct Energy(i64);

impl Energy {
    pub const ZERO: Energy = Energy(0);

    pub const fn from_dwh(dwh: i64) -> Energy {
        Energy(dwh)
    }

    /// Whole watt-hours, OCPP's unit. Saturates: a register of 2⁶³ Wh is garbage, not a panic.
    pub const fn from_wh(wh: i64) -> Energy {
        Energy(wh.saturating_mul(10))
    }

    pub const fn dwh(self) -> i64 {
        self.0
    }

    pub const fn wh(self) -> i64 {
        self.0 / 10
    }

    pub fn checked_sub(self, other: Energy) -> Option<Energy> {
        self.0.checked_sub(other.0).map(Energy)
    }

    pub fn is_negative(self) -> bool {
        self.0 < 0
    }
}

impl Add for Energy {
    type Output = Energy;
    fn add(self, other: Energy) -> Energy {
        Energy(self.0.saturating_add(other.0))
    }
}

impl Sub for Energy {
    type Output = Energy;
    fn sub(self, other: Energy) -> Energy {
        Energy(self.0.saturating_sub(other.0))
    }
}

impl std::iter::Sum for Energy {
    fn sum<I: Iterator<Item = Energy>>(iter: I) -> Energy {
        iter.fold(Energy::ZERO, Add::add)
    }
}
