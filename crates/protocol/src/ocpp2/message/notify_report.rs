//! NotifyReport (OCPP 2.0.1 B07, B08): variables of the device model, some at a time.

use crate::ocpp::json::Node;
use model::device::{DeviceEvent, VariableReport};

pub fn event(payload: &Node) -> DeviceEvent {
    let data = payload.get("reportData").map_or(&[][..], Node::list);
    DeviceEvent::Variables(data.iter().flat_map(reports).collect())
}

/// One for each attribute; the value that is in force bears the plain name.
fn reports(data: &Node) -> Vec<VariableReport> {
    let Some(name) = name(data) else { return Vec::new() };
    let traits = data.get("variableCharacteristics").unwrap_or(&Node::Null);
    let attributes = data.get("variableAttribute").map_or(&[][..], Node::list).iter();
    let report = |attribute: &Node| VariableReport {
        name: match attribute.get("type").and_then(Node::text) {
            None | Some("Actual") => name.clone(),
            Some(other) => format!("{name}:{other}"),
        },
        value: attribute.keep("value"),
        mutability: attribute.keep("mutability"),
        data_type: traits.keep("dataType"),
        unit: traits.keep("unit"),
    };
    attributes.map(report).collect()
}

/// `Component#evse(instance).Variable(instance)`, as `command::variable` reads it.
pub fn name(data: &Node) -> Option<String> {
    fn part(node: &Node) -> Option<String> {
        let mut name = node.keep("name")?;
        if let Some(evse) = node.get("evse").and_then(|evse| evse.integer("id")) {
            name.push_str(&format!("#{evse}"));
        }
        if let Some(instance) = node.keep("instance") {
            name.push_str(&format!("({instance})"));
        }
        Some(name)
    }
    Some(format!("{}.{}", part(data.get("component")?)?, part(data.get("variable")?)?))
}
