//! 令牌 as staff see them. The secret is not kept, and the whole of its hash is shown to nobody.

use crate::Tx;
use crate::db::{Conn, DbResult};
use crate::filter::Filter;
use model::Result;
use model::access::{Area, Permission, Scope};
use model::id::StaffId;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TokenRow)]
pub struct TokenView {
    /// Names it, and opens nothing.
    pub id: String,
    pub name: String,
    pub staff_id: i64,
    pub account: String,
    pub created_at_ms: i64,
    /// When it was last used, to the minute.
    pub seen_at_ms: i64,
    /// From where it was made.
    pub remote_address: String,
    /// Null: it never ends.
    pub expires_at_ms: Option<i64>,
    /// Null: all that its owner may.
    pub permissions: Option<Vec<Permission>>,
    /// Null: all that its owner sees.
    pub area: Option<Area>,
    pub area_names: Vec<String>,
    /// From where it is taken; empty: from anywhere.
    pub networks: Vec<String>,
}

/// Newest first; `own`: this person's only.
pub fn token_list(conn: &mut Conn, scope: &Scope, own: Option<StaffId>) -> DbResult<Vec<TokenView>> {
    let mut filter = Filter::new();
    filter.and_value("c.kind = ?", "token".to_owned());
    filter.scope_operator("f.operator_id", scope);
    if let Some(own) = own {
        filter.and_value("c.staff_id = ?", own.0);
    }
    let sql = format!(
        "SELECT SUBSTR(c.hash, 1, 16), c.name, c.staff_id, f.account, c.created_at_ms, c.seen_at_ms, \
         c.remote_address, c.expires_at_ms, c.rights, c.area, c.networks FROM credential c JOIN staff f ON f.id = c.staff_id {} \
         ORDER BY c.created_at_ms DESC, c.hash",
        filter.sql()
    );
    let mut all = conn.query(&sql, &filter.values, |row| {
        let rights = row.text_opt(8)?.map(|text| crate::roles::read("token", &text)).transpose()?;
        let networks = row.text_opt(10)?.unwrap_or_default();
        Ok(TokenView {
            id: row.text(0)?,
            name: row.text(1)?,
            staff_id: row.int(2)?,
            account: row.text(3)?,
            created_at_ms: row.int(4)?,
            seen_at_ms: row.int(5)?,
            remote_address: row.text(6)?,
            expires_at_ms: row.int_opt(7)?,
            permissions: rights.map(|rights| rights.iter().collect()),
            area: row.text_opt(9)?.map(|text| crate::staff::area(&text)).transpose()?,
            area_names: Vec::new(),
            networks: networks.split_whitespace().map(str::to_owned).collect(),
        })
    })?;
    for token in &mut all {
        if let Some(area) = &token.area {
            token.area_names = crate::staff_list::names(conn, area)?;
        }
    }
    Ok(all)
}

pub fn token_delete(tx: &mut Tx<'_>, id: &str) -> Result<bool> {
    Ok(tx
        .execute("DELETE FROM credential WHERE kind = 'token' AND SUBSTR(hash, 1, 16) = $1", &[id.into()])?
        > 0)
}
