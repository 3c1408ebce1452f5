//! T-70: every field of every body that the API takes, made wrong in the ways in which people and programs make
//! them wrong. The bodies are the good ones of `samples.rs`, so a new route is tried by itself.

use super::house::Answer;
use super::samples::{About, Sample, samples};
use super::things::furnished;
use serde_json::{Map, Value, json};
use server::http::{Access, Route, table};

/// Fields that take any JSON, because what is in them is the asker's own.
const ANYTHING: &[(&str, &str)] = &[("preference_set", "value")];

/// What was furnished for these is hollow (no money was ever paid for the refund), so that only what is refused at
/// once is tried; their own tests have the rest.
const HOLLOW: &[&str] = &["refund_cancel"];

/// Words of the machine room, which nobody outside can do anything with.
const OURS: &[&str] = &[
    "struct ",
    "Option<",
    "i64",
    "u16",
    "SQL",
    "sql:",
    "sqlite",
    "constraint",
    "panicked",
    "::",
    "serde",
    "Draft",
    "invalid type",
];

/// Bodies that are objects, of routes that do not end whoever asks. The bytes of a picture are none.
fn bodies() -> Vec<(Route, &'static Sample)> {
    let sample = |route: &Route| samples().find(|sample| sample.operation == route.operation).unwrap();
    let all = table().into_iter().map(|route| (sample(&route), route)).map(|(sample, route)| (route, sample));
    all.filter(|(route, sample)| {
        sample.body.starts_with("{\"") && sample.about != About::Own && route.access != Access::Public
    })
    .collect()
}

/// What is wrong, what the field holds then, and whether that must be refused whatever the field is.
fn wrongs(good: &Value) -> Vec<(&'static str, Value, bool)> {
    let other = if good.is_object() { json!([[]]) } else { json!({"no": {"such": 1}}) };
    let mut all = vec![("another type", other, true), ("the largest number", json!(i64::MAX), false)];
    if good.is_string() {
        all.push(("a NUL", json!("a\u{0}b"), false));
        all.push(("a text without end", json!("长".repeat(9_000)), true));
        all.push(("nothing", json!(""), false));
        all.push(("blanks", json!("  \u{3000}\t "), false));
        all.push(("digits of full width", json!("１３８００１３８０００"), false));
        all.push(("a script", json!("<img src=x onerror=alert(1)>"), false));
        return all;
    }
    all.push(("the least number", json!(i64::MIN), false));
    all.push(("a number beyond numbers", json!(u64::MAX), false));
    all.push(("a piece of a number", json!(1.5), false));
    all.push(("a list in a list", json!([[[1]]]), true));
    if good.is_boolean() || good.is_number() {
        all.push(("a word", json!("yes"), true));
        all.push(("null", Value::Null, false));
    }
    all
}

struct Judge {
    offences: Vec<String>,
    tried: usize,
    refused: usize,
}

impl Judge {
    fn hear(&mut self, route: &Route, field: &str, what: &str, must: bool, zh: &Answer) {
        self.tried += 1;
        let (status, name) = (zh.status.as_u16(), route.operation);
        let message = zh.json["message"].as_str().unwrap_or_default();
        let mut wrong =
            |why: String| self.offences.push(format!("{name}.{field}, {what}: {why} [{status} {message}]"));
        if status >= 500 && zh.json["code"] != "part.unavailable" {
            wrong("a fault of ours".to_owned());
        }
        if zh.status.is_success() {
            if must {
                wrong("taken".to_owned());
            }
            return;
        }
        if status != 429 {
            self.refused += 1;
        }
        if message.is_ascii() {
            wrong("nothing is told in Chinese".to_owned());
        }
        for word in OURS {
            if message.contains(word) {
                wrong(format!("tells of {word:?}"));
            }
        }
        if must && status == 400 {
            let blamed = zh.json["field"].as_str().unwrap_or_default();
            if blamed.is_empty() && zh.json["code"] != "body.not_json"
                || !blamed.is_empty() && !blamed.contains(field) && !field.contains(blamed)
            {
                wrong(format!("blames {blamed:?}"));
            }
        }
    }
}

/// Takes some ten seconds, because it asks thousands of times: one request for each field and way.
#[tokio::test]
async fn t70_class_every_field_of_every_body_made_wrong_is_refused_by_its_name_and_never_our_fault() {
    let (house, ours, _) = furnished().await;
    let cookie = house.sign_in("admin").await;
    let (mut judge, mut tried) = (Judge { offences: Vec::new(), tried: 0, refused: 0 }, 0);
    for (route, sample) in bodies() {
        let good: Map<String, Value> = serde_json::from_str(&ours.in_text(sample.body)).unwrap();
        let path = ours.in_text(sample.path);
        let mut cases: Vec<(String, &str, bool, Map<String, Value>)> = Vec::new();
        for (field, value) in &good {
            if ANYTHING.contains(&(route.operation, field.as_str())) {
                continue;
            }
            for (what, wrong, must) in wrongs(value) {
                if HOLLOW.contains(&route.operation) && !must {
                    continue;
                }
                let mut body = good.clone();
                // The same wish again would be answered as the first one was, whatever else stands in it.
                if body.contains_key("request_id") {
                    body.insert("request_id".to_owned(), json!(format!("wrong-{:06}", cases.len() + tried)));
                }
                body.insert(field.clone(), wrong);
                cases.push((field.clone(), what, must, body));
            }
        }
        let mut body = good.clone();
        body.insert("no_such_field".to_owned(), json!(1));
        cases.push(("no_such_field".to_owned(), "unknown", true, body));
        tried += cases.len();
        for (field, what, must, body) in cases {
            let body = Value::Object(body).to_string();
            let answer = house.send(route.method.as_str(), &path, &cookie, Some(&body), &[]).await;
            judge.hear(&route, &field, what, must, &answer);
        }
    }
    println!("T-70: {} wrong values in {} bodies, {} refused", judge.tried, bodies().len(), judge.refused);
    assert!(judge.tried > 2_000, "{}", judge.tried);
    assert!(
        judge.offences.is_empty(),
        "{} of {}:\n{}",
        judge.offences.len(),
        judge.tried,
        judge.offences.join("\n")
    );
}

/// The same for what stands in an address: no filter is ignored, and none that is wrong is our fault.
#[tokio::test]
async fn t70_boundary_every_filter_of_every_list_made_wrong_is_told() {
    let (house, ours, _) = furnished().await;
    let cookie = house.sign_in("admin").await;
    let contract: Value = serde_json::from_str(server::http::openapi_text()).unwrap();
    let mut judge = Judge { offences: Vec::new(), tried: 0, refused: 0 };
    for route in table().into_iter().filter(|route| route.method == axum::http::Method::GET) {
        let sample = samples().find(|sample| sample.operation == route.operation).unwrap();
        if sample.about == About::Own || route.access == Access::Public {
            continue;
        }
        let path = ours.in_text(sample.path);
        let (bare, rest) = path.split_once('?').unwrap_or((&path, ""));
        let operation = &contract["paths"][route.path]["get"];
        let none = Vec::new();
        for parameter in
            operation["parameters"].as_array().unwrap_or(&none).iter().filter(|p| p["in"] == "query")
        {
            let name = parameter["name"].as_str().unwrap();
            let kind = &parameter["schema"]["type"];
            let others: Vec<&str> =
                rest.split('&').filter(|pair| !pair.starts_with(&format!("{name}="))).collect();
            for (what, value, must) in [
                ("a word", "x-y", *kind == "integer" || *kind == "boolean"),
                ("the least number", "-9223372036854775808", false),
                ("beyond numbers", "99999999999999999999", *kind == "integer"),
                ("a piece", "1.5", *kind == "integer"),
                ("a NUL", "%00", *kind == "integer"),
                ("no text", "%ff%fe", *kind == "integer"),
                ("quotes", "%27%22%3B--", *kind == "integer"),
            ] {
                let query = [&[format!("{name}={value}").as_str()][..], others.as_slice()].concat().join("&");
                let answer = house.get(&format!("{bare}?{query}"), &cookie).await;
                judge.hear(&route, name, what, must, &answer);
            }
        }
        let answer = house.get(&format!("{bare}?no_such_filter=1&{rest}"), &cookie).await;
        let takes_any =
            operation["parameters"].as_array().is_none_or(|all| all.iter().all(|p| p["in"] != "query"));
        judge.hear(&route, "no_such_filter", "unknown", !takes_any, &answer);
    }
    println!("T-70: {} wrong filters, {} refused", judge.tried, judge.refused);
    assert!(
        judge.offences.is_empty(),
        "{} of {}:\n{}",
        judge.offences.len(),
        judge.tried,
        judge.offences.join("\n")
    );
}
