//! 工单: writing them, and reading what decides.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbError, DbResult, Row};
use crate::filter::Filter;
use crate::ids::Noun;
use model::access::Scope;
use model::alarm::AlarmLevel;
use model::id::{OperatorId, StaffId, StationId};
use model::time::{MINUTE_MS, Timestamp};
use model::work_order::{WorkOrderAction, WorkOrderKind, WorkOrderState, work_order_no};
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Something to be looked at, and what was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckItem {
    pub text: String,
    /// Null: not looked at yet.
    pub good: Option<bool>,
    pub note: Option<String>,
}

/// What decides what may be done with it.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkOrder {
    pub id: i64,
    pub no: String,
    pub request_id: String,
    pub kind: WorkOrderKind,
    pub level: AlarmLevel,
    pub state: WorkOrderState,
    pub title: String,
    pub content: String,
    pub operator: OperatorId,
    pub station: StationId,
    pub pile: Option<i64>,
    pub connector_no: Option<i64>,
    pub alarm: Option<i64>,
    pub feedback: Option<i64>,
    pub plan: Option<i64>,
    pub handler: Option<StaffId>,
    pub done_by: Option<StaffId>,
    pub checklist: Vec<CheckItem>,
    pub result: Option<String>,
    pub parts: Option<String>,
    pub cost_fen: Option<i64>,
    pub accept_due: Timestamp,
    pub finish_due: Timestamp,
    pub created_at: Timestamp,
    pub created_by: String,
    pub accepted_at: Option<Timestamp>,
    pub arrived_at: Option<Timestamp>,
    pub done_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    pub closed_by: Option<String>,
    pub escalated_at: Option<Timestamp>,
    pub version: i64,
}

const COLUMNS: &str = "w.id, w.no, w.request_id, w.kind, w.level, w.state, w.title, w.content, w.operator_id, \
    w.station_id, w.pile_id, w.connector_no, w.alarm_id, w.feedback_id, w.plan_id, w.handler_id, w.done_by, \
    w.checklist, w.result, w.parts, w.cost_fen, w.accept_due_ms, w.finish_due_ms, w.created_at_ms, w.created_by, \
    w.accepted_at_ms, w.arrived_at_ms, w.done_at_ms, w.closed_at_ms, w.closed_by, w.escalated_at_ms, w.version";

pub(crate) fn checklist(text: &str) -> DbResult<Vec<CheckItem>> {
    serde_json::from_str(text).map_err(|why| DbError::Fault(format!("a checklist: {why}")))
}

fn work_order(row: &Row<'_>) -> DbResult<WorkOrder> {
    let at = |ms: Option<i64>| ms.map(Timestamp::from_ms);
    Ok(WorkOrder {
        id: row.int(0)?,
        no: row.text(1)?,
        request_id: row.text(2)?,
        kind: row.word(3, WorkOrderKind::parse)?,
        level: row.word(4, AlarmLevel::parse)?,
        state: row.word(5, WorkOrderState::parse)?,
        title: row.text(6)?,
        content: row.text(7)?,
        operator: OperatorId(row.int(8)?),
        station: StationId(row.int(9)?),
        pile: row.int_opt(10)?,
        connector_no: row.int_opt(11)?,
        alarm: row.int_opt(12)?,
        feedback: row.int_opt(13)?,
        plan: row.int_opt(14)?,
        handler: row.int_opt(15)?.map(StaffId),
        done_by: row.int_opt(16)?.map(StaffId),
        checklist: checklist(&row.text(17)?)?,
        result: row.text_opt(18)?,
        parts: row.text_opt(19)?,
        cost_fen: row.int_opt(20)?,
        accept_due: Timestamp::from_ms(row.int(21)?),
        finish_due: Timestamp::from_ms(row.int(22)?),
        created_at: Timestamp::from_ms(row.int(23)?),
        created_by: row.text(24)?,
        accepted_at: at(row.int_opt(25)?),
        arrived_at: at(row.int_opt(26)?),
        done_at: at(row.int_opt(27)?),
        closed_at: at(row.int_opt(28)?),
        closed_by: row.text_opt(29)?,
        escalated_at: at(row.int_opt(30)?),
        version: row.int(31)?,
    })
}

pub fn find(conn: &mut Conn, scope: &Scope, id: i64) -> DbResult<Option<WorkOrder>> {
    let mut filter = Filter::new();
    filter.and_value("w.id = ?", id);
    filter.scope("w.operator_id", "w.station_id", scope);
    conn.find(&format!("SELECT {COLUMNS} FROM work_order w {}", filter.sql()), &filter.values, work_order)
}

pub fn by_request(conn: &mut Conn, request_id: &str) -> DbResult<Option<WorkOrder>> {
    let sql = format!("SELECT {COLUMNS} FROM work_order w WHERE w.request_id = $1");
    conn.find(&sql, &[request_id.into()], work_order)
}

/// The one that is open for an alarm or a feedback.
pub fn open_of(conn: &mut Conn, alarm: Option<i64>, feedback: Option<i64>) -> DbResult<Option<WorkOrder>> {
    let mut filter = Filter::new();
    filter.and("w.state NOT IN ('closed', 'cancelled')");
    match (alarm, feedback) {
        (Some(alarm), _) => filter.and_value("w.alarm_id = ?", alarm),
        (None, Some(feedback)) => filter.and_value("w.feedback_id = ?", feedback),
        (None, None) => return Ok(None),
    }
    let sql = format!("SELECT {COLUMNS} FROM work_order w {} ORDER BY w.id LIMIT 1", filter.sql());
    conn.find(&sql, &filter.values, work_order)
}

/// Open, later than promised, and no chief was told; the oldest first.
pub fn overdue(conn: &mut Conn, now: Timestamp, most: i64) -> DbResult<Vec<WorkOrder>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM work_order w WHERE w.state NOT IN ('closed', 'cancelled') AND w.escalated_at_ms IS NULL \
         AND ((w.accepted_at_ms IS NULL AND w.accept_due_ms < $1) OR (w.done_at_ms IS NULL AND w.finish_due_ms < $1)) \
         ORDER BY w.id LIMIT $2"
    );
    conn.query(&sql, &[now.as_ms().into(), most.into()], work_order)
}

/// Keeps a new one under an id and a number of its own.
pub fn insert(tx: &mut Tx<'_>, one: &WorkOrder, day: i64) -> Result<(i64, String)> {
    let id = tx.next_id(Noun::WorkOrder)?;
    let no = work_order_no(day, id);
    let checklist = serde_json::to_string(&one.checklist).map_err(|_| Error::internal())?;
    tx.execute(
        "INSERT INTO work_order (id, no, request_id, kind, level, state, title, content, operator_id, station_id, \
         pile_id, connector_no, alarm_id, feedback_id, plan_id, handler_id, checklist, accept_due_ms, finish_due_ms, \
         created_at_ms, created_by, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, 1)",
        &[
            id.into(),
            (&no).into(),
            (&one.request_id).into(),
            one.kind.as_str().into(),
            one.level.as_str().into(),
            one.state.as_str().into(),
            (&one.title).into(),
            (&one.content).into(),
            one.operator.0.into(),
            one.station.0.into(),
            one.pile.into(),
            one.connector_no.into(),
            one.alarm.into(),
            one.feedback.into(),
            one.plan.into(),
            one.handler.map(|staff| staff.0).into(),
            checklist.into(),
            one.accept_due.as_ms().into(),
            one.finish_due.as_ms().into(),
            one.created_at.as_ms().into(),
            (&one.created_by).into(),
        ],
    )?;
    tx.changed(Change::Noun("work_order"));
    Ok((id, no))
}

/// What may have changed of it; its version goes up by one.
pub fn save(tx: &mut Tx<'_>, one: &WorkOrder) -> Result<()> {
    let ms = |at: Option<Timestamp>| at.map(Timestamp::as_ms);
    let checklist = serde_json::to_string(&one.checklist).map_err(|_| Error::internal())?;
    tx.execute(
        "UPDATE work_order SET state = $1, handler_id = $2, done_by = $3, checklist = $4, result = $5, parts = $6, \
         cost_fen = $7, accepted_at_ms = $8, arrived_at_ms = $9, done_at_ms = $10, closed_at_ms = $11, \
         closed_by = $12, escalated_at_ms = $13, version = version + 1 WHERE id = $14",
        &[
            one.state.as_str().into(),
            one.handler.map(|staff| staff.0).into(),
            one.done_by.map(|staff| staff.0).into(),
            checklist.into(),
            one.result.as_ref().into(),
            one.parts.as_ref().into(),
            one.cost_fen.into(),
            ms(one.accepted_at).into(),
            ms(one.arrived_at).into(),
            ms(one.done_at).into(),
            ms(one.closed_at).into(),
            one.closed_by.as_ref().into(),
            ms(one.escalated_at).into(),
            one.id.into(),
        ],
    )?;
    tx.changed(Change::Noun("work_order"));
    Ok(())
}

pub fn event_append(
    tx: &mut Tx<'_>,
    work_order: i64,
    action: WorkOrderAction,
    staff_name: Option<&str>,
    text: &str,
    now: Timestamp,
) -> Result<()> {
    let id = tx.next_id(Noun::WorkOrderEvent)?;
    tx.execute(
        "INSERT INTO work_order_event (id, work_order_id, at_ms, action, staff_name, text) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            id.into(),
            work_order.into(),
            now.as_ms().into(),
            action.as_str().into(),
            staff_name.into(),
            text.into(),
        ],
    )?;
    Ok(())
}

/// Within how many minutes somebody takes one of a level, and is done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct WorkOrderLimit {
    pub level: AlarmLevel,
    pub accept_minutes: i64,
    pub finish_minutes: i64,
}

impl WorkOrderLimit {
    pub fn dues(&self, now: Timestamp) -> (Timestamp, Timestamp) {
        (now.plus_ms(self.accept_minutes * MINUTE_MS), now.plus_ms(self.finish_minutes * MINUTE_MS))
    }
}

/// The gravest first.
pub fn work_order_limit_list(conn: &mut Conn) -> DbResult<Vec<WorkOrderLimit>> {
    let sql = "SELECT level, accept_minutes, finish_minutes FROM work_order_limit";
    let mut all = conn.query(sql, &[], |row| {
        Ok(WorkOrderLimit {
            level: row.word(0, AlarmLevel::parse)?,
            accept_minutes: row.int(1)?,
            finish_minutes: row.int(2)?,
        })
    })?;
    all.sort_by_key(|one| one.level.rank());
    Ok(all)
}

pub fn limit_save(tx: &mut Tx<'_>, one: &WorkOrderLimit) -> Result<()> {
    tx.execute(
        "INSERT INTO work_order_limit (level, accept_minutes, finish_minutes) VALUES ($1, $2, $3) \
         ON CONFLICT (level) DO UPDATE SET accept_minutes = excluded.accept_minutes, \
         finish_minutes = excluded.finish_minutes",
        &[one.level.as_str().into(), one.accept_minutes.into(), one.finish_minutes.into()],
    )?;
    tx.changed(Change::Noun("work_order"));
    Ok(())
}

/// 巡检计划: which stations are looked at, for what, and how often.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct InspectionPlan {
    pub id: i64,
    pub name: String,
    pub station_ids: Vec<i64>,
    /// What is to be looked at, in this order.
    pub items: Vec<String>,
    pub every_days: i64,
    /// When its next work orders are made.
    pub next_at_ms: i64,
    /// Who is to do it; null: whoever takes it.
    pub handler_id: Option<i64>,
    pub level: AlarmLevel,
    pub enabled: bool,
    pub version: i64,
    pub changed_at_ms: i64,
    pub changed_by: String,
}

const PLAN: &str = "id, name, stations, items, every_days, next_at_ms, handler_id, level, enabled, version, \
    changed_at_ms, changed_by";

fn plan(row: &Row<'_>) -> DbResult<InspectionPlan> {
    let broken = |why: serde_json::Error| DbError::Fault(format!("an inspection plan: {why}"));
    Ok(InspectionPlan {
        id: row.int(0)?,
        name: row.text(1)?,
        station_ids: serde_json::from_str(&row.text(2)?).map_err(broken)?,
        items: serde_json::from_str(&row.text(3)?).map_err(broken)?,
        every_days: row.int(4)?,
        next_at_ms: row.int(5)?,
        handler_id: row.int_opt(6)?,
        level: row.word(7, AlarmLevel::parse)?,
        enabled: row.bool(8)?,
        version: row.int(9)?,
        changed_at_ms: row.int(10)?,
        changed_by: row.text(11)?,
    })
}

pub fn inspection_plan_list(conn: &mut Conn) -> DbResult<Vec<InspectionPlan>> {
    conn.query(&format!("SELECT {PLAN} FROM inspection_plan ORDER BY id"), &[], plan)
}

/// Writes a new one, or the one that has its id.
pub fn plan_save(tx: &mut Tx<'_>, one: &InspectionPlan) -> Result<i64> {
    let id = if one.id == 0 { tx.next_id(Noun::InspectionPlan)? } else { one.id };
    let stations = serde_json::to_string(&one.station_ids).map_err(|_| Error::internal())?;
    let items = serde_json::to_string(&one.items).map_err(|_| Error::internal())?;
    tx.execute(
        "INSERT INTO inspection_plan (id, name, stations, items, every_days, next_at_ms, handler_id, level, enabled, \
         version, changed_at_ms, changed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, stations = excluded.stations, items = excluded.items, \
         every_days = excluded.every_days, next_at_ms = excluded.next_at_ms, handler_id = excluded.handler_id, \
         level = excluded.level, enabled = excluded.enabled, version = excluded.version, \
         changed_at_ms = excluded.changed_at_ms, changed_by = excluded.changed_by",
        &[
            id.into(),
            (&one.name).into(),
            stations.into(),
            items.into(),
            one.every_days.into(),
            one.next_at_ms.into(),
            one.handler_id.into(),
            one.level.as_str().into(),
            one.enabled.into(),
            one.version.into(),
            one.changed_at_ms.into(),
            (&one.changed_by).into(),
        ],
    )?;
    tx.changed(Change::Noun("inspection_plan"));
    Ok(id)
}

pub fn plan_delete(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    tx.execute("DELETE FROM inspection_plan WHERE id = $1", &[id.into()])?;
    tx.changed(Change::Noun("inspection_plan"));
    Ok(())
}
