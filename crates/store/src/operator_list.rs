//! 运营商 as staff see them.

use crate::db::{Conn, DbResult};
use crate::filter::{Filter, Page};
use crate::station_list::STATION_PILES;
use model::access::Scope;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OperatorStatus {
    /// 启用
    Enabled,
    /// 停用: nothing may be started at its stations.
    Disabled,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Operator {
    pub id: i64,
    pub name: String,
    pub status: OperatorStatus,
    /// 统一社会信用代码
    pub credit_code: Option<String>,
    pub contact: Option<String>,
    pub phone: Option<String>,
    /// yyyymmdd
    pub contract_from_day: Option<i64>,
    pub contract_to_day: Option<i64>,
    pub disabled_from_ms: Option<i64>,
    pub disable_reason: Option<String>,
    pub station_count: i64,
    pub pile_count: i64,
    pub connector_count: i64,
    pub created_at_ms: i64,
    /// To be given back with a change.
    pub version: i64,
}

#[derive(Clone, Debug, Default)]
pub struct OperatorFilter {
    pub name: Option<String>,
    pub credit_code: Option<String>,
    pub contact: Option<String>,
    pub status: Option<OperatorStatus>,
}

pub fn operator_list(conn: &mut Conn, scope: &Scope, wanted: &OperatorFilter) -> DbResult<Page<Operator>> {
    let mut inner = Filter::new();
    inner.scope("s.operator_id", "s.id", scope);
    let mut filter = Filter::new();
    filter.values.clone_from(&inner.values);
    filter.scope_operator("o.id", scope);
    filter.and_contains("LOWER(o.name) LIKE ?", wanted.name.as_deref());
    filter.and_contains("LOWER(o.credit_code) LIKE ?", wanted.credit_code.as_deref());
    filter.and_contains(
        "LOWER(COALESCE(o.contact, '') || ' ' || COALESCE(o.phone, '')) LIKE ?",
        wanted.contact.as_deref(),
    );
    match wanted.status {
        Some(OperatorStatus::Enabled) => filter.and("o.disabled_from_ms IS NULL"),
        Some(OperatorStatus::Disabled) => filter.and("o.disabled_from_ms IS NOT NULL"),
        None => {}
    }
    let sql = format!(
        "SELECT o.id, o.name, o.credit_code, o.contact, o.phone, o.contract_from_day, o.contract_to_day, \
         o.disabled_from_ms, o.disable_reason, o.created_at_ms, o.version, COALESCE(n.stations, 0), \
         COALESCE(n.piles, 0), COALESCE(n.connectors, 0) FROM operator o \
         LEFT JOIN (SELECT s.operator_id AS id, COUNT(*) AS stations, CAST(SUM(k.piles) AS BIGINT) AS piles, \
           CAST(SUM(k.connectors) AS BIGINT) AS connectors FROM station s \
           LEFT JOIN ({STATION_PILES}) k ON k.station_id = s.id {} GROUP BY s.operator_id) n ON n.id = o.id \
         {} ORDER BY o.name, o.id",
        inner.sql(),
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| {
        let disabled_from_ms = row.int_opt(7)?;
        let status =
            if disabled_from_ms.is_some() { OperatorStatus::Disabled } else { OperatorStatus::Enabled };
        Ok(Operator {
            id: row.int(0)?,
            name: row.text(1)?,
            status,
            credit_code: row.text_opt(2)?,
            contact: row.text_opt(3)?,
            phone: row.text_opt(4)?,
            contract_from_day: row.int_opt(5)?,
            contract_to_day: row.int_opt(6)?,
            disabled_from_ms,
            disable_reason: row.text_opt(8)?,
            created_at_ms: row.int(9)?,
            version: row.int(10)?,
            station_count: row.int(11)?,
            pile_count: row.int(12)?,
            connector_count: row.int(13)?,
        })
    })?;
    Ok(Page::whole(rows))
}
