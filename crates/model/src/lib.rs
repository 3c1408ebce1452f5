//! What is true about charging and money, whoever asks and however it is stored.
//!
//! No input or output, no clock, no randomness: time is a parameter ([`time::Clock`] is the one
//! door to the system's clock, and only the server opens it).

pub mod access;
pub mod battery;
pub mod brand;
pub mod card;
pub mod channel;
pub mod configuration;
pub mod connector;
pub mod content;
pub mod coupon;
pub mod credit_code;
pub mod curve;
pub mod customer;
pub mod desired;
pub mod device;
pub mod dialect;
pub mod dictionary;
pub mod discount;
pub mod display;
pub mod division;
pub mod driver_price;
pub mod energy;
pub mod error;
pub mod feedback;
pub mod fleet;
pub mod ftp;
pub mod geo;
pub mod ground_lock;
pub mod handover;
pub mod holiday;
pub mod id;
pub mod invoice;
pub mod invoice_line;
pub mod job;
pub mod label;
pub mod ledger;
pub mod load;
pub mod merge;
pub mod message;
pub mod money;
pub mod monitor;
pub mod order;
pub mod pay;
pub mod pile_batch;
pub mod pile_record;
pub mod profile;
pub mod proposal;
pub mod reconciliation;
pub mod reservation;
pub mod rich;
pub mod settlement;
pub mod sharing;
pub mod site;
pub mod station;
pub mod tariff;
pub mod tariff_calendar;
pub mod tariff_plan;
pub mod tax_no;
pub mod time;
pub mod transfer;
pub mod wallet;
pub mod web_address;
mod word;

pub use error::{Error, Result, Text};
