//! Whoever looks after a part sees that part, in every list and in every sum.

use crate::databases::databases;
use crate::seed::{DAY, NOON, seed};
use model::access::{Area, Scope};
use model::id::{OperatorId, StationId};
use model::time::{Timestamp, Zone};
use store::Store;
use store::order_filter::OrderFilter;
use store::order_list::order_list;
use store::pile_list::{PileFilter, pile_find, pile_list};
use store::station_list::{StationFilter, station_list};

/// Orders, their sum, piles, stations, piles of the home page, stations of its ranking.
async fn seen(store: &Store, scope: Scope) -> [i64; 6] {
    let orders =
        OrderFilter { from_ms: 0, to_ms: i64::MAX, limit: 200, totals: true, ..OrderFilter::default() };
    let piles = PileFilter { limit: 200, ..PileFilter::default() };
    let read = move |conn: &mut store::Conn| {
        let orders = order_list(conn, &scope, &orders)?;
        let piles = pile_list(conn, &scope, &piles, DAY)?;
        let stations = station_list(conn, &scope, &StationFilter::default())?;
        let home = store::home::home_get(conn, &scope, &Zone::shanghai(), Timestamp::from_ms(NOON))?;
        Ok([
            orders.items.len() as i64,
            orders.totals.unwrap().order_count,
            piles.items.len() as i64,
            stations.items.len() as i64,
            home.piles.total,
            home.rankings.energy.len() as i64,
        ])
    };
    store.read(read).await.unwrap()
}

#[tokio::test]
async fn an_area_narrows_every_list() {
    for database in databases() {
        let store = database.open();
        seed(&store).await;
        let moved = |tx: &mut store::Tx<'_>| {
            tx.execute("UPDATE station SET city_code = '440300' WHERE id = 2", &[]).map(drop)
        };
        store.write(None, moved).await.unwrap();
        let cities = |code: &str| Area::Cities { cities: vec![code.to_owned()] };
        let stations = |id| Area::Stations { stations: vec![StationId(id)] };
        let of = |operator: Option<i64>, area| Scope { operator: operator.map(OperatorId), area };
        let (half, none) = ([30, 30, 5, 1, 5, 1], [0; 6]);
        for (scope, wanted) in [
            (Scope::ALL, [60, 60, 10, 2, 10, 2]),
            (Scope::of_operator(OperatorId(1)), half),
            (of(None, cities("440300")), half),
            (of(None, stations(1)), half),
            (of(Some(1), cities("420100")), half),
            (of(Some(1), cities("440300")), none),
            (of(Some(2), stations(1)), none),
            (of(None, Area::Cities { cities: Vec::new() }), none),
        ] {
            assert_eq!(seen(&store, scope.clone()).await, wanted, "{} {scope:?}", database.name);
        }
        let scope = of(None, cities("440300"));
        let found = store.read(move |conn| {
            Ok([
                pile_find(conn, &scope, "CP-101_x")?.is_some(),
                pile_find(conn, &scope, "CP-201_x")?.is_some(),
            ])
        });
        assert_eq!(found.await.unwrap(), [false, true]);
    }
}
