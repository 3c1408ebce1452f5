//! 电池安全报告: judged once a session has ended, and again when more is told of it.

use super::told::battery_told;
use crate::Engine;
use model::Result;
use model::safety::{SafetyLevel, battery_findings, battery_level};
use model::time::{DAY_MS, Timestamp};
use store::battery_safety::{save, unjudged};

const AT_ONCE: i64 = 200;
/// What was written before is known, or older than this function.
const LOOK_BACK_MS: i64 = 2 * DAY_MS;

impl Engine {
    /// How many reports were made.
    pub(super) async fn batteries_judge(&self, now: Timestamp) -> Result<usize> {
        let since = now.plus_ms(-LOOK_BACK_MS);
        let found = self.store.device_read(move |conn| unjudged(conn, since, AT_ONCE)).await?;
        let count = found.len();
        if count == 0 {
            return Ok(0);
        }
        self.store
            .write(None, move |tx| {
                for one in &found {
                    let findings = battery_findings(&one.report);
                    let level = battery_level(&findings);
                    let grave = level.filter(|level| *level != SafetyLevel::Notice);
                    let mut one = one.clone();
                    if let Some(level) = grave.filter(|_| one.warned_at_ms.is_none()) {
                        one.warned_at_ms = Some(now.as_ms());
                        battery_told(tx, &one, &findings, level, now)?;
                    }
                    save(tx, &one, &findings, level)?;
                }
                Ok(count)
            })
            .await
    }
}
