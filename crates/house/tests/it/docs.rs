//! The documents point at what is there.

use crate::assert_none;
use house::{File, files, operation_ids, root};
use std::path::Path;

#[test]
fn links_lead_somewhere() {
    let mut offences = Vec::new();
    for file in files().unwrap().iter().filter(|file| file.is("md")) {
        for target in links(&file.text) {
            let path = target.split('#').next().unwrap_or_default();
            let outside = path.contains("://") || path.starts_with("mailto:") || path.is_empty();
            let folder = root().join(&file.path).parent().map(Path::to_path_buf).unwrap_or_default();
            if !outside && !folder.join(path).exists() {
                offences.push(format!("{}: {target}", file.path));
            }
        }
    }
    assert_none("a link in a document leads to a file of this repository", offences);
}

/// The targets of `[text](target)`, outside code.
fn links(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        let pieces = line.split("](").skip(1);
        found.extend(pieces.filter_map(|piece| piece.split_once(')')).map(|(target, _)| target));
    }
    found
}

#[test]
fn every_decision_is_listed() {
    let files = files().unwrap();
    let list = text_of(&files, "docs/decisions/README.md");
    let pages =
        files.iter().filter(|file| file.path.starts_with("docs/decisions/") && file.name() != "README.md");
    let missing = pages.filter(|page| !list.contains(page.name())).map(|page| page.path.clone()).collect();
    assert_none("docs/decisions/README.md lists every decision", missing);
}

#[test]
fn the_glossary_has_the_nouns() {
    let files = files().unwrap();
    let glossary = text_of(&files, "docs/glossary.md");
    let nouns: Vec<String> = glossary
        .lines()
        .filter_map(|line| line.strip_prefix("| "))
        .filter_map(|row| row.split(" |").next())
        .flat_map(|cell| cell.split(", "))
        .map(|noun| noun.trim().to_owned())
        .collect();
    let mut missing = Vec::new();
    let spine = [
        "operator",
        "city",
        "station",
        "pile",
        "connector",
        "order",
        "tariff",
        "segment",
        "card",
        "customer",
        "staff",
        "frame",
        "command",
    ];
    let ids = operation_ids().unwrap();
    let spoken = ids.iter().filter_map(|id| id.split('_').next());
    for noun in spine.into_iter().chain(spoken) {
        let known = nouns.iter().any(|known| known.split(' ').next() == Some(noun));
        if !known && !missing.contains(&noun.to_owned()) {
            missing.push(noun.to_owned());
        }
    }
    assert_none("docs/glossary.md has every noun that the code and the API use", missing);
}

/// What works on one machine only does not belong into the repository.
#[test]
fn no_path_of_somebodys_machine() {
    let paths = [concat!("/wo", "rk/"), concat!("/ro", "ot/")];
    let mut offences = Vec::new();
    for file in files().unwrap() {
        for (index, line) in file.text.lines().enumerate() {
            if paths.iter().any(|path| line.contains(path)) {
                offences.push(format!("{}:{}", file.path, index + 1));
            }
        }
    }
    assert_none("a path of one machine", offences);
}

fn text_of<'a>(files: &'a [File], path: &str) -> &'a str {
    files.iter().find(|file| file.path == path).map_or("", |file| &file.text)
}
