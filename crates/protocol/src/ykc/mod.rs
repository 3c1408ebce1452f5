//! 云快充 (YKC) 1.5/1.6 over TCP. Layouts, traps and flows: docs/protocols/ykc.md.
//!
//! The codec serves both sides: the platform's [`Session`] here, and a pile of the simulator with
//! [`frame::Reader`], [`frame::Packet`] and [`message`]:
//!
//! ```
//! use protocol::ykc::field::{Gun, PileNo};
//! use protocol::ykc::frame::{CrcOrder, Packet, Reader};
//! use protocol::ykc::message::{Body, Message, heartbeat::Heartbeat};
//!
//! let pile = PileNo::parse("32010600019236").unwrap();
//! let beat = Heartbeat { pile, gun: Gun::of(1).unwrap(), gun_state: 0 };
//! let bytes = beat.frame([0x01, 0x00], CrcOrder::LowFirst);
//! let mut reader = Reader::default();
//! reader.receive(&bytes, |frame| {
//!     let (packet, _) = Packet::parse(frame).unwrap();
//!     assert_eq!(Message::decode(packet.kind, &packet.body), Ok(Message::Heartbeat(beat.clone())));
//! });
//! ```

pub mod bms_codes;
pub(crate) mod catalogue;
pub mod codes;
mod dialect;
pub mod field;
pub mod frame;
mod line;
pub mod message;
mod session;

pub use bms_codes::battery_text;
pub use codes::{FaultBase, fault_text, stop_by_vehicle, stop_class, stop_text};
pub use dialect::explain_as;
pub use line::{Addressed, Heard, Line};
pub use message::ground_lock::alarm_text as ground_lock_text;
pub use message::{Explained, ExplainedField, explain};
pub use session::{Asked, Session, Settings};

#[cfg(test)]
mod tests;
