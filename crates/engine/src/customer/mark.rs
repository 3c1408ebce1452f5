//! The nightly judgement: which level a customer has, and what is said of them by rule.

use crate::Engine;
use model::Result;
use model::customer::CustomerMark;
use model::id::CustomerId;
use model::segment::marks;
use model::time::{DAY_MS, Timestamp, Zone};
use std::collections::{HashMap, HashSet};
use store::customer_marks::{self, Judged};
use store::customer_segments::{self, SegmentSums};
use store::member_levels::{self, MemberLevel};
use store::{Change, Tx};

/// In one step; between two the writer belongs to the piles.
const AT_ONCE: i64 = 500;

/// The highest level whose rules are kept; `levels` has the highest first.
fn levelled(of: &Judged, levels: &[MemberLevel]) -> Option<i64> {
    let kept = |level: &&MemberLevel| {
        of.facts.energy_dwh >= level.energy_dwh
            && of.facts.order_count >= level.order_count
            && of.facts.total_fen >= level.total_fen
    };
    levels.iter().find(kept).map(|level| level.id)
}

impl Engine {
    /// Judges everybody; how many have another level or other marks than before. The sums of the segments are put down at
    /// the end: a run that breaks off leaves those of the night before.
    pub async fn customers_mark(&self, now: Timestamp) -> Result<usize> {
        let (mut after, mut changed) = (0, 0);
        let (mut levelled_anew, mut sums) = (HashSet::new(), SegmentSums::default());
        let levels = self.store.read(member_levels::all).await?;
        loop {
            let rules = self.rules();
            let since = now.plus_ms(-rules.member_days * DAY_MS);
            let read = move |conn: &mut store::Conn| customer_marks::judged(conn, after, since, AT_ONCE);
            let some = self.store.read(read).await?;
            let (Some(first), Some(last)) = (some.first().map(|c| c.id), some.last().map(|c| c.id)) else {
                self.levels_told(levelled_anew).await?;
                self.segments_save(sums, now).await?;
                return Ok(changed);
            };
            let judged: Vec<(&Judged, Vec<CustomerMark>)> =
                some.iter().map(|one| (one, marks(&one.facts, &rules.segments, now))).collect();
            judged.iter().for_each(|(one, marks)| sums.add(one, marks));
            let other: Vec<Other> = judged
                .into_iter()
                .map(|(one, marks)| (one, levelled(one, &levels), marks))
                .filter(|(one, level, marks)| one.level != *level || one.marks != *marks)
                .map(|(one, level, marks)| (one.id, level, marks))
                .collect();
            let before: HashMap<i64, Option<i64>> = some.iter().map(|one| (one.id, one.level)).collect();
            let anew = other.iter().filter(|(id, level, _)| before.get(id) != Some(level));
            levelled_anew.extend(anew.map(|(id, ..)| CustomerId(*id)));
            let untagged = self.store.read(move |conn| customer_marks::untagged(conn, first, last)).await?;
            changed += other.len();
            if !other.is_empty() || !untagged.is_empty() {
                let tagged: Vec<(i64, Vec<String>)> = some
                    .into_iter()
                    .filter(|one| untagged.contains(&one.id))
                    .map(|one| (one.id, one.tags))
                    .collect();
                self.store.write(None, move |tx| save(tx, &other, &tagged)).await?;
            }
            after = last;
        }
    }

    async fn segments_save(&self, sums: SegmentSums, now: Timestamp) -> Result<()> {
        let day = Zone::shanghai().local(now).day;
        self.store.write(None, move |tx| customer_segments::save(tx, &sums, day, now)).await
    }

    /// What their level gives holds from their next session on: their cards are read anew.
    async fn levels_told(&self, customers: HashSet<CustomerId>) -> Result<()> {
        if customers.is_empty() {
            return Ok(());
        }
        let forget = move |tx: &mut Tx<'_>| {
            tx.cards_changed(|card| card.customer.is_some_and(|customer| customers.contains(&customer)));
            Ok(())
        };
        self.store.write_everywhere(forget).await.map(drop)
    }
}

type Other = (i64, Option<i64>, Vec<CustomerMark>);

fn save(tx: &mut Tx<'_>, other: &[Other], tagged: &[(i64, Vec<String>)]) -> Result<()> {
    for (id, level, marks) in other {
        customer_marks::judgement_save(tx, *id, *level, marks)?;
    }
    for (id, tags) in tagged {
        customer_marks::tags_save(tx, *id, tags)?;
    }
    tx.changed(Change::Noun("customer"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::segment::SegmentFacts;

    #[test]
    fn the_highest_level_whose_rules_are_all_kept_counts() {
        let level = |id: i64, energy_dwh: i64, order_count: i64| MemberLevel {
            id,
            name: String::new(),
            place: id,
            energy_dwh,
            order_count,
            service_off_permille: 0,
            total_fen: 0,
            rights: Vec::new(),
            version: 1,
            changed_at_ms: 0,
            changed_by: String::new(),
            customer_count: None,
        };
        let levels = [level(3, 100, 10), level(2, 50, 0), level(1, 0, 0)];
        let of = |energy_dwh: i64, order_count: i64| Judged {
            facts: SegmentFacts { energy_dwh, order_count, ..SegmentFacts::default() },
            ..Judged::default()
        };
        for (of, expected) in
            [(of(100, 10), 3), (of(100, 9), 2), (of(50, 0), 2), (of(49, 99), 1), (of(0, 0), 1)]
        {
            assert_eq!(levelled(&of, &levels), Some(expected), "{of:?}");
        }
        assert_eq!(levelled(&of(0, 0), &levels[..2]), None);
    }
}
