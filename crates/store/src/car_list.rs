//! 车辆: cars of customers and fleets, their plates and VINs masked.

use crate::Tx;
use crate::customers;
use crate::db::{Conn, DbResult, Row};
use crate::filter::Filter;
use crate::ids::Noun;
use model::Result;
use model::customer::{plate_masked, vin_masked};
use model::id::{CarId, CustomerId, FleetId};
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Car)]
pub struct CarView {
    pub id: i64,
    /// 鄂A***23
    pub plate: String,
    /// Its last six characters.
    pub vin: Option<String>,
    pub note: String,
    pub created_at_ms: i64,
}

/// A car as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Car {
    pub id: CarId,
    pub plate: String,
    pub vin: Option<String>,
    pub customer: Option<CustomerId>,
    pub fleet: Option<FleetId>,
    pub note: String,
}

const COLUMNS: &str = "id, plate, vin, customer_id, fleet_id, note, created_at_ms";

fn car(row: &Row<'_>) -> DbResult<Car> {
    Ok(Car {
        id: CarId(row.int(0)?),
        plate: row.text(1)?,
        vin: row.text_opt(2)?,
        customer: row.int_opt(3)?.map(CustomerId),
        fleet: row.int_opt(4)?.map(FleetId),
        note: row.text(5)?,
    })
}

fn view(row: &Row<'_>) -> DbResult<CarView> {
    Ok(CarView {
        id: row.int(0)?,
        plate: plate_masked(&row.text(1)?),
        vin: row.text_opt(2)?.as_deref().map(vin_masked),
        note: row.text(5)?,
        created_at_ms: row.int(6)?,
    })
}

pub fn of_customer(conn: &mut Conn, id: CustomerId) -> DbResult<Vec<CarView>> {
    let sql = format!("SELECT {COLUMNS} FROM car WHERE customer_id = $1 ORDER BY id");
    conn.query(&sql, &[id.0.into()], view)
}

/// Newest first, those whose id is smaller than `before`.
pub fn of_fleet(conn: &mut Conn, id: FleetId, before: i64, limit: i64) -> DbResult<Vec<CarView>> {
    let sql = format!("SELECT {COLUMNS} FROM car WHERE fleet_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3");
    conn.query(&sql, &[id.0.into(), before.into(), limit.into()], view)
}

pub fn get(conn: &mut Conn, id: CarId) -> DbResult<Option<Car>> {
    conn.find(&format!("SELECT {COLUMNS} FROM car WHERE id = $1"), &[id.0.into()], car)
}

pub fn by_plate(conn: &mut Conn, plate: &str) -> DbResult<Option<Car>> {
    conn.find(&format!("SELECT {COLUMNS} FROM car WHERE plate = $1"), &[plate.into()], car)
}

pub fn by_vin(conn: &mut Conn, vin: &str) -> DbResult<Option<Car>> {
    conn.find(&format!("SELECT {COLUMNS} FROM car WHERE vin = $1"), &[vin.into()], car)
}

/// Those with one of these plates or VINs.
pub fn by_marks(conn: &mut Conn, plates: &[String], vins: &[String]) -> DbResult<Vec<Car>> {
    let mut found = Vec::new();
    for (column, marks) in [("plate", plates), ("vin", vins)] {
        for some in marks.chunks(customers::AT_ONCE) {
            let mut filter = Filter::new();
            let names = filter.bind_all(some.iter().cloned());
            filter.and(&format!("{column} IN ({names})"));
            let sql = format!("SELECT {COLUMNS} FROM car {}", filter.sql());
            found.extend(conn.query(&sql, &filter.values, car)?);
        }
    }
    Ok(found)
}

/// Says whose fleet's car it is.
pub fn fleet_set(tx: &mut Tx<'_>, id: CarId, fleet: FleetId) -> Result<()> {
    tx.execute("UPDATE car SET fleet_id = $1 WHERE id = $2", &[fleet.0.into(), id.0.into()]).map(drop)
}

pub fn insert(tx: &mut Tx<'_>, car: &Car, now: Timestamp) -> Result<CarId> {
    let id = tx.next_id(Noun::Car)?;
    tx.execute(
        "INSERT INTO car (id, plate, vin, customer_id, fleet_id, note, created_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            id.into(),
            (&car.plate).into(),
            car.vin.as_ref().into(),
            car.customer.map(|id| id.0).into(),
            car.fleet.map(|id| id.0).into(),
            (&car.note).into(),
            now.as_ms().into(),
        ],
    )?;
    Ok(CarId(id))
}

pub fn delete(tx: &mut Tx<'_>, id: CarId) -> Result<()> {
    tx.execute("DELETE FROM car WHERE id = $1", &[id.0.into()]).map(drop)
}
