//! StopTransaction (OCPP 1.6 section 4.10) and its reasons (7.36).

use super::authorize::push_id_tag_info;
use crate::ocpp::sampled_value::{SampledValue, sample};
use crate::ocpp::text::{LooseTime, Object, Str, present, words};
use model::Text;
use model::card::Token;
use model::device::{DeviceEvent, Sample, StopReason, StopRecord, TokenAnswer};
use model::energy::Energy;
use model::id::SessionKey;
use model::order::StopClass;
use model::time::Timestamp;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Request<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    pub id_tag: Option<Str<'a, 20>>,
    /// Wh
    pub meter_stop: i64,
    pub timestamp: LooseTime,
    pub transaction_id: i32,
    #[serde(default, deserialize_with = "present")]
    pub reason: Option<Reason>,
    #[serde(borrow, default, deserialize_with = "present")]
    pub transaction_data: Option<Vec<Object<TransactionData<'a>>>>,
}

/// As a MeterValue, but the official schema lets the list be empty, and a time that cannot be read
/// costs the reading, not the record.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TransactionData<'a> {
    pub timestamp: LooseTime,
    #[serde(borrow)]
    pub sampled_value: Vec<Object<SampledValue<'a>>>,
}

words! {
    pub enum Reason {
        "EmergencyStop" => EmergencyStop,
        "EVDisconnected" => EvDisconnected,
        "HardReset" => HardReset,
        "Local" => Local,
        "Other" => Other,
        "PowerLoss" => PowerLoss,
        "Reboot" => Reboot,
        "Remote" => Remote,
        "SoftReset" => SoftReset,
        "UnlockCommand" => UnlockCommand,
        "DeAuthorized" => DeAuthorized,
    }
}

impl Reason {
    fn class(self) -> StopClass {
        match self {
            Reason::EvDisconnected
            | Reason::Local
            | Reason::Remote
            | Reason::UnlockCommand
            | Reason::DeAuthorized => StopClass::Normal,
            Reason::EmergencyStop => StopClass::Emergency,
            Reason::HardReset | Reason::PowerLoss | Reason::Reboot | Reason::SoftReset => StopClass::Fault,
            Reason::Other => StopClass::Unknown,
        }
    }

    fn text(self) -> Text {
        match self {
            Reason::EmergencyStop => Text::of("按下急停按钮", "The emergency stop was pressed"),
            Reason::EvDisconnected => Text::of("车辆拔枪", "The vehicle was unplugged"),
            Reason::HardReset => Text::of("充电桩硬重启", "The pile was reset (hard)"),
            Reason::Local => Text::of("在桩上正常停止", "Stopped at the pile"),
            Reason::Other => Text::of("其他原因（桩未说明）", "Another reason, which the pile did not name"),
            Reason::PowerLoss => Text::of("充电桩断电", "The pile lost power"),
            Reason::Reboot => Text::of("充电桩重启", "The pile restarted"),
            Reason::Remote => Text::of("远程停止", "Stopped remotely"),
            Reason::SoftReset => Text::of("充电桩软重启", "The pile was reset (soft)"),
            Reason::UnlockCommand => Text::of("远程解锁枪", "The connector was unlocked remotely"),
            Reason::DeAuthorized => {
                Text::of("鉴权被拒绝或已失效", "The token was refused or is no longer valid")
            }
        }
    }
}

/// The sentence for a stop reason of this protocol, `ocpp:EVDisconnected`.
pub fn stop_text(code: &str) -> Option<Text> {
    code.strip_prefix("ocpp:").and_then(Reason::parse).map(Reason::text)
}

impl Request<'_> {
    /// An absent reason means `Local` (section 4.10). An unreadable time: see StartTransaction.
    pub fn event(&self) -> DeviceEvent {
        let reason = self.reason.unwrap_or(Reason::Local);
        DeviceEvent::Stopped(Box::new(StopRecord {
            session: SessionKey::Transaction(self.transaction_id),
            meter_stop: Energy::from_wh(self.meter_stop),
            at: self.timestamp.0.unwrap_or(Timestamp::from_ms(0)),
            reason: StopReason { class: reason.class(), code: format!("ocpp:{}", reason.word()) },
            token: self.id_tag.as_ref().and_then(Str::keep_some).map(Token::card),
            samples: self.samples(),
        }))
    }

    fn samples(&self) -> Vec<Sample> {
        let data = self.transaction_data.iter().flatten();
        data.filter_map(|data| {
            let at = data.0.timestamp.0?;
            Some(sample(at, data.0.sampled_value.iter().map(|value| &value.0)))
        })
        .collect()
    }
}

pub fn response(token: Option<&TokenAnswer>) -> Vec<u8> {
    let mut bytes = b"{".to_vec();
    if let Some(token) = token {
        push_id_tag_info(&mut bytes, token);
    }
    bytes.push(b'}');
    bytes
}
