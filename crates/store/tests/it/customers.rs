//! 用户: the sums that come with each order, and a big list that stays fast.

use crate::databases::databases;
use crate::seed::NOON;
use model::access::Scope;
use model::customer::{CustomerKind, CustomerSource};
use model::energy::Energy;
use model::fleet::FleetHours;
use model::id::{CustomerId, FleetId, OperatorId, PileId, StationId};
use model::money::Fen;
use model::time::Timestamp;
use std::time::Instant;
use store::cards::{self, NewCard};
use store::customer_filter::CustomerFilter;
use store::customer_list::customer_list;
use store::customers::{Customer, insert};
use store::fleets::{self, Fleet};
use store::rollups::Ended;
use store::{Store, Tx};

fn ended(customer: Option<i64>, station: i64, at: i64) -> Ended {
    Ended {
        pile: PileId(1),
        station: StationId(station),
        operator: OperatorId(station),
        customer: customer.map(CustomerId),
        started_at: Timestamp::from_ms(at),
        ended_at: Timestamp::from_ms(at),
        day: 20_261_123,
        hour: 12,
        success: true,
        energy: Energy::from_dwh(100),
        electricity: Fen(6),
        service: Fen(4),
        total: Fen(10),
        discount: Fen(0),
        occupancy: Fen(0),
    }
}

async fn page(store: &Store, scope: Scope, wanted: CustomerFilter) -> store::customer_list::CustomerList {
    let now = Timestamp::from_ms(NOON);
    store.read(move |conn| customer_list(conn, &scope, &wanted, now)).await.unwrap()
}

#[tokio::test]
async fn what_a_customer_has_charged_is_summed_up_with_each_order() {
    for database in databases() {
        let store = database.open();
        let work = |tx: &mut Tx<'_>| {
            let person = Customer::fresh(CustomerSource::Own, "甲".to_owned(), Timestamp::from_ms(NOON));
            insert(tx, &person)?;
            for (customer, station, at) in
                [(Some(1), 1, 50), (Some(1), 1, 40), (Some(1), 2, 60), (None, 1, 70)]
            {
                tx.order_count(ended(customer, station, at));
            }
            Ok(())
        };
        store.write(None, work).await.unwrap();
        store
            .write(None, |tx| {
                tx.order_count(ended(Some(1), 2, 30));
                Ok(())
            })
            .await
            .unwrap();
        let filter = || CustomerFilter { limit: 20, ..CustomerFilter::default() };
        let all = page(&store, Scope::ALL, filter()).await;
        let row = &all.items[0];
        assert_eq!((row.order_count, row.energy_dwh, row.total_fen), (4, 400, 40), "{}", database.name);
        assert_eq!(row.last_charged_ms, Some(60));
        assert_eq!(all.totals.map(|sum| sum.order_count), Some(4));
        let one = page(&store, Scope::of_operator(OperatorId(1)), filter()).await;
        assert_eq!((one.items[0].order_count, one.items[0].last_charged_ms), (2, Some(50)));
        assert!(page(&store, Scope::of_operator(OperatorId(3)), filter()).await.items.is_empty());
        // The last charge lies in the range only if none comes after it.
        for (from, to, expected) in [(55, 61, 1), (45, 55, 0), (60, 61, 1), (61, 99, 0), (0, 60, 0)] {
            let wanted = CustomerFilter { charged_from_ms: Some(from), charged_to_ms: Some(to), ..filter() };
            assert_eq!(page(&store, Scope::ALL, wanted).await.items.len(), expected, "{from}..{to}");
        }
    }
}

/// So many customers, each with an order at one of fifty stations.
async fn crowd(store: &Store, many: i64) {
    let names: Vec<char> =
        "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗伟芳娜敏静强磊洋艳勇军杰涛明超".chars().collect();
    for from in (0..many).step_by(5_000) {
        let names = names.clone();
        let work = move |tx: &mut Tx<'_>| {
            for n in from..(from + 5_000).min(many) {
                let of = |k: i64| names[usize::try_from(n * k % 35).unwrap()];
                let name: String = [of(7), of(11), of(13)].iter().take(2 + (n % 2) as usize).collect();
                let mut person =
                    Customer::fresh(CustomerSource::Own, name, Timestamp::from_ms(NOON - n * 60_000));
                person.phone = Some(format!("1{}{:08}", 30 + n % 60, n * 7_919 % 100_000_000));
                person.kind = if n % 1_000 == 0 { CustomerKind::Employee } else { CustomerKind::Person };
                if n % 500 == 3 {
                    person.standing.decided = model::customer::CustomerStatus::Frozen;
                }
                insert(tx, &person)?;
                tx.order_count(ended(Some(n + 1), 1 + n % 50, NOON - n * 30_000));
            }
            Ok(())
        };
        store.write(None, work).await.unwrap();
    }
}

/// `PILEOPS_TEST_MANY=1000000 cargo test -p pileops-store --release customers::many -- --nocapture`
/// prints how long the list takes among so many.
#[tokio::test]
async fn many_customers_are_found_quickly() {
    let many: i64 = std::env::var("PILEOPS_TEST_MANY").ok().and_then(|n| n.parse().ok()).unwrap_or(2_000);
    for database in databases() {
        let store = database.open();
        crowd(&store, many).await;
        let base = || CustomerFilter { limit: 20, ..CustomerFilter::default() };
        let text = |text: &str| Some(text.to_owned());
        for (name, scope, wanted) in [
            ("default", Scope::ALL, base()),
            ("id", Scope::ALL, CustomerFilter { id: text("12"), ..base() }),
            ("name common", Scope::ALL, CustomerFilter { name: text("王"), ..base() }),
            ("name rare", Scope::ALL, CustomerFilter { name: text("王伟芳"), ..base() }),
            ("phone front 3", Scope::ALL, CustomerFilter { phone: text("138"), ..base() }),
            ("phone back 4", Scope::ALL, CustomerFilter { phone: text("1234"), ..base() }),
            ("kind rare", Scope::ALL, CustomerFilter { kind: Some(CustomerKind::Employee), ..base() }),
            (
                "frozen",
                Scope::ALL,
                CustomerFilter { status: Some(model::customer::CustomerStatus::Frozen), ..base() },
            ),
            (
                "active",
                Scope::ALL,
                CustomerFilter { status: Some(model::customer::CustomerStatus::Active), ..base() },
            ),
            ("registered", Scope::ALL, CustomerFilter { to_ms: Some(NOON - 60_000 * many / 2), ..base() }),
            (
                "charged lately",
                Scope::ALL,
                CustomerFilter { charged_from_ms: Some(NOON - 86_400_000), ..base() },
            ),
            (
                "charged long ago",
                Scope::ALL,
                CustomerFilter { charged_to_ms: Some(NOON - 30_000 * many / 2), ..base() },
            ),
            ("operator", Scope::of_operator(OperatorId(7)), base()),
            (
                "operator, name",
                Scope::of_operator(OperatorId(7)),
                CustomerFilter { name: text("王"), ..base() },
            ),
        ] {
            let begun = Instant::now();
            let found = page(&store, scope.clone(), wanted.clone()).await;
            let first = begun.elapsed();
            let begun = Instant::now();
            page(&store, scope, wanted).await;
            let again = begun.elapsed();
            println!(
                "{} {name}: {} rows, total {:?}, {first:?}, again {again:?}",
                database.name,
                found.items.len(),
                found.total
            );
        }
    }
}

#[tokio::test]
async fn where_and_when_a_fleet_charges_comes_with_its_drivers_cards() {
    for database in databases() {
        let store = database.open();
        let now = Timestamp::from_ms(NOON);
        let hours = FleetHours { weekdays: vec![1, 7], from_minute: 1_320, to_minute: 360 };
        let mut fleet = Fleet {
            id: FleetId(0),
            name: "东湖出租".to_owned(),
            contact_name: String::new(),
            contact_phone: None,
            note: String::new(),
            stations: Some(vec![StationId(2), StationId(5)]),
            hours: vec![hours],
            version: 1,
        };
        let made = fleet.clone();
        let write = move |tx: &mut Tx<'_>| {
            let mut fleet = made.clone();
            fleet.id = fleets::insert(tx, &fleet, now)?;
            let mut driver = Customer::fresh(CustomerSource::Own, "甲".to_owned(), now);
            driver.phone = Some("13800000001".to_owned());
            let driver = insert(tx, &driver)?;
            let card = NewCard {
                tag: "F1".to_owned(),
                status: model::card::CardStatus::Accepted,
                group: None,
                expires_at_ms: None,
                sessions_max: 1,
            };
            cards::insert(tx, &card, now)?;
            cards::customer_set(tx, "F1", Some(driver))?;
            assert_eq!(tx.card("F1")?.unwrap().fleet, None, "and it is remembered");
            store::customers::fleet_join(tx, driver, fleet.id, now)?;
            tx.cards_changed(|card| card.customer == Some(driver));
            let card = tx.card("F1")?.unwrap();
            assert_eq!((card.fleet, card.limits.as_ref()), (Some(fleet.id), None), "a fleet without limits");
            fleets::limits_set(tx, &fleet)?;
            tx.cards_changed(|card| card.fleet == Some(fleet.id));
            let limits = tx.card("F1")?.unwrap().limits.clone().unwrap();
            assert_eq!((&limits.stations, &limits.hours), (&fleet.stations, &fleet.hours));
            Ok(fleet.id)
        };
        fleet.id = store.write(None, write).await.unwrap();
        let id = fleet.id;
        assert_eq!(store.read(move |conn| fleets::get(conn, id)).await.unwrap().unwrap(), fleet);
        // More than are looked up at once, of which one is there.
        let phones: Vec<String> = (0..1_200).map(|n| format!("138{n:08}")).collect();
        let found = store.read(move |conn| store::customers::by_phones(conn, &phones)).await.unwrap();
        assert_eq!(found.iter().filter_map(|one| one.fleet).collect::<Vec<_>>(), [id]);
        let tags = vec!["F1".to_owned(), "F2".to_owned()];
        assert_eq!(store.read(move |conn| cards::by_tags(conn, &tags)).await.unwrap().len(), 1);
    }
}
