//! An OCPP 2.0.1 charging station: the pile of [`crate::ocpp16`], its bays, cars, outbox and retries,
//! saying the same in the words of 2.0.1. Each connector is an EVSE with one socket; a transaction bears a
//! name of the pile's own and counts its events.

mod asked;
mod held;
mod pricing;
mod said;
mod showing;
mod watching;

use crate::ocpp16;
use crate::pile::{Action, Output, PileConfig, View};
use model::time::Timestamp;
use pricing::Pricing;
use serde_json::{Value, json};
use showing::Showing;
use std::collections::{BTreeMap, VecDeque};
use watching::Watching;

/// Sessions whose names and events are remembered.
const SESSIONS_MAX: usize = 64;

pub struct Pile {
    inner: ocpp16::Pile,
    code: String,
    /// When the link came up: what is older was said to nobody.
    online_since: Timestamp,
    /// The call of the inner pile that waits for its answer.
    pending: Option<Pending>,
    /// The server's calls by their id, until the inner pile has answered.
    asked: BTreeMap<String, String>,
    /// What each session has said, in order: the place is the event's number.
    events: BTreeMap<i64, Vec<String>>,
    /// The session that the next start will be.
    sessions: i64,
    /// The numbers of remote starts by their tags.
    starts: BTreeMap<String, Value>,
    /// Reports that are asked for, one at a time.
    reports: VecDeque<(&'static str, Value)>,
    reporting: Option<String>,
    /// How many were sent: each has an id of its own.
    reported: u64,
    watching: Watching,
    showing: Showing,
    pricing: Pricing,
    connectors: usize,
    first: VecDeque<Output>,
}

struct Pending {
    id: String,
    action: String,
    /// The number that the inner pile takes for its transaction id.
    session: Option<i64>,
}

impl Pile {
    pub fn new(config: PileConfig, now: Timestamp) -> Pile {
        let (code, connectors) = (config.code.clone(), config.connectors);
        Pile {
            inner: ocpp16::Pile::new(config, now),
            code,
            online_since: now,
            pending: None,
            asked: BTreeMap::new(),
            events: BTreeMap::new(),
            // Names differ over restarts of the simulator.
            sessions: now.as_ms() / 1_000 % 1_000_000_000,
            starts: BTreeMap::new(),
            reports: VecDeque::new(),
            watching: Watching::new(),
            showing: Showing::new(),
            pricing: Pricing::default(),
            connectors,
            reporting: None,
            reported: 0,
            first: VecDeque::new(),
        }
    }

    pub fn connected(&mut self, now: Timestamp) {
        self.online_since = now;
        self.inner.connected(now);
    }

    pub fn disconnected(&mut self, now: Timestamp) {
        (self.pending, self.reporting) = (None, None);
        self.asked.clear();
        self.reports.clear();
        self.first.clear();
        self.inner.disconnected(now);
    }

    pub fn receive(&mut self, bytes: &[u8], now: Timestamp) {
        let Ok(Value::Array(message)) = serde_json::from_slice::<Value>(bytes) else { return };
        let id = message.get(1).and_then(Value::as_str).unwrap_or_default().to_owned();
        let rest = |place: usize| message.get(place).cloned().unwrap_or(Value::Null);
        match message.first().and_then(Value::as_i64) {
            Some(2) => self.called(&id, rest(2).as_str().unwrap_or_default(), &rest(3), now),
            Some(3 | 4) if self.reporting.as_deref() == Some(&id) => self.reporting = None,
            Some(3) => {
                if let Some(pending) = self.pending.take_if(|pending| pending.id == id) {
                    let answer = said::answer(&pending.action, pending.session, &rest(2));
                    self.hand(&json!([3, id, answer]), now);
                }
            }
            Some(4) => {
                self.pending = None;
                self.hand(&Value::Array(message), now);
            }
            _ => {}
        }
        self.inner_outputs(now);
    }

    pub fn act(&mut self, action: Action, now: Timestamp) {
        self.inner.act(action, now);
        self.inner_outputs(now);
    }

    pub fn tick(&mut self, now: Timestamp) {
        self.inner.tick(now);
        self.inner_outputs(now);
    }

    pub fn fetched(&mut self, bytes: Option<&[u8]>, now: Timestamp) {
        self.inner.fetched(bytes, now);
        self.inner_outputs(now);
    }

    pub fn uploaded(&mut self, done: bool, now: Timestamp) {
        self.inner.uploaded(done, now);
        self.inner_outputs(now);
    }

    pub fn deadline(&self) -> Timestamp {
        self.inner.deadline()
    }

    pub fn next_output(&mut self) -> Option<Output> {
        // What the link's beginning has set off was not asked for with a time.
        self.inner_outputs(self.online_since);
        self.first.pop_front()
    }

    pub fn is_in_service(&self) -> bool {
        self.inner.is_in_service()
    }

    pub fn view(&self, connector: usize) -> Option<View> {
        let view = self.inner.view(connector)?;
        let named = |id: &String| id.parse().ok().map(|session| self.name(session));
        Some(View { transaction: view.transaction.as_ref().and_then(named), ..view })
    }

    fn name(&self, session: i64) -> String {
        let name = format!("{}-{session}", self.code);
        name.chars().skip(name.chars().count().saturating_sub(36)).collect()
    }

    fn hand(&mut self, message: &Value, now: Timestamp) {
        self.inner.receive(message.to_string().as_bytes(), now);
    }

    /// Puts what the inner pile says into the words of 2.0.1.
    fn inner_outputs(&mut self, now: Timestamp) {
        while let Some(output) = self.inner.next_output() {
            let Output::Send(bytes) = output else {
                self.first.push_back(output);
                continue;
            };
            let Ok(Value::Array(message)) = serde_json::from_slice::<Value>(&bytes) else { continue };
            match message.as_slice() {
                [Value::Number(_), Value::String(id), Value::String(action), payload] => {
                    self.call(id, action, payload, now);
                }
                [Value::Number(_), Value::String(id), answer] => {
                    let action = self.asked.remove(id).unwrap_or_default();
                    self.send(&json!([3, id, asked::answer(&action, answer)]));
                }
                _ => self.send(&Value::Array(message)),
            }
        }
        if self.pending.is_none()
            && self.reporting.is_none()
            && let Some((action, report)) = self.reports.pop_front()
        {
            self.reported += 1;
            let id = format!("r{}", self.reported);
            self.send(&json!([2, id, action, report]));
            self.reporting = Some(id);
        }
    }

    fn send(&mut self, message: &Value) {
        self.first.push_back(Output::Send(message.to_string().into_bytes()));
    }

    fn call(&mut self, id: &str, action: &str, payload: &Value, now: Timestamp) {
        match self.say(action, payload) {
            Some((name, payload, session)) => {
                self.pending = Some(Pending { id: id.to_owned(), action: action.to_owned(), session });
                self.send(&json!([2, id, name, payload]));
            }
            // 2.0.1 does not say this: it counts as said.
            None => self.hand(&json!([3, id, {}]), now),
        }
    }

    /// The number of an event of a session; one that is said again keeps it.
    fn event(&mut self, session: i64, event: String) -> usize {
        let events = self.events.entry(session).or_default();
        let place = events.iter().position(|known| *known == event);
        let place = place.unwrap_or_else(|| {
            events.push(event);
            events.len() - 1
        });
        while self.events.len() > SESSIONS_MAX {
            self.events.pop_first();
        }
        place
    }
}
