//! OCPP 1.6 JSON, the Central System's side: Core profile, and any call of the other profiles and of
//! the security extension by its wire name. `docs/protocols/ocpp.md` says what is done with what.

mod asked;
mod catalogue;
mod frame;
mod message;
pub(crate) mod schemas;
mod session;

pub use asked::Asked;
pub use catalogue::{call_check, operations};
pub use message::status_notification::fault_text;
pub use message::stop_transaction::stop_text;
pub use session::{Session, Settings};

#[cfg(test)]
mod tests;
