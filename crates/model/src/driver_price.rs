//! 司机价 and other activities: what some customers pay less per kWh, where and at which hours.

use crate::money::divide_rounded;
use crate::time::Local;
use crate::{Error, Result};

crate::words! {
    /// Which fee is lower.
    PriceFee {
        Service = "service",
        Electricity = "electricity",
    }

    PriceCut {
        /// Per cent off.
        Percent = "percent",
        /// An amount off each kWh.
        Amount = "amount",
    }
}

/// A price per kWh never falls by more than this: 2 yuan.
pub const PRICE_OFF_MAX_E5: i64 = 200_000;

/// How much lower a fee is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceOff {
    pub cut: PriceCut,
    pub percent_off: Option<i64>,
    pub off_price_e5: Option<i64>,
}

impl PriceOff {
    pub fn checked(self) -> Result<PriceOff> {
        let stray = |field: &'static str| {
            Err(Error::invalid(
                field,
                "这种优惠方式没有这一项，请留空",
                "This way of lowering a price has no such value; leave it empty.",
            ))
        };
        match (self.cut, self.percent_off, self.off_price_e5) {
            (PriceCut::Percent, Some(1..=100), None)
            | (PriceCut::Amount, None, Some(1..=PRICE_OFF_MAX_E5)) => Ok(self),
            (PriceCut::Percent, Some(1..=100), Some(_)) => stray("off_price_e5"),
            (PriceCut::Amount, Some(_), Some(1..=PRICE_OFF_MAX_E5)) => stray("percent_off"),
            (PriceCut::Percent, ..) => Err(Error::invalid(
                "percent_off",
                "减免比例应为 1 到 100 的整数，例如八折填 20，免收填 100",
                "The percentage taken off is a whole number from 1 to 100.",
            )),
            (PriceCut::Amount, ..) => Err(Error::invalid(
                "off_price_e5",
                "每度减免应在 0.00001 到 2 元之间",
                "What is taken off a kWh lies between 0.00001 and 2 yuan.",
            )),
        }
    }

    /// What a kWh costs then; never less than nothing.
    pub fn price_e5(self, before_e5: i64) -> i64 {
        let left = match self.cut {
            PriceCut::Percent => {
                let left = 100 - self.percent_off.unwrap_or(0);
                let exact = divide_rounded(i128::from(before_e5) * i128::from(left), 100);
                i64::try_from(exact).unwrap_or(before_e5)
            }
            PriceCut::Amount => before_e5 - self.off_price_e5.unwrap_or(0),
        };
        left.max(0)
    }
}

/// At which hours of which days, on the station's clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceHours {
    /// 1 is Monday, 7 Sunday; in order, each once.
    pub weekdays: Vec<i64>,
    /// Minutes of the day; over midnight when it ends before it begins. Both or none: all day.
    pub from_minute: Option<i64>,
    pub to_minute: Option<i64>,
}

impl PriceHours {
    /// A window over midnight belongs to the day on which it begins.
    pub fn holds(&self, local: &Local) -> bool {
        let (day, minute) = (local.weekday(), local.hour * 60 + local.minute);
        let on = |day: i64| self.weekdays.contains(&day);
        match (self.from_minute, self.to_minute) {
            (Some(from), Some(to)) if from < to => on(day) && (from..to).contains(&minute),
            (Some(from), Some(to)) => {
                let before = if day == 1 { 7 } else { day - 1 };
                (on(day) && minute >= from) || (on(before) && minute < to)
            }
            _ => on(day),
        }
    }

    pub fn checked(mut self) -> Result<PriceHours> {
        self.weekdays.sort_unstable();
        self.weekdays.dedup();
        if self.weekdays.is_empty() || self.weekdays.iter().any(|day| !(1..=7).contains(day)) {
            return Err(Error::invalid(
                "weekdays",
                "请至少选择一天（1 为周一，7 为周日）",
                "Choose at least one day (1 is Monday, 7 Sunday).",
            ));
        }
        let wrong = |field: &'static str| {
            Error::invalid(
                field,
                "时刻应在 00:00 到 24:00 之间，开始与结束都填或都留空，且不能相同",
                "Give both hours between 00:00 and 24:00, or none; they differ.",
            )
        };
        match (self.from_minute, self.to_minute) {
            (None, None) => Ok(self),
            (Some(from), _) if !(0..1_440).contains(&from) => Err(wrong("from_minute")),
            (_, Some(to)) if !(1..=1_440).contains(&to) => Err(wrong("to_minute")),
            (Some(from), Some(to)) if from != to => Ok(self),
            (None, _) => Err(wrong("from_minute")),
            _ => Err(wrong("to_minute")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn off(cut: PriceCut, percent_off: Option<i64>, off_price_e5: Option<i64>) -> PriceOff {
        PriceOff { cut, percent_off, off_price_e5 }
    }

    #[test]
    fn a_price_falls_by_a_share_or_an_amount() {
        use PriceCut::*;
        for (off, wrong) in [
            (off(Percent, Some(1), None), None),
            (off(Percent, Some(100), None), None),
            (off(Percent, Some(101), None), Some("percent_off")),
            (off(Percent, Some(0), None), Some("percent_off")),
            (off(Percent, None, Some(5)), Some("percent_off")),
            (off(Percent, Some(20), Some(5)), Some("off_price_e5")),
            (off(Amount, None, Some(1)), None),
            (off(Amount, None, Some(200_000)), None),
            (off(Amount, None, Some(200_001)), Some("off_price_e5")),
            (off(Amount, None, Some(0)), Some("off_price_e5")),
            (off(Amount, Some(5), Some(5)), Some("percent_off")),
        ] {
            assert_eq!(off.checked().err().and_then(|e| e.field).as_deref(), wrong, "{off:?}");
        }
        assert_eq!(off(Percent, Some(20), None).price_e5(40_000), 32_000);
        assert_eq!(off(Percent, Some(33), None).price_e5(10_005), 6_703, "to the nearest");
        assert_eq!(off(Percent, Some(100), None).price_e5(40_000), 0);
        assert_eq!(off(Amount, None, Some(5_000)).price_e5(40_000), 35_000);
        assert_eq!(off(Amount, None, Some(50_000)).price_e5(40_000), 0, "never below nothing");
    }

    #[test]
    fn hours_are_of_a_day() {
        let hours = |weekdays: &[i64], from_minute, to_minute| {
            PriceHours { weekdays: weekdays.to_vec(), from_minute, to_minute }.checked()
        };
        assert_eq!(hours(&[7, 1, 1], None, None).unwrap().weekdays, [1, 7]);
        assert!(hours(&[1], Some(0), Some(1_440)).is_ok() && hours(&[1], Some(1_320), Some(360)).is_ok());
        for (wrong, field) in [
            (hours(&[], None, None), "weekdays"),
            (hours(&[0], None, None), "weekdays"),
            (hours(&[8], None, None), "weekdays"),
            (hours(&[1], Some(60), Some(60)), "to_minute"),
            (hours(&[1], Some(1_440), Some(60)), "from_minute"),
            (hours(&[1], Some(60), Some(0)), "to_minute"),
            (hours(&[1], Some(60), None), "to_minute"),
            (hours(&[1], None, Some(60)), "from_minute"),
        ] {
            assert_eq!(wrong.unwrap_err().field.as_deref(), Some(field));
        }
    }
}
