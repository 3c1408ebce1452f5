//! 优惠券: what one is worth, how long, and what becomes of those that were given.

use crate::discount::DiscountBearer;
use crate::money::Fen;
use crate::time::{DAY_MS, Timestamp};
use crate::{Error, Result};

crate::words! {
    CouponKind {
        /// 立减: an amount off the whole bill.
        Amount = "amount",
        /// 折扣: per cent off the whole bill, up to a cap.
        Percent = "percent",
        /// 服务费抵扣: an amount off the service fee alone.
        Service = "service",
        /// 服务费折扣: per cent off the service fee alone, up to a cap.
        ServicePercent = "service_percent",
        /// 每度减: an amount off for each kWh, up to a cap.
        PerKwh = "per_kwh",
    }

    /// Who bears what it costs.
    CouponPayer {
        Platform = "platform",
        Operator = "operator",
        /// 共担: the platform its part, the operator the rest.
        Shared = "shared",
    }

    CouponState {
        /// 发放中
        Active = "active",
        /// 已停发: what was given stays good.
        Stopped = "stopped",
        /// 已发完
        Exhausted = "exhausted",
        /// 已过期: its fixed time is over.
        Ended = "ended",
    }

    /// 用户券
    VoucherState {
        /// 未使用
        Unused = "unused",
        Used = "used",
        /// 已收回
        Cancelled = "cancelled",
        Expired = "expired",
    }
}

/// Most that one coupon takes off, so that a slip of the finger is no fortune.
pub const OFF_MAX: Fen = Fen(100_000);

/// What it takes off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CouponWorth {
    pub kind: CouponKind,
    /// Of `amount` and `service`; of `per_kwh` for each kWh.
    pub off: Option<Fen>,
    /// Of `percent` and `service_percent`: 15 takes 15 % off.
    pub percent_off: Option<i64>,
    /// Of `percent`, `service_percent` and `per_kwh`.
    pub cap: Option<Fen>,
    /// From which total on it may be used; 0: any.
    pub threshold: Fen,
}

impl CouponPayer {
    pub fn bearer(self) -> DiscountBearer {
        match self {
            CouponPayer::Platform => DiscountBearer::Platform,
            CouponPayer::Operator => DiscountBearer::Operator,
            CouponPayer::Shared => DiscountBearer::Shared,
        }
    }
}

impl CouponWorth {
    /// Refuses what makes no sense together.
    pub fn checked(self) -> Result<CouponWorth> {
        let off = |field: &'static str, amount: Option<Fen>| match amount {
            Some(amount) if amount > Fen(0) && amount <= OFF_MAX => Ok(()),
            _ => Err(Error::invalid(
                field,
                "金额应在 0.01 到 1000 元之间",
                "The amount lies between 0.01 and 1000 yuan.",
            )),
        };
        if !(Fen(0)..=Fen(1_000_000)).contains(&self.threshold) {
            return Err(Error::invalid(
                "threshold_fen",
                "使用门槛应在 0 到 10000 元之间，0 表示无门槛",
                "The threshold lies between 0 and 10000 yuan; 0 for none.",
            ));
        }
        let stray = |field: &'static str| {
            Error::invalid(
                field,
                "这类优惠券没有这一项，请留空",
                "This kind of coupon has no such value; leave it empty.",
            )
        };
        match self.kind {
            CouponKind::Percent | CouponKind::ServicePercent => {
                if !self.percent_off.is_some_and(|percent| (1..=99).contains(&percent)) {
                    return Err(Error::invalid(
                        "percent_off",
                        "减免比例应为 1 到 99 的整数，例如八五折填 15",
                        "The percentage taken off is a whole number from 1 to 99, such as 15 for 15 % off.",
                    ));
                }
                off("cap_fen", self.cap)?;
                self.off.map_or(Ok(()), |_| Err(stray("off_fen")))?;
            }
            CouponKind::PerKwh => {
                off("off_fen", self.off)?;
                off("cap_fen", self.cap)?;
                self.percent_off.map_or(Ok(()), |_| Err(stray("percent_off")))?;
            }
            CouponKind::Amount | CouponKind::Service => {
                off("off_fen", self.off)?;
                self.percent_off.map_or(Ok(()), |_| Err(stray("percent_off")))?;
                self.cap.map_or(Ok(()), |_| Err(stray("cap_fen")))?;
            }
        }
        if self.kind == CouponKind::Amount
            && self.off.is_some_and(|off| self.threshold.0 > 0 && off > self.threshold)
        {
            return Err(Error::invalid(
                "threshold_fen",
                "使用门槛不能低于减免金额；无门槛请填 0",
                "The threshold is not below the amount taken off; 0 for none.",
            ));
        }
        Ok(self)
    }
}

/// How long one is good that was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CouponValidity {
    /// The same time for all; the end is the first moment after it.
    Fixed { from: Timestamp, until: Timestamp },
    /// So many days from the moment at which it was given.
    Days(i64),
}

impl CouponValidity {
    pub fn checked(self) -> Result<CouponValidity> {
        match self {
            CouponValidity::Fixed { from, until } => {
                crate::content::times_checked(Some(from.as_ms()), Some(until.as_ms()))
                    .map_err(|why| Error::invalid("valid_until_ms", why.text.zh, why.text.en))?;
            }
            CouponValidity::Days(days) if (1..=366).contains(&days) => {}
            CouponValidity::Days(_) => {
                return Err(Error::invalid(
                    "valid_days",
                    "有效天数应为 1 到 366 的整数",
                    "It is good for 1 to 366 days.",
                ));
            }
        }
        Ok(self)
    }

    /// From when until when one is good that is given now.
    pub fn of_given(self, now: Timestamp) -> (Timestamp, Timestamp) {
        match self {
            CouponValidity::Fixed { from, until } => (from, until),
            CouponValidity::Days(days) => (now, now.plus_ms(days * DAY_MS)),
        }
    }

    /// Whether nothing can be given any more that would be good.
    pub fn is_over(self, now: Timestamp) -> bool {
        matches!(self, CouponValidity::Fixed { until, .. } if until <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worth(
        kind: CouponKind,
        off: Option<i64>,
        percent_off: Option<i64>,
        cap: Option<i64>,
        threshold: i64,
    ) -> CouponWorth {
        CouponWorth { kind, off: off.map(Fen), percent_off, cap: cap.map(Fen), threshold: Fen(threshold) }
    }

    #[test]
    fn a_coupon_is_worth_what_its_kind_says() {
        use CouponKind::*;
        for (worth, field) in [
            (worth(Amount, Some(500), None, None, 3_000), None),
            (worth(Amount, Some(500), None, None, 0), None),
            (worth(Amount, Some(500), None, None, 500), None),
            (worth(Amount, Some(500), None, None, 499), Some("threshold_fen")),
            (worth(Amount, Some(0), None, None, 0), Some("off_fen")),
            (worth(Amount, None, None, None, 0), Some("off_fen")),
            (worth(Amount, Some(100_001), None, None, 0), Some("off_fen")),
            (worth(Amount, Some(500), Some(15), None, 0), Some("percent_off")),
            (worth(Percent, None, Some(15), Some(1_000), 0), None),
            (worth(Percent, None, Some(1), Some(1), 0), None),
            (worth(Percent, None, Some(99), Some(100_000), 0), None),
            (worth(Percent, None, Some(100), Some(1_000), 0), Some("percent_off")),
            (worth(Percent, None, Some(0), Some(1_000), 0), Some("percent_off")),
            (worth(Percent, None, Some(15), None, 0), Some("cap_fen")),
            (worth(Percent, Some(5), Some(15), Some(1_000), 0), Some("off_fen")),
            (worth(Service, Some(300), None, None, 100), None),
            (worth(Service, Some(300), None, Some(5), 0), Some("cap_fen")),
            (worth(Service, Some(300), None, None, -1), Some("threshold_fen")),
            (worth(ServicePercent, None, Some(50), Some(500), 0), None),
            (worth(ServicePercent, None, Some(50), None, 0), Some("cap_fen")),
            (worth(PerKwh, Some(5), None, Some(500), 0), None),
            (worth(PerKwh, Some(5), None, None, 0), Some("cap_fen")),
            (worth(PerKwh, None, None, Some(500), 0), Some("off_fen")),
            (worth(PerKwh, Some(5), Some(5), Some(500), 0), Some("percent_off")),
        ] {
            let wrong = worth.checked().err().and_then(|error| error.field);
            assert_eq!(wrong.as_deref(), field, "{worth:?}");
        }
    }

    #[test]
    fn one_is_good_for_a_fixed_time_or_some_days() {
        let at = Timestamp::from_ms;
        let fixed = CouponValidity::Fixed { from: at(10), until: at(20) };
        assert_eq!(fixed.of_given(at(15)), (at(10), at(20)));
        assert!(!fixed.is_over(at(19)) && fixed.is_over(at(20)));
        let days = CouponValidity::Days(7);
        assert_eq!(days.of_given(at(5)), (at(5), at(5 + 7 * DAY_MS)));
        assert!(!days.is_over(at(i64::MAX)));
        for (validity, good) in [
            (CouponValidity::Days(0), false),
            (CouponValidity::Days(1), true),
            (CouponValidity::Days(366), true),
            (CouponValidity::Days(367), false),
            (CouponValidity::Fixed { from: at(5), until: at(5) }, false),
        ] {
            assert_eq!(validity.checked().is_ok(), good, "{validity:?}");
        }
    }
}
