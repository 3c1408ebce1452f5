//! What an order came to, as far as two runs can be compared.

use model::card::TokenKind;
use model::order::{Abnormality, Order, OrderState, StartMode, StopClass};
use model::tariff::Segment;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// The business of an order: no row numbers, no times of receipt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderFacts {
    /// As frames name it; another number in each run.
    pub id: i64,
    /// As the pile calls the session; a number that the platform gives differs in each run.
    pub session_key: Option<String>,
    /// A person has decided what it costs: what follows from that is no replay's business.
    #[serde(default)]
    pub by_hand: bool,
    pub created_at_ms: i64,
    pub connector_no: i64,
    pub start_mode: StartMode,
    pub token_kind: Option<TokenKind>,
    pub token: Option<String>,
    pub state: OrderState,
    pub abnormalities: Vec<Abnormality>,
    pub started_at_ms: i64,
    pub ended_at_ms: Option<i64>,
    pub skew_ms: Option<i64>,
    pub meter_start_dwh: Option<i64>,
    pub meter_end_dwh: Option<i64>,
    pub energy_dwh: i64,
    pub electricity_fen: i64,
    pub service_fen: i64,
    pub total_fen: i64,
    pub pile_amount_e4: Option<i64>,
    pub soc_start: Option<i64>,
    pub soc_end: Option<i64>,
    pub vin: Option<String>,
    pub stop_code: Option<String>,
    pub stop_class: Option<StopClass>,
    /// Points of the curve.
    pub curve_count: usize,
    pub segments: Vec<Segment>,
}

/// One field that is not the same.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    pub field: String,
    pub recorded: Value,
    pub replayed: Value,
}

/// Differ from run to run, and mean nothing.
const OWN: [&str; 4] = ["id", "session_key", "created_at_ms", "by_hand"];
/// What a person decides.
const DECIDED: [&str; 7] =
    ["state", "abnormalities", "energy_dwh", "electricity_fen", "service_fen", "total_fen", "segments"];

impl OrderFacts {
    pub fn of(order: &Order, segments: Vec<Segment>, curve_count: usize, by_hand: bool) -> OrderFacts {
        // One-time tags bear the order's number.
        let one_time = matches!(order.start_mode, StartMode::Console | StartMode::App);
        let token = order.token.as_ref().filter(|_| !one_time);
        OrderFacts {
            id: order.id.0,
            session_key: order.session.map(|session| session.to_string()),
            by_hand,
            created_at_ms: order.created_at.as_ms(),
            connector_no: i64::from(order.connector),
            start_mode: order.start_mode,
            token_kind: token.map(|token| token.kind),
            token: token.map(|token| token.value.clone()),
            state: order.state,
            abnormalities: order.abnormal.iter().collect(),
            started_at_ms: order.started_at.as_ms(),
            ended_at_ms: order.ended_at.map(|at| at.as_ms()),
            skew_ms: order.skew_ms,
            meter_start_dwh: order.meter_start.map(|meter| meter.dwh()),
            meter_end_dwh: order.meter_end.map(|meter| meter.dwh()),
            energy_dwh: order.energy.dwh(),
            electricity_fen: order.electricity.0,
            service_fen: order.service.0,
            total_fen: order.total.0,
            pile_amount_e4: order.pile_amount.map(|amount| amount.0),
            soc_start: order.soc_start,
            soc_end: order.soc_end,
            vin: order.vin.clone(),
            stop_code: order.stop_code.clone(),
            stop_class: order.stop_class,
            curve_count,
            segments,
        }
    }

    /// Everything in which the other is not the same, field by field and segment by segment.
    pub fn differences(&self, replayed: &OrderFacts) -> Vec<Difference> {
        let skipped = |name: &str| OWN.contains(&name) || self.by_hand && DECIDED.contains(&name);
        let flat = |facts: &OrderFacts| {
            let mut all = Vec::new();
            if let Ok(Value::Object(fields)) = serde_json::to_value(facts) {
                for (name, value) in fields.into_iter().filter(|(name, _)| !skipped(name)) {
                    flatten(name, value, &mut all);
                }
            }
            all
        };
        let (ours, theirs) = (flat(self), flat(replayed));
        let names: BTreeSet<&String> = ours.iter().chain(&theirs).map(|(name, _)| name).collect();
        let value = |all: &[(String, Value)], name: &str| {
            all.iter().find(|(known, _)| known == name).map_or(Value::Null, |(_, value)| value.clone())
        };
        let differs = |name: &String| {
            let (recorded, replayed) = (value(&ours, name), value(&theirs, name));
            (recorded != replayed).then(|| Difference { field: name.clone(), recorded, replayed })
        };
        names.into_iter().filter_map(differs).collect()
    }
}

/// `segments[1].energy_dwh`
fn flatten(name: String, value: Value, all: &mut Vec<(String, Value)>) {
    match value {
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for (place, item) in items.into_iter().enumerate() {
                flatten(format!("{name}[{place}]"), item, all);
            }
        }
        Value::Object(fields) => {
            for (field, value) in fields {
                flatten(format!("{name}.{field}"), value, all);
            }
        }
        value => all.push((name, value)),
    }
}
