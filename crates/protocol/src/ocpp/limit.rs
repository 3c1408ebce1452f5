//! What the profiles by which we limit power have in common over the versions.

use model::id::ConnectorNo;
use model::load::{LimitOrder, LimitRate};
use model::profile::{ChargingProfile, ProfilePeriod};
use model::time::Timestamp;
use serde_json::{Value, json};

/// A schedule begins so much before it is sent, or a pile whose clock is slow would wait for it.
pub const MOMENT_MS: i64 = 60_000;

/// Always the same for one connector, so that a later one takes the place of an earlier one.
pub fn profile_id(order: &LimitOrder) -> i64 {
    number(order.connector, order.session.is_some())
}

/// The unit and the one period of the schedule.
pub fn period(order: &LimitOrder) -> (&'static str, Value) {
    match (order.rate, order.rate.amperes_da(order.power_w)) {
        (LimitRate::Amperes { phases }, Some(da)) => {
            let limit: Value = serde_json::from_str(&format!("{}.{}", da / 10, da % 10)).unwrap_or_default();
            ("A", json!({ "startPeriod": 0, "limit": limit, "numberPhases": phases }))
        }
        _ => ("W", json!({ "startPeriod": 0, "limit": order.power_w })),
    }
}

fn number(connector: ConnectorNo, of_session: bool) -> i64 {
    i64::from(connector) * 10 + if of_session { 2 } else { 1 }
}

/// What the pile keeps once it has accepted such an order.
pub fn kept(
    connector_no: ConnectorNo,
    power_w: i64,
    session: Option<String>,
    until: Option<Timestamp>,
) -> ChargingProfile {
    let own = session.is_some();
    let word =
        |of_session: &str, standing: &str| if own { of_session.to_owned() } else { standing.to_owned() };
    ChargingProfile {
        connector_no,
        profile_no: number(connector_no, own),
        purpose: word("TxProfile", "TxDefaultProfile"),
        kind: word("Absolute", "Relative"),
        stack_level: 0,
        session,
        from: None,
        until,
        unit: "W".to_owned(),
        periods: vec![ProfilePeriod { start_s: 0, limit_tenths: power_w.saturating_mul(10) }],
    }
}

/// From the schedule's own beginning to the end of what is ordered.
pub fn seconds(from: Timestamp, until: Timestamp) -> i64 {
    (until.since(from) + MOMENT_MS) / 1_000
}
