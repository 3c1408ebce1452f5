//! 充电桩

use super::error::Answer;
use super::give::{Created, Done, Given};
use super::take::{Code, Input, Query, Reader, Who, no_pile};
use super::{Shared, wire};
use axum::extract::State;
use engine::site::{PileChange, PileCreated, PileDraft, PileRecordChange, PileTariffDraft, PileUpdated};
use model::id::{OrderId, PileCode, PileId};
use model::site::{Lifecycle, PileKind, Protocol};
use model::tariff_plan::TariffMatch;
use model::time::{DAY_MS, HOUR_MS, Timestamp, Zone};
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use store::filter::{Page, Paging};
use store::pile_list::{self, BY_CODE, LiveValues, PileDetail, PileFilter, PileState, PileView, SORTS};
use store::pile_records::{self, PileRecord};
use store::sort::Sort;
use store::unknown_piles::{UnknownPile, unknown_pile_list as unknown_list};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PileQuery {
    operator_name: Option<String>,
    city_name: Option<String>,
    station_name: Option<String>,
    station_id: Option<i64>,
    code: Option<String>,
    lifecycle: Option<Lifecycle>,
    /// False leaves out what is out of service for good, as the figures of the home page do.
    retired: Option<bool>,
    /// A connector's status, `suspended`, or `offline`.
    state: Option<String>,
    online: Option<bool>,
    /// True: only those whose links ended five times or more within the last hour.
    flapping: Option<bool>,
    kind: Option<PileKind>,
    protocol: Option<Protocol>,
    /// code, name, station_name, rated_power_w, last_seen_ms or enabled_at_ms; `-` before it for the
    /// greatest first. By code when it is left out.
    sort: Option<String>,
    tariff_match: Option<TariffMatch>,
    /// Of its own or of its station.
    tariff_name: Option<String>,
    /// Whether it has a tariff of its own.
    own_tariff: Option<bool>,
    vendor: Option<String>,
    model: Option<String>,
    firmware: Option<String>,
    tag: Option<String>,
    /// Only piles whose warranty ends within so many days (0 to 3650) or has ended.
    warranty_days: Option<i64>,
    /// Only piles on which no order has begun in so many days (1 to 3650).
    unused_days: Option<i64>,
    /// Whether something that it should have (configuration, list of cards) is not so.
    drift: Option<bool>,
    limit: Option<i64>,
    cursor: Option<String>,
}

impl PileQuery {
    pub fn filter(self, now: Timestamp) -> Result<PileFilter> {
        let state = match self.state.as_deref() {
            Some(text) => Some(PileState::parse(text).ok_or_else(unknown_state)?),
            None => None,
        };
        let paging = Paging { cursor: self.cursor, limit: self.limit };
        let sort = match Sort::of(self.sort.as_deref(), SORTS, &paging)? {
            Some(sort) => sort,
            None => Sort::by(BY_CODE).turned_to(paging.cursor.as_deref())?,
        };
        if self.unused_days.is_some_and(|days| !(1..=DAYS_MAX).contains(&days)) {
            return Err(unused_days());
        }
        if self.warranty_days.is_some_and(|days| !(0..=DAYS_MAX).contains(&days)) {
            return Err(Error::invalid(
                "warranty_days",
                "质保到期天数须为 0 至 3650 的整数",
                "The days until the warranty ends must be a whole number from 0 to 3650.",
            ));
        }
        Ok(PileFilter {
            operator_name: self.operator_name,
            city_name: self.city_name,
            station_name: self.station_name,
            station_id: self.station_id,
            code: self.code,
            lifecycle: self.lifecycle,
            retired: self.retired,
            state,
            online: self.online,
            flapping_since: self.flapping.filter(|wanted| *wanted).map(|_| now.plus_ms(-HOUR_MS)),
            kind: self.kind,
            protocol: self.protocol,
            tariff_match: self.tariff_match,
            tariff_name: self.tariff_name,
            own_tariff: self.own_tariff,
            vendor: self.vendor,
            model: self.model,
            firmware: self.firmware,
            tag: self.tag,
            warranty_until: self
                .warranty_days
                .map(|days| Zone::shanghai().local(now.plus_ms(days * DAY_MS)).day),
            unused_since: self.unused_days.map(|days| now.plus_ms(-days * DAY_MS)),
            drift: self.drift,
            limit: paging.limit()?,
            sort,
        })
    }
}

pub async fn pile_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<PileQuery>,
) -> Answer<Given<Page<PileView>>> {
    let wanted = query.filter(app.now())?;
    let (scope, today) = (who.scope(), Zone::shanghai().local(app.now()).day);
    let read = move |conn: &mut store::Conn| pile_list::pile_list(conn, &scope, &wanted, today);
    let mut page = app.engine.store.read(read).await?;
    for pile in page.items.iter_mut().filter(|pile| pile.facts.online) {
        if let Some(link) = app.devices.online(PileId(pile.facts.id)) {
            pile.facts.last_seen_ms = Some(link.last_seen.as_ms());
        }
        for connector in &mut pile.connectors {
            let live = connector.order_id.and_then(|order| live(&app, pile.facts.id, connector.no, order));
            if let Some(live) = live {
                (connector.power_w, connector.soc_percent) = (live.power_w, live.soc_percent);
            }
        }
    }
    Ok(Given(page))
}

/// As many days as somebody may ask back for.
const DAYS_MAX: i64 = 3650;

fn unused_days() -> Error {
    Error::invalid(
        "unused_days",
        "无订单天数须为 1 至 3650 的整数",
        "The days without an order must be a whole number from 1 to 3650.",
    )
}

fn unknown_state() -> Error {
    Error::invalid(
        "state",
        "没有这种运营状态；可用的有 offline、suspended 以及各种枪状态（available、charging、faulted 等）",
        "There is no such state; known are offline, suspended and the statuses of a connector (available, charging, faulted and so on).",
    )
}

fn live(app: &Shared, pile: i64, connector: i64, order: i64) -> Option<LiveValues> {
    let connector = u16::try_from(connector).ok()?;
    app.devices.live_of_order(PileId(pile), connector, OrderId(order)).map(LiveValues::from)
}

/// The pile of a path, when it is in the caller's scope.
pub async fn pile_seen(app: &Shared, who: &Who, code: String) -> Result<(PileId, Protocol)> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| pile_list::pile_find(conn, &scope, &code);
    let (pile, _, protocol) = app.engine.store.read(read).await?.ok_or_else(no_pile)?;
    Ok((PileId(pile), protocol))
}

pub async fn pile_get(
    State(app): State<Shared>,
    who: Who,
    reader: Reader,
    Code(code): Code,
) -> Answer<Given<PileDetail>> {
    let (scope, today) = (who.scope(), Zone::shanghai().local(app.now()).day);
    let read = move |conn: &mut store::Conn| {
        let Some(mut pile) = pile_list::pile_get(conn, &scope, &code, today)? else { return Ok(None) };
        for lock in store::ground_locks::of_pile(conn, PileId(pile.facts.id))? {
            if let Some(connector) = pile.connectors.iter_mut().find(|one| one.no == lock.connector_no) {
                connector.beside.ground_lock = Some(lock);
            }
        }
        Ok(Some(pile))
    };
    let mut pile = app.engine.store.read(read).await?.ok_or_else(no_pile)?;
    if let Some(link) = app.devices.online(PileId(pile.facts.id)) {
        pile.facts.last_seen_ms = Some(link.last_seen.as_ms());
        pile.link_piles = app.devices.beside(PileId(pile.facts.id));
    }
    for connector in &mut pile.connectors {
        let fault = connector.fault_code.as_deref().and_then(wire::fault_text);
        connector.fault_text = fault.map(|text| reader.tell(&text));
        let order = connector.order.as_ref().filter(|_| pile.facts.online).map(|order| order.id);
        connector.live = order.and_then(|order| live(&app, pile.facts.id, connector.no, order));
        if let Some(order) = &mut connector.order {
            let running = app.engine.order_running(PileId(pile.facts.id), OrderId(order.id)).await?;
            order.amount_e4 = running.as_ref().map(|running| running.bill.exact.0);
            connector.beside.battery = running.and_then(|running| running.battery).map(|told| told.facts.now);
            if let Some(energy) = connector.live.and_then(|live| live.energy_dwh) {
                order.energy_dwh = energy;
            }
        }
    }
    Ok(Given(pile))
}

pub async fn pile_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<PileDraft>,
) -> Answer<Created<PileCreated>> {
    let code = draft.code.trim().to_owned();
    let created = app.engine.pile_create(&who.actor(), draft).await?;
    // The open pages are told of piles by their codes.
    if let Some(code) = PileCode::parse(&code) {
        let wanted = code.clone();
        let pile = app.engine.store.read(move |conn| store::piles::by_code(conn, &wanted)).await?;
        if let Some(pile) = pile {
            app.devices.name(pile.id, code, pile.station);
        }
    }
    Ok(Created(created))
}

pub async fn pile_update(
    State(app): State<Shared>,
    who: Who,
    Code(code): Code,
    Input(change): Input<PileChange>,
) -> Answer<Given<PileUpdated>> {
    let least = change.security;
    let updated = app.engine.pile_update(&who.actor(), &code, change).await?;
    if let Some(least) = least {
        // It comes back, and shows more or is refused.
        app.devices.expel(updated.id, |shown| shown.number() < least.number());
    }
    Ok(Given(updated))
}

/// Gives the pile a tariff that goes before its station's, or takes it away.
pub async fn pile_tariff_set(
    State(app): State<Shared>,
    who: Who,
    Code(code): Code,
    Input(draft): Input<PileTariffDraft>,
) -> Answer<Done> {
    app.engine.pile_tariff_set(&who.actor(), &code, draft).await?;
    Ok(Done)
}

pub async fn pile_record_get(
    State(app): State<Shared>,
    who: Who,
    Code(code): Code,
) -> Answer<Given<PileRecord>> {
    let (pile, _) = pile_seen(&app, &who, code).await?;
    Ok(Given(app.engine.store.read(move |conn| pile_records::get(conn, pile)).await?))
}

pub async fn pile_record_update(
    State(app): State<Shared>,
    who: Who,
    Code(code): Code,
    Input(change): Input<PileRecordChange>,
) -> Answer<Done> {
    app.engine.pile_record_update(&who.actor(), &code, change).await?;
    Ok(Done)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PilePasswordDraft {
    /// Generated when null.
    password: Option<String>,
}

/// Shown once: only a hash is kept.
#[derive(Serialize, ToSchema)]
pub struct PilePassword {
    password: String,
}

pub async fn pile_password_set(
    State(app): State<Shared>,
    who: Who,
    Code(code): Code,
    Input(draft): Input<PilePasswordDraft>,
) -> Answer<Given<PilePassword>> {
    let password = app.engine.pile_password_set(&who.actor(), &code, draft.password).await?;
    Ok(Given(PilePassword { password }))
}

pub async fn unknown_pile_list(State(app): State<Shared>, who: Who) -> Answer<Given<Page<UnknownPile>>> {
    // They belong to no operator yet, so only the platform's own staff can register them.
    if !who.scope().is_all() {
        return Ok(Given(Page::whole(Vec::new())));
    }
    Ok(Given(app.engine.store.read(unknown_list).await?))
}

pub async fn unknown_pile_dismiss(State(app): State<Shared>, who: Who, Code(code): Code) -> Answer<Done> {
    app.engine.unknown_pile_dismiss(&who.actor(), &code).await?;
    Ok(Done)
}
