//! `pileops export parquet`: the orders of days as files for analysis, straight from the database. It changes nothing in it.

use super::{Listen, Place as Where};
use crate::backup::place::{Place, apart};
use crate::jobs::bring;
use model::report::{ReportRange, day_after};
use model::time::Zone;
use model::{Error, Result};
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;
use store::db::{Conn, Purpose};

#[derive(clap::Subcommand)]
pub enum ExportVerb {
    /// Orders of closed days as Apache Parquet, a folder for each day: orders/day=2026-11-23/orders.parquet
    Parquet(ParquetExport),
}

#[derive(clap::Args)]
pub struct ParquetExport {
    /// First day: 2026-07-01
    #[arg(long, value_name = "DATE")]
    pub from: String,
    /// Last day, in it [default: yesterday]
    #[arg(long, value_name = "DATE")]
    pub to: Option<String>,
    /// Folder that is there, or the address of a bucket (with the credentials of backups)
    #[arg(long, value_name = "PLACE")]
    pub out: String,
}

fn day(field: &'static str, text: &str) -> Result<i64> {
    let number = text.replace('-', "").parse::<i64>().ok().filter(|_| text.len() == 10);
    number.filter(|day| ReportRange::new(*day, *day).is_ok()).ok_or_else(|| {
        Error::invalid(
            field,
            format!("“{text}”不是日期，应如 2026-07-01"),
            format!("{text:?} is no date; write it like 2026-07-01."),
        )
    })
}

pub async fn run(at: &Where, verb: ExportVerb) -> Result<ExitCode> {
    let ExportVerb::Parquet(wanted) = verb;
    let config = at.config(&Listen::default())?;
    let yesterday = day_after(Zone::shanghai().local(model::time::Clock::System.now()).day, -1);
    let to = wanted.to.as_deref().map_or(Ok(yesterday), |text| day("to", text))?;
    let range = ReportRange::new(day("from", &wanted.from)?, to)
        .map_err(|why| Error { field: Some("to".into()), ..why })?;
    if range.to_day > yesterday {
        return Err(Error::invalid(
            "to",
            "只能输出已经过完的日期",
            "Only days that are over can be written.",
        ));
    }
    let place = config.place(Some(&wanted.out))?.ok_or_else(|| {
        Error::invalid("out", "请指定输出目录或桶地址", "Name a folder or the address of a bucket.")
    })?;
    if let Place::Folder(folder) = &place
        && !folder.is_dir()
    {
        return Err(Error::invalid(
            "out",
            format!("目录 {} 不存在，请先创建", folder.display()),
            format!("There is no folder {}; make it first.", folder.display()),
        ));
    }
    let (source, scratch) = (config.source()?, scratch(&place));
    let mut conn = apart(move || Ok(Conn::open(&source, Purpose::Read)?)).await?;
    let (mut rows, mut bytes) = (0, 0);
    for n in 0..range.days() {
        let day = day_after(range.from_day, n);
        let (back, facts) = apart(move || {
            let facts = store::order_facts::of_day(&mut conn, day)?;
            Ok((conn, facts))
        })
        .await?;
        conn = back;
        rows += facts.len();
        bytes += bring(&place, &scratch, day, facts).await?;
    }
    let days = range.days();
    if at.json {
        out!("{}", json!({"days": days, "orders": rows, "bytes": bytes, "place": place.shown()}));
    } else {
        out!("{days} 天 / days，{rows} 张订单 / orders，{bytes} B → {}", place.shown());
    }
    Ok(ExitCode::SUCCESS)
}

/// Where a file is made before it is brought: beside its place, where there is room.
fn scratch(place: &Place) -> PathBuf {
    match place {
        Place::Folder(folder) => folder.clone(),
        Place::S3(_) => std::env::temp_dir(),
    }
}
