//! 分账: who else has a part in what an operator earns. A rule says which part of what; a period is divided by the rules
//! that hold on its days, so that all parts and what the operator keeps are what was earned, to the fen.

mod divide;
mod rule;

pub use divide::{Earned, Part, divide, rest};
pub use rule::{
    Rule, TERMS, Terms, amount_checked, overfull, own_or_default, reference_checked, span_checked,
};

use crate::tariff_calendar::days_from;
use crate::time::Zone;
use crate::{Error, Result};

crate::words! {
    /// What a payee is to the operator.
    PayeeKind {
        /// 场地方: whose ground it is.
        Site = "site",
        /// 合作方: who has put money or work into it.
        Partner = "partner",
        /// 平台
        Platform = "platform",
        Other = "other",
    }

    /// 分账基数: what a rule is a part of.
    SharingBasis {
        /// 服务费: after discounts and refunds.
        Service = "service",
        /// 电费差额: what was asked for electricity, less what it has cost.
        Margin = "margin",
        /// 电费与服务费合计: after discounts and refunds.
        Total = "total",
        /// 按电量: so much for each kWh.
        Energy = "energy",
        /// 每期固定: so much for each period.
        Fixed = "fixed",
    }

    /// 扣除顺序: what is taken off before the part is made, and in which order.
    SharingDeduction {
        None = "none",
        /// 渠道费
        Fee = "fee",
        /// 电费成本
        Cost = "cost",
        /// The fee of the whole, then the cost.
        FeeThenCost = "fee_then_cost",
        /// The cost, then the fee of what is left.
        CostThenFee = "cost_then_fee",
    }

    /// 账期
    SharingCycle {
        Day = "day",
        Week = "week",
        Month = "month",
    }

    SharingPeriodState {
        /// 试算: made anew as often as somebody wants.
        Trial = "trial",
        /// 待复核: somebody wants to close it, and a second person decides.
        Proposed = "proposed",
        /// 已结算: it does not change any more.
        Closed = "closed",
    }

    SharingStatementState {
        Trial = "trial",
        /// 待付款
        Due = "due",
        /// 结转: there is nothing to pay; what was paid too much goes on into the next.
        Carried = "carried",
        /// 付款待复核
        Proposed = "proposed",
        /// 已付款
        Paid = "paid",
    }

    /// What a second person is asked for.
    SharingProposalKind {
        Close = "close",
        Payout = "payout",
    }

    /// Why an order stands in a period to which it does not belong.
    SharingAdjustment {
        /// 迟到: it was completed when its period was closed.
        Late = "late",
        /// 变更: it was given back or corrected since.
        Changed = "changed",
        /// 作废: it is not there any more, or nobody pays it.
        Gone = "gone",
    }
}

impl SharingBasis {
    /// A share in ten-thousandths, not an amount.
    pub fn is_share(self) -> bool {
        matches!(self, SharingBasis::Service | SharingBasis::Margin | SharingBasis::Total)
    }
}

/// A number of a bank account as pages show it: its last four digits.
pub fn account_masked(account: &str) -> String {
    let digits: Vec<char> = account.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() <= 8 {
        return "****".to_owned();
    }
    format!("**** {}", digits[digits.len() - 4..].iter().collect::<String>())
}

/// The number of a bank account: digits, with blanks between them; or an account at a payment channel.
pub fn account_checked(text: &str) -> Result<String> {
    let account: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let sound = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '@' | '.' | '_');
    if (6..=40).contains(&account.len()) && account.chars().all(sound) {
        return Ok(account);
    }
    Err(Error::invalid(
        "account_no",
        "收款账号应为 6 到 40 位数字或字母，可含空格与 - @ . _，请核对",
        "An account has 6 to 40 digits or letters, with blanks and - @ . _ between them; check it.",
    ))
}

fn weekday(zone: &Zone, day: i64) -> i64 {
    zone.day_start(day).map_or(1, |at| zone.local(at).weekday())
}

/// The first and the last day of the period in which a day lies.
pub fn period_of(cycle: SharingCycle, day: i64) -> Option<(i64, i64)> {
    let zone = Zone::shanghai();
    zone.day_start(day)?;
    match cycle {
        SharingCycle::Day => Some((day, day)),
        SharingCycle::Week => {
            let monday = days_before(day, weekday(&zone, day) - 1)?;
            Some((monday, days_from(monday).nth(6)?))
        }
        SharingCycle::Month => {
            let first = day / 100 * 100 + 1;
            let last = days_from(first).take_while(|one| one / 100 == first / 100).last()?;
            Some((first, last))
        }
    }
}

/// So many days earlier.
pub fn days_before(day: i64, count: i64) -> Option<i64> {
    let zone = Zone::shanghai();
    let noon = zone.day_start(day)?.plus_ms(crate::time::DAY_MS / 2);
    Some(zone.local(noon.plus_ms(-count * crate::time::DAY_MS)).day)
}

pub fn day_after(day: i64) -> Option<i64> {
    days_from(day).nth(1)
}

#[cfg(test)]
mod tests;
