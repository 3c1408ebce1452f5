//! 司机用量上限: how much a fleet lets one of its drivers charge on its account, in money, in energy, or both; per order,
//! per day and per month of the platform's clock.

use crate::energy::Energy;
use crate::error::Text;
use crate::money::Fen;
use crate::{Error, Result};
use serde::{Deserialize, Serialize};

/// What is not said has no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DriverLimits {
    pub order_fen: Option<i64>,
    pub day_fen: Option<i64>,
    pub month_fen: Option<i64>,
    pub order_dwh: Option<i64>,
    pub day_dwh: Option<i64>,
    pub month_dwh: Option<i64>,
}

/// What a driver has charged on the account of a fleet already, sessions that run with what is held for them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct DriverUse {
    pub day_fen: i64,
    pub month_fen: i64,
    pub day_dwh: i64,
    pub month_dwh: i64,
}

/// How much one session may come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SessionLimit {
    pub fen: Option<Fen>,
    pub energy: Option<Energy>,
}

const FEN_MAX: i64 = 100_000_000;
/// 1 000 000 kWh
const DWH_MAX: i64 = 10_000_000_000;

fn least(values: [Option<i64>; 3]) -> Option<i64> {
    values.into_iter().flatten().min()
}

impl DriverLimits {
    pub fn is_none(&self) -> bool {
        *self == DriverLimits::default()
    }

    pub fn checked(self) -> Result<DriverLimits> {
        let fen = [("order_fen", self.order_fen), ("day_fen", self.day_fen), ("month_fen", self.month_fen)];
        let dwh = [("order_dwh", self.order_dwh), ("day_dwh", self.day_dwh), ("month_dwh", self.month_dwh)];
        for (field, value) in fen {
            if value.is_some_and(|value| !(1..=FEN_MAX).contains(&value)) {
                return Err(Error::invalid(
                    field,
                    "金额上限应在 0.01 到 1000000 元之间；不限请留空",
                    "A limit of money lies between 0.01 and 1 000 000 yuan; leave it empty for none.",
                ));
            }
        }
        for (field, value) in dwh {
            if value.is_some_and(|value| !(1..=DWH_MAX).contains(&value)) {
                return Err(Error::invalid(
                    field,
                    "电量上限应在 0.0001 到 1000000 kWh 之间；不限请留空",
                    "A limit of energy lies between 0.0001 and 1 000 000 kWh; leave it empty for none.",
                ));
            }
        }
        for [(_, order), (day_field, day), (month_field, month)] in [fen, dwh] {
            let below =
                |less: Option<i64>, more: Option<i64>| less.zip(more).is_some_and(|(less, more)| more < less);
            let field = if below(order, day) {
                day_field
            } else if below(day, month) || below(order, month) {
                month_field
            } else {
                continue;
            };
            return Err(Error::invalid(
                field,
                "每日上限不能低于每单上限，每月上限不能低于每日上限",
                "The limit of a day is not below that of an order, nor that of a month below that of a day.",
            ));
        }
        Ok(self)
    }

    /// What is left for the next session.
    pub fn left(&self, used: &DriverUse) -> SessionLimit {
        let of = |limit: Option<i64>, used: i64| limit.map(|limit| (limit - used).max(0));
        let fen = [self.order_fen, of(self.day_fen, used.day_fen), of(self.month_fen, used.month_fen)];
        let dwh = [self.order_dwh, of(self.day_dwh, used.day_dwh), of(self.month_dwh, used.month_dwh)];
        SessionLimit { fen: least(fen).map(Fen), energy: least(dwh).map(Energy::from_dwh) }
    }

    /// Why no session begins, if so: what of it is used up.
    pub fn refusal(&self, used: &DriverUse) -> Option<Text> {
        let over = |limit: Option<i64>, used: i64| limit.is_some_and(|limit| used >= limit);
        let (zh, en) = if over(self.day_fen, used.day_fen) {
            ("今日金额", "money of today")
        } else if over(self.month_fen, used.month_fen) {
            ("本月金额", "money of this month")
        } else if over(self.day_dwh, used.day_dwh) {
            ("今日电量", "energy of today")
        } else if over(self.month_dwh, used.month_dwh) {
            ("本月电量", "energy of this month")
        } else {
            return None;
        };
        Some(Text::new(
            format!("车队给该司机的{zh}上限已用完"),
            format!("the {en} that the fleet lets this driver charge is used up"),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_refused_by_their_field() {
        let none = DriverLimits::default();
        for (limits, field) in [
            (none, None),
            (DriverLimits { day_fen: Some(1), ..none }, None),
            (DriverLimits { day_fen: Some(0), ..none }, Some("day_fen")),
            (DriverLimits { order_fen: Some(-1), ..none }, Some("order_fen")),
            (DriverLimits { month_fen: Some(100_000_001), ..none }, Some("month_fen")),
            (DriverLimits { month_dwh: Some(10_000_000_001), ..none }, Some("month_dwh")),
            (DriverLimits { order_fen: Some(5), day_fen: Some(5), month_fen: Some(5), ..none }, None),
            (DriverLimits { order_fen: Some(5), day_fen: Some(4), ..none }, Some("day_fen")),
            (DriverLimits { day_dwh: Some(5), month_dwh: Some(4), ..none }, Some("month_dwh")),
            (DriverLimits { order_dwh: Some(5), month_dwh: Some(4), ..none }, Some("month_dwh")),
        ] {
            assert_eq!(limits.checked().err().and_then(|why| why.field).as_deref(), field, "{limits:?}");
        }
    }

    #[test]
    fn the_least_that_is_left_counts_and_nothing_left_refuses() {
        let limits = DriverLimits {
            order_fen: Some(5_000),
            day_fen: Some(8_000),
            month_fen: Some(20_000),
            day_dwh: Some(500_000),
            ..DriverLimits::default()
        };
        let used =
            |day_fen, month_fen, day_dwh| DriverUse { day_fen, month_fen, day_dwh, month_dwh: day_dwh };
        for (used, fen, dwh, refused) in [
            (used(0, 0, 0), 5_000, 500_000, false),
            (used(4_000, 4_000, 0), 4_000, 500_000, false),
            (used(0, 18_000, 0), 2_000, 500_000, false),
            (used(7_999, 7_999, 499_999), 1, 1, false),
            (used(8_000, 8_000, 0), 0, 500_000, true),
            (used(0, 20_000, 0), 0, 500_000, true),
            (used(0, 0, 600_000), 5_000, 0, true),
        ] {
            let left = limits.left(&used);
            assert_eq!((left.fen, left.energy), (Some(Fen(fen)), Some(Energy::from_dwh(dwh))), "{used:?}");
            assert_eq!(limits.refusal(&used).is_some(), refused, "{used:?}");
        }
        assert_eq!(DriverLimits::default().left(&used(1, 1, 1)), SessionLimit::default());
    }
}
