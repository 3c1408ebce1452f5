//! Tariffs of OCPP 2.1: the pile keeps a default one for each connector and says which it has.

use super::Pile;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Prices that one tariff may have.
const ELEMENTS_MAX: usize = 24;

/// The default tariff of each EVSE.
#[derive(Debug, Default)]
pub(super) struct Pricing {
    defaults: BTreeMap<i64, Value>,
}

impl Pile {
    /// `None`: it is no question about tariffs.
    pub(super) fn priced(&mut self, action: &str, asked: &Value) -> Option<Value> {
        Some(match action {
            "SetDefaultTariff" => json!({ "status": self.set_default(asked) }),
            "GetTariffs" => self.tariffs(asked["evseId"].as_i64().unwrap_or(0)),
            "ClearTariffs" => self.clear(asked),
            "ChangeTransactionTariff" => {
                let known = asked["transactionId"].as_str().is_some_and(|name| self.number(name) >= 0);
                let status = match refusal(&asked["tariff"]) {
                    _ if !known => "TxNotFound",
                    Some(word) => word,
                    None => "Accepted",
                };
                json!({ "status": status })
            }
            _ => return None,
        })
    }

    fn evses(&self, evse: i64) -> Vec<i64> {
        if evse > 0 { vec![evse] } else { (1..).take(self.connectors).collect() }
    }

    fn set_default(&mut self, asked: &Value) -> &'static str {
        let (evse, tariff) = (asked["evseId"].as_i64().unwrap_or(0), &asked["tariff"]);
        if let Some(word) = refusal(tariff) {
            return word;
        }
        for evse in self.evses(evse) {
            self.pricing.defaults.insert(evse, tariff.clone());
        }
        "Accepted"
    }

    fn tariffs(&self, evse: i64) -> Value {
        let wanted = self.evses(evse);
        let mut by_name: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for (evse, tariff) in &self.pricing.defaults {
            if wanted.contains(evse) {
                by_name
                    .entry(tariff["tariffId"].as_str().unwrap_or_default().to_owned())
                    .or_default()
                    .push(*evse);
            }
        }
        if by_name.is_empty() {
            return json!({ "status": "NoTariff" });
        }
        let assigned = by_name.into_iter().map(
            |(name, evses)| json!({ "tariffId": name, "tariffKind": "DefaultTariff", "evseIds": evses }),
        );
        json!({ "status": "Accepted", "tariffAssignments": assigned.collect::<Vec<_>>() })
    }

    fn clear(&mut self, asked: &Value) -> Value {
        let (wanted, names) =
            (self.evses(asked["evseId"].as_i64().unwrap_or(0)), asked["tariffIds"].as_array());
        let mut gone: Vec<Value> = Vec::new();
        self.pricing.defaults.retain(|evse, tariff| {
            let name = &tariff["tariffId"];
            let goes = wanted.contains(evse) && names.is_none_or(|names| names.contains(name));
            if goes && !gone.contains(name) {
                gone.push(name.clone());
            }
            !goes
        });
        let mut results: Vec<Value> =
            gone.iter().map(|name| json!({ "tariffId": name, "status": "Accepted" })).collect();
        let unknown = names.into_iter().flatten().filter(|name| !gone.contains(name));
        results.extend(unknown.map(|name| json!({ "tariffId": name, "status": "NoTariff" })));
        if results.is_empty() {
            results.push(json!({ "status": "NoTariff" }));
        }
        json!({ "clearTariffsResult": results })
    }
}

/// Why the pile cannot keep it.
fn refusal(tariff: &Value) -> Option<&'static str> {
    let prices = tariff["energy"]["prices"].as_array().map_or(0, Vec::len);
    if prices > ELEMENTS_MAX {
        return Some("TooManyElements");
    }
    let by_power = |price: &Value| price["conditions"]["minPower"].is_number();
    let any = tariff["energy"]["prices"].as_array().into_iter().flatten().any(by_power);
    any.then_some("ConditionNotSupported")
}
