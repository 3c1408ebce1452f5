//! 地锁: the last that was told of the lock before each connector.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult};
use model::Result;
use model::ground_lock::{GroundLockAlarm, GroundLockReport, GroundLockState};
use model::id::PileId;
use model::site::Pile;
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct GroundLock {
    #[serde(skip)]
    pub connector_no: i64,
    pub state: GroundLockState,
    /// Whether a car stands there.
    pub occupied: Option<bool>,
    /// Of the lock.
    pub battery_percent: Option<i64>,
    pub alarm: Option<GroundLockAlarm>,
    pub at_ms: i64,
}

pub fn save(tx: &mut Tx<'_>, pile: &Pile, told: &GroundLockReport, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO ground_lock (pile_id, connector_no, state, occupied, battery_percent, alarm, at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (pile_id, connector_no) DO UPDATE SET \
         state = excluded.state, occupied = excluded.occupied, battery_percent = excluded.battery_percent, \
         alarm = excluded.alarm, at_ms = excluded.at_ms",
        &[
            pile.id.0.into(),
            i64::from(told.connector).into(),
            told.state.as_str().into(),
            told.occupied.into(),
            told.battery_percent.into(),
            told.alarm.map(GroundLockAlarm::as_str).into(),
            now.as_ms().into(),
        ],
    )?;
    tx.changed(Change::Pile { pile: pile.id, operator: pile.operator });
    Ok(())
}

/// Of all connectors of a pile that have one.
pub fn of_pile(conn: &mut Conn, pile: PileId) -> DbResult<Vec<GroundLock>> {
    conn.query(
        "SELECT connector_no, state, occupied, battery_percent, alarm, at_ms FROM ground_lock \
         WHERE pile_id = $1 ORDER BY connector_no",
        &[pile.0.into()],
        |row| {
            Ok(GroundLock {
                connector_no: row.int(0)?,
                state: row.word(1, GroundLockState::parse)?,
                occupied: row.bool_opt(2)?,
                battery_percent: row.int_opt(3)?,
                alarm: row.text_opt(4)?.and_then(|alarm| GroundLockAlarm::parse(&alarm)),
                at_ms: row.int(5)?,
            })
        },
    )
}
