//! Forecasts on made-up series of which the truth is known.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "it/boost.rs"]
mod boost;
#[path = "it/free.rs"]
mod free;
#[path = "it/hourly.rs"]
mod hourly;
#[path = "it/leaks.rs"]
mod leaks;
#[path = "it/made_up.rs"]
mod made_up;
#[path = "it/orders.rs"]
mod orders;
#[path = "it/texts.rs"]
mod texts;
