//! Periods of sharing, their statements and their lines, as pages show them.

use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::payees::sharing_scope;
use model::access::Scope;
use model::sharing::{
    SharingBasis, SharingCycle, SharingDeduction, SharingPeriodState, SharingStatementState, account_masked,
};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SharingPeriod)]
pub struct SharingPeriodView {
    pub id: i64,
    pub operator_id: i64,
    pub operator_name: String,
    pub cycle: SharingCycle,
    /// 20261101
    pub from_day: i64,
    /// Inclusive.
    pub to_day: i64,
    pub state: SharingPeriodState,
    pub order_count: i64,
    pub energy_dwh: i64,
    /// After refunds.
    pub electricity_fen: i64,
    /// After discounts and refunds.
    pub service_fen: i64,
    /// What payees get of it.
    pub shared_fen: i64,
    /// What the operator keeps of it; below zero, it pays more than it has earned.
    pub rest_fen: i64,
    /// What changed since for closed periods: more for payees, or less.
    pub adjusted_fen: i64,
    /// Orders that were late, changed or made void since.
    pub adjusted_count: i64,
    pub payee_count: i64,
    /// Of them: paid, or with nothing to pay.
    pub settled_count: i64,
    pub made_at_ms: i64,
    pub made_count: i64,
    pub closed_by_name: Option<String>,
    pub closed_at_ms: Option<i64>,
    pub version: i64,
}

#[derive(Clone, Debug, Default)]
pub struct SharingPeriodFilter {
    pub id: Option<i64>,
    pub operator: Option<i64>,
    pub operator_name: Option<String>,
    pub state: Option<SharingPeriodState>,
    pub cycle: Option<SharingCycle>,
    pub from_day: Option<i64>,
    /// Inclusive.
    pub to_day: Option<i64>,
    pub before: Option<[i64; 2]>,
    pub limit: i64,
}

fn period(row: &Row<'_>) -> DbResult<SharingPeriodView> {
    Ok(SharingPeriodView {
        id: row.int(0)?,
        operator_id: row.int(1)?,
        operator_name: row.text(2)?,
        cycle: row.word(3, SharingCycle::parse)?,
        from_day: row.int(4)?,
        to_day: row.int(5)?,
        state: row.word(6, SharingPeriodState::parse)?,
        order_count: row.int(7)?,
        energy_dwh: row.int(8)?,
        electricity_fen: row.int(9)?,
        service_fen: row.int(10)?,
        shared_fen: row.int(11)?,
        rest_fen: row.int(12)?,
        adjusted_fen: row.int(13)?,
        adjusted_count: row.int(14)?,
        payee_count: row.int(15)?,
        settled_count: row.int(16)?,
        made_at_ms: row.int(17)?,
        made_count: row.int(18)?,
        closed_by_name: row.text_opt(19)?,
        closed_at_ms: row.int_opt(20)?,
        version: row.int(21)?,
    })
}

/// The latest first.
pub fn sharing_period_list(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &SharingPeriodFilter,
) -> DbResult<Page<SharingPeriodView>> {
    let from = "sharing_period t JOIN operator op ON op.id = t.operator_id";
    let mut filter = Filter::new();
    sharing_scope(&mut filter, "t.operator_id", scope);
    filter.and_some("t.id = ?", wanted.id);
    filter.and_some("t.operator_id = ?", wanted.operator);
    filter.and_contains("LOWER(op.name) LIKE ?", wanted.operator_name.as_deref());
    filter.and_some("t.state = ?", wanted.state.map(SharingPeriodState::as_str));
    filter.and_some("t.cycle = ?", wanted.cycle.map(SharingCycle::as_str));
    filter.and_some("t.to_day >= ?", wanted.from_day);
    filter.and_some("t.from_day <= ?", wanted.to_day);
    let total = conn.one(&format!("SELECT COUNT(*) FROM {from} {}", filter.sql()), &filter.values, count)?;
    if let Some([day, id]) = wanted.before {
        let (earlier, same, after) = (filter.bind(day), filter.bind(day), filter.bind(id));
        filter.and(&format!("(t.to_day < {earlier} OR (t.to_day = {same} AND t.id < {after}))"));
    }
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT t.id, t.operator_id, op.name, t.cycle, t.from_day, t.to_day, t.state, t.order_count, t.energy_dwh, \
         t.electricity_fen, t.service_fen, t.shared_fen, t.rest_fen, t.adjusted_fen, t.adjusted_count, \
         (SELECT COUNT(*) FROM sharing_statement b WHERE b.period_id = t.id), \
         (SELECT COUNT(*) FROM sharing_statement b WHERE b.period_id = t.id AND b.state IN ('paid', 'carried')), \
         t.made_at_ms, t.made_count, t.closed_by_name, t.closed_at_ms, t.version FROM {from} {} \
         ORDER BY t.to_day DESC, t.id DESC LIMIT {limit}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, period)?;
    Ok(Page::of(rows, wanted.limit, Some(total), |one| format!("{}.{}", one.to_day, one.id)))
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SharingStatement)]
pub struct SharingStatementView {
    pub id: i64,
    pub period_id: i64,
    pub operator_id: i64,
    pub operator_name: String,
    pub cycle: SharingCycle,
    pub from_day: i64,
    /// Inclusive.
    pub to_day: i64,
    pub payee_id: i64,
    pub payee_name: String,
    pub account_name: String,
    pub bank_name: String,
    /// Its last four digits; empty where none is known.
    pub account_masked: String,
    pub state: SharingStatementState,
    pub shared_fen: i64,
    /// For orders of closed periods that changed since.
    pub adjusted_fen: i64,
    /// Below zero: what it had got too much before.
    pub carried_fen: i64,
    pub payable_fen: i64,
    /// Of the trial before: its shares and adjustments; null, there was none.
    pub before_fen: Option<i64>,
    pub paid_by_name: Option<String>,
    pub paid_at_ms: Option<i64>,
    pub reference: Option<String>,
    pub version: i64,
}

#[derive(Clone, Debug, Default)]
pub struct SharingStatementFilter {
    pub id: Option<i64>,
    pub period: Option<i64>,
    pub operator: Option<i64>,
    pub payee: Option<i64>,
    pub payee_name: Option<String>,
    pub state: Option<SharingStatementState>,
    pub from_day: Option<i64>,
    /// Inclusive.
    pub to_day: Option<i64>,
    pub before: Option<i64>,
    pub limit: i64,
}

fn statement(row: &Row<'_>) -> DbResult<SharingStatementView> {
    let account = row.text(11)?;
    Ok(SharingStatementView {
        id: row.int(0)?,
        period_id: row.int(1)?,
        operator_id: row.int(2)?,
        operator_name: row.text(3)?,
        cycle: row.word(4, SharingCycle::parse)?,
        from_day: row.int(5)?,
        to_day: row.int(6)?,
        payee_id: row.int(7)?,
        payee_name: row.text(8)?,
        account_name: row.text(9)?,
        bank_name: row.text(10)?,
        account_masked: if account.is_empty() { account } else { account_masked(&account) },
        state: row.word(12, SharingStatementState::parse)?,
        shared_fen: row.int(13)?,
        adjusted_fen: row.int(14)?,
        carried_fen: row.int(15)?,
        payable_fen: row.int(16)?,
        before_fen: row.int_opt(17)?,
        paid_by_name: row.text_opt(18)?,
        paid_at_ms: row.int_opt(19)?,
        reference: row.text_opt(20)?,
        version: row.int(21)?,
    })
}

/// Newest first.
pub fn sharing_statement_list(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &SharingStatementFilter,
) -> DbResult<Page<SharingStatementView>> {
    let from = "sharing_statement b JOIN sharing_period t ON t.id = b.period_id JOIN payee y ON y.id = b.payee_id \
                JOIN operator op ON op.id = b.operator_id";
    let mut filter = Filter::new();
    sharing_scope(&mut filter, "b.operator_id", scope);
    filter.and_some("b.id = ?", wanted.id);
    filter.and_some("b.period_id = ?", wanted.period);
    filter.and_some("b.operator_id = ?", wanted.operator);
    filter.and_some("b.payee_id = ?", wanted.payee);
    filter.and_contains("LOWER(y.name) LIKE ?", wanted.payee_name.as_deref());
    filter.and_some("b.state = ?", wanted.state.map(SharingStatementState::as_str));
    filter.and_some("t.to_day >= ?", wanted.from_day);
    filter.and_some("t.from_day <= ?", wanted.to_day);
    let total = conn.one(&format!("SELECT COUNT(*) FROM {from} {}", filter.sql()), &filter.values, count)?;
    filter.and_some("b.id < ?", wanted.before);
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT b.id, b.period_id, b.operator_id, op.name, t.cycle, t.from_day, t.to_day, b.payee_id, y.name, \
         y.account_name, y.bank_name, y.account_no, b.state, b.shared_fen, b.adjusted_fen, b.carried_fen, \
         b.payable_fen, b.before_fen, b.paid_by_name, b.paid_at_ms, b.reference, b.version FROM {from} {} \
         ORDER BY b.id DESC LIMIT {limit}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, statement)?;
    Ok(Page::of(rows, wanted.limit, Some(total), |one| one.id.to_string()))
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SharingLine)]
pub struct SharingLineView {
    pub id: i64,
    pub period_id: i64,
    pub payee_id: i64,
    pub payee_name: String,
    pub station_id: i64,
    pub station_name: String,
    pub rule_id: i64,
    pub basis: SharingBasis,
    /// As in the rule.
    pub rate: i64,
    pub deduction: SharingDeduction,
    pub fee_rate: i64,
    pub cost_price_e5: i64,
    /// Days on which the rule held.
    pub from_day: i64,
    pub to_day: i64,
    pub energy_dwh: i64,
    /// Of what it is a part, after the deductions. Of an adjustment: how much more, or less.
    pub basis_fen: i64,
    /// Of an adjustment: how much more, or less.
    pub share_fen: i64,
    /// In the trial before; null, it was not there.
    pub before_fen: Option<i64>,
    /// Of an adjustment: the closed period whose orders have changed.
    pub about_period_id: Option<i64>,
    pub about_from_day: Option<i64>,
    pub about_to_day: Option<i64>,
}

#[derive(Clone, Debug, Default)]
pub struct SharingLineFilter {
    pub period: Option<i64>,
    pub payee: Option<i64>,
    pub station: Option<i64>,
    /// Only adjustments of closed periods, or only others.
    pub adjustment: Option<bool>,
    pub before: Option<i64>,
    pub limit: i64,
}

fn line(row: &Row<'_>) -> DbResult<SharingLineView> {
    let (period_id, about) = (row.int(1)?, row.int(18)?);
    let moved = about != period_id;
    let of = |column| -> DbResult<Option<i64>> { Ok(row.int_opt(column)?.filter(|_| moved)) };
    Ok(SharingLineView {
        id: row.int(0)?,
        period_id,
        payee_id: row.int(2)?,
        payee_name: row.text(3)?,
        station_id: row.int(4)?,
        station_name: row.text(5)?,
        rule_id: row.int(6)?,
        basis: row.word(7, SharingBasis::parse)?,
        rate: row.int(8)?,
        deduction: row.word(9, SharingDeduction::parse)?,
        fee_rate: row.int(10)?,
        cost_price_e5: row.int(11)?,
        from_day: row.int(12)?,
        to_day: row.int(13)?,
        energy_dwh: row.int(14)?,
        basis_fen: row.int(15)?,
        share_fen: row.int(16)?,
        before_fen: row.int_opt(17)?,
        about_period_id: Some(about).filter(|_| moved),
        about_from_day: of(19)?,
        about_to_day: of(20)?,
    })
}

/// In the order in which they were divided.
pub fn sharing_line_list(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &SharingLineFilter,
) -> DbResult<Page<SharingLineView>> {
    let from = "sharing_line l JOIN payee y ON y.id = l.payee_id JOIN station s ON s.id = l.station_id \
                LEFT JOIN sharing_period a ON a.id = l.about_period_id";
    let mut filter = Filter::new();
    sharing_scope(&mut filter, "l.operator_id", scope);
    filter.and_some("l.period_id = ?", wanted.period);
    filter.and_some("l.payee_id = ?", wanted.payee);
    filter.and_some("l.station_id = ?", wanted.station);
    match wanted.adjustment {
        Some(true) => filter.and("l.about_period_id <> l.period_id"),
        Some(false) => filter.and("l.about_period_id = l.period_id"),
        None => {}
    }
    let total = conn.one(&format!("SELECT COUNT(*) FROM {from} {}", filter.sql()), &filter.values, count)?;
    filter.and_some("l.id > ?", wanted.before);
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT l.id, l.period_id, l.payee_id, y.name, l.station_id, s.name, l.rule_id, l.basis, l.rate, l.deduction, \
         l.fee_rate, l.cost_price, l.from_day, l.to_day, l.energy_dwh, l.basis_fen, l.share_fen, l.before_fen, \
         l.about_period_id, a.from_day, a.to_day FROM {from} {} ORDER BY l.id LIMIT {limit}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, line)?;
    Ok(Page::of(rows, wanted.limit, Some(total), |one| one.id.to_string()))
}
