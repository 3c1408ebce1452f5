//! What a fresh installation has, so that the first pile can charge before anyone has described the
//! business: one operator, one place, one station and one tariff, all meant to be replaced.

use super::StationDraft;
use crate::Engine;
use crate::audit::Actor;
use crate::pricing::TariffDraft;
use model::Result;
use model::id::{StationId, TariffId};
use model::tariff::Period;
use store::tariff_list::TariffRate;

pub(super) const OPERATOR: &str = "默认运营商";
const CITY: (&str, &str, &str) = ("000000", "未设置", "未设置");
const STATION: &str = "默认充电站";
const TARIFF: &str = "默认计费模型";

/// 1.00 yuan electricity and 0.40 yuan service fee per kWh, all day.
const ELECTRICITY_PRICE_E5: i64 = 100_000;
const SERVICE_PRICE_E5: i64 = 40_000;

impl Engine {
    /// The station for piles that are registered without one.
    pub async fn station_first(&self, actor: &Actor) -> Result<StationId> {
        if let Some(id) = self.store.read(|conn| store::stations::by_name(conn, STATION)).await? {
            return Ok(id);
        }
        let draft = StationDraft {
            name: STATION.to_owned(),
            operator_id: None,
            city_code: None,
            address: String::new(),
            tariff_id: Some(self.tariff_first(actor).await?.0),
            longitude_e6: None,
            latitude_e6: None,
            time_zone: None,
        };
        self.station_create(actor, draft).await
    }

    /// The newest version of the tariff that a fresh installation has.
    pub async fn tariff_first(&self, actor: &Actor) -> Result<TariffId> {
        if let Some((id, _)) = self.store.read(|conn| store::tariffs::latest(conn, TARIFF)).await? {
            return Ok(id);
        }
        let rate = |period| TariffRate {
            period,
            electricity_price_e5: ELECTRICITY_PRICE_E5,
            service_price_e5: SERVICE_PRICE_E5,
        };
        let draft = TariffDraft {
            at_once: None,
            name: TARIFF.to_owned(),
            rates: Period::ALL.map(rate).to_vec(),
            periods: vec![Period::Flat; 48],
            kinds: Vec::new(),
            workdays: Vec::new(),
        };
        self.tariff_create(actor, draft).await
    }

    /// The place of stations of which none is told.
    pub(super) async fn city_first(&self) -> Result<String> {
        let (code, province, name) = CITY;
        self.city_ensure(&Actor::local(), code, province, name).await?;
        Ok(code.to_owned())
    }
}
