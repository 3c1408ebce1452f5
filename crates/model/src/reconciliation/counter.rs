//! 渠道对账 and 互联互通对账: what a pay channel or a peer says of a day, line by line, beside the payments, refunds and
//! orders that we have written down.

use crate::money::divide_rounded;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;

crate::words! {
    /// Who has made the bill.
    CounterSource {
        /// 支付渠道: its lines are payments and refunds.
        PayChannel = "pay_channel",
        /// 互联方: its lines are orders.
        Peer = "peer",
    }

    /// 对方差异类型
    CounterDifferenceKind {
        /// 仅我方有: paid or given back in our books, and in no bill of theirs.
        OnlyOurs = "only_ours",
        /// 仅对方有: they have it, and we know of none.
        OnlyTheirs = "only_theirs",
        /// 金额不符
        AmountDiffers = "amount_differs",
        /// 电量不符: of a peer's order, beyond what is allowed.
        EnergyDiffers = "energy_differs",
        /// 状态不符: over there, and not with us, or given up here.
        StateDiffers = "state_differs",
        /// 重复: the same line again, or money that was taken once more under one number of ours.
        Twice = "twice",
        /// 跨日: both have it, on different days.
        DayShifted = "day_shifted",
        /// 手续费不符: the channel has kept more or less than was agreed.
        FeeDiffers = "fee_differs",
        /// 退款无对应支付: given back of a payment that was never made here.
        RefundWithoutPayment = "refund_without_payment",
    }
}

/// A channel rounds each fee by itself: one fen is no difference.
const FEE_TOLERANCE_FEN: i64 = 1;

/// A line of their bill.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CounterLine {
    /// Its place in the bill, from 1.
    pub line_no: i64,
    pub is_refund: bool,
    /// Our number of what it is about.
    pub own_no: String,
    /// Our number of the payment; of a refund: of the payment that it is of.
    pub payment_no: String,
    /// Their number.
    pub their_no: String,
    pub fen: i64,
    /// Of a peer's order.
    pub energy_dwh: Option<i64>,
    /// What the channel keeps of it, below zero where it gives that back; null: it does not say.
    pub fee_fen: Option<i64>,
    pub at_ms: i64,
    /// Over there.
    pub done: bool,
    /// The order that a peer's line is of, where there is such a one.
    pub order_id: Option<i64>,
    /// A bill before this one has the same line.
    pub repeated: bool,
    /// The payment that it is of, or refunds, was paid here.
    pub payment_known: bool,
}

/// A payment, refund or order of ours, as it is compared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CounterOurs {
    /// Of the payment, the refund or the order.
    pub id: i64,
    pub is_refund: bool,
    pub no: String,
    pub their_no: Option<String>,
    pub fen: i64,
    /// Of an order.
    pub energy_dwh: Option<i64>,
    /// Of `PayState`, `RefundState` or `OrderState`.
    pub state: String,
    /// Paid, or given back.
    pub done: bool,
    /// It may still be done.
    pub open: bool,
    /// Of a refund: when it went to the channel, which may name that day.
    pub begun_at_ms: Option<i64>,
    /// When it was paid, given back or over.
    pub at_ms: Option<i64>,
    /// A bill of theirs has it, of whichever day.
    pub listed: bool,
}

/// Both sides of a difference, as they were when it was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CounterEvidence {
    pub line: Option<CounterLine>,
    pub ours: Option<CounterOurs>,
    /// What the fee should have been.
    pub fee_due_fen: Option<i64>,
}

/// A difference that a run has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CounterFound {
    pub kind: CounterDifferenceKind,
    /// The same difference has the same key in every run, also after the bill was fetched anew.
    pub key: String,
    /// Theirs minus ours; what came in above zero, what went out below.
    pub amount_fen: i64,
    /// Theirs minus ours, of orders.
    pub energy_dwh: i64,
    pub evidence: CounterEvidence,
}

/// One day of a channel, or of a peer.
#[derive(Clone, Copy, Debug)]
pub struct CounterDay<'a> {
    pub from_ms: i64,
    /// Exclusive.
    pub to_ms: i64,
    /// Of the bill of the day, in its order.
    pub lines: &'a [CounterLine],
    /// What was paid and given back on the day, and what the lines are about.
    pub ours: &'a [CounterOurs],
    /// What was agreed, in 0.01 %; none: nobody has said.
    pub fee_bp: Option<i64>,
    /// The energies of an order may differ by this much.
    pub energy_tolerance_dwh: i64,
}

/// What both sides come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CounterSums {
    pub our_count: i64,
    pub our_fen: i64,
    pub our_energy_dwh: i64,
    pub our_back_count: i64,
    pub our_back_fen: i64,
    pub their_count: i64,
    pub their_fen: i64,
    pub their_energy_dwh: i64,
    pub their_back_count: i64,
    pub their_back_fen: i64,
    pub fee_fen: i64,
}

fn signed(is_refund: bool, fen: i64) -> i64 {
    if is_refund { -fen } else { fen }
}

/// The fee that was agreed for an amount: of a refund it comes back.
pub fn fee_due(fen: i64, is_refund: bool, fee_bp: i64) -> i64 {
    let fee = divide_rounded(i128::from(fen) * i128::from(fee_bp), 10_000);
    signed(is_refund, i64::try_from(fee).unwrap_or(i64::MAX))
}

impl CounterDay<'_> {
    fn has(&self, at_ms: Option<i64>) -> bool {
        at_ms.is_some_and(|at| (self.from_ms..self.to_ms).contains(&at))
    }

    pub fn sums(&self) -> CounterSums {
        let mut sums = CounterSums::default();
        for one in self.ours.iter().filter(|one| one.done && self.has(one.at_ms)) {
            if one.is_refund {
                (sums.our_back_count, sums.our_back_fen) =
                    (sums.our_back_count + 1, sums.our_back_fen + one.fen);
            } else {
                (sums.our_count, sums.our_fen) = (sums.our_count + 1, sums.our_fen + one.fen);
                sums.our_energy_dwh += one.energy_dwh.unwrap_or(0);
            }
        }
        for one in self.lines {
            if one.is_refund {
                sums.their_back_count += 1;
                sums.their_back_fen += one.fen;
            } else {
                sums.their_count += 1;
                sums.their_fen += one.fen;
                sums.their_energy_dwh += one.energy_dwh.unwrap_or(0);
            }
            sums.fee_fen += one.fee_fen.unwrap_or(0);
        }
        sums
    }
}

/// Ours by what a line is found by: the channel's number, or else our own.
struct Matched<'a> {
    by_theirs: HashMap<(bool, &'a str), &'a CounterOurs>,
    by_own: HashMap<(bool, &'a str), &'a CounterOurs>,
}

impl<'a> Matched<'a> {
    fn new(ours: &'a [CounterOurs]) -> Matched<'a> {
        let theirs = ours.iter().filter_map(|one| Some(((one.is_refund, one.their_no.as_deref()?), one)));
        Matched {
            by_theirs: theirs.collect(),
            by_own: ours.iter().map(|one| ((one.is_refund, one.no.as_str()), one)).collect(),
        }
    }

    fn of(&self, line: &CounterLine) -> Option<&'a CounterOurs> {
        let theirs = self.by_theirs.get(&(line.is_refund, line.their_no.as_str()));
        theirs.or_else(|| self.by_own.get(&(line.is_refund, line.own_no.as_str()))).copied()
    }
}

fn found(
    kind: CounterDifferenceKind,
    name: &str,
    amount_fen: i64,
    evidence: CounterEvidence,
) -> CounterFound {
    let refund = evidence.line.as_ref().map(|line| line.is_refund);
    let refund = refund.or(evidence.ours.as_ref().map(|ours| ours.is_refund)).unwrap_or(false);
    let key = format!("{}/{}/{name}", kind.as_str(), if refund { "refund" } else { "payment" });
    let of = |side: Option<Option<i64>>| side.flatten();
    let theirs = of(evidence.line.as_ref().map(|line| line.energy_dwh));
    let ours = of(evidence.ours.as_ref().map(|ours| ours.energy_dwh));
    let energy_dwh = match kind {
        CounterDifferenceKind::EnergyDiffers
        | CounterDifferenceKind::OnlyOurs
        | CounterDifferenceKind::OnlyTheirs => theirs.unwrap_or(0) - ours.unwrap_or(0),
        _ => 0,
    };
    CounterFound { kind, key, amount_fen, energy_dwh, evidence }
}

/// What of a line does not agree with what it is about.
fn judged(day: &CounterDay<'_>, line: &CounterLine, ours: &CounterOurs) -> Option<CounterFound> {
    use CounterDifferenceKind::{AmountDiffers, DayShifted, EnergyDiffers, StateDiffers, Twice};
    let told = |kind, fen| {
        let evidence =
            CounterEvidence { line: Some(line.clone()), ours: Some(ours.clone()), fee_due_fen: None };
        Some(found(kind, &line.their_no, fen, evidence))
    };
    let theirs = signed(line.is_refund, line.fen);
    // Found by our number alone, and we know of another of theirs: money was taken once more.
    if !line.is_refund && ours.their_no.as_deref().is_some_and(|no| no != line.their_no) {
        return told(Twice, theirs);
    }
    let agree = if line.done { ours.done } else { ours.done || ours.open };
    if !agree {
        return told(StateDiffers, theirs);
    }
    if line.fen != ours.fen {
        return told(AmountDiffers, theirs - signed(ours.is_refund, ours.fen));
    }
    let energies = line.energy_dwh.zip(ours.energy_dwh);
    if energies.is_some_and(|(theirs, ours)| (theirs - ours).abs() > day.energy_tolerance_dwh) {
        return told(EnergyDiffers, 0);
    }
    let same_day = day.has(ours.at_ms) || (line.is_refund && day.has(ours.begun_at_ms));
    if ours.done && !same_day {
        return told(DayShifted, 0);
    }
    None
}

/// A line that has come before, or whose fee is another than was agreed, or that nobody knows.
fn of_line(
    day: &CounterDay<'_>,
    line: &CounterLine,
    matched: &Matched<'_>,
    before: usize,
) -> Vec<CounterFound> {
    use CounterDifferenceKind::{FeeDiffers, OnlyTheirs, RefundWithoutPayment, Twice};
    let (theirs, ours) = (signed(line.is_refund, line.fen), matched.of(line));
    let evidence =
        |fee_due_fen| CounterEvidence { line: Some(line.clone()), ours: ours.cloned(), fee_due_fen };
    if before > 0 || line.repeated {
        let name = format!("{}#{}", line.their_no, before + 1 + usize::from(line.repeated));
        return vec![found(Twice, &name, theirs, evidence(None))];
    }
    let mut all = Vec::new();
    match ours {
        Some(ours) => all.extend(judged(day, line, ours)),
        None if line.is_refund && !line.payment_known => {
            all.push(found(RefundWithoutPayment, &line.their_no, theirs, evidence(None)));
        }
        None => all.push(found(OnlyTheirs, &line.their_no, theirs, evidence(None))),
    }
    if let (Some(fee), Some(rate)) = (line.fee_fen, day.fee_bp) {
        let due = fee_due(line.fen, line.is_refund, rate);
        if (fee - due).abs() > FEE_TOLERANCE_FEN {
            all.push(found(FeeDiffers, &line.their_no, due - fee, evidence(Some(due))));
        }
    }
    all
}

/// Everything of a day that does not agree, in the order of the lines, then of what is ours alone.
pub fn counter_compare(day: &CounterDay<'_>) -> Vec<CounterFound> {
    let matched = Matched::new(day.ours);
    let (mut all, mut seen) = (Vec::new(), HashMap::new());
    for line in day.lines {
        let count: &mut usize = seen.entry((line.is_refund, line.their_no.as_str())).or_default();
        all.extend(of_line(day, line, &matched, *count));
        *count += 1;
    }
    for ours in day.ours.iter().filter(|one| one.done && !one.listed && day.has(one.at_ms)) {
        let evidence = CounterEvidence { ours: Some(ours.clone()), ..CounterEvidence::default() };
        let fen = -signed(ours.is_refund, ours.fen);
        all.push(found(CounterDifferenceKind::OnlyOurs, &ours.no, fen, evidence));
    }
    all
}

#[cfg(test)]
mod tests;
