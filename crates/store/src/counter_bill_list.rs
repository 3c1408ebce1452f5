//! 渠道对账 and 互联互通对账 as staff see them: bills of days, and what does not agree in them.

use crate::counter_bills::evidence_read;
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use model::access::Scope;
use model::reconciliation::{
    CounterDifferenceKind, CounterEvidence, CounterSource, DifferenceState, ReconciliationState,
};
use serde::Serialize;
use utoipa::ToSchema;

/// A day's bill of a pay channel, or of a peer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CounterBill)]
pub struct CounterBillView {
    pub id: i64,
    pub source: CounterSource,
    /// The pay channel, or the peer.
    pub source_id: i64,
    pub source_name: String,
    /// Null: the platform's.
    pub operator_name: Option<String>,
    /// 20261123
    pub day: i64,
    pub state: ReconciliationState,
    /// Paid on the day in our books, or orders that were over.
    pub our_count: i64,
    pub our_fen: i64,
    /// Of a peer's orders.
    pub our_energy_dwh: i64,
    /// Given back on the day in our books.
    pub our_back_count: i64,
    pub our_back_fen: i64,
    pub their_count: i64,
    pub their_fen: i64,
    pub their_energy_dwh: i64,
    pub their_back_count: i64,
    pub their_back_fen: i64,
    /// What the channel keeps.
    pub fee_fen: i64,
    /// What is to be received for this day.
    pub net_fen: i64,
    pub difference_count: i64,
    pub open_count: i64,
    /// What the differences that were written off are worth.
    pub written_off_fen: i64,
    pub file_name: Option<String>,
    /// Null: the bill is not here yet.
    pub fetched_at_ms: Option<i64>,
    pub tries: i64,
    /// Why it is not here.
    pub message: Option<String>,
    /// When it is asked for next; null: not any more by itself.
    pub next_at_ms: Option<i64>,
    pub ran_at_ms: Option<i64>,
    pub signed_by: Option<i64>,
    pub signed_by_name: Option<String>,
    pub signed_at_ms: Option<i64>,
    /// Why it was opened again.
    pub reason: String,
    pub version: i64,
}

#[derive(Clone, Debug, Default)]
pub struct CounterBillFilter {
    pub id: Option<i64>,
    pub source: Option<CounterSource>,
    pub source_id: Option<i64>,
    pub from_day: Option<i64>,
    pub to_day: Option<i64>,
    pub state: Option<ReconciliationState>,
    /// Only bills in which something waits to be handled, or that are not here.
    pub open: bool,
    /// Day and id of the last row of the page before.
    pub before: Option<[i64; 2]>,
    pub limit: i64,
}

const FROM: &str = "counter_bill b LEFT JOIN pay_channel c ON c.id = b.source_id AND b.source = 'pay_channel' \
    LEFT JOIN peer q ON q.id = b.source_id AND b.source = 'peer' LEFT JOIN operator op ON op.id = b.operator_id";

fn view(row: &Row<'_>) -> DbResult<CounterBillView> {
    let [their_fen, their_back_fen, fee_fen] = [row.int(13)?, row.int(16)?, row.int(17)?];
    Ok(CounterBillView {
        id: row.int(0)?,
        source: row.word(1, CounterSource::parse)?,
        source_id: row.int(2)?,
        source_name: row.text_opt(3)?.unwrap_or_default(),
        operator_name: row.text_opt(4)?,
        day: row.int(5)?,
        state: row.word(6, ReconciliationState::parse)?,
        our_count: row.int(7)?,
        our_fen: row.int(8)?,
        our_energy_dwh: row.int(9)?,
        our_back_count: row.int(10)?,
        our_back_fen: row.int(11)?,
        their_count: row.int(12)?,
        their_fen,
        their_energy_dwh: row.int(14)?,
        their_back_count: row.int(15)?,
        their_back_fen,
        fee_fen,
        net_fen: their_fen - their_back_fen - fee_fen,
        difference_count: row.int(18)?,
        open_count: row.int(19)?,
        written_off_fen: row.int(20)?,
        file_name: row.text_opt(21)?,
        fetched_at_ms: row.int_opt(22)?,
        tries: row.int(23)?,
        message: row.text_opt(24)?,
        next_at_ms: row.int_opt(25)?,
        ran_at_ms: row.int_opt(26)?,
        signed_by: row.int_opt(27)?,
        signed_by_name: row.text_opt(28)?,
        signed_at_ms: row.int_opt(29)?,
        reason: row.text(30)?,
        version: row.int(31)?,
    })
}

/// The latest day first.
pub fn counter_bill_list(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &CounterBillFilter,
) -> DbResult<Page<CounterBillView>> {
    let mut filter = Filter::new();
    filter.scope_operator("b.operator_id", scope);
    filter.and_some("b.id = ?", wanted.id);
    filter.and_some("b.source = ?", wanted.source.map(CounterSource::as_str));
    filter.and_some("b.source_id = ?", wanted.source_id);
    filter.and_some("b.day >= ?", wanted.from_day);
    filter.and_some("b.day <= ?", wanted.to_day);
    filter.and_some("b.state = ?", wanted.state.map(ReconciliationState::as_str));
    if wanted.open {
        filter.and("(b.open_count > 0 OR b.fetched_at_ms IS NULL)");
    }
    let total = conn.one(&format!("SELECT COUNT(*) FROM {FROM} {}", filter.sql()), &filter.values, count)?;
    if let Some([day, id]) = wanted.before {
        let (earlier, same) = (filter.bind(day), filter.bind(day));
        let after = filter.bind(id);
        filter.and(&format!("(b.day < {earlier} OR (b.day = {same} AND b.id > {after}))"));
    }
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT b.id, b.source, b.source_id, COALESCE(c.name, q.name), op.name, b.day, b.state, b.our_count, b.our_fen, \
         b.our_energy_dwh, b.our_back_count, b.our_back_fen, b.their_count, b.their_fen, b.their_energy_dwh, \
         b.their_back_count, b.their_back_fen, b.fee_fen, b.difference_count, b.open_count, b.written_off_fen, \
         b.file_name, b.fetched_at_ms, b.tries, b.message, b.next_at_ms, b.ran_at_ms, b.signed_by, b.signed_by_name, \
         b.signed_at_ms, b.reason, b.version FROM {FROM} {} ORDER BY b.day DESC, b.id LIMIT {limit}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, view)?;
    Ok(Page::of(rows, wanted.limit, Some(total), |one| format!("{}.{}", one.day, one.id)))
}

/// What does not agree with a channel, with its evidence.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CounterDifference)]
pub struct CounterDifferenceView {
    pub id: i64,
    pub counter_bill_id: i64,
    pub source: CounterSource,
    /// The pay channel, or the peer.
    pub source_id: i64,
    pub source_name: String,
    pub day: i64,
    pub kind: CounterDifferenceKind,
    pub payment_id: Option<i64>,
    pub refund_id: Option<i64>,
    pub order_id: Option<i64>,
    /// Theirs minus ours, of orders.
    pub energy_dwh: i64,
    /// Theirs minus ours; what went out counts below zero.
    pub amount_fen: i64,
    pub evidence: CounterEvidence,
    pub state: DifferenceState,
    pub note: String,
    pub staff_name: Option<String>,
    pub handled_at_ms: Option<i64>,
    pub found_at_ms: i64,
    /// Of the bill that it is of: a signed one is opened again before anything of it is handled.
    pub day_state: ReconciliationState,
    pub version: i64,
}

#[derive(Clone, Debug, Default)]
pub struct CounterDifferenceFilter {
    pub counter_bill: Option<i64>,
    pub source: Option<CounterSource>,
    pub source_id: Option<i64>,
    pub kind: Option<CounterDifferenceKind>,
    pub state: Option<DifferenceState>,
    pub from_day: Option<i64>,
    pub to_day: Option<i64>,
    pub before: Option<i64>,
    pub limit: i64,
}

/// Newest first.
pub fn counter_difference_list(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &CounterDifferenceFilter,
) -> DbResult<Page<CounterDifferenceView>> {
    const FROM: &str = "counter_difference d JOIN counter_bill b ON b.id = d.counter_bill_id \
        LEFT JOIN pay_channel c ON c.id = d.source_id AND d.source = 'pay_channel' \
        LEFT JOIN peer q ON q.id = d.source_id AND d.source = 'peer'";
    let mut filter = Filter::new();
    filter.scope_operator("d.operator_id", scope);
    filter.and_some("d.counter_bill_id = ?", wanted.counter_bill);
    filter.and_some("d.source = ?", wanted.source.map(CounterSource::as_str));
    filter.and_some("d.source_id = ?", wanted.source_id);
    filter.and_some("d.kind = ?", wanted.kind.map(CounterDifferenceKind::as_str));
    filter.and_some("d.state = ?", wanted.state.map(DifferenceState::as_str));
    filter.and_some("d.day >= ?", wanted.from_day);
    filter.and_some("d.day <= ?", wanted.to_day);
    let total = conn.one(&format!("SELECT COUNT(*) FROM {FROM} {}", filter.sql()), &filter.values, count)?;
    filter.and_some("d.id < ?", wanted.before);
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT d.id, d.counter_bill_id, d.source, d.source_id, COALESCE(c.name, q.name), d.day, d.kind, d.payment_id, \
         d.refund_id, d.order_id, d.energy_dwh, d.amount_fen, d.evidence, d.state, d.note, d.staff_name, \
         d.handled_at_ms, d.found_at_ms, b.state, d.version FROM {FROM} {} ORDER BY d.id DESC LIMIT {limit}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| {
        Ok(CounterDifferenceView {
            id: row.int(0)?,
            counter_bill_id: row.int(1)?,
            source: row.word(2, CounterSource::parse)?,
            source_id: row.int(3)?,
            source_name: row.text_opt(4)?.unwrap_or_default(),
            day: row.int(5)?,
            kind: row.word(6, CounterDifferenceKind::parse)?,
            payment_id: row.int_opt(7)?,
            refund_id: row.int_opt(8)?,
            order_id: row.int_opt(9)?,
            energy_dwh: row.int(10)?,
            amount_fen: row.int(11)?,
            evidence: evidence_read(&row.text(12)?)?,
            state: row.word(13, DifferenceState::parse)?,
            note: row.text(14)?,
            staff_name: row.text_opt(15)?,
            handled_at_ms: row.int_opt(16)?,
            found_at_ms: row.int(17)?,
            day_state: row.word(18, ReconciliationState::parse)?,
            version: row.int(19)?,
        })
    })?;
    Ok(Page::of(rows, wanted.limit, Some(total), |one| one.id.to_string()))
}
