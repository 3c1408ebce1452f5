use super::*;
use crate::energy::Energy;
use crate::money::{Amount, Price};
use crate::tariff::{Period, Segment};
use proptest::prelude::*;

/// 10 kWh at 0.70 + 0.40: 7.00 + 4.00.
fn bill() -> Bill {
    let at = Timestamp::from_ms(0);
    let segment = Segment {
        period: Period::Flat,
        started_at: at,
        ended_at: at,
        energy: Energy::from_dwh(100_000),
        electricity_price: Price(70_000),
        service_price: Price(40_000),
        electricity: Amount(70_000),
        service: Amount(40_000),
    };
    Bill {
        segments: vec![segment],
        energy: Energy::from_dwh(100_000),
        electricity: Fen(700),
        service: Fen(400),
        total: Fen(1_100),
        exact: Amount(110_000),
    }
}

fn worth(kind: CouponKind, off: i64, percent: i64, cap: i64, threshold: i64) -> CouponWorth {
    let some = |value: i64| (value > 0).then_some(value);
    CouponWorth {
        kind,
        off: some(off).map(Fen),
        percent_off: some(percent),
        cap: some(cap).map(Fen),
        threshold: Fen(threshold),
    }
}

fn offered(voucher: i64, worth: CouponWorth, combines: bool) -> Offered {
    let bearing = Bearing { bearer: DiscountBearer::Platform, platform_permille: 1_000 };
    let until = Timestamp::from_ms(100 - voucher);
    Offered { voucher, coupon: 7, name: "券".to_owned(), worth, bearing, combines, until, chosen: false }
}

fn activity(fee: PriceFee, percent_off: Option<i64>, off_price_e5: Option<i64>, combines: bool) -> Activity {
    let cut = if percent_off.is_some() { PriceCut::Percent } else { PriceCut::Amount };
    let off = PriceOff { cut, percent_off, off_price_e5 };
    let name = "活动".to_owned();
    Activity { id: 5, name, fee, off, bearing: Bearing::OPERATOR, combines, cap: None, left: None }
}

/// Each kind of coupon alone: kind, off, per cent, cap, threshold → what it takes off 7.00 + 4.00.
#[test]
fn a_coupon_takes_off_what_its_kind_says_and_never_more_than_there_is() {
    use CouponKind::*;
    for (kind, off, percent, cap, threshold, expected) in [
        (Amount, 500, 0, 0, 1_100, 500),
        (Amount, 500, 0, 0, 1_101, 0),
        (Amount, 5_000, 0, 0, 0, 1_100),
        (Percent, 0, 15, 10_000, 0, 165),
        (Percent, 0, 15, 100, 0, 100),
        (Percent, 0, 99, 10_000, 0, 1_089),
        (Service, 300, 0, 0, 0, 300),
        (Service, 900, 0, 0, 0, 400),
        (ServicePercent, 0, 50, 10_000, 0, 200),
        (ServicePercent, 0, 50, 150, 0, 150),
        (PerKwh, 5, 0, 1_000, 0, 50),
        (PerKwh, 5, 0, 30, 0, 30),
        (PerKwh, 900, 0, 100_000, 0, 1_100),
    ] {
        let one = worth(kind, off, percent, cap, threshold);
        let offers = Offers { vouchers: vec![offered(1, one, false)], ..Offers::default() };
        assert_eq!(sum(&offers.lines(&bill())).0, expected, "{one:?}");
    }
}

#[test]
fn an_activity_takes_off_by_price_and_rounds_once() {
    use PriceFee::*;
    for (one, expected) in [
        (activity(Service, Some(20), None, false), 80),
        (activity(Service, Some(100), None, false), 400),
        (activity(Electricity, Some(10), None, false), 70),
        (activity(Service, None, Some(5_000), false), 50),
        (activity(Service, None, Some(50_000), false), 400),
        (activity(Electricity, None, Some(1), false), 0),
        (activity(Electricity, None, Some(50), false), 1),
    ] {
        let told = format!("{one:?}");
        let offers = Offers { activities: vec![one], ..Offers::default() };
        assert_eq!(sum(&offers.lines(&bill())).0, expected, "{told}");
    }
}

/// What is there, and the lines that come of it.
#[test]
fn what_does_not_go_together_gives_way_to_the_better() {
    use CouponKind::{Amount, Service};
    let coupon = |off: i64, combines: bool| offered(1, worth(Amount, off, 0, 0, 0), combines);
    let member = Some((3, 100));
    let told = |offers: &Offers| -> Vec<(&'static str, i64)> {
        offers.lines(&bill()).iter().map(|line| (line.kind.as_str(), line.amount.0)).collect()
    };
    let of = |activities: Vec<Activity>, vouchers: Vec<Offered>| Offers { member, activities, vouchers };
    let cheap = |combines| activity(PriceFee::Service, Some(20), None, combines);
    assert_eq!(told(&of(vec![], vec![])), [("member", 40)]);
    assert_eq!(told(&of(vec![cheap(false)], vec![])), [("activity", 80)]);
    assert_eq!(told(&of(vec![cheap(true)], vec![])), [("member", 40), ("activity", 80)]);
    assert_eq!(told(&of(vec![], vec![coupon(30, false)])), [("member", 40)], "the coupon is kept");
    assert_eq!(told(&of(vec![], vec![coupon(40, false)])), [("member", 40)], "of a tie what was there");
    assert_eq!(told(&of(vec![], vec![coupon(50, false)])), [("coupon", 50)]);
    assert_eq!(
        told(&of(vec![cheap(true)], vec![coupon(30, true)])),
        [("member", 40), ("activity", 80), ("coupon", 30)]
    );
    // What is left of the service fee after 40 + 80 is 280.
    let all = offered(2, worth(Service, 900, 0, 0, 0), true);
    assert_eq!(told(&of(vec![cheap(true)], vec![all])), [("member", 40), ("activity", 80), ("coupon", 280)]);
    let whole = coupon(90_000, true);
    assert_eq!(sum(&of(vec![cheap(true)], vec![whole]).lines(&bill())), Fen(1_100), "never below zero");
    let mut chosen = coupon(10, false);
    chosen.chosen = true;
    assert_eq!(told(&of(vec![cheap(true)], vec![coupon(500, false), chosen])), [("coupon", 10)]);
}

#[test]
fn of_equal_coupons_the_one_that_is_over_first_is_used() {
    let one = worth(CouponKind::Amount, 100, 0, 0, 0);
    let vouchers = vec![offered(1, one, false), offered(2, one, false)];
    let offers = Offers { vouchers, ..Offers::default() };
    assert_eq!(offers.lines(&bill())[0].voucher, Some(2));
    assert_eq!(offers.without(2).lines(&bill())[0].voucher, Some(1));
}

#[test]
fn a_shared_line_is_cut_without_a_fen_lost() {
    for (amount, platform_permille, platform) in
        [(100, 300, 30), (101, 500, 51), (1, 500, 1), (1, 499, 0), (7, 0, 0), (7, 1_000, 7)]
    {
        let bearing = Bearing { bearer: DiscountBearer::Shared, platform_permille };
        assert_eq!(bearing.platform(Fen(amount)), Fen(platform), "{amount} {platform_permille}");
    }
}

#[test]
fn an_activity_keeps_to_its_cap_and_its_budget() {
    let half = activity(PriceFee::Service, Some(50), None, false);
    for (cap, left, expected) in [
        (None, None, 200),
        (Some(200), None, 200),
        (Some(199), None, 199),
        (None, Some(1), 1),
        (Some(50), Some(60), 50),
        (Some(60), Some(50), 50),
        (None, Some(0), 0),
        (None, Some(-5), 0),
    ] {
        let one = Activity { cap: cap.map(Fen), left: left.map(Fen), ..half.clone() };
        let offers = Offers { activities: vec![one], ..Offers::default() };
        assert_eq!(sum(&offers.lines(&bill())), Fen(expected), "{cap:?} {left:?}");
    }
    let offers = Offers { activities: vec![half], ..Offers::default() };
    assert_eq!(offers.without_activity(5).lines(&bill()), []);
}

fn any_bill() -> impl Strategy<Value = Bill> {
    (0i64..500_000, 0i64..300_000, 0i64..300_000).prop_map(|(dwh, electricity_price, service_price)| {
        let energy = Energy::from_dwh(dwh);
        let (electricity, service) = (Price(electricity_price).of(energy), Price(service_price).of(energy));
        let mut bill = bill();
        let segment = &mut bill.segments[0];
        (segment.energy, segment.electricity, segment.service) = (energy, electricity, service);
        (segment.electricity_price, segment.service_price) = (Price(electricity_price), Price(service_price));
        bill.energy = energy;
        (bill.electricity, bill.service) = (electricity.to_fen(), service.to_fen());
        bill.total = bill.electricity + bill.service;
        bill
    })
}

fn any_bearing() -> impl Strategy<Value = Bearing> {
    (0usize..3, -5i64..1_100).prop_map(|(bearer, platform_permille)| Bearing {
        bearer: DiscountBearer::ALL[bearer],
        platform_permille,
    })
}

fn any_activity() -> impl Strategy<Value = Activity> {
    let bounds = (prop::option::of(0i64..3_000), prop::option::of(-10i64..3_000));
    (any::<bool>(), any::<bool>(), 1i64..=100, 1i64..=200_000, any_bearing(), any::<bool>(), bounds, 1i64..9)
        .prop_map(|(service, percent, share, price, bearing, combines, (cap, left), id)| {
            let fee = if service { PriceFee::Service } else { PriceFee::Electricity };
            let one = if percent {
                activity(fee, Some(share), None, combines)
            } else {
                activity(fee, None, Some(price), combines)
            };
            Activity { id, bearing, cap: cap.map(Fen), left: left.map(Fen), ..one }
        })
}

fn any_voucher() -> impl Strategy<Value = Offered> {
    let figures = (0usize..5, 0i64..5_000, 1i64..=99, 0i64..5_000, 0i64..5_000);
    (figures, any::<bool>(), any::<bool>(), any_bearing(), 1i64..90).prop_map(
        |((kind, off, percent, cap, threshold), combines, chosen, bearing, voucher)| {
            let worth = worth(CouponKind::ALL[kind], off, percent, cap, threshold);
            Offered { bearing, chosen, ..offered(voucher, worth, combines) }
        },
    )
}

fn any_offers() -> impl Strategy<Value = Offers> {
    let member = prop::option::of((1i64..9, -1i64..1_100));
    let activities = prop::collection::vec(any_activity(), 0..4);
    (member, activities, prop::collection::vec(any_voucher(), 0..5))
        .prop_map(|(member, activities, vouchers)| Offers { member, activities, vouchers })
}

proptest! {
    /// Whatever is offered: nobody is paid for charging, who bears it bears all of it, and what does not go together is
    /// not together.
    #[test]
    fn nothing_is_taken_below_zero_and_no_fen_is_borne_by_nobody(offers in any_offers(), bill in any_bill()) {
        let lines = offers.lines(&bill);
        let off = sum(&lines);
        prop_assert!(off <= bill.total, "{off:?} of {:?}", bill.total);
        for (place, line) in lines.iter().enumerate() {
            prop_assert!(line.amount > Fen(0) && line.platform >= Fen(0) && line.platform <= line.amount, "{line:?}");
            let whole = match line.bearer {
                DiscountBearer::Operator => line.platform == Fen(0),
                DiscountBearer::Platform => line.platform == line.amount,
                DiscountBearer::Shared => true,
            };
            prop_assert!(whole, "{line:?}");
            prop_assert!(lines[..place].iter().all(|before| before.kind != line.kind), "{lines:?}");
            if line.kind == DiscountKind::Activity {
                let fits = |one: &Activity| one.id == line.source
                    && one.cap.is_none_or(|cap| line.amount <= cap) && one.left.is_none_or(|left| line.amount <= left)
                    && (lines[0].kind != DiscountKind::Member || one.combines);
                prop_assert!(offers.activities.iter().any(fits), "{lines:?}");
            }
            if let Some(voucher) = line.voucher {
                prop_assert_eq!(place + 1, lines.len(), "a coupon comes last");
                let alone = |one: &Offered| one.voucher == voucher && (one.combines || lines.len() == 1);
                prop_assert!(offers.vouchers.iter().any(alone), "{lines:?}");
            }
        }
        // Without a choice it is the most that could be taken off: no single reason alone is better.
        if offers.vouchers.iter().all(|one| !one.chosen) {
            for one in &offers.vouchers {
                prop_assert!(coupon_off(&one.worth, &bill, after(&bill, &[])) <= off);
            }
            prop_assert!(sum(&offers.member_lines(&bill)) <= off);
        }
    }

    /// However it is given back in pieces, the platform gets back as much as it has borne, and never more.
    #[test]
    fn all_of_the_platforms_part_comes_back_with_all_of_the_money(platform in 0i64..100_000, pieces in prop::collection::vec(1i64..9_000, 1..9)) {
        let paid: i64 = pieces.iter().sum();
        let (mut back, mut before) = (0, Fen(0));
        for piece in pieces {
            back += piece;
            let now = crate::discount::platform_back(Fen(platform), Fen(back), Fen(paid));
            prop_assert!(now >= before && now <= Fen(platform));
            before = now;
        }
        prop_assert_eq!(before, Fen(platform));
    }
}
