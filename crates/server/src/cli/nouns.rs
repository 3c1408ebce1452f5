//! `pileops <noun> <verb>`: each is one or two calls of the API.

use super::client::Client;
use super::{Place, nouns_args::*};
use axum::http::Method;
use model::{Error, Result};
use serde_json::{Value, json};
use std::path::Path;
use std::process::ExitCode;

/// Most that a command to a pile is waited for.
const WAIT_MS: u32 = 60_000;

pub async fn run(place: &Place, noun: Noun) -> Result<ExitCode> {
    let client = Client::open(place).await?;
    let code = match noun {
        Noun::Staff(StaffVerb::Add(args)) => staff_add(&client, place, args).await,
        Noun::Token(TokenVerb::Add { name }) => token_add(&client, place, &name).await,
        Noun::Station(StationVerb::Add(args)) => station_add(&client, place, args).await,
        Noun::Station(StationVerb::List) => {
            list(&client, place, "/stations", &["id", "name", "operator_name", "pile_count"]).await
        }
        Noun::Tariff(TariffVerb::Add(args)) => tariff_add(&client, place, args).await,
        Noun::Pile(PileVerb::Add(args)) => pile_add(&client, place, args).await,
        Noun::Pile(PileVerb::List) => {
            list(&client, place, "/piles", &["code", "protocol", "station_name", "online", "lifecycle"]).await
        }
        Noun::Pile(PileVerb::Import { file }) => import(&client, place, "/imports/piles", &file).await,
        Noun::Pile(PileVerb::Call { id, action, payload }) => pile_call(&client, &id, action, payload).await,
        Noun::Card(CardVerb::Add(args)) => card_add(&client, place, args).await,
        Noun::Card(CardVerb::Import { file }) => import(&client, place, "/imports/cards", &file).await,
        Noun::Order(OrderVerb::List { pile }) => order_list(&client, place, pile).await,
    };
    client.close().await;
    code
}

fn say(place: &Place, value: &Value, text: &str) -> ExitCode {
    if place.json {
        out!("{value}")
    } else {
        out!("{text}")
    }
    ExitCode::SUCCESS
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

async fn staff_add(client: &Client, place: &Place, args: StaffAdd) -> Result<ExitCode> {
    let body = json!({
        "account": args.account, "name": args.name.unwrap_or_else(|| args.account.clone()), "role": args.role,
        "operator_id": args.operator, "password": args.password,
    });
    let made = client.call(Method::POST, "/staff", Some(body)).await?;
    let password = text(&made, "password");
    let shown = if password.is_empty() {
        String::new()
    } else {
        format!("  密码 / password: {password}（只显示这一次 / shown this once）")
    };
    Ok(say(place, &made, &format!("账号 / account: {}{shown}", args.account)))
}

async fn token_add(client: &Client, place: &Place, name: &str) -> Result<ExitCode> {
    let made = client.call(Method::POST, "/tokens", Some(json!({ "name": name }))).await?;
    Ok(say(place, &made, text(&made, "token")))
}

async fn station_add(client: &Client, place: &Place, args: StationAdd) -> Result<ExitCode> {
    if let Some(known) = named(client, "/stations", &args.name).await? {
        return Ok(say(
            place,
            &known,
            &format!("充电站已存在 / the station exists: {} {}", known["id"], args.name),
        ));
    }
    let tariff = match args.tariff {
        Some(tariff) => Some(id_of(client, "/tariffs", &tariff, "tariff").await?),
        None => client.get("/tariffs").await?["items"]
            .as_array()
            .and_then(|rows| rows.first().cloned())
            .and_then(|row| row["id"].as_i64()),
    };
    let operator = match args.operator {
        Some(operator) => Some(id_of(client, "/operators", &operator, "operator").await?),
        None => None,
    };
    let body = json!({
        "name": args.name, "operator_id": operator, "city_code": args.city, "address": args.address.unwrap_or_default(),
        "tariff_id": tariff, "longitude_e6": null, "latitude_e6": null, "time_zone": args.time_zone,
    });
    let made = client.call(Method::POST, "/stations", Some(body)).await?;
    if tariff.is_none() {
        eprintln!(
            "注意：该站还没有计费模型，无法充电；请用 pileops tariff add 与控制台设置 / note: the station has no tariff yet"
        );
    }
    Ok(say(place, &made, &format!("充电站 / station: {} {}", made["id"], args.name)))
}

/// A row of a list by its id or its exact name.
async fn named(client: &Client, path: &str, wanted: &str) -> Result<Option<Value>> {
    let rows = client.whole(path).await?;
    let number = wanted.parse::<i64>().ok();
    let is = |row: &&Value| row["name"] == wanted || number.is_some_and(|number| row["id"] == number);
    Ok(rows.iter().find(is).cloned())
}

async fn id_of(client: &Client, path: &str, wanted: &str, field: &'static str) -> Result<i64> {
    let row = named(client, path, wanted).await?;
    row.and_then(|row| row["id"].as_i64()).ok_or_else(|| {
        Error::invalid(
            field,
            format!("没有编号或名称为“{wanted}”的记录，请先建立"),
            format!("There is none with the number or name {wanted:?}; make it first."),
        )
    })
}

async fn tariff_add(client: &Client, place: &Place, args: TariffAdd) -> Result<ExitCode> {
    let body = match &args.file {
        Some(file) => {
            let mut body: Value = serde_json::from_str(&read(file)?).map_err(|why| {
                Error::invalid("file", format!("不是有效的 JSON：{why}"), format!("No valid JSON: {why}"))
            })?;
            body["name"] = json!(args.name);
            body
        }
        None => {
            let rate = |period: &str| {
                json!({
                    "period": period, "electricity_price_e5": args.electricity_price_e5, "service_price_e5": args.service_price_e5,
                })
            };
            let rates = ["sharp", "peak", "flat", "valley"].map(rate);
            json!({ "name": args.name, "rates": rates, "periods": vec!["flat"; 48] })
        }
    };
    let made = client.call(Method::POST, "/tariffs", Some(body)).await?;
    Ok(say(place, &made, &format!("计费模型 / tariff: {} {}", made["id"], args.name)))
}

async fn pile_add(client: &Client, place: &Place, args: PileAdd) -> Result<ExitCode> {
    let station = match &args.station {
        Some(station) => Some(id_of(client, "/stations", station, "station").await?),
        None => None,
    };
    let body = json!({
        "code": args.id, "name": args.name, "station_id": station, "kind": args.kind, "protocol": args.protocol,
        "rated_power_w": args.rated_power_w, "connector_count": args.connectors, "password": args.password,
    });
    match client.ask(Method::POST, "/piles", Some(("application/json", body.to_string()))).await? {
        Ok(made) => {
            let password = text(&made, "password");
            let shown = if password.is_empty() {
                String::new()
            } else {
                format!("  密码 / password: {password}（只显示这一次 / shown this once）")
            };
            Ok(say(place, &made, &format!("充电桩 / pile: {}{shown}", args.id)))
        }
        // Said twice, it is still one pile; a password that was given is set.
        Err(refused) if text(&refused.body, "code") == "pile.exists" => {
            if let Some(password) = &args.password {
                client
                    .call(
                        Method::PUT,
                        &format!("/piles/{}/password", args.id),
                        Some(json!({ "password": password })),
                    )
                    .await?;
            }
            let known = client.get(&format!("/piles/{}", args.id)).await?;
            Ok(say(place, &known, &format!("充电桩已存在 / the pile exists: {}", args.id)))
        }
        Err(refused) => Err(refused.into_error()),
    }
}

async fn pile_call(client: &Client, id: &str, action: String, payload: String) -> Result<ExitCode> {
    if let Err(why) = serde_json::from_str::<Value>(&payload) {
        return Err(Error::invalid(
            "JSON",
            format!("内容不是有效的 JSON：{why}"),
            format!("The payload is no valid JSON: {why}"),
        ));
    }
    let body = json!({ "kind": "call", "action": action, "payload": payload });
    let path = format!("/piles/{id}/commands?wait_ms={WAIT_MS}");
    let row = client.call(Method::POST, &path, Some(body)).await?;
    let answer = text(&row, "detail");
    if text(&row, "state") == "accepted" {
        out!("{}", if answer.is_empty() { r#"{"status":"Accepted"}"# } else { answer });
        return Ok(ExitCode::SUCCESS);
    }
    if !answer.is_empty() {
        out!("{answer}");
    }
    eprintln!("{}: {}", text(&row, "state"), text(&row, "message"));
    Ok(ExitCode::FAILURE)
}

async fn card_add(client: &Client, place: &Place, args: CardAdd) -> Result<ExitCode> {
    let body = json!({
        "tag": args.tag, "status": args.status, "group": args.group, "expires_at_ms": null, "sessions_max": args.sessions_max,
    });
    match client.ask(Method::POST, "/cards", Some(("application/json", body.to_string()))).await? {
        Ok(made) => Ok(say(place, &made, &format!("充电卡 / card: {}", args.tag))),
        Err(refused) if refused.status == 409 => {
            let tag = args.tag.trim().to_ascii_uppercase();
            let rows = client.all(&format!("/cards?tag={tag}")).await?;
            let Some(known) = rows.into_iter().find(|row| row["tag"] == tag.as_str()) else {
                return Err(refused.into_error());
            };
            if known["status"] != args.status.as_str() {
                client
                    .call(
                        Method::PATCH,
                        &format!("/cards/{}", known["id"]),
                        Some(json!({ "status": args.status })),
                    )
                    .await?;
            }
            Ok(say(place, &known, &format!("充电卡已存在 / the card exists: {tag} ({})", args.status)))
        }
        Err(refused) => Err(refused.into_error()),
    }
}

async fn import(client: &Client, place: &Place, path: &str, file: &Path) -> Result<ExitCode> {
    let report =
        client.ask(Method::POST, path, Some(("text/csv", read(file)?))).await?.map_err(|r| r.into_error())?;
    let errors = report["errors"].as_array().cloned().unwrap_or_default();
    let told = format!(
        "新增 / created: {}  已存在 / existing: {}  错误 / errors: {}",
        report["created"],
        report["existing"],
        errors.len()
    );
    say(place, &report, &told);
    if !place.json {
        for error in &errors {
            eprintln!(
                "第 {} 行 / line {}: {} {}",
                error["line"],
                error["line"],
                text(error, "field"),
                error["message"]["zh"].as_str().unwrap_or_default()
            );
        }
    }
    Ok(if errors.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn order_list(client: &Client, place: &Place, pile: Option<String>) -> Result<ExitCode> {
    let mut path = "/orders?from_ms=0&to_ms=253402214400000".to_owned();
    if let Some(pile) = &pile {
        path.push_str(&format!("&pile={pile}"));
    }
    let rows = client.all(&path).await?;
    if place.json {
        out!("{}", Value::Array(rows));
        return Ok(ExitCode::SUCCESS);
    }
    for row in rows {
        let yuan = row["total_fen"].as_i64().unwrap_or(0);
        let kwh = row["energy_dwh"].as_i64().unwrap_or(0);
        out!(
            "{}  {}  {}#{}  {}  {}.{:04} kWh  {}.{:02} 元",
            text(&row, "order_no"),
            text(&row, "state"),
            text(&row, "pile_code"),
            row["connector_no"],
            text(&row, "session_key"),
            kwh / 10_000,
            kwh % 10_000,
            yuan / 100,
            yuan % 100,
        );
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(client: &Client, place: &Place, path: &str, columns: &[&str]) -> Result<ExitCode> {
    let rows = if path == "/stations" { client.whole(path).await? } else { client.all(path).await? };
    if place.json {
        out!("{}", Value::Array(rows));
        return Ok(ExitCode::SUCCESS);
    }
    for row in rows {
        let cells: Vec<String> = columns
            .iter()
            .map(|c| row[*c].as_str().map_or_else(|| row[*c].to_string(), str::to_owned))
            .collect();
        out!("{}", cells.join("  "));
    }
    Ok(ExitCode::SUCCESS)
}

fn read(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).map_err(|why| {
        Error::invalid(
            "FILE",
            format!("文件 {} 无法读取：{why}", file.display()),
            format!("The file {} cannot be read: {why}", file.display()),
        )
    })
}
