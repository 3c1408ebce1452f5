//! 桩账单: what a pile reports of a session is kept beside the order, so that both can be compared later.

use super::settle::PileBillRecord;
use model::Result;
use model::device::StopRecord;
use model::id::ConnectorNo;
use model::order::Order;
use model::reconciliation::BillRecord;
use model::time::Timestamp;
use store::bill_records::NewBillRecord;
use store::{HotPile, Tx};

/// The record by which an order is closed. An order that is closed anew keeps its first.
pub(super) fn reported(
    tx: &mut Tx<'_>,
    order: &Order,
    record: Option<&PileBillRecord>,
    explained: bool,
    now: Timestamp,
) -> Result<()> {
    // What an OCPP pile has delivered is the difference of its registers; of an unknown one nothing is known.
    let energy = match record {
        Some(record) => Some(record.energy_dwh),
        None => order.meter_start.and(order.meter_end).map(|_| order.energy.dwh()),
    };
    let received = order.end_received.unwrap_or(now);
    let known = BillRecord {
        id: 0,
        pile_id: order.pile.0,
        connector_no: i64::from(order.connector),
        session_key: order.session.map(|key| key.to_string()),
        order_id: Some(order.id.0),
        started_at_ms: Some(order.started_at.as_ms()),
        ended_at_ms: order.ended_at.unwrap_or(received).as_ms(),
        energy_dwh: energy,
        amount_e4: record.map(|record| record.amount_e4),
        meter_start_dwh: order.meter_start.map(|register| register.dwh()),
        meter_end_dwh: order.meter_end.map(|register| register.dwh()),
        explained,
        repeated: false,
        foreign: false,
        received_at_ms: received.as_ms(),
    };
    let key = format!("order/{}", order.id.0);
    let new = NewBillRecord {
        record: known,
        pile: order.pile,
        station: order.station,
        operator: order.operator,
        key,
    };
    tx.bill_record_append(new).map(drop)
}

/// A bill of a session that has its record already, or that can belong to no order.
pub(super) fn reported_again(
    tx: &mut Tx<'_>,
    hot: &HotPile,
    order: Option<&Order>,
    (session, connector): (Option<String>, ConnectorNo),
    record: &PileBillRecord,
    now: Timestamp,
) -> Result<()> {
    let known = BillRecord {
        pile_id: hot.pile.id.0,
        connector_no: i64::from(connector),
        session_key: session,
        order_id: order.map(|order| order.id.0),
        started_at_ms: record.started_at_ms,
        ended_at_ms: record.ended_at_ms.unwrap_or(now.as_ms()),
        energy_dwh: Some(record.energy_dwh),
        amount_e4: Some(record.amount_e4),
        meter_start_dwh: Some(record.meter_start_dwh).filter(|dwh| *dwh > 0),
        meter_end_dwh: Some(record.meter_end_dwh).filter(|dwh| *dwh > 0),
        repeated: order.is_some_and(|order| order.end_received.is_some()),
        received_at_ms: now.as_ms(),
        ..BillRecord::default()
    };
    append(tx, hot, known, record.ended_at_ms)
}

/// The same of a stop (OCPP).
pub(super) fn stopped_other(
    tx: &mut Tx<'_>,
    hot: &HotPile,
    order: Option<&Order>,
    record: &StopRecord,
    now: Timestamp,
) -> Result<()> {
    let begin = order.and_then(|order| order.meter_start);
    let known = BillRecord {
        pile_id: hot.pile.id.0,
        connector_no: order.map_or(0, |order| i64::from(order.connector)),
        session_key: Some(record.session.to_string()),
        order_id: order.map(|order| order.id.0),
        started_at_ms: order.map(|order| order.started_at.as_ms()),
        ended_at_ms: record.at.as_ms(),
        energy_dwh: begin.map(|begin| (record.meter_stop - begin).dwh()),
        meter_start_dwh: begin.map(|begin| begin.dwh()),
        meter_end_dwh: Some(record.meter_stop.dwh()),
        repeated: order.is_some_and(|order| order.end_received.is_some()),
        received_at_ms: now.as_ms(),
        ..BillRecord::default()
    };
    append(tx, hot, known, Some(record.at.as_ms()))
}

/// A pile says it again until it is told that it was heard: what says the same is one report.
fn append(tx: &mut Tx<'_>, hot: &HotPile, record: BillRecord, ended_at_ms: Option<i64>) -> Result<()> {
    let said = |number: Option<i64>| number.map_or(String::from("-"), |number| number.to_string());
    let key = format!(
        "said/{}/{}/{}/{}/{}/{}",
        record.pile_id,
        record.session_key.as_deref().unwrap_or("-"),
        said(ended_at_ms),
        said(record.energy_dwh),
        said(record.amount_e4),
        said(record.meter_end_dwh)
    );
    let pile = &hot.pile;
    let new = NewBillRecord { record, pile: pile.id, station: pile.station, operator: pile.operator, key };
    tx.bill_record_append(new).map(drop)
}
