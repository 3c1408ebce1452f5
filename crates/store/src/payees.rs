//! 分账方: who has a part in what an operator earns, and where it is paid to.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::ids::Noun;
use model::Result;
use model::access::{Area, Scope};
use model::id::OperatorId;
use model::ledger::{AccountId, AccountKind};
use model::sharing::{PayeeKind, account_masked};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payee {
    pub id: i64,
    pub operator: OperatorId,
    pub name: String,
    pub kind: PayeeKind,
    pub account_name: String,
    pub bank_name: String,
    pub account_no: String,
    pub note: String,
    pub active: bool,
    pub created_at_ms: i64,
    pub version: i64,
}

/// Sharing is of an operator as a whole: whoever looks after a part of its stations sees none of it.
pub(crate) fn sharing_scope(filter: &mut Filter, operator: &str, scope: &Scope) {
    filter.scope_operator(operator, scope);
    if scope.area != Area::Everywhere {
        filter.and("1 = 0");
    }
}

const COLUMNS: &str = "y.id, y.operator_id, y.name, y.kind, y.account_name, y.bank_name, y.account_no, y.note, y.active, \
    y.created_at_ms, y.version";

fn payee(row: &Row<'_>) -> DbResult<Payee> {
    Ok(Payee {
        id: row.int(0)?,
        operator: OperatorId(row.int(1)?),
        name: row.text(2)?,
        kind: row.word(3, PayeeKind::parse)?,
        account_name: row.text(4)?,
        bank_name: row.text(5)?,
        account_no: row.text(6)?,
        note: row.text(7)?,
        active: row.bool(8)?,
        created_at_ms: row.int(9)?,
        version: row.int(10)?,
    })
}

pub fn find(conn: &mut Conn, scope: &Scope, id: i64) -> DbResult<Option<Payee>> {
    let mut filter = Filter::new();
    filter.and_value("y.id = ?", id);
    sharing_scope(&mut filter, "y.operator_id", scope);
    conn.find(&format!("SELECT {COLUMNS} FROM payee y {}", filter.sql()), &filter.values, payee)
}

/// Whether another payee of the operator has this name.
pub fn is_taken(conn: &mut Conn, operator: OperatorId, name: &str, but: i64) -> DbResult<bool> {
    let sql = "SELECT COUNT(*) FROM payee WHERE operator_id = $1 AND name = $2 AND id <> $3";
    Ok(conn.one(sql, &[operator.0.into(), name.into(), but.into()], count)? > 0)
}

pub fn insert(tx: &mut Tx<'_>, one: &Payee) -> Result<i64> {
    let id = tx.next_id(Noun::Payee)?;
    tx.execute(
        "INSERT INTO payee (id, operator_id, name, kind, account_name, bank_name, account_no, note, active, \
         created_at_ms, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)",
        &[
            id.into(),
            one.operator.0.into(),
            (&one.name).into(),
            one.kind.as_str().into(),
            (&one.account_name).into(),
            (&one.bank_name).into(),
            (&one.account_no).into(),
            (&one.note).into(),
            one.active.into(),
            one.created_at_ms.into(),
        ],
    )?;
    tx.changed(Change::Noun("payee"));
    Ok(id)
}

pub fn update(tx: &mut Tx<'_>, one: &Payee) -> Result<()> {
    tx.execute(
        "UPDATE payee SET name = $1, kind = $2, account_name = $3, bank_name = $4, account_no = $5, note = $6, \
         active = $7, version = version + 1 WHERE id = $8",
        &[
            (&one.name).into(),
            one.kind.as_str().into(),
            (&one.account_name).into(),
            (&one.bank_name).into(),
            (&one.account_no).into(),
            (&one.note).into(),
            one.active.into(),
            one.id.into(),
        ],
    )?;
    tx.changed(Change::Noun("payee"));
    Ok(())
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Payee)]
pub struct PayeeView {
    pub id: i64,
    pub operator_id: i64,
    pub operator_name: String,
    pub name: String,
    pub kind: PayeeKind,
    pub account_name: String,
    pub bank_name: String,
    /// Its last four digits.
    pub account_masked: String,
    pub note: String,
    pub active: bool,
    /// Rules under which it gets something.
    pub rule_count: i64,
    /// What it is owed of closed periods; below zero, what it got too much.
    pub balance_fen: i64,
    pub created_at_ms: i64,
    pub version: i64,
}

#[derive(Clone, Debug, Default)]
pub struct PayeeFilter {
    pub id: Option<i64>,
    pub name: Option<String>,
    pub operator: Option<i64>,
    pub kind: Option<PayeeKind>,
    pub active: Option<bool>,
    pub before: Option<i64>,
    pub limit: i64,
}

/// Newest first.
pub fn payee_list(conn: &mut Conn, scope: &Scope, wanted: &PayeeFilter) -> DbResult<Page<PayeeView>> {
    let mut filter = Filter::new();
    sharing_scope(&mut filter, "y.operator_id", scope);
    filter.and_some("y.id = ?", wanted.id);
    filter.and_contains("LOWER(y.name) LIKE ?", wanted.name.as_deref());
    filter.and_some("y.operator_id = ?", wanted.operator);
    filter.and_some("y.kind = ?", wanted.kind.map(PayeeKind::as_str));
    filter.and_some("y.active = ?", wanted.active);
    let total = conn.one(&format!("SELECT COUNT(*) FROM payee y {}", filter.sql()), &filter.values, count)?;
    filter.and_some("y.id < ?", wanted.before);
    let payable = AccountId::of(AccountKind::PayeePayable, 0).number();
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT {COLUMNS}, op.name, (SELECT COUNT(*) FROM sharing_rule r WHERE r.payee_id = y.id), \
         COALESCE(a.credit_fen - a.debit_fen, 0) FROM payee y JOIN operator op ON op.id = y.operator_id \
         LEFT JOIN account a ON a.id = y.id * 32 + {payable} {} ORDER BY y.id DESC LIMIT {limit}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| {
        let one = payee(row)?;
        Ok(PayeeView {
            id: one.id,
            operator_id: one.operator.0,
            operator_name: row.text(11)?,
            name: one.name,
            kind: one.kind,
            account_name: one.account_name,
            bank_name: one.bank_name,
            account_masked: account_masked(&one.account_no),
            note: one.note,
            active: one.active,
            rule_count: row.int(12)?,
            balance_fen: row.int(13)?,
            created_at_ms: one.created_at_ms,
            version: one.version,
        })
    })?;
    Ok(Page::of(rows, wanted.limit, Some(total), |one| one.id.to_string()))
}
