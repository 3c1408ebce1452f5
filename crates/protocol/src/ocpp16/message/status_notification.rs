//! StatusNotification (OCPP 1.6 section 4.9), its states (7.7) and error codes (7.6).

use crate::ocpp::text::{DateTime, Str, present, words};
use model::Text;
use model::connector::ConnectorStatus;
use model::device::{DeviceEvent, Fault, StatusReport};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Request<'a> {
    pub connector_id: u16,
    pub error_code: ErrorCode,
    #[serde(borrow, default, deserialize_with = "present")]
    pub info: Option<Str<'a, 50>>,
    pub status: Status,
    #[serde(default, deserialize_with = "present")]
    pub timestamp: Option<DateTime>,
    #[serde(borrow, default, deserialize_with = "present")]
    #[expect(dead_code, reason = "checked, and kept in the frame log")]
    pub vendor_id: Option<Str<'a, 255>>,
    #[serde(borrow, default, deserialize_with = "present")]
    pub vendor_error_code: Option<Str<'a, 50>>,
}

words! {
    pub enum Status {
        "Available" => Available,
        "Preparing" => Preparing,
        "Charging" => Charging,
        "SuspendedEVSE" => SuspendedEvse,
        "SuspendedEV" => SuspendedEv,
        "Finishing" => Finishing,
        "Reserved" => Reserved,
        "Unavailable" => Unavailable,
        "Faulted" => Faulted,
    }
}

words! {
    pub enum ErrorCode {
        "ConnectorLockFailure" => ConnectorLockFailure,
        "EVCommunicationError" => EvCommunicationError,
        "GroundFailure" => GroundFailure,
        "HighTemperature" => HighTemperature,
        "InternalError" => InternalError,
        "LocalListConflict" => LocalListConflict,
        "NoError" => NoError,
        "OtherError" => OtherError,
        "OverCurrentFailure" => OverCurrentFailure,
        "PowerMeterFailure" => PowerMeterFailure,
        "PowerSwitchFailure" => PowerSwitchFailure,
        "ReaderFailure" => ReaderFailure,
        "ResetFailure" => ResetFailure,
        "UnderVoltage" => UnderVoltage,
        "OverVoltage" => OverVoltage,
        "WeakSignal" => WeakSignal,
    }
}

impl From<Status> for ConnectorStatus {
    fn from(status: Status) -> ConnectorStatus {
        match status {
            Status::Available => ConnectorStatus::Available,
            Status::Preparing => ConnectorStatus::Preparing,
            Status::Charging => ConnectorStatus::Charging,
            Status::SuspendedEvse => ConnectorStatus::SuspendedEvse,
            Status::SuspendedEv => ConnectorStatus::SuspendedEv,
            Status::Finishing => ConnectorStatus::Finishing,
            Status::Reserved => ConnectorStatus::Reserved,
            Status::Unavailable => ConnectorStatus::Unavailable,
            Status::Faulted => ConnectorStatus::Faulted,
        }
    }
}

impl ErrorCode {
    fn text(self) -> Text {
        match self {
            ErrorCode::ConnectorLockFailure => Text::of("枪锁故障", "The connector lock failed"),
            ErrorCode::EvCommunicationError => {
                Text::of("与车辆通信故障", "Communication with the vehicle failed")
            }
            ErrorCode::GroundFailure => Text::of("漏电或接地故障", "Ground fault"),
            ErrorCode::HighTemperature => Text::of("温度过高", "Temperature too high"),
            ErrorCode::InternalError => Text::of("桩内部软硬件错误", "Internal fault of the pile"),
            ErrorCode::LocalListConflict => {
                Text::of("本地鉴权名单冲突", "The local list contradicts the platform")
            }
            ErrorCode::NoError => Text::of("桩未给出错误码", "The pile named no error"),
            ErrorCode::OtherError => Text::of("其他故障", "Another fault"),
            ErrorCode::OverCurrentFailure => Text::of("过流", "Over-current"),
            ErrorCode::PowerMeterFailure => Text::of("电表故障", "The meter failed"),
            ErrorCode::PowerSwitchFailure => Text::of("接触器故障", "The power switch failed"),
            ErrorCode::ReaderFailure => Text::of("读卡器故障", "The card reader failed"),
            ErrorCode::ResetFailure => Text::of("重启失败", "The reset failed"),
            ErrorCode::UnderVoltage => Text::of("欠压", "Under-voltage"),
            ErrorCode::OverVoltage => Text::of("过压", "Over-voltage"),
            ErrorCode::WeakSignal => Text::of("无线信号弱", "Weak radio signal"),
        }
    }
}

/// The sentence for a [`Fault::code`] of this protocol, `GroundFailure`.
pub fn fault_text(code: &str) -> Option<Text> {
    ErrorCode::parse(code).map(ErrorCode::text)
}

impl Request<'_> {
    pub fn event(&self) -> DeviceEvent {
        DeviceEvent::Status(StatusReport {
            connector: self.connector_id,
            status: self.status.into(),
            error: self.fault(),
            at: self.timestamp.map(|at| at.0),
        })
    }

    /// `NoError` is no fault, unless the connector is faulted and the vendor says why: piles are seen
    /// that name the cause in vendorErrorCode only.
    fn fault(&self) -> Option<Fault> {
        let vendor_code = self.vendor_error_code.as_ref().and_then(Str::keep_some);
        let silent = self.error_code == ErrorCode::NoError;
        if silent && (self.status != Status::Faulted || vendor_code.is_none()) {
            return None;
        }
        Some(Fault {
            code: self.error_code.word().to_owned(),
            vendor_code,
            info: self.info.as_ref().and_then(Str::keep_some),
        })
    }
}
