//! 备份保留: what of a place was kept long enough. What any moment of the days that are kept needs stays, the newest full
//! backups stay however old they are, and so does the last one that was proved.

use super::keep::stock_load;
use super::plan::{Full, Stock};
use crate::app::App;
use model::Result;
use std::sync::Arc;

/// Fewer are never left.
pub const COUNT_LEAST: u16 = 2;
/// More are not asked for: a year of one a day, and as many again.
pub const COUNT_MOST: u16 = 1_000;

/// The rule of a place.
#[derive(Clone, Debug)]
pub struct Retention {
    /// The newest full backups that stay.
    pub count: usize,
    /// Any moment after this one can be restored afterwards, as far as it could be before.
    pub after_ms: i64,
    /// The last full backup that was restored and looked at.
    pub proven: Option<String>,
}

/// A file of nothing is what a place leaves that was full, or broke off: it restores nothing, and counts as none.
fn is_good(full: &Full) -> bool {
    full.bytes > 0
}

/// The names of what may go, the full backups first: should it break off, what is left is found the next time.
pub fn prune_of(stock: &Stock, rule: &Retention) -> Vec<String> {
    let good: Vec<usize> =
        stock.fulls.iter().enumerate().filter(|(_, full)| is_good(full)).map(|(at, _)| at).collect();
    // Without a single good one nothing goes: nobody knows what can be saved of it.
    let Some(newest) = good.len().checked_sub(1) else { return Vec::new() };
    let counted = good[good.len().saturating_sub(rule.count.max(usize::from(COUNT_LEAST)))];
    // The state of any moment within the time that is kept needs the last good one before it.
    let needed = good.iter().rposition(|at| stock.fulls[*at].at_ms <= rule.after_ms).map_or(0, |at| good[at]);
    let keep = counted.min(needed).min(good[newest]);
    let proven = rule.proven.as_deref();
    let goes = stock.fulls[..keep].iter().filter(|full| Some(full.name.as_str()) != proven);
    let mut gone: Vec<String> = goes.map(|full| full.name.clone()).collect();
    let kept = &stock.fulls[keep..];
    let Some(first) = kept.first() else { return gone };
    for (line, segments) in &stock.lines {
        let least = kept.iter().filter(|full| full.line == *line && is_good(full)).map(|full| full.seq).min();
        let goes = segments.iter().filter(|one| match least {
            Some(least) => one.seq <= least,
            // A line without a full backup is of no use, once a later one has come.
            None => one.at_ms < first.at_ms,
        });
        gone.extend(goes.map(|one| one.name.clone()));
    }
    gone
}

/// Takes away what was kept long enough, after a full backup has succeeded. How many files went.
pub async fn prune(app: &Arc<App>) -> Result<u64> {
    let settings = app.backup.wanted()?.clone();
    let rules = app.engine.rules();
    let proven = app.engine.store.read(store::backups::proven_last).await?;
    let rule = Retention {
        count: usize::try_from(rules.backup_keep_count).unwrap_or(usize::MAX),
        after_ms: app.now().as_ms() - rules.backup_kept_ms,
        proven,
    };
    let stock = stock_load(app, &settings.place).await?;
    let gone = prune_of(&stock, &rule);
    for name in &gone {
        settings.place.remove(name).await?;
    }
    if !gone.is_empty() {
        app.engine.backups_gone(gone.clone()).await?;
        stock_load(app, &settings.place).await?;
    }
    Ok(gone.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::super::place::Found;
    use super::super::plan::{full_name, segment_name};
    use super::*;
    use model::time::{DAY_MS, Timestamp};

    const NOW: i64 = 100 * DAY_MS;

    /// One full backup a day up to now, each with a segment behind it, in one line.
    fn daily(days: i64, empty: &[i64]) -> Stock {
        let mut found = Vec::new();
        for day in 0..days {
            let (at_ms, seq) = (NOW - (days - 1 - day) * DAY_MS, u64::try_from(day * 2).unwrap());
            let bytes = u64::from(!empty.contains(&day));
            found.push(Found { name: full_name(at_ms, "a", seq), bytes });
            for next in 1..=2 {
                let at = at_ms + i64::try_from(next).unwrap() * DAY_MS / 3;
                found.push(Found { name: segment_name("a", seq + next, at), bytes: 1 });
            }
        }
        Stock::of(found)
    }

    fn rule(count: usize, days: i64) -> Retention {
        Retention { count, after_ms: NOW - days * DAY_MS, proven: None }
    }

    fn left(stock: &Stock, gone: &[String]) -> Stock {
        let fulls = stock.fulls.iter().map(|full| (full.name.clone(), full.bytes));
        let segments = stock.lines.values().flatten().map(|one| (one.name.clone(), one.bytes));
        let kept = fulls.chain(segments).filter(|(name, _)| !gone.contains(name));
        Stock::of(kept.map(|(name, bytes)| Found { name, bytes }).collect())
    }

    /// Full backups that there are, the rule, and how many are left.
    #[test]
    fn so_many_stay_as_either_rule_wants() {
        for (days, count, kept_days, fulls) in [
            (10, 2, 0, 2),
            (10, 5, 0, 5),
            (10, 2, 6, 7),
            (10, 8, 6, 8),
            (10, 0, 0, 2),
            (10, 50, 0, 10),
            (10, 2, 50, 10),
            (1, 2, 0, 1),
            (0, 2, 0, 0),
        ] {
            let stock = daily(days, &[]);
            let gone = prune_of(&stock, &rule(count, kept_days));
            assert_eq!(left(&stock, &gone).fulls.len(), fulls, "{days} {count} {kept_days}");
        }
    }

    #[test]
    fn any_moment_of_the_days_that_are_kept_is_restored_as_before() {
        let stock = daily(10, &[]);
        let after = left(&stock, &prune_of(&stock, &rule(2, 4)));
        for hours in 0..=(4 * 24) {
            let at = Some(Timestamp::from_ms(NOW - hours * DAY_MS / 24));
            assert_eq!(after.plan(at).unwrap(), stock.plan(at).unwrap(), "{hours} hours ago");
        }
        assert_eq!(after.ranges().len(), 1);
        assert!(after.plan(Some(Timestamp::from_ms(NOW - 6 * DAY_MS))).is_err());
        // Said again there is nothing to do.
        assert_eq!(prune_of(&after, &rule(2, 4)), Vec::<String>::new());
    }

    #[test]
    fn what_came_to_nothing_is_no_backup_and_the_last_good_one_stays() {
        // The last three days' are empty: the place was full.
        let stock = daily(10, &[7, 8, 9]);
        let after = left(&stock, &prune_of(&stock, &rule(2, 0)));
        let good = after.fulls.iter().filter(|full| full.bytes > 0).count();
        assert_eq!((good, after.fulls.len()), (2, 5));
        let stock = daily(3, &[0, 1, 2]);
        assert_eq!(prune_of(&stock, &rule(2, 0)), Vec::<String>::new(), "there is no good one at all");
        let stock = daily(3, &[1, 2]);
        assert_eq!(left(&stock, &prune_of(&stock, &rule(2, 0))).fulls.len(), 3);
    }

    #[test]
    fn the_last_one_that_was_proved_stays_at_its_moment() {
        let stock = daily(10, &[]);
        let proven = stock.fulls[3].name.clone();
        let rule = Retention { proven: Some(proven.clone()), ..rule(2, 0) };
        let after = left(&stock, &prune_of(&stock, &rule));
        let names: Vec<_> = after.fulls.iter().map(|full| full.name.as_str()).collect();
        assert_eq!((names.len(), names[0]), (3, proven.as_str()));
        let at = Some(Timestamp::from_ms(stock.fulls[3].at_ms));
        assert_eq!(after.plan(at).unwrap().full.name, proven);
    }

    #[test]
    fn a_line_without_a_full_backup_goes_when_a_later_one_has_come() {
        let mut found: Vec<Found> = (1..=3)
            .map(|seq| segment_name("old", seq, NOW - 9 * DAY_MS))
            .chain((1..=3).map(|seq| segment_name("new", seq, NOW + DAY_MS)))
            .map(|name| Found { name, bytes: 1 })
            .collect();
        found.extend((0..3).map(|day| Found { name: full_name(NOW + day, "a", 0), bytes: 1 }));
        let stock = Stock::of(found);
        let gone = prune_of(&stock, &rule(3, 0));
        assert!(gone.len() == 3 && gone.iter().all(|name| name.contains("/old/")), "{gone:?}");
    }
}
