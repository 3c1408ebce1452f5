//! Who may do what: roles, permissions, and the scope of what a person can see.

use crate::id::{OperatorId, StaffId};
use serde::{Deserialize, Serialize};

/// One right, named `noun.verb` as the routes and the menu name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
pub enum Permission {
    #[serde(rename = "home.read")]
    HomeRead,
    #[serde(rename = "station.read")]
    StationRead,
    #[serde(rename = "station.write")]
    StationWrite,
    #[serde(rename = "pile.read")]
    PileRead,
    #[serde(rename = "pile.write")]
    PileWrite,
    #[serde(rename = "pile.command")]
    PileCommand,
    #[serde(rename = "order.read")]
    OrderRead,
    #[serde(rename = "tariff.read")]
    TariffRead,
    #[serde(rename = "tariff.write")]
    TariffWrite,
    #[serde(rename = "card.read")]
    CardRead,
    #[serde(rename = "card.write")]
    CardWrite,
    #[serde(rename = "staff.read")]
    StaffRead,
    #[serde(rename = "staff.write")]
    StaffWrite,
    #[serde(rename = "audit.read")]
    AuditRead,
}

impl Permission {
    pub const ALL: [Permission; 14] = [
        Permission::HomeRead,
        Permission::StationRead,
        Permission::StationWrite,
        Permission::PileRead,
        Permission::PileWrite,
        Permission::PileCommand,
        Permission::OrderRead,
        Permission::TariffRead,
        Permission::TariffWrite,
        Permission::CardRead,
        Permission::CardWrite,
        Permission::StaffRead,
        Permission::StaffWrite,
        Permission::AuditRead,
    ];
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 系统管理员
    Admin,
    /// 运营
    Operations,
    /// 财务
    Finance,
    /// 运维
    Technician,
    /// 只读
    Viewer,
}

impl Role {
    pub const ALL: [Role; 5] = [Role::Admin, Role::Operations, Role::Finance, Role::Technician, Role::Viewer];

    pub fn as_str(self) -> &'static str {
        match self {
            Role::Admin => "admin",
            Role::Operations => "operations",
            Role::Finance => "finance",
            Role::Technician => "technician",
            Role::Viewer => "viewer",
        }
    }

    pub fn parse(text: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|r| r.as_str() == text)
    }

    pub fn allows(self, permission: Permission) -> bool {
        use Permission::*;
        match self {
            Role::Admin => true,
            Role::Operations => !matches!(permission, StaffRead | StaffWrite | AuditRead),
            Role::Finance => {
                matches!(permission, HomeRead | StationRead | PileRead | OrderRead | TariffRead | CardRead)
            }
            Role::Technician => {
                matches!(permission, HomeRead | StationRead | PileRead | PileWrite | PileCommand | OrderRead)
            }
            Role::Viewer => matches!(permission, HomeRead | StationRead | PileRead | OrderRead | TariffRead),
        }
    }
}

/// Which rows a person can see. A parameter of every list, so that it cannot be forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The platform's own staff.
    All,
    /// Staff of one operator.
    Operator(OperatorId),
}

/// Who is asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    pub staff: StaffId,
    pub name: String,
    pub role: Role,
    pub scope: Scope,
}

impl Caller {
    pub fn may(&self, permission: Permission) -> bool {
        self.role.allows(permission)
    }
}
