//! 运营商: whose stations and piles these are.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult};
use crate::ids::Noun;
use model::Result;
use model::id::OperatorId;
use model::time::Timestamp;
use serde::Serialize;

/// What staff keep of an operator.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OperatorFields {
    pub name: String,
    /// `model::credit_code`
    pub credit_code: Option<String>,
    pub contact: Option<String>,
    pub phone: Option<String>,
    /// yyyymmdd
    pub contract_from_day: Option<i64>,
    pub contract_to_day: Option<i64>,
}

/// Whether there is such an operator.
pub fn exists(conn: &mut Conn, id: OperatorId) -> DbResult<bool> {
    let found = conn.find("SELECT 1 FROM operator WHERE id = $1", &[id.0.into()], |_| Ok(()))?;
    Ok(found.is_some())
}

/// By its name, which is unique.
pub fn by_name(conn: &mut Conn, name: &str) -> DbResult<Option<OperatorId>> {
    conn.find("SELECT id FROM operator WHERE name = $1", &[name.into()], |row| Ok(OperatorId(row.int(0)?)))
}

/// By its credit code, which no two share.
pub fn by_credit_code(conn: &mut Conn, code: &str) -> DbResult<Option<OperatorId>> {
    conn.find("SELECT id FROM operator WHERE credit_code = $1", &[code.into()], |row| {
        Ok(OperatorId(row.int(0)?))
    })
}

pub fn fields(conn: &mut Conn, id: OperatorId) -> DbResult<Option<OperatorFields>> {
    conn.find(
        "SELECT name, credit_code, contact, phone, contract_from_day, contract_to_day FROM operator WHERE id = $1",
        &[id.0.into()],
        |row| {
            Ok(OperatorFields {
                name: row.text(0)?,
                credit_code: row.text_opt(1)?,
                contact: row.text_opt(2)?,
                phone: row.text_opt(3)?,
                contract_from_day: row.int_opt(4)?,
                contract_to_day: row.int_opt(5)?,
            })
        },
    )
}

/// Writes a new operator, enabled.
pub fn insert(tx: &mut Tx<'_>, fields: &OperatorFields, now: Timestamp) -> Result<OperatorId> {
    let id = tx.next_id(Noun::Operator)?;
    tx.execute(
        "INSERT INTO operator (id, name, status, created_at_ms) VALUES ($1, $2, 'enabled', $3)",
        &[id.into(), (&fields.name).into(), now.as_ms().into()],
    )?;
    let id = OperatorId(id);
    write(tx, id, fields)?;
    tx.changed(Change::Noun("operator"));
    Ok(id)
}

fn write(tx: &mut Tx<'_>, id: OperatorId, fields: &OperatorFields) -> Result<()> {
    tx.execute(
        "UPDATE operator SET name = $1, credit_code = $2, contact = $3, phone = $4, contract_from_day = $5, \
         contract_to_day = $6 WHERE id = $7",
        &[
            (&fields.name).into(),
            fields.credit_code.as_ref().into(),
            fields.contact.as_ref().into(),
            fields.phone.as_ref().into(),
            fields.contract_from_day.into(),
            fields.contract_to_day.into(),
            id.0.into(),
        ],
    )?;
    Ok(())
}

/// Takes the next version; false when the row is no longer the one that was read as `version`.
fn claim(tx: &mut Tx<'_>, id: OperatorId, version: i64) -> Result<bool> {
    let sql = "UPDATE operator SET version = version + 1 WHERE id = $1 AND version = $2";
    Ok(tx.execute(sql, &[id.0.into(), version.into()])? > 0)
}

/// Whether it was written: not when somebody has changed it since it was read as `version`.
pub fn update(tx: &mut Tx<'_>, id: OperatorId, fields: &OperatorFields, version: i64) -> Result<bool> {
    let claimed = claim(tx, id, version)?;
    if claimed {
        write(tx, id, fields)?;
        tx.changed(Change::Noun("operator"));
    }
    Ok(claimed)
}

/// Lets sessions begin at its stations, or not from `from` on; whether it was written.
pub fn status_set(
    tx: &mut Tx<'_>,
    id: OperatorId,
    disabled: Option<(Timestamp, &str)>,
    version: i64,
) -> Result<bool> {
    let claimed = claim(tx, id, version)?;
    if claimed {
        tx.execute(
            "UPDATE operator SET status = $1, disabled_from_ms = $2, disable_reason = $3 WHERE id = $4",
            &[
                if disabled.is_some() { "disabled" } else { "enabled" }.into(),
                disabled.map(|(from, _)| from.as_ms()).into(),
                disabled.map(|(_, reason)| reason).into(),
                id.0.into(),
            ],
        )?;
        tx.changed(Change::Noun("operator"));
    }
    Ok(claimed)
}
