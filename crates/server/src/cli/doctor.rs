//! `pileops doctor`: what this installation needs, as a list, as JSON, as a PDF that both sides sign.

use super::client::Client;
use super::{Listen, Place};
use crate::app::App;
use crate::doctor::{Asked, Report, Verdict, Wanted, look, pdf};
use model::time::Clock;
use model::{Error, Result};
use serde_json::Value;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

#[derive(clap::Args)]
pub struct Doctor {
    /// Write the report as PDF too, for the hand-over
    #[arg(long, value_name = "FILE")]
    pub pdf: Option<PathBuf>,
    /// In English
    #[arg(long)]
    pub english: bool,
    /// Compare the clock with this time server, such as ntp.aliyun.com
    #[arg(long, value_name = "HOST")]
    pub time_server: Option<String>,
    /// Something that was found at the hand-over, in your words; goes into the record of problems (repeatable)
    #[arg(long = "problem", value_name = "TEXT")]
    pub problems: Vec<String>,
}

/// Succeeds where nothing is wrong; what is only to be looked at does not fail it.
pub async fn run(place: &Place, doctor: Doctor) -> Result<ExitCode> {
    let config = place.config(&Listen::default())?;
    let asked = ask(place).await;
    let wanted = Wanted { time_server: doctor.time_server, problems: doctor.problems };
    let report = look(&config, asked, wanted, &Clock::System).await;
    if let Some(path) = &doctor.pdf {
        std::fs::write(path, pdf(&report, doctor.english)?).map_err(|why| cannot(path, &why))?;
    }
    if place.json {
        out!("{}", serde_json::to_string(&report).map_err(|_| Error::internal())?);
    } else {
        print(&report, doctor.english);
    }
    Ok(if report.count(Verdict::Bad) == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Nobody is asked where no server runs: opening the data would bring it to this version.
async fn ask(place: &Place) -> Asked {
    match Client::running(place).await {
        Ok(None) => Asked::default(),
        Ok(Some(client)) => match answers(&client).await {
            Ok(asked) => asked,
            Err(why) => Asked { runs: true, fault: Some(why.text), ..Asked::default() },
        },
        Err(why) => Asked { runs: true, fault: Some(why.text), ..Asked::default() },
    }
}

/// The same of a server from inside itself.
pub async fn ask_inside(app: &Arc<App>) -> Asked {
    let Some(client) = Client::inside(app) else { return Asked::default() };
    match answers(&client).await {
        Ok(asked) => asked,
        Err(why) => Asked { runs: true, fault: Some(why.text), ..Asked::default() },
    }
}

async fn answers(client: &Client) -> Result<Asked> {
    Ok(Asked {
        runs: true,
        fault: None,
        jobs: client.whole("/jobs").await?,
        channels: client.whole("/channels").await?,
        pay_channels: client.whole("/pay-channels").await?,
        stations: client.whole("/stations").await?,
        backup: client.get("/backup").await?,
        drills: match client.get("/drills?limit=1").await?.get("items") {
            Some(Value::Array(drills)) => drills.clone(),
            _ => Vec::new(),
        },
    })
}

fn cannot(path: &std::path::Path, why: &std::io::Error) -> Error {
    Error::invalid(
        "pdf",
        format!("无法写入 {}：{why}", path.display()),
        format!("{} cannot be written: {why}.", path.display()),
    )
}

fn print(report: &Report, english: bool) {
    let say = |text: &model::Text| if english { text.en.to_string() } else { text.zh.to_string() };
    out!("PileOps {}  {}  {}", report.version, report.machine, report.place);
    let mut last = None;
    for finding in &report.findings {
        if last != Some(finding.part) {
            out!("\n{}", say(&finding.part.text()));
            last = Some(finding.part);
        }
        let sign = match finding.verdict {
            Verdict::Good => "  ",
            Verdict::Doubt => "? ",
            Verdict::Bad => "! ",
        };
        out!("{sign}{}: {}", say(&finding.subject), say(&finding.told));
        if let Some(way) = &finding.way {
            out!("     → {}", say(way));
        }
    }
    for problem in &report.problems {
        out!("! {problem}");
    }
    let of = |verdict| report.count(verdict);
    let (good, doubt, bad) = (of(Verdict::Good), of(Verdict::Doubt), of(Verdict::Bad));
    out!(
        "\n{}",
        say(&model::Text::new(
            format!("正常 {good}，注意 {doubt}，问题 {bad}"),
            format!("{good} good, {doubt} to look at, {bad} problems"),
        ))
    );
}
