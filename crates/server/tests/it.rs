//! The whole server, from the outside.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod cli;
mod gateway;
mod http;
#[path = "../../store/tests/it/template.rs"]
mod template;
