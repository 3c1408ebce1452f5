//! The command line. What can be done in the console can be done here, scriptable: every command is
//! a client of the same API, over the network when a server runs, inside this process otherwise.

/// `println!` that ends quietly when nobody reads on (`pileops order list | head`).
macro_rules! out {
    ($($text:tt)*) => {
        if std::io::Write::write_fmt(&mut std::io::stdout(), format_args!("{}\n", format_args!($($text)*))).is_err() {
            std::process::exit(0);
        }
    };
}

mod accounts;
mod backups;
mod client;
mod doctor;
mod exchange;
mod forecasts;
mod nouns;
mod nouns_args;
mod parquet;
mod ready;
mod recordings;
mod reservations;
mod serve;
mod support;

pub use doctor::ask_inside as doctor_ask;

use crate::config::{self, Config};
use clap::{Args, Parser, Subcommand};
use model::{Error, Result};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "pileops", version, about = "PileOps 充电桩数字化运营管理平台", propagate_version = true)]
pub struct Cli {
    #[command(flatten)]
    pub place: Place,
    #[command(subcommand)]
    pub command: Command,
}

/// Where the data is, or where the server that has it runs.
#[derive(Args, Clone, Debug, Default)]
pub struct Place {
    /// Data folder [default: data; of the demo: demo-data]
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// PostgreSQL instead of the embedded database
    #[arg(long, global = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// Settings file (TOML); see `pileops config`
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Answers as JSON
    #[arg(long, global = true)]
    pub json: bool,
}

#[derive(Subcommand)]
pub enum Command {
    /// Run the platform
    Serve(Listen),
    /// Run it with a believable operator, live simulated piles and three months of orders
    Demo(Demo),
    /// Print every setting with its value, its default and its meaning
    Config,
    /// Bring the database to this version
    Migrate,
    /// Put back the embedded database as it was before the last upgrade, for the program from before it
    Rollback {
        /// Another copy than the newest one of the folder upgrade
        #[arg(long, value_name = "FILE")]
        copy: Option<PathBuf>,
    },
    /// Whether the server on this data folder answers, for health checks
    Ready,
    /// Recompute every bill and check what is stored
    Verify,
    /// 交付检查: look at machine, time, disk, ports, certificates, database, jobs, mail and backup
    Doctor(doctor::Doctor),
    /// 支持包: version, settings, findings, metrics and the last lines of the log as one file for whoever helps;
    /// without personal data, passwords and keys
    Support(support::Support),
    /// Play a recording to an empty platform with its tariff, and compare order and bill field by field;
    /// succeeds only when they are the same
    Replay(recordings::Replay),
    /// 预测: how good the forecasts are
    #[command(subcommand)]
    Forecast(forecasts::ForecastVerb),
    /// 数据输出: what the platform knows, as files for analysis
    #[command(subcommand)]
    Export(parquet::ExportVerb),
    /// 备份: full backups, what lies at the place, proofs
    #[command(subcommand)]
    Backup(backups::BackupVerb),
    /// Make a data folder out of a backup, as it was at a moment
    Restore(backups::Restore),
    #[command(flatten)]
    Noun(nouns_args::Noun),
}

#[derive(Args, Clone, Debug, Default)]
pub struct Listen {
    /// Console, API and OCPP [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<String>,
    /// 云快充 over TCP [default: 127.0.0.1:8768]
    #[arg(long, value_name = "ADDR")]
    pub ykc_listen: Option<String>,
    /// How the log is written: text or json [default: text]
    #[arg(long, value_name = "FORMAT")]
    pub log_format: Option<String>,
}

#[derive(Args, Clone, Debug)]
pub struct Demo {
    #[command(flatten)]
    pub listen: Listen,
    #[command(flatten)]
    pub pace: crate::demo::Pace,
}

impl Place {
    /// All settings as they hold for this call.
    pub fn config(&self, listen: &Listen) -> Result<Config> {
        let mut given: Vec<(&'static str, String)> = Vec::new();
        if let Some(data) = &self.data {
            given.push(("data", data.display().to_string()));
        }
        let texts = [
            ("database_url", &self.database_url),
            ("listen", &listen.listen),
            ("ykc_listen", &listen.ykc_listen),
            ("log_format", &listen.log_format),
        ];
        for (name, value) in texts {
            if let Some(value) = value {
                given.push((name, value.clone()));
            }
        }
        let environment = environment()?;
        for name in config::unknown_variables(&environment) {
            eprintln!(
                "pileops: 环境变量 {name} 不是配置项，未使用；可用 pileops config 查看全部配置项\n         \
                 {name} is no setting and is not used; `pileops config` lists all of them"
            );
        }
        Config::load(self.config.as_deref(), &environment, &given)
    }
}

/// Our variables, without their prefix.
fn environment() -> Result<BTreeMap<String, String>> {
    config::environment(std::env::vars_os())
}

pub fn main(cli: Cli) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(why) => {
            eprintln!("pileops: 无法启动运行时 / the runtime cannot start: {why}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(cli)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("pileops: {}", told(&error));
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<ExitCode> {
    let Cli { place, command } = cli;
    match command {
        Command::Serve(listen) => serve::serve(&place.config(&listen)?).await,
        Command::Demo(demo) => serve::demo(&place, demo).await,
        Command::Config => serve::config(&place),
        Command::Migrate => serve::migrate(&place.config(&Listen::default())?).await,
        Command::Rollback { copy } => serve::rollback(&place, copy).await,
        Command::Ready => ready::run(&place).await,
        Command::Verify => serve::verify(&place).await,
        Command::Doctor(wanted) => doctor::run(&place, wanted).await,
        Command::Support(wanted) => support::run(&place, wanted).await,
        Command::Replay(replay) => recordings::run(&place, &replay).await,
        Command::Forecast(verb) => forecasts::run(&place, verb),
        Command::Export(verb) => parquet::run(&place, verb).await,
        Command::Backup(verb) => backups::run(&place, verb).await,
        Command::Restore(restore) => backups::restore(&place, restore).await,
        Command::Noun(noun) => nouns::run(&place, noun).await,
    }
}

/// Both languages: who reads a terminal may be either.
fn told(error: &Error) -> String {
    let field = error.field.as_ref().map(|field| format!("{field}: ")).unwrap_or_default();
    // A server has answered in one language already.
    if error.text.zh == error.text.en {
        return format!("{field}{}", error.text.zh);
    }
    format!("{field}{}\n         {field}{}", error.text.zh, error.text.en)
}
