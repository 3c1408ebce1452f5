//! One data folder, one owner; and the commands that work on an installation as a whole.

use super::program::{ANY_PORT, Program};
use store::Source;
use store::db::{Conn, Purpose};

#[test]
fn a_second_server_is_refused_and_the_first_stays_reachable() {
    let program = Program::new();
    let first = program.start(&["serve"]);
    let second = program.run(&[&["serve"][..], &ANY_PORT].concat());
    second.refused(&["--data", "PILEOPS_SERVER", "PILEOPS_TOKEN", &first.http]);
    program.run(&["migrate"]).refused(&["PILEOPS_SERVER"]);
    // The command line asks the one that runs.
    program.run(&["station", "add", "甲站"]).ok();
    assert!(program.run(&["station", "list"]).ok().out.contains("甲站"));
    first.kill();
    // What a killed server has left behind keeps nobody out.
    assert!(program.run(&["station", "list"]).ok().out.contains("甲站"));
    assert!(!program.data().join("addresses.json").exists() && !program.data().join("local.token").exists());
}

#[test]
fn commands_at_the_same_moment_take_turns() {
    let program = Program::new();
    program.run(&["station", "list"]).ok();
    let names: Vec<String> = (0..4).map(|n| format!("站{n}")).collect();
    std::thread::scope(|scope| {
        for name in &names {
            scope.spawn(|| program.run(&["station", "add", name]).ok());
        }
    });
    let listed = program.run(&["station", "list"]).ok().out;
    assert!(names.iter().all(|name| listed.contains(name.as_str())), "{listed}");
}

#[test]
fn a_port_that_is_taken_is_told_before_anything_changes() {
    let program = Program::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let at = taken.local_addr().unwrap().to_string();
    let said = program.run(&["serve", "--listen", &at, "--ykc-listen", "127.0.0.1:0"]);
    said.refused(&[&at, "--listen"]);
    assert!(said.out.is_empty(), "no password is shown by a server that does not run: {said:?}");
}

/// On SQLite, and on PostgreSQL when PILEOPS_TEST_PG names a server.
fn programs(name: &str) -> Vec<Program> {
    let mut all = vec![Program::new()];
    match std::env::var("PILEOPS_TEST_PG") {
        Ok(url) => {
            let schema = format!("pileops_cli_{name}_{}", std::process::id());
            let mut conn = Conn::open(&Source::Postgres(url.clone()), Purpose::Write).unwrap();
            conn.script(&format!("CREATE SCHEMA {schema}")).unwrap();
            let mark = if url.contains('?') { '&' } else { '?' };
            let url = format!("{url}{mark}options=-csearch_path%3D{schema}");
            all.push(Program::new().with("PILEOPS_DATABASE_URL", url));
        }
        Err(_) => eprintln!("SKIPPED on PostgreSQL: PILEOPS_TEST_PG is not set"),
    }
    all
}

#[test]
fn a_database_is_migrated_and_verified_from_the_command_line() {
    for program in programs("verify") {
        let first = program.run(&["migrate"]).ok();
        assert!(first.out.contains("[1"), "{first:?}");
        assert!(program.run(&["migrate"]).ok().out.contains("up to date"));
        let verified = program.run(&["verify", "--json"]).ok();
        assert_eq!(
            (verified.json()["orders"].as_i64(), verified.json()["problems"].as_array().unwrap().len()),
            (Some(0), 0)
        );
    }
}

#[test]
fn a_folder_without_a_database_cannot_be_verified() {
    Program::new().run(&["verify"]).refused(&["pileops.db", "--data"]);
}
