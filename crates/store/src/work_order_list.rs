//! 工单 as staff see them.

use crate::attachments;
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::sort::{Sort, SortColumn};
use crate::work_orders::{CheckItem, checklist};
use model::access::Scope;
use model::alarm::AlarmLevel;
use model::time::Timestamp;
use model::work_order::{WorkOrderAction, WorkOrderKind, WorkOrderState};
use serde::Serialize;
use utoipa::ToSchema;

/// The noun under which its photos are kept.
pub const PHOTOS: &str = "work_order";

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = WorkOrder)]
pub struct WorkOrderView {
    pub id: i64,
    pub no: String,
    pub kind: WorkOrderKind,
    pub level: AlarmLevel,
    pub state: WorkOrderState,
    pub title: String,
    pub content: String,
    pub station_id: i64,
    pub station_name: String,
    pub pile_code: Option<String>,
    pub connector_no: Option<i64>,
    pub alarm_id: Option<i64>,
    /// 重复故障: its alarm came back of this closed one, within seven days.
    pub repeat_of_id: Option<i64>,
    pub feedback_id: Option<i64>,
    pub feedback_no: Option<String>,
    pub plan_id: Option<i64>,
    pub handler_id: Option<i64>,
    pub handler_name: Option<String>,
    /// Who says that it is done.
    pub done_by_id: Option<i64>,
    pub done_by: Option<String>,
    pub result: Option<String>,
    pub parts: Option<String>,
    pub cost_fen: Option<i64>,
    pub photo_count: i64,
    pub accept_due_ms: i64,
    pub finish_due_ms: i64,
    pub created_at_ms: i64,
    pub created_by: String,
    pub accepted_at_ms: Option<i64>,
    pub arrived_at_ms: Option<i64>,
    pub done_at_ms: Option<i64>,
    pub closed_at_ms: Option<i64>,
    pub closed_by: Option<String>,
    pub escalated_at_ms: Option<i64>,
    /// Open, and later taken or done than promised.
    pub overdue: bool,
    pub version: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WorkOrderDetail {
    #[serde(flatten)]
    pub work_order: WorkOrderView,
    pub checklist: Vec<CheckItem>,
    pub events: Vec<WorkOrderEvent>,
    /// Ids of its photos.
    pub photos: Vec<i64>,
    /// Where it is, WGS-84 in millionths of a degree.
    pub latitude_e6: Option<i64>,
    pub longitude_e6: Option<i64>,
    pub address: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WorkOrderEvent {
    pub at_ms: i64,
    pub action: WorkOrderAction,
    pub staff_name: Option<String>,
    pub text: String,
}

#[derive(Clone, Debug, Default)]
pub struct WorkOrderFilter {
    pub no: Option<String>,
    pub kind: Option<WorkOrderKind>,
    pub level: Option<AlarmLevel>,
    pub state: Option<WorkOrderState>,
    pub open: Option<bool>,
    pub overdue: Option<bool>,
    pub station_name: Option<String>,
    pub pile: Option<String>,
    pub handler: Option<String>,
    pub handler_id: Option<i64>,
    pub alarm_id: Option<i64>,
    pub feedback_id: Option<i64>,
    pub from_ms: Option<i64>,
    /// Exclusive.
    pub to_ms: Option<i64>,
    pub sort: Sort,
    pub limit: i64,
}

pub const SORTS: &[SortColumn] = &[
    SortColumn::number("created_at_ms", "w.created_at_ms"),
    SortColumn::number("finish_due_ms", "w.finish_due_ms"),
    SortColumn::number(
        "level",
        "CAST(CASE w.level WHEN 'critical' THEN 0 WHEN 'major' THEN 1 WHEN 'minor' THEN 2 ELSE 3 END AS BIGINT)",
    ),
];

const OPEN: &str = "w.state NOT IN ('closed', 'cancelled')";

const COLUMNS: &str = "w.id, w.no, w.kind, w.level, w.state, w.title, w.content, w.station_id, s.name, p.code, \
    w.connector_no, w.alarm_id, w.feedback_id, f.no, w.plan_id, w.handler_id, h.name, w.done_by, d.name, w.result, \
    w.parts, w.cost_fen, \
    (SELECT COUNT(*) FROM attachment t WHERE t.noun = 'work_order' AND t.noun_id = w.id), \
    w.accept_due_ms, w.finish_due_ms, w.created_at_ms, w.created_by, w.accepted_at_ms, w.arrived_at_ms, \
    w.done_at_ms, w.closed_at_ms, w.closed_by, w.escalated_at_ms, w.version, \
    (SELECT a.repeat_of FROM alarm a WHERE a.id = w.alarm_id)";

const FROM: &str = "FROM work_order w JOIN station s ON s.id = w.station_id LEFT JOIN pile p ON p.id = w.pile_id \
    LEFT JOIN feedback f ON f.id = w.feedback_id LEFT JOIN staff h ON h.id = w.handler_id \
    LEFT JOIN staff d ON d.id = w.done_by";

/// Where the value stands by which a page is sorted: behind the columns.
const SORT_VALUE: usize = 35;

fn view(row: &Row<'_>, now: Timestamp) -> DbResult<WorkOrderView> {
    let state = row.word(4, WorkOrderState::parse)?;
    let (accept_due_ms, finish_due_ms) = (row.int(23)?, row.int(24)?);
    let (accepted_at_ms, done_at_ms) = (row.int_opt(27)?, row.int_opt(29)?);
    let late = accepted_at_ms.is_none() && accept_due_ms < now.as_ms()
        || done_at_ms.is_none() && finish_due_ms < now.as_ms();
    Ok(WorkOrderView {
        id: row.int(0)?,
        no: row.text(1)?,
        kind: row.word(2, WorkOrderKind::parse)?,
        level: row.word(3, AlarmLevel::parse)?,
        state,
        title: row.text(5)?,
        content: row.text(6)?,
        station_id: row.int(7)?,
        station_name: row.text(8)?,
        pile_code: row.text_opt(9)?,
        connector_no: row.int_opt(10)?,
        alarm_id: row.int_opt(11)?,
        repeat_of_id: row.int_opt(34)?,
        feedback_id: row.int_opt(12)?,
        feedback_no: row.text_opt(13)?,
        plan_id: row.int_opt(14)?,
        handler_id: row.int_opt(15)?,
        handler_name: row.text_opt(16)?,
        done_by_id: row.int_opt(17)?,
        done_by: row.text_opt(18)?,
        result: row.text_opt(19)?,
        parts: row.text_opt(20)?,
        cost_fen: row.int_opt(21)?,
        photo_count: row.int(22)?,
        accept_due_ms,
        finish_due_ms,
        created_at_ms: row.int(25)?,
        created_by: row.text(26)?,
        accepted_at_ms,
        arrived_at_ms: row.int_opt(28)?,
        done_at_ms,
        closed_at_ms: row.int_opt(30)?,
        closed_by: row.text_opt(31)?,
        escalated_at_ms: row.int_opt(32)?,
        overdue: state.is_open() && late,
        version: row.int(33)?,
    })
}

fn late(filter: &mut Filter, now: Timestamp) -> String {
    let now = filter.bind(now.as_ms());
    format!(
        "({OPEN} AND ((w.accepted_at_ms IS NULL AND w.accept_due_ms < {now}) \
         OR (w.done_at_ms IS NULL AND w.finish_due_ms < {now})))"
    )
}

fn filter(scope: &Scope, wanted: &WorkOrderFilter, now: Timestamp) -> Filter {
    let mut filter = Filter::new();
    filter.scope("w.operator_id", "w.station_id", scope);
    filter.and_contains("LOWER(w.no) LIKE ?", wanted.no.as_deref());
    filter.and_some("w.kind = ?", wanted.kind.map(WorkOrderKind::as_str));
    filter.and_some("w.level = ?", wanted.level.map(AlarmLevel::as_str));
    filter.and_some("w.state = ?", wanted.state.map(WorkOrderState::as_str));
    match wanted.open {
        Some(true) => filter.and(OPEN),
        Some(false) => filter.and("w.state IN ('closed', 'cancelled')"),
        None => {}
    }
    if let Some(overdue) = wanted.overdue {
        let late = late(&mut filter, now);
        filter.and(&if overdue { late } else { format!("NOT {late}") });
    }
    filter.and_contains("LOWER(s.name) LIKE ?", wanted.station_name.as_deref());
    filter.and_contains("LOWER(COALESCE(p.code || ' ' || p.name, '')) LIKE ?", wanted.pile.as_deref());
    filter.and_contains("LOWER(COALESCE(h.name, '')) LIKE ?", wanted.handler.as_deref());
    filter.and_some("w.handler_id = ?", wanted.handler_id);
    filter.and_some("w.alarm_id = ?", wanted.alarm_id);
    filter.and_some("w.feedback_id = ?", wanted.feedback_id);
    filter.and_some("w.created_at_ms >= ?", wanted.from_ms);
    filter.and_some("w.created_at_ms < ?", wanted.to_ms);
    filter
}

pub fn work_order_list(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &WorkOrderFilter,
    now: Timestamp,
) -> DbResult<Page<WorkOrderView>> {
    let mut filter = filter(scope, wanted, now);
    let total = conn.one(&format!("SELECT COUNT(*) {FROM} {}", filter.sql()), &filter.values, count)?;
    wanted.sort.page(&mut filter, "w.id");
    let limit = filter.bind(wanted.limit + 1);
    let (value, order) = (wanted.sort.value("w.id"), wanted.sort.order("w.id"));
    let sql = format!("SELECT {COLUMNS}, {value} {FROM} {} ORDER BY {order} LIMIT {limit}", filter.sql());
    let rows = conn.query(&sql, &filter.values, |row| {
        let one = view(row, now)?;
        Ok((wanted.sort.cursor(row, SORT_VALUE, one.id)?, one))
    })?;
    Ok(Page::of_sorted(rows, wanted.limit, Some(total)))
}

pub fn work_order_get(
    conn: &mut Conn,
    scope: &Scope,
    id: i64,
    now: Timestamp,
) -> DbResult<Option<WorkOrderDetail>> {
    let mut filter = Filter::new();
    filter.and_value("w.id = ?", id);
    filter.scope("w.operator_id", "w.station_id", scope);
    let sql = format!(
        "SELECT {COLUMNS}, w.checklist, s.latitude_e6, s.longitude_e6, s.address {FROM} {}",
        filter.sql()
    );
    let found = conn.find(&sql, &filter.values, |row| {
        Ok((view(row, now)?, row.text(35)?, row.int_opt(36)?, row.int_opt(37)?, row.text(38)?))
    })?;
    let Some((work_order, items, latitude_e6, longitude_e6, address)) = found else { return Ok(None) };
    let events = conn.query(
        "SELECT at_ms, action, staff_name, text FROM work_order_event WHERE work_order_id = $1 ORDER BY id",
        &[id.into()],
        |row| {
            Ok(WorkOrderEvent {
                at_ms: row.int(0)?,
                action: row.word(1, WorkOrderAction::parse)?,
                staff_name: row.text_opt(2)?,
                text: row.text(3)?,
            })
        },
    )?;
    let photos = attachments::of(conn, PHOTOS, id)?;
    let checklist = checklist(&items)?;
    Ok(Some(WorkOrderDetail { work_order, checklist, events, photos, latitude_e6, longitude_e6, address }))
}

/// What waits for staff.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WorkOrderTodo {
    /// Nobody has taken it yet.
    pub waiting: i64,
    /// Done, and awaits its acceptance.
    pub done: i64,
    pub overdue: i64,
}

pub fn work_order_todo(conn: &mut Conn, scope: &Scope, now: Timestamp) -> DbResult<WorkOrderTodo> {
    let mut filter = Filter::new();
    let late = late(&mut filter, now);
    filter.and(OPEN);
    filter.scope("w.operator_id", "w.station_id", scope);
    let sum = |condition: &str| {
        format!("CAST(COALESCE(SUM(CASE WHEN {condition} THEN 1 ELSE 0 END), 0) AS BIGINT)")
    };
    let sql = format!(
        "SELECT {}, {}, {} FROM work_order w {}",
        sum("w.state = 'waiting'"),
        sum("w.state = 'done'"),
        sum(&late),
        filter.sql()
    );
    conn.one(&sql, &filter.values, |row| {
        Ok(WorkOrderTodo { waiting: row.int(0)?, done: row.int(1)?, overdue: row.int(2)? })
    })
}
