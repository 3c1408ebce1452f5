//! Decisions in, bytes out; every payload checked against the official schema.

use super::*;
use crate::ocpp::json::Node;
use crate::ocpp::schema::check;
use crate::ocpp16::schemas;
use model::Error;
use model::card::TokenVerdict;
use model::device::{Answer, TokenAnswer};
use model::display::VendorVerdict;

const BOOT: &str = r#"{"chargePointVendor":"v","chargePointModel":"m"}"#;
const STATUS: &str = r#"{"connectorId":1,"errorCode":"NoError","status":"Available"}"#;
const START: &str = r#"{"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2026-07-15T02:30:05Z"}"#;
const STOP: &str = r#"{"transactionId":1,"meterStop":0,"timestamp":"2026-07-15T02:30:05Z"}"#;
const METER: &str =
    r#"{"connectorId":1,"meterValue":[{"timestamp":"2026-07-15T02:30:05Z","sampledValue":[{"value":"1"}]}]}"#;

fn render(action: &str, payload: &str, answer: &Result<Answer, Error>) -> String {
    let (asked, _) = event(&mut session(), &format!(r#"[2,"7","{action}",{payload}]"#));
    assert_eq!(asked.kind(), action);
    String::from_utf8(asked.render(answer, NOW)).unwrap()
}

fn conforms(action: &str, bytes: &str) {
    let payload = bytes.strip_prefix(r#"[3,"7","#).and_then(|rest| rest.strip_suffix(']')).unwrap();
    let schema = schemas::find(action).unwrap().response.tree();
    assert_eq!(check(schema, &Node::parse(payload).unwrap(), false), Ok(()), "{bytes}");
}

fn token(verdict: TokenVerdict) -> TokenAnswer {
    TokenAnswer::of(verdict)
}

#[test]
fn answers_are_what_the_standard_says() {
    let full =
        TokenAnswer {
            verdict: TokenVerdict::Accepted, group: Some("车队\"1".into()), expires_at: Some(NOW)
        };
    for (action, payload, answer, want) in [
        (
            "BootNotification",
            BOOT,
            Answer::Booted { accepted: true },
            r#"{"currentTime":"2026-07-15T02:30:05.123Z","interval":300,"status":"Accepted"}"#,
        ),
        (
            "BootNotification",
            BOOT,
            Answer::Booted { accepted: false },
            r#"{"currentTime":"2026-07-15T02:30:05.123Z","interval":60,"status":"Rejected"}"#,
        ),
        ("StatusNotification", STATUS, Answer::Noted, "{}"),
        ("MeterValues", METER, Answer::Noted, "{}"),
        ("FirmwareStatusNotification", r#"{"status":"Idle"}"#, Answer::Noted, "{}"),
        (
            "Authorize",
            r#"{"idTag":"A"}"#,
            Answer::Token(full.clone()),
            r#"{"idTagInfo":{"status":"Accepted","expiryDate":"2026-07-15T02:30:05.123Z","parentIdTag":"车队\"1"}}"#,
        ),
        (
            "StartTransaction",
            START,
            Answer::Started { transaction: 7, token: token(TokenVerdict::Concurrent) },
            r#"{"idTagInfo":{"status":"ConcurrentTx"},"transactionId":7}"#,
        ),
        ("StopTransaction", STOP, Answer::Stopped { token: None }, "{}"),
        (
            "StopTransaction",
            STOP,
            Answer::Stopped { token: Some(full) },
            r#"{"idTagInfo":{"status":"Accepted","expiryDate":"2026-07-15T02:30:05.123Z","parentIdTag":"车队\"1"}}"#,
        ),
        (
            "DataTransfer",
            r#"{"vendorId":"x"}"#,
            Answer::Data(VendorVerdict::UnknownVendor),
            r#"{"status":"UnknownVendorId"}"#,
        ),
    ] {
        let bytes = render(action, payload, &Ok(answer));
        assert_eq!(bytes, format!(r#"[3,"7",{want}]"#));
        conforms(action, &bytes);
    }
}

#[test]
fn every_verdict_has_a_word() {
    use TokenVerdict::*;
    for (verdict, word) in [
        (Accepted, "Accepted"),
        (Blocked, "Blocked"),
        (Expired, "Expired"),
        (Unknown, "Invalid"),
        (Concurrent, "ConcurrentTx"),
        (OutOfService, "Blocked"),
        (ConnectorBusy, "Blocked"),
        (NoBalance, "Blocked"),
        (CustomerFrozen, "Blocked"),
        (WrongPassword, "Invalid"),
        (NoTariff, "Blocked"),
        (FleetStation, "Blocked"),
        (FleetHours, "Blocked"),
        (FleetLimit, "Blocked"),
    ] {
        let bytes = render("Authorize", r#"{"idTag":"A"}"#, &Ok(Answer::Token(token(verdict))));
        assert!(bytes.contains(&format!(r#""status":"{word}""#)), "{verdict:?}: {bytes}");
        conforms("Authorize", &bytes);
    }
    let long = TokenAnswer { group: Some("x".repeat(21)), ..token(Accepted) };
    conforms("Authorize", &render("Authorize", r#"{"idTag":"A"}"#, &Ok(Answer::Token(long))));
}

#[test]
fn a_fault_of_ours_never_loses_a_record() {
    let gone = || Err(Error::unavailable("数据库", "database"));
    for (action, payload) in [
        ("StartTransaction", START),
        ("StopTransaction", STOP),
        ("MeterValues", METER),
        ("StatusNotification", STATUS),
    ] {
        assert_eq!(render(action, payload, &gone()), "", "{action}");
        assert_eq!(render(action, payload, &Err(Error::internal())), "", "{action}");
    }
    assert_eq!(
        render("Authorize", r#"{"idTag":"A"}"#, &gone()),
        r#"[4,"7","InternalError","part.unavailable",{}]"#
    );
    let denied = Err(Error::new(model::error::Kind::Denied, "pile.denied", model::Text::of("否", "no")));
    assert_eq!(render("BootNotification", BOOT, &denied), r#"[4,"7","SecurityError","pile.denied",{}]"#);
    let refusals = [
        Error::refused("order.over", "已结束", "it is over"),
        Error::conflict("pile.changed", "已变", "changed"),
        Error::invalid("tag", "不对", "wrong"),
        Error::not_found("card.not_found", "没有", "none"),
    ];
    for refused in refusals {
        let want = format!(r#"[4,"7","GenericError","{}",{{}}]"#, refused.code);
        assert_eq!(render("Authorize", r#"{"idTag":"A"}"#, &Err(refused.clone())), want);
        assert_eq!(render("StopTransaction", STOP, &Err(refused)), want, "a refusal is no fault of ours");
    }
    // An answer to another question is a fault of ours, too.
    assert!(
        render("Authorize", r#"{"idTag":"A"}"#, &Ok(Answer::Noted)).starts_with(r#"[4,"7","InternalError","#)
    );
}
