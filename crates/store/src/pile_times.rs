//! 设备时长: how long piles in service were on line and without a fault, day by day.

use crate::Tx;
use crate::db::{Conn, DbResult, Value};
use model::Result;
use model::id::{OperatorId, PileId, StationId};

/// A pile in service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimedPile {
    pub pile: PileId,
    pub station: StationId,
    pub operator: OperatorId,
    pub zone: String,
    pub rated_w: i64,
    pub connectors: i64,
    /// In service since.
    pub since_ms: i64,
    /// Its link is up since.
    pub online_ms: Option<i64>,
}

/// By station, so that each has its piles together.
pub fn timed(conn: &mut Conn) -> DbResult<Vec<TimedPile>> {
    conn.query(
        "SELECT q.id, q.station_id, q.operator_id, s.time_zone, q.rated_power_w, COALESCE(c.n, 1), \
         COALESCE(q.enabled_at_ms, q.created_at_ms), CASE WHEN q.online THEN q.connected_at_ms ELSE NULL END \
         FROM pile q JOIN station s ON s.id = q.station_id \
         LEFT JOIN (SELECT pile_id, COUNT(*) AS n FROM connector WHERE no > 0 GROUP BY pile_id) c ON c.pile_id = q.id \
         WHERE q.lifecycle = 'enabled' ORDER BY q.station_id, q.operator_id, q.id",
        &[],
        |row| {
            Ok(TimedPile {
                pile: PileId(row.int(0)?),
                station: StationId(row.int(1)?),
                operator: OperatorId(row.int(2)?),
                zone: row.text(3)?,
                rated_w: row.int(4)?,
                connectors: row.int(5)?,
                since_ms: row.int(6)?,
                online_ms: row.int_opt(7)?,
            })
        },
    )
}

/// Pile, from, to: links that have ended and had part in this time.
pub fn links(conn: &mut Conn, from_ms: i64, to_ms: i64) -> DbResult<Vec<(PileId, i64, i64)>> {
    conn.query(
        "SELECT pile_id, from_ms, to_ms FROM link WHERE to_ms > $1 AND from_ms < $2",
        &[from_ms.into(), to_ms.into()],
        |row| Ok((PileId(row.int(0)?), row.int(1)?, row.int(2)?)),
    )
}

/// Pile, from, and to where it is over: alarms of faults that held in this time.
pub fn faults(conn: &mut Conn, from_ms: i64, to_ms: i64) -> DbResult<Vec<(PileId, i64, Option<i64>)>> {
    conn.query(
        "SELECT pile_id, first_at_ms, COALESCE(recovered_at_ms, closed_at_ms) FROM alarm \
         WHERE source = 'fault' AND pile_id IS NOT NULL AND first_at_ms < $1 \
         AND (COALESCE(recovered_at_ms, closed_at_ms) IS NULL OR COALESCE(recovered_at_ms, closed_at_ms) > $2)",
        &[to_ms.into(), from_ms.into()],
        |row| Ok((PileId(row.int(0)?), row.int(1)?, row.int_opt(2)?)),
    )
}

/// What a pile was on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PileTime {
    pub day: i64,
    pub pile: PileId,
    pub station: StationId,
    pub operator: OperatorId,
    pub service_s: i64,
    pub online_s: i64,
    pub fault_s: i64,
    pub available_s: i64,
    pub connector_s: i64,
    pub rated_ws: i64,
    pub offline_count: i64,
}

impl PileTime {
    fn sums(&self) -> [i64; 7] {
        [
            self.service_s,
            self.online_s,
            self.fault_s,
            self.available_s,
            self.connector_s,
            self.rated_ws,
            self.offline_count,
        ]
    }
}

const SUMS: &str = "service_s, online_s, fault_s, available_s, connector_s, rated_ws, offline_count";

/// The day of one station, of all its piles; what was there before is replaced.
pub fn save(tx: &mut Tx<'_>, day: i64, station: StationId, piles: &[PileTime]) -> Result<()> {
    tx.execute(
        "DELETE FROM station_time WHERE day = $1 AND station_id = $2",
        &[day.into(), station.0.into()],
    )?;
    let mut operators: std::collections::BTreeMap<i64, [i64; 7]> = std::collections::BTreeMap::new();
    for one in piles {
        let sums = operators.entry(one.operator.0).or_default();
        sums.iter_mut().zip(one.sums()).for_each(|(sum, value)| *sum += value);
        let key = [day, one.pile.0, station.0, one.operator.0];
        let values: Vec<Value<'static>> = key.into_iter().chain(one.sums()).map(Value::Int).collect();
        tx.execute(
            &format!(
                "INSERT INTO pile_time (day, pile_id, station_id, operator_id, {SUMS}) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (day, pile_id) DO UPDATE SET \
                 station_id = excluded.station_id, operator_id = excluded.operator_id, \
                 service_s = excluded.service_s, online_s = excluded.online_s, fault_s = excluded.fault_s, \
                 available_s = excluded.available_s, connector_s = excluded.connector_s, \
                 rated_ws = excluded.rated_ws, offline_count = excluded.offline_count"
            ),
            &values,
        )?;
    }
    for (operator, sums) in operators {
        let key = [day, station.0, operator];
        let values: Vec<Value<'static>> = key.into_iter().chain(sums).map(Value::Int).collect();
        tx.execute(
            &format!(
                "INSERT INTO station_time (day, station_id, operator_id, {SUMS}) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
            ),
            &values,
        )?;
    }
    Ok(())
}

const UNTIL: &str = "pile_time_until";

/// The last day that is over and was summed up.
pub fn until(conn: &mut Conn) -> DbResult<Option<i64>> {
    let value = conn.find("SELECT value FROM setting WHERE name = $1", &[UNTIL.into()], |row| row.text(0))?;
    Ok(value.and_then(|value| value.parse().ok()))
}

pub fn until_set(tx: &mut Tx<'_>, day: i64) -> Result<()> {
    let sql = "INSERT INTO setting (name, value) VALUES ($1, $2) \
               ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    tx.execute(sql, &[UNTIL.into(), day.to_string().into()]).map(drop)
}
