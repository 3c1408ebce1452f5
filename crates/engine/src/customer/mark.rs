//! The nightly judgement: which level a customer has, and what is said of them by rule.

use crate::{Engine, Rules};
use model::Result;
use model::customer::CustomerMark;
use model::id::CustomerId;
use model::time::{DAY_MS, Timestamp};
use std::collections::{HashMap, HashSet};
use store::customer_marks::{self, Judged};
use store::member_levels::{self, MemberLevel};
use store::{Change, Tx};

/// In one step; between two the writer belongs to the piles.
const AT_ONCE: i64 = 500;
/// Fewer orders say nothing about when somebody charges.
const NIGHT_ORDERS_MIN: i64 = 5;

/// What the rules say of a customer.
fn marked(of: &Judged, rules: &Rules, now: Timestamp) -> Vec<CustomerMark> {
    let since = |days: i64| now.as_ms() - days * DAY_MS;
    let asleep = of.last_charged_ms.is_some_and(|last| last < since(rules.mark_sleeping_days));
    [
        (CustomerMark::New, of.created_ms >= since(rules.mark_new_days)),
        (CustomerMark::Sleeping, asleep),
        (CustomerMark::Night, of.order_count >= NIGHT_ORDERS_MIN && of.night_count * 2 >= of.order_count),
        (CustomerMark::HighValue, of.total_fen >= rules.mark_high.0),
        (CustomerMark::Fleet, of.has_fleet),
    ]
    .into_iter()
    .filter_map(|(mark, holds)| holds.then_some(mark))
    .collect()
}

/// The highest level whose rules are kept; `levels` has the highest first.
fn levelled(of: &Judged, levels: &[MemberLevel]) -> Option<i64> {
    let kept = |level: &&MemberLevel| {
        of.energy_dwh >= level.energy_dwh
            && of.order_count >= level.order_count
            && of.total_fen >= level.total_fen
    };
    levels.iter().find(kept).map(|level| level.id)
}

impl Engine {
    /// Judges everybody; how many have another level or other marks than before.
    pub async fn customers_mark(&self, now: Timestamp) -> Result<usize> {
        let (mut after, mut changed) = (0, 0);
        let mut levelled_anew = HashSet::new();
        let levels = self.store.read(member_levels::all).await?;
        loop {
            let rules = self.rules();
            let since = now.plus_ms(-rules.member_days * DAY_MS);
            let read = move |conn: &mut store::Conn| customer_marks::judged(conn, after, since, AT_ONCE);
            let some = self.store.read(read).await?;
            let (Some(first), Some(last)) = (some.first().map(|c| c.id), some.last().map(|c| c.id)) else {
                self.levels_told(levelled_anew).await?;
                return Ok(changed);
            };
            let other: Vec<(i64, Option<i64>, Vec<CustomerMark>)> = some
                .iter()
                .map(|one| (one, levelled(one, &levels), marked(one, &rules, now)))
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

    const NOW: Timestamp = Timestamp::from_ms(1_795_406_400_000);

    #[test]
    fn each_mark_begins_where_its_rule_says() {
        use CustomerMark::*;
        let rules = Rules::default();
        let ago = |days: i64, more: i64| NOW.as_ms() - days * DAY_MS - more;
        let old = Judged { created_ms: 0, ..Judged::default() };
        for (of, marks) in [
            (old.clone(), vec![]),
            (Judged { created_ms: ago(30, 0), ..old.clone() }, vec![New]),
            (Judged { created_ms: ago(30, 1), ..old.clone() }, vec![]),
            (Judged { last_charged_ms: Some(ago(60, 0)), ..old.clone() }, vec![]),
            (Judged { last_charged_ms: Some(ago(60, 1)), ..old.clone() }, vec![Sleeping]),
            (Judged { order_count: 4, night_count: 4, ..old.clone() }, vec![]),
            (Judged { order_count: 5, night_count: 2, ..old.clone() }, vec![]),
            (Judged { order_count: 6, night_count: 3, ..old.clone() }, vec![Night]),
            (Judged { total_fen: 99_999, ..old.clone() }, vec![]),
            (Judged { total_fen: 100_000, has_fleet: true, ..old.clone() }, vec![HighValue, Fleet]),
        ] {
            assert_eq!(marked(&of, &rules, NOW), marks, "{of:?}");
        }
    }

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
        let of = |energy_dwh: i64, order_count: i64| Judged { energy_dwh, order_count, ..Judged::default() };
        for (of, expected) in
            [(of(100, 10), 3), (of(100, 9), 2), (of(50, 0), 2), (of(49, 99), 1), (of(0, 0), 1)]
        {
            assert_eq!(levelled(&of, &levels), Some(expected), "{of:?}");
        }
        assert_eq!(levelled(&of(0, 0), &levels[..2]), None);
    }
}
