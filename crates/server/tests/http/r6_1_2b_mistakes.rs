//! T-67: the mistakes that people make at a console, and what comes of them: nothing wrong is kept, nothing is
//! done twice, and what they had written elsewhere stays. What a browser adds (typed text is never lost, the
//! name of the thing is asked for) is in the page's own tests.

use super::house::{House, PASSWORD, houses};
use super::samples::{About, samples};
use super::things::furnished;
use serde_json::{Value, json};
use server::http::table;

/// What the lists say, so that "nothing came of it" can be seen.
async fn state(house: &House, cookie: &str) -> Vec<String> {
    let lists = [
        "/stations",
        "/piles",
        "/operators",
        "/tariffs",
        "/cards",
        "/customers",
        "/fleets",
        "/staff",
        "/roles",
        "/coupons",
        "/feedback",
        "/work-orders",
        "/parameters",
    ];
    let mut all = Vec::new();
    for path in lists {
        let answer = house.get(path, cookie).await;
        all.push(format!("{path} {}", answer.ok().text));
    }
    all
}

async fn count(house: &House, cookie: &str, path: &str) -> usize {
    house.get(path, cookie).await.ok().json["items"].as_array().unwrap().len()
}

/// What a double click, a refresh after a POST, or the way back and forth sends: the same again.
const REPEATS: &[(&str, &str, &str, &str)] = &[
    ("a station", "/stations", "/stations", r#"{"name":"双击站","address":"x","operator_id":1}"#),
    ("an operator", "/operators", "/operators", r#"{"name":"双击运营"}"#),
    (
        "a pile",
        "/piles",
        "/piles?limit=200",
        r#"{"code":"TWICE-1","station_id":1,"kind":"dc","protocol":"ocpp1.6","rated_power_w":60000,"connector_count":1}"#,
    ),
    ("a card", "/cards", "/cards?limit=200", r#"{"tag":"TWICE1","status":"accepted"}"#),
    (
        "a customer",
        "/customers",
        "/customers?limit=200",
        r#"{"name":"双击","phone":"13900009999","kind":"person"}"#,
    ),
    ("a fleet", "/fleets", "/fleets", r#"{"name":"双击车队"}"#),
    ("an account", "/staff", "/staff?limit=200", r#"{"account":"twice.one","name":"双","role":"viewer"}"#),
    ("a role", "/roles", "/roles", r#"{"name":"双击角色","permissions":["pile.read"]}"#),
    (
        "money",
        "/customers/{customer}/wallet-changes",
        "/postings?customer_id={customer}",
        r#"{"kind":"top_up","amount_fen":100,"reason":"转账","request_id":"twice-00001"}"#,
    ),
    (
        "a complaint",
        "/feedback",
        "/feedback?limit=200",
        r#"{"request_id":"twice-00002","kind":"complaint","category":"slow","content":"慢","phone":"13812345678","source":"phone"}"#,
    ),
    (
        "a work order",
        "/work-orders",
        "/work-orders?limit=200",
        r#"{"request_id":"twice-00003","level":"minor","title":"双击","station_id":1}"#,
    ),
];

#[tokio::test]
async fn t67_class_a_double_click_makes_one_of_each() {
    let (house, ours, _) = furnished().await;
    let cookie = house.sign_in("admin").await;
    let mut offences = Vec::new();
    for (what, path, list, body) in REPEATS {
        let (path, list, body) = (ours.in_text(path), &ours.in_text(list), ours.in_text(body));
        let before = count(&house, &cookie, list).await;
        // Both at once, then once more: the refresh of the page.
        let (one, other) = tokio::join!(house.post(&path, &cookie, &body), house.post(&path, &cookie, &body));
        let third = house.post(&path, &cookie, &body).await;
        let made = count(&house, &cookie, list).await - before;
        let taken = [&one, &other, &third].into_iter().find(|answer| answer.status.is_success());
        let told =
            [&one, &other, &third].iter().all(|answer| answer.status.is_success() || answer.status == 409);
        let same = [&one, &other, &third]
            .iter()
            .filter(|answer| answer.status.is_success())
            .all(|answer| Some(&answer.json["id"]) == taken.map(|first| &first.json["id"]));
        if made != 1 || !told || !same {
            offences.push(format!("{what}: {made} made; {} {} {}", one.text, other.text, third.text));
        }
    }
    assert!(offences.is_empty(), "{}", offences.join("\n"));
}

/// Two tabs, or two people: whoever saves what was read before the other has saved is told, and changes nothing.
#[tokio::test]
async fn t67_class_no_form_that_has_a_version_overwrites_what_it_did_not_see() {
    let (house, ours, _) = furnished().await;
    let cookie = house.sign_in("admin").await;
    let (mut offences, mut tried) = (Vec::new(), 0);
    for route in table() {
        let sample = samples().find(|sample| sample.operation == route.operation).unwrap();
        let Ok(Value::Object(mut body)) = serde_json::from_str(&ours.in_text(sample.body)) else { continue };
        if sample.about == About::Own || !body.contains_key("version") || route.operation.ends_with("_create")
        {
            continue;
        }
        body.insert("version".to_owned(), json!(4_711));
        tried += 1;
        let path = ours.in_text(sample.path);
        let answer = house
            .send(route.method.as_str(), &path, &cookie, Some(&Value::Object(body).to_string()), &[])
            .await;
        let told = answer.json["message"].as_str().unwrap_or_default();
        // Where the act is out of place anyway that may come first; it is never done.
        if answer.status.is_success()
            || answer.status.as_u16() >= 500
            || answer.status == 409 && told.is_ascii()
        {
            offences.push(format!("{}: {} {}", route.operation, answer.status, answer.text));
        }
    }
    println!("T-67: {tried} forms with a version");
    assert!(tried >= 30, "{tried}");
    assert!(offences.is_empty(), "{} of {tried}:\n{}", offences.len(), offences.join("\n"));
}

/// The wrong file, at every door for files of rows.
#[tokio::test]
async fn t67_guess_a_wrong_file_brings_nothing_in() {
    let (house, ours, _) = furnished().await;
    let cookie = house.sign_in("admin").await;
    let before = state(&house, &cookie).await;
    let picture = include_bytes!("../../src/demo/photos/screen.jpg").to_vec();
    let files: [(&str, Vec<u8>); 8] = [
        ("a picture", picture),
        ("nothing", Vec::new()),
        ("a page", b"<!doctype html><html><body>404</body></html>".to_vec()),
        ("no text", vec![0xff, 0xfe, 0x00, 0xd8, 0x00, 0x00]),
        ("half a workbook", b"PK\x03\x04\x14\x00\x06\x00".to_vec()),
        ("a workbook that grows a thousand times", bomb()),
        ("only quotes", b"\"\"\"\"\"\",\"\n\"".to_vec()),
        ("another list", "甲,乙\n1,2\n".as_bytes().to_vec()),
    ];
    let mut offences = Vec::new();
    for route in table()
        .into_iter()
        .filter(|route| route.operation.ends_with("_import") || route.operation == "order_import_create")
    {
        let sample = samples().find(|sample| sample.operation == route.operation).unwrap();
        let path = ours.in_text(sample.path);
        for (what, bytes) in &files {
            let headers = [("cookie", cookie.as_str()), ("content-type", "application/octet-stream")];
            let began = std::time::Instant::now();
            let answer = house.send_bytes(route.method.as_str(), &path, bytes, &headers).await;
            let none = answer.status.is_client_error()
                || answer.json["created"] == 0
                || route.operation == "order_import_create";
            if !none || answer.status.as_u16() >= 500 || began.elapsed().as_secs() > 5 {
                offences.push(format!(
                    "{} with {what}: {} {:?} {:.300}",
                    route.operation,
                    answer.status,
                    began.elapsed(),
                    answer.text
                ));
            }
        }
    }
    assert!(offences.is_empty(), "{}", offences.join("\n"));
    assert_eq!(state(&house, &cookie).await, before);
}

/// A26: a sheet that is small as a file and large when it is opened.
fn bomb() -> Vec<u8> {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    zip.start_file("xl/sharedStrings.xml", options).unwrap();
    let piece = vec![b'0'; 1024 * 1024];
    for _ in 0..65 {
        zip.write_all(&piece).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// What is typed with a Chinese keyboard, or comes out of a spreadsheet: meant as it is plain, or told.
#[tokio::test]
async fn t67_guess_digits_of_full_width_and_pasted_blanks_are_understood_or_told() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        for (n, typed) in [
            "１３９０００１１１１１",
            " 13900011112 ",
            "139 0001 1113",
            "13900011114\u{3000}",
            "+86 13900011115",
        ]
        .into_iter()
        .enumerate()
        {
            let body = json!({"name": format!("客{n}"), "phone": typed, "kind": "person"}).to_string();
            let made = house.post("/customers", &cookie, &body).await;
            if made.status.is_success() {
                let plain = format!("1390001111{}", n + 1);
                let found = house.get(&format!("/customers?phone={plain}"), &cookie).await;
                assert_eq!(
                    found.ok().json["items"].as_array().unwrap().len(),
                    1,
                    "{typed:?} is kept as it was typed"
                );
            } else {
                assert_eq!(made.refused(400, "field.invalid").json["field"], "phone");
            }
        }
        let named = json!({"name": "  带空格的站\u{3000}", "address": "一路", "operator_id": 1}).to_string();
        let made = house.post("/stations", &cookie, &named).await;
        let kept = house.get(&format!("/stations/{}", made.ok().json["id"]), &cookie).await;
        assert_eq!(kept.ok().json["name"], "带空格的站");
        let again = json!({"name": "带空格的站", "address": "一路", "operator_id": 1}).to_string();
        assert_eq!(house.post("/stations", &cookie, &again).await.status, 409);
    }
}

/// What is in use is not taken away, and it is said by what it is used.
#[tokio::test]
async fn t67_class_what_is_in_use_stays() {
    let (house, ours, _) = furnished().await;
    let cookie = house.sign_in("admin").await;
    let role = house
        .post("/roles", &cookie, r#"{"name":"在用角色","permissions":["pile.read"]}"#)
        .await
        .ok()
        .json["code"]
        .clone();
    let role = role.as_str().unwrap().to_owned();
    let staff = json!({"account": "in.use", "name": "用", "role": role}).to_string();
    house.post("/staff", &cookie, &staff).await.ok();
    let before = state(&house, &cookie).await;
    for (method, path, body) in [
        ("DELETE", format!("/roles/{role}"), ""),
        ("DELETE", "/roles/admin".to_owned(), ""),
        (
            "PUT",
            ours.in_text("/operators/{operator}/status"),
            r#"{"version":1,"status":"ended","reason":"x"}"#,
        ),
    ] {
        let body = (!body.is_empty()).then_some(body);
        let answer = house.send(method, &path, &cookie, body, &[]).await;
        assert!(answer.status.is_client_error(), "{method} {path}: {}", answer.text);
        assert!(!answer.json["message"].as_str().unwrap().is_ascii(), "{}", answer.text);
    }
    assert_eq!(state(&house, &cookie).await, before);
}

/// The network goes while a form is saved: half a body is nothing at all.
#[tokio::test]
async fn t67_boundary_half_a_form_is_nothing() {
    let (house, ours, _) = furnished().await;
    let cookie = house.sign_in("admin").await;
    let before = state(&house, &cookie).await;
    for (what, path, _, body) in REPEATS {
        let (path, body) = (ours.in_text(path), ours.in_text(body));
        let places: Vec<usize> = body.char_indices().map(|(place, _)| place).collect();
        for place in [0, 1, places[places.len() / 2], places[places.len() - 1]] {
            let answer = house.post(&path, &cookie, &body[..place]).await;
            assert_eq!(answer.status, 400, "{what} {place}: {}", answer.text);
        }
    }
    assert_eq!(state(&house, &cookie).await, before);
}

/// Signed out in another tab, or too long away: told as that, and the same act goes on after signing in.
#[tokio::test]
async fn t67_class_a_session_that_ended_elsewhere_loses_nothing() {
    let (house, ..) = furnished().await;
    let one = house.sign_in("admin").await;
    let body = REPEATS[0].3;
    house.send("DELETE", "/session", &one, None, &[]).await.ok();
    let before = house.sign_in("admin").await;
    let known = state(&house, &before).await;
    let answer = house.post("/stations", &one, body).await;
    answer.refused(401, "session.missing");
    assert_eq!(state(&house, &before).await, known);
    house.post("/stations", &before, body).await.ok();
    // The old tab goes on as soon as its person has signed in: by password, as at first.
    let body = json!({"account": "admin", "password": PASSWORD}).to_string();
    house.post("/session", "", &body).await.ok();
}
