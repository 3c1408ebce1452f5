//! MeterValues (OCPP 2.0.1 block J), and the readings that transactions carry. How several readings of
//! one moment become one is the same for all versions: `ocpp/sampled_value.rs`.

use super::connector;
use crate::ocpp::json::Node;
use crate::ocpp::sampled_value::{Context, Location, Measurand, Phase, SampledValue, Unit, sample};
use crate::ocpp::text::{Str, date_time};
use model::device::{DeviceEvent, Sample, SampledEnergy};
use model::energy::Energy;
use model::time::Timestamp;
use std::borrow::Cow;

/// Values outside a session: where one runs, its own events carry them.
pub fn event(payload: &Node) -> DeviceEvent {
    DeviceEvent::Metered {
        session: None,
        connector: connector(payload.integer("evseId")),
        samples: samples(payload),
    }
}

/// A moment that cannot be read costs the reading, not the record.
pub fn samples(payload: &Node) -> Vec<Sample> {
    let values = payload.get("meterValue").map_or(&[][..], Node::list);
    let moments = values.iter().filter_map(|value| Some((moment(value)?, readings(value))));
    moments.map(|(at, readings)| sample(at, readings.iter())).collect()
}

fn moment(value: &Node) -> Option<Timestamp> {
    value.get("timestamp").and_then(Node::text).and_then(date_time)
}

fn readings(value: &Node) -> Vec<SampledValue<'_>> {
    value.get("sampledValue").map_or(&[][..], Node::list).iter().filter_map(reading).collect()
}

/// The register where a reading says that it is of the beginning, or of the end.
pub fn register_at(payload: &Node, context: Context) -> Option<(Timestamp, Energy)> {
    let values = payload.get("meterValue").map_or(&[][..], Node::list);
    values.iter().find_map(|value| {
        let at = moment(value)?;
        let mut readings = readings(value);
        readings.retain(|reading| reading.context == Some(context));
        match sample(at, readings.iter()).energy {
            Some(SampledEnergy::Register(register)) => Some((at, register)),
            _ => None,
        }
    })
}

/// `None`: something that we do not know, which says nothing. A unit that we do not know makes the
/// reading unreadable, never one in another unit.
fn reading(value: &Node) -> Option<SampledValue<'_>> {
    let word = |name: &str| value.get(name).and_then(Node::text);
    let number = match value.get("value")? {
        Node::Integer(number) => number.to_string(),
        // The shortest text that reads as the same number is the one that was sent, up to 15 digits.
        Node::Float(number) => number.to_string(),
        _ => return None,
    };
    let unit = value.get("unitOfMeasure");
    let multiplier = unit.and_then(|unit| unit.integer("multiplier")).unwrap_or(0);
    let unit = match unit.and_then(|unit| unit.get("unit")).and_then(Node::text) {
        None => None,
        Some(word) => Some(Unit::parse(word)?),
    };
    let measurand = match word("measurand") {
        None => None,
        Some(word) => Some(Measurand::parse(word)?),
    };
    Some(SampledValue {
        value: Str(Cow::Owned(if multiplier == 0 { number } else { format!("{number}e{multiplier}") })),
        context: word("context").and_then(Context::parse),
        format: None,
        measurand,
        phase: word("phase").and_then(Phase::parse),
        location: match word("location") {
            // OCPP 2.1: before the pile, at the grid.
            Some("Upstream") => Some(Location::Inlet),
            other => other.and_then(Location::parse),
        },
        unit,
    })
}
