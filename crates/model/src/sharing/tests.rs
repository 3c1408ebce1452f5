use super::*;
use std::collections::BTreeMap;

fn terms(basis: SharingBasis, rate: i64) -> Terms {
    Terms { basis, rate, deduction: SharingDeduction::None, fee_rate: 0, cost_price: 0 }
}

fn rule(id: i64, station: Option<i64>, terms: Terms, from_day: i64, to_day: Option<i64>) -> Rule {
    Rule { id, station, payee: id, terms, from_day, to_day }
}

fn earned(energy_dwh: i64, electricity_fen: i64, service_fen: i64) -> Earned {
    Earned { order_count: 1, energy_dwh, electricity_fen, service_fen }
}

fn one_day(rules: &[Rule], of: Earned) -> Vec<i64> {
    let days = BTreeMap::from([(20_261_101, of)]);
    divide(rules, 1, (20_261_101, 20_261_101), &days).iter().map(|part| part.share_fen).collect()
}

#[test]
fn periods_are_days_weeks_from_monday_and_months() {
    for (cycle, day, expected) in [
        (SharingCycle::Day, 20_261_126, Some((20_261_126, 20_261_126))),
        (SharingCycle::Week, 20_261_126, Some((20_261_123, 20_261_129))),
        (SharingCycle::Week, 20_261_123, Some((20_261_123, 20_261_129))),
        (SharingCycle::Week, 20_261_129, Some((20_261_123, 20_261_129))),
        (SharingCycle::Week, 20_270_101, Some((20_261_228, 20_270_103))),
        (SharingCycle::Month, 20_280_215, Some((20_280_201, 20_280_229))),
        (SharingCycle::Month, 20_261_231, Some((20_261_201, 20_261_231))),
        (SharingCycle::Month, 20_261_131, None),
        (SharingCycle::Day, 0, None),
    ] {
        assert_eq!(period_of(cycle, day), expected, "{cycle:?} {day}");
    }
    assert_eq!(day_after(20_261_231), Some(20_270_101));
    assert_eq!(days_before(20_270_101, 1), Some(20_261_231));
}

/// basis, rate, deduction, fee, cost → which field is wrong
#[test]
fn what_cannot_be_divided_by_is_refused_at_its_field() {
    use SharingBasis::*;
    use SharingDeduction::{Cost, Fee, FeeThenCost, None as Nothing};
    for (basis, rate, deduction, fee_rate, cost_price, field) in [
        (Service, 1, Nothing, 0, 0, None),
        (Service, 10_000, Fee, 60, 0, None),
        (Service, 0, Nothing, 0, 0, Some("rate")),
        (Service, 10_001, Nothing, 0, 0, Some("rate")),
        (Service, 100, Cost, 0, 50_000, Some("deduction")),
        (Service, 100, Fee, 0, 0, Some("fee_rate")),
        (Service, 100, Fee, 1_001, 0, Some("fee_rate")),
        (Service, 100, Nothing, 60, 0, Some("fee_rate")),
        (Margin, 100, Nothing, 0, 0, Some("deduction")),
        (Margin, 100, Cost, 0, 0, Some("cost_price")),
        (Margin, 100, FeeThenCost, 60, 1_000_000, None),
        (Margin, 100, FeeThenCost, 60, 1_000_001, Some("cost_price")),
        (Total, 100, Nothing, 0, 1, Some("cost_price")),
        (Energy, 100_000, Nothing, 0, 0, None),
        (Energy, 100_001, Nothing, 0, 0, Some("rate")),
        (Energy, 100, Fee, 60, 0, Some("deduction")),
        (Fixed, 100_000_000, Nothing, 0, 0, None),
        (Fixed, 100_000_001, Nothing, 0, 0, Some("rate")),
        (Fixed, -1, Nothing, 0, 0, Some("rate")),
    ] {
        let told = Terms { basis, rate, deduction, fee_rate, cost_price }.checked();
        assert_eq!(told.err().and_then(|error| error.field), field.map(Into::into), "{basis:?} {rate}");
    }
}

/// What may be given away of one basis is what the others leave, on each day.
#[test]
fn more_than_all_is_not_given_away() {
    use SharingBasis::{Energy, Margin, Service, Total};
    let new = |basis, rate| rule(9, Some(1), terms(basis, rate), 20_260_701, None);
    let others = [
        rule(1, Some(1), terms(Service, 6_000), 20_260_101, Some(20_260_630)),
        rule(2, Some(1), terms(Service, 3_000), 20_260_601, None),
        rule(3, Some(1), terms(Total, 2_000), 20_260_801, None),
        rule(4, None, terms(Service, 10_000), 20_260_101, None),
        rule(5, Some(1), terms(Energy, 90_000), 20_260_101, None),
    ];
    for (basis, rate, expected) in [
        (Service, 5_000, None),
        (Service, 5_001, Some((20_260_801, 5_000))),
        (Service, 7_001, Some((20_260_701, 7_000))),
        (Margin, 8_000, None),
        (Margin, 8_001, Some((20_260_801, 8_000))),
        (Total, 5_000, None),
        (Total, 5_001, Some((20_260_801, 5_000))),
        (Energy, 99_999, None),
    ] {
        assert_eq!(overfull(&new(basis, rate), &others), expected, "{basis:?} {rate}");
    }
    let early = rule(9, Some(1), terms(Service, 1_001), 20_260_615, Some(20_260_620));
    assert_eq!(overfull(&early, &others), Some((20_260_615, 1_000)));
}

/// energy (0.1 Wh), electricity, service → what one rule gets
#[test]
fn a_part_is_what_was_agreed() {
    use SharingBasis::*;
    use SharingDeduction::{Cost, CostThenFee, Fee, FeeThenCost, None as Nothing};
    for (basis, rate, deduction, fee_rate, cost_price, of, expected) in [
        (Service, 3_000, Nothing, 0, 0, (100_000, 1_000, 500), 150),
        (Service, 3_000, Fee, 60, 0, (100_000, 1_000, 500), 149),
        (Total, 1_000, Nothing, 0, 0, (100_000, 1_000, 500), 150),
        // 10 kWh at 0.6 yuan have cost 6 yuan.
        (Margin, 5_000, Cost, 0, 60_000, (100_000, 1_000, 500), 200),
        (Margin, 5_000, Cost, 0, 120_000, (100_000, 1_000, 500), 0),
        (Total, 10_000, FeeThenCost, 100, 60_000, (100_000, 1_000, 500), 885),
        (Total, 10_000, CostThenFee, 100, 60_000, (100_000, 1_000, 500), 891),
        // 0.035 yuan a kWh of 10 kWh; half a fen goes up.
        (Energy, 350, Nothing, 0, 0, (100_000, 1_000, 500), 35),
        (Energy, 350, Nothing, 0, 0, (10_000, 1_000, 500), 4),
        (Fixed, 30_000, Nothing, 0, 0, (0, 0, 0), 30_000),
        (Service, 10_000, Nothing, 0, 0, (0, 0, 0), 0),
    ] {
        let terms = Terms { basis, rate, deduction, fee_rate, cost_price };
        let of = earned(of.0, of.1, of.2);
        assert_eq!(
            one_day(&[rule(1, None, terms, 20_260_101, None)], of),
            [expected],
            "{basis:?} {deduction:?}"
        );
    }
}

#[test]
fn the_last_fen_goes_to_whoever_was_cut_most_and_to_the_operator_where_that_is_equal() {
    let of = |rates: &[i64], service| {
        let rules: Vec<Rule> = (1..)
            .zip(rates)
            .map(|(id, rate)| rule(id, None, terms(SharingBasis::Service, *rate), 20_260_101, None))
            .collect();
        one_day(&rules, earned(0, 0, service))
    };
    assert_eq!(of(&[5_000], 1), [0]);
    assert_eq!(of(&[5_001], 1), [1]);
    assert_eq!(of(&[3_333, 3_333, 3_334], 100), [33, 33, 34]);
    assert_eq!(of(&[3_333, 3_333, 3_334], 1), [0, 0, 1]);
    assert_eq!(of(&[2_500, 2_500], 2), [1, 0]);
    assert_eq!(of(&[2_500, 2_500, 2_500, 2_500], 2), [1, 1, 0, 0]);
}

#[test]
fn a_stations_own_rules_go_before_the_operators_and_history_counts_by_day() {
    use SharingBasis::{Fixed, Service};
    let rules = [
        rule(1, None, terms(Service, 1_000), 20_260_101, None),
        rule(2, Some(1), terms(Service, 5_000), 20_261_111, Some(20_261_120)),
        rule(3, Some(1), terms(Fixed, 30_000), 20_261_111, Some(20_261_120)),
    ];
    let days: BTreeMap<i64, Earned> =
        (20_261_101..=20_261_130).map(|day| (day, earned(10_000, 100, 1_000))).collect();
    let parts = divide(&rules, 1, (20_261_101, 20_261_130), &days);
    let told: Vec<_> = parts.iter().map(|one| (one.rule, one.from_day, one.to_day, one.share_fen)).collect();
    assert_eq!(
        told,
        [
            (1, 20_261_101, 20_261_130, 2_000),
            (2, 20_261_111, 20_261_120, 5_000),
            (3, 20_261_111, 20_261_120, 10_000)
        ]
    );
    let other = divide(&rules, 2, (20_261_101, 20_261_130), &days);
    assert_eq!(other.iter().map(|one| one.share_fen).collect::<Vec<_>>(), [3_000]);
}

/// Whatever the rules and whatever was earned: within each basis the parts and the operator's add up exactly, nobody
/// gets less than nothing, and what is earned in parts divides as the sum does.
#[test]
fn random_rules_and_orders_always_add_up() {
    let mut seed = 20_261_126_u64;
    let mut random = |most: i64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(seed >> 33).unwrap_or(0) % (most + 1)
    };
    let (first, last) = (20_261_101, 20_261_130);
    for _ in 0..3_000 {
        let mut rules: Vec<Rule> = Vec::new();
        for id in 1..=random(7) {
            let basis = SharingBasis::ALL[usize::try_from(random(4)).unwrap()];
            let deduction = SharingDeduction::ALL[usize::try_from(random(4)).unwrap()];
            let rate = 1 + random(if basis == SharingBasis::Fixed { 5_000 } else { 4_000 });
            let mut made = Terms { basis, rate, deduction, fee_rate: 0, cost_price: 0 };
            made.fee_rate = if made.takes_fee() { 1 + random(99) } else { 0 };
            made.cost_price = if made.takes_cost() { 1 + random(99_999) } else { 0 };
            let from_day = first + random(20);
            let to_day = (random(1) == 0).then(|| from_day + random(last - from_day));
            let station = (basis == SharingBasis::Fixed || random(1) == 0).then_some(1);
            let new = rule(id, station, made, from_day, to_day);
            if made.checked().is_ok() && overfull(&new, &rules).is_none() {
                rules.push(new);
            }
        }
        let mut days: BTreeMap<i64, Earned> = BTreeMap::new();
        for _ in 0..random(60) {
            let order = earned(random(600_000), random(9_000), random(6_000));
            days.entry(first + random(29)).or_default().add(&order);
        }
        let mut all = Earned::default();
        days.values().for_each(|one| all.add(one));
        let parts = divide(&rules, 1, (first, last), &days);
        let shared: i64 = parts.iter().map(|part| part.share_fen).sum();
        assert_eq!(shared + rest(&all, &parts), all.total_fen());
        for part in &parts {
            assert!(part.share_fen >= 0 && part.basis_fen >= 0, "{part:?}");
            assert!(!part.terms.basis.is_share() || part.share_fen <= part.basis_fen, "{part:?}");
            let held = days.range(part.from_day..=part.to_day).map(|(_, one)| one.total_fen()).sum::<i64>();
            assert!(part.basis_fen <= held, "{part:?}");
        }
        // Of one basis no more is given away than there is, and each part is within one fen of its exact share.
        for day in first..=last {
            let one = BTreeMap::from([(day, days.get(&day).copied().unwrap_or_default())]);
            let shares: Vec<Part> = divide(&rules, 1, (day, day), &one);
            for part in shares.iter().filter(|part| part.terms.basis.is_share()) {
                let exact = i128::from(part.basis_fen) * i128::from(part.terms.rate);
                let off = exact - i128::from(part.share_fen) * i128::from(TERMS);
                assert!(off.abs() < i128::from(TERMS), "{part:?}");
            }
            let service: i64 = shares
                .iter()
                .filter(|part| part.terms.basis == SharingBasis::Service)
                .map(|part| part.share_fen)
                .sum();
            // Groups with deductions of their own are rounded each by itself.
            let most = days.get(&day).map_or(0, |one| one.service_fen);
            assert!(service <= most + i64::try_from(shares.len()).unwrap());
        }
    }
}

#[test]
fn an_account_shows_its_last_four_digits() {
    assert_eq!(account_masked("6222 0202 0001 2345"), "**** 2345");
    assert_eq!(account_masked("12345678"), "****");
    assert!(account_checked("6222 0202 0001 2345").is_ok_and(|one| one == "6222020200012345"));
    for bad in ["", "12345", "账号123456", "1234567890123456789012345678901234567890 1"] {
        assert_eq!(account_checked(bad).unwrap_err().field.unwrap(), "account_no", "{bad}");
    }
}

#[test]
fn what_is_paid_is_what_is_due_and_has_a_reference() {
    use crate::money::Fen;
    assert!(amount_checked(Fen(1_205), 1_205).is_ok());
    for wrong in [1_204, 1_206, 0, -1_205] {
        assert_eq!(amount_checked(Fen(1_205), wrong).unwrap_err().field.unwrap(), "amount_fen");
    }
    assert!(reference_checked("  HD20261126001 ").is_ok_and(|text| text == "HD20261126001"));
    for bad in ["", "123", "a\nbcde", &"长".repeat(65)] {
        assert!(reference_checked(bad).is_err());
    }
}
