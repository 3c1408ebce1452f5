//! 自愈记录: runs of playbooks, each with its steps.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbError, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::ids::Noun;
use model::access::Scope;
use model::healing::{HealingReason, HealingState, HealingStepKind, HealingStepState, HealingTerms};
use model::id::{CommandId, ConnectorNo, OperatorId, PileId, StationId};
use model::time::Timestamp;
use model::{Error, Result, Text};
use serde::Serialize;
use utoipa::ToSchema;

/// What decides how it goes on.
#[derive(Clone, Debug, PartialEq)]
pub struct HealingRun {
    /// 0 before it is kept.
    pub id: i64,
    pub playbook: i64,
    pub playbook_name: String,
    pub playbook_version: i64,
    pub terms: HealingTerms,
    pub alarm: i64,
    /// Which beginning of the alarm it is about.
    pub alarm_times: i64,
    pub operator: OperatorId,
    pub station: StationId,
    pub pile: PileId,
    /// None: the pile as a whole.
    pub connector: Option<ConnectorNo>,
    pub state: HealingState,
    pub reason: Option<HealingReason>,
    /// How many steps were taken or left out.
    pub step_no: i64,
    pub due_at: Timestamp,
    pub good_since: Option<Timestamp>,
    pub begun_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub ended_by: Option<String>,
    pub work_order: Option<i64>,
}

const COLUMNS: &str = "r.id, r.playbook_id, r.playbook_name, r.playbook_version, r.terms, r.alarm_id, r.alarm_times, \
    r.operator_id, r.station_id, r.pile_id, r.connector_no, r.state, r.reason, r.step_no, r.due_at_ms, \
    r.good_since_ms, r.begun_at_ms, r.ended_at_ms, r.ended_by, r.work_order_id";

fn terms(text: &str) -> DbResult<HealingTerms> {
    serde_json::from_str(text).map_err(|why| DbError::Fault(format!("the terms of a run: {why}")))
}

fn run(row: &Row<'_>) -> DbResult<HealingRun> {
    let at = |ms: Option<i64>| ms.map(Timestamp::from_ms);
    Ok(HealingRun {
        id: row.int(0)?,
        playbook: row.int(1)?,
        playbook_name: row.text(2)?,
        playbook_version: row.int(3)?,
        terms: terms(&row.text(4)?)?,
        alarm: row.int(5)?,
        alarm_times: row.int(6)?,
        operator: OperatorId(row.int(7)?),
        station: StationId(row.int(8)?),
        pile: PileId(row.int(9)?),
        connector: row.int_opt(10)?.and_then(|no| ConnectorNo::try_from(no).ok()),
        state: row.word(11, HealingState::parse)?,
        reason: row.word_opt(12, HealingReason::parse)?,
        step_no: row.int(13)?,
        due_at: Timestamp::from_ms(row.int(14)?),
        good_since: at(row.int_opt(15)?),
        begun_at: Timestamp::from_ms(row.int(16)?),
        ended_at: at(row.int_opt(17)?),
        ended_by: row.text_opt(18)?,
        work_order: row.int_opt(19)?,
    })
}

pub fn find(conn: &mut Conn, scope: &Scope, id: i64) -> DbResult<Option<HealingRun>> {
    let mut filter = Filter::new();
    filter.and_value("r.id = ?", id);
    filter.scope("r.operator_id", "r.station_id", scope);
    conn.find(&format!("SELECT {COLUMNS} FROM healing_run r {}", filter.sql()), &filter.values, run)
}

/// Those that run, the oldest first: ids and piles.
pub fn running(conn: &mut Conn, most: i64) -> DbResult<Vec<(i64, PileId)>> {
    conn.query(
        "SELECT id, live_pile FROM healing_run WHERE live_pile IS NOT NULL ORDER BY id LIMIT $1",
        &[most.into()],
        |row| Ok((row.int(0)?, PileId(row.int(1)?))),
    )
}

pub fn running_at(conn: &mut Conn, station: StationId) -> DbResult<i64> {
    conn.one(
        "SELECT COUNT(*) FROM healing_run WHERE live_pile IS NOT NULL AND station_id = $1",
        &[station.0.into()],
        count,
    )
}

/// Those of a pile that began since a moment, the newest first.
pub fn of_pile(conn: &mut Conn, pile: PileId, since: Timestamp) -> DbResult<Vec<HealingRun>> {
    conn.query(
        &format!(
            "SELECT {COLUMNS} FROM healing_run r WHERE r.pile_id = $1 AND r.begun_at_ms >= $2 ORDER BY r.id DESC"
        ),
        &[pile.0.into(), since.as_ms().into()],
        run,
    )
}

/// Whether a person has given the pile a command since a moment.
pub fn person_acted(conn: &mut Conn, pile: PileId, since: Timestamp) -> DbResult<bool> {
    let found = conn.one(
        "SELECT COUNT(*) FROM command WHERE pile_id = $1 AND staff_id IS NOT NULL AND created_at_ms >= $2",
        &[pile.0.into(), since.as_ms().into()],
        count,
    )?;
    Ok(found > 0)
}

pub fn insert(tx: &mut Tx<'_>, one: &HealingRun) -> Result<i64> {
    let id = tx.next_id(Noun::HealingRun)?;
    let terms = serde_json::to_string(&one.terms).map_err(|_| Error::internal())?;
    tx.execute(
        "INSERT INTO healing_run (id, playbook_id, playbook_name, playbook_version, terms, alarm_id, alarm_times, \
         operator_id, station_id, pile_id, connector_no, state, step_no, due_at_ms, begun_at_ms, live_pile) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        &[
            id.into(),
            one.playbook.into(),
            (&one.playbook_name).into(),
            one.playbook_version.into(),
            terms.into(),
            one.alarm.into(),
            one.alarm_times.into(),
            one.operator.0.into(),
            one.station.0.into(),
            one.pile.0.into(),
            one.connector.map(i64::from).into(),
            one.state.as_str().into(),
            one.step_no.into(),
            one.due_at.as_ms().into(),
            one.begun_at.as_ms().into(),
            one.pile.0.into(),
        ],
    )?;
    tx.changed(Change::Noun("healing_run"));
    Ok(id)
}

pub fn save(tx: &mut Tx<'_>, one: &HealingRun) -> Result<()> {
    let live = (one.state == HealingState::Running).then_some(one.pile.0);
    tx.execute(
        "UPDATE healing_run SET state = $1, reason = $2, step_no = $3, due_at_ms = $4, good_since_ms = $5, \
         ended_at_ms = $6, ended_by = $7, work_order_id = $8, live_pile = $9 WHERE id = $10",
        &[
            one.state.as_str().into(),
            one.reason.map(HealingReason::as_str).into(),
            one.step_no.into(),
            one.due_at.as_ms().into(),
            one.good_since.map(Timestamp::as_ms).into(),
            one.ended_at.map(Timestamp::as_ms).into(),
            one.ended_by.as_ref().into(),
            one.work_order.into(),
            live.into(),
            one.id.into(),
        ],
    )?;
    tx.changed(Change::Noun("healing_run"));
    Ok(())
}

/// A step that was taken, or left out.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct HealingStepRecord {
    pub id: i64,
    pub step_no: i64,
    pub kind: HealingStepKind,
    /// The pile's command; null: it was left out.
    pub command_id: Option<i64>,
    pub state: HealingStepState,
    /// The pile's reason.
    pub message: Option<Text>,
    pub at_ms: i64,
    pub ended_at_ms: Option<i64>,
}

pub fn steps(conn: &mut Conn, id: i64) -> DbResult<Vec<HealingStepRecord>> {
    conn.query(
        "SELECT id, step_no, kind, command_id, state, message, at_ms, ended_at_ms FROM healing_step \
         WHERE run_id = $1 ORDER BY id",
        &[id.into()],
        |row| {
            let message = row.text_opt(5)?;
            Ok(HealingStepRecord {
                id: row.int(0)?,
                step_no: row.int(1)?,
                kind: row.word(2, HealingStepKind::parse)?,
                command_id: row.int_opt(3)?,
                state: row.word(4, HealingStepState::parse)?,
                message: message.and_then(|text| serde_json::from_str(&text).ok()),
                at_ms: row.int(6)?,
                ended_at_ms: row.int_opt(7)?,
            })
        },
    )
}

pub fn step_append(
    tx: &mut Tx<'_>,
    of: &HealingRun,
    kind: HealingStepKind,
    command: Option<CommandId>,
    now: Timestamp,
) -> Result<()> {
    let id = tx.next_id(Noun::HealingStep)?;
    let state = if command.is_some() { HealingStepState::Sent } else { HealingStepState::Skipped };
    let ended = command.is_none().then_some(now.as_ms());
    tx.execute(
        "INSERT INTO healing_step (id, run_id, step_no, kind, command_id, state, at_ms, ended_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            id.into(),
            of.id.into(),
            (of.step_no + 1).into(),
            kind.as_str().into(),
            command.map(|id| id.0).into(),
            state.as_str().into(),
            now.as_ms().into(),
            ended.into(),
        ],
    )?;
    Ok(())
}

/// What came of a step.
pub fn step_turn(
    tx: &mut Tx<'_>,
    id: i64,
    state: HealingStepState,
    message: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "UPDATE healing_step SET state = $1, message = COALESCE(CAST($2 AS TEXT), message), ended_at_ms = $3 WHERE id = $4",
        &[state.as_str().into(), message.into(), now.as_ms().into(), id.into()],
    )?;
    tx.changed(Change::Noun("healing_run"));
    Ok(())
}

/// Kept long enough; in small steps.
pub fn prune(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64> {
    let oldest =
        "SELECT id FROM healing_run WHERE live_pile IS NULL AND ended_at_ms < $1 ORDER BY id LIMIT 2000";
    tx.execute(&format!("DELETE FROM healing_step WHERE run_id IN ({oldest})"), &[before.as_ms().into()])?;
    tx.execute(&format!("DELETE FROM healing_run WHERE id IN ({oldest})"), &[before.as_ms().into()])
}

/// A run as staff see it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = HealingRun)]
pub struct HealingRunView {
    pub id: i64,
    pub playbook_id: i64,
    pub playbook_name: String,
    pub alarm_id: i64,
    /// Null where the alarm was kept long enough.
    pub alarm_code: Option<String>,
    pub station_id: i64,
    pub station_name: String,
    pub pile_code: String,
    pub pile_name: String,
    pub connector_no: Option<i64>,
    pub state: HealingState,
    pub reason: Option<HealingReason>,
    /// How many steps were taken or left out, and how many there are.
    pub step_no: i64,
    pub step_count: i64,
    pub begun_at_ms: i64,
    pub ended_at_ms: Option<i64>,
    /// Who has stopped it.
    pub ended_by: Option<String>,
    pub work_order_id: Option<i64>,
    pub work_order_no: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct HealingRunDetail {
    #[serde(flatten)]
    pub run: HealingRunView,
    pub playbook_version: i64,
    /// What it was begun with.
    pub terms: HealingTerms,
    pub steps: Vec<HealingStepRecord>,
}

#[derive(Clone, Debug, Default)]
pub struct HealingRunFilter {
    pub state: Option<HealingState>,
    pub playbook_id: Option<i64>,
    pub alarm_id: Option<i64>,
    pub pile: Option<String>,
    pub station_name: Option<String>,
    pub from_ms: Option<i64>,
    /// Exclusive.
    pub to_ms: Option<i64>,
    /// Ids below this one.
    pub before: Option<i64>,
    pub limit: i64,
}

const VIEW: &str = "r.id, r.playbook_id, r.playbook_name, r.alarm_id, a.code, r.station_id, s.name, p.code, p.name, \
    r.connector_no, r.state, r.reason, r.step_no, r.terms, r.begun_at_ms, r.ended_at_ms, r.ended_by, \
    r.work_order_id, w.no, r.playbook_version";

const FROM: &str = "FROM healing_run r JOIN station s ON s.id = r.station_id JOIN pile p ON p.id = r.pile_id \
    LEFT JOIN alarm a ON a.id = r.alarm_id LEFT JOIN work_order w ON w.id = r.work_order_id";

fn view(row: &Row<'_>) -> DbResult<(HealingRunView, HealingTerms)> {
    let terms = terms(&row.text(13)?)?;
    let view = HealingRunView {
        id: row.int(0)?,
        playbook_id: row.int(1)?,
        playbook_name: row.text(2)?,
        alarm_id: row.int(3)?,
        alarm_code: row.text_opt(4)?,
        station_id: row.int(5)?,
        station_name: row.text(6)?,
        pile_code: row.text(7)?,
        pile_name: row.text(8)?,
        connector_no: row.int_opt(9)?,
        state: row.word(10, HealingState::parse)?,
        reason: row.word_opt(11, HealingReason::parse)?,
        step_no: row.int(12)?,
        step_count: i64::try_from(terms.steps.len()).unwrap_or(i64::MAX),
        begun_at_ms: row.int(14)?,
        ended_at_ms: row.int_opt(15)?,
        ended_by: row.text_opt(16)?,
        work_order_id: row.int_opt(17)?,
        work_order_no: row.text_opt(18)?,
    };
    Ok((view, terms))
}

/// Newest first.
pub fn healing_run_list(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &HealingRunFilter,
) -> DbResult<Page<HealingRunView>> {
    let mut filter = Filter::new();
    filter.scope("r.operator_id", "r.station_id", scope);
    filter.and_some("r.state = ?", wanted.state.map(HealingState::as_str));
    filter.and_some("r.playbook_id = ?", wanted.playbook_id);
    filter.and_some("r.alarm_id = ?", wanted.alarm_id);
    filter.and_contains("LOWER(p.code || ' ' || p.name) LIKE ?", wanted.pile.as_deref());
    filter.and_contains("LOWER(s.name) LIKE ?", wanted.station_name.as_deref());
    filter.and_some("r.begun_at_ms >= ?", wanted.from_ms);
    filter.and_some("r.begun_at_ms < ?", wanted.to_ms);
    let total = conn.one(&format!("SELECT COUNT(*) {FROM} {}", filter.sql()), &filter.values, count)?;
    filter.and_some("r.id < ?", wanted.before);
    let most = filter.bind(wanted.limit + 1);
    let sql = format!("SELECT {VIEW} {FROM} {} ORDER BY r.id DESC LIMIT {most}", filter.sql());
    let rows = conn.query(&sql, &filter.values, |row| Ok(view(row)?.0))?;
    Ok(Page::of(rows, wanted.limit, Some(total), |one| one.id.to_string()))
}

pub fn healing_run_get(conn: &mut Conn, scope: &Scope, id: i64) -> DbResult<Option<HealingRunDetail>> {
    let mut filter = Filter::new();
    filter.and_value("r.id = ?", id);
    filter.scope("r.operator_id", "r.station_id", scope);
    let sql = format!("SELECT {VIEW} {FROM} {}", filter.sql());
    let found = conn.find(&sql, &filter.values, |row| Ok((view(row)?, row.int(19)?)))?;
    let Some(((run, terms), playbook_version)) = found else { return Ok(None) };
    Ok(Some(HealingRunDetail { run, playbook_version, terms, steps: steps(conn, id)? }))
}
