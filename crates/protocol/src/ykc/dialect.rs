//! A frame in words, as the dialect of its pile has it.

use super::codes::{FaultBase, fault_bits_text};
use super::frame::Packet;
use super::message::show::scaled;
use super::message::{Explained, Message, explain};
use model::dialect::DialectRules;

/// As [`explain`], with the fields that the dialect reads otherwise.
pub fn explain_as(frame: &[u8], rules: &DialectRules) -> Option<Explained> {
    let mut explained = explain(frame)?;
    let (packet, _) = Packet::parse(frame)?;
    let Ok(message) = Message::decode(packet.kind, &packet.body) else { return Some(explained) };
    let currents: &[(&str, u16)] = match &message {
        Message::BmsDemand(from) => &[
            ("demand_current", from.demand_current),
            ("meas_current", from.meas_current),
            ("out_current", from.out_current),
        ],
        Message::BmsParameters(from) => &[
            ("max_current", from.max_current),
            ("pile_max_current", from.pile_max_current),
            ("pile_min_current", from.pile_min_current),
        ],
        _ => &[],
    };
    for field in &mut explained.fields {
        let raw = currents.iter().find(|(name, _)| *name == field.name).map(|(_, raw)| *raw);
        if let Some(current) = raw.and_then(|raw| rules.current_coding?.read(raw)) {
            field.value = scaled(current, 1, "A");
        }
        if let Message::Realtime(data) = &message
            && field.name == "hw_fault"
            && rules.fault_bit_two
            && let Some(text) = fault_bits_text(data.hw_fault, FaultBase::Two)
        {
            field.value = text;
        }
    }
    Some(explained)
}
