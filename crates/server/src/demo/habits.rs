//! Who of the demo's drivers charges when, so that every kind of customer is among them.

use super::CARDS;
use model::time::DAY_MS;

/// The new ones registered so many days ago.
pub(super) const NEW_DAYS: i64 = 14;
/// One in so many has each of the habits.
const KINDS: usize = 12;
/// Whoever charges seldom does so every so many days.
const SELDOM_DAYS: i64 = 29;

pub(super) fn is_new(number: usize) -> bool {
    number % KINDS == 11
}

/// Whether the driver with this card charges so long ago, at this hour.
fn charges(number: usize, ago_ms: i64, hour: i64) -> bool {
    let days = ago_ms / DAY_MS;
    match number % KINDS {
        // They have gone elsewhere.
        5 => days > 65,
        // Every few days, and lately not any more.
        7 => (20..80).contains(&days),
        9 => !(6..22).contains(&hour),
        3 => usize::try_from(days % SELDOM_DAYS).is_ok_and(|day| day == number % 29),
        11 => days < NEW_DAYS - 1,
        _ => true,
    }
}

/// The one that was drawn, or the next one whose habit it is.
pub(super) fn driver(drawn: usize, ago_ms: i64, hour: i64) -> usize {
    let mut next = (0..KINDS).map(|more| (drawn + more - 1) % CARDS + 1);
    next.find(|number| charges(*number, ago_ms, hour)).unwrap_or(drawn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_charges_at_any_time_and_everybody_by_their_habit() {
        for drawn in 1..=CARDS {
            for (days, hour) in [(0, 12), (13, 3), (40, 23), (91, 8)] {
                let number = driver(drawn, days * DAY_MS, hour);
                assert!((1..=CARDS).contains(&number) && charges(number, days * DAY_MS, hour), "{drawn}");
            }
        }
        assert_eq!(driver(5, 0, 12), 6, "they sleep");
        assert_eq!(driver(5, 70 * DAY_MS, 12), 5);
        assert_eq!(driver(9, 0, 12), 10, "only at night");
        assert_eq!(driver(9, 0, 22), 9);
    }
}
