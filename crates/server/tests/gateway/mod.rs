//! The piles' door, over real sockets.

mod attacks;
mod commands;
mod concentrator;
mod crowd;
mod desired;
mod door;
mod files;
mod fleet;
mod healing;
mod history;
mod iso15118;
mod limits;
mod links;
mod load;
mod login;
mod ocpp;
mod ocpp2;
mod priced;
mod replay;
mod safety;
mod security;
mod stop;
mod traces;
mod trouble;
mod ykc;
mod ykc_firmware;
