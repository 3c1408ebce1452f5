//! From plug to bill: what happens at a connector and what the pile says about it.

use super::outbox::Kind;
use super::slot::{Grant, Session};
use super::{NEVER, Pile};
use crate::bay::Measured;
use crate::car::Car;
use model::site::PileKind;
use model::time::Timestamp;
use serde_json::{Value, json};

impl Pile {
    pub(super) fn plug(&mut self, connector: usize, car: Car, now: Timestamp) {
        let Some(slot) = self.slot(connector) else {
            return;
        };
        if slot.bay.car.is_some() {
            return;
        }
        slot.bay.car = Some(car);
        slot.finishing = false;
        slot.leave_at = NEVER;
        slot.driver_at = NEVER;
        self.tell(connector, now);
        self.try_start(connector, now);
    }

    pub(super) fn unplug(&mut self, connector: usize, now: Timestamp) {
        self.finish(connector, "EVDisconnected", now);
        if let Some(slot) = self.slot(connector) {
            slot.bay.car = None;
            slot.finishing = false;
            slot.leave_at = NEVER;
        }
        self.tell(connector, now);
    }

    pub(super) fn swipe(&mut self, connector: usize, tag: &str, now: Timestamp) {
        let online = self.online && self.booted;
        let grace = self.connection_timeout_ms;
        let offline_start = self.config.behaviours.offline_start || self.list.lets(tag);
        let Some(slot) = self.slot(connector) else {
            return;
        };
        if slot.session.as_ref().is_some_and(|s| s.tag == tag) {
            self.finish(connector, "Local", now);
            return;
        }
        let kept = slot.reserved.as_ref().is_some_and(|kept| kept.tag != tag.to_ascii_uppercase());
        if !slot.is_usable() || slot.authorizing.is_some() || kept {
            return;
        }
        if online {
            slot.authorizing = Some(tag.to_owned());
            let kind = Kind::Authorize { connector, tag: tag.to_owned() };
            self.outbox.push(kind, "Authorize", json!({ "idTag": tag }));
            self.tell(connector, now);
        } else if offline_start {
            slot.granted = Some(Grant { tag: tag.to_owned(), until: now.plus_ms(grace) });
            self.try_start(connector, now);
        }
    }

    /// Begins when a tag is granted and a car is there.
    pub(super) fn try_start(&mut self, connector: usize, now: Timestamp) {
        let number = self.sessions + 1;
        let from_zero = self.config.behaviours.meter_from_zero;
        let interval = self.config.meter_interval_ms;
        let Some(slot) = self.slot(connector) else {
            return;
        };
        let ready = slot.is_usable() && slot.bay.car.is_some();
        let Some(grant) = slot.granted.take_if(|_| ready) else {
            self.tell(connector, now);
            return;
        };
        slot.bay.close(now);
        slot.stepped_at = now;
        slot.finishing = false;
        slot.reserved = None;
        let begin = slot.bay.measure(now);
        let meter_start_wh = if from_zero { 0 } else { begin.register_dwh / 10 };
        slot.session = Some(Session {
            number,
            tag: grant.tag.clone(),
            begin,
            meter_start_wh,
            next_meter_at: now.plus_ms(interval),
        });
        self.sessions = number;
        let payload = json!({
            "connectorId": connector,
            "idTag": grant.tag,
            "meterStart": meter_start_wh,
            "timestamp": now.rfc3339(),
        });
        self.outbox.push(Kind::Start { connector, session: number }, "StartTransaction", payload);
        self.hold(connector, now);
        self.tell(connector, now);
    }

    /// Ends the session, if there is one.
    pub(super) fn finish(&mut self, connector: usize, reason: &'static str, now: Timestamp) {
        let again = self.config.behaviours.repeat_final;
        let stay_ms = self.config.behaviours.stay_ms;
        let Some(slot) = self.slot(connector) else {
            return;
        };
        let Some(session) = slot.session.take() else {
            return;
        };
        slot.bay.advance(now);
        let end = slot.bay.measure(now);
        slot.bay.open(now);
        slot.finishing = slot.bay.car.is_some();
        slot.leave_at = slot.bay.car.as_ref().map_or(NEVER, |car| now.plus_ms(car.dwell_ms + stay_ms));
        if std::mem::take(&mut slot.then_inoperative) {
            slot.inoperative = true;
        }
        let begin_zero = session.begin.register_dwh / 10 != session.meter_start_wh;
        let mut begin = session.begin;
        if begin_zero {
            begin.register_dwh = 0;
        }
        let payload = json!({
            "transactionId": 0,
            "idTag": session.tag,
            "meterStop": end.register_dwh / 10,
            "timestamp": now.rfc3339(),
            "reason": reason,
            "transactionData": [
                meter_value(&begin, "Transaction.Begin"),
                meter_value(&end, "Transaction.End"),
            ],
        });
        self.outbox.push(Kind::Stop { session: session.number, again }, "StopTransaction", payload);
        self.profiles.session_ended(i64::try_from(connector).unwrap_or(0));
        self.tell(connector, now);
    }

    pub(super) fn fault(&mut self, connector: usize, reason: &'static str, now: Timestamp) {
        self.finish(connector, reason, now);
        let own = if self.config.behaviours.internal_faults { "InternalError" } else { "GroundFailure" };
        if let Some(slot) = self.slot(connector) {
            slot.bay.faulted = true;
            slot.error = if reason == "EmergencyStop" { "OtherError" } else { own };
        }
        self.tell(connector, now);
    }

    /// Time has passed at a connector.
    pub(super) fn step(&mut self, connector: usize, now: Timestamp) {
        let kind = self.config.kind;
        self.hold(connector, now);
        let Some(slot) = self.slot(connector) else {
            return;
        };
        slot.stepped_at = now;
        slot.bay.advance(now);
        if slot.granted.as_ref().is_some_and(|grant| grant.until <= now) {
            slot.granted = None;
        }
        let full = slot.session.is_some() && slot.bay.is_full();
        let (driver, leaves) = (slot.driver_at <= now, slot.leave_at <= now);
        if full && kind == PileKind::Ac && slot.leave_at == NEVER {
            // The car stopped drawing; the session lasts until the plug is pulled.
            let dwell = slot.bay.car.as_ref().map_or(0, |car| car.dwell_ms);
            slot.leave_at = now.plus_ms(dwell);
        }
        self.sample(connector, now);
        if full && kind != PileKind::Ac {
            self.finish(connector, "Local", now);
        }
        if driver {
            let speed = self.config.behaviours.speed;
            let car = Car::random(&mut self.random).hurried(speed);
            self.plug(connector, car, now);
        }
        if leaves {
            self.unplug(connector, now);
        }
        self.tell(connector, now);
    }

    fn sample(&mut self, connector: usize, now: Timestamp) {
        let interval = self.config.meter_interval_ms;
        let Some(slot) = self.slot(connector) else {
            return;
        };
        let Some(session) = slot.session.as_mut().filter(|s| s.next_meter_at <= now) else {
            return;
        };
        session.next_meter_at = now.plus_ms(interval);
        let number = session.number;
        let measured = slot.bay.measure(now);
        self.push_meter(connector, number, &measured, "Sample.Periodic");
    }

    pub(super) fn push_meter(&mut self, connector: usize, session: u64, measured: &Measured, context: &str) {
        let payload = json!({
            "connectorId": connector,
            "transactionId": 0,
            "meterValue": [meter_value(measured, context)],
        });
        self.outbox.push(Kind::Meter { session }, "MeterValues", payload);
    }

    /// Tells the status of a connector if it changed and anyone may hear it.
    pub(super) fn tell(&mut self, connector: usize, now: Timestamp) {
        let reachable = self.online && self.booted;
        let Some(slot) = self.slot(connector) else {
            return;
        };
        let state = (slot.status(), slot.error);
        if reachable && slot.told != Some(state) {
            slot.told = Some(state);
            self.push_status(connector, state, now);
        }
    }

    /// After a boot or a link loss: everything, changed or not.
    pub(super) fn tell_all(&mut self, now: Timestamp) {
        self.push_status(0, ("Available", "NoError"), now);
        for connector in 1..=self.slots.len() {
            if let Some(slot) = self.slot(connector) {
                slot.told = None;
            }
            self.tell(connector, now);
        }
        if self.heartbeat_at == NEVER {
            self.heartbeat_at = now.plus_ms(self.heartbeat_ms);
        }
    }

    pub(super) fn push_status(&mut self, connector: usize, state: (&str, &str), now: Timestamp) {
        let payload = json!({
            "connectorId": connector,
            "status": state.0,
            "errorCode": state.1,
            "timestamp": now.rfc3339(),
        });
        self.outbox.push(Kind::Status, "StatusNotification", payload);
    }
}

fn meter_value(measured: &Measured, context: &str) -> Value {
    let tenths = |value: i64| format!("{}.{}", value / 10, value % 10);
    let sample = |measurand: &str, unit: &str, value: String| json!({ "value": value, "context": context, "measurand": measurand, "unit": unit });
    let flow = measured.flow;
    let mut samples = vec![
        sample("Energy.Active.Import.Register", "Wh", (measured.register_dwh / 10).to_string()),
        sample("Power.Active.Import", "W", flow.power_w.to_string()),
        sample("Voltage", "V", tenths(flow.voltage_dv)),
        sample("Current.Import", "A", tenths(flow.current_da)),
        sample("Temperature", "Celsius", measured.temperature_c.max(measured.cable_c).to_string()),
    ];
    if let Some(soc) = measured.soc_percent {
        samples.push(sample("SoC", "Percent", soc.to_string()));
    }
    json!({ "timestamp": measured.at.rfc3339(), "sampledValue": samples })
}
