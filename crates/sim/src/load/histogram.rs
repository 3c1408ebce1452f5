//! Latencies in buckets of 1/64 of their power of two: percentiles to 1.6 % in 20 KiB, one addition
//! per message.

use std::time::Duration;

const STEPS: u64 = 64;

#[derive(Clone, Debug)]
pub struct Histogram {
    counts: Vec<u64>,
    total: u64,
    max_ns: u64,
}

impl Default for Histogram {
    fn default() -> Histogram {
        Histogram { counts: vec![0; 40 * STEPS as usize], total: 0, max_ns: 0 }
    }
}

impl Histogram {
    pub fn record(&mut self, latency: Duration) {
        let ns = u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX);
        let place = bucket(ns).min(self.counts.len() - 1);
        self.counts[place] += 1;
        self.total += 1;
        self.max_ns = self.max_ns.max(ns);
    }

    pub fn count(&self) -> u64 {
        self.total
    }

    pub fn max_us(&self) -> u64 {
        self.max_ns / 1_000
    }

    /// The latency that `per_mille` of all messages did not exceed.
    pub fn percentile_us(&self, per_mille: u64) -> u64 {
        let wanted = self.total.saturating_mul(per_mille).div_ceil(1_000).max(1);
        let mut seen = 0;
        for (place, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= wanted {
                return (upper_ns(place as u64).min(self.max_ns)) / 1_000;
            }
        }
        0
    }
}

fn bucket(ns: u64) -> usize {
    if ns < STEPS {
        return usize::try_from(ns).unwrap_or(0);
    }
    let power = u64::from(ns.ilog2()) - 6;
    usize::try_from((power + 1) * STEPS + (ns >> power) - STEPS).unwrap_or(usize::MAX)
}

fn upper_ns(place: u64) -> u64 {
    if place < STEPS {
        return place;
    }
    let power = place / STEPS - 1;
    ((place % STEPS + STEPS + 1) << power) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_right_to_two_percent() {
        let mut histogram = Histogram::default();
        (1..=10_000).for_each(|us| histogram.record(Duration::from_micros(us)));
        for (per_mille, exact) in [(500, 5_000), (900, 9_000), (990, 9_900), (1_000, 10_000)] {
            let got = histogram.percentile_us(per_mille);
            assert!(got >= exact && got <= exact + exact / 50, "{per_mille}: {got}");
        }
        assert_eq!((histogram.max_us(), histogram.count()), (10_000, 10_000));
    }
}
