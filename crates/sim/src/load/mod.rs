//! The load generator: many piles, few cycles each. Closed loop (whole sessions as fast as the
//! server answers), open loop (a fixed schedule, latency counted from the scheduled moment, so that
//! queueing is not hidden), idle (connect, boot, hold), storm (all come back at once, each with what it
//! has queued), and crash (sessions that survive a killed server, with a witness of what was acknowledged).

mod call;
mod histogram;
mod idle;
mod open;
mod process;
mod report;
mod session;
mod sessions;
mod storm;
pub mod wire;
pub mod witness;
mod words16;
mod words2;
pub mod ykc;

use call::Identity;
use histogram::Histogram;
use model::time::Clock;
use report::Report;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use wire::Target;
use witness::Witness;

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Mode {
    /// Closed loop of whole sessions.
    Sessions,
    /// Calls on a schedule, whatever the server does.
    Open,
    /// Connect, boot, hold.
    Idle,
    /// All at once after an outage: boot, status and five queued messages each, within --seconds.
    Storm,
    /// Closed loop that reconnects and sends again until answered.
    Crash,
}

/// What the piles of a run speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Speech {
    #[value(name = "ocpp1.6")]
    Ocpp16,
    #[value(name = "ocpp2.0.1")]
    Ocpp201,
    /// 云快充, in a closed loop of sessions
    #[value(name = "ykc1.6")]
    Ykc16,
}

impl Speech {
    fn subprotocol(self) -> &'static str {
        match self {
            Speech::Ocpp201 => "ocpp2.0.1",
            _ => "ocpp1.6",
        }
    }
}

#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Where OCPP piles connect; the pile's code is appended
    #[arg(long, default_value = "ws://127.0.0.1:8080/ocpp")]
    pub server: String,
    #[arg(long, value_enum, default_value = "sessions")]
    pub mode: Mode,
    /// What the piles speak; crash runs speak OCPP 1.6 beside their 云快充 piles
    #[arg(long, value_enum, default_value = "ocpp1.6")]
    pub speak: Speech,
    /// How many piles
    #[arg(long, default_value_t = 100)]
    pub piles: usize,
    /// Pile codes are PREFIX and six digits, from `--first`
    #[arg(long, default_value = "SIM")]
    pub prefix: String,
    #[arg(long, default_value_t = 1)]
    pub first: usize,
    /// HTTP Basic password of every pile
    #[arg(long, default_value = "")]
    pub password: String,
    /// Card tags are TAG-PREFIX and the pile's six digits
    #[arg(long, default_value = "CARD")]
    pub tag_prefix: String,
    #[arg(long, default_value_t = 1)]
    pub connectors: usize,
    /// Measured time
    #[arg(long, default_value_t = 10.0)]
    pub seconds: f64,
    /// Time before the measurement
    #[arg(long, default_value_t = 2.0)]
    pub warmup: f64,
    /// Calls per second of the open loop, over all piles
    #[arg(long, default_value_t = 1_000.0)]
    pub rate: f64,
    /// How long idle piles stay
    #[arg(long, default_value_t = 10.0)]
    pub hold: f64,
    /// How many connect at the same time
    #[arg(long, default_value_t = 256)]
    pub concurrency: usize,
    /// Loopback addresses to connect from (127.0.0.1, 127.0.0.2, …), for more than 28 000 piles
    #[arg(long, default_value_t = 1)]
    pub sources: u8,
    /// Do not boot before the load (idle piles always boot)
    #[arg(long)]
    pub no_boot: bool,
    /// Append what was acknowledged to this file
    #[arg(long)]
    pub witness: Option<PathBuf>,
    /// Sync each line of the witness to the disk
    #[arg(long)]
    pub witness_fsync: bool,
    /// Crash mode: give up on an answer after this many seconds, reconnect and send again
    #[arg(long, default_value_t = 5.0)]
    pub patience: f64,
    /// Where 云快充 piles connect
    #[arg(long, default_value = "127.0.0.1:8768")]
    pub ykc: String,
    /// Crash mode: how many 云快充 piles send bills beside the OCPP piles
    #[arg(long, default_value_t = 0)]
    pub ykc_piles: usize,
    /// Their codes are these eight digits and six more, from `--first`; their cards CA and the six
    #[arg(long, default_value = "99010600")]
    pub ykc_prefix: String,
    /// Report CPU and memory of this process and its children (repeatable)
    #[arg(long = "server-pid")]
    pub server_pids: Vec<u32>,
    /// Print JSON instead of text
    #[arg(long)]
    pub json: bool,
    /// Threads of the generator; 1 is the cheapest
    #[arg(long, default_value_t = 1)]
    pub threads: usize,
}

impl Options {
    fn seconds(value: f64) -> Duration {
        Duration::try_from_secs_f64(value).unwrap_or_default()
    }

    /// How many piles of the run speak 云快充.
    fn ykc_count(&self) -> usize {
        match (self.mode, self.speak) {
            (Mode::Crash, _) => self.ykc_piles,
            (_, Speech::Ykc16) => self.piles,
            _ => 0,
        }
    }

    fn ocpp_count(&self) -> usize {
        if self.speak == Speech::Ykc16 { 0 } else { self.piles }
    }

    pub fn code(&self, place: usize) -> String {
        format!("{}{:06}", self.prefix, self.first + place)
    }

    pub fn tag(&self, place: usize) -> String {
        format!("{}{:06}", self.tag_prefix, self.first + place)
    }
}

/// What all piles of a run share.
pub(crate) struct Shared {
    options: Options,
    clock: Clock,
    witness: Option<Witness>,
    tally: Mutex<Tally>,
    /// Answers count only between the warm-up and the end.
    measuring: AtomicBool,
    /// Piles finish the session they are in and leave.
    ending: AtomicBool,
    orders: AtomicU64,
    reconnects: AtomicU64,
}

#[derive(Default)]
pub(crate) struct Tally {
    latency: Histogram,
    /// Messages that want no answer.
    unanswered: u64,
    errors: u64,
    refused: u64,
    orders: u64,
    first_error: Option<String>,
}

impl Shared {
    fn ending(&self) -> bool {
        self.ending.load(Ordering::Relaxed)
    }

    fn answered(&self, latency: Duration) {
        if self.measuring.load(Ordering::Relaxed)
            && let Ok(mut tally) = self.tally.lock()
        {
            tally.latency.record(latency);
        }
    }

    /// A message that wants no answer was said.
    fn said(&self) {
        if self.measuring.load(Ordering::Relaxed)
            && let Ok(mut tally) = self.tally.lock()
        {
            tally.unanswered += 1;
        }
    }

    fn error(&self, what: &dyn std::fmt::Display) {
        if let Ok(mut tally) = self.tally.lock() {
            tally.errors += 1;
            if tally.first_error.is_none() {
                tally.first_error = Some(what.to_string());
            }
        }
    }

    /// Something that a run may meet and goes on from: only the first is told.
    fn first(&self, what: &dyn std::fmt::Display) {
        if let Ok(mut tally) = self.tally.lock()
            && tally.first_error.is_none()
        {
            tally.first_error = Some(what.to_string());
        }
    }

    fn refused(&self, answer: &[u8]) {
        if let Ok(mut tally) = self.tally.lock() {
            tally.refused += 1;
            if tally.first_error.is_none() {
                tally.first_error = Some(format!("refused: {}", String::from_utf8_lossy(answer)));
            }
        }
    }

    fn order(&self) {
        self.orders.fetch_add(1, Ordering::Relaxed);
        if self.measuring.load(Ordering::Relaxed)
            && let Ok(mut tally) = self.tally.lock()
        {
            tally.orders += 1;
        }
    }
}

/// Files that the generator itself needs, besides one for each pile.
const FILES_OWN: u64 = 64;

/// Said before the first pile connects, not by the thousandth that cannot.
fn files_suffice(options: &Options) -> Result<(), String> {
    #[cfg(unix)]
    {
        let needed = (options.ocpp_count() + options.ykc_count()) as u64 + FILES_OWN;
        let (most, _) = rlimit::getrlimit(rlimit::Resource::NOFILE).map_err(|error| error.to_string())?;
        if most < needed {
            return Err(format!(
                "--piles {}: {needed} open files are needed and {most} are allowed; raise the hard limit (ulimit -Hn)",
                options.piles
            ));
        }
    }
    Ok(())
}

/// Runs the load and prints the report. An error is something that kept it from running, or a call
/// that failed: only a crash run has a server that may.
pub async fn run(options: Options, clock: Clock) -> Result<(), String> {
    let spoken = match options.mode {
        Mode::Crash | Mode::Storm => options.speak == Speech::Ocpp16,
        Mode::Open | Mode::Idle => options.speak != Speech::Ykc16,
        Mode::Sessions => true,
    };
    if !spoken {
        return Err(
            "--speak: crash and storm runs speak ocpp1.6, and 云快充 is spoken in --mode sessions only"
                .to_owned(),
        );
    }
    files_suffice(&options)?;
    let target = Target::resolve(&options.server, options.speak)
        .await
        .map_err(|error| format!("--server {}: {error}", options.server))?;
    let witness = match &options.witness {
        Some(path) => Some(
            Witness::open(path, options.witness_fsync)
                .map_err(|e| format!("--witness {}: {e}", path.display()))?,
        ),
        None => None,
    };
    let identities = identities(&options, target);
    let shared = Arc::new(Shared {
        options,
        clock,
        witness,
        tally: Mutex::default(),
        measuring: AtomicBool::new(false),
        ending: AtomicBool::new(false),
        orders: AtomicU64::new(0),
        reconnects: AtomicU64::new(0),
    });
    if shared.options.ykc_count() > 0 && ykc::identity(&shared.options, 0).is_none() {
        return Err(format!("--ykc-prefix {}: eight digits are needed", shared.options.ykc_prefix));
    }
    let gate = Arc::new(Semaphore::new(shared.options.concurrency.max(1)));
    let report = match shared.options.mode {
        Mode::Sessions | Mode::Crash => sessions::run(&shared, identities, gate).await,
        Mode::Open => open::run(&shared, identities, gate).await,
        Mode::Idle => idle::run(&shared, identities, gate).await,
        Mode::Storm => storm::run(&shared, identities, gate).await,
    };
    report.print(shared.options.json);
    if shared.options.mode == Mode::Crash { Ok(()) } else { report.verdict() }
}

fn identities(options: &Options, target: Target) -> Vec<Identity> {
    let target = Arc::new(target);
    let password: Arc<str> = options.password.as_str().into();
    (0..options.ocpp_count())
        .map(|place| {
            let turn = u8::try_from(place % usize::from(options.sources.max(1))).unwrap_or(0);
            Identity {
                target: target.clone(),
                source: (options.sources > 1).then(|| Ipv4Addr::new(127, 0, 0, 1 + turn)),
                code: options.code(place),
                password: password.clone(),
                tag: options.tag(place),
            }
        })
        .collect()
}

/// Waits out the warm-up and the measured time; gives the measured time and what the server used.
async fn measure(shared: &Shared) -> (Duration, process::Usage, process::Usage) {
    let pids = &shared.options.server_pids;
    tokio::time::sleep(Options::seconds(shared.options.warmup)).await;
    let before = process::usage(pids);
    let begin = Instant::now();
    shared.measuring.store(true, Ordering::Relaxed);
    tokio::time::sleep(Options::seconds(shared.options.seconds)).await;
    shared.measuring.store(false, Ordering::Relaxed);
    let elapsed = begin.elapsed();
    let after = process::usage(pids);
    shared.ending.store(true, Ordering::Relaxed);
    (elapsed, before, after)
}
