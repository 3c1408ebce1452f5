//! `pileops support`: one file for whoever helps from afar.

use super::client::Client;
use super::{Listen, Place, told};
use crate::support::{file_name, make_without};
use axum::http::Method;
use model::time::Clock;
use model::{Error, Result};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Support {
    /// Where the file goes [default: pileops-support-TIME.zip in this folder]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

pub async fn run(place: &Place, wanted: Support) -> Result<ExitCode> {
    let config = place.config(&Listen::default())?;
    let file = wanted.out.unwrap_or_else(|| PathBuf::from(file_name(Clock::System.now())));
    match Client::open(place).await {
        Ok(client) => {
            client.fetch_by(Method::POST, "/support", &file).await?;
            client.close().await;
        }
        Err(why) => {
            eprintln!("pileops: {}", told(&why));
            eprintln!(
                "pileops: 平台无法打开，支持包只含版本、配置与交付检查\n         \
                 the platform cannot be opened: the bundle holds version, settings and the doctor's findings only"
            );
            let bytes = make_without(&config, &why, &Clock::System).await?;
            std::fs::write(&file, bytes).map_err(|why| cannot(&file, &why))?;
        }
    }
    if place.json {
        out!("{}", serde_json::json!({"file": file.display().to_string()}));
    } else {
        out!("支持包 / support bundle: {}", file.display());
    }
    Ok(ExitCode::SUCCESS)
}

fn cannot(file: &Path, why: &std::io::Error) -> Error {
    Error::invalid(
        "out",
        format!("无法写入 {}：{why}；请用 --out 换一个位置", file.display()),
        format!("{} cannot be written: {why}. Choose another place with --out.", file.display()),
    )
}
