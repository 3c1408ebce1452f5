use super::*;
use crate::money::Price;
use crate::tariff::Rate;
use proptest::prelude::*;

fn table(price: i64) -> Tariff {
    Tariff::uniform(Price(price), Price(0))
}

fn kind(name: &str, season: Option<(i64, i64)>, weekdays: &[i64], dates: &[i64]) -> DayKind {
    let season = season.map(|(from_mmdd, to_mmdd)| Season { from_mmdd, to_mmdd });
    let (weekdays, dates) = (weekdays.to_vec(), dates.to_vec());
    DayKind { name: name.to_owned(), season, weekdays, dates, model_no: 2, table: table(1) }
}

fn calendar(kinds: Vec<DayKind>, workdays: &[i64]) -> TariffCalendar {
    TariffCalendar { base: table(0), kinds, workdays: workdays.to_vec() }
}

fn checked(kinds: Vec<DayKind>) -> Result<TariffCalendar> {
    calendar(kinds, &[]).checked(20_260_101)
}

/// 夏季, 夏季周末, 周末, 节假日, with a worked Saturday in spring and one in summer.
fn city() -> TariffCalendar {
    let kinds = vec![
        kind("夏季", Some((601, 831)), &[], &[]),
        kind("夏季周末", Some((601, 831)), &[7, 6], &[]),
        kind("周末", None, &[6, 7], &[]),
        kind("节假日", None, &[], &[20_261_001, 20_260_217, 20_260_619]),
    ];
    calendar(kinds, &[20_260_704, 20_260_214]).checked(20_260_101).unwrap()
}

#[test]
fn one_order_of_precedence() {
    let city = city();
    let cases = [
        (20_260_213, None, "a Friday"),
        (20_260_214, None, "a Saturday that is worked"),
        (20_260_215, Some("周末"), "a Sunday"),
        (20_260_217, Some("节假日"), "a Tuesday on the list"),
        (20_260_531, Some("周末"), "the last day before the season"),
        (20_260_601, Some("夏季"), "its first day, a Monday"),
        (20_260_606, Some("夏季周末"), "a Saturday within it"),
        (20_260_619, Some("节假日"), "a date within it"),
        (20_260_704, Some("夏季"), "a worked Saturday within it"),
        (20_260_831, Some("夏季"), "its last day"),
        (20_260_901, None, "the day after"),
        (20_270_217, None, "dates do not come again"),
    ];
    for (day, name, why) in cases {
        assert_eq!(city.kind(city.place(day)).map(|kind| kind.name.as_str()), name, "{day}: {why}");
    }
    assert_eq!(city.next_change(20_260_213), Some((20_260_215, 3)));
    assert_eq!(city.next_change(20_260_601), Some((20_260_606, 2)));
    assert_eq!(calendar(Vec::new(), &[]).next_change(20_260_101), None);
}

#[test]
fn seasons_know_february_and_the_turn_of_the_year() {
    let holds = |from_mmdd, to_mmdd, day| Season { from_mmdd, to_mmdd }.holds(day);
    let cases = [
        (1201, 228, 20_261_130, false),
        (1201, 228, 20_261_201, true),
        (1201, 228, 20_261_231, true),
        (1201, 228, 20_270_101, true),
        (1201, 228, 20_280_228, true),
        (1201, 228, 20_280_229, false),
        (1201, 229, 20_280_229, true),
        (1201, 229, 20_270_228, true),
        (1201, 229, 20_270_301, false),
        (229, 331, 20_270_228, false),
        (229, 331, 20_270_301, true),
        (229, 331, 20_280_229, true),
        (229, 229, 20_280_229, true),
        (101, 1231, 20_260_101, true),
        (101, 1231, 20_261_231, true),
        (701, 701, 20_260_701, true),
        (701, 701, 20_260_702, false),
        // All year round, beginning in the middle.
        (701, 630, 20_260_630, true),
        (701, 630, 20_260_701, true),
    ];
    for (from, to, day, expected) in cases {
        assert_eq!(holds(from, to, day), expected, "{from} to {to} on {day}");
    }
    assert_eq!(city().year(2024).len(), 366);
    assert_eq!(city().year(2026).len(), 365);
}

/// The two names and the first day where they meet.
#[test]
fn what_overlaps_on_one_level_is_refused() {
    let told = |one, other| checked(vec![one, other]).unwrap_err().text.zh;
    let cases = [
        (
            kind("甲", None, &[], &[20_260_217]),
            kind("乙", Some((601, 831)), &[], &[20_260_217]),
            "2026-02-17",
        ),
        (kind("甲", None, &[5, 6], &[]), kind("乙", None, &[6], &[20_260_101]), "2026-01-03"),
        (kind("甲", Some((1201, 228)), &[], &[]), kind("乙", Some((228, 331)), &[], &[]), "2026-02-28"),
        (kind("甲", Some((601, 831)), &[6], &[]), kind("乙", Some((831, 930)), &[6, 7], &[]), "2030-08-31"),
        (kind("甲", Some((229, 229)), &[2], &[]), kind("乙", Some((201, 229)), &[2], &[]), "2028-02-29"),
        (kind("甲", Some((229, 229)), &[1], &[]), kind("乙", Some((201, 229)), &[1], &[]), "2044-02-29"),
    ];
    for (one, other, day) in cases {
        let text = told(one, other);
        assert!(text.contains("“甲”与“乙”") && text.contains(day), "{text} should say {day}");
    }
    let worked = calendar(vec![kind("节假日", None, &[], &[20_260_214])], &[20_260_214]).checked(20_260_101);
    assert!(worked.unwrap_err().text.zh.contains("调休上班日"));
    // Neighbours, other levels, and days of the week apart are fine.
    let apart = vec![
        kind("一", Some((101, 228)), &[], &[]),
        kind("二", Some((229, 331)), &[], &[]),
        kind("三", Some((101, 331)), &[1], &[]),
        kind("四", Some((101, 331)), &[2], &[]),
        kind("五", None, &[1, 2], &[]),
        kind("六", None, &[3], &[20_260_101]),
    ];
    checked(apart).unwrap();
}

#[test]
fn what_is_not_a_rule_names_its_field() {
    let field = |kinds| checked(kinds).unwrap_err().field.unwrap().into_owned();
    assert_eq!(field(vec![kind("甲", None, &[], &[])]), "kinds.rule");
    assert_eq!(field(vec![kind("甲", Some((230, 301)), &[], &[])]), "kinds.season");
    assert_eq!(field(vec![kind("甲", Some((0, 301)), &[], &[])]), "kinds.season");
    assert_eq!(field(vec![kind("甲", Some((101, 1301)), &[], &[])]), "kinds.season");
    for weekday in [0, 8, i64::MAX, i64::MIN] {
        assert_eq!(field(vec![kind("甲", None, &[weekday], &[])]), "kinds.weekdays");
    }
    for day in [20_260_229, 20_191_231, 21_000_101, 0, -1, i64::MAX] {
        assert_eq!(field(vec![kind("甲", None, &[], &[day])]), "kinds.dates", "{day}");
        let worked = calendar(Vec::new(), &[day]).checked(20_260_101).unwrap_err();
        assert_eq!(worked.field.unwrap(), "workdays", "{day}");
    }
    assert_eq!(field(vec![kind("甲", None, &[1], &[]), kind("甲", None, &[2], &[])]), "kinds.name");
    let many = |count: i64| (0..count).map(|at| kind(&at.to_string(), Some((101 + at, 101 + at)), &[], &[]));
    assert!(checked(many(8).collect()).is_ok());
    assert_eq!(field(many(9).collect()), "kinds");
    let dates = |count| days_from(20_260_101).take(count).collect::<Vec<i64>>();
    assert!(checked(vec![kind("甲", None, &[], &dates(DATES_MAX))]).is_ok());
    assert_eq!(field(vec![kind("甲", None, &[], &dates(DATES_MAX + 1))]), "kinds.dates");
    // Given twice, a date is one; in any order they are kept in order.
    let kept = checked(vec![kind("甲", None, &[7, 6, 7], &[20_260_103, 20_260_102, 20_260_103])]).unwrap();
    assert_eq!(
        (&kept.kinds[0].weekdays[..], &kept.kinds[0].dates[..]),
        (&[6, 7][..], &[20_260_102, 20_260_103][..])
    );
}

/// The day is that of the station's clock: at its first and last half hour, and where clocks change.
#[test]
fn the_day_is_the_stations() {
    let calendar = checked(vec![kind("周末", None, &[6, 7], &[])]).unwrap();
    let shanghai = Zone::shanghai();
    let place = |zone: &Zone, at: &str| calendar.place_at(zone, Timestamp::parse(at).unwrap());
    assert_eq!(place(&shanghai, "2026-07-17T23:59:59.999+08:00"), 0);
    assert_eq!(place(&shanghai, "2026-07-18T00:00:00+08:00"), 1);
    assert_eq!(place(&shanghai, "2026-07-19T23:30:00+08:00"), 1);
    assert_eq!(place(&shanghai, "2026-07-20T00:00:00+08:00"), 0);
    let berlin = Zone::parse("Europe/Berlin").unwrap();
    // The night of the 28th of March has 23 hours, that of the 25th of October 25.
    for (at, expected) in [
        ("2026-03-27T23:59:59+01:00", 0),
        ("2026-03-28T00:00:00+01:00", 1),
        ("2026-03-29T23:59:59+02:00", 1),
        ("2026-03-30T00:00:00+02:00", 0),
        ("2026-10-25T02:30:00+02:00", 1),
        ("2026-10-25T23:59:59+01:00", 1),
        ("2026-10-26T00:00:00+01:00", 0),
    ] {
        assert_eq!(place(&berlin, at), expected, "{at}");
    }
}

#[test]
fn a_version_of_before_is_read_and_written_as_it_was() {
    let old = serde_json::to_string(&table(7)).unwrap();
    let read: TariffCalendar = serde_json::from_str(&old).unwrap();
    assert_eq!(read, TariffCalendar::from(table(7)));
    assert_eq!(serde_json::to_string(&read).unwrap(), old);
    let city = city();
    let again: TariffCalendar = serde_json::from_str(&serde_json::to_string(&city).unwrap()).unwrap();
    assert_eq!(again, city);
}

#[test]
fn what_a_pile_may_have_asked_lies_between_its_tables() {
    let mut dear = kind("夏季", Some((601, 831)), &[], &[]);
    dear.table.rates = [300, 200, 100, 50].map(|e| Rate { electricity: Price(e * 1_000), service: Price(0) });
    let mut calendar = calendar(vec![dear], &[]);
    calendar.base.rates = [100; 4].map(|e| Rate { electricity: Price(e * 1_000), service: Price(0) });
    let zone = Zone::shanghai();
    let at = |text: &str| Timestamp::parse(text).unwrap();
    let places =
        calendar.places_between(&zone, at("2026-05-31T23:50:00+08:00"), at("2026-06-01T00:10:00+08:00"));
    assert_eq!(places, BTreeSet::from([0, 1]));
    let kwh = [10_000, 0, 0, 10_000].map(Energy::from_dwh);
    assert_eq!(calendar.bounds(&places, kwh), (Amount(15_000), Amount(40_000)));
    let same =
        calendar.places_between(&zone, at("2026-06-01T00:00:00+08:00"), at("2026-06-01T23:59:59+08:00"));
    assert_eq!(same, BTreeSet::from([1]));
}

/// A kind as anybody might send it.
fn any_kind() -> impl Strategy<Value = DayKind> {
    let season = prop::option::of((1i64..=12, 1i64..=28, 1i64..=12, 1i64..=29));
    let weekdays = prop::collection::vec(1i64..=7, 0..3);
    let dates = prop::collection::vec(20_260_101i64..=20_260_131, 0..4);
    (season, weekdays, dates).prop_map(|(season, weekdays, dates)| {
        let season = season.map(|(a, b, c, d)| (a * 100 + b, c * 100 + d));
        kind("", season, &weekdays, &dates)
    })
}

proptest! {
    /// Whatever is accepted gives each day exactly one table, and the one that the rule in words gives.
    #[test]
    fn each_day_has_one_table(kinds in prop::collection::vec(any_kind(), 0..5), workdays in prop::collection::vec(20_260_101i64..=20_260_131, 0..3), year in 2023i64..2030) {
        let named = kinds.into_iter().enumerate().map(|(at, kind)| DayKind { name: at.to_string(), ..kind });
        let made = calendar(named.collect(), &workdays);
        let Ok(calendar) = made.checked(20_230_101) else { return Ok(()) };
        for (day, place) in days_from(year * 10_000 + 101).zip(calendar.year(year)) {
            let date = Date::new((day / 10_000) as i16, (day / 100 % 100) as i8, (day % 100) as i8).unwrap();
            let weekday = if workdays.contains(&day) { 1 } else { i64::from(date.weekday().to_monday_one_offset()) };
            let season = |kind: &DayKind| kind.season.map(|s| {
                let (from, to, d) = (s.from_mmdd, s.to_mmdd, day % 10_000);
                if from > to { !(d > to && d < from) } else { d >= from && d <= to }
            });
            let of = |test: &dyn Fn(&DayKind) -> bool| -> Vec<usize> {
                calendar.kinds.iter().enumerate().filter(|(_, kind)| test(kind)).map(|(at, _)| at + 1).collect()
            };
            let levels = [
                of(&|k| k.dates.contains(&day)),
                of(&|k| season(k) == Some(true) && k.weekdays.contains(&weekday)),
                of(&|k| season(k) == Some(true) && k.weekdays.is_empty()),
                of(&|k| k.season.is_none() && k.weekdays.contains(&weekday)),
            ];
            let claim = levels.iter().find(|level| !level.is_empty()).cloned().unwrap_or(vec![0]);
            // A made-up working day stands in for a Monday; two rules of the week that only it brings
            // together are of different Mondays.
            prop_assert_eq!(claim.len(), 1, "on {}", day);
            prop_assert_eq!(claim[0], place, "on {}", day);
        }
    }
}
