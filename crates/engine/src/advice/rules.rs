//! What is advised, and from which figures. Each rule is a function of figures alone.

use model::advice::{AdviceBasis, AdviceExpected, AdviceFact, AdviceFigure, AdviceKind};
use model::time::{DAY_MS, HOUR_MS, Timestamp};
use store::advice_figures::{CustomerFigures, DaySum, InspectionFigures, PileFigures, StationFigures};

/// Something that might be done.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    pub kind: AdviceKind,
    /// What it is about: the same every night.
    pub subject: String,
    pub operator: Option<i64>,
    pub station: Option<i64>,
    pub pile: Option<i64>,
    pub facts: Vec<AdviceFact>,
    pub expected: Option<AdviceExpected>,
}

/// A station must have sold something on so many of the days that are looked at.
pub const SOLD_DAYS_MIN: i64 = 14;
/// A price is lowered by this much where few come, and raised by this where nearly all is taken.
const DOWN_PERMILLE: i64 = -100;
const UP_PERMILLE: i64 = 50;
/// Without a change of price of its own: where few come a lower price brings some, where all is taken hardly any are lost.
const RULE_DOWN: f64 = -1.5;
const RULE_UP: f64 = -0.5;
/// A change of price that is smaller says nothing.
const PRICE_STEP: f64 = 0.03;
/// Days on each side of a change of price, and of them those that sold something.
const SIDE_DAYS: usize = 14;
const SIDE_SOLD_MIN: usize = 10;
const FAILED_MIN: i64 = 5;
const FAILED_SHARE_PERMILLE: i64 = 200;
const FULL_PERMILLE: i64 = 200;
const BUSY_PERMILLE: i64 = 500;
const SLEEPING_MIN: i64 = 20;

fn fact(figure: AdviceFigure, value: i64) -> AdviceFact {
    AdviceFact { figure, value }
}

/// What a change of price of the station's own has done: per cent of energy for a per cent of price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Elasticity {
    pub value: f64,
    pub day: i64,
    pub before_e5: i64,
    pub after_e5: i64,
}

/// The largest step of the mean price between two fortnights, and what the energy did with it.
pub fn elasticity(days: &[DaySum]) -> Option<Elasticity> {
    let side = |days: &[DaySum]| {
        let sold: Vec<&DaySum> = days.iter().filter(|day| day.energy_dwh > 0).collect();
        let energy: i64 = sold.iter().map(|day| day.energy_dwh).sum();
        let fen: i64 = sold.iter().map(|day| day.total_fen).sum();
        // Fen of 0.1 Wh are 10⁷ times 0.00001 yuan of a kWh.
        let price = fen as f64 * 1e7 / energy as f64;
        (sold.len() >= SIDE_SOLD_MIN && price > 0.0).then(|| (energy as f64 / sold.len() as f64, price))
    };
    let mut best: Option<(f64, Elasticity)> = None;
    for at in SIDE_DAYS..days.len().saturating_sub(SIDE_DAYS - 1) {
        let (Some(before), Some(after)) = (side(&days[at - SIDE_DAYS..at]), side(&days[at..at + SIDE_DAYS]))
        else {
            continue;
        };
        let step = (after.1 / before.1).ln();
        if step.abs() < PRICE_STEP || best.as_ref().is_some_and(|(known, _)| step.abs() <= *known) {
            continue;
        }
        let value = ((after.0 / before.0).ln() / step).clamp(-3.0, 0.0);
        let found = Elasticity {
            value,
            day: days[at].day,
            before_e5: before.1.round() as i64,
            after_e5: after.1.round() as i64,
        };
        best = Some((step.abs(), found));
    }
    best.map(|(_, found)| found)
}

/// Energy of an hour of what the piles could have given in it on those days, in permille.
fn utilisation(energy_dwh: i64, rated_w: i64, hours: i64) -> i64 {
    // 0.1 Wh of watts times hours.
    if rated_w > 0 && hours > 0 { energy_dwh * 100 / (rated_w * hours) } else { 0 }
}

/// The longest run of hours of which something holds.
fn longest(hours: &[i64; 24], holds: impl Fn(i64) -> bool) -> Option<(usize, usize)> {
    let mut best = None;
    let mut from = 0;
    for at in 0..=hours.len() {
        if !hours.get(at).is_some_and(|hour| holds(*hour)) {
            if at > from && best.is_none_or(|(a, b)| at - from > b - a) {
                best = Some((from, at));
            }
            from = at + 1;
        }
    }
    best
}

/// Prices by period: less where few come, more where nearly all is taken.
pub fn prices(one: &StationFigures, days: &[DaySum], day_count: i64) -> Vec<Wanted> {
    let sold = one.hours.iter().map(|hour| hour.0).sum::<i64>();
    if one.sold_days < SOLD_DAYS_MIN || one.rated_power_w <= 0 || sold <= 0 {
        return Vec::new();
    }
    let hours: [i64; 24] = std::array::from_fn(|h| utilisation(one.hours[h].0, one.rated_power_w, day_count));
    let mean = utilisation(sold, one.rated_power_w, day_count * 24);
    let own = elasticity(days);
    let mut all = Vec::new();
    // What would bring less than it brings now is no advice.
    let pays = |one: &Wanted| one.expected.is_some_and(|expected| expected.total_fen > 0);
    if let Some((from, to)) =
        longest(&hours, |hour| hour * 2 < mean).filter(|(from, to)| mean >= 20 && to - from >= 3)
    {
        all.push(price(one, (from, to), (&hours, mean), (DOWN_PERMILLE, own), day_count));
    }
    let high = (mean * 3 / 2).max(500);
    if let Some((from, to)) = longest(&hours, |hour| hour > high).filter(|(from, to)| to - from >= 2) {
        all.push(price(one, (from, to), (&hours, mean), (UP_PERMILLE, own), day_count));
    }
    all.retain(pays);
    all
}

fn price(
    one: &StationFigures,
    (from, to): (usize, usize),
    (hours, mean): (&[i64; 24], i64),
    (change, own): (i64, Option<Elasticity>),
    day_count: i64,
) -> Wanted {
    let within = &one.hours[from..to];
    let energy: i64 = within.iter().map(|hour| hour.0).sum();
    let fen: i64 = within.iter().map(|hour| hour.1).sum();
    let energy_day = energy / day_count.max(1);
    let count = i64::try_from(to - from).unwrap_or(1);
    let share = hours[from..to].iter().sum::<i64>() / count.max(1);
    let e = own.map_or(if change < 0 { RULE_DOWN } else { RULE_UP }, |own| own.value);
    let step = change as f64 / 1_000.0;
    let more = energy as f64 * e * step / day_count.max(1) as f64;
    let brought = fen as f64 / day_count.max(1) as f64;
    let then = brought * (1.0 + step) * (1.0 + e * step);
    let kind = if change < 0 { AdviceKind::PriceDown } else { AdviceKind::PriceUp };
    let hour = |hour: usize| i64::try_from(hour).unwrap_or(0);
    let mut facts = vec![
        fact(AdviceFigure::FromHour, hour(from)),
        fact(AdviceFigure::ToHour, hour(to)),
        fact(AdviceFigure::UtilisationPermille, share),
        fact(AdviceFigure::MeanUtilisationPermille, mean),
        fact(AdviceFigure::EnergyDayDwh, energy_day),
        fact(
            AdviceFigure::PriceE5,
            if energy > 0 { (fen as f64 * 1e7 / energy as f64).round() as i64 } else { 0 },
        ),
        fact(AdviceFigure::ChangePermille, change),
        fact(AdviceFigure::ElasticityMilli, (e * 1_000.0).round() as i64),
        fact(AdviceFigure::DayCount, day_count),
    ];
    if let Some(own) = own {
        facts.extend([
            fact(AdviceFigure::ChangeDay, own.day),
            fact(AdviceFigure::PriceBeforeE5, own.before_e5),
            fact(AdviceFigure::PriceAfterE5, own.after_e5),
        ]);
    }
    let basis = if own.is_some() { AdviceBasis::Own } else { AdviceBasis::Rule };
    Wanted {
        kind,
        subject: format!("{}:station:{}", kind.as_str(), one.station),
        operator: Some(one.operator),
        station: Some(one.station),
        pile: None,
        facts,
        expected: Some(AdviceExpected {
            basis,
            energy_dwh: more.round() as i64,
            total_fen: (then - brought).round() as i64,
        }),
    }
}

/// A pile whose starts fail, or of which an alarm holds for more than a day.
pub fn maintenance(one: &PileFigures, now: Timestamp) -> Option<Wanted> {
    let fails = one.failed_count >= FAILED_MIN
        && one.failed_count * 1_000 >= one.start_count.max(1) * FAILED_SHARE_PERMILLE;
    let oldest = one.oldest_alarm_ms.map(|at| (now.as_ms() - at) / HOUR_MS);
    let alarmed = oldest.is_some_and(|hours| hours >= 24);
    if !fails && !alarmed {
        return None;
    }
    let mut facts = vec![
        fact(AdviceFigure::FailedCount, one.failed_count),
        fact(AdviceFigure::StartCount, one.start_count),
        fact(AdviceFigure::DayCount, store::advice_figures::PILE_DAYS),
        fact(AdviceFigure::AlarmCount, one.alarm_count),
    ];
    facts.extend(oldest.map(|hours| fact(AdviceFigure::AlarmHours, hours)));
    Some(Wanted {
        kind: AdviceKind::Maintain,
        subject: format!("maintain:pile:{}", one.pile),
        operator: Some(one.operator),
        station: Some(one.station),
        pile: Some(one.pile),
        facts,
        expected: None,
    })
}

/// Inspections of a station that nobody has finished in time.
pub fn inspection(one: &InspectionFigures, now: Timestamp) -> Wanted {
    let days = (now.as_ms() - one.oldest_due_ms) / DAY_MS;
    Wanted {
        kind: AdviceKind::Maintain,
        subject: format!("maintain:station:{}", one.station),
        operator: Some(one.operator),
        station: Some(one.station),
        pile: None,
        facts: vec![
            fact(AdviceFigure::OverdueCount, one.overdue_count),
            fact(AdviceFigure::OverdueDays, days),
        ],
        expected: None,
    }
}

/// A station at which people wait, or turn away.
pub fn extension(one: &StationFigures, day_count: i64) -> Option<Wanted> {
    let of_day: i64 = one.hours[7..22].iter().map(|hour| hour.0).sum();
    let share = utilisation(of_day, one.rated_power_w, day_count * 15);
    let full = one.full_permille.unwrap_or(0);
    if one.sold_days < SOLD_DAYS_MIN || (full < FULL_PERMILLE && share < BUSY_PERMILLE) {
        return None;
    }
    let mut facts = vec![
        fact(AdviceFigure::UtilisationPermille, share),
        fact(AdviceFigure::ConnectorCount, one.connector_count),
        fact(AdviceFigure::RefusedCount, one.refused_count),
        fact(AdviceFigure::EnergyDayDwh, one.hours.iter().map(|hour| hour.0).sum::<i64>() / day_count.max(1)),
        fact(AdviceFigure::DayCount, day_count),
    ];
    facts.extend(one.full_permille.map(|full| fact(AdviceFigure::FullPermille, full)));
    Some(Wanted {
        kind: AdviceKind::Extend,
        subject: format!("extend:station:{}", one.station),
        operator: Some(one.operator),
        station: Some(one.station),
        pile: None,
        facts,
        expected: None,
    })
}

/// Customers who have stopped coming.
pub fn coupon(one: &CustomerFigures, sleeping_days: i64) -> Option<Wanted> {
    (one.sleeping >= SLEEPING_MIN).then(|| Wanted {
        kind: AdviceKind::Coupon,
        subject: "coupon:customers:sleeping".to_owned(),
        operator: None,
        station: None,
        pile: None,
        facts: vec![
            fact(AdviceFigure::SleepingCount, one.sleeping),
            fact(AdviceFigure::SleepingHighCount, one.sleeping_high),
            fact(AdviceFigure::DayCount, sleeping_days),
        ],
        expected: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(n: i64, energy_kwh: i64, yuan_a_kwh: f64) -> DaySum {
        let energy_dwh = energy_kwh * 10_000;
        DaySum { day: 20_260_101 + n, energy_dwh, total_fen: (energy_kwh as f64 * yuan_a_kwh * 100.0) as i64 }
    }

    fn station(course: impl Fn(usize) -> i64) -> StationFigures {
        StationFigures {
            station: 7,
            operator: 1,
            rated_power_w: 100_000,
            connector_count: 2,
            sold_days: 28,
            hours: std::array::from_fn(|h| (course(h) * 28 * 10_000, course(h) * 28 * 100)),
            refused_count: 3,
            full_permille: None,
        }
    }

    fn value(of: &Wanted, figure: AdviceFigure) -> i64 {
        of.facts.iter().find(|one| one.figure == figure).unwrap().value
    }

    #[test]
    fn r4_2_3_an_own_change_of_price_tells_what_the_next_one_does() {
        let days: Vec<DaySum> =
            (0..40).map(|n| if n < 20 { day(n, 1_000, 1.0) } else { day(n, 1_100, 0.9) }).collect();
        let found = elasticity(&days).unwrap();
        assert_eq!((found.day, found.before_e5, found.after_e5), (20_260_121, 100_000, 90_000));
        assert!((found.value - (1.1f64.ln() / 0.9f64.ln())).abs() < 0.01, "{found:?}");
        // A step of two per cent says nothing, and neither do too few days.
        let small: Vec<DaySum> = (0..40).map(|n| day(n, 1_000, if n < 20 { 1.0 } else { 0.98 })).collect();
        assert_eq!(elasticity(&small), None);
        assert_eq!(elasticity(&days[10..30]), None);
    }

    #[test]
    fn r4_2_3_prices_are_lowered_where_few_come_and_raised_where_all_is_taken() {
        // 100 kW: 60 kWh an hour are 600 permille.
        let one = station(|h| {
            if h < 6 {
                2
            } else if (10..14).contains(&h) {
                70
            } else {
                30
            }
        });
        let all = prices(&one, &[], 28);
        assert_eq!(
            all.iter().map(|w| w.kind).collect::<Vec<_>>(),
            [AdviceKind::PriceDown, AdviceKind::PriceUp]
        );
        let down = &all[0];
        assert_eq!((value(down, AdviceFigure::FromHour), value(down, AdviceFigure::ToHour)), (0, 6));
        assert_eq!(value(down, AdviceFigure::UtilisationPermille), 20);
        let expected = down.expected.unwrap();
        assert_eq!((expected.basis, expected.energy_dwh), (AdviceBasis::Rule, 18_000), "15 % of 12 kWh");
        assert!(expected.total_fen > 0 && all[1].expected.unwrap().total_fen > 0);
        // Where its own last change did nothing, less is not advised, and more is.
        let stiff: Vec<DaySum> = (0..40).map(|n| day(n, 1_000, if n < 20 { 1.0 } else { 0.9 })).collect();
        let own = prices(&one, &stiff, 28);
        assert_eq!(own.iter().map(|w| w.kind).collect::<Vec<_>>(), [AdviceKind::PriceUp]);
        assert_eq!(own[0].expected.unwrap().basis, AdviceBasis::Own);
        assert_eq!(value(&all[1], AdviceFigure::FromHour), 10);
        // An even course, and a station that hardly sells, want nothing.
        assert!(prices(&station(|_| 30), &[], 28).is_empty());
        assert!(prices(&StationFigures { sold_days: 13, ..one }, &[], 28).is_empty());
    }

    #[test]
    fn r4_2_3_piles_that_fail_and_alarms_that_stay_want_somebody() {
        let now = Timestamp::from_ms(100 * HOUR_MS);
        let pile = PileFigures {
            pile: 1,
            station: 7,
            operator: 1,
            failed_count: 0,
            start_count: 50,
            alarm_count: 0,
            oldest_alarm_ms: None,
        };
        for (failed, starts, alarm, wanted) in [
            (5, 25, None, true),
            (5, 26, None, false),
            (4, 4, None, false),
            (0, 50, Some(76 * HOUR_MS), true),
            (0, 50, Some(76 * HOUR_MS + 1), false),
        ] {
            let one =
                PileFigures { failed_count: failed, start_count: starts, oldest_alarm_ms: alarm, ..pile };
            assert_eq!(maintenance(&one, now).is_some(), wanted, "{failed} of {starts}, {alarm:?}");
        }
    }

    #[test]
    fn r4_2_3_full_stations_want_more_and_sleepers_a_coupon() {
        let busy = station(|h| if (7..22).contains(&h) { 50 } else { 0 });
        assert_eq!(value(&extension(&busy, 28).unwrap(), AdviceFigure::UtilisationPermille), 500);
        let calm = station(|_| 10);
        assert!(extension(&calm, 28).is_none());
        assert!(extension(&StationFigures { full_permille: Some(200), ..calm }, 28).is_some());
        assert!(coupon(&CustomerFigures { sleeping: 19, sleeping_high: 19 }, 60).is_none());
        assert!(coupon(&CustomerFigures { sleeping: 20, sleeping_high: 0 }, 60).is_some());
    }
}
