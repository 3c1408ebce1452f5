//! 计费模型 as staff see them: every published version.

use crate::db::{Conn, DbError, DbResult};
use crate::filter::Page;
use model::tariff::{Period, Tariff};
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
    pub created_at_ms: i64,
    /// Sharp, peak, flat, valley.
    pub rates: Vec<TariffRate>,
    /// One per half hour from 00:00 of the station's day.
    #[schema(min_items = 48, max_items = 48)]
    pub periods: Vec<Period>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TariffRate {
    pub period: Period,
    pub electricity_price_e5: i64,
    pub service_price_e5: i64,
}

/// Tariffs belong to the platform; there are few. Newest version of each name first.
pub fn tariff_list(conn: &mut Conn) -> DbResult<Page<TariffView>> {
    let rows = conn.query(
        "SELECT t.id, t.name, t.version_no, t.model_no, t.body, t.created_at_ms, \
         (SELECT COUNT(*) FROM station s WHERE s.tariff_id = t.id) \
         FROM tariff t ORDER BY t.name, t.version_no DESC",
        &[],
        |row| {
            let body = row.text(4)?;
            let tariff: Tariff = serde_json::from_str(&body)
                .map_err(|why| DbError::Fault(format!("a tariff cannot be read: {why}")))?;
            Ok(TariffView {
                id: row.int(0)?,
                name: row.text(1)?,
                version_no: row.int(2)?,
                model_no: row.int(3)?,
                station_count: row.int(6)?,
                created_at_ms: row.int(5)?,
                rates: rates(&tariff),
                periods: tariff.periods.to_vec(),
            })
        },
    )?;
    Ok(Page::whole(rows))
}

fn rates(tariff: &Tariff) -> Vec<TariffRate> {
    let rate = |period| {
        let rate = tariff.rate(period);
        TariffRate { period, electricity_price_e5: rate.electricity.0, service_price_e5: rate.service.0 }
    };
    Period::ALL.into_iter().map(rate).collect()
}
