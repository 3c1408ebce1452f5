//! Any messages on one OCPP 2.1 link, one per line of the input.

#![no_main]

#[path = "../../crates/protocol/tests/it/noise.rs"]
#[allow(dead_code, reason = "each target uses one of them")]
mod noise;

libfuzzer_sys::fuzz_target!(|data: &[u8]| noise::ocpp2(data));
