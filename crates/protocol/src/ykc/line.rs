//! The stream of one socket: where its frames begin and end, and which pile each one names. A pile has a
//! [`super::Session`] of its own; a concentrator carries those of several on one line (section 1).

use super::field::PileNo;
use super::frame::{FRAME_MAX, Packet, Reader};
use super::message::Body;
use super::message::login::Login;
use crate::Frame;
use model::Text;
use model::time::{MINUTE_MS, SECOND_MS, Timestamp};
use std::collections::VecDeque;

/// How long to wait for the rest of a frame before its beginning is taken for garbage.
const PARTIAL_MS: i64 = 10 * SECOND_MS;

/// Who sends so much garbage before a log-in is no pile.
const GARBAGE_MAX: u64 = 4096;

/// What was found in the stream.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard {
    /// One whole frame with a right CRC.
    Frame(Addressed),
    /// Bytes that are no frame, for the frame log.
    Garbage { frame: Frame, why: Text },
}

/// A frame, and whose it says that it is.
#[derive(Debug, PartialEq, Eq)]
pub struct Addressed {
    /// `None` where the frame is too short to name one.
    pub pile: Option<PileNo>,
    /// 0x01, with which a pile begins.
    pub is_log_in: bool,
    pub bytes: Vec<u8>,
}

#[derive(Default)]
pub struct Line {
    reader: Reader,
    partial_since: Option<Timestamp>,
    garbage_told_at: Option<Timestamp>,
    heard: VecDeque<Heard>,
}

impl Line {
    /// Takes any piece of the stream; what is in it is taken with [`Line::next`].
    pub fn receive(&mut self, bytes: &[u8], now: Timestamp) {
        self.tick(now);
        let dropped = self.reader.dropped_bytes();
        let frames = self.read(|reader, found| reader.receive(bytes, found));
        if !self.reader.is_partial() {
            self.partial_since = None;
        } else if frames > 0 || self.partial_since.is_none() {
            self.partial_since = Some(now);
        }
        if self.reader.dropped_bytes() > dropped {
            self.tell_garbage(bytes, now);
        }
    }

    #[expect(clippy::should_implement_trait, reason = "a line is no iterator: more may come after None")]
    pub fn next(&mut self) -> Option<Heard> {
        let heard = self.heard.pop_front();
        if self.heard.is_empty() {
            // An idle line keeps no queue.
            self.heard = VecDeque::new();
        }
        heard
    }

    /// Gives up half a frame whose rest does not come, and finds what stands behind it.
    pub fn tick(&mut self, now: Timestamp) {
        if self.deadline().is_some_and(|at| now >= at) {
            self.read(|reader, found| reader.give_up(found));
            self.partial_since = self.reader.is_partial().then_some(now);
        }
    }

    pub fn deadline(&self) -> Option<Timestamp> {
        self.partial_since.map(|since| since.plus_ms(PARTIAL_MS))
    }

    /// So much garbage that this is no pile, unless one has logged in on it.
    pub fn is_noise(&self) -> bool {
        self.reader.dropped_bytes() > GARBAGE_MAX
    }

    /// How many bytes of this line belonged to no frame.
    pub fn dropped_bytes(&self) -> u64 {
        self.reader.dropped_bytes()
    }

    /// How often something had the shape of a frame and a wrong CRC.
    pub fn crc_errors(&self) -> u64 {
        self.reader.crc_errors()
    }

    /// Bytes held by this line, without what the allocator adds.
    #[cfg(test)]
    pub(super) fn memory(&self) -> usize {
        size_of::<Line>() + self.reader.memory() + self.heard.capacity() * size_of::<Heard>()
    }

    /// Runs the reader and keeps each frame that it finds.
    fn read(&mut self, run: impl FnOnce(&mut Reader, &mut dyn FnMut(&[u8]))) -> usize {
        let before = self.heard.len();
        let heard = &mut self.heard;
        run(&mut self.reader, &mut |frame| {
            if let Some((packet, _)) = Packet::parse(frame) {
                let (pile, is_log_in) = (packet.pile(), packet.kind == Login::TYPE);
                heard.push_back(Heard::Frame(Addressed { pile, is_log_in, bytes: frame.to_vec() }));
            }
        });
        self.heard.len() - before
    }

    /// One entry in the frame log a minute, so that a pile with a wrong CRC can be diagnosed and a
    /// noisy line does not fill the log.
    fn tell_garbage(&mut self, bytes: &[u8], now: Timestamp) {
        if self.garbage_told_at.is_some_and(|at| now < at.plus_ms(MINUTE_MS)) {
            return;
        }
        self.garbage_told_at = Some(now);
        let (dropped, crc) = (self.reader.dropped_bytes(), self.reader.crc_errors());
        self.heard.push_back(Heard::Garbage {
            frame: Frame { kind: "garbage", bytes: bytes.get(..FRAME_MAX).unwrap_or(bytes).to_vec() },
            why: Text::new(
                format!("收到无法识别的字节：本连接累计丢弃 {dropped} 字节，校验错误 {crc} 次"),
                format!("bytes that are no frame: {dropped} dropped, {crc} wrong CRCs on this link so far"),
            ),
        });
    }
}
