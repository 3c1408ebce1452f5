//! 角色: what comes with the product, and what an operator has made of its own.

use crate::db::{Conn, DbError, DbResult};
use model::access::{Permission, Permissions, Role};

/// What a role may do; `None` when there is no such role.
pub fn permissions(conn: &mut Conn, code: &str) -> DbResult<Option<Permissions>> {
    if let Some(role) = Role::parse(code) {
        return Ok(Some(role.permissions()));
    }
    let own = conn.find("SELECT permissions FROM role WHERE code = $1", &[code.into()], |row| row.text(0))?;
    own.map(|text| read(code, &text)).transpose()
}

/// The permissions that the row of a role lists. A name that this version does not know gives no right.
pub(crate) fn read(code: &str, text: &str) -> DbResult<Permissions> {
    let names: Vec<String> = serde_json::from_str(text)
        .map_err(|why| DbError::Fault(format!("the permissions of {code}: {why}")))?;
    Ok(names.iter().filter_map(|name| Permission::parse(name)).collect())
}
