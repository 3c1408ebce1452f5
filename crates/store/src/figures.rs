//! What the writers do, as numbers for whoever watches the server: counted with atomics, so that counting
//! keeps nobody waiting.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// How many of something were at most so much, for limits that are set once.
pub struct Histogram {
    limits: &'static [u64],
    counts: Vec<AtomicU64>,
    sum: AtomicU64,
}

/// A histogram at one moment.
pub struct Spread {
    pub limits: &'static [u64],
    /// One more than there are limits: the last is for what is above all of them.
    pub counts: Vec<u64>,
    pub sum: u64,
}

/// Microseconds: from what a commit on a fast disk takes to what people do not wait for.
pub const TIMES_US: &[u64] = &[
    500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
    10_000_000,
];

const SIZES: &[u64] = &[1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

impl Histogram {
    pub fn new(limits: &'static [u64]) -> Histogram {
        Histogram {
            limits,
            counts: (0..=limits.len()).map(|_| AtomicU64::new(0)).collect(),
            sum: AtomicU64::new(0),
        }
    }

    pub fn add(&self, value: u64) {
        let at = self.limits.partition_point(|limit| *limit < value);
        if let Some(count) = self.counts.get(at) {
            count.fetch_add(1, Relaxed);
        }
        self.sum.fetch_add(value, Relaxed);
    }

    pub fn add_time(&self, time: Duration) {
        self.add(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
    }

    pub fn spread(&self) -> Spread {
        Spread {
            limits: self.limits,
            counts: self.counts.iter().map(|count| count.load(Relaxed)).collect(),
            sum: self.sum.load(Relaxed),
        }
    }
}

/// Of all writers together.
pub struct WriteFigures {
    queued: AtomicU64,
    released: AtomicU64,
    /// How many jobs shared a transaction.
    pub batch: Histogram,
    /// What a transaction took, from its first job to its commit, in microseconds.
    pub commit: Histogram,
    failed: AtomicU64,
}

impl Default for WriteFigures {
    fn default() -> WriteFigures {
        WriteFigures {
            queued: AtomicU64::new(0),
            released: AtomicU64::new(0),
            batch: Histogram::new(SIZES),
            commit: Histogram::new(TIMES_US),
            failed: AtomicU64::new(0),
        }
    }
}

impl WriteFigures {
    pub(crate) fn queue(&self) {
        self.queued.fetch_add(1, Relaxed);
    }

    pub(crate) fn release(&self, jobs: usize) {
        self.released.fetch_add(jobs as u64, Relaxed);
    }

    /// A transaction has ended.
    pub(crate) fn transact(&self, jobs: usize, took: Duration, is_committed: bool) {
        if is_committed {
            self.batch.add(jobs as u64);
            self.commit.add_time(took);
        } else {
            self.failed.fetch_add(1, Relaxed);
        }
    }

    /// What waits for a writer, or is being written.
    pub fn waiting_count(&self) -> u64 {
        let released = self.released.load(Relaxed);
        self.queued.load(Relaxed).saturating_sub(released)
    }

    /// Transactions that the database did not take; most of them were run again.
    pub fn failed_count(&self) -> u64 {
        self.failed.load(Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_counted_at_the_first_limit_that_holds_it() {
        let all = Histogram::new(&[1, 10, 100]);
        for value in [0, 1, 2, 10, 11, 100, 101, u64::MAX / 2] {
            all.add(value);
        }
        let spread = all.spread();
        assert_eq!(spread.counts, [2, 2, 2, 2]);
        assert_eq!(spread.sum, 225 + u64::MAX / 2);
    }

    #[test]
    fn what_waits_is_what_has_not_been_released() {
        let figures = WriteFigures::default();
        (0..5).for_each(|_| figures.queue());
        figures.release(2);
        figures.transact(2, Duration::from_millis(3), true);
        figures.transact(3, Duration::from_millis(3), false);
        assert_eq!((figures.waiting_count(), figures.failed_count()), (3, 1));
        assert_eq!(figures.batch.spread().counts.iter().sum::<u64>(), 1);
    }
}
