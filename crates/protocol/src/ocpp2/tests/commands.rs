//! Commands to calls, answers to outcomes.

use super::*;
use model::device::{DeviceCommand, Outcome, remote_start_no};
use model::id::{CommandId, SessionKey, SessionName};
use model::money::Fen;

fn call(action: &str, payload: &str) -> DeviceCommand {
    DeviceCommand::Call { action: action.into(), payload: payload.into() }
}

/// The call that goes out: its id and the rest.
fn sent(session: &mut Session, command: &DeviceCommand) -> (String, String) {
    session.command(CommandId(9), command, NOW);
    let outputs = outputs(session);
    let [Output::Send { bytes, frame: Some(_) }] = outputs.as_slice() else { panic!("{outputs:?}") };
    let text = std::str::from_utf8(bytes).unwrap();
    let (id, rest) = text.strip_prefix("[2,\"").unwrap().split_once("\",").unwrap();
    (id.to_owned(), rest.to_owned())
}

fn ended(session: &mut Session) -> Outcome {
    let mut outputs = outputs(session);
    outputs.retain(|output| !matches!(output, Output::Learned { .. }));
    match outputs.remove(0) {
        Output::Done { outcome, .. } => outcome,
        other => panic!("{other:?}"),
    }
}

fn answer(command: &DeviceCommand, payload: &str) -> Outcome {
    let mut session = session(Protocol::Ocpp201);
    let (id, _) = sent(&mut session, command);
    session.receive(format!(r#"[3,"{id}",{payload}]"#).as_bytes(), NOW);
    ended(&mut session)
}

fn start(connector: u16) -> DeviceCommand {
    DeviceCommand::Start { connector, token: "PO1F".into(), session: None, balance: Fen::default() }
}

#[test]
fn every_command_has_its_call() {
    let number = remote_start_no("PO1F");
    let session_key = SessionKey::Name(SessionName::parse("tx \"1").unwrap());
    for (command, want) in [
        (
            start(1),
            format!(
                r#""RequestStartTransaction",{{"evseId":1,"idToken":{{"idToken":"PO1F","type":"Central"}},"remoteStartId":{number}}}]"#
            ),
        ),
        (
            start(0),
            format!(
                r#""RequestStartTransaction",{{"idToken":{{"idToken":"PO1F","type":"Central"}},"remoteStartId":{number}}}]"#
            ),
        ),
        (
            DeviceCommand::Stop { session: session_key, connector: 1 },
            r#""RequestStopTransaction",{"transactionId":"tx \"1"}]"#.to_owned(),
        ),
        (DeviceCommand::Reset { hard: true }, r#""Reset",{"type":"Immediate"}]"#.to_owned()),
        (DeviceCommand::Reset { hard: false }, r#""Reset",{"type":"OnIdle"}]"#.to_owned()),
        (DeviceCommand::Unlock { connector: 2 }, r#""UnlockConnector",{"connectorId":1,"evseId":2}]"#.to_owned()),
        (
            DeviceCommand::Availability { connector: 0, operative: false },
            r#""ChangeAvailability",{"operationalStatus":"Inoperative"}]"#.to_owned(),
        ),
        (
            DeviceCommand::Availability { connector: 2, operative: true },
            r#""ChangeAvailability",{"evse":{"id":2},"operationalStatus":"Operative"}]"#.to_owned(),
        ),
        (
            DeviceCommand::ConfigurationGet { keys: vec![] },
            r#""GetBaseReport",{"reportBase":"FullInventory","requestId":9}]"#.to_owned(),
        ),
        (
            DeviceCommand::ConfigurationGet { keys: vec!["EVSE#1.Power".into()] },
            r#""GetVariables",{"getVariableData":[{"component":{"evse":{"id":1},"name":"EVSE"},"variable":{"name":"Power"}}]}]"#.to_owned(),
        ),
        (
            DeviceCommand::ConfigurationSet { key: "Ctrlr(a).Var(b)".into(), value: "1".into() },
            r#""SetVariables",{"setVariableData":[{"attributeValue":"1","component":{"instance":"a","name":"Ctrlr"},"variable":{"instance":"b","name":"Var"}}]}]"#.to_owned(),
        ),
        (
            DeviceCommand::CertificateSet { chain: "PEM".into() },
            r#""CertificateSigned",{"certificateChain":"PEM","certificateType":"ChargingStationCertificate"}]"#.to_owned(),
        ),
        (DeviceCommand::CacheClear, r#""ClearCache",{}]"#.to_owned()),
        (
            DeviceCommand::Trigger { message: "StatusNotification".into(), connector: Some(1) },
            r#""TriggerMessage",{"evse":{"connectorId":1,"id":1},"requestedMessage":"StatusNotification"}]"#.to_owned(),
        ),
        (
            DeviceCommand::Trigger { message: "Heartbeat".into(), connector: Some(0) },
            r#""TriggerMessage",{"requestedMessage":"Heartbeat"}]"#.to_owned(),
        ),
        (
            call("CostUpdated", r#"{"totalCost":12.5,"transactionId":"t"}"#),
            r#""CostUpdated",{"totalCost":12.5,"transactionId":"t"}]"#.to_owned(),
        ),
    ] {
        for protocol in BOTH {
            assert_eq!(sent(&mut session(protocol), &command).1, want);
        }
    }
}

#[test]
fn a_wrong_command_never_reaches_the_pile_and_says_which_field() {
    for command in [
        DeviceCommand::Stop { session: SessionKey::Transaction(1), connector: 1 },
        DeviceCommand::ClockSet { at: NOW },
        DeviceCommand::GroundLock { connector: 1, raise: true },
        call("Heartbeat", "{}"),
        call("RemoteStartTransaction", "{}"),
        call("SetDefaultTariff", "{}"),
    ] {
        let mut session = session(Protocol::Ocpp201);
        session.command(CommandId(1), &command, NOW);
        assert!(matches!(ended(&mut session), Outcome::Unsupported(_)), "{command:?}");
    }
    let get = |key: &str| DeviceCommand::ConfigurationGet { keys: vec![key.into()] };
    for (command, field) in [
        (get("HeartbeatInterval"), "HeartbeatInterval"),
        (get(".x"), ".x"),
        (get("EVSE#x.Power"), "EVSE#x.Power"),
        (DeviceCommand::Trigger { message: "Nonsense".into(), connector: None }, "requestedMessage"),
        (call("Reset", "{}"), "type"),
        (call("Reset", "{"), "JSON"),
        (call("SetDefaultTariff", "{}"), "evseId"),
    ] {
        let mut session = session(Protocol::Ocpp21);
        session.command(CommandId(1), &command, NOW);
        let Outcome::Refused(refusal) = ended(&mut session) else { panic!("{command:?}") };
        assert!(refusal.text.zh.contains(field) && refusal.text.en.contains(field), "{refusal:?}");
    }
}

#[test]
fn answers_become_outcomes() {
    let reset = DeviceCommand::Reset { hard: true };
    let get = DeviceCommand::ConfigurationGet { keys: vec!["A.b".into()] };
    let set = DeviceCommand::ConfigurationSet { key: "A.b".into(), value: "1".into() };
    let one = |list: &str, status: &str| {
        format!(
            r#"{{"{list}":[{{"attributeStatus":"{status}","component":{{"name":"A"}},"variable":{{"name":"b"}}}}]}}"#
        )
    };
    for (command, payload) in [
        (&reset, r#"{"status":"Accepted"}"#.to_owned()),
        (&reset, r#"{"status":"Scheduled"}"#.to_owned()),
        (&get, one("getVariableResult", "Accepted")),
        (&set, one("setVariableResult", "Accepted")),
        (&set, one("setVariableResult", "RebootRequired")),
    ] {
        assert!(matches!(answer(command, &payload), Outcome::Accepted { .. }), "{payload}");
    }
    for (command, payload, code) in [
        (&reset, r#"{"status":"Rejected"}"#.to_owned(), "Rejected"),
        (&reset, "{}".to_owned(), "OccurrenceConstraintViolation"),
        (&reset, "null".to_owned(), "FormatViolation"),
        (&get, one("getVariableResult", "UnknownVariable"), "UnknownVariable"),
        (&set, one("setVariableResult", "Rejected"), "Rejected"),
        (
            &DeviceCommand::Unlock { connector: 1 },
            r#"{"status":"OngoingAuthorizedTransaction"}"#.to_owned(),
            "OngoingAuthorizedTransaction",
        ),
    ] {
        let Outcome::Refused(refusal) = answer(command, &payload) else { panic!("{payload}") };
        assert_eq!(refusal.code, code, "{payload}");
    }
}

#[test]
fn firmware_logs_and_lists_have_their_calls() {
    use model::desired::{ListCard, LocalList};
    use model::transfer::{FirmwareOrder, LogOrder, TransferKind};
    let firmware = FirmwareOrder {
        ftp: None,
        request: 7,
        url: "https://p/files/x".into(),
        at: NOW,
        retries: Some(2),
        retry_interval_s: None,
        signed: Some(("PEM".into(), "c2ln".into())),
    };
    let log = LogOrder {
        request: 8,
        kind: TransferKind::Diagnostics,
        url: "https://p/files/y".into(),
        from: None,
        until: None,
        retries: None,
        retry_interval_s: Some(30),
    };
    let card = |tag: &str, group: Option<&str>| ListCard {
        tag: tag.into(),
        group: group.map(str::to_owned),
        expires_at_ms: None,
    };
    let list = LocalList {
        version: 4,
        full: false,
        cards: vec![card("04A1B2C3", Some("F1"))],
        removed: vec!["OLD".into()],
    };
    let empty = LocalList { version: 5, full: true, cards: Vec::new(), removed: Vec::new() };
    let at = NOW.rfc3339();
    for (command, want) in [
        (
            DeviceCommand::FirmwareUpdate(Box::new(firmware)),
            format!(
                r#""UpdateFirmware",{{"firmware":{{"location":"https://p/files/x","retrieveDateTime":"{at}","signature":"c2ln","signingCertificate":"PEM"}},"requestId":7,"retries":2}}]"#
            ),
        ),
        (
            DeviceCommand::LogFetch(Box::new(log)),
            r#""GetLog",{"log":{"remoteLocation":"https://p/files/y"},"logType":"DiagnosticsLog","requestId":8,"retryInterval":30}]"#.to_owned(),
        ),
        (
            DeviceCommand::LocalListSet(Box::new(list)),
            r#""SendLocalList",{"localAuthorizationList":[{"idToken":{"idToken":"04A1B2C3","type":"ISO14443"},"idTokenInfo":{"groupIdToken":{"idToken":"F1","type":"Central"},"status":"Accepted"}},{"idToken":{"idToken":"OLD","type":"Central"}}],"updateType":"Differential","versionNumber":4}]"#.to_owned(),
        ),
        (
            DeviceCommand::LocalListSet(Box::new(empty)),
            r#""SendLocalList",{"updateType":"Full","versionNumber":5}]"#.to_owned(),
        ),
        (DeviceCommand::LocalListGet, r#""GetLocalListVersion",{}]"#.to_owned()),
    ] {
        for protocol in BOTH {
            assert_eq!(sent(&mut session(protocol), &command).1, want);
        }
    }
}

/// What an answer tells of the pile comes before the command's end.
#[test]
fn answers_tell_of_the_pile() {
    use model::desired::Learned;
    let learned = |command: &DeviceCommand, payload: &str| {
        let mut session = session(Protocol::Ocpp201);
        let (id, _) = sent(&mut session, command);
        session.receive(format!(r#"[3,"{id}",{payload}]"#).as_bytes(), NOW);
        let outputs = outputs(&mut session);
        assert!(matches!(outputs.last(), Some(Output::Done { .. })), "{outputs:?}");
        outputs.into_iter().find_map(|output| match output {
            Output::Learned { learned, .. } => Some(learned),
            _ => None,
        })
    };
    let get = DeviceCommand::ConfigurationGet { keys: vec!["A.B".into(), "C.D".into()] };
    let told = learned(
        &get,
        r#"{"getVariableResult":[
            {"attributeStatus":"Accepted","attributeValue":"5","component":{"name":"A"},"variable":{"name":"B"}},
            {"attributeStatus":"UnknownVariable","component":{"name":"C"},"variable":{"name":"D"}}]}"#,
    );
    let Some(Learned::Variables { told, unknown }) = told else { panic!("{told:?}") };
    assert_eq!((told[0].name.as_str(), told[0].value.as_deref()), ("A.B", Some("5")));
    assert_eq!(unknown, ["C.D"]);
    let set = DeviceCommand::ConfigurationSet { key: "A.B".into(), value: "6".into() };
    let answer = |status: &str| {
        format!(
            r#"{{"setVariableResult":[{{"attributeStatus":"{status}","component":{{"name":"A"}},"variable":{{"name":"B"}}}}]}}"#
        )
    };
    assert_eq!(learned(&set, &answer("RebootRequired")), Some(Learned::AfterReboot));
    assert_eq!(learned(&set, &answer("Accepted")), None);
    let version = learned(&DeviceCommand::LocalListGet, r#"{"versionNumber":12}"#);
    assert_eq!(version, Some(Learned::ListVersion(12)));
}
