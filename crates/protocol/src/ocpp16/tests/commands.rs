//! Commands to calls, answers to outcomes.

use super::*;
use model::device::{DeviceCommand, Outcome};
use model::id::{CommandId, SessionKey, TradeNo};
use model::money::Fen;

const COMMAND: CommandId = CommandId(1);

fn start(connector: u16, token: &str) -> DeviceCommand {
    DeviceCommand::Start { connector, token: token.into(), session: None, balance: Fen::default() }
}

fn call(action: &str, payload: &str) -> DeviceCommand {
    DeviceCommand::Call { action: action.into(), payload: payload.into() }
}

/// The call that goes out: its id and the rest.
fn sent(session: &mut Session, command: &DeviceCommand) -> (String, String) {
    session.command(COMMAND, command, NOW);
    let outputs = outputs(session);
    let [Output::Send { bytes, frame: Some(frame) }] = outputs.as_slice() else { panic!("{outputs:?}") };
    assert_eq!(&frame.bytes, bytes);
    let rest = text(bytes).strip_prefix("[2,\"").unwrap();
    let (id, rest) = rest.split_once("\",").unwrap();
    assert!(id.len() <= 36);
    (id.to_owned(), rest.to_owned())
}

fn ended(session: &mut Session) -> Outcome {
    let mut outputs = outputs(session);
    outputs.retain(|output| !matches!(output, Output::Learned { .. }));
    assert_eq!(outputs.len(), 1, "{outputs:?}");
    match outputs.remove(0) {
        Output::Done { command: COMMAND, outcome, .. } => outcome,
        other => panic!("{other:?}"),
    }
}

fn answer(command: &DeviceCommand, kind: u8, rest: &str) -> Outcome {
    let mut session = session();
    let (id, _) = sent(&mut session, command);
    session.receive(format!(r#"[{kind},"{id}",{rest}]"#).as_bytes(), NOW);
    ended(&mut session)
}

#[test]
fn every_command_has_its_call() {
    for (command, want) in [
        (start(1, "TAG"), r#""RemoteStartTransaction",{"connectorId":1,"idTag":"TAG"}]"#),
        (start(0, "TAG"), r#""RemoteStartTransaction",{"idTag":"TAG"}]"#),
        (
            DeviceCommand::Stop { session: SessionKey::Transaction(9), connector: 1 },
            r#""RemoteStopTransaction",{"transactionId":9}]"#,
        ),
        (DeviceCommand::Reset { hard: true }, r#""Reset",{"type":"Hard"}]"#),
        (DeviceCommand::Reset { hard: false }, r#""Reset",{"type":"Soft"}]"#),
        (DeviceCommand::Unlock { connector: 2 }, r#""UnlockConnector",{"connectorId":2}]"#),
        (
            DeviceCommand::Availability { connector: 0, operative: false },
            r#""ChangeAvailability",{"connectorId":0,"type":"Inoperative"}]"#,
        ),
        (DeviceCommand::ConfigurationGet { keys: vec![] }, r#""GetConfiguration",{}]"#),
        (DeviceCommand::ConfigurationGet { keys: vec!["a".into()] }, r#""GetConfiguration",{"key":["a"]}]"#),
        (
            DeviceCommand::ConfigurationSet { key: "k".into(), value: "\"".into() },
            r#""ChangeConfiguration",{"key":"k","value":"\""}]"#,
        ),
        (DeviceCommand::CacheClear, r#""ClearCache",{}]"#),
        (
            DeviceCommand::Trigger { message: "MeterValues".into(), connector: Some(1) },
            r#""TriggerMessage",{"connectorId":1,"requestedMessage":"MeterValues"}]"#,
        ),
        (
            DeviceCommand::Trigger { message: "Heartbeat".into(), connector: Some(0) },
            r#""TriggerMessage",{"requestedMessage":"Heartbeat"}]"#,
        ),
        (
            call("GetLog", r#" {"logType":"SecurityLog","requestId":1,"log":{"remoteLocation":"ftp://x"}} "#),
            r#""GetLog",{"logType":"SecurityLog","requestId":1,"log":{"remoteLocation":"ftp://x"}}]"#,
        ),
        (call("DataTransfer", r#"{"vendorId":"v"}"#), r#""DataTransfer",{"vendorId":"v"}]"#),
    ] {
        assert_eq!(sent(&mut session(), &command).1, want);
    }
}

#[test]
fn a_wrong_command_never_reaches_the_pile_and_says_which_field() {
    let trade = SessionKey::Trade(TradeNo::ZERO);
    for command in [
        DeviceCommand::Stop { session: trade, connector: 1 },
        DeviceCommand::ClockSet { at: NOW },
        call("Heartbeat", "{}"),
        call("reset", "{}"),
        call("Nonsense", "{}"),
    ] {
        let mut session = session();
        session.command(COMMAND, &command, NOW);
        assert!(matches!(ended(&mut session), Outcome::Unsupported(_)), "{command:?}");
    }
    let profile = r#"{"connectorId":1,"csChargingProfiles":{"chargingProfileId":1,"stackLevel":0,"chargingProfilePurpose":"TxProfile","chargingProfileKind":"Relative","chargingSchedule":{"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":16.05}]}}}"#;
    for (command, field) in [
        (start(1, &"x".repeat(21)), "idTag"),
        (DeviceCommand::Trigger { message: "Nonsense".into(), connector: None }, "requestedMessage"),
        (call("Reset", "{}"), "type"),
        (call("Reset", r#"{"type":"Hard","type":"Hard"}"#), "type"),
        (call("Reset", "{"), "JSON"),
        (call("Reset", r#"{"type":"Hard"},1"#), "JSON"),
        (
            call("SetChargingProfile", profile),
            "csChargingProfiles.chargingSchedule.chargingSchedulePeriod[0].limit",
        ),
    ] {
        let mut session = session();
        session.command(COMMAND, &command, NOW);
        let Outcome::Refused(refusal) = ended(&mut session) else { panic!("{command:?}") };
        assert!(refusal.text.zh.contains(field) && refusal.text.en.contains(field), "{refusal:?}");
    }
    sent(&mut session(), &call("SetChargingProfile", &profile.replace("16.05", "16.1")));
}

#[test]
fn answers_become_outcomes() {
    let reset = DeviceCommand::Reset { hard: true };
    let unlock = DeviceCommand::Unlock { connector: 1 };
    let get = DeviceCommand::ConfigurationGet { keys: vec![] };
    let set = DeviceCommand::ConfigurationSet { key: "k".into(), value: "v".into() };
    let accepted = |detail: Option<&str>| Outcome::Accepted { detail: detail.map(Into::into) };
    for (command, payload, want) in [
        (&reset, r#"{"status":"Accepted"}"#, accepted(None)),
        (&unlock, r#"{"status":"Unlocked"}"#, accepted(Some(r#"{"status":"Unlocked"}"#))),
        (&set, r#"{"status":"RebootRequired"}"#, accepted(Some(r#"{"status":"RebootRequired"}"#))),
        (&get, "{}", accepted(None)),
        (&get, "null", accepted(None)),
        (&get, r#"{"unknownKey":["a"]}"#, accepted(Some(r#"{"unknownKey":["a"]}"#))),
        // A field too many does not undo what the pile did.
        (&reset, r#"{"status":"Accepted","x":1}"#, accepted(Some(r#"{"status":"Accepted","x":1}"#))),
    ] {
        assert_eq!(answer(command, 3, payload), want, "{payload}");
    }
    for (command, payload, code) in [
        (&reset, r#"{"status":"Rejected"}"#, "Rejected"),
        (&unlock, r#"{"status":"UnlockFailed"}"#, "UnlockFailed"),
        (&set, r#"{"status":"NotSupported"}"#, "NotSupported"),
        (&reset, "{}", "OccurenceConstraintViolation"),
        (&reset, r#"{"status":"Perhaps"}"#, "PropertyConstraintViolation"),
        (&reset, r#"{"status":1}"#, "TypeConstraintViolation"),
        (&reset, "null", "FormationViolation"),
        (&reset, "{},1", "FormationViolation"),
    ] {
        let Outcome::Refused(refusal) = answer(command, 3, payload) else { panic!("{payload}") };
        assert_eq!(refusal.code, code, "{payload}");
        assert!(!refusal.text.zh.is_empty());
    }
    for (rest, unsupported) in [
        (r#""NotImplemented","",{}"#, true),
        (r#""NotSupported","no",{}"#, true),
        (r#""InternalError","broken \"x\"",{}"#, false),
        (r#""GenericError""#, false),
        (r#""Nonsense","x",{},5"#, false),
        ("5", false),
    ] {
        let outcome = answer(&reset, 4, rest);
        assert_eq!(matches!(outcome, Outcome::Unsupported(_)), unsupported, "{rest}");
        assert!(unsupported || matches!(outcome, Outcome::Refused(_)), "{rest}: {outcome:?}");
    }
}
