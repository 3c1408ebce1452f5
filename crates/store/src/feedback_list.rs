//! 客服反馈 as staff see it, and as the person who wrote sees it.

use crate::attachments;
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::order_list::order_no;
use crate::sort::{Sort, SortColumn};
use model::access::Scope;
use model::feedback::{FeedbackAction, FeedbackKind, FeedbackSource, FeedbackState, phone_masked};
use model::id::FeedbackId;
use model::order::OrderState;
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// The noun under which its photos are kept.
pub const PHOTOS: &str = "feedback";

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Feedback)]
pub struct FeedbackView {
    pub id: i64,
    pub no: String,
    pub source: FeedbackSource,
    pub kind: FeedbackKind,
    /// A code of the dictionary of categories.
    pub category: String,
    pub content: String,
    pub photo_count: i64,
    pub customer_id: Option<i64>,
    /// As they gave it, or as we know them.
    pub name: Option<String>,
    /// Masked.
    pub phone: Option<String>,
    pub station_id: Option<i64>,
    pub station_name: Option<String>,
    pub pile_code: Option<String>,
    pub connector_no: Option<i64>,
    pub order_id: Option<i64>,
    pub order_no: Option<String>,
    pub state: FeedbackState,
    pub handler_id: Option<i64>,
    pub handler_name: Option<String>,
    pub created_at_ms: i64,
    pub answered_at_ms: Option<i64>,
    pub closed_at_ms: Option<i64>,
    pub answer_due_ms: i64,
    pub close_due_ms: i64,
    /// Still open, and the first answer or the end is later than promised.
    pub overdue: bool,
    pub version: i64,
    /// What the person thinks of how it was handled, 1 to 5.
    pub score: Option<i64>,
    pub score_text: Option<String>,
    pub scored_at_ms: Option<i64>,
    /// Since when a chief is to look at it.
    pub escalated_at_ms: Option<i64>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FeedbackDetail {
    #[serde(flatten)]
    pub feedback: FeedbackView,
    pub merged_into: Option<FeedbackBrief>,
    pub events: Vec<FeedbackEvent>,
    /// Ids of its photos.
    pub photos: Vec<i64>,
    /// The last orders of the customer, newest first.
    pub orders: Vec<FeedbackOrder>,
    /// What else came from the same number, newest first.
    pub others: Vec<FeedbackBrief>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FeedbackEvent {
    pub at_ms: i64,
    pub action: FeedbackAction,
    pub staff_name: Option<String>,
    pub text: String,
    /// The person who wrote sees it too.
    pub told: bool,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FeedbackBrief {
    pub id: i64,
    pub no: String,
    pub category: String,
    pub content: String,
    pub state: FeedbackState,
    pub created_at_ms: i64,
    pub version: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FeedbackOrder {
    pub id: i64,
    pub order_no: String,
    pub station_name: String,
    pub state: OrderState,
    pub started_at_ms: i64,
    pub energy_dwh: i64,
    pub total_fen: i64,
}

#[derive(Clone, Debug, Default)]
pub struct FeedbackFilter {
    pub source: Option<FeedbackSource>,
    pub kind: Option<FeedbackKind>,
    pub from_ms: Option<i64>,
    /// Exclusive.
    pub to_ms: Option<i64>,
    pub no: Option<String>,
    pub customer_id: Option<String>,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub state: Option<FeedbackState>,
    pub category: Option<String>,
    pub handler: Option<String>,
    pub station_name: Option<String>,
    pub overdue: Option<bool>,
    pub escalated: Option<bool>,
    /// 1 to 5.
    pub score: Option<i64>,
    pub sort: Sort,
    pub limit: i64,
}

const OPEN: &str = "f.state <> 'closed' AND f.state <> 'merged'";

const COLUMNS: &str = "f.id, f.no, f.source, f.kind, f.category, f.content, \
    (SELECT COUNT(*) FROM attachment a WHERE a.noun = 'feedback' AND a.noun_id = f.id), f.customer_id, \
    COALESCE(f.name, c.name), f.phone, f.station_id, s.name, p.code, f.connector_no, f.order_id, o.created_at_ms, \
    f.state, f.handler_id, h.name, f.created_at_ms, f.answered_at_ms, f.closed_at_ms, f.answer_due_ms, \
    f.close_due_ms, f.version, f.score, f.score_text, f.scored_at_ms, f.escalated_at_ms";

const FROM: &str = "FROM feedback f LEFT JOIN customer c ON c.id = f.customer_id \
    LEFT JOIN station s ON s.id = f.station_id LEFT JOIN pile p ON p.id = f.pile_id \
    LEFT JOIN orders o ON o.id = f.order_id LEFT JOIN staff h ON h.id = f.handler_id";

fn view(row: &Row<'_>, now: Timestamp) -> DbResult<FeedbackView> {
    let state = row.word(16, FeedbackState::parse)?;
    let (answered_at_ms, answer_due_ms, close_due_ms) = (row.int_opt(20)?, row.int(22)?, row.int(23)?);
    let order = row.int_opt(14)?.zip(row.int_opt(15)?);
    let late = answered_at_ms.is_none() && answer_due_ms < now.as_ms() || close_due_ms < now.as_ms();
    Ok(FeedbackView {
        id: row.int(0)?,
        no: row.text(1)?,
        source: row.word(2, FeedbackSource::parse)?,
        kind: row.word(3, FeedbackKind::parse)?,
        category: row.text(4)?,
        content: row.text(5)?,
        photo_count: row.int(6)?,
        customer_id: row.int_opt(7)?,
        name: row.text_opt(8)?,
        phone: row.text_opt(9)?.map(|phone| phone_masked(&phone)),
        station_id: row.int_opt(10)?,
        station_name: row.text_opt(11)?,
        pile_code: row.text_opt(12)?,
        connector_no: row.int_opt(13)?,
        order_id: order.map(|(id, _)| id),
        order_no: order.map(|(id, created)| order_no(id, created)),
        state,
        handler_id: row.int_opt(17)?,
        handler_name: row.text_opt(18)?,
        created_at_ms: row.int(19)?,
        answered_at_ms,
        closed_at_ms: row.int_opt(21)?,
        answer_due_ms,
        close_due_ms,
        overdue: state.is_open() && late,
        version: row.int(24)?,
        score: row.int_opt(25)?,
        score_text: row.text_opt(26)?,
        scored_at_ms: row.int_opt(27)?,
        escalated_at_ms: row.int_opt(28)?,
    })
}

fn filter(scope: &Scope, wanted: &FeedbackFilter, now: Timestamp) -> Filter {
    let mut filter = Filter::new();
    filter.scope("f.operator_id", "f.station_id", scope);
    filter.and_some("f.created_at_ms >= ?", wanted.from_ms);
    filter.and_some("f.created_at_ms < ?", wanted.to_ms);
    filter.and_some("f.source = ?", wanted.source.map(FeedbackSource::as_str));
    filter.and_some("f.kind = ?", wanted.kind.map(FeedbackKind::as_str));
    filter.and_some("f.category = ?", wanted.category.clone());
    filter.and_some("f.state = ?", wanted.state.map(FeedbackState::as_str));
    filter.and_some("f.score = ?", wanted.score);
    match wanted.escalated {
        Some(true) => filter.and(&format!("f.escalated_at_ms IS NOT NULL AND {OPEN}")),
        Some(false) => filter.and(&format!("NOT (f.escalated_at_ms IS NOT NULL AND {OPEN})")),
        None => {}
    }
    filter.and_contains("LOWER(f.no) LIKE ?", wanted.no.as_deref());
    filter.and_contains("CAST(f.customer_id AS TEXT) LIKE ?", wanted.customer_id.as_deref());
    filter.and_contains("LOWER(COALESCE(f.name, c.name)) LIKE ?", wanted.name.as_deref());
    filter.and_contains("f.phone LIKE ?", wanted.phone.as_deref());
    filter.and_contains("LOWER(h.name) LIKE ?", wanted.handler.as_deref());
    filter.and_contains("LOWER(s.name) LIKE ?", wanted.station_name.as_deref());
    if let Some(overdue) = wanted.overdue {
        let now = filter.bind(now.as_ms());
        let late = format!(
            "({OPEN} AND ((f.answered_at_ms IS NULL AND f.answer_due_ms < {now}) OR f.close_due_ms < {now}))"
        );
        filter.and(&if overdue { late } else { format!("NOT {late}") });
    }
    filter
}

/// Where the value stands by which a page is sorted: behind the columns.
const SORT_VALUE: usize = 29;

/// What has not been answered has waited longest.
pub const SORTS: &[SortColumn] = &[
    SortColumn::number("created_at_ms", "f.created_at_ms"),
    SortColumn::number("answer_ms", "COALESCE(f.answered_at_ms - f.created_at_ms, 9000000000000000)"),
    SortColumn::number("close_due_ms", "f.close_due_ms"),
];

pub fn feedback_list(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &FeedbackFilter,
    now: Timestamp,
) -> DbResult<Page<FeedbackView>> {
    let mut filter = filter(scope, wanted, now);
    let total = conn.one(&format!("SELECT COUNT(*) {FROM} {}", filter.sql()), &filter.values, count)?;
    wanted.sort.page(&mut filter, "f.id");
    let limit = filter.bind(wanted.limit + 1);
    let (value, order) = (wanted.sort.value("f.id"), wanted.sort.order("f.id"));
    let sql = format!("SELECT {COLUMNS}, {value} {FROM} {} ORDER BY {order} LIMIT {limit}", filter.sql());
    let rows = conn.query(&sql, &filter.values, |row| {
        let one = view(row, now)?;
        Ok((wanted.sort.cursor(row, SORT_VALUE, one.id)?, one))
    })?;
    Ok(Page::of_sorted(rows, wanted.limit, Some(total)))
}

/// What waits for staff.
pub struct FeedbackTodo {
    /// Nobody has accepted it yet.
    pub waiting: i64,
    pub overdue: i64,
    pub escalated: i64,
}

pub fn feedback_todo(conn: &mut Conn, scope: &Scope, now: Timestamp) -> DbResult<FeedbackTodo> {
    let mut filter = Filter::new();
    let now = filter.bind(now.as_ms());
    filter.and(OPEN);
    filter.scope("f.operator_id", "f.station_id", scope);
    let late = format!("(f.answered_at_ms IS NULL AND f.answer_due_ms < {now}) OR f.close_due_ms < {now}");
    let sum = |condition: &str| {
        format!("CAST(COALESCE(SUM(CASE WHEN {condition} THEN 1 ELSE 0 END), 0) AS BIGINT)")
    };
    let sql = format!(
        "SELECT {}, {}, {} FROM feedback f {}",
        sum("f.state = 'waiting'"),
        sum(&late),
        sum("f.escalated_at_ms IS NOT NULL"),
        filter.sql()
    );
    conn.one(&sql, &filter.values, |row| {
        Ok(FeedbackTodo { waiting: row.int(0)?, overdue: row.int(1)?, escalated: row.int(2)? })
    })
}

pub fn feedback_get(
    conn: &mut Conn,
    scope: &Scope,
    id: FeedbackId,
    now: Timestamp,
) -> DbResult<Option<FeedbackDetail>> {
    let mut filter = Filter::new();
    filter.and_value("f.id = ?", id.0);
    filter.scope("f.operator_id", "f.station_id", scope);
    let sql = format!("SELECT {COLUMNS}, f.merged_into {FROM} {}", filter.sql());
    let Some((feedback, phone, merged_into)) =
        conn.find(&sql, &filter.values, |row| Ok((view(row, now)?, row.text_opt(9)?, row.int_opt(29)?)))?
    else {
        return Ok(None);
    };
    let merged_into = match merged_into {
        Some(id) => briefs(conn, scope, "f.id = ?", id.into())?.pop(),
        None => None,
    };
    let mut others = match phone {
        Some(phone) => briefs(conn, scope, "f.phone = ?", phone.into())?,
        None => Vec::new(),
    };
    others.retain(|other| other.id != id.0);
    let orders = match feedback.customer_id {
        Some(customer) => last_orders(conn, scope, customer)?,
        None => Vec::new(),
    };
    let events = feedback_events(conn, id)?;
    let photos = attachments::of(conn, PHOTOS, id.0)?;
    Ok(Some(FeedbackDetail { feedback, merged_into, events, photos, orders, others }))
}

/// Its story from the beginning.
pub fn feedback_events(conn: &mut Conn, id: FeedbackId) -> DbResult<Vec<FeedbackEvent>> {
    let sql =
        "SELECT at_ms, action, staff_name, text, told FROM feedback_event WHERE feedback_id = $1 ORDER BY id";
    conn.query(sql, &[id.0.into()], |row| {
        Ok(FeedbackEvent {
            at_ms: row.int(0)?,
            action: row.word(1, FeedbackAction::parse)?,
            staff_name: row.text_opt(2)?,
            text: row.text(3)?,
            told: row.bool(4)?,
        })
    })
}

pub(crate) fn briefs(
    conn: &mut Conn,
    scope: &Scope,
    condition: &str,
    value: crate::Value<'static>,
) -> DbResult<Vec<FeedbackBrief>> {
    let mut filter = Filter::new();
    filter.and_value(condition, value);
    filter.scope("f.operator_id", "f.station_id", scope);
    let sql = format!(
        "SELECT f.id, f.no, f.category, f.content, f.state, f.created_at_ms, f.version FROM feedback f {} \
         ORDER BY f.id DESC LIMIT 20",
        filter.sql()
    );
    conn.query(&sql, &filter.values, |row| {
        Ok(FeedbackBrief {
            id: row.int(0)?,
            no: row.text(1)?,
            category: row.text(2)?,
            content: row.text(3)?,
            state: row.word(4, FeedbackState::parse)?,
            created_at_ms: row.int(5)?,
            version: row.int(6)?,
        })
    })
}

fn last_orders(conn: &mut Conn, scope: &Scope, customer: i64) -> DbResult<Vec<FeedbackOrder>> {
    let mut filter = Filter::new();
    filter.and_value("o.customer_id = ?", customer);
    filter.scope("o.operator_id", "o.station_id", scope);
    let sql = format!(
        "SELECT o.id, o.created_at_ms, s.name, o.state, o.started_at_ms, o.energy_dwh, o.total_fen \
         FROM orders o JOIN station s ON s.id = o.station_id {} ORDER BY o.started_at_ms DESC LIMIT 10",
        filter.sql()
    );
    conn.query(&sql, &filter.values, |row| {
        Ok(FeedbackOrder {
            id: row.int(0)?,
            order_no: order_no(row.int(0)?, row.int(1)?),
            station_name: row.text(2)?,
            state: row.word(3, OrderState::parse)?,
            started_at_ms: row.int(4)?,
            energy_dwh: row.int(5)?,
            total_fen: row.int(6)?,
        })
    })
}
