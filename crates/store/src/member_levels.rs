//! 会员等级: their rules and rights, as data.

use crate::Tx;
use crate::db::{Conn, DbResult, Row};
use crate::filter::count;
use crate::ids::Noun;
use model::Result;
use model::access::Scope;
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct MemberLevel {
    pub id: i64,
    pub name: String,
    /// From 1; of the levels whose rules a customer keeps they have the one with the highest place.
    pub place: i64,
    /// What has to be charged over the days that are judged; 0 asks for nothing.
    pub energy_dwh: i64,
    pub order_count: i64,
    pub total_fen: i64,
    /// What it takes off the service fee of a session that begins while a customer has it.
    pub service_off_permille: i64,
    /// As people read them.
    pub rights: Vec<String>,
    pub version: i64,
    pub changed_at_ms: i64,
    pub changed_by: String,
    /// How many customers have it, up to 10 000; null for whoever sees a part of the platform only.
    pub customer_count: Option<i64>,
}

/// More are not counted.
pub const COUNT_MAX: i64 = 10_000;

const COLUMNS: &str = "id, name, place, energy_dwh, order_count, total_fen, rights, version, changed_at_ms, changed_by, \
     service_off_permille";

fn level(row: &Row<'_>) -> DbResult<MemberLevel> {
    Ok(MemberLevel {
        id: row.int(0)?,
        name: row.text(1)?,
        place: row.int(2)?,
        energy_dwh: row.int(3)?,
        order_count: row.int(4)?,
        total_fen: row.int(5)?,
        rights: row.text(6)?.lines().map(str::to_owned).collect(),
        version: row.int(7)?,
        changed_at_ms: row.int(8)?,
        changed_by: row.text(9)?,
        service_off_permille: row.int(10)?,
        customer_count: None,
    })
}

/// The highest first, without how many customers they have.
pub fn all(conn: &mut Conn) -> DbResult<Vec<MemberLevel>> {
    conn.query(&format!("SELECT {COLUMNS} FROM member_level ORDER BY place DESC, id DESC"), &[], level)
}

pub fn member_level_list(conn: &mut Conn, scope: &Scope) -> DbResult<Vec<MemberLevel>> {
    let mut all = all(conn)?;
    if scope.is_all() {
        for one in &mut all {
            one.customer_count = Some(customer_count(conn, one.id)?);
        }
    }
    Ok(all)
}

pub fn customer_count(conn: &mut Conn, id: i64) -> DbResult<i64> {
    let sql = "SELECT COUNT(*) FROM (SELECT 1 FROM customer WHERE level_id = $1 LIMIT 10000) AS counted";
    conn.one(sql, &[id.into()], count)
}

pub fn insert(tx: &mut Tx<'_>, one: &MemberLevel) -> Result<i64> {
    let id = tx.next_id(Noun::MemberLevel)?;
    tx.execute(
        "INSERT INTO member_level (id, name, place, energy_dwh, order_count, total_fen, rights, version, \
         changed_at_ms, changed_by, service_off_permille) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &[
            id.into(),
            (&one.name).into(),
            one.place.into(),
            one.energy_dwh.into(),
            one.order_count.into(),
            one.total_fen.into(),
            one.rights.join("\n").into(),
            one.version.into(),
            one.changed_at_ms.into(),
            (&one.changed_by).into(),
            one.service_off_permille.into(),
        ],
    )?;
    Ok(id)
}

/// Its version goes up by one.
pub fn update(tx: &mut Tx<'_>, one: &MemberLevel, now: Timestamp, by: &str) -> Result<()> {
    tx.execute(
        "UPDATE member_level SET name = $1, place = $2, energy_dwh = $3, order_count = $4, total_fen = $5, \
         rights = $6, version = version + 1, changed_at_ms = $7, changed_by = $8, service_off_permille = $9 \
         WHERE id = $10",
        &[
            (&one.name).into(),
            one.place.into(),
            one.energy_dwh.into(),
            one.order_count.into(),
            one.total_fen.into(),
            one.rights.join("\n").into(),
            now.as_ms().into(),
            by.into(),
            one.service_off_permille.into(),
            one.id.into(),
        ],
    )
    .map(drop)
}

pub fn delete(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    tx.execute("DELETE FROM member_level WHERE id = $1", &[id.into()]).map(drop)
}
