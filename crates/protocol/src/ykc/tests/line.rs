//! Several piles on one line: each frame is of the pile that it names.

use super::{PILE, start, vector, vectors};
use crate::ykc::field::PileNo;
use crate::ykc::frame::{CrcOrder, Packet};
use crate::ykc::{Addressed, Heard, Line};

fn heard(line: &mut Line, bytes: &[u8]) -> Vec<Addressed> {
    line.receive(bytes, start());
    let mut frames = Vec::new();
    while let Some(heard) = line.next() {
        let Heard::Frame(frame) = heard else { panic!("{heard:?}") };
        frames.push(frame);
    }
    frames
}

#[test]
fn every_frame_names_its_pile() {
    let known = PileNo::parse(PILE);
    // The constructed frames are all of one pile, from either side; 0x40 has only the trade number.
    for (id, _, bytes) in vectors().into_iter().filter(|(id, _, _)| id.starts_with('G')) {
        let (packet, _) = Packet::parse(&bytes).unwrap();
        let named = if packet.kind == 0x40 { None } else { known };
        assert_eq!(packet.pile(), named, "{id}");
    }
    let named = |id| Packet::parse(&vector(id)).unwrap().0.pile().unwrap().to_string();
    assert_eq!(named("S4"), "32010600395600", "behind the trade number");
    assert_eq!(named("S5"), "20231212000010");
}

#[test]
fn frames_of_two_piles_come_apart_in_their_turn() {
    let stream = [vector("G1"), vector("S5"), vector("G3"), vector("S8")].concat();
    for size in [1, 7, stream.len()] {
        let mut line = Line::default();
        let frames: Vec<_> = stream.chunks(size).flat_map(|piece| heard(&mut line, piece)).collect();
        let told: Vec<_> = frames.iter().map(|f| (f.pile.unwrap().to_string(), f.is_log_in)).collect();
        let (one, other) = (PILE.to_owned(), "20231212000010".to_owned());
        assert_eq!(told, [(one.clone(), true), (other.clone(), true), (one, false), (other, false)]);
    }
}

#[test]
fn a_frame_too_short_for_a_number_is_of_nobody() {
    for body in [0, 6, 7] {
        let packet = Packet { sequence: [0, 0], encryption: 0, kind: 0x03, body: vec![1; body] };
        let frames = heard(&mut Line::default(), &packet.to_bytes(CrcOrder::LowFirst));
        assert_eq!(frames.len(), 1);
        assert_eq!(frames[0].pile, (body == 7).then_some(PileNo([1; 7])));
        let bill = Packet { kind: 0x3B, ..packet };
        assert_eq!(heard(&mut Line::default(), &bill.to_bytes(CrcOrder::LowFirst))[0].pile, None);
    }
}
