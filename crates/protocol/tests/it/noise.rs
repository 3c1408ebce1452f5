//! What the fuzz targets (fuzz/), the seeded run and the kept corpus do with noise: the session is
//! driven as the gateway would, nothing may panic, what goes out is what the protocol allows, and
//! every command ends exactly once.

use std::collections::BTreeSet;

use model::device::{Answer, DeviceCommand, DeviceEvent};
use model::id::{CommandId, TradeNo};
use model::merge::{MergeNo, MergedPart};
use model::money::Fen;
use model::site::Protocol;
use model::time::Timestamp;
use protocol::{Output, Session, ocpp2, ocpp16, ykc};

/// A session with its clock, and the commands that have not ended yet.
struct Drive {
    session: Session,
    now: Timestamp,
    given: i64,
    open: BTreeSet<i64>,
    is_valid: fn(&[u8]),
}

impl Drive {
    fn new(session: fn(Timestamp) -> Session, is_valid: fn(&[u8])) -> Drive {
        let now = Timestamp::from_ms(1_784_082_600_000);
        Drive { session: session(now), now, given: 0, open: BTreeSet::new(), is_valid }
    }

    fn command(&mut self, pick: u8) {
        self.given += 1;
        self.open.insert(self.given);
        self.session.command(CommandId(self.given), &command(pick, self.now), self.now);
    }

    fn receive(&mut self, message: &[u8]) {
        self.session.receive(message, self.now);
    }

    /// Takes everything that the session wants done, and answers every event as if the engine had
    /// accepted it.
    fn settle(&mut self) {
        while let Some(output) = self.session.next() {
            match output {
                Output::Event { asked, event, frame } => {
                    let answer = Ok(answer(&event));
                    if matches!(self.session, Session::Ykc(_)) {
                        let _ = ykc::explain(&frame.bytes);
                    }
                    let bytes = asked.render(&answer, self.now);
                    // What is only sent is not answered.
                    if !bytes.is_empty() {
                        (self.is_valid)(&bytes);
                    }
                    self.session.answered(&asked, &answer, &bytes, self.now);
                }
                Output::Send { bytes, .. } => (self.is_valid)(&bytes),
                Output::Done { command, .. } => {
                    assert!(self.open.remove(&command.0), "command {} ended twice or never began", command.0);
                }
                _ => {}
            }
        }
    }

    fn wait(&mut self, seconds: i64) {
        self.now = self.now.plus_ms(seconds * 1_000);
        self.session.tick(self.now);
    }

    fn end(mut self) {
        self.settle();
        self.session.lost();
        self.settle();
        assert!(self.open.is_empty(), "commands without an end: {:?}", self.open);
    }
}

fn answer(event: &DeviceEvent) -> Answer {
    match event {
        DeviceEvent::Booted(_) => Answer::Booted { accepted: true },
        DeviceEvent::Session(_) => Answer::Session { token: None, total: Some(Fen(5)) },
        DeviceEvent::Billed(_) => Answer::Billed { accepted: true },
        DeviceEvent::TariffChecked { model_no } => Answer::TariffChecked { model_no: *model_no, same: false },
        _ => Answer::Noted,
    }
}

/// One of the commands that the engine gives.
fn command(pick: u8, now: Timestamp) -> DeviceCommand {
    let trade = TradeNo([
        0x32, 0x01, 0x02, 0x00, 0x00, 0x00, 0x01, 0x01, 0x15, 0x11, 0x16, 0x15, 0x55, 0x35, 0x02, 0x60,
    ]);
    match pick % 16 {
        0 => DeviceCommand::Start {
            connector: 1,
            token: "A".to_owned(),
            session: Some(trade),
            balance: Fen(9_000),
        },
        1 => DeviceCommand::Reset { hard: pick > 127 },
        2 => DeviceCommand::Unlock { connector: 1 },
        3 => DeviceCommand::Availability { connector: 0, operative: pick > 127 },
        4 => DeviceCommand::ConfigurationGet { keys: Vec::new() },
        5 => DeviceCommand::ConfigurationSet { key: "HeartbeatInterval".to_owned(), value: "300".to_owned() },
        6 => DeviceCommand::CacheClear,
        7 => DeviceCommand::Trigger { message: "StatusNotification".to_owned(), connector: Some(1) },
        8 => DeviceCommand::TariffGet,
        9 => DeviceCommand::ClockSet { at: now },
        10 => DeviceCommand::WorkParameters { operative: true, power_percent: 80 },
        11 => DeviceCommand::GroundLock { connector: 1, raise: pick > 127 },
        12 => DeviceCommand::BalanceUpdate { connector: 1, balance: Fen(100) },
        13 => DeviceCommand::OfflineCardsFind { cards: vec!["1000000000000573".to_owned()] },
        14 => DeviceCommand::LocalListGet,
        _ => DeviceCommand::MergedStart {
            merge: MergeNo([0x25, 0x11, 0x16, 0x15, 0x55, 0x35]),
            parts: vec![MergedPart { connector: 1, session: trade }],
            balance: Fen(9_000),
        },
    }
}

/// Messages on one link, one per line. `!` and bytes: commands, each picked by a byte. `~` and a
/// number: so many seconds go by.
fn lines(mut drive: Drive, data: &[u8]) {
    for message in data.split(|byte| *byte == b'\n') {
        match message {
            [b'!', picks @ ..] => picks.iter().take(40).for_each(|pick| drive.command(*pick)),
            [b'~', digits @ ..] => {
                let seconds = std::str::from_utf8(digits).ok().and_then(|text| text.parse::<u16>().ok());
                drive.wait(i64::from(seconds.unwrap_or(0)));
            }
            _ => {
                let _ = protocol::secrets_hidden("SetVariables", message);
                drive.receive(message);
            }
        }
        drive.settle();
        drive.wait(1);
    }
    drive.end();
}

pub fn ocpp16(data: &[u8]) {
    let session = |now| Session::Ocpp16(Box::new(ocpp16::Session::new(now, ocpp16::Settings::default())));
    lines(Drive::new(session, is_json), data);
}

/// On a link of OCPP 2.1, which knows all that 2.0.1 knows.
pub fn ocpp2(data: &[u8]) {
    let session = |now| {
        Session::Ocpp2(Box::new(ocpp2::Session::new(Protocol::Ocpp21, now, ocpp2::Settings::default())))
    };
    lines(Drive::new(session, is_json), data);
}

fn is_json(bytes: &[u8]) {
    assert!(serde_json::from_slice::<Vec<serde_json::Value>>(bytes).is_ok(), "{:?}", bytes.escape_ascii());
}

/// The first byte says how long the pieces of the stream are, and by its highest bit whether the
/// checksums are put right, so that the noise gets behind them; the second picks the command that
/// is given after each second piece.
pub fn ykc(data: &[u8]) {
    let [how, pick, stream @ ..] = data else { return };
    let session = |now| Session::Ykc(Box::new(ykc::Session::new(now, ykc::Settings::default())));
    let (mut line, mut drive) = (ykc::Line::default(), Drive::new(session, is_frame));
    let _ = ykc::explain(stream);
    let _ = protocol::secrets_hidden("0x31", stream);
    let stream = if how & 0x80 == 0 { stream.to_vec() } else { with_crcs(stream.to_vec()) };
    for (at, piece) in stream.chunks(usize::from(how & 0x7f).max(1)).enumerate() {
        line.receive(piece, drive.now);
        while let Some(heard) = line.next() {
            if let ykc::Heard::Frame(frame) = heard {
                drive.receive(&frame.bytes);
            }
        }
        drive.settle();
        if at % 2 == 1 {
            drive.command(pick.wrapping_add(at as u8));
        }
        drive.wait(if pick & 0x40 == 0 { 1 } else { 20 });
        line.tick(drive.now);
    }
    drive.end();
}

/// Start byte, and the length that the frame says of itself (without start, length and CRC).
fn is_frame(bytes: &[u8]) {
    if let [start, length, rest @ ..] = bytes {
        assert_eq!((*start, usize::from(*length) + 2), (0x68, rest.len()), "{bytes:02X?}");
    }
}

/// The stream with the right checksum behind everything that has the length of a frame.
fn with_crcs(mut stream: Vec<u8>) -> Vec<u8> {
    let mut at = 0;
    while let Some([0x68, length]) = stream.get(at..at + 2) {
        let end = at + 2 + usize::from(*length);
        let Some(body) = stream.get(at + 2..end) else { break };
        let crc = ykc::frame::crc16(body).to_le_bytes();
        match stream.get_mut(end..end + 2) {
            Some(place) => place.copy_from_slice(&crc),
            None => break,
        }
        at = end + 2;
    }
    stream
}
