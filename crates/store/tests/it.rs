//! The store from the outside, on both databases.

#[path = "it/databases.rs"]
mod databases;
#[path = "it/lists.rs"]
mod lists;
#[path = "it/seed.rs"]
mod seed;
