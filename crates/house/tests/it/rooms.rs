//! Who may import whom, and what is absent from which room.

use crate::assert_none;
use house::{File, files, packages};

/// Package, what it may need in service, what its tests may need besides.
const ROOMS: &[(&str, &[&str], &[&str])] = &[
    ("model", &[], &[]),
    ("protocol", &["model"], &[]),
    ("store", &["model"], &[]),
    ("engine", &["model", "store"], &[]),
    ("forecast", &["model"], &[]),
    ("sim", &["model", "protocol"], &[]),
    ("server", &["model", "protocol", "store", "engine", "forecast", "sim"], &[]),
    ("house", &[], &[]),
];

/// Outside crates that only one room may know, because the room exists to hide them.
const HIDDEN: &[(&str, &[&str])] = &[
    ("sqlx", &["store"]),
    ("rusqlite", &["store"]),
    ("postgres", &["store"]),
    ("tokio-postgres", &["store"]),
    ("libsqlite3-sys", &["store"]),
    ("axum", &["server"]),
];

/// Rooms without IO and without a clock: what is true (model) and what bytes mean (protocol).
const PURE: &[&str] = &["model", "protocol"];
const IO: &[&str] =
    &["tokio", "axum", "hyper", "reqwest", "sqlx", "rusqlite", "tokio-tungstenite", "async-std"];

#[test]
fn imports_point_down() {
    let mut offences = Vec::new();
    for package in packages().unwrap() {
        let Some(room) = package.name.strip_prefix("pileops-") else {
            offences.push(format!("{}: a package is named pileops-<folder>", package.name));
            continue;
        };
        let Some((_, needs, test_needs)) = ROOMS.iter().find(|(name, _, _)| *name == room) else {
            offences.push(format!("{room}: a new room needs a reason (ARCHITECTURE.md) and a line in ROOMS"));
            continue;
        };
        let ours = |name: &String| name.strip_prefix("pileops-").map(str::to_owned);
        for need in package.needs.iter().filter_map(ours) {
            if !needs.contains(&need.as_str()) {
                offences.push(format!("{room} must not import {need}; it may import {needs:?}"));
            }
        }
        for need in package.test_needs.iter().filter_map(ours) {
            if !needs.contains(&need.as_str()) && !test_needs.contains(&need.as_str()) {
                offences.push(format!("the tests of {room} must not import {need}"));
            }
        }
    }
    assert_none("model ← protocol ← sim ← server, model ← store ← engine ← server", offences);
}

#[test]
fn what_a_room_hides_stays_in_it() {
    let mut offences = Vec::new();
    for package in packages().unwrap() {
        let room = package.name.trim_start_matches("pileops-");
        for need in &package.needs {
            if let Some((_, rooms)) = HIDDEN.iter().find(|(name, _)| name == need)
                && !rooms.contains(&room)
            {
                offences.push(format!("{room} needs {need}, which belongs to {rooms:?}"));
            }
            if PURE.contains(&room) && IO.contains(&need.as_str()) {
                offences.push(format!("{room} needs {need}, but does no IO"));
            }
        }
    }
    assert_none("each room hides something from the others", offences);
}

/// Lines of code outside `except` that hold one of `words`.
fn lines_with(words: &[&str], except: impl Fn(&File) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for file in files().unwrap().iter().filter(|file| file.source_of().is_some() && !except(file)) {
        for (number, line) in file.code() {
            if let Some(word) = words.iter().find(|word| line.contains(**word)) {
                found.push(format!("{}:{number}: {word}", file.path));
            }
        }
    }
    found
}

#[test]
fn sql_is_written_in_store_only() {
    let words = [
        "SELECT ",
        "INSERT INTO",
        "DELETE FROM",
        "CREATE TABLE",
        "CREATE INDEX",
        "ALTER TABLE",
        "DROP TABLE",
        "ON CONFLICT",
        " WHERE ",
    ];
    let elsewhere = lines_with(&words, |file| matches!(file.source_of(), Some("store" | "house")));
    assert_none("SQL outside crates/store: add a method to Store and call that", elsewhere);
}

#[test]
fn the_system_clock_is_asked_in_one_file() {
    let words = ["SystemTime::now", "Timestamp::now(", "Zoned::now", "Utc::now", "Local::now"];
    let elsewhere = lines_with(&words, |file| file.path == "crates/model/src/time.rs");
    assert_none("the time is a parameter: take a model::time::Clock or a Timestamp", elsewhere);
}

#[test]
fn model_and_protocol_do_no_io() {
    let words = ["std::net", "std::fs", "std::thread", "std::process", "Instant::now", "println!"];
    let elsewhere =
        lines_with(&words, |file| !matches!(file.source_of(), Some(room) if PURE.contains(&room)));
    assert_none("no IO in model and protocol: return what shall be done, the server does it", elsewhere);
}

#[test]
fn engine_and_store_know_no_wire_words() {
    let words = ["ocpp16", "ChargePoint", "StartTransaction", "CALLERROR", "use protocol"];
    let elsewhere =
        lines_with(&words, |file| !matches!(file.source_of(), Some("engine" | "store" | "model")));
    assert_none("wire words above the gateway: say it in the words of model/device.rs", elsewhere);
}

#[test]
fn a_crate_has_one_test_binary() {
    let mut offences = Vec::new();
    for package in packages().unwrap() {
        for test in package.tests.iter().filter(|test| *test != "it") {
            offences.push(format!("{}: tests/{test}.rs: make it a module of tests/it", package.name));
        }
    }
    assert_none("each test binary is linked anew after every edit: one per crate, named it", offences);
}

#[test]
fn migrations_are_numbered_without_gaps() {
    let mut numbers: Vec<(usize, String)> = Vec::new();
    for file in files().unwrap() {
        if let Some(rest) = file.path.split_once("/migrations/").map(|(_, rest)| rest)
            && file.is("sql")
            && let Some(number) = rest.split('_').next()
        {
            numbers.push((number.parse().unwrap_or(0), file.path.clone()));
        }
    }
    numbers.sort();
    let wrong = numbers.iter().enumerate().filter(|(index, (number, _))| *number != index + 1);
    let offences =
        wrong.map(|(index, (_, path))| format!("{path}: number {} is expected", index + 1)).collect();
    assert_none("migrations are 0001_…, 0002_…, each once", offences);
}
