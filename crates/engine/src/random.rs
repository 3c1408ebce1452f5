//! Chance, as a parameter: the system's in service, a repeatable one in tests.

use model::{Error, Result};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Clone, Debug, Default)]
pub enum Random {
    #[default]
    System,
    /// SHA-256 of a seed and a counter: repeatable, for tests only.
    Seeded(u64, Arc<AtomicU64>),
}

impl Random {
    pub fn seeded(seed: u64) -> Random {
        Random::Seeded(seed, Arc::default())
    }

    pub fn bytes<const N: usize>(&self) -> Result<[u8; N]> {
        let mut bytes = [0u8; N];
        match self {
            Random::System => getrandom::fill(&mut bytes).map_err(|why| {
                tracing::error!(%why, "the system gives no random numbers");
                Error::internal()
            })?,
            Random::Seeded(seed, count) => {
                for chunk in bytes.chunks_mut(32) {
                    let count = count.fetch_add(1, Ordering::Relaxed);
                    let digest = Sha256::new().chain_update(seed.to_be_bytes());
                    let digest = digest.chain_update(count.to_be_bytes()).finalize();
                    chunk.copy_from_slice(&digest[..chunk.len()]);
                }
            }
        }
        Ok(bytes)
    }

    /// `2 × N` hexadecimal digits.
    pub fn hex<const N: usize>(&self) -> Result<String> {
        Ok(hex(&self.bytes::<N>()?))
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        for digit in [byte >> 4, byte & 15] {
            out.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
        out
    })
}

pub fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_goes_there_and_back() {
        assert_eq!(unhex(&hex(&[0, 255, 16])), Some(vec![0, 255, 16]));
        assert_eq!((unhex("abc"), unhex("zz"), unhex("é")), (None, None, None));
    }

    #[test]
    fn a_seed_repeats_and_the_system_does_not() {
        let (a, b) = (Random::seeded(1), Random::seeded(1));
        assert_eq!(a.bytes::<40>().unwrap(), b.bytes::<40>().unwrap());
        assert_ne!(a.bytes::<8>().unwrap(), a.bytes::<8>().unwrap());
        assert_ne!(Random::System.bytes::<16>().unwrap(), Random::System.bytes::<16>().unwrap());
    }
}
