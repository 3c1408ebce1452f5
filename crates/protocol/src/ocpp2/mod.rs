//! OCPP 2.0.1 and 2.1 JSON, the CSMS's side. Every message is read by its official schema; what is done
//! with which is one table, [`message`]. `docs/protocols/ocpp.md` says the same for people.

mod asked;
mod catalogue;
mod message;
pub(crate) mod schemas;
mod session;

pub use asked::Asked;
pub use catalogue::{answer_check, call_check, operations};
pub use message::display::{changes as displays_changed, cost as cost_shown};
pub use message::monitor::{accepted as monitors_accepted, changes as monitors_answered};
pub(crate) use message::notify_report::name as variable_name;
pub(crate) use message::tariff::{cleared as tariffs_cleared, learned as tariffs_learned};
pub use message::transaction_event::stop_text;
pub use session::{Session, Settings};

#[cfg(test)]
mod tests;
