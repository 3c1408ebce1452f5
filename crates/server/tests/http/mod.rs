//! The HTTP API.

mod changes;
mod doors;
mod errors;
mod house;
mod live;
mod openapi;
mod session;
