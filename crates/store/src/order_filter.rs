//! What a list of orders is asked for.

use crate::sort::{Sort, SortColumn};
use model::id::OrderId;
use model::ledger::{PaidState, PayWay};
use model::order::{Abnormality, OrderState, StartMode, StopClass};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// By which time orders are chosen and, unless a column is named, sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderTime {
    #[default]
    Started,
    Ended,
}

impl OrderTime {
    pub(crate) fn column(self) -> &'static str {
        match self {
            OrderTime::Started => "o.started_at_ms",
            OrderTime::Ended => "o.ended_at_ms",
        }
    }
}

/// By what orders can be sorted. An order that has not ended has lasted longest.
pub const SORTS: &[SortColumn] = &[
    SortColumn::number("started_at_ms", "o.started_at_ms"),
    SortColumn::number("duration_s", "COALESCE(o.ended_at_ms - o.started_at_ms, 9000000000000)"),
    SortColumn::number("energy_dwh", "o.energy_dwh"),
    SortColumn::number("electricity_fen", "o.electricity_fen"),
    SortColumn::number("service_fen", "o.service_fen"),
    SortColumn::number("total_fen", "o.total_fen"),
];

/// A range that may be open at either end; the end belongs to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    pub from: Option<i64>,
    pub to: Option<i64>,
}

impl Span {
    pub fn is_open(self) -> bool {
        self == Span::default()
    }
}

#[derive(Clone, Debug, Default)]
pub struct OrderFilter {
    pub time: OrderTime,
    pub from_ms: i64,
    /// Exclusive.
    pub to_ms: i64,
    /// The order's id, read from its number.
    pub id: Option<OrderId>,
    pub session_key: Option<String>,
    pub station_name: Option<String>,
    pub station_id: Option<i64>,
    pub city_name: Option<String>,
    pub customer_id: Option<i64>,
    /// The last digits of the customer's, or the whole number.
    pub phone: Option<String>,
    pub fleet_name: Option<String>,
    /// The whole code of one pile.
    pub pile: Option<String>,
    /// A part of a pile's code.
    pub pile_code: Option<String>,
    pub connector_no: Option<i64>,
    pub operator_name: Option<String>,
    pub state: Option<OrderState>,
    pub abnormality: Option<Abnormality>,
    /// The whole token: it is shown masked and never searched by pieces.
    pub token: Option<String>,
    /// The whole identification of the vehicle, for the same reason.
    pub vin: Option<String>,
    /// The whole plate of a car that is known: the orders of its VIN.
    pub plate: Option<String>,
    /// An order: it and those that charged the same car beside it.
    pub merge_of: Option<i64>,
    pub start_mode: Option<StartMode>,
    pub stop_class: Option<StopClass>,
    pub pay_way: Option<PayWay>,
    pub paid_state: Option<PaidState>,
    pub energy_dwh: Span,
    pub total_fen: Span,
    /// Only those whose settlement by hand waits for a second person.
    pub settlement_waiting: bool,
    /// Whether the sums are wanted with the page.
    pub totals: bool,
    pub sort: Option<Sort>,
    /// Time and id of the last row of the page before, where nothing else is sorted by.
    pub after: Option<[i64; 2]>,
    pub limit: i64,
}
