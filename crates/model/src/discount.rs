//! 优惠: what of a bill is not asked of whoever pays it. The bill itself, electricity and service fee, stays as the tariff
//! makes it; each reason to ask for less is a line of its own, with whoever bears it.

use crate::money::{Fen, divide_rounded};

crate::words! {
    /// Why less is asked for.
    DiscountKind {
        /// 会员优惠: a share of the service fee, by the level of the customer.
        Member = "member",
    }

    /// Who goes without it.
    DiscountBearer {
        /// The operator whose pile it was.
        Operator = "operator",
        Platform = "platform",
    }
}

/// The whole.
pub const PERMILLE: i64 = 1_000;

/// One line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderDiscount {
    pub kind: DiscountKind,
    pub amount: Fen,
    pub bearer: DiscountBearer,
}

/// What a share of the service fee comes to.
pub fn share(service: Fen, permille: i64) -> Fen {
    let part = divide_rounded(i128::from(service.0) * i128::from(permille.clamp(0, PERMILLE)), 1_000);
    Fen(i64::try_from(part).unwrap_or(service.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// service fee, permille → discount: to the nearest fen, halves up, never more than the fee.
    #[test]
    fn a_share_is_rounded_once_and_never_more_than_the_whole() {
        for (service, permille, expected) in [
            (0, 100, 0),
            (885, 100, 89),
            (884, 100, 88),
            (885, 0, 0),
            (885, 1_000, 885),
            (885, 1_001, 885),
            (885, -1, 0),
            (1, 499, 0),
            (1, 500, 1),
            (5, 100, 1),
            (4, 100, 0),
            (i64::MAX, 1_000, i64::MAX),
        ] {
            assert_eq!(share(Fen(service), permille), Fen(expected), "{service} {permille}");
        }
    }
}
