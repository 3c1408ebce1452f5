//! 充电桩 as staff see them.

use crate::connector_detail::ConnectorBeside;
use crate::db::{Conn, DbError, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::order_list::order_no;
use crate::pile_drift;
pub use crate::pile_filter::PileFilter;
use crate::pile_filter::{TARIFF_MATCH, filter};
pub use crate::pile_state::{PileState, masked};
use crate::sort::SortColumn;
use crate::stations::tags;
use model::access::Scope;
use model::connector::ConnectorStatus;
use model::order::OrderState;
use model::site::{Lifecycle, PileKind, Protocol};
use model::tariff_plan::TariffMatch;
use serde::Serialize;
use utoipa::ToSchema;

/// What a row of the list and the page of one pile have in common.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PileFacts {
    pub id: i64,
    /// 电桩编号
    pub code: String,
    /// 站内名称
    pub name: String,
    pub operator_id: i64,
    pub operator_name: String,
    pub city_code: String,
    pub city_name: String,
    pub station_id: i64,
    pub station_name: String,
    pub kind: PileKind,
    pub protocol: Protocol,
    pub lifecycle: Lifecycle,
    pub online: bool,
    pub last_seen_ms: Option<i64>,
    pub rated_power_w: i64,
    pub vendor: Option<String>,
    pub model: Option<String>,
    pub firmware: Option<String>,
    /// Of its SIM card.
    pub iccid: Option<String>,
    /// What staff call it by, to find it with others.
    pub tags: Vec<String>,
    /// 20261123
    pub warranty_day: Option<i64>,
    pub today_energy_dwh: i64,
    /// Its own, or what its station shows.
    pub tariff_name: Option<String>,
    pub tariff_version_no: Option<i64>,
    /// The kind of days that today is; none on all other days.
    pub tariff_day_name: Option<String>,
    /// Since when it has a tariff of its own; none where it has its station's.
    pub own_tariff_from_ms: Option<i64>,
    /// When it last came into service.
    pub enabled_at_ms: Option<i64>,
    /// Whether the pile has that.
    pub tariff_match: TariffMatch,
    /// The number of the tariff that it last said it has (0: none), and when.
    pub has_model_no: Option<i64>,
    pub told_model_ms: Option<i64>,
    /// 期望状态: what it should have, how much, and how much of that it has not.
    pub desired_count: i64,
    pub drift_count: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Pile)]
pub struct PileView {
    #[serde(flatten)]
    pub facts: PileFacts,
    pub connectors: Vec<ConnectorBrief>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConnectorBrief {
    pub no: i64,
    pub status: ConnectorStatus,
    pub fault_code: Option<String>,
    /// The order that holds the connector.
    pub order_id: Option<i64>,
    pub power_w: Option<i64>,
    pub soc_percent: Option<i64>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PileDetail {
    #[serde(flatten)]
    pub facts: PileFacts,
    pub serial: Option<String>,
    pub meter_serial: Option<String>,
    pub connected_at_ms: Option<i64>,
    pub remote_address: Option<String>,
    /// The other piles of its station that share its link now: a concentrator carries several.
    pub link_piles: Vec<String>,
    /// The pile's clock minus ours.
    pub clock_skew_ms: Option<i64>,
    pub tariff: Option<PileTariff>,
    pub created_at_ms: i64,
    /// Of its station.
    pub time_zone: String,
    /// To be given back with a change, so that nobody overwrites another's.
    pub version: i64,
    /// Whether the pile must show a password when it connects.
    pub has_password: bool,
    pub connectors: Vec<ConnectorDetail>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PileTariff {
    pub id: i64,
    pub name: String,
    /// Of today's table.
    pub model_no: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConnectorDetail {
    pub no: i64,
    pub status: ConnectorStatus,
    pub status_at_ms: i64,
    pub fault_code: Option<String>,
    pub fault_info: Option<String>,
    /// The fault as a sentence in the reader's language.
    pub fault_text: Option<String>,
    pub order: Option<ConnectorOrder>,
    pub live: Option<LiveValues>,
    #[serde(flatten)]
    pub beside: ConnectorBeside,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConnectorOrder {
    pub id: i64,
    pub order_no: String,
    /// The pile's name of the session: OCPP transaction id, 云快充 trade number.
    pub session_key: Option<String>,
    pub state: OrderState,
    pub started_at_ms: i64,
    pub energy_dwh: i64,
    /// What it has cost so far.
    pub amount_e4: Option<i64>,
    /// Masked to its last four characters.
    pub token: Option<String>,
}

/// What a connector last measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LiveValues {
    pub at_ms: i64,
    pub power_w: Option<i64>,
    /// 0.1 V
    pub voltage_dv: Option<i64>,
    /// 0.1 A
    pub current_da: Option<i64>,
    pub soc_percent: Option<i64>,
    pub temperature_c: Option<i64>,
    pub energy_dwh: Option<i64>,
}

impl From<model::curve::Point> for LiveValues {
    fn from(point: model::curve::Point) -> LiveValues {
        LiveValues {
            at_ms: point.at.as_ms(),
            power_w: point.power_w,
            voltage_dv: point.voltage_dv,
            current_da: point.current_da,
            soc_percent: point.soc_percent,
            temperature_c: point.temperature_c,
            energy_dwh: point.delivered.map(model::energy::Energy::dwh),
        }
    }
}

const FACTS: &str = "p.id, p.code, p.name, p.operator_id, op.name, s.city_code, COALESCE(c.name, s.city_code), \
    p.station_id, s.name, p.kind, p.protocol, p.lifecycle, p.online, p.last_seen_ms, p.rated_power_w, p.vendor, \
    p.model, p.firmware, COALESCE(d.energy_dwh, 0), t.name, t.version_no, p.tariff_model, p.tariff_told_ms, y.name, CASE WHEN p.tariff_id IS NULL THEN NULL ELSE p.tariff_from_ms END, p.enabled_at_ms, p.iccid, \
    COALESCE(w.tags, ''), w.warranty_day";

/// Where the value stands by which a page is sorted: behind the facts.
const SORT_VALUE: usize = 30;

const FROM: &str = "FROM pile p JOIN station s ON s.id = p.station_id JOIN operator op ON op.id = p.operator_id \
    LEFT JOIN city c ON c.code = s.city_code LEFT JOIN tariff t ON t.id = COALESCE(p.tariff_id, s.tariff_id) \
    LEFT JOIN tariff_today y ON y.tariff_id = t.id AND y.time_zone = s.time_zone \
    LEFT JOIN pile_record w ON w.pile_id = p.id LEFT JOIN pile_day d ON d.pile_id = p.id AND d.day = $1";

fn facts(row: &Row<'_>) -> DbResult<PileFacts> {
    Ok(PileFacts {
        id: row.int(0)?,
        code: row.text(1)?,
        name: row.text(2)?,
        operator_id: row.int(3)?,
        operator_name: row.text(4)?,
        city_code: row.text(5)?,
        city_name: row.text(6)?,
        station_id: row.int(7)?,
        station_name: row.text(8)?,
        kind: row.word(9, PileKind::parse)?,
        protocol: row.word(10, Protocol::parse)?,
        lifecycle: row.word(11, Lifecycle::parse)?,
        online: row.bool(12)?,
        last_seen_ms: row.int_opt(13)?,
        rated_power_w: row.int(14)?,
        vendor: row.text_opt(15)?,
        model: row.text_opt(16)?,
        firmware: row.text_opt(17)?,
        today_energy_dwh: row.int(18)?,
        tariff_name: row.text_opt(19)?,
        tariff_version_no: row.int_opt(20)?,
        has_model_no: row.int_opt(21)?,
        told_model_ms: row.int_opt(22)?,
        tariff_day_name: row.text_opt(23)?,
        own_tariff_from_ms: row.int_opt(24)?,
        enabled_at_ms: row.int_opt(25)?,
        iccid: row.text_opt(26)?,
        tags: tags(row, 27)?,
        warranty_day: row.int_opt(28)?,
        tariff_match: row.word(29, TariffMatch::parse)?,
        desired_count: 0,
        drift_count: 0,
    })
}

/// How many piles the filters select.
pub fn pile_count(conn: &mut Conn, scope: &Scope, wanted: &PileFilter) -> DbResult<i64> {
    let filter = filter(scope, wanted);
    conn.one(&format!("SELECT COUNT(*) FROM pile p {}", filter.sql()), &filter.values, count)
}

/// As the list stands where nothing else is chosen.
pub const BY_CODE: SortColumn = SortColumn::text("code", "p.code");

/// A pile that has never been seen was last seen before all others.
pub const SORTS: &[SortColumn] = &[
    BY_CODE,
    SortColumn::text("name", "p.name"),
    SortColumn::text("station_name", "s.name"),
    SortColumn::number("rated_power_w", "p.rated_power_w"),
    SortColumn::number("last_seen_ms", "COALESCE(p.last_seen_ms, 0)"),
    SortColumn::number("enabled_at_ms", "COALESCE(p.enabled_at_ms, 0)"),
];

/// `today` is the business day, 20261123.
pub fn pile_list(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &PileFilter,
    today: i64,
) -> DbResult<Page<PileView>> {
    let total = pile_count(conn, scope, wanted)?;
    let mut filter = PageFilter::new(today, scope, wanted);
    let limit = filter.0.bind(wanted.limit + 1);
    let (value, order) = (wanted.sort.value("p.id"), wanted.sort.order("p.id"));
    let sql = format!(
        "SELECT {FACTS}, {TARIFF_MATCH}, {value} {FROM} {} ORDER BY {order} LIMIT {limit}",
        filter.0.sql()
    );
    let rows = conn.query(&sql, &filter.0.values, |row| {
        let pile = PileView { facts: facts(row)?, connectors: Vec::new() };
        Ok((wanted.sort.cursor(row, SORT_VALUE, pile.facts.id)?, pile))
    })?;
    let mut page = Page::of_sorted(rows, wanted.limit, Some(total));
    connectors(conn, &mut page.items)?;
    pile_drift::count(conn, page.items.iter_mut().map(|pile| &mut pile.facts))?;
    Ok(page)
}

/// The list's filter behind `$1`, the day.
struct PageFilter(Filter);

impl PageFilter {
    fn new(today: i64, scope: &Scope, wanted: &PileFilter) -> PageFilter {
        let counted = filter(scope, wanted);
        let mut shifted = Filter::new();
        shifted.bind(today);
        shifted.append(&counted);
        wanted.sort.page(&mut shifted, "p.id");
        PageFilter(shifted)
    }
}

fn connectors(conn: &mut Conn, piles: &mut [PileView]) -> DbResult<()> {
    if piles.is_empty() {
        return Ok(());
    }
    let mut filter = Filter::new();
    let ids: Vec<String> = piles.iter().map(|pile| filter.bind(pile.facts.id)).collect();
    let ids = ids.join(", ");
    let held: std::collections::HashMap<(i64, i64), i64> = conn
        .query(
            &format!("SELECT pile_id, connector_no, id FROM orders WHERE {OPEN} AND pile_id IN ({ids})"),
            &filter.values,
            |row| Ok(((row.int(0)?, row.int(1)?), row.int(2)?)),
        )?
        .into_iter()
        .collect();
    let rows = conn.query(
        &format!(
            "SELECT k.pile_id, k.no, k.status, k.fault_code FROM pile p JOIN connector k \
             ON k.id > p.id * 1000 AND k.id <= p.id * 1000 + 999 WHERE p.id IN ({ids}) ORDER BY k.id"
        ),
        &filter.values,
        |row| {
            let (pile, no) = (row.int(0)?, row.int(1)?);
            let brief = ConnectorBrief {
                no,
                status: row.word(2, ConnectorStatus::parse)?,
                fault_code: row.text_opt(3)?,
                order_id: held.get(&(pile, no)).copied(),
                power_w: None,
                soc_percent: None,
            };
            Ok((pile, brief))
        },
    )?;
    let mut of_pile: std::collections::HashMap<i64, Vec<ConnectorBrief>> = std::collections::HashMap::new();
    for (pile, brief) in rows {
        of_pile.entry(pile).or_default().push(brief);
    }
    for pile in piles {
        pile.connectors = of_pile.remove(&pile.facts.id).unwrap_or_default();
    }
    Ok(())
}

pub(crate) const OPEN: &str =
    "state <> 'completed' AND state <> 'failed' AND state IN ('starting', 'charging', 'stopping')";

/// One pile, if the caller may see it.
pub fn pile_get(conn: &mut Conn, scope: &Scope, code: &str, today: i64) -> DbResult<Option<PileDetail>> {
    let mut filter = Filter::new();
    filter.bind(today);
    filter.and_value("p.code = ?", code.to_owned());
    filter.scope("p.operator_id", "p.station_id", scope);
    let sql = format!(
        "SELECT {FACTS}, {TARIFF_MATCH}, p.serial, p.meter_serial, p.connected_at_ms, p.remote_address, p.skew_ms, \
         p.created_at_ms, p.version, p.secret IS NOT NULL, t.id, t.name, COALESCE(y.model_no, t.model_no), s.time_zone \
         {FROM} {}",
        filter.sql()
    );
    let Some(mut pile) = conn.find(&sql, &filter.values, detail)? else { return Ok(None) };
    pile.connectors = connector_details(conn, pile.facts.id)?;
    pile_drift::count(conn, std::iter::once(&mut pile.facts))?;
    Ok(Some(pile))
}

fn detail(row: &Row<'_>) -> DbResult<PileDetail> {
    let tariff = match row.int_opt(38)? {
        Some(id) => Some(PileTariff { id, name: row.text(39)?, model_no: row.int(40)? }),
        None => None,
    };
    Ok(PileDetail {
        facts: facts(row)?,
        serial: row.text_opt(30)?,
        meter_serial: row.text_opt(31)?,
        connected_at_ms: row.int_opt(32)?,
        remote_address: row.text_opt(33)?,
        clock_skew_ms: row.int_opt(34)?,
        tariff,
        created_at_ms: row.int(35)?,
        version: row.int(36)?,
        time_zone: row.text(41)?,
        has_password: row.bool(37)?,
        link_piles: Vec::new(),
        connectors: Vec::new(),
    })
}

fn connector_details(conn: &mut Conn, pile: i64) -> DbResult<Vec<ConnectorDetail>> {
    let mut orders = conn.query(
        &format!(
            "SELECT connector_no, id, created_at_ms, state, started_at_ms, energy_dwh, token, session_key FROM orders \
             WHERE {OPEN} AND pile_id = $1 ORDER BY id"
        ),
        &[pile.into()],
        |row| {
            let (id, created_at_ms) = (row.int(1)?, row.int(2)?);
            let order = ConnectorOrder {
                id,
                order_no: order_no(id, created_at_ms),
                session_key: row.text_opt(7)?,
                state: row.word(3, OrderState::parse)?,
                started_at_ms: row.int(4)?,
                energy_dwh: row.int(5)?,
                amount_e4: None,
                token: row.text_opt(6)?.map(|token| masked(&token)),
            };
            Ok((row.int(0)?, order))
        },
    )?;
    let mut kept = crate::reservations::of_connectors(conn, pile)?;
    conn.query(
        "SELECT no, status, status_at_ms, fault_code, fault_info FROM connector \
         WHERE id > $1 AND id <= $2 ORDER BY id",
        &[(pile * 1_000).into(), (pile * 1_000 + 999).into()],
        |row| {
            let no = row.int(0)?;
            let place = orders.iter().position(|(connector, _)| *connector == no);
            let reservation = kept.iter().position(|(connector, _)| *connector == no);
            let reservation = reservation.map(|place| kept.swap_remove(place).1);
            Ok(ConnectorDetail {
                no,
                status: row.word(1, ConnectorStatus::parse)?,
                status_at_ms: row.int(2)?,
                fault_code: row.text_opt(3)?,
                fault_info: row.text_opt(4)?,
                fault_text: None,
                order: place.map(|place| orders.swap_remove(place).1),
                live: None,
                beside: ConnectorBeside { reservation, ..ConnectorBeside::default() },
            })
        },
    )
}

/// Who may see this pile: its row id, operator and protocol, when it is in the caller's scope.
pub fn pile_find(conn: &mut Conn, scope: &Scope, code: &str) -> DbResult<Option<(i64, i64, Protocol)>> {
    let mut filter = Filter::new();
    filter.and_value("code = ?", code.to_owned());
    filter.scope("operator_id", "station_id", scope);
    let sql = format!("SELECT id, operator_id, protocol FROM pile {}", filter.sql());
    conn.find(&sql, &filter.values, |row| {
        let protocol = row.text(2)?;
        let protocol = Protocol::parse(&protocol)
            .ok_or_else(|| DbError::Fault(format!("a pile speaks the unknown protocol {protocol:?}")))?;
        Ok((row.int(0)?, row.int(1)?, protocol))
    })
}
