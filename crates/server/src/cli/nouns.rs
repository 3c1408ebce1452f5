//! `pileops <noun> <verb>`: each is one or two calls of the API.

use super::client::{Client, Refused};
use super::{Place, accounts, exchange, nouns_args::*, recordings, reservations};
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
        Noun::Staff(verb) => accounts::staff(&client, place, verb).await,
        Noun::Token(verb) => accounts::token(&client, place, verb).await,
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
        Noun::Pile(PileVerb::Command { id, body }) => pile_command(&client, &id, &body).await,
        Noun::Pile(PileVerb::Record(args)) => recordings::pile_record(&client, place, args).await,
        Noun::Card(CardVerb::Add(args)) => card_add(&client, place, args).await,
        Noun::Card(CardVerb::Import { file }) => import(&client, place, "/imports/cards", &file).await,
        Noun::Order(OrderVerb::Export(args)) => exchange::order_export(&client, place, args).await,
        Noun::Order(OrderVerb::Import(args)) => exchange::order_import(&client, place, args).await,
        Noun::Order(OrderVerb::Record(args)) => recordings::order_record(&client, place, args).await,
        Noun::Order(OrderVerb::List { pile }) => order_list(&client, place, pile).await,
        Noun::Reservation(verb) => reservations::reservation(&client, place, verb).await,
    };
    client.close().await;
    code
}

pub fn say(place: &Place, value: &Value, text: &str) -> ExitCode {
    if place.json {
        out!("{value}")
    } else {
        out!("{text}")
    }
    ExitCode::SUCCESS
}

pub fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
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
    // The list has the newest version of a name first.
    if let Some(known) = named(client, "/tariffs", &args.name).await?
        && known["name"] == args.name.trim()
        && is_same_tariff(&known, &body)
    {
        let told = format!(
            "计费模型已存在且相同 / the tariff exists and is the same: {} {}",
            known["id"], args.name
        );
        return Ok(say(place, &known, &told));
    }
    let made = client.call(Method::POST, "/tariffs", Some(body)).await?;
    Ok(say(place, &made, &format!("计费模型 / tariff: {} {}", made["id"], args.name)))
}

/// The same prices at the same times, in whichever order they are written.
fn is_same_tariff(known: &Value, wanted: &Value) -> bool {
    let rates = |tariff: &Value| {
        let mut rates: Vec<String> =
            tariff["rates"].as_array().into_iter().flatten().map(Value::to_string).collect();
        rates.sort();
        rates
    };
    let table = |tariff: &Value| (tariff["periods"].clone(), rates(tariff));
    let days = |kind: &Value, name: &str| {
        let mut days: Vec<i64> =
            kind[name].as_array().into_iter().flatten().filter_map(Value::as_i64).collect();
        days.sort_unstable();
        days
    };
    let kinds = |tariff: &Value| {
        let kinds = tariff["kinds"].as_array().into_iter().flatten();
        let rule = |kind: &Value| {
            (kind["name"].clone(), kind["season"].clone(), days(kind, "weekdays"), days(kind, "dates"))
        };
        kinds.map(|kind| (rule(kind), table(kind))).collect::<Vec<_>>()
    };
    table(known) == table(wanted)
        && kinds(known) == kinds(wanted)
        && days(known, "workdays") == days(wanted, "workdays")
}

/// It is there already, and is not what was asked for.
fn differs(
    what_zh: &str,
    what_en: &str,
    known: &Value,
    wanted: &[(&'static str, Option<Value>)],
) -> Result<()> {
    for (field, wanted) in wanted {
        if let Some(wanted) = wanted
            && known[*field] != *wanted
        {
            let is = &known[*field];
            return Err(Error::invalid(
                *field,
                format!(
                    "{what_zh}已存在，其 {field} 为 {is}，而不是 {wanted}；未作任何更改，请在控制台修改，或换一个名称"
                ),
                format!(
                    "{what_en} exists with the {field} {is}, not {wanted}. Nothing was changed; change it in the console, or choose another name."
                ),
            ));
        }
    }
    Ok(())
}

pub fn exists_differs(
    what: (&str, &str),
    refused: Refused,
    known: Option<Value>,
    wanted: &[(&'static str, Option<Value>)],
) -> Result<Value> {
    let known = known.ok_or_else(|| refused.into_error())?;
    differs(what.0, what.1, &known, wanted)?;
    Ok(known)
}

async fn pile_add(client: &Client, place: &Place, args: PileAdd) -> Result<ExitCode> {
    let station = match &args.station {
        Some(station) => Some(id_of(client, "/stations", station, "station").await?),
        None => None,
    };
    let body = json!({
        "code": args.id, "name": args.name, "station_id": station, "protocol": args.protocol,
        "kind": args.kind.as_deref().unwrap_or("dc"), "rated_power_w": args.rated_power_w.unwrap_or(120_000),
        "connector_count": args.connectors.unwrap_or(1), "password": args.password,
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
            let mut known = client.get(&format!("/piles/{}", args.id)).await?;
            let connectors = known["connectors"].as_array().map_or(0, Vec::len);
            known["connector_count"] = json!(connectors);
            let wanted = [
                ("protocol", Some(json!(args.protocol))),
                ("station_id", station.map(|id| json!(id))),
                ("name", args.name.map(|name| json!(name))),
                ("kind", args.kind.map(|kind| json!(kind))),
                ("rated_power_w", args.rated_power_w.map(|power| json!(power))),
                ("connector_count", args.connectors.map(|count| json!(count))),
            ];
            let what = (format!("充电桩 {}", args.id), format!("The pile {}", args.id));
            let known = exists_differs((&what.0, &what.1), refused, Some(known), &wanted)?;
            if let Some(password) = &args.password {
                client
                    .call(
                        Method::PUT,
                        &format!("/piles/{}/password", args.id),
                        Some(json!({ "password": password })),
                    )
                    .await?;
            }
            Ok(say(place, &known, &format!("充电桩已存在 / the pile exists: {}", args.id)))
        }
        Err(refused) => Err(refused.into_error()),
    }
}

async fn pile_call(client: &Client, id: &str, action: String, payload: String) -> Result<ExitCode> {
    let payload: Value = serde_json::from_str(&payload).map_err(|why| {
        Error::invalid(
            "JSON",
            format!("内容不是有效的 JSON：{why}"),
            format!("The payload is no valid JSON: {why}"),
        )
    })?;
    pile_ask(client, id, json!({ "kind": "call", "action": action, "payload": payload })).await
}

async fn pile_command(client: &Client, id: &str, body: &str) -> Result<ExitCode> {
    let body = serde_json::from_str(body).map_err(|why| {
        Error::invalid(
            "JSON",
            format!("内容不是有效的 JSON：{why}"),
            format!("The command is no valid JSON: {why}"),
        )
    })?;
    pile_ask(client, id, body).await
}

/// Asks, waits, and prints what the pile said.
async fn pile_ask(client: &Client, id: &str, body: Value) -> Result<ExitCode> {
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
            let known = client.all(&format!("/cards?tag={}", in_url(&tag))).await?;
            let known = known.into_iter().find(|row| row["tag"] == tag.as_str());
            let wanted = [
                ("group", args.group.map(|group| json!(group))),
                ("sessions_max", args.sessions_max.map(|most| json!(most))),
            ];
            let what = (format!("充电卡 {tag}"), format!("The card {tag}"));
            let mut known = exists_differs((&what.0, &what.1), refused, known, &wanted)?;
            if known["status"] != args.status.as_str() {
                let path = format!("/cards/{}", known["id"]);
                client.call(Method::PATCH, &path, Some(json!({ "status": args.status }))).await?;
                known["status"] = json!(args.status);
            }
            Ok(say(place, &known, &format!("充电卡已存在 / the card exists: {tag} ({})", args.status)))
        }
        Err(refused) => Err(refused.into_error()),
    }
}

/// As a value of a query.
pub fn in_url(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
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
        path.push_str(&format!("&pile={}", in_url(pile)));
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

pub async fn list(client: &Client, place: &Place, path: &str, columns: &[&str]) -> Result<ExitCode> {
    let is_short = ["/stations", "/staff", "/tokens"].contains(&path);
    let rows = if is_short { client.whole(path).await? } else { client.all(path).await? };
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
