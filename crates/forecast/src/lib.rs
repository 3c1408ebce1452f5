//! What will probably be: energy and load of the next hours, what a running order will take.
//!
//! This room knows series, features, a learner and scores. It does not know SQL, HTTP or the clock, and
//! reads no file: what it learns from is handed to it. It calculates with floats, because a forecast is
//! neither money nor energy delivered: no bill is made of one, and it is rounded where it leaves.

pub mod boost;
pub mod calendar;
pub mod features;
pub mod free;
pub mod grid;
pub mod hourly;
pub mod month;
pub mod order;
pub mod past;
pub mod protocol;
pub mod read;
pub mod score;
pub mod table;
pub mod week;
