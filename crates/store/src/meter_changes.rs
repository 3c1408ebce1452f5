//! 换表: what staff have said of the meters of connectors.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::ids::Noun;
use model::Result;
use model::access::Scope;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MeterChange {
    pub id: i64,
    pub pile_id: i64,
    pub station_id: i64,
    pub operator_id: i64,
    pub pile_code: String,
    pub station_name: String,
    pub connector_no: i64,
    pub at_ms: i64,
    /// What the old meter showed at last.
    pub end_dwh: i64,
    /// What the new one began with.
    pub begin_dwh: i64,
    pub reason: String,
    pub staff_name: String,
    pub created_at_ms: i64,
}

const COLUMNS: &str = "m.id, m.pile_id, m.station_id, m.operator_id, p.code, s.name, m.connector_no, m.at_ms, m.end_dwh, \
    m.begin_dwh, m.reason, m.staff_name, m.created_at_ms";
const FROM: &str = "meter_change m JOIN pile p ON p.id = m.pile_id JOIN station s ON s.id = m.station_id";

fn change(row: &Row<'_>) -> DbResult<MeterChange> {
    Ok(MeterChange {
        id: row.int(0)?,
        pile_id: row.int(1)?,
        station_id: row.int(2)?,
        operator_id: row.int(3)?,
        pile_code: row.text(4)?,
        station_name: row.text(5)?,
        connector_no: row.int(6)?,
        at_ms: row.int(7)?,
        end_dwh: row.int(8)?,
        begin_dwh: row.int(9)?,
        reason: row.text(10)?,
        staff_name: row.text(11)?,
        created_at_ms: row.int(12)?,
    })
}

/// Newest first.
pub fn meter_change_list(
    conn: &mut Conn,
    scope: &Scope,
    pile_code: Option<&str>,
    (before, limit): (Option<i64>, i64),
) -> DbResult<Page<MeterChange>> {
    let mut filter = Filter::new();
    filter.scope("m.operator_id", "m.station_id", scope);
    filter.and_contains("LOWER(p.code) LIKE ?", pile_code);
    let total = conn.one(&format!("SELECT COUNT(*) FROM {FROM} {}", filter.sql()), &filter.values, count)?;
    filter.and_some("m.id < ?", before);
    let most = filter.bind(limit + 1);
    let sql = format!("SELECT {COLUMNS} FROM {FROM} {} ORDER BY m.id DESC LIMIT {most}", filter.sql());
    let rows = conn.query(&sql, &filter.values, change)?;
    Ok(Page::of(rows, limit, Some(total), |one| one.id.to_string()))
}

pub fn find(conn: &mut Conn, id: i64) -> DbResult<Option<MeterChange>> {
    conn.find(&format!("SELECT {COLUMNS} FROM {FROM} WHERE m.id = $1"), &[id.into()], change)
}

/// Of one connector, oldest first.
pub fn of_connector(conn: &mut Conn, pile: i64, connector: i64) -> DbResult<Vec<MeterChange>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE m.pile_id = $1 AND m.connector_no = $2 ORDER BY m.at_ms, m.id"
    );
    conn.query(&sql, &[pile.into(), connector.into()], change)
}

/// Writes one, under a number of its own.
pub fn insert(tx: &mut Tx<'_>, new: &MeterChange) -> Result<i64> {
    let id = tx.next_id(Noun::MeterChange)?;
    tx.execute(
        "INSERT INTO meter_change (id, pile_id, station_id, operator_id, connector_no, at_ms, end_dwh, begin_dwh, \
         reason, staff_name, created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &[
            id.into(),
            new.pile_id.into(),
            new.station_id.into(),
            new.operator_id.into(),
            new.connector_no.into(),
            new.at_ms.into(),
            new.end_dwh.into(),
            new.begin_dwh.into(),
            (&new.reason).into(),
            (&new.staff_name).into(),
            new.created_at_ms.into(),
        ],
    )?;
    tx.changed(Change::Noun("meter_change"));
    Ok(id)
}

pub fn delete(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    tx.execute("DELETE FROM meter_change WHERE id = $1", &[id.into()])?;
    tx.changed(Change::Noun("meter_change"));
    Ok(())
}
