//! Any bytes: no panic, bounded memory, and what was read is written back unchanged.

use super::{Bench, Said, vector};
use crate::ykc::frame::{CrcOrder, FRAME_MAX, Packet, Reader};
use crate::ykc::message::types::Length;
use crate::ykc::message::{Message, explain, types};
use proptest::prelude::*;

proptest! {
    #[test]
    fn any_bytes_in_any_pieces_do_no_harm(pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..8)) {
        let mut fresh = Bench::new();
        let mut logged_in = Bench::logged_in();
        for piece in &pieces {
            let said = fresh.receive(piece);
            prop_assert!(said.iter().all(|said| matches!(said, Said::Rejected(_))));
            logged_in.receive(piece);
            logged_in.later(1_000);
            let _ = explain(piece);
        }
    }

    #[test]
    fn any_body_of_any_type_does_no_harm(kind in any::<u8>(), encryption in 0u8..2, body in prop::collection::vec(any::<u8>(), 0..251), own in any::<bool>()) {
        let mut body = body;
        if own {
            // With the right pile number at both places the frame goes deeper.
            let pile = [0x32, 0x01, 0x06, 0x00, 0x01, 0x92, 0x36];
            for at in [0, 16] {
                if let Some(slot) = body.get_mut(at..at + 7) {
                    slot.copy_from_slice(&pile);
                }
            }
        }
        let packet = Packet { sequence: [9, 9], encryption, kind, body };
        let bytes = packet.to_bytes(CrcOrder::HighFirst);
        let (parsed, order) = Packet::parse(&bytes).unwrap();
        prop_assert_eq!(parsed, packet);
        prop_assert!(matches!(order, Some(CrcOrder::HighFirst) | None));
        prop_assert!(explain(&bytes).is_some());
        let mut bench = Bench::logged_in();
        let said = bench.receive(&bytes);
        prop_assert!(!said.is_empty(), "every frame leaves a trace");
    }

    #[test]
    fn what_is_read_is_written_back(index in 0..Message::TYPED.len(), seed in prop::collection::vec(any::<u8>(), 251)) {
        let (kind, length) = Message::TYPED[index];
        let mut seed = seed;
        let pieces = usize::from(seed[250] % 12);
        let length = match length {
            Length::Fixed(length) => length,
            Length::Repeated(head, piece) => {
                // What the platform says ends its head with how many follow.
                if head > 7 {
                    seed[head - 1] = pieces as u8;
                }
                head + pieces * piece
            }
        };
        let body = &seed[..length];
        let message = Message::decode(kind, body).unwrap();
        prop_assert_eq!(message.kind(), kind);
        prop_assert_eq!(message.encode(), body);
        prop_assert_eq!(Message::decode(kind, &message.encode()), Ok(message.clone()));
        prop_assert!(message.fields().iter().all(|f| !f.label.zh.is_empty() && !f.value.zh.is_empty()));
    }

    #[test]
    fn a_stream_cut_anywhere_gives_the_same_frames(cuts in prop::collection::vec(1usize..60, 1..40)) {
        let stream = [vector("S3"), vec![0x68, 0x10, 0x00], vector("G1"), vector("G21"), vec![0; FRAME_MAX]].concat();
        let mut whole = Vec::new();
        Reader::default().receive(&stream, |frame| whole.push(frame.to_vec()));
        prop_assert_eq!(whole.len(), 3);
        let mut pieces = Vec::new();
        let mut reader = Reader::default();
        let mut rest = &stream[..];
        for cut in cuts.iter().cycle() {
            let (head, tail) = rest.split_at(rest.len().min(*cut));
            reader.receive(head, |frame| pieces.push(frame.to_vec()));
            rest = tail;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(pieces, whole);
    }
}

#[test]
fn every_type_byte_has_a_name() {
    for kind in 0..=255u8 {
        assert_eq!(types::code(kind), format!("0x{kind:02X}"));
    }
}

#[test]
fn a_session_is_small_when_idle_and_bounded_when_flooded() {
    let mut bench = Bench::logged_in();
    for id in ["G3", "G5", "G10", "G11", "G21", "G20"] {
        bench.receive(&vector(id));
    }
    let held = |bench: &Bench| bench.session.memory() + bench.line.memory();
    assert!(held(&bench) <= 1024, "{}", held(&bench));
    bench.receive(&[0x68; 100_000]);
    bench.receive(&vec![0xFF; 100_000]);
    assert!(held(&bench) <= 2048, "{}", held(&bench));
}
