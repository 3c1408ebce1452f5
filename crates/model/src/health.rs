//! 设备健康: what a pile's last days say of it, as points off a hundred. What a car or its driver has ended is not held against a pile.

use serde::{Deserialize, Serialize};

crate::words! {
    /// What points are taken off for.
    HealthReasonKind {
        /// Alarms of faults
        Faults = "faults",
        /// Faults that came back within seven days after they were closed
        Repeats = "repeats",
        /// The share of its time with a fault
        FaultTime = "fault_time",
        /// Starts that it did not carry out
        FailedStarts = "failed_starts",
        /// Sessions that it has broken off
        EarlyEnds = "early_ends",
        /// Links that come and go
        Flapping = "flapping",
        /// The share of its time off line
        Offline = "offline",
    }

    /// What does not fit of a pile's energy.
    MeterOddityKind {
        /// 表码与账单不符: its register has gone on by another amount than was billed. 0.1 Wh
        Bill = "bill",
        /// 效率偏低: its mean power is far below that of piles of its model. W
        Power = "power",
        /// 电量骤降: it sells far less a day than before. 0.1 Wh
        Drop = "drop",
    }
}

/// What is known of a pile's last days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HealthFacts {
    /// Orders that began or were to begin.
    pub starts: i64,
    pub failed_starts: i64,
    pub early_ends: i64,
    pub faults: i64,
    /// Of them, those that came back.
    pub repeats: i64,
    pub fault_s: i64,
    pub online_s: i64,
    pub service_s: i64,
    pub offline_count: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct HealthReason {
    pub kind: HealthReasonKind,
    pub points: i64,
    /// How often it was, or for what share of the time in 0.1 %.
    pub count: i64,
    /// Of how many, where there is such a number.
    pub of: Option<i64>,
}

/// Fewer starts say nothing about a share of them.
const STARTS_MIN: i64 = 10;

/// The score, and what was taken off, the most first.
pub fn scored(facts: &HealthFacts) -> (i64, Vec<HealthReason>) {
    let share = |part: i64, whole: i64| if whole > 0 { part.saturating_mul(1_000) / whole } else { 0 };
    let enough = facts.starts >= STARTS_MIN;
    let days = (facts.service_s / 86_400).max(1);
    let (fault, offline) =
        (share(facts.fault_s, facts.service_s), share(facts.service_s - facts.online_s, facts.service_s));
    let (failed, early) = (share(facts.failed_starts, facts.starts), share(facts.early_ends, facts.starts));
    use HealthReasonKind::*;
    let mut reasons: Vec<HealthReason> = [
        (Faults, (facts.faults * 6).min(30), facts.faults, None),
        // A repair that did not last weighs more than another fault.
        (Repeats, (facts.repeats * 5).min(20), facts.repeats, Some(facts.faults)),
        (FaultTime, (fault * 4 / 10).min(20), fault, None),
        // One in twenty fails anyway: a car that is not plugged in.
        (
            FailedStarts,
            if enough { ((failed - 50) / 6).clamp(0, 25) } else { 0 },
            facts.failed_starts,
            Some(facts.starts),
        ),
        (
            EarlyEnds,
            if enough { ((early - 20) / 5).clamp(0, 25) } else { 0 },
            facts.early_ends,
            Some(facts.starts),
        ),
        // A link a day is lost anywhere.
        (Flapping, (facts.offline_count / days - 1).clamp(0, 5) * 3, facts.offline_count, Some(days)),
        (Offline, (offline / 10).min(15), offline, None),
    ]
    .into_iter()
    .filter(|(_, points, ..)| *points > 0)
    .map(|(kind, points, count, of)| HealthReason { kind, points, count, of })
    .collect();
    reasons.sort_by_key(|reason| -reason.points);
    let off: i64 = reasons.iter().map(|reason| reason.points).sum();
    ((100 - off).max(0), reasons)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_taken_off_for_what_a_pile_has_done() {
        let well = HealthFacts {
            starts: 100,
            service_s: 30 * 86_400,
            online_s: 30 * 86_400,
            ..HealthFacts::default()
        };
        use HealthReasonKind::*;
        for (facts, score, kinds) in [
            (well, 100, vec![]),
            (HealthFacts::default(), 100, vec![]),
            (HealthFacts { faults: 2, ..well }, 88, vec![Faults]),
            (HealthFacts { faults: 200, ..well }, 70, vec![Faults]),
            (HealthFacts { faults: 2, repeats: 1, ..well }, 83, vec![Faults, Repeats]),
            (HealthFacts { fault_s: 3 * 86_400, ..well }, 80, vec![FaultTime]),
            (HealthFacts { failed_starts: 5, ..well }, 100, vec![]),
            (HealthFacts { failed_starts: 11, ..well }, 90, vec![FailedStarts]),
            (HealthFacts { starts: 9, failed_starts: 9, early_ends: 9, ..well }, 100, vec![]),
            (HealthFacts { early_ends: 7, ..well }, 90, vec![EarlyEnds]),
            (HealthFacts { offline_count: 59, ..well }, 100, vec![]),
            (HealthFacts { offline_count: 90, ..well }, 94, vec![Flapping]),
            (HealthFacts { online_s: 27 * 86_400, ..well }, 90, vec![Offline]),
            (
                HealthFacts {
                    faults: 9,
                    failed_starts: 100,
                    early_ends: 100,
                    online_s: 0,
                    fault_s: 30 * 86_400,
                    offline_count: 999,
                    ..well
                },
                0,
                vec![Faults, FailedStarts, EarlyEnds, FaultTime, Flapping, Offline],
            ),
        ] {
            let (found, reasons) = scored(&facts);
            let named: Vec<_> = reasons.iter().map(|reason| reason.kind).collect();
            assert_eq!((found, named), (score, kinds), "{facts:?}");
        }
    }
}
