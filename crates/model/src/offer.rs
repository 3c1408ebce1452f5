//! Which of the reasons to ask for less is taken, and what each comes to.
//!
//! One order, the same everywhere: the member's share first, then an activity, then a coupon, each of what the ones
//! before it have left; nothing is taken below zero. An activity counts beside the member's share, and a coupon beside
//! both, only where it says so; else the one that takes off more does, and of a tie the one that was there first. A coupon
//! that its customer has chosen is taken whatever it is worth, as long as it is worth something.

use crate::coupon::{CouponKind, CouponWorth};
use crate::discount::{DiscountBearer, DiscountKind, PERMILLE, share};
use crate::driver_price::{PriceCut, PriceFee, PriceOff};
use crate::money::{Fen, divide_rounded};
use crate::tariff::Bill;
use crate::time::Timestamp;
use crate::{Error, Result};

/// Who goes without what is taken off; of a shared one the platform's part, in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bearing {
    pub bearer: DiscountBearer,
    pub platform_permille: i64,
}

impl Bearing {
    pub const OPERATOR: Bearing = Bearing { bearer: DiscountBearer::Operator, platform_permille: 0 };

    /// A part is said of what is shared, and of nothing else.
    pub fn checked(bearer: DiscountBearer, permille: Option<i64>) -> Result<Bearing> {
        let platform_permille = match (bearer, permille) {
            (DiscountBearer::Shared, Some(part)) if (1..PERMILLE).contains(&part) => part,
            (DiscountBearer::Operator, None) => 0,
            (DiscountBearer::Platform, None) => PERMILLE,
            (DiscountBearer::Shared, _) => {
                return Err(Error::invalid(
                    "platform_permille",
                    "平台与运营商共担时，平台承担的比例应为千分之 1 到 999 的整数",
                    "Of what is shared the platform bears 1 to 999 thousandths.",
                ));
            }
            _ => {
                return Err(Error::invalid(
                    "platform_permille",
                    "不是共担的优惠没有承担比例，请留空",
                    "What is not shared has no such part; leave it empty.",
                ));
            }
        };
        Ok(Bearing { bearer, platform_permille })
    }

    fn platform(self, amount: Fen) -> Fen {
        match self.bearer {
            DiscountBearer::Operator => Fen(0),
            DiscountBearer::Platform => amount,
            DiscountBearer::Shared => {
                // To the nearest fen; what is left is the operator's, so that no fen is lost.
                share(amount, self.platform_permille)
            }
        }
    }
}

/// 活动: lower prices for everybody whom it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    pub id: i64,
    pub name: String,
    pub fee: PriceFee,
    pub off: PriceOff,
    pub bearing: Bearing,
    /// Beside the member's share.
    pub combines: bool,
    /// The most that it takes off one order.
    pub cap: Option<Fen>,
    /// What is left of what it may take off all orders.
    pub left: Option<Fen>,
}

/// 用户券 that the customer could use here and now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    pub voucher: i64,
    pub coupon: i64,
    pub name: String,
    pub worth: CouponWorth,
    pub bearing: Bearing,
    /// Beside the member's share and an activity.
    pub combines: bool,
    pub until: Timestamp,
    /// The customer has chosen it for this order.
    pub chosen: bool,
}

/// All that could take something off one bill.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offers {
    /// The level and its share of the service fee.
    pub member: Option<(i64, i64)>,
    pub activities: Vec<Activity>,
    pub vouchers: Vec<Offered>,
}

/// One line that is taken off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub kind: DiscountKind,
    pub amount: Fen,
    pub bearer: DiscountBearer,
    /// What of it the platform bears.
    pub platform: Fen,
    /// Of the service fee, where it is such a share.
    pub permille: Option<i64>,
    /// The level, the activity or the coupon.
    pub source: i64,
    pub voucher: Option<i64>,
    pub name: String,
}

/// What the lines before it have left of a bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Left {
    electricity: Fen,
    service: Fen,
}

impl Left {
    fn total(self) -> Fen {
        self.electricity + self.service
    }

    /// The service fee first.
    fn less(self, amount: Fen) -> Left {
        let of_service = amount.min(self.service);
        Left { electricity: self.electricity - (amount - of_service), service: self.service - of_service }
    }
}

/// What an activity takes off: of each part of the session at its own price, rounded once.
fn activity_off(one: &Activity, bill: &Bill, left: Left) -> Fen {
    let fee = |segment: &crate::tariff::Segment| match one.fee {
        PriceFee::Service => (segment.service_price, segment.service),
        PriceFee::Electricity => (segment.electricity_price, segment.electricity),
    };
    // 10⁻⁹ yuan, of which a fen is 10⁷.
    let exact: i128 = bill
        .segments
        .iter()
        .map(|segment| {
            let (price, amount) = fee(segment);
            match one.off.cut {
                PriceCut::Percent => {
                    i128::from(amount.0) * 100_000 * i128::from(one.off.percent_off.unwrap_or(0)) / 100
                }
                PriceCut::Amount => {
                    let off = one.off.off_price_e5.unwrap_or(0).min(price.0).max(0);
                    i128::from(segment.energy.dwh()) * i128::from(off)
                }
            }
        })
        .sum();
    let fen = i64::try_from(divide_rounded(exact, 10_000_000)).unwrap_or(0);
    let most = match one.fee {
        PriceFee::Service => left.service,
        PriceFee::Electricity => left.electricity,
    };
    let bounds = [Some(most), one.cap, one.left];
    let most = bounds.into_iter().flatten().min().unwrap_or(most);
    Fen(fen).clamp(Fen(0), most.max(Fen(0)))
}

/// What a coupon takes off what is left of a bill.
fn coupon_off(worth: &CouponWorth, bill: &Bill, left: Left) -> Fen {
    if bill.total < worth.threshold {
        return Fen(0);
    }
    let percent = |of: Fen| {
        let part = divide_rounded(i128::from(of.0) * i128::from(worth.percent_off.unwrap_or(0)), 100);
        Fen(i64::try_from(part).unwrap_or(0)).min(worth.cap.unwrap_or(Fen(0)))
    };
    let off = worth.off.unwrap_or(Fen(0));
    let (amount, most) = match worth.kind {
        CouponKind::Amount => (off, left.total()),
        CouponKind::Percent => (percent(left.total()), left.total()),
        CouponKind::Service => (off, left.service),
        CouponKind::ServicePercent => (percent(left.service), left.service),
        CouponKind::PerKwh => {
            let exact = i128::from(bill.energy.dwh().max(0)) * i128::from(off.0);
            let fen = i64::try_from(divide_rounded(exact, 10_000)).unwrap_or(i64::MAX);
            (Fen(fen).min(worth.cap.unwrap_or(Fen(0))), left.total())
        }
    };
    amount.clamp(Fen(0), most.max(Fen(0)))
}

fn line(
    (kind, source, name): (DiscountKind, i64, &str),
    amount: Fen,
    bearing: Bearing,
    permille: Option<i64>,
) -> Line {
    let platform = bearing.platform(amount);
    Line {
        kind,
        amount,
        bearer: bearing.bearer,
        platform,
        permille,
        source,
        voucher: None,
        name: name.to_owned(),
    }
}

fn sum(lines: &[Line]) -> Fen {
    lines.iter().map(|line| line.amount).sum()
}

fn after(bill: &Bill, lines: &[Line]) -> Left {
    let whole = Left { electricity: bill.electricity, service: bill.service };
    lines.iter().fold(whole, |left, line| left.less(line.amount))
}

impl Offers {
    /// What the level takes off.
    fn member_lines(&self, bill: &Bill) -> Vec<Line> {
        let Some((level, permille)) = self.member else { return Vec::new() };
        let amount = share(bill.service, permille);
        let one = line((DiscountKind::Member, level, ""), amount, Bearing::OPERATOR, Some(permille));
        if amount.0 > 0 { vec![one] } else { Vec::new() }
    }

    /// The level's share and the best activity, as they go together.
    fn standing_lines(&self, bill: &Bill) -> Vec<Line> {
        let member = self.member_lines(bill);
        let mut best = member.clone();
        for one in &self.activities {
            let before = if one.combines { member.clone() } else { Vec::new() };
            let amount = activity_off(one, bill, after(bill, &before));
            if amount.0 <= 0 {
                continue;
            }
            let mut lines = before;
            lines.push(line((DiscountKind::Activity, one.id, &one.name), amount, one.bearing, None));
            if sum(&lines) > sum(&best) {
                best = lines;
            }
        }
        best
    }

    fn with(&self, standing: &[Line], one: &Offered, bill: &Bill) -> Option<Vec<Line>> {
        let mut lines = if one.combines { standing.to_vec() } else { Vec::new() };
        let amount = coupon_off(&one.worth, bill, after(bill, &lines));
        if amount.0 <= 0 {
            return None;
        }
        let own = line((DiscountKind::Coupon, one.coupon, &one.name), amount, one.bearing, None);
        lines.push(Line { voucher: Some(one.voucher), ..own });
        Some(lines)
    }

    /// The lines that are taken off this bill.
    pub fn lines(&self, bill: &Bill) -> Vec<Line> {
        let standing = self.standing_lines(bill);
        let chosen = self.vouchers.iter().filter(|one| one.chosen);
        if let Some(lines) = chosen.filter_map(|one| self.with(&standing, one, bill)).next() {
            return lines;
        }
        let mut best = standing.clone();
        // The one that is over first is used up first.
        let mut all: Vec<&Offered> = self.vouchers.iter().collect();
        all.sort_by_key(|one| (one.until, one.voucher));
        for one in all {
            if let Some(lines) = self.with(&standing, one, bill)
                && sum(&lines) > sum(&best)
            {
                best = lines;
            }
        }
        best
    }

    /// Without an activity whose budget others have used up meanwhile.
    pub fn without_activity(mut self, activity: i64) -> Offers {
        self.activities.retain(|one| one.id != activity);
        self
    }

    /// Without a coupon that somebody else has used meanwhile.
    pub fn without(mut self, voucher: i64) -> Offers {
        self.vouchers.retain(|one| one.voucher != voucher);
        self
    }
}

#[cfg(test)]
mod tests;
