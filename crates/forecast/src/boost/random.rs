//! Chance that can be repeated: SplitMix64, seeded by the caller.

/// Numbers that look like chance and are the same for the same seed.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// 0 to just below 1.
    pub fn share(&mut self) -> f32 {
        (self.number() >> 40) as f32 / (1_u32 << 24) as f32
    }

    /// Of `all` numbers from 0 a random `share`, at least one, in order.
    pub fn choice(&mut self, all: usize, share: f32) -> Vec<usize> {
        let wanted = ((all as f32 * share).round() as usize).clamp(1.min(all), all);
        let mut numbers: Vec<usize> = (0..all).collect();
        for at in 0..wanted {
            let other = at + (self.number() % (all - at) as u64) as usize;
            numbers.swap(at, other);
        }
        numbers.truncate(wanted);
        numbers.sort_unstable();
        numbers
    }
}
