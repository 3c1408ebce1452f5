//! Where an order stands: its pile, and the frames that belong to it.

use crate::db::{Conn, DbResult};
use crate::filter::Filter;
use crate::frames::OrderFrames;
use model::access::Scope;
use model::id::{OrderId, PileId};
use model::order::OrderState;

/// What the frames and a stop of an order need.
#[derive(Clone, Debug)]
pub struct OrderPlace {
    pub frames: OrderFrames,
    pub protocol: model::site::Protocol,
}

/// How long after the end a pile may still speak of an order (a repeated end, a late bill); one whose
/// end was never told is closed long after it.
const TALK_AFTER_MS: i64 = 3_600_000;
const TALK_AFTER_SILENCE_MS: i64 = 86_400_000;

pub fn order_place(conn: &mut Conn, scope: &Scope, id: OrderId) -> DbResult<Option<OrderPlace>> {
    let mut filter = Filter::new();
    filter.and_value("o.id = ?", id.0);
    filter.scope("o.operator_id", "o.station_id", scope);
    let sql = format!(
        "SELECT o.pile_id, o.frame_from, p.protocol, o.state, o.end_received_ms, \
         o.ended_at_ms - COALESCE(o.skew_ms, 0), o.created_at_ms FROM orders o \
         JOIN pile p ON p.id = o.pile_id {}",
        filter.sql()
    );
    conn.find(&sql, &filter.values, |row| {
        let state = row.word(3, OrderState::parse)?;
        let (told, ended, created) = (row.int_opt(4)?, row.int_opt(5)?, row.int(6)?);
        let until = told.map(|at| at + TALK_AFTER_MS);
        let until_ms = until.or(ended.map(|at| at.max(created) + TALK_AFTER_SILENCE_MS));
        Ok(OrderPlace {
            frames: OrderFrames {
                pile: PileId(row.int(0)?),
                order: id.0,
                from: row.int(1)?,
                until_ms: until_ms.filter(|_| !state.awaits_record()),
            },
            protocol: row.word(2, model::site::Protocol::parse)?,
        })
    })
}
