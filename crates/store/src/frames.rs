//! The frame log: everything that was said on the wire, append-only.

use crate::Tx;
use crate::db::{Conn, DbResult, Insert, Inserts, Row, Value};
use crate::ids::FRAME_BLOCK;
use model::Result;
use model::id::PileId;
use model::trace::TraceId;

#[derive(Clone, Debug, Default)]
pub struct FrameRow {
    /// Given by [`crate::Tx::frame_append`].
    pub id: i64,
    /// The frame before it of the same pile, as far as it is known; given as well.
    pub previous: Option<i64>,
    /// What the work is called in which it came or went; given as well.
    pub trace: Option<TraceId>,
    pub pile: PileId,
    pub at_ms: i64,
    /// From the pile to us.
    pub up: bool,
    pub kind: &'static str,
    pub connector: Option<i64>,
    pub order: Option<i64>,
    pub verdict: Verdict,
    pub note: Option<String>,
    pub body: Vec<u8>,
    /// What we answered, byte for byte.
    pub answer: Option<Vec<u8>>,
}

/// What became of a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It changed what we know.
    #[default]
    Applied,
    /// Said before; answered as before.
    Duplicate,
    /// It broke the rules of its protocol.
    Rejected,
    /// Well-formed but not believed: kept for a person.
    Quarantined,
    /// We said it.
    Sent,
}

impl Verdict {
    const ALL: [Verdict; 5] =
        [Verdict::Applied, Verdict::Duplicate, Verdict::Rejected, Verdict::Quarantined, Verdict::Sent];

    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Applied => "applied",
            Verdict::Duplicate => "duplicate",
            Verdict::Rejected => "rejected",
            Verdict::Quarantined => "quarantined",
            Verdict::Sent => "sent",
        }
    }

    pub fn parse(text: &str) -> Option<Verdict> {
        Verdict::ALL.into_iter().find(|v| v.as_str() == text)
    }
}

static FRAME: Insert = Insert {
    table: "frame",
    columns: &[
        "id",
        "previous_id",
        "pile_id",
        "at_ms",
        "up",
        "kind",
        "connector_no",
        "order_id",
        "verdict",
        "note",
        "body",
        "answer",
        "trace",
    ],
    on_conflict: "",
};

static BLOCK: Insert = Insert {
    table: "frame_block",
    columns: &["pile_id", "block", "at_ms"],
    on_conflict: "ON CONFLICT (pile_id, block) DO NOTHING",
};

pub(crate) fn inserts(rows: &[FrameRow]) -> Inserts<'_> {
    let values = rows.iter().flat_map(|f| {
        [
            f.id.into(),
            f.previous.into(),
            f.pile.0.into(),
            f.at_ms.into(),
            f.up.into(),
            f.kind.into(),
            f.connector.into(),
            f.order.into(),
            f.verdict.as_str().into(),
            f.note.as_ref().into(),
            f.body.as_slice().into(),
            f.answer.as_deref().into(),
            f.trace.map_or(Value::Null, |trace| Value::Id(trace.to_bytes())),
        ]
    });
    Inserts { insert: &FRAME, values: values.collect() }
}

pub(crate) fn block_inserts(rows: &[(PileId, i64, i64)]) -> Inserts<'_> {
    let values =
        rows.iter().flat_map(|(pile, block, at_ms)| [pile.0.into(), (*block).into(), (*at_ms).into()]);
    Inserts { insert: &BLOCK, values: values.collect() }
}

/// A frame as it is read back.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    pub id: i64,
    pub at_ms: i64,
    pub up: bool,
    pub kind: String,
    pub connector: Option<i64>,
    pub order: Option<i64>,
    pub verdict: Verdict,
    pub note: Option<String>,
    pub body: Vec<u8>,
    pub answer: Option<Vec<u8>>,
    /// Frames of before it was kept have none.
    pub trace: Option<TraceId>,
}

/// Which frames of a pile are wanted.
#[derive(Clone, Debug)]
pub struct FrameFilter {
    pub pile: PileId,
    pub order: Option<i64>,
    /// Only ids from here on (the frames of an order begin at `orders.frame_from`).
    pub from: Option<i64>,
    /// Only ids before this one: the last row of the page before.
    pub before: Option<i64>,
    pub limit: usize,
}

const COLUMNS: &str = "id, at_ms, up, kind, connector_no, order_id, verdict, note, body, answer, trace";

/// The newest frames first.
pub fn list(conn: &mut Conn, filter: &FrameFilter) -> DbResult<Vec<Frame>> {
    let ids = walk(conn, filter)?;
    let mut found = Vec::with_capacity(ids.len());
    for portion in ids.chunks(PORTION) {
        found.extend(rows(conn, portion)?);
    }
    Ok(found)
}

/// Where the frames of an order lie.
#[derive(Clone, Debug)]
pub struct OrderFrames {
    pub pile: PileId,
    pub order: i64,
    /// `orders.frame_from`
    pub from: i64,
    /// Nothing was said about the order after this moment; `None` while it goes on.
    pub until_ms: Option<i64>,
}

/// The frames of an order behind the id `after`, oldest first.
pub fn of_order(
    conn: &mut Conn,
    wanted: &OrderFrames,
    after: Option<i64>,
    limit: usize,
) -> DbResult<Vec<Frame>> {
    let mut filter = FrameFilter {
        pile: wanted.pile,
        order: Some(wanted.order),
        from: after.map(|after| after + 1),
        before: None,
        limit: usize::MAX,
    };
    narrow(conn, &mut filter, wanted)?;
    let mut ids = walk(conn, &filter)?;
    ids.reverse();
    ids.truncate(limit);
    let mut found = Vec::with_capacity(ids.len());
    for portion in ids.chunks(PORTION) {
        let mut rows = rows(conn, portion)?;
        rows.reverse();
        found.extend(rows);
    }
    Ok(found)
}

/// Looks only where the frames of the order lie.
pub fn narrow(conn: &mut Conn, filter: &mut FrameFilter, wanted: &OrderFrames) -> DbResult<()> {
    filter.from = Some(filter.from.map_or(wanted.from, |from| from.max(wanted.from)));
    if let Some(until_ms) = wanted.until_ms {
        let end = first_after(conn, wanted, until_ms)?;
        filter.before = Some(filter.before.map_or(end, |before| before.min(end)));
    }
    Ok(())
}

/// An id behind every frame of the pile that came before this moment, found by halving: the blocks of
/// a pile are as old as their numbers are small.
fn first_after(conn: &mut Conn, wanted: &OrderFrames, until_ms: i64) -> DbResult<i64> {
    let pile = wanted.pile.0;
    let sql = "SELECT MAX(block) FROM frame_block WHERE pile_id = $1";
    let newest = conn.one(sql, &[pile.into()], |row| row.int_opt(0))?.unwrap_or(0);
    let (mut low, mut high) = (wanted.from / FRAME_BLOCK, newest + 1);
    while low < high {
        let middle = low.midpoint(high);
        let entry = conn.find(
            "SELECT block, at_ms FROM frame_block WHERE pile_id = $1 AND block >= $2 ORDER BY block LIMIT 1",
            &[pile.into(), middle.into()],
            |row| Ok((row.int(0)?, row.int(1)?)),
        )?;
        match entry {
            Some((block, at_ms)) if at_ms <= until_ms => low = block + 1,
            _ => high = middle,
        }
    }
    Ok(low * FRAME_BLOCK)
}

/// How many steps back along a pile's frames are asked for at once.
const STEPS: usize = 512;

/// The ids of the wanted frames, newest first: from the newest one each frame names the one before it.
/// Where it does not (the server was started in between) the blocks of the pile are asked.
fn walk(conn: &mut Conn, filter: &FrameFilter) -> DbResult<Vec<i64>> {
    let from = filter.from.unwrap_or(0);
    let mut before = filter.before.unwrap_or(i64::MAX);
    let (mut ids, mut next) = (Vec::new(), None);
    while ids.len() < filter.limit {
        let head = match next.take() {
            Some(id) => id,
            None => match newest(conn, filter.pile, from, before)? {
                Some(id) => id,
                None => break,
            },
        };
        let steps = if filter.order.is_some() { STEPS } else { STEPS.min(filter.limit - ids.len()) };
        let (mut last, mut taken) = ((head, None), 0);
        conn.query(
            "WITH RECURSIVE chain (id, previous_id, order_id, place) AS (\
             SELECT id, previous_id, order_id, CAST(1 AS BIGINT) FROM frame WHERE id = $1 \
             UNION ALL SELECT f.id, f.previous_id, f.order_id, c.place + 1 FROM chain c \
             JOIN frame f ON f.id = c.previous_id WHERE f.id >= $2 AND c.place < $3) \
             SELECT id, previous_id, order_id FROM chain ORDER BY place",
            &[head.into(), from.into(), i64::try_from(steps).unwrap_or(i64::MAX).into()],
            |row| {
                last = (row.int(0)?, row.int_opt(1)?);
                taken += 1;
                if filter.order.is_none() || filter.order == row.int_opt(2)? {
                    ids.push(last.0);
                }
                Ok(())
            },
        )?;
        before = last.0;
        match last.1 {
            Some(previous) if previous < from => break,
            Some(previous) if taken == steps => next = Some(previous),
            _ => {}
        }
    }
    ids.truncate(filter.limit);
    Ok(ids)
}

/// The newest frame of a pile in a range of ids, by its blocks.
fn newest(conn: &mut Conn, pile: PileId, from: i64, before: i64) -> DbResult<Option<i64>> {
    let mut below = before.saturating_sub(1) / FRAME_BLOCK + 1;
    loop {
        let blocks = conn.query(
            "SELECT block FROM frame_block WHERE pile_id = $1 AND block < $2 AND block >= $3 \
             ORDER BY block DESC LIMIT 16",
            &[pile.0.into(), below.into(), (from / FRAME_BLOCK).into()],
            |row| row.int(0),
        )?;
        let Some(oldest) = blocks.last().copied() else { return Ok(None) };
        for block in blocks {
            let first = (block * FRAME_BLOCK).max(from);
            let end = ((block + 1) * FRAME_BLOCK).min(before);
            let found = conn.find(
                "SELECT id FROM frame WHERE id >= $1 AND id < $2 AND pile_id = $3 ORDER BY id DESC LIMIT 1",
                &[first.into(), end.into(), pile.0.into()],
                |row| row.int(0),
            )?;
            if found.is_some() {
                return Ok(found);
            }
        }
        below = oldest;
    }
}

/// Rows asked for by one statement, whose text is the same whatever their number.
const PORTION: usize = 32;

/// These frames, newest first.
fn rows(conn: &mut Conn, ids: &[i64]) -> DbResult<Vec<Frame>> {
    let Some(last) = ids.last() else { return Ok(Vec::new()) };
    let names: Vec<String> = (1..=PORTION).map(|number| format!("${number}")).collect();
    let sql = format!("SELECT {COLUMNS} FROM frame WHERE id IN ({}) ORDER BY id DESC", names.join(", "));
    let ids: Vec<Value<'_>> =
        ids.iter().chain(std::iter::repeat(last)).take(PORTION).map(|id| (*id).into()).collect();
    conn.query(&sql, &ids, frame)
}

fn frame(row: &Row<'_>) -> DbResult<Frame> {
    Ok(Frame {
        id: row.int(0)?,
        at_ms: row.int(1)?,
        up: row.bool(2)?,
        kind: row.text(3)?,
        connector: row.int_opt(4)?,
        order: row.int_opt(5)?,
        verdict: row.word(6, Verdict::parse)?,
        note: row.text_opt(7)?,
        body: row.bytes(8)?,
        answer: row.bytes_opt(9)?,
        trace: row.bytes_opt(10)?.and_then(|bytes| TraceId::from_bytes(bytes.try_into().ok()?)),
    })
}

/// One step of forgetting: the oldest block of ids, if every frame in it is older than `before_ms`.
/// How many frames went; a step that finds nothing to do is the last one.
pub fn prune(tx: &mut Tx<'_>, before_ms: i64) -> Result<u64> {
    let Some(oldest) = tx.query("SELECT MIN(id) FROM frame", &[], |row| row.int_opt(0))?.pop().flatten()
    else {
        return Ok(0);
    };
    let block = oldest / FRAME_BLOCK;
    let range = [Value::Int(block * FRAME_BLOCK), Value::Int((block + 1) * FRAME_BLOCK)];
    let latest = "SELECT MAX(at_ms) FROM frame WHERE id >= $1 AND id < $2";
    let latest = tx.query(latest, &range, |row| row.int_opt(0))?.pop().flatten();
    if latest.is_none_or(|at_ms| at_ms >= before_ms) {
        return Ok(0);
    }
    // Found through the piles of the block: the key of frame_block begins with the pile.
    tx.execute(
        "DELETE FROM frame_block WHERE pile_id IN (SELECT DISTINCT pile_id FROM frame WHERE id >= $1 AND id < $2) \
         AND block = $3",
        &[range[0].clone(), range[1].clone(), block.into()],
    )?;
    tx.execute("DELETE FROM frame WHERE id >= $1 AND id < $2", &range)
}
