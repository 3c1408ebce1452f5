//! What the batteries of past cars have told through their DC piles.

use engine::device::PastBattery;
use model::battery::{BatteryCourse, BatteryPoint, BatteryReport, BatteryType, BatteryWord};
use model::curve::Point;
use sim::car::Car;
use sim::pack::Pack;

/// One car in so many has something to complain of.
const ODD: usize = 19;

pub fn past(car: &Car, points: &[Point], reason: &str) -> Option<PastBattery> {
    let (first, last) = (points.first()?, points.last()?);
    let pack = Pack::of(car);
    let least = |of: fn(&Point) -> Option<i64>| points.iter().filter_map(of).min();
    let most = |of: fn(&Point) -> Option<i64>| points.iter().filter_map(of).max();
    let word = |code: &str| BatteryWord { code: code.to_owned(), at_ms: last.at.as_ms(), text: None };
    let cause = match reason {
        "ykc:41" => "ykc:bst:soc_reached",
        "ykc:45" => "ykc:cst:by_hand",
        _ => "ykc:cst:abnormal",
    };
    let odd = points.len().is_multiple_of(ODD);
    let mut course = BatteryCourse::default();
    points.iter().for_each(|point| course.push(moment(&pack, point)));
    let mut facts = BatteryReport {
        battery_type: Some(if pack.is_lfp { BatteryType::Lfp } else { BatteryType::Ncm }),
        capacity_dah: Some(pack.capacity_dah()),
        rated_voltage_dv: Some(pack.dv(pack.nominal_mv())),
        energy_wh: Some(pack.wh),
        maker: Some("CATL".to_owned()),
        made_day: Some(20_240_618),
        cycle_count: Some(200 + pack.wh / 400),
        vin: Some(car.vin.clone()),
        bms_protocol: Some("1.1".to_owned()),
        cell_voltage_allowed_mv: Some(pack.allowed_mv()),
        voltage_allowed_dv: Some(pack.dv(pack.allowed_mv())),
        current_allowed_da: most(|p| p.current_da).map(|most| most * 5 / 4),
        temperature_allowed_c: Some(55),
        voltage_start_dv: first.voltage_dv,
        pile_voltage_min_dv: Some(2_000),
        pile_voltage_max_dv: Some(10_000),
        soc_start_percent: first.soc_percent,
        soc_end_percent: last.soc_percent,
        cell_voltage_min_mv: least(|p| p.voltage_dv).map(|dv| pack.highest_mv(dv) - 60),
        cell_voltage_max_mv: most(|p| p.voltage_dv).map(|dv| pack.highest_mv(dv)),
        temperature_min_c: least(|p| p.temperature_c).map(|c| c - 3),
        temperature_max_c: most(|p| p.temperature_c),
        causes: vec![word(cause)],
        ..BatteryReport::default()
    };
    facts.now = moment(&pack, last);
    if odd {
        facts.alarms.push(word("ykc:bsm:pack_hot"));
        facts.alarms.push(word("ykc:cem:bcl_timeout"));
    }
    Some(PastBattery { facts, course })
}

fn moment(pack: &Pack, point: &Point) -> BatteryPoint {
    BatteryPoint {
        at_ms: point.at.as_ms(),
        demand_voltage_dv: Some(pack.dv(pack.allowed_mv())),
        demand_current_da: point.current_da.map(|current| current + current / 40),
        cell_voltage_mv: point.voltage_dv.map(|dv| pack.highest_mv(dv)),
        temperature_min_c: point.temperature_c.map(|c| c - 3),
        temperature_max_c: point.temperature_c,
        soc_percent: point.soc_percent,
        remaining_minutes: None,
        charge_allowed: Some(true),
    }
}
