//! 退款 as its page shows it.

use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count_some};
use crate::order_list::order_no_opt;
use crate::payment_list::{PaymentEvent, events};
use model::access::Scope;
use model::pay::{RefundKind, RefundRoute, RefundState};
use model::time::{HOUR_MS, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

/// What a channel has had for longer than this is stuck, and wants a person.
pub const STUCK_MS: i64 = 24 * HOUR_MS;

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Refund)]
pub struct RefundView {
    pub id: i64,
    pub no: String,
    pub payment_id: i64,
    pub payment_no: String,
    pub pay_channel_name: String,
    pub kind: RefundKind,
    pub customer_id: i64,
    pub customer_name: String,
    pub order_id: Option<i64>,
    pub order_no: Option<String>,
    pub amount_fen: i64,
    pub reason: String,
    pub route: RefundRoute,
    pub state: RefundState,
    pub channel_no: Option<String>,
    pub message: Option<String>,
    /// How often it was sent.
    pub tries: i64,
    pub staff_id: i64,
    pub staff_name: String,
    pub created_at_ms: i64,
    pub decided_by_name: Option<String>,
    pub decided_at_ms: Option<i64>,
    pub submitted_at_ms: Option<i64>,
    pub ended_at_ms: Option<i64>,
    pub proof: Option<String>,
    pub version: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RefundDetail {
    #[serde(flatten)]
    pub refund: RefundView,
    /// Of the payment.
    pub paid_fen: i64,
    pub paid_at_ms: Option<i64>,
    pub events: Vec<PaymentEvent>,
}

#[derive(Clone, Debug, Default)]
pub struct RefundFilter {
    /// Ours, the payment's or the channel's.
    pub no: Option<String>,
    pub customer: Option<String>,
    pub customer_id: Option<i64>,
    pub kind: Option<RefundKind>,
    pub state: Option<RefundState>,
    pub route: Option<RefundRoute>,
    /// With the channel for longer than a day at this moment.
    pub stuck_at: Option<Timestamp>,
    pub from_ms: Option<i64>,
    /// Exclusive.
    pub to_ms: Option<i64>,
}

const FROM: &str = "refund f JOIN payment p ON p.id = f.payment_id JOIN pay_channel c ON c.id = f.pay_channel_id \
    LEFT JOIN customer u ON u.id = f.customer_id LEFT JOIN orders o ON o.id = f.order_id";

const COLUMNS: &str = "f.id, f.no, f.payment_id, p.no, c.name, f.kind, f.customer_id, u.name, f.order_id, \
    o.created_at_ms, f.amount_fen, f.reason, f.route, f.state, f.channel_no, f.message, f.tries, f.staff_id, \
    f.staff_name, f.created_at_ms, f.decided_by_name, f.decided_at_ms, f.submitted_at_ms, f.ended_at_ms, f.proof, \
    f.version, p.amount_fen, p.paid_at_ms";

fn view(row: &Row<'_>) -> DbResult<RefundView> {
    let order_id = row.int_opt(8)?;
    Ok(RefundView {
        id: row.int(0)?,
        no: row.text(1)?,
        payment_id: row.int(2)?,
        payment_no: row.text(3)?,
        pay_channel_name: row.text(4)?,
        kind: row.word(5, RefundKind::parse)?,
        customer_id: row.int(6)?,
        customer_name: row.text_opt(7)?.unwrap_or_default(),
        order_id,
        order_no: order_no_opt(order_id, row.int_opt(9)?),
        amount_fen: row.int(10)?,
        reason: row.text(11)?,
        route: row.word(12, RefundRoute::parse)?,
        state: row.word(13, RefundState::parse)?,
        channel_no: row.text_opt(14)?,
        message: row.text_opt(15)?,
        tries: row.int(16)?,
        staff_id: row.int(17)?,
        staff_name: row.text(18)?,
        created_at_ms: row.int(19)?,
        decided_by_name: row.text_opt(20)?,
        decided_at_ms: row.int_opt(21)?,
        submitted_at_ms: row.int_opt(22)?,
        ended_at_ms: row.int_opt(23)?,
        proof: row.text_opt(24)?,
        version: row.int(25)?,
    })
}

impl RefundFilter {
    fn filter(&self, scope: &Scope) -> Filter {
        let mut filter = Filter::new();
        filter.scope("f.operator_id", "o.station_id", scope);
        filter.and_contains(
            "LOWER(f.no || ' ' || p.no || ' ' || COALESCE(f.channel_no, '')) LIKE ?",
            self.no.as_deref(),
        );
        filter.and_contains(
            "LOWER(COALESCE(u.name, '') || ' ' || COALESCE(u.phone, '')) LIKE ?",
            self.customer.as_deref(),
        );
        filter.and_some("f.customer_id = ?", self.customer_id);
        filter.and_some("f.kind = ?", self.kind.map(RefundKind::as_str));
        filter.and_some("f.state = ?", self.state.map(RefundState::as_str));
        filter.and_some("f.route = ?", self.route.map(RefundRoute::as_str));
        if let Some(now) = self.stuck_at {
            filter.and("f.state IN ('submitted', 'processing')");
            filter.and_value("f.submitted_at_ms < ?", now.plus_ms(-STUCK_MS).as_ms());
        }
        filter.and_some("f.created_at_ms >= ?", self.from_ms);
        filter.and_some("f.created_at_ms < ?", self.to_ms);
        filter
    }
}

/// Newest first.
pub fn refund_list(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &RefundFilter,
    (before, limit): (Option<i64>, i64),
) -> DbResult<Page<RefundView>> {
    let mut filter = wanted.filter(scope);
    let total = count_some(conn, FROM, &filter)?;
    filter.and_some("f.id < ?", before);
    let most = filter.bind(limit + 1);
    let sql = format!("SELECT {COLUMNS} FROM {FROM} {} ORDER BY f.id DESC LIMIT {most}", filter.sql());
    let rows = conn.query(&sql, &filter.values, view)?;
    Ok(Page::of(rows, limit, total, |one| one.id.to_string()))
}

/// 合计 of what the filters select.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RefundTotals {
    pub count: i64,
    pub done_count: i64,
    pub done_fen: i64,
    /// Reserved and not gone yet.
    pub reserved_fen: i64,
}

pub fn refund_totals_get(conn: &mut Conn, scope: &Scope, wanted: &RefundFilter) -> DbResult<RefundTotals> {
    let filter = wanted.filter(scope);
    let sql = format!(
        "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN f.state = 'done' THEN 1 ELSE 0 END), 0) AS BIGINT), \
         CAST(COALESCE(SUM(CASE WHEN f.state = 'done' THEN f.amount_fen ELSE 0 END), 0) AS BIGINT), \
         CAST(COALESCE(SUM(CASE WHEN f.state IN ('done', 'rejected', 'cancelled') THEN 0 ELSE f.amount_fen END), 0) \
         AS BIGINT) FROM {FROM} {}",
        filter.sql()
    );
    conn.one(&sql, &filter.values, |row| {
        Ok(RefundTotals {
            count: row.int(0)?,
            done_count: row.int(1)?,
            done_fen: row.int(2)?,
            reserved_fen: row.int(3)?,
        })
    })
}

pub fn refund_get(conn: &mut Conn, scope: &Scope, id: i64) -> DbResult<Option<RefundDetail>> {
    let mut filter = Filter::new();
    filter.scope("f.operator_id", "o.station_id", scope);
    filter.and_value("f.id = ?", id);
    let sql = format!("SELECT {COLUMNS} FROM {FROM} {}", filter.sql());
    let found = conn.find(&sql, &filter.values, |row| Ok((view(row)?, row.int(26)?, row.int_opt(27)?)))?;
    let Some((refund, paid_fen, paid_at_ms)) = found else { return Ok(None) };
    let mut events = events(conn, refund.payment_id)?;
    events.retain(|event| event.refund_id == Some(id));
    Ok(Some(RefundDetail { refund, paid_fen, paid_at_ms, events }))
}

pub fn of_payment(conn: &mut Conn, payment: i64) -> DbResult<Vec<RefundView>> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE f.payment_id = $1 ORDER BY f.id");
    conn.query(&sql, &[payment.into()], view)
}
