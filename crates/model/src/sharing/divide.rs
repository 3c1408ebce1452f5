//! Dividing what a station has earned in a period.
//!
//! Days on which the same rules hold are one stretch. Within a stretch all shares of one basis, with the same deductions,
//! divide one amount: each gets the whole fen of its part, and the fen that are left go to those whose part was cut
//! most; where that is equal the operator is first, then the older rule. What nobody gets is the operator's.

use super::rule::{Rule, TERMS, Terms, own_or_default};
use super::{SharingBasis, SharingDeduction};
use crate::money::divide_rounded;
use crate::tariff_calendar::days_from;
use std::collections::BTreeMap;

/// What was earned, after discounts, refunds and what was written off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Earned {
    pub order_count: i64,
    pub energy_dwh: i64,
    pub electricity_fen: i64,
    pub service_fen: i64,
}

impl Earned {
    pub fn total_fen(&self) -> i64 {
        self.electricity_fen + self.service_fen
    }

    pub fn add(&mut self, other: &Earned) {
        self.order_count += other.order_count;
        self.energy_dwh += other.energy_dwh;
        self.electricity_fen += other.electricity_fen;
        self.service_fen += other.service_fen;
    }
}

/// What a rule comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub rule: i64,
    pub payee: i64,
    pub terms: Terms,
    /// Days on which it held.
    pub from_day: i64,
    pub to_day: i64,
    pub energy_dwh: i64,
    /// Of what it is a part, after the deductions.
    pub basis_fen: i64,
    pub share_fen: i64,
}

fn clamp(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}

/// What shares are made of. Nobody bears a loss with the operator: below zero there is nothing to share.
fn basis_fen(terms: &Terms, earned: &Earned) -> i64 {
    let gross = match terms.basis {
        SharingBasis::Service => earned.service_fen,
        SharingBasis::Margin => earned.electricity_fen,
        _ => earned.total_fen(),
    };
    let fee = |of: i64| clamp(divide_rounded(i128::from(of) * i128::from(terms.fee_rate), 10_000));
    // 0.1 Wh × 0.00001 yuan is 10⁻⁹ yuan, and a fen ten million of them.
    let cost =
        clamp(divide_rounded(i128::from(earned.energy_dwh) * i128::from(terms.cost_price), 10_000_000));
    let left = match terms.deduction {
        SharingDeduction::None => gross,
        SharingDeduction::Fee => gross - fee(gross),
        SharingDeduction::Cost => gross - cost,
        SharingDeduction::FeeThenCost => gross - fee(gross) - cost,
        SharingDeduction::CostThenFee => {
            let left = (gross - cost).max(0);
            left - fee(left)
        }
    };
    left.max(0)
}

/// Whole fen of each rate; the last is what nobody gets.
fn apportion(whole: i64, rates: &[i64]) -> Vec<i64> {
    let kept = TERMS - rates.iter().sum::<i64>();
    let exact = |rate: i64| i128::from(whole) * i128::from(rate);
    let mut parts: Vec<i64> = Vec::with_capacity(rates.len());
    let mut cut: Vec<(i128, usize)> = Vec::with_capacity(rates.len() + 1);
    for (place, rate) in rates.iter().copied().enumerate() {
        parts.push(clamp(exact(rate) / i128::from(TERMS)));
        cut.push((exact(rate) % i128::from(TERMS), place + 1));
    }
    cut.push((exact(kept) % i128::from(TERMS), 0));
    let given = parts.iter().sum::<i64>() + clamp(exact(kept) / i128::from(TERMS));
    cut.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
    let left = usize::try_from(whole - given).unwrap_or(0);
    for (_, place) in cut.into_iter().take(left) {
        if let Some(part) = place.checked_sub(1).and_then(|place| parts.get_mut(place)) {
            *part += 1;
        }
    }
    parts
}

fn part(rule: &Rule, (from_day, to_day): (i64, i64)) -> Part {
    Part {
        rule: rule.id,
        payee: rule.payee,
        terms: rule.terms,
        from_day,
        to_day,
        energy_dwh: 0,
        basis_fen: 0,
        share_fen: 0,
    }
}

/// What the rules of one stretch come to.
fn stretch(rules: &[Rule], earned: &Earned, span: (i64, i64)) -> Vec<Part> {
    let mut parts: Vec<Part> = rules.iter().map(|rule| part(rule, span)).collect();
    let same = |one: &Terms, other: &Terms| Terms { rate: 0, ..*one } == Terms { rate: 0, ..*other };
    for place in 0..parts.len() {
        let terms = parts[place].terms;
        parts[place].energy_dwh = earned.energy_dwh;
        if terms.basis == SharingBasis::Energy {
            // 0.1 Wh × 0.0001 yuan is 10⁻⁸ yuan, and a fen a million of them.
            let exact = i128::from(earned.energy_dwh) * i128::from(terms.rate);
            parts[place].share_fen = clamp(divide_rounded(exact, 1_000_000));
        }
        let first = parts.iter().position(|one| same(&one.terms, &terms));
        if !terms.basis.is_share() || first != Some(place) {
            continue;
        }
        let group: Vec<usize> = (0..parts.len()).filter(|at| same(&parts[*at].terms, &terms)).collect();
        let whole = basis_fen(&terms, earned);
        let rates: Vec<i64> = group.iter().map(|at| parts[*at].terms.rate).collect();
        for (at, fen) in group.into_iter().zip(apportion(whole, &rates)) {
            (parts[at].basis_fen, parts[at].share_fen) = (whole, fen);
        }
    }
    parts
}

/// What each rule gets of a station's period: one part for each rule that held on a day of it.
pub fn divide(
    rules: &[Rule],
    station: i64,
    (from_day, to_day): (i64, i64),
    days: &BTreeMap<i64, Earned>,
) -> Vec<Part> {
    let mut stretches: Vec<(Vec<Rule>, Earned, (i64, i64))> = Vec::new();
    let mut held: BTreeMap<i64, i64> = BTreeMap::new();
    let mut length = 0_i64;
    for day in days_from(from_day).take_while(|day| *day <= to_day) {
        length += 1;
        let mut holding = own_or_default(rules, station, day);
        holding.sort_by_key(|rule| rule.id);
        holding.iter().for_each(|rule| *held.entry(rule.id).or_default() += 1);
        let earned = days.get(&day).copied().unwrap_or_default();
        match stretches.last_mut().filter(|(rules, ..)| *rules == holding) {
            Some((_, sum, span)) => {
                sum.add(&earned);
                span.1 = day;
            }
            None => stretches.push((holding, earned, (day, day))),
        }
    }
    let mut parts: BTreeMap<i64, Part> = BTreeMap::new();
    for (rules, earned, span) in stretches {
        for one in stretch(&rules, &earned, span) {
            let sum =
                parts.entry(one.rule).or_insert(Part { energy_dwh: 0, basis_fen: 0, share_fen: 0, ..one });
            sum.to_day = one.to_day;
            sum.energy_dwh += one.energy_dwh;
            sum.basis_fen += one.basis_fen;
            sum.share_fen += one.share_fen;
        }
    }
    for one in parts.values_mut().filter(|one| one.terms.basis == SharingBasis::Fixed) {
        let days = held.get(&one.rule).copied().unwrap_or(0);
        one.share_fen =
            clamp(divide_rounded(i128::from(one.terms.rate) * i128::from(days), i128::from(length)));
    }
    parts.into_values().collect()
}

/// What the operator keeps; below zero where it pays more than it has earned.
pub fn rest(earned: &Earned, parts: &[Part]) -> i64 {
    earned.total_fen() - parts.iter().map(|part| part.share_fen).sum::<i64>()
}
