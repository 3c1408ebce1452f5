//! 报文录制: everything that a replay of a pile's frames needs, read at once.

use crate::Tx;
use crate::db::{Conn, DbResult};
use crate::frames::{self, Frame, FrameFilter, OrderFrames};
use crate::hot::TariffVersion;
use crate::orders::{self, OrderDetail};
use crate::{links, order_place, pile_list, piles, settlements, stations, tariffs};
use model::Result;
use model::access::Scope;
use model::id::{OrderId, PileId, StationId, TariffId};
use model::order::Order;
use model::site::Pile;
use model::time::{Timestamp, Zone};
use std::collections::{BTreeMap, BTreeSet};

/// Most frames of one file.
pub const FRAMES_MAX: usize = 20_000;
/// Links that are looked through for those of the time of the file.
const LINKS_MAX: i64 = 500;
const PORTION: usize = 500;

/// Whose frames are wanted.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// What was said about an order, and about its connector and its pile meanwhile.
    Order(OrderId),
    /// Everything that a pile said, and was told, in a time.
    Span { code: String, from_ms: i64, to_ms: i64 },
}

pub struct RecordingRows {
    pub pile: Pile,
    pub zone: Zone,
    /// The oldest first.
    pub frames: Vec<Frame>,
    /// Orders that began in it, the oldest first.
    pub orders: Vec<RecordedOrder>,
    /// From and to, the oldest first.
    pub links: Vec<(i64, Option<i64>)>,
    pub tariffs: BTreeMap<i64, TariffVersion>,
}

pub struct RecordedOrder {
    pub order: Order,
    pub detail: Option<OrderDetail>,
    /// A person has settled it.
    pub by_hand: bool,
}

/// `None`: not there, or not in the caller's scope. One frame more than the most: there are too many.
pub fn recording_read(conn: &mut Conn, scope: &Scope, wanted: &Wanted) -> DbResult<Option<RecordingRows>> {
    let (pile, frames) = match wanted {
        Wanted::Order(id) => {
            let Some(place) = order_place::order_place(conn, scope, *id)? else { return Ok(None) };
            (place.frames.pile, of_order(conn, *id, &place.frames)?)
        }
        Wanted::Span { code, from_ms, to_ms } => {
            let Some((id, _, _)) = pile_list::pile_find(conn, scope, code)? else { return Ok(None) };
            (PileId(id), between(conn, PileId(id), 0, *from_ms, Some(*to_ms))?)
        }
    };
    let Some(pile) = piles::get(conn, pile)? else { return Ok(None) };
    let orders = whole(conn, &frames, wanted)?;
    let is_whole = |id: i64| orders.iter().any(|one| one.order.id.0 == id);
    let frames = match wanted {
        Wanted::Order(_) => frames,
        // What is said of an order that is not whole cannot be replayed.
        Wanted::Span { .. } => frames.into_iter().filter(|frame| frame.order.is_none_or(is_whole)).collect(),
    };
    let links = match (frames.first(), frames.last()) {
        (Some(first), Some(last)) => links_of(conn, &pile, first.at_ms, last.at_ms)?,
        _ => Vec::new(),
    };
    let mut versions = BTreeMap::new();
    for id in orders.iter().filter_map(|one| one.order.tariff).collect::<BTreeSet<TariffId>>() {
        versions.insert(id.0, tariffs::version(conn, id)?);
    }
    let zone = stations::facts(conn, pile.station)?.zone;
    Ok(Some(RecordingRows { pile, zone, frames, orders, links, tariffs: versions }))
}

/// Frames of the pile from an id and a time on, the oldest first.
fn between(
    conn: &mut Conn,
    pile: PileId,
    from: i64,
    from_ms: i64,
    until_ms: Option<i64>,
) -> DbResult<Vec<Frame>> {
    let mut filter = FrameFilter { pile, order: None, from: None, before: None, limit: PORTION };
    frames::narrow(conn, &mut filter, &OrderFrames { pile, order: 0, from, until_ms })?;
    let mut found = Vec::new();
    loop {
        let portion = frames::list(conn, &filter)?;
        let is_last = portion.len() < PORTION || portion.last().is_some_and(|frame| frame.at_ms < from_ms);
        filter.before = portion.last().map(|frame| frame.id);
        found.extend(portion.into_iter().filter(|frame| {
            frame.at_ms >= from_ms && until_ms.is_none_or(|until_ms| frame.at_ms <= until_ms)
        }));
        if is_last || found.len() > FRAMES_MAX {
            break;
        }
    }
    found.truncate(FRAMES_MAX + 1);
    found.reverse();
    Ok(found)
}

/// What concerns the order: its own frames, and those of its connector and its pile that are no other
/// order's. What came after its record is about what came after it.
fn of_order(conn: &mut Conn, id: OrderId, place: &OrderFrames) -> DbResult<Vec<Frame>> {
    let Some(order) = orders::get(conn, id)? else { return Ok(Vec::new()) };
    let mut found = between(conn, place.pile, place.from, 0, place.until_ms)?;
    let connector = i64::from(order.connector);
    found.retain(|frame| match frame.order {
        Some(own) => own == id.0,
        None => frame.connector.is_none_or(|no| no == 0 || no == connector),
    });
    if order.end_received.is_some() {
        let last = found.iter().rposition(|frame| frame.order == Some(id.0));
        found.truncate(last.map_or(0, |last| last + 1));
    }
    Ok(found)
}

/// The orders that begin in these frames and have ended.
fn whole(conn: &mut Conn, found: &[Frame], wanted: &Wanted) -> DbResult<Vec<RecordedOrder>> {
    let since_ms = match wanted {
        Wanted::Order(_) => 0,
        Wanted::Span { from_ms, .. } => *from_ms,
    };
    let mut whole = Vec::new();
    for id in found.iter().filter_map(|frame| frame.order).collect::<BTreeSet<i64>>() {
        let Some(order) = orders::get(conn, OrderId(id))? else { continue };
        if order.created_at.as_ms() < since_ms || order.state.awaits_record() {
            continue;
        }
        let detail = orders::detail(conn, order.id)?;
        let by_hand = !settlements::of_order(conn, order.id)?.is_empty();
        whole.push(RecordedOrder { order, detail, by_hand });
    }
    Ok(whole)
}

fn links_of(conn: &mut Conn, pile: &Pile, first_ms: i64, last_ms: i64) -> DbResult<Vec<(i64, Option<i64>)>> {
    let ended = links::link_list(conn, pile.id, Some(last_ms.saturating_add(1)), None, LINKS_MAX)?;
    let mut all: Vec<(i64, Option<i64>)> =
        ended.items.iter().map(|link| (link.from_ms, Some(link.to_ms))).collect();
    all.reverse();
    if let Some(at) = pile.connected_at.filter(|at| pile.online && at.as_ms() <= last_ms) {
        all.push((at.as_ms(), None));
    }
    all.retain(|(_, to)| to.is_none_or(|to| to >= first_ms));
    Ok(all)
}

/// A station shows this version from that moment on, as it did in the recording.
pub fn station_tariff_set(
    tx: &mut Tx<'_>,
    station: StationId,
    tariff: TariffId,
    from: Timestamp,
) -> Result<()> {
    tx.execute(
        "INSERT INTO station_tariff (station_id, from_ms, tariff_id) VALUES ($1, $2, $3) \
         ON CONFLICT (station_id, from_ms) DO UPDATE SET tariff_id = excluded.tariff_id",
        &[station.0.into(), from.as_ms().into(), tariff.0.into()],
    )?;
    tx.execute("UPDATE station SET tariff_id = $1 WHERE id = $2", &[tariff.0.into(), station.0.into()])?;
    tx.station_changed(station);
    Ok(())
}
