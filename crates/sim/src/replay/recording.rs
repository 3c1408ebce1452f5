//! The file: its header, its lines, reading and writing.

use super::facts::OrderFacts;
use model::card::TokenVerdict;
use model::site::{PileKind, Protocol};
use model::tariff_calendar::TariffCalendar;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The first word of every such file.
pub const FORMAT: &str = "pileops-recording";
/// What this version writes; it reads those up to it.
pub const VERSION: i64 = 1;

/// The first line: everything besides the frames that the same order and the same bill depend on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    pub format: String,
    pub version: i64,
    pub made_at_ms: i64,
    /// Cards, accounts and vehicle numbers stand under other names, the same one throughout the file.
    pub masked: bool,
    pub protocol: Protocol,
    pub pile: RecordedPile,
    /// Of the station, by whose clock the tariff is cut.
    pub time_zone: String,
    /// The platform's parameters by their names, as they stood when the file was made.
    #[serde(default)]
    pub parameters: BTreeMap<String, i64>,
    #[serde(default)]
    pub tariffs: Vec<RecordedTariff>,
    #[serde(default)]
    pub cards: Vec<RecordedCard>,
    /// Links of the pile in the time of the file, the oldest first.
    #[serde(default)]
    pub links: Vec<RecordedLink>,
    /// What the platform has made of it, to compare with, the oldest first.
    #[serde(default)]
    pub orders: Vec<OrderFacts>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedPile {
    pub code: String,
    pub kind: PileKind,
    pub connector_count: i64,
    /// Of each connector.
    pub rated_power_w: i64,
    /// The pile's clock minus ours, as far as it was known when the file begins.
    #[serde(default)]
    pub skew_ms: Option<i64>,
}

/// A published version, and since when the station showed it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedTariff {
    pub name: String,
    pub version_no: i64,
    /// The number under which 云快充 piles keep it.
    pub model_no: u16,
    pub from_ms: i64,
    pub table: TariffCalendar,
}

/// A card or account that the orders were begun with, and what was said of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedCard {
    pub tag: String,
    pub verdict: TokenVerdict,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedLink {
    pub from_ms: i64,
    /// `None`: it is up still.
    pub to_ms: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the pile to the platform.
    Up,
    Down,
}

/// One frame, in the order in which the platform has kept them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedFrame {
    pub at_ms: i64,
    pub direction: Direction,
    /// The wire's name: `StartTransaction`, `0x3B`.
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connector_no: Option<i64>,
    /// The order that it is about, as `orders[].id` names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<i64>,
    pub verdict: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// JSON text as it was on the wire, or the whole binary frame as hexadecimal digits.
    pub raw: String,
    /// What the platform answered, written as `raw` is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decoded: Vec<RecordedField>,
}

/// One field of a binary frame, for people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedField {
    pub name: String,
    pub label: String,
    pub value: String,
}

/// A file, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    pub header: Header,
    pub frames: Vec<RecordedFrame>,
}

impl Recording {
    pub fn to_text(&self) -> serde_json::Result<String> {
        let mut text = serde_json::to_string(&self.header)?;
        text.push('\n');
        for frame in &self.frames {
            text.push_str(&serde_json::to_string(frame)?);
            text.push('\n');
        }
        Ok(text)
    }

    /// What is wrong is told with its line.
    pub fn parse(text: &str) -> Result<Recording, String> {
        let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let (_, first) = lines.next().ok_or("the file is empty")?;
        let head: serde_json::Value =
            serde_json::from_str(first).map_err(|why| format!("line 1 is no JSON: {why}"))?;
        if head["format"] != FORMAT {
            return Err(format!("line 1: \"format\" is not {FORMAT:?}; this is no recording"));
        }
        let version = head["version"].as_i64().unwrap_or(0);
        if !(1..=VERSION).contains(&version) {
            return Err(format!(
                "line 1: version {version} is not known here; this program reads up to {VERSION}"
            ));
        }
        let header = serde_json::from_value(head).map_err(|why| format!("line 1: {why}"))?;
        let frame = |(number, line): (usize, &str)| {
            serde_json::from_str(line).map_err(|why| format!("line {}: {why}", number + 1))
        };
        Ok(Recording { header, frames: lines.map(frame).collect::<Result<_, _>>()? })
    }
}

/// What a line's text was on the wire; `None` where it is no such text.
pub fn bytes_of(protocol: Protocol, text: &str) -> Option<Vec<u8>> {
    if !protocol.is_ykc() {
        return Some(text.as_bytes().to_vec());
    }
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    digits.chunks(2).map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?)).collect()
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}
