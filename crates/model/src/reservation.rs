//! 预约: a connector that is kept for one card until a time.

use crate::id::ConnectorNo;
use crate::time::Timestamp;

crate::words! {
    ReservationState {
        /// The pile has not answered yet.
        Asked = "asked",
        Accepted = "accepted",
        /// The pile, or its link, said no.
        Refused = "refused",
        /// The card has begun to charge there.
        Used = "used",
        /// Nobody came in time.
        Expired = "expired",
        Cancelled = "cancelled",
    }
}

impl ReservationState {
    /// Whether the connector is kept.
    pub fn is_open(self) -> bool {
        matches!(self, ReservationState::Asked | ReservationState::Accepted)
    }
}

/// Keep this connector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReservationOrder {
    pub id: i64,
    pub connector: ConnectorNo,
    pub tag: String,
    pub group: Option<String>,
    pub until: Timestamp,
}

/// The pile says by itself that a reservation is over. OCPP 2 ReservationStatusUpdate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReservationEnd {
    pub id: i64,
    /// Its time was over; otherwise something else took the connector.
    pub expired: bool,
}
