//! The words of states and kinds in files: those of the dictionaries, as the page "字典" shows them.

use super::column::{Cell, Words};
use model::connector::ConnectorStatus;
use model::dictionary::Dictionary;

/// The name of a code; the code itself where the dictionary has none, so that nothing is hidden.
pub fn word(dictionary: &str, code: &str, words: &Words) -> String {
    let entry =
        Dictionary::find(dictionary).and_then(|found| found.entries().find(|(known, _)| *known == code));
    entry.map_or_else(|| code.to_owned(), |(_, text)| words.tell(&text))
}

pub fn told(dictionary: &str, code: &str, words: &Words) -> Cell {
    Cell::Text(word(dictionary, code, words))
}

/// Several of them, one behind the other.
pub fn all<'a>(dictionary: &str, codes: impl Iterator<Item = &'a str>, words: &Words) -> Cell {
    let all: Vec<String> = codes.map(|code| word(dictionary, code, words)).collect();
    Cell::text(Some(all.join(if words.english { ", " } else { "、" })))
}

pub fn connector(status: ConnectorStatus, words: &Words) -> String {
    word("connector_status", status.as_str(), words)
}
