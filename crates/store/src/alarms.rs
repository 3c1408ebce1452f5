//! 告警: writing them, and reading what decides.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult, Row};
use crate::filter::Filter;
use crate::ids::Noun;
use model::Result;
use model::access::Scope;
use model::alarm::{AlarmAction, AlarmLevel, AlarmSource, AlarmState};
use model::id::{ConnectorNo, OperatorId, OrderId, PileId, StationId};
use model::time::Timestamp;

/// What decides what may be done with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Alarm {
    /// 0 before it is kept.
    pub id: i64,
    /// What it is about, while it is not closed.
    pub live_key: Option<String>,
    pub source: AlarmSource,
    pub code: String,
    pub level: AlarmLevel,
    pub state: AlarmState,
    pub operator: OperatorId,
    pub station: StationId,
    pub pile: Option<PileId>,
    pub connector: Option<ConnectorNo>,
    pub order: Option<OrderId>,
    /// The frame that showed it first.
    pub frame: Option<i64>,
    /// What the pile says besides.
    pub info: Option<String>,
    /// It stands for many at one station.
    pub storm: bool,
    pub parent: Option<i64>,
    pub times: i64,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
    /// Since when it counts.
    pub told_from: Timestamp,
    pub recovered_at: Option<Timestamp>,
    pub acknowledged_at: Option<Timestamp>,
    pub acknowledged_by: Option<String>,
    pub silenced_until: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    pub notified_at: Option<Timestamp>,
    pub close_after_s: i64,
    pub version: i64,
    /// 重复故障: the closed alarm that it came back of.
    pub repeat_of: Option<i64>,
}

const COLUMNS: &str = "a.id, a.live_key, a.source, a.code, a.level, a.state, a.operator_id, a.station_id, a.pile_id, \
    a.connector_no, a.order_id, a.frame_id, a.info, a.storm, a.parent_id, a.times, a.first_at_ms, a.last_at_ms, \
    a.told_from_ms, a.recovered_at_ms, a.acknowledged_at_ms, a.acknowledged_by, a.silenced_until_ms, \
    a.closed_at_ms, a.notified_at_ms, a.close_after_s, a.version, a.repeat_of";

fn alarm(row: &Row<'_>) -> DbResult<Alarm> {
    let at = |ms: Option<i64>| ms.map(Timestamp::from_ms);
    Ok(Alarm {
        id: row.int(0)?,
        live_key: row.text_opt(1)?,
        source: row.word(2, AlarmSource::parse)?,
        code: row.text(3)?,
        level: row.word(4, AlarmLevel::parse)?,
        state: row.word(5, AlarmState::parse)?,
        operator: OperatorId(row.int(6)?),
        station: StationId(row.int(7)?),
        pile: row.int_opt(8)?.map(PileId),
        connector: row.int_opt(9)?.and_then(|no| ConnectorNo::try_from(no).ok()),
        order: row.int_opt(10)?.map(OrderId),
        frame: row.int_opt(11)?,
        info: row.text_opt(12)?,
        storm: row.bool(13)?,
        parent: row.int_opt(14)?,
        times: row.int(15)?,
        first_at: Timestamp::from_ms(row.int(16)?),
        last_at: Timestamp::from_ms(row.int(17)?),
        told_from: Timestamp::from_ms(row.int(18)?),
        recovered_at: at(row.int_opt(19)?),
        acknowledged_at: at(row.int_opt(20)?),
        acknowledged_by: row.text_opt(21)?,
        silenced_until: at(row.int_opt(22)?),
        closed_at: at(row.int_opt(23)?),
        notified_at: at(row.int_opt(24)?),
        close_after_s: row.int(25)?,
        version: row.int(26)?,
        repeat_of: row.int_opt(27)?,
    })
}

/// The one that is not closed, of this fact.
pub fn live(conn: &mut Conn, key: &str) -> DbResult<Option<Alarm>> {
    conn.find(&format!("SELECT {COLUMNS} FROM alarm a WHERE a.live_key = $1"), &[key.into()], alarm)
}

pub(crate) const FAULT_CLOSED: &str = "SELECT id FROM alarm WHERE source = 'fault' AND pile_id = $1 AND code = $2 \
    AND closed_at_ms >= $3 ORDER BY closed_at_ms DESC, id DESC LIMIT 1";

/// The fault of this code of a pile that was closed last, unless that is longer ago.
pub fn fault_closed(conn: &mut Conn, pile: PileId, code: &str, since: Timestamp) -> DbResult<Option<i64>> {
    conn.find(FAULT_CLOSED, &[pile.0.into(), code.into(), since.as_ms().into()], |row| row.int(0))
}

/// Those of one pile that hold and whose keys begin so.
pub fn live_of_pile(conn: &mut Conn, pile: PileId, begin: &str) -> DbResult<Vec<Alarm>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM alarm a WHERE a.pile_id = $1 AND a.live_key LIKE $2 AND a.state <> 'recovered' \
         ORDER BY a.id"
    );
    conn.query(&sql, &[pile.0.into(), format!("{begin}%").into()], alarm)
}

pub fn find(conn: &mut Conn, scope: &Scope, id: i64) -> DbResult<Option<Alarm>> {
    let mut filter = Filter::new();
    filter.and_value("a.id = ?", id);
    filter.scope("a.operator_id", "a.station_id", scope);
    conn.find(&format!("SELECT {COLUMNS} FROM alarm a {}", filter.sql()), &filter.values, alarm)
}

/// Those that are not closed, in some states, the oldest first.
pub fn live_in(conn: &mut Conn, states: &[AlarmState], most: i64) -> DbResult<Vec<Alarm>> {
    let mut filter = Filter::new();
    filter.and("a.live_key IS NOT NULL");
    let states = filter.bind_all(states.iter().map(|state| state.as_str()));
    filter.and(&format!("a.state IN ({states})"));
    let most = filter.bind(most);
    let sql = format!("SELECT {COLUMNS} FROM alarm a {} ORDER BY a.id LIMIT {most}", filter.sql());
    conn.query(&sql, &filter.values, alarm)
}

pub fn members(conn: &mut Conn, storm: i64) -> DbResult<Vec<Alarm>> {
    let sql = format!("SELECT {COLUMNS} FROM alarm a WHERE a.parent_id = $1 ORDER BY a.id");
    conn.query(&sql, &[storm.into()], alarm)
}

/// Keeps a new one under an id of its own, which it says; with its first event.
pub fn insert(tx: &mut Tx<'_>, one: &Alarm) -> Result<i64> {
    let id = tx.next_id(Noun::Alarm)?;
    let ms = |at: Option<Timestamp>| at.map(Timestamp::as_ms);
    tx.execute(
        "INSERT INTO alarm (id, live_key, source, code, level, state, operator_id, station_id, pile_id, connector_no, \
         order_id, frame_id, info, storm, parent_id, times, first_at_ms, last_at_ms, told_from_ms, recovered_at_ms, \
         acknowledged_at_ms, acknowledged_by, silenced_until_ms, closed_at_ms, notified_at_ms, close_after_s, version, \
         repeat_of) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, \
         $23, $24, $25, $26, $27, $28)",
        &[
            id.into(),
            one.live_key.as_ref().into(),
            one.source.as_str().into(),
            (&one.code).into(),
            one.level.as_str().into(),
            one.state.as_str().into(),
            one.operator.0.into(),
            one.station.0.into(),
            one.pile.map(|pile| pile.0).into(),
            one.connector.map(i64::from).into(),
            one.order.map(|order| order.0).into(),
            one.frame.into(),
            one.info.as_ref().into(),
            one.storm.into(),
            one.parent.into(),
            one.times.into(),
            one.first_at.as_ms().into(),
            one.last_at.as_ms().into(),
            one.told_from.as_ms().into(),
            ms(one.recovered_at).into(),
            ms(one.acknowledged_at).into(),
            one.acknowledged_by.as_ref().into(),
            ms(one.silenced_until).into(),
            ms(one.closed_at).into(),
            ms(one.notified_at).into(),
            one.close_after_s.into(),
            one.version.into(),
            one.repeat_of.into(),
        ],
    )?;
    tx.changed(Change::Noun("alarm"));
    Ok(id)
}

/// Keeps what may have changed of it, unless somebody else was faster: then nothing is written, and it says so.
pub fn save(tx: &mut Tx<'_>, one: &Alarm) -> Result<bool> {
    let ms = |at: Option<Timestamp>| at.map(Timestamp::as_ms);
    let done = tx.execute(
        "UPDATE alarm SET live_key = $1, level = $2, state = $3, order_id = $4, info = $5, parent_id = $6, times = $7, \
         last_at_ms = $8, told_from_ms = $9, recovered_at_ms = $10, acknowledged_at_ms = $11, acknowledged_by = $12, \
         silenced_until_ms = $13, closed_at_ms = $14, notified_at_ms = $15, close_after_s = $16, \
         version = version + 1 WHERE id = $17 AND version = $18",
        &[
            one.live_key.as_ref().into(),
            one.level.as_str().into(),
            one.state.as_str().into(),
            one.order.map(|order| order.0).into(),
            one.info.as_ref().into(),
            one.parent.into(),
            one.times.into(),
            one.last_at.as_ms().into(),
            one.told_from.as_ms().into(),
            ms(one.recovered_at).into(),
            ms(one.acknowledged_at).into(),
            one.acknowledged_by.as_ref().into(),
            ms(one.silenced_until).into(),
            ms(one.closed_at).into(),
            ms(one.notified_at).into(),
            one.close_after_s.into(),
            one.id.into(),
            one.version.into(),
        ],
    )?;
    tx.changed(Change::Noun("alarm"));
    Ok(done > 0)
}

/// That it was told. No new version: whoever is just working on it need not look again.
pub fn notified(tx: &mut Tx<'_>, id: i64, at: Timestamp) -> Result<()> {
    tx.execute("UPDATE alarm SET notified_at_ms = $1 WHERE id = $2", &[at.as_ms().into(), id.into()])?;
    tx.changed(Change::Noun("alarm"));
    Ok(())
}

/// One that nobody was told of, because it was over before it counted.
pub fn delete(tx: &mut Tx<'_>, one: &Alarm) -> Result<()> {
    tx.execute("DELETE FROM alarm_event WHERE alarm_id = $1", &[one.id.into()])?;
    tx.execute("DELETE FROM alarm WHERE id = $1", &[one.id.into()])?;
    tx.changed(Change::Noun("alarm"));
    Ok(())
}

pub fn event_append(
    tx: &mut Tx<'_>,
    alarm: i64,
    action: AlarmAction,
    staff_name: Option<&str>,
    text: &str,
    now: Timestamp,
) -> Result<()> {
    let id = tx.next_id(Noun::AlarmEvent)?;
    tx.execute(
        "INSERT INTO alarm_event (id, alarm_id, at_ms, action, staff_name, text) VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            id.into(),
            alarm.into(),
            now.as_ms().into(),
            action.as_str().into(),
            staff_name.into(),
            text.into(),
        ],
    )?;
    Ok(())
}

/// A pile that the platform's own rules look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WatchedPile {
    pub pile: PileId,
    pub station: StationId,
    pub operator: OperatorId,
    /// Since when it is away, or how often it went.
    pub value: i64,
}

fn watched(row: &Row<'_>) -> DbResult<WatchedPile> {
    Ok(WatchedPile {
        pile: PileId(row.int(0)?),
        station: StationId(row.int(1)?),
        operator: OperatorId(row.int(2)?),
        value: row.int(3)?,
    })
}

/// Piles in service, of stations that are open, that went before a moment and have no alarm of it.
pub fn piles_gone(
    conn: &mut Conn,
    before: Timestamp,
    now: Timestamp,
    most: i64,
) -> DbResult<Vec<WatchedPile>> {
    conn.query(
        "SELECT p.id, p.station_id, p.operator_id, p.last_seen_ms FROM pile p JOIN station s ON s.id = p.station_id \
         WHERE NOT p.online AND p.lifecycle = 'enabled' AND p.last_seen_ms <= $1 \
         AND NOT (s.closed_from_ms IS NOT NULL AND s.closed_from_ms <= $2 \
         AND (s.closed_until_ms IS NULL OR s.closed_until_ms > $2)) \
         AND NOT EXISTS (SELECT 1 FROM alarm a WHERE a.live_key = 'offline:' || CAST(p.id AS TEXT) \
         AND a.state <> 'recovered') ORDER BY p.last_seen_ms, p.id LIMIT $3",
        &[before.as_ms().into(), now.as_ms().into(), most.into()],
        watched,
    )
}

/// Piles in service whose links have ended so often since a moment; those that we ended ourselves do not count.
pub fn piles_flapping(
    conn: &mut Conn,
    since: Timestamp,
    least: i64,
    most: i64,
) -> DbResult<Vec<WatchedPile>> {
    conn.query(
        "SELECT p.id, p.station_id, p.operator_id, l.ended FROM (SELECT pile_id, COUNT(*) AS ended FROM link \
         WHERE to_ms >= $1 AND ended NOT IN ('stopped', 'cut', 'replaced', 'unavailable') GROUP BY pile_id \
         HAVING COUNT(*) >= $2) AS l JOIN pile p ON p.id = l.pile_id WHERE p.lifecycle = 'enabled' \
         ORDER BY p.id LIMIT $3",
        &[since.as_ms().into(), least.into(), most.into()],
        watched,
    )
}

/// Alarms that hold of piles that are on line again (of being off line), or that are gone for good (of anything).
pub fn over(conn: &mut Conn, most: i64) -> DbResult<Vec<Alarm>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM alarm a JOIN pile p ON p.id = a.pile_id WHERE a.live_key IS NOT NULL \
         AND a.state NOT IN ('recovered', 'closed') AND (p.lifecycle = 'retired' OR (a.source = 'offline' \
         AND (p.online OR p.lifecycle <> 'enabled'))) ORDER BY a.id LIMIT $1"
    );
    conn.query(&sql, &[most.into()], alarm)
}

/// Kept long enough, closed long ago; in small steps.
pub fn prune(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64> {
    let oldest = "SELECT id FROM alarm WHERE live_key IS NULL AND closed_at_ms < $1 ORDER BY id LIMIT 2000";
    tx.execute(&format!("DELETE FROM alarm_event WHERE alarm_id IN ({oldest})"), &[before.as_ms().into()])?;
    tx.execute(&format!("DELETE FROM alarm WHERE id IN ({oldest})"), &[before.as_ms().into()])
}
