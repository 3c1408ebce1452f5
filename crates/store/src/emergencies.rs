//! 紧急停机: a whole station, because of a danger, and what came of it pile by pile.

use crate::Tx;
use crate::change::Change;
use crate::commands::CommandState;
use crate::db::{Conn, DbError, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::ids::Noun;
use crate::order_list::order_no;
use model::access::Scope;
use model::id::{OperatorId, OrderId, PileId, StationId};
use model::time::Timestamp;
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is wanted of a pile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EmergencyWish {
    /// That a session ends.
    Stop,
    /// That it is out of service.
    Lock,
    /// That it is in service again.
    Release,
}

impl EmergencyWish {
    fn as_str(self) -> &'static str {
        match self {
            EmergencyWish::Stop => "stop",
            EmergencyWish::Lock => "lock",
            EmergencyWish::Release => "release",
        }
    }

    fn parse(text: &str) -> Option<EmergencyWish> {
        use EmergencyWish::{Lock, Release, Stop};
        [Stop, Lock, Release].into_iter().find(|one| one.as_str() == text)
    }
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EmergencyStepState {
    /// Not sent yet.
    Waiting,
    /// Sent; the pile's answer, or the end of the session, is awaited.
    Sent,
    Done,
    /// The pile said no, or did not answer.
    Failed,
    /// It has no link; sent as soon as it is back.
    Offline,
    /// A drill: nothing is sent.
    Drill,
}

impl EmergencyStepState {
    pub const ALL: [EmergencyStepState; 6] = [
        EmergencyStepState::Waiting,
        EmergencyStepState::Sent,
        EmergencyStepState::Done,
        EmergencyStepState::Failed,
        EmergencyStepState::Offline,
        EmergencyStepState::Drill,
    ];

    fn as_str(self) -> &'static str {
        match self {
            EmergencyStepState::Waiting => "waiting",
            EmergencyStepState::Sent => "sent",
            EmergencyStepState::Done => "done",
            EmergencyStepState::Failed => "failed",
            EmergencyStepState::Offline => "offline",
            EmergencyStepState::Drill => "drill",
        }
    }

    fn parse(text: &str) -> Option<EmergencyStepState> {
        EmergencyStepState::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// Who is to be called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EmergencyContact {
    pub role: String,
    pub name: String,
    pub phone: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Emergency {
    pub id: i64,
    pub station_id: i64,
    pub station_name: String,
    pub operator_id: i64,
    pub operator_name: String,
    /// 演练: recorded like the real thing, and nothing is sent to piles.
    pub drill: bool,
    /// Piles are taken out of service as well.
    pub locks: bool,
    pub reason: String,
    /// What people on site are told.
    pub evacuation: String,
    pub contacts: Vec<EmergencyContact>,
    pub started_at_ms: i64,
    pub started_by: String,
    pub ended_at_ms: Option<i64>,
    pub ended_by: Option<String>,
    pub end_text: Option<String>,
    pub version: i64,
    /// Sessions that were to be stopped, and that have ended.
    pub stop_count: i64,
    pub stopped_count: i64,
    pub pile_count: i64,
    /// What failed, or waits for a pile that is off line.
    pub failed_count: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct EmergencyStep {
    pub id: i64,
    pub kind: EmergencyWish,
    #[serde(skip)]
    pub pile: PileId,
    pub pile_code: String,
    pub pile_name: String,
    pub online: bool,
    pub order_id: Option<i64>,
    pub order_no: Option<String>,
    pub state: EmergencyStepState,
    /// Why it failed.
    pub text: Option<String>,
    pub command_id: Option<i64>,
    #[serde(skip)]
    pub command_state: Option<CommandState>,
    #[serde(skip)]
    pub command_text: Option<String>,
    /// The session has ended.
    #[serde(skip)]
    pub order_over: bool,
    pub tries: i64,
    pub at_ms: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EmergencyDetail {
    #[serde(flatten)]
    pub emergency: Emergency,
    pub steps: Vec<EmergencyStep>,
}

/// What there is to stop at a station, and who is to be called.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EmergencyPlan {
    pub station_id: i64,
    pub station_name: String,
    pub pile_count: i64,
    pub offline_pile_count: i64,
    pub order_count: i64,
    /// What people on site are told, where nothing else is written.
    pub evacuation: String,
    pub contacts: Vec<EmergencyContact>,
    /// The one that goes on.
    pub live_id: Option<i64>,
}

const COLUMNS: &str = "e.id, e.station_id, s.name, e.operator_id, op.name, e.drill, e.locks, e.reason, e.evacuation, \
    e.contacts, e.started_at_ms, e.started_by, e.ended_at_ms, e.ended_by, e.end_text, e.version, \
    (SELECT COUNT(*) FROM emergency_step t WHERE t.emergency_id = e.id AND t.kind = 'stop'), \
    (SELECT COUNT(*) FROM emergency_step t WHERE t.emergency_id = e.id AND t.kind = 'stop' AND t.state = 'done'), \
    (SELECT COUNT(DISTINCT t.pile_id) FROM emergency_step t WHERE t.emergency_id = e.id), \
    (SELECT COUNT(*) FROM emergency_step t WHERE t.emergency_id = e.id AND t.state IN ('failed', 'offline'))";

const FROM: &str =
    "FROM emergency e JOIN station s ON s.id = e.station_id JOIN operator op ON op.id = e.operator_id";

fn emergency(row: &Row<'_>) -> DbResult<Emergency> {
    let contacts = serde_json::from_str(&row.text(9)?);
    Ok(Emergency {
        id: row.int(0)?,
        station_id: row.int(1)?,
        station_name: row.text(2)?,
        operator_id: row.int(3)?,
        operator_name: row.text(4)?,
        drill: row.bool(5)?,
        locks: row.bool(6)?,
        reason: row.text(7)?,
        evacuation: row.text(8)?,
        contacts: contacts.map_err(|why| DbError::Fault(format!("the contacts of an emergency: {why}")))?,
        started_at_ms: row.int(10)?,
        started_by: row.text(11)?,
        ended_at_ms: row.int_opt(12)?,
        ended_by: row.text_opt(13)?,
        end_text: row.text_opt(14)?,
        version: row.int(15)?,
        stop_count: row.int(16)?,
        stopped_count: row.int(17)?,
        pile_count: row.int(18)?,
        failed_count: row.int(19)?,
    })
}

#[derive(Clone, Debug, Default)]
pub struct EmergencyFilter {
    pub station_name: Option<String>,
    pub drill: Option<bool>,
    /// Not over.
    pub live: Option<bool>,
    pub from_ms: Option<i64>,
    /// Exclusive.
    pub to_ms: Option<i64>,
    pub before: Option<i64>,
    pub limit: i64,
}

/// Newest first.
pub fn emergency_list(conn: &mut Conn, scope: &Scope, wanted: &EmergencyFilter) -> DbResult<Page<Emergency>> {
    let mut filter = Filter::new();
    filter.scope("e.operator_id", "e.station_id", scope);
    filter.and_contains("LOWER(s.name) LIKE ?", wanted.station_name.as_deref());
    filter.and_some("e.drill = ?", wanted.drill);
    match wanted.live {
        Some(true) => filter.and("e.live_key IS NOT NULL"),
        Some(false) => filter.and("e.live_key IS NULL"),
        None => {}
    }
    filter.and_some("e.started_at_ms >= ?", wanted.from_ms);
    filter.and_some("e.started_at_ms < ?", wanted.to_ms);
    let total = conn.one(&format!("SELECT COUNT(*) {FROM} {}", filter.sql()), &filter.values, count)?;
    filter.and_some("e.id < ?", wanted.before);
    let most = filter.bind(wanted.limit + 1);
    let sql = format!("SELECT {COLUMNS} {FROM} {} ORDER BY e.id DESC LIMIT {most}", filter.sql());
    let rows = conn.query(&sql, &filter.values, emergency)?;
    Ok(Page::of(rows, wanted.limit, Some(total), |one| one.id.to_string()))
}

pub fn emergency_get(conn: &mut Conn, scope: &Scope, id: i64) -> DbResult<Option<EmergencyDetail>> {
    let mut filter = Filter::new();
    filter.and_value("e.id = ?", id);
    filter.scope("e.operator_id", "e.station_id", scope);
    let sql = format!("SELECT {COLUMNS} {FROM} {}", filter.sql());
    let Some(emergency) = conn.find(&sql, &filter.values, emergency)? else { return Ok(None) };
    Ok(Some(EmergencyDetail { emergency, steps: steps(conn, id)? }))
}

/// Those that go on and are no drills.
pub fn live(conn: &mut Conn) -> DbResult<Vec<i64>> {
    conn.query("SELECT id FROM emergency WHERE live_key IS NOT NULL ORDER BY id LIMIT 100", &[], |row| {
        row.int(0)
    })
}

/// How many stations of the scope are stopped now.
pub fn live_count(conn: &mut Conn, scope: &Scope) -> DbResult<i64> {
    let mut filter = Filter::new();
    filter.and("e.live_key IS NOT NULL");
    filter.scope("e.operator_id", "e.station_id", scope);
    conn.one(&format!("SELECT COUNT(*) FROM emergency e {}", filter.sql()), &filter.values, count)
}

/// Those that were ended in the last quarter of an hour, whose piles may not be back in service yet.
pub fn ended_since(conn: &mut Conn, since: Timestamp) -> DbResult<Vec<i64>> {
    let sql = "SELECT DISTINCT e.id FROM emergency e JOIN emergency_step t ON t.emergency_id = e.id \
        WHERE e.ended_at_ms >= $1 AND t.kind = 'release' AND t.state IN ('waiting', 'sent', 'offline') \
        ORDER BY e.id LIMIT 100";
    conn.query(sql, &[since.as_ms().into()], |row| row.int(0))
}

pub fn steps(conn: &mut Conn, id: i64) -> DbResult<Vec<EmergencyStep>> {
    conn.query(
        "SELECT t.id, t.kind, t.pile_id, p.code, p.name, p.online, t.order_id, o.created_at_ms, t.state, t.text, \
         t.command_id, c.state, c.message, o.state, t.tries, t.at_ms FROM emergency_step t \
         JOIN pile p ON p.id = t.pile_id LEFT JOIN orders o ON o.id = t.order_id \
         LEFT JOIN command c ON c.id = t.command_id WHERE t.emergency_id = $1 ORDER BY t.id",
        &[id.into()],
        |row| {
            let order_id = row.int_opt(6)?;
            let state = row.text_opt(13)?;
            Ok(EmergencyStep {
                id: row.int(0)?,
                kind: row.word(1, EmergencyWish::parse)?,
                pile: PileId(row.int(2)?),
                pile_code: row.text(3)?,
                pile_name: row.text(4)?,
                online: row.bool(5)?,
                order_id,
                order_no: order_id.zip(row.int_opt(7)?).map(|(id, created)| order_no(id, created)),
                state: row.word(8, EmergencyStepState::parse)?,
                text: row.text_opt(9)?,
                command_id: row.int_opt(10)?,
                command_state: row.word_opt(11, CommandState::parse)?,
                command_text: row.text_opt(12)?,
                order_over: state.is_some_and(|state| !OPEN.contains(&state.as_str())),
                tries: row.int(14)?,
                at_ms: row.int(15)?,
            })
        },
    )
}

const OPEN: [&str; 3] = ["starting", "charging", "stopping"];

/// The sessions and piles that a stop is about.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    pub orders: Vec<(OrderId, PileId)>,
    pub piles: Vec<PileId>,
}

pub fn targets(conn: &mut Conn, station: StationId) -> DbResult<Targets> {
    let orders = conn.query(
        "SELECT o.id, o.pile_id FROM orders o WHERE o.station_id = $1 \
         AND o.state IN ('starting', 'charging', 'stopping') ORDER BY o.id",
        &[station.0.into()],
        |row| Ok((OrderId(row.int(0)?), PileId(row.int(1)?))),
    )?;
    let piles = conn.query(
        "SELECT id FROM pile WHERE station_id = $1 AND lifecycle <> 'retired' ORDER BY code",
        &[station.0.into()],
        |row| Ok(PileId(row.int(0)?)),
    )?;
    Ok(Targets { orders, piles })
}

/// `None`: no such station in the scope. `evacuation` is left empty.
pub fn emergency_plan_get(conn: &mut Conn, scope: &Scope, station: i64) -> DbResult<Option<EmergencyPlan>> {
    let mut filter = Filter::new();
    filter.and_value("s.id = ?", station);
    filter.scope("s.operator_id", "s.id", scope);
    let sql = format!(
        "SELECT s.name, s.phone, op.name, op.contact, op.phone, \
         (SELECT COUNT(*) FROM pile p WHERE p.station_id = s.id AND p.lifecycle <> 'retired'), \
         (SELECT COUNT(*) FROM pile p WHERE p.station_id = s.id AND p.lifecycle <> 'retired' AND NOT p.online), \
         (SELECT COUNT(*) FROM orders o WHERE o.station_id = s.id AND o.state IN ('starting', 'charging', 'stopping')), \
         (SELECT e.id FROM emergency e WHERE e.live_key = CAST(s.id AS TEXT)) \
         FROM station s JOIN operator op ON op.id = s.operator_id {}",
        filter.sql()
    );
    conn.find(&sql, &filter.values, |row| {
        let name = row.text(0)?;
        let operator = row.text(2)?;
        let contact = |role: &str, name: String, phone: Option<String>| {
            phone.map(|phone| EmergencyContact { role: role.to_owned(), name, phone })
        };
        let own = contact("station", name.clone(), row.text_opt(1)?);
        let of_operator = contact("operator", row.text_opt(3)?.unwrap_or(operator), row.text_opt(4)?);
        Ok(EmergencyPlan {
            station_id: station,
            station_name: name,
            pile_count: row.int(5)?,
            offline_pile_count: row.int(6)?,
            order_count: row.int(7)?,
            evacuation: String::new(),
            contacts: [own, of_operator].into_iter().flatten().collect(),
            live_id: row.int_opt(8)?,
        })
    })
}

/// What is kept of a new one.
#[derive(Clone, Debug)]
pub struct NewEmergency {
    pub station: StationId,
    pub operator: OperatorId,
    pub drill: bool,
    pub locks: bool,
    pub reason: String,
    pub evacuation: String,
    pub contacts: Vec<EmergencyContact>,
    pub by: String,
}

pub fn insert(tx: &mut Tx<'_>, new: &NewEmergency, now: Timestamp) -> Result<i64> {
    let id = tx.next_id(Noun::Emergency)?;
    let contacts = serde_json::to_string(&new.contacts).map_err(|_| Error::internal())?;
    let live = (!new.drill).then(|| new.station.0.to_string());
    tx.execute(
        "INSERT INTO emergency (id, live_key, station_id, operator_id, drill, locks, reason, evacuation, contacts, \
         started_at_ms, started_by, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1)",
        &[
            id.into(),
            live.as_ref().into(),
            new.station.0.into(),
            new.operator.0.into(),
            new.drill.into(),
            new.locks.into(),
            (&new.reason).into(),
            (&new.evacuation).into(),
            contacts.into(),
            now.as_ms().into(),
            (&new.by).into(),
        ],
    )?;
    tx.changed(Change::Noun("emergency"));
    Ok(id)
}

/// What is wanted of one pile.
#[derive(Clone, Copy, Debug)]
pub struct NewEmergencyStep {
    pub kind: EmergencyWish,
    pub pile: PileId,
    pub order: Option<OrderId>,
    pub state: EmergencyStepState,
}

pub fn step_append(tx: &mut Tx<'_>, emergency: i64, new: &NewEmergencyStep, now: Timestamp) -> Result<()> {
    let id = tx.next_id(Noun::EmergencyStep)?;
    tx.execute(
        "INSERT INTO emergency_step (id, emergency_id, kind, pile_id, order_id, state, tries, at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, 0, $7)",
        &[
            id.into(),
            emergency.into(),
            new.kind.as_str().into(),
            new.pile.0.into(),
            new.order.map(|order| order.0).into(),
            new.state.as_str().into(),
            now.as_ms().into(),
        ],
    )?;
    Ok(())
}

pub fn step_save(tx: &mut Tx<'_>, one: &EmergencyStep) -> Result<()> {
    tx.execute(
        "UPDATE emergency_step SET state = $1, text = $2, command_id = $3, tries = $4, at_ms = $5 WHERE id = $6",
        &[
            one.state.as_str().into(),
            one.text.as_ref().into(),
            one.command_id.into(),
            one.tries.into(),
            one.at_ms.into(),
            one.id.into(),
        ],
    )?;
    tx.changed(Change::Noun("emergency"));
    Ok(())
}

/// Ends it; false when somebody else was faster.
pub fn end(tx: &mut Tx<'_>, id: i64, version: i64, by: &str, text: &str, now: Timestamp) -> Result<bool> {
    let ended = tx.execute(
        "UPDATE emergency SET live_key = NULL, ended_at_ms = $1, ended_by = $2, end_text = $3, version = version + 1 \
         WHERE id = $4 AND version = $5 AND ended_at_ms IS NULL",
        &[now.as_ms().into(), by.into(), text.into(), id.into(), version.into()],
    )?;
    tx.changed(Change::Noun("emergency"));
    Ok(ended > 0)
}
