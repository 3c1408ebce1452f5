//! Monitors of the device model (OCPP 2.0.1 N02 to N08): what a pile reports of them, and what its answers to
//! our calls have changed.

use super::notify_report::name;
use crate::ocpp::json::Node;
use model::device::DeviceEvent;
use model::monitor::{EventReport, MonitorChange, MonitorReport};
use model::time::Timestamp;

/// NotifyMonitoringReport: some at a time.
pub fn event(payload: &Node) -> DeviceEvent {
    let variables = list(payload, "monitor").iter();
    DeviceEvent::Monitors(variables.flat_map(reports).map(MonitorChange::Set).collect())
}

fn list<'a>(node: &'a Node, name: &str) -> &'a [Node] {
    node.get(name).map_or(&[][..], Node::list)
}

fn reports(variable: &Node) -> Vec<MonitorReport> {
    let Some(name) = name(variable) else { return Vec::new() };
    let report = |one: &Node| {
        Some(MonitorReport {
            no: one.integer("id")?,
            name: name.clone(),
            kind: one.keep("type")?,
            value: number(one.get("value")?),
            severity: one.integer("severity")?,
            in_session: truth(one, "transaction"),
            origin: one.keep("eventNotificationType"),
        })
    };
    list(variable, "variableMonitoring").iter().filter_map(report).collect()
}

fn number(node: &Node) -> Option<String> {
    match node {
        Node::Integer(value) => Some(value.to_string()),
        Node::Float(value) => Some(value.to_string()),
        _ => None,
    }
}

fn truth(node: &Node, name: &str) -> Option<bool> {
    match node.get(name)? {
        Node::Bool(value) => Some(*value),
        _ => None,
    }
}

/// What a call has changed, by the pile's answer to it, accepted as a whole or not: each monitor has its own word.
pub fn changes(action: &str, payload: &str, answer: Option<&str>) -> Vec<MonitorChange> {
    let asked = || Node::parse(payload).ok();
    let answer = answer.and_then(|answer| Node::parse(answer).ok());
    match action {
        "SetVariableMonitoring" => asked().zip(answer).map_or(Vec::new(), |(asked, told)| set(&asked, &told)),
        "ClearVariableMonitoring" => {
            let results = answer.iter().flat_map(|answer| list(answer, "clearMonitoringResult"));
            let gone = results.filter(|one| matches!(status(one), Some("Accepted" | "NotFound")));
            gone.filter_map(|one| Some(MonitorChange::Gone { no: one.integer("id")? })).collect()
        }
        _ => Vec::new(),
    }
}

/// The same of those that the pile answers with one word, once it has agreed.
pub fn accepted(action: &str, payload: &str) -> Vec<MonitorChange> {
    let Ok(asked) = Node::parse(payload) else { return Vec::new() };
    let change = match action {
        // Only a report of everything says what is no longer there.
        "GetMonitoringReport"
            if list(&asked, "monitoringCriteria").is_empty()
                && list(&asked, "componentVariable").is_empty() =>
        {
            Some(MonitorChange::Anew)
        }
        "SetMonitoringLevel" => asked.integer("severity").map(|severity| MonitorChange::Level { severity }),
        "SetMonitoringBase" => asked.keep("monitoringBase").map(|word| MonitorChange::Base { word }),
        _ => None,
    };
    change.into_iter().collect()
}

fn status(one: &Node) -> Option<&str> {
    one.get("status").and_then(Node::text)
}

/// The answer has no values: those are in what was asked.
fn set(asked: &Node, told: &Node) -> Vec<MonitorChange> {
    let wanted = list(asked, "setMonitoringData");
    let results = list(told, "setMonitoringResult").iter().enumerate();
    let report = |(place, result): (usize, &Node)| {
        let named = name(result)?;
        let kind = result.keep("type")?;
        let same = |one: &&Node| {
            name(one).as_ref() == Some(&named)
                && one.keep("type").as_ref() == Some(&kind)
                && one.integer("severity") == result.integer("severity")
        };
        let own = wanted.get(place).filter(same).or_else(|| wanted.iter().find(same));
        Some(MonitorReport {
            no: result.integer("id")?,
            name: named.clone(),
            kind: kind.clone(),
            value: own.and_then(|own| own.get("value")).and_then(number),
            severity: result.integer("severity")?,
            in_session: own.map(|own| truth(own, "transaction").unwrap_or(false)),
            origin: None,
        })
    };
    let kept = results.filter(|(_, one)| status(one) == Some("Accepted"));
    kept.filter_map(report).map(MonitorChange::Set).collect()
}

/// NotifyEvent (N07, G05): what a pile has noticed of its variables.
pub fn noticed(payload: &Node) -> Vec<EventReport> {
    list(payload, "eventData").iter().filter_map(one_noticed).collect()
}

fn one_noticed(data: &Node) -> Option<EventReport> {
    let evse = data.get("component").and_then(|component| component.get("evse"));
    let tech = [data.keep("techCode"), data.keep("techInfo")].into_iter().flatten().collect::<Vec<_>>();
    Some(EventReport {
        no: data.integer("eventId")?,
        cause_no: data.integer("cause"),
        at: data.get("timestamp").and_then(Node::text).and_then(Timestamp::parse),
        trigger: data.keep("trigger")?,
        name: name(data)?,
        value: data.keep("actualValue").unwrap_or_default(),
        cleared: truth(data, "cleared").unwrap_or(false),
        monitor_no: data.integer("variableMonitoringId"),
        severity: data.integer("severity").filter(|severity| (0..=9).contains(severity)),
        tech: (!tech.is_empty()).then(|| tech.join(": ")),
        connector: evse.and_then(|evse| evse.integer("id")).map(|id| super::connector(Some(id))),
        session: data.keep("transactionId"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const VARIABLE: &str = r#""component":{"name":"EVSE","evse":{"id":1}},"variable":{"name":"Power"}"#;

    #[test]
    fn what_the_pile_has_accepted_is_kept_with_what_was_asked() {
        let asked = format!(
            r#"{{"setMonitoringData":[{{"value":5,"type":"Delta","severity":4,{VARIABLE}}},{{"value":90.5,"type":"UpperThreshold","severity":2,"transaction":true,{VARIABLE}}}]}}"#
        );
        let told = format!(
            r#"{{"setMonitoringResult":[{{"status":"Rejected","type":"Delta","severity":4,{VARIABLE}}},{{"id":7,"status":"Accepted","type":"UpperThreshold","severity":2,{VARIABLE}}}]}}"#
        );
        let found = changes("SetVariableMonitoring", &asked, Some(&told));
        let want = MonitorReport {
            no: 7,
            name: "EVSE#1.Power".to_owned(),
            kind: "UpperThreshold".to_owned(),
            value: Some("90.5".to_owned()),
            severity: 2,
            in_session: Some(true),
            origin: None,
        };
        assert_eq!(found, [MonitorChange::Set(want)]);
        assert_eq!(changes("SetVariableMonitoring", &asked, None), []);
        let cleared = r#"{"clearMonitoringResult":[{"id":7,"status":"Accepted"},{"id":8,"status":"Rejected"},{"id":9,"status":"NotFound"}]}"#;
        let gone = changes("ClearVariableMonitoring", r#"{"id":[7,8,9]}"#, Some(cleared));
        assert_eq!(gone, [MonitorChange::Gone { no: 7 }, MonitorChange::Gone { no: 9 }]);
        assert_eq!(
            accepted("SetMonitoringLevel", r#"{"severity":5}"#),
            [MonitorChange::Level { severity: 5 }]
        );
        assert_eq!(accepted("GetMonitoringReport", r#"{"requestId":1}"#), [MonitorChange::Anew]);
        let some = r#"{"requestId":1,"monitoringCriteria":["DeltaMonitoring"]}"#;
        assert_eq!(accepted("GetMonitoringReport", some), []);
        for action in ["SetVariableMonitoring", "ClearVariableMonitoring", "Other"] {
            assert_eq!(changes(action, "x", Some("[]")), []);
        }
    }

    #[test]
    fn an_event_is_read_with_all_that_it_says() {
        let payload = format!(
            r#"{{"eventData":[{{"eventId":3,"cause":2,"timestamp":"2026-07-15T02:30:00Z","trigger":"Alerting","actualValue":"91","cleared":true,"techCode":"E7","techInfo":"fan","variableMonitoringId":7,"severity":2,"eventNotificationType":"CustomMonitor",{VARIABLE}}},{{"eventId":4,"trigger":"Delta","severity":12,{VARIABLE}}},{{"eventId":"x"}}]}}"#
        );
        let found = noticed(&Node::parse(&payload).unwrap());
        assert_eq!(found.len(), 2);
        let one = &found[0];
        assert_eq!((one.no, one.cause_no, one.cleared, one.monitor_no), (3, Some(2), true, Some(7)));
        assert_eq!((one.tech.as_deref(), one.connector, one.severity), (Some("E7: fan"), Some(1), Some(2)));
        assert_eq!((found[1].severity, found[1].value.as_str()), (None, ""));
    }
}
