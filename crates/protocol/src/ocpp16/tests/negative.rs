//! Every field of every message a pile may send, wrong in every way. The typed reader and the schema
//! must agree on each case.

use super::*;
use crate::ocpp::envelope::Reply;
use crate::ocpp::negative::{FORMATION, TYPE, Table};
use crate::ocpp16::frame::{self, RULES};
use crate::ocpp16::message::Action;
use crate::ocpp16::schemas;
use serde_json::Value;

#[test]
fn every_field_wrong_in_every_way_gets_its_code() {
    let mut count = 0;
    for action in Action::ALL {
        let operation = schemas::find(action.word()).unwrap();
        let root: Value = serde_json::from_str(operation.request.text).unwrap();
        let table = Table { root: &root, loose_times: action.loose_times(), thorough: true };
        for (payload, code) in table.cases("", &root, true) {
            count += 1;
            let message = format!(r#"[2,"id-1","{}",{payload}]"#, action.word());
            let shown: String = message.chars().take(400).collect();
            // The whole payload as an array is no object at all.
            let code = if payload.starts_with('[') && code == TYPE { FORMATION } else { code };
            assert_eq!(frame::read(&message).is_none(), code.is_some(), "typed reader: {shown}");
            assert_eq!(RULES.violation(operation, &payload).is_some(), code.is_some(), "schema: {shown}");
            let mut session = session();
            if let Some(code) = code {
                let diagnosis = RULES.diagnose(message.as_bytes());
                assert_eq!(diagnosis.code, code, "{shown}: {:?}", diagnosis.why);
                assert_eq!(diagnosis.reply, Reply::Error("id-1".to_owned()), "{shown}");
                let reply: Value = serde_json::from_str(&refused(&mut session, message.as_bytes())).unwrap();
                assert_eq!((&reply[0], &reply[1]), (&Value::from(4), &Value::from("id-1")));
                assert_eq!(reply[2], code.as_str());
                assert!(
                    reply[3].as_str().unwrap().chars().count() <= 255 && reply[4] == serde_json::json!({})
                );
            } else {
                session.receive(message.as_bytes(), NOW);
                let outputs = outputs(&mut session);
                assert!(
                    matches!(outputs[0], Output::Event { .. } | Output::Send { .. }),
                    "{shown}: {outputs:?}"
                );
            }
        }
    }
    assert!(count > 1_500, "only {count} cases");
}

/// OCPP-J 1.6, 4.1.3: the server shall ignore it. The frame log keeps it.
#[test]
fn another_message_type_is_ignored() {
    for message in [
        r#"[5,"7","Heartbeat",{}]"#,
        r#"[1,"7","Heartbeat",{}]"#,
        "[0]",
        r#"[-2,"7"]"#,
        r#"[6,"a","b",{},1]"#,
    ] {
        let mut session = session();
        session.receive(message.as_bytes(), NOW);
        let outputs = outputs(&mut session);
        assert!(matches!(outputs[..], [Output::Rejected { .. }]), "{message}: {outputs:?}");
    }
}

#[test]
fn broken_envelopes_are_answered_as_far_as_possible() {
    let long = "x".repeat(37);
    let longer = "x".repeat(255);
    let longest = "x".repeat(1_000_000);
    for (message, id, code) in [
        ("", "-1", "FormationViolation"),
        ("null", "-1", "FormationViolation"),
        ("{}", "-1", "FormationViolation"),
        ("[]", "-1", "FormationViolation"),
        ("\"x\"", "-1", "FormationViolation"),
        ("[2]", "-1", "FormationViolation"),
        (r#"[2,"7"]"#, "7", "FormationViolation"),
        (r#"[2,"7","Heartbeat"]"#, "7", "FormationViolation"),
        (r#"[2,"7","Authorize",null]"#, "7", "FormationViolation"),
        (r#"[2,"7","Heartbeat",{},1]"#, "7", "FormationViolation"),
        (r#"[2,"7",5,{}]"#, "7", "FormationViolation"),
        (r#"[2,"7","Heartbeat",{}"#, "7", "FormationViolation"),
        (r#" [ 2 , "7" , "Heartbeat",{}]]"#, "7", "FormationViolation"),
        (r#"[2,"a\"b","Heartbeat",{"x":1}]"#, "a\"b", "FormationViolation"),
        (r#"[2,"a\"b","Heartbeat",{"#, "-1", "FormationViolation"),
        (r#"[2,7,"Heartbeat",{}]"#, "-1", "FormationViolation"),
        (r#"[2,null,"Heartbeat",{}]"#, "-1", "FormationViolation"),
        (r#"["2","7","Heartbeat",{}]"#, "7", "FormationViolation"),
        (r#"[2.0,"7","Heartbeat",{}]"#, "7", "FormationViolation"),
        (r#"[true,"7","Heartbeat",{}]"#, "7", "FormationViolation"),
        (r#"[2,"7","Heartbeet",{}]"#, "7", "NotImplemented"),
        (r#"[2,"7","",{}]"#, "7", "NotImplemented"),
        (r#"[2,"7","Reset",{"type":"Hard"}]"#, "7", "NotSupported"),
        (&format!(r#"[2,"{long}","Heartbeat",{{}}]"#), &long, "FormationViolation"),
        (&format!(r#"[2,"{longer}","Heartbeat",{{}}]"#), &longer, "FormationViolation"),
        (&format!(r#"[2,"{longest}","Heartbeat",{{}}]"#), "-1", "FormationViolation"),
        (&format!(r#"[2,"7","{longest}",{{}}]"#), "7", "NotImplemented"),
        (&"[".repeat(200_000), "-1", "FormationViolation"),
    ] {
        let reply: Value = serde_json::from_str(&refused(&mut session(), message.as_bytes())).unwrap();
        let shown: String = message.chars().take(100).collect();
        assert_eq!((&reply[1], &reply[2]), (&Value::from(id), &Value::from(code)), "{shown}");
    }
    for bytes in [&b"\xff\xfe"[..], &[0, 1, 2], b"[2,\"7\",\"Heartbeat\",{\"\xff\":1}]"] {
        let reply = refused(&mut session(), bytes);
        assert!(reply.contains("FormationViolation"), "{reply}");
    }
}
