//! The whole server, from the outside.

mod http;
