//! 开通城市: where stations may be.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult};
use crate::station_list::City;
use model::Result;

/// By its code.
pub fn find(conn: &mut Conn, code: &str) -> DbResult<Option<City>> {
    conn.find("SELECT code, province, name FROM city WHERE code = $1", &[code.into()], |row| {
        Ok(City { code: row.text(0)?, province: row.text(1)?, name: row.text(2)? })
    })
}

/// Opens a city, or gives an open one its present name.
pub fn save(tx: &mut Tx<'_>, city: &City) -> Result<()> {
    tx.execute(
        "INSERT INTO city (code, province, name, status) VALUES ($1, $2, $3, 'open') \
         ON CONFLICT (code) DO UPDATE SET province = excluded.province, name = excluded.name",
        &[(&city.code).into(), (&city.province).into(), (&city.name).into()],
    )?;
    tx.changed(Change::Noun("city"));
    Ok(())
}
