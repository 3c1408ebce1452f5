//! 安全规则屏蔽: a rule that is known to be wrong at a place, until a moment.

use crate::id::{PileId, StationId};
use crate::time::{HOUR_MS, Timestamp};

use super::SafetyLevel;

/// It ends by itself: nobody has to remember it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SafetyPause {
    pub id: i64,
    pub rule: i64,
    pub station: StationId,
    /// None: all piles of the station.
    pub pile: Option<PileId>,
    pub until: Timestamp,
    pub reason: String,
}

impl SafetyPause {
    /// Whether it keeps a rule from acting at a pile at a moment.
    pub fn holds(&self, rule: i64, station: StationId, pile: PileId, now: Timestamp) -> bool {
        self.rule == rule
            && self.station == station
            && self.pile.is_none_or(|own| own == pile)
            && now < self.until
    }

    /// The longest that a rule may be paused: one that guards people for a day, others for a month.
    pub fn longest_ms(level: SafetyLevel) -> i64 {
        match level {
            SafetyLevel::Person => 24 * HOUR_MS,
            SafetyLevel::Device | SafetyLevel::Notice => 30 * 24 * HOUR_MS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r6_1b_a_pause_holds_for_its_rule_its_place_and_its_time() {
        let at = Timestamp::from_ms;
        let of = |pile: Option<i64>| SafetyPause {
            id: 1,
            rule: 5,
            station: StationId(2),
            pile: pile.map(PileId),
            until: at(100),
            reason: String::new(),
        };
        for (pause, rule, station, pile, now, holds) in [
            (of(None), 5, 2, 9, 99, true),
            (of(None), 5, 2, 9, 100, false),
            (of(None), 6, 2, 9, 99, false),
            (of(None), 5, 3, 9, 99, false),
            (of(Some(9)), 5, 2, 9, 0, true),
            (of(Some(9)), 5, 2, 8, 0, false),
        ] {
            let held = pause.holds(rule, StationId(station), PileId(pile), at(now));
            assert_eq!(held, holds, "{pause:?} {rule} {station} {pile} {now}");
        }
        assert!(SafetyPause::longest_ms(SafetyLevel::Person) < SafetyPause::longest_ms(SafetyLevel::Device));
    }
}
