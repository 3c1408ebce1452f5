//! 设备事件: what went wrong at a pile or in a car at it.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult};
use crate::filter::{Filter, Page};
use crate::ids::Noun;
use model::Result;
use model::id::{ConnectorNo, OrderId, PileId};
use model::monitor::EventReport;
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

model::words! {
    PileEventKind {
        /// 电池告警: of the car's battery management, or of the talk with it.
        Battery = "battery",
        /// 地锁告警
        GroundLock = "ground_lock",
        /// 变量事件: noticed by a monitor, or wired to a variable. OCPP 2 NotifyEvent.
        Variable = "variable",
        /// 无订单充电: a session delivers that no order knows.
        Session = "session",
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
    /// Of a variable.
    pub noticed: Option<EventReport>,
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
    /// 0 (danger) to 9 (debug); of variables only, as what follows.
    pub severity: Option<i64>,
    /// The pile's number for it, and of the event that it follows from.
    pub event_no: Option<i64>,
    pub cause_no: Option<i64>,
    /// `Component.Variable`
    pub name: Option<String>,
    pub value: Option<String>,
    /// Whether it is over.
    pub cleared: Option<bool>,
    pub tech: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct PileEventFilter {
    pub kind: Option<PileEventKind>,
    pub severity: Option<i64>,
    pub cleared: Option<bool>,
    pub text: Option<String>,
    /// The id of the last row of the page before.
    pub before: Option<i64>,
    pub limit: i64,
}

pub fn insert(tx: &mut Tx<'_>, one: &NewPileEvent) -> Result<()> {
    let (id, of) = (tx.next_id(Noun::PileEvent)?, one.noticed.as_ref());
    tx.execute(
        "INSERT INTO pile_event (id, pile_id, connector_no, order_id, kind, code, at_ms, severity, event_no, \
         cause_no, name, value, cleared, tech) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        &[
            id.into(),
            one.pile.0.into(),
            one.connector.map(i64::from).into(),
            one.order.map(|order| order.0).into(),
            one.kind.as_str().into(),
            (&one.code).into(),
            one.at.as_ms().into(),
            of.and_then(|of| of.severity).into(),
            of.map(|of| of.no).into(),
            of.and_then(|of| of.cause_no).into(),
            of.map(|of| of.name.as_str()).into(),
            of.map(|of| of.value.as_str()).into(),
            of.map(|of| of.cleared).into(),
            of.and_then(|of| of.tech.as_deref()).into(),
        ],
    )?;
    tx.changed(Change::Noun("pile_event"));
    Ok(())
}

/// Newest first. The caller has found the pile in the caller's scope.
pub fn pile_event_list(conn: &mut Conn, pile: PileId, wanted: &PileEventFilter) -> DbResult<Page<PileEvent>> {
    let mut filter = Filter::new();
    filter.and_value("pile_id = ?", pile.0);
    filter.and_some("kind = ?", wanted.kind.map(PileEventKind::as_str));
    filter.and_some("severity = ?", wanted.severity);
    filter.and_some("cleared = ?", wanted.cleared);
    filter.and_contains(
        "LOWER(code || ' ' || COALESCE(name, '') || ' ' || COALESCE(value, '') || ' ' || COALESCE(tech, '')) LIKE ?",
        wanted.text.as_deref(),
    );
    filter.and_some("id < ?", wanted.before);
    let most = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT id, connector_no, order_id, kind, code, at_ms, severity, event_no, cause_no, name, value, cleared, \
         tech FROM pile_event {} ORDER BY id DESC LIMIT {most}",
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
            severity: row.int_opt(6)?,
            event_no: row.int_opt(7)?,
            cause_no: row.int_opt(8)?,
            name: row.text_opt(9)?,
            value: row.text_opt(10)?,
            cleared: row.bool_opt(11)?,
            tech: row.text_opt(12)?,
        })
    })?;
    Ok(Page::of(rows, wanted.limit, None, |one| one.id.to_string()))
}
