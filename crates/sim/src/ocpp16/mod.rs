//! An OCPP 1.6J charge point.
//!
//! One call is under way at a time, as OCPP-J demands. Messages about transactions wait in order
//! over link losses and restarts of the server, keep their own timestamps, and are tried again as
//! `TransactionMessageAttempts` and `TransactionMessageRetryInterval` say. Everything else is
//! forgotten when the link goes.

mod charging;
mod files;
mod held;
mod local_list;
mod outbox;
mod reservation;
mod server_calls;
mod slot;

use crate::car::Car;
use crate::limits::Profiles;
use crate::pile::{Action, Output, PileConfig, View};
use crate::random::Random;
use model::time::Timestamp;
use outbox::{Kind, Outbox};
use serde_json::{Value, json};
use slot::Slot;
use std::collections::VecDeque;

/// How long the pile waits for an answer.
const ANSWER_MS: i64 = 30_000;
/// A charging connector is stepped so often, to see in time that the car is full.
const STEP_MS: i64 = 1_000;
const NEVER: Timestamp = Timestamp::from_ms(i64::MAX);

pub use files::FIRMWARE_HEAD;

pub struct Pile {
    config: PileConfig,
    random: Random,
    slots: Vec<Slot>,
    outbox: Outbox,
    out: VecDeque<Output>,
    online: bool,
    /// BootNotification was accepted since power-up.
    booted: bool,
    boot_again_at: Timestamp,
    heartbeat_ms: i64,
    heartbeat_at: Timestamp,
    connection_timeout_ms: i64,
    authorize_remote: bool,
    sessions: u64,
    /// Hang up for a reset once the answer is out.
    reset_pending: bool,
    files: files::Files,
    profiles: Profiles,
    list: local_list::LocalList,
}

impl Pile {
    pub fn new(config: PileConfig, _now: Timestamp) -> Pile {
        let mut random = Random::named(config.seed, &config.code);
        let slots = (0..config.connectors.max(1))
            .map(|place| {
                let register = random.between(1_000_000, 900_000_000) / 10 * 10;
                let mut slot = Slot::new(config.kind, config.power_of(place + 1), register);
                slot.bay.overheat = config.behaviours.overheat;
                slot
            })
            .collect();
        Pile {
            random,
            slots,
            outbox: Outbox::default(),
            out: VecDeque::new(),
            online: false,
            booted: false,
            boot_again_at: NEVER,
            heartbeat_ms: 300_000,
            heartbeat_at: NEVER,
            connection_timeout_ms: 60_000,
            authorize_remote: false,
            sessions: 0,
            reset_pending: false,
            files: files::Files::default(),
            profiles: Profiles::default(),
            list: local_list::LocalList::default(),
            config,
        }
    }

    pub fn connected(&mut self, now: Timestamp) {
        self.online = true;
        self.reset_pending = false;
        if self.booted {
            self.tell_all(now);
        } else {
            self.boot();
        }
        self.flush(now);
    }

    pub fn disconnected(&mut self, _now: Timestamp) {
        self.online = false;
        self.heartbeat_at = NEVER;
        self.boot_again_at = NEVER;
        self.outbox.link_lost();
        for slot in &mut self.slots {
            slot.authorizing = None;
        }
    }

    pub fn receive(&mut self, bytes: &[u8], now: Timestamp) {
        let Ok(Value::Array(message)) = serde_json::from_slice::<Value>(bytes) else {
            return;
        };
        let id = message.get(1).and_then(Value::as_str).unwrap_or_default();
        match message.first().and_then(Value::as_i64) {
            Some(2) => {
                let action = message.get(2).and_then(Value::as_str).unwrap_or_default();
                let answer = match self.called(action, message.get(3).unwrap_or(&Value::Null), now) {
                    Some(answer) => json!([3, id, answer]),
                    None => json!([4, id, "NotImplemented", "", {}]),
                };
                self.send(&answer);
            }
            Some(3) => {
                if let Some(call) = self.outbox.answered(id) {
                    self.answered(call.kind, message.get(2).unwrap_or(&Value::Null), now);
                }
            }
            Some(4) => {
                if let Some(kind) = self.outbox.refused(id, now) {
                    self.failed(&kind, now);
                }
            }
            _ => {}
        }
        self.flush(now);
    }

    pub fn act(&mut self, action: Action, now: Timestamp) {
        match action {
            Action::Plug(connector, car) => self.plug(connector, *car, now),
            Action::Unplug(connector) => self.unplug(connector, now),
            Action::Swipe(connector, tag) => self.swipe(connector, &tag, now),
            Action::Stop(connector) => self.finish(connector, "Local", now),
            Action::Fault(connector) => self.fault(connector, "Other", now),
            Action::EmergencyStop(connector) => self.fault(connector, "EmergencyStop", now),
            Action::Repair(connector) => {
                if let Some(slot) = self.slot(connector) {
                    slot.mend();
                }
                self.tell(connector, now);
            }
            Action::CutLink(ms) => self.out.push_back(Output::HangUp { again_after_ms: ms }),
        }
        self.flush(now);
    }

    pub fn tick(&mut self, now: Timestamp) {
        for connector in 1..=self.slots.len() {
            self.step(connector, now);
        }
        self.files_step(now);
        self.reservations_step(now);
        if let Some(kind) = self.outbox.expire(now, ANSWER_MS) {
            self.failed(&kind, now);
        }
        if self.boot_again_at <= now {
            self.boot_again_at = NEVER;
            self.boot();
        }
        if self.heartbeat_at <= now {
            self.heartbeat_at = now.plus_ms(self.heartbeat_ms);
            self.outbox.push(Kind::Heartbeat, "Heartbeat", json!({}));
        }
        self.flush(now);
    }

    pub fn deadline(&self) -> Timestamp {
        let slots = self.slots.iter().map(Slot::deadline).min().unwrap_or(NEVER);
        let calls = if self.online && self.booted { self.outbox.deadline(ANSWER_MS) } else { NEVER };
        let files = if self.online && self.booted { self.files.deadline() } else { NEVER };
        slots.min(calls).min(files).min(self.boot_again_at).min(self.heartbeat_at)
    }

    pub fn next_output(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    pub fn is_in_service(&self) -> bool {
        self.online && self.booted
    }

    pub fn view(&self, connector: usize) -> Option<View> {
        let slot = self.slots.get(connector.checked_sub(1)?)?;
        let measured = slot.bay.measure(NEVER);
        let transaction = slot.session.as_ref().and_then(|s| self.outbox.transaction(s.number));
        Some(View {
            plugged: slot.bay.car.is_some(),
            charging: slot.session.is_some(),
            faulted: slot.bay.faulted,
            register_dwh: slot.bay.register_dwh(),
            soc_percent: slot.bay.car.as_ref().map(Car::soc_percent),
            power_w: measured.flow.power_w,
            transaction: transaction.map(|id| id.to_string()),
        })
    }

    /// What the pile answers to a call, without a link.
    pub(crate) fn answer(&mut self, action: &str, payload: &Value, now: Timestamp) -> Option<Value> {
        self.called(action, payload, now)
    }

    fn slot(&mut self, connector: usize) -> Option<&mut Slot> {
        self.slots.get_mut(connector.checked_sub(1)?)
    }

    fn boot(&mut self) {
        let payload = json!({
            "chargePointVendor": "PileOps",
            "chargePointModel": format!("Pretend {} kW", self.config.rated_power_w / 1_000),
            "chargePointSerialNumber": self.config.code.chars().take(25).collect::<String>(),
            "firmwareVersion": self.files.version,
        });
        self.outbox.push_first(Kind::Boot, "BootNotification", payload);
    }

    /// Sends what may be sent now: nothing but the boot before it was accepted.
    fn flush(&mut self, now: Timestamp) {
        if self.online
            && let Some(text) = self.outbox.take(self.booted, now)
        {
            self.out.push_back(Output::Send(text));
        }
        if self.reset_pending && self.online {
            self.reset_pending = false;
            self.booted = false;
            self.out.push_back(Output::HangUp { again_after_ms: 2_000 });
        }
    }

    fn send(&mut self, message: &Value) {
        self.out.push_back(Output::Send(message.to_string().into_bytes()));
    }

    fn answered(&mut self, kind: Kind, answer: &Value, now: Timestamp) {
        match kind {
            Kind::Boot => self.boot_answered(answer, now),
            Kind::Authorize { connector, tag } => {
                let accepted = is_accepted(answer);
                let grace = self.connection_timeout_ms;
                if let Some(slot) = self.slot(connector) {
                    slot.authorizing = None;
                    slot.granted = accepted.then(|| slot::Grant { tag, until: now.plus_ms(grace) });
                }
                self.try_start(connector, now);
            }
            Kind::Start { connector, session } => {
                if let Some(id) = answer.get("transactionId").and_then(Value::as_i64) {
                    self.outbox.name(session, id);
                }
                let same = self.slot(connector).is_some_and(|s| s.is_in(session));
                if same && !is_accepted(answer) {
                    self.finish(connector, "DeAuthorized", now);
                }
            }
            Kind::Stop { session, again } => {
                if again {
                    self.outbox.repeat_stop(session);
                }
            }
            Kind::Heartbeat | Kind::Status | Kind::Meter { .. } => {}
        }
    }

    fn boot_answered(&mut self, answer: &Value, now: Timestamp) {
        let seconds = answer.get("interval").and_then(Value::as_i64).unwrap_or(0).clamp(0, 86_400);
        if is_status(answer, "Accepted") {
            self.booted = true;
            self.heartbeat_ms = if seconds > 0 { seconds * 1_000 } else { 300_000 };
            self.heartbeat_at = now.plus_ms(self.heartbeat_ms);
            self.tell_all(now);
        } else {
            self.boot_again_at = now.plus_ms(if seconds > 0 { seconds * 1_000 } else { 10_000 });
        }
    }

    /// A call got an error or no answer at all.
    fn failed(&mut self, kind: &Kind, now: Timestamp) {
        match kind {
            Kind::Boot => self.boot_again_at = now.plus_ms(10_000),
            Kind::Authorize { connector, .. } => {
                if let Some(slot) = self.slot(*connector) {
                    slot.authorizing = None;
                }
            }
            _ => {}
        }
    }
}

fn is_status(answer: &Value, status: &str) -> bool {
    answer.get("status").and_then(Value::as_str) == Some(status)
}

fn is_accepted(answer: &Value) -> bool {
    answer.get("idTagInfo").is_some_and(|info| is_status(info, "Accepted"))
}
