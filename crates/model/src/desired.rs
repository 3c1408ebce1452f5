//! 期望状态: what a pile should have, against what it has said that it has.

use crate::device::VariableReport;
use crate::time::{HOUR_MS, MINUTE_MS, SECOND_MS, Timestamp};
use serde::{Deserialize, Serialize};

crate::words! {
    /// What is kept in step.
    DesiredKind {
        /// 计费模型
        Tariff = "tariff",
        /// 时钟
        Clock = "clock",
        /// 离线名单: the cards that the pile lets charge while it cannot ask.
        LocalList = "local_list",
        /// 配置项
        Configuration = "configuration",
    }

    DesiredState {
        /// The pile has not said yet what it has.
        Unknown = "unknown",
        Same = "same",
        Different = "different",
        /// It was told; its answer is awaited.
        Sent = "sent",
        /// It has taken it, for after its next restart.
        AwaitsReboot = "awaits_reboot",
        /// It says no. It is asked again once a day, not more often.
        Refused = "refused",
    }
}

/// When a pile is told again after this many attempts in vain.
pub fn desired_retry(now: Timestamp, state: DesiredState, attempts: i64) -> Timestamp {
    let wait_ms = match (state, attempts) {
        (DesiredState::Refused, _) => 24 * HOUR_MS,
        (_, ..=1) => 30 * SECOND_MS,
        (_, 2) => 2 * MINUTE_MS,
        (_, 3) => 10 * MINUTE_MS,
        _ => HOUR_MS,
    };
    now.plus_ms(wait_ms)
}

/// What a pile's answer to a command tells of the pile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Learned {
    /// `unknown`: names it was asked for and does not have.
    Variables { told: Vec<VariableReport>, unknown: Vec<String> },
    /// What was set holds after its next restart.
    AfterReboot,
    /// 名单版本; 0: none. Below: it keeps no list.
    ListVersion(i64),
    /// 离线卡 that it was asked about: which it has, and which not.
    Cards { here: Vec<String>, gone: Vec<String> },
    /// The number of the tariff that it shows; 0: none of ours.
    Tariff(u16),
}

/// A card as the pile keeps it for the time when it cannot ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListCard {
    pub tag: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at_ms: Option<i64>,
}

/// Bring the pile's list to this version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalList {
    pub version: i64,
    /// These are all of them; otherwise they are added to what the pile has.
    pub full: bool,
    pub cards: Vec<ListCard>,
    /// Tags that are taken out. Empty where the list is full.
    pub removed: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_hammered() {
        let now = Timestamp::from_ms(0);
        let wait = |state, attempts| desired_retry(now, state, attempts).as_ms() / SECOND_MS;
        let of = |state| [1, 2, 3, 4, 90].map(|attempts| wait(state, attempts));
        assert_eq!(of(DesiredState::Different), [30, 120, 600, 3_600, 3_600]);
        assert_eq!(of(DesiredState::Refused), [86_400; 5]);
    }
}
