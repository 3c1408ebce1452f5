//! Glued, split, noisy and damaged streams (A33).

use super::{Bench, Said, unhex, vector, vectors};
use crate::ykc::frame::{CrcOrder, Packet, Reader};
use crate::ykc::message::types::{Length, find};
use crate::ykc::message::{Message, Problem, explain};

fn read(reader: &mut Reader, bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    reader.receive(bytes, |frame| frames.push(frame.to_vec()));
    frames
}

#[test]
fn frames_glued_split_and_between_garbage_are_all_found() {
    let all: Vec<Vec<u8>> = vectors().into_iter().map(|(_, _, bytes)| bytes).collect();
    let glued = all.concat();
    assert_eq!(read(&mut Reader::default(), &glued), all);

    let mut reader = Reader::default();
    let bytewise: Vec<_> = glued.iter().flat_map(|byte| read(&mut reader, &[*byte])).collect();
    assert_eq!(bytewise, all);
    assert_eq!((reader.dropped_bytes(), reader.crc_errors(), reader.is_partial()), (0, 0, false));

    // Garbage with start bytes in it, and lengths that reach into the frame behind.
    let noise = unhex("00680068FF6803680512FFFF686868");
    let mut noisy = Vec::new();
    for frame in &all {
        noisy.extend_from_slice(&noise);
        noisy.extend_from_slice(frame);
    }
    noisy.extend_from_slice(&[0; 259]);
    let mut reader = Reader::default();
    assert_eq!(read(&mut reader, &noisy), all);
    assert_eq!(reader.dropped_bytes(), (noise.len() * all.len() + 259) as u64);
}

#[test]
fn one_frame_in_200_pieces() {
    let bill = vector("G21");
    assert_eq!(bill.len(), 166);
    let two = [bill.clone(), vector("G3"), vector("G20")].concat();
    assert!(two.len() >= 200);
    let mut bench = Bench::logged_in();
    let said: Vec<Said> = two.iter().flat_map(|byte| bench.receive(&[*byte])).collect();
    let events = said.iter().filter(|said| matches!(said, Said::Event(_))).count();
    assert_eq!((events, bench.line.dropped_bytes()), (2, 0), "the bill and the late 0x35");
}

#[test]
fn the_document_s_wrong_lengths_are_no_frames() {
    // Published 0x04 with L = 09 and 0x0A with L = 5A: the CRC is right, but not where L says.
    for (id, wrong) in [("G4", 0x09), ("G8", 0x5A)] {
        let mut bytes = vector(id);
        bytes[1] = wrong;
        let mut reader = Reader::default();
        assert!(read(&mut reader, &bytes).is_empty(), "{id}");
        assert!(reader.crc_errors() > 0);
        // With a CRC made to fit, the body is too short and refused by its length.
        let body = &bytes[6..usize::from(wrong) + 2];
        let kind = bytes[5];
        let packet = Packet { sequence: [1, 0], encryption: 0, kind, body: body.to_vec() };
        let (parsed, _) = Packet::parse(&packet.to_bytes(CrcOrder::LowFirst)).unwrap();
        assert!(matches!(Message::decode(kind, &parsed.body), Err(Problem::TooShort { .. })));
    }
}

#[test]
fn longer_bodies_are_read_and_their_tails_ignored() {
    // As published: 0x92 with three bytes too many; a BMS frame with fourteen (there 0x25, here 0x23).
    for (id, kind, extra) in [("G33", 0x92, 3), ("G33", 0x92, 200), ("S2", 0x23, 14)] {
        let (mut packet, order) = Packet::parse(&vector(id)).unwrap();
        let plain = Message::decode(kind, &packet.body).unwrap();
        packet.body.extend(vec![0xA5; extra]);
        let bytes = packet.to_bytes(order.unwrap_or_default());
        let frames = read(&mut Reader::default(), &bytes);
        assert_eq!(frames, std::slice::from_ref(&bytes));
        let (longer, _) = Packet::parse(&frames[0]).unwrap();
        assert_eq!(Message::decode(kind, &longer.body), Ok(plain));
        assert_eq!(explain(&bytes).unwrap().fields.last().unwrap().name, "tail");
    }
}

#[test]
fn no_frame_with_a_flipped_bit_is_accepted() {
    let all = vectors();
    let mut flips = 0;
    let mut round = 0;
    while flips < 10_000 {
        for (id, _, bytes) in &all {
            let bit = (round * 7919 + flips) % (bytes.len() * 8);
            let mut bent = bytes.clone();
            bent[bit / 8] ^= 1 << (bit % 8);
            let mut reader = Reader::default();
            let mut found = read(&mut reader, &bent);
            while reader.is_partial() {
                reader.give_up(|frame| found.push(frame.to_vec()));
            }
            assert!(found.is_empty(), "{id} bit {bit}");
            flips += 1;
        }
        round += 1;
    }
}

#[test]
fn a_body_one_byte_short_is_refused_for_every_type() {
    for (id, _, bytes) in vectors() {
        let (mut packet, _) = Packet::parse(&bytes).unwrap();
        let known = find(packet.kind).unwrap();
        assert!(known.fits(packet.body.len()), "{id}");
        if matches!(known.length, Length::Fixed(_)) {
            packet.body.pop();
            assert!(!known.fits(packet.body.len()), "{id}");
            assert!(Message::decode(packet.kind, &packet.body).is_err(), "{id}");
        }
    }
}

#[test]
fn a_crc_of_two_equal_bytes_tells_no_order() {
    let (mut packet, _) = Packet::parse(&vector("G3")).unwrap();
    let equal = (0..=u16::MAX).find_map(|sequence| {
        packet.sequence = sequence.to_le_bytes();
        let bytes = packet.to_bytes(CrcOrder::LowFirst);
        (bytes[bytes.len() - 1] == bytes[bytes.len() - 2]).then_some(bytes)
    });
    let mut reader = Reader::default();
    let high = Packet::parse(&vector("S3")).unwrap().0.to_bytes(CrcOrder::HighFirst);
    read(&mut reader, &high);
    assert_eq!(read(&mut reader, &equal.unwrap()).len(), 1);
    assert_eq!(reader.order(), Some(CrcOrder::HighFirst));
}
