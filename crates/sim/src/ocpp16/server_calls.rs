//! What the server may ask of the pile, and what it answers.

use super::local_list::{HOLDS, TAKES};
use super::outbox::Kind;
use super::slot::Grant;
use super::{NEVER, Pile};
use model::time::Timestamp;
use serde_json::{Value, json};

impl Pile {
    /// The answer's payload; `None` for an action that this pile does not know.
    pub(super) fn called(&mut self, action: &str, payload: &Value, now: Timestamp) -> Option<Value> {
        let connector =
            payload.get("connectorId").and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
        let text = |name: &str| payload.get(name).and_then(Value::as_str).unwrap_or_default();
        let status = match action {
            "RemoteStartTransaction" => accepted(self.remote_start(connector, text("idTag"), now)),
            "RemoteStopTransaction" => {
                let id = payload.get("transactionId").and_then(Value::as_i64);
                accepted(self.remote_stop(id, now))
            }
            "Reset" => {
                let reason = if text("type") == "Hard" { "HardReset" } else { "SoftReset" };
                (1..=self.slots.len()).for_each(|connector| self.finish(connector, reason, now));
                if self.config.behaviours.reset_mends {
                    self.slots.iter_mut().for_each(super::Slot::mend);
                }
                self.reset_pending = true;
                "Accepted"
            }
            "UnlockConnector" => match connector {
                Some(connector) if (1..=self.slots.len()).contains(&connector) => {
                    self.finish(connector, "UnlockCommand", now);
                    "Unlocked"
                }
                _ => "NotSupported",
            },
            "ChangeAvailability" => self.change_availability(connector, text("type") == "Inoperative", now),
            "ChangeConfiguration" => self.change_configuration(text("key"), text("value")),
            "GetConfiguration" => return Some(self.configuration(payload.get("key"))),
            "UpdateFirmware" | "SignedUpdateFirmware" => return Some(self.firmware_asked(payload, now)),
            "GetDiagnostics" | "GetLog" => return Some(self.log_asked(payload, now)),
            "SetChargingProfile" | "ClearChargingProfile" | "GetCompositeSchedule" => {
                return Some(self.smart(action, payload, now));
            }
            "GetLocalListVersion" => return Some(self.list_version()),
            "SendLocalList" => self.list_set(payload),
            "ReserveNow" => self.reserve(payload, now),
            "CancelReservation" => self.reserve_cancel(payload, now),
            "ClearCache" => "Accepted",
            "TriggerMessage" => self.trigger(text("requestedMessage"), connector, now),
            "DataTransfer" if text("vendorId") == "PileOps" => "Accepted",
            "DataTransfer" => "UnknownVendorId",
            _ => return None,
        };
        Some(json!({ "status": status }))
    }

    fn remote_start(&mut self, connector: Option<usize>, tag: &str, now: Timestamp) -> bool {
        let chosen = connector.or_else(|| {
            let plugged = self.slots.iter().position(|s| s.is_usable() && s.bay.car.is_some());
            plugged.or_else(|| self.slots.iter().position(super::Slot::is_usable)).map(|place| place + 1)
        });
        let grace = self.connection_timeout_ms;
        let brings_car = self.config.behaviours.plug_on_remote_start;
        let walk_ms = self.random.between(1_500, 4_000);
        let authorize = self.authorize_remote;
        let Some(slot) = chosen.and_then(|connector| self.slot(connector)).filter(|slot| slot.is_usable())
        else {
            return false;
        };
        let connector = chosen.unwrap_or(0);
        if brings_car && slot.bay.car.is_none() {
            slot.driver_at = now.plus_ms(walk_ms);
        }
        if authorize {
            self.swipe(connector, tag, now);
        } else {
            slot.granted = Some(Grant { tag: tag.to_owned(), until: now.plus_ms(grace) });
            // The answer goes out before the transaction that follows from it.
            self.try_start(connector, now);
        }
        true
    }

    fn remote_stop(&mut self, transaction: Option<i64>, now: Timestamp) -> bool {
        let place = self.slots.iter().position(|slot| {
            slot.session
                .as_ref()
                .is_some_and(|s| transaction.is_some() && self.outbox.transaction(s.number) == transaction)
        });
        match place {
            Some(place) => {
                self.finish(place + 1, "Remote", now);
                true
            }
            None => false,
        }
    }

    fn change_availability(
        &mut self,
        connector: Option<usize>,
        inoperative: bool,
        now: Timestamp,
    ) -> &'static str {
        let all = 1..=self.slots.len();
        let range = match connector {
            Some(0) => all,
            Some(one) if all.contains(&one) => one..=one,
            _ => return "Rejected",
        };
        let mut scheduled = false;
        for connector in range {
            if let Some(slot) = self.slot(connector) {
                let later = inoperative && slot.session.is_some();
                scheduled |= later;
                slot.then_inoperative = later;
                slot.inoperative = inoperative && !later;
            }
            self.tell(connector, now);
        }
        if scheduled { "Scheduled" } else { "Accepted" }
    }

    fn change_configuration(&mut self, key: &str, value: &str) -> &'static str {
        let seconds = value.trim().parse::<i64>().ok().filter(|s| (0..=86_400).contains(s));
        match (key, seconds) {
            ("HeartbeatInterval", Some(seconds)) if seconds > 0 => {
                self.heartbeat_ms = seconds * 1_000;
                if self.heartbeat_at != NEVER {
                    // Takes effect at once; the next tick sends one.
                    self.heartbeat_at = Timestamp::from_ms(0);
                }
            }
            ("MeterValueSampleInterval", Some(seconds)) if seconds > 0 => {
                self.config.meter_interval_ms = seconds * 1_000
            }
            ("ConnectionTimeOut", Some(seconds)) => self.connection_timeout_ms = seconds * 1_000,
            ("TransactionMessageAttempts", Some(count)) => self.outbox.attempts_max = count,
            ("TransactionMessageRetryInterval", Some(seconds)) => self.outbox.retry_ms = seconds * 1_000,
            ("AuthorizeRemoteTxRequests", _) if matches!(value, "true" | "false") => {
                self.authorize_remote = value == "true"
            }
            ("AllowOfflineTxForUnknownId", _) if matches!(value, "true" | "false") => {
                self.config.behaviours.offline_start = value == "true";
            }
            ("LocalAuthListEnabled", _) if value == "true" => {}
            ("NumberOfConnectors" | "SupportedFeatureProfiles", _) => return "Rejected",
            _ if self.keys().iter().any(|(known, _, _)| *known == key) => return "Rejected",
            _ => return "NotSupported",
        }
        "Accepted"
    }

    fn keys(&self) -> Vec<(&'static str, bool, String)> {
        let seconds = |ms: i64| (ms / 1_000).to_string();
        vec![
            ("AllowOfflineTxForUnknownId", false, self.config.behaviours.offline_start.to_string()),
            ("AuthorizeRemoteTxRequests", false, self.authorize_remote.to_string()),
            ("ConnectionTimeOut", false, seconds(self.connection_timeout_ms)),
            ("HeartbeatInterval", false, seconds(self.heartbeat_ms)),
            ("LocalAuthListEnabled", false, "true".to_owned()),
            ("LocalAuthListMaxLength", true, HOLDS.to_string()),
            ("MeterValueSampleInterval", false, seconds(self.config.meter_interval_ms)),
            ("NumberOfConnectors", true, self.slots.len().to_string()),
            ("SendLocalListMaxLength", true, TAKES.to_string()),
            (
                "SupportedFeatureProfiles",
                true,
                "Core,FirmwareManagement,LocalAuthListManagement,Reservation,RemoteTrigger,SmartCharging"
                    .to_owned(),
            ),
            ("TransactionMessageAttempts", false, self.outbox.attempts_max.to_string()),
            ("TransactionMessageRetryInterval", false, seconds(self.outbox.retry_ms)),
        ]
    }

    fn configuration(&self, wanted: Option<&Value>) -> Value {
        let wanted: Vec<&str> = wanted
            .and_then(Value::as_array)
            .map(|keys| keys.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let all = self.keys();
        let unknown: Vec<&str> =
            wanted.iter().copied().filter(|key| !all.iter().any(|(known, _, _)| known == key)).collect();
        let known: Vec<Value> = all
            .iter()
            .filter(|(key, _, _)| wanted.is_empty() || wanted.contains(key))
            .map(|(key, readonly, value)| json!({ "key": key, "readonly": readonly, "value": value }))
            .collect();
        let mut answer = json!({ "configurationKey": known });
        if !unknown.is_empty() {
            answer["unknownKey"] = json!(unknown);
        }
        answer
    }

    fn trigger(&mut self, message: &str, connector: Option<usize>, now: Timestamp) -> &'static str {
        let all = 1..=self.slots.len();
        let range = match connector {
            None | Some(0) => all,
            Some(one) if all.contains(&one) => one..=one,
            _ => return "Rejected",
        };
        match message {
            "BootNotification" => self.boot(),
            "Heartbeat" => self.outbox.push(Kind::Heartbeat, "Heartbeat", json!({})),
            "StatusNotification" => {
                for connector in range {
                    if let Some(slot) = self.slot(connector) {
                        slot.told = None;
                    }
                    self.tell(connector, now);
                }
            }
            "MeterValues" => {
                for connector in range {
                    let Some(slot) = self.slot(connector) else { continue };
                    slot.bay.advance(now);
                    let measured = slot.bay.measure(now);
                    if let Some(session) = slot.session.as_ref().map(|s| s.number) {
                        self.push_meter(connector, session, &measured, "Trigger");
                    }
                }
            }
            _ => return "NotImplemented",
        }
        "Accepted"
    }
}

fn accepted(yes: bool) -> &'static str {
    if yes { "Accepted" } else { "Rejected" }
}
