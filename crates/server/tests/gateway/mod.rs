//! The piles' door, over real sockets.

mod commands;
mod door;
mod fleet;
mod links;
mod login;
mod ocpp;
mod stop;
mod trouble;
mod ykc;
