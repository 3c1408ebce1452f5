//! What a pile's answer to a command tells of the pile itself: the variables that it was asked for, that
//! a change holds after a restart only, the version of its list.

use super::json::Node;
use super::operation::Operation;
use model::desired::Learned;
use model::device::VariableReport;

/// `None`: nothing besides whether it agreed.
pub fn learned(operation: &Operation, payload: &str) -> Option<Learned> {
    let answer = || Node::parse(payload).ok();
    match operation.name {
        "GetConfiguration" => configuration(&answer()?),
        "GetVariables" => variables(&answer()?),
        "ChangeConfiguration" => {
            let status = answer()?;
            (status.get("status").and_then(Node::text)? == "RebootRequired").then_some(Learned::AfterReboot)
        }
        "SetVariables" => {
            let answer = answer()?;
            let mut results = answer.get("setVariableResult")?.list().iter();
            let reboots = |one: &Node| status_of(one) == Some("RebootRequired");
            results.any(reboots).then_some(Learned::AfterReboot)
        }
        "GetLocalListVersion" => {
            let answer = answer()?;
            let version = answer.integer("listVersion").or_else(|| answer.integer("versionNumber"))?;
            Some(Learned::ListVersion(version))
        }
        "GetTariffs" => crate::ocpp2::tariffs_learned(&answer()?),
        "ClearTariffs" => crate::ocpp2::tariffs_cleared(&answer()?),
        _ => None,
    }
}

fn status_of(one: &Node) -> Option<&str> {
    one.get("attributeStatus").and_then(Node::text)
}

fn configuration(answer: &Node) -> Option<Learned> {
    let known = answer.get("configurationKey").map_or(&[][..], Node::list).iter();
    let told = known.filter_map(|one| {
        let readonly = match one.get("readonly") {
            Some(Node::Bool(readonly)) => Some(*readonly),
            _ => None,
        };
        Some(VariableReport {
            name: one.keep("key")?,
            value: one.keep("value"),
            mutability: readonly.map(|no| if no { "ReadOnly" } else { "ReadWrite" }.to_owned()),
            data_type: None,
            unit: None,
        })
    });
    let unknown = answer.get("unknownKey").map_or(&[][..], Node::list).iter();
    let unknown = unknown.filter_map(|key| key.text().map(str::to_owned)).collect();
    Some(Learned::Variables { told: told.collect(), unknown })
}

fn variables(answer: &Node) -> Option<Learned> {
    let (mut told, mut unknown) = (Vec::new(), Vec::new());
    for one in answer.get("getVariableResult")?.list() {
        let Some(name) = crate::ocpp2::variable_name(one) else { continue };
        match status_of(one) {
            Some("Accepted") => told.push(VariableReport {
                name,
                value: one.keep("attributeValue"),
                mutability: None,
                data_type: None,
                unit: None,
            }),
            Some("UnknownComponent" | "UnknownVariable" | "NotSupportedAttributeType") => unknown.push(name),
            _ => {}
        }
    }
    Some(Learned::Variables { told, unknown })
}
