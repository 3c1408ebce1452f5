//! Any bytes, in any pieces, into a 云快充 session: no panic, every output taken, every event
//! answered as if the engine had accepted it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use model::device::{Answer, DeviceEvent};
use model::time::Timestamp;
use protocol::{Asked, Output, ykc};

fuzz_target!(|data: &[u8]| {
    let mut now = Timestamp::from_ms(1_784_082_600_000);
    let mut session = ykc::Session::new(now, ykc::Settings::default());
    let _ = ykc::explain(data);
    let size = data.first().map_or(1, |first| usize::from(*first).max(1));
    for piece in data.chunks(size) {
        session.receive(piece, now);
        while let Some(output) = session.next() {
            let Output::Event { asked: Asked::Ykc(asked), event, frame } = output else { continue };
            let answer = Ok(match event {
                DeviceEvent::Booted(_) => Answer::Booted { accepted: true },
                DeviceEvent::Billed(_) => Answer::Billed { accepted: true },
                DeviceEvent::TariffChecked { model_no } => Answer::TariffChecked { model_no, same: false },
                _ => Answer::Noted,
            });
            let _ = ykc::explain(&frame.bytes);
            let bytes = asked.render(&answer, now);
            session.answered(asked, &answer, &bytes, now);
        }
        now = now.plus_ms(1_000);
        session.tick(now);
    }
});
