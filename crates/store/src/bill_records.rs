//! 桩账单 as piles report them: kept as they come, whatever becomes of the order.

use crate::Tx;
use crate::db::{Insert, Inserts};
use crate::ids::Noun;
use model::Result;
use model::id::{OperatorId, PileId, StationId};
use model::reconciliation::BillRecord;

/// A report with where its pile stands. Its id is given when it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBillRecord {
    pub record: BillRecord,
    pub pile: PileId,
    pub station: StationId,
    pub operator: OperatorId,
    /// The same report said again has the same key.
    pub key: String,
}

/// A pile repeats what it thinks was lost: that is one row.
static RECORD: Insert = Insert {
    table: "bill_record",
    columns: &[
        "id",
        "record_key",
        "pile_id",
        "station_id",
        "operator_id",
        "connector_no",
        "session_key",
        "order_id",
        "started_at_ms",
        "ended_at_ms",
        "energy_dwh",
        "amount_e4",
        "meter_start_dwh",
        "meter_end_dwh",
        "explained",
        "repeated",
        "received_at_ms",
    ],
    on_conflict: "ON CONFLICT (record_key) DO NOTHING",
};

pub(crate) fn inserts(rows: &[NewBillRecord]) -> Inserts<'_> {
    let values = rows.iter().flat_map(|row| {
        let one = &row.record;
        [
            one.id.into(),
            (&row.key).into(),
            row.pile.0.into(),
            row.station.0.into(),
            row.operator.0.into(),
            one.connector_no.into(),
            one.session_key.as_ref().into(),
            one.order_id.into(),
            one.started_at_ms.into(),
            one.ended_at_ms.into(),
            one.energy_dwh.into(),
            one.amount_e4.into(),
            one.meter_start_dwh.into(),
            one.meter_end_dwh.into(),
            one.explained.into(),
            one.repeated.into(),
            one.received_at_ms.into(),
        ]
    });
    Inserts { insert: &RECORD, values: values.collect() }
}

impl Tx<'_> {
    /// Keeps what a pile has reported.
    pub fn bill_record_append(&mut self, mut new: NewBillRecord) -> Result<i64> {
        let id = self.next_id(Noun::BillRecord)?;
        new.record.id = id;
        self.pending.bill_records.push(new);
        Ok(id)
    }
}
