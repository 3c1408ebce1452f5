//! 批量操作: writing them, and reading them back.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::ids::Noun;
use model::Result;
use model::access::Scope;
use model::id::{FirmwareId, PileBatchId, PileId, StaffId, StationId, TariffId};
use model::pile_batch::{PileBatchDeed, PileBatchRowState, PileBatchState};
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PileBatch)]
pub struct PileBatchView {
    pub id: i64,
    pub deed: PileBatchDeed,
    /// `move`: to where.
    pub station_id: Option<i64>,
    pub station_name: Option<String>,
    /// `tariff_assign`: which; none for that of the station.
    pub tariff_name: Option<String>,
    pub tariff_version_no: Option<i64>,
    /// `firmware_update`: to which.
    pub firmware_id: Option<i64>,
    pub firmware_name: Option<String>,
    pub state: PileBatchState,
    pub staff_name: Option<String>,
    pub created_at_ms: i64,
    pub ended_at_ms: Option<i64>,
    /// Piles in the reader's sight, in all and by what became of them.
    pub total: i64,
    pub done: i64,
    pub failed: i64,
    /// Stopped before anybody knew.
    pub cut: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PileBatchRow {
    pub pile_code: String,
    pub pile_name: String,
    pub station_name: String,
    pub state: PileBatchRowState,
    /// In the reader's language.
    pub message: Option<String>,
    pub ended_at_ms: Option<i64>,
}

/// What decides what may be done with it.
#[derive(Clone, Debug, PartialEq)]
pub struct PileBatch {
    pub id: PileBatchId,
    pub deed: PileBatchDeed,
    pub station: Option<StationId>,
    pub tariff: Option<TariffId>,
    pub firmware: Option<FirmwareId>,
    /// How its piles come to our own HTTP.
    pub reached_by: Option<String>,
    pub state: PileBatchState,
}

#[derive(Clone, Debug, Default)]
pub struct PileBatchFilter {
    pub id: Option<i64>,
    pub deed: Option<PileBatchDeed>,
    pub state: Option<PileBatchState>,
    pub staff_name: Option<String>,
    pub pile_code: Option<String>,
    /// The id of the last row of the page before.
    pub before: Option<i64>,
    pub limit: i64,
}

/// Only batches with a pile in the caller's sight.
fn seen(filter: &mut Filter, scope: &Scope) {
    let mut piles = Filter::new();
    piles.scope("p.operator_id", "p.station_id", scope);
    filter.and_within(
        "b.id IN (SELECT r.batch_id FROM pile_batch_row r JOIN pile p ON p.id = r.pile_id WHERE ?)",
        &piles,
    );
}

pub fn find(conn: &mut Conn, scope: &Scope, id: PileBatchId) -> DbResult<Option<PileBatch>> {
    let mut filter = Filter::new();
    filter.and_value("b.id = ?", id.0);
    seen(&mut filter, scope);
    let sql = format!(
        "SELECT b.id, b.deed, b.station_id, b.state, b.tariff_id, b.firmware_id, b.reached_by FROM pile_batch b {}",
        filter.sql()
    );
    conn.find(&sql, &filter.values, |row| {
        Ok(PileBatch {
            id: PileBatchId(row.int(0)?),
            deed: row.word(1, PileBatchDeed::parse)?,
            station: row.int_opt(2)?.map(StationId),
            tariff: row.int_opt(4)?.map(TariffId),
            state: row.word(3, PileBatchState::parse)?,
            firmware: row.int_opt(5)?.map(FirmwareId),
            reached_by: row.text_opt(6)?,
        })
    })
}

fn view(row: &Row<'_>) -> DbResult<PileBatchView> {
    Ok(PileBatchView {
        id: row.int(0)?,
        deed: row.word(1, PileBatchDeed::parse)?,
        station_id: row.int_opt(2)?,
        station_name: row.text_opt(3)?,
        firmware_id: row.int_opt(10)?,
        firmware_name: row.text_opt(11)?,
        state: row.word(4, PileBatchState::parse)?,
        staff_name: row.text_opt(5)?,
        created_at_ms: row.int(6)?,
        ended_at_ms: row.int_opt(7)?,
        tariff_name: row.text_opt(8)?,
        tariff_version_no: row.int_opt(9)?,
        total: 0,
        done: 0,
        failed: 0,
        cut: 0,
    })
}

/// Newest first.
pub fn pile_batch_list(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &PileBatchFilter,
) -> DbResult<Page<PileBatchView>> {
    const FROM: &str = "FROM pile_batch b LEFT JOIN staff f ON f.id = b.staff_id \
        LEFT JOIN station s ON s.id = b.station_id LEFT JOIN tariff t ON t.id = b.tariff_id \
        LEFT JOIN firmware w ON w.id = b.firmware_id";
    let mut filter = Filter::new();
    seen(&mut filter, scope);
    filter.and_some("b.id = ?", wanted.id);
    filter.and_some("b.deed = ?", wanted.deed.map(PileBatchDeed::as_str));
    filter.and_some("b.state = ?", wanted.state.map(PileBatchState::as_str));
    filter.and_contains("LOWER(f.name) LIKE ?", wanted.staff_name.as_deref());
    let mut piles = Filter::new();
    piles.and_contains("LOWER(p.code) LIKE ?", wanted.pile_code.as_deref());
    if !piles.sql().is_empty() {
        piles.scope("p.operator_id", "p.station_id", scope);
    }
    filter.and_within(
        "b.id IN (SELECT r.batch_id FROM pile_batch_row r JOIN pile p ON p.id = r.pile_id WHERE ?)",
        &piles,
    );
    let total = conn.one(&format!("SELECT COUNT(*) {FROM} {}", filter.sql()), &filter.values, count)?;
    filter.and_some("b.id < ?", wanted.before);
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT b.id, b.deed, b.station_id, s.name, b.state, f.name, b.created_at_ms, b.ended_at_ms, t.name, \
         t.version_no, b.firmware_id, w.name {FROM} {} \
         ORDER BY b.id DESC LIMIT {limit}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, view)?;
    let mut page = Page::of(rows, wanted.limit, Some(total), |batch| batch.id.to_string());
    fill(conn, scope, &mut page.items)?;
    Ok(page)
}

fn fill(conn: &mut Conn, scope: &Scope, batches: &mut [PileBatchView]) -> DbResult<()> {
    if batches.is_empty() {
        return Ok(());
    }
    let mut filter = Filter::new();
    let ids = filter.bind_all(batches.iter().map(|batch| batch.id));
    filter.and(&format!("r.batch_id IN ({ids})"));
    filter.scope("p.operator_id", "p.station_id", scope);
    let sql = format!(
        "SELECT r.batch_id, r.state, COUNT(*) FROM pile_batch_row r JOIN pile p ON p.id = r.pile_id {} \
         GROUP BY r.batch_id, r.state",
        filter.sql()
    );
    let counted = conn.query(&sql, &filter.values, |row| {
        Ok((row.int(0)?, row.word(1, PileBatchRowState::parse)?, row.int(2)?))
    })?;
    for (id, state, count) in counted {
        let Some(batch) = batches.iter_mut().find(|batch| batch.id == id) else { continue };
        batch.total += count;
        match state {
            PileBatchRowState::Done => batch.done += count,
            PileBatchRowState::Failed => batch.failed += count,
            PileBatchRowState::Cut => batch.cut += count,
            PileBatchRowState::Waiting | PileBatchRowState::Running => {}
        }
    }
    Ok(())
}

pub fn pile_batch_get(conn: &mut Conn, scope: &Scope, id: PileBatchId) -> DbResult<Option<PileBatchView>> {
    let wanted = PileBatchFilter { id: Some(id.0), limit: 1, ..PileBatchFilter::default() };
    Ok(pile_batch_list(conn, scope, &wanted)?.items.pop())
}

/// All rows of a batch, those that went wrong first; the caller has found the batch.
pub fn pile_batch_row_list(
    conn: &mut Conn,
    scope: &Scope,
    id: PileBatchId,
    state: Option<PileBatchRowState>,
) -> DbResult<Page<PileBatchRow>> {
    let mut filter = Filter::new();
    filter.and_value("r.batch_id = ?", id.0);
    filter.and_some("r.state = ?", state.map(PileBatchRowState::as_str));
    filter.scope("p.operator_id", "p.station_id", scope);
    let sql = format!(
        "SELECT p.code, p.name, s.name, r.state, r.message, r.ended_at_ms FROM pile_batch_row r \
         JOIN pile p ON p.id = r.pile_id JOIN station s ON s.id = p.station_id {} \
         ORDER BY CASE r.state WHEN 'failed' THEN 0 WHEN 'cut' THEN 1 WHEN 'running' THEN 2 ELSE 3 END, p.code",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| {
        Ok(PileBatchRow {
            pile_code: row.text(0)?,
            pile_name: row.text(1)?,
            station_name: row.text(2)?,
            state: row.word(3, PileBatchRowState::parse)?,
            message: row.text_opt(4)?,
            ended_at_ms: row.int_opt(5)?,
        })
    })?;
    Ok(Page::whole(rows))
}

/// What is done besides the deed itself.
#[derive(Clone, Debug, Default)]
pub struct PileBatchAim {
    pub station: Option<StationId>,
    pub tariff: Option<TariffId>,
    pub firmware: Option<FirmwareId>,
    pub reached_by: Option<String>,
}

pub fn insert(
    tx: &mut Tx<'_>,
    deed: PileBatchDeed,
    aim: &PileBatchAim,
    staff: Option<StaffId>,
    piles: &[PileId],
    now: Timestamp,
) -> Result<PileBatchId> {
    let id = tx.next_id(Noun::PileBatch)?;
    tx.execute(
        "INSERT INTO pile_batch (id, staff_id, deed, station_id, state, created_at_ms, tariff_id, firmware_id, \
         reached_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            id.into(),
            staff.map(|staff| staff.0).into(),
            deed.as_str().into(),
            aim.station.map(|station| station.0).into(),
            PileBatchState::Running.as_str().into(),
            now.as_ms().into(),
            aim.tariff.map(|tariff| tariff.0).into(),
            aim.firmware.map(|firmware| firmware.0).into(),
            aim.reached_by.as_deref().into(),
        ],
    )?;
    for pile in piles {
        tx.execute(
            "INSERT INTO pile_batch_row (batch_id, pile_id, state) VALUES ($1, $2, 'waiting')",
            &[id.into(), pile.0.into()],
        )?;
    }
    tx.changed(Change::Noun("pile_batch"));
    Ok(PileBatchId(id))
}

/// Takes the next row that waits, unless a person has halted the batch.
pub fn next_take(tx: &mut Tx<'_>, id: PileBatchId) -> Result<Option<(PileId, String)>> {
    let next = tx.find(
        "SELECT r.pile_id, p.code FROM pile_batch_row r JOIN pile p ON p.id = r.pile_id \
         JOIN pile_batch b ON b.id = r.batch_id \
         WHERE r.batch_id = $1 AND r.state = 'waiting' AND b.state = 'running' ORDER BY p.code LIMIT 1",
        &[id.0.into()],
        |row| Ok((PileId(row.int(0)?), row.text(1)?)),
    )?;
    if let Some((pile, _)) = &next {
        row_save(tx, id, *pile, PileBatchRowState::Running, None, None)?;
    }
    Ok(next)
}

pub fn row_save(
    tx: &mut Tx<'_>,
    id: PileBatchId,
    pile: PileId,
    state: PileBatchRowState,
    message: Option<&str>,
    ended_at: Option<Timestamp>,
) -> Result<()> {
    tx.execute(
        "UPDATE pile_batch_row SET state = $1, message = $2, ended_at_ms = $3 \
         WHERE batch_id = $4 AND pile_id = $5",
        &[
            state.as_str().into(),
            message.into(),
            ended_at.map(Timestamp::as_ms).into(),
            id.0.into(),
            pile.0.into(),
        ],
    )?;
    tx.changed(Change::Noun("pile_batch"));
    Ok(())
}

/// Rows in the caller's sight that went wrong or were cut wait again; how many.
pub fn retry(tx: &mut Tx<'_>, scope: &Scope, id: PileBatchId) -> Result<u64> {
    let mut filter = Filter::new();
    filter.and_value("batch_id = ?", id.0);
    filter.and("state IN ('failed', 'cut')");
    let mut piles = Filter::new();
    piles.scope("operator_id", "station_id", scope);
    filter.and_within("pile_id IN (SELECT id FROM pile WHERE ?)", &piles);
    let sql = format!(
        "UPDATE pile_batch_row SET state = 'waiting', message = NULL, ended_at_ms = NULL {}",
        filter.sql()
    );
    let again = tx.execute(&sql, &filter.values)?;
    if again > 0 {
        let sql = "UPDATE pile_batch SET state = 'running', ended_at_ms = NULL WHERE id = $1";
        tx.execute(sql, &[id.0.into()])?;
        tx.changed(Change::Noun("pile_batch"));
    }
    Ok(again)
}

/// What has not begun is not done any more; false when nothing was under way.
pub fn halt(tx: &mut Tx<'_>, id: PileBatchId, why: &str, now: Timestamp) -> Result<bool> {
    let sql = "UPDATE pile_batch SET state = 'halted', ended_at_ms = $1 WHERE id = $2 AND state = 'running'";
    if tx.execute(sql, &[now.as_ms().into(), id.0.into()])? == 0 {
        return Ok(false);
    }
    tx.execute(
        "UPDATE pile_batch_row SET state = 'cut', message = $1 WHERE batch_id = $2 AND state = 'waiting'",
        &[why.into(), id.0.into()],
    )?;
    tx.changed(Change::Noun("pile_batch"));
    Ok(true)
}

/// Nothing waits any more.
pub fn end(tx: &mut Tx<'_>, id: PileBatchId, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE pile_batch SET state = 'done', ended_at_ms = $1 WHERE id = $2 AND state = 'running' \
         AND NOT EXISTS (SELECT 1 FROM pile_batch_row r WHERE r.batch_id = pile_batch.id \
         AND r.state IN ('waiting', 'running'))",
        &[now.as_ms().into(), id.0.into()],
    )?;
    tx.changed(Change::Noun("pile_batch"));
    Ok(())
}

/// After a start of the server nothing is under way, whatever the last run has written; how many rows
/// were cut.
pub fn interrupted(tx: &mut Tx<'_>, why: &str, now: Timestamp) -> Result<u64> {
    let cut = tx.execute(
        "UPDATE pile_batch_row SET state = 'cut', message = $1 WHERE state IN ('waiting', 'running')",
        &[why.into()],
    )?;
    let sql = "UPDATE pile_batch SET state = 'done', ended_at_ms = $1 WHERE state = 'running'";
    tx.execute(sql, &[now.as_ms().into()])?;
    Ok(cut)
}
