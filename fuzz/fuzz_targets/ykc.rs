//! Any bytes, in any pieces, into a 云快充 session.

#![no_main]

#[path = "../../crates/protocol/tests/it/noise.rs"]
#[allow(dead_code, reason = "each target uses one of them")]
mod noise;

libfuzzer_sys::fuzz_target!(|data: &[u8]| noise::ykc(data));
