//! The HTTP API.

mod changes;
mod doors;
mod errors;
mod house;
mod live;
mod openapi;
mod orders;
mod r4_2_2;
mod r5_3_2_export;
mod r5_3_2_import;
mod session;
