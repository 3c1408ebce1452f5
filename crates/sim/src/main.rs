//! `pileops-sim`: pretend piles for demos, tests and load, and the floor of the benchmark.

use clap::{Parser, Subcommand};
use model::time::Clock;
use sim::pile::{Behaviours, Overheat};
use sim::replay::{Player, RealTime, Recording, Target};
use sim::site::{Site, SiteConfig, piles_from_csv};
use sim::tls::Tls;
use sim::{floor, load, pay, yard};
use std::future::Future;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

#[derive(Parser)]
#[command(version, about = "Pretend EV charging piles: sites, load, and the floor of the benchmark")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the piles of a file, with drivers who come and go, until Ctrl-C
    Run(RunOptions),
    /// Put load on a server and report messages/s, latency and acknowledged orders
    Load(load::Options),
    /// Serve the least that keeps its word: parse, append, fdatasync, answer
    Floor(floor::Options),
    /// Play a recording (`pileops order record`, `pile record`) to a server, as its pile
    Replay(ReplayOptions),
    /// Prove in virtual time that shared power never exceeds a station's cap
    Yard(yard::Options),
    /// Pretend to be a pay channel, with a cashier and moods of its own (模拟支付渠道)
    Pay(pay::Options),
    /// Write the piles and cards of a load run as CSV files for `pileops pile import` and `card import`
    Fleet(FleetOptions),
}

#[derive(clap::Args)]
struct RunOptions {
    /// Where OCPP piles connect; the pile's code is appended
    #[arg(long, default_value = "ws://127.0.0.1:8080/ocpp")]
    server: String,
    /// Where 云快充 piles connect
    #[arg(long, default_value = "127.0.0.1:8768")]
    ykc: String,
    /// For wss://: PEM file of the authorities that the piles trust
    #[arg(long)]
    ca: Option<PathBuf>,
    /// For security profile 3: PEM file of the pile's certificate, with those up to the root; it is one pile's own
    #[arg(long, requires_all = ["ca", "key"])]
    certificate: Option<PathBuf>,
    /// PEM file of the key of the certificate
    #[arg(long)]
    key: Option<PathBuf>,
    /// CSV with a header: code,protocol,password,connectors,rated_power_w,connector_powers_w,kind,concentrator
    #[arg(long)]
    piles: PathBuf,
    /// Card tags, one a line (the first column of a CSV; a header named tag is skipped)
    #[arg(long)]
    cards: Option<PathBuf>,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Batteries so many times smaller, so that sessions are so much shorter
    #[arg(long, default_value_t = 1)]
    speed: i64,
    /// Cars that come to one connector a day
    #[arg(long, default_value_t = 12)]
    arrivals: i64,
    /// Every so many connectors one without drivers, for remote starts; 0 for none
    #[arg(long, default_value_t = 4)]
    free_every: usize,
    /// Faults and link losses per hour
    #[arg(long, default_value_t = 4)]
    misfortunes: i64,
    /// Seconds between the reports of a charging connector
    #[arg(long, default_value_t = 15)]
    meter_interval: i64,
    /// Piles out of 100 that misbehave in one way each, drawn by the seed
    #[arg(long, default_value_t = 0)]
    misbehaving_percent: i64,
    /// Minutes that every car stays plugged in after its session, beside its own
    #[arg(long, default_value_t = 0)]
    stay: i64,
    #[command(flatten)]
    manners: Manners,
}

/// What every pile of the run does wrong.
#[derive(clap::Args)]
struct Manners {
    /// Send each final message once more after it was answered
    #[arg(long)]
    repeat_final: bool,
    /// Start without the platform when the link is down
    #[arg(long)]
    offline_start: bool,
    /// Answer a remote start so many seconds late (云快充)
    #[arg(long, default_value_t = 0)]
    late_start: i64,
    /// Tell a meter start of 0 although the register stands elsewhere
    #[arg(long)]
    meter_from_zero: bool,
    /// Seconds that the clocks are ahead; negative: behind
    #[arg(long, default_value_t = 0, allow_hyphen_values = true)]
    clock_skew: i64,
    /// Noise on the line between frames (云快充)
    #[arg(long)]
    line_noise: bool,
    /// What becomes too hot while it charges, by two degrees a second: battery or cable
    #[arg(long, value_enum)]
    overheat: Option<Hot>,
    /// Only at this pile; at every one where it is left out
    #[arg(long, requires = "overheat")]
    overheat_pile: Option<String>,
    /// Faults are InternalError instead of GroundFailure (OCPP)
    #[arg(long)]
    internal_faults: bool,
    /// A reset mends their faults
    #[arg(long)]
    reset_mends: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Hot {
    Battery,
    Cable,
}

#[derive(clap::Args)]
struct ReplayOptions {
    file: PathBuf,
    /// Where the pile connects: ws://HOST:PORT/ocpp for OCPP (its code is appended), HOST:PORT for 云快充
    #[arg(long)]
    to: String,
    /// Connection password of an OCPP pile
    #[arg(long, default_value = "")]
    password: String,
    /// Times faster than it was; 0: as fast as the server answers
    #[arg(long, default_value_t = 1)]
    speed: i64,
    /// Seconds that the server may take to ask what it asked the first time
    #[arg(long, default_value_t = 30)]
    patience: u64,
}

#[derive(clap::Args)]
struct FleetOptions {
    #[arg(long, default_value_t = 100)]
    piles: usize,
    #[arg(long, default_value = "SIM")]
    prefix: String,
    #[arg(long, default_value = "CARD")]
    tag_prefix: String,
    #[arg(long, default_value_t = 1)]
    first: usize,
    #[arg(long, default_value = "")]
    password: String,
    #[arg(long, default_value_t = 1)]
    connectors: usize,
    #[arg(long, default_value_t = 120_000)]
    rated_power_w: i64,
    /// 云快充 piles beside them, and their cards
    #[arg(long, default_value_t = 0)]
    ykc_piles: usize,
    #[arg(long, default_value = "99010600")]
    ykc_prefix: String,
    /// Station that the piles belong to; left empty the column is empty
    #[arg(long, default_value = "")]
    station: String,
    /// piles.csv and cards.csv are written here
    #[arg(long, default_value = ".")]
    dir: PathBuf,
}

impl Manners {
    fn behaviours(&self, code: &str) -> Behaviours {
        let here = self.overheat_pile.as_ref().is_none_or(|pile| pile == code);
        let overheat = self.overheat.filter(|_| here).map(|hot| match hot {
            Hot::Battery => Overheat::Battery,
            Hot::Cable => Overheat::Cable,
        });
        Behaviours {
            overheat,
            // Only the BMS tells how hot a battery is.
            bms_frames: overheat.is_some(),
            repeat_final: self.repeat_final,
            offline_start: self.offline_start,
            late_start_ms: self.late_start * 1_000,
            meter_from_zero: self.meter_from_zero,
            clock_skew_ms: self.clock_skew * 1_000,
            line_noise: self.line_noise,
            internal_faults: self.internal_faults,
            reset_mends: self.reset_mends,
            ..Behaviours::default()
        }
    }
}

fn main() -> ExitCode {
    // Every pile is an open file; what is still too few is told by the load itself.
    #[cfg(unix)]
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let ended = match Arguments::parse().command {
        Command::Run(options) => on_threads(2, run(options)),
        Command::Load(options) => on_threads(options.threads, load::run(options, Clock::System)),
        Command::Floor(options) => on_threads(options.threads, floor::run(options, Clock::System)),
        Command::Replay(options) => on_threads(1, replay(options)),
        Command::Pay(options) => on_threads(1, pay::run(options, Clock::System)),
        Command::Yard(options) => return yard::run(&options),
        Command::Fleet(options) => fleet(&options),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pileops-sim: {error}");
            ExitCode::FAILURE
        }
    }
}

/// One thread is cheaper than a pool of one, because nothing needs to be woken across threads.
fn on_threads(threads: usize, work: impl Future<Output = Result<(), String>>) -> Result<(), String> {
    let runtime = if threads <= 1 {
        tokio::runtime::Builder::new_current_thread().enable_all().build()
    } else {
        tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()
    };
    runtime.map_err(|error| format!("the runtime did not start: {error}"))?.block_on(work)
}

async fn run(options: RunOptions) -> Result<(), String> {
    let read = |path: &PathBuf| std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()));
    let mut piles = piles_from_csv(&read(&options.piles)?, &options.server, &options.ykc)
        .map_err(|e| format!("{}: {e}", options.piles.display()))?;
    let own = options.certificate.as_deref().zip(options.key.as_deref());
    let tls = options.ca.as_deref().map(|ca| Tls::read(ca, own)).transpose();
    let tls = tls.map_err(|error| format!("the certificates could not be read: {error}"))?;
    for pile in &mut piles {
        pile.tls.clone_from(&tls);
        pile.seed = options.seed;
        pile.meter_interval_ms = options.meter_interval.max(1) * 1_000;
        pile.behaviours = options.manners.behaviours(&pile.code);
        pile.behaviours.stay_ms = options.stay.max(0) * 60_000;
    }
    let cards = options.cards.as_ref().map(read).transpose()?.unwrap_or_default();
    let tags = cards.lines().filter_map(|line| line.split(',').next()).map(str::trim);
    let tags: Vec<String> = tags.filter(|tag| !tag.is_empty() && *tag != "tag").map(str::to_owned).collect();
    let mut config = SiteConfig::new(piles, tags);
    config.seed = options.seed;
    config.speed = options.speed.max(1);
    config.arrivals_per_day = options.arrivals.max(1);
    config.free_every = options.free_every;
    config.misfortunes_per_hour = options.misfortunes;
    config.misbehaving_percent = options.misbehaving_percent;
    println!("{} piles, {} cards; Ctrl-C ends", config.piles.len(), config.tags.len());
    let site = Site::start(config, Clock::System);
    let _ = tokio::signal::ctrl_c().await;
    site.stop().await;
    Ok(())
}

async fn replay(options: ReplayOptions) -> Result<(), String> {
    let file = options.file.display();
    let text = std::fs::read_to_string(&options.file).map_err(|why| format!("{file}: {why}"))?;
    let recording = Recording::parse(&text).map_err(|why| format!("{file}: {why}"))?;
    let target = Target {
        address: options.to.clone(),
        password: options.password,
        patience: Duration::from_secs(options.patience),
    };
    let mut stage = RealTime::new(options.speed, Clock::System);
    let played = Player::new(&recording, target).play(&mut stage).await;
    let played = played.map_err(|why| format!("{}: {why}", options.to))?;
    for note in &played.notes {
        println!("note: {note}");
    }
    println!("{} messages said, {} requests of the platform answered", played.said, played.answered);
    for order in &recording.header.orders {
        let session = order.session_key.as_deref().map(|key| played.names.session(key));
        println!("order {}: session {}", order.id, session.unwrap_or_default());
    }
    Ok(())
}

fn fleet(options: &FleetOptions) -> Result<(), String> {
    let mut piles = String::from("code,name,station,protocol,kind,connectors,rated_power_w,password\n");
    let mut cards = String::from("tag,status\n");
    for number in options.first..options.first + options.piles {
        let FleetOptions { prefix, station, connectors, rated_power_w, password, tag_prefix, .. } = options;
        piles.push_str(&format!(
            "{prefix}{number:06},{prefix} {number},{station},ocpp1.6,dc,{connectors},{rated_power_w},{password}\n"
        ));
        cards.push_str(&format!("{tag_prefix}{number:06},accepted\n"));
    }
    for number in options.first..options.first + options.ykc_piles {
        let FleetOptions { ykc_prefix, station, rated_power_w, .. } = options;
        piles.push_str(&format!(
            "{ykc_prefix}{number:06},YKC {number},{station},ykc1.6,dc,1,{rated_power_w},\n"
        ));
        cards.push_str(&format!("{},accepted\n", load::ykc::card_tag(number)));
    }
    for (name, text) in [("piles.csv", piles), ("cards.csv", cards)] {
        let path = options.dir.join(name);
        std::fs::write(&path, text).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(())
}
