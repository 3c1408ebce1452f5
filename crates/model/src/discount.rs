//! 优惠: what of a bill is not asked of whoever pays it. The bill itself, electricity and service fee, stays as the tariff
//! makes it; each reason to ask for less is a line of its own, with whoever bears it.

use crate::money::{Fen, divide_rounded};

crate::words! {
    /// Why less is asked for.
    DiscountKind {
        /// 会员优惠: a share of the service fee, by the level of the customer.
        Member = "member",
        /// 活动优惠: a lower price of a place, an hour and a group of customers.
        Activity = "activity",
        /// 优惠券
        Coupon = "coupon",
    }

    /// Who goes without it.
    DiscountBearer {
        /// The operator whose pile it was.
        Operator = "operator",
        Platform = "platform",
        /// 共担: the platform a part, the operator the rest.
        Shared = "shared",
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
    /// What of it the platform bears.
    pub platform: Fen,
}

/// What of the platform's part has come back to it, when so much of what was paid was given back: its share of it, to the
/// nearest fen, so that all of it has come back with all of the money. Of an order for which nothing was paid nothing does.
pub fn platform_back(platform: Fen, given_back: Fen, paid: Fen) -> Fen {
    if paid.0 <= 0 {
        return Fen(0);
    }
    let part = divide_rounded(i128::from(platform.0) * i128::from(given_back.0), i128::from(paid.0));
    Fen(i64::try_from(part).unwrap_or(platform.0)).clamp(Fen(0), platform.max(Fen(0)))
}

/// What a share of the service fee comes to.
pub fn share(service: Fen, permille: i64) -> Fen {
    let part = divide_rounded(i128::from(service.0) * i128::from(permille.clamp(0, PERMILLE)), 1_000);
    Fen(i64::try_from(part).unwrap_or(service.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_platforms_part_comes_back_as_the_money_does() {
        for (platform, back, paid, expected) in [
            (900, 0, 200, 0),
            (900, 100, 200, 450),
            (900, 200, 200, 900),
            (1, 1, 2, 1),
            (1, 1, 3, 0),
            (0, 5, 5, 0),
            (900, 0, 0, 0),
            (5, 300, 200, 5),
        ] {
            assert_eq!(
                platform_back(Fen(platform), Fen(back), Fen(paid)),
                Fen(expected),
                "{platform} {back} {paid}"
            );
        }
    }

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
