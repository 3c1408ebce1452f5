//! Bytes in, meaning out.

use super::*;
use model::card::Token;
use model::connector::ConnectorStatus;
use model::device::{Fault, Introduction, Sample, SampledEnergy, StatusReport, StopReason, StopRecord};
use model::energy::Energy;
use model::id::SessionKey;
use model::order::StopClass;

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn of(action: &str, payload: &str) -> DeviceEvent {
    event(&mut session(), &format!(r#"[2,"1","{action}",{payload}]"#)).1
}

#[test]
fn boot() {
    let full = of(
        "BootNotification",
        r#"{"chargePointVendor":"星星","chargePointModel":"DC-120","chargePointSerialNumber":"S1","chargeBoxSerialNumber":"B1",
            "firmwareVersion":"1.2","iccid":"89860","imsi":"46000","meterType":"DTS","meterSerialNumber":"M1"}"#,
    );
    let want = Introduction {
        vendor: Some("星星".into()),
        model: Some("DC-120".into()),
        serial: Some("S1".into()),
        firmware: Some("1.2".into()),
        iccid: Some("89860".into()),
        imsi: Some("46000".into()),
        meter_type: Some("DTS".into()),
        meter_serial: Some("M1".into()),
        kind: None,
        connectors: None,
    };
    assert_eq!(full, DeviceEvent::Booted(Box::new(want)));
    let least = of(
        "BootNotification",
        r#"{"chargePointVendor":"","chargePointModel":"a\u0000","chargeBoxSerialNumber":"B1","imsi":" "}"#,
    );
    let want = Introduction {
        model: Some("a\u{fffd}".into()),
        serial: Some("B1".into()),
        ..Introduction::default()
    };
    assert_eq!(least, DeviceEvent::Booted(Box::new(want)));
}

#[test]
fn status() {
    let report = |status, error, at| DeviceEvent::Status(StatusReport { connector: 1, status, error, at });
    let fault = |code: &str, vendor: Option<&str>, info: Option<&str>| {
        Some(Fault { code: code.into(), vendor_code: vendor.map(Into::into), info: info.map(Into::into) })
    };
    for (payload, want) in [
        (
            r#"{"connectorId":1,"errorCode":"NoError","status":"Available","timestamp":"2026-07-15T10:30:00+08:00"}"#,
            report(ConnectorStatus::Available, None, Some(at("2026-07-15T02:30:00Z"))),
        ),
        (
            r#"{"connectorId":1,"errorCode":"NoError","status":"SuspendedEV","vendorErrorCode":"0","info":""}"#,
            report(ConnectorStatus::SuspendedEv, None, None),
        ),
        (
            r#"{"connectorId":1,"errorCode":"GroundFailure","status":"Faulted","vendorErrorCode":"E7","info":"leak","vendorId":"x"}"#,
            report(ConnectorStatus::Faulted, fault("GroundFailure", Some("E7"), Some("leak")), None),
        ),
        (
            r#"{"connectorId":1,"errorCode":"NoError","status":"Faulted","vendorErrorCode":"E7"}"#,
            report(ConnectorStatus::Faulted, fault("NoError", Some("E7"), None), None),
        ),
        (
            r#"{"connectorId":1,"errorCode":"WeakSignal","status":"Charging"}"#,
            report(ConnectorStatus::Charging, fault("WeakSignal", None, None), None),
        ),
    ] {
        assert_eq!(of("StatusNotification", payload), want, "{payload}");
    }
}

#[test]
fn authorize_start_data_and_notes() {
    assert_eq!(of("Authorize", r#"{"idTag":"04AB"}"#), DeviceEvent::Authorize { token: Token::card("04AB") });
    let started =
        |meter_start, at| DeviceEvent::Started { connector: 2, token: Token::card("A"), meter_start, at };
    for (time, want) in [
        ("2026-07-15T02:30:05.123Z", at("2026-07-15T02:30:05.123Z")),
        ("2026-07-15T02:30:05", at("2026-07-15T02:30:05Z")),
        ("1970-01-01T00:00:00Z", Timestamp::from_ms(0)),
        ("9999-12-30T00:00:00Z", at("9999-12-30T00:00:00Z")),
        ("222222017-01-01T00:00:00Z", Timestamp::from_ms(0)),
        ("2026-00-15T02:30:05Z", Timestamp::from_ms(0)),
        ("2026-07-15T25:61:61Z", Timestamp::from_ms(0)),
    ] {
        let payload = format!(
            r#"{{"connectorId":2,"idTag":"A","meterStart":-5,"reservationId":1,"timestamp":"{time}"}}"#
        );
        assert_eq!(of("StartTransaction", &payload), started(Energy::from_wh(-5), want), "{time}");
    }
    let data = |message: Option<&str>, data: Option<&str>| {
        DeviceEvent::Data(model::display::VendorMessage {
            vendor: "v".into(),
            message: message.map(Into::into),
            data: data.map(Into::into),
        })
    };
    assert_eq!(of("DataTransfer", r#"{"vendorId":"v"}"#), data(None, None));
    assert_eq!(
        of("DataTransfer", r#"{"vendorId":"v","messageId":"m","data":"{}"}"#),
        data(Some("m"), Some("{}"))
    );
    use model::transfer::TransferState::{Downloaded, Failed, Installed, Uploading};
    for (action, payload, firmware, request, state) in [
        ("DiagnosticsStatusNotification", r#"{"status":"Idle"}"#, false, None, None),
        ("DiagnosticsStatusNotification", r#"{"status":"UploadFailed"}"#, false, None, Some(Failed)),
        ("FirmwareStatusNotification", r#"{"status":"Installed"}"#, true, None, Some(Installed)),
        ("LogStatusNotification", r#"{"status":"Uploading","requestId":7}"#, false, Some(7), Some(Uploading)),
        ("LogStatusNotification", r#"{"status":"PermissionDenied"}"#, false, None, Some(Failed)),
        ("SignedFirmwareStatusNotification", r#"{"status":"Idle","requestId":1}"#, true, Some(1), None),
        (
            "SignedFirmwareStatusNotification",
            r#"{"status":"SignatureVerified"}"#,
            true,
            None,
            Some(Downloaded),
        ),
        ("SignedFirmwareStatusNotification", r#"{"status":"InvalidSignature"}"#, true, None, Some(Failed)),
    ] {
        let DeviceEvent::Transfer(report) = of(action, payload) else { panic!("{action}") };
        let told = (report.firmware, report.request, report.state);
        assert_eq!(told, (firmware, request, state), "{action} {payload}");
        assert!(payload.contains(&report.word));
    }
    let event = DeviceEvent::Security { kind: "x".into(), at: at("2026-07-15T02:30:05Z"), info: None };
    let said = r#"{"type":"x","timestamp":"2026-07-15T02:30:05Z","techInfo":""}"#;
    assert_eq!(of("SecurityEventNotification", said), event);
}

#[test]
fn meter_values() {
    let event = of(
        "MeterValues",
        r#"{"connectorId":1,"transactionId":7,"meterValue":[
            {"timestamp":"2026-07-15T02:30:00Z","sampledValue":[
                {"value":"1.5","unit":"kWh","context":"Sample.Periodic","format":"Raw","measurand":"Energy.Active.Import.Register","location":"Outlet"},
                {"value":"40","unit":"Percent","measurand":"SoC"}]},
            {"timestamp":"2026-07-15T02:31:00Z","sampledValue":[{"value":"NaN"}]}]}"#,
    );
    let mut first = Sample::at(at("2026-07-15T02:30:00Z"));
    first.energy = Some(SampledEnergy::Register(Energy::from_wh(1_500)));
    first.soc_percent = Some(40);
    let samples = vec![first, Sample::at(at("2026-07-15T02:31:00Z"))];
    assert_eq!(
        event,
        DeviceEvent::Metered { session: Some(SessionKey::Transaction(7)), connector: 1, samples }
    );
    let idle = of(
        "MeterValues",
        r#"{"connectorId":0,"meterValue":[{"timestamp":"2026-07-15T02:30:00Z","sampledValue":[{"value":"1"}]}]}"#,
    );
    assert!(matches!(idle, DeviceEvent::Metered { session: None, connector: 0, .. }));
}

#[test]
fn stop() {
    let record = |reason: &str, class, token: Option<&str>, samples| {
        DeviceEvent::Stopped(Box::new(StopRecord {
            session: SessionKey::Transaction(-1),
            meter_stop: Energy::from_wh(3_000_000_000),
            at: at("2026-07-15T02:30:00Z"),
            reason: StopReason { class, code: reason.into() },
            token: token.map(Token::card),
            samples,
        }))
    };
    let stopped = |more: &str| {
        let payload = format!(
            r#"{{"transactionId":-1,"meterStop":3000000000,"timestamp":"2026-07-15T02:30:00Z"{more}}}"#
        );
        of("StopTransaction", &payload)
    };
    assert_eq!(stopped(""), record("ocpp:Local", StopClass::Normal, None, vec![]));
    assert_eq!(stopped(r#","idTag":"A""#), record("ocpp:Local", StopClass::Normal, Some("A"), vec![]));
    for (word, class) in [
        ("EVDisconnected", StopClass::Normal),
        ("EmergencyStop", StopClass::Emergency),
        ("PowerLoss", StopClass::Fault),
        ("Other", StopClass::Unknown),
    ] {
        let code = format!("ocpp:{word}");
        assert_eq!(stopped(&format!(r#","reason":"{word}""#)), record(&code, class, None, vec![]));
        assert!(crate::ocpp16::stop_text(&code).is_some());
    }
    let mut sample = Sample::at(at("2026-07-15T02:29:00Z"));
    sample.energy = Some(SampledEnergy::Register(Energy::from_wh(9)));
    let data = r#","transactionData":[
        {"timestamp":"2026-07-15T02:29:00Z","sampledValue":[{"value":"9"},{"value":"50","measurand":"Frequency","unit":"Hertz"}]},
        {"timestamp":"2026-02-30T00:00:00Z","sampledValue":[{"value":"10"}]}]"#;
    assert_eq!(stopped(data), record("ocpp:Local", StopClass::Normal, None, vec![sample]));
    assert_eq!(crate::ocpp16::stop_text("ykc:40"), None);
    assert!(crate::ocpp16::fault_text("GroundFailure").is_some());
}

#[test]
fn times_that_cannot_be_read_are_refused_where_no_money_hangs_on_them() {
    for message in [
        r#"[2,"1","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Available","timestamp":"222222017-01-01T00:00:00Z"}]"#,
        r#"[2,"1","MeterValues",{"connectorId":1,"meterValue":[{"timestamp":"2026-13-01T00:00:00Z","sampledValue":[{"value":"1"}]}]}]"#,
    ] {
        let reply = refused(&mut session(), message.as_bytes());
        assert!(reply.starts_with(r#"[4,"1","PropertyConstraintViolation","#), "{reply}");
        assert!(reply.contains("timestamp"), "{reply}");
    }
}
