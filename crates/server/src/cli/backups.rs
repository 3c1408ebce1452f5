//! `pileops backup …` and `pileops restore`. Making a backup asks the server; what lies at a place is read
//! from there, so that it works on a machine that has nothing else.

use super::client::Client;
use super::{Listen, Place as Where};
use crate::backup::place::{Place, apart};
use crate::backup::plan::{Stock, moment};
use crate::backup::restore::Scratch;
use crate::backup::retention::{COUNT_LEAST, COUNT_MOST, Retention, prune_of};
use crate::backup::{check, restore as restoring};
use crate::config::Config;
use axum::http::Method;
use model::time::{Clock, DAY_MS, Timestamp};
use model::{Error, Result};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

#[derive(clap::Subcommand)]
pub enum BackupVerb {
    /// Make a full backup now
    Run,
    /// What lies at the place, and which moments can be restored
    List(From),
    /// Restore into a temporary folder and look at all of it
    Verify(Verify),
    /// Forget what was kept long enough; the newest full backups stay
    Prune(Prune),
    /// A drill beside the running server, as if the machine was lost now; its record is kept in the console
    Drill,
}

#[derive(clap::Args)]
pub struct From {
    /// A folder, or the address of a bucket [default: backup_place of the settings]
    #[arg(long, value_name = "PLACE")]
    pub from: Option<String>,
}

#[derive(clap::Args)]
pub struct Verify {
    #[command(flatten)]
    pub from: From,
    /// The moment, such as 2026-11-23T12:00:00+08:00 [default: the last one]
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
    /// Where the temporary folder is made; it needs room for the database [default: the system's]
    #[arg(long, value_name = "DIR")]
    pub work: Option<PathBuf>,
}

#[derive(clap::Args)]
pub struct Prune {
    #[command(flatten)]
    pub from: From,
    /// Any moment of so many days can be restored afterwards
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=3650))]
    pub days: u16,
    /// So many of the newest full backups stay, however old they are
    #[arg(long, default_value_t = COUNT_LEAST, value_parser = clap::value_parser!(u16).range(i64::from(COUNT_LEAST)..=i64::from(COUNT_MOST)))]
    pub count: u16,
    /// Only say what would go
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(clap::Args)]
pub struct Restore {
    #[command(flatten)]
    pub from: From,
    /// The moment, such as 2026-11-23T12:00:00+08:00 [default: the last one]
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
}

pub async fn run(place: &Where, verb: BackupVerb) -> Result<ExitCode> {
    match verb {
        BackupVerb::Run => job(place, "/backups", "backup_run").await,
        BackupVerb::Drill => drill(place).await,
        BackupVerb::List(from) => list(place, &from).await,
        BackupVerb::Verify(wanted) => verify(place, &wanted).await,
        BackupVerb::Prune(wanted) => prune(place, &wanted).await,
    }
}

fn config(place: &Where) -> Result<Config> {
    place.config(&Listen::default())
}

fn place_of(config: &Config, from: &From) -> Result<Place> {
    config.place(from.from.as_deref())?.ok_or_else(|| {
        Error::invalid(
            "from",
            "请用 --from 指定备份地（目录或桶地址），或在配置中设置 backup_place",
            "Name the place by --from (a folder or the address of a bucket), or set backup_place.",
        )
    })
}

fn wanted_moment(to: Option<&str>) -> Result<Option<Timestamp>> {
    let Some(text) = to else { return Ok(None) };
    // A time without a zone would be taken for UTC: eight hours off, and nobody would notice.
    let zoned = text.ends_with('Z') || text.get(10..).is_some_and(|rest| rest.contains(['+', '-']));
    let at = Timestamp::parse(text).filter(|_| zoned);
    at.map(Some).ok_or_else(|| {
        Error::invalid(
            "to",
            "请写明带时区的时间，例如 2026-11-23T12:00:00+08:00",
            "Give a time with its zone, such as 2026-11-23T12:00:00+08:00.",
        )
    })
}

/// Asks the server to run a job, and waits for its end.
async fn job(place: &Where, path: &str, name: &str) -> Result<ExitCode> {
    let client = Client::open(place).await?;
    let ended = job_ended(&client, path, name).await;
    client.close().await;
    let run = ended?;
    if place.json {
        out!("{run}");
    } else {
        out!(
            "{}\n{}",
            run["message"]["zh"].as_str().unwrap_or_default(),
            run["message"]["en"].as_str().unwrap_or_default()
        );
    }
    Ok(if run["state"] == "done" { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn job_ended(client: &Client, path: &str, name: &str) -> Result<Value> {
    let id = client.call(Method::POST, path, None).await?["id"].clone();
    loop {
        let runs = client.whole(&format!("/jobs/{name}/runs?limit=20")).await?;
        if let Some(run) = runs.into_iter().find(|run| run["id"] == id && run["state"] != "running") {
            return Ok(run);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn drill(place: &Where) -> Result<ExitCode> {
    let client = Client::open(place).await?;
    let ended = job_ended(&client, "/backups/check", "backup_check").await;
    let drills = client.whole("/drills?kind=restore&limit=1").await;
    client.close().await;
    let run = ended?;
    let last = drills?.into_iter().next().unwrap_or_default();
    if place.json {
        out!("{last}");
    } else {
        let seconds =
            |name: &str| last[name].as_f64().map_or("-".to_owned(), |ms| format!("{:.1} s", ms / 1_000.0));
        out!(
            "RPO {}，{} 个事件 / events；RTO {}",
            seconds("rpo_ms"),
            last["rpo_event_count"],
            seconds("rto_ms")
        );
        out!(
            "订单 / orders {}；审计 / audit {}；末尾 / head {}",
            last["order_count"],
            last["audit_count"],
            last["audit_head"]
        );
        out!("{}", run["message"]["zh"].as_str().unwrap_or_default());
    }
    Ok(if run["state"] == "done" { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn list(place: &Where, from: &From) -> Result<ExitCode> {
    let at = place_of(&config(place)?, from)?;
    let stock = Stock::of(at.list("").await?);
    if place.json {
        let fulls = stock
            .fulls
            .iter()
            .map(|full| json!({"name": full.name, "at_ms": full.at_ms, "stored_bytes": full.bytes}));
        out!(
            "{}",
            json!({"place": at.shown(), "fulls": fulls.collect::<Vec<_>>(), "ranges": stock.ranges(), "stored_bytes": stock.bytes()})
        );
        return Ok(ExitCode::SUCCESS);
    }
    out!("{}", at.shown());
    for full in &stock.fulls {
        let (behind, missing) = stock.behind(full);
        let gap = missing.map_or(String::new(), |seq| format!("；缺第 {seq} 段 / segment {seq} is missing"));
        out!("{}  {:>12} B  +{} 段 / segments{gap}", moment(full.at_ms), full.bytes, behind.len());
    }
    for range in stock.ranges() {
        out!("可恢复 / restorable: {} … {}", moment(range.from_ms), moment(range.to_ms));
    }
    if stock.fulls.is_empty() {
        out!("没有完整备份 / there is no full backup");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

async fn verify(place: &Where, wanted: &Verify) -> Result<ExitCode> {
    let config = config(place)?;
    let at = place_of(&config, &wanted.from)?;
    let within = wanted.work.clone().unwrap_or_else(std::env::temp_dir);
    let scratch = Scratch::new(&within, &format!("pileops-verify-{}", std::process::id()))?;
    let to = wanted_moment(wanted.to.as_deref())?;
    let restored = restoring::restore(&at, config.backup_key()?, to, &scratch.0).await?;
    let data = scratch.0.clone();
    let proved = apart(move || check::prove(&data)).await?;
    told(place, &restored, &proved, None)
}

fn told(
    place: &Where,
    restored: &restoring::Restored,
    proved: &check::Proved,
    data: Option<&std::path::Path>,
) -> Result<ExitCode> {
    let passed = proved.passed();
    if place.json {
        let counts = serde_json::to_value(&proved.counts).map_err(|_| Error::internal())?;
        let verified = serde_json::to_value(&proved.verified).map_err(|_| Error::internal())?;
        out!(
            "{}",
            json!({"at_ms": restored.plan.at_ms, "full": restored.plan.full.name, "segments": restored.plan.segments.len(),
                   "files": restored.file_count, "passed": passed, "integrity": proved.integrity, "counts": counts, "verified": verified})
        );
    } else {
        match data {
            Some(data) => out!("{}", restoring::told(restored, data)),
            None => out!("可恢复到 / can be restored to {}", moment(restored.plan.at_ms)),
        }
        let counts = &proved.counts;
        out!("订单 / orders {}；审计 / audit {}；桩 / piles {}", counts.orders, counts.audit, counts.piles);
        out!("审计末尾 / head of the audit log: {}", proved.verified.audit_head);
        out!(
            "{}",
            if passed {
                "核对通过 / verified".to_owned()
            } else {
                format!("有问题 / not right: {}", proved.faults())
            }
        );
    }
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn prune(place: &Where, wanted: &Prune) -> Result<ExitCode> {
    let at = place_of(&config(place)?, &wanted.from)?;
    let stock = Stock::of(at.list("").await?);
    let rule = Retention {
        count: usize::from(wanted.count),
        after_ms: Clock::System.now().as_ms() - i64::from(wanted.days) * DAY_MS,
        // What was proved is known to the server alone.
        proven: None,
    };
    let gone = prune_of(&stock, &rule);
    for name in gone.iter().filter(|_| !wanted.dry_run) {
        at.remove(name).await?;
    }
    if place.json {
        out!("{}", json!({"place": at.shown(), "dry_run": wanted.dry_run, "names": gone}));
        return Ok(ExitCode::SUCCESS);
    }
    if wanted.dry_run {
        for name in &gone {
            out!("{name}");
        }
        out!("将删除 / would be deleted: {}", gone.len());
        return Ok(ExitCode::SUCCESS);
    }
    out!("已删除 / deleted: {}", gone.len());
    Ok(ExitCode::SUCCESS)
}

pub async fn restore(place: &Where, wanted: Restore) -> Result<ExitCode> {
    let config = config(place)?;
    if !config.text("database_url").trim().is_empty() {
        return Err(Error::invalid(
            "database_url",
            "PostgreSQL 请用 scripts/postgres-backup.sh restore 恢复",
            "PostgreSQL is restored by scripts/postgres-backup.sh restore.",
        ));
    }
    let at = place_of(&config, &wanted.from)?;
    let to = wanted_moment(wanted.to.as_deref())?;
    let data = config.data();
    let restored = restoring::restore(&at, config.backup_key()?, to, &data).await?;
    let own = data.clone();
    let proved = apart(move || check::prove(&own)).await?;
    told(place, &restored, &proved, Some(&data))
}
