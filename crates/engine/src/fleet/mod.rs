//! 车队: registering and changing them, their cars, where and when they charge, and files of their drivers
//! and cars.

pub(crate) mod driver_limit;
mod import;
mod row;

pub use driver_limit::DriverLimitChange;
pub use import::{FLEET_ROWS_MAX, FleetImportReport, FleetRow, FleetRowOutcome};
pub use row::{FLEET_COLUMNS, FleetCells};

use crate::Engine;
use crate::audit::Actor;
use crate::customer::{CarDraft, car_is_new};
use crate::site::{named, taken};
use model::customer::{phone_masked, phone_parse, plate_masked};
use model::fleet::{FLEET_HOURS_MAX, FLEET_STATIONS_MAX, FleetHours};
use model::id::{CarId, FleetId, StationId};
use model::{Error, Result};
use serde::Deserialize;
use serde_json::{Value, json};
use store::fleets::{self, Fleet};
use store::{Change, Tx, car_list};
use utoipa::ToSchema;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FleetDraft {
    pub name: String,
    pub contact_name: Option<String>,
    pub contact_phone: Option<String>,
    pub note: Option<String>,
}

/// What is not given stays as it is.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FleetChange {
    /// Of the fleet as the person who changes it has seen it.
    pub version: i64,
    pub name: Option<String>,
    pub contact_name: Option<String>,
    pub contact_phone: Option<String>,
    pub note: Option<String>,
}

/// Where and when its drivers may charge on its account; all of it anew.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FleetLimitsChange {
    /// Of the fleet as the person who changes it has seen it.
    pub version: i64,
    /// Null: everywhere.
    pub stations: Option<Vec<i64>>,
    /// Empty: always.
    pub hours: Vec<FleetHours>,
}

fn optional(field: &'static str, text: Option<&str>, most: usize) -> Result<String> {
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => named(field, text, most),
        None => Ok(String::new()),
    }
}

fn phone(text: Option<&str>) -> Result<Option<String>> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    text.map(|text| phone_parse("contact_phone", text)).transpose()
}

pub(crate) fn no_fleet() -> Error {
    Error::not_found(
        "fleet.not_found",
        "没有这个车队，请检查地址",
        "There is no such fleet; check the address.",
    )
}

fn name_free(tx: &mut Tx<'_>, name: &str, own: Option<FleetId>) -> Result<()> {
    let holder = tx.read(|conn| fleets::by_name(conn, name))?;
    if holder.is_none_or(|holder| Some(holder.id) == own) {
        return Ok(());
    }
    Err(taken("name", "fleet.exists", &format!("车队“{name}”"), &format!("A fleet called {name:?}")))
}

/// The fleet for a change, which must be of the version that the person has seen.
pub(crate) fn found(tx: &mut Tx<'_>, id: FleetId, version: i64) -> Result<Fleet> {
    let fleet = tx.read(|conn| fleets::get(conn, id))?.ok_or_else(no_fleet)?;
    if fleet.version == version {
        return Ok(fleet);
    }
    Err(Error::conflict(
        "fleet.changed",
        "车队资料已被他人修改，请刷新后重新操作",
        "Somebody has changed this fleet meanwhile; look at it again and repeat your change.",
    ))
}

/// Stations in order, each once, and windows that make sense.
pub(super) fn places_checked(
    stations: Option<&[i64]>,
    hours: &[FleetHours],
) -> Result<(Option<Vec<StationId>>, Vec<FleetHours>)> {
    let stations = stations.map(|ids| {
        let mut ids: Vec<StationId> = ids.iter().copied().map(StationId).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    });
    if stations.as_ref().is_some_and(|ids| ids.is_empty() || ids.len() > FLEET_STATIONS_MAX) {
        return Err(Error::invalid(
            "stations",
            format!("请选择 1 到 {FLEET_STATIONS_MAX} 个充电站，或选择全部充电站"),
            format!("Choose 1 to {FLEET_STATIONS_MAX} stations, or all of them."),
        ));
    }
    if hours.len() > FLEET_HOURS_MAX {
        return Err(Error::invalid(
            "hours",
            format!("最多 {FLEET_HOURS_MAX} 个可用时段，请合并相同时刻的日期"),
            format!("There are at most {FLEET_HOURS_MAX} windows; put days of the same hours together."),
        ));
    }
    let hours = hours.iter().cloned().map(FleetHours::checked).collect::<Result<_>>()?;
    Ok((stations, hours))
}

pub(super) fn places_known(tx: &mut Tx<'_>, stations: Option<&[StationId]>) -> Result<()> {
    let Some(ids) = stations else { return Ok(()) };
    if tx.read(|conn| fleets::stations_known(conn, ids))?.len() == ids.len() {
        return Ok(());
    }
    Err(Error::invalid(
        "stations",
        "有充电站不存在，请从列表中重新选择",
        "One of these stations is not there; choose them from the list.",
    ))
}

fn told(fleet: &Fleet) -> Value {
    json!({"name": fleet.name, "contact_name": fleet.contact_name,
        "contact_phone": fleet.contact_phone.as_deref().map(phone_masked), "note": fleet.note})
}

impl Engine {
    pub async fn fleet_create(&self, actor: &Actor, draft: FleetDraft) -> Result<FleetId> {
        actor.must_be_platform()?;
        let fleet = Fleet {
            id: FleetId(0),
            name: named("name", &draft.name, 64)?,
            contact_name: optional("contact_name", draft.contact_name.as_deref(), 32)?,
            contact_phone: phone(draft.contact_phone.as_deref())?,
            note: optional("note", draft.note.as_deref(), 500)?,
            stations: None,
            hours: Vec::new(),
            version: 1,
        };
        let (actor, now) = (actor.clone(), self.clock.now());
        let work = move |tx: &mut Tx<'_>| {
            name_free(tx, &fleet.name, None)?;
            let id = fleets::insert(tx, &fleet, now)?;
            tx.changed(Change::Noun("fleet"));
            actor.record(tx, now, "fleet_create", "fleet", id.0, &json!({"after": told(&fleet)}))?;
            Ok(id)
        };
        self.store.write(None, work).await
    }

    pub async fn fleet_update(&self, actor: &Actor, id: FleetId, change: FleetChange) -> Result<()> {
        actor.must_be_platform()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        let work = move |tx: &mut Tx<'_>| {
            let mut fleet = found(tx, id, change.version)?;
            let before = told(&fleet);
            if let Some(name) = &change.name {
                fleet.name = named("name", name, 64)?;
                name_free(tx, &fleet.name, Some(id))?;
            }
            if let Some(name) = &change.contact_name {
                fleet.contact_name = optional("contact_name", Some(name), 32)?;
            }
            if let Some(text) = &change.contact_phone {
                fleet.contact_phone = phone(Some(text))?;
            }
            if let Some(note) = &change.note {
                fleet.note = optional("note", Some(note), 500)?;
            }
            fleet.version += 1;
            fleets::update(tx, &fleet)?;
            tx.changed(Change::Noun("fleet"));
            let detail = json!({"before": before, "after": told(&fleet)});
            actor.record(tx, now, "fleet_update", "fleet", id.0, &detail)
        };
        self.store.write(None, work).await
    }

    /// What runs goes on; whoever begins after this is kept to it.
    pub async fn fleet_limit_set(&self, actor: &Actor, id: FleetId, change: FleetLimitsChange) -> Result<()> {
        actor.must_be_platform()?;
        let (stations, hours) = places_checked(change.stations.as_deref(), &change.hours)?;
        let (actor, now) = (actor.clone(), self.clock.now());
        let work = move |tx: &mut Tx<'_>| {
            let mut fleet = found(tx, id, change.version)?;
            places_known(tx, stations.as_deref())?;
            let before = json!({"stations": fleet.stations, "hours": fleet.hours});
            (fleet.stations, fleet.hours) = (stations.clone(), hours.clone());
            fleet.version += 1;
            fleets::limits_set(tx, &fleet)?;
            store::pile_desired::lists_stale(tx)?;
            tx.changed(Change::Noun("fleet"));
            let detail =
                json!({"before": before, "after": {"stations": fleet.stations, "hours": fleet.hours}});
            actor.record(tx, now, "fleet_limit_set", "fleet", id.0, &detail)
        };
        self.store.write(None, work).await?;
        let forget = move |tx: &mut Tx<'_>| {
            tx.cards_changed(|card| card.fleet == Some(id));
            Ok(())
        };
        self.store.write_everywhere(forget).await.map(drop)
    }

    pub async fn fleet_car_create(&self, actor: &Actor, id: FleetId, draft: CarDraft) -> Result<CarId> {
        actor.must_be_platform()?;
        let mut car = draft.checked()?;
        car.fleet = Some(id);
        let (actor, now) = (actor.clone(), self.clock.now());
        let work = move |tx: &mut Tx<'_>| {
            tx.read(|conn| fleets::get(conn, id))?.ok_or_else(no_fleet)?;
            car_is_new(tx, &car)?;
            let car_id = car_list::insert(tx, &car, now)?;
            tx.changed(Change::Noun("fleet"));
            let detail = json!({"after": {"plate": plate_masked(&car.plate)}});
            actor.record(tx, now, "fleet_car_create", "fleet", id.0, &detail)?;
            Ok(car_id)
        };
        self.store.write(None, work).await
    }
}
