//! 车辆, and the look at what is masked.

use super::{found, no_customer, noted, standing};
use crate::Engine;
use crate::audit::Actor;
use crate::site::taken;
use model::customer::{CustomerStatus, plate_masked, plate_parse, vin_masked, vin_parse};
use model::id::{CarId, CustomerId};
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::car_list::{self, Car};
use store::{Change, Tx, customer_list, customers};
use utoipa::ToSchema;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CarDraft {
    pub plate: String,
    pub vin: Option<String>,
    pub note: Option<String>,
}

/// Which personal datum of a customer is to be seen in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RevealField {
    Phone,
    Plate,
    Vin,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevealRequest {
    pub field: RevealField,
    /// For `plate` and `vin`.
    pub car_id: Option<i64>,
}

impl CarDraft {
    pub(crate) fn checked(&self) -> Result<Car> {
        let vin = self.vin.as_deref().map(str::trim).filter(|vin| !vin.is_empty());
        Ok(Car {
            id: CarId(0),
            plate: plate_parse(&self.plate)?,
            vin: vin.map(vin_parse).transpose()?,
            customer: None,
            fleet: None,
            note: noted(self.note.as_deref().unwrap_or_default())?,
        })
    }
}

/// Neither plate nor VIN belongs to two cars.
pub(crate) fn car_is_new(tx: &mut Tx<'_>, car: &Car) -> Result<()> {
    if tx.read(|conn| car_list::by_plate(conn, &car.plate))?.is_some() {
        let plate = &car.plate;
        return Err(taken("plate", "car.exists", &format!("车牌号 {plate}"), &format!("The plate {plate}")));
    }
    if let Some(vin) = &car.vin
        && tx.read(|conn| car_list::by_vin(conn, vin))?.is_some()
    {
        return Err(taken("vin", "car.exists", &format!("车架号 {vin}"), &format!("The VIN {vin}")));
    }
    Ok(())
}

pub(crate) fn no_car() -> Error {
    Error::not_found(
        "car.not_found",
        "没有这辆车，可能已删除；请刷新页面",
        "There is no such car; it may have been removed. Look at the page again.",
    )
}

impl Engine {
    pub async fn customer_car_create(&self, actor: &Actor, id: CustomerId, draft: CarDraft) -> Result<CarId> {
        actor.must_be_platform()?;
        let mut car = draft.checked()?;
        car.customer = Some(id);
        let (actor, now) = (actor.clone(), self.clock.now());
        let work = move |tx: &mut Tx<'_>| {
            if found(tx, id, None)?.standing.decided == CustomerStatus::Cancelled {
                return Err(standing::has_left());
            }
            car_is_new(tx, &car)?;
            let car_id = car_list::insert(tx, &car, now)?;
            tx.changed(Change::Noun("customer"));
            let (plate, vin) = (plate_masked(&car.plate), car.vin.as_deref().map(vin_masked));
            let detail = json!({"after": {"plate": plate, "vin": vin}});
            actor.record(tx, now, "customer_car_create", "customer", id.0, &detail)?;
            Ok(car_id)
        };
        self.store.write(None, work).await
    }

    pub async fn car_delete(&self, actor: &Actor, id: CarId) -> Result<()> {
        actor.must_be_platform()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        let work = move |tx: &mut Tx<'_>| {
            let car = tx.read(|conn| car_list::get(conn, id))?.ok_or_else(no_car)?;
            car_list::delete(tx, id)?;
            tx.changed(Change::Noun("customer"));
            let detail = json!({"before": {"plate": plate_masked(&car.plate)}});
            let (noun, key) = match (car.customer, car.fleet) {
                (Some(customer), _) => ("customer", customer.0),
                (None, Some(fleet)) => ("fleet", fleet.0),
                (None, None) => ("car", id.0),
            };
            actor.record(tx, now, "car_delete", noun, key, &detail)
        };
        self.store.write(None, work).await
    }

    /// One datum in full. That somebody has looked is written down before they see it.
    pub async fn customer_reveal(
        &self,
        actor: &Actor,
        id: CustomerId,
        wanted: RevealRequest,
    ) -> Result<Option<String>> {
        let (actor, now) = (actor.clone(), self.clock.now());
        let work = move |tx: &mut Tx<'_>| {
            let scope = actor.caller.scope.clone();
            if !tx.read(|conn| customer_list::customer_visible(conn, &scope, id))? {
                return Err(no_customer());
            }
            let value = match wanted.field {
                RevealField::Phone => tx.read(|conn| customers::get(conn, id))?.and_then(|c| c.phone),
                field => {
                    let car = CarId(wanted.car_id.unwrap_or(0));
                    let car = tx.read(|conn| car_list::get(conn, car))?;
                    let car = car.filter(|car| car.customer == Some(id)).ok_or_else(no_car)?;
                    if field == RevealField::Plate { Some(car.plate) } else { car.vin }
                }
            };
            let detail = json!({"field": wanted.field, "car_id": wanted.car_id});
            actor.record(tx, now, "customer_reveal", "customer", id.0, &detail)?;
            Ok(value)
        };
        self.store.write(None, work).await
    }
}
