//! A small seeded generator (xorshift64* started by splitmix64). Not for secrets: for days that can
//! be played again.

#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    pub fn seeded(seed: u64) -> Random {
        // splitmix64, so that neighbouring seeds do not give neighbouring streams; never zero.
        let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        Random((z ^ (z >> 31)) | 1)
    }

    /// A stream of its own for one thing (a pile, a connector) named by a text, so that adding a
    /// pile to a site does not change what the others do.
    pub fn named(seed: u64, name: &str) -> Random {
        let hash = name
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
        Random::seeded(seed ^ hash)
    }

    pub fn bits(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number in `low..=high`; `low` when the range is empty.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        if high <= low {
            return low;
        }
        let span = high.abs_diff(low).saturating_add(1);
        let step = i64::try_from((self.bits() >> 1) % span).unwrap_or(0);
        low.saturating_add(step)
    }

    /// True in `percent` of 100 cases.
    pub fn chance(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        let last = i64::try_from(list.len()).ok()?.checked_sub(1)?;
        list.get(usize::try_from(self.between(0, last)).ok()?)
    }

    /// Waiting time to the next arrival when arrivals come `per_day` times a day on average.
    pub fn wait_ms(&mut self, mean_ms: i64) -> i64 {
        #[expect(clippy::cast_precision_loss, reason = "a waiting time needs no 53 bits")]
        let uniform = ((self.bits() >> 11) as f64 + 1.0) / 9_007_199_254_740_993.0;
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "as above")]
        let wait = (-uniform.ln() * mean_ms as f64) as i64;
        wait.max(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_says_the_same() {
        let draw = |seed| {
            let mut random = Random::seeded(seed);
            (0..100).map(|_| random.between(-5, 5)).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert!(draw(7).iter().all(|n| (-5..=5).contains(n)));
        let mut random = Random::seeded(1);
        let mean = (0..10_000).map(|_| random.wait_ms(1_000)).sum::<i64>() / 10_000;
        assert!((900..1_100).contains(&mean), "{mean}");
    }
}
