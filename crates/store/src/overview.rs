//! 综合监测: what goes on at all stations now, and at one of them, connector by connector.

use crate::channels::{self, Channel};
use crate::customer_pulls;
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, count};
use crate::home::{Home, home_get};
use crate::links::FLAPPING;
use crate::order_list::order_no;
use crate::pile_list::LiveValues;
use crate::{pay_channels, sellers};
use model::Text;
use model::access::Scope;
use model::channel::ChannelKind;
use model::connector::ConnectorStatus;
use model::invoice::ChannelLogin;
use model::site::PileKind;
use model::time::{HOUR_MS, Timestamp, Zone};
use serde::Serialize;
use utoipa::ToSchema;

/// Most stations of the overview, and most piles of each of its lists.
const STATIONS_MAX: i64 = 500;
const PILES_MAX: i64 = 100;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Overview {
    pub home: Home,
    /// Of the piles in service, of 1000; null without any.
    pub online_permille: Option<i64>,
    /// What the stations may draw together, as far as it is known.
    pub capacity_w: Option<i64>,
    pub stations: Vec<OverviewStation>,
    /// Piles in service that are off line, the latest first.
    pub offline: Vec<OverviewPile>,
    /// Piles that come and go, the worst first.
    pub flapping: Vec<OverviewPile>,
    /// What PileOps talks to; empty for whoever does not look after the platform.
    pub interfaces: Vec<OverviewInterface>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct OverviewStation {
    pub id: i64,
    pub name: String,
    pub longitude_e6: Option<i64>,
    pub latitude_e6: Option<i64>,
    pub pile_count: i64,
    pub online_count: i64,
    /// Sessions that run.
    pub running_count: i64,
    pub power_w: i64,
    /// Its cap or, where it has none, its transformer; null: neither is known.
    pub capacity_w: Option<i64>,
    /// Alarms that are not over.
    pub alarm_count: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct OverviewPile {
    pub code: String,
    pub name: String,
    pub station_id: i64,
    pub station_name: String,
    /// Since when it is away, or how often its link ended within the hour.
    pub value: i64,
}

model::words! {
    /// What is talked to.
    InterfaceKind {
        Mail = "mail",
        Webhook = "webhook",
        FirmwareServer = "firmware_server",
        Pay = "pay",
        CustomerSource = "customer_source",
        Invoice = "invoice",
    }

    /// How that goes, by the last time.
    InterfaceState {
        Good = "good",
        Failed = "failed",
        /// 停用
        Off = "off",
        /// It was never used.
        Unused = "unused",
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct OverviewInterface {
    pub kind: InterfaceKind,
    pub id: Option<i64>,
    pub name: String,
    pub state: InterfaceState,
    /// When it was last used.
    pub at_ms: Option<i64>,
    /// What was wrong then.
    pub message: Option<Text>,
    /// What waits to go this way.
    pub waiting_count: i64,
}

/// Everything but what only memory knows: the powers, which the caller adds.
pub fn overview_get(conn: &mut Conn, scope: &Scope, zone: &Zone, now: Timestamp) -> DbResult<Overview> {
    let home = home_get(conn, scope, zone, now)?;
    let stations = stations(conn, scope)?;
    let known: Vec<i64> = stations.iter().filter_map(|station| station.capacity_w).collect();
    let capacity_w = (!known.is_empty()).then(|| known.iter().sum());
    let online_permille = online(conn, scope)?;
    let offline = offline(conn, scope)?;
    let flapping = flapping(conn, scope, now)?;
    let interfaces = if scope.is_all() { interfaces(conn)? } else { Vec::new() };
    Ok(Overview { home, online_permille, capacity_w, stations, offline, flapping, interfaces })
}

fn stations(conn: &mut Conn, scope: &Scope) -> DbResult<Vec<OverviewStation>> {
    let mut filter = Filter::new();
    filter.scope("s.operator_id", "s.id", scope);
    let most = filter.bind(STATIONS_MAX);
    let sql = format!(
        "SELECT s.id, s.name, s.longitude_e6, s.latitude_e6, \
         (SELECT COUNT(*) FROM pile p WHERE p.station_id = s.id AND p.lifecycle <> 'retired'), \
         (SELECT COUNT(*) FROM pile p WHERE p.station_id = s.id AND p.lifecycle <> 'retired' AND p.online), \
         COALESCE(s.power_cap_w, s.transformer_kva * 1000), \
         (SELECT COUNT(*) FROM alarm a WHERE a.station_id = s.id AND a.live_key IS NOT NULL \
         AND a.parent_id IS NULL AND a.state IN ('open', 'acknowledged')) \
         FROM station s {} ORDER BY s.id LIMIT {most}",
        filter.sql()
    );
    conn.query(&sql, &filter.values, |row| {
        Ok(OverviewStation {
            id: row.int(0)?,
            name: row.text(1)?,
            longitude_e6: row.int_opt(2)?,
            latitude_e6: row.int_opt(3)?,
            pile_count: row.int(4)?,
            online_count: row.int(5)?,
            running_count: 0,
            power_w: 0,
            capacity_w: row.int_opt(6)?,
            alarm_count: row.int(7)?,
        })
    })
}

fn online(conn: &mut Conn, scope: &Scope) -> DbResult<Option<i64>> {
    let mut filter = Filter::new();
    filter.and("p.lifecycle = 'enabled'");
    filter.scope("p.operator_id", "p.station_id", scope);
    let sql = format!(
        "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN p.online THEN 1 ELSE 0 END), 0) AS BIGINT) FROM pile p {}",
        filter.sql()
    );
    let (all, online) = conn.one(&sql, &filter.values, |row| Ok((row.int(0)?, row.int(1)?)))?;
    Ok((all > 0).then(|| online * 1_000 / all))
}

fn pile(row: &Row<'_>) -> DbResult<OverviewPile> {
    Ok(OverviewPile {
        code: row.text(0)?,
        name: row.text(1)?,
        station_id: row.int(2)?,
        station_name: row.text(3)?,
        value: row.int(4)?,
    })
}

fn offline(conn: &mut Conn, scope: &Scope) -> DbResult<Vec<OverviewPile>> {
    let mut filter = Filter::new();
    filter.and("NOT p.online AND p.lifecycle = 'enabled' AND p.last_seen_ms IS NOT NULL");
    filter.scope("p.operator_id", "p.station_id", scope);
    let most = filter.bind(PILES_MAX);
    let sql = format!(
        "SELECT p.code, p.name, s.id, s.name, p.last_seen_ms FROM pile p JOIN station s ON s.id = p.station_id {} \
         ORDER BY p.last_seen_ms DESC, p.id LIMIT {most}",
        filter.sql()
    );
    conn.query(&sql, &filter.values, pile)
}

fn flapping(conn: &mut Conn, scope: &Scope, now: Timestamp) -> DbResult<Vec<OverviewPile>> {
    let mut filter = Filter::new();
    let (since, least) = (filter.bind(now.as_ms() - HOUR_MS), filter.bind(FLAPPING));
    filter.and("p.lifecycle = 'enabled'");
    filter.scope("p.operator_id", "p.station_id", scope);
    let most = filter.bind(PILES_MAX);
    let sql = format!(
        "SELECT p.code, p.name, s.id, s.name, l.ended FROM (SELECT pile_id, COUNT(*) AS ended FROM link \
         WHERE to_ms >= {since} AND ended NOT IN ('stopped', 'cut', 'replaced', 'unavailable') GROUP BY pile_id \
         HAVING COUNT(*) >= {least}) AS l JOIN pile p ON p.id = l.pile_id JOIN station s ON s.id = p.station_id {} \
         ORDER BY l.ended DESC, p.id LIMIT {most}",
        filter.sql()
    );
    conn.query(&sql, &filter.values, pile)
}

fn interfaces(conn: &mut Conn) -> DbResult<Vec<OverviewInterface>> {
    let mut all = Vec::new();
    for channel in channels::all(conn)? {
        all.push(of_channel(conn, &channel)?);
    }
    for one in pay_channels::all(conn)? {
        let state = state(one.enabled, one.checked_at_ms.map(|_| one.check_fault.is_none()));
        all.push(OverviewInterface {
            kind: InterfaceKind::Pay,
            id: Some(one.id),
            name: one.name,
            state,
            at_ms: one.checked_at_ms,
            message: one.check_fault,
            waiting_count: 0,
        });
    }
    if let Some(pull) = customer_pulls::find(conn)? {
        let state = state(pull.enabled, pull.last.tried_at_ms.map(|_| pull.last.error.is_none()));
        all.push(OverviewInterface {
            kind: InterfaceKind::CustomerSource,
            id: None,
            name: pull.url,
            state,
            at_ms: pull.last.tried_at_ms,
            message: pull.last.error,
            waiting_count: 0,
        });
    }
    for seller in sellers::seller_list(conn, &Scope::ALL)?.into_iter().filter(|one| one.nuonuo.is_some()) {
        let good = seller.login_at_ms.map(|_| seller.login != ChannelLogin::Lost);
        let message = seller.login_message.map(|text| Text::new(text.clone(), text));
        all.push(OverviewInterface {
            kind: InterfaceKind::Invoice,
            id: Some(seller.operator.0),
            name: seller.party.name,
            state: state(true, good),
            at_ms: seller.login_at_ms,
            message,
            waiting_count: 0,
        });
    }
    Ok(all)
}

fn state(enabled: bool, good: Option<bool>) -> InterfaceState {
    match (enabled, good) {
        (false, _) => InterfaceState::Off,
        (true, None) => InterfaceState::Unused,
        (true, Some(true)) => InterfaceState::Good,
        (true, Some(false)) => InterfaceState::Failed,
    }
}

fn of_channel(conn: &mut Conn, channel: &Channel) -> DbResult<OverviewInterface> {
    let last = channels::send_last(conn, channel.id)?;
    let (kind, waiting) = match channel.config.kind() {
        ChannelKind::Smtp => (InterfaceKind::Mail, "SELECT COUNT(*) FROM mail WHERE state = 'waiting'"),
        ChannelKind::Webhook => (
            InterfaceKind::Webhook,
            "SELECT COUNT(*) FROM delivery WHERE state = 'waiting' AND channel_id = $1",
        ),
        ChannelKind::Ftp => (InterfaceKind::FirmwareServer, ""),
    };
    let waiting_count = match kind {
        InterfaceKind::Mail => conn.one(waiting, &[], count)?,
        InterfaceKind::Webhook => conn.one(waiting, &[channel.id.into()], count)?,
        _ => 0,
    };
    Ok(OverviewInterface {
        kind,
        id: Some(channel.id),
        name: channel.name.clone(),
        state: state(channel.enabled, last.as_ref().map(|send| send.success)),
        at_ms: last.as_ref().map(|send| send.at_ms),
        message: last.filter(|send| !send.success).and_then(|send| send.message),
        waiting_count,
    })
}

/// 站监控: every connector of a station in a line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Board {
    pub now_ms: i64,
    pub station_id: i64,
    pub station_name: String,
    pub capacity_w: Option<i64>,
    pub power_w: i64,
    pub connectors: Vec<BoardConnector>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BoardConnector {
    #[serde(skip)]
    pub pile: i64,
    pub pile_code: String,
    pub pile_name: String,
    pub kind: PileKind,
    pub rated_power_w: i64,
    pub online: bool,
    pub last_seen_ms: Option<i64>,
    pub no: i64,
    pub status: ConnectorStatus,
    pub status_at_ms: i64,
    pub fault_code: Option<String>,
    /// The fault in the reader's language.
    pub fault_text: Option<String>,
    /// The order that holds it.
    pub order_id: Option<i64>,
    pub order_no: Option<String>,
    pub started_at_ms: Option<i64>,
    /// What the session has cost so far.
    pub total_fen: Option<i64>,
    pub values: Option<LiveValues>,
}

/// Everything but what only memory knows. `None`: no such station in the scope.
pub fn board_get(conn: &mut Conn, scope: &Scope, station: i64, now: Timestamp) -> DbResult<Option<Board>> {
    let mut filter = Filter::new();
    filter.and_value("s.id = ?", station);
    filter.scope("s.operator_id", "s.id", scope);
    let sql = format!(
        "SELECT s.name, COALESCE(s.power_cap_w, s.transformer_kva * 1000) FROM station s {}",
        filter.sql()
    );
    let found = conn.find(&sql, &filter.values, |row| Ok((row.text(0)?, row.int_opt(1)?)))?;
    let Some((station_name, capacity_w)) = found else { return Ok(None) };
    let mut connectors = conn.query(
        "SELECT p.id, p.code, p.name, p.kind, p.rated_power_w, p.online, p.last_seen_ms, k.no, k.status, \
         k.status_at_ms, k.fault_code FROM pile p JOIN connector k ON k.pile_id = p.id WHERE p.station_id = $1 \
         AND p.lifecycle <> 'retired' AND k.no > 0 ORDER BY p.code, k.no LIMIT 2000",
        &[station.into()],
        |row| {
            Ok(BoardConnector {
                pile: row.int(0)?,
                pile_code: row.text(1)?,
                pile_name: row.text(2)?,
                kind: row.word(3, PileKind::parse)?,
                rated_power_w: row.int(4)?,
                online: row.bool(5)?,
                last_seen_ms: row.int_opt(6)?,
                no: row.int(7)?,
                status: row.word(8, ConnectorStatus::parse)?,
                status_at_ms: row.int(9)?,
                fault_code: row.text_opt(10)?,
                fault_text: None,
                order_id: None,
                order_no: None,
                started_at_ms: None,
                total_fen: None,
                values: None,
            })
        },
    )?;
    let sql = format!(
        "SELECT pile_id, connector_no, id, created_at_ms, started_at_ms FROM orders WHERE {} \
         AND pile_id IN (SELECT id FROM pile WHERE station_id = $1)",
        crate::pile_list::OPEN
    );
    let open = conn.query(&sql, &[station.into()], |row| {
        Ok((row.int(0)?, row.int(1)?, row.int(2)?, row.int(3)?, row.int(4)?))
    })?;
    for (pile, no, order, created, started) in open {
        if let Some(one) = connectors.iter_mut().find(|one| (one.pile, one.no) == (pile, no)) {
            (one.order_id, one.started_at_ms) = (Some(order), Some(started));
            one.order_no = Some(order_no(order, created));
        }
    }
    let now_ms = now.as_ms();
    Ok(Some(Board { now_ms, station_id: station, station_name, capacity_w, power_w: 0, connectors }))
}
