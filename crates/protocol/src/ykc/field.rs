//! The wire's data types (ykc.md section 2.4). Every pattern of bytes can be read, and is written
//! back unchanged; what it means is asked of the value and may be "nothing".

use model::Text;
use model::id::{ConnectorNo, PileCode, TradeNo};
use model::time::{HOUR_MS, MINUTE_MS, Timestamp, Zone};
use std::fmt;

/// A value of fixed length on the wire.
pub trait Field: Sized {
    const LEN: usize;
    /// `None` only when `bytes` is not exactly [`Field::LEN`] long.
    fn read(bytes: &[u8]) -> Option<Self>;
    fn put(&self, out: &mut Vec<u8>);
}

/// Takes fields off the front of a body.
pub struct Cursor<'a>(pub &'a [u8]);

impl Cursor<'_> {
    pub fn take<F: Field>(&mut self) -> Option<F> {
        let (head, tail) = self.0.split_at_checked(F::LEN)?;
        self.0 = tail;
        F::read(head)
    }
}

macro_rules! little_endian {
    ($($type:ty),*) => {$(
        impl Field for $type {
            const LEN: usize = size_of::<$type>();
            fn read(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(<$type>::from_le_bytes)
            }
            fn put(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }
        }
    )*};
}

little_endian!(u8, u16, u32);

macro_rules! bytes_field {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name(pub [u8; $len]);

        impl Field for $name {
            const LEN: usize = $len;
            fn read(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map($name)
            }
            fn put(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.0);
            }
        }
    };
}

bytes_field!(
    /// 桩编号: 14 BCD digits.
    PileNo, 7
);
bytes_field!(
    /// 卡号: opaque, left-padded with 00, not byte-swapped.
    CardNo, 8
);
bytes_field!(
    /// 电表读数: 5 bytes little-endian, kWh × 10⁴.
    Meter, 5
);
bytes_field!(
    /// 时标 CP56Time2a: the station's local time, without a zone.
    Cp56, 7
);
bytes_field!(
    /// 时段费率号 ×48: one byte per half hour, 0 sharp, 1 peak, 2 flat, 3 valley.
    RateNumbers, 48
);

impl Field for TradeNo {
    const LEN: usize = 16;
    fn read(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(TradeNo)
    }
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
}

/// `N` BCD bytes, shown as 2·N digits. Nibbles A to F are kept: real piles send them (S5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bcd<const N: usize>(pub [u8; N]);

/// `N` bytes of text, padded on the right with 00.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ascii<const N: usize>(pub [u8; N]);

/// `N` bytes without a meaning of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raw<const N: usize>(pub [u8; N]);

macro_rules! sized_field {
    ($($name:ident),*) => {$(
        impl<const N: usize> Field for $name<N> {
            const LEN: usize = N;
            fn read(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map($name)
            }
            fn put(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.0);
            }
        }
    )*};
}

sized_field!(Bcd, Ascii, Raw);

impl PileNo {
    /// Reads 14 decimal digits.
    pub fn parse(text: &str) -> Option<PileNo> {
        if text.len() != 14 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        Some(PileNo(Bcd::<7>::parse(text)?.0))
    }

    /// The code under which the pile is registered; `None` when it is not 14 decimal digits.
    pub fn code(&self) -> Option<PileCode> {
        let text = self.to_string();
        PileNo::parse(&text).and_then(|_| PileCode::parse(&text))
    }
}

impl fmt::Display for PileNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(f, &self.0)
    }
}

impl<const N: usize> fmt::Display for Bcd<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(f, &self.0)
    }
}

impl<const N: usize> fmt::Display for Raw<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(f, &self.0)
    }
}

fn hex(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
}

impl<const N: usize> Bcd<N> {
    pub const ZERO: Bcd<N> = Bcd([0; N]);

    /// Reads at most 2·N hexadecimal digits, right-aligned.
    pub fn parse(text: &str) -> Option<Bcd<N>> {
        if text.is_empty() || text.len() > 2 * N {
            return None;
        }
        let mut bytes = [0u8; N];
        for (index, digit) in text.bytes().rev().enumerate() {
            let value = u8::try_from(char::from(digit).to_digit(16)?).ok()?;
            *bytes.get_mut(N - 1 - index / 2)? |= if index % 2 == 0 { value } else { value << 4 };
        }
        Some(Bcd(bytes))
    }

    /// The digits as they stand, without leading zeros; `None` when all are zero.
    pub fn text(&self) -> Option<String> {
        let text = self.to_string();
        let digits = text.trim_start_matches('0');
        (!digits.is_empty()).then(|| digits.to_owned())
    }

    /// The decimal number; `None` when a nibble is A to F.
    pub fn number(&self) -> Option<u64> {
        self.0.iter().try_fold(0u64, |sum, byte| {
            let (high, low) = (byte >> 4, byte & 15);
            if high > 9 || low > 9 {
                return None;
            }
            sum.checked_mul(100)?.checked_add(u64::from(high) * 10 + u64::from(low))
        })
    }
}

/// 计费模型编号. Four digits: a larger number is sent by its last four.
pub fn model_number(number: u16) -> Bcd<2> {
    let pair = |n: u16| u8::try_from((n % 100) / 10 * 16 + n % 10).unwrap_or(0);
    Bcd([pair(number / 100), pair(number)])
}

/// 枪号: two BCD digits; 01 is the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gun(pub u8);

impl Field for Gun {
    const LEN: usize = 1;
    fn read(bytes: &[u8]) -> Option<Self> {
        u8::read(bytes).map(Gun)
    }
    fn put(&self, out: &mut Vec<u8>) {
        out.push(self.0);
    }
}

impl Gun {
    pub fn of(connector: ConnectorNo) -> Option<Gun> {
        let connector = u8::try_from(connector).ok().filter(|n| (1..=99).contains(n))?;
        Some(Gun(connector / 10 * 16 + connector % 10))
    }

    /// BCD. A byte that is no BCD (0A) can only have been meant as a plain number.
    pub fn no(self) -> ConnectorNo {
        let (high, low) = (self.0 >> 4, self.0 & 15);
        if high > 9 || low > 9 { u16::from(self.0) } else { u16::from(high) * 10 + u16::from(low) }
    }
}

impl CardNo {
    pub const ZERO: CardNo = CardNo([0; 8]);

    /// Reads at most 16 hexadecimal digits.
    pub fn parse(text: &str) -> Option<CardNo> {
        Bcd::<8>::parse(text).map(|digits| CardNo(digits.0))
    }

    /// Upper-case hexadecimal without leading zeros; `None` when all bytes are zero (no card).
    pub fn text(&self) -> Option<String> {
        Bcd(self.0).text()
    }
}

impl Meter {
    pub fn of(dwh: u64) -> Meter {
        let bytes = dwh.min((1 << 40) - 1).to_le_bytes();
        Meter([bytes[0], bytes[1], bytes[2], bytes[3], bytes[4]])
    }

    pub fn dwh(&self) -> i64 {
        self.0.iter().rev().fold(0, |sum, byte| sum << 8 | i64::from(*byte))
    }
}

impl<const N: usize> Ascii<N> {
    pub const EMPTY: Ascii<N> = Ascii([0; N]);

    /// Padded on the right with 00; what is too long is cut.
    pub fn of(text: &str) -> Ascii<N> {
        let mut bytes = [0u8; N];
        for (slot, byte) in bytes.iter_mut().zip(text.bytes()) {
            *slot = byte;
        }
        Ascii(bytes)
    }

    /// The printable text without padding; `None` when there is none or when it is not text.
    pub fn text(&self) -> Option<String> {
        let text: String = self.0.iter().filter(|b| !matches!(b, 0 | 0xFF)).map(|b| char::from(*b)).collect();
        let text = text.trim();
        let printable = text.chars().all(|c| c.is_ascii_graphic() || c == ' ');
        (printable && !text.is_empty()).then(|| text.to_owned())
    }

    /// The characters in the opposite order: the VIN of 0x31 and 0xA1.
    pub fn reversed(&self) -> Ascii<N> {
        let mut bytes = self.0;
        bytes.reverse();
        Ascii(bytes)
    }
}

impl Cp56 {
    pub const ZERO: Cp56 = Cp56([0; 7]);

    /// What the station's clock shows at this moment. The day of the week is left 0 (not used).
    pub fn of(at: Timestamp, zone: &Zone) -> Cp56 {
        let local = zone.local(at);
        let ms = local.second * 1000 + at.as_ms().rem_euclid(1000);
        let ms = u16::try_from(ms).unwrap_or(0).to_le_bytes();
        let byte = |value: i64| u8::try_from(value).unwrap_or(0);
        let year = (local.day / 10_000 - 2000).clamp(0, 99);
        let (month, day) = (local.day / 100 % 100, local.day % 100);
        Cp56([ms[0], ms[1], byte(local.minute), byte(local.hour), byte(day), byte(month), byte(year)])
    }

    /// The moment, read as local time of `zone`; the flag bits (invalid, summer time, day of the
    /// week) are masked. `None` for what is no time: month 0 or 13, hour 24, 30 February.
    pub fn at(&self, zone: &Zone) -> Option<Timestamp> {
        let [ms_low, ms_high, minute, hour, day, month, year] = self.0;
        let ms = i64::from(u16::from_le_bytes([ms_low, ms_high]));
        let (minute, hour) = (i64::from(minute & 0x3F), i64::from(hour & 0x1F));
        let (day, month, year) = (day & 0x1F, month & 0x0F, year & 0x7F);
        if ms >= MINUTE_MS || minute > 59 || hour > 23 || year > 99 {
            return None;
        }
        let date = (i16::from(year) + 2000, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
        zone.moment(date.0, date.1, date.2, hour * HOUR_MS + minute * MINUTE_MS + ms)
    }
}

impl fmt::Display for Cp56 {
    /// As the clock shows it, whether or not it is a time: `2026-07-15 10:30:05.000`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [ms_low, ms_high, minute, hour, day, month, year] = self.0;
        let ms = u16::from_le_bytes([ms_low, ms_high]);
        write!(
            f,
            "{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:03}",
            2000 + u16::from(year & 0x7F),
            month & 0x0F,
            day & 0x1F,
            hour & 0x1F,
            minute & 0x3F,
            ms / 1000,
            ms % 1000
        )
    }
}

/// The same words in both languages.
pub fn same(text: impl fmt::Display) -> Text {
    let text = text.to_string();
    Text::new(text.clone(), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn time_is_local_to_the_station_and_its_flags_are_masked() {
        let zone = Zone::shanghai();
        let sample = Cp56([0x98, 0xB7, 0x0E, 0x11, 0x10, 0x03, 0x14]);
        assert_eq!(sample.at(&zone), Some(at("2020-03-16T17:14:47+08:00")));
        assert_eq!(Cp56::of(at("2020-03-16T17:14:47+08:00"), &zone), sample);
        let flagged = Cp56([0x98, 0xB7, 0x8E, 0x91, 0x70, 0xF3, 0x94]);
        assert_eq!(flagged.at(&zone), sample.at(&zone));
        let utc = Zone::parse("UTC").unwrap();
        assert_eq!(sample.at(&utc), Some(at("2020-03-16T17:14:47Z")));
    }

    #[test]
    fn what_is_no_time_is_nothing() {
        let zone = Zone::shanghai();
        let good = [0x98, 0xB7, 0x0E, 0x11, 0x10, 0x03, 0x14];
        assert_eq!(Cp56::ZERO.at(&zone), None);
        let bad = [(1, 0xFF), (2, 60), (3, 24), (4, 0), (5, 0), (5, 13), (6, 100)];
        for (index, value) in bad {
            let mut bytes = good;
            bytes[index] = value;
            assert_eq!(Cp56(bytes).at(&zone), None, "{index} {value}");
            let _ = Cp56(bytes).to_string();
        }
        assert_eq!(Cp56([0, 0, 0, 0, 30, 2, 24]).at(&zone), None, "30 February");
        assert!(Cp56([0, 0, 0, 0, 29, 2, 24]).at(&zone).is_some(), "29 February");
    }

    #[test]
    fn digits_and_cards() {
        assert_eq!(model_number(100), Bcd([0x01, 0x00]));
        assert_eq!(model_number(9999).number(), Some(9999));
        assert_eq!(model_number(65_535).number(), Some(5535));
        assert_eq!(Bcd([0x1A]).number(), None);
        assert_eq!(CardNo::parse("d14b0a54").unwrap().0, [0, 0, 0, 0, 0xD1, 0x4B, 0x0A, 0x54]);
        assert_eq!(CardNo([0, 0, 0, 0, 0x01, 0x4B, 0x0A, 0x54]).text().as_deref(), Some("14B0A54"));
        assert_eq!(
            (CardNo::ZERO.text(), CardNo::parse("12345678901234567"), CardNo::parse("x")),
            (None, None, None)
        );
        assert_eq!(
            (Gun::of(10), Gun(0x10).no(), Gun(0x0A).no(), Gun::of(100)),
            (Some(Gun(0x10)), 10, 10, None)
        );
        assert_eq!(PileNo([0xAB; 7]).code(), None);
        assert_eq!(Meter::of(1_234_567_890).dwh(), 1_234_567_890);
    }
}
