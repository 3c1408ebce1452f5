//! What 易联桩 appends to frames of the paper (section 8.2), for people: known by its length.

use super::ExplainedField;
use super::show::{amount, choice, energy, percent};
use crate::ykc::field::same;
use model::Text;

/// Name, 中文, English of the amounts behind the hardware faults of 0x13, four periods each.
const AMOUNTS: [(&str, &str, &str); 12] = [
    ("sharp_elec_amount", "尖电费", "electricity, sharp"),
    ("peak_elec_amount", "峰电费", "electricity, peak"),
    ("flat_elec_amount", "平电费", "electricity, flat"),
    ("valley_elec_amount", "谷电费", "electricity, valley"),
    ("sharp_service_amount", "尖服务费", "service, sharp"),
    ("peak_service_amount", "峰服务费", "service, peak"),
    ("flat_service_amount", "平服务费", "service, flat"),
    ("valley_service_amount", "谷服务费", "service, valley"),
    ("sharp_energy", "尖电量", "energy, sharp"),
    ("peak_energy", "峰电量", "energy, peak"),
    ("flat_energy", "平电量", "energy, flat"),
    ("valley_energy", "谷电量", "energy, valley"),
];

/// The first eight are money, the others energy.
const MONEY: usize = 8;

/// Twelve numbers, the state of S2, 32 bytes of faults.
const REALTIME: usize = 12 * 4 + 1 + 32;

fn field(name: &'static str, zh: &'static str, en: &'static str, value: Text) -> ExplainedField {
    ExplainedField { name, label: Text::of(zh, en), value }
}

/// `None`: nobody has said what these bytes are.
pub(super) fn explained(kind: u8, tail: &[u8]) -> Option<Vec<ExplainedField>> {
    match (kind, tail.len()) {
        (0x03, 1) => Some(vec![field("soc", "SOC", "SOC", percent(tail.first()?))]),
        (0x13, REALTIME) => {
            let mut fields = Vec::with_capacity(AMOUNTS.len() + 2);
            for (place, (bytes, (name, zh, en))) in tail.chunks_exact(4).zip(AMOUNTS).enumerate() {
                let raw = u32::from_le_bytes(bytes.try_into().ok()?);
                let value = if place < MONEY { amount(&raw) } else { energy(&raw) };
                fields.push(field(name, zh, en, value));
            }
            let s2 = *tail.get(AMOUNTS.len() * 4)?;
            let words = [(0, "默认", "default"), (1, "闭合", "closed"), (2, "断开", "open")];
            fields.push(field("s2_state", "S2状态", "S2", choice(s2, &words)));
            let faults: String =
                tail.get(AMOUNTS.len() * 4 + 1..)?.iter().map(|byte| format!("{byte:02X}")).collect();
            fields.push(field("extended_faults", "扩展故障", "extended faults", same(faults)));
            Some(fields)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fees_of_a_running_session_are_read() {
        let mut tail = vec![0; REALTIME];
        tail[..4].copy_from_slice(&12_345u32.to_le_bytes());
        tail[44..48].copy_from_slice(&88_000u32.to_le_bytes());
        tail[48] = 1;
        tail[80] = 0xA5;
        let fields = explained(0x13, &tail).unwrap();
        let value = |name| fields.iter().find(|field| field.name == name).unwrap().value.zh.clone();
        assert_eq!(value("sharp_elec_amount"), "1.2345 元");
        assert_eq!(value("valley_energy"), "8.8000 kWh");
        assert_eq!((value("s2_state").as_ref(), value("extended_faults").ends_with("A5")), ("01 闭合", true));
        assert_eq!(explained(0x13, &tail[1..]), None, "of another length it is something else");
        assert_eq!(explained(0x03, &[55]).unwrap()[0].value.zh, "55 %");
        assert_eq!(explained(0x3B, &[0]), None);
    }
}
