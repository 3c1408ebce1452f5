//! The one place where pages meet the protocols: frames and codes in people's words.

use super::take::Reader;
use model::site::Protocol;
use serde::Serialize;
use store::dialects::Dialect;
use utoipa::ToSchema;

use model::battery::BatteryReport;

pub use protocol::{battery_text, fault_text, stop_text};

/// Puts what the battery said by bits into the reader's language.
pub fn battery_tell(report: &mut BatteryReport, reader: &Reader) {
    for word in report.causes.iter_mut().chain(&mut report.alarms) {
        word.text = battery_text(&word.code).map(|text| reader.tell(&text));
    }
}

/// One field of a decoded frame.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FrameField {
    pub name: String,
    pub zh: String,
    pub en: String,
    /// In the reader's language.
    pub value: String,
}

/// The fields of a binary frame; JSON is its own explanation.
pub fn explain(
    protocol: Protocol,
    dialect: Option<&Dialect>,
    bytes: &[u8],
    reader: &Reader,
) -> Option<Vec<FrameField>> {
    let fields = match dialect {
        Some(dialect) => protocol::explain_as(protocol, bytes, &dialect.rules),
        None => protocol::explain(protocol, bytes),
    };
    if fields.is_empty() {
        return None;
    }
    let field = |field: protocol::Field| FrameField {
        name: field.name,
        zh: field.label.zh.into_owned(),
        en: field.label.en.into_owned(),
        value: reader.tell(&field.value),
    };
    let read_as = dialect.map(|dialect| FrameField {
        name: "dialect".to_owned(),
        zh: "按方言解读".to_owned(),
        en: "read as dialect".to_owned(),
        value: dialect.name.clone(),
    });
    Some(read_as.into_iter().chain(fields.into_iter().map(field)).collect())
}
