//! 充电计划: what a pile has been told, or has told us, of how much its connectors may draw when; whoever
//! said it.

use crate::id::ConnectorNo;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A charging profile as a pile keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ChargingProfile {
    pub connector_no: ConnectorNo,
    /// The pile's number for it.
    pub profile_no: i64,
    /// In the wire's word: `TxDefaultProfile`, `TxProfile`, `ChargePointMaxProfile`, …
    pub purpose: String,
    /// `Absolute`, `Relative`, `Recurring`, …
    pub kind: String,
    pub stack_level: i64,
    /// The session that it is for.
    pub session: Option<String>,
    /// Outside of these it does not hold.
    #[schema(value_type = Option<i64>)]
    pub from: Option<Timestamp>,
    #[schema(value_type = Option<i64>)]
    pub until: Option<Timestamp>,
    /// `W` or `A`
    pub unit: String,
    pub periods: Vec<ProfilePeriod>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ProfilePeriod {
    /// From the schedule's beginning.
    pub start_s: i64,
    /// In tenths of the unit.
    pub limit_tenths: i64,
}

/// Something that changes what a pile keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProfileChange {
    Set(ChargingProfile),
    /// What fits all that is given.
    Cleared {
        profile_no: Option<i64>,
        connector_no: Option<ConnectorNo>,
        purpose: Option<String>,
        stack_level: Option<i64>,
    },
    /// Something outside of us limits it: `EMS`, `SO`, `Other`, `CSO`.
    Limited {
        connector_no: ConnectorNo,
        source: String,
        unit: String,
        periods: Vec<ProfilePeriod>,
    },
    /// That is over.
    Freed {
        connector_no: ConnectorNo,
        source: String,
    },
}

impl ChargingProfile {
    /// Whether it may hold at this moment, as far as its times say.
    pub fn may_hold(&self, now: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= now) && self.until.is_none_or(|until| now < until)
    }
}
