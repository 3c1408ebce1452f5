//! 车队: registering and changing them, their cars, and files of their drivers.

use crate::Engine;
use crate::audit::Actor;
use crate::customer::{CarDraft, car_is_new};
use crate::site::{named, taken};
use model::customer::{phone_masked, phone_parse, plate_masked};
use model::id::{CarId, FleetId};
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
            let mut fleet = tx.read(|conn| fleets::get(conn, id))?.ok_or_else(no_fleet)?;
            if fleet.version != change.version {
                return Err(Error::conflict(
                    "fleet.changed",
                    "车队资料已被他人修改，请刷新后重新操作",
                    "Somebody has changed this fleet meanwhile; look at it again and repeat your change.",
                ));
            }
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
