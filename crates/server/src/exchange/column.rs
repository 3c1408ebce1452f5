//! The columns that a list can be given out with.

use model::error::Text;
use model::time::{Timestamp, Zone};
use std::sync::LazyLock;

/// The platform's clock, as on the pages.
static ZONE: LazyLock<Zone> = LazyLock::new(Zone::shanghai);

/// What stands in one place of a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Empty,
    Text(String),
    /// An integer with so many of its digits behind the point.
    Number(i64, u8),
    /// A moment, in UTC milliseconds.
    Time(i64),
}

impl Cell {
    pub fn text(value: Option<impl Into<String>>) -> Cell {
        value.map(Into::into).filter(|text| !text.is_empty()).map_or(Cell::Empty, Cell::Text)
    }

    pub fn time(at_ms: Option<i64>) -> Cell {
        at_ms.map_or(Cell::Empty, Cell::Time)
    }

    pub fn count(value: i64) -> Cell {
        Cell::Number(value, 0)
    }

    /// 0.01 yuan as yuan.
    pub fn fen(value: i64) -> Cell {
        Cell::Number(value, 2)
    }

    /// 0.0001 yuan as yuan, 0.1 Wh as kWh.
    pub fn e4(value: Option<i64>) -> Cell {
        value.map_or(Cell::Empty, |value| Cell::Number(value, 4))
    }
}

/// One column of a list's file. The key is that of the same column on the page, where there is one.
pub struct Column<R> {
    pub key: &'static str,
    pub label: Text,
    /// Part of the file unless somebody chooses otherwise.
    pub usual: bool,
    /// Added up in the last line.
    pub summed: bool,
    pub cell: fn(&R, &Words) -> Cell,
}

type Of<R> = fn(&R, &Words) -> Cell;

impl<R> Column<R> {
    pub const fn new(key: &'static str, zh: &'static str, en: &'static str, cell: Of<R>) -> Column<R> {
        Column { key, label: Text::of(zh, en), usual: true, summed: false, cell }
    }

    pub const fn summed(key: &'static str, zh: &'static str, en: &'static str, cell: Of<R>) -> Column<R> {
        Column { key, label: Text::of(zh, en), usual: true, summed: true, cell }
    }

    /// One that has to be chosen.
    pub const fn extra(key: &'static str, zh: &'static str, en: &'static str, cell: Of<R>) -> Column<R> {
        Column { key, label: Text::of(zh, en), usual: false, summed: false, cell }
    }
}

/// The language of a file.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    pub english: bool,
}

impl Words {
    pub fn tell(self, text: &Text) -> String {
        if self.english { text.en.to_string() } else { text.zh.to_string() }
    }

    pub fn choose(self, zh: &'static str, en: &'static str) -> Cell {
        Cell::Text((if self.english { en } else { zh }).to_owned())
    }
}

/// `2026-11-23 12:00:00` by the platform's clock.
pub fn wall(at_ms: i64) -> String {
    let local = ZONE.local(Timestamp::from_ms(at_ms));
    let (year, month, day) = (local.day / 10_000, local.day / 100 % 100, local.day % 100);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}", local.hour, local.minute, local.second)
}

/// 20261123
pub fn day(at_ms: i64) -> i64 {
    ZONE.local(Timestamp::from_ms(at_ms)).day
}
