//! What is asked often, or while a pile waits, is read by an index of the few: SQLite's plans.

use crate::db::{Conn, Purpose, Source};
use model::time::Timestamp;

#[test]
fn what_is_asked_often_reads_no_table_from_end_to_end() {
    let mut conn = Conn::open(&Source::Sqlite(":memory:".into()), Purpose::Write).unwrap();
    crate::migrate::migrate(&mut conn, Timestamp::from_ms(0)).unwrap();
    let running = format!(
        "SELECT o.pile_id, COUNT(*) FROM orders o WHERE {} GROUP BY o.pile_id",
        crate::turnovers::RUNNING
    );
    let faults = "SELECT COUNT(*) FROM alarm a WHERE a.source = 'fault' AND a.state <> 'pending' AND a.first_at_ms >= 1";
    for (sql, values, index) in [
        (crate::alarms::FAULT_CLOSED, 3, "alarm_closed (pile_id=? AND code=? AND closed_at_ms>?)"),
        (crate::report_success::HOURS, 2, "(day=? AND hour=? AND station_id=?)"),
        (crate::outboxes::MAILS_WAITING, 1, "mail_waiting"),
        (crate::battery_safety::UNJUDGED, 1, "battery_report_unjudged"),
        (&*running, 0, "orders_not_completed (state=?)"),
        (
            "SELECT COUNT(*) FROM orders WHERE station_id = $1 AND ended_at_ms >= $2 AND ended_at_ms < $3",
            3,
            "orders_station_ended (station_id=? AND ended_at_ms>? AND ended_at_ms<?)",
        ),
        (
            "SELECT station_id FROM orders WHERE ended_at_ms >= $1 AND ended_at_ms < $2",
            2,
            "orders_ended (ended_at_ms>? AND ended_at_ms<?)",
        ),
        (faults, 0, "alarm_fault (first_at_ms>?)"),
        (
            "SELECT a.id FROM alarm a WHERE a.repeat_of IS NOT NULL ORDER BY a.id DESC LIMIT 20",
            0,
            "alarm_repeated",
        ),
    ] {
        let values = vec![crate::Value::Int(1); values];
        let plan = conn.query(&format!("EXPLAIN QUERY PLAN {sql}"), &values, |row| row.text(3)).unwrap();
        assert!(plan.iter().any(|step| step.contains(index)), "{index}: {plan:?} of {sql}");
    }
}
