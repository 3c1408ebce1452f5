//! The rules of the house. Each failure says which line breaks which rule and what to do instead;
//! CONTRIBUTING.md explains them. A rule that is in the way is changed here, in the open.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod deploy;
mod docs;
mod results;
mod rooms;
mod words;

/// Fails with one line per offence.
#[track_caller]
fn assert_none(rule: &str, offences: Vec<String>) {
    assert!(offences.is_empty(), "{rule}\n  {}", offences.join("\n  "));
}
