//! docs/results.md has a line for everything that is to be shown, and what a line names is there.

use crate::assert_none;
use house::{File, files, root};
use std::collections::BTreeMap;

fn ids() -> Vec<String> {
    let attacks = (1..=48).map(|n| format!("A{n:02}"));
    let tests = (1..=70).map(|n| format!("T-{n:02}"));
    attacks.chain(tests).chain((1..=20).map(|n| format!("P{n}"))).collect()
}

/// The cells of every line of a table, without its heads.
fn lines(text: &str) -> Vec<Vec<&str>> {
    let rows = text.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    rows.map(|row| row.split(" | ").map(str::trim).collect::<Vec<_>>())
        .filter(|row| !row[0].is_empty())
        .collect()
}

fn text(all: &[File], path: &str) -> String {
    all.iter().find(|file| file.path == path).map(|file| file.text.clone()).unwrap_or_default()
}

#[test]
fn every_number_has_one_line_with_a_verdict() {
    let all = files().unwrap();
    let text = text(&all, "docs/results.md");
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    let mut offences = Vec::new();
    for row in lines(&text) {
        *found.entry(row[0].to_owned()).or_default() += 1;
        let verdict = row.last().copied().unwrap_or_default();
        if row.len() != 6 || !["held", "part", "failed", "not measured"].contains(&verdict) {
            offences.push(format!("{}: six cells, the last is a verdict: {verdict:?}", row[0]));
        }
        // What was not run has no figure, and what was run has a way to run it again.
        if (verdict == "not measured") != (row[2] == "–") {
            offences.push(format!("{}: {verdict}, by {}", row[0], row[2]));
        }
    }
    for id in ids() {
        match found.remove(&id) {
            Some(1) => {}
            count => offences.push(format!("{id}: {} lines", count.unwrap_or(0))),
        }
    }
    offences.extend(found.into_keys().map(|id| format!("{id} is no number")));
    assert_none("docs/results.md has one line for each number", offences);
}

/// A function of a test, a file (of a test as the documents write it, too), or a command.
#[test]
fn what_a_line_names_is_there() {
    let all = files().unwrap();
    let make = text(&all, "Makefile");
    let is_there = |name: &str| {
        if let Some(target) = name.strip_prefix("make ") {
            return make.lines().any(|line| line.starts_with(&format!("{target}:")));
        }
        let first = name.split(' ').next().unwrap_or_default();
        let function = format!("fn {name}(");
        root().join(first).is_file()
            || all.iter().any(|file| file.path.ends_with(&format!("tests/{name}.rs")))
            || all.iter().any(|file| file.path.ends_with(&format!("tests/http/{name}.rs")))
            || all.iter().any(|file| file.is("rs") && file.text.contains(&function))
            || all.iter().any(|file| file.path.ends_with(&format!("tests/it/{name}.rs")))
            || name == "noise" && all.iter().any(|file| file.text.contains("mod noise;"))
    };
    let results = text(&all, "docs/results.md");
    let named = lines(&results).into_iter().flat_map(|row| {
        let id = row[0].to_owned();
        row[2]
            .split('`')
            .skip(1)
            .step_by(2)
            .map(move |name| (id.clone(), name.to_owned()))
            .collect::<Vec<_>>()
    });
    let missing =
        named.filter(|(_, name)| !is_there(name)).map(|(id, name)| format!("{id}: {name}")).collect();
    assert_none("docs/results.md names what is there", missing);
}
