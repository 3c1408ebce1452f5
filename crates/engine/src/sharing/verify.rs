//! Every closed period is divided again: of the orders that it was frozen with, and of what they have become since.

use super::trial::own_lines;
use model::sharing::{Part, divide};
use std::collections::{BTreeMap, BTreeSet};
use store::sharing_periods::{self, SharingPeriod};
use store::{Conn, DbResult, sharing_orders, sharing_rules};

/// Periods that are proved at a time.
const PAGE: i64 = 100;

/// What is closed and would be divided otherwise.
pub(crate) fn verify(conn: &mut Conn) -> DbResult<Vec<String>> {
    let (mut found, mut after) = (Vec::new(), 0);
    loop {
        let page = sharing_periods::closed_after(conn, after, PAGE)?;
        let Some(last) = page.last() else { return Ok(found) };
        after = last.id;
        for period in &page {
            period_verify(conn, period, &mut found)?;
        }
    }
}

fn shares(parts: impl Iterator<Item = Part>) -> BTreeMap<i64, (i64, i64)> {
    let mut all: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
    for part in parts {
        let sum = all.entry(part.rule).or_default();
        *sum = (sum.0 + part.basis_fen, sum.1 + part.share_fen);
    }
    all.retain(|_, sum| *sum != (0, 0));
    all
}

fn period_verify(conn: &mut Conn, period: &SharingPeriod, found: &mut Vec<String>) -> DbResult<()> {
    let rules = sharing_rules::of_operator(conn, period.operator)?;
    let span = (period.from_day, period.to_day);
    let days = sharing_orders::frozen(conn, period.id)?;
    let (again, rest_fen) = own_lines(&rules, span, &days);
    let kept = sharing_periods::lines(conn, period.id)?;
    let own = kept.iter().filter(|line| line.about_period == 0);
    let mut stations: BTreeSet<i64> = days.keys().copied().collect();
    stations.extend(own.clone().map(|line| line.station));
    if rest_fen != period.rest_fen {
        let told =
            format!("sharing period {} leaves {} fen, its orders {rest_fen}", period.id, period.rest_fen);
        found.push(told);
    }
    for station in stations {
        let of = |one: &&store::sharing_periods::SharingLine| one.station == station;
        let kept = shares(own.clone().filter(of).map(|line| line.part));
        if kept != shares(again.iter().filter(of).map(|line| line.part)) {
            found.push(format!(
                "the lines of sharing period {} at station {station} are not what its rules and orders come to",
                period.id
            ));
        }
        let now = divide(&rules, station, span, &sharing_orders::adjusted(conn, period.id, station)?);
        let given = sharing_periods::given(conn, period.id, station)?;
        if shares(now.into_iter()) != shares(given.into_iter()) {
            found.push(format!(
                "with its adjustments sharing period {} at station {station} is not what its orders come to",
                period.id
            ));
        }
    }
    Ok(())
}
