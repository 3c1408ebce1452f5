//! 报文: everything that was said, raw and decoded.

use super::Shared;
use super::error::Answer;
use super::give::Given;
use super::take::{Code, Id, Query, Reader, Who, no_pile};
use super::wire::{self, FrameField};
use axum::extract::State;
use engine::settlement::no_order;
use model::id::{OrderId, PileId};
use model::site::Protocol;
use serde::{Deserialize, Serialize};
use store::dialects::Dialect;
use store::filter::{Page, Paging};
use store::frames::{FrameFilter, Verdict};
use utoipa::ToSchema;

#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FrameDirection {
    /// From the pile to us.
    Up,
    Down,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FrameEncoding {
    Text,
    Hex,
}

#[derive(Serialize, ToSchema)]
pub struct Frame {
    id: i64,
    at_ms: i64,
    direction: FrameDirection,
    kind: String,
    connector_no: Option<i64>,
    order_id: Option<i64>,
    verdict: Verdict,
    note: Option<String>,
    raw: String,
    encoding: FrameEncoding,
    /// What we answered, encoded as `raw` is.
    answer: Option<String>,
    decoded: Option<Vec<FrameField>>,
    /// Under which the server's log tells of it; none for frames of before it was kept.
    trace_id: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FrameQuery {
    order_id: Option<i64>,
    limit: Option<i64>,
    cursor: Option<String>,
}

fn view(
    protocol: Protocol,
    dialect: Option<&Dialect>,
    frame: store::frames::Frame,
    reader: &Reader,
) -> Frame {
    let encoding = if protocol.is_ykc() { FrameEncoding::Hex } else { FrameEncoding::Text };
    let shown = |bytes: &[u8]| match encoding {
        FrameEncoding::Text => String::from_utf8_lossy(bytes).into_owned(),
        FrameEncoding::Hex => engine::random::hex(bytes),
    };
    Frame {
        id: frame.id,
        at_ms: frame.at_ms,
        direction: if frame.up { FrameDirection::Up } else { FrameDirection::Down },
        connector_no: frame.connector,
        order_id: frame.order,
        verdict: frame.verdict,
        note: frame.note,
        raw: shown(&frame.body),
        encoding,
        answer: frame.answer.as_deref().filter(|answer| !answer.is_empty()).map(shown),
        decoded: wire::explain(protocol, dialect, &frame.body, reader),
        kind: frame.kind,
        trace_id: frame.trace.map(|trace| trace.to_string()),
    }
}

/// Newest first.
pub async fn frame_list(
    State(app): State<Shared>,
    who: Who,
    reader: Reader,
    Code(code): Code,
    Query(query): Query<FrameQuery>,
) -> Answer<Given<Page<Frame>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let (limit, before) = (paging.limit()?, paging.key::<1>()?.map(|[id]| id));
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| {
        let Some((pile, _, protocol)) = store::pile_list::pile_find(conn, &scope, &code)? else {
            return Ok(None);
        };
        let mut wanted = FrameFilter {
            pile: PileId(pile),
            order: query.order_id,
            from: None,
            before,
            limit: usize::try_from(limit + 1).unwrap_or(1),
        };
        if let Some(id) = query.order_id {
            let place = store::order_place::order_place(conn, &scope, OrderId(id))?;
            let Some(place) = place.filter(|place| place.frames.pile == wanted.pile) else {
                return Ok(Some((protocol, None, Vec::new())));
            };
            store::frames::narrow(conn, &mut wanted, &place.frames)?;
        }
        let dialect = spoken(conn, protocol, wanted.pile)?;
        Ok(Some((protocol, dialect, store::frames::list(conn, &wanted)?)))
    };
    let (protocol, dialect, frames) = app.engine.store.read(read).await?.ok_or_else(no_pile)?;
    let frames = frames.into_iter().map(|frame| view(protocol, dialect.as_ref(), frame, &reader)).collect();
    Ok(Given(Page::of(frames, limit, None, |frame| frame.id.to_string())))
}

/// By what its frames are read; the paper, when it is none.
fn spoken(conn: &mut store::Conn, protocol: Protocol, pile: PileId) -> store::DbResult<Option<Dialect>> {
    if protocol.is_ykc() { store::dialects::spoken(conn, pile) } else { Ok(None) }
}

/// Oldest first.
pub async fn order_frame_list(
    State(app): State<Shared>,
    who: Who,
    reader: Reader,
    Id(id): Id,
    Query(query): Query<OrderFrameQuery>,
) -> Answer<Given<Page<Frame>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let (limit, after) = (paging.limit()?, paging.key::<1>()?.map(|[id]| id));
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| {
        let Some(place) = store::order_place::order_place(conn, &scope, OrderId(id))? else {
            return Ok(None);
        };
        let most = usize::try_from(limit + 1).unwrap_or(1);
        let frames = store::frames::of_order(conn, &place.frames, after, most)?;
        let dialect = spoken(conn, place.protocol, place.frames.pile)?;
        Ok(Some((place.protocol, dialect, frames)))
    };
    let (protocol, dialect, frames) = app.engine.store.read(read).await?.ok_or_else(no_order)?;
    let frames = frames.into_iter().map(|frame| view(protocol, dialect.as_ref(), frame, &reader)).collect();
    Ok(Given(Page::of(frames, limit, None, |frame| frame.id.to_string())))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderFrameQuery {
    limit: Option<i64>,
    cursor: Option<String>,
}
