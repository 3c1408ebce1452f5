//! the support bundle tells everything about the platform and nothing about people.

use super::house::{House, houses};
use serde_json::{Value, json};
use server::config::Config;
use server::log::{Format, Lines};
use std::collections::BTreeMap;
use std::io::Read;

/// What must never come out. Each stands in a place of its own.
const MARKED: &[&str] = &[
    "张秘密七",
    "13977770001",
    "京Z77701",
    "LCANARY7677777701",
    "CANARYCARD77",
    "Kanarie-Vogel-83",
    "canary-mail-secret-77",
    "canary.owner@mail-77.example",
    "王密探七七",
    "canary.account.77",
    "canary-tile-key-77",
    "canary-reason-77",
    "canary-note-77",
];

async fn filled(house: &House) -> String {
    house.furnish().await;
    let admin = house.sign_in("admin").await;
    let made = async |path: &str, body: Value| {
        house.post(path, &admin, &body.to_string()).await.ok().json["id"].clone()
    };
    let person = json!({"name": MARKED[0], "phone": MARKED[1], "kind": "person", "note": MARKED[12]});
    let customer = made("/customers", person).await;
    let car = json!({"plate": MARKED[2], "vin": MARKED[3], "note": MARKED[12]});
    made(&format!("/customers/{customer}/cars"), car).await;
    made("/cards", json!({"tag": MARKED[4], "status": "accepted"})).await;
    let staff = json!({"account": MARKED[9], "name": MARKED[8], "role": "viewer", "operator_id": null,
        "area": {"kind": "everywhere"}, "password": MARKED[5]});
    made("/staff", staff).await;
    let smtp = json!({"host": "127.0.0.1", "port": 1, "security": "none", "account": "robot", "from_name": MARKED[0],
        "from_address": MARKED[7], "timeout_s": 2});
    let mail = json!({"name": MARKED[8], "enabled": true, "password": MARKED[6], "smtp": smtp});
    let channel = made("/channels", mail).await;
    // Nobody answers there: the fault is kept, and looked at by the doctor.
    let tried = json!({"address": MARKED[7]}).to_string();
    house.post(&format!("/channels/{channel}/check"), &admin, &tried).await;
    let job = json!({"paused": true, "reason": MARKED[11], "version": 1}).to_string();
    house.send("PATCH", "/jobs/log_prune", &admin, Some(&job), &[]).await.ok();
    // Everything that refuses, with the marks in what is refused.
    for mark in MARKED {
        let body = json!({"account": mark, "password": mark}).to_string();
        house.post("/session", "", &body).await;
        house.post("/customers", &admin, &json!({"name": mark, "phone": mark}).to_string()).await;
        house.post("/customers", &admin, &json!({ (*mark): mark }).to_string()).await;
        house.post("/cards", &admin, &json!({"tag": mark, "status": mark}).to_string()).await;
        let coded: String = form_urlencoded::byte_serialize(mark.as_bytes()).collect();
        for path in ["/customers", "/orders", "/piles", "/staff", "/nothing"] {
            house.get(&format!("{path}?{coded}={coded}"), &admin).await;
            house.get(&format!("{path}/{coded}"), &admin).await;
        }
        // Other signs do not travel in a header.
        if mark.is_ascii() {
            house.send("GET", "/home", mark, None, &[]).await;
            house.send("GET", "/home", "", None, &[("authorization", &format!("Bearer {mark}"))]).await;
        }
    }
    admin
}

fn unpacked(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    let read = |name: String| {
        let mut text = String::new();
        archive.by_name(&name).unwrap().read_to_string(&mut text).unwrap();
        (name, text)
    };
    names.into_iter().map(read).collect()
}

async fn bundle(house: &House, cookie: &str) -> Vec<u8> {
    let request = axum::http::Request::post("/api/v1/support")
        .header("host", "pile.example")
        .header("x-requested-with", "pileops")
        .header("cookie", cookie)
        .body(axum::body::Body::empty())
        .unwrap();
    let response = house.raw(request).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/zip");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let name = response.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(name.starts_with("attachment; filename=\"pileops-support-20261123T040000Z.zip\""), "{name}");
    axum::body::to_bytes(response.into_body(), 100_000_000).await.unwrap().to_vec()
}

#[tokio::test]
async fn r6_4_the_bundle_tells_of_the_platform_and_of_nobody() {
    // For the whole process: a place that another thread has come by first, with nobody listening, is silent on
    // every thread otherwise.
    let lines = Lines { format: Format::Json, clock: model::time::Clock::System };
    let hearing = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::INFO)
        .event_format(lines)
        .with_writer(std::io::sink)
        .finish();
    let _ = tracing::subscriber::set_global_default(hearing);
    for house in houses().await {
        let admin = filled(&house).await;
        house.app.local_open().await.unwrap();
        let tiles = format!("https://tiles.example/{{z}}/{{x}}/{{y}}.png?tk={}", MARKED[10]);
        let config = Config::load(None, &BTreeMap::new(), &[("map_tile_url", tiles)]).unwrap();
        assert!(house.app.config.set(config).is_ok());
        let bytes = bundle(&house, &admin).await;
        let files = unpacked(&bytes);
        let names: Vec<&str> = files.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "README.txt",
                "configuration.json",
                "database.json",
                "doctor.json",
                "errors.jsonl",
                "jobs.json",
                "log.jsonl",
                "metrics.txt",
                "slow.json",
                "version.json"
            ]
        );
        for (name, text) in &files {
            for mark in MARKED {
                let at = text.find(mark);
                let near = at.map(|at| text[..at].chars().rev().take(120).collect::<Vec<_>>());
                let near = near.map(|near| near.into_iter().rev().collect::<String>());
                assert!(at.is_none(), "{mark} is in {name}, behind {near:?}");
            }
            if name.ends_with(".json") {
                serde_json::from_str::<Value>(text).unwrap();
            }
        }
        let of = |name: &str| serde_json::from_str::<Value>(&files[name]).unwrap();
        assert_eq!(of("version.json")["version"], env!("CARGO_PKG_VERSION"));
        let database = of("database.json");
        assert_eq!(database["schema"], database["schema_of_version"]);
        let tables = database["tables"].as_array().unwrap();
        assert!(tables.iter().any(|one| one["table"] == "customer"), "{database}");
        assert!(of("jobs.json")["jobs"].as_array().unwrap().iter().any(|one| one["paused"] == true));
        assert!(!of("doctor.json")["findings"].as_array().unwrap().is_empty());
        assert!(files["metrics.txt"].contains("pileops_build_info"));
        let refused = files["log.jsonl"].lines().filter(|line| line.contains("a request was refused"));
        assert!(refused.clone().count() > 20, "what was refused is in the log");
        for line in refused {
            let line: Value = serde_json::from_str(line).unwrap();
            assert_eq!(line["trace_id"].as_str().unwrap().len(), 32, "{line}");
        }
        let log = house.get("/audit?action=support_fetch", &admin).await;
        assert_eq!(log.ok().json["items"][0]["noun"], "support");
    }
}

#[tokio::test]
async fn r6_4_only_whoever_looks_after_the_platform_is_given_one() {
    for house in houses().await {
        house.furnish().await;
        let viewer = house.sign_in("viewer").await;
        house.post("/support", &viewer, "").await.refused(403, "permission.denied");
        let theirs = house.sign_in("a.admin").await;
        house.post("/support", &theirs, "").await.refused(403, "scope.denied");
        house.post("/support", "", "").await.refused(401, "session.missing");
        house.get("/support", &viewer).await.refused(405, "method.not_allowed");
        let admin = house.sign_in("admin").await;
        assert_eq!(house.get("/audit?action=support_fetch", &admin).await.ok().json["items"], json!([]));
    }
}
