//! `pileops doctor`, the report at the hand-over.

use super::program::Program;
use serde_json::Value;
use store::db::Purpose;
use store::{Conn, Source};

fn finding<'a>(report: &'a Value, part: &str, subject: &str) -> &'a Value {
    let all = report["findings"].as_array().unwrap();
    let found = all.iter().find(|one| {
        one["part"] == part && one["subject"]["zh"].as_str().is_some_and(|zh| zh.starts_with(subject))
    });
    found.unwrap_or_else(|| panic!("{part} {subject}: {report:#}"))
}

#[test]
fn r6_4_before_the_first_start_nothing_is_made_and_nothing_is_wrong() {
    let program =
        Program::new().with("PILEOPS_LISTEN", "127.0.0.1:0").with("PILEOPS_YKC_LISTEN", "127.0.0.1:0");
    let report = program.run(&["doctor", "--json"]).ok().json();
    assert_eq!(finding(&report, "database", "数据库")["verdict"], "doubt");
    assert_eq!(finding(&report, "service", "服务")["verdict"], "doubt");
    assert!(!program.data().exists(), "looking makes no installation");
}

#[test]
fn r6_4_a_running_server_is_asked_and_the_report_is_written_for_both_sides() {
    let program = Program::new();
    let running = program.start(&["serve"]);
    let told: Value =
        serde_json::from_str(&std::fs::read_to_string(program.data().join("addresses.json")).unwrap())
            .unwrap();
    let doctor = |more: &[&str], http: &str| {
        let mut command = program.command(&[&["doctor"], more].concat());
        command.env("PILEOPS_LISTEN", http).env("PILEOPS_YKC_LISTEN", told["ykc"].as_str().unwrap());
        command.output().unwrap()
    };
    let done = doctor(&["--json", "--pdf", "report.pdf", "--problem", "2 枪急停不停机"], &running.http);
    let report: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(finding(&report, "doors", "控制台")["verdict"], "good");
    assert_eq!(finding(&report, "service", "后台任务")["verdict"], "good");
    assert_eq!(finding(&report, "database", "数据库")["verdict"], "good");
    assert_eq!(report["problems"][0], "2 枪急停不停机");
    // No backup place is set: that is a problem, and fails the call.
    assert_eq!(finding(&report, "backup", "备份")["verdict"], "bad");
    assert_eq!(done.status.code(), Some(1));
    assert!(std::fs::read(program.folder.join("report.pdf")).unwrap().starts_with(b"%PDF-"));
    // The port of the settings is another one than the server's.
    let done = doctor(&["--english"], "127.0.0.1:1");
    let text = String::from_utf8(done.stdout).unwrap();
    assert!(text.contains("! Console, API and OCPP 127.0.0.1:1: cannot be connected to"), "{text}");
    running.kill();
}

#[test]
fn r6_4_an_older_and_a_newer_database_are_told_and_left_as_they_are() {
    let program =
        Program::new().with("PILEOPS_LISTEN", "127.0.0.1:0").with("PILEOPS_YKC_LISTEN", "127.0.0.1:0");
    program.run(&["migrate"]).ok();
    let source = Source::Sqlite(program.data().join("pileops.db"));
    let run = |sql: &str| Conn::open(&source, Purpose::Write).unwrap().script(sql).unwrap();
    let of = |report: &Value| {
        let found = finding(report, "database", "数据库");
        (found["verdict"].as_str().unwrap().to_owned(), found["told"]["en"].as_str().unwrap().to_owned())
    };
    let whole = of(&program.run(&["doctor", "--json"]).ok().json());
    assert_eq!(whole.0, "good");
    run("UPDATE migration SET number = number - 1000");
    let (verdict, told) = of(&program.run(&["doctor", "--json"]).ok().json());
    assert_eq!(verdict, "doubt", "{told}");
    run("UPDATE migration SET number = number + 2000");
    let said = program.run(&["doctor", "--json"]);
    assert_eq!((said.code, of(&said.json()).0.as_str()), (Some(1), "bad"), "{said:?}");
    std::fs::write(program.data().join("pileops.db"), b"this is no database, whatever its name says")
        .unwrap();
    assert_eq!(of(&program.run(&["doctor", "--json"]).json()).0, "bad");
}
