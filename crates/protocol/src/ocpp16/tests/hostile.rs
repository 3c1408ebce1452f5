//! Nothing that comes over the wire may bring the process down.

use super::*;
use crate::ocpp16::{fault_text, stop_text};
use model::device::{Answer, DeviceCommand};
use model::id::CommandId;
use proptest::prelude::*;

const SEEDS: [&str; 8] = [
    r#"[2,"1","BootNotification",{"chargePointVendor":"v","chargePointModel":"m"}]"#,
    r#"[2,"2","Heartbeat",{}]"#,
    r#"[2,"3","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Available"}]"#,
    r#"[2,"4","StartTransaction",{"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2026-07-15T02:30:05Z"}]"#,
    r#"[2,"5","MeterValues",{"connectorId":1,"transactionId":1,"meterValue":[{"timestamp":"2026-07-15T02:30:05Z","sampledValue":[{"value":"1.5","unit":"kWh","phase":"L1"}]}]}]"#,
    r#"[2,"6","StopTransaction",{"transactionId":1,"meterStop":9,"timestamp":"2026-07-15T02:30:05Z","reason":"Local"}]"#,
    r#"[3,"19f63c9cf03-1",{"status":"Accepted"}]"#,
    r#"[4,"19f63c9cf03-2","InternalError","x",{}]"#,
];

/// Whatever comes out is used as the gateway would.
fn drive(session: &mut Session, bytes: &[u8]) {
    session.receive(bytes, NOW);
    while let Some(output) = session.next() {
        match output {
            Output::Event { asked: crate::Asked::Ocpp16(asked), .. } => {
                let answer = Ok(Answer::Noted);
                let bytes = asked.render(&answer, NOW);
                serde_json::from_slice::<serde_json::Value>(&bytes).unwrap();
                session.answered(&asked, &answer, &bytes, NOW);
            }
            Output::Send { bytes, .. } => {
                serde_json::from_slice::<serde_json::Value>(&bytes).unwrap();
            }
            _ => {}
        }
    }
}

/// xorshift64*: the same bytes on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound
    }
}

#[test]
fn mutated_messages_never_panic() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let pieces = [
        "\"",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "null",
        "1e999",
        "\\u0000",
        "\\ud800",
        "-1",
        "\u{1f50c}",
        "2",
        "\0",
    ];
    let mut session = session();
    for round in 0..20_000 {
        if round % 500 == 0 {
            session = super::session();
            session.command(CommandId(1), &DeviceCommand::CacheClear, NOW);
        }
        let mut bytes = SEEDS[random.below(SEEDS.len())].as_bytes().to_vec();
        for _ in 0..=random.below(4) {
            let at = random.below(bytes.len() + 1);
            match random.below(5) {
                0 => bytes.truncate(at),
                1 if at < bytes.len() => bytes[at] = random.below(256) as u8,
                2 => {
                    let piece = pieces[random.below(pieces.len())].bytes();
                    bytes.splice(at..at, piece);
                }
                3 => {
                    let end = at + random.below(bytes.len() - at + 1);
                    bytes.drain(at..end);
                }
                _ => {
                    let end = at + random.below(bytes.len() - at + 1);
                    let copy = bytes[at..end].to_vec();
                    bytes.extend(copy);
                }
            }
        }
        drive(&mut session, &bytes);
    }
}

/// The two readers of the same rules never disagree on a mutated message.
#[test]
fn mutated_payloads_are_judged_alike() {
    use crate::ocpp16::frame::{RULES, read};
    use crate::ocpp16::schemas;
    let mut random = Random(7);
    let values =
        ["1", "-1", "\"x\"", "null", "{}", "[]", "\"Local\"", "1.5", "true", "\"2026-07-15\"", "99999999999"];
    for _ in 0..20_000 {
        let seed = SEEDS[random.below(6)];
        let (head, payload) = seed.split_at(seed.find('{').unwrap());
        let payload = &payload[..payload.len() - 1];
        let starts: Vec<usize> = payload.match_indices([':', '[']).map(|(at, _)| at + 1).collect();
        if starts.is_empty() {
            continue;
        }
        let start = starts[random.below(starts.len())];
        let end = payload[start..].find([',', '}', ']']).map_or(payload.len(), |at| start + at);
        let payload =
            format!("{}{}{}", &payload[..start], values[random.below(values.len())], &payload[end..]);
        let name = seed.split('"').nth(3).unwrap();
        let operation = schemas::find(name).unwrap();
        let message = format!("{head}{payload}]");
        assert_eq!(read(&message).is_some(), RULES.violation(operation, &payload).is_none(), "{message}");
    }
}

#[test]
fn memory_does_not_grow_with_messages() {
    let mut session = session();
    for id in 0..20_000 {
        let message = SEEDS[2].replace("\"3\"", &format!("\"{id}\""));
        drive(&mut session, message.as_bytes());
    }
    assert!(format!("{session:?}").len() < 8_000);
}

proptest! {
    #[test]
    fn any_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        drive(&mut session(), &bytes);
    }

    #[test]
    fn any_text_never_panics(word in ".*", id in ".*") {
        let message = serde_json::json!([2, id, word, { word.clone(): id }]).to_string();
        drive(&mut session(), message.as_bytes());
        let call = DeviceCommand::Call { action: word.clone(), payload: id };
        session().command(CommandId(1), &call, NOW);
        let _ = (stop_text(&word), fault_text(&word));
    }
}
