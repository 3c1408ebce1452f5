//! 屏显消息 of piles of OCPP 2: what they were given, what they say they show, and what they were told that
//! sessions cost.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbError, DbResult};
use model::Result;
use model::display::{DisplayChange, DisplayMatch, DisplayMessage};
use model::id::PileId;
use model::site::Pile;
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// Most of one pile: a hostile one must not fill the disk.
const MESSAGES_MAX: i64 = 500;
/// Costs of so many sessions are kept for a pile.
const COSTS_MAX: i64 = 20;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PileDisplay {
    /// The number by which the pile knows it.
    pub no: i64,
    #[serde(rename = "match")]
    pub matches: DisplayMatch,
    /// As it was given from here and taken.
    pub wished: Option<DisplayMessage>,
    pub wished_at_ms: Option<i64>,
    /// As the pile says it has it.
    pub told: Option<DisplayMessage>,
    pub told_at_ms: Option<i64>,
}

/// What a pile was last told that a session costs, to show it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CostShown {
    /// By the pile's name for it.
    pub session: String,
    /// In yuan, as it was said.
    pub cost: String,
    pub at_ms: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PileDisplays {
    pub items: Vec<PileDisplay>,
    pub costs: Vec<CostShown>,
}

/// By number. The caller has found the pile in the caller's scope.
pub fn pile_display_list(conn: &mut Conn, pile: PileId, now: Timestamp) -> DbResult<PileDisplays> {
    let sql = "SELECT message_no, wished, wished_at_ms, told, told_at_ms FROM display_message WHERE pile_id = $1 \
               ORDER BY message_no";
    let items = conn.query(sql, &[pile.0.into()], |row| {
        let (wished, told) = (read(row.text_opt(1)?)?, read(row.text_opt(3)?)?);
        Ok(PileDisplay {
            no: row.int(0)?,
            matches: DisplayMatch::of(wished.as_ref(), told.as_ref(), now.as_ms()),
            wished,
            wished_at_ms: row.int_opt(2)?,
            told,
            told_at_ms: row.int_opt(4)?,
        })
    })?;
    let sql = "SELECT session, cost, at_ms FROM cost_shown WHERE pile_id = $1 ORDER BY at_ms DESC, session";
    let costs = conn.query(sql, &[pile.0.into()], |row| {
        Ok(CostShown { session: row.text(0)?, cost: row.text(1)?, at_ms: row.int(2)? })
    })?;
    Ok(PileDisplays { items, costs })
}

fn read(text: Option<String>) -> DbResult<Option<DisplayMessage>> {
    text.map(|text| serde_json::from_str(&text).map_err(|why| DbError::Fault(why.to_string()))).transpose()
}

fn written(message: &DisplayMessage) -> Result<String> {
    serde_json::to_string(message).map_err(|_| model::Error::internal())
}

/// What a pile has accepted or told, in this order.
pub fn apply(tx: &mut Tx<'_>, pile: &Pile, changes: &[DisplayChange], now: Timestamp) -> Result<()> {
    let id = pile.id.0;
    for change in changes {
        match change {
            DisplayChange::Set(message) => {
                let text = written(message)?;
                room(tx, pile.id, message.no)?;
                tx.execute(
                    "UPDATE display_message SET wished = $1, wished_at_ms = $2, told = $3, told_at_ms = $4 \
                     WHERE pile_id = $5 AND message_no = $6",
                    &[
                        (&text).into(),
                        now.as_ms().into(),
                        (&text).into(),
                        now.as_ms().into(),
                        id.into(),
                        message.no.into(),
                    ],
                )?;
            }
            DisplayChange::Told(message) => {
                let text = written(message)?;
                room(tx, pile.id, message.no)?;
                let sql = "UPDATE display_message SET told = $1, told_at_ms = $2 WHERE pile_id = $3 AND message_no = $4";
                tx.execute(sql, &[text.into(), now.as_ms().into(), id.into(), message.no.into()])?;
            }
            DisplayChange::Gone { no } => {
                let sql = "DELETE FROM display_message WHERE pile_id = $1 AND message_no = $2";
                tx.execute(sql, &[id.into(), (*no).into()])?;
            }
            DisplayChange::Anew => {
                // The report may be here before the answer that announces it is kept.
                let sql = "UPDATE display_message SET told = NULL, told_at_ms = NULL WHERE pile_id = $1 AND told_at_ms < $2";
                tx.execute(sql, &[id.into(), now.as_ms().into()])?;
                let sql =
                    "DELETE FROM display_message WHERE pile_id = $1 AND wished IS NULL AND told IS NULL";
                tx.execute(sql, &[id.into()])?;
            }
        }
    }
    tx.changed(Change::Pile { pile: pile.id, operator: pile.operator });
    Ok(())
}

/// A row for this number, unless the pile has too many.
fn room(tx: &mut Tx<'_>, pile: PileId, no: i64) -> Result<u64> {
    tx.execute(
        "INSERT INTO display_message (pile_id, message_no) SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT) \
         WHERE (SELECT COUNT(*) FROM display_message WHERE pile_id = $3) < $4 \
         ON CONFLICT (pile_id, message_no) DO NOTHING",
        &[pile.0.into(), no.into(), pile.0.into(), MESSAGES_MAX.into()],
    )
}

/// The pile has taken what this session costs.
pub fn cost_shown(tx: &mut Tx<'_>, pile: &Pile, session: &str, cost: &str, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO cost_shown (pile_id, session, cost, at_ms) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (pile_id, session) DO UPDATE SET cost = excluded.cost, at_ms = excluded.at_ms",
        &[pile.id.0.into(), session.into(), cost.into(), now.as_ms().into()],
    )?;
    tx.execute(
        "DELETE FROM cost_shown WHERE pile_id = $1 AND session NOT IN (SELECT session FROM cost_shown \
         WHERE pile_id = $2 ORDER BY at_ms DESC, session LIMIT $3)",
        &[pile.id.0.into(), pile.id.0.into(), COSTS_MAX.into()],
    )?;
    tx.changed(Change::Pile { pile: pile.id, operator: pile.operator });
    Ok(())
}
