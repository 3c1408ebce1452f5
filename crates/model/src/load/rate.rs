//! In which unit a pile is told its limit: watts, or amperes of each phase for an AC pile that takes nothing else.

use crate::site::PileKind;

/// The highest voltage that a grid of 220 V may have (GB/T 12325: +7 %), rounded up: what is told in amperes
/// never comes to more watts than were meant.
const VOLTS_MOST: i64 = 240;
/// Below this current no car charges (IEC 61851).
const AMPERES_LEAST: i64 = 6;
/// More than one phase of 32 A gives, so it has three.
const ONE_PHASE_W: i64 = 7_700;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitRate {
    Watts,
    /// Of each of so many phases.
    Amperes {
        phases: i64,
    },
}

impl LimitRate {
    /// `said`: the pile's own words for what it takes (`Current,Power`; `A,W`), where it has told them.
    pub fn of(kind: PileKind, rated_w: i64, said: Option<&str>) -> LimitRate {
        let takes = |words: [&str; 2]| {
            let mut all = said.unwrap_or_default().split(',').map(str::trim);
            all.any(|one| words.iter().any(|word| one.eq_ignore_ascii_case(word)))
        };
        // A DC pile has no phases on the car's side.
        if kind != PileKind::Ac || takes(["Power", "W"]) || !takes(["Current", "A"]) {
            return LimitRate::Watts;
        }
        LimitRate::Amperes { phases: if rated_w > ONE_PHASE_W { 3 } else { 1 } }
    }

    /// 0.1 A of each phase, rounded down; `None`: it is told in watts.
    pub fn amperes_da(self, power_w: i64) -> Option<i64> {
        match self {
            LimitRate::Watts => None,
            LimitRate::Amperes { phases } => Some(power_w.saturating_mul(10) / (VOLTS_MOST * phases)),
        }
    }

    /// With less than this no car charges that is told so; `None`: it does not depend on the unit.
    pub fn least_w(self) -> Option<i64> {
        match self {
            LimitRate::Watts => None,
            LimitRate::Amperes { phases } => Some(AMPERES_LEAST * VOLTS_MOST * phases),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_ac_pile_that_takes_nothing_else_is_told_amperes() {
        let of = |kind, said| LimitRate::of(kind, 7_000, said);
        let one = LimitRate::Amperes { phases: 1 };
        for (said, rate) in [
            (None, LimitRate::Watts),
            (Some("Current"), one),
            (Some("a"), one),
            (Some("Current,Power"), LimitRate::Watts),
            (Some("A, W"), LimitRate::Watts),
            (Some("?"), LimitRate::Watts),
        ] {
            assert_eq!(of(PileKind::Ac, said), rate, "{said:?}");
            assert_eq!(of(PileKind::Dc, said), LimitRate::Watts);
        }
        assert_eq!(LimitRate::of(PileKind::Ac, 22_000, Some("A")), LimitRate::Amperes { phases: 3 });
    }

    #[test]
    fn amperes_never_come_to_more_than_was_meant() {
        for phases in [1, 3] {
            let rate = LimitRate::Amperes { phases };
            for power_w in (0..50_000).step_by(37) {
                let da = rate.amperes_da(power_w).unwrap();
                assert!(da * 2_354 * phases <= power_w * 100, "{power_w} W is {da} dA at 235.4 V");
                assert!(
                    (da + 1) * VOLTS_MOST * phases > power_w * 10,
                    "no more is kept back than rounding asks"
                );
            }
            assert_eq!(rate.amperes_da(rate.least_w().unwrap()), Some(60));
        }
        assert_eq!(LimitRate::Watts.amperes_da(7_000), None);
    }
}
