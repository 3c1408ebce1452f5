//! Logs that would fill the disk: what is older than the rules say is forgotten.

use crate::Engine;
use model::Result;
use model::time::{DAY_MS, Timestamp};

/// As long as logs are to be kept.
const LINKS_KEPT_MS: i64 = 190 * DAY_MS;

/// What piles have told of customers is there to be answered with, not to be collected.
const CUSTOMERS_KEPT_MS: i64 = 30 * DAY_MS;

impl Engine {
    /// One small step, so that no pile waits long for the writer: the oldest frames, and the oldest
    /// samples that no open order needs. How many rows went; zero when there is nothing left to do.
    pub async fn logs_prune(&self, now: Timestamp) -> Result<u64> {
        let rules = self.rules();
        let frames_before_ms = now.plus_ms(-rules.frames_kept_ms).as_ms();
        let samples_before_ms = now.plus_ms(-rules.samples_kept_ms).as_ms();
        let frames = self.store.write(None, move |tx| store::frames::prune(tx, frames_before_ms)).await?;
        let samples = self.store.write(None, move |tx| store::samples::prune(tx, samples_before_ms)).await?;
        let links_before = now.plus_ms(-LINKS_KEPT_MS);
        let links = self.store.write(None, move |tx| store::links::prune(tx, links_before)).await?;
        let told_before = now.plus_ms(-CUSTOMERS_KEPT_MS);
        let customers =
            self.store.write(None, move |tx| store::customer_inquiries::prune(tx, told_before)).await?;
        let said_before = Timestamp::from_ms(frames_before_ms);
        let said = self.store.write(None, move |tx| store::vendor_messages::prune(tx, said_before)).await?;
        Ok(frames + samples + links + customers + said)
    }
}
