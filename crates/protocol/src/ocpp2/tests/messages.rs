//! What a message of the pile means.

use super::*;
use model::card::{Token, TokenKind};
use model::connector::ConnectorStatus;
use model::device::{SampledEnergy, SessionPhase, SessionReport, SocketState, remote_start_no};
use model::energy::Energy;
use model::id::{SessionKey, SessionName};
use model::order::StopClass;

fn read(action: &str, payload: &str) -> DeviceEvent {
    event(&mut session(Protocol::Ocpp21), &format!(r#"[2,"1","{action}",{payload}]"#)).1
}

fn transaction(payload: &str) -> SessionReport {
    match read("TransactionEvent", payload) {
        DeviceEvent::Session(report) => *report,
        other => panic!("{other:?}"),
    }
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

#[test]
fn a_transaction_from_beginning_to_end() {
    let begun = transaction(
        r#"{"eventType":"Started","timestamp":"2026-07-15T02:30:00Z","triggerReason":"RemoteStart","seqNo":0,
            "offline":true,"transactionInfo":{"transactionId":"tx-1","chargingState":"EVConnected","remoteStartId":77},
            "evse":{"id":2,"connectorId":1},"idToken":{"idToken":"PO1F","type":"Central"},
            "meterValue":[{"timestamp":"2026-07-15T02:30:00Z","sampledValue":[
              {"value":1234.5,"context":"Transaction.Begin","unitOfMeasure":{"unit":"kWh"}}]}]}"#,
    );
    assert_eq!(begun.session, SessionKey::Name(SessionName::parse("tx-1").unwrap()));
    assert_eq!((begun.phase, begun.seq, begun.offline), (SessionPhase::Begun, 0, true));
    assert_eq!((begun.connector, begun.remote_start), (Some(2), Some(77)));
    assert_eq!(begun.token, Some(Token::card("PO1F")));
    assert_eq!(begun.status, Some(ConnectorStatus::Preparing));
    let register = Energy::from_dwh(12_345_000);
    assert_eq!(begun.begin, Some((at("2026-07-15T02:30:00Z"), register)));
    assert_eq!(begun.reason, None);
    let going = transaction(
        r#"{"eventType":"Updated","timestamp":"2026-07-15T02:40:00Z","triggerReason":"MeterValuePeriodic","seqNo":1,
            "transactionInfo":{"transactionId":"tx-1","chargingState":"Charging"},
            "meterValue":[{"timestamp":"2026-07-15T02:40:00Z","sampledValue":[
              {"value":1.2346,"unitOfMeasure":{"unit":"Wh","multiplier":6}},
              {"value":59800,"measurand":"Power.Active.Import"},
              {"value":7.5,"measurand":"Power.Active.Import","unitOfMeasure":{"unit":"horse"}},
              {"value":61,"measurand":"SoC","location":"EV"},
              {"value":1,"measurand":"Display.PresentSOC"}]}]}"#,
    );
    assert_eq!((going.phase, going.connector, going.token), (SessionPhase::Going, None, None));
    let [sample] = going.samples.as_slice() else { panic!("{:?}", going.samples) };
    assert_eq!(sample.energy, Some(SampledEnergy::Register(Energy::from_dwh(12_346_000))));
    assert_eq!((sample.power_w, sample.soc_percent), (Some(59_800), Some(61)));
    assert_eq!((going.begin, going.meter_end), (None, None));
    let ended = transaction(
        r#"{"eventType":"Ended","timestamp":"2026-07-15T02:50:00Z","triggerReason":"EVDeparted","seqNo":2,
            "transactionInfo":{"transactionId":"tx-1","stoppedReason":"EVDisconnected"},
            "meterValue":[
              {"timestamp":"2026-07-15T02:30:00Z","sampledValue":[{"value":1234500,"context":"Transaction.Begin"}]},
              {"timestamp":"2026-07-15T02:50:00Z","sampledValue":[{"value":1240000,"context":"Transaction.End",
                "signedMeterValue":{"signedMeterData":"AA==","signingMethod":"","encodingMethod":"OCMF","publicKey":""}}]}]}"#,
    );
    assert_eq!(ended.begin, Some((at("2026-07-15T02:30:00Z"), register)));
    assert_eq!(ended.meter_end, Some(Energy::from_wh(1_240_000)));
    let reason = ended.reason.unwrap();
    assert_eq!((reason.class, reason.code.as_str()), (StopClass::Normal, "ocpp:EVDisconnected"));
    assert!(crate::stop_text("ocpp:GroundFault").is_some());
}

#[test]
fn every_kind_of_token() {
    let with = |id: &str, kind: &str| {
        transaction(&format!(
            r#"{{"eventType":"Updated","timestamp":"2026-07-15T02:30:00Z","triggerReason":"Authorized","seqNo":1,
                "transactionInfo":{{"transactionId":"t"}},"idToken":{{"idToken":"{id}","type":"{kind}"}}}}"#
        ))
    };
    for kind in
        ["ISO14443", "ISO15693", "eMAID", "KeyCode", "Local", "Central", "MacAddress", "DirectPayment"]
    {
        let report = with("04a1B2", kind);
        assert_eq!((report.token, report.unattended), (Some(Token::card("04a1B2")), false), "{kind}");
    }
    assert_eq!(with("LSV1", "VIN").token, Some(Token { kind: TokenKind::Vin, value: "LSV1".into() }));
    let free = with("", "NoAuthorization");
    assert_eq!((free.token, free.unattended), (None, true));
}

#[test]
fn the_rest_has_its_meaning() {
    let DeviceEvent::Booted(told) = read(
        "BootNotification",
        r#"{"reason":"PowerUp","chargingStation":{"model":"M","vendorName":"V","serialNumber":"S","firmwareVersion":"F",
            "modem":{"iccid":"I","imsi":"J"}}}"#,
    ) else {
        panic!()
    };
    let facts = [told.vendor, told.model, told.serial, told.firmware, told.iccid, told.imsi];
    assert_eq!(facts.map(Option::unwrap), ["V", "M", "S", "F", "I", "J"]);
    for (word, state) in [
        ("Available", SocketState::Available),
        ("Occupied", SocketState::Occupied),
        ("Reserved", SocketState::Reserved),
        ("Unavailable", SocketState::Unavailable),
        ("Faulted", SocketState::Faulted),
    ] {
        let told = read(
            "StatusNotification",
            &format!(
                r#"{{"timestamp":"2026-07-15T02:30:00Z","connectorStatus":"{word}","evseId":2,"connectorId":3}}"#
            ),
        );
        let DeviceEvent::Socket(socket) = told else { panic!("{told:?}") };
        assert_eq!((socket.connector, socket.socket, socket.state), (2, 3, state));
    }
    let told = read(
        "MeterValues",
        r#"{"evseId":1,"meterValue":[{"timestamp":"2026-07-15T02:30:00Z","sampledValue":[{"value":5}]}]}"#,
    );
    assert!(matches!(told, DeviceEvent::Metered { session: None, connector: 1, .. }), "{told:?}");
    let told = read("DataTransfer", r#"{"vendorId":"v","data":{"a":1}}"#);
    assert!(matches!(told, DeviceEvent::Data(_)));
    let told = read(
        "NotifyReport",
        r#"{"requestId":1,"generatedAt":"2026-07-15T02:30:00Z","seqNo":0,"reportData":[{"component":{"name":"EVSE","evse":{"id":1},"instance":"a"},
            "variable":{"name":"Power","instance":"b"},"variableAttribute":[{"value":"7"},{"type":"MaxSet","value":"9","mutability":"ReadOnly"}],
            "variableCharacteristics":{"dataType":"decimal","unit":"W","supportsMonitoring":false}}]}"#,
    );
    let DeviceEvent::Variables(told) = told else { panic!("{told:?}") };
    let shown: Vec<_> = told.iter().map(|one| (one.name.as_str(), one.value.as_deref().unwrap())).collect();
    assert_eq!(shown, [("EVSE#1(a).Power(b)", "7"), ("EVSE#1(a).Power(b):MaxSet", "9")]);
    assert_eq!((told[1].mutability.as_deref(), told[1].unit.as_deref()), (Some("ReadOnly"), Some("W")));
    let told = read(
        "NotifyEvent",
        r#"{"generatedAt":"2026-07-15T02:30:00Z","seqNo":0,"eventData":[{"eventId":1,"timestamp":"2026-07-15T02:30:00Z","trigger":"Delta",
            "actualValue":"true","eventNotificationType":"HardWiredNotification","component":{"name":"Lock"},"variable":{"name":"Problem"}}]}"#,
    );
    let DeviceEvent::Noticed { variables: told, .. } = told else { panic!("{told:?}") };
    assert_eq!((told[0].name.as_str(), told[0].value.as_deref()), ("Lock.Problem", Some("true")));
    let told = read("NotifyDisplayMessages", r#"{"requestId":1}"#);
    assert_eq!(told, DeviceEvent::Displays(Vec::new()));
}

/// A time that does not exist costs the time, not the record.
#[test]
fn a_transaction_with_a_broken_clock_is_kept() {
    let report = transaction(
        r#"{"eventType":"Started","timestamp":"2026-00-15T02:30:00Z","triggerReason":"CablePluggedIn","seqNo":0,
            "transactionInfo":{"transactionId":"t"}}"#,
    );
    assert_eq!(report.at, Timestamp::from_ms(0));
    assert!(remote_start_no("PO1F") >= 0);
}
