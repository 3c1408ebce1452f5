//! Pretend piles and cars. They speak to the real listeners over real sockets, so that the demo, the
//! tests and the load runs exercise what a pile in the street exercises.
//!
//! Everything here is seeded and takes the time as a parameter: the same seed says the same words.

pub mod bay;
pub mod car;
pub mod floor;
mod http;
mod limits;
pub mod load;
pub mod ocpp16;
pub mod ocpp2;
pub mod pack;
pub mod pay;
pub mod pile;
pub mod random;
pub mod replay;
pub mod runner;
pub mod site;
pub mod tls;
pub mod trunk;
pub mod yard;
pub mod ykc;
