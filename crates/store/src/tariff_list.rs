//! 计费模型 as staff see them: every published version.

use crate::db::{Conn, DbError, DbResult};
use crate::filter::{Filter, Page};
use crate::hot::TariffVersion;
use crate::tariff_today::TariffToday;
use model::access::Scope;
use model::id::TariffId;
use model::tariff::{Period, Tariff};
use model::tariff_calendar::{DayKind, Season, TariffCalendar};
use model::time::{Timestamp, Zone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Tariff)]
pub struct TariffView {
    pub id: i64,
    pub name: String,
    pub version_no: i64,
    /// The number under which a 云快充 pile keeps it.
    pub model_no: i64,
    /// Stations that use this version for new orders.
    pub station_count: i64,
    /// Piles that have it as their own.
    pub pile_count: i64,
    pub created_at_ms: i64,
    /// Sharp, peak, flat, valley.
    pub rates: Vec<TariffRate>,
    /// One per half hour from 00:00 of the station's day.
    #[schema(min_items = 48, max_items = 48)]
    pub periods: Vec<Period>,
    /// Days that have a table of their own; dates go before days of the week within a season, these before
    /// the season, and that before days of the week.
    pub kinds: Vec<TariffKind>,
    /// 调休上班日: weekends that are worked and count as a Monday, as 20260214.
    pub workdays: Vec<i64>,
    /// On the clock of Beijing.
    pub today: TariffToday,
}

/// A kind of days with its own table. At least one of season, days of the week and dates is given.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TariffKind {
    pub name: String,
    pub season: Option<Season>,
    /// 1 is Monday; within the season, if there is one.
    pub weekdays: Vec<i64>,
    /// As 20260217.
    pub dates: Vec<i64>,
    pub model_no: i64,
    /// Sharp, peak, flat, valley.
    pub rates: Vec<TariffRate>,
    #[schema(min_items = 48, max_items = 48)]
    pub periods: Vec<Period>,
}

/// Which table holds on each day of a year.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TariffYear {
    pub year: i64,
    /// From the 1st of January; 0: the table of all days that have none of their own, else the kinds as
    /// they stand.
    pub places: Vec<i64>,
}

impl TariffYear {
    pub fn of(calendar: &TariffCalendar, year: i64) -> TariffYear {
        let places = calendar.year(year).into_iter().map(|place| i64::try_from(place).unwrap_or(0));
        TariffYear { year, places: places.collect() }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TariffRate {
    pub period: Period,
    pub electricity_price_e5: i64,
    pub service_price_e5: i64,
}

/// Tariffs belong to the platform; there are few. Newest version of each name first.
pub fn tariff_list(conn: &mut Conn, now: Timestamp) -> DbResult<Page<TariffView>> {
    let zone = Zone::shanghai();
    let rows = conn.query(
        "SELECT t.id, t.name, t.version_no, t.model_no, t.body, t.created_at_ms, \
         (SELECT COUNT(*) FROM station s WHERE s.tariff_id = t.id), \
         (SELECT COUNT(*) FROM pile p WHERE p.tariff_id = t.id AND p.lifecycle <> 'retired') \
         FROM tariff t ORDER BY t.name, t.version_no DESC",
        &[],
        |row| {
            let body = row.text(4)?;
            let calendar: TariffCalendar = serde_json::from_str(&body)
                .map_err(|why| DbError::Fault(format!("a tariff cannot be read: {why}")))?;
            let version = TariffVersion {
                id: TariffId(row.int(0)?),
                name: row.text(1)?,
                version_no: row.int(2)?,
                model_no: u16::try_from(row.int(3)?).unwrap_or(0),
                calendar,
            };
            let today = TariffToday::of(&version, &zone, now);
            let TariffVersion { id, name, version_no, model_no, calendar } = version;
            Ok(TariffView {
                id: id.0,
                name,
                version_no,
                model_no: i64::from(model_no),
                station_count: row.int(6)?,
                pile_count: row.int(7)?,
                created_at_ms: row.int(5)?,
                rates: rates(&calendar.base),
                periods: calendar.base.periods.to_vec(),
                kinds: calendar.kinds.into_iter().map(kind).collect(),
                workdays: calendar.workdays,
                today,
            })
        },
    )?;
    Ok(Page::whole(rows))
}

fn kind(kind: DayKind) -> TariffKind {
    TariffKind {
        rates: rates(&kind.table),
        periods: kind.table.periods.to_vec(),
        name: kind.name,
        season: kind.season,
        weekdays: kind.weekdays,
        dates: kind.dates,
        model_no: i64::from(kind.model_no),
    }
}

/// A station that uses a version for new orders.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TariffStation {
    pub station_id: i64,
    pub name: String,
    pub operator_name: String,
    pub city_name: String,
    pub pile_count: i64,
    /// Since when it shows this version.
    pub from_ms: Option<i64>,
}

/// Those in the caller's sight, by name; `None` when there is no such version.
pub fn tariff_station_list(
    conn: &mut Conn,
    scope: &Scope,
    id: TariffId,
) -> DbResult<Option<Page<TariffStation>>> {
    if !crate::tariffs::exists(conn, id)? {
        return Ok(None);
    }
    let mut filter = Filter::new();
    filter.and_value("s.tariff_id = ?", id.0);
    filter.scope("s.operator_id", "s.id", scope);
    let sql = format!(
        "SELECT s.id, s.name, o.name, COALESCE(c.name, ''), \
         (SELECT COUNT(*) FROM pile p WHERE p.station_id = s.id AND p.lifecycle <> 'retired'), \
         (SELECT MAX(x.from_ms) FROM station_tariff x WHERE x.station_id = s.id AND x.tariff_id = s.tariff_id) \
         FROM station s JOIN operator o ON o.id = s.operator_id LEFT JOIN city c ON c.code = s.city_code {} \
         ORDER BY s.name, s.id",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| {
        Ok(TariffStation {
            station_id: row.int(0)?,
            name: row.text(1)?,
            operator_name: row.text(2)?,
            city_name: row.text(3)?,
            pile_count: row.int(4)?,
            from_ms: row.int_opt(5)?,
        })
    })?;
    Ok(Some(Page::whole(rows)))
}

/// Of every period, be it used or not.
pub(crate) fn rates(tariff: &Tariff) -> Vec<TariffRate> {
    let rate = |period| {
        let rate = tariff.rate(period);
        TariffRate { period, electricity_price_e5: rate.electricity.0, service_price_e5: rate.service.0 }
    };
    Period::ALL.into_iter().map(rate).collect()
}
