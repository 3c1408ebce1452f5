//! Every field of every message a pile may send, wrong in every way; and envelopes that are none.

use super::*;
use crate::ocpp::Version;
use crate::ocpp::negative::{FORMATION, TYPE, Table};
use crate::ocpp2::message::{self, MESSAGES, Means};
use crate::ocpp2::schemas;
use serde_json::Value;

fn every_field_wrong_in_every_way(protocol: Protocol, version: Version) -> usize {
    let mut count = 0;
    for message in &MESSAGES {
        let Some(operation) = schemas::find(version, message.name) else { continue };
        let root: Value = serde_json::from_str(operation.request.text).unwrap();
        let table = Table { root: &root, loose_times: message::loose_times(message.name), thorough: false };
        let kind = if message.means == Means::Stream { 6 } else { 2 };
        for (payload, code) in table.cases("", &root, true) {
            count += 1;
            let text = format!(r#"[{kind},"id-1","{}",{payload}]"#, message.name);
            let shown: String = text.chars().take(400).collect();
            // The whole payload as an array is no object at all.
            let code = if payload.starts_with('[') && code == TYPE { FORMATION } else { code };
            let mut session = session(protocol);
            session.receive(text.as_bytes(), NOW);
            let outputs = outputs(&mut session);
            match (code, outputs.as_slice()) {
                (None, [Output::Event { .. }] | [Output::Send { .. }, Output::Alive]) => {}
                (Some(_), [Output::Rejected { .. }, ..]) if kind == 6 => {}
                (Some(code), [Output::Rejected { .. }, Output::Send { bytes, .. }]) => {
                    let reply: Value = serde_json::from_slice(bytes).unwrap();
                    assert_eq!((&reply[0], &reply[1]), (&Value::from(4), &Value::from("id-1")), "{shown}");
                    assert_eq!(reply[2], code.word(version), "{shown}: {}", reply[3]);
                    assert!(reply[3].as_str().unwrap().chars().count() <= 255, "{shown}");
                }
                (code, other) => panic!("{shown}: {code:?}, but {} outputs", other.len()),
            }
        }
    }
    count
}

#[test]
fn every_field_of_201_wrong_in_every_way_gets_its_code() {
    let count = every_field_wrong_in_every_way(Protocol::Ocpp201, Version::V201);
    assert!(count > 9_000, "only {count} cases");
}

#[test]
fn every_field_of_21_wrong_in_every_way_gets_its_code() {
    let count = every_field_wrong_in_every_way(Protocol::Ocpp21, Version::V21);
    assert!(count > 10_000, "only {count} cases");
}

#[test]
fn broken_envelopes_are_answered_as_far_as_possible() {
    let long = "x".repeat(37);
    for (message, id, code) in [
        ("", "-1", "RpcFrameworkError"),
        ("null", "-1", "RpcFrameworkError"),
        ("[]", "-1", "RpcFrameworkError"),
        (r#"[2,"7"]"#, "7", "RpcFrameworkError"),
        (r#"[2,"7","Heartbeat"]"#, "7", "RpcFrameworkError"),
        (r#"[2,"7",5,{}]"#, "7", "RpcFrameworkError"),
        (r#"[2,7,"Heartbeat",{}]"#, "-1", "RpcFrameworkError"),
        (r#"["2","7","Heartbeat",{}]"#, "7", "RpcFrameworkError"),
        (r#"[2,"7","Heartbeat",{}"#, "7", "FormatViolation"),
        (r#"[2,"7","Authorize",[]]"#, "7", "FormatViolation"),
        (r#"[2,"7","Heartbeet",{}]"#, "7", "NotImplemented"),
        (r#"[2,"7","StartTransaction",{}]"#, "7", "NotImplemented"),
        (r#"[2,"7","Reset",{"type":"Immediate"}]"#, "7", "NotSupported"),
        (r#"[9,"7","Heartbeat",{}]"#, "7", "MessageTypeNotSupported"),
        (&format!(r#"[2,"{long}","Heartbeat",{{}}]"#), &long, "RpcFrameworkError"),
    ] {
        for protocol in BOTH {
            let reply: Value =
                serde_json::from_str(&refused(&mut session(protocol), message.as_bytes())).unwrap();
            assert_eq!((&reply[1], &reply[2]), (&Value::from(id), &Value::from(code)), "{message}");
        }
    }
}

/// What 2.1 has besides: a message without an answer, and the pile's word that an answer was wrong.
#[test]
fn the_message_types_of_21() {
    let stream = r#"[6,"7","NotifyPeriodicEventStream",{"id":1,"pending":0,"basetime":"2026-07-15T02:30:05Z","data":[{"t":0,"v":"1"}]}]"#;
    let mut new = session(Protocol::Ocpp21);
    let (asked, _) = event(&mut new, stream);
    assert!(asked.render(&Ok(model::device::Answer::Noted), NOW).is_empty());
    new.receive(br#"[5,"7","FormatViolation","what?",{}]"#, NOW);
    assert!(matches!(outputs(&mut new)[..], [Output::Rejected { .. }]));
    assert!(refused(&mut new, stream.replacen('6', "2", 1).as_bytes()).contains("ProtocolError"));
    let heartbeat = br#"[6,"8","Heartbeat",{}]"#;
    new.receive(heartbeat, NOW);
    assert!(matches!(outputs(&mut new)[..], [Output::Rejected { .. }]), "a call that is not answered");
    for message in [stream, r#"[5,"7","FormatViolation","what?",{}]"#] {
        let reply = refused(&mut session(Protocol::Ocpp201), message.as_bytes());
        assert!(reply.starts_with(r#"[4,"7","MessageTypeNotSupported""#), "{reply}");
    }
}
