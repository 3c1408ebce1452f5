//! The people behind the cards: private persons, drivers of a ride-hailing fleet and employees of
//! companies, some of them known from a mobility platform.

use super::{CARDS, SEED, habits, tag};
use crate::app::App;
use engine::audit::Actor;
use engine::customer::{CarDraft, CustomerDraft, StandingChange};
use engine::fleet::{FleetDraft, FleetLimitsChange};
use model::access::Scope;
use model::customer::{CustomerKind, CustomerStatus};
use model::fleet::FleetHours;
use model::id::{CustomerId, FleetId};
use model::time::{DAY_MS, Timestamp};
use model::{Error, Result};
use sim::random::Random;
use std::sync::Arc;

const FAMILIES: [&str; 16] =
    ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "欧阳", "司马", "胡", "朱"];
const GIVEN: [&str; 16] =
    ["伟", "芳", "娜", "敏", "静", "强", "磊", "洋", "艳", "勇", "军", "杰", "建国", "晓东", "雨桐", "子涵"];
const MARKS: [&str; 4] = ["A", "D", "F", "E"];

/// A customer for every card, most with a car; a few are frozen.
pub async fn write(app: &Arc<App>) -> Result<()> {
    let (engine, actor) = (&app.engine, Actor::local());
    let mut random = Random::named(SEED, "customers");
    let mut phones = std::collections::HashSet::new();
    let fleets = fleets(app).await?;
    for number in 1..=CARDS {
        let family = random.pick(&FAMILIES).copied().unwrap_or_default();
        let given = random.pick(&GIVEN).copied().unwrap_or_default();
        let mut phone = String::new();
        while phone.is_empty() || !phones.insert(phone.clone()) {
            phone = format!("1{}{:08}", 30 + random.between(0, 69), random.between(0, 99_999_999));
        }
        let kind = match number % 10 {
            0..=5 => CustomerKind::Person,
            6..=8 => CustomerKind::Driver,
            _ => CustomerKind::Employee,
        };
        let tags = if number % 17 == 0 { vec!["高价值".to_owned()] } else { Vec::new() };
        let draft = CustomerDraft {
            name: format!("{family}{given}"),
            phone,
            kind,
            fleet_id: fleets.get(number % 4).copied().filter(|_| kind != CustomerKind::Person),
            tags: Some(tags),
            note: None,
        };
        let id = engine.customer_create(&actor, draft).await?;
        let days = random.between(95, 700);
        let days = if habits::is_new(number) { habits::NEW_DAYS } else { days };
        let registered = app.clock().now().plus_ms(-days * DAY_MS);
        registered_earlier(app, id, registered).await?;
        engine.customer_card_create(&actor, id, &tag(number)).await?;
        if number % 5 > 0 {
            let draft = CarDraft { plate: plate(&mut random, number), vin: None, note: None };
            engine.customer_car_create(&actor, id, draft).await?;
        }
        if number % 80 == 0 {
            let until = app.clock().now().as_ms().checked_add(7 * DAY_MS).ok_or_else(Error::internal)?;
            let freeze = StandingChange {
                version: 1,
                status: CustomerStatus::Frozen,
                reason: Some("多次占位未移车".to_owned()),
                until_ms: (number % 160 == 0).then_some(until),
            };
            engine.customer_status_set(&actor, id, freeze).await?;
        }
    }
    Ok(())
}

/// They were there before the orders of the past three months.
async fn registered_earlier(app: &Arc<App>, id: CustomerId, at: Timestamp) -> Result<()> {
    let write = app.engine.store.write(None, move |tx| {
        let Some(mut customer) = tx.read(|conn| store::customers::get(conn, id))? else { return Ok(()) };
        customer.created_at = at;
        store::customers::update(tx, &customer)
    });
    write.await
}

/// Companies whose drivers charge here, each with some cars of its own.
async fn fleets(app: &Arc<App>) -> Result<Vec<i64>> {
    let (engine, actor) = (&app.engine, Actor::local());
    let mut ids = Vec::new();
    for (place, (name, contact)) in
        [("江城网约车", "赵建国"), ("东湖出租", "孙敏"), ("光谷物流", "吴磊")].into_iter().enumerate()
    {
        let draft = FleetDraft {
            name: name.to_owned(),
            contact_name: Some(contact.to_owned()),
            contact_phone: Some(format!("1390000{:04}", 1_000 + place)),
            note: None,
        };
        let id = engine.fleet_create(&actor, draft).await?;
        for number in 0..6 {
            let plate = format!("鄂AD{:05}", 60_000 + place * 100 + number);
            let draft = CarDraft { plate, vin: None, note: None };
            engine.fleet_car_create(&actor, id, draft).await?;
        }
        ids.push(id.0);
    }
    if let Some(id) = ids.get(1) {
        limits(app, FleetId(*id)).await?;
    }
    Ok(ids)
}

/// One of them charges at some stations only, cheaply at night and whenever it likes at the weekend.
async fn limits(app: &Arc<App>, id: FleetId) -> Result<()> {
    let read = |conn: &mut store::Conn| store::stations::in_scope(conn, &Scope::ALL);
    let mut stations: Vec<i64> = app.engine.store.read(read).await?.into_iter().map(|id| id.0).collect();
    stations.sort_unstable();
    // The cards of its drivers were used at all stations in the past, and are at most of them today.
    stations.pop();
    let hours = vec![
        FleetHours { weekdays: vec![1, 2, 3, 4, 5], from_minute: 0, to_minute: 1_440 },
        FleetHours { weekdays: vec![6, 7], from_minute: 1_320, to_minute: 1_080 },
    ];
    let change = FleetLimitsChange { version: 1, stations: Some(stations), hours };
    app.engine.fleet_limit_set(&Actor::local(), id, change).await
}

/// Two of three are new-energy plates; the number keeps them apart.
fn plate(random: &mut Random, number: usize) -> String {
    let office = random.pick(&["鄂A", "粤B", "沪A", "京A"]).copied().unwrap_or_default();
    let mark = random.pick(&MARKS).copied().unwrap_or_default();
    if number.is_multiple_of(3) {
        format!("{office}{:05}", 20_000 + number)
    } else {
        format!("{office}{mark}{:05}", 30_000 + number)
    }
}
