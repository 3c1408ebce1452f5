//! 经营建议: what somebody might do, the figures it rests on, and what came of it. Nothing is done by itself.

use crate::{Error, Result};
use serde::{Deserialize, Serialize};

crate::words! {
    /// 建议类型
    AdviceKind {
        /// 降价: hours in which few come.
        PriceDown = "price_down",
        /// 涨价: hours in which nearly all is taken.
        PriceUp = "price_up",
        /// 检修
        Maintain = "maintain",
        /// 扩容
        Extend = "extend",
        /// 发券
        Coupon = "coupon",
    }

    /// 建议状态
    AdviceState {
        New = "new",
        /// 已采纳
        Taken = "taken",
        /// 不采纳
        Dismissed = "dismissed",
        /// 已失效: what it rested on no longer holds.
        Expired = "expired",
    }

    /// A figure that an advice rests on; its unit is in its name.
    AdviceFigure {
        /// Hours of the day, the second exclusive.
        FromHour = "from_hour",
        ToHour = "to_hour",
        /// Energy of the hours of what the piles could give.
        UtilisationPermille = "utilisation_permille",
        /// The same of the whole day.
        MeanUtilisationPermille = "mean_utilisation_permille",
        /// Of a kWh, electricity and service together.
        PriceE5 = "price_e5",
        /// Of the price, as advised; negative is less.
        ChangePermille = "change_permille",
        /// Per cent of energy for a per cent of price, in thousandths.
        ElasticityMilli = "elasticity_milli",
        /// What the price was before and after the change that the elasticity is from.
        PriceBeforeE5 = "price_before_e5",
        PriceAfterE5 = "price_after_e5",
        ChangeDay = "change_day",
        /// Days that were looked at.
        DayCount = "day_count",
        FailedCount = "failed_count",
        StartCount = "start_count",
        AlarmCount = "alarm_count",
        /// Of the oldest that is not over.
        AlarmHours = "alarm_hours",
        /// Of inspections that nobody has finished in time.
        OverdueCount = "overdue_count",
        OverdueDays = "overdue_days",
        /// Of the hours of the day, those in which every connector charged.
        FullPermille = "full_permille",
        ConnectorCount = "connector_count",
        RefusedCount = "refused_count",
        SleepingCount = "sleeping_count",
        SleepingHighCount = "sleeping_high_count",
        EnergyDayDwh = "energy_day_dwh",
    }

    /// What the expectation is from.
    AdviceBasis {
        /// A change of price of the station's own.
        Own = "own",
        /// A rule of thumb.
        Rule = "rule",
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AdviceFact {
    pub figure: AdviceFigure,
    pub value: i64,
}

/// What would probably come of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AdviceExpected {
    pub basis: AdviceBasis,
    /// A day.
    pub energy_dwh: i64,
    pub total_fen: i64,
}

/// The energy of a day, before it was taken and after, beside that of stations like it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AdviceEffect {
    /// So many days on each side.
    pub day_count: i64,
    pub before_dwh: i64,
    pub after_dwh: i64,
    /// Stations of the same kind of which nothing was taken; 0: there are none to compare with.
    pub other_count: i64,
    pub others_before_dwh: i64,
    pub others_after_dwh: i64,
    /// Its own change less theirs.
    pub net_permille: Option<i64>,
}

impl AdviceEffect {
    pub fn of(day_count: i64, own: (i64, i64), others: (i64, i64), other_count: i64) -> AdviceEffect {
        let change = |(before, after): (i64, i64)| {
            (before > 0).then(|| (i128::from(after) - i128::from(before)) * 1_000 / i128::from(before))
        };
        let theirs = if other_count > 0 { change(others) } else { Some(0) };
        let net = change(own).zip(theirs).and_then(|(own, theirs)| i64::try_from(own - theirs).ok());
        AdviceEffect {
            day_count,
            before_dwh: own.0,
            after_dwh: own.1,
            other_count,
            others_before_dwh: others.0,
            others_after_dwh: others.1,
            net_permille: net,
        }
    }
}

impl AdviceState {
    /// What a person makes of it.
    pub fn decided(self, to: AdviceState) -> Result<AdviceState> {
        match (self, to) {
            (_, AdviceState::New | AdviceState::Expired) => Err(Error::invalid(
                "state",
                "只能采纳（taken）或不采纳（dismissed）",
                "An advice is taken or dismissed.",
            )),
            (AdviceState::New, to) => Ok(to),
            _ => Err(Error::refused(
                "advice.decided",
                "该建议已有结论或已失效，请刷新后查看",
                "This advice was decided on, or has expired; reload the page.",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r4_2_3_an_advice_is_decided_once() {
        use AdviceState::*;
        for (from, to, done) in [
            (New, Taken, true),
            (New, Dismissed, true),
            (New, New, false),
            (New, Expired, false),
            (Taken, Dismissed, false),
            (Expired, Taken, false),
        ] {
            assert_eq!(from.decided(to).is_ok(), done, "{from:?} {to:?}");
        }
    }

    #[test]
    fn r4_2_3_the_effect_is_what_is_beyond_that_of_others() {
        let effect = AdviceEffect::of(14, (1_000, 1_300), (5_000, 5_500), 3);
        assert_eq!(effect.net_permille, Some(200));
        assert_eq!(
            AdviceEffect::of(14, (1_000, 900), (0, 0), 0).net_permille,
            Some(-100),
            "nobody to compare with"
        );
        assert_eq!(
            AdviceEffect::of(14, (0, 900), (5_000, 5_500), 3).net_permille,
            None,
            "there was nothing before"
        );
    }
}
