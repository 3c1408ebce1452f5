//! 分账规则: what a payee gets of what, from when to when.

use super::{SharingBasis, SharingDeduction};
use crate::money::Fen;
use crate::{Error, Result};

/// The whole, in the unit of a share.
pub const TERMS: i64 = 10_000;
/// 10 yuan for a kWh.
const ENERGY_RATE_MAX: i64 = 100_000;
/// 1 000 000 yuan for a period.
const FIXED_MAX_FEN: i64 = 100_000_000;
/// 10 yuan for a kWh.
const COST_PRICE_MAX: i64 = 1_000_000;
/// 10 %
const FEE_RATE_MAX: i64 = 1_000;
const DAYS: std::ops::RangeInclusive<i64> = 20_000_101..=20_991_231;

/// What was agreed with a payee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    pub basis: SharingBasis,
    /// Of a share: ten-thousandths. For energy: 0.0001 yuan for a kWh. Fixed: fen for a whole period.
    pub rate: i64,
    pub deduction: SharingDeduction,
    /// 渠道费率, ten-thousandths.
    pub fee_rate: i64,
    /// 电费成本, 0.00001 yuan for a kWh.
    pub cost_price: i64,
}

/// A rule as it is divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    pub id: i64,
    /// None: wherever the operator has no rule of the station's own on that day.
    pub station: Option<i64>,
    pub payee: i64,
    pub terms: Terms,
    pub from_day: i64,
    /// Inclusive.
    pub to_day: Option<i64>,
}

impl Rule {
    pub fn holds(&self, day: i64) -> bool {
        self.from_day <= day && self.to_day.is_none_or(|last| day <= last)
    }

    /// Whether they hold on some day together.
    fn meets(&self, other: &Rule) -> bool {
        self.from_day <= other.to_day.unwrap_or(i64::MAX) && other.from_day <= self.to_day.unwrap_or(i64::MAX)
    }
}

fn within(field: &'static str, value: i64, least: i64, most: i64, zh: &str, en: &str) -> Result<()> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(Error::invalid(field, zh.to_owned(), en.to_owned()))
}

impl Terms {
    /// What can be divided by.
    pub fn checked(self) -> Result<Terms> {
        use SharingDeduction::{Cost, CostThenFee, Fee, FeeThenCost};
        match self.basis {
            SharingBasis::Energy => within(
                "rate",
                self.rate,
                1,
                ENERGY_RATE_MAX,
                "每千瓦时的金额应大于 0 且不超过 10 元，精确到 0.0001 元",
                "The amount for a kWh is more than 0 and at most 10 yuan, to 0.0001 yuan.",
            )?,
            SharingBasis::Fixed => within(
                "rate",
                self.rate,
                1,
                FIXED_MAX_FEN,
                "每期金额应大于 0 且不超过 1000000 元，精确到分",
                "The amount for a period is more than 0 and at most 1 000 000 yuan, to the fen.",
            )?,
            _ => within(
                "rate",
                self.rate,
                1,
                TERMS,
                "比例应大于 0 且不超过 100%，精确到 0.01%",
                "The share is more than 0 and at most 100 %, to 0.01 %.",
            )?,
        }
        let fits = match self.basis {
            SharingBasis::Service => matches!(self.deduction, SharingDeduction::None | Fee),
            SharingBasis::Margin => matches!(self.deduction, Cost | FeeThenCost | CostThenFee),
            SharingBasis::Total => true,
            SharingBasis::Energy | SharingBasis::Fixed => self.deduction == SharingDeduction::None,
        };
        if !fits {
            return Err(Error::invalid(
                "deduction",
                "扣除项与基数不符：服务费可扣渠道费；电费差额必扣电费成本；合计均可；按电量、每期固定不扣除。请重新选择",
                "This deduction does not go with the basis: of the service fee the channel's fee, of the margin always the cost of electricity, of the total any, of energy and fixed amounts none. Choose again.",
            ));
        }
        let (fee, cost) = (self.takes_fee(), self.takes_cost());
        within(
            "fee_rate",
            self.fee_rate,
            i64::from(fee),
            if fee { FEE_RATE_MAX } else { 0 },
            "扣渠道费时费率应大于 0 且不超过 10%；不扣渠道费时请留空",
            "Where the fee is taken off its rate is more than 0 and at most 10 %; where it is not, leave it out.",
        )?;
        within(
            "cost_price",
            self.cost_price,
            i64::from(cost),
            if cost { COST_PRICE_MAX } else { 0 },
            "扣电费成本时成本电价应大于 0 且不超过 10 元/千瓦时；不扣成本时请留空",
            "Where the cost is taken off its price is more than 0 and at most 10 yuan for a kWh; where it is not, leave it out.",
        )?;
        Ok(self)
    }

    pub fn takes_fee(&self) -> bool {
        use SharingDeduction::{CostThenFee, Fee, FeeThenCost};
        matches!(self.deduction, Fee | FeeThenCost | CostThenFee)
    }

    pub fn takes_cost(&self) -> bool {
        use SharingDeduction::{Cost, CostThenFee, FeeThenCost};
        matches!(self.deduction, Cost | FeeThenCost | CostThenFee)
    }
}

/// The rules of a station on a day: its own, or else those of the operator.
pub fn own_or_default(rules: &[Rule], station: i64, day: i64) -> Vec<Rule> {
    let holding = |own: Option<i64>| {
        rules.iter().filter(move |rule| rule.station == own && rule.holds(day)).copied().collect::<Vec<_>>()
    };
    let own = holding(Some(station));
    if own.is_empty() { holding(None) } else { own }
}

/// Shares that would give away more than there is, once the new rule holds too: on which day, and how much is
/// left for it, in ten-thousandths. The others are those of the same station, or of the operator as a whole.
pub fn overfull(new: &Rule, others: &[Rule]) -> Option<(i64, i64)> {
    if !new.terms.basis.is_share() {
        return None;
    }
    let near: Vec<&Rule> = others.iter().filter(|one| one.station == new.station && one.meets(new)).collect();
    // What holds together only changes on the days on which a rule begins.
    let begins = near.iter().map(|one| one.from_day.max(new.from_day)).chain([new.from_day]);
    let mut days: Vec<i64> = begins.collect();
    days.sort_unstable();
    for day in days {
        let sum = |basis: SharingBasis| -> i64 {
            let on = near.iter().filter(|one| one.holds(day) && one.terms.basis == basis);
            on.map(|one| one.terms.rate).sum()
        };
        let (service, margin, total) =
            (sum(SharingBasis::Service), sum(SharingBasis::Margin), sum(SharingBasis::Total));
        let taken = total
            + match new.terms.basis {
                SharingBasis::Service => service,
                SharingBasis::Margin => margin,
                _ => service.max(margin),
            };
        if taken + new.terms.rate > TERMS {
            return Some((day, TERMS - taken));
        }
    }
    None
}

fn is_day(day: i64) -> bool {
    DAYS.contains(&day) && crate::time::Zone::shanghai().day_start(day).is_some()
}

/// From and to of a rule, both days that exist, in their order.
pub fn span_checked(from_day: i64, to_day: Option<i64>) -> Result<()> {
    if !is_day(from_day) {
        return Err(Error::invalid(
            "from_day",
            "请填写存在的生效日期，如 20261201",
            "Give a day that exists, such as 20261201.",
        ));
    }
    if to_day.is_some_and(|last| !is_day(last) || last < from_day) {
        return Err(Error::invalid(
            "to_day",
            "结束日期应为存在的日期，且不早于生效日期；长期有效请留空",
            "The last day exists and is not before the first; leave it out where there is none.",
        ));
    }
    Ok(())
}

/// What is paid out is what is due, not more and not less.
pub fn amount_checked(due: Fen, given: i64) -> Result<()> {
    if given == due.0 {
        return Ok(());
    }
    let yuan = format!("{}.{:02}", due.0 / 100, due.0 % 100);
    Err(Error::invalid(
        "amount_fen",
        format!("应付金额为 {yuan} 元，付款金额须与之相等，请核对"),
        format!("What is due is {yuan} yuan, and exactly that is paid; check it."),
    ))
}

/// 付款凭证号: by which the bank's own record is found again.
pub fn reference_checked(text: &str) -> Result<String> {
    let text = text.trim();
    if (4..=64).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(Error::invalid(
        "reference",
        "请填写 4 到 64 个字符的付款凭证号，如银行回单号",
        "Give the reference of the payment in 4 to 64 characters, such as the bank's own number.",
    ))
}
