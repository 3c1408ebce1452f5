//! What other systems are told of safety: who warns drivers and calls sites is theirs.

use model::Result;
use model::channel::WebhookEvent;
use model::id::{OperatorId, PileCode, StationId};
use model::order::Order;
use model::safety::{BatteryFinding, SafetyLevel};
use model::time::{Timestamp, Zone};
use serde_json::json;
use store::Tx;
use store::battery_safety::UnjudgedBattery;
use store::safety_acts::SafetyAct;

/// The phone of a station, to be called when something is dangerous there.
pub(super) fn phone_of(tx: &mut Tx<'_>, station: StationId) -> Result<Option<String>> {
    Ok(tx.read(|conn| store::stations::fields(conn, station))?.and_then(|fields| fields.phone))
}

/// A rule has found its case, or what was done because of it has come to something. `phone`: who is to be called now.
pub(super) fn acted_told(
    tx: &mut Tx<'_>,
    one: &SafetyAct,
    pile: &PileCode,
    phone: Option<String>,
    now: Timestamp,
) -> Result<()> {
    tx.deliver(WebhookEvent::SafetyActed, Some(one.operator), now, |tx| {
        let order = match one.order {
            Some(id) => tx.read(|conn| store::orders::get(conn, id))?,
            None => None,
        };
        let order_no =
            order.map(|order| Order::number(order.id, Zone::shanghai().local(order.created_at).day));
        let body = json!({"rule": one.rule_name, "measure": one.measure, "unit": one.measure.unit(),
            "value": one.value, "threshold": one.threshold, "level": one.level, "action": one.action,
            "state": one.state, "step": one.step, "of_vehicle": one.of_vehicle, "operator_id": one.operator.0,
            "station_id": one.station.0, "pile_code": pile.to_string(), "connector_no": one.connector,
            "order_no": order_no, "at_ms": one.at.as_ms(), "call_phone": phone});
        Ok((pile.to_string(), body.to_string()))
    })
}

/// A session has shown that its battery is to be looked at: the driver is to be warned.
pub(super) fn battery_told(
    tx: &mut Tx<'_>,
    one: &UnjudgedBattery,
    findings: &[BatteryFinding],
    level: SafetyLevel,
    now: Timestamp,
) -> Result<()> {
    tx.deliver(WebhookEvent::BatteryWarned, Some(one.operator), now, |_| {
        let day = Zone::shanghai().local(Timestamp::from_ms(one.created_at_ms)).day;
        let number = Order::number(one.order, day);
        let body = json!({"order_no": number, "level": level, "findings": findings, "operator_id": one.operator.0,
            "station_id": one.station.0, "temperature_max_c": one.report.temperature_max_c,
            "cell_voltage_max_mv": one.report.cell_voltage_max_mv, "ended_at_ms": one.ended_at_ms});
        Ok((number, body.to_string()))
    })
}

/// A station was stopped because of a danger, or is in service again.
pub(super) fn emergency_told(
    tx: &mut Tx<'_>,
    (station, operator): (StationId, OperatorId),
    (id, drill, over): (i64, bool, bool),
    reason: &str,
    now: Timestamp,
) -> Result<()> {
    tx.deliver(WebhookEvent::EmergencyChanged, Some(operator), now, |_| {
        let body = json!({"emergency_id": id, "station_id": station.0, "operator_id": operator.0, "drill": drill,
            "over": over, "reason": reason, "at_ms": now.as_ms()});
        Ok((id.to_string(), body.to_string()))
    })
}
