//! 客户分群: how many are in each, and what they have charged where. Made by the nightly job, read by the page.

use crate::Tx;
use crate::change::Change;
use crate::customer_marks::Judged;
use crate::db::{Conn, DbResult, Value};
use crate::filter::Filter;
use crate::report_sums::insert;
use model::Result;
use model::access::{Area, Scope};
use model::customer::CustomerMark;
use model::report::day_after;
use model::time::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Of everybody, beside the segments.
const ALL: &str = "";
/// What is compared with.
const WEEK: i64 = 7;

/// Orders, energy, money.
type Sums = [i64; 3];

/// What all customers come to, gathered page by page: as many rows as there are segments and stations.
#[derive(Debug, Default)]
pub struct SegmentSums {
    counts: BTreeMap<&'static str, i64>,
    places: BTreeMap<(&'static str, i64, i64), Sums>,
}

impl SegmentSums {
    pub fn add(&mut self, one: &Judged, marks: &[CustomerMark]) {
        for mark in marks.iter().map(|mark| mark.as_str()).chain([ALL]) {
            *self.counts.entry(mark).or_default() += 1;
            for [station, operator, sums @ ..] in &one.places {
                let place = self.places.entry((mark, *station, *operator)).or_default();
                place.iter_mut().zip(sums).for_each(|(sum, value)| *sum += value);
            }
        }
    }

    fn of(&self, mark: &'static str) -> Sums {
        let mut all = Sums::default();
        for (_, sums) in self.places.range((mark, i64::MIN, i64::MIN)..=(mark, i64::MAX, i64::MAX)) {
            all.iter_mut().zip(sums).for_each(|(sum, value)| *sum += value);
        }
        all
    }
}

/// Puts the sums of a night in the place of those before. The same night again leaves the same rows. There may be tens of
/// thousands of them, and the piles of this writer wait meanwhile: many go in with one statement.
pub fn save(tx: &mut Tx<'_>, sums: &SegmentSums, day: i64, now: Timestamp) -> Result<()> {
    tx.execute("DELETE FROM segment_station", &[])?;
    let rows = sums.places.iter().map(|((mark, station, operator), sums)| {
        let numbers = [*station, *operator].into_iter().chain(*sums).map(Value::Int);
        [(*mark).into()].into_iter().chain(numbers).collect()
    });
    let columns = ["mark", "station_id", "operator_id", "order_count", "energy_dwh", "total_fen"];
    insert(tx, "segment_station", &columns, &rows.collect::<Vec<_>>())?;
    tx.execute("DELETE FROM segment_day WHERE day = $1", &[day.into()])?;
    let rows = CustomerMark::ALL.iter().map(|mark| mark.as_str()).chain([ALL]).map(|mark| {
        let count = sums.counts.get(mark).copied().unwrap_or(0);
        let numbers = [count].into_iter().chain(sums.of(mark)).chain([now.as_ms(), day]).map(Value::Int);
        [mark.into()].into_iter().chain(numbers).collect()
    });
    let columns = ["mark", "customer_count", "order_count", "energy_dwh", "total_fen", "made_at_ms", "day"];
    insert(tx, "segment_day", &columns, &rows.collect::<Vec<_>>())?;
    tx.changed(Change::Noun("customer_segment"));
    Ok(())
}

/// What a segment comes to for its reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct SegmentFigures {
    pub customer_count: i64,
    /// A week before; null: that is not known, or not for a part of the platform.
    pub customer_count_before: Option<i64>,
    pub order_count: i64,
    pub energy_dwh: i64,
    pub total_fen: i64,
}

/// As of the last night.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SegmentNight {
    pub made_at_ms: Option<i64>,
    pub all: SegmentFigures,
    pub marks: BTreeMap<String, SegmentFigures>,
}

impl SegmentNight {
    fn place(&mut self, mark: String) -> &mut SegmentFigures {
        if mark == ALL { &mut self.all } else { self.marks.entry(mark).or_default() }
    }
}

/// Staff of a part of the platform see those who have charged there, and what they have charged there.
pub fn segment_night(conn: &mut Conn, scope: &Scope) -> DbResult<SegmentNight> {
    let last = conn.one("SELECT MAX(day), MAX(made_at_ms) FROM segment_day", &[], |row| {
        Ok((row.int_opt(0)?, row.int_opt(1)?))
    })?;
    let (Some(day), made_at_ms) = last else { return Ok(SegmentNight::default()) };
    let mut night = SegmentNight { made_at_ms, ..SegmentNight::default() };
    if scope.operator.is_none() && scope.area == Area::Everywhere {
        whole(conn, &mut night, day)?;
    } else {
        part(conn, &mut night, scope)?;
    }
    Ok(night)
}

fn whole(conn: &mut Conn, night: &mut SegmentNight, day: i64) -> DbResult<()> {
    let sql = "SELECT d.mark, d.customer_count, d.order_count, d.energy_dwh, d.total_fen, b.customer_count \
               FROM segment_day d LEFT JOIN segment_day b ON b.mark = d.mark AND b.day = $1 WHERE d.day = $2";
    conn.query(sql, &[day_after(day, -WEEK).into(), day.into()], |row| {
        *night.place(row.text(0)?) = SegmentFigures {
            customer_count: row.int(1)?,
            order_count: row.int(2)?,
            energy_dwh: row.int(3)?,
            total_fen: row.int(4)?,
            customer_count_before: row.int_opt(5)?,
        };
        Ok(())
    })
    .map(drop)
}

fn part(conn: &mut Conn, night: &mut SegmentNight, scope: &Scope) -> DbResult<()> {
    let mut filter = Filter::new();
    filter.scope("t.operator_id", "t.station_id", scope);
    let sql = format!(
        "SELECT t.mark, CAST(SUM(t.order_count) AS BIGINT), CAST(SUM(t.energy_dwh) AS BIGINT), \
         CAST(SUM(t.total_fen) AS BIGINT) FROM segment_station t {} GROUP BY t.mark",
        filter.sql()
    );
    conn.query(&sql, &filter.values, |row| {
        let one = night.place(row.text(0)?);
        (one.order_count, one.energy_dwh, one.total_fen) = (row.int(1)?, row.int(2)?, row.int(3)?);
        Ok(())
    })?;
    let mut filter = Filter::new();
    filter.scope("v.operator_id", "v.station_id", scope);
    let seen = format!(
        "(SELECT DISTINCT v.customer_id AS id FROM customer_station v {}) s \
         JOIN customer c ON c.id = s.id AND c.status <> 'cancelled'",
        filter.sql()
    );
    let sql = format!(
        "SELECT g.tag, COUNT(*) FROM {seen} JOIN customer_tag g ON g.customer_id = s.id WHERE g.by_rule GROUP BY g.tag"
    );
    conn.query(&sql, &filter.values, |row| {
        night.place(row.text(0)?).customer_count = row.int(1)?;
        Ok(())
    })?;
    night.all.customer_count =
        conn.one(&format!("SELECT COUNT(*) FROM {seen}"), &filter.values, crate::filter::count)?;
    Ok(())
}
