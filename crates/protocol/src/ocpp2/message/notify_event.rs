//! NotifyEvent (OCPP 2.0.1 N07, G05): a variable has another value, or an alarm.

use super::monitor;
use super::notify_report::name;
use crate::ocpp::json::Node;
use model::device::{DeviceEvent, VariableReport};

pub fn event(payload: &Node) -> DeviceEvent {
    let data = payload.get("eventData").map_or(&[][..], Node::list);
    let reports = data.iter().filter_map(|data| {
        let value = data.keep("actualValue");
        Some(VariableReport { name: name(data)?, value, mutability: None, data_type: None, unit: None })
    });
    DeviceEvent::Noticed { variables: reports.collect(), events: monitor::noticed(payload) }
}
