//! A file of a fleet's drivers and cars: all rows or none, every bad one named, and repeatable without harm,
//! because what is there already is left as it is.

use super::no_fleet;
use super::row::{FleetCells, Said, Wanted, wrong};
use crate::Engine;
use crate::audit::Actor;
use crate::site::RowError;
use model::access::Permission;
use model::card::Card;
use model::customer::{CustomerKind, CustomerSource, phone_masked, plate_masked, vin_checks, vin_masked};
use model::id::{CarId, CustomerId, FleetId};
use model::time::Timestamp;
use model::{Error, Result};
use serde::Serialize;
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use store::car_list::{self, Car};
use store::customers::{self, Customer};
use store::fleets::{self, Fleet};
use store::{Change, Tx, cards};
use utoipa::ToSchema;

/// Most rows of one file: a larger fleet comes in several.
pub const FLEET_ROWS_MAX: i64 = 5_000;
/// Most rows of a check that are shown.
const ROWS_SHOWN: usize = 200;

/// What becomes of a driver, a card or a car of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FleetRowOutcome {
    New,
    /// It was known and comes to the fleet.
    Joined,
    /// It is of the fleet already, and stays as it is.
    Existing,
}

/// A row that can be taken, for people to look at before they agree; masked as the lists are.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FleetRow {
    pub line: i64,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub card: Option<String>,
    pub plate: Option<String>,
    pub vin: Option<String>,
    pub driver: Option<FleetRowOutcome>,
    pub car: Option<FleetRowOutcome>,
}

#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct FleetImportReport {
    /// Drivers who were written; of a check: who would be.
    pub drivers_new: i64,
    /// Customers who were known by their phone and came to the fleet.
    pub drivers_joined: i64,
    pub cars_new: i64,
    pub cars_joined: i64,
    /// Cards that were given to a driver.
    pub cards_bound: i64,
    /// Rows that bring nothing new.
    pub existing: i64,
    /// One for each row that is wrong; nothing is written when there is any.
    pub errors: Vec<RowError>,
    /// What is taken all the same and should be looked at.
    pub warnings: Vec<RowError>,
    /// Of a check: the first rows that can be taken.
    pub rows: Vec<FleetRow>,
}

impl FleetImportReport {
    fn brings_nothing(&self) -> bool {
        self.drivers_new + self.drivers_joined + self.cars_new + self.cars_joined + self.cards_bound == 0
    }
}

/// What the platform knows of the things that a file names.
struct Known {
    people: HashMap<String, Vec<Customer>>,
    cars: HashMap<String, Car>,
    vins: HashMap<String, Car>,
    cards: HashMap<String, Card>,
    fleets: HashMap<FleetId, String>,
}

impl Known {
    fn read(tx: &mut Tx<'_>, rows: &[Wanted]) -> Result<Known> {
        let each = |of: fn(&Wanted) -> &Option<String>| -> Vec<String> {
            let all: HashSet<&String> = rows.iter().filter_map(|row| of(row).as_ref()).collect();
            all.into_iter().cloned().collect()
        };
        let (phones, plates) = (each(|row| &row.phone), each(|row| &row.plate));
        let (vins, tags) = (each(|row| &row.vin), each(|row| &row.card));
        let mut known = Known {
            people: HashMap::new(),
            cars: HashMap::new(),
            vins: HashMap::new(),
            cards: HashMap::new(),
            fleets: HashMap::new(),
        };
        for one in tx.read(|conn| customers::by_phones(conn, &phones))? {
            known.people.entry(one.phone.clone().unwrap_or_default()).or_default().push(one);
        }
        for car in tx.read(|conn| car_list::by_marks(conn, &plates, &vins))? {
            if let Some(vin) = &car.vin {
                known.vins.insert(vin.clone(), car.clone());
            }
            known.cars.insert(car.plate.clone(), car);
        }
        for card in tx.read(|conn| cards::by_tags(conn, &tags))? {
            known.cards.insert(card.tag.clone(), card);
        }
        let people = known.people.values().flatten().filter_map(|one| one.fleet);
        let fleets: HashSet<FleetId> =
            people.chain(known.cars.values().filter_map(|car| car.fleet)).collect();
        for id in fleets {
            if let Some(fleet) = tx.read(|conn| fleets::get(conn, id))? {
                known.fleets.insert(id, fleet.name);
            }
        }
        Ok(known)
    }

    fn fleet_name(&self, id: FleetId) -> String {
        self.fleets.get(&id).cloned().unwrap_or_else(|| id.0.to_string())
    }

    /// Whom the number belongs to: our own customer first, else the only one who has it.
    fn person(&self, phone: &str) -> Result<Option<&Customer>> {
        let people = self.people.get(phone).map(Vec::as_slice).unwrap_or_default();
        match (people.iter().find(|one| one.source == CustomerSource::Own), people) {
            (Some(own), _) => Ok(Some(own)),
            (None, []) => Ok(None),
            (None, [one]) => Ok(Some(one)),
            (None, _) => Err(wrong(
                "phone",
                "该手机号属于来源平台的多个用户，请在用户详情中为其中一人选择车队",
                "Several customers of the source have this number; choose the fleet in the data of one of them.",
            )),
        }
    }
}

/// A row with what is to be done for it.
struct Step {
    row: Wanted,
    /// The driver, when known.
    person: Option<Customer>,
    driver: Option<FleetRowOutcome>,
    car: Option<(FleetRowOutcome, CarId)>,
    card_bound: bool,
}

struct Judge<'a> {
    fleet: FleetId,
    known: &'a Known,
    /// Drivers and cards that an earlier row has brought already.
    brought: HashSet<String>,
    warnings: Vec<RowError>,
}

impl Judge<'_> {
    fn warn(&mut self, line: i64, field: &'static str, zh: String, en: String) {
        self.warnings.push(RowError::of(line, &Error::invalid(field, zh, en)));
    }

    fn step(&mut self, row: Wanted) -> Result<Step> {
        let person = match &row.phone {
            Some(phone) => self.known.person(phone)?.cloned(),
            None => None,
        };
        let driver = self.driver(&row, person.as_ref())?;
        let card_new = self.card(&row, person.as_ref())?;
        let car = self.car(&row, person.as_ref())?;
        // Only a row without a fault counts for those after it.
        let first = |brought: &mut HashSet<String>, key: String| brought.insert(key);
        let driver = match (driver, &row.phone) {
            (Some(_), Some(phone)) if !first(&mut self.brought, format!("phone {phone}")) => {
                Some(FleetRowOutcome::Existing)
            }
            (outcome, _) => outcome,
        };
        let card_bound = match &row.card {
            Some(card) => card_new && first(&mut self.brought, format!("card {card}")),
            None => false,
        };
        Ok(Step { row, person, driver, car, card_bound })
    }

    fn driver(&mut self, row: &Wanted, person: Option<&Customer>) -> Result<Option<FleetRowOutcome>> {
        let Some(phone) = &row.phone else { return Ok(None) };
        let Some(person) = person else {
            if row.name.is_none() && !self.brought.contains(&format!("phone {phone}")) {
                return Err(wrong("name", "新司机请填写姓名", "A new driver needs a name."));
            }
            return Ok(Some(FleetRowOutcome::New));
        };
        match person.fleet {
            Some(fleet) if fleet != self.fleet => {
                let (id, name) = (person.id.0, self.known.fleet_name(fleet));
                return Err(wrong(
                    "phone",
                    format!("该手机号的用户 {id} 已属于车队“{name}”，请先在用户详情中将其移出"),
                    format!(
                        "The customer {id} with this number drives for the fleet {name:?}; take them out of it first."
                    ),
                ));
            }
            _ => {}
        }
        if row.name.as_ref().is_some_and(|name| *name != person.name) {
            let known = person.name.clone();
            self.warn(
                row.line,
                "name",
                format!("该手机号的用户名为“{known}”，保留原姓名"),
                format!("The customer with this number is called {known:?} and keeps that name."),
            );
        }
        Ok(Some(if person.fleet.is_some() { FleetRowOutcome::Existing } else { FleetRowOutcome::Joined }))
    }

    /// Whether the card is to be given to the driver.
    fn card(&self, row: &Wanted, person: Option<&Customer>) -> Result<bool> {
        let Some(tag) = &row.card else { return Ok(false) };
        let Some(card) = self.known.cards.get(tag) else {
            return Err(wrong(
                "card",
                "没有这张卡，请检查卡号，或先在“充电卡”页面登记",
                "There is no such card; check its number, or register it first.",
            ));
        };
        match card.customer {
            None => Ok(true),
            Some(holder) if Some(holder) == person.map(|one| one.id) => Ok(false),
            Some(CustomerId(holder)) => Err(wrong(
                "card",
                format!("这张卡已绑定用户 {holder}，请先在该用户处解绑"),
                format!("The customer {holder} holds this card; take it from them first."),
            )),
        }
    }

    fn car(&mut self, row: &Wanted, person: Option<&Customer>) -> Result<Option<(FleetRowOutcome, CarId)>> {
        let Some(plate) = &row.plate else { return Ok(None) };
        let car = self.known.cars.get(plate);
        let other = row.vin.as_ref().and_then(|vin| self.known.vins.get(vin));
        if other.is_some_and(|other| other.plate != *plate) {
            return Err(wrong(
                "vin",
                "该车架号已登记在另一车牌下，请核对",
                "This VIN is registered under another plate; check it.",
            ));
        }
        let outcome = match car {
            None => (FleetRowOutcome::New, CarId(0)),
            Some(car) => (self.car_known(car, person)?, car.id),
        };
        if let Some(car) = car.filter(|car| row.vin.is_some() && car.vin != row.vin) {
            let known = car.vin.as_deref().map_or("—".to_owned(), vin_masked);
            self.warn(
                row.line,
                "vin",
                format!("该车已登记，车架号为 {known}，保留原值"),
                format!("This car is registered with the VIN {known} and keeps it."),
            );
        } else if row.vin.as_ref().is_some_and(|vin| !vin_checks(vin)) {
            self.warn(
                row.line,
                "vin",
                "车架号第 9 位校验码不符，仍可导入；请对照行驶证核对".to_owned(),
                "The check digit of the VIN does not fit; it is taken all the same. Compare it with the vehicle licence.".to_owned(),
            );
        }
        Ok(Some(outcome))
    }

    fn car_known(&self, car: &Car, person: Option<&Customer>) -> Result<FleetRowOutcome> {
        match (car.fleet, car.customer) {
            (Some(fleet), _) if fleet == self.fleet => Ok(FleetRowOutcome::Existing),
            (Some(fleet), _) => {
                let name = self.known.fleet_name(fleet);
                Err(wrong(
                    "plate",
                    format!("该车牌已属于车队“{name}”，请先在那里删除"),
                    format!("This plate belongs to the fleet {name:?}; remove it there first."),
                ))
            }
            (None, Some(owner)) if Some(owner) != person.map(|one| one.id) => {
                let owner = owner.0;
                Err(wrong(
                    "plate",
                    format!("该车牌属于用户 {owner}，不是本行的司机；请核对"),
                    format!("This plate belongs to the customer {owner}, who is not the driver of this row."),
                ))
            }
            _ => Ok(FleetRowOutcome::Joined),
        }
    }
}

/// Cars are the fleet's own; a driver is a customer.
fn no_drivers() -> Error {
    wrong(
        "phone",
        "导入司机还需要“维护用户”权限，请联系系统管理员；只有车辆的行可以导入",
        "A driver is a customer, whom your account may not edit: ask the administrator. Rows with a car alone can be imported.",
    )
}

/// Who came to the fleet, and which cards were given out: their tokens are judged anew.
type Touched = (HashSet<CustomerId>, HashSet<String>);

impl Engine {
    /// Takes all rows or none. `check`: only says what would be taken.
    pub async fn fleet_import(
        &self,
        actor: &Actor,
        id: FleetId,
        rows: Vec<(i64, FleetCells)>,
        check: bool,
    ) -> Result<FleetImportReport> {
        actor.must_be_platform()?;
        let drivers_too = actor.caller.may(Permission::CustomerWrite);
        let mut errors = Vec::new();
        let mut wanted = Vec::with_capacity(rows.len());
        let mut said = Said::default();
        for (line, cells) in rows {
            let row = Wanted::read(line, cells).and_then(|row| said.once(&row).map(|()| row));
            let row = row.and_then(|row| match row.phone.is_some() && !drivers_too {
                true => Err(no_drivers()),
                false => Ok(row),
            });
            match row {
                Ok(row) => wanted.push(row),
                Err(error) => errors.push(RowError::of(line, &error)),
            }
        }
        let (actor, now) = (actor.clone(), self.clock.now());
        let (report, touched) = self
            .store
            .write(None, move |tx| {
                let fleet = tx.read(|conn| fleets::get(conn, id))?.ok_or_else(no_fleet)?;
                let (steps, mut report) = judged(tx, &fleet, &wanted, errors.clone())?;
                if check || !report.errors.is_empty() || report.brings_nothing() {
                    return Ok((report, Touched::default()));
                }
                report.rows.clear();
                let touched = take(tx, &actor, now, &fleet, steps)?;
                let detail = json!({"drivers_new": report.drivers_new, "drivers_joined": report.drivers_joined,
                    "cars_new": report.cars_new, "cars_joined": report.cars_joined,
                    "cards_bound": report.cards_bound});
                actor.record(tx, now, "fleet_import", "fleet", id.0, &detail)?;
                Ok((report, touched))
            })
            .await?;
        let touched = Arc::new(touched);
        if touched.0.is_empty() && touched.1.is_empty() {
            return Ok(report);
        }
        let forget = move |tx: &mut Tx<'_>| {
            tx.cards_changed(|card| {
                card.customer.is_some_and(|holder| touched.0.contains(&holder))
                    || touched.1.contains(&card.tag)
            });
            Ok(())
        };
        self.store.write_everywhere(forget).await?;
        Ok(report)
    }
}

fn judged(
    tx: &mut Tx<'_>,
    fleet: &Fleet,
    wanted: &[Wanted],
    errors: Vec<RowError>,
) -> Result<(Vec<Step>, FleetImportReport)> {
    let known = Known::read(tx, wanted)?;
    let mut judge = Judge { fleet: fleet.id, known: &known, brought: HashSet::new(), warnings: Vec::new() };
    let mut report = FleetImportReport { errors, ..FleetImportReport::default() };
    let mut steps = Vec::with_capacity(wanted.len());
    for row in wanted {
        let line = row.line;
        match judge.step(row.clone()) {
            Ok(step) => {
                report.count(&step);
                if report.rows.len() < ROWS_SHOWN {
                    report.rows.push(step.shown());
                }
                steps.push(step);
            }
            Err(error) => report.errors.push(RowError::of(line, &error)),
        }
    }
    report.warnings = judge.warnings;
    report.errors.sort_by_key(|error| error.line);
    Ok((steps, report))
}

impl FleetImportReport {
    fn count(&mut self, step: &Step) {
        use FleetRowOutcome::{Existing, Joined, New};
        let car = step.car.map(|(outcome, _)| outcome);
        self.drivers_new += i64::from(step.driver == Some(New));
        self.drivers_joined += i64::from(step.driver == Some(Joined));
        self.cars_new += i64::from(car == Some(New));
        self.cars_joined += i64::from(car == Some(Joined));
        self.cards_bound += i64::from(step.card_bound);
        let rests = |outcome: Option<FleetRowOutcome>| outcome.is_none_or(|outcome| outcome == Existing);
        self.existing += i64::from(rests(step.driver) && rests(car) && !step.card_bound);
    }
}

impl Step {
    fn shown(&self) -> FleetRow {
        let row = &self.row;
        FleetRow {
            line: row.line,
            name: self.person.as_ref().map(|one| one.name.clone()).or_else(|| row.name.clone()),
            phone: row.phone.as_deref().map(phone_masked),
            card: row.card.clone(),
            plate: row.plate.as_deref().map(plate_masked),
            vin: row.vin.as_deref().map(vin_masked),
            driver: self.driver,
            car: self.car.map(|(outcome, _)| outcome),
        }
    }
}

fn take(tx: &mut Tx<'_>, actor: &Actor, now: Timestamp, fleet: &Fleet, steps: Vec<Step>) -> Result<Touched> {
    let mut touched = Touched::default();
    let mut drivers: HashMap<String, CustomerId> = HashMap::new();
    for step in steps {
        let Step { row, person, driver, car, card_bound } = step;
        let known = row.phone.as_ref().and_then(|phone| drivers.get(phone).copied());
        let holder = match (known, person, driver) {
            (Some(id), ..) => Some(id),
            (None, Some(person), outcome) => {
                let id = person.id;
                if outcome == Some(FleetRowOutcome::Joined) {
                    join(tx, actor, now, fleet, person)?;
                    touched.0.insert(id);
                }
                Some(id)
            }
            (None, None, Some(_)) => Some(driver_insert(tx, now, fleet, &row)?),
            (None, None, None) => None,
        };
        if let (Some(phone), Some(id)) = (&row.phone, holder) {
            drivers.insert(phone.clone(), id);
        }
        if let (true, Some(tag)) = (card_bound, &row.card) {
            cards::customer_set(tx, tag, holder)?;
            touched.1.insert(tag.clone());
        }
        match (car, row.plate) {
            (Some((FleetRowOutcome::New, _)), Some(plate)) => {
                let car = Car {
                    id: CarId(0),
                    plate,
                    vin: row.vin,
                    customer: holder,
                    fleet: Some(fleet.id),
                    note: String::new(),
                };
                car_list::insert(tx, &car, now)?;
            }
            (Some((FleetRowOutcome::Joined, id)), _) => car_list::fleet_set(tx, id, fleet.id)?,
            _ => {}
        }
    }
    tx.changed(Change::Noun("fleet"));
    tx.changed(Change::Noun("customer"));
    Ok(touched)
}

fn driver_insert(tx: &mut Tx<'_>, now: Timestamp, fleet: &Fleet, row: &Wanted) -> Result<CustomerId> {
    let mut driver = Customer::fresh(CustomerSource::Own, row.name.clone().unwrap_or_default(), now);
    driver.phone.clone_from(&row.phone);
    driver.kind = CustomerKind::Driver;
    driver.fleet = Some(fleet.id);
    customers::insert(tx, &driver)
}

/// Somebody whom we knew comes to the fleet; all else about them stays.
fn join(tx: &mut Tx<'_>, actor: &Actor, now: Timestamp, fleet: &Fleet, person: Customer) -> Result<()> {
    let id = person.id;
    customers::fleet_join(tx, id, fleet.id, now)?;
    let detail = json!({"before": {"fleet_id": null}, "after": {"fleet_id": fleet.id}});
    actor.record(tx, now, "customer_update", "customer", id.0, &detail)
}
