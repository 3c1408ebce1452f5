//! The piles' door, over real sockets.

mod commands;
mod door;
mod fleet;
mod history;
mod links;
mod login;
mod ocpp;
mod security;
mod stop;
mod trouble;
mod ykc;
