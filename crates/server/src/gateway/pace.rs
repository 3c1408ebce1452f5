//! How fast a pile may talk. A link counts for itself, so that nothing is shared and nothing is locked: one
//! number goes down with each message, and the clock is asked only when it is used up.

use model::time::{MINUTE_MS, Timestamp};
use std::time::Duration;
use tokio::time::Instant;

/// After a pause a pile may tell at once what it had to say in so many seconds: that is how a queue is
/// emptied after a link was lost.
const BURST_S: i64 = 5;
/// Part of a second for which a link that talks too fast is not read.
const REST_MS: i64 = 100;

pub struct Pace {
    /// Messages that may still come before the clock is asked.
    left: i64,
    /// When `left` was filled up last.
    at: Timestamp,
    /// Until then nothing is read: what the pile says waits in its own socket.
    resting_until: Option<Instant>,
    told_at: Option<Timestamp>,
}

impl Pace {
    pub fn new(per_s: i64, now: Timestamp) -> Pace {
        Pace { left: per_s.saturating_mul(BURST_S), at: now, resting_until: None, told_at: None }
    }

    /// One pile more talks on this link.
    pub fn widen(&mut self, per_s: i64) {
        self.left = self.left.saturating_add(per_s.saturating_mul(BURST_S));
    }

    /// One message more; true when it was one too many.
    pub fn count(&mut self) -> bool {
        self.left -= 1;
        self.left <= 0
    }

    /// Fills up what the time since has brought. What is still too much waits: true once a minute, when
    /// people are to be told.
    pub fn rest(&mut self, per_s: i64, now: Timestamp) -> bool {
        let passed_ms = now.since(self.at).max(0);
        let gained = passed_ms.saturating_mul(per_s) / 1_000;
        self.left = self.left.saturating_add(gained).min(per_s.saturating_mul(BURST_S));
        self.at = now;
        if self.left > 0 {
            return false;
        }
        // Long enough to pay back what is owed, and a little more than that.
        let owed_ms = (-self.left).saturating_mul(1_000) / per_s.max(1) + REST_MS;
        self.resting_until = Some(Instant::now() + Duration::from_millis(owed_ms.unsigned_abs()));
        let tell = self.told_at.is_none_or(|at| now.since(at) >= MINUTE_MS);
        if tell {
            self.told_at = Some(now);
        }
        tell
    }

    /// Whether the link may be read; until when not.
    pub fn resting(&mut self) -> Option<Instant> {
        if self.resting_until.is_some_and(|until| until <= Instant::now()) {
            self.resting_until = None;
        }
        self.resting_until
    }
}

/// Rings when a link may be read again.
pub async fn rested(until: Option<Instant>) {
    match until {
        Some(until) => tokio::time::sleep_until(until).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn whoever_talks_too_fast_waits_and_whoever_does_not_never_does() {
        let mut now = Timestamp::from_ms(1_000_000);
        let mut pace = Pace::new(10, now);
        let told = |pace: &mut Pace, now| pace.count() && pace.rest(10, now);
        // Five seconds' worth at once, and ten each second after.
        assert_eq!((0..49).filter(|_| told(&mut pace, now)).count(), 0);
        for _ in 0..20 {
            now = now.plus_ms(1_000);
            assert_eq!((0..9).filter(|_| told(&mut pace, now)).count(), 0);
        }
        assert!(pace.resting().is_none());
        assert_eq!((0..100).filter(|_| told(&mut pace, now)).count(), 1, "told once");
        let until = pace.resting().unwrap();
        tokio::time::sleep_until(until).await;
        assert!(pace.resting().is_none());
        assert_eq!((0..500).filter(|_| told(&mut pace, now.plus_ms(59_000))).count(), 0, "not each second");
        assert_eq!((0..500).filter(|_| told(&mut pace, now.plus_ms(60_000))).count(), 1);
    }
}
