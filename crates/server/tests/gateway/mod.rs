//! The piles' door, over real sockets.

mod commands;
mod door;
mod files;
mod fleet;
mod history;
mod links;
mod login;
mod ocpp;
mod ocpp2;
mod security;
mod stop;
mod trouble;
mod ykc;
