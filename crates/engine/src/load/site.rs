//! From what is kept of a station to what the allocator judges by.

use crate::Engine;
use model::Result;
use model::connector::ConnectorStatus;
use model::id::{ConnectorNo, OrderId, PileId, SessionKey, StationId};
use model::load::{AHEAD_MS, Answered, LimitRate, LoadControl, LoadSite, LoadStrategy, Unit, UnitSession};
use model::site::{PileKind, StationFacts};
use model::time::{MINUTE_MS, Timestamp};
use std::collections::{HashMap, HashSet};
use store::commands::CommandState;
use store::loads::{self, LimitRow, LimitState, LoadConnector, LoadOrder, LoadSetting};
use store::stations;

/// With less than this no car charges: 6 A of one phase; what a DC module can be held to.
const LEAST_AC_W: i64 = 1_400;
const LEAST_DC_W: i64 = 5_000;
/// What was measured longer ago says nothing of now.
const FRESH_MS: i64 = 3 * MINUTE_MS;
/// More than any station has: one that lets go of its piles has no cap.
const PLENTY_W: i64 = 1_000_000_000_000;

/// A station as the database has it.
pub(super) struct Snapshot {
    pub facts: StationFacts,
    pub setting: Option<LoadSetting>,
    pub connectors: Vec<LoadConnector>,
    pub limits: Vec<LimitRow>,
    pub orders: Vec<LoadOrder>,
    /// What the sessions draw, where that was measured just now.
    pub powers: HashMap<OrderId, i64>,
}

/// What stands beside each unit of the site.
pub(super) struct Place {
    pub pile: PileId,
    /// 0: the whole pile.
    pub connector: ConnectorNo,
    pub code: String,
    pub name: String,
    pub order: Option<LoadOrder>,
    pub power_w: Option<i64>,
    /// In which unit it is told its limit.
    pub rate: LimitRate,
    /// As it was read.
    pub row: Option<LimitRow>,
    /// As it is now.
    pub state: LimitState,
}

pub(super) struct Managed {
    pub enabled: bool,
    pub site: LoadSite,
    pub places: Vec<Place>,
    /// Rows of what does not stand at this station any more.
    pub gone: Vec<(PileId, ConnectorNo)>,
}

impl Engine {
    pub(super) async fn load_snapshot(&self, station: StationId) -> Result<Option<Snapshot>> {
        let read = move |conn: &mut store::Conn| {
            let Some(facts) = stations::find(conn, station)? else { return Ok(None) };
            Ok(Some(Snapshot {
                facts,
                setting: loads::setting(conn, station)?,
                connectors: loads::connectors(conn, station)?,
                limits: loads::limits(conn, station)?,
                orders: loads::orders(conn, station)?,
                powers: HashMap::new(),
            }))
        };
        let Some(mut snapshot) = self.store.device_read(read).await? else { return Ok(None) };
        let now = self.clock.now();
        for order in &snapshot.orders {
            let Some(running) = self.order_running(order.pile, order.id).await? else { continue };
            let last = running.open.curve.last().filter(|point| now.since(point.at) <= FRESH_MS);
            if let Some(power) = last.and_then(|point| point.power_w) {
                snapshot.powers.insert(order.id, power);
            }
        }
        Ok(Some(snapshot))
    }
}

impl Snapshot {
    pub fn manage(self, booted: &HashSet<PileId>, now: Timestamp) -> Managed {
        let enabled = self.setting.as_ref().is_some_and(|setting| setting.enabled);
        let (mut places, mut units) = (Vec::new(), Vec::new());
        for (key, connectors) in self.grouped() {
            let row = self.limits.iter().find(|row| (row.pile, row.connector) == key).cloned();
            if row.is_some() || enabled {
                let (place, unit) = self.unit(key, &connectors, row, booted, now);
                places.push(place);
                units.push(unit);
            }
        }
        let known =
            |row: &&LimitRow| places.iter().any(|p| (p.pile, p.connector) == (row.pile, row.connector));
        let gone =
            self.limits.iter().filter(|row| !known(row)).map(|row| (row.pile, row.connector)).collect();
        let mut site = LoadSite {
            cap_w: PLENTY_W,
            floor_w: PLENTY_W,
            strategy: LoadStrategy::Equal,
            safe_w: PLENTY_W,
            units,
        };
        if let Some(setting) = self.setting.as_ref().filter(|setting| setting.enabled) {
            site.cap_w = setting.cap.least(&self.facts.zone, now, now.plus_ms(AHEAD_MS));
            site.floor_w = setting.cap.floor();
            (site.strategy, site.safe_w) = (setting.strategy, setting.safe_w);
        }
        Managed { enabled, site, places, gone }
    }

    /// Each connector by itself, those of a 云快充 pile together.
    fn grouped(&self) -> Vec<((PileId, ConnectorNo), Vec<&LoadConnector>)> {
        let mut grouped: Vec<((PileId, ConnectorNo), Vec<&LoadConnector>)> = Vec::new();
        for connector in &self.connectors {
            let no = if connector.protocol.is_ykc() { 0 } else { connector.no };
            let key = (connector.pile, no);
            match grouped.last_mut().filter(|(last, _)| *last == key) {
                Some((_, of)) => of.push(connector),
                None => grouped.push((key, vec![connector])),
            }
        }
        grouped
    }

    fn unit(
        &self,
        (pile, connector): (PileId, ConnectorNo),
        connectors: &[&LoadConnector],
        row: Option<LimitRow>,
        booted: &HashSet<PileId>,
        now: Timestamp,
    ) -> (Place, Unit) {
        let one = connectors[0];
        let mine = |order: &&LoadOrder| {
            order.pile == pile && (connector == 0 || order.connector == connector) && order.session.is_some()
        };
        let orders: Vec<&LoadOrder> = self.orders.iter().filter(mine).collect();
        let measured: Vec<i64> =
            orders.iter().filter_map(|order| self.powers.get(&order.id)).copied().collect();
        let power_w = (!measured.is_empty()).then(|| measured.iter().sum());
        let control = if one.protocol.is_ykc() { LoadControl::Percent } else { LoadControl::Profile };
        // One connector alone can have all that its pile gives; together they have no more.
        let rated_w = one.rated_power_w;
        let rate = LimitRate::of(one.kind, rated_w, one.rates.as_deref());
        let least = if one.kind == PileKind::Ac { LEAST_AC_W } else { LEAST_DC_W };
        let least = rate.least_w().unwrap_or(least);
        let mut unit = Unit::new(control, rated_w, least.min(rated_w));
        unit.pile = Some(pile.0);
        let setting = self.setting.as_ref();
        let own = setting.and_then(|s| s.units.iter().find(|u| (u.pile, u.connector) == (pile, connector)));
        unit.online = one.online;
        (unit.rank, unit.keeps) = own.map_or((5, true), |own| (own.rank, own.keeps));
        let order = orders.first().map(|order| (*order).clone());
        unit.session = order.as_ref().map(|order| UnitSession {
            began: order.started_at,
            departs: order.departs_at,
            first: order.of_fleet && setting.is_some_and(|setting| setting.fleets_first),
            power_w: power_w.filter(|_| measured.len() == orders.len()),
        });
        let mut state = row.as_ref().map(|row| row.state.clone()).unwrap_or_default();
        recall(&mut unit, &state);
        if let Some(row) = &row {
            hear(&mut unit, &mut state, row, now);
        }
        let charging = |status: ConnectorStatus| {
            use ConnectorStatus::{Charging, SuspendedEv, SuspendedEvse};
            matches!(status, Charging | SuspendedEv | SuspendedEvse)
        };
        let current = order.as_ref().and_then(|order| order.session.clone());
        let other = state.session != current && (current.is_some() || !one.status.is_some_and(charging));
        if one.online && other {
            let session = unit.session;
            unit.session_ended();
            (unit.session, state.session) = (session, current);
        }
        if booted.contains(&pile) {
            unit.booted();
        }
        let (code, name) = (one.pile_code.clone(), one.pile_name.clone());
        (Place { pile, connector, code, name, order, power_w, rate, row, state }, unit)
    }
}

fn recall(unit: &mut Unit, state: &LimitState) {
    (unit.standing, unit.above, unit.sent) = (state.standing, state.above, state.sent);
    (unit.changed_at, unit.rests_until, unit.refuses) = (state.changed_at, state.rests_until, state.refuses);
}

/// What has become of the command that was sent. One that was never given to the link has arrived nowhere,
/// but that cannot be told from one whose row was lost.
fn hear(unit: &mut Unit, state: &mut LimitState, row: &LimitRow, now: Timestamp) {
    if unit.sent.is_none() {
        return;
    }
    match &row.answer {
        Some((_, None, _)) => {}
        Some((CommandState::Accepted, Some(_), _)) => {
            state.problem = None;
            unit.answered(Answered::Accepted, now);
        }
        Some((CommandState::Refused | CommandState::Unsupported, Some(_), why)) => {
            state.problem.clone_from(why);
            unit.answered(Answered::Refused, now);
        }
        Some((_, Some(_), why)) => {
            state.problem.clone_from(why);
            unit.answered(Answered::Lost, now);
        }
        None => unit.answered(Answered::Lost, now),
    }
}

impl Place {
    /// What is to be kept of the unit now.
    pub fn keep(&mut self, unit: &Unit) {
        (self.state.standing, self.state.above, self.state.sent) = (unit.standing, unit.above, unit.sent);
        self.state.changed_at = unit.changed_at;
        (self.state.rests_until, self.state.refuses) = (unit.rests_until, unit.refuses);
    }

    pub fn key(&self) -> Option<SessionKey> {
        SessionKey::parse(self.order.as_ref()?.session.as_ref()?)
    }
}
