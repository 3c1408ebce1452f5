//! Decisions in, bytes out; every payload checked against the official schema.

use super::*;
use crate::ocpp::Version;
use crate::ocpp::json::Node;
use crate::ocpp::schema::check;
use crate::ocpp2::message::{MESSAGES, Means};
use crate::ocpp2::schemas;
use model::Error;
use model::card::TokenVerdict;
use model::device::{Answer, TokenAnswer};
use model::display::VendorVerdict;
use model::money::Fen;

const AUTHORIZE: &str = r#"{"idToken":{"idToken":"A","type":"ISO14443"}}"#;
const BOOT: &str = r#"{"reason":"PowerUp","chargingStation":{"model":"m","vendorName":"v"}}"#;
const TRANSACTION: &str = r#"{"eventType":"Ended","timestamp":"2026-07-15T02:30:05Z","triggerReason":"EVDeparted","seqNo":3,"transactionInfo":{"transactionId":"T1"}}"#;
const STATUS: &str =
    r#"{"timestamp":"2026-07-15T02:30:05Z","connectorStatus":"Available","evseId":1,"connectorId":1}"#;
const METER: &str =
    r#"{"evseId":1,"meterValue":[{"timestamp":"2026-07-15T02:30:05Z","sampledValue":[{"value":1}]}]}"#;

fn render(action: &str, payload: &str, answer: &Result<Answer, Error>) -> String {
    let (asked, _) = event(&mut session(Protocol::Ocpp201), &format!(r#"[2,"7","{action}",{payload}]"#));
    assert_eq!(asked.kind(), action);
    String::from_utf8(asked.render(answer, NOW)).unwrap()
}

fn conforms(action: &str, payload: &str) {
    for version in [Version::V201, Version::V21] {
        let Some(operation) = schemas::find(version, action) else { continue };
        let payload = Node::parse(payload).unwrap();
        assert_eq!(check(operation.response.tree(), &payload, false), Ok(()), "{action}");
    }
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
    let info = r#""idTokenInfo":{"status":"Accepted","cacheExpiryDateTime":"2026-07-15T02:30:05.123Z","groupIdToken":{"idToken":"车队\"1","type":"Central"}}"#;
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
        ("Authorize", AUTHORIZE, Answer::Token(full.clone()), &format!("{{{info}}}")),
        ("TransactionEvent", TRANSACTION, Answer::Session { token: None, total: None }, "{}"),
        (
            "TransactionEvent",
            TRANSACTION,
            Answer::Session { token: None, total: Some(Fen(2_605)) },
            r#"{"totalCost":26.05}"#,
        ),
        (
            "TransactionEvent",
            TRANSACTION,
            Answer::Session { token: Some(full), total: Some(Fen(-7)) },
            &format!("{{\"totalCost\":-0.07,{info}}}"),
        ),
        (
            "SignCertificate",
            r#"{"csr":"x"}"#,
            Answer::CertificateAsked { accepted: true },
            r#"{"status":"Accepted"}"#,
        ),
        (
            "SignCertificate",
            r#"{"csr":"x","certificateType":"V2GCertificate"}"#,
            Answer::Noted,
            r#"{"status":"Rejected"}"#,
        ),
        (
            "DataTransfer",
            r#"{"vendorId":"x"}"#,
            Answer::Data(VendorVerdict::UnknownVendor),
            r#"{"status":"UnknownVendorId"}"#,
        ),
    ] {
        assert_eq!(render(action, payload, &Ok(answer)), format!(r#"[3,"7",{want}]"#));
        conforms(action, want);
    }
}

#[test]
fn every_verdict_has_a_word() {
    for verdict in TokenVerdict::ALL {
        let said = render("Authorize", AUTHORIZE, &Ok(Answer::Token(token(verdict))));
        conforms("Authorize", said.strip_prefix(r#"[3,"7","#).unwrap().strip_suffix(']').unwrap());
    }
    let long = TokenAnswer { group: Some("x".repeat(37)), ..token(TokenVerdict::Accepted) };
    assert!(!render("Authorize", AUTHORIZE, &Ok(Answer::Token(long))).contains("group"));
}

/// What is only kept is answered by the table, and every answer of the table is one.
#[test]
fn the_answers_of_the_table_conform() {
    for message in &MESSAGES {
        if let Means::Noted(answer) = message.means {
            conforms(message.name, answer);
        }
        let known = [Version::V201, Version::V21].map(|version| schemas::find(version, message.name));
        assert!(known.iter().any(Option::is_some), "{}", message.name);
    }
}

#[test]
fn a_fault_of_ours_never_loses_a_record() {
    let gone = || Err(Error::unavailable("数据库", "database"));
    for (action, payload) in
        [("TransactionEvent", TRANSACTION), ("MeterValues", METER), ("StatusNotification", STATUS)]
    {
        assert_eq!(render(action, payload, &gone()), "", "{action}");
        assert_eq!(render(action, payload, &Err(Error::internal())), "", "{action}");
    }
    assert_eq!(render("Authorize", AUTHORIZE, &gone()), r#"[4,"7","InternalError","part.unavailable",{}]"#);
    let refused = Err(Error::refused("order.over", "已结束", "it is over"));
    assert_eq!(
        render("TransactionEvent", TRANSACTION, &refused),
        r#"[4,"7","GenericError","order.over",{}]"#
    );
    assert!(render("Authorize", AUTHORIZE, &Ok(Answer::Noted)).contains("InternalError"));
}

#[test]
fn a_repeat_gets_the_first_answer_and_no_second_event() {
    let mut session = session(Protocol::Ocpp201);
    let message = format!(r#"[2,"7","TransactionEvent",{TRANSACTION}]"#);
    let (asked, _) = event(&mut session, &message);
    session.receive(message.as_bytes(), NOW);
    assert!(outputs(&mut session).is_empty(), "the answer is on its way");
    let answer = Ok(Answer::Session { token: None, total: Some(Fen(100)) });
    let bytes = asked.render(&answer, NOW);
    session.answered(&asked, &answer, &bytes, NOW);
    session.receive(message.as_bytes(), NOW);
    let said = outputs(&mut session);
    assert!(matches!(&said[..], [Output::Send { bytes: again, frame: None }] if *again == bytes), "{said:?}");
    let other = message.replace("T1", "T2");
    assert!(refused(&mut session, other.as_bytes()).contains("ProtocolError"));
}
