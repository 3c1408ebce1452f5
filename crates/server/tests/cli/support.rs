//! `pileops support`, with a server, without one, and where nothing can be opened; and the log that it holds.

use super::program::{ANY_PORT, Program};
use serde_json::Value;
use std::io::Read;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

fn file_of(archive: &Path, name: &str) -> Option<String> {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(archive).unwrap()).unwrap();
    let mut text = String::new();
    archive.by_name(name).ok()?.read_to_string(&mut text).unwrap();
    Some(text)
}

#[test]
fn r6_4_a_bundle_is_made_with_a_server_without_one_and_of_what_cannot_be_opened() {
    let program = Program::new();
    let running = program.start(&["serve", "--log-format", "json"]);
    program.run(&["support", "--out", "running.zip"]).ok();
    let log = file_of(&program.folder.join("running.zip"), "log.jsonl").unwrap();
    assert!(log.contains("\"message\":\"listening\""), "{log}");
    let doctor = file_of(&program.folder.join("running.zip"), "doctor.json").unwrap();
    assert!(doctor.contains("\"findings\""), "{doctor}");
    running.kill();
    let said = program.run(&["support", "--out", "alone.zip", "--json"]).ok();
    assert_eq!(said.json()["file"], "alone.zip");
    let database: Value =
        serde_json::from_str(&file_of(&program.folder.join("alone.zip"), "database.json").unwrap()).unwrap();
    assert!(database["tables"].as_array().unwrap().len() > 50, "{database}");
    // What a killed server has left beside it would mend it.
    for end in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(program.data().join(format!("pileops.db{end}")));
    }
    std::fs::write(program.data().join("pileops.db"), b"this is no database, whatever its name says")
        .unwrap();
    let said = program.run(&["support", "--out", "broken.zip"]).ok();
    assert!(said.err.contains("版本、配置与交付检查"), "{said:?}");
    assert_eq!(file_of(&program.folder.join("broken.zip"), "database.json"), None);
    assert!(file_of(&program.folder.join("broken.zip"), "doctor.json").unwrap().contains("\"bad\""));
    program.run(&["support", "--out", "no/such/folder.zip"]).refused(&["no/such/folder.zip"]);
}

#[test]
fn the_log_is_json_where_that_is_wanted_and_another_word_is_refused() {
    let program = Program::new();
    program.run(&["serve", "--log-format", "xml"]).refused(&["log_format", "text", "json"]);
    let arguments = [&["serve", "--log-format", "json"][..], &ANY_PORT].concat();
    let mut child = program.command(&arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    while !program.data().join("addresses.json").exists() && begun.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(20));
    }
    // The line is written after the file.
    std::thread::sleep(Duration::from_millis(200));
    child.kill().unwrap();
    let mut text = String::new();
    child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    child.wait().unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let listening = lines.iter().find(|line| line["message"] == "listening").unwrap();
    assert_eq!(listening["level"], "info");
    assert!(listening["http"].as_str().unwrap().starts_with("127.0.0.1:"));
    assert!(listening["at"].as_str().unwrap().ends_with('Z'));
}
