//! `pileops order record`, `pile record` and `replay`.

use super::Place;
use super::client::Client;
use super::nouns::in_url;
use super::nouns_args::{OrderRecord, PileRecord};
use crate::recording::proof::{Compared, Proof, replay};
use model::order::Order;
use model::time::{DAY_MS, Timestamp, Zone};
use model::{Error, Result};
use serde_json::{Value, json};
use sim::replay::Recording;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Replay {
    /// As `pileops order record`, `pile record` or the console wrote it
    pub file: PathBuf,
}

pub async fn order_record(client: &Client, place: &Place, args: OrderRecord) -> Result<ExitCode> {
    let id = Order::id_of_number(&args.order).ok_or_else(|| {
        Error::invalid(
            "ORDER",
            "请填写订单号（18 位数字）或订单编号",
            "Give the order's number (18 digits) or its id.",
        )
    })?;
    let path = format!("/orders/{}/recording?plain={}", id.0, args.plain);
    client.fetch(&path, &args.file).await?;
    Ok(told(place, &args.file))
}

pub async fn pile_record(client: &Client, place: &Place, args: PileRecord) -> Result<ExitCode> {
    let from = moment("from", &args.from)?;
    let to = match &args.to {
        Some(to) => moment("to", to)?,
        None => from.plus_ms(DAY_MS),
    };
    let (from_ms, to_ms) = (from.as_ms(), to.as_ms());
    let code = in_url(&args.id);
    let path = format!("/piles/{code}/recording?from_ms={from_ms}&to_ms={to_ms}&plain={}", args.plain);
    client.fetch(&path, &args.file).await?;
    Ok(told(place, &args.file))
}

fn told(place: &Place, file: &Path) -> ExitCode {
    let file = file.display();
    let text = format!("已写入 / written: {file}\n回放 / replay: pileops replay {file}");
    super::nouns::say(place, &json!({"file": file.to_string()}), &text)
}

/// A day of the platform, or a moment with its zone.
fn moment(field: &'static str, text: &str) -> Result<Timestamp> {
    let day = text.replace('-', "").parse().ok().filter(|_| text.len() == 10);
    let found = day.and_then(|day| Zone::shanghai().day_start(day)).or_else(|| Timestamp::parse(text));
    found.ok_or_else(|| {
        Error::invalid(
            field,
            format!("“{text}”不是时间，应如 2026-07-01 或 2026-07-01T08:00:00+08:00"),
            format!("{text:?} is no time; write 2026-07-01 or 2026-07-01T08:00:00+08:00."),
        )
    })
}

/// Success only where every order of the file comes out the same.
pub async fn run(place: &Place, args: &Replay) -> Result<ExitCode> {
    let file = args.file.display();
    let text = std::fs::read_to_string(&args.file).map_err(|why| {
        Error::invalid("FILE", format!("无法读取 {file}：{why}"), format!("{file} cannot be read: {why}"))
    })?;
    let recording = Recording::parse(&text).map_err(|why| {
        Error::invalid(
            "FILE",
            format!("{file} 不是可回放的录制文件：{why}"),
            format!("{file} is no recording that can be replayed: {why}"),
        )
    })?;
    let proof = replay(&recording).await?;
    if place.json {
        let same = proof.is_same();
        out!("{}", json!({"same": same, "proof": proof}));
    } else {
        show(&proof);
    }
    Ok(if proof.is_same() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn show(proof: &Proof) {
    out!(
        "充电桩 / pile: {} ({})  上行 / said: {}  应答 / answered: {}",
        proof.pile_code,
        proof.protocol,
        proof.said,
        proof.answered
    );
    for note in &proof.notes {
        out!("  注意 / note: {note}");
    }
    for one in &proof.orders {
        order(one);
    }
    for one in &proof.more {
        out!("✗ 回放多出的订单 / an order that the recording does not have: {} kWh", kwh(one.energy_dwh));
    }
    match (proof.is_same(), proof.orders.len()) {
        (true, 0) => {
            out!("录制中没有订单，回放也没有产生订单 / no order in the recording, none in the replay")
        }
        (true, count) => {
            out!("一致：{count} 笔订单回放后与录制完全相同 / the same: {count} order(s) came out alike")
        }
        (false, _) => out!("不一致，差异见上 / not the same, see above"),
    }
}

fn order(one: &Compared) {
    let recorded = &one.recorded;
    let brief = format!(
        "订单 / order {}: {} {} kWh {} 元",
        recorded.id,
        recorded.state.as_str(),
        kwh(recorded.energy_dwh),
        yuan(recorded.total_fen)
    );
    if one.replayed.is_none() {
        out!("✗ {brief}：回放没有产生该订单 / the replay made no such order");
        return;
    }
    if one.differences.is_empty() {
        let by_hand = if recorded.by_hand {
            "（人工结算的结果不比较 / settled by a person, not compared）"
        } else {
            ""
        };
        out!("✓ {brief}{by_hand}");
        return;
    }
    out!("✗ {brief}");
    for difference in &one.differences {
        let (recorded, replayed) = (plain(&difference.recorded), plain(&difference.replayed));
        out!("    {}: 录制 / recorded {recorded}，回放 / replayed {replayed}", difference.field);
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => "—".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn kwh(dwh: i64) -> String {
    format!("{}{}.{:04}", if dwh < 0 { "-" } else { "" }, dwh.abs() / 10_000, dwh.abs() % 10_000)
}

fn yuan(fen: i64) -> String {
    format!("{}{}.{:02}", if fen < 0 { "-" } else { "" }, fen.abs() / 100, fen.abs() % 100)
}
