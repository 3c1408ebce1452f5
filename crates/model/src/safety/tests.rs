//! R-6.1b: what values make of rules.

use super::*;
use crate::battery::{BatteryNow, BatteryReport, BatteryWord};
use crate::time::{SECOND_MS, Timestamp};

const T0: Timestamp = Timestamp::from_ms(1_795_406_400_000);

fn rule(measure: SafetyMeasure, threshold: i64) -> SafetyRule {
    SafetyRule {
        id: 1,
        name: "r".to_owned(),
        measure,
        threshold,
        hold_s: 0,
        samples: 1,
        hysteresis: 0,
        scope: SafetyScope::default(),
        level: SafetyLevel::Person,
        action: SafetyAction::Stop,
        limit_percent: 50,
        repeat_s: 20,
        of_vehicle: false,
    }
}

/// At which of the values, which come so many seconds apart, the rule finds its case.
fn fires(rule: &SafetyRule, apart_s: i64, values: &[i64]) -> Vec<usize> {
    let mut watch = SafetyWatch::default();
    let measure = match rule.measure {
        SafetyMeasure::BatteryTemperatureRise => SafetyMeasure::BatteryTemperature,
        other => other,
    };
    let at = |n: usize| T0.plus_ms(i64::try_from(n).unwrap() * apart_s * SECOND_MS);
    (0..values.len())
        .filter(|n| {
            let fact = SafetyFact { measure, value: values[*n], at: at(*n) };
            !watch.take(&[fact], std::iter::once(rule)).is_empty()
        })
        .collect()
}

#[test]
fn r6_1b_boundary_the_threshold_itself_is_too_much_and_counts_once() {
    let of = rule(SafetyMeasure::BatteryTemperature, 65);
    assert_eq!(fires(&of, 15, &[64, 65, 66, 70, 64, 65]), [1, 5]);
    let rare = SafetyRule { hysteresis: 3, ..of };
    assert_eq!(fires(&rare, 15, &[65, 64, 62, 65]), Vec::from([0]), "62 is not below 65 by more than 3");
    assert_eq!(fires(&rare, 15, &[65, 64, 61, 65]), [0, 3]);
}

#[test]
fn r6_1b_class_values_in_a_row_and_for_so_long() {
    let three = SafetyRule { samples: 3, ..rule(SafetyMeasure::CellVoltage, 4_200) };
    assert_eq!(fires(&three, 15, &[4_200, 4_200, 4_199, 4_200, 4_200, 4_200]), [5]);
    let long = SafetyRule { hold_s: 30, ..three };
    assert_eq!(fires(&long, 5, &[4_300; 10]), [6], "three values, and thirty seconds after the first");
    // After a gap they are not in a row any more.
    assert_eq!(fires(&SafetyRule { samples: 2, ..rule(SafetyMeasure::Soc, 90) }, 601, &[95, 95, 95]), [0; 0]);
}

#[test]
fn r6_1b_class_a_rise_is_that_of_a_minute_whatever_the_pace() {
    let of = rule(SafetyMeasure::BatteryTemperatureRise, 50);
    // A degree in 15 s is four a minute; two are eight.
    assert_eq!(fires(&of, 15, &[30, 31, 32, 33, 34, 35, 36]), [0; 0]);
    assert_eq!(fires(&of, 15, &[30, 32, 34, 36, 38, 40]), [4]);
    let fast: Vec<i64> = (0..90).map(|n| 30 + n / 8).collect();
    assert_eq!(fires(&of, 1, &fast).len(), 1, "told every second: 7.5 a minute");
    let calm: Vec<i64> = (0..300).map(|n| 30 + n / 15).collect();
    assert_eq!(fires(&of, 1, &calm), [0; 0]);
    // Twenty minutes of silence are no rise.
    assert_eq!(fires(&of, 1_200, &[20, 60, 20, 60]), [0; 0]);
}

#[test]
fn r6_1b_guess_the_same_moment_told_again_counts_once() {
    let of = SafetyRule { samples: 2, ..rule(SafetyMeasure::PlugTemperature, 90) };
    let mut watch = SafetyWatch::default();
    let fact = |ms, value| SafetyFact { measure: SafetyMeasure::PlugTemperature, value, at: T0.plus_ms(ms) };
    let mut take = |fact: SafetyFact| watch.take(&[fact], std::iter::once(&of));
    assert!(take(fact(0, 95)).is_empty());
    assert!(take(fact(0, 95)).is_empty(), "a repeated message");
    assert!(take(fact(-5_000, 99)).is_empty(), "an older one");
    let fired = take(fact(1_000, 96));
    assert_eq!(fired.len(), 1);
    assert_eq!((fired[0].value, fired[0].since), (96, T0));
    assert_eq!(fired[0].evidence, [(T0.as_ms(), 95), (T0.as_ms() + 1_000, 96)]);
}

#[test]
fn r6_1b_class_facts_follow_from_values_limits_and_situation() {
    let limits = SafetyLimits {
        voltage_allowed_dv: Some(4_200),
        current_allowed_da: Some(2_500),
        demand_current_da: Some(1_000),
        charge_allowed: Some(false),
        told_at_ms: T0.as_ms(),
        ..SafetyLimits::default()
    };
    let values = SafetyValues {
        power_w: Some(66_000),
        voltage_dv: Some(4_410),
        current_da: Some(1_500),
        soc_percent: Some(99),
        plug_temperature_c: Some(70),
        pile_temperature_c: None,
    };
    let told = |at: Timestamp, situation| sample_facts(at, &values, &limits, Some(60_000), situation);
    let value = |facts: &[SafetyFact], of| facts.iter().find(|f| f.measure == of).map(|f| f.value);
    let facts = told(T0, SafetySituation::Charging);
    for (measure, expected) in [
        (SafetyMeasure::VoltageShare, Some(1_050)),
        (SafetyMeasure::CurrentShare, Some(600)),
        (SafetyMeasure::CurrentDemandShare, Some(1_500)),
        (SafetyMeasure::PowerShare, Some(1_100)),
        (SafetyMeasure::CurrentForbidden, Some(1_500)),
        (SafetyMeasure::PileTemperature, None),
        (SafetyMeasure::CurrentAfterStop, None),
        (SafetyMeasure::Soc, Some(99)),
    ] {
        assert_eq!(value(&facts, measure), expected, "{measure:?}");
    }
    let late = told(T0.plus_ms(61_000), SafetySituation::Charging);
    assert_eq!(value(&late, SafetyMeasure::CurrentForbidden), None, "what the BMS said a minute ago");
    assert_eq!(
        value(&late, SafetyMeasure::VoltageShare),
        Some(1_050),
        "what it allows holds for the session"
    );
    let stopped = told(T0, SafetySituation::Stopped);
    assert_eq!(value(&stopped, SafetyMeasure::CurrentAfterStop), Some(1_500));
    assert_eq!(value(&stopped, SafetyMeasure::PowerShare), None);
}

#[test]
fn r6_1b_class_a_scope_is_all_that_it_names() {
    let place = SafetyPlace {
        operator: OperatorId(1),
        station: StationId(2),
        vendor: Some("Acme "),
        model: None,
        kind: PileKind::Dc,
    };
    let all = SafetyScope::default();
    assert!(all.holds(&place));
    for (scope, holds) in [
        (SafetyScope { operator_id: Some(1), ..all.clone() }, true),
        (SafetyScope { operator_id: Some(2), ..all.clone() }, false),
        (SafetyScope { station_id: Some(2), vendor: Some("ACME".to_owned()), ..all.clone() }, true),
        (SafetyScope { model: Some("X".to_owned()), ..all.clone() }, false),
        (SafetyScope { kind: Some(PileKind::Ac), ..all.clone() }, false),
    ] {
        assert_eq!(scope.holds(&place), holds, "{scope:?}");
    }
}

#[test]
fn r6_1b_class_a_report_is_as_grave_as_its_gravest_finding() {
    let sound = BatteryReport {
        temperature_max_c: Some(38),
        temperature_min_c: Some(33),
        temperature_allowed_c: Some(60),
        cell_voltage_max_mv: Some(4_180),
        cell_voltage_min_mv: Some(4_120),
        cell_voltage_allowed_mv: Some(4_250),
        ..BatteryReport::default()
    };
    assert!(battery_findings(&sound).is_empty());
    let codes = |report: &BatteryReport| -> Vec<String> {
        battery_findings(report).into_iter().map(|one| one.code).collect()
    };
    let level = |report: &BatteryReport| battery_level(&battery_findings(report));
    let hot = BatteryReport { temperature_max_c: Some(61), ..sound.clone() };
    assert_eq!((codes(&hot), level(&hot)), (vec!["battery_hot".to_owned()], Some(SafetyLevel::Person)));
    let warm = BatteryReport { temperature_max_c: Some(55), ..sound.clone() };
    assert_eq!(level(&warm), Some(SafetyLevel::Device));
    let spread =
        BatteryReport { cell_voltage_min_mv: Some(4_030), temperature_min_c: Some(-1), ..sound.clone() };
    assert_eq!((codes(&spread).len(), level(&spread)), (2, Some(SafetyLevel::Notice)));
    let word = |code: &str| vec![BatteryWord { code: code.to_owned(), at_ms: 0, text: None }];
    let told = BatteryReport { causes: word("ykc:bst:insulation"), ..sound.clone() };
    assert_eq!((codes(&told), level(&told)), (vec!["insulation".to_owned()], Some(SafetyLevel::Person)));
    let doubtful = BatteryReport { causes: word("ykc:bst:insulation?"), ..sound.clone() };
    assert!(codes(&doubtful).is_empty(), "said to be not credible");
    let usual = BatteryReport { causes: word("ykc:bst:soc_reached"), ..sound };
    assert!(codes(&usual).is_empty());
    assert!(
        battery_findings(&BatteryReport { now: BatteryNow::default(), ..BatteryReport::default() })
            .is_empty()
    );
}

#[test]
fn r6_1b_a_threshold_has_a_unit_and_a_range() {
    for measure in SafetyMeasure::ALL {
        assert!(!measure.unit().is_empty() && measure.thresholds().start() < measure.thresholds().end());
        assert!(crate::alarm::alarm_text(&measure.alarm_code()).is_some(), "{measure:?}");
    }
}
