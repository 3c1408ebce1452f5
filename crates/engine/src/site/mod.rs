//! Operators, cities, stations and piles: registering and changing them.

mod city;
mod closing;
mod first;
mod import;
mod operator;
mod photo;
mod pile;
mod pile_leave;
mod pile_record;
mod pile_tariff;
mod station;

pub use city::{CitiesOpened, CityChange, CityDraft, CityStatusChange};
pub use closing::StationStatusChange;
pub use import::{ImportReport, ImportedPassword, ImportedPile, PILE_COLUMNS, PileCells, ROWS_MAX, RowError};
pub(crate) use operator::optional;
pub use operator::{OperatorChange, OperatorDraft, OperatorStatusChange};
pub use photo::StationPhotoChange;
pub use pile::{PileChange, PileCreated, PileDraft, PileUpdated};
pub use pile_record::PileRecordChange;
pub use pile_tariff::PileTariffDraft;
pub use station::StationChange;

use crate::Engine;
use crate::audit::Actor;
use model::error::Text;
use model::field::field_text;
use model::geo::Place;
use model::id::{OperatorId, StationId, TariffId};
use model::time::Zone;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::cities::CityNames;
use store::operators::OperatorFields;
use store::stations::{self, NewStation};
use store::{Tx, cities, operators, tariffs};
use utoipa::ToSchema;

/// A name for people: trimmed, not empty, without control characters, of bounded length.
pub(crate) fn named(field: &'static str, text: &str, most: usize) -> Result<String> {
    let text = text.trim();
    let length = text.chars().count();
    if length == 0 || length > most || text.chars().any(char::is_control) {
        let Text { zh, en } = field_text(field);
        return Err(Error::invalid(
            field,
            format!("{zh}应为 1 到 {most} 个字符，且不含控制字符；现为 {length} 个"),
            format!("{en} has 1 to {most} characters and no control characters; it has {length}."),
        ));
    }
    Ok(text.to_owned())
}

/// Where something is on Earth, if that is told.
pub(crate) fn place_checked(longitude_e6: Option<i64>, latitude_e6: Option<i64>) -> Result<Option<Place>> {
    let (x, y) = match (longitude_e6, latitude_e6) {
        (None, None) => return Ok(None),
        (Some(x), Some(y)) => (x, y),
        (x, _) => {
            let field = if x.is_none() { "longitude_e6" } else { "latitude_e6" };
            return Err(Error::invalid(
                field,
                "经度与纬度要么都填，要么都不填",
                "Give both longitude and latitude, or neither.",
            ));
        }
    };
    let on_earth = (-180_000_000..=180_000_000).contains(&x);
    let field = if on_earth { "latitude_e6" } else { "longitude_e6" };
    let place = Place::of(x, y).filter(|_| (x, y) != (0, 0)).ok_or_else(|| {
        Error::invalid(
            field,
            "经度应在 -180 到 180 之间，纬度应在 -90 到 90 之间，且不能都为 0；请检查是否填反",
            "A longitude is between -180 and 180, a latitude between -90 and 90, and not both are 0. Were they swapped?",
        )
    })?;
    Ok(Some(place))
}

/// A number within its bounds; `unit` may be empty.
pub(crate) fn within(
    field: &'static str,
    value: i64,
    span: &std::ops::RangeInclusive<i64>,
    unit: &str,
) -> Result<()> {
    if span.contains(&value) {
        return Ok(());
    }
    let (least, most) = (span.start(), span.end());
    let gap = if unit.is_empty() { "" } else { " " };
    let Text { zh, en } = field_text(field);
    Err(Error::invalid(
        field,
        format!("{zh}应在 {least} 到 {most} {unit}之间，现为 {value}"),
        format!("{en} is between {least} and {most}{gap}{unit}; it is {value}."),
    ))
}

pub(crate) fn operator_exists(tx: &mut Tx<'_>, operator: OperatorId) -> Result<()> {
    if tx.read(|conn| operators::exists(conn, operator))? {
        return Ok(());
    }
    Err(no_such("operator_id", "运营商", "operator"))
}

pub(crate) fn no_such(field: &'static str, zh: &str, en: &str) -> Error {
    Error::invalid(
        field,
        format!("没有这个{zh}，请从列表中重新选择"),
        format!("There is no such {en}; choose one from the list."),
    )
}

/// A unique name that is taken already.
pub(crate) fn taken(field: &'static str, code: &'static str, zh: &str, en: &str) -> Error {
    let gap = if zh.ends_with(|c: char| c.is_ascii_alphanumeric()) { " " } else { "" };
    Error::conflict(
        code,
        format!("{zh}{gap}已存在，请换一个"),
        format!("{en} exists already; choose another."),
    )
    .on_field(field)
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StationDraft {
    pub name: String,
    /// The operator that a fresh installation has, when not given.
    pub operator_id: Option<i64>,
    /// The place that a fresh installation has, when not given.
    pub city_code: Option<String>,
    pub address: String,
    pub tariff_id: Option<i64>,
    pub longitude_e6: Option<i64>,
    pub latitude_e6: Option<i64>,
    /// Asia/Shanghai when not given.
    pub time_zone: Option<String>,
}

impl StationDraft {
    fn checked(mut self) -> Result<StationDraft> {
        self.name = named("name", &self.name, 64)?;
        let address = self.address.trim();
        self.address = if address.is_empty() { String::new() } else { named("address", address, 200)? };
        let zone = self.time_zone.get_or_insert_with(|| Zone::DEFAULT.to_owned());
        if Zone::parse(zone).is_none() {
            return Err(Error::invalid(
                "time_zone",
                "没有这个时区，请填写如 Asia/Shanghai 的时区名",
                "There is no such time zone; give a name like Asia/Shanghai.",
            ));
        }
        place_checked(self.longitude_e6, self.latitude_e6)?;
        Ok(self)
    }
}

impl Engine {
    /// The operator of this name, made if it is missing.
    pub async fn operator_ensure(&self, actor: &Actor, name: &str) -> Result<OperatorId> {
        actor.must_be_platform()?;
        let (name, actor, now) = (named("name", name, 64)?, actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                if let Some(id) = tx.read(|conn| operators::by_name(conn, &name))? {
                    return Ok(id);
                }
                let fields = OperatorFields { name: name.clone(), ..OperatorFields::default() };
                let id = operators::insert(tx, &fields, now)?;
                let after = json!({"after": {"name": name}});
                actor.record(tx, now, "operator_create", "operator", id, &after)?;
                Ok(id)
            })
            .await
    }

    /// Opens a city, or gives it its present name.
    pub async fn city_ensure(&self, actor: &Actor, code: &str, province: &str, name: &str) -> Result<()> {
        actor.must_be_platform()?;
        let code = named("code", code, 16)?;
        let (province, name) = (named("province", province, 32)?, named("name", name, 32)?);
        let city = CityNames { code, province, name };
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                if tx.read(|conn| cities::find(conn, &city.code))?.as_ref() == Some(&city) {
                    return Ok(());
                }
                cities::save(tx, &city, now)?;
                let after = json!({"after": {"province": city.province, "name": city.name}});
                actor.record(tx, now, "city_save", "city", &city.code, &after)
            })
            .await
    }

    pub async fn station_create(&self, actor: &Actor, draft: StationDraft) -> Result<StationId> {
        let draft = draft.checked()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        let operator = match (draft.operator_id, actor.caller.scope.operator) {
            (Some(id), _) => OperatorId(id),
            (None, Some(own)) => own,
            (None, None) => self.operator_ensure(&actor, first::OPERATOR).await?,
        };
        if !actor.caller.scope.sees_operator(operator) {
            return Err(no_such("operator_id", "运营商", "operator"));
        }
        let city = match &draft.city_code {
            Some(code) => code.clone(),
            None => self.city_first().await?,
        };
        self.store.write(None, move |tx| station_insert(tx, &actor, now, operator, &city, &draft)).await
    }
}

fn station_insert(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: model::time::Timestamp,
    operator: OperatorId,
    city_code: &str,
    draft: &StationDraft,
) -> Result<StationId> {
    operator_exists(tx, operator)?;
    let city = tx.read(|conn| cities::find(conn, city_code))?;
    city.ok_or_else(|| no_such("city_code", "城市", "city"))?;
    if let Some(tariff) = draft.tariff_id.map(TariffId)
        && !tx.read(|conn| tariffs::exists(conn, tariff))?
    {
        return Err(no_such("tariff_id", "计费模型", "tariff"));
    }
    if tx.read(|conn| stations::by_name(conn, &draft.name))?.is_some() {
        let (zh, en) = (format!("充电站“{}”", draft.name), format!("A station called {:?}", draft.name));
        return Err(taken("name", "station.exists", &zh, &en));
    }
    let station = NewStation {
        operator,
        city_code,
        name: &draft.name,
        address: &draft.address,
        longitude_e6: draft.longitude_e6,
        latitude_e6: draft.latitude_e6,
        time_zone: draft.time_zone.as_deref(),
        tariff: draft.tariff_id.map(TariffId),
    };
    let id = stations::insert(tx, &station, now)?;
    let after = json!({"after": {"name": draft.name, "operator_id": operator,
        "city_code": city_code, "tariff_id": draft.tariff_id}});
    actor.record(tx, now, "station_create", "station", id, &after)?;
    Ok(id)
}

/// Why a row of an import is not taken, in both languages.
pub(crate) fn told(error: &Error) -> Text {
    error.text.clone()
}
