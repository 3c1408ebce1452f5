//! What the pile has to say, in order.

use model::time::Timestamp;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Boot,
    Heartbeat,
    Status,
    Authorize {
        connector: usize,
        tag: String,
    },
    Start {
        connector: usize,
        session: u64,
    },
    Meter {
        session: u64,
    },
    /// `again`: to be said once more after the answer, by a pile that repeats itself.
    Stop {
        session: u64,
        again: bool,
    },
}

impl Kind {
    /// Kept over link losses and tried again.
    fn is_about_transaction(&self) -> bool {
        self.session().is_some()
    }

    /// The session whose transaction id the payload needs.
    fn session(&self) -> Option<u64> {
        match self {
            Kind::Start { session, .. } | Kind::Meter { session } | Kind::Stop { session, .. } => {
                Some(*session)
            }
            _ => None,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Call {
    pub kind: Kind,
    action: &'static str,
    payload: Value,
    attempts: i64,
    not_before: Timestamp,
}

#[derive(Debug)]
struct Pending {
    id: String,
    call: Call,
    sent_at: Timestamp,
}

#[derive(Debug)]
pub struct Outbox {
    waiting: VecDeque<Call>,
    pending: Option<Pending>,
    next_id: u64,
    /// The transaction ids that the server gave, by our own number of the session.
    names: BTreeMap<u64, i64>,
    /// The last stop that was answered, for piles that repeat it.
    last_stop: Option<Call>,
    pub attempts_max: i64,
    pub retry_ms: i64,
}

impl Default for Outbox {
    fn default() -> Outbox {
        Outbox {
            waiting: VecDeque::new(),
            pending: None,
            next_id: 1,
            names: BTreeMap::new(),
            last_stop: None,
            attempts_max: 3,
            retry_ms: 10_000,
        }
    }
}

/// A pile has memory for so many messages; the meter values of the middle go first.
const WAITING_MAX: usize = 2_000;
const NAMES_MAX: usize = 64;

impl Outbox {
    pub fn push(&mut self, kind: Kind, action: &'static str, payload: Value) {
        if self.waiting.len() >= WAITING_MAX
            && let Some(place) = self.waiting.iter().position(|c| matches!(c.kind, Kind::Meter { .. }))
        {
            self.waiting.remove(place);
        }
        self.waiting.push_back(Call {
            kind,
            action,
            payload,
            attempts: 0,
            not_before: Timestamp::from_ms(0),
        });
    }

    pub fn push_first(&mut self, kind: Kind, action: &'static str, payload: Value) {
        self.waiting.retain(|call| call.kind != kind);
        self.waiting.push_front(Call {
            kind,
            action,
            payload,
            attempts: 0,
            not_before: Timestamp::from_ms(0),
        });
    }

    pub fn transaction(&self, session: u64) -> Option<i64> {
        self.names.get(&session).copied()
    }

    pub fn name(&mut self, session: u64, transaction: i64) {
        self.names.insert(session, transaction);
        while self.names.len() > NAMES_MAX {
            self.names.pop_first();
        }
    }

    /// The next message, when none is under way and one may go. A transaction message that waits for
    /// its next attempt holds back those behind it, because their order is their meaning.
    pub fn take(&mut self, booted: bool, now: Timestamp) -> Option<Vec<u8>> {
        if self.pending.is_some() {
            return None;
        }
        loop {
            let place = if booted {
                self.ready(now)?
            } else {
                self.waiting.iter().position(|c| c.kind == Kind::Boot)?
            };
            let mut call = self.waiting.remove(place)?;
            if let Some(session) = call.kind.session()
                && !matches!(call.kind, Kind::Start { .. })
            {
                // Without an answer to its start a transaction has no name; the pile has given up.
                let Some(transaction) = self.transaction(session) else { continue };
                call.payload["transactionId"] = json!(transaction);
            }
            let id = self.next_id.to_string();
            self.next_id += 1;
            let text = json!([2, id, call.action, call.payload]).to_string().into_bytes();
            self.pending = Some(Pending { id, call, sent_at: now });
            return Some(text);
        }
    }

    fn ready(&self, now: Timestamp) -> Option<usize> {
        let mut held = false;
        for (place, call) in self.waiting.iter().enumerate() {
            if call.kind.is_about_transaction() {
                held = held || call.not_before > now;
                if held {
                    continue;
                }
            }
            return Some(place);
        }
        None
    }

    pub fn answered(&mut self, id: &str) -> Option<Call> {
        if self.pending.as_ref()?.id != id {
            return None;
        }
        let call = self.pending.take()?.call;
        if matches!(call.kind, Kind::Stop { .. }) {
            self.last_stop = Some(call.clone());
        }
        Some(call)
    }

    /// A CALLERROR.
    pub fn refused(&mut self, id: &str, now: Timestamp) -> Option<Kind> {
        if self.pending.as_ref()?.id != id {
            return None;
        }
        self.give_up_pending(now)
    }

    /// No answer in time.
    pub fn expire(&mut self, now: Timestamp, answer_ms: i64) -> Option<Kind> {
        if now.since(self.pending.as_ref()?.sent_at) < answer_ms {
            return None;
        }
        self.give_up_pending(now)
    }

    fn give_up_pending(&mut self, now: Timestamp) -> Option<Kind> {
        let mut call = self.pending.take()?.call;
        let kind = call.kind.clone();
        call.attempts += 1;
        if kind.is_about_transaction() && call.attempts < self.attempts_max {
            call.not_before = now.plus_ms(self.retry_ms.saturating_mul(call.attempts));
            self.waiting.push_front(call);
        }
        Some(kind)
    }

    /// The link is gone: what was under way is said again first, if it was about a transaction.
    pub fn link_lost(&mut self) {
        if let Some(pending) = self.pending.take() {
            self.waiting.push_front(pending.call);
        }
        self.waiting.retain(|call| call.kind.is_about_transaction());
    }

    pub fn repeat_stop(&mut self, session: u64) {
        if let Some(mut call) = self.last_stop.take() {
            call.kind = Kind::Stop { session, again: false };
            self.waiting.push_front(call);
        }
    }

    pub fn deadline(&self, answer_ms: i64) -> Timestamp {
        match &self.pending {
            Some(pending) => pending.sent_at.plus_ms(answer_ms),
            None => self.waiting.front().map_or(Timestamp::from_ms(i64::MAX), |call| call.not_before),
        }
    }
}
