//! 调价计划: writing them, and reading what decides.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult, Row};
use crate::filter::Filter;
use crate::ids::Noun;
use model::Result;
use model::access::Scope;
use model::id::{StaffId, StationId, TariffId, TariffPlanId};
use model::tariff_plan::TariffPlanState;
use model::time::Timestamp;

/// What decides what may be done with it.
#[derive(Clone, Debug, PartialEq)]
pub struct TariffPlan {
    pub id: TariffPlanId,
    pub tariff: TariffId,
    pub effective: Timestamp,
    pub state: TariffPlanState,
}

const COLUMNS: &str = "l.id, l.tariff_id, l.effective_ms, l.state";

fn plan(row: &Row<'_>) -> DbResult<TariffPlan> {
    Ok(TariffPlan {
        id: TariffPlanId(row.int(0)?),
        tariff: TariffId(row.int(1)?),
        effective: Timestamp::from_ms(row.int(2)?),
        state: row.word(3, TariffPlanState::parse)?,
    })
}

/// One that concerns a station in the caller's sight.
pub fn find(conn: &mut Conn, scope: &Scope, id: TariffPlanId) -> DbResult<Option<TariffPlan>> {
    let mut filter = Filter::new();
    filter.and_value("l.id = ?", id.0);
    seen(&mut filter, scope);
    conn.find(&format!("SELECT {COLUMNS} FROM tariff_plan l {}", filter.sql()), &filter.values, plan)
}

/// Only plans that concern a station in the caller's sight.
pub(crate) fn seen(filter: &mut Filter, scope: &Scope) {
    let mut stations = Filter::new();
    stations.scope("s.operator_id", "s.id", scope);
    filter.and_within(
        "l.id IN (SELECT v.plan_id FROM tariff_plan_station v JOIN station s ON s.id = v.station_id WHERE ?)",
        &stations,
    );
}

/// Those whose moment has come, oldest first.
pub fn due(conn: &mut Conn, now: Timestamp) -> DbResult<Vec<TariffPlan>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM tariff_plan l WHERE l.state = 'scheduled' AND l.effective_ms <= $1 \
         ORDER BY l.effective_ms, l.id"
    );
    conn.query(&sql, &[now.as_ms().into()], plan)
}

pub fn stations(conn: &mut Conn, id: TariffPlanId) -> DbResult<Vec<StationId>> {
    let sql = "SELECT station_id FROM tariff_plan_station WHERE plan_id = $1 ORDER BY station_id";
    conn.query(sql, &[id.0.into()], |row| Ok(StationId(row.int(0)?)))
}

/// What a station will show from which moment on, as far as it is planned; oldest first.
pub(crate) fn planned(conn: &mut Conn, id: StationId) -> DbResult<Vec<(Timestamp, TariffId)>> {
    let sql = "SELECT l.effective_ms, l.tariff_id FROM tariff_plan_station v JOIN tariff_plan l ON l.id = v.plan_id \
               WHERE v.station_id = $1 AND l.state = 'scheduled' ORDER BY l.effective_ms";
    conn.query(sql, &[id.0.into()], |row| Ok((Timestamp::from_ms(row.int(0)?), TariffId(row.int(1)?))))
}

/// The plan that holds this moment of a station.
pub fn planned_at(conn: &mut Conn, id: StationId, at: Timestamp) -> DbResult<Option<TariffPlanId>> {
    let sql = "SELECT l.id FROM tariff_plan_station v JOIN tariff_plan l ON l.id = v.plan_id \
               WHERE v.station_id = $1 AND l.state = 'scheduled' AND l.effective_ms = $2";
    conn.find(sql, &[id.0.into(), at.as_ms().into()], |row| Ok(TariffPlanId(row.int(0)?)))
}

/// One that is being made.
pub struct NewTariffPlan<'a> {
    pub tariff: TariffId,
    pub effective: Timestamp,
    pub reason: &'a str,
    pub staff: Option<StaffId>,
    pub stations: &'a [StationId],
}

pub fn insert(tx: &mut Tx<'_>, new: &NewTariffPlan<'_>, now: Timestamp) -> Result<TariffPlanId> {
    let id = tx.next_id(Noun::TariffPlan)?;
    tx.execute(
        "INSERT INTO tariff_plan (id, tariff_id, effective_ms, reason, state, staff_id, created_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            id.into(),
            new.tariff.0.into(),
            new.effective.as_ms().into(),
            new.reason.into(),
            TariffPlanState::Scheduled.as_str().into(),
            new.staff.map(|staff| staff.0).into(),
            now.as_ms().into(),
        ],
    )?;
    for station in new.stations {
        tx.execute(
            "INSERT INTO tariff_plan_station (plan_id, station_id) VALUES ($1, $2)",
            &[id.into(), station.0.into()],
        )?;
    }
    tx.changed(Change::Noun("tariff_plan"));
    Ok(TariffPlanId(id))
}

/// Puts its version into effect at this station, unless the station was given another one since.
pub fn station_set(tx: &mut Tx<'_>, plan: &TariffPlan, station: StationId) -> Result<()> {
    let shown = "INSERT INTO station_tariff (station_id, from_ms, tariff_id) VALUES ($1, $2, $3) \
                 ON CONFLICT (station_id, from_ms) DO UPDATE SET tariff_id = excluded.tariff_id";
    let values = [station.0.into(), plan.effective.as_ms().into(), plan.tariff.0.into()];
    tx.execute(shown, &values)?;
    tx.execute(
        "UPDATE station SET tariff_id = $1, version = version + 1 WHERE id = $2 AND NOT EXISTS \
         (SELECT 1 FROM station_tariff x WHERE x.station_id = station.id AND x.from_ms > $3)",
        &[plan.tariff.0.into(), station.0.into(), plan.effective.as_ms().into()],
    )?;
    Ok(())
}

/// Its moment has come; false when somebody was faster.
pub fn effective_set(tx: &mut Tx<'_>, id: TariffPlanId, now: Timestamp) -> Result<bool> {
    let sql =
        "UPDATE tariff_plan SET state = 'effective', ended_at_ms = $1 WHERE id = $2 AND state = 'scheduled'";
    let done = tx.execute(sql, &[now.as_ms().into(), id.0.into()])? > 0;
    tx.changed(Change::Noun("tariff_plan"));
    Ok(done)
}

/// It will not be put into effect; false when it is no longer waiting.
pub fn withdraw(
    tx: &mut Tx<'_>,
    id: TariffPlanId,
    by: Option<StaffId>,
    reason: &str,
    now: Timestamp,
) -> Result<bool> {
    let done = tx.execute(
        "UPDATE tariff_plan SET state = 'withdrawn', ended_at_ms = $1, withdrawn_by = $2, withdraw_reason = $3 \
         WHERE id = $4 AND state = 'scheduled'",
        &[now.as_ms().into(), by.map(|staff| staff.0).into(), reason.into(), id.0.into()],
    )?;
    tx.changed(Change::Noun("tariff_plan"));
    Ok(done > 0)
}
