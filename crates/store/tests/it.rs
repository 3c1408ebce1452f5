//! The store from the outside, on both databases.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

#[path = "it/databases.rs"]
mod databases;
#[path = "it/lists.rs"]
mod lists;
#[path = "it/seed.rs"]
mod seed;
