//! 方言: how a pile departs from the paper of its protocol.

crate::words! {
    /// How a 云快充 pile writes the currents of its BMS frames (section 5.4).
    CurrentCoding {
        /// I × 10, as captured piles do.
        Plain = "plain",
        /// I × 10 + 4000
        Plus = "plus_4000",
        /// 4000 − I × 10, as on the car's bus.
        Minus = "minus_4000",
    }
}

impl CurrentCoding {
    /// In 0.1 A; `None` for what cannot be a current so.
    pub fn read(self, raw: u16) -> Option<i64> {
        let raw = i64::from(raw);
        let current = match self {
            CurrentCoding::Plain => raw,
            CurrentCoding::Plus => raw - 4_000,
            CurrentCoding::Minus => 4_000 - raw,
        };
        (0..=20_000).contains(&current).then_some(current)
    }

    /// As the pile writes it.
    pub fn write(self, current_da: i64) -> u16 {
        let raw = match self {
            CurrentCoding::Plain => current_da,
            CurrentCoding::Plus => current_da + 4_000,
            CurrentCoding::Minus => 4_000 - current_da,
        };
        u16::try_from(raw.max(0)).unwrap_or(u16::MAX)
    }

    /// Which one makes of `raw` the current that was measured elsewhere at the same gun; `None` where
    /// it cannot be told.
    pub fn guess(raw: u16, measured_da: i64) -> Option<CurrentCoding> {
        /// Below an ampere everything looks alike.
        const LEAST_DA: i64 = 10;
        if raw > 4_000 {
            return Some(CurrentCoding::Plus);
        }
        if measured_da < LEAST_DA {
            return None;
        }
        let apart = |coding: CurrentCoding| coding.read(raw).map_or(i64::MAX, |c| (c - measured_da).abs());
        let (plain, minus) = (apart(CurrentCoding::Plain), apart(CurrentCoding::Minus));
        let (nearer, near, far) = if plain < minus {
            (CurrentCoding::Plain, plain, minus)
        } else {
            (CurrentCoding::Minus, minus, plain)
        };
        // Near enough, and not as near as the other.
        (near <= measured_da / 5 + 50 && far - near > 100).then_some(nearer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_coding_of_a_current_is_guessed_from_what_was_measured() {
        use CurrentCoding::{Minus, Plain, Plus};
        let cases = [
            // 110.5 A in the three codings (section 5.4), and the captured frame S2.
            (1_105, 1_105, Some(Plain)),
            (5_105, 1_105, Some(Plus)),
            (2_895, 1_105, Some(Minus)),
            (568, 566, Some(Plain)),
            // A demand is not quite what flows.
            (1_200, 1_105, Some(Plain)),
            (4_001, 0, Some(Plus)),
            // In the middle both agree; without a current everything does; far from both is nothing.
            (2_000, 2_000, None),
            (0, 0, None),
            (4_000, 3, None),
            (900, 2_500, None),
        ];
        for (raw, measured, want) in cases {
            assert_eq!(CurrentCoding::guess(raw, measured), want, "{raw} {measured}");
        }
        for coding in CurrentCoding::ALL {
            assert_eq!(coding.read(coding.write(1_105)), Some(1_105));
        }
        assert_eq!((Plus.read(3_999), Minus.read(4_001)), (None, None));
    }
}
