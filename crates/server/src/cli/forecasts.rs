//! `pileops forecast score`: the method of the forecasts, learned and scored on a folder of hourly
//! series or a table of orders, beside forecasts that need no learning. It needs no server and no
//! database, and changes nothing.

use super::Place;
use forecast::calendar::{self, Calendar, Date};
use forecast::grid::Grid;
use forecast::hourly::{LEARNED_MIN, Recipe};
use forecast::order::{self, History, Judged, Wanted, judge};
use forecast::protocol::{Cut, folds};
use forecast::score::Score;
use forecast::{read, table};
use model::{Error, Result};
use serde_json::{Value, json};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

#[derive(clap::Subcommand)]
pub enum ForecastVerb {
    /// Learn from what lies before a day and score every later hour 3, 6, 9 and 12 hours ahead, beside the
    /// last value, the same hour yesterday and the same hour last week. --data names the folder: its
    /// volume.csv(.gz) holds a column `time` and one column a site, its zones.csv or stations.csv the places
    Score(ForecastScore),
}

#[derive(clap::Args)]
pub struct ForecastScore {
    /// First day that is scored: YYYY-MM-DD
    #[arg(long, value_name = "DATE")]
    pub cut: Option<String>,
    /// Score the expanding monthly folds instead: 90 % learned, the last 10 % scored
    #[arg(long, conflicts_with = "cut")]
    pub folds: bool,
    /// Score expected energy and duration of the orders of this table (CSV, also .gz); without --cut the
    /// last fifth of its time is scored
    #[arg(long, value_name = "FILE", conflicts_with = "folds")]
    pub orders: Option<PathBuf>,
    /// Whose holidays: auto (by the places of the sites), cn, none
    #[arg(long, value_name = "WHOSE", default_value = "auto")]
    pub holidays: String,
    /// Another seed gives other trees, and about the same errors
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

pub fn run(place: &Place, verb: ForecastVerb) -> Result<ExitCode> {
    let ForecastVerb::Score(args) = verb;
    let started = Instant::now();
    let mut told = match &args.orders {
        Some(file) => score_orders(file, &args)?,
        None => score_hours(place, &args)?,
    };
    told["seconds"] = json!((started.elapsed().as_secs_f64() * 10.0).round() / 10.0);
    told["memory_mb"] = json!(memory_mb());
    if place.json {
        out!("{told}");
    } else {
        show(&told);
    }
    Ok(ExitCode::SUCCESS)
}

fn score_hours(place: &Place, args: &ForecastScore) -> Result<Value> {
    let Some(folder) = &place.data else {
        return Err(Error::invalid(
            "--data",
            "请给出数据目录：--data DIR（其中有 volume.csv 或 volume.csv.gz），或用 --orders FILE 给出订单表",
            "Name the folder with --data DIR (it holds volume.csv or volume.csv.gz), or a table of orders with --orders FILE.",
        ));
    };
    let Some(text) = text(&folder.join("volume.csv"))? else {
        let folder = folder.display();
        return Err(Error::invalid(
            "--data",
            format!("{folder} 中没有 volume.csv 或 volume.csv.gz"),
            format!("{folder} holds neither volume.csv nor volume.csv.gz."),
        ));
    };
    let grid = read::hours("volume.csv", &text)?;
    let calendar = holidays(folder, &args.holidays)?;
    let cuts = cuts(&grid, args)?;
    let threads = std::thread::available_parallelism().map_or(1, |count| count.get());
    let recipe = Recipe::point(args.seed);
    let mut rows = Vec::new();
    for cut in &cuts {
        for row in table::rows(&grid, &calendar, cut, &recipe, threads) {
            let [last, day, week] = row.naive;
            let methods =
                [("model", row.model), ("last value", last), ("yesterday", day), ("last week", week)];
            for (method, score) in methods {
                rows.push(line(&cut.name, &format!("{} h", row.ahead), method, score));
            }
        }
    }
    Ok(json!({
        "data": folder.display().to_string(),
        "from": grid.time(0).to_string(),
        "hours": grid.hours(),
        "sites": grid.sites(),
        "holidays": if calendar == Calendar::plain() { "none" } else { "cn" },
        "rows": rows,
    }))
}

fn holidays(folder: &Path, whose: &str) -> Result<Calendar> {
    match whose {
        "cn" => Ok(Calendar::china()),
        "none" => Ok(Calendar::plain()),
        "auto" => {
            for name in ["zones.csv", "stations.csv"] {
                if let Some(sites) = text(&folder.join(name))? {
                    return Ok(read::calendar_of(&sites));
                }
            }
            Ok(Calendar::plain())
        }
        other => Err(Error::invalid(
            "--holidays",
            format!("“{other}”不是可选项：auto、cn 或 none"),
            format!("{other:?} is none of auto, cn, none."),
        )),
    }
}

fn cuts(grid: &Grid, args: &ForecastScore) -> Result<Vec<Cut>> {
    if args.folds {
        let folds = folds(grid);
        if folds.is_empty() {
            return Err(short(grid.hours()));
        }
        return Ok(folds);
    }
    let Some(text) = &args.cut else {
        return Err(Error::invalid(
            "--cut",
            "请给出起算日期 --cut YYYY-MM-DD，或用 --folds 按月折评测",
            "Name the first day that is scored with --cut YYYY-MM-DD, or score the monthly folds with --folds.",
        ));
    };
    let day = day(text)?;
    let hour = grid.hour_of(day).unwrap_or(0);
    if hour < LEARNED_MIN {
        return Err(short(hour));
    }
    if hour + forecast::protocol::AHEAD[3] > grid.hours() {
        let end = grid.time(grid.hours());
        return Err(Error::invalid(
            "--cut",
            format!("{day} 之后没有足够的数据可评测：数据止于 {end}"),
            format!("Nothing is left to score after {day}: the data end at {end}."),
        ));
    }
    Ok(vec![Cut::at(text.clone(), hour, grid.hours())])
}

fn day(text: &str) -> Result<Date> {
    calendar::day(text).ok_or_else(|| {
        Error::invalid(
            "--cut",
            format!("“{text}”不是日期，应如 2022-12-25"),
            format!("{text:?} is no date; write it as 2022-12-25."),
        )
    })
}

fn short(hours: usize) -> Error {
    Error::invalid(
        "--cut",
        format!("起算日期之前只有 {hours} 小时数据，至少需要 {LEARNED_MIN} 小时（三周）"),
        format!("Only {hours} hours lie before the cut; at least {LEARNED_MIN} (three weeks) are needed."),
    )
}

fn score_orders(file: &Path, args: &ForecastScore) -> Result<Value> {
    let name = file.display().to_string();
    let Some(text) = text(file)? else {
        return Err(Error::invalid(
            "--orders",
            format!("没有文件 {name}"),
            format!("There is no file {name}."),
        ));
    };
    let orders = order::orders(&name, &text)?;
    let starts = || orders.iter().map(|order| order.start_min);
    let (first, last) = (starts().fold(f64::NAN, f64::min), starts().fold(f64::NAN, f64::max));
    let cut_min = match &args.cut {
        Some(text) => order::midnight_min(day(text)?),
        None => ((first + (last - first) * 0.8) / 1440.0).floor() * 1440.0,
    };
    let before = orders.iter().filter(|order| order.end_min < cut_min).count();
    let after = orders.iter().filter(|order| order.start_min >= cut_min).count();
    if before < order::LEARNED_MIN || after == 0 {
        return Err(Error::invalid(
            "--cut",
            format!(
                "起算日期之前有 {before} 笔、之后有 {after} 笔订单；之前至少需要 {} 笔，之后至少 1 笔",
                order::LEARNED_MIN
            ),
            format!(
                "{before} orders lie before the cut and {after} after it; {} are needed before and one after.",
                order::LEARNED_MIN
            ),
        ));
    }
    let history = History::of(orders);
    let cut = order::day_of_min(cut_min).map_or_else(String::new, |day| day.to_string());
    let mut rows = Vec::new();
    for (wanted, what) in [(Wanted::EnergyKwh, "kWh"), (Wanted::DurationMin, "min")] {
        let Judged { model, own, all, .. } = judge(&history, wanted, cut_min, args.seed);
        for (method, score) in [("model", model), ("own median", own), ("all median", all)] {
            rows.push(line(&cut, what, method, score));
        }
    }
    Ok(json!({"data": name, "orders": history.orders().len(), "learned": before, "rows": rows}))
}

/// A file's text, of itself or of itself with `.gz`; `None` when there is neither.
fn text(path: &Path) -> Result<Option<String>> {
    let zipped = path.with_extension("csv.gz");
    for (path, deflated) in [(path, path.extension().is_some_and(|end| end == "gz")), (&zipped, true)] {
        let file = match std::fs::File::open(path) {
            Ok(file) => file,
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => continue,
            Err(why) => return Err(unreadable(path, &why)),
        };
        let mut text = String::new();
        let read = if deflated {
            flate2::read::MultiGzDecoder::new(file).read_to_string(&mut text)
        } else {
            std::io::BufReader::new(file).read_to_string(&mut text)
        };
        return read.map(|_| Some(text)).map_err(|why| unreadable(path, &why));
    }
    Ok(None)
}

fn unreadable(path: &Path, why: &std::io::Error) -> Error {
    let path = path.display();
    Error::invalid("FILE", format!("无法读取 {path}：{why}"), format!("{path} cannot be read: {why}"))
}

fn line(cut: &str, ahead: &str, method: &str, score: Option<Score>) -> Value {
    match score {
        Some(score) => json!({
            "cut": cut, "ahead": ahead, "method": method, "count": score.count,
            "rmse": score.rmse, "mae": score.mae, "wape": score.wape, "rae": score.rae,
        }),
        None => json!({"cut": cut, "ahead": ahead, "method": method, "count": 0}),
    }
}

fn show(told: &Value) {
    let facts = ["data", "from", "hours", "sites", "holidays", "orders", "learned"];
    let head: Vec<String> = facts
        .iter()
        .filter(|name| !told[**name].is_null())
        .map(|name| format!("{name}={}", told[*name].to_string().trim_matches('"')))
        .collect();
    out!("{}", head.join("  "));
    out!(
        "{:<11}{:>6}  {:<11}{:>9}{:>11}{:>11}{:>9}{:>9}",
        "cut",
        "ahead",
        "method",
        "count",
        "RMSE",
        "MAE",
        "WAPE",
        "RAE"
    );
    for row in told["rows"].as_array().into_iter().flatten() {
        let word = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let number = |name: &str, places: usize| match row[name].as_f64() {
            Some(value) if value.is_finite() => format!("{value:.places$}"),
            _ => "-".to_owned(),
        };
        out!(
            "{:<11}{:>6}  {:<11}{:>9}{:>11}{:>11}{:>9}{:>9}",
            word("cut"),
            word("ahead"),
            word("method"),
            row["count"],
            number("rmse", 2),
            number("mae", 2),
            number("wape", 4),
            number("rae", 4)
        );
    }
    let memory =
        told["memory_mb"].as_u64().map_or_else(String::new, |memory| format!("  memory={memory} MB"));
    out!("time={} s{memory}", told["seconds"]);
}

/// The most memory that this process has had, where the system tells.
fn memory_mb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kilobytes / 1024)
}
