//! Commands as staff see them.

use crate::commands::CommandState;
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page};
use model::access::Scope;
use model::id::{CommandId, OrderId, PileId};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Command {
    pub id: i64,
    pub pile_code: String,
    pub connector_no: Option<i64>,
    pub order_id: Option<i64>,
    /// `start`, `stop`, `reset`, …
    pub kind: String,
    /// What was asked for, as a sentence in the reader's language.
    pub summary: String,
    pub state: CommandState,
    /// The pile's reason in the reader's language.
    pub message: Option<String>,
    /// The pile's whole answer as JSON.
    pub detail: Option<String>,
    pub staff_name: Option<String>,
    pub created_at_ms: i64,
    pub ended_at_ms: Option<i64>,
    /// What was asked for, field by field; of a `call`, `payload` is the JSON that went to the pile.
    #[schema(value_type = Option<Object>)]
    pub request: Option<serde_json::Value>,
    /// The request as JSON, from which the summary is made.
    #[serde(skip)]
    pub body: String,
}

const SELECT: &str = "SELECT m.id, p.code, m.connector_no, m.order_id, m.kind, m.body, m.state, m.message, m.detail, \
    f.name, m.created_at_ms, m.ended_at_ms FROM command m JOIN pile p ON p.id = m.pile_id \
    LEFT JOIN staff f ON f.id = m.staff_id";

fn command(row: &Row<'_>) -> DbResult<Command> {
    Ok(Command {
        id: row.int(0)?,
        pile_code: row.text(1)?,
        connector_no: row.int_opt(2)?,
        order_id: row.int_opt(3)?,
        kind: row.text(4)?,
        summary: String::new(),
        request: None,
        body: row.text(5)?,
        state: row.word(6, CommandState::parse)?,
        message: row.text_opt(7)?,
        detail: row.text_opt(8)?,
        staff_name: row.text_opt(9)?,
        created_at_ms: row.int(10)?,
        ended_at_ms: row.int_opt(11)?,
    })
}

pub fn command_get(conn: &mut Conn, scope: &Scope, id: CommandId) -> DbResult<Option<Command>> {
    let mut filter = Filter::new();
    filter.and_value("m.id = ?", id.0);
    filter.scope("p.operator_id", "p.station_id", scope);
    conn.find(&format!("{SELECT} {}", filter.sql()), &filter.values, command)
}

/// Newest first, before an id. The caller has found the pile in the caller's scope.
pub fn command_list(
    conn: &mut Conn,
    pile: PileId,
    before: Option<i64>,
    limit: i64,
) -> DbResult<Page<Command>> {
    let mut filter = Filter::new();
    filter.and_value("m.pile_id = ?", pile.0);
    filter.and_some("m.id < ?", before);
    let most = filter.bind(limit + 1);
    let sql = format!("{SELECT} {} ORDER BY m.id DESC LIMIT {most}", filter.sql());
    let rows = conn.query(&sql, &filter.values, command)?;
    Ok(Page::of(rows, limit, None, |command| command.id.to_string()))
}

pub(crate) fn of_order(conn: &mut Conn, order: OrderId) -> DbResult<Vec<Command>> {
    conn.query(&format!("{SELECT} WHERE m.order_id = $1 ORDER BY m.id"), &[order.0.into()], command)
}
