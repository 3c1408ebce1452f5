//! Commands to piles, each with the one outcome that it came to.

use crate::db::{Conn, DbResult, Insert, Inserts, Row};
use crate::pending::latest;
use model::id::{CommandId, PileId};

#[derive(Clone, Debug, PartialEq)]
pub struct CommandRow {
    pub id: i64,
    pub pile: PileId,
    pub connector: Option<i64>,
    pub order: Option<i64>,
    /// `start`, `stop`, `reset`, …
    pub kind: String,
    /// The request as JSON.
    pub body: String,
    pub staff: Option<i64>,
    pub state: CommandState,
    /// The pile's reason, as `{"zh":…,"en":…}`.
    pub message: Option<String>,
    /// The pile's whole answer as JSON.
    pub detail: Option<String>,
    pub created_at_ms: i64,
    pub deadline_ms: i64,
    pub ended_at_ms: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommandState {
    /// Kept, not sent yet.
    Queued,
    Accepted,
    Refused,
    Unsupported,
    TimedOut,
    LinkLost,
    /// Noted, and carried out by itself when the pile is ready for it.
    Deferred,
}

impl CommandState {
    const ALL: [CommandState; 7] = [
        CommandState::Queued,
        CommandState::Accepted,
        CommandState::Refused,
        CommandState::Unsupported,
        CommandState::TimedOut,
        CommandState::LinkLost,
        CommandState::Deferred,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            CommandState::Queued => "queued",
            CommandState::Accepted => "accepted",
            CommandState::Refused => "refused",
            CommandState::Unsupported => "unsupported",
            CommandState::TimedOut => "timed_out",
            CommandState::LinkLost => "link_lost",
            CommandState::Deferred => "deferred",
        }
    }

    pub fn parse(text: &str) -> Option<CommandState> {
        CommandState::ALL.into_iter().find(|s| s.as_str() == text)
    }
}

static COMMAND: Insert = Insert {
    table: "command",
    columns: &[
        "id",
        "pile_id",
        "connector_no",
        "order_id",
        "kind",
        "body",
        "staff_id",
        "state",
        "message",
        "detail",
        "created_at_ms",
        "deadline_ms",
        "ended_at_ms",
    ],
    on_conflict: "ON CONFLICT (id) DO UPDATE SET order_id = excluded.order_id, state = excluded.state, \
        message = excluded.message, detail = excluded.detail, ended_at_ms = excluded.ended_at_ms",
};

pub(crate) fn inserts(rows: &[CommandRow]) -> Inserts<'_> {
    let mut values = Vec::new();
    for c in latest(rows, |c| c.id) {
        values.extend([
            c.id.into(),
            c.pile.0.into(),
            c.connector.into(),
            c.order.into(),
            (&c.kind).into(),
            (&c.body).into(),
            c.staff.into(),
            c.state.as_str().into(),
            c.message.as_ref().into(),
            c.detail.as_ref().into(),
            c.created_at_ms.into(),
            c.deadline_ms.into(),
            c.ended_at_ms.into(),
        ]);
    }
    Inserts { insert: &COMMAND, values }
}

const COLUMNS: &str = "id, pile_id, connector_no, order_id, kind, body, staff_id, state, message, detail, \
    created_at_ms, deadline_ms, ended_at_ms";

fn command(row: &Row<'_>) -> DbResult<CommandRow> {
    Ok(CommandRow {
        id: row.int(0)?,
        pile: PileId(row.int(1)?),
        connector: row.int_opt(2)?,
        order: row.int_opt(3)?,
        kind: row.text(4)?,
        body: row.text(5)?,
        staff: row.int_opt(6)?,
        state: row.word(7, CommandState::parse)?,
        message: row.text_opt(8)?,
        detail: row.text_opt(9)?,
        created_at_ms: row.int(10)?,
        deadline_ms: row.int(11)?,
        ended_at_ms: row.int_opt(12)?,
    })
}

pub fn get(conn: &mut Conn, id: CommandId) -> DbResult<Option<CommandRow>> {
    conn.find(&format!("SELECT {COLUMNS} FROM command WHERE id = $1"), &[id.0.into()], command)
}

/// Newest first, before an id.
pub fn list(conn: &mut Conn, pile: PileId, before: Option<i64>, limit: i64) -> DbResult<Vec<CommandRow>> {
    conn.query(
        &format!("SELECT {COLUMNS} FROM command WHERE pile_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"),
        &[pile.0.into(), before.unwrap_or(i64::MAX).into(), limit.into()],
        command,
    )
}

pub fn of_order(conn: &mut Conn, order: i64) -> DbResult<Vec<CommandRow>> {
    conn.query(
        &format!("SELECT {COLUMNS} FROM command WHERE order_id = $1 ORDER BY id"),
        &[order.into()],
        command,
    )
}

/// Commands that never ended although their time is over (the server was stopped, or crashed).
pub fn overdue(conn: &mut Conn, now_ms: i64) -> DbResult<Vec<CommandRow>> {
    conn.query(
        &format!(
            "SELECT {COLUMNS} FROM command WHERE ended_at_ms IS NULL AND deadline_ms <= $1 ORDER BY deadline_ms"
        ),
        &[now_ms.into()],
        command,
    )
}
