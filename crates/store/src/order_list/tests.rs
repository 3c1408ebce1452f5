use super::*;
use crate::db::{Purpose, Source};
use model::access::Area;
use model::id::OperatorId;

/// Which index the orders are read by, for the page and for the totals. SQLite has no statistics in
/// service: these are the plans there, too, at any number of orders.
#[test]
fn lists_are_read_by_index() {
    let mut conn = Conn::open(&Source::Sqlite(":memory:".into()), Purpose::Write).unwrap();
    crate::migrate::migrate(&mut conn, Timestamp::from_ms(0)).unwrap();
    conn.script(
        "INSERT INTO operator (id, name, status, created_at_ms) VALUES (1, 'one', 'enabled', 0); \
         INSERT INTO station (id, operator_id, city_code, name, address, time_zone, created_at_ms, version) \
         VALUES (1, 1, '420100', 'one', '', 'Asia/Shanghai', 0, 1)",
    )
    .unwrap();
    for n in 0..200 {
        let sql = format!(
            "INSERT INTO pile (id, code, name, station_id, operator_id, kind, protocol, lifecycle, \
            rated_power_w, online, created_at_ms, version) VALUES ({n}, 'P{n}', '', 1, 1, 'dc', 'ocpp1.6', 'enabled', 1, 1, 0, 1)"
        );
        conn.script(&sql).unwrap();
    }
    let one = Scope { operator: Some(OperatorId(1)), ..Scope::ALL };
    const DAYS: &str = "order_day";
    const REST: &str = "orders_not_completed";
    type Case = (&'static [&'static str], &'static [&'static str], fn(&mut OrderFilter));
    let cases: &[Case] = &[
        (&["orders_started"], &[DAYS, "orders_started", "orders_started", REST], |_| ()),
        (&["orders_ended"], &["orders_ended"], |wanted| wanted.time = OrderTime::Ended),
        (&[REST], &[REST], |wanted| wanted.state = Some(OrderState::Abnormal)),
        (&[REST], &[REST], |wanted| wanted.state = Some(OrderState::Failed)),
        (&["orders_abnormal"], &["orders_abnormal"], |wanted| {
            wanted.abnormality = Some(Abnormality::NoRecord)
        }),
        (&["orders_mode"], &["orders_mode"], |wanted| wanted.start_mode = Some(StartMode::Pile)),
        (&["orders_started"], &["orders_started"], |wanted| wanted.start_mode = Some(StartMode::App)),
        (&["(session_key=?"], &["(session_key=?"], |wanted| wanted.session_key = Some("1".to_owned())),
        (&["orders_token"], &["orders_token"], |wanted| wanted.token = Some("C".to_owned())),
        (&["orders_vin"], &["orders_vin"], |wanted| wanted.vin = Some("V".to_owned())),
        (&["orders_vin"], &["orders_vin"], |wanted| wanted.plate = Some("P".to_owned())),
        (&["orders_stop"], &["orders_stop"], |wanted| wanted.stop_class = Some(StopClass::Fault)),
        (&["orders_started"], &["orders_started"], |wanted| wanted.stop_class = Some(StopClass::Normal)),
        (&["PRIMARY KEY (rowid=?)"], &["PRIMARY KEY (rowid=?)"], |wanted| {
            wanted.paid_state = Some(PaidState::Owed);
        }),
        (&["orders_started"], &["orders_started"], |wanted| wanted.paid_state = Some(PaidState::Paid)),
        (&["orders_customer"], &["orders_customer"], |wanted| wanted.phone = Some("1380".to_owned())),
        (&["orders_started"], &["orders_started"], |wanted| wanted.total_fen.from = Some(1)),
        (&["PRIMARY KEY (rowid=?)"], &["PRIMARY KEY (rowid=?)"], |wanted| wanted.id = Some(OrderId(1))),
        (&["orders_operator"], &[DAYS, "orders_operator", "orders_operator", REST], |wanted| {
            wanted.operator_name = Some("one".to_owned());
        }),
        (&["orders_ended"], &["orders_ended"], |wanted| {
            (wanted.time, wanted.operator_name) = (OrderTime::Ended, Some("one".to_owned()));
        }),
        (&["orders_pile"], &["orders_pile"], |wanted| wanted.pile_code = Some("p19".to_owned())),
        (&["orders_started"], &["orders_started"], |wanted| wanted.pile_code = Some("P".to_owned())),
    ];
    let city = Area::Cities { cities: vec!["420100".to_owned()] };
    let city = Scope { operator: None, area: city };
    for scope in [&Scope::ALL, &one, &city] {
        for (page, totals, change) in cases {
            let mut wanted = OrderFilter { from_ms: 1, to_ms: 90 * 86_400_000, ..OrderFilter::default() };
            change(&mut wanted);
            let names = Names::find(&mut conn, &wanted).unwrap();
            let (sql, values) = page_statement(scope, &wanted, &names);
            read_by(&mut conn, &sql, &values, page, scope);
            let (sql, values) = order_totals::statement(scope, &wanted, &names);
            read_by(&mut conn, &sql, &values, totals, scope);
        }
    }
}

fn read_by(conn: &mut Conn, sql: &str, values: &[Value<'_>], expected: &[&str], scope: &Scope) {
    let explain = format!("EXPLAIN QUERY PLAN {sql}");
    let plan = conn.query(&explain, values, |row| row.text(3)).unwrap();
    let orders: Vec<&String> =
        plan.iter().filter(|step| step.starts_with("SEARCH o ") || step.starts_with("SCAN o ")).collect();
    assert_eq!(orders.len(), expected.len(), "{sql}: {plan:#?}");
    for (step, index) in orders.iter().zip(expected) {
        // Those of one operator may as well be read by the operator's index.
        let own = scope.operator.is_some() && *index == "orders_started" && step.contains("orders_operator");
        assert!(step.contains(index) || own, "{index}: {sql}: {plan:#?}");
    }
    // Of a page that is read along the time nothing is sorted.
    let sorted = plan.iter().any(|step| step.contains("TEMP B-TREE FOR ORDER BY"));
    let along = ["orders_started", "orders_ended", "orders_operator", "orders_not_completed", "orders_mode"];
    assert!(!sorted || !along.contains(&expected[0]), "{sql}: {plan:#?}");
}
