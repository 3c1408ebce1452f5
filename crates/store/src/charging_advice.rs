//! 充电建议 for drivers: where they could go, and who does not want to be told.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult};
use model::Result;
use model::geo::Place;
use model::id::{StationId, TariffId};
use model::time::{Timestamp, Zone};

/// A station that is open to everybody.
#[derive(Clone, Debug)]
pub struct OpenPlace {
    pub station: StationId,
    pub name: String,
    pub address: String,
    pub place: Place,
    pub tariff: TariffId,
    pub zone: Zone,
}

/// Those with a place and a tariff within a square, at a moment.
pub fn open_places(conn: &mut Conn, (low, high): (Place, Place), now: Timestamp) -> DbResult<Vec<OpenPlace>> {
    conn.query(
        "SELECT id, name, address, longitude_e6, latitude_e6, tariff_id, time_zone FROM station \
         WHERE kind = 'public' AND tariff_id IS NOT NULL AND longitude_e6 BETWEEN $1 AND $2 \
         AND latitude_e6 BETWEEN $3 AND $4 AND NOT (closed_from_ms IS NOT NULL AND closed_from_ms <= $5 \
         AND (closed_until_ms IS NULL OR closed_until_ms > $5)) ORDER BY id LIMIT 200",
        &[
            low.longitude_e6.into(),
            high.longitude_e6.into(),
            low.latitude_e6.into(),
            high.latitude_e6.into(),
            now.as_ms().into(),
        ],
        |row| {
            Ok(OpenPlace {
                station: StationId(row.int(0)?),
                name: row.text(1)?,
                address: row.text(2)?,
                place: Place { longitude_e6: row.int(3)?, latitude_e6: row.int(4)? },
                tariff: TariffId(row.int(5)?),
                zone: row.word(6, Zone::parse)?,
            })
        },
    )
}

/// Whether a customer does not want advice; none: there is no such customer.
pub fn is_off(conn: &mut Conn, customer: i64) -> DbResult<Option<bool>> {
    conn.find("SELECT advice_off FROM customer WHERE id = $1", &[customer.into()], |row| row.bool(0))
}

pub fn off_set(tx: &mut Tx<'_>, customer: i64, off: bool) -> Result<()> {
    tx.execute("UPDATE customer SET advice_off = $1 WHERE id = $2", &[off.into(), customer.into()])?;
    tx.changed(Change::Noun("customer"));
    Ok(())
}
