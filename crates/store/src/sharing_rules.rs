//! 分账规则: what was agreed with payees, from when to when.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::ids::Noun;
use crate::payees::sharing_scope;
use model::Result;
use model::access::Scope;
use model::id::OperatorId;
use model::sharing::{Rule, SharingBasis, SharingDeduction, Terms};
use serde::Serialize;
use utoipa::ToSchema;

/// A rule as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharingRule {
    pub operator: OperatorId,
    pub rule: Rule,
    pub note: String,
    pub staff_name: String,
    pub created_at_ms: i64,
    pub version: i64,
}

const COLUMNS: &str = "r.id, r.operator_id, r.station_id, r.payee_id, r.basis, r.rate, r.deduction, r.fee_rate, \
    r.cost_price, r.from_day, r.to_day, r.note, r.staff_name, r.created_at_ms, r.version";

/// Basis, rate, deduction, fee and cost, from this column on.
pub(crate) fn terms(row: &Row<'_>, at: usize) -> DbResult<Terms> {
    Ok(Terms {
        basis: row.word(at, SharingBasis::parse)?,
        rate: row.int(at + 1)?,
        deduction: row.word(at + 2, SharingDeduction::parse)?,
        fee_rate: row.int(at + 3)?,
        cost_price: row.int(at + 4)?,
    })
}

fn rule(row: &Row<'_>) -> DbResult<SharingRule> {
    Ok(SharingRule {
        operator: OperatorId(row.int(1)?),
        rule: Rule {
            id: row.int(0)?,
            station: row.int_opt(2)?,
            payee: row.int(3)?,
            terms: terms(row, 4)?,
            from_day: row.int(9)?,
            to_day: row.int_opt(10)?,
        },
        note: row.text(11)?,
        staff_name: row.text(12)?,
        created_at_ms: row.int(13)?,
        version: row.int(14)?,
    })
}

pub fn find(conn: &mut Conn, scope: &Scope, id: i64) -> DbResult<Option<SharingRule>> {
    let mut filter = Filter::new();
    filter.and_value("r.id = ?", id);
    sharing_scope(&mut filter, "r.operator_id", scope);
    conn.find(&format!("SELECT {COLUMNS} FROM sharing_rule r {}", filter.sql()), &filter.values, rule)
}

/// All of an operator, the oldest first.
pub fn of_operator(conn: &mut Conn, operator: OperatorId) -> DbResult<Vec<Rule>> {
    let sql = format!("SELECT {COLUMNS} FROM sharing_rule r WHERE r.operator_id = $1 ORDER BY r.id");
    conn.query(&sql, &[operator.0.into()], |row| Ok(rule(row)?.rule))
}

/// Operators that share anything, with the first day on which they do.
pub fn operators(conn: &mut Conn) -> DbResult<Vec<(OperatorId, i64)>> {
    let sql = "SELECT operator_id, MIN(from_day) FROM sharing_rule GROUP BY operator_id ORDER BY operator_id";
    conn.query(sql, &[], |row| Ok((OperatorId(row.int(0)?), row.int(1)?)))
}

pub fn insert(tx: &mut Tx<'_>, one: &SharingRule) -> Result<i64> {
    let id = tx.next_id(Noun::SharingRule)?;
    let Rule { station, payee, terms, from_day, to_day, .. } = one.rule;
    tx.execute(
        "INSERT INTO sharing_rule (id, operator_id, station_id, payee_id, basis, rate, deduction, fee_rate, cost_price, \
         from_day, to_day, note, staff_name, created_at_ms, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1)",
        &[
            id.into(),
            one.operator.0.into(),
            station.into(),
            payee.into(),
            terms.basis.as_str().into(),
            terms.rate.into(),
            terms.deduction.as_str().into(),
            terms.fee_rate.into(),
            terms.cost_price.into(),
            from_day.into(),
            to_day.into(),
            (&one.note).into(),
            (&one.staff_name).into(),
            one.created_at_ms.into(),
        ],
    )?;
    tx.changed(Change::Noun("sharing_rule"));
    Ok(id)
}

/// Ends it, or lets it go on.
pub fn end_set(tx: &mut Tx<'_>, id: i64, to_day: Option<i64>, note: &str) -> Result<()> {
    let sql = "UPDATE sharing_rule SET to_day = $1, note = $2, version = version + 1 WHERE id = $3";
    tx.execute(sql, &[to_day.into(), note.into(), id.into()])?;
    tx.changed(Change::Noun("sharing_rule"));
    Ok(())
}

pub fn delete(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    tx.execute("DELETE FROM sharing_rule WHERE id = $1", &[id.into()])?;
    tx.changed(Change::Noun("sharing_rule"));
    Ok(())
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SharingRule)]
pub struct SharingRuleView {
    pub id: i64,
    pub operator_id: i64,
    pub operator_name: String,
    /// Null: wherever a station has no rule of its own.
    pub station_id: Option<i64>,
    pub station_name: Option<String>,
    pub payee_id: i64,
    pub payee_name: String,
    pub basis: SharingBasis,
    /// Of a share: ten-thousandths. For energy: 0.0001 yuan for a kWh. Fixed: fen for a whole period.
    pub rate: i64,
    pub deduction: SharingDeduction,
    /// Ten-thousandths.
    pub fee_rate: i64,
    /// 0.00001 yuan for a kWh.
    pub cost_price_e5: i64,
    /// 20261101
    pub from_day: i64,
    /// Inclusive; null: until somebody ends it.
    pub to_day: Option<i64>,
    pub note: String,
    pub staff_name: String,
    pub created_at_ms: i64,
    pub version: i64,
}

#[derive(Clone, Debug, Default)]
pub struct SharingRuleFilter {
    pub operator: Option<i64>,
    pub station: Option<i64>,
    pub station_name: Option<String>,
    pub payee: Option<i64>,
    pub payee_name: Option<String>,
    pub basis: Option<SharingBasis>,
    /// Only those that hold on this day.
    pub day: Option<i64>,
    pub before: Option<i64>,
    pub limit: i64,
}

const FROM: &str = "sharing_rule r JOIN operator op ON op.id = r.operator_id JOIN payee y ON y.id = r.payee_id \
    LEFT JOIN station s ON s.id = r.station_id";

/// Newest first.
pub fn sharing_rule_list(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &SharingRuleFilter,
) -> DbResult<Page<SharingRuleView>> {
    let mut filter = Filter::new();
    sharing_scope(&mut filter, "r.operator_id", scope);
    filter.and_some("r.operator_id = ?", wanted.operator);
    filter.and_some("r.station_id = ?", wanted.station);
    filter.and_contains("LOWER(s.name) LIKE ?", wanted.station_name.as_deref());
    filter.and_some("r.payee_id = ?", wanted.payee);
    filter.and_contains("LOWER(y.name) LIKE ?", wanted.payee_name.as_deref());
    filter.and_some("r.basis = ?", wanted.basis.map(SharingBasis::as_str));
    if let Some(day) = wanted.day {
        let (from, to) = (filter.bind(day), filter.bind(day));
        filter.and(&format!("r.from_day <= {from} AND (r.to_day IS NULL OR r.to_day >= {to})"));
    }
    let total = conn.one(&format!("SELECT COUNT(*) FROM {FROM} {}", filter.sql()), &filter.values, count)?;
    filter.and_some("r.id < ?", wanted.before);
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT {COLUMNS}, op.name, y.name, s.name FROM {FROM} {} ORDER BY r.id DESC LIMIT {limit}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| {
        let one = rule(row)?;
        let Rule { id, station, payee, terms, from_day, to_day } = one.rule;
        Ok(SharingRuleView {
            id,
            operator_id: one.operator.0,
            operator_name: row.text(15)?,
            station_id: station,
            station_name: row.text_opt(17)?,
            payee_id: payee,
            payee_name: row.text(16)?,
            basis: terms.basis,
            rate: terms.rate,
            deduction: terms.deduction,
            fee_rate: terms.fee_rate,
            cost_price_e5: terms.cost_price,
            from_day,
            to_day,
            note: one.note,
            staff_name: one.staff_name,
            created_at_ms: one.created_at_ms,
            version: one.version,
        })
    })?;
    Ok(Page::of(rows, wanted.limit, Some(total), |one| one.id.to_string()))
}
