//! 设备事件: what went wrong at a pile or in a car at it.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult};
use crate::filter::{Filter, Page};
use crate::ids::Noun;
use model::Result;
use model::id::{ConnectorNo, OrderId, PileId};
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

model::words! {
    PileEventKind {
        /// 电池告警: of the car's battery management, or of the talk with it.
        Battery = "battery",
        /// 地锁告警
        GroundLock = "ground_lock",
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct NewPileEvent {
    pub pile: PileId,
    pub connector: Option<ConnectorNo>,
    pub order: Option<OrderId>,
    pub kind: PileEventKind,
    /// The wire's word with its protocol in front.
    pub code: String,
    pub at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PileEvent {
    pub id: i64,
    pub connector_no: Option<i64>,
    pub order_id: Option<i64>,
    pub kind: PileEventKind,
    pub code: String,
    /// In the reader's language.
    pub text: Option<String>,
    pub at_ms: i64,
}

pub fn insert(tx: &mut Tx<'_>, one: &NewPileEvent) -> Result<()> {
    let id = tx.next_id(Noun::PileEvent)?;
    tx.execute(
        "INSERT INTO pile_event (id, pile_id, connector_no, order_id, kind, code, at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            id.into(),
            one.pile.0.into(),
            one.connector.map(i64::from).into(),
            one.order.map(|order| order.0).into(),
            one.kind.as_str().into(),
            (&one.code).into(),
            one.at.as_ms().into(),
        ],
    )?;
    tx.changed(Change::Noun("pile_event"));
    Ok(())
}

/// Newest first, before an id. The caller has found the pile in the caller's scope.
pub fn pile_event_list(
    conn: &mut Conn,
    pile: PileId,
    before: Option<i64>,
    limit: i64,
) -> DbResult<Page<PileEvent>> {
    let mut filter = Filter::new();
    filter.and_value("pile_id = ?", pile.0);
    filter.and_some("id < ?", before);
    let most = filter.bind(limit + 1);
    let sql = format!(
        "SELECT id, connector_no, order_id, kind, code, at_ms FROM pile_event {} ORDER BY id DESC LIMIT {most}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| {
        Ok(PileEvent {
            id: row.int(0)?,
            connector_no: row.int_opt(1)?,
            order_id: row.int_opt(2)?,
            kind: row.word(3, PileEventKind::parse)?,
            code: row.text(4)?,
            text: None,
            at_ms: row.int(5)?,
        })
    })?;
    Ok(Page::of(rows, limit, None, |one| one.id.to_string()))
}
