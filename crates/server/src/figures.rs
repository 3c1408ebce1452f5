//! What the server has done since it was started, as numbers: of the whole server, never of a pile or a
//! person. Counting costs a pile no allocation and no wait.

pub mod process;

use axum::http::{Method, StatusCode};
use model::time::Timestamp;
use protocol::Session;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;
use store::figures::{Histogram, Spread, TIMES_US};
use tokio::sync::watch;
use tokio::time::Instant;

/// How often is looked whether tasks get their turn.
const LOOK: Duration = Duration::from_millis(250);

/// What a pile speaks, as far as metrics tell it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    Ocpp16,
    Ocpp2,
    Ykc,
}

impl Family {
    pub const ALL: [Family; 3] = [Family::Ocpp16, Family::Ocpp2, Family::Ykc];

    pub fn of(session: &Session) -> Family {
        match session {
            Session::Ocpp16(_) => Family::Ocpp16,
            Session::Ocpp2(_) => Family::Ocpp2,
            Session::Ykc(_) => Family::Ykc,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Family::Ocpp16 => "ocpp1.6",
            Family::Ocpp2 => "ocpp2",
            Family::Ykc => "ykc",
        }
    }
}

/// Which way a message went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Way {
    Up,
    Down,
    /// It came, and broke the rules of its protocol.
    Rejected,
}

impl Way {
    pub fn as_str(self) -> &'static str {
        match self {
            Way::Up => "up",
            Way::Down => "down",
            Way::Rejected => "rejected",
        }
    }
}

/// Names of messages are words of our own programme, so that their number is bounded.
type Message = (Family, &'static str, Way);

/// Of one job, since the start.
#[derive(Clone, Debug, Default)]
pub struct JobFigures {
    pub runs: u64,
    pub failures: u64,
    pub last_success_ms: Option<i64>,
    pub last_us: u64,
}

pub struct Figures {
    messages: RwLock<HashMap<Message, AtomicU64>>,
    /// From a message's last byte to the answer's way out, by what the pile speaks.
    answers: [Histogram; 3],
    /// By method, route (its pattern, so that their number is bounded) and status.
    requests: Mutex<BTreeMap<(String, String), Requests>>,
    jobs: Mutex<BTreeMap<&'static str, JobFigures>>,
    /// How late a task got its turn.
    pub lag: Histogram,
    lag_us: AtomicU64,
    /// When the certificate of the TLS door ends, in seconds; 0: there is no such door.
    certificate_end_s: AtomicI64,
}

/// Of one method on one route.
struct Requests {
    by_status: BTreeMap<u16, u64>,
    times: Histogram,
}

/// The same at one moment.
pub struct RequestSpread {
    pub method: String,
    pub route: String,
    pub by_status: BTreeMap<u16, u64>,
    pub times: Spread,
}

impl Default for Figures {
    fn default() -> Figures {
        Figures {
            messages: RwLock::default(),
            answers: std::array::from_fn(|_| Histogram::new(TIMES_US)),
            requests: Mutex::default(),
            jobs: Mutex::default(),
            lag: Histogram::new(TIMES_US),
            lag_us: AtomicU64::new(0),
            certificate_end_s: AtomicI64::new(0),
        }
    }
}

impl Figures {
    pub fn message(&self, family: Family, kind: &'static str, way: Way) {
        let key = (family, kind, way);
        let known = self.messages.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = known.get(&key) {
            count.fetch_add(1, Relaxed);
            return;
        }
        drop(known);
        let mut all = self.messages.write().unwrap_or_else(PoisonError::into_inner);
        all.entry(key).or_default().fetch_add(1, Relaxed);
    }

    pub fn answered(&self, family: Family, took: Duration) {
        if let Some(all) =
            Family::ALL.iter().position(|one| *one == family).and_then(|at| self.answers.get(at))
        {
            all.add_time(took);
        }
    }

    pub fn request(&self, method: &Method, route: Option<&str>, status: StatusCode, took: Duration) {
        let method = match *method {
            Method::GET | Method::POST | Method::PUT | Method::PATCH | Method::DELETE | Method::HEAD => {
                method.as_str()
            }
            _ => "other",
        };
        let key = (method.to_owned(), route.unwrap_or("none").to_owned());
        let mut all = lock(&self.requests);
        let known = all
            .entry(key)
            .or_insert_with(|| Requests { by_status: BTreeMap::new(), times: Histogram::new(TIMES_US) });
        *known.by_status.entry(status.as_u16()).or_default() += 1;
        known.times.add_time(took);
    }

    /// A run of a job has ended.
    pub fn job(&self, name: &'static str, is_good: bool, took: Duration, now_ms: i64) {
        let mut all = lock(&self.jobs);
        let known = all.entry(name).or_default();
        known.runs += 1;
        known.last_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        if is_good {
            known.last_success_ms = Some(now_ms);
        } else {
            known.failures += 1;
        }
    }

    pub fn messages(&self) -> BTreeMap<Message, u64> {
        let known = self.messages.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().map(|(key, count)| (*key, count.load(Relaxed))).collect()
    }

    pub fn answers(&self) -> Vec<(Family, Spread)> {
        Family::ALL.into_iter().zip(self.answers.iter().map(Histogram::spread)).collect()
    }

    pub fn requests(&self) -> Vec<RequestSpread> {
        let all = lock(&self.requests);
        all.iter()
            .map(|((method, route), one)| RequestSpread {
                method: method.clone(),
                route: route.clone(),
                by_status: one.by_status.clone(),
                times: one.times.spread(),
            })
            .collect()
    }

    pub fn jobs(&self) -> BTreeMap<&'static str, JobFigures> {
        lock(&self.jobs).clone()
    }

    /// The TLS door shows a certificate that ends then.
    pub fn certificate_shown(&self, ends_at: Timestamp) {
        self.certificate_end_s.store(ends_at.as_ms().div_euclid(1_000), Relaxed);
    }

    /// When the certificate of the TLS door ends, in seconds since 1970.
    pub fn certificate_end_s(&self) -> Option<i64> {
        Some(self.certificate_end_s.load(Relaxed)).filter(|end| *end != 0)
    }

    /// How late the last look was.
    pub fn lag_us(&self) -> u64 {
        self.lag_us.load(Relaxed)
    }

    /// Looks whether tasks get their turn, until the server stops.
    pub async fn lag_watch(&self, mut stop: watch::Receiver<bool>) {
        loop {
            let due = Instant::now() + LOOK;
            tokio::select! {
                () = tokio::time::sleep_until(due) => {
                    let late = due.elapsed();
                    self.lag.add_time(late);
                    self.lag_us.store(u64::try_from(late.as_micros()).unwrap_or(u64::MAX), Relaxed);
                }
                () = crate::serve::stopped(&mut stop) => return,
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
