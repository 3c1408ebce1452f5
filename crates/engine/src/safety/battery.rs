//! 电池安全报告: judged once a session has ended, and again when more is told of it.

use super::told::battery_told;
use crate::Engine;
use model::Result;
use model::safety::{SafetyLevel, battery_findings, battery_level};
use model::time::Timestamp;
use store::battery_safety::{save, unjudged};

const AT_ONCE: i64 = 200;

impl Engine {
    /// How many reports were made. What is to be judged is marked where it is written, so that nothing is lost with a
    /// restart and nothing that was judged is read again.
    pub async fn batteries_judge(&self, now: Timestamp) -> Result<usize> {
        let found = self.store.device_read(move |conn| unjudged(conn, AT_ONCE)).await?;
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
