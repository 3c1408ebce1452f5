//! 枪: where a car plugs in, and what the pile says about it.

use serde::{Deserialize, Serialize};

/// What the pile last said of a connector. Whether the pile is on line is another fact: an old
/// `charging` of a pile that went away is shown as off line, not forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConnectorStatus {
    /// Nothing was heard yet.
    Unknown,
    /// 空闲
    Available,
    /// 已插枪 / 准备中
    Preparing,
    /// 充电中
    Charging,
    /// 车辆暂停
    SuspendedEv,
    /// 桩暂停
    SuspendedEvse,
    /// 充电结束, still plugged
    Finishing,
    /// 预约
    Reserved,
    /// 停用
    Unavailable,
    /// 故障
    Faulted,
}

impl ConnectorStatus {
    pub const ALL: [ConnectorStatus; 10] = [
        ConnectorStatus::Unknown,
        ConnectorStatus::Available,
        ConnectorStatus::Preparing,
        ConnectorStatus::Charging,
        ConnectorStatus::SuspendedEv,
        ConnectorStatus::SuspendedEvse,
        ConnectorStatus::Finishing,
        ConnectorStatus::Reserved,
        ConnectorStatus::Unavailable,
        ConnectorStatus::Faulted,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            ConnectorStatus::Unknown => "unknown",
            ConnectorStatus::Available => "available",
            ConnectorStatus::Preparing => "preparing",
            ConnectorStatus::Charging => "charging",
            ConnectorStatus::SuspendedEv => "suspended_ev",
            ConnectorStatus::SuspendedEvse => "suspended_evse",
            ConnectorStatus::Finishing => "finishing",
            ConnectorStatus::Reserved => "reserved",
            ConnectorStatus::Unavailable => "unavailable",
            ConnectorStatus::Faulted => "faulted",
        }
    }

    pub fn parse(text: &str) -> Option<ConnectorStatus> {
        ConnectorStatus::ALL.into_iter().find(|s| s.as_str() == text)
    }

    /// A session runs, even if no energy flows at the moment.
    pub fn is_charging(self) -> bool {
        matches!(
            self,
            ConnectorStatus::Charging | ConnectorStatus::SuspendedEv | ConnectorStatus::SuspendedEvse
        )
    }

    /// Whether a person may start a session from afar. A connector of which nothing is known yet
    /// may be tried: the pile itself has the last word.
    pub fn can_start(self) -> bool {
        matches!(
            self,
            ConnectorStatus::Unknown
                | ConnectorStatus::Available
                | ConnectorStatus::Preparing
                | ConnectorStatus::Finishing
        )
    }
}
