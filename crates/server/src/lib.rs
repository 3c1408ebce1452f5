//! The executable: everything that touches the outside.

pub mod app;
pub mod devices;
pub mod http;
pub mod live;
