//! Any messages on one OCPP 1.6 link, one per line of the input: no panic, every byte sent is JSON's.

#![no_main]

use libfuzzer_sys::fuzz_target;
use model::device::{Answer, DeviceCommand};
use model::id::CommandId;
use model::time::Timestamp;
use protocol::ocpp16::{Session, Settings};
use protocol::{Asked, Output};

fuzz_target!(|data: &[u8]| {
    let now = Timestamp::from_ms(1);
    let mut session = Session::new(now, Settings::default());
    session.command(CommandId(1), &DeviceCommand::CacheClear, now);
    for message in data.split(|byte| *byte == b'\n') {
        session.receive(message, now);
        while let Some(output) = session.next() {
            if let Output::Event { asked: Asked::Ocpp16(asked), .. } = output {
                let answer = Ok(Answer::Noted);
                let bytes = asked.render(&answer, now);
                session.answered(asked, &answer, &bytes, now);
            }
        }
    }
});
