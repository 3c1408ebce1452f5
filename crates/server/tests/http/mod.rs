//! The HTTP API.

mod openapi;
