//! What is true about charging and money, whoever asks and however it is stored.
//!
//! No input or output, no clock, no randomness: time is a parameter ([`time::Clock`] is the one
//! door to the system's clock, and only the server opens it).

pub mod access;
pub mod card;
pub mod connector;
pub mod curve;
pub mod customer;
pub mod device;
pub mod energy;
pub mod error;
pub mod id;
pub mod money;
pub mod order;
pub mod site;
pub mod tariff;
pub mod time;

pub use error::{Error, Result, Text};
