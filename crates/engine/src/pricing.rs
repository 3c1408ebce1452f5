//! 计费模型: publishing a version.

use crate::Engine;
use crate::audit::Actor;
use crate::site::named;
use model::id::{StationId, TariffId};
use model::money::Price;
use model::tariff::{Period, Rate, Tariff};
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::Tx;
use store::tariff_list::TariffRate;
use store::tariffs::{self, NewTariff};
use utoipa::ToSchema;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TariffDraft {
    pub name: String,
    /// One for each of the four periods.
    #[schema(min_items = 4, max_items = 4)]
    pub rates: Vec<TariffRate>,
    /// One per half hour from 00:00 of the station's day.
    #[schema(min_items = 48, max_items = 48)]
    pub periods: Vec<Period>,
    /// Whether stations that use an older version of this name take the new one for new orders at once;
    /// they do when this is not given. Else a plan gives it to them.
    pub at_once: Option<bool>,
}

/// 100 yuan per kWh: more is a slip of the finger.
const PRICE_MAX: i64 = 100 * 100_000;

/// 云快充 piles keep a tariff under four digits.
const MODEL_NO_MAX: i64 = 9_999;

impl TariffDraft {
    fn checked(self) -> Result<(String, Tariff)> {
        let name = named("name", &self.name, 32)?;
        let count = self.periods.len();
        let periods = <[Period; 48]>::try_from(self.periods).map_err(|_| {
            Error::invalid(
                "periods",
                format!("应有 48 个半小时时段，现为 {count} 个；云快充 V1.6 的桩不能按其他间隔分时"),
                format!("A day has 48 half hours; {count} were given. Piles of 云快充 V1.6 know no other division."),
            )
        })?;
        if self.rates.len() > 4 {
            return Err(Error::invalid(
                "rates",
                format!(
                    "最多 4 档价格（尖、峰、平、谷），现为 {} 档；云快充 V1.6 的桩无法保存更多档",
                    self.rates.len()
                ),
                format!(
                    "There are at most four price levels; {} were given. A pile of 云快充 V1.6 cannot keep more.",
                    self.rates.len()
                ),
            ));
        }
        let mut rates = [None; 4];
        for rate in &self.rates {
            let place = &mut rates[rate.period.number()];
            if place.is_some() {
                return Err(incomplete());
            }
            for (field, price) in [
                ("electricity_price_e5", rate.electricity_price_e5),
                ("service_price_e5", rate.service_price_e5),
            ] {
                if !(0..=PRICE_MAX).contains(&price) {
                    return Err(Error::invalid(
                        format!("rates.{field}"),
                        "单价应在 0 到 100 元/kWh 之间（单位为 0.00001 元）",
                        "A price is between 0 and 100 yuan per kWh (in 0.00001 yuan).",
                    ));
                }
            }
            let (electricity, service) = (Price(rate.electricity_price_e5), Price(rate.service_price_e5));
            *place = Some(Rate { electricity, service });
        }
        let [Some(sharp), Some(peak), Some(flat), Some(valley)] = rates else { return Err(incomplete()) };
        Ok((name, Tariff { rates: [sharp, peak, flat, valley], periods }))
    }
}

fn incomplete() -> Error {
    Error::invalid(
        "rates",
        "尖、峰、平、谷四个时段的单价应各有一个",
        "There is exactly one rate for each of sharp, peak, flat and valley.",
    )
}

impl Engine {
    /// Publishes a tariff, or the next version of the one of that name; stations that used an older
    /// version take the new one for new orders.
    pub async fn tariff_create(&self, actor: &Actor, draft: TariffDraft) -> Result<TariffId> {
        actor.must_be_platform()?;
        let at_once = draft.at_once.unwrap_or(true);
        let (name, tariff) = draft.checked()?;
        let body = serde_json::to_string(&tariff).map_err(|_| Error::internal())?;
        let (actor, now) = (actor.clone(), self.clock.now());
        let (id, stations) = self
            .store
            .write(None, move |tx| {
                let latest = tx.read(|conn| tariffs::latest(conn, &name))?;
                let version_no = latest.map_or(0, |(_, version_no)| version_no) + 1;
                let last = tx.read(tariffs::model_no_latest)?;
                let model_no = last.unwrap_or(0) % MODEL_NO_MAX + 1;
                let row = NewTariff { name: &name, version_no, model_no, body: &body };
                let id = tariffs::insert(tx, &row, now)?;
                let stations =
                    if at_once { store::stations::tariff_renew(tx, &name, id, now)? } else { Vec::new() };
                let after =
                    json!({"after": {"name": name, "version_no": version_no, "stations": stations.len()}});
                actor.record(tx, now, "tariff_create", "tariff", id, &after)?;
                Ok((id, stations))
            })
            .await?;
        self.stations_changed(stations).await?;
        Ok(id)
    }

    /// After the commit every writer reads these stations again.
    pub(crate) async fn stations_changed(&self, stations: Vec<StationId>) -> Result<()> {
        let forget = move |tx: &mut Tx<'_>| {
            stations.iter().for_each(|id| tx.station_changed(*id));
            Ok(())
        };
        self.store.write_everywhere(forget).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> TariffDraft {
        let rate = |period| TariffRate { period, electricity_price_e5: 60_000, service_price_e5: 40_000 };
        TariffDraft {
            name: " 一号 ".to_owned(),
            rates: Period::ALL.into_iter().rev().map(rate).collect(),
            periods: vec![Period::Flat; 48],
            at_once: None,
        }
    }

    #[test]
    fn a_tariff_is_complete_and_its_prices_are_sane() {
        assert_eq!(draft().checked().unwrap().0, "一号");
        let field = |change: fn(&mut TariffDraft)| {
            let mut draft = draft();
            change(&mut draft);
            draft.checked().unwrap_err().field.unwrap().into_owned()
        };
        assert_eq!(field(|d| d.name = "  ".to_owned()), "name");
        assert_eq!(field(|d| d.periods.truncate(47)), "periods");
        assert_eq!(field(|d| d.rates.truncate(3)), "rates");
        assert_eq!(field(|d| d.rates[0] = d.rates[1]), "rates");
        assert_eq!(field(|d| d.rates.push(d.rates[0])), "rates");
        assert_eq!(field(|d| d.rates[0].service_price_e5 = -1), "rates.service_price_e5");
        assert_eq!(field(|d| d.rates[3].electricity_price_e5 = 10_000_001), "rates.electricity_price_e5");
    }
}
