//! Orders as facts for analysis outside: what each was, at which pile, in which hours and prices. No person is in them: who charged is a
//! number and a kind.

use crate::Tx;
use crate::db::{Conn, DbResult};
use crate::report_read::MODEL;
use crate::report_sums::BUYER;
use model::Result;
use model::tariff::Segment;
use model::time::{HOUR_MS, Timestamp, Zone};
use std::collections::HashMap;

/// One completed order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderFact {
    pub id: i64,
    pub station: i64,
    pub station_name: String,
    pub operator: i64,
    pub city_code: String,
    pub pile: i64,
    pub pile_code: Option<String>,
    pub pile_kind: Option<String>,
    pub pile_model: String,
    pub rated_power_w: Option<i64>,
    pub connector_no: i64,
    pub start_mode: String,
    pub buyer: String,
    pub customer: Option<i64>,
    pub tariff: Option<i64>,
    pub started_at_ms: i64,
    pub ended_at_ms: i64,
    pub hour: i64,
    pub energy_dwh: i64,
    /// Sharp, peak, flat, valley.
    pub periods_dwh: [i64; 4],
    pub meter_start_dwh: Option<i64>,
    pub meter_end_dwh: Option<i64>,
    pub electricity_fen: i64,
    pub service_fen: i64,
    pub total_fen: i64,
    pub discount_fen: i64,
    pub occupancy_fen: i64,
    pub received_fen: Option<i64>,
    pub gift_fen: Option<i64>,
    pub owed_fen: Option<i64>,
    pub soc_start: Option<i64>,
    pub soc_end: Option<i64>,
    pub stop_class: Option<String>,
}

/// Clocks of the world differ from the platform's by less than this.
const AWAY_MS: i64 = 22 * HOUR_MS;

/// The energy of each price period, of the segments of a bill.
fn periods_dwh(segments: &str) -> [i64; 4] {
    let mut energies = [0; 4];
    for segment in serde_json::from_str::<Vec<Segment>>(segments).unwrap_or_default() {
        if let Some(place) = energies.get_mut(segment.period.number()) {
            *place += segment.energy.dwh();
        }
    }
    energies
}

/// The orders that ended on a day, each on its station's clock, by id.
pub fn of_day(conn: &mut Conn, day: i64) -> DbResult<Vec<OrderFact>> {
    let Some(start) = Zone::shanghai().day_start(day) else { return Ok(Vec::new()) };
    let (from, to) = (start.plus_ms(-AWAY_MS), start.plus_ms(24 * HOUR_MS + AWAY_MS));
    let mut zones: HashMap<String, Zone> = HashMap::new();
    let mut all = Vec::new();
    let sql = format!(
        "SELECT o.id, o.station_id, s.name, o.operator_id, s.city_code, o.pile_id, q.code, q.kind, {MODEL}, \
         q.rated_power_w, o.connector_no, o.start_mode, {BUYER}, o.customer_id, o.tariff_id, o.started_at_ms, \
         o.ended_at_ms, o.energy_dwh, COALESCE(d.segments, '[]'), o.meter_start_dwh, o.meter_end_dwh, \
         o.electricity_fen, o.service_fen, o.total_fen, o.discount_fen, o.occupancy_fen, p.state, p.principal_fen, \
         p.gift_fen, p.owed_fen, o.soc_start, o.soc_end, o.stop_class, s.time_zone FROM orders o \
         JOIN station s ON s.id = o.station_id LEFT JOIN pile q ON q.id = o.pile_id \
         LEFT JOIN order_detail d ON d.order_id = o.id LEFT JOIN order_payment p ON p.order_id = o.id \
         WHERE o.ended_at_ms >= $1 AND o.ended_at_ms < $2 AND o.state = 'completed' \
         AND (s.time_zone <> $3 OR (o.ended_at_ms >= $4 AND o.ended_at_ms < $5))"
    );
    let own_to = start.plus_ms(24 * HOUR_MS).as_ms();
    let values =
        [from.as_ms().into(), to.as_ms().into(), Zone::DEFAULT.into(), start.as_ms().into(), own_to.into()];
    conn.query(&sql, &values, |row| {
        let name = row.text(33)?;
        let zone =
            zones.entry(name).or_insert_with_key(|name| Zone::parse(name).unwrap_or_else(Zone::shanghai));
        let local = zone.local(Timestamp::from_ms(row.int(16)?));
        if local.day != day {
            return Ok(());
        }
        let posted = row.text_opt(26)?.as_deref() == Some("posted");
        let paid = |value: Option<i64>| value.filter(|_| posted);
        all.push(OrderFact {
            id: row.int(0)?,
            station: row.int(1)?,
            station_name: row.text(2)?,
            operator: row.int(3)?,
            city_code: row.text(4)?,
            pile: row.int(5)?,
            pile_code: row.text_opt(6)?,
            pile_kind: row.text_opt(7)?,
            pile_model: row.text(8)?,
            rated_power_w: row.int_opt(9)?,
            connector_no: row.int(10)?,
            start_mode: row.text(11)?,
            buyer: row.text(12)?,
            customer: row.int_opt(13)?,
            tariff: row.int_opt(14)?,
            started_at_ms: row.int(15)?,
            ended_at_ms: row.int(16)?,
            hour: local.hour,
            energy_dwh: row.int(17)?,
            periods_dwh: periods_dwh(&row.text(18)?),
            meter_start_dwh: row.int_opt(19)?,
            meter_end_dwh: row.int_opt(20)?,
            electricity_fen: row.int(21)?,
            service_fen: row.int(22)?,
            total_fen: row.int(23)?,
            discount_fen: row.int(24)?,
            occupancy_fen: row.int(25)?,
            received_fen: paid(row.int_opt(27)?),
            gift_fen: paid(row.int_opt(28)?),
            owed_fen: paid(row.int_opt(29)?),
            soc_start: row.int_opt(30)?,
            soc_end: row.int_opt(31)?,
            stop_class: row.text_opt(32)?,
        });
        Ok(())
    })?;
    all.sort_unstable_by_key(|fact| fact.id);
    Ok(all)
}

/// Days before this one that were never written to the target, or have changed since, with what they had changed to: the latest first.
pub fn days_due(conn: &mut Conn, target: &str, before_day: i64, most: i64) -> DbResult<Vec<(i64, i64)>> {
    conn.query(
        "SELECT t.day, t.changes FROM (SELECT day, CAST(SUM(changes + order_count) AS BIGINT) AS changes FROM station_day \
         WHERE day < $1 GROUP BY day) t LEFT JOIN parquet_day w ON w.day = t.day AND w.target = $2 \
         WHERE w.day IS NULL OR w.changes <> t.changes ORDER BY t.day DESC LIMIT $3",
        &[before_day.into(), target.into(), most.into()],
        |row| Ok((row.int(0)?, row.int(1)?)),
    )
}

/// Notes that a day stands at the target as it was then.
pub fn written(
    tx: &mut Tx<'_>,
    target: &str,
    (day, changes): (i64, i64),
    (rows, bytes): (i64, i64),
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "INSERT INTO parquet_day (target, day, changes, row_count, bytes, written_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (target, day) DO UPDATE SET changes = excluded.changes, \
         row_count = excluded.row_count, bytes = excluded.bytes, written_at_ms = excluded.written_at_ms",
        &[target.into(), day.into(), changes.into(), rows.into(), bytes.into(), now.as_ms().into()],
    )
    .map(drop)
}
