//! The simulator held against the platform's own protocol sessions, and against itself.

mod crash_load;
mod ocpp16;
mod platform;
mod site;
mod yard;
mod ykc;
