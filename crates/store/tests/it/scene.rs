//! A small operator to test with: two stations, piles of both protocols, cards.

use model::money::Price;
use model::tariff::{Period, Rate, Tariff};
use model::time::Timestamp;
use store::{Conn, Value};

/// 2026-07-15 12:00 in Shanghai.
pub const NOON: Timestamp = Timestamp::from_ms(1_784_088_000_000);

/// The tariff of the 云快充 vectors: 1.20/1.00/0.70/0.30 + 0.40; 00-07 valley, 07-09 flat, 09-11 peak,
/// 11-14 flat, 14-16 sharp, 16-18 flat, 18-21 peak, 21-22 flat, 22-24 valley.
pub fn tariff() -> Tariff {
    let rate = |electricity| Rate { electricity: Price(electricity), service: Price(40_000) };
    let hours = [3, 3, 3, 3, 3, 3, 3, 2, 2, 1, 1, 2, 2, 2, 0, 0, 2, 2, 1, 1, 1, 2, 3, 3];
    let periods = std::array::from_fn(|i| Period::ALL[hours[i / 2]]);
    Tariff { rates: [rate(120_000), rate(100_000), rate(70_000), rate(30_000)], periods }
}

/// OCPP piles 1..=20 and 云快充 piles 101..=103 of operator 1; OCPP pile 201 of operator 2; pile 301,
/// whose station has no tariff. All of 120 kW. Card 1 `CARD1` may charge once at a time, card 2
/// `CARD2` three times, `BLOCKED` and `EXPIRED` are what they are called; cards 11..=40 are `C11`….
pub fn seed(conn: &mut Conn) {
    let body = serde_json::to_string(&tariff()).unwrap();
    run(
        conn,
        "INSERT INTO operator (id, name, status, created_at_ms) VALUES (1, '甲', 'active', 0), (2, '乙', 'active', 0)",
        &[],
    );
    let sql = "INSERT INTO tariff (id, name, version_no, model_no, body, created_at_ms) VALUES ($1, $2, $3, $4, $5, $6)";
    run(conn, sql, &[1.into(), "夏季".into(), 1.into(), 1.into(), body.into(), 0.into()]);
    run(conn, "INSERT INTO id_lease (noun, next_id) VALUES ('tariff', 2)", &[]);
    for (id, operator, tariff) in [(1, 1, Some(1)), (2, 2, Some(1)), (3, 1, None)] {
        let sql = "INSERT INTO station (id, operator_id, city_code, name, address, time_zone, tariff_id, created_at_ms, version) \
                   VALUES ($1, $2, '420100', $3, '', 'Asia/Shanghai', $4, 0, 1)";
        run(conn, sql, &[id.into(), operator.into(), format!("站{id}").into(), tariff.into()]);
        let sql = "INSERT INTO station_tariff (station_id, from_ms, tariff_id) VALUES ($1, 0, $2)";
        run(conn, sql, &[id.into(), tariff.into()]);
    }
    let ocpp = (1..=20).map(|id| (id, 1, 1, "ocpp1.6", format!("CP-{id}")));
    let ykc = (101..=103).map(|id| (id, 1, 1, "ykc1.6", format!("32010600019{id}")));
    let others = [(201, 2, 2, "ocpp1.6", "CP-201".to_owned()), (301, 3, 1, "ocpp1.6", "CP-301".to_owned())];
    for (id, station, operator, protocol, code) in ocpp.chain(ykc).chain(others) {
        let sql = "INSERT INTO pile (id, code, name, station_id, operator_id, kind, protocol, lifecycle, rated_power_w, \
                   online, created_at_ms, version) VALUES ($1, $2, $3, $4, $5, 'dc', $6, 'enabled', 120000, true, 0, 1)";
        run(
            conn,
            sql,
            &[id.into(), code.clone().into(), code.into(), station.into(), operator.into(), protocol.into()],
        );
    }
    let named = [
        ("CARD1", "accepted", 1),
        ("CARD2", "accepted", 3),
        ("BLOCKED", "blocked", 1),
        ("EXPIRED", "expired", 1),
    ];
    let named =
        named.into_iter().zip(1..).map(|((tag, status, most), id)| (id, tag.to_owned(), status, most));
    for (id, tag, status, most) in named.chain((11..=40).map(|id| (id, format!("C{id}"), "accepted", 1))) {
        let sql =
            "INSERT INTO card (id, tag, status, sessions_max, created_at_ms) VALUES ($1, $2, $3, $4, 0)";
        run(conn, sql, &[id.into(), tag.into(), status.into(), most.into()]);
    }
}

pub fn run(conn: &mut Conn, sql: &str, params: &[Value<'_>]) {
    conn.execute(sql, params).unwrap();
}
