//! 计费模型: published versions.

use crate::db::{Conn, DbError, DbResult};
use crate::hot::TariffVersion;
use model::id::TariffId;

pub fn version(conn: &mut Conn, id: TariffId) -> DbResult<TariffVersion> {
    let found = conn.find(
        "SELECT name, version_no, model_no, body FROM tariff WHERE id = $1",
        &[id.0.into()],
        |row| {
            let body = row.text(3)?;
            let tariff = serde_json::from_str(&body)
                .map_err(|why| DbError::Fault(format!("tariff {id} cannot be read: {why}")))?;
            let model_no = u16::try_from(row.int(2)?).unwrap_or(0);
            Ok(TariffVersion { id, name: row.text(0)?, version_no: row.int(1)?, model_no, tariff })
        },
    )?;
    found.ok_or_else(|| DbError::Fault(format!("tariff {id} is referred to but not there")))
}
