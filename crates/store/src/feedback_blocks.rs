//! 反馈黑名单: from whom no feedback is taken, until when, and why.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::ids::Noun;
use model::Result;
use model::access::Scope;
use model::customer::phone_masked;
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FeedbackBlock {
    pub id: i64,
    /// 138****1234
    pub phone: String,
    pub customer_id: Option<i64>,
    pub customer_name: Option<String>,
    /// Null: for the whole platform.
    pub operator_id: Option<i64>,
    pub operator_name: Option<String>,
    /// What had been abused.
    pub feedback_id: Option<i64>,
    pub feedback_no: Option<String>,
    /// What the person is told.
    pub reason: String,
    pub until_ms: i64,
    pub staff_name: String,
    pub created_at_ms: i64,
    pub lifted_at_ms: Option<i64>,
    pub lifted_by: Option<String>,
    pub lift_reason: Option<String>,
    /// It holds now.
    pub active: bool,
}

#[derive(Clone, Debug, Default)]
pub struct FeedbackBlockFilter {
    /// A part of the number, from its end.
    pub phone: Option<String>,
    pub active: Option<bool>,
    pub before: Option<i64>,
    pub limit: i64,
}

/// What is written of a new one.
#[derive(Clone, Debug)]
pub struct NewFeedbackBlock<'a> {
    pub phone: &'a str,
    pub customer: Option<i64>,
    pub operator: Option<i64>,
    pub feedback: Option<i64>,
    pub reason: &'a str,
    pub until: Timestamp,
    pub staff_name: &'a str,
}

/// What holds against somebody who writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedbackBlocked {
    pub id: i64,
    pub reason: String,
    pub until: Timestamp,
}

const FROM: &str = "FROM feedback_block b LEFT JOIN customer c ON c.id = b.customer_id \
    LEFT JOIN operator o ON o.id = b.operator_id LEFT JOIN feedback f ON f.id = b.feedback_id";

fn block(row: &Row<'_>, now: Timestamp) -> DbResult<FeedbackBlock> {
    let (until_ms, lifted_at_ms) = (row.int(9)?, row.int_opt(12)?);
    Ok(FeedbackBlock {
        id: row.int(0)?,
        phone: phone_masked(&row.text(1)?),
        customer_id: row.int_opt(2)?,
        customer_name: row.text_opt(3)?,
        operator_id: row.int_opt(4)?,
        operator_name: row.text_opt(5)?,
        feedback_id: row.int_opt(6)?,
        feedback_no: row.text_opt(7)?,
        reason: row.text(8)?,
        until_ms,
        staff_name: row.text(10)?,
        created_at_ms: row.int(11)?,
        lifted_at_ms,
        lifted_by: row.text_opt(13)?,
        lift_reason: row.text_opt(14)?,
        active: lifted_at_ms.is_none() && until_ms > now.as_ms(),
    })
}

/// Newest first.
pub fn feedback_block_list(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &FeedbackBlockFilter,
    now: Timestamp,
) -> DbResult<Page<FeedbackBlock>> {
    let mut filter = Filter::new();
    filter.scope_operator("b.operator_id", scope);
    filter.and_contains("b.phone LIKE ?", wanted.phone.as_deref());
    match wanted.active {
        Some(true) => filter.and_value("b.lifted_at_ms IS NULL AND b.until_ms > ?", now.as_ms()),
        Some(false) => filter.and_value("(b.lifted_at_ms IS NOT NULL OR b.until_ms <= ?)", now.as_ms()),
        None => {}
    }
    let total =
        conn.one(&format!("SELECT COUNT(*) FROM feedback_block b {}", filter.sql()), &filter.values, count)?;
    filter.and_some("b.id < ?", wanted.before);
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT b.id, b.phone, b.customer_id, c.name, b.operator_id, o.name, b.feedback_id, f.no, b.reason, b.until_ms, \
         b.staff_name, b.created_at_ms, b.lifted_at_ms, b.lifted_by, b.lift_reason {FROM} {} ORDER BY b.id DESC \
         LIMIT {limit}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| block(row, now))?;
    Ok(Page::of(rows, wanted.limit, Some(total), |one| one.id.to_string()))
}

/// What holds against a number, or against the customer who has it, for something of this operator.
pub fn holding(
    conn: &mut Conn,
    (phone, customer): (&str, Option<i64>),
    operator: Option<i64>,
    now: Timestamp,
) -> DbResult<Option<FeedbackBlocked>> {
    let sql = "SELECT id, reason, until_ms FROM feedback_block WHERE lifted_at_ms IS NULL \
        AND (phone = $1 OR customer_id = $2) AND (operator_id IS NULL OR operator_id = $3) AND until_ms > $4 \
        ORDER BY until_ms DESC, id LIMIT 1";
    conn.find(sql, &[phone.into(), customer.into(), operator.into(), now.as_ms().into()], |row| {
        Ok(FeedbackBlocked { id: row.int(0)?, reason: row.text(1)?, until: Timestamp::from_ms(row.int(2)?) })
    })
}

/// Whether this very one holds already: for all, or for this operator.
pub fn holds(conn: &mut Conn, phone: &str, operator: Option<i64>, now: Timestamp) -> DbResult<bool> {
    let sql = "SELECT COUNT(*) FROM feedback_block WHERE lifted_at_ms IS NULL AND phone = $1 \
        AND COALESCE(operator_id, 0) = $2 AND until_ms > $3";
    let values = [phone.into(), operator.unwrap_or(0).into(), now.as_ms().into()];
    Ok(conn.one(sql, &values, count)? > 0)
}

pub fn insert(tx: &mut Tx<'_>, new: &NewFeedbackBlock<'_>, now: Timestamp) -> Result<i64> {
    let id = tx.next_id(Noun::FeedbackBlock)?;
    tx.execute(
        "INSERT INTO feedback_block (id, phone, customer_id, operator_id, feedback_id, reason, until_ms, staff_name, \
         created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            id.into(),
            new.phone.into(),
            new.customer.into(),
            new.operator.into(),
            new.feedback.into(),
            new.reason.into(),
            new.until.as_ms().into(),
            new.staff_name.into(),
            now.as_ms().into(),
        ],
    )?;
    tx.changed(Change::Noun("feedback_block"));
    Ok(id)
}

/// One that the caller may see: its number, whose it is, and whether it holds.
pub fn find(conn: &mut Conn, scope: &Scope, id: i64, now: Timestamp) -> DbResult<Option<FeedbackBlock>> {
    let wanted = FeedbackBlockFilter { before: Some(id + 1), limit: 1, ..FeedbackBlockFilter::default() };
    let page = feedback_block_list(conn, scope, &wanted, now)?;
    Ok(page.items.into_iter().find(|one| one.id == id))
}

/// Whether it was still there to be lifted.
pub fn lift(tx: &mut Tx<'_>, id: i64, (by, reason): (&str, &str), now: Timestamp) -> Result<bool> {
    let lifted = tx.execute(
        "UPDATE feedback_block SET lifted_at_ms = $1, lifted_by = $2, lift_reason = $3 \
         WHERE id = $4 AND lifted_at_ms IS NULL",
        &[now.as_ms().into(), by.into(), reason.into(), id.into()],
    )?;
    tx.changed(Change::Noun("feedback_block"));
    Ok(lifted > 0)
}
