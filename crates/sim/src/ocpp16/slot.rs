//! One connector of an OCPP pile.

use super::reservation::{self, Reserved};
use super::{NEVER, STEP_MS};
use crate::bay::{Bay, Measured};
use model::site::PileKind;
use model::time::Timestamp;

/// A tag that may start here, until then.
#[derive(Clone, Debug)]
pub struct Grant {
    pub tag: String,
    pub until: Timestamp,
}

#[derive(Debug)]
pub struct Session {
    /// Our own number; the server's id comes with the answer.
    pub number: u64,
    pub tag: String,
    pub begin: Measured,
    pub meter_start_wh: i64,
    pub next_meter_at: Timestamp,
}

#[derive(Debug)]
pub struct Slot {
    pub bay: Bay,
    pub session: Option<Session>,
    pub authorizing: Option<String>,
    pub granted: Option<Grant>,
    /// A driver on the way, sent by a remote start.
    pub driver_at: Timestamp,
    pub leave_at: Timestamp,
    pub stepped_at: Timestamp,
    pub finishing: bool,
    pub inoperative: bool,
    pub reserved: Option<Reserved>,
    /// ChangeAvailability that waits for the end of the session.
    pub then_inoperative: bool,
    pub error: &'static str,
    /// Status and error code as last told.
    pub told: Option<(&'static str, &'static str)>,
}

impl Slot {
    pub fn new(kind: PileKind, rated_w: i64, register_dwh: i64) -> Slot {
        Slot {
            bay: Bay::new(kind, rated_w, register_dwh),
            session: None,
            authorizing: None,
            granted: None,
            driver_at: NEVER,
            leave_at: NEVER,
            stepped_at: Timestamp::from_ms(0),
            finishing: false,
            inoperative: false,
            reserved: None,
            then_inoperative: false,
            error: "NoError",
            told: None,
        }
    }

    pub fn mend(&mut self) {
        self.bay.faulted = false;
        self.error = "NoError";
    }

    pub fn is_in(&self, session: u64) -> bool {
        self.session.as_ref().is_some_and(|s| s.number == session)
    }

    /// May a session begin here, but for the car?
    pub fn is_usable(&self) -> bool {
        !self.bay.faulted && !self.inoperative && self.session.is_none()
    }

    pub fn status(&self) -> &'static str {
        if self.bay.faulted {
            "Faulted"
        } else if self.inoperative {
            "Unavailable"
        } else if self.session.is_some() {
            match (self.bay.is_full(), self.bay.is_paused()) {
                (true, _) => "SuspendedEV",
                (false, true) => "SuspendedEVSE",
                (false, false) => "Charging",
            }
        } else if self.finishing {
            "Finishing"
        } else if self.bay.car.is_some() || self.authorizing.is_some() || self.granted.is_some() {
            "Preparing"
        } else if self.reserved.is_some() {
            "Reserved"
        } else {
            "Available"
        }
    }

    pub fn deadline(&self) -> Timestamp {
        let step = if self.bay.is_flowing() { self.stepped_at.plus_ms(STEP_MS) } else { NEVER };
        let meter = self.session.as_ref().map_or(NEVER, |s| s.next_meter_at);
        let grant = self.granted.as_ref().map_or(NEVER, |g| g.until);
        let kept = reservation::deadline(self.reserved.as_ref());
        step.min(meter).min(grant).min(kept).min(self.driver_at).min(self.leave_at)
    }
}
