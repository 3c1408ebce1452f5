//! 告警 as staff see them.

use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::order_list::order_no;
use crate::sort::{Sort, SortColumn};
use model::access::Scope;
use model::alarm::{AlarmAction, AlarmLevel, AlarmSource, AlarmState};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Alarm)]
pub struct AlarmView {
    pub id: i64,
    pub source: AlarmSource,
    pub code: String,
    /// The code in the reader's language.
    pub text: Option<String>,
    pub level: AlarmLevel,
    pub state: AlarmState,
    pub station_id: i64,
    pub station_name: String,
    pub operator_name: String,
    pub pile_code: Option<String>,
    pub pile_name: Option<String>,
    pub connector_no: Option<i64>,
    pub order_id: Option<i64>,
    pub order_no: Option<String>,
    /// What the pile says besides.
    pub info: Option<String>,
    /// It stands for many piles of its station.
    pub storm: bool,
    /// Of a storm: how many there are, and of how many it still holds.
    pub member_count: i64,
    pub open_member_count: i64,
    /// The storm that it is one of.
    pub parent_id: Option<i64>,
    /// How often it began.
    pub times: i64,
    pub first_at_ms: i64,
    pub last_at_ms: i64,
    pub recovered_at_ms: Option<i64>,
    pub acknowledged_at_ms: Option<i64>,
    pub acknowledged_by: Option<String>,
    pub silenced_until_ms: Option<i64>,
    pub closed_at_ms: Option<i64>,
    pub notified_at_ms: Option<i64>,
    /// 重复故障: the closed alarm of the same fault that it came back of, within seven days.
    pub repeat_of_id: Option<i64>,
    pub version: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AlarmDetail {
    #[serde(flatten)]
    pub alarm: AlarmView,
    /// What to do about it, in the reader's language.
    pub way_out: String,
    pub events: Vec<AlarmEvent>,
    pub members: Vec<AlarmView>,
    /// The frame that showed it; it may have been kept long enough.
    pub frame_id: Option<i64>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AlarmEvent {
    pub at_ms: i64,
    pub action: AlarmAction,
    pub staff_name: Option<String>,
    pub text: String,
}

#[derive(Clone, Debug, Default)]
pub struct AlarmFilter {
    pub level: Option<AlarmLevel>,
    pub source: Option<AlarmSource>,
    pub state: Option<AlarmState>,
    /// Not closed, and counting.
    pub live: Option<bool>,
    pub code: Option<String>,
    pub station_id: Option<i64>,
    pub station_name: Option<String>,
    pub pile: Option<String>,
    pub order_id: Option<i64>,
    /// Only faults that came back.
    pub repeated: Option<bool>,
    pub from_ms: Option<i64>,
    /// Exclusive.
    pub to_ms: Option<i64>,
    pub sort: Sort,
    pub limit: i64,
}

pub const SORTS: &[SortColumn] = &[
    SortColumn::number("last_at_ms", "a.last_at_ms"),
    SortColumn::number("first_at_ms", "a.first_at_ms"),
    SortColumn::number("times", "a.times"),
    SortColumn::number(
        "level",
        "CAST(CASE a.level WHEN 'critical' THEN 0 WHEN 'major' THEN 1 WHEN 'minor' THEN 2 ELSE 3 END AS BIGINT)",
    ),
];

const COLUMNS: &str = "a.id, a.source, a.code, a.level, a.state, a.station_id, s.name, op.name, p.code, p.name, \
    a.connector_no, a.order_id, o.created_at_ms, a.info, a.storm, \
    (SELECT COUNT(*) FROM alarm m WHERE m.parent_id = a.id), \
    (SELECT COUNT(*) FROM alarm m WHERE m.parent_id = a.id AND m.state NOT IN ('recovered', 'closed')), \
    a.parent_id, a.times, a.first_at_ms, a.last_at_ms, a.recovered_at_ms, a.acknowledged_at_ms, a.acknowledged_by, \
    a.silenced_until_ms, a.closed_at_ms, a.notified_at_ms, a.version, a.frame_id, a.repeat_of";

const FROM: &str = "FROM alarm a JOIN station s ON s.id = a.station_id JOIN operator op ON op.id = a.operator_id \
    LEFT JOIN pile p ON p.id = a.pile_id LEFT JOIN orders o ON o.id = a.order_id";

/// Where the value stands by which a page is sorted: behind the columns.
const SORT_VALUE: usize = 30;

fn view(row: &Row<'_>) -> DbResult<AlarmView> {
    let order_id = row.int_opt(11)?;
    Ok(AlarmView {
        id: row.int(0)?,
        source: row.word(1, AlarmSource::parse)?,
        code: row.text(2)?,
        text: None,
        level: row.word(3, AlarmLevel::parse)?,
        state: row.word(4, AlarmState::parse)?,
        station_id: row.int(5)?,
        station_name: row.text(6)?,
        operator_name: row.text(7)?,
        pile_code: row.text_opt(8)?,
        pile_name: row.text_opt(9)?,
        connector_no: row.int_opt(10)?,
        order_id,
        order_no: order_id.zip(row.int_opt(12)?).map(|(id, created)| order_no(id, created)),
        info: row.text_opt(13)?,
        storm: row.bool(14)?,
        member_count: row.int(15)?,
        open_member_count: row.int(16)?,
        parent_id: row.int_opt(17)?,
        times: row.int(18)?,
        first_at_ms: row.int(19)?,
        last_at_ms: row.int(20)?,
        recovered_at_ms: row.int_opt(21)?,
        acknowledged_at_ms: row.int_opt(22)?,
        acknowledged_by: row.text_opt(23)?,
        silenced_until_ms: row.int_opt(24)?,
        closed_at_ms: row.int_opt(25)?,
        notified_at_ms: row.int_opt(26)?,
        version: row.int(27)?,
        repeat_of_id: row.int_opt(29)?,
    })
}

fn filter(scope: &Scope, wanted: &AlarmFilter) -> Filter {
    let mut filter = Filter::new();
    filter.scope("a.operator_id", "a.station_id", scope);
    // What is one of a storm is told with it.
    filter.and("a.parent_id IS NULL");
    filter.and_some("a.level = ?", wanted.level.map(AlarmLevel::as_str));
    filter.and_some("a.source = ?", wanted.source.map(AlarmSource::as_str));
    match wanted.state {
        Some(state) => filter.and_value("a.state = ?", state.as_str()),
        None => filter.and("a.state <> 'pending'"),
    }
    match wanted.live {
        Some(true) => filter.and("a.live_key IS NOT NULL"),
        Some(false) => filter.and("a.live_key IS NULL"),
        None => {}
    }
    filter.and_contains("LOWER(a.code) LIKE ?", wanted.code.as_deref());
    filter.and_some("a.station_id = ?", wanted.station_id);
    filter.and_contains("LOWER(s.name) LIKE ?", wanted.station_name.as_deref());
    if let Some(pile) = wanted.pile.as_deref().map(str::trim).filter(|pile| !pile.is_empty()) {
        let mut of = Filter::new();
        of.and_contains("LOWER(COALESCE(p.code || ' ' || p.name, '')) LIKE ?", Some(pile));
        let mut member = Filter::new();
        member.and_contains("LOWER(mp.code || ' ' || mp.name) LIKE ?", Some(pile));
        let own = filter.renumbered(&of);
        let members = filter.renumbered(&member);
        // A storm is found by each of its piles.
        filter.and(&format!(
            "({} OR EXISTS (SELECT 1 FROM alarm m JOIN pile mp ON mp.id = m.pile_id WHERE m.parent_id = a.id AND {}))",
            own.trim_start_matches("WHERE "),
            members.trim_start_matches("WHERE ")
        ));
    }
    filter.and_some("a.order_id = ?", wanted.order_id);
    match wanted.repeated {
        Some(true) => filter.and("a.repeat_of IS NOT NULL"),
        Some(false) => filter.and("a.repeat_of IS NULL"),
        None => {}
    }
    filter.and_some("a.last_at_ms >= ?", wanted.from_ms);
    filter.and_some("a.last_at_ms < ?", wanted.to_ms);
    filter
}

pub fn alarm_list(conn: &mut Conn, scope: &Scope, wanted: &AlarmFilter) -> DbResult<Page<AlarmView>> {
    let mut filter = filter(scope, wanted);
    let total = conn.one(&format!("SELECT COUNT(*) {FROM} {}", filter.sql()), &filter.values, count)?;
    wanted.sort.page(&mut filter, "a.id");
    let limit = filter.bind(wanted.limit + 1);
    let (value, order) = (wanted.sort.value("a.id"), wanted.sort.order("a.id"));
    let sql = format!("SELECT {COLUMNS}, {value} {FROM} {} ORDER BY {order} LIMIT {limit}", filter.sql());
    let rows = conn.query(&sql, &filter.values, |row| {
        let one = view(row)?;
        Ok((wanted.sort.cursor(row, SORT_VALUE, one.id)?, one))
    })?;
    Ok(Page::of_sorted(rows, wanted.limit, Some(total)))
}

/// `way_out` is left empty: who knows the words adds it.
pub fn alarm_get(conn: &mut Conn, scope: &Scope, id: i64) -> DbResult<Option<AlarmDetail>> {
    let mut filter = Filter::new();
    filter.and_value("a.id = ?", id);
    filter.scope("a.operator_id", "a.station_id", scope);
    let sql = format!("SELECT {COLUMNS} {FROM} {}", filter.sql());
    let Some((alarm, frame_id)) =
        conn.find(&sql, &filter.values, |row| Ok((view(row)?, row.int_opt(28)?)))?
    else {
        return Ok(None);
    };
    let sql = format!("SELECT {COLUMNS} {FROM} WHERE a.parent_id = $1 ORDER BY p.code, a.id LIMIT 1000");
    let members = if alarm.storm { conn.query(&sql, &[id.into()], view)? } else { Vec::new() };
    let events = conn.query(
        "SELECT at_ms, action, staff_name, text FROM alarm_event WHERE alarm_id = $1 ORDER BY id LIMIT 500",
        &[id.into()],
        |row| {
            Ok(AlarmEvent {
                at_ms: row.int(0)?,
                action: row.word(1, AlarmAction::parse)?,
                staff_name: row.text_opt(2)?,
                text: row.text(3)?,
            })
        },
    )?;
    Ok(Some(AlarmDetail { alarm, way_out: String::new(), events, members, frame_id }))
}

/// What waits for somebody: not acknowledged, by level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct AlarmTodo {
    pub critical: i64,
    pub major: i64,
    pub minor: i64,
    pub notice: i64,
}

pub fn alarm_todo(conn: &mut Conn, scope: &Scope) -> DbResult<AlarmTodo> {
    let mut filter = Filter::new();
    filter.and("a.live_key IS NOT NULL AND a.state = 'open' AND a.parent_id IS NULL");
    filter.scope("a.operator_id", "a.station_id", scope);
    let sql = format!("SELECT a.level, COUNT(*) FROM alarm a {} GROUP BY a.level", filter.sql());
    let mut todo = AlarmTodo::default();
    for (level, number) in
        conn.query(&sql, &filter.values, |row| Ok((row.word(0, AlarmLevel::parse)?, row.int(1)?)))?
    {
        match level {
            AlarmLevel::Critical => todo.critical = number,
            AlarmLevel::Major => todo.major = number,
            AlarmLevel::Minor => todo.minor = number,
            AlarmLevel::Notice => todo.notice = number,
        }
    }
    Ok(todo)
}
