//! 充电卡 as staff see them.

use crate::db::{Conn, DbResult};
use crate::filter::{Filter, Page, count, is_asked};
use crate::sort::{Sort, SortColumn};
use model::card::CardStatus;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Card)]
pub struct CardView {
    pub id: i64,
    pub tag: String,
    pub status: CardStatus,
    /// Cards of one group may stop each other's sessions.
    pub group: Option<String>,
    pub customer_name: Option<String>,
    pub expires_at_ms: Option<i64>,
    /// How many sessions may run on it at once.
    pub sessions_max: i64,
    pub created_at_ms: i64,
    /// Whether it charges where a pile cannot ask.
    pub offline: bool,
}

#[derive(Clone, Debug, Default)]
pub struct CardFilter {
    pub tag: Option<String>,
    pub status: Option<CardStatus>,
    pub offline: Option<bool>,
    pub sort: Sort,
    pub limit: i64,
}

pub const SORTS: &[SortColumn] = &[
    SortColumn::text("tag", "k.tag"),
    SortColumn::number("created_at_ms", "k.created_at_ms"),
    SortColumn::number("expires_at_ms", "COALESCE(k.expires_at_ms, 9000000000000000)"),
];

/// Cards belong to the platform (they charge at every operator's piles). Newest first.
pub fn card_list(conn: &mut Conn, wanted: &CardFilter) -> DbResult<Page<CardView>> {
    let mut filter = Filter::new();
    filter.and_contains("LOWER(k.tag) LIKE ?", wanted.tag.as_deref());
    filter.and_some("k.status = ?", wanted.status.map(CardStatus::as_str));
    filter.and_some("k.offline = ?", wanted.offline);
    let (all, sort) = (filter.clone(), &wanted.sort);
    sort.page(&mut filter, "k.id");
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT k.id, k.tag, k.status, k.card_group, c.name, k.expires_at_ms, k.sessions_max, k.created_at_ms, k.offline, {} \
         FROM card k LEFT JOIN customer c ON c.id = k.customer_id {} ORDER BY {} LIMIT {limit}",
        wanted.sort.value("k.id"),
        filter.sql(),
        wanted.sort.order("k.id"),
    );
    let rows = conn.query(&sql, &filter.values, |row| {
        let card = CardView {
            id: row.int(0)?,
            tag: row.text(1)?,
            status: row.word(2, CardStatus::parse)?,
            group: row.text_opt(3)?,
            customer_name: row.text_opt(4)?,
            expires_at_ms: row.int_opt(5)?,
            sessions_max: row.int(6)?,
            created_at_ms: row.int(7)?,
            offline: row.bool(8)?,
        };
        Ok((wanted.sort.cursor(row, 9, card.id)?, card))
    })?;
    // Looking for a part of a number reads every card: once, for the page.
    let total = if sort.is_first() && rows.len() as i64 <= wanted.limit {
        Some(rows.len() as i64)
    } else if is_asked(wanted.tag.as_deref()) {
        None
    } else {
        Some(conn.one(&format!("SELECT COUNT(*) FROM card k {}", all.sql()), &all.values, count)?)
    };
    Ok(Page::of_sorted(rows, wanted.limit, total))
}
