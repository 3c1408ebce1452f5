//! The lists of the pages: nothing twice, nothing missing, nothing of somebody else.

use crate::databases::databases;
use crate::seed::{DAY, NAMES, NOON, seed};
use model::access::{Area, Scope};
use model::connector::ConnectorStatus;
use model::id::{OperatorId, OrderId};
use model::order::{Abnormality, OrderState};
use model::time::{Timestamp, Zone};
use store::city_list::{CityFilter, CityStatus, city_list};
use store::operator_list::{OperatorFilter, operator_list};
use store::order_filter::{OrderFilter, OrderTime};
use store::order_list::{order_get, order_list};
use store::order_place::order_place;
use store::pile_list::{BY_CODE, PileFilter, PileState, pile_find, pile_get, pile_list};
use store::sort::Sort;
use store::station_list::{StationFilter, station_list};
use store::{Conn, DbResult, Store};

const A: Scope = Scope { operator: Some(OperatorId(1)), area: Area::Everywhere };

async fn read<T: Send + 'static>(
    store: &Store,
    work: impl FnOnce(&mut Conn) -> DbResult<T> + Send + 'static,
) -> T {
    store.read(work).await.unwrap()
}

fn orders(limit: i64) -> OrderFilter {
    OrderFilter { from_ms: 0, to_ms: i64::MAX, limit, totals: true, ..OrderFilter::default() }
}

fn piles(limit: i64) -> PileFilter {
    PileFilter { limit, ..PileFilter::default() }
}

#[tokio::test]
async fn pages_of_orders_have_neither_gaps_nor_repetitions() {
    for database in databases() {
        let store = database.open();
        seed(&store).await;
        for time in [OrderTime::Started, OrderTime::Ended] {
            let mut seen = Vec::new();
            let mut after = None;
            loop {
                let wanted = OrderFilter { time, after, ..orders(7) };
                let page = read(&store, move |conn| order_list(conn, &Scope::ALL, &wanted)).await;
                seen.extend(page.items.iter().map(|order| order.id));
                let Some(cursor) = page.next_cursor else { break };
                let key: Vec<i64> = cursor.split('.').map(|part| part.parse().unwrap()).collect();
                after = Some([key[0], key[1]]);
            }
            let expected = if time == OrderTime::Started { 60 } else { 56 };
            assert_eq!(seen.len(), expected, "{} {time:?}", database.name);
            let mut distinct = seen.clone();
            distinct.sort_unstable();
            distinct.dedup();
            assert_eq!(distinct.len(), expected, "{}", database.name);
        }
    }
}

#[tokio::test]
async fn an_operator_sees_nothing_of_another() {
    for database in databases() {
        let store = database.open();
        seed(&store).await;
        let list = read(&store, |conn| order_list(conn, &A, &orders(200))).await;
        assert!(list.items.iter().all(|order| order.operator_name == NAMES[0]), "{}", database.name);
        let totals = list.totals.unwrap();
        assert_eq!((list.items.len(), list.total, totals.order_count), (30, Some(30), 30));
        assert_eq!((totals.energy_dwh, totals.total_fen), (300_000, 3_000));
        let all = read(&store, |conn| order_list(conn, &Scope::ALL, &orders(200))).await;
        let totals = all.totals.unwrap();
        assert_eq!((totals.order_count, totals.energy_dwh), (60, 900_000));

        let page = read(&store, |conn| pile_list(conn, &A, &piles(200), DAY)).await;
        assert!(page.items.iter().all(|pile| pile.facts.operator_id == 1));
        assert_eq!((page.items.len(), page.total), (5, Some(5)));
        assert!(read(&store, |conn| pile_get(conn, &A, "CP-201_x", DAY)).await.is_none());
        assert!(read(&store, |conn| pile_find(conn, &A, "CP-201_x")).await.is_none());
        assert!(read(&store, |conn| order_get(conn, &A, OrderId(2_000))).await.is_none());
        assert!(read(&store, |conn| order_place(conn, &A, OrderId(2_000))).await.is_none());
        assert_eq!(
            read(&store, |conn| operator_list(conn, &A, &OperatorFilter::default())).await.items.len(),
            1
        );
        let stations = read(&store, |conn| station_list(conn, &A, &StationFilter::default())).await;
        assert_eq!(stations.items.len(), 1);
        assert_eq!((stations.items[0].pile_count, stations.items[0].connector_count), (5, 10));
    }
}

#[tokio::test]
async fn the_filters_of_the_pile_list() {
    for database in databases() {
        let store = database.open();
        seed(&store).await;
        let count = async |wanted: PileFilter| {
            let page = read(&store, move |conn| pile_list(conn, &Scope::ALL, &wanted, DAY)).await;
            assert_eq!(page.total, Some(page.items.len() as i64));
            page.items.len()
        };
        let state = |state| PileFilter { state: Some(state), ..piles(200) };
        let code = |code: &str| PileFilter { code: Some(code.to_owned()), ..piles(200) };
        let operator = |name: &str| PileFilter { operator_name: Some(name.to_owned()), ..piles(200) };
        assert_eq!(count(piles(200)).await, 10, "{}", database.name);
        assert_eq!(count(state(PileState::Offline)).await, 4);
        assert_eq!(count(state(PileState::Connector(ConnectorStatus::Faulted))).await, 2);
        assert_eq!(count(state(PileState::Connector(ConnectorStatus::Available))).await, 6);
        assert_eq!(count(state(PileState::Suspended)).await, 0);
        assert_eq!(count(PileFilter { online: Some(true), ..piles(200) }).await, 6);
        // What was typed is text, whatever it looks like.
        assert_eq!(count(code(" cp-10 ")).await, 5);
        assert_eq!(count(code("_X")).await, 10);
        assert_eq!(count(code("%")).await, 0);
        assert_eq!(count(code("C_-")).await, 0);
        assert_eq!(count(code("'; DROP TABLE pile; --")).await, 0);
        assert_eq!(count(operator("50%_off")).await, 5);
        assert_eq!(count(operator("0%o")).await, 0);
        assert_eq!(count(PileFilter { city_name: Some("汉".to_owned()), ..piles(200) }).await, 10);
        assert_eq!(count(PileFilter { station_name: Some("station-2".to_owned()), ..piles(200) }).await, 5);
    }
}

#[tokio::test]
async fn pages_of_piles_follow_one_another_and_carry_their_connectors() {
    for database in databases() {
        let store = database.open();
        seed(&store).await;
        let (mut codes, mut sort) = (Vec::new(), Sort::by(BY_CODE));
        loop {
            let wanted = PileFilter { sort: sort.clone(), ..piles(3) };
            let page = read(&store, move |conn| pile_list(conn, &Scope::ALL, &wanted, DAY)).await;
            for pile in &page.items {
                assert_eq!(
                    pile.connectors.iter().map(|c| c.no).collect::<Vec<_>>(),
                    [1, 2],
                    "{}",
                    database.name
                );
                codes.push(pile.facts.code.clone());
            }
            let Some(cursor) = page.next_cursor else { break };
            sort = sort.turned_to(Some(&cursor)).unwrap();
        }
        assert_eq!(codes.len(), 10);
        assert!(codes.is_sorted(), "{codes:?}");
        let pile = read(&store, |conn| pile_get(conn, &Scope::ALL, "CP-105_x", DAY)).await.unwrap();
        let order = pile.connectors[0].order.as_ref().unwrap();
        assert_eq!((order.id, order.token.as_deref()), (1_029, Some("****0029")));
        assert_eq!(order.order_no, "202611230000001029");
        assert!(pile.facts.today_energy_dwh > 0 && pile.connectors[1].order.is_none());
    }
}

#[tokio::test]
async fn the_filters_of_the_order_list() {
    for database in databases() {
        let store = database.open();
        seed(&store).await;
        let count = async |wanted: OrderFilter| {
            let list = read(&store, move |conn| order_list(conn, &Scope::ALL, &wanted)).await;
            assert_eq!(list.totals.unwrap().order_count, list.items.len() as i64);
            list.items.len()
        };
        assert_eq!(count(OrderFilter { state: Some(OrderState::Abnormal), ..orders(200) }).await, 2);
        let abnormality = |which| OrderFilter { abnormality: Some(which), ..orders(200) };
        assert_eq!(count(abnormality(Abnormality::MeterBackwards)).await, 2, "{}", database.name);
        assert_eq!(count(abnormality(Abnormality::NoRecord)).await, 0);
        assert_eq!(count(OrderFilter { id: Some(OrderId(1_003)), ..orders(200) }).await, 1);
        let token = |token: &str| OrderFilter { token: Some(token.to_owned()), ..orders(200) };
        assert_eq!(count(token("card0003")).await, 2);
        assert_eq!(count(token("CARD000")).await, 0);
        assert_eq!(count(OrderFilter { pile_code: Some("cp-101".to_owned()), ..orders(200) }).await, 6);
        // Of one pile: its whole code, as it is written.
        for (pile, expected) in [("CP-101_x", 6), ("CP-101", 0), ("cp-101_x", 0), ("", 0)] {
            let of_pile = OrderFilter { pile: Some(pile.to_owned()), ..orders(200) };
            assert_eq!(count(of_pile).await, expected, "{pile:?} {}", database.name);
        }
        assert_eq!(count(OrderFilter { operator_name: Some("beta".to_owned()), ..orders(200) }).await, 30);
        assert_eq!(count(OrderFilter { from_ms: NOON, ..orders(200) }).await, 4);
        assert_eq!(count(OrderFilter { to_ms: NOON, ..orders(200) }).await, 56);
    }
}

#[tokio::test]
async fn the_home_page_counts_what_is_there() {
    for database in databases() {
        let store = database.open();
        seed(&store).await;
        for (scope, factor) in [(Scope::ALL, 2), (A, 1)] {
            let home = read(&store, move |conn| {
                store::home::home_get(conn, &scope, &Zone::shanghai(), Timestamp::from_ms(NOON))
            })
            .await;
            assert_eq!(home.day, DAY, "{}", database.name);
            assert_eq!((home.today.order_count, home.today.success_permille), (28 * factor, Some(1_000)));
            assert_eq!(home.hours[10].order_count, 28 * factor);
            assert_eq!(home.days.last().map(|day| (day.day, day.order_count)), Some((DAY, 28 * factor)));
            assert_eq!((home.hours.len(), home.days.len()), (24, 30));
            assert_eq!(home.yesterday_same_time, store::home::HomeFigures::default());
            assert_eq!((home.piles.online, home.piles.total), (3 * factor, 5 * factor));
            assert_eq!((home.connectors.faulted, home.connectors.offline), (factor, 4 * factor));
            assert_eq!(home.connectors.total, 10 * factor);
            assert_eq!(home.charging_order_count, factor);
            assert_eq!(home.todo.abnormal_order_count, factor);
            assert_eq!(home.rankings.energy.len() as i64, factor);
        }
    }
}

/// What waits for a person is counted as the list chooses to which the figure leads.
#[tokio::test]
async fn the_figures_of_the_home_page_agree_with_their_lists() {
    for database in databases() {
        let store = database.open();
        seed(&store).await;
        let retire = |tx: &mut store::Tx<'_>| {
            // One that is off line and one that is faulted, out of service for good.
            tx.execute("UPDATE pile SET lifecycle = 'retired' WHERE id IN (104, 201)", &[]).map(drop)
        };
        store.write(None, retire).await.unwrap();
        for scope in [Scope::ALL, A] {
            let (scope_home, now) = (scope.clone(), Timestamp::from_ms(NOON));
            let home =
                read(&store, move |conn| store::home::home_get(conn, &scope_home, &Zone::shanghai(), now))
                    .await;
            let count = async |wanted: PileFilter| {
                let scope = scope.clone();
                read(&store, move |conn| pile_list(conn, &scope, &wanted, DAY)).await.total.unwrap()
            };
            let served = |wanted: PileFilter| PileFilter { retired: Some(false), ..wanted };
            let offline = served(PileFilter { online: Some(false), ..piles(50) });
            assert_eq!(home.todo.offline_pile_count, count(offline).await, "{}", database.name);
            let faulted = PileState::Connector(ConnectorStatus::Faulted);
            let faulted = PileFilter { state: Some(faulted), ..piles(50) };
            assert_eq!(home.todo.faulted_pile_count, count(served(faulted)).await, "{}", database.name);
            let retired = PileFilter { retired: Some(true), ..piles(50) };
            assert_eq!(count(retired).await, if scope == Scope::ALL { 2 } else { 1 });
            let (scope, wanted) =
                (scope.clone(), OrderFilter { state: Some(OrderState::Abnormal), ..orders(200) });
            let list = read(&store, move |conn| order_list(conn, &scope, &wanted)).await;
            assert_eq!(Some(home.todo.abnormal_order_count), list.total);
        }
    }
}

#[tokio::test]
async fn strangers_are_remembered_up_to_a_limit() {
    for database in databases() {
        let store = database.open();
        let knock = store::unknown_piles::UnknownPile {
            code: "X1".to_owned(),
            protocol: "ocpp1.6".to_owned(),
            remote_address: "10.0.0.1".to_owned(),
            first_seen_ms: 5,
            last_seen_ms: 5,
            attempts: 1,
            vendor: None,
            model: Some("M".to_owned()),
        };
        for at in [5, 9] {
            let knock = store::unknown_piles::UnknownPile { last_seen_ms: at, ..knock.clone() };
            store.write(None, move |tx| store::unknown_piles::note(tx, &knock)).await.unwrap();
        }
        let list = read(&store, store::unknown_piles::unknown_pile_list).await;
        let expected = store::unknown_piles::UnknownPile { last_seen_ms: 9, attempts: 2, ..knock };
        assert_eq!(list.items, [expected], "{}", database.name);
        store
            .write(None, |tx| {
                assert!(store::unknown_piles::remove(tx, "X1")?);
                assert!(!store::unknown_piles::remove(tx, "X1")?);
                Ok(())
            })
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn an_order_comes_with_all_that_explains_it() {
    for database in databases() {
        let store = database.open();
        seed(&store).await;
        store
            .write(None, |tx| {
                tx.execute(
                    "INSERT INTO tariff (id, name, version_no, model_no, body, created_at_ms) \
                     VALUES (7, '分时', 3, 1, $1, 0)",
                    &[serde_json::to_string(&crate::scene::tariff()).unwrap().into()],
                )?;
                tx.execute(
                    "INSERT INTO staff (id, account, name, role, area, password, disabled, created_at_ms) \
                     VALUES (5, 'lilei', '李雷', 'admin', '{\"kind\":\"everywhere\"}', '', false, 0)",
                    &[],
                )?;
                tx.execute(
                    "UPDATE orders SET tariff_id = 7, staff_id = 5, meter_start_dwh = 11, meter_end_dwh = 22, \
                     vin = 'VIN', skew_ms = 33, stop_code = 'ocpp:Local', stop_class = 'normal' WHERE id = 1000",
                    &[],
                )?;
                tx.execute(
                    "UPDATE order_detail SET pile_bill = $1 WHERE order_id = 1000",
                    &["{\"periods\":[{\"period\":\"peak\",\"price_e5\":1,\"energy_dwh\":2,\"amount_e4\":3}],\"x\":0}".into()],
                )?;
                tx.execute(
                    "INSERT INTO command (id, pile_id, connector_no, order_id, kind, body, staff_id, state, message, \
                     detail, created_at_ms, deadline_ms, ended_at_ms) \
                     VALUES (1, 101, 1, 1000, 'start', '{}', 5, 'accepted', NULL, NULL, 1, 2, 3)",
                    &[],
                )?;
                Ok(())
            })
            .await
            .unwrap();
        let order = read(&store, |conn| order_get(conn, &A, OrderId(1_000))).await.unwrap();
        let tariff = order.tariff.as_ref().map(|tariff| (tariff.name.as_str(), tariff.version_no));
        assert_eq!(tariff, Some(("分时", 3)), "{}", database.name);
        assert_eq!(
            (order.order.meter_start_dwh, order.order.meter_end_dwh, order.skew_ms),
            (Some(11), Some(22), Some(33))
        );
        assert_eq!((order.order.vin.as_deref(), order.started_by.as_deref()), (Some("VIN"), Some("李雷")));
        assert_eq!((order.time_zone.as_str(), order.order.pile_id), ("Asia/Shanghai", 101));
        assert_eq!(order.pile_segments.as_ref().map(|segments| segments[0].amount_e4), Some(3));
        assert_eq!((order.commands.len(), order.commands[0].staff_name.as_deref()), (1, Some("李雷")));
        assert_eq!(order.order.stop_code.as_deref(), Some("ocpp:Local"));
        let place = read(&store, |conn| order_place(conn, &A, OrderId(1_000))).await.unwrap();
        assert_eq!(place.frames.pile.0, 101);
        let commands =
            read(&store, |conn| store::command_list::command_list(conn, model::id::PileId(101), None, 20));
        assert_eq!(commands.await.items[0].pile_code, "CP-101_x");
        let hidden = read(&store, |conn| {
            let other = Scope::of_operator(OperatorId(2));
            store::command_list::command_get(conn, &other, model::id::CommandId(1))
        });
        assert!(hidden.await.is_none());
    }
}

#[tokio::test]
async fn the_lists_of_cities_and_operators_count_what_the_reader_sees() {
    for database in databases() {
        let store = database.open();
        seed(&store).await;
        for (scope, stations) in [(Scope::ALL, 2), (A, 1)] {
            let wanted = CityFilter { now_ms: NOON, today: DAY, ..CityFilter::default() };
            let whose = scope.clone();
            let city = read(&store, move |conn| city_list(conn, &whose, &wanted)).await.items.remove(0);
            assert_eq!((city.operator_count, city.station_count), (stations, stations));
            assert_eq!((city.pile_count, city.connector_count), (5 * stations, 10 * stations));
            assert!(city.month_energy_dwh > 0);
            let wanted = OperatorFilter { name: Some("50%_off".to_owned()), ..OperatorFilter::default() };
            let operator =
                read(&store, move |conn| operator_list(conn, &scope, &wanted)).await.items.remove(0);
            assert_eq!((operator.station_count, operator.pile_count, operator.connector_count), (1, 5, 10));
        }
        let paused = CityFilter { status: Some(CityStatus::Paused), now_ms: NOON, ..CityFilter::default() };
        assert_eq!(read(&store, move |conn| city_list(conn, &A, &paused)).await.items.len(), 0);
    }
}
