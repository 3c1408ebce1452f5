//! The map at the size of a whole country.

use crate::databases::{databases, wait};
use model::access::Scope;
use model::geo::Datum;
use std::time::{Duration, Instant};
use store::map::{MapFilter, MapLevel, MapPiles, map_get};
use store::station_list::StationFilter;

const STATIONS: i64 = 2_000;
const PILES: i64 = 20_000;

/// As many stations and piles as the largest installation, spread over ten cities of two provinces.
const FILL: [&str; 5] = [
    "INSERT INTO operator (id, name, status, created_at_ms) VALUES (1, '甲', 'enabled', 0)",
    "INSERT INTO city (code, province, name, status) WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n \
     WHERE i < 9) SELECT CAST(420100 + i % 2 * 10000 + i * 100 AS TEXT), '省' || CAST(i % 2 AS TEXT), \
     '市' || CAST(i AS TEXT), 'open' FROM n",
    "INSERT INTO station (id, operator_id, city_code, name, address, longitude_e6, latitude_e6, time_zone, \
     created_at_ms, version) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) \
     SELECT i, 1, CAST(420100 + i % 10 % 2 * 10000 + i % 10 * 100 AS TEXT), '站' || CAST(i AS TEXT), '', \
     114000000 + i * 100, 30000000 + i * 50, 'Asia/Shanghai', 0, 1 FROM n",
    "INSERT INTO pile (id, code, name, station_id, operator_id, kind, protocol, lifecycle, rated_power_w, online, \
     created_at_ms, version) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) \
     SELECT i, 'P' || CAST(i AS TEXT), '桩', i % 2000 + 1, 1, 'dc', 'ocpp1.6', 'enabled', 120000, true, 0, 1 FROM n",
    "INSERT INTO connector (id, pile_id, no, status, status_at_ms) SELECT id * 1000 + 1, id, 1, \
     CASE WHEN id % 3 = 0 THEN 'charging' ELSE 'available' END, 0 FROM pile",
];

#[test]
fn the_map_of_20_000_piles_is_counted_at_once() {
    for database in databases() {
        let store = database.open();
        wait(store.write(None, |tx| {
            for sql in FILL {
                tx.execute(sql, &[])?;
            }
            Ok(())
        }))
        .unwrap();
        for level in [MapLevel::Province, MapLevel::City, MapLevel::Station] {
            let wanted = MapFilter {
                stations: StationFilter::default(),
                level,
                bounds: None,
                datum: Datum::Gcj02,
                piles: MapPiles { power_from_w: Some(1), ..MapPiles::default() },
                state: None,
            };
            let begun = Instant::now();
            let view = wait(store.read(move |conn| map_get(conn, &Scope::ALL, &wanted))).unwrap();
            let took = begun.elapsed();
            assert_eq!((view.station_count, view.counts.pile_count), (STATIONS, PILES));
            assert_eq!(view.counts.available_count + view.counts.charging_count, PILES);
            let groups = match level {
                MapLevel::Province => 2,
                MapLevel::City => 10,
                MapLevel::Station => 0,
            };
            assert_eq!((view.groups.len(), view.stations.len()), (groups, 500));
            // Far more than it takes, so that a busy machine does not fail it: the aim is 300 ms.
            eprintln!("{level:?}: {took:?}");
            assert!(took < Duration::from_secs(3), "{level:?}: {took:?}");
        }
    }
}
