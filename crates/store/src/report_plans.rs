//! 报表订阅: reports that come by mail for each period that is over, and what was sent.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbError, DbResult, Row};
use crate::filter::{Filter, Page};
use crate::ids::Noun;
use model::access::Scope;
use model::invoice::MailState;
use model::report::{ReportEvery, ReportPeriod};
use model::time::Timestamp;
use model::{Error, Result};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReportPlan {
    pub id: i64,
    pub name: String,
    /// Whose scope the report has: who saved it last.
    pub staff_id: i64,
    pub staff_name: String,
    pub operator_id: Option<i64>,
    /// Of the report as its page has it, without days.
    pub query: BTreeMap<String, String>,
    pub every: ReportEvery,
    /// Of the day in China.
    pub at_minute: i64,
    /// Ids of staff.
    pub recipients: Vec<i64>,
    pub english: bool,
    pub enabled: bool,
    /// What was due before is not sent.
    pub from_ms: i64,
    pub version: i64,
    pub created_at_ms: i64,
}

const COLUMNS: &str = "id, name, staff_id, staff_name, operator_id, query, every, at_minute, recipients, english, \
    enabled, from_ms, version, created_at_ms";

fn plan(row: &Row<'_>) -> DbResult<ReportPlan> {
    let wrong = |why: serde_json::Error| DbError::Fault(format!("a plan of a report: {why}"));
    Ok(ReportPlan {
        id: row.int(0)?,
        name: row.text(1)?,
        staff_id: row.int(2)?,
        staff_name: row.text(3)?,
        operator_id: row.int_opt(4)?,
        query: serde_json::from_str(&row.text(5)?).map_err(wrong)?,
        every: row.word(6, ReportEvery::parse)?,
        at_minute: row.int(7)?,
        recipients: serde_json::from_str(&row.text(8)?).map_err(wrong)?,
        english: row.bool(9)?,
        enabled: row.bool(10)?,
        from_ms: row.int(11)?,
        version: row.int(12)?,
        created_at_ms: row.int(13)?,
    })
}

/// Those of the caller's operator, the newest first.
pub fn report_plan_list(conn: &mut Conn, scope: &Scope) -> DbResult<Vec<ReportPlan>> {
    let mut filter = Filter::new();
    filter.scope_operator("operator_id", scope);
    let sql = format!("SELECT {COLUMNS} FROM report_plan {} ORDER BY id DESC", filter.sql());
    conn.query(&sql, &filter.values, plan)
}

pub fn find(conn: &mut Conn, scope: &Scope, id: i64) -> DbResult<Option<ReportPlan>> {
    let mut filter = Filter::new();
    filter.and_value("id = ?", id);
    filter.scope_operator("operator_id", scope);
    conn.find(&format!("SELECT {COLUMNS} FROM report_plan {}", filter.sql()), &filter.values, plan)
}

pub fn save(tx: &mut Tx<'_>, one: &ReportPlan) -> Result<i64> {
    let id = if one.id == 0 { tx.next_id(Noun::ReportPlan)? } else { one.id };
    let query = serde_json::to_string(&one.query).map_err(|_| Error::internal())?;
    let recipients = serde_json::to_string(&one.recipients).map_err(|_| Error::internal())?;
    tx.execute(
        &format!(
            "INSERT INTO report_plan ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, staff_id = excluded.staff_id, \
             staff_name = excluded.staff_name, query = excluded.query, every = excluded.every, \
             at_minute = excluded.at_minute, recipients = excluded.recipients, english = excluded.english, \
             enabled = excluded.enabled, from_ms = excluded.from_ms, version = excluded.version"
        ),
        &[
            id.into(),
            (&one.name).into(),
            one.staff_id.into(),
            (&one.staff_name).into(),
            one.operator_id.into(),
            query.into(),
            one.every.as_str().into(),
            one.at_minute.into(),
            recipients.into(),
            one.english.into(),
            one.enabled.into(),
            one.from_ms.into(),
            one.version.into(),
            one.created_at_ms.into(),
        ],
    )?;
    tx.changed(Change::Noun("report_plan"));
    Ok(id)
}

pub fn delete(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    tx.execute("DELETE FROM report_plan WHERE id = $1", &[id.into()])?;
    tx.changed(Change::Noun("report_plan"));
    Ok(())
}

/// Whether the period was sent, or was tried to.
pub fn is_sent(conn: &mut Conn, plan: i64, period_day: i64) -> DbResult<bool> {
    let sql = "SELECT id FROM report_sending WHERE plan_id = $1 AND period_day = $2";
    Ok(conn.find(sql, &[plan.into(), period_day.into()], |row| row.int(0))?.is_some())
}

/// Notes that the period is sent, and puts its mails into the outbox: both or none.
pub fn sending_insert(
    tx: &mut Tx<'_>,
    plan: i64,
    period: &ReportPeriod,
    addresses: &[String],
    note: &str,
    now: Timestamp,
) -> Result<i64> {
    let id = tx.next_id(Noun::ReportSending)?;
    let (from_day, to_day) = (period.range.from_day, period.range.to_day);
    tx.execute(
        "INSERT INTO report_sending (id, plan_id, period_day, to_day, begun_at_ms, note) VALUES ($1, $2, $3, $4, $5, $6)",
        &[id.into(), plan.into(), from_day.into(), to_day.into(), now.as_ms().into(), note.into()],
    )?;
    for address in addresses {
        let mail = tx.next_id(Noun::Mail)?;
        tx.execute(
            "INSERT INTO mail (id, noun, noun_id, address, state, created_at_ms, tries, next_at_ms) \
             VALUES ($1, 'report', $2, $3, $4, $5, 0, $5)",
            &[mail.into(), id.into(), address.into(), MailState::Waiting.as_str().into(), now.as_ms().into()],
        )?;
    }
    tx.changed(Change::Noun("report_plan"));
    Ok(id)
}

/// A mail whose turn it is, with what it is about.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportMail {
    pub id: i64,
    pub address: String,
    pub tries: i64,
    /// The plan may be gone since.
    pub plan: Option<ReportPlan>,
    pub from_day: i64,
    pub to_day: i64,
}

/// The oldest first.
pub fn mails_due(conn: &mut Conn, now: Timestamp, most: i64) -> DbResult<Vec<ReportMail>> {
    let sql = "SELECT m.id, m.address, m.tries, g.plan_id, g.period_day, g.to_day FROM mail m \
               JOIN report_sending g ON g.id = m.noun_id WHERE m.state = 'waiting' AND m.noun = 'report' \
               AND m.next_at_ms <= $1 ORDER BY m.id LIMIT $2";
    let rows = conn.query(sql, &[now.as_ms().into(), most.into()], |row| {
        Ok((row.int(0)?, row.text(1)?, row.int(2)?, row.int(3)?, row.int(4)?, row.int(5)?))
    })?;
    let mut all = Vec::new();
    for (id, address, tries, plan, from_day, to_day) in rows {
        let plan = find(conn, &Scope::ALL, plan)?;
        all.push(ReportMail { id, address, tries, plan, from_day, to_day });
    }
    Ok(all)
}

/// What became of it. `next`: it is tried again then, and waits on.
pub fn mail_turn(
    tx: &mut Tx<'_>,
    mail: i64,
    (state, tries, next): (MailState, i64, Timestamp),
    message: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    let ended = (state != MailState::Waiting).then(|| now.as_ms());
    tx.execute(
        "UPDATE mail SET state = $1, tries = $2, next_at_ms = $3, message = $4, ended_at_ms = $5 \
         WHERE id = $6 AND state = 'waiting'",
        &[
            state.as_str().into(),
            tries.into(),
            next.as_ms().into(),
            message.into(),
            ended.into(),
            mail.into(),
        ],
    )?;
    tx.changed(Change::Noun("report_plan"));
    Ok(())
}

/// A period as the log has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReportSending {
    pub id: i64,
    pub from_day: i64,
    pub to_day: i64,
    pub begun_at_ms: i64,
    /// Who was left out, and why.
    pub note: String,
    pub mails: Vec<ReportSent>,
}

/// To whom it was sent, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReportSent {
    pub address: String,
    pub state: MailState,
    pub message: Option<String>,
    pub ended_at_ms: Option<i64>,
}

/// The latest first.
pub fn report_sending_list(
    conn: &mut Conn,
    plan: i64,
    before: Option<i64>,
    limit: i64,
) -> DbResult<Page<ReportSending>> {
    let mut filter = Filter::new();
    filter.and_value("plan_id = ?", plan);
    filter.and_some("id < ?", before);
    let most = filter.bind(limit + 1);
    let sql = format!(
        "SELECT id, period_day, to_day, begun_at_ms, note FROM report_sending {} ORDER BY id DESC LIMIT {most}",
        filter.sql()
    );
    let mut rows = conn.query(&sql, &filter.values, |row| {
        Ok(ReportSending {
            id: row.int(0)?,
            from_day: row.int(1)?,
            to_day: row.int(2)?,
            begun_at_ms: row.int(3)?,
            note: row.text(4)?,
            mails: Vec::new(),
        })
    })?;
    for one in &mut rows {
        let sql = "SELECT address, state, message, ended_at_ms FROM mail WHERE noun = 'report' AND noun_id = $1 \
                   ORDER BY id";
        one.mails = conn.query(sql, &[one.id.into()], |row| {
            Ok(ReportSent {
                address: row.text(0)?,
                state: row.word(1, MailState::parse)?,
                message: row.text_opt(2)?,
                ended_at_ms: row.int_opt(3)?,
            })
        })?;
    }
    Ok(Page::of(rows, limit, None, |one| one.id.to_string()))
}
