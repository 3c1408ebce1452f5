//! Records beside orders beside postings.

use super::{BillRecord, ComparedOrder, DifferenceKind, Evidence, Found};
use crate::order::OrderState;
use std::collections::{HashMap, HashSet};

/// Half a fen: our total is rounded to fen, the pile's amount is not.
const HALF_FEN_E4: i64 = 50;

/// One local day of a station. What belongs together may lie on the other side of midnight: records and
/// orders of other days come along as far as they belong to those of this day, and are judged on their own.
#[derive(Clone, Copy, Debug)]
pub struct Day<'a> {
    pub from_ms: i64,
    /// Exclusive.
    pub to_ms: i64,
    pub records: &'a [BillRecord],
    pub orders: &'a [ComparedOrder],
    /// The pile's amount may differ from ours by this much (0.0001 yuan).
    pub amount_tolerance_e4: i64,
    /// The energy of a record may differ from the order's by this much.
    pub energy_tolerance_dwh: i64,
    /// When the day was signed off the last time.
    pub signed_at_ms: Option<i64>,
}

impl Day<'_> {
    fn has(&self, ended_at_ms: Option<i64>) -> bool {
        ended_at_ms.is_some_and(|at| (self.from_ms..self.to_ms).contains(&at))
    }
}

/// Pile, connector, begin, end and energy: no connector can have two sessions of one shape.
type Shape = (i64, i64, Option<i64>, i64, Option<i64>);

/// Records by what their orders are found by.
struct Matched<'a> {
    by_id: HashMap<i64, &'a ComparedOrder>,
    by_session: HashMap<(i64, &'a str), &'a ComparedOrder>,
}

impl<'a> Matched<'a> {
    fn new(orders: &'a [ComparedOrder]) -> Matched<'a> {
        let by_session = orders.iter().filter_map(|o| Some(((o.pile_id, o.session_key.as_deref()?), o)));
        Matched {
            by_id: orders.iter().map(|order| (order.id, order)).collect(),
            by_session: by_session.collect(),
        }
    }

    fn order(&self, record: &BillRecord) -> Option<&'a ComparedOrder> {
        let by_id = record.order_id.and_then(|id| self.by_id.get(&id));
        let session = record.session_key.as_deref().map(|key| (record.pile_id, key));
        by_id.or_else(|| self.by_session.get(&session?)).copied()
    }
}

/// Everything of the day that does not agree, in the order of records, then of orders.
pub fn compare(day: &Day<'_>) -> Vec<Found> {
    let matched = Matched::new(day.orders);
    let mut found = Vec::new();
    let mut reported = HashSet::new();
    let mut first: HashMap<Shape, &BillRecord> = HashMap::new();
    let mut sessions: HashMap<i64, &BillRecord> = HashMap::new();
    for record in day.records {
        let order = matched.order(record);
        reported.extend(order.map(|order| order.id));
        let shape = (
            record.pile_id,
            record.connector_no,
            record.started_at_ms,
            record.ended_at_ms,
            record.energy_dwh.filter(|dwh| *dwh > 0),
        );
        let twin = match shape {
            (_, _, Some(_), _, Some(_)) => first.insert(shape, record),
            _ => None,
        };
        let earlier = order.and_then(|order| sessions.insert(order.id, record)).or(twin);
        if day.has(Some(record.ended_at_ms)) {
            found.extend(of_record(day, record, order, earlier));
        }
    }
    for order in day.orders.iter().filter(|order| day.has(order.ended_at_ms)) {
        found.extend(of_order(order, reported.contains(&order.id)));
    }
    found
}

fn of_record(
    day: &Day<'_>,
    record: &BillRecord,
    order: Option<&ComparedOrder>,
    earlier: Option<&BillRecord>,
) -> Vec<Found> {
    let evidence = || Evidence {
        record: Some(record.clone()),
        order: order.cloned(),
        other: earlier.cloned(),
        ..Evidence::default()
    };
    let (energy, amount) = (record.energy_dwh.unwrap_or(0), record.amount_e4.unwrap_or(0) / 100);
    let mut found = Vec::new();
    if day.signed_at_ms.is_some_and(|signed| record.received_at_ms > signed) {
        found.push(Found::of(DifferenceKind::LateRecord, evidence(), energy, amount));
    }
    if record.foreign {
        found.push(Found::of(DifferenceKind::ForeignRecord, evidence(), energy, amount));
        return found;
    }
    if record.repeated || earlier.is_some() {
        found.push(Found::of(DifferenceKind::DoubleRecord, evidence(), energy, amount));
        return found;
    }
    let Some(order) = order else {
        found.push(Found::of(DifferenceKind::RecordWithoutOrder, evidence(), energy, amount));
        return found;
    };
    match order.state {
        OrderState::Completed => {}
        OrderState::Abnormal => {
            found.push(Found::of(DifferenceKind::OrderHeld, evidence(), 0, amount));
            return found;
        }
        // Its session goes on, or never began: no money stands on it.
        _ => return found,
    }
    let differs = record.energy_dwh.map_or(0, |dwh| dwh - order.energy_dwh);
    if differs.abs() > day.energy_tolerance_dwh {
        found.push(Found::of(DifferenceKind::EnergyDiffers, evidence(), differs, 0));
    }
    if let Some(theirs) = record.amount_e4.filter(|_| !record.explained) {
        let differs_e4 = theirs - order.total_fen.saturating_mul(100);
        if differs_e4.abs() > day.amount_tolerance_e4 + HALF_FEN_E4 {
            let fen = crate::money::Amount(differs_e4).to_fen().0;
            found.push(Found::of(DifferenceKind::AmountDiffers, evidence(), 0, fen));
        }
    }
    found
}

fn of_order(order: &ComparedOrder, reported: bool) -> Vec<Found> {
    let evidence = || Evidence { order: Some(order.clone()), ..Evidence::default() };
    let over = matches!(order.state, OrderState::Completed | OrderState::Abnormal);
    let mut found = Vec::new();
    if over && order.needs_record && !reported {
        let (energy, fen) = (-order.energy_dwh, -order.total_fen);
        found.push(Found::of(DifferenceKind::OrderWithoutRecord, evidence(), energy, fen));
    }
    match (order.state, order.posted_fen) {
        (OrderState::Completed, None) if order.needs_payment && order.total_fen > 0 => {
            found.push(Found::of(DifferenceKind::NotPosted, evidence(), 0, -order.total_fen));
        }
        (OrderState::Completed, Some(posted)) if posted != order.total_fen => {
            let fen = posted - order.total_fen;
            found.push(Found::of(DifferenceKind::PostingDiffers, evidence(), 0, fen));
        }
        (OrderState::Completed, _) | (_, None) => {}
        (_, Some(posted)) => {
            found.push(Found::of(DifferenceKind::PostedUnsettled, evidence(), 0, posted));
        }
    }
    found
}
