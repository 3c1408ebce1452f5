//! Where charging happens: operators, cities, stations, piles.

use serde::{Deserialize, Serialize};

/// What a pile speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
pub enum Protocol {
    #[serde(rename = "ocpp1.6")]
    Ocpp16,
    #[serde(rename = "ykc1.5")]
    Ykc15,
    #[serde(rename = "ykc1.6")]
    Ykc16,
}

impl Protocol {
    pub const ALL: [Protocol; 3] = [Protocol::Ocpp16, Protocol::Ykc15, Protocol::Ykc16];

    pub fn as_str(self) -> &'static str {
        match self {
            Protocol::Ocpp16 => "ocpp1.6",
            Protocol::Ykc15 => "ykc1.5",
            Protocol::Ykc16 => "ykc1.6",
        }
    }

    pub fn parse(text: &str) -> Option<Protocol> {
        Protocol::ALL.into_iter().find(|p| p.as_str() == text)
    }

    pub fn is_ykc(self) -> bool {
        matches!(self, Protocol::Ykc15 | Protocol::Ykc16)
    }
}

/// 充电类型
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PileKind {
    /// 直流
    Dc,
    /// 交流
    Ac,
    /// 交直流
    AcDc,
}

impl PileKind {
    pub const ALL: [PileKind; 3] = [PileKind::Dc, PileKind::Ac, PileKind::AcDc];

    pub fn as_str(self) -> &'static str {
        match self {
            PileKind::Dc => "dc",
            PileKind::Ac => "ac",
            PileKind::AcDc => "ac_dc",
        }
    }

    pub fn parse(text: &str) -> Option<PileKind> {
        PileKind::ALL.into_iter().find(|k| k.as_str() == text)
    }
}

/// 启停状态 of a pile: what the operator wants, whatever the pile is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Lifecycle {
    /// 未激活: registered, never seen.
    Inactive,
    /// 启用
    Enabled,
    /// 停用
    Disabled,
    /// 报废
    Retired,
}

impl Lifecycle {
    pub const ALL: [Lifecycle; 4] =
        [Lifecycle::Inactive, Lifecycle::Enabled, Lifecycle::Disabled, Lifecycle::Retired];

    pub fn as_str(self) -> &'static str {
        match self {
            Lifecycle::Inactive => "inactive",
            Lifecycle::Enabled => "enabled",
            Lifecycle::Disabled => "disabled",
            Lifecycle::Retired => "retired",
        }
    }

    pub fn parse(text: &str) -> Option<Lifecycle> {
        Lifecycle::ALL.into_iter().find(|l| l.as_str() == text)
    }

    /// May sessions be started on such a pile?
    pub fn in_service(self) -> bool {
        matches!(self, Lifecycle::Inactive | Lifecycle::Enabled)
    }
}
