//! The piles' door, over real sockets.

mod commands;
mod door;
mod fleet;
mod history;
mod links;
mod login;
mod ocpp;
mod security;
mod ocpp2;
mod stop;
mod trouble;
mod ykc;
