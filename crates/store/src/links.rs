//! 上下线记录: the links that piles have had.

use crate::Tx;
use crate::db::{Conn, DbResult, Insert, Inserts, Row};
use crate::filter::{Filter, Page};
use crate::pending::latest;
use model::Result;
use model::id::PileId;
use model::site::{LinkEnd, SecurityProfile};
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// A link that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkRow {
    pub pile: PileId,
    pub from: Timestamp,
    pub to: Timestamp,
    pub remote_address: String,
    /// What it came in with; 云快充 piles show nothing but their number.
    pub shown: Option<SecurityProfile>,
    pub ended: LinkEnd,
}

/// A link as staff see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Link)]
pub struct LinkView {
    pub from_ms: i64,
    pub to_ms: i64,
    pub remote_address: String,
    pub shown: Option<SecurityProfile>,
    pub ended: LinkEnd,
    /// Until the next link of this pile came, so far; null: it is on line, or this is the newest of a page.
    pub offline_ms: Option<i64>,
}

/// So many links that ended within an hour make a pile one that comes and goes.
pub const FLAPPING: i64 = 5;

static LINK: Insert = Insert {
    table: "link",
    columns: &["pile_id", "from_ms", "to_ms", "remote_address", "shown", "ended"],
    on_conflict: "ON CONFLICT (pile_id, from_ms) DO NOTHING",
};

pub(crate) fn inserts(rows: &[LinkRow]) -> Inserts<'_> {
    let mut values = Vec::new();
    for link in latest(rows, |link| (link.pile, link.from)) {
        values.extend([
            link.pile.0.into(),
            link.from.as_ms().into(),
            link.to.as_ms().into(),
            (&link.remote_address).into(),
            link.shown.map(SecurityProfile::as_str).into(),
            link.ended.as_str().into(),
        ]);
    }
    Inserts { insert: &LINK, values }
}

/// After a start of the server: the links that the last run had and did not end.
pub fn cut(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64> {
    tx.execute(
        "INSERT INTO link (pile_id, from_ms, to_ms, remote_address, shown, ended) \
         SELECT id, connected_at_ms, $1, COALESCE(remote_address, ''), NULL, $2 FROM pile \
         WHERE online AND connected_at_ms IS NOT NULL ON CONFLICT (pile_id, from_ms) DO NOTHING",
        &[now.as_ms().into(), LinkEnd::Cut.as_str().into()],
    )
}

fn view(row: &Row<'_>) -> DbResult<LinkView> {
    Ok(LinkView {
        from_ms: row.int(0)?,
        to_ms: row.int(1)?,
        remote_address: row.text(2)?,
        shown: row.text_opt(3)?.as_deref().and_then(SecurityProfile::parse),
        ended: row.word(4, LinkEnd::parse)?,
        offline_ms: None,
    })
}

/// The links of a pile, the newest first, before a moment. `next_from`: when the link after the newest began.
pub fn link_list(
    conn: &mut Conn,
    pile: PileId,
    before: Option<i64>,
    next_from: Option<i64>,
    limit: i64,
) -> DbResult<Page<LinkView>> {
    let mut filter = Filter::new();
    filter.and_value("pile_id = ?", pile.0);
    filter.and_some("from_ms < ?", before);
    let most = filter.bind(limit + 1);
    let sql = format!(
        "SELECT from_ms, to_ms, remote_address, shown, ended FROM link {} ORDER BY from_ms DESC LIMIT {most}",
        filter.sql()
    );
    let mut rows = conn.query(&sql, &filter.values, view)?;
    let mut next = before.or(next_from);
    for row in &mut rows {
        row.offline_ms = next.map(|next| (next - row.to_ms).max(0));
        next = Some(row.from_ms);
    }
    Ok(Page::of(rows, limit, None, |link| link.from_ms.to_string()))
}

/// What a pile's links of a time come to.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub struct LinkFigures {
    /// Links that ended.
    pub ended_count: i64,
    /// Links that ended within the last hour.
    pub last_hour_count: i64,
    /// Whether it comes and goes.
    pub flapping: bool,
    /// When the link that is up was last slowed down, because the pile said too much at once.
    pub slowed_at_ms: Option<i64>,
}

pub fn link_figures(
    conn: &mut Conn,
    pile: PileId,
    from: Timestamp,
    hour: Timestamp,
) -> DbResult<LinkFigures> {
    let sql = "SELECT COUNT(*), COALESCE(SUM(CASE WHEN to_ms >= $1 THEN 1 ELSE 0 END), 0) FROM link \
         WHERE pile_id = $2 AND from_ms >= $3 AND to_ms >= $4";
    // No link is older than half a year: the key serves.
    let oldest = from.plus_ms(-190 * model::time::DAY_MS);
    let values = [hour.as_ms().into(), pile.0.into(), oldest.as_ms().into(), from.as_ms().into()];
    let found = conn.find(sql, &values, |row| Ok((row.int(0)?, row.int(1)?)))?;
    let (ended_count, last_hour_count) = found.unwrap_or_default();
    Ok(LinkFigures {
        ended_count,
        last_hour_count,
        flapping: last_hour_count >= FLAPPING,
        slowed_at_ms: None,
    })
}

/// One small step; how many went.
pub fn prune(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64> {
    tx.execute(
        "DELETE FROM link WHERE to_ms < $1 AND to_ms <= \
         (SELECT MAX(to_ms) FROM (SELECT to_ms FROM link ORDER BY to_ms LIMIT 5000) AS oldest)",
        &[before.as_ms().into()],
    )
}
