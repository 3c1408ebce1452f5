//! Settings from the command line, the environment and a file, and what is wrong with them.

use super::program::Program;

#[test]
fn each_place_wins_over_the_next() {
    let program = Program::new().with("PILEOPS_HEARTBEAT_S", "60").with("PILEOPS_DATA", "from-variable");
    let file = program.folder.join("pileops.toml");
    std::fs::write(&file, "data = \"from-file\"\nheartbeat_s = 90\ncredit_fen = 7\nbehind_proxy = true\n")
        .unwrap();
    let said = program.run(&["config", "--json", "--config", "pileops.toml", "--data", "from-line"]).ok();
    let rows = said.json();
    let find = |name: &str| rows.as_array().unwrap().iter().find(|row| row["name"] == name).unwrap().clone();
    for (name, value, origin) in [
        ("data", "from-line", "CommandLine"),
        ("heartbeat_s", "60", "Environment"),
        ("credit_fen", "7", "File"),
        ("behind_proxy", "true", "File"),
        ("log", "info", "Default"),
    ] {
        assert_eq!((&find(name)["value"], &find(name)["origin"]), (&value.into(), &origin.into()));
    }
}

#[test]
fn a_bad_file_is_told_with_its_line_and_value() {
    for (text, words) in [
        ("data = \"x\"\n\nlisten = = 1\n", vec!["第 3 行", "line 3"]),
        ("heartbeat_s = 1.5\n", vec!["heartbeat_s", "1.5"]),
        ("heartbeats = 1\n", vec!["heartbeats", "pileops config"]),
        ("heartbeat_s = 5\n", vec!["heartbeat_s", "10 to 86400"]),
        ("listen = [\"a\"]\n", vec!["listen", "array"]),
    ] {
        let program = Program::new();
        std::fs::write(program.folder.join("p.toml"), text).unwrap();
        program.run(&["serve", "--config", "p.toml"]).refused(&words);
        assert!(!program.data().exists(), "nothing is made before everything is checked");
    }
    Program::new().run(&["config", "--config", "none.toml"]).refused(&["none.toml"]);
}

#[test]
fn everything_is_checked_before_anything_is_made() {
    for (name, value) in [
        ("PILEOPS_LISTEN", "8080"),
        ("PILEOPS_YKC_LISTEN", "everywhere"),
        ("PILEOPS_HEARTBEAT_S", "1"),
        ("PILEOPS_DATABASE_URL", "postgres://u:secret@h:port/db"),
        ("PILEOPS_LOG", "server=loud"),
        ("PILEOPS_MAP_TILE_URL", "https://{s}.example/{z}/{x}/{y}.png"),
        ("PILEOPS_MAP_TILE_URL", "https://tile.example/{z}/{x}.png"),
    ] {
        for call in [vec!["serve"], vec!["demo"], vec!["station", "list"], vec!["migrate"]] {
            let program = Program::new().with(name, value);
            let said = program.run(&call);
            said.refused(&[&name.trim_start_matches("PILEOPS_").to_lowercase()]);
            assert!(said.out.is_empty() && !said.err.contains("secret"), "{said:?}");
            assert!(std::fs::read_dir(&program.folder).unwrap().next().is_none(), "{name} {call:?}");
        }
    }
}

#[test]
fn a_variable_that_is_misspelt_is_told_and_harms_nothing() {
    let program = Program::new().with("PILEOPS_HARTBEAT_S", "60").with("PILEOPS_TEST_PG", "x");
    let said = program.run(&["config"]).ok();
    assert!(said.err.contains("PILEOPS_HARTBEAT_S") && !said.err.contains("TEST_PG"), "{said:?}");
}

#[cfg(unix)]
#[test]
fn only_our_own_variables_must_be_text() {
    use std::os::unix::ffi::OsStringExt;
    let odd = || std::ffi::OsString::from_vec(vec![b'a', 0xff]);
    Program::new().with("SOMETHING", odd()).run(&["config"]).ok();
    for name in ["PILEOPS_LOG", "PILEOPS_SERVER"] {
        let said = Program::new().with(name, odd()).run(&["station", "list"]);
        said.refused(&[name, "UTF-8"]);
    }
}
