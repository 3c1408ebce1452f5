use super::*;

fn paid(gift: i64, principal: i64, owed: i64) -> Paid {
    Paid { principal: Fen(principal), gift: Fen(gift), owed: Fen(owed) }
}

#[test]
fn an_account_is_its_owner_and_its_kind() {
    for (id, kind, owner) in [
        (AccountId::principal(CustomerId(7)), AccountKind::Principal, 7),
        (AccountId::gift(CustomerId(7)), AccountKind::Gift, 7),
        (AccountId::receivable(CustomerId(1)), AccountKind::Receivable, 1),
        (AccountId::fleet(FleetId(3)), AccountKind::Fleet, 3),
        (AccountId::revenue(OperatorId(2)), AccountKind::Revenue, 2),
        (AccountId::discount(OperatorId(3)), AccountKind::Discount, 3),
        (AccountId::payee(4), AccountKind::PayeePayable, 4),
        (AccountId::shared(OperatorId(5)), AccountKind::SharedRevenue, 5),
        (AccountId::paid_out(OperatorId(6)), AccountKind::PaidOut, 6),
        (AccountId::by_hand(), AccountKind::Channel, 0),
        (AccountId::channel_fee(5), AccountKind::ChannelFee, 5),
        (AccountId::withheld(5), AccountKind::Withheld, 5),
        (AccountId::promotion(), AccountKind::Promotion, 0),
        (AccountId::platform_discount(), AccountKind::PlatformDiscount, 0),
        (AccountId::write_off(), AccountKind::WriteOff, 0),
    ] {
        assert_eq!((id.kind(), id.owner()), (kind, owner));
        assert_eq!(AccountId::parse(id.number()), Some(id));
    }
    for bad in [0, -1, 31, 32, i64::MIN] {
        assert_eq!(AccountId::parse(bad), None, "{bad}");
    }
}

/// total, most, principal, gift, gift first → gift, principal, owed
#[test]
fn what_a_purse_pays() {
    for (total, most, principal, gift, gift_first, pays) in [
        (0, 100, 100, 100, true, paid(0, 0, 0)),
        (30, 100, 100, 0, true, paid(0, 30, 0)),
        (30, 100, 100, 20, true, paid(20, 10, 0)),
        (30, 100, 100, 20, false, paid(0, 30, 0)),
        (130, 120, 100, 20, false, paid(20, 100, 10)),
        (30, 10, 100, 20, true, paid(10, 0, 20)),
        (30, 0, 100, 20, true, paid(0, 0, 30)),
        (30, -5, 100, 20, true, paid(0, 0, 30)),
        (30, 30, -10, 0, true, paid(0, 0, 30)),
        (1, 1, 0, 1, true, paid(1, 0, 0)),
    ] {
        let funds = Funds { principal: Fen(principal), gift: Fen(gift) };
        assert_eq!(pay(Fen(total), Fen(most), funds, gift_first), pays, "{total} of {funds:?}");
    }
}

#[test]
fn a_bill_is_posted_in_parts_that_add_up() {
    let (gift, principal) = (AccountId::gift(CustomerId(1)), AccountId::principal(CustomerId(1)));
    let leg = |code, from, fen| Leg { code, from, fen: Fen(fen) };
    use PostingCode::{Electricity, Service};
    for (electricity, service, sources, expected) in [
        (0, 0, vec![(principal, Fen(0))], vec![]),
        (
            100,
            40,
            vec![(principal, Fen(140))],
            vec![leg(Electricity, principal, 100), leg(Service, principal, 40)],
        ),
        (
            100,
            40,
            vec![(gift, Fen(30)), (principal, Fen(110))],
            vec![leg(Electricity, gift, 30), leg(Electricity, principal, 70), leg(Service, principal, 40)],
        ),
        (
            100,
            40,
            vec![(gift, Fen(120)), (principal, Fen(20))],
            vec![leg(Electricity, gift, 100), leg(Service, gift, 20), leg(Service, principal, 20)],
        ),
        (0, 40, vec![(gift, Fen(40))], vec![leg(Service, gift, 40)]),
    ] {
        assert_eq!(legs(Fen(electricity), Fen(service), &sources), expected);
    }
}

#[test]
fn a_refund_goes_back_the_way_the_money_came() {
    for (refund, from, expected) in [
        (5, paid(10, 10, 10), paid(0, 0, 5)),
        (15, paid(10, 10, 10), paid(0, 5, 10)),
        (25, paid(10, 10, 10), paid(5, 10, 10)),
        (30, paid(10, 10, 10), paid(10, 10, 10)),
        (8, paid(10, 0, 0), paid(8, 0, 0)),
        (0, paid(10, 0, 0), paid(0, 0, 0)),
    ] {
        assert_eq!(give_back(Fen(refund), from), expected, "{refund}");
    }
}

/// Whatever a purse holds, what is paid adds up, nothing goes below zero, and no more than allowed is taken.
#[test]
fn no_fen_is_lost_or_made() {
    let mut seed = 20_261_126_u64;
    let mut random = |most: i64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(seed >> 33).unwrap_or(0) % (most + 1)
    };
    let customer = CustomerId(9);
    for _ in 0..20_000 {
        let funds = Funds { principal: Fen(random(3_000)), gift: Fen(random(900)) };
        let (electricity, service, most) = (Fen(random(3_000)), Fen(random(1_500)), Fen(random(4_500)));
        let total = electricity + service;
        let paid = pay(total, most, funds, random(1) == 0);
        assert_eq!(paid.total(), total);
        assert!(paid.gift <= funds.gift && paid.principal <= funds.principal && paid.owed.0 >= 0);
        assert!((paid.gift + paid.principal).0 <= most.0);
        let sources = [
            (AccountId::gift(customer), paid.gift),
            (AccountId::principal(customer), paid.principal),
            (AccountId::receivable(customer), paid.owed),
        ];
        let legs = legs(electricity, service, &sources);
        for code in [PostingCode::Electricity, PostingCode::Service] {
            let sum: Fen = legs.iter().filter(|leg| leg.code == code).map(|leg| leg.fen).sum();
            assert_eq!(sum, if code == PostingCode::Service { service } else { electricity });
        }
        for (from, fen) in sources {
            assert_eq!(legs.iter().filter(|leg| leg.from == from).map(|leg| leg.fen).sum::<Fen>(), fen);
        }
        assert!(legs.iter().all(|leg| leg.fen.0 > 0));
        let refund = Fen(random(total.0));
        let back = give_back(refund, paid);
        assert_eq!(back.total(), refund);
        assert!(back.gift <= paid.gift && back.principal <= paid.principal && back.owed <= paid.owed);
    }
}
