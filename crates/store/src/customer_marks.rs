//! 用户标签与等级 as they are found: what the nightly job reads of customers, and what it writes.

use crate::Tx;
use crate::customers::tags;
use crate::db::{Conn, DbResult};
use model::customer::CustomerMark;
use model::segment::SegmentFacts;
use model::time::{HOUR_MS, Timestamp};
use model::{Error, Result};
use std::collections::HashMap;

/// What of one customer is judged. The orders are those of the days since `since`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judged {
    pub id: i64,
    pub facts: SegmentFacts,
    pub tags: Vec<String>,
    pub marks: Vec<CustomerMark>,
    pub level: Option<i64>,
    /// Where these orders were: station, operator, how many, energy, money.
    pub places: Vec<[i64; 5]>,
}

/// Words that this version does not know are left out.
pub(crate) fn marks(json: &str) -> Vec<CustomerMark> {
    let words: Vec<String> = serde_json::from_str(json).unwrap_or_default();
    words.iter().filter_map(|word| CustomerMark::parse(word)).collect()
}

/// What an hour of the platform's clock is ahead of UTC's, and the hours of the night on it.
const NIGHT: &str = "((started_at_ms + 28800000) / 3600000) % 24 NOT BETWEEN 6 AND 21";

/// The next ones behind `after`, in the order of their ids; those who have left are not judged.
pub fn judged(conn: &mut Conn, after: i64, since: Timestamp, most: i64) -> DbResult<Vec<Judged>> {
    debug_assert_eq!(8 * HOUR_MS, 28_800_000);
    let sql = "SELECT id, created_at_ms, fleet_id, tags, marks, level_id FROM customer \
               WHERE id > $1 AND status <> 'cancelled' ORDER BY id LIMIT $2";
    let mut all = conn.query(sql, &[after.into(), most.into()], |row| {
        let facts = SegmentFacts {
            created_ms: row.int(1)?,
            has_fleet: row.int_opt(2)?.is_some(),
            ..SegmentFacts::default()
        };
        Ok(Judged {
            id: row.int(0)?,
            facts,
            tags: tags(&row.text(3)?),
            marks: marks(&row.text(4)?),
            level: row.int_opt(5)?,
            places: Vec::new(),
        })
    })?;
    let (Some(first), Some(last)) = (all.first().map(|c| c.id), all.last().map(|c| c.id)) else {
        return Ok(all);
    };
    let place: HashMap<i64, usize> = all.iter().enumerate().map(|(place, one)| (one.id, place)).collect();
    let sql = format!(
        "SELECT customer_id, station_id, operator_id, COUNT(*), \
         CAST(SUM(CASE WHEN {NIGHT} THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(energy_dwh) AS BIGINT), \
         CAST(SUM(total_fen) AS BIGINT), MIN(started_at_ms), MAX(started_at_ms) FROM orders \
         WHERE customer_id >= $1 AND customer_id <= $2 AND started_at_ms >= $3 AND state = 'completed' \
         GROUP BY customer_id, station_id, operator_id ORDER BY customer_id, station_id, operator_id"
    );
    conn.query(&sql, &[first.into(), last.into(), since.as_ms().into()], |row| {
        let known = place.get(&row.int(0)?).and_then(|place| all.get_mut(*place));
        let Some(one) = known else { return Ok(()) };
        let [orders, energy, total] = [row.int(3)?, row.int(5)?, row.int(6)?];
        let (begun, last) = (row.int(7)?, row.int(8)?);
        let facts = &mut one.facts;
        facts.order_count += orders;
        facts.night_count += row.int(4)?;
        facts.energy_dwh += energy;
        facts.total_fen += total;
        facts.first_started_ms = Some(facts.first_started_ms.map_or(begun, |known| known.min(begun)));
        facts.last_started_ms = facts.last_started_ms.max(Some(last));
        one.places.push([row.int(1)?, row.int(2)?, orders, energy, total]);
        Ok(())
    })?;
    let sql = "SELECT customer_id, MAX(last_ended_ms) FROM customer_station \
               WHERE customer_id >= $1 AND customer_id <= $2 GROUP BY customer_id";
    conn.query(sql, &[first.into(), last.into()], |row| {
        if let Some(one) = place.get(&row.int(0)?).and_then(|place| all.get_mut(*place)) {
            one.facts.last_charged_ms = Some(row.int(1)?);
        }
        Ok(())
    })?;
    Ok(all)
}

/// One of them; none: there is no such customer, or they have left.
pub fn judged_one(conn: &mut Conn, id: i64, since: Timestamp) -> DbResult<Option<Judged>> {
    let found = judged(conn, id - 1, since, 1)?;
    Ok(found.into_iter().find(|one| one.id == id))
}

/// What came of the judgement. A customer's version stays: nobody's form knows these columns.
pub fn judgement_save(tx: &mut Tx<'_>, id: i64, level: Option<i64>, marks: &[CustomerMark]) -> Result<()> {
    let words: Vec<&str> = marks.iter().map(|mark| mark.as_str()).collect();
    let json = serde_json::to_string(&words).map_err(|_| Error::internal())?;
    tx.execute(
        "UPDATE customer SET level_id = $1, marks = $2 WHERE id = $3",
        &[level.into(), json.into(), id.into()],
    )?;
    rows_save(tx, id, true, words.into_iter())
}

/// Tags by hand, so that they are found by index.
pub fn tags_save(tx: &mut Tx<'_>, id: i64, tags: &[String]) -> Result<()> {
    rows_save(tx, id, false, tags.iter().map(String::as_str))
}

fn rows_save<'a>(tx: &mut Tx<'_>, id: i64, by_rule: bool, tags: impl Iterator<Item = &'a str>) -> Result<()> {
    tx.execute(
        "DELETE FROM customer_tag WHERE customer_id = $1 AND by_rule = $2",
        &[id.into(), by_rule.into()],
    )?;
    for tag in tags {
        tx.execute(
            "INSERT INTO customer_tag (by_rule, tag, customer_id) VALUES ($1, $2, $3) \
             ON CONFLICT (tag, customer_id, by_rule) DO NOTHING",
            &[by_rule.into(), tag.into(), id.into()],
        )?;
    }
    Ok(())
}

/// Those of these who have tags by hand that no row says yet: they are older than the rows.
pub fn untagged(conn: &mut Conn, first: i64, last: i64) -> DbResult<Vec<i64>> {
    let sql = "SELECT c.id FROM customer c WHERE c.id >= $1 AND c.id <= $2 AND c.tags <> '[]' AND NOT EXISTS \
               (SELECT 1 FROM customer_tag g WHERE g.customer_id = c.id AND g.by_rule = FALSE) ORDER BY c.id";
    conn.query(sql, &[first.into(), last.into()], |row| row.int(0))
}
