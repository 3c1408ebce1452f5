//! 补录: files of orders that the platform has lost, and which orders each has brought.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::ids::Noun;
use crate::order_list::order_no;
use crate::orders::{self, BilledBy, OrderDetail};
use model::Result;
use model::access::{Area, Scope};
use model::curve::Curve;
use model::error::Text;
use model::id::{OrderId, PileId, StationId};
use model::order::Order;
use model::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// 校验中
    Checking,
    /// 待确认: checked, nothing is written yet.
    Checked,
    /// 导入中
    Importing,
    /// 已导入
    Imported,
    /// 撤销中
    Undoing,
    /// 已撤销
    Undone,
    /// 失败: the file could not be read, nothing was written.
    Failed,
}

impl ImportState {
    pub const ALL: [ImportState; 7] = [
        ImportState::Checking,
        ImportState::Checked,
        ImportState::Importing,
        ImportState::Imported,
        ImportState::Undoing,
        ImportState::Undone,
        ImportState::Failed,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            ImportState::Checking => "checking",
            ImportState::Checked => "checked",
            ImportState::Importing => "importing",
            ImportState::Imported => "imported",
            ImportState::Undoing => "undoing",
            ImportState::Undone => "undone",
            ImportState::Failed => "failed",
        }
    }

    pub fn parse(text: &str) -> Option<ImportState> {
        ImportState::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// What is wrong with one row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ImportFault {
    /// The line of the file, 1 for the names of the columns.
    pub line: i64,
    pub field: Option<String>,
    pub message: Text,
}

/// How many rows of which kind a file has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportCounts {
    pub rows: i64,
    /// Rows that can be imported, or were.
    pub good: i64,
    pub bad: i64,
    /// Rows whose orders are there already.
    pub existing: i64,
    pub energy_dwh: i64,
    pub total_fen: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderImport {
    /// 批次号
    pub id: i64,
    pub staff_name: String,
    #[serde(skip)]
    pub staff_id: i64,
    #[serde(skip)]
    pub operator_id: Option<i64>,
    pub file_name: String,
    pub state: ImportState,
    #[serde(flatten)]
    pub counts: ImportCounts,
    /// The first of them; all are in the file of errors.
    pub faults: Vec<ImportFault>,
    pub message: Option<Text>,
    pub created_at_ms: i64,
    pub ended_at_ms: Option<i64>,
}

const COLUMNS: &str = "i.id, i.staff_id, s.name, i.operator_id, i.file_name, i.state, i.row_count, i.good_count, \
    i.bad_count, i.existing_count, i.energy_dwh, i.total_fen, i.faults, i.message, i.created_at_ms, i.ended_at_ms";

const FROM: &str = "FROM order_import i LEFT JOIN staff s ON s.id = i.staff_id";

fn import(row: &Row<'_>) -> DbResult<OrderImport> {
    Ok(OrderImport {
        id: row.int(0)?,
        staff_id: row.int(1)?,
        staff_name: row.text_opt(2)?.unwrap_or_default(),
        operator_id: row.int_opt(3)?,
        file_name: row.text(4)?,
        state: row.word(5, ImportState::parse)?,
        counts: ImportCounts {
            rows: row.int(6)?,
            good: row.int(7)?,
            bad: row.int(8)?,
            existing: row.int(9)?,
            energy_dwh: row.int(10)?,
            total_fen: row.int(11)?,
        },
        faults: serde_json::from_str(&row.text(12)?).unwrap_or_default(),
        message: row.text_opt(13)?.and_then(|text| serde_json::from_str(&text).ok()),
        created_at_ms: row.int(14)?,
        ended_at_ms: row.int_opt(15)?,
    })
}

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|_| model::Error::internal())
}

pub fn insert(
    tx: &mut Tx<'_>,
    staff: i64,
    operator: Option<i64>,
    file_name: &str,
    now: Timestamp,
) -> Result<i64> {
    let id = tx.next_id(Noun::OrderImport)?;
    tx.execute(
        "INSERT INTO order_import (id, staff_id, operator_id, file_name, state, row_count, good_count, bad_count, \
         existing_count, energy_dwh, total_fen, faults, created_at_ms) VALUES ($1, $2, $3, $4, $5, 0, 0, 0, 0, 0, 0, '[]', $6)",
        &[
            id.into(),
            staff.into(),
            operator.into(),
            file_name.into(),
            ImportState::Checking.as_str().into(),
            now.as_ms().into(),
        ],
    )?;
    tx.changed(Change::Noun("order_import"));
    Ok(id)
}

/// How far it is, or how it ended.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    pub counts: ImportCounts,
    pub faults: Vec<ImportFault>,
    pub message: Option<Text>,
}

/// From one state to the next; false when it is not in the first any more.
pub fn turn(
    tx: &mut Tx<'_>,
    id: i64,
    from: ImportState,
    to: ImportState,
    progress: Option<&Progress>,
    now: Timestamp,
) -> Result<bool> {
    let changed = tx.execute(
        "UPDATE order_import SET state = $1, ended_at_ms = $2 WHERE id = $3 AND state = $4",
        &[to.as_str().into(), now.as_ms().into(), id.into(), from.as_str().into()],
    )?;
    if changed > 0
        && let Some(progress) = progress
    {
        let c = &progress.counts;
        let message = progress.message.as_ref().map(json).transpose()?;
        tx.execute(
            "UPDATE order_import SET row_count = $1, good_count = $2, bad_count = $3, existing_count = $4, \
             energy_dwh = $5, total_fen = $6, faults = $7, message = $8 WHERE id = $9",
            &[
                c.rows.into(),
                c.good.into(),
                c.bad.into(),
                c.existing.into(),
                c.energy_dwh.into(),
                c.total_fen.into(),
                json(&progress.faults)?.into(),
                message.into(),
                id.into(),
            ],
        )?;
    }
    tx.changed(Change::Noun("order_import"));
    Ok(changed > 0)
}

/// What the last run of the server left in the middle of something.
pub fn interrupted(tx: &mut Tx<'_>, message: &Text) -> Result<u64> {
    let text = json(message)?;
    let sql = "UPDATE order_import SET state = CASE state WHEN 'checking' THEN 'failed' ELSE 'imported' END, \
               message = $1 WHERE state IN ('checking', 'importing', 'undoing')";
    tx.execute(sql, &[text.into()])
}

/// Imports belong to whoever sees the operator that they were made for; who looks after a part of it sees
/// their own, because another's may be of other stations.
fn scoped(scope: &Scope, staff: i64) -> Filter {
    let mut filter = Filter::new();
    filter.scope_operator("i.operator_id", scope);
    filter.and_some("i.staff_id = ?", (scope.area != Area::Everywhere).then_some(staff));
    filter
}

pub fn get(conn: &mut Conn, scope: &Scope, staff: i64, id: i64) -> DbResult<Option<OrderImport>> {
    let mut filter = scoped(scope, staff);
    filter.and_value("i.id = ?", id);
    conn.find(&format!("SELECT {COLUMNS} {FROM} {}", filter.sql()), &filter.values, import)
}

/// Newest first.
pub fn order_import_list(
    conn: &mut Conn,
    scope: &Scope,
    staff: i64,
    state: Option<ImportState>,
    before: Option<i64>,
    limit: i64,
) -> DbResult<Page<OrderImport>> {
    let mut filter = scoped(scope, staff);
    filter.and_some("i.state = ?", state.map(ImportState::as_str));
    let total =
        conn.one(&format!("SELECT COUNT(*) FROM order_import i {}", filter.sql()), &filter.values, count)?;
    filter.and_some("i.id < ?", before);
    let most = filter.bind(limit + 1);
    let sql = format!("SELECT {COLUMNS} {FROM} {} ORDER BY i.id DESC LIMIT {most}", filter.sql());
    let rows = conn.query(&sql, &filter.values, import)?;
    Ok(Page::of(rows, limit, Some(total), |import| import.id.to_string()))
}

/// What a row's pile is to the check of it.
#[derive(Clone, Debug)]
pub struct ImportPile {
    pub id: PileId,
    pub station: StationId,
    pub rated_power_w: i64,
    /// Numbers of its connectors.
    pub connectors: Vec<i64>,
}

/// The pile, if the caller may see it.
pub fn pile(conn: &mut Conn, scope: &Scope, code: &str) -> DbResult<Option<ImportPile>> {
    let mut filter = Filter::new();
    filter.and_value("code = ?", code.to_owned());
    filter.scope("operator_id", "station_id", scope);
    let sql = format!("SELECT id, station_id, rated_power_w FROM pile {}", filter.sql());
    let Some((id, station, rated_power_w)) =
        conn.find(&sql, &filter.values, |row| Ok((row.int(0)?, row.int(1)?, row.int(2)?)))?
    else {
        return Ok(None);
    };
    let connectors = conn.query(
        "SELECT no FROM connector WHERE id > $1 AND id <= $2 ORDER BY id",
        &[(id * 1_000).into(), (id * 1_000 + 999).into()],
        |row| row.int(0),
    )?;
    Ok(Some(ImportPile { id: PileId(id), station: StationId(station), rated_power_w, connectors }))
}

/// The order that held this connector within this time, and its number.
pub fn overlaps(
    conn: &mut Conn,
    pile: PileId,
    connector: i64,
    from: Timestamp,
    to: Timestamp,
    now: Timestamp,
) -> DbResult<Option<(OrderId, String)>> {
    conn.find(
        "SELECT id, created_at_ms FROM orders WHERE pile_id = $1 AND started_at_ms < $2 AND started_at_ms > $3 AND connector_no = $4 \
         AND state <> 'failed' AND COALESCE(ended_at_ms, $5) > $6 ORDER BY started_at_ms DESC LIMIT 1",
        &[
            pile.0.into(),
            to.as_ms().into(),
            (from.as_ms() - model::tariff::SESSION_MAX_MS).into(),
            connector.into(),
            now.as_ms().into(),
            from.as_ms().into(),
        ],
        |row| Ok((OrderId(row.int(0)?), order_no(row.int(0)?, row.int(1)?))),
    )
}

/// Notes which import has brought an order, and what was said about it.
pub fn order_brought(tx: &mut Tx<'_>, import: i64, order: OrderId, note: &str) -> Result<()> {
    tx.execute(
        "INSERT INTO order_import_row (order_id, import_id, note) VALUES ($1, $2, $3)",
        &[order.0.into(), import.into(), note.into()],
    )?;
    Ok(())
}

/// Some of the orders that an import has brought and that no invoice names.
pub fn brought(conn: &mut Conn, import: i64, limit: i64) -> DbResult<Vec<Order>> {
    let ids = conn.query(
        "SELECT r.order_id FROM order_import_row r WHERE r.import_id = $1 AND NOT EXISTS \
         (SELECT 1 FROM invoice_order k WHERE k.order_id = r.order_id) ORDER BY r.order_id LIMIT $2",
        &[import.into(), limit.into()],
        |row| row.int(0),
    )?;
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(orders::get(conn, OrderId(id))?);
    }
    Ok(found)
}

/// What the orders of an import come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    pub orders: i64,
    pub energy_dwh: i64,
    pub total_fen: i64,
}

/// Of those that the caller may see.
pub fn brought_sums(conn: &mut Conn, scope: &Scope, import: i64) -> DbResult<Brought> {
    let mut filter = Filter::new();
    filter.and_value("r.import_id = ?", import);
    filter.scope("o.operator_id", "o.station_id", scope);
    let sql = format!(
        "SELECT COUNT(*), CAST(COALESCE(SUM(o.energy_dwh), 0) AS BIGINT), CAST(COALESCE(SUM(o.total_fen), 0) AS BIGINT) \
         FROM order_import_row r JOIN orders o ON o.id = r.order_id {}",
        filter.sql()
    );
    conn.one(&sql, &filter.values, |row| {
        Ok(Brought { orders: row.int(0)?, energy_dwh: row.int(1)?, total_fen: row.int(2)? })
    })
}

/// The number of an order of this import that stands in an invoice, whatever became of that.
pub fn settled(conn: &mut Conn, import: i64) -> DbResult<Option<String>> {
    conn.find(
        "SELECT o.id, o.created_at_ms FROM order_import_row r JOIN invoice_order k ON k.order_id = r.order_id \
         JOIN orders o ON o.id = r.order_id WHERE r.import_id = $1 ORDER BY o.id LIMIT 1",
        &[import.into()],
        |row| Ok(order_no(row.int(0)?, row.int(1)?)),
    )
}

/// Takes an imported order back as if it had never come.
pub fn order_remove(tx: &mut Tx<'_>, order: OrderId) -> Result<()> {
    for sql in [
        "DELETE FROM order_import_row WHERE order_id = $1",
        "DELETE FROM order_detail WHERE order_id = $1",
        "DELETE FROM orders WHERE id = $1",
    ] {
        tx.execute(sql, &[order.0.into()])?;
    }
    Ok(())
}

/// The detail of an order that has no curve: its bill is made from the record.
pub fn detail(order: OrderId, segments: String, record: String) -> OrderDetail {
    OrderDetail {
        order,
        segments,
        pile_bill: Some(record),
        billed_by: BilledBy::Record,
        curve: Curve::default(),
    }
}
