//! 角色: what comes with the product, and what an operator has made of its own.

use crate::Tx;
use crate::db::{Conn, DbError, DbResult};
use crate::filter::count;
use model::Result;
use model::access::{Permission, Permissions, Role};
use model::id::OperatorId;
use model::time::Timestamp;

/// A role of own making.
#[derive(Clone, Debug)]
pub struct OwnRole {
    pub code: String,
    /// `None`: the platform's, which all operators may use.
    pub operator: Option<OperatorId>,
    pub name: String,
    pub permissions: Permissions,
    pub version: i64,
}

/// What a role may do; `None` when there is no such role.
pub fn permissions(conn: &mut Conn, code: &str) -> DbResult<Option<Permissions>> {
    if let Some(role) = Role::parse(code) {
        return Ok(Some(role.permissions()));
    }
    Ok(get(conn, code)?.map(|role| role.permissions))
}

pub fn get(conn: &mut Conn, code: &str) -> DbResult<Option<OwnRole>> {
    let sql = "SELECT code, operator_id, name, permissions, version FROM role WHERE code = $1";
    conn.find(sql, &[code.into()], |row| {
        Ok(OwnRole {
            code: row.text(0)?,
            operator: row.int_opt(1)?.map(OperatorId),
            name: row.text(2)?,
            permissions: read(code, &row.text(3)?)?,
            version: row.int(4)?,
        })
    })
}

/// Whether another role of the same operator has this name.
pub fn is_named(conn: &mut Conn, role: &OwnRole) -> DbResult<bool> {
    let sql = "SELECT 1 FROM role WHERE name = $1 AND COALESCE(operator_id, 0) = $2 AND code <> $3";
    let operator = role.operator.map_or(0, |operator| operator.0);
    let found = conn.find(sql, &[(&role.name).into(), operator.into(), (&role.code).into()], |_| Ok(()))?;
    Ok(found.is_some())
}

/// How many accounts have it.
pub fn staff_count(conn: &mut Conn, code: &str) -> DbResult<i64> {
    conn.one("SELECT COUNT(*) FROM staff WHERE role = $1", &[code.into()], count)
}

pub fn insert(tx: &mut Tx<'_>, role: &OwnRole, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO role (code, operator_id, name, permissions, created_at_ms, version) \
         VALUES ($1, $2, $3, $4, $5, 1)",
        &[
            (&role.code).into(),
            role.operator.map(|operator| operator.0).into(),
            (&role.name).into(),
            written(role.permissions).into(),
            now.as_ms().into(),
        ],
    )?;
    Ok(())
}

/// False when somebody else has changed it since.
pub fn update(tx: &mut Tx<'_>, role: &OwnRole) -> Result<bool> {
    let changed = tx.execute(
        "UPDATE role SET name = $1, permissions = $2, version = version + 1 WHERE code = $3 AND version = $4",
        &[(&role.name).into(), written(role.permissions).into(), (&role.code).into(), role.version.into()],
    )?;
    Ok(changed > 0)
}

pub fn delete(tx: &mut Tx<'_>, code: &str) -> Result<()> {
    tx.execute("DELETE FROM role WHERE code = $1", &[code.into()])?;
    Ok(())
}

pub(crate) fn written(permissions: Permissions) -> String {
    let names: Vec<&str> = permissions.iter().map(Permission::as_str).collect();
    serde_json::json!(names).to_string()
}

/// The permissions that the row of a role lists. A name that this version does not know gives no right.
pub(crate) fn read(code: &str, text: &str) -> DbResult<Permissions> {
    let names: Vec<String> = serde_json::from_str(text)
        .map_err(|why| DbError::Fault(format!("the permissions of {code}: {why}")))?;
    Ok(names.iter().filter_map(|name| Permission::parse(name)).collect())
}
