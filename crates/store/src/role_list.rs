//! 角色 as those see them who give them to people.

use crate::db::{Conn, DbResult};
use crate::filter::{Filter, Page, count};
use crate::roles::read;
use model::access::{Permission, Role, Scope};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Role)]
pub struct RoleView {
    pub code: String,
    pub name_zh: String,
    pub name_en: String,
    /// It comes with the product and stays as it is; a copy of it can be changed.
    pub fixed: bool,
    /// Null: all operators may use it.
    pub operator_id: Option<i64>,
    pub operator_name: Option<String>,
    pub permissions: Vec<Permission>,
    /// Accounts within sight that have it.
    pub staff_count: i64,
    pub version: i64,
}

/// Those of the product first; then the platform's own and those of the operator that asks.
pub fn role_list(conn: &mut Conn, scope: &Scope) -> DbResult<Page<RoleView>> {
    let mut all = Vec::new();
    for role in Role::ALL {
        let label = role.label();
        all.push(RoleView {
            code: role.as_str().to_owned(),
            name_zh: label.zh.to_string(),
            name_en: label.en.to_string(),
            fixed: true,
            operator_id: None,
            operator_name: None,
            permissions: role.permissions().iter().collect(),
            staff_count: 0,
            version: 0,
        });
    }
    let mut filter = Filter::new();
    if let Some(operator) = scope.operator {
        filter.and_value("(r.operator_id IS NULL OR r.operator_id = ?)", operator.0);
    }
    let sql = format!(
        "SELECT r.code, r.name, r.operator_id, op.name, r.permissions, r.version FROM role r \
         LEFT JOIN operator op ON op.id = r.operator_id {} ORDER BY r.created_at_ms, r.code",
        filter.sql()
    );
    all.extend(conn.query(&sql, &filter.values, |row| {
        let (code, name) = (row.text(0)?, row.text(1)?);
        Ok(RoleView {
            name_zh: name.clone(),
            name_en: name,
            fixed: false,
            operator_id: row.int_opt(2)?,
            operator_name: row.text_opt(3)?,
            permissions: read(&code, &row.text(4)?)?.iter().collect(),
            code,
            staff_count: 0,
            version: row.int(5)?,
        })
    })?);
    for role in &mut all {
        let mut filter = Filter::new();
        filter.and_value("role = ?", role.code.clone());
        filter.scope_operator("operator_id", scope);
        let sql = format!("SELECT COUNT(*) FROM staff {}", filter.sql());
        role.staff_count = conn.one(&sql, &filter.values, count)?;
    }
    Ok(Page::whole(all))
}
