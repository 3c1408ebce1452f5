//! Stations on the home page: the rankings, and those that a person has pinned.

use crate::db::{Conn, DbResult};
use crate::filter::Filter;
use model::access::Scope;
use serde::Serialize;
use utoipa::ToSchema;

const LENGTH: usize = 10;
/// A station of which less is known says nothing about how often a start fails there.
const ORDERS_FOR_FAILURE: i64 = 10;

/// The last 7 days, at most ten stations each.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct HomeRankings {
    pub energy: Vec<HomeStation>,
    pub amount: Vec<HomeStation>,
    pub utilisation: Vec<HomeStation>,
    /// The worst first; stations with fewer than ten orders are not judged.
    pub failure: Vec<HomeStation>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HomeStation {
    pub station_id: i64,
    pub name: String,
    pub energy_dwh: i64,
    pub total_fen: i64,
    pub order_count: i64,
    /// 功率利用率: energy of what the piles in service could have given; null without piles.
    pub utilisation_permille: Option<i64>,
    /// Sessions that did not really charge, of 1000.
    pub failure_permille: Option<i64>,
}

/// `hours`: how long the time since `from_day` is.
pub fn rankings(conn: &mut Conn, scope: &Scope, from_day: i64, hours: i64) -> DbResult<HomeRankings> {
    let mut filter = Filter::new();
    filter.and_value("h.day >= ?", from_day);
    filter.scope("h.operator_id", "h.station_id", scope);
    let sql = format!(
        "SELECT t.station_id, s.name, t.energy, t.total, t.orders, t.good, COALESCE(w.rated, 0) FROM (\
           SELECT h.station_id AS station_id, CAST(SUM(h.energy_dwh) AS BIGINT) AS energy, \
           CAST(SUM(h.total_fen) AS BIGINT) AS total, CAST(SUM(h.order_count) AS BIGINT) AS orders, \
           CAST(SUM(h.success_count) AS BIGINT) AS good \
           FROM station_day h {} GROUP BY h.station_id) t JOIN station s ON s.id = t.station_id \
         LEFT JOIN (SELECT station_id, CAST(SUM(rated_power_w) AS BIGINT) AS rated FROM pile \
           WHERE lifecycle <> 'retired' GROUP BY station_id) w ON w.station_id = t.station_id \
         ORDER BY t.station_id",
        filter.sql()
    );
    let all = conn.query(&sql, &filter.values, |row| {
        let (energy_dwh, order_count, good) = (row.int(2)?, row.int(4)?, row.int(5)?);
        // W × h is Wh; a tenth of it is the unit of the energy.
        let possible = row.int(6)?.saturating_mul(hours).saturating_mul(10);
        let share =
            |part: i64, whole: i64| (whole > 0).then(|| (part.saturating_mul(1_000) / whole).clamp(0, 1_000));
        Ok(HomeStation {
            station_id: row.int(0)?,
            name: row.text(1)?,
            energy_dwh,
            total_fen: row.int(3)?,
            order_count,
            utilisation_permille: share(energy_dwh, possible),
            failure_permille: share(order_count - good, order_count),
        })
    })?;
    let judged = |s: &HomeStation| s.failure_permille.filter(|_| s.order_count >= ORDERS_FOR_FAILURE);
    Ok(HomeRankings {
        energy: best(&all, |s| Some(s.energy_dwh)),
        amount: best(&all, |s| Some(s.total_fen)),
        utilisation: best(&all, |s| s.utilisation_permille),
        failure: best(&all, judged),
    })
}

/// Those with most of something; stations that have as much of it stay in the order of their ids.
fn best(all: &[HomeStation], of: impl Fn(&HomeStation) -> Option<i64>) -> Vec<HomeStation> {
    let mut ranked: Vec<_> = all.iter().filter(|s| of(s).is_some_and(|value| value > 0)).collect();
    ranked.sort_by_key(|s| std::cmp::Reverse(of(s)));
    ranked.into_iter().take(LENGTH).cloned().collect()
}

/// A pinned station as it is now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HomePinned {
    pub station_id: i64,
    pub name: String,
    pub pile_count: i64,
    pub pile_online_count: i64,
    pub connector_count: i64,
    pub available_count: i64,
    pub charging_count: i64,
    pub faulted_count: i64,
    pub today_energy_dwh: i64,
    pub today_total_fen: i64,
}

/// In the order of their names; what is not in the caller's sight is left out.
pub fn home_station_list(conn: &mut Conn, scope: &Scope, ids: &[i64], day: i64) -> DbResult<Vec<HomePinned>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut filter = Filter::new();
    let today = filter.bind(day);
    let names: Vec<String> = ids.iter().map(|id| filter.bind(*id)).collect();
    filter.and(&format!("s.id IN ({})", names.join(", ")));
    filter.scope("s.operator_id", "s.id", scope);
    let here = "FROM pile p JOIN connector k ON k.id > p.id * 1000 AND k.id <= p.id * 1000 + 999 \
                WHERE p.station_id = s.id AND p.lifecycle <> 'retired'";
    let piles = "FROM pile p WHERE p.station_id = s.id AND p.lifecycle <> 'retired'";
    let sums = "FROM station_day h WHERE h.station_id = s.id AND h.day = ";
    let sql = format!(
        "SELECT s.id, s.name, (SELECT COUNT(*) {piles}), (SELECT COUNT(*) {piles} AND p.online), \
         (SELECT COUNT(*) {here}), (SELECT COUNT(*) {here} AND p.online AND k.status = 'available'), \
         (SELECT COUNT(*) {here} AND p.online AND k.status = 'charging'), \
         (SELECT COUNT(*) {here} AND p.online AND k.status = 'faulted'), \
         (SELECT CAST(COALESCE(SUM(h.energy_dwh), 0) AS BIGINT) {sums}{today}), \
         (SELECT CAST(COALESCE(SUM(h.total_fen), 0) AS BIGINT) {sums}{today}) \
         FROM station s {} ORDER BY s.name",
        filter.sql()
    );
    conn.query(&sql, &filter.values, |row| {
        Ok(HomePinned {
            station_id: row.int(0)?,
            name: row.text(1)?,
            pile_count: row.int(2)?,
            pile_online_count: row.int(3)?,
            connector_count: row.int(4)?,
            available_count: row.int(5)?,
            charging_count: row.int(6)?,
            faulted_count: row.int(7)?,
            today_energy_dwh: row.int(8)?,
            today_total_fen: row.int(9)?,
        })
    })
}
