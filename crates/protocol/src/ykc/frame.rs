//! 云快充 framing: start byte, length, sequence, encryption flag, type, body, CRC.
//! Reference: ykc.md sections 1 and 2 (layout 2.1, sequence 2.2, CRC 2.3).

use super::field::PileNo;

/// Start byte 起始标志. It may occur inside a body as well: only the CRC proves a boundary.
pub const START: u8 = 0x68;
/// The longest frame that the length byte can announce.
pub const FRAME_MAX: usize = 255 + 4;
/// The shortest length byte: sequence, encryption flag and type with an empty body.
const LENGTH_MIN: usize = 4;
/// A chunk is read in pieces of this size, so that the buffer stays small whatever comes.
const PIECE: usize = 256;

/// In which order the two CRC bytes stand on the wire. The document's sample function swaps them
/// already, so both orders are in the field (section 2.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CrcOrder {
    #[default]
    LowFirst,
    HighFirst,
}

/// One frame without its envelope. The sequence is two opaque bytes: its byte order is not stated
/// anywhere, so a reply repeats them unchanged (section 2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    pub sequence: [u8; 2],
    /// 00 plain; anything else is not documented and never decoded (section 2.6).
    pub encryption: u8,
    pub kind: u8,
    pub body: Vec<u8>,
}

impl Packet {
    /// Takes one whole frame apart; `None` unless it is exactly one frame with a right CRC. The order
    /// of its CRC is `None` when both bytes are equal and so do not tell it.
    pub fn parse(frame: &[u8]) -> Option<(Packet, Option<CrcOrder>)> {
        let order = check(frame)?;
        let body_end = frame.len().checked_sub(2)?;
        let packet = Packet {
            sequence: [*frame.get(2)?, *frame.get(3)?],
            encryption: *frame.get(4)?,
            kind: *frame.get(5)?,
            body: frame.get(6..body_end)?.to_vec(),
        };
        Some((packet, order))
    }

    /// The pile that the body names: behind the trade number, if it has one. 0x40 names none.
    pub fn pile(&self) -> Option<PileNo> {
        let at = match self.kind {
            0x40 | 0xE8 => return None,
            0x13
            | 0x15
            | 0x17
            | 0x19
            | 0x1B
            | 0x1D
            | 0x21
            | 0x23
            | 0x25
            | 0x32..=0x34
            | 0x3B
            | 0xA2..=0xA4
            | 0xE1
            | 0xE2
            | 0xE5
            | 0xE7
            | 0xE9 => 16,
            _ => 0,
        };
        self.body.get(at..at + 7)?.try_into().ok().map(PileNo)
    }

    pub fn to_bytes(&self, order: CrcOrder) -> Vec<u8> {
        // No body of ours is longer than 158 bytes; a longer one is cut rather than mislabelled.
        let body = self.body.get(..self.body.len().min(255 - LENGTH_MIN)).unwrap_or_default();
        let mut out = Vec::with_capacity(body.len() + 8);
        out.push(START);
        out.push(u8::try_from(body.len() + LENGTH_MIN).unwrap_or(u8::MAX));
        out.extend_from_slice(&self.sequence);
        out.push(self.encryption);
        out.push(self.kind);
        out.extend_from_slice(body);
        let crc = crc16(out.get(2..).unwrap_or_default());
        match order {
            CrcOrder::LowFirst => out.extend_from_slice(&crc.to_le_bytes()),
            CrcOrder::HighFirst => out.extend_from_slice(&crc.to_be_bytes()),
        }
        out
    }
}

/// CRC-16/MODBUS over sequence, encryption flag, type and body (section 2.3). The "0x180D" of the
/// document matches none of its own frames.
pub fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, byte| {
        let index = usize::from((crc ^ u16::from(*byte)) & 0xFF);
        (crc >> 8) ^ CRC_TABLE[index]
    })
}

static CRC_TABLE: [u16; 256] = crc_table();

const fn crc_table() -> [u16; 256] {
    let mut table = [0u16; 256];
    let mut index = 0;
    while index < 256 {
        let mut crc = index as u16;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xA001 } else { crc >> 1 };
            bit += 1;
        }
        table[index] = crc;
        index += 1;
    }
    table
}

/// Whether these bytes are exactly one frame, and in which order its CRC stands.
fn check(frame: &[u8]) -> Option<Option<CrcOrder>> {
    let length = usize::from(*frame.get(1)?);
    if *frame.first()? != START || length < LENGTH_MIN || frame.len() != length + 4 {
        return None;
    }
    let (covered, crc) = frame.get(2..)?.split_at_checked(length)?;
    let crc = <[u8; 2]>::try_from(crc).ok()?;
    let expected = crc16(covered);
    match (crc == expected.to_le_bytes(), crc == expected.to_be_bytes()) {
        (true, true) => Some(None),
        (true, false) => Some(Some(CrcOrder::LowFirst)),
        (false, true) => Some(Some(CrcOrder::HighFirst)),
        (false, false) => None,
    }
}

/// Finds frames in a stream of bytes. What is no frame is dropped one byte at a time, so that a
/// good frame behind or inside garbage is found. Used by both sides of the link.
#[derive(Debug, Default)]
pub struct Reader {
    buffer: Vec<u8>,
    order: Option<CrcOrder>,
    dropped_bytes: u64,
    crc_errors: u64,
}

impl Reader {
    /// Takes any piece of the stream and gives each whole frame to `found`, as it was on the wire.
    pub fn receive(&mut self, bytes: &[u8], mut found: impl FnMut(&[u8])) {
        for piece in bytes.chunks(PIECE) {
            self.buffer.extend_from_slice(piece);
            self.drain(&mut found);
        }
    }

    /// Gives up waiting for the rest of what looked like the beginning of a frame: one byte is
    /// dropped and the rest looked at again. For a line that went quiet in the middle of a "frame"
    /// whose length byte was garbage.
    pub fn give_up(&mut self, mut found: impl FnMut(&[u8])) {
        if !self.buffer.is_empty() {
            self.buffer.remove(0);
            self.dropped_bytes += 1;
            self.drain(&mut found);
        }
    }

    /// The beginning of a frame is waiting for its rest.
    pub fn is_partial(&self) -> bool {
        !self.buffer.is_empty()
    }

    /// The CRC order of the other side, once a frame was seen.
    pub fn order(&self) -> Option<CrcOrder> {
        self.order
    }

    /// How many bytes belonged to no frame.
    pub fn dropped_bytes(&self) -> u64 {
        self.dropped_bytes
    }

    /// How often something had the shape of a frame and a wrong CRC.
    pub fn crc_errors(&self) -> u64 {
        self.crc_errors
    }

    #[cfg(test)]
    pub(super) fn memory(&self) -> usize {
        self.buffer.capacity()
    }

    fn drain(&mut self, found: &mut impl FnMut(&[u8])) {
        let mut at = 0;
        while let Some(rest) = self.buffer.get(at..).filter(|rest| !rest.is_empty()) {
            match look(rest) {
                Look::Wait => break,
                Look::Drop => {
                    at += 1;
                    self.dropped_bytes += 1;
                }
                Look::BadCrc => {
                    at += 1;
                    self.dropped_bytes += 1;
                    self.crc_errors += 1;
                }
                Look::Frame(order, length) => {
                    self.order = order.or(self.order);
                    found(rest.get(..length).unwrap_or_default());
                    at += length;
                }
            }
        }
        if at >= self.buffer.len() {
            // An idle link keeps no buffer.
            self.buffer = Vec::new();
        } else {
            self.buffer.drain(..at);
        }
    }
}

enum Look {
    Wait,
    Drop,
    BadCrc,
    Frame(Option<CrcOrder>, usize),
}

fn look(rest: &[u8]) -> Look {
    if rest.first() != Some(&START) {
        return Look::Drop;
    }
    let Some(length) = rest.get(1).map(|byte| usize::from(*byte)) else { return Look::Wait };
    if length < LENGTH_MIN {
        return Look::Drop;
    }
    let Some(frame) = rest.get(..length + 4) else { return Look::Wait };
    match check(frame) {
        Some(order) => Look::Frame(order, length + 4),
        None => Look::BadCrc,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crc_is_modbus() {
        assert_eq!(crc16(b"123456789"), 0x4B37);
    }

    #[test]
    fn a_false_start_that_went_quiet_is_given_up() {
        let good = Packet { sequence: [1, 0], encryption: 0, kind: 0x09, body: vec![0x68; 7] };
        let mut stream = vec![START, 0xFF, 0x01];
        stream.extend(good.to_bytes(CrcOrder::HighFirst));
        let mut reader = Reader::default();
        let mut frames = 0;
        reader.receive(&stream, |_| frames += 1);
        assert_eq!((frames, reader.is_partial()), (0, true));
        reader.give_up(|_| frames += 1);
        assert_eq!((frames, reader.is_partial(), reader.dropped_bytes()), (1, false, 3));
        assert_eq!(reader.order(), Some(CrcOrder::HighFirst));
    }
}
