//! 文件传输: firmware that piles fetch and logs that they send, and what they report of their security.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbError, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::ids::Noun;
use model::Result;
use model::access::Scope;
use model::id::{CommandId, FirmwareId, PileId, TransferId};
use model::time::Timestamp;
use model::transfer::{TransferKind, TransferState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Most steps that are kept of one.
const STEPS_MAX: usize = 60;

/// Something that the pile said of it, or that happened here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TransferStep {
    pub at_ms: i64,
    /// The wire's word, or the state that it came to here.
    pub word: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Transfer {
    pub id: TransferId,
    pub pile: PileId,
    pub kind: TransferKind,
    pub firmware: Option<FirmwareId>,
    /// Of the firmware.
    pub version: Option<String>,
    pub state: TransferState,
    /// Why it failed, as `{"zh":…,"en":…}`.
    pub message: Option<String>,
    pub steps: Vec<TransferStep>,
    /// SHA-256 of the secret in its address.
    pub token: String,
    pub expires_at: Timestamp,
    pub command: Option<CommandId>,
    pub staff: Option<i64>,
    /// Of the file that came or is fetched.
    pub file_name: Option<String>,
    pub size_bytes: Option<i64>,
    pub digest: Option<String>,
    pub created_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

impl Transfer {
    pub fn step(&mut self, at: Timestamp, word: &str) {
        if self.steps.len() < STEPS_MAX {
            self.steps.push(TransferStep { at_ms: at.as_ms(), word: word.to_owned() });
        }
    }
}

const COLUMNS: &str = "t.id, t.pile_id, t.kind, t.firmware_id, t.version, t.state, t.message, t.steps, t.token, \
    t.expires_at_ms, t.command_id, t.staff_id, t.file_name, t.size_bytes, t.digest, t.created_at_ms, t.ended_at_ms";

fn steps(text: &str) -> DbResult<Vec<TransferStep>> {
    serde_json::from_str(text).map_err(|why| DbError::Fault(format!("steps of a transfer: {why}")))
}

fn transfer(row: &Row<'_>) -> DbResult<Transfer> {
    Ok(Transfer {
        id: TransferId(row.int(0)?),
        pile: PileId(row.int(1)?),
        kind: row.word(2, TransferKind::parse)?,
        firmware: row.int_opt(3)?.map(FirmwareId),
        version: row.text_opt(4)?,
        state: row.word(5, TransferState::parse)?,
        message: row.text_opt(6)?,
        steps: steps(&row.text(7)?)?,
        token: row.text(8)?,
        expires_at: Timestamp::from_ms(row.int(9)?),
        command: row.int_opt(10)?.map(CommandId),
        staff: row.int_opt(11)?,
        file_name: row.text_opt(12)?,
        size_bytes: row.int_opt(13)?,
        digest: row.text_opt(14)?,
        created_at: Timestamp::from_ms(row.int(15)?),
        ended_at: row.int_opt(16)?.map(Timestamp::from_ms),
    })
}

/// By the hash of its secret: whoever shows that is let in.
pub fn by_token(conn: &mut Conn, token: &str) -> DbResult<Option<Transfer>> {
    conn.find(&format!("SELECT {COLUMNS} FROM transfer t WHERE t.token = $1"), &[token.into()], transfer)
}

pub fn of_command(conn: &mut Conn, command: CommandId) -> DbResult<Option<Transfer>> {
    let sql = format!("SELECT {COLUMNS} FROM transfer t WHERE t.command_id = $1");
    conn.find(&sql, &[command.0.into()], transfer)
}

/// The newest of a pile, of firmware or of logs; by its number where the pile says which.
pub fn newest(conn: &mut Conn, pile: PileId, firmware: bool, id: Option<i64>) -> DbResult<Option<Transfer>> {
    let mut filter = Filter::new();
    filter.and_value("t.pile_id = ?", pile.0);
    filter.and(if firmware { "t.firmware_id IS NOT NULL" } else { "t.firmware_id IS NULL" });
    filter.and_some("t.id = ?", id);
    let sql = format!("SELECT {COLUMNS} FROM transfer t {} ORDER BY t.id DESC LIMIT 1", filter.sql());
    conn.find(&sql, &filter.values, transfer)
}

pub fn open_of(conn: &mut Conn, pile: PileId) -> DbResult<Vec<Transfer>> {
    let sql = format!("SELECT {COLUMNS} FROM transfer t WHERE t.pile_id = $1 AND t.ended_at_ms IS NULL");
    conn.query(&sql, &[pile.0.into()], transfer)
}

/// Firmware that a pile has taken, or has been told to take, and has not been seen to run.
const UNDER_WAY: [TransferState; 4] =
    [TransferState::Accepted, TransferState::Downloaded, TransferState::Installing, TransferState::Installed];

/// Of which piles the firmware is under way.
pub(crate) fn updating(conn: &mut Conn) -> DbResult<Vec<PileId>> {
    conn.query(
        "SELECT DISTINCT pile_id FROM transfer WHERE firmware_id IS NOT NULL AND state IN ($1, $2, $3, $4)",
        &UNDER_WAY.map(|state| state.as_str().into()),
        |row| Ok(PileId(row.int(0)?)),
    )
}

/// The firmware that the pile may show to run at its start. The database is asked only of piles that
/// were ever given one: all piles start at once after a loss of power.
pub fn under_way(tx: &mut Tx<'_>, pile: PileId) -> Result<Option<Transfer>> {
    if !tx.hot.shared.may_update(pile) {
        return Ok(None);
    }
    let newest = tx.read(|conn| newest(conn, pile, true, None))?;
    Ok(newest.filter(|one| UNDER_WAY.contains(&one.state)))
}

/// Those whose time is over without an end.
pub fn overdue(conn: &mut Conn, now: Timestamp) -> DbResult<Vec<Transfer>> {
    let sql =
        format!("SELECT {COLUMNS} FROM transfer t WHERE t.ended_at_ms IS NULL AND t.expires_at_ms <= $1");
    conn.query(&sql, &[now.as_ms().into()], transfer)
}

pub fn save(tx: &mut Tx<'_>, one: &Transfer) -> Result<()> {
    let steps = serde_json::to_string(&one.steps).map_err(|_| model::Error::internal())?;
    tx.execute(
        "INSERT INTO transfer (id, pile_id, kind, firmware_id, version, state, message, steps, token, expires_at_ms, \
         command_id, staff_id, file_name, size_bytes, digest, created_at_ms, ended_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) \
         ON CONFLICT (id) DO UPDATE SET state = excluded.state, message = excluded.message, steps = excluded.steps, \
         file_name = excluded.file_name, size_bytes = excluded.size_bytes, digest = excluded.digest, \
         ended_at_ms = excluded.ended_at_ms",
        &[
            one.id.0.into(),
            one.pile.0.into(),
            one.kind.as_str().into(),
            one.firmware.map(|id| id.0).into(),
            one.version.as_deref().into(),
            one.state.as_str().into(),
            one.message.as_deref().into(),
            steps.as_str().into(),
            one.token.as_str().into(),
            one.expires_at.as_ms().into(),
            one.command.map(|id| id.0).into(),
            one.staff.into(),
            one.file_name.as_deref().into(),
            one.size_bytes.into(),
            one.digest.as_deref().into(),
            one.created_at.as_ms().into(),
            one.ended_at.map(Timestamp::as_ms).into(),
        ],
    )?;
    if one.firmware.is_some() {
        tx.hot.shared.update_begun([one.pile]);
    }
    tx.changed(Change::Noun("transfer"));
    Ok(())
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Transfer)]
pub struct TransferView {
    pub id: i64,
    pub pile_code: String,
    pub pile_name: String,
    pub kind: TransferKind,
    pub firmware_id: Option<i64>,
    pub firmware_name: Option<String>,
    pub version: Option<String>,
    pub state: TransferState,
    /// Why it failed, in the reader's language.
    pub message: Option<String>,
    /// What the pile said, in order.
    pub steps: Vec<TransferStep>,
    pub expires_at_ms: i64,
    pub staff_name: Option<String>,
    pub file_name: Option<String>,
    pub size_bytes: Option<i64>,
    pub digest: Option<String>,
    pub created_at_ms: i64,
    pub ended_at_ms: Option<i64>,
}

fn view(row: &Row<'_>) -> DbResult<TransferView> {
    Ok(TransferView {
        id: row.int(0)?,
        pile_code: row.text(1)?,
        pile_name: row.text(2)?,
        kind: row.word(3, TransferKind::parse)?,
        firmware_id: row.int_opt(4)?,
        firmware_name: row.text_opt(5)?,
        version: row.text_opt(6)?,
        state: row.word(7, TransferState::parse)?,
        message: row.text_opt(8)?,
        steps: steps(&row.text(9)?)?,
        expires_at_ms: row.int(10)?,
        staff_name: row.text_opt(11)?,
        file_name: row.text_opt(12)?,
        size_bytes: row.int_opt(13)?,
        digest: row.text_opt(14)?,
        created_at_ms: row.int(15)?,
        ended_at_ms: row.int_opt(16)?,
    })
}

#[derive(Clone, Debug, Default)]
pub struct TransferFilter {
    pub id: Option<i64>,
    pub pile_code: Option<String>,
    pub firmware_id: Option<i64>,
    pub state: Option<TransferState>,
    /// The id of the last row of the page before.
    pub before: Option<i64>,
    pub limit: i64,
}

/// Newest first.
pub fn transfer_list(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &TransferFilter,
) -> DbResult<Page<TransferView>> {
    let mut filter = Filter::new();
    filter.scope("p.operator_id", "p.station_id", scope);
    filter.and_some("t.id = ?", wanted.id);
    filter.and_some("p.code = ?", wanted.pile_code.clone());
    filter.and_some("t.firmware_id = ?", wanted.firmware_id);
    filter.and_some("t.state = ?", wanted.state.map(TransferState::as_str));
    let counted = "SELECT COUNT(*) FROM transfer t JOIN pile p ON p.id = t.pile_id";
    let total = conn.one(&format!("{counted} {}", filter.sql()), &filter.values, count)?;
    filter.and_some("t.id < ?", wanted.before);
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT t.id, p.code, p.name, t.kind, t.firmware_id, w.name, t.version, t.state, t.message, t.steps, \
         t.expires_at_ms, f.name, t.file_name, t.size_bytes, t.digest, t.created_at_ms, t.ended_at_ms \
         FROM transfer t JOIN pile p ON p.id = t.pile_id LEFT JOIN firmware w ON w.id = t.firmware_id \
         LEFT JOIN staff f ON f.id = t.staff_id {} ORDER BY t.id DESC LIMIT {limit}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, view)?;
    Ok(Page::of(rows, wanted.limit, Some(total), |one| one.id.to_string()))
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SecurityEvent {
    pub id: i64,
    /// The protocol's word: `FirmwareUpdated`, `TamperDetectionActivated`, …
    pub kind: String,
    pub info: Option<String>,
    /// On the pile's clock.
    pub at_ms: i64,
    pub received_at_ms: i64,
}

pub fn security_event_insert(
    tx: &mut Tx<'_>,
    pile: PileId,
    kind: &str,
    info: Option<&str>,
    at: Timestamp,
    now: Timestamp,
) -> Result<()> {
    let id = tx.next_id(Noun::SecurityEvent)?;
    tx.execute(
        "INSERT INTO security_event (id, pile_id, kind, info, at_ms, received_at_ms) VALUES ($1, $2, $3, $4, $5, $6)",
        &[id.into(), pile.0.into(), kind.into(), info.into(), at.as_ms().into(), now.as_ms().into()],
    )?;
    tx.changed(Change::Noun("security_event"));
    Ok(())
}

/// Newest first, before an id. The caller has found the pile in the caller's scope.
pub fn security_event_list(
    conn: &mut Conn,
    pile: PileId,
    before: Option<i64>,
    limit: i64,
) -> DbResult<Page<SecurityEvent>> {
    let mut filter = Filter::new();
    filter.and_value("pile_id = ?", pile.0);
    filter.and_some("id < ?", before);
    let most = filter.bind(limit + 1);
    let sql = format!(
        "SELECT id, kind, info, at_ms, received_at_ms FROM security_event {} ORDER BY id DESC LIMIT {most}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| {
        Ok(SecurityEvent {
            id: row.int(0)?,
            kind: row.text(1)?,
            info: row.text_opt(2)?,
            at_ms: row.int(3)?,
            received_at_ms: row.int(4)?,
        })
    })?;
    Ok(Page::of(rows, limit, None, |one| one.id.to_string()))
}
