//! Settings that say what is logged, and how.

use super::{Config, wrong};
use crate::log::Format;
use model::Result;
use std::io::IsTerminal;
use std::time::Duration;

impl Config {
    /// One of the words that the table of settings has for it.
    pub(super) fn word(&self, name: &'static str, words: &[&'static str]) -> Result<&'static str> {
        let text = self.text(name).trim();
        let found = words.iter().find(|word| **word == text).copied();
        found.ok_or_else(|| wrong(name, text, &words.join(" 或 "), &words.join(" or ")))
    }

    pub fn log_format(&self) -> Result<Format> {
        Ok(match self.word("log_format", &["text", "json"])? {
            "json" => Format::Json,
            _ => Format::Text { colours: std::io::stderr().is_terminal() },
        })
    }

    /// From where on a statement is told of.
    pub fn slow_query(&self) -> Result<Duration> {
        Ok(Duration::from_millis(self.integer("slow_query_ms")?.unsigned_abs()))
    }
}
