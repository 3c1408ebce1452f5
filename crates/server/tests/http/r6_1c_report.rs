//! R-6.1c, R-4.2.3: reports over the API: what they tell, to whom, as a file, and by mail.

use super::house::{House, house};
use super::r5_3_2_export::{charged, exported};
use super::r5_s_channel::{Post, draft, made, mail_job};
use base64::Engine as _;
use model::time::{DAY_MS, HOUR_MS};
use serde_json::{Value, json};
use std::time::Duration;

const DAY: &str = "from_day=20261123&to_day=20261123";

async fn summed() -> House {
    let house = charged().await;
    // A pile is in service once it was seen.
    let seen = house
        .app
        .engine
        .store
        .write(None, |tx| tx.execute("UPDATE pile SET lifecycle = 'enabled', enabled_at_ms = 0", &[]));
    seen.await.unwrap();
    house.app.engine.reports_make(house.app.now()).await.unwrap();
    house.app.engine.pile_times_make(house.app.now()).await.unwrap();
    house
}

async fn report(house: &House, cookie: &str, query: &str) -> Value {
    house.get(&format!("/reports?{query}"), cookie).await.ok().json.clone()
}

fn values(report: &Value) -> Vec<(String, Value)> {
    let rows = report["rows"].as_array().unwrap().iter();
    rows.map(|row| {
        let keys = row["keys"].as_array().unwrap().iter();
        let keys: Vec<_> = keys.map(|key| key["value"].as_str().unwrap().to_owned()).collect();
        (keys.join("/"), row["values"].clone())
    })
    .collect()
}

#[tokio::test]
async fn r6_1c_class_figures_are_told_apart_as_they_are_asked_for_within_the_scope_of_whoever_asks() {
    let house = summed().await;
    let (admin, theirs) = (house.sign_in("admin").await, house.sign_in("a.admin").await);
    let query = format!("{DAY}&kpis=order_count,receivable,success_rate&groups=operator");
    let told = report(&house, &admin, &query).await;
    let of = |key: &str, values: Value| (key.to_owned(), values);
    assert_eq!(values(&told), [of("1", json!([7, 700, 10_000])), of("2", json!([2, 200, 10_000]))]);
    assert_eq!(told["rows"][0]["keys"][0]["name"], "甲运营");
    assert_eq!(told["total"]["values"], json!([9, 900, 10_000]));
    assert_eq!((&told["waiting_count"], &told["cut"]), (&json!(0), &json!(false)));
    let told = report(&house, &theirs, &query).await;
    assert_eq!(values(&told), [of("1", json!([7, 700, 10_000]))], "nothing of another's");
    assert_eq!(told["total"]["values"], json!([7, 700, 10_000]));
    for (more, expected) in [
        ("groups=none", vec![of("", json!([9]))]),
        ("groups=city", vec![of("420100", json!([9]))]),
        ("groups=month", vec![of("202611", json!([9]))]),
        ("groups=week", vec![of("20261123", json!([9]))]),
        ("groups=hour", vec![of("2026112312", json!([9]))]),
        ("groups=start_mode", vec![of("card", json!([9]))]),
        ("groups=buyer", vec![of("card", json!([9]))]),
        ("groups=pile_kind", vec![of("dc", json!([9]))]),
        ("groups=day,station", vec![of("20261123/1", json!([7])), of("20261123/2", json!([2]))]),
        ("groups=station&station_id=2", vec![of("2", json!([2]))]),
        ("groups=station&city_code=110000", vec![]),
        ("groups=none&start_mode=app", vec![of("", json!([0]))]),
        ("groups=none&buyer=card&pile_kind=dc", vec![of("", json!([9]))]),
    ] {
        let told = report(&house, &admin, &format!("{DAY}&kpis=order_count&{more}")).await;
        assert_eq!(values(&told), expected, "{more}");
    }
    // What cannot be told so is absent with its reason, and the rest is there.
    let told =
        report(&house, &admin, &format!("{DAY}&kpis=order_count,net,time_use&groups=start_mode")).await;
    assert_eq!(told["rows"][0]["values"], json!([9, null, null]));
    assert_eq!(told["kpis"][0]["absent"], Value::Null);
    assert!(told["kpis"][1]["absent"]["zh"].as_str().unwrap().contains("不能按"));
    let told = report(&house, &admin, &format!("{DAY}&kpis=online_rate,time_use&groups=station")).await;
    assert_eq!(told["rows"][0]["values"][0], json!(0), "no pile was on line");
    assert!(told["rows"][0]["values"][1].as_i64().unwrap() > 0);
    // By period: what no segment says belongs to none of them.
    let told = report(&house, &admin, &format!("{DAY}&kpis=energy,order_count&groups=period")).await;
    assert_eq!(values(&told), [of("other", json!([90_009, null]))]);
}

#[tokio::test]
async fn r6_1c_boundary_and_guess_of_what_a_report_is_asked_for() {
    let house = summed().await;
    let admin = house.sign_in("admin").await;
    for (query, field) in [
        ("kpis=profit", "kpis"),
        ("groups=weather", "groups"),
        ("groups=day,month", "groups"),
        ("groups=station,station", "groups"),
        ("groups=day,station,city,operator", "groups"),
        ("from_day=20261131", "from_day"),
        ("to_day=20261131", "to_day"),
        ("from_day=20261124&to_day=20261123", "to_day"),
        ("from_day=20240101&to_day=20261123", "to_day"),
        ("from_day=1", "from_day"),
        ("from_day=-9223372036854775808&to_day=9223372036854775807", "to_day"),
    ] {
        let answer = house.get(&format!("/reports?{query}"), &admin).await;
        assert_eq!(answer.refused(400, "field.invalid").json["field"], field, "{query}");
    }
    for query in ["compare=never", "buyer=x", "station_id=x", "unknown=1"] {
        assert_eq!(house.get(&format!("/reports?{query}"), &admin).await.status.as_u16(), 400, "{query}");
    }
    let told = report(&house, &admin, "").await;
    assert_eq!((&told["from_day"], &told["to_day"]), (&json!(20_261_025), &json!(20_261_123)), "thirty days");
    assert_eq!(told["kpis"].as_array().unwrap().len(), 5);
    let told = report(&house, &admin, "from_day=20240916&to_day=20261123&groups=none").await;
    assert_eq!(told["total"]["values"][0], json!(9), "eight hundred days");
    // Words of a database are words.
    let told =
        report(&house, &admin, &format!("{DAY}&kpis=order_count&groups=none&model=%27%20OR%201%3D1")).await;
    assert_eq!(values(&told), [(String::new(), json!([0]))]);
    // A viewer has no reports, finance has.
    house.get("/reports", &house.sign_in("viewer").await).await.refused(403, "permission.denied");
    house.get("/reports", &house.sign_in("finance").await).await.ok();
}

#[tokio::test]
async fn r6_1c_class_each_figure_has_one_definition_and_its_parameters() {
    let house = summed().await;
    let admin = house.sign_in("admin").await;
    let kpis = house.get("/kpis", &admin).await.ok().json["items"].clone();
    let success = kpis.as_array().unwrap().iter().find(|one| one["code"] == "success_rate").unwrap().clone();
    let told: Vec<_> =
        success["parameters"].as_array().unwrap().iter().map(|one| one["value"].clone()).collect();
    assert_eq!(told, [json!(2_000), json!(120)]);
    // The figure follows the parameter, and the definition tells it.
    let change = json!({"version": 1, "value": 20_000, "reason": "两度以上才算成功"}).to_string();
    house.send("PATCH", "/parameters/success_dwh", &admin, Some(&change), &[]).await.ok();
    let change = json!({"version": 1, "value": 1_800, "reason": "半小时以上才算成功"}).to_string();
    house.send("PATCH", "/parameters/success_s", &admin, Some(&change), &[]).await.ok();
    house.app.engine.reports_make(house.app.now()).await.unwrap();
    let told = report(&house, &admin, &format!("{DAY}&kpis=success_rate&groups=none")).await;
    assert_eq!(told["total"]["values"], json!([0]));
    assert_eq!(
        house
            .app
            .engine
            .orders_verify()
            .await
            .unwrap()
            .problems
            .iter()
            .filter(|one| one.what.contains("report"))
            .count(),
        0
    );
}

#[tokio::test]
async fn r6_1c_class_hours_of_the_week_and_the_load_of_a_station() {
    let house = summed().await;
    let (admin, theirs) = (house.sign_in("admin").await, house.sign_in("a.admin").await);
    let heat = house.get(&format!("/reports/heat?{DAY}"), &admin).await.ok().json.clone();
    let begun: i64 =
        heat["hours"].as_array().unwrap().iter().map(|hour| hour["order_count"].as_i64().unwrap()).sum();
    assert_eq!((begun, &heat["day_counts"]), (9, &json!([1, 0, 0, 0, 0, 0, 0])));
    let own = house.get(&format!("/reports/heat?{DAY}"), &theirs).await.ok().json.clone();
    let begun: i64 =
        own["hours"].as_array().unwrap().iter().map(|hour| hour["order_count"].as_i64().unwrap()).sum();
    assert_eq!(begun, 7);
    let load = house.get(&format!("/stations/1/load-duration?{DAY}"), &theirs).await.ok().json.clone();
    assert_eq!((&load["hour_count"], &load["station_name"]), (&json!(24), &json!("甲站")));
    assert!(load["highest_w"].as_i64().unwrap() > 0);
    house.get(&format!("/stations/2/load-duration?{DAY}"), &theirs).await.refused(404, "station.not_found");
    house.get(&format!("/stations/99/load-duration?{DAY}"), &admin).await.refused(404, "station.not_found");
}

#[tokio::test]
async fn r6_1c_class_a_report_is_given_out_with_the_columns_that_it_has() {
    let house = summed().await;
    let admin = house.sign_in("admin").await;
    let query = json!({"from_day": "20261123", "to_day": "20261123", "kpis": "order_count,receivable,success_rate",
        "groups": "station", "compare": "previous"});
    let (export, text) = exported(&house, &admin, "reports", json!({"format": "csv", "query": query})).await;
    assert_eq!(export["rows_done"], 2);
    let lines: Vec<&str> = text.trim_end().split("\r\n").collect();
    assert_eq!(
        lines[0],
        "\u{feff}充电站,订单数,订单数 对比期,应收（元）,应收（元） 对比期,一次充电成功率（%）,一次充电成功率（%） 对比期"
    );
    assert_eq!(lines[1], "甲站,7,0,7.00,0.00,100.00,");
    assert_eq!(lines[3], "合计 (2),9,0,9.00,0.00,,");
    let theirs = house.sign_in("a.admin").await;
    let (export, _) = exported(&house, &theirs, "reports", json!({"format": "xlsx", "query": query})).await;
    assert_eq!(export["rows_done"], 1, "nothing of another's");
    let bad = json!({"format": "csv", "query": {"kpis": "profit"}}).to_string();
    let answer = house.post("/exports/reports", &admin, &bad).await;
    assert_eq!(answer.refused(400, "field.invalid").json["field"], "kpis");
}

fn plan(recipients: Value) -> Value {
    json!({"name": "运营日报", "every": "day", "at_minute": 13 * 60, "recipients": recipients, "enabled": true,
        "query": {"kpis": "order_count,receivable", "groups": "station", "compare": "previous"}})
}

async fn addressed(house: &House, account: &str, address: &str) -> i64 {
    let cookie = house.sign_in(account).await;
    let value = json!({"value": address}).to_string();
    house.send("PUT", "/preferences/alarm.email", &cookie, Some(&value), &[]).await.ok();
    let name = account.to_owned();
    let read = move |conn: &mut store::Conn| store::staff::by_account(conn, &name);
    house.app.engine.store.read(read).await.unwrap().unwrap().id.0
}

async fn run(house: &House) -> usize {
    house.app.engine.report_plans_run(house.app.now()).await.unwrap()
}

/// What stands behind `=3D` and soft ends of lines.
fn unquoted(text: &str) -> Vec<u8> {
    let (text, mut out) = (text.replace("=\n", ""), Vec::new());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'=' {
            out.push(byte);
            continue;
        }
        let pair: String = bytes.by_ref().take(2).map(char::from).collect();
        out.push(u8::from_str_radix(&pair, 16).unwrap());
    }
    out
}

/// The text and the file of a letter.
fn opened(letter: &str) -> (String, Vec<u8>) {
    let body = |kind: &str| {
        let at = letter.find(&format!("Content-Type: {kind}")).unwrap_or_else(|| panic!("{kind}: {letter}"));
        let begun = letter[..at].rfind("\n--").unwrap();
        let part = &letter[begun + 1..];
        let part = &part[..part[2..].find("\n--").map_or(part.len(), |end| end + 2)];
        let (head, text) = part.split_once("\n\n").unwrap();
        if head.contains("base64") {
            let text: String = text.split_whitespace().collect();
            return base64::engine::general_purpose::STANDARD.decode(text).unwrap();
        }
        unquoted(text)
    };
    (String::from_utf8(body("text/plain")).unwrap(), body("application/vnd"))
}

#[tokio::test]
async fn r6_1c_class_a_report_comes_by_mail_once_for_each_period_with_the_scope_of_whoever_made_it() {
    let house = summed().await;
    let boss = addressed(&house, "finance", "boss@example.com").await;
    let silent = addressed(&house, "operations", "").await;
    let own = addressed(&house, "a.admin", "chief@example.com").await;
    let (admin, theirs, post) =
        (house.sign_in("admin").await, house.sign_in("a.admin").await, Post::open().await);
    made(&house, &admin, &draft(post.port)).await;
    let made = house.post("/report-plans", &admin, &plan(json!([boss, silent, boss])).to_string()).await;
    let id = made.ok().json["id"].as_i64().unwrap();
    house.post("/report-plans", &theirs, &plan(json!([own])).to_string()).await.ok();

    assert_eq!(run(&house).await, 0, "what was due before it was made is not made up for");
    house.clock.advance(Duration::from_millis(DAY_MS as u64 + 59 * 60_000));
    assert_eq!(
        run(&house).await,
        2,
        "of the 23rd, due on the 24th at one o'clock, is not due; of the 22nd it was"
    );
    house.clock.advance(Duration::from_millis(60_000));
    assert_eq!(run(&house).await, 2);
    assert_eq!(run(&house).await, 0, "once for each period");
    let admin = house.sign_in("admin").await;
    for _ in 0..3 {
        mail_job(&house, &admin).await;
    }
    let letters = post.letters();
    let of = |address: &str| -> Vec<&String> {
        letters.iter().filter(|letter| letter.contains(&format!("To: {address}"))).collect()
    };
    assert_eq!((of("boss@example.com").len(), of("chief@example.com").len()), (2, 2), "{}", letters.len());
    let (text, file) = opened(of("boss@example.com")[1]);
    assert!(text.contains("日报：运营日报（2026-11-23）"), "{text}");
    assert!(text.contains("订单数：9 （对比期 0）") && text.contains("应收：9.00 元"), "{text}");
    assert!(file.starts_with(b"PK"));
    let (text, _) = opened(of("chief@example.com")[1]);
    assert!(text.contains("订单数：7 "), "the scope of whoever made it: {text}");

    let log = house.get(&format!("/report-plans/{id}/sendings"), &admin).await.ok().json.clone();
    assert_eq!(log["items"].as_array().unwrap().len(), 2);
    let last = &log["items"][0];
    assert_eq!((&last["from_day"], &last["mails"][0]["state"]), (&json!(20_261_123), &json!("sent")));
    assert!(last["note"].as_str().unwrap().contains("operations先生：未填邮箱"), "{last}");
    let theirs = house.sign_in("a.admin").await;
    house.get(&format!("/report-plans/{id}/sendings"), &theirs).await.refused(404, "report_plan.not_found");
    assert_eq!(house.get("/report-plans", &theirs).await.ok().json["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn r6_1c_guess_a_plan_whose_maker_may_not_see_reports_any_more_sends_nothing() {
    let house = summed().await;
    let boss = addressed(&house, "admin", "boss@example.com").await;
    let (admin, post) = (house.sign_in("admin").await, Post::open().await);
    made(&house, &admin, &draft(post.port)).await;
    let finance = house.sign_in("finance").await;
    let id =
        house.post("/report-plans", &finance, &plan(json!([boss])).to_string()).await.ok().json["id"].clone();
    let write = house
        .app
        .engine
        .store
        .write(None, |tx| tx.execute("UPDATE staff SET role = 'viewer' WHERE account = 'finance'", &[]));
    write.await.unwrap();
    house.clock.advance(Duration::from_millis((DAY_MS + HOUR_MS) as u64));
    run(&house).await;
    let admin = house.sign_in("admin").await;
    mail_job(&house, &admin).await;
    assert_eq!(post.letters().len(), 0);
    let log = house.get(&format!("/report-plans/{id}/sendings"), &admin).await.ok().json.clone();
    let mail = &log["items"][0]["mails"][0];
    assert_eq!(mail["state"], "failed");
    assert!(mail["message"].as_str().unwrap().contains("没有查看报表的权限"), "{mail}");
}

#[tokio::test]
async fn r6_1c_boundary_of_a_plan() {
    let house = house().await;
    house.furnish().await;
    let boss = addressed(&house, "finance", "boss@example.com").await;
    let viewer = addressed(&house, "viewer", "viewer@example.com").await;
    let admin = house.sign_in("admin").await;
    let with = |key: &str, value: Value| {
        let mut body = plan(json!([boss]));
        body[key] = value;
        body.to_string()
    };
    for (body, field) in [
        (with("name", json!("  ")), "name"),
        (with("name", json!("长".repeat(41))), "name"),
        (with("at_minute", json!(-1)), "at_minute"),
        (with("at_minute", json!(1_440)), "at_minute"),
        (with("recipients", json!([])), "recipients"),
        (with("recipients", json!([viewer])), "recipients"),
        (with("recipients", json!([9_999])), "recipients"),
        (with("query", json!({"kpis": "profit"})), "kpis"),
        (with("query", json!({"groups": "day,week"})), "groups"),
    ] {
        let answer = house.post("/report-plans", &admin, &body).await;
        assert_eq!(answer.refused(400, "field.invalid").json["field"], field, "{body}");
    }
    let made = house.post("/report-plans", &admin, &with("at_minute", json!(0))).await.ok().json.clone();
    let path = format!("/report-plans/{}", made["id"]);
    let mut change = plan(json!([boss]));
    change["version"] = json!(0);
    house
        .send("PATCH", &path, &admin, Some(&change.to_string()), &[])
        .await
        .refused(409, "report_plan.version_differs");
    change["version"] = made["version"].clone();
    change["enabled"] = json!(false);
    house.send("PATCH", &path, &admin, Some(&change.to_string()), &[]).await.ok();
    house.clock.advance(Duration::from_millis(3 * DAY_MS as u64));
    assert_eq!(run(&house).await, 0, "it is off");
    let admin = house.sign_in("admin").await;
    house.send("DELETE", &path, &admin, None, &[]).await.ok();
    house.send("DELETE", &path, &admin, None, &[]).await.refused(404, "report_plan.not_found");
    let log = house.get("/audit?noun=report_plan", &admin).await.ok().json.clone();
    let actions: Vec<_> = log["items"].as_array().unwrap().iter().map(|row| row["action"].clone()).collect();
    assert_eq!(actions, ["report_plan_delete", "report_plan_update", "report_plan_create"]);
    let names = house.get("/report-recipients", &admin).await.ok().json.clone();
    assert!(
        names["items"].as_array().unwrap().iter().any(|one| one["id"] == boss && one["has_address"] == true)
    );
}
