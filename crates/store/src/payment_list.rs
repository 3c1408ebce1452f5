//! 支付流水 as its page shows it.

use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count_some};
use crate::order_list::order_no_opt;
use crate::refund_list::{self, RefundView};
use model::access::Scope;
use model::pay::{PayChannelKind, PayScene, PayState, PaymentPurpose};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Payment)]
pub struct PaymentView {
    pub id: i64,
    pub no: String,
    pub pay_channel_id: i64,
    pub pay_channel_name: String,
    pub pay_channel_kind: PayChannelKind,
    pub purpose: PaymentPurpose,
    pub scene: PayScene,
    pub customer_id: i64,
    pub customer_name: String,
    pub order_id: Option<i64>,
    pub order_no: Option<String>,
    /// Of the order; null for a top-up.
    pub operator_name: Option<String>,
    pub amount_fen: i64,
    /// In refunds that were not given up.
    pub refunded_fen: i64,
    pub state: PayState,
    /// Paid after it was closed.
    pub late: bool,
    /// Paid, and owed by nobody: it goes back.
    pub excess: bool,
    /// The channel's own number.
    pub channel_no: Option<String>,
    pub message: Option<String>,
    pub created_at_ms: i64,
    pub expires_at_ms: i64,
    pub paid_at_ms: Option<i64>,
    pub version: i64,
}

/// 时间线: what happened to a payment or a refund of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PaymentEvent {
    pub id: i64,
    /// Of which refund; null: of the payment itself.
    pub refund_id: Option<i64>,
    pub at_ms: i64,
    pub what: String,
    pub words: String,
    pub staff_name: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PaymentDetail {
    #[serde(flatten)]
    pub payment: PaymentView,
    /// Where the customer pays, while it is open.
    pub pay_url: Option<String>,
    pub refunds: Vec<RefundView>,
    pub events: Vec<PaymentEvent>,
}

#[derive(Clone, Debug, Default)]
pub struct PaymentFilter {
    /// The whole of ours or the channel's.
    pub no: Option<String>,
    pub customer: Option<String>,
    pub customer_id: Option<i64>,
    pub pay_channel_id: Option<i64>,
    pub purpose: Option<PaymentPurpose>,
    pub state: Option<PayState>,
    /// Paid late or twice.
    pub odd: Option<bool>,
    pub from_ms: i64,
    /// Exclusive.
    pub to_ms: i64,
}

const FROM: &str = "payment p JOIN pay_channel c ON c.id = p.pay_channel_id LEFT JOIN customer u ON u.id = p.customer_id \
    LEFT JOIN orders o ON o.id = p.order_id LEFT JOIN operator r ON r.id = p.operator_id";

const COLUMNS: &str = "p.id, p.no, p.pay_channel_id, c.name, c.kind, p.purpose, p.customer_id, u.name, p.order_id, \
    o.created_at_ms, r.name, p.amount_fen, p.refunded_fen, p.state, p.late, p.excess, p.channel_no, p.message, \
    p.created_at_ms, p.expires_at_ms, p.paid_at_ms, p.version, p.scene, p.pay_url";

fn view(row: &Row<'_>) -> DbResult<PaymentView> {
    let order_id = row.int_opt(8)?;
    Ok(PaymentView {
        id: row.int(0)?,
        no: row.text(1)?,
        pay_channel_id: row.int(2)?,
        pay_channel_name: row.text(3)?,
        pay_channel_kind: row.word(4, PayChannelKind::parse)?,
        purpose: row.word(5, PaymentPurpose::parse)?,
        customer_id: row.int(6)?,
        customer_name: row.text_opt(7)?.unwrap_or_default(),
        order_id,
        order_no: order_no_opt(order_id, row.int_opt(9)?),
        operator_name: row.text_opt(10)?,
        amount_fen: row.int(11)?,
        refunded_fen: row.int(12)?,
        state: row.word(13, PayState::parse)?,
        late: row.bool(14)?,
        excess: row.bool(15)?,
        channel_no: row.text_opt(16)?,
        message: row.text_opt(17)?,
        created_at_ms: row.int(18)?,
        expires_at_ms: row.int(19)?,
        paid_at_ms: row.int_opt(20)?,
        version: row.int(21)?,
        scene: row.word(22, PayScene::parse)?,
    })
}

impl PaymentFilter {
    fn filter(&self, scope: &Scope) -> Filter {
        let mut filter = Filter::new();
        filter.scope("p.operator_id", "o.station_id", scope);
        if let Some(no) = self.no.as_deref().map(str::trim).filter(|no| !no.is_empty()) {
            let (own, theirs) = (filter.bind(no.to_owned()), filter.bind(no.to_owned()));
            filter.and(&format!("(p.no = {own} OR p.channel_no = {theirs})"));
        }
        filter.and_contains(
            "LOWER(COALESCE(u.name, '') || ' ' || COALESCE(u.phone, '')) LIKE ?",
            self.customer.as_deref(),
        );
        filter.and_some("p.customer_id = ?", self.customer_id);
        filter.and_some("p.pay_channel_id = ?", self.pay_channel_id);
        filter.and_some("p.purpose = ?", self.purpose.map(PaymentPurpose::as_str));
        filter.and_some("p.state = ?", self.state.map(PayState::as_str));
        match self.odd {
            Some(true) => filter.and("(p.late OR p.excess)"),
            Some(false) => filter.and("NOT p.late AND NOT p.excess"),
            None => {}
        }
        filter.and_value("p.created_at_ms >= ?", self.from_ms);
        filter.and_value("p.created_at_ms < ?", self.to_ms);
        filter
    }
}

/// Newest first.
pub fn payment_list(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &PaymentFilter,
    (before, limit): (Option<[i64; 2]>, i64),
) -> DbResult<Page<PaymentView>> {
    let mut filter = wanted.filter(scope);
    let total = count_some(conn, FROM, &filter)?;
    if let Some([at_ms, id]) = before {
        let (at_ms, id) = (filter.bind(at_ms), filter.bind(id));
        filter.and(&format!("(p.created_at_ms, p.id) < ({at_ms}, {id})"));
    }
    let most = filter.bind(limit + 1);
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} {} ORDER BY p.created_at_ms DESC, p.id DESC LIMIT {most}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, view)?;
    Ok(Page::of(rows, limit, total, |one| format!("{}.{}", one.created_at_ms, one.id)))
}

/// 合计 of what the filters select.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PaymentTotals {
    pub count: i64,
    pub paid_count: i64,
    pub paid_fen: i64,
    /// In refunds that were not given up.
    pub refunded_fen: i64,
}

pub fn payment_totals_get(conn: &mut Conn, scope: &Scope, wanted: &PaymentFilter) -> DbResult<PaymentTotals> {
    let filter = wanted.filter(scope);
    let sql = format!(
        "SELECT COUNT(*), COUNT(p.paid_at_ms), \
         CAST(COALESCE(SUM(CASE WHEN p.paid_at_ms IS NULL THEN 0 ELSE p.amount_fen END), 0) AS BIGINT), \
         CAST(COALESCE(SUM(p.refunded_fen), 0) AS BIGINT) FROM {FROM} {}",
        filter.sql()
    );
    conn.one(&sql, &filter.values, |row| {
        Ok(PaymentTotals {
            count: row.int(0)?,
            paid_count: row.int(1)?,
            paid_fen: row.int(2)?,
            refunded_fen: row.int(3)?,
        })
    })
}

pub fn payment_get(conn: &mut Conn, scope: &Scope, id: i64) -> DbResult<Option<PaymentDetail>> {
    let mut filter = Filter::new();
    filter.scope("p.operator_id", "o.station_id", scope);
    filter.and_value("p.id = ?", id);
    let sql = format!("SELECT {COLUMNS} FROM {FROM} {}", filter.sql());
    let found = conn.find(&sql, &filter.values, |row| Ok((view(row)?, row.text_opt(23)?)))?;
    let Some((payment, pay_url)) = found else { return Ok(None) };
    Ok(Some(PaymentDetail {
        pay_url: pay_url.filter(|_| payment.state.is_open()),
        refunds: refund_list::of_payment(conn, id)?,
        events: events(conn, id)?,
        payment,
    }))
}

/// In the order in which it happened.
pub fn events(conn: &mut Conn, payment: i64) -> DbResult<Vec<PaymentEvent>> {
    conn.query(
        "SELECT id, refund_id, at_ms, what, words, staff_name FROM payment_event WHERE payment_id = $1 ORDER BY id",
        &[payment.into()],
        |row| {
            Ok(PaymentEvent {
                id: row.int(0)?,
                refund_id: row.int_opt(1)?,
                at_ms: row.int(2)?,
                what: row.text(3)?,
                words: row.text(4)?,
                staff_name: row.text_opt(5)?,
            })
        },
    )
}
