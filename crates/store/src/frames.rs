//! The frame log: everything that was said on the wire, append-only.

use crate::db::{Conn, DbResult, Insert, Inserts, Row};
use crate::ids::FRAME_BLOCK;
use model::id::PileId;

#[derive(Clone, Debug, Default)]
pub struct FrameRow {
    /// Given by [`crate::Tx::frame_append`].
    pub id: i64,
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

const COLUMNS: &str = "id, at_ms, up, kind, connector_no, order_id, verdict, note, body, answer";

/// The newest frames first. Walks the blocks of the pile, newest first, until the page is full.
pub fn list(conn: &mut Conn, filter: &FrameFilter) -> DbResult<Vec<Frame>> {
    let before = filter.before.unwrap_or(i64::MAX);
    let from = filter.from.unwrap_or(0);
    let mut newest = before.saturating_sub(1) / FRAME_BLOCK;
    let mut found = Vec::new();
    while found.len() < filter.limit {
        let blocks = conn.query(
            "SELECT block FROM frame_block WHERE pile_id = $1 AND block <= $2 AND block >= $3 \
             ORDER BY block DESC LIMIT 16",
            &[filter.pile.0.into(), newest.into(), (from / FRAME_BLOCK).into()],
            |row| row.int(0),
        )?;
        let Some(oldest) = blocks.last().copied() else { break };
        for block in blocks {
            let wanted = i64::try_from(filter.limit - found.len()).unwrap_or(i64::MAX);
            let first = (block * FRAME_BLOCK).max(from);
            let end = ((block + 1) * FRAME_BLOCK).min(before);
            let order =
                if filter.order.is_some() { "AND order_id = $4 " } else { "AND COALESCE($4, 0) = 0 " };
            found.extend(conn.query(
                &format!(
                    "SELECT {COLUMNS} FROM frame WHERE id >= $1 AND id < $2 AND pile_id = $3 {order}\
                     ORDER BY id DESC LIMIT $5"
                ),
                &[first.into(), end.into(), filter.pile.0.into(), filter.order.into(), wanted.into()],
                frame,
            )?);
            if found.len() >= filter.limit {
                break;
            }
        }
        newest = oldest - 1;
        if oldest == 0 {
            break;
        }
    }
    Ok(found)
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
    })
}

/// Forgets frames before an id (and their blocks); how many went.
pub fn prune(conn: &mut Conn, before: i64) -> DbResult<u64> {
    let block = before / FRAME_BLOCK;
    let gone = conn.execute("DELETE FROM frame WHERE id < $1", &[(block * FRAME_BLOCK).into()])?;
    conn.execute("DELETE FROM frame_block WHERE block < $1", &[block.into()])?;
    Ok(gone)
}
