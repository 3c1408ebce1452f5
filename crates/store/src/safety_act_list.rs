//! 安全事件 as staff see them.

use crate::commands::CommandState;
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::order_list::order_no;
use crate::safety_acts::evidence;
use model::access::Scope;
use model::safety::{SafetyActState, SafetyAction, SafetyLevel, SafetyMeasure, SafetyStep, SafetyVerdict};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SafetyAct)]
pub struct SafetyActView {
    pub id: i64,
    pub rule_id: i64,
    pub rule_name: String,
    pub measure: SafetyMeasure,
    /// Of threshold and value.
    pub unit: String,
    pub threshold: i64,
    pub value: i64,
    pub level: SafetyLevel,
    pub action: SafetyAction,
    /// What shows is the car's; the pile is not blamed.
    pub of_vehicle: bool,
    pub state: SafetyActState,
    /// What was done last.
    pub step: SafetyStep,
    pub station_id: i64,
    pub station_name: String,
    pub operator_name: String,
    pub pile_code: String,
    pub pile_name: String,
    pub connector_no: i64,
    pub order_id: Option<i64>,
    pub order_no: Option<String>,
    pub since_ms: i64,
    pub at_ms: i64,
    pub last_at_ms: i64,
    pub times: i64,
    /// The pile is still out of service because of it.
    pub locked: bool,
    pub verdict: Option<SafetyVerdict>,
    pub verdict_text: Option<String>,
    pub verdict_by: Option<String>,
    pub verdict_at_ms: Option<i64>,
    pub version: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SafetyActDetail {
    #[serde(flatten)]
    pub act: SafetyActView,
    /// The values that led to it, the oldest first.
    pub evidence: Vec<SafetyPoint>,
    pub steps: Vec<SafetyStepView>,
    pub alarm_id: Option<i64>,
    pub frame_id: Option<i64>,
    /// Of the station, for whoever has to call there.
    pub phone: Option<String>,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct SafetyPoint {
    pub at_ms: i64,
    pub value: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SafetyStepView {
    pub at_ms: i64,
    pub step: SafetyStep,
    pub command_id: Option<i64>,
    /// How that ended.
    pub command_state: Option<CommandState>,
    pub staff_name: Option<String>,
    pub text: String,
}

#[derive(Clone, Debug, Default)]
pub struct SafetyActFilter {
    pub level: Option<SafetyLevel>,
    pub state: Option<SafetyActState>,
    pub action: Option<SafetyAction>,
    pub measure: Option<SafetyMeasure>,
    pub of_vehicle: Option<bool>,
    pub station_name: Option<String>,
    pub pile: Option<String>,
    pub order_id: Option<i64>,
    pub from_ms: Option<i64>,
    /// Exclusive.
    pub to_ms: Option<i64>,
    /// Ids below this one.
    pub before: Option<i64>,
    pub limit: i64,
}

const COLUMNS: &str = "a.id, a.rule_id, a.rule_name, a.measure, a.threshold, a.value, a.level, a.action, a.of_vehicle, \
    a.state, a.step, a.station_id, s.name, op.name, p.code, p.name, a.connector_no, a.order_id, o.created_at_ms, \
    a.since_ms, a.at_ms, a.last_at_ms, a.times, a.held, a.verdict, a.verdict_text, a.verdict_by, a.verdict_at_ms, \
    a.version, a.evidence, a.frame_id, s.phone";

const FROM: &str = "FROM safety_act a JOIN station s ON s.id = a.station_id JOIN operator op ON op.id = a.operator_id \
    JOIN pile p ON p.id = a.pile_id LEFT JOIN orders o ON o.id = a.order_id";

fn view(row: &Row<'_>) -> DbResult<SafetyActView> {
    let measure = row.word(3, SafetyMeasure::parse)?;
    let order_id = row.int_opt(17)?;
    Ok(SafetyActView {
        id: row.int(0)?,
        rule_id: row.int(1)?,
        rule_name: row.text(2)?,
        measure,
        unit: measure.unit().to_owned(),
        threshold: row.int(4)?,
        value: row.int(5)?,
        level: row.word(6, SafetyLevel::parse)?,
        action: row.word(7, SafetyAction::parse)?,
        of_vehicle: row.bool(8)?,
        state: row.word(9, SafetyActState::parse)?,
        step: row.word(10, SafetyStep::parse)?,
        station_id: row.int(11)?,
        station_name: row.text(12)?,
        operator_name: row.text(13)?,
        pile_code: row.text(14)?,
        pile_name: row.text(15)?,
        connector_no: row.int(16)?,
        order_id,
        order_no: order_id.zip(row.int_opt(18)?).map(|(id, created)| order_no(id, created)),
        since_ms: row.int(19)?,
        at_ms: row.int(20)?,
        last_at_ms: row.int(21)?,
        times: row.int(22)?,
        locked: row.text_opt(23)?.as_deref() == Some("lock"),
        verdict: row.word_opt(24, SafetyVerdict::parse)?,
        verdict_text: row.text_opt(25)?,
        verdict_by: row.text_opt(26)?,
        verdict_at_ms: row.int_opt(27)?,
        version: row.int(28)?,
    })
}

fn filter(scope: &Scope, wanted: &SafetyActFilter) -> Filter {
    let mut filter = Filter::new();
    filter.scope("a.operator_id", "a.station_id", scope);
    filter.and_some("a.level = ?", wanted.level.map(SafetyLevel::as_str));
    filter.and_some("a.state = ?", wanted.state.map(SafetyActState::as_str));
    filter.and_some("a.action = ?", wanted.action.map(SafetyAction::as_str));
    filter.and_some("a.measure = ?", wanted.measure.map(SafetyMeasure::as_str));
    filter.and_some("a.of_vehicle = ?", wanted.of_vehicle);
    filter.and_contains("LOWER(s.name) LIKE ?", wanted.station_name.as_deref());
    filter.and_contains("LOWER(p.code || ' ' || p.name) LIKE ?", wanted.pile.as_deref());
    filter.and_some("a.order_id = ?", wanted.order_id);
    filter.and_some("a.at_ms >= ?", wanted.from_ms);
    filter.and_some("a.at_ms < ?", wanted.to_ms);
    filter
}

/// Newest first.
pub fn safety_act_list(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &SafetyActFilter,
) -> DbResult<Page<SafetyActView>> {
    let mut filter = filter(scope, wanted);
    let total = conn.one(&format!("SELECT COUNT(*) {FROM} {}", filter.sql()), &filter.values, count)?;
    filter.and_some("a.id < ?", wanted.before);
    let most = filter.bind(wanted.limit + 1);
    let sql = format!("SELECT {COLUMNS} {FROM} {} ORDER BY a.id DESC LIMIT {most}", filter.sql());
    let rows = conn.query(&sql, &filter.values, view)?;
    Ok(Page::of(rows, wanted.limit, Some(total), |one| one.id.to_string()))
}

pub fn safety_act_get(conn: &mut Conn, scope: &Scope, id: i64) -> DbResult<Option<SafetyActDetail>> {
    let mut filter = Filter::new();
    filter.and_value("a.id = ?", id);
    filter.scope("a.operator_id", "a.station_id", scope);
    let sql = format!("SELECT {COLUMNS} {FROM} {}", filter.sql());
    let found = conn.find(&sql, &filter.values, |row| {
        let points = evidence(&row.text(29)?)?;
        Ok(SafetyActDetail {
            act: view(row)?,
            evidence: points.into_iter().map(|(at_ms, value)| SafetyPoint { at_ms, value }).collect(),
            steps: Vec::new(),
            alarm_id: None,
            frame_id: row.int_opt(30)?,
            phone: row.text_opt(31)?,
        })
    })?;
    let Some(mut found) = found else { return Ok(None) };
    found.steps = conn.query(
        "SELECT t.at_ms, t.step, t.command_id, c.state, t.staff_name, t.text FROM safety_step t \
         LEFT JOIN command c ON c.id = t.command_id WHERE t.act_id = $1 ORDER BY t.id LIMIT 200",
        &[id.into()],
        |row| {
            Ok(SafetyStepView {
                at_ms: row.int(0)?,
                step: row.word(1, SafetyStep::parse)?,
                command_id: row.int_opt(2)?,
                command_state: row.word_opt(3, CommandState::parse)?,
                staff_name: row.text_opt(4)?,
                text: row.text(5)?,
            })
        },
    )?;
    found.alarm_id = conn.find(
        "SELECT id FROM alarm WHERE pile_id = (SELECT pile_id FROM safety_act WHERE id = $1) AND source = 'safety' \
         AND code = $2 AND first_at_ms <= $3 ORDER BY id DESC LIMIT 1",
        &[id.into(), found.act.measure.alarm_code().into(), found.act.last_at_ms.into()],
        |row| row.int(0),
    )?;
    Ok(Some(found))
}
