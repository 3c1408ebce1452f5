//! Orders by whom, which car, how much and why they ended, and sorted by what a reader names.

use crate::databases::databases;
use crate::seed::{order, seed};
use model::access::Scope;
use model::energy::Energy;
use model::id::CustomerId;
use model::money::Fen;
use model::order::StopClass;
use model::time::Timestamp;
use store::filter::Paging;
use store::order_filter::{OrderFilter, SORTS, Span};
use store::order_list::{OrderView, order_list};
use store::order_totals::order_totals_get;
use store::sort::Sort;
use store::{Store, Tx};

/// More than are named one by one in a statement.
const CROWD: i64 = 260;

fn more(tx: &mut Tx<'_>) -> model::Result<()> {
    tx.execute("UPDATE station SET city_code = '440300' WHERE id = 2", &[])?;
    tx.execute(
        "INSERT INTO city (code, province, name, status) VALUES ('440300', '广东', '深圳', 'open')",
        &[],
    )?;
    tx.execute(
        "INSERT INTO fleet (id, name, contact_name, note, created_at_ms, version) VALUES (3, '江城快送 A', '', '', 0, 1)",
        &[],
    )?;
    for n in 0..CROWD {
        let (phone, back) =
            (format!("138{n:04}0000"), format!("138{n:04}0000").chars().rev().collect::<String>());
        tx.execute(
            "INSERT INTO customer (id, name, phone, phone_back, fleet_id, created_at_ms) VALUES ($1, 'c', $2, $3, $4, 0)",
            &[(100 + n).into(), phone.into(), back.into(), (n == 5).then_some(3i64).into()],
        )?;
    }
    for n in 0..8i64 {
        let mut order = order(7_000 + n, 1 + n % 2, n);
        order.customer = Some(CustomerId(100 + n));
        order.connector = 1 + (n % 2) as u16;
        order.vin = (n % 4 == 0).then(|| format!("LSVAU2180C218{n:04}"));
        order.stop_class = Some(if n == 3 { StopClass::Emergency } else { StopClass::Normal });
        order.energy = Energy::from_dwh(5 * (n % 3));
        order.total = Fen(10_000 + n);
        order.ended_at = (n != 6).then(|| Timestamp::from_ms(order.started_at.as_ms() + 1_000 * n));
        tx.order_save(&order);
    }
    Ok(())
}

fn all() -> OrderFilter {
    OrderFilter { from_ms: 0, to_ms: i64::MAX, limit: 200, ..OrderFilter::default() }
}

async fn found(store: &Store, wanted: &OrderFilter) -> Vec<OrderView> {
    let asked = wanted.clone();
    let page = store.read(move |conn| order_list(conn, &Scope::ALL, &asked)).await.unwrap();
    let asked = wanted.clone();
    let totals = store.read(move |conn| order_totals_get(conn, &Scope::ALL, &asked)).await.unwrap();
    assert_eq!(totals.order_count, page.items.len() as i64, "the totals are of the same orders: {wanted:?}");
    assert_eq!(totals.total_fen, page.items.iter().map(|order| order.total_fen).sum::<i64>());
    page.items
}

fn questions() -> Vec<(Vec<i64>, OrderFilter)> {
    let text = |text: &str| Some(text.to_owned());
    let span = |from, to| Span { from, to };
    vec![
        (vec![7003], OrderFilter { phone: text("0030000"), ..all() }),
        (vec![7002], OrderFilter { phone: text("13800020000"), ..all() }),
        // More numbers end so than are named one by one.
        ((7000..7008).collect(), OrderFilter { phone: text("0000"), ..all() }),
        (vec![7005], OrderFilter { phone: text("0000"), fleet_name: text("快送 a"), ..all() }),
        (vec![7005], OrderFilter { fleet_name: text("江城"), ..all() }),
        (vec![], OrderFilter { fleet_name: text("江城"), phone: text("40000"), ..all() }),
        (vec![7000], OrderFilter { vin: text("LSVAU2180C2180000"), ..all() }),
        (vec![], OrderFilter { vin: text("LSVAU2180C218"), ..all() }),
        (vec![7003], OrderFilter { stop_class: Some(StopClass::Emergency), ..all() }),
        (
            (7000..7008).filter(|id| *id != 7003).collect(),
            OrderFilter { stop_class: Some(StopClass::Normal), ..all() },
        ),
        (vec![7002, 7005], OrderFilter { energy_dwh: span(Some(6), Some(10)), ..all() }),
        (vec![7006, 7007], OrderFilter { total_fen: span(Some(10_006), None), ..all() }),
        (vec![7000], OrderFilter { total_fen: span(Some(10_000), Some(10_000)), ..all() }),
        (vec![7001, 7003, 7005, 7007], OrderFilter { connector_no: Some(2), ..all() }),
        (
            vec![7003],
            OrderFilter { city_name: text("深圳"), stop_class: Some(StopClass::Emergency), ..all() },
        ),
        (vec![], OrderFilter { city_name: text("武汉"), stop_class: Some(StopClass::Emergency), ..all() }),
        (vec![], OrderFilter { city_name: text("武汉"), station_name: text("station-2"), ..all() }),
    ]
}

#[tokio::test]
async fn orders_are_found_by_person_car_amount_and_end() {
    for database in databases() {
        let store = database.open();
        seed(&store).await;
        store.write(None, more).await.unwrap();
        for (expected, wanted) in questions() {
            let mut ids: Vec<i64> = found(&store, &wanted).await.iter().map(|order| order.id).collect();
            ids.sort_unstable();
            assert_eq!(ids, expected, "{} {wanted:?}", database.name);
        }
        let city =
            found(&store, &OrderFilter { city_name: Some("深".to_owned()), connector_no: Some(1), ..all() })
                .await;
        assert!(city.len() == 30 && city.iter().all(|order| order.station_id == 2), "{}", database.name);
        let one = &found(&store, &OrderFilter { phone: Some("13800050000".to_owned()), ..all() }).await[0];
        assert_eq!(one.customer_phone.as_deref(), Some("138****0000"));
        assert_eq!((one.fleet_name.as_deref(), one.vin.as_deref()), (Some("江城快送 A"), None));
    }
}

#[tokio::test]
async fn sorted_pages_have_neither_gaps_nor_repetitions() {
    for database in databases() {
        let store = database.open();
        seed(&store).await;
        store.write(None, more).await.unwrap();
        for column in SORTS {
            for sign in ["", "-"] {
                let chosen = format!("{sign}{}", column.name);
                let (mut ids, mut energies, mut cursor) = (Vec::new(), Vec::new(), None);
                loop {
                    let paging = Paging { cursor, limit: None };
                    let sort = Sort::of(Some(&chosen), SORTS, &paging).unwrap();
                    let wanted = OrderFilter { sort, limit: 7, ..all() };
                    let page = store.read(move |conn| order_list(conn, &Scope::ALL, &wanted)).await.unwrap();
                    ids.extend(page.items.iter().map(|order| order.id));
                    energies.extend(page.items.iter().map(|order| order.energy_dwh));
                    cursor = page.next_cursor;
                    if cursor.is_none() {
                        break;
                    }
                }
                if column.name == "energy_dwh" {
                    let sorted =
                        if sign == "-" { energies.is_sorted_by(|a, b| a >= b) } else { energies.is_sorted() };
                    assert!(sorted, "{} {chosen}: {energies:?}", database.name);
                }
                ids.sort_unstable();
                ids.dedup();
                assert_eq!(ids.len(), 68, "{} {chosen}", database.name);
            }
        }
    }
}
