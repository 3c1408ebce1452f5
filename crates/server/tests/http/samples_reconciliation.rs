//! How the routes of reconciliation are asked for; the others are in `samples.rs`.

use super::house::{House, NOON};
use super::samples::About::*;
use super::samples::{Sample, asked};
use engine::audit::Actor;
use engine::reconciliation::{MeterChangeDraft, ReconciliationDraft};
use model::reconciliation::BillRecord;
use model::site::Pile;
use store::bill_records::NewBillRecord;
use store::day_bills::{self, DaySums};

pub const SAMPLES: &[Sample] = &[
    asked("reconciliation_list", List, "/reconciliations", ""),
    asked(
        "reconciliation_start",
        Field("station_id"),
        "/reconciliations",
        r#"{"station_id":{station},"day":20261122}"#,
    ),
    asked("reconciliation_get", Thing, "/reconciliations/{reconciliation}", ""),
    asked(
        "reconciliation_confirm",
        Thing,
        "/reconciliations/{reconciliation}/confirmation",
        r#"{"version":1}"#,
    ),
    asked(
        "reconciliation_undo",
        Thing,
        "/reconciliations/{reconciliation}/reopening",
        r#"{"version":1,"reason":"补传账单"}"#,
    ),
    asked("difference_list", List, "/differences", ""),
    asked(
        "difference_update",
        Thing,
        "/differences/{difference}",
        r#"{"version":1,"state":"accepted","note":"已核对"}"#,
    ),
    asked("meter_change_list", List, "/meter-changes", ""),
    asked(
        "meter_change_create",
        Field("pile_code"),
        "/meter-changes",
        r#"{"pile_code":"{pile}","connector_no":1,"at_ms":1000,"end_dwh":10,"begin_dwh":0,"reason":"换表"}"#,
    ),
    asked("day_bill_list", List, "/day-bills", ""),
    asked("day_bill_get", Thing, "/day-bills/{day_bill}", ""),
    asked("day_bill_start", Field("station_id"), "/day-bills", r#"{"station_id":{station},"day":20261122}"#),
    asked("day_bill_export", List, "/exports/day-bills", r#"{"format":"csv"}"#),
    asked("month_bill_list", List, "/month-bills", ""),
    asked("meter_change_delete", Thing, "/meter-changes/{meter_change}", ""),
];

/// What a pile has reported, `before_ms` before noon.
pub async fn reported(house: &House, pile: &Pile, before_ms: i64, session: &str, change: BillRecord) {
    let ended_at_ms = NOON - before_ms;
    let record = BillRecord {
        pile_id: pile.id.0,
        connector_no: 1,
        session_key: Some(session.to_owned()),
        started_at_ms: Some(ended_at_ms - 1_800_000),
        ended_at_ms,
        energy_dwh: Some(120_000),
        received_at_ms: ended_at_ms + 1_000,
        ..change
    };
    let (id, station, operator) = (pile.id, pile.station, pile.operator);
    let key = format!("test/{}/{session}", id.0);
    let new = NewBillRecord { record, pile: id, station, operator, key };
    house.app.engine.store.write(None, move |tx| tx.bill_record_append(new.clone())).await.unwrap();
}

/// A day, a difference of it, a change of a meter and a bill, at this pile.
pub async fn made(house: &House, pile: &Pile) -> [(&'static str, String); 4] {
    reported(house, pile, 86_400_000, "77", BillRecord::default()).await;
    let (engine, local) = (&house.app.engine, Actor::local());
    let draft = ReconciliationDraft { station_id: pile.station.0, day: 20_261_122 };
    let day = engine.reconciliation_start(&local, draft).await.unwrap();
    let rows =
        engine.store.read(move |conn| store::reconciliations::differences_of(conn, day)).await.unwrap();
    let draft = MeterChangeDraft {
        pile_code: pile.code.as_str().to_owned(),
        connector_no: 1,
        at_ms: NOON - 1,
        end_dwh: 10,
        begin_dwh: 0,
        reason: "换表".to_owned(),
    };
    let change = engine.meter_change_create(&local, draft).await.unwrap();
    let (at, bill) = ((20_261_122, pile.station, pile.operator.0), DaySums::default());
    let now = model::time::Timestamp::from_ms(NOON);
    let save = engine.store.write(None, move |tx| day_bills::save(tx, at, &bill, now));
    save.await.unwrap();
    let bills = engine.store.read(|conn| day_bills::kept_after(conn, 0, 10)).await.unwrap();
    let bill = bills.iter().find(|bill| bill.station == pile.station).unwrap();
    [
        ("{reconciliation}", day.to_string()),
        ("{difference}", rows[0].id.to_string()),
        ("{meter_change}", change.to_string()),
        ("{day_bill}", bill.id.to_string()),
    ]
}
