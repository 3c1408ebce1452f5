mod answers;
mod commands;
mod messages;
mod negative;

use super::{Asked, Session, Settings};
use crate::Output;
use model::device::DeviceEvent;
use model::site::Protocol;
use model::time::Timestamp;

const NOW: Timestamp = Timestamp::from_ms(1_784_082_605_123);

const BOTH: [Protocol; 2] = [Protocol::Ocpp201, Protocol::Ocpp21];

fn session(protocol: Protocol) -> Session {
    Session::new(protocol, NOW, Settings::default())
}

fn outputs(session: &mut Session) -> Vec<Output> {
    std::iter::from_fn(|| session.next()).collect()
}

/// Receives a call that must become one event.
fn event(session: &mut Session, message: &str) -> (Asked, DeviceEvent) {
    session.receive(message.as_bytes(), NOW);
    let mut outputs = outputs(session);
    assert_eq!(outputs.len(), 1, "{message} gave {outputs:?}");
    match outputs.remove(0) {
        Output::Event { asked: crate::Asked::Ocpp2(asked), event, frame } => {
            assert_eq!(frame.bytes, message.as_bytes());
            (asked, event)
        }
        other => panic!("{message} gave {other:?}"),
    }
}

/// Receives something that must be refused; what goes back.
fn refused(session: &mut Session, message: &[u8]) -> String {
    session.receive(message, NOW);
    let outputs = outputs(session);
    match outputs.as_slice() {
        [Output::Rejected { .. }, Output::Send { bytes, frame: Some(_) }] => {
            String::from_utf8(bytes.clone()).unwrap()
        }
        other => panic!("{} gave {other:?}", String::from_utf8_lossy(message)),
    }
}
