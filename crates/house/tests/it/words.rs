//! Names, sizes, and the contract between the server and the pages.

use crate::assert_none;
use house::{File, files, operation_ids};

const FILE_LINES_MAX: usize = 500;

/// Files that may be longer, each with its reason.
const LONG_FILES: &[(&str, &str)] = &[];

/// Written by a program: read by nobody from top to bottom.
fn is_generated(file: &File) -> bool {
    file.path.contains("/testdata/")
        || file.path.contains("/schemas/")
        || file.name() == "schema.d.ts"
        || file.text.lines().take(3).any(|line| line.contains("@generated"))
}

fn is_source(file: &File) -> bool {
    ["rs", "vue", "ts", "js", "mjs", "py", "sh", "css"].iter().any(|kind| file.is(kind))
}

#[test]
fn a_file_fits_in_a_head() {
    let mut offences = Vec::new();
    for file in files().unwrap().iter().filter(|file| is_source(file) && !is_generated(file)) {
        let lines = file.text.lines().count();
        let allowed = LONG_FILES.iter().any(|(path, _)| *path == file.path);
        if lines > FILE_LINES_MAX && !allowed {
            offences.push(format!("{}: {lines} lines", file.path));
        }
    }
    assert_none("at most 500 lines a file: split it by noun, or name the reason in LONG_FILES", offences);
}

#[test]
fn names_say_what_a_thing_is() {
    let forbidden = [
        "util", "utils", "common", "helper", "helpers", "manager", "managers", "impl", "base", "dto", "misc",
    ];
    let mut offences = Vec::new();
    for file in files().unwrap() {
        let ours =
            file.source_of().is_some() || (file.path.starts_with("web/") && file.path.contains("/src/"));
        for part in file.path.split('/').filter(|_| ours) {
            let stem = part.split('.').next().unwrap_or(part).to_lowercase();
            if forbidden.contains(&stem.as_str()) {
                offences.push(file.path.clone());
            }
        }
    }
    assert_none("a file is named after what it knows, not after what it is to others", offences);
}

/// The last word of an operation. A new one is welcome when none of these fits.
const VERBS: &[&str] = &[
    "get", "list", "create", "update", "delete", "set", "start", "stop", "command", "dismiss", "stream",
    "import", "export", "check", "cancel", "fetch", "reveal", "confirm", "undo",
];

#[test]
fn operations_are_noun_verb() {
    let mut ids = operation_ids().unwrap();
    let mut offences = Vec::new();
    for id in &ids {
        let verb = id.rsplit('_').next().unwrap_or_default();
        let spelled = id.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        if !spelled || !id.contains('_') || !VERBS.contains(&verb) {
            offences.push(format!("{id}: noun_verb with a verb of {VERBS:?}"));
        }
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();
    if ids.len() != count {
        offences.push("an operationId occurs twice".to_owned());
    }
    assert_none("operationId, handler, store method and TypeScript call have one name", offences);
}

/// A field with a unit in its name belongs to the contract, and its type comes from openapi.json.
#[test]
fn the_pages_types_come_from_the_contract() {
    let units = ["_fen", "_e4", "_e5", "_dwh", "_ms", "_dv", "_da"];
    let mut offences = Vec::new();
    for file in files().unwrap() {
        let page =
            file.path.starts_with("web/") && file.path.contains("/src/") && (file.is("ts") || file.is("vue"));
        if !page || is_generated(&file) || file.name().contains(".test.") {
            continue;
        }
        for (number, line) in file.code() {
            let line = line.trim();
            let typed = line.split_once(':').is_some_and(|(name, kind)| {
                let name = name.trim_end_matches('?');
                let kind = kind.trim().trim_end_matches([';', ',']);
                units.iter().any(|unit| name.ends_with(unit))
                    && (kind == "number" || kind == "number | null" || kind == "null | number")
                    && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
            });
            if typed {
                offences.push(format!("{}:{number}: {line}", file.path));
            }
        }
    }
    assert_none("an interface typed by hand: import the type that is made from openapi.json", offences);
}
