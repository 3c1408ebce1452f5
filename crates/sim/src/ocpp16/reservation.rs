//! A connector that is kept for one card.

use super::{NEVER, Pile};
use model::time::Timestamp;
use serde_json::Value;

#[derive(Debug)]
pub struct Reserved {
    id: i64,
    pub tag: String,
    pub until: Timestamp,
}

impl Pile {
    pub(super) fn reserve(&mut self, payload: &Value, now: Timestamp) -> &'static str {
        let number = |name: &str| payload.get(name).and_then(Value::as_i64);
        let text = |name: &str| payload.get(name).and_then(Value::as_str).unwrap_or_default();
        let connector = number("connectorId").and_then(|no| usize::try_from(no).ok()).unwrap_or(0);
        let id = number("reservationId").unwrap_or(0);
        let until = Timestamp::parse(text("expiryDate")).unwrap_or(now);
        let tag = text("idTag").to_ascii_uppercase();
        let Some(slot) = self.slot(connector) else { return "Rejected" };
        if slot.bay.faulted {
            return "Faulted";
        }
        if slot.inoperative {
            return "Unavailable";
        }
        let another = slot.reserved.as_ref().is_some_and(|kept| kept.id != id);
        if another || slot.session.is_some() || slot.bay.car.is_some() {
            return "Occupied";
        }
        slot.reserved = Some(Reserved { id, tag, until });
        self.tell(connector, now);
        "Accepted"
    }

    pub(super) fn reserve_cancel(&mut self, payload: &Value, now: Timestamp) -> &'static str {
        let id = payload.get("reservationId").and_then(Value::as_i64);
        let is = |kept: &Reserved| Some(kept.id) == id;
        let Some(place) = self.slots.iter().position(|slot| slot.reserved.as_ref().is_some_and(is)) else {
            return "Rejected";
        };
        self.slots[place].reserved = None;
        self.tell(place + 1, now);
        "Accepted"
    }

    /// Whose time is over is no longer kept.
    pub(super) fn reservations_step(&mut self, now: Timestamp) {
        for connector in 1..=self.slots.len() {
            let slot = &mut self.slots[connector - 1];
            if slot.reserved.take_if(|kept| kept.until <= now).is_some() {
                self.tell(connector, now);
            }
        }
    }
}

pub fn deadline(reserved: Option<&Reserved>) -> Timestamp {
    reserved.map_or(NEVER, |kept| kept.until)
}
