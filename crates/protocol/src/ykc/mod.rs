//! 云快充 (YKC) 1.5/1.6 over TCP. Layouts, traps and flows: docs/protocols/ykc.md.
//!
//! The codec serves both sides: the platform's [`Session`] here, and a pile of the simulator with
//! [`frame::Reader`], [`frame::Packet`] and [`message`].

pub mod codes;
pub mod field;
pub mod frame;
pub mod message;
mod session;

pub use codes::{FaultBase, fault_text, stop_class, stop_text};
pub use message::{Explained, ExplainedField, explain};
pub use session::{Asked, Session, Settings};
