//! 计费模型: publishing a version.

use crate::Engine;
use crate::audit::Actor;
use crate::site::named;
use model::id::{StationId, TariffId};
use model::money::Price;
use model::tariff::{Period, Rate, Tariff};
use model::tariff_calendar::{DayKind, KIND_NAME_MAX, Season, TariffCalendar};
use model::time::{Timestamp, Zone};
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::tariff_list::{TariffRate, TariffYear};
use store::tariffs::{self, NewTariff};
use store::{Tx, pile_tariffs, tariff_today};
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
    /// Days that have a table of their own.
    #[serde(default)]
    pub kinds: Vec<TariffKindDraft>,
    /// 调休上班日: weekends that are worked and count as a Monday, as 20260214.
    #[serde(default)]
    pub workdays: Vec<i64>,
}

/// A kind of days with its own table; at least one of season, days of the week and dates is given.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TariffKindDraft {
    pub name: String,
    pub season: Option<Season>,
    /// 1 is Monday; within the season, if there is one.
    #[serde(default)]
    pub weekdays: Vec<i64>,
    /// As 20260217.
    #[serde(default)]
    pub dates: Vec<i64>,
    #[schema(min_items = 4, max_items = 4)]
    pub rates: Vec<TariffRate>,
    #[schema(min_items = 48, max_items = 48)]
    pub periods: Vec<Period>,
}

/// Days without prices: to see what they would be before a version is published.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TariffDays {
    pub year: i64,
    pub kinds: Vec<TariffDayRule>,
    #[serde(default)]
    pub workdays: Vec<i64>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TariffDayRule {
    pub name: String,
    pub season: Option<Season>,
    #[serde(default)]
    pub weekdays: Vec<i64>,
    #[serde(default)]
    pub dates: Vec<i64>,
}

/// 100 yuan per kWh: more is a slip of the finger.
const PRICE_MAX: i64 = 100 * 100_000;

/// 云快充 piles keep a tariff under four digits.
const MODEL_NO_MAX: i64 = 9_999;

/// Whose table it is that is wrong: that of all days, or that of a kind.
struct Whose<'a>(Option<&'a str>);

impl Whose<'_> {
    fn invalid(&self, field: &str, zh: String, en: String) -> Error {
        match self.0 {
            None => Error::invalid(field.to_owned(), zh, en),
            Some(name) => Error::invalid(
                format!("kinds.{field}"),
                format!("日类型“{name}”：{zh}"),
                format!("{name:?}: {en}"),
            ),
        }
    }

    fn incomplete(&self) -> Error {
        self.invalid(
            "rates",
            "尖、峰、平、谷四个时段的单价应各有一个".to_owned(),
            "There is exactly one rate for each of sharp, peak, flat and valley.".to_owned(),
        )
    }

    fn table(&self, rates: &[TariffRate], periods: Vec<Period>) -> Result<Tariff> {
        let count = periods.len();
        let periods = <[Period; 48]>::try_from(periods).map_err(|_| {
            self.invalid(
                "periods",
                format!("应有 48 个半小时时段，现为 {count} 个；云快充 V1.6 的桩不能按其他间隔分时"),
                format!("A day has 48 half hours; {count} were given. Piles of 云快充 V1.6 know no other division."),
            )
        })?;
        let count = rates.len();
        if count > 4 {
            return Err(self.invalid(
                "rates",
                format!("最多 4 档价格（尖、峰、平、谷），现为 {count} 档；云快充 V1.6 的桩无法保存更多档"),
                format!("There are at most four price levels; {count} were given. A pile of 云快充 V1.6 cannot keep more."),
            ));
        }
        let mut places = [None; 4];
        for rate in rates {
            let place = &mut places[rate.period.number()];
            if place.is_some() {
                return Err(self.incomplete());
            }
            for (field, price) in [
                ("rates.electricity_price_e5", rate.electricity_price_e5),
                ("rates.service_price_e5", rate.service_price_e5),
            ] {
                if !(0..=PRICE_MAX).contains(&price) {
                    return Err(self.invalid(
                        field,
                        "单价应在 0 到 100 元/kWh 之间（单位为 0.00001 元）".to_owned(),
                        "A price is between 0 and 100 yuan per kWh (in 0.00001 yuan).".to_owned(),
                    ));
                }
            }
            let (electricity, service) = (Price(rate.electricity_price_e5), Price(rate.service_price_e5));
            *place = Some(Rate { electricity, service });
        }
        let [Some(sharp), Some(peak), Some(flat), Some(valley)] = places else {
            return Err(self.incomplete());
        };
        Ok(Tariff { rates: [sharp, peak, flat, valley], periods })
    }
}

impl TariffDraft {
    /// `today` is the local day from which on two rules are looked at for where they meet.
    fn checked(self, today: i64) -> Result<(String, TariffCalendar)> {
        let name = named("name", &self.name, 32)?;
        let base = Whose(None).table(&self.rates, self.periods)?;
        let mut kinds = Vec::new();
        for kind in self.kinds {
            let name = named("kinds.name", &kind.name, KIND_NAME_MAX)?;
            let table = Whose(Some(&name)).table(&kind.rates, kind.periods)?;
            let (season, weekdays, dates) = (kind.season, kind.weekdays, kind.dates);
            kinds.push(DayKind { name, season, weekdays, dates, model_no: 0, table });
        }
        let calendar = TariffCalendar { base, kinds, workdays: self.workdays };
        Ok((name, calendar.checked(today)?))
    }
}

/// Gives each table the number under which piles keep it, after the last one that was given out; the
/// number of the first and, where there are others, of the last.
fn numbered(calendar: &mut TariffCalendar, last: i64) -> (i64, Option<i64>) {
    let after = |no: i64| no % MODEL_NO_MAX + 1;
    let first = after(last);
    let mut latest = first;
    for kind in &mut calendar.kinds {
        latest = after(latest);
        kind.model_no = u16::try_from(latest).unwrap_or(0);
    }
    (first, (!calendar.kinds.is_empty()).then_some(latest))
}

impl Engine {
    /// Publishes a tariff, or the next version of the one of that name; stations that used an older
    /// version take the new one for new orders.
    pub async fn tariff_create(&self, actor: &Actor, draft: TariffDraft) -> Result<TariffId> {
        actor.must_be_platform()?;
        let at_once = draft.at_once.unwrap_or(true);
        let (actor, now) = (actor.clone(), self.clock.now());
        let (name, mut calendar) = draft.checked(Zone::shanghai().local(now).day)?;
        let (id, stations, piles) = self
            .store
            .write(None, move |tx| {
                let latest = tx.read(|conn| tariffs::latest(conn, &name))?;
                let version_no = latest.map_or(0, |(_, version_no)| version_no) + 1;
                let last = tx.read(tariffs::model_no_latest)?;
                let (model_no, last_model_no) = numbered(&mut calendar, last.unwrap_or(0));
                let body = serde_json::to_string(&calendar).map_err(|_| Error::internal())?;
                let row = NewTariff { name: &name, version_no, model_no, last_model_no, body: &body };
                let id = tariffs::insert(tx, &row, now)?;
                let stations =
                    if at_once { store::stations::tariff_renew(tx, &name, id, now)? } else { Vec::new() };
                let piles = if at_once { pile_tariffs::renew(tx, &name, id, now)? } else { Vec::new() };
                let kinds: Vec<&String> = calendar.kinds.iter().map(|kind| &kind.name).collect();
                let after = json!({"after": {"name": name, "version_no": version_no,
                    "stations": stations.len(), "piles": piles.len(), "kinds": kinds}});
                actor.record(tx, now, "tariff_create", "tariff", id, &after)?;
                Ok((id, stations, piles))
            })
            .await?;
        self.stations_changed(stations).await?;
        if !piles.is_empty() {
            let forget = move |tx: &mut Tx<'_>| {
                piles.iter().try_for_each(|(pile, operator)| tx.pile_changed(*pile, *operator))
            };
            self.store.write_everywhere(forget).await?;
        }
        Ok(id)
    }

    /// Which table would hold on each day of a year, if the rules are ones that can be published.
    pub fn tariff_check(&self, days: TariffDays) -> Result<TariffYear> {
        let none = Tariff::uniform(Price(0), Price(0));
        let mut kinds = Vec::new();
        for TariffDayRule { name, season, weekdays, dates } in days.kinds {
            let name = named("kinds.name", &name, KIND_NAME_MAX)?;
            kinds.push(DayKind { name, season, weekdays, dates, model_no: 0, table: none.clone() });
        }
        let calendar = TariffCalendar { base: none, kinds, workdays: days.workdays };
        let calendar = calendar.checked(Zone::shanghai().local(self.clock.now()).day)?;
        Ok(TariffYear::of(&calendar, year_checked(days.year)?))
    }

    /// Keeps which table holds today, wherever midnight has passed since; how many.
    pub(crate) async fn tariffs_turn(&self, now: Timestamp) -> Result<usize> {
        let stale = self.store.device_read(move |conn| tariff_today::stale(conn, now)).await?;
        let count = stale.len();
        if count > 0 {
            let save = move |tx: &mut Tx<'_>| {
                for (tariff, zone) in &stale {
                    let version = tx.tariff(*tariff)?;
                    tariff_today::save(tx, &version, zone, now)?;
                }
                Ok(())
            };
            self.store.write(None, save).await?;
        }
        Ok(count)
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

/// A year that can be looked at.
pub fn year_checked(year: i64) -> Result<i64> {
    if (2020..=2099).contains(&year) {
        return Ok(year);
    }
    Err(Error::invalid("year", "年份应在 2020 到 2099 之间", "The year is between 2020 and 2099."))
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
            kinds: Vec::new(),
            workdays: Vec::new(),
        }
    }

    #[test]
    fn a_tariff_is_complete_and_its_prices_are_sane() {
        assert_eq!(draft().checked(20_260_101).unwrap().0, "一号");
        let field = |change: fn(&mut TariffDraft)| {
            let mut draft = draft();
            change(&mut draft);
            draft.checked(20_260_101).unwrap_err().field.unwrap().into_owned()
        };
        assert_eq!(field(|d| d.name = "  ".to_owned()), "name");
        assert_eq!(field(|d| d.periods.truncate(47)), "periods");
        assert_eq!(field(|d| d.rates.truncate(3)), "rates");
        assert_eq!(field(|d| d.rates[0] = d.rates[1]), "rates");
        assert_eq!(field(|d| d.rates.push(d.rates[0])), "rates");
        assert_eq!(field(|d| d.rates[0].service_price_e5 = -1), "rates.service_price_e5");
        assert_eq!(field(|d| d.rates[3].electricity_price_e5 = 10_000_001), "rates.electricity_price_e5");
        assert_eq!(field(|d| d.kinds = vec![kind("  ")]), "kinds.name");
        assert_eq!(field(|d| d.kinds = vec![kind("一二三四五六七八九十一二三四五六七")]), "kinds.name");
        let poor = |change: fn(&mut TariffKindDraft)| {
            let (mut draft, mut kind) = (draft(), kind("周末"));
            change(&mut kind);
            draft.kinds = vec![kind];
            draft.checked(20_260_101).unwrap_err()
        };
        assert_eq!(poor(|k| k.periods.truncate(1)).field.unwrap(), "kinds.periods");
        assert_eq!(poor(|k| k.rates.truncate(3)).field.unwrap(), "kinds.rates");
        let dear = poor(|k| k.rates[1].service_price_e5 = -1);
        assert_eq!(dear.field.unwrap(), "kinds.rates.service_price_e5");
        assert!(dear.text.zh.contains("日类型“周末”"), "{}", dear.text.zh);
        assert_eq!(poor(|k| k.weekdays.clear()).field.unwrap(), "kinds.rule");
    }

    fn kind(name: &str) -> TariffKindDraft {
        let TariffDraft { rates, periods, .. } = draft();
        TariffKindDraft {
            name: name.to_owned(),
            season: None,
            weekdays: vec![6],
            dates: Vec::new(),
            rates,
            periods,
        }
    }

    #[test]
    fn each_table_has_a_number_of_its_own() {
        let mut calendar =
            TariffDraft { kinds: vec![kind("周末")], ..draft() }.checked(20_260_101).unwrap().1;
        for (last, first, kind) in [(0, 1, 2), (41, 42, 43), (9_998, 9_999, 1), (9_999, 1, 2)] {
            assert_eq!(numbered(&mut calendar, last), (first, Some(kind)));
            assert_eq!(i64::from(calendar.kinds[0].model_no), kind);
        }
        assert_eq!(numbered(&mut draft().checked(20_260_101).unwrap().1, 7), (8, None));
    }
}
