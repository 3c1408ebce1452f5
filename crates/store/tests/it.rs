//! The store on both databases.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "it/databases.rs"]
mod databases;
#[path = "it/frames.rs"]
mod frames;
#[path = "it/migrations.rs"]
mod migrations;
#[path = "it/seam.rs"]
mod seam;
#[path = "it/scene.rs"]
mod scene;
#[path = "it/write_path.rs"]
mod write_path;
