//! What is shown beside the state and the readings of one connector.

use crate::ground_locks::GroundLock;
use crate::reservations::ConnectorReservation;
use model::battery::BatteryNow;
use serde::Serialize;
use utoipa::ToSchema;

/// Filled in by the caller.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct ConnectorBeside {
    /// What the battery of the car that charges here asks for.
    pub battery: Option<BatteryNow>,
    pub ground_lock: Option<GroundLock>,
    /// Whom it is kept for.
    pub reservation: Option<ConnectorReservation>,
}
