//! 调价计划 as staff see them: the plans, what became of each at every pile, and what a station shows
//! from when to when.

use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::tariff_deliveries::{CHARGES, KEEPS};
use crate::tariff_plans::seen;
use crate::tariff_today::{MODEL_NO, TariffToday};
use model::access::Scope;
use model::id::{StationId, TariffId, TariffPlanId};
use model::tariff_plan::{DeliveryState, TariffPlanState};
use model::time::{Timestamp, Zone};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TariffPlan)]
pub struct TariffPlanView {
    pub id: i64,
    pub tariff_id: i64,
    pub tariff_name: String,
    pub version_no: i64,
    /// The number under which 云快充 piles keep it.
    pub model_no: i64,
    pub effective_ms: i64,
    pub reason: String,
    pub state: TariffPlanState,
    pub staff_name: Option<String>,
    pub created_at_ms: i64,
    /// When it was put into effect or withdrawn.
    pub ended_at_ms: Option<i64>,
    pub withdrawn_by: Option<String>,
    pub withdraw_reason: Option<String>,
    pub station_count: i64,
    /// Names of some of them.
    pub stations: Vec<String>,
    /// How many piles are in which state.
    pub piles: Vec<DeliveryCount>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeliveryCount {
    pub state: DeliveryState,
    pub count: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TariffPlanDetail {
    #[serde(flatten)]
    pub plan: TariffPlanView,
    pub concerned: Vec<TariffPlanStation>,
    /// Whether nothing may begin at a pile that has another version than its station shows.
    pub blocks_starts: bool,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TariffPlanStation {
    pub station_id: i64,
    pub name: String,
    pub city_name: String,
    /// What it shows now.
    pub tariff_name: Option<String>,
    pub version_no: Option<i64>,
    pub pile_count: i64,
}

/// One pile of a plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TariffPlanPile {
    pub id: i64,
    pub code: String,
    pub name: String,
    pub station_id: i64,
    pub station_name: String,
    pub state: DeliveryState,
    pub online: bool,
    /// The number of the version that it last said it has.
    pub has_model_no: Option<i64>,
    pub attempts: i64,
    pub next_try_ms: Option<i64>,
    pub sent_at_ms: Option<i64>,
    pub ended_at_ms: Option<i64>,
    /// Why it did not come to that, in the reader's language.
    pub message: Option<String>,
}

/// A stretch of time in which a station shows one version.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StationTariff {
    pub from_ms: i64,
    /// None: it shows no prices, and nothing can be billed.
    pub tariff_id: Option<i64>,
    pub tariff_name: Option<String>,
    pub version_no: Option<i64>,
    /// The plan that brings it; none where it was set at once.
    pub plan_id: Option<i64>,
    pub reason: Option<String>,
    /// Not begun yet.
    pub planned: bool,
    /// Of the one that holds now: which of its tables, and until when.
    pub today: Option<TariffToday>,
}

#[derive(Clone, Debug, Default)]
pub struct TariffPlanFilter {
    pub id: Option<i64>,
    pub state: Option<TariffPlanState>,
    pub tariff_name: Option<String>,
    pub station_name: Option<String>,
    pub station_id: Option<i64>,
    /// Of when it takes effect.
    pub from_ms: Option<i64>,
    /// Exclusive.
    pub to_ms: Option<i64>,
    /// In effect, and a pile has not got it.
    pub unfinished: Option<bool>,
    /// The id of the last row of the page before.
    pub before: Option<i64>,
    pub limit: i64,
}

const PILES: &str = "FROM tariff_plan_station v JOIN tariff_plan l ON l.id = v.plan_id \
    JOIN tariff t ON t.id = l.tariff_id JOIN station s ON s.id = v.station_id \
    JOIN pile p ON p.station_id = s.id AND p.lifecycle <> 'retired' \
    LEFT JOIN tariff_today y ON y.tariff_id = t.id AND y.time_zone = s.time_zone \
    LEFT JOIN tariff_delivery d ON d.pile_id = p.id AND d.from_ms = l.effective_ms";

/// Where a pile of a plan stands.
fn result() -> String {
    // Whether the plan is what its station shows now.
    let shown = "s.tariff_id = l.tariff_id AND NOT EXISTS (SELECT 1 FROM station_tariff x \
         WHERE x.station_id = s.id AND x.from_ms > l.effective_ms)";
    format!(
        "CASE WHEN p.tariff_id IS NOT NULL THEN 'own' WHEN NOT ({KEEPS}) THEN 'not_needed' WHEN l.state = 'scheduled' THEN 'scheduled' \
         WHEN l.state = 'withdrawn' THEN 'superseded' \
         WHEN NOT ({shown}) THEN (CASE WHEN d.state = 'confirmed' THEN 'confirmed' ELSE 'superseded' END) \
         WHEN COALESCE(p.tariff_model, -1) = {MODEL_NO} THEN 'confirmed' \
         WHEN d.state = 'sent' THEN 'sent' \
         WHEN d.state = 'refused' AND COALESCE(d.model_no, t.model_no) = {MODEL_NO} THEN 'refused' \
         WHEN NOT p.online THEN 'offline' WHEN {CHARGES} THEN 'charging' ELSE 'waiting' END"
    )
}

/// States in which something is still to be done.
const OPEN: &str = "('sent', 'refused', 'offline', 'charging', 'waiting')";

fn filter(scope: &Scope, wanted: &TariffPlanFilter) -> Filter {
    let mut filter = Filter::new();
    seen(&mut filter, scope);
    filter.and_some("l.id = ?", wanted.id);
    filter.and_some("l.state = ?", wanted.state.map(TariffPlanState::as_str));
    filter.and_some("l.effective_ms >= ?", wanted.from_ms);
    filter.and_some("l.effective_ms < ?", wanted.to_ms);
    filter.and_contains("LOWER(t.name) LIKE ?", wanted.tariff_name.as_deref());
    filter.and_some(
        "l.id IN (SELECT y.plan_id FROM tariff_plan_station y WHERE y.station_id = ?)",
        wanted.station_id,
    );
    let mut named = Filter::new();
    named.and_contains("LOWER(s.name) LIKE ?", wanted.station_name.as_deref());
    if !named.sql().is_empty() {
        named.scope("s.operator_id", "s.id", scope);
    }
    filter.and_within(
        "l.id IN (SELECT y.plan_id FROM tariff_plan_station y JOIN station s ON s.id = y.station_id WHERE ?)",
        &named,
    );
    if let Some(unfinished) = wanted.unfinished {
        let mut piles = Filter::new();
        piles.and("l.state = 'effective'");
        piles.and(&format!("{} IN {OPEN}", result()));
        piles.scope("p.operator_id", "p.station_id", scope);
        let not = if unfinished { "" } else { "NOT " };
        filter.and_within(&format!("l.id {not}IN (SELECT v.plan_id {PILES} WHERE ?)"), &piles);
    }
    filter
}

const FROM: &str = "FROM tariff_plan l JOIN tariff t ON t.id = l.tariff_id LEFT JOIN staff f ON f.id = l.staff_id \
    LEFT JOIN staff w ON w.id = l.withdrawn_by";

fn view(row: &Row<'_>) -> DbResult<TariffPlanView> {
    Ok(TariffPlanView {
        id: row.int(0)?,
        tariff_id: row.int(1)?,
        tariff_name: row.text(2)?,
        version_no: row.int(3)?,
        model_no: row.int(4)?,
        effective_ms: row.int(5)?,
        reason: row.text(6)?,
        state: row.word(7, TariffPlanState::parse)?,
        staff_name: row.text_opt(8)?,
        created_at_ms: row.int(9)?,
        ended_at_ms: row.int_opt(10)?,
        withdrawn_by: row.text_opt(11)?,
        withdraw_reason: row.text_opt(12)?,
        station_count: 0,
        stations: Vec::new(),
        piles: Vec::new(),
    })
}

/// Newest first.
pub fn tariff_plan_list(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &TariffPlanFilter,
) -> DbResult<Page<TariffPlanView>> {
    let mut filter = filter(scope, wanted);
    let total = conn.one(&format!("SELECT COUNT(*) {FROM} {}", filter.sql()), &filter.values, count)?;
    filter.and_some("l.id < ?", wanted.before);
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT l.id, l.tariff_id, t.name, t.version_no, t.model_no, l.effective_ms, l.reason, l.state, f.name, \
         l.created_at_ms, l.ended_at_ms, w.name, l.withdraw_reason {FROM} {} ORDER BY l.id DESC LIMIT {limit}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, view)?;
    let mut page = Page::of(rows, wanted.limit, Some(total), |plan| plan.id.to_string());
    fill(conn, scope, &mut page.items)?;
    Ok(page)
}

/// Names of stations in a row of the list.
const NAMES_MAX: usize = 3;

/// The stations and piles in the caller's sight.
fn fill(conn: &mut Conn, scope: &Scope, plans: &mut [TariffPlanView]) -> DbResult<()> {
    if plans.is_empty() {
        return Ok(());
    }
    let places: HashMap<i64, usize> = plans.iter().enumerate().map(|(at, plan)| (plan.id, at)).collect();
    let mut stations = Filter::new();
    let ids = stations.bind_all(plans.iter().map(|plan| plan.id));
    stations.and(&format!("v.plan_id IN ({ids})"));
    stations.scope("s.operator_id", "s.id", scope);
    let sql = format!(
        "SELECT v.plan_id, s.name FROM tariff_plan_station v JOIN station s ON s.id = v.station_id {} \
         ORDER BY v.plan_id, s.name",
        stations.sql()
    );
    for (id, name) in conn.query(&sql, &stations.values, |row| Ok((row.int(0)?, row.text(1)?)))? {
        let Some(plan) = places.get(&id).and_then(|at| plans.get_mut(*at)) else { continue };
        plan.station_count += 1;
        if plan.stations.len() < NAMES_MAX {
            plan.stations.push(name);
        }
    }
    let mut piles = Filter::new();
    let ids = piles.bind_all(places.keys().copied());
    piles.and(&format!("v.plan_id IN ({ids})"));
    piles.scope("p.operator_id", "p.station_id", scope);
    let sql = format!(
        "SELECT r.plan_id, r.result, COUNT(*) FROM (SELECT v.plan_id AS plan_id, {} AS result {PILES} {}) r \
         GROUP BY r.plan_id, r.result",
        result(),
        piles.sql()
    );
    let counted = conn.query(&sql, &piles.values, |row| {
        let state = row.word(1, DeliveryState::parse)?;
        Ok((row.int(0)?, DeliveryCount { state, count: row.int(2)? }))
    })?;
    for (id, count) in counted {
        if let Some(plan) = places.get(&id).and_then(|at| plans.get_mut(*at)) {
            plan.piles.push(count);
        }
    }
    for plan in plans {
        plan.piles.sort_by_key(|count| DeliveryState::ALL.iter().position(|state| *state == count.state));
    }
    Ok(())
}

/// One plan with its stations, as far as they are in the caller's sight.
pub fn tariff_plan_get(
    conn: &mut Conn,
    scope: &Scope,
    id: TariffPlanId,
    blocks_starts: bool,
) -> DbResult<Option<TariffPlanDetail>> {
    let wanted = TariffPlanFilter { id: Some(id.0), limit: 1, ..TariffPlanFilter::default() };
    let Some(plan) = tariff_plan_list(conn, scope, &wanted)?.items.pop() else { return Ok(None) };
    let mut filter = Filter::new();
    filter.and_value("v.plan_id = ?", id.0);
    filter.scope("s.operator_id", "s.id", scope);
    let sql = format!(
        "SELECT s.id, s.name, COALESCE(c.name, ''), t.name, t.version_no, \
         (SELECT COUNT(*) FROM pile p WHERE p.station_id = s.id AND p.lifecycle <> 'retired') \
         FROM tariff_plan_station v JOIN station s ON s.id = v.station_id LEFT JOIN city c ON c.code = s.city_code \
         LEFT JOIN tariff t ON t.id = s.tariff_id {} ORDER BY s.name, s.id",
        filter.sql()
    );
    let concerned = conn.query(&sql, &filter.values, |row| {
        Ok(TariffPlanStation {
            station_id: row.int(0)?,
            name: row.text(1)?,
            city_name: row.text(2)?,
            tariff_name: row.text_opt(3)?,
            version_no: row.int_opt(4)?,
            pile_count: row.int(5)?,
        })
    })?;
    Ok(Some(TariffPlanDetail { plan, concerned, blocks_starts }))
}

#[derive(Clone, Debug, Default)]
pub struct TariffPlanPileFilter {
    pub state: Option<DeliveryState>,
    pub code: Option<String>,
    pub station_name: Option<String>,
    /// The id of the last row of the page before.
    pub after: Option<i64>,
    pub limit: i64,
}

/// By row; the caller has found the plan in the caller's sight.
pub fn tariff_plan_pile_list(
    conn: &mut Conn,
    scope: &Scope,
    id: TariffPlanId,
    wanted: &TariffPlanPileFilter,
) -> DbResult<Page<TariffPlanPile>> {
    let mut filter = Filter::new();
    filter.and_value("v.plan_id = ?", id.0);
    filter.scope("p.operator_id", "p.station_id", scope);
    filter.and_contains("LOWER(p.code) LIKE ?", wanted.code.as_deref());
    filter.and_contains("LOWER(s.name) LIKE ?", wanted.station_name.as_deref());
    if let Some(state) = wanted.state {
        filter.and_value(&format!("{} = ?", result()), state.as_str());
    }
    let total = conn.one(&format!("SELECT COUNT(*) {PILES} {}", filter.sql()), &filter.values, count)?;
    filter.and_some("p.id > ?", wanted.after);
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT p.id, p.code, p.name, s.id, s.name, {}, p.online, p.tariff_model, COALESCE(d.attempts, 0), \
         d.next_try_ms, d.sent_at_ms, d.ended_at_ms, d.message {PILES} {} ORDER BY p.id LIMIT {limit}",
        result(),
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| {
        let state = row.word(5, DeliveryState::parse)?;
        let tells = matches!(state, DeliveryState::Refused | DeliveryState::Waiting);
        Ok(TariffPlanPile {
            id: row.int(0)?,
            code: row.text(1)?,
            name: row.text(2)?,
            station_id: row.int(3)?,
            station_name: row.text(4)?,
            state,
            online: row.bool(6)?,
            has_model_no: row.int_opt(7)?,
            attempts: row.int(8)?,
            next_try_ms: row.int_opt(9)?.filter(|_| tells),
            sent_at_ms: row.int_opt(10)?,
            ended_at_ms: row.int_opt(11)?,
            message: row.text_opt(12)?.filter(|_| tells),
        })
    })?;
    Ok(Page::of(rows, wanted.limit, Some(total), |pile| pile.id.to_string()))
}

/// Stretches of the past in a timeline; older ones are not shown.
const PAST_MAX: i64 = 50;

/// What a station shows from when to when: planned ones included, latest first. `None`: it is not in
/// the caller's sight.
pub fn station_tariff_list(
    conn: &mut Conn,
    scope: &Scope,
    id: StationId,
    now: Timestamp,
) -> DbResult<Option<Page<StationTariff>>> {
    let mut filter = Filter::new();
    filter.and_value("id = ?", id.0);
    filter.scope("operator_id", "id", scope);
    let sql = format!("SELECT time_zone FROM station {}", filter.sql());
    let Some(zone) = conn.find(&sql, &filter.values, |row| row.word(0, Zone::parse))? else {
        return Ok(None);
    };
    let stretch = |row: &Row<'_>| {
        let from_ms = row.int(0)?;
        Ok(StationTariff {
            from_ms,
            tariff_id: row.int_opt(1)?,
            tariff_name: row.text_opt(2)?,
            version_no: row.int_opt(3)?,
            plan_id: row.int_opt(4)?,
            reason: row.text_opt(5)?,
            planned: from_ms > now.as_ms(),
            today: None,
        })
    };
    let mut rows = conn.query(
        "SELECT l.effective_ms, t.id, t.name, t.version_no, l.id, l.reason FROM tariff_plan_station v \
         JOIN tariff_plan l ON l.id = v.plan_id JOIN tariff t ON t.id = l.tariff_id \
         WHERE v.station_id = $1 AND l.state = 'scheduled' ORDER BY l.effective_ms DESC",
        &[id.0.into()],
        stretch,
    )?;
    rows.extend(conn.query(
        &format!(
            "SELECT x.from_ms, t.id, t.name, t.version_no, l.id, l.reason FROM station_tariff x \
             LEFT JOIN tariff t ON t.id = x.tariff_id LEFT JOIN tariff_plan l ON l.effective_ms = x.from_ms \
             AND l.tariff_id = x.tariff_id AND l.state = 'effective' AND EXISTS (SELECT 1 FROM tariff_plan_station v \
             WHERE v.plan_id = l.id AND v.station_id = x.station_id) \
             WHERE x.station_id = $1 ORDER BY x.from_ms DESC LIMIT {PAST_MAX}"
        ),
        &[id.0.into()],
        stretch,
    )?);
    if let Some(now_shown) = rows.iter_mut().find(|stretch| !stretch.planned)
        && let Some(tariff) = now_shown.tariff_id
    {
        let version = crate::tariffs::version(conn, TariffId(tariff))?;
        now_shown.today = Some(TariffToday::of(&version, &zone, now));
    }
    Ok(Some(Page::whole(rows)))
}
