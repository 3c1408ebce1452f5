//! What a station may draw, by the time of the day.

use crate::time::{MINUTE_MS, Timestamp, Zone};
use serde::{Deserialize, Serialize};

/// 功率上限
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Cap {
    pub cap_w: i64,
    /// 基础负荷: what the house itself takes of it.
    pub reserve_w: i64,
    /// Hours in which another cap holds; the first that fits counts.
    pub periods: Vec<CapPeriod>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CapPeriod {
    /// Minutes of the day on the station's clock; over midnight when it ends before it begins.
    pub from_minute: i64,
    pub to_minute: i64,
    pub cap_w: i64,
}

impl CapPeriod {
    fn holds(&self, minute: i64) -> bool {
        if self.from_minute < self.to_minute {
            (self.from_minute..self.to_minute).contains(&minute)
        } else {
            minute >= self.from_minute || minute < self.to_minute
        }
    }
}

impl Cap {
    /// For the piles at that moment.
    pub fn at(&self, zone: &Zone, at: Timestamp) -> i64 {
        let local = zone.local(at);
        let minute = local.hour * 60 + local.minute;
        let cap = self.periods.iter().find(|period| period.holds(minute)).map_or(self.cap_w, |p| p.cap_w);
        (cap - self.reserve_w).max(0)
    }

    /// The least from one moment to another, both included.
    pub fn least(&self, zone: &Zone, from: Timestamp, to: Timestamp) -> i64 {
        if self.periods.is_empty() {
            return self.at(zone, from);
        }
        let minutes = (to.since(from) / MINUTE_MS).max(0);
        let moments = (0..=minutes).map(|n| from.plus_ms(n * MINUTE_MS)).chain([to]);
        moments.map(|at| self.at(zone, at)).min().unwrap_or(0)
    }

    /// The least at any time.
    pub fn floor(&self) -> i64 {
        let periods = self.periods.iter().map(|period| period.cap_w);
        (periods.fold(self.cap_w, i64::min) - self.reserve_w).max(0)
    }
}
