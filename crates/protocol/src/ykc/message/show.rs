//! How values of the wire are shown to people.

use crate::ykc::field::{Ascii, Bcd, CardNo, Cp56, Gun, Meter, same};
use model::Text;
use std::fmt::Display;

pub fn plain<T: Display>(value: &T) -> Text {
    same(value)
}

/// `raw / 10^decimals` with its unit, exact.
pub fn scaled(raw: i64, decimals: u32, unit: &str) -> Text {
    let scale = 10i64.pow(decimals.min(9));
    let sign = if raw < 0 { "-" } else { "" };
    let (whole, part) = (raw.abs() / scale, raw.abs() % scale);
    let width = decimals as usize;
    let number =
        if decimals == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part:0width$}") };
    same(if unit.is_empty() { number } else { format!("{number} {unit}") })
}

/// A code with its words; an unknown code is shown as such.
pub fn choice(code: u8, words: &[(u8, &'static str, &'static str)]) -> Text {
    match words.iter().find(|(known, _, _)| *known == code) {
        Some((_, zh, en)) => Text::new(format!("{code:02X} {zh}"), format!("{code:02X} {en}")),
        None => Text::new(format!("未知({code:02X})"), format!("unknown ({code:02X})")),
    }
}

pub fn success(code: &u8) -> Text {
    choice(*code, &[(0, "失败", "failed"), (1, "成功", "ok")])
}

pub fn volts(raw: &u16) -> Text {
    scaled(i64::from(*raw), 1, "V")
}

pub fn volts_hundredth(raw: &u16) -> Text {
    scaled(i64::from(*raw), 2, "V")
}

pub fn amperes(raw: &u16) -> Text {
    scaled(i64::from(*raw), 1, "A")
}

/// The coding of this current differs between piles (section 5.4): shown as it stands.
pub fn raw_current(raw: &u16) -> Text {
    Text::new(format!("原始值 {raw}"), format!("raw {raw}"))
}

/// °C + 50; 0 means that there is no value.
pub fn celsius(raw: &u8) -> Text {
    if *raw == 0 { Text::of("无数据", "no data") } else { scaled(i64::from(*raw) - 50, 0, "°C") }
}

pub fn percent(raw: &u8) -> Text {
    scaled(i64::from(*raw), 0, "%")
}

pub fn minutes(raw: &u16) -> Text {
    scaled(i64::from(*raw), 0, "min")
}

pub fn energy(raw: &u32) -> Text {
    scaled(i64::from(*raw), 4, "kWh")
}

pub fn meter(raw: &Meter) -> Text {
    scaled(raw.dwh(), 4, "kWh")
}

/// yuan × 10⁴
pub fn amount(raw: &u32) -> Text {
    yuan(i64::from(*raw), 4, "")
}

/// yuan × 100
pub fn balance(raw: &u32) -> Text {
    yuan(i64::from(*raw), 2, "")
}

/// yuan/kWh × 10⁵
pub fn price(raw: &u32) -> Text {
    yuan(i64::from(*raw), 5, "/kWh")
}

fn yuan(raw: i64, decimals: u32, per: &str) -> Text {
    let number = scaled(raw, decimals, "").en;
    Text::new(format!("{number} 元{per}"), format!("{number} yuan{per}"))
}

pub fn gun(gun: &Gun) -> Text {
    same(format!("{:02}", gun.no()))
}

pub fn card(card: &CardNo) -> Text {
    card.text().map_or_else(|| Text::of("无", "none"), same)
}

pub fn digits<const N: usize>(digits: &Bcd<N>) -> Text {
    same(digits)
}

pub fn text<const N: usize>(text: &Ascii<N>) -> Text {
    text.text().map_or_else(|| Text::of("无", "none"), same)
}

pub fn text_reversed<const N: usize>(reversed: &Ascii<N>) -> Text {
    text(&reversed.reversed())
}

pub fn time(time: &Cp56) -> Text {
    same(time)
}

pub fn hex8(bits: &u8) -> Text {
    same(format!("{bits:02X}"))
}
