//! 负荷管理: a station's setting, and what each of its connectors has been told and has confirmed.

use crate::Tx;
use crate::commands::CommandState;
use crate::db::{Conn, DbError, DbResult, Row};
use model::Result;
use model::connector::ConnectorStatus;
use model::id::{CommandId, ConnectorNo, OrderId, PileId, StationId};
use model::load::{Cap, Held, LoadStrategy, Sent};
use model::site::{Closed, Closure, PileKind, Protocol};
use model::time::{MINUTE_MS, Timestamp};
use serde::{Deserialize, Serialize};

/// A station that is over its cap for so long starts nothing new.
pub const SHORT_MS: i64 = 2 * MINUTE_MS;

/// What staff have decided about single connectors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadUnitSetting {
    pub pile: PileId,
    pub connector: ConnectorNo,
    pub rank: i64,
    pub keeps: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LoadSetting {
    pub enabled: bool,
    pub cap: Cap,
    pub strategy: LoadStrategy,
    pub safe_w: i64,
    pub fleets_first: bool,
    pub units: Vec<LoadUnitSetting>,
    pub version: i64,
    pub short_since_ms: Option<i64>,
}

/// What is known of the limits of one connector.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LimitState {
    pub standing: Held,
    pub above: Held,
    /// The session that the limit above the standing one is for.
    pub session: Option<String>,
    pub sent: Option<Sent>,
    pub changed_at: Option<Timestamp>,
    pub rests_until: Option<Timestamp>,
    pub refuses: bool,
    /// What it should have, and whether there is not enough for its car.
    pub wish_w: Option<i64>,
    pub waits: bool,
    /// Why it refused, as `{"zh":…,"en":…}`.
    pub problem: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct LimitRow {
    pub pile: PileId,
    pub connector: ConnectorNo,
    pub command: Option<CommandId>,
    pub state: LimitState,
    /// How far its command is; `None`: there is none, or it was never given.
    pub answer: Option<(CommandState, Option<i64>, Option<String>)>,
}

/// A connector of a station, as its pile told of it.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadConnector {
    pub pile: PileId,
    pub pile_code: String,
    pub pile_name: String,
    pub protocol: Protocol,
    pub kind: PileKind,
    pub rated_power_w: i64,
    pub online: bool,
    pub no: ConnectorNo,
    pub status: Option<ConnectorStatus>,
    /// In which units its pile takes limits, as it has told.
    pub rates: Option<String>,
}

/// A session that runs at a station.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadOrder {
    pub id: OrderId,
    pub pile: PileId,
    pub connector: ConnectorNo,
    pub session: Option<String>,
    pub started_at: Timestamp,
    pub of_fleet: bool,
    /// It has been told to stop.
    pub stopping: bool,
    pub departs_at: Option<Timestamp>,
}

fn json<T: for<'de> Deserialize<'de>>(row: &Row<'_>, column: usize) -> DbResult<T> {
    let text = row.text(column)?;
    serde_json::from_str(&text)
        .map_err(|error| DbError::Fault(format!("a load of ours is unreadable: {error}")))
}

fn written(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|_| model::Error::internal())
}

fn number(value: i64) -> ConnectorNo {
    ConnectorNo::try_from(value).unwrap_or_default()
}

/// Nothing new begins once it has lasted for a while.
pub(crate) fn closure(short_since_ms: Option<i64>, station: String) -> Option<Closure> {
    let from = Timestamp::from_ms(short_since_ms?).plus_ms(SHORT_MS);
    Some(Closure { of: Closed::Load, name: station, from, until: None, reason: String::new() })
}

pub fn setting(conn: &mut Conn, station: StationId) -> DbResult<Option<LoadSetting>> {
    conn.find(
        "SELECT enabled, cap, strategy, safe_w, fleets_first, units, version, short_since_ms FROM station_load \
         WHERE station_id = $1",
        &[station.0.into()],
        |row| {
            Ok(LoadSetting {
                enabled: row.bool(0)?,
                cap: json(row, 1)?,
                strategy: row.word(2, LoadStrategy::parse)?,
                safe_w: row.int(3)?,
                fleets_first: row.bool(4)?,
                units: json(row, 5)?,
                version: row.int(6)?,
                short_since_ms: row.int_opt(7)?,
            })
        },
    )
}

pub fn is_managed(conn: &mut Conn, station: StationId) -> DbResult<bool> {
    let sql = "SELECT COUNT(*) FROM station_load WHERE station_id = $1 AND enabled";
    Ok(conn.one(sql, &[station.0.into()], |row| row.int(0))? > 0)
}

/// Stations whose piles are to be looked after: those that share, and those that still let go.
pub fn stations(conn: &mut Conn) -> DbResult<Vec<StationId>> {
    let sql = "SELECT station_id FROM station_load WHERE enabled UNION SELECT station_id FROM load_limit \
               ORDER BY station_id";
    conn.query(sql, &[], |row| Ok(StationId(row.int(0)?)))
}

/// Whether the form was not stale.
pub fn set(tx: &mut Tx<'_>, station: StationId, setting: &LoadSetting, known: i64) -> Result<bool> {
    let (cap, units) = (written(&setting.cap)?, written(&setting.units)?);
    let values = [
        setting.enabled.into(),
        (&cap).into(),
        setting.strategy.as_str().into(),
        setting.safe_w.into(),
        setting.fleets_first.into(),
        (&units).into(),
        station.0.into(),
        known.into(),
    ];
    let sql = match known {
        0 => {
            "INSERT INTO station_load (enabled, cap, strategy, safe_w, fleets_first, units, station_id, version) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, CAST($8 AS BIGINT) + 1) ON CONFLICT (station_id) DO NOTHING"
        }
        _ => {
            "UPDATE station_load SET enabled = $1, cap = $2, strategy = $3, safe_w = $4, fleets_first = $5, \
             units = $6, version = version + 1, short_since_ms = CASE WHEN $1 THEN short_since_ms END \
             WHERE station_id = $7 AND version = $8"
        }
    };
    Ok(tx.execute(sql, &values)? > 0)
}

pub fn short_set(tx: &mut Tx<'_>, station: StationId, since: Option<Timestamp>) -> Result<()> {
    let sql = "UPDATE station_load SET short_since_ms = $1 WHERE station_id = $2";
    tx.execute(sql, &[since.map(Timestamp::as_ms).into(), station.0.into()])?;
    Ok(())
}

pub fn limits(conn: &mut Conn, station: StationId) -> DbResult<Vec<LimitRow>> {
    conn.query(
        "SELECT l.pile_id, l.connector_no, l.command_id, l.state, m.state, m.ended_at_ms, m.message \
         FROM load_limit l LEFT JOIN command m ON m.id = l.command_id WHERE l.station_id = $1 \
         ORDER BY l.pile_id, l.connector_no",
        &[station.0.into()],
        |row| {
            let state = row.word_opt(4, CommandState::parse)?;
            let (ended, message) = (row.int_opt(5)?, row.text_opt(6)?);
            Ok(LimitRow {
                pile: PileId(row.int(0)?),
                connector: number(row.int(1)?),
                command: row.int_opt(2)?.map(CommandId),
                state: json(row, 3)?,
                answer: state.map(|state| (state, ended, message)),
            })
        },
    )
}

pub fn limit_save(tx: &mut Tx<'_>, station: StationId, limit: &LimitRow) -> Result<()> {
    let state = written(&limit.state)?;
    tx.execute(
        "INSERT INTO load_limit (pile_id, connector_no, station_id, command_id, state) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (pile_id, connector_no) DO UPDATE SET station_id = excluded.station_id, \
         command_id = excluded.command_id, state = excluded.state",
        &[
            limit.pile.0.into(),
            i64::from(limit.connector).into(),
            station.0.into(),
            limit.command.map(|id| id.0).into(),
            (&state).into(),
        ],
    )?;
    Ok(())
}

pub fn limit_delete(tx: &mut Tx<'_>, pile: PileId, connector: ConnectorNo) -> Result<()> {
    tx.execute(
        "DELETE FROM load_limit WHERE pile_id = $1 AND connector_no = $2",
        &[pile.0.into(), i64::from(connector).into()],
    )?;
    Ok(())
}

/// What stands at a station and could draw power. A pile that has not told of its connectors has one.
pub fn connectors(conn: &mut Conn, station: StationId) -> DbResult<Vec<LoadConnector>> {
    conn.query(
        "SELECT p.id, p.code, p.name, p.protocol, p.kind, p.rated_power_w, p.online, c.no, c.status, v.value FROM pile p \
         LEFT JOIN pile_variable v ON v.pile_id = p.id AND v.name = CASE WHEN p.protocol = 'ocpp1.6' \
         THEN 'ChargingScheduleAllowedChargingRateUnit' ELSE 'SmartChargingCtrlr.RateUnit' END \
         LEFT JOIN connector c ON c.pile_id = p.id AND c.no > 0 \
         WHERE p.station_id = $1 AND p.lifecycle <> 'retired' ORDER BY p.code, p.id, c.no",
        &[station.0.into()],
        |row| {
            Ok(LoadConnector {
                pile: PileId(row.int(0)?),
                pile_code: row.text(1)?,
                pile_name: row.text(2)?,
                protocol: row.word(3, Protocol::parse)?,
                kind: row.word(4, PileKind::parse)?,
                rated_power_w: row.int(5)?,
                online: row.bool(6)?,
                no: row.int_opt(7)?.map_or(1, number),
                status: row.word_opt(8, ConnectorStatus::parse)?,
                rates: row.text_opt(9)?,
            })
        },
    )
}

/// Sessions that run at a station.
pub fn orders(conn: &mut Conn, station: StationId) -> DbResult<Vec<LoadOrder>> {
    conn.query(
        "SELECT o.id, o.pile_id, o.connector_no, o.session_key, o.started_at_ms, c.fleet_id, w.departs_at_ms, \
         o.state \
         FROM orders o LEFT JOIN customer c ON c.id = o.customer_id LEFT JOIN load_wish w ON w.order_id = o.id \
         WHERE o.state IN ('charging', 'stopping') AND o.state <> 'completed' AND o.state <> 'failed' \
         AND o.station_id = $1 ORDER BY o.id",
        &[station.0.into()],
        |row| {
            Ok(LoadOrder {
                id: OrderId(row.int(0)?),
                pile: PileId(row.int(1)?),
                connector: number(row.int(2)?),
                session: row.text_opt(3)?,
                started_at: Timestamp::from_ms(row.int(4)?),
                of_fleet: row.int_opt(5)?.is_some(),
                stopping: row.text(7)? == "stopping",
                departs_at: row.int_opt(6)?.map(Timestamp::from_ms),
            })
        },
    )
}

pub fn wish_save(
    tx: &mut Tx<'_>,
    order: OrderId,
    departs_at: Option<Timestamp>,
    energy_wh: Option<i64>,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "INSERT INTO load_wish (order_id, departs_at_ms, energy_wh, told_at_ms) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (order_id) DO UPDATE SET departs_at_ms = excluded.departs_at_ms, \
         energy_wh = excluded.energy_wh, told_at_ms = excluded.told_at_ms",
        &[order.0.into(), departs_at.map(Timestamp::as_ms).into(), energy_wh.into(), now.as_ms().into()],
    )?;
    Ok(())
}
