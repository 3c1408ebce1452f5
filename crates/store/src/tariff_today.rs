//! Which table of a tariff holds today: kept for each zone in which there is a station, so that lists can
//! compare it with what piles say they have; and told in words to whoever looks at one.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult};
use crate::hot::TariffVersion;
use model::Result;
use model::id::TariffId;
use model::tariff::Period;
use model::time::{Timestamp, Zone};
use serde::Serialize;
use utoipa::ToSchema;

/// Joined behind the station `s` and its tariff `t`.
pub(crate) const JOIN: &str = "LEFT JOIN tariff_today y ON y.tariff_id = t.id AND y.time_zone = s.time_zone";

/// The number of the table that a pile of that station should have today.
pub(crate) const MODEL_NO: &str = "COALESCE(y.model_no, t.model_no)";

/// The table that holds now, and the next one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TariffToday {
    /// The local day, 20260715.
    pub day: i64,
    /// 0: the table of all days that have none of their own; else the kinds as they stand.
    pub place: i64,
    /// The kind's name; none for 0.
    pub name: Option<String>,
    /// The number under which 云快充 piles keep this table.
    pub model_no: i64,
    /// What holds at this moment, and what a kWh costs: electricity and service fee.
    pub period: Period,
    pub price_e5: i64,
    /// The first day with another table; none where all days are alike.
    pub next: Option<TariffNext>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TariffNext {
    pub day: i64,
    pub place: i64,
    pub name: Option<String>,
}

impl TariffToday {
    pub fn of(version: &TariffVersion, zone: &Zone, now: Timestamp) -> TariffToday {
        let day = zone.local(now).day;
        let place = version.calendar.place(day);
        let held = version.table(place);
        let period = held.table.period_at(zone, now);
        let rate = held.table.rate(period);
        let named = |place: usize| version.table(place).name.map(str::to_owned);
        let number = |place: usize| i64::try_from(place).unwrap_or(0);
        let next = version.calendar.next_change(day);
        TariffToday {
            day,
            place: number(place),
            name: named(place),
            model_no: i64::from(held.model_no),
            period,
            price_e5: (rate.electricity + rate.service).0,
            next: next.map(|(day, place)| TariffNext { day, place: number(place), name: named(place) }),
        }
    }
}

/// Versions with kinds of days of which it is not kept what holds today, by zone.
pub fn stale(conn: &mut Conn, now: Timestamp) -> DbResult<Vec<(TariffId, Zone)>> {
    let zones = conn.query("SELECT DISTINCT time_zone FROM station", &[], |row| row.word(0, Zone::parse))?;
    let mut stale = Vec::new();
    for zone in zones {
        let sql = "SELECT t.id FROM tariff t WHERE t.last_model_no IS NOT NULL AND NOT EXISTS (SELECT 1 FROM \
                   tariff_today y WHERE y.tariff_id = t.id AND y.time_zone = $1 AND y.day = $2) ORDER BY t.id";
        let values = [zone.name().to_owned().into(), zone.local(now).day.into()];
        let ids = conn.query(sql, &values, |row| Ok(TariffId(row.int(0)?)))?;
        stale.extend(ids.into_iter().map(|id| (id, zone.clone())));
    }
    Ok(stale)
}

/// Keeps it.
pub fn save(tx: &mut Tx<'_>, version: &TariffVersion, zone: &Zone, now: Timestamp) -> Result<()> {
    let day = zone.local(now).day;
    let held = version.table(version.calendar.place(day));
    tx.execute(
        "INSERT INTO tariff_today (tariff_id, time_zone, day, model_no, name) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (tariff_id, time_zone) DO UPDATE SET day = excluded.day, model_no = excluded.model_no, \
         name = excluded.name",
        &[
            version.id.0.into(),
            zone.name().to_owned().into(),
            day.into(),
            i64::from(held.model_no).into(),
            held.name.map(str::to_owned).into(),
        ],
    )?;
    tx.changed(Change::Noun("tariff"));
    Ok(())
}
