//! 故障自愈: what the platform does by itself about a fault, within which limits, and what came of it.

use crate::alarm::AlarmSource;
use serde::{Deserialize, Serialize};

crate::words! {
    /// What a step asks of the pile.
    HealingStepKind {
        /// 请求上报状态: it changes nothing, the pile says again how it is.
        Status = "status",
        /// 解锁枪
        Unlock = "unlock",
        /// 软重启
        SoftReset = "soft_reset",
        /// 硬重启
        HardReset = "hard_reset",
    }

    /// By what one sees that a step has helped.
    HealingSuccess {
        /// The alarm is over.
        Recovered = "recovered",
        /// The connector can be used again; of a whole pile, all of them.
        Available = "available",
    }

    /// What follows when nothing has helped.
    HealingFollow {
        /// 转工单
        WorkOrder = "work_order",
        /// 告警升级: one level graver, and told again.
        Escalate = "escalate",
    }

    /// 自愈状态
    HealingState {
        Running = "running",
        /// 已恢复
        Healed = "healed",
        /// 未见效
        Failed = "failed",
        /// 已中止: something or somebody was in the way.
        Stopped = "stopped",
    }

    /// Why it was stopped.
    HealingReason {
        /// A person gave the pile a command.
        PersonActed = "person_acted",
        /// A person has taken the alarm, or somebody is sent already.
        AlarmTaken = "alarm_taken",
        /// A person has stopped it.
        ByHand = "by_hand",
        /// A car charges.
        OrderBegan = "order_began",
        QuietHours = "quiet_hours",
        /// The pile did not come back.
        Offline = "offline",
        /// The pile was taken out of service.
        OutOfService = "out_of_service",
        /// The switch of the whole platform, or of the playbook, was turned.
        SwitchedOff = "switched_off",
        /// The fault was over before anything of it had reached the pile.
        RecoveredAlone = "recovered_alone",
    }

    /// How far a step is.
    HealingStepState {
        /// On its way.
        Sent = "sent",
        /// The pile has agreed; whether it helps is not seen yet.
        Accepted = "accepted",
        /// 见效
        Helped = "helped",
        /// 未见效
        NoHelp = "no_help",
        Refused = "refused",
        Unsupported = "unsupported",
        TimedOut = "timed_out",
        LinkLost = "link_lost",
        /// It is not allowed, or there is nothing that it could be done to.
        Skipped = "skipped",
    }
}

impl HealingStepKind {
    /// It changes nothing at the pile: a car on another connector does not notice.
    pub fn is_harmless(self) -> bool {
        self == HealingStepKind::Status
    }
}

impl HealingStepState {
    /// The pile may have done it: of an answer that was lost nobody knows.
    pub fn may_be_done(self) -> bool {
        use HealingStepState::*;
        matches!(self, Accepted | Helped | NoHelp | TimedOut | LinkLost)
    }
}

/// One step, and how long it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HealingStep {
    pub kind: HealingStepKind,
    /// 10 to 3600.
    pub wait_s: i64,
    pub success: HealingSuccess,
}

/// What a run was begun with: a playbook that is changed meanwhile does not change it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct HealingTerms {
    pub steps: Vec<HealingStep>,
    /// Without it hard resets are left out.
    pub hard_allowed: bool,
    pub follow: HealingFollow,
    pub quiet_from_minute: Option<i64>,
    pub quiet_to_minute: Option<i64>,
}

impl HealingTerms {
    pub fn quiet(&self) -> Option<(i64, i64)> {
        self.quiet_from_minute.zip(self.quiet_to_minute)
    }
}

/// A pile that is away hears nothing, of what is only an event nobody can see that it is over, and an inspection
/// that is due is no fault.
pub fn healable(source: AlarmSource) -> bool {
    source.has_opposite() && !matches!(source, AlarmSource::Offline | AlarmSource::Inspection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r6_1a_only_faults_with_an_end_of_piles_that_hear_are_healed() {
        let able: Vec<&str> =
            AlarmSource::ALL.iter().filter(|one| healable(**one)).map(|one| one.as_str()).collect();
        assert_eq!(able, ["fault", "ground_lock", "variable", "flapping"]);
    }

    #[test]
    fn r6_1a_a_step_whose_answer_was_lost_may_have_been_done() {
        let done: Vec<&str> =
            HealingStepState::ALL.iter().filter(|one| one.may_be_done()).map(|one| one.as_str()).collect();
        assert_eq!(done, ["accepted", "helped", "no_help", "timed_out", "link_lost"]);
        assert!(HealingStepKind::Status.is_harmless() && !HealingStepKind::Unlock.is_harmless());
    }
}
