//! What a machine that watches the server is told, and that what comes with the product asks for nothing else.

use super::house::{House, house};
use super::things::furnished;
use axum::body::Body;
use axum::http::Request;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// Labels, each with a bounded number of values.
const LABELS: &[&str] = &[
    "job_name",
    "kind",
    "le",
    "method",
    "outbox",
    "protocol",
    "route",
    "statement",
    "status",
    "version",
    "way",
];

async fn metrics(house: &House) -> String {
    let response = house.raw(Request::get("/metrics").body(Body::empty()).unwrap()).await;
    let bytes = axum::body::to_bytes(response.into_body(), 10_000_000).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn kept(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::read_to_string(root.join(path)).unwrap()
}

/// What the product names in its answer.
fn told(text: &str) -> BTreeSet<&str> {
    text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect()
}

/// Words of ours in a question, without what Prometheus adds to the name of a histogram.
fn asked(question: &str, told: &BTreeSet<&str>) -> Vec<String> {
    let words = question.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let ours = words.filter(|word| word.starts_with("pileops_"));
    let plain = |word: &str| {
        let of_histogram = ["_bucket", "_sum", "_count"].iter().find_map(|end| word.strip_suffix(end));
        of_histogram.filter(|name| told.contains(name)).unwrap_or(word).to_owned()
    };
    ours.map(plain).collect()
}

/// Names of labels in braces and behind `by`.
fn labels(question: &str) -> Vec<String> {
    let mut found = Vec::new();
    let question = unquoted(question);
    for piece in question.split('{').skip(1) {
        let inside = piece.split('}').next().unwrap();
        found.extend(inside.split(',').filter_map(|pair| pair.split(['=', '!']).next()).map(str::to_owned));
    }
    for piece in question.split("by (").skip(1) {
        found.extend(piece.split(')').next().unwrap().split(',').map(|name| name.trim().to_owned()));
    }
    found
}

/// Without what stands in quotes: the pattern of a route has braces, too.
fn unquoted(text: &str) -> String {
    text.split('"').step_by(2).collect()
}

fn is_whole(question: &str) -> bool {
    let count = |sign: char| question.matches(sign).count();
    count('(') == count(')') && count('{') == count('}') && count('[') == count(']') && count('"') % 2 == 0
}

fn check(question: &str, told: &BTreeSet<&str>) {
    let names = asked(question, told);
    for name in &names {
        assert!(told.contains(name.as_str()), "{name} is asked for and is not there: {question}");
    }
    for label in labels(question).iter().filter(|_| !names.is_empty()) {
        assert!(LABELS.contains(&label.as_str()), "{label} is no label: {question}");
    }
    assert!(is_whole(question), "{question}");
}

#[tokio::test]
async fn the_dashboard_and_the_alerts_ask_for_what_is_there() {
    let text = metrics(&house().await).await;
    let told = told(&text);
    let dashboard: Value = serde_json::from_str(&kept("deploy/grafana/pileops.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let mut drawn = BTreeSet::new();
    for panel in panels.iter().filter(|panel| panel["type"] != "row") {
        let targets = panel["targets"].as_array().unwrap();
        assert!(!targets.is_empty(), "{}", panel["title"]);
        for target in targets {
            let question = target["expr"].as_str().unwrap();
            check(question, &told);
            assert!(!asked(question, &told).is_empty(), "{question}");
            drawn.extend(asked(question, &told));
        }
    }
    let places: BTreeSet<String> = panels.iter().map(|panel| panel["gridPos"].to_string()).collect();
    assert_eq!(places.len(), panels.len(), "no panel lies on another");
    let alerts = kept("deploy/prometheus/alerts.yml");
    let rules = alerts.matches("- alert: ").count();
    let questions: Vec<&str> =
        alerts.lines().filter_map(|line| line.trim_start().strip_prefix("expr: ")).collect();
    assert_eq!((questions.len(), alerts.matches("severity: ").count()), (rules, rules));
    assert_eq!((alerts.matches("summary: ").count(), alerts.matches("way: ").count()), (rules, rules));
    for question in questions {
        check(question, &told);
    }
    // What is told is drawn as well, except what only names something.
    let silent: Vec<_> = told.iter().filter(|name| !drawn.contains(**name)).collect();
    for name in silent {
        let known = [
            "build_info",
            "writers",
            "slow_statement_worst",
            "database_up",
            "backup_waiting",
            "backup_problem",
            "job_runs",
        ];
        assert!(known.iter().any(|part| name.contains(part)), "{name} is on no panel");
    }
}

#[tokio::test]
async fn no_label_says_whose_it_is_and_more_requests_make_no_more_series() {
    let (house, ours, theirs) = furnished().await;
    let admin = house.sign_in("admin").await;
    let visit = async |from: i64| {
        for number in from..from + 20 {
            house.get(&format!("/orders/{number}"), &admin).await;
            house.get(&format!("/piles/X-{number}"), &admin).await;
            house.get(&format!("/nothing/{number}"), &admin).await;
            house.send("BREW", &format!("/orders/{number}"), &admin, None, &[]).await;
        }
    };
    visit(1).await;
    house.get(&ours.in_text("/piles/{pile}"), &admin).await.ok();
    house.get(&theirs.in_text("/customers/{customer}"), &admin).await.ok();
    let first = metrics(&house).await;
    visit(1_000).await;
    let second = metrics(&house).await;
    let series = |text: &str| {
        text.lines().filter(|line| !line.starts_with('#') && !line.contains("statement=")).count()
    };
    assert_eq!(series(&first), series(&second));
    for line in second.lines().filter(|line| !line.starts_with('#')) {
        assert!(line.starts_with("pileops_"), "{line}");
        for label in labels(line) {
            assert!(LABELS.contains(&label.as_str()), "{label}: {line}");
        }
        for whose in ["A-1", "B-1", "X-1", "nothing", "BREW", "甲", "乙", "admin"] {
            assert!(!line.contains(whose), "{whose}: {line}");
        }
    }
    for name in [
        "http_request_seconds_bucket{method=\"GET\",route=\"/api/v1/orders/{id}\",le=\"+Inf\"} 40\n",
        "commit_seconds_count ",
        "write_queue 0\n",
        "database_up 1\n",
        "outbox_waiting{outbox=\"webhook\"} ",
        "staff_sessions ",
        "database_bytes ",
    ] {
        assert!(second.contains(&format!("pileops_{name}")), "{name}: {second}");
    }
    let size: u64 = second
        .lines()
        .find_map(|line| line.strip_prefix("pileops_database_bytes "))
        .unwrap()
        .parse()
        .unwrap();
    assert!(size > 4_096, "{size}");
}
