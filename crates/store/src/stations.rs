//! 充电站: what the device path must know of them.

use crate::db::{Conn, DbError, DbResult};
use model::id::{OperatorId, StationId, TariffId};
use model::site::StationFacts;
use model::time::Zone;

pub fn facts(conn: &mut Conn, id: StationId) -> DbResult<StationFacts> {
    let found = conn.find(
        "SELECT operator_id, time_zone, tariff_id FROM station WHERE id = $1",
        &[id.0.into()],
        |row| {
            Ok(StationFacts {
                id,
                operator: OperatorId(row.int(0)?),
                zone: row.word(1, Zone::parse)?,
                tariff: row.int_opt(2)?.map(TariffId),
            })
        },
    )?;
    found.ok_or_else(|| DbError::Fault(format!("a pile belongs to station {id}, which is not there")))
}
