//! What the fuzz targets (fuzz/) and the seeded run do with noise: the session is driven as the
//! gateway would, nothing may panic, and what goes out is what the protocol allows.

use model::device::{Answer, DeviceCommand, DeviceEvent};
use model::id::CommandId;
use model::money::Fen;
use model::site::Protocol;
use model::time::Timestamp;
use protocol::{Asked, Output, ocpp2, ocpp16, ykc};

/// Messages on one link, one per line; every byte that is sent is JSON's.
pub fn ocpp16(data: &[u8]) {
    let mut now = Timestamp::from_ms(1_784_082_600_000);
    let mut session = ocpp16::Session::new(now, ocpp16::Settings::default());
    session.command(CommandId(1), &DeviceCommand::CacheClear, now);
    for message in data.split(|byte| *byte == b'\n') {
        let _ = protocol::secrets_hidden("SetVariables", message);
        session.receive(message, now);
        while let Some(output) = session.next() {
            match output {
                Output::Event { asked: Asked::Ocpp16(asked), event, .. } => {
                    let answer = Ok(match event {
                        DeviceEvent::Booted(_) => Answer::Booted { accepted: true },
                        _ => Answer::Noted,
                    });
                    let bytes = asked.render(&answer, now);
                    is_json(&bytes);
                    session.answered(&asked, &answer, &bytes, now);
                }
                Output::Send { bytes, .. } => is_json(&bytes),
                _ => {}
            }
        }
        now = now.plus_ms(1_000);
        session.tick(now);
    }
    session.lost();
    while session.next().is_some() {}
}

/// The same on a link of OCPP 2.1, which knows all that 2.0.1 knows.
pub fn ocpp2(data: &[u8]) {
    let mut now = Timestamp::from_ms(1_784_082_600_000);
    let mut session = ocpp2::Session::new(Protocol::Ocpp21, now, ocpp2::Settings::default());
    session.command(CommandId(1), &DeviceCommand::ConfigurationGet { keys: Vec::new() }, now);
    for message in data.split(|byte| *byte == b'\n') {
        let _ = protocol::secrets_hidden("SetVariables", message);
        session.receive(message, now);
        while let Some(output) = session.next() {
            match output {
                Output::Event { asked: Asked::Ocpp2(asked), event, .. } => {
                    let answer = Ok(match event {
                        DeviceEvent::Booted(_) => Answer::Booted { accepted: true },
                        DeviceEvent::Session(_) => Answer::Session { token: None, total: Some(Fen(5)) },
                        _ => Answer::Noted,
                    });
                    let bytes = asked.render(&answer, now);
                    // What is only sent is not answered.
                    if !bytes.is_empty() {
                        is_json(&bytes);
                    }
                    session.answered(&asked, &answer, &bytes, now);
                }
                Output::Send { bytes, .. } => is_json(&bytes),
                _ => {}
            }
        }
        now = now.plus_ms(1_000);
        session.tick(now);
    }
    session.lost();
    while session.next().is_some() {}
}

fn is_json(bytes: &[u8]) {
    assert!(serde_json::from_slice::<Vec<serde_json::Value>>(bytes).is_ok(), "{:?}", bytes.escape_ascii());
}

/// A stream of bytes in pieces whose length the first byte says. Every event is answered as if the
/// engine had accepted it; every frame that is sent begins as one.
pub fn ykc(data: &[u8]) {
    let mut now = Timestamp::from_ms(1_784_082_600_000);
    let (mut line, mut session) = (ykc::Line::default(), ykc::Session::new(now, ykc::Settings::default()));
    let _ = ykc::explain(data);
    let _ = protocol::secrets_hidden("0x31", data);
    let size = data.first().map_or(1, |first| usize::from(*first).max(1));
    for piece in data.chunks(size) {
        line.receive(piece, now);
        while let Some(heard) = line.next() {
            if let ykc::Heard::Frame(frame) = heard {
                session.receive(&frame.bytes, now);
            }
        }
        while let Some(output) = session.next() {
            match output {
                Output::Event { asked: Asked::Ykc(asked), event, frame } => {
                    let answer = Ok(match event {
                        DeviceEvent::Booted(_) => Answer::Booted { accepted: true },
                        DeviceEvent::Billed(_) => Answer::Billed { accepted: true },
                        DeviceEvent::TariffChecked { model_no } => {
                            Answer::TariffChecked { model_no, same: false }
                        }
                        _ => Answer::Noted,
                    });
                    let _ = ykc::explain(&frame.bytes);
                    let bytes = asked.render(&answer, now);
                    is_frame(&bytes);
                    session.answered(&asked, &answer, &bytes, now);
                }
                Output::Send { bytes, .. } => is_frame(&bytes),
                _ => {}
            }
        }
        now = now.plus_ms(1_000);
        line.tick(now);
        session.tick(now);
    }
    session.lost();
    while session.next().is_some() {}
}

/// Start byte, and the length that the frame says of itself (without start, length and CRC).
fn is_frame(bytes: &[u8]) {
    if let [start, length, rest @ ..] = bytes {
        assert_eq!((*start, usize::from(*length) + 2), (0x68, rest.len()), "{bytes:02X?}");
    }
}
