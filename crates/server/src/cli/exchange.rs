//! `pileops order export` and `order import`.

use super::Place;
use super::client::Client;
use super::nouns::{in_url, say, text};
use super::nouns_args::{OrderExport, OrderImport};
use axum::http::Method;
use model::time::{Timestamp, Zone};
use model::{Error, Result};
use serde_json::{Map, Value, json};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

const LOOK_EVERY: Duration = Duration::from_millis(300);

fn end_of(file: &Path) -> Result<String> {
    let end = file.extension().and_then(|end| end.to_str()).unwrap_or_default().to_ascii_lowercase();
    if matches!(end.as_str(), "xlsx" | "csv") {
        return Ok(end);
    }
    Err(Error::invalid("FILE", "文件名应以 .xlsx 或 .csv 结尾", "The file's name ends with .xlsx or .csv."))
}

/// The first moment of a day that is written 2026-07-01, by the platform's clock.
fn day(field: &'static str, text: &str) -> Result<Timestamp> {
    let number = text.replace('-', "").parse().ok().filter(|_| text.len() == 10);
    number.and_then(|day| Zone::shanghai().day_start(day)).ok_or_else(|| {
        Error::invalid(
            field,
            format!("“{text}”不是日期，应如 2026-07-01"),
            format!("{text:?} is no day; write 2026-07-01."),
        )
    })
}

pub async fn order_export(client: &Client, place: &Place, args: OrderExport) -> Result<ExitCode> {
    let mut query = Map::new();
    if let Some(from) = &args.from {
        query.insert("from_ms".to_owned(), json!(day("from", from)?.as_ms().to_string()));
    }
    if let Some(to) = &args.to {
        let next = day("to", to)?.plus_ms(model::time::DAY_MS);
        query.insert("to_ms".to_owned(), json!(next.as_ms().to_string()));
    }
    for filter in &args.filter {
        let (name, value) = filter.split_once('=').ok_or_else(|| {
            Error::invalid("filter", "条件应写成 名称=值", "A filter is written NAME=VALUE.")
        })?;
        query.insert(name.to_owned(), json!(value));
    }
    let body = json!({"format": end_of(&args.file)?, "columns": args.columns, "query": query});
    let mut export = client.call(Method::POST, "/exports/orders", Some(body)).await?;
    let path = format!("/exports/{}", export["id"]);
    while matches!(text(&export, "state"), "queued" | "running") {
        tokio::time::sleep(LOOK_EVERY).await;
        export = client.get(&path).await?;
    }
    if text(&export, "state") != "done" {
        let told = |language: &str| export["message"][language].as_str().unwrap_or("导出未完成").to_owned();
        return Err(Error::refused("export.failed", told("zh"), told("en")));
    }
    client.fetch(&format!("{path}/file"), &args.file).await?;
    let told = format!("已导出 / exported: {} → {}", export["rows_done"], args.file.display());
    Ok(say(place, &export, &told))
}

pub async fn order_import(client: &Client, place: &Place, args: OrderImport) -> Result<ExitCode> {
    end_of(&args.file)?;
    let bytes = tokio::fs::read(&args.file).await.map_err(|why| {
        let file = args.file.display();
        Error::invalid("FILE", format!("无法读取 {file}：{why}"), format!("{file} cannot be read: {why}"))
    })?;
    let name = args.file.file_name().and_then(|name| name.to_str()).unwrap_or("orders.csv");
    let made = client.send(&format!("/order-imports?name={}", in_url(name)), bytes).await?;
    let path = format!("/order-imports/{}", made["id"]);
    let mut import = settled(client, &path).await?;
    if text(&import, "state") == "checked" && !args.check && import["good"] != 0 {
        client.call(Method::POST, &format!("{path}/confirm"), None).await?;
        import = settled(client, &path).await?;
    }
    for fault in import["faults"].as_array().into_iter().flatten().filter(|_| !place.json) {
        eprintln!("第 {} 行 / line {}: {}", fault["line"], fault["line"], text(&fault["message"], "zh"));
    }
    if let Some(message) = import["message"]["zh"].as_str() {
        eprintln!("{message}");
    }
    let told = format!(
        "批次 / import {}: {}  正确 / good: {}  错误 / wrong: {}  已存在 / existing: {}",
        import["id"],
        text(&import, "state"),
        import["good"],
        import["bad"],
        import["existing"]
    );
    say(place, &import, &told);
    let whole = text(&import, "state") != "failed" && import["bad"] == 0;
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn settled(client: &Client, path: &str) -> Result<Value> {
    loop {
        let import = client.get(path).await?;
        if !matches!(text(&import, "state"), "checking" | "importing" | "undoing") {
            return Ok(import);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
