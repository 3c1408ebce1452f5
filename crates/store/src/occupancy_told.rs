//! 占位提醒: what the driver of a car that stays plugged in was told, once for an order. It outlives the occupation: a car
//! that charges again and stays again is of the same driver.

use crate::Tx;
use crate::db::{Conn, DbResult, Row};
use model::Result;
use model::id::OrderId;
use model::occupancy::OccupancyStage;
use model::time::Timestamp;

/// When each stage was told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OccupancyTold {
    pub free: Option<Timestamp>,
    pub soon: Option<Timestamp>,
    pub fee: Option<Timestamp>,
    pub cap: Option<Timestamp>,
}

pub(crate) const COLUMNS: &str = "t.free_at_ms, t.soon_at_ms, t.fee_at_ms, t.cap_at_ms";

impl OccupancyTold {
    pub fn note(&mut self, stage: OccupancyStage, at: Timestamp) {
        let place = match stage {
            OccupancyStage::Free => &mut self.free,
            OccupancyStage::Soon => &mut self.soon,
            OccupancyStage::Fee => &mut self.fee,
            OccupancyStage::Cap => &mut self.cap,
        };
        *place = Some(at);
    }
}

pub(crate) fn told(row: &Row<'_>, at: usize) -> DbResult<OccupancyTold> {
    let moment = |at: usize| Ok(row.int_opt(at)?.map(Timestamp::from_ms));
    Ok(OccupancyTold { free: moment(at)?, soon: moment(at + 1)?, fee: moment(at + 2)?, cap: moment(at + 3)? })
}

pub fn get(conn: &mut Conn, order: OrderId) -> DbResult<OccupancyTold> {
    let sql = format!("SELECT {COLUMNS} FROM occupancy_told t WHERE t.order_id = $1");
    Ok(conn.find(&sql, &[order.0.into()], |row| told(row, 0))?.unwrap_or_default())
}

pub fn save(tx: &mut Tx<'_>, order: OrderId, told: &OccupancyTold) -> Result<()> {
    tx.execute(
        "INSERT INTO occupancy_told (order_id, free_at_ms, soon_at_ms, fee_at_ms, cap_at_ms) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (order_id) DO UPDATE SET free_at_ms = excluded.free_at_ms, soon_at_ms = excluded.soon_at_ms, \
         fee_at_ms = excluded.fee_at_ms, cap_at_ms = excluded.cap_at_ms",
        &[
            order.0.into(),
            told.free.map(Timestamp::as_ms).into(),
            told.soon.map(Timestamp::as_ms).into(),
            told.fee.map(Timestamp::as_ms).into(),
            told.cap.map(Timestamp::as_ms).into(),
        ],
    )
    .map(drop)
}
