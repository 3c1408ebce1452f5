//! Smart charging: the pile keeps the profiles that it was given, over link losses and reboots, and holds
//! its connectors to them.

use super::Pile;
use crate::limits::Running;
use model::time::Timestamp;
use serde_json::{Value, json};

impl Pile {
    pub(super) fn smart(&mut self, action: &str, payload: &Value, now: Timestamp) -> Value {
        let connector = payload["connectorId"].as_i64().unwrap_or(0);
        let here = usize::try_from(connector).is_ok_and(|place| place <= self.slots.len());
        let status = match action {
            "SetChargingProfile" => {
                let running = self.running(connector);
                let profile = &payload["csChargingProfiles"];
                let taken = here && self.profiles.set(connector, profile, running, now);
                if taken { "Accepted" } else { "Rejected" }
            }
            "ClearChargingProfile" => {
                if self.profiles.clear(payload) {
                    "Accepted"
                } else {
                    "Unknown"
                }
            }
            _ if !here => "Rejected",
            _ => {
                let seconds = payload["duration"].as_i64().unwrap_or(0);
                let running = self.running(connector).unwrap_or(Running { transaction: None, began: now });
                let power = self.config.power_of(usize::try_from(connector).unwrap_or(0));
                return self.profiles.composite(connector, running, power, seconds, now);
            }
        };
        (1..=self.slots.len()).for_each(|place| self.hold(place, now));
        json!({ "status": status })
    }

    fn running(&self, connector: i64) -> Option<Running> {
        let place = usize::try_from(connector).ok()?.checked_sub(1)?;
        let session = self.slots.get(place)?.session.as_ref()?;
        Some(Running { transaction: self.outbox.transaction(session.number), began: session.begin.at })
    }

    /// Brings the connector to what its profiles say now.
    pub(super) fn hold(&mut self, connector: usize, now: Timestamp) {
        let number = i64::try_from(connector).unwrap_or(0);
        let running = self.running(number).unwrap_or(Running { transaction: None, began: now });
        let active = self.slots.iter().filter(|slot| slot.session.is_some()).count();
        let active = i64::try_from(active).unwrap_or(1);
        let limit = self.profiles.limit_w(number, running, active, now);
        if let Some(slot) = self.slot(connector) {
            slot.bay.hold(limit, now);
        }
        self.tell(connector, now);
    }
}
