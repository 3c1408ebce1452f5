//! 负荷管理: the connectors of a station share what its transformer gives.
//!
//! The rule that everything else bends to: the sum of what the piles may draw *in the worst case* never
//! exceeds the cap. A pile that cannot be reached counts with the limit that it last confirmed as long as
//! that holds, afterwards with its standing one, and with its rated power if it has none; a command without
//! an answer counts with the larger of what was and what was asked for. Nobody is given more before others
//! have confirmed that they take less.

mod cap;
mod rate;
mod share;
mod step;
mod unit;

pub use cap::{Cap, CapPeriod};
pub use rate::LimitRate;
pub use share::{Shares, Target, share};
pub use step::{Step, steps};
pub use unit::{Answered, Held, Limit, Part, Sent, Unit, UnitSession};

use crate::id::{ConnectorNo, SessionKey};
use crate::time::{MINUTE_MS, SECOND_MS, Timestamp};

crate::words! {
    /// 分配策略: who gets how much of what is left.
    LoadStrategy {
        /// 均分
        Equal = "equal",
        /// 按优先级: the first rank takes what it can use, then the next.
        Priority = "priority",
        /// 按离开时间: who leaves first is served first.
        Departure = "departure",
    }

    /// How a pile is told its limit.
    LoadControl {
        /// By charging profiles, connector by connector; they end by themselves. OCPP.
        Profile = "profile",
        /// By a share of the rated power, 30 to 100 %, for the whole pile, until it is told otherwise. 云快充.
        Percent = "percent",
    }
}

/// What a pile is told to hold a connector to.
#[derive(Clone, Debug, PartialEq)]
pub struct LimitOrder {
    pub connector: ConnectorNo,
    pub power_w: i64,
    /// In which unit it is told.
    pub rate: LimitRate,
    /// For this session only, from then until then; `None`: for whoever charges, until told otherwise.
    pub session: Option<(SessionKey, Timestamp, Timestamp)>,
}

/// So long a limit above the standing one holds without being renewed.
pub const HOLD_MS: i64 = 10 * MINUTE_MS;
/// So much longer it is counted: the pile's clock is not ours.
pub const MARGIN_MS: i64 = 60 * SECOND_MS;
/// How far a limit that is given now reaches.
pub const AHEAD_MS: i64 = HOLD_MS + MARGIN_MS;
/// Between two changes of one limit that are not urgent.
pub const CALM_MS: i64 = 15 * SECOND_MS;
/// After a command that got no answer.
pub const RETRY_MS: i64 = 30 * SECOND_MS;
/// After one that was refused.
pub const REFUSED_MS: i64 = 300 * SECOND_MS;
/// A share of the rated power below which 云快充 cannot be set.
pub const PERCENT_LEAST: i64 = 30;
/// After a cap is lowered: the time in which every pile has confirmed, or what it had has ended.
pub const GRACE_MS: i64 = AHEAD_MS + 3 * MINUTE_MS;

/// What the allocator judges by.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadSite {
    /// The least that is to be had while a limit given now holds, without the reserve.
    pub cap_w: i64,
    /// The least at any time of the day: what stands for ever must fit into it.
    pub floor_w: i64,
    pub strategy: LoadStrategy,
    /// 离线安全功率: what a connector keeps without us, if there is enough for all.
    pub safe_w: i64,
    /// Those of one pile stand next to each other.
    pub units: Vec<Unit>,
}

impl LoadSite {
    /// What the piles may draw if everything goes wrong.
    pub fn worst_w(&self, now: Timestamp) -> i64 {
        self.together_w(|unit| unit.worst_w(now))
    }

    /// What the units come to. The connectors of one pile never come to more than the pile can give.
    pub fn together_w(&self, of: impl Fn(&Unit) -> i64) -> i64 {
        self.piles().map(|pile| pile.iter().map(&of).sum::<i64>().min(rated_w(pile))).sum()
    }

    /// The units, those of one pile together.
    fn piles(&self) -> impl Iterator<Item = &[Unit]> {
        self.units.chunk_by(|one, other| one.pile.is_some() && one.pile == other.pile)
    }

    /// By how much that is more than there is: for a while after a change, or because what is wanted
    /// cannot be kept with these piles.
    pub fn over_w(&self, now: Timestamp) -> i64 {
        (self.worst_w(now) - self.cap_w).max(0)
    }
}

/// What a pile can give to all of its connectors together.
fn rated_w(pile: &[Unit]) -> i64 {
    pile.iter().map(|unit| unit.rated_w).max().unwrap_or(0)
}

#[cfg(test)]
mod tests;
