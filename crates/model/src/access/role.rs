//! The roles that come with the product. An operator copies and changes them as its own.

use super::{Permission, Permissions};
use crate::Text;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 平台管理员
    Admin,
    /// 运营
    Operations,
    /// 财务
    Finance,
    /// 客服
    Service,
    /// 运维
    Technician,
    /// 只读
    Viewer,
    /// 系统管理员, 安全管理员, 审计管理员: the three who are apart.
    SystemAdmin,
    SecurityAdmin,
    AuditAdmin,
}

impl Role {
    pub const ALL: [Role; 9] = [
        Role::Admin,
        Role::Operations,
        Role::Finance,
        Role::Service,
        Role::Technician,
        Role::Viewer,
        Role::SystemAdmin,
        Role::SecurityAdmin,
        Role::AuditAdmin,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Role::Admin => "admin",
            Role::Operations => "operations",
            Role::Finance => "finance",
            Role::Service => "service",
            Role::Technician => "technician",
            Role::Viewer => "viewer",
            Role::SystemAdmin => "system_admin",
            Role::SecurityAdmin => "security_admin",
            Role::AuditAdmin => "audit_admin",
        }
    }

    pub fn parse(text: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|r| r.as_str() == text)
    }

    pub fn label(self) -> Text {
        match self {
            Role::Admin => Text::of("平台管理员", "Administrator"),
            Role::Operations => Text::of("运营", "Operations"),
            Role::Finance => Text::of("财务", "Finance"),
            Role::Service => Text::of("客服", "Customer service"),
            Role::Technician => Text::of("运维", "Technician"),
            Role::Viewer => Text::of("只读", "Viewer"),
            Role::SystemAdmin => Text::of("系统管理员", "System administrator"),
            Role::SecurityAdmin => Text::of("安全管理员", "Security administrator"),
            Role::AuditAdmin => Text::of("审计管理员", "Auditor"),
        }
    }

    pub fn permissions(self) -> Permissions {
        Permission::ALL.iter().copied().filter(|permission| self.allows(*permission)).collect()
    }

    pub fn allows(self, permission: Permission) -> bool {
        use Permission::*;
        let looks = matches!(permission, HomeRead | StationRead | PileRead | OrderRead | TariffRead);
        match self {
            Role::Admin => true,
            Role::Operations => !matches!(
                permission,
                StaffRead
                    | StaffWrite
                    | StaffGrant
                    | AuditRead
                    | ParameterWrite
                    | JobWrite
                    | BrandWrite
                    | CustomerReveal
                    | CustomerExport
                    | CustomerErase
                    | InvoiceWrite
                    | WalletWrite
                    | OrderRefund
                    | ReconciliationWrite
                    | SharingWrite
                    | PaymentWrite
                    | PayChannelWrite
            ),
            Role::Finance => looks || keeps_books(permission),
            Role::Service => looks || serves_customers(permission),
            Role::Technician => {
                matches!(
                    permission,
                    HomeRead
                        | StationRead
                        | PileRead
                        | PileWrite
                        | PileCommand
                        | AlarmRead
                        | AlarmWrite
                        | SafetyRead
                        | SafetyWrite
                        | WorkOrderRead
                        | WorkOrderWrite
                        | OrderRead
                        | OrderNote
                        | FeedbackRead
                )
            }
            Role::Viewer => looks,
            Role::SystemAdmin => looks_after_the_system(permission),
            Role::SecurityAdmin => {
                matches!(permission, HomeRead | StationRead | StaffRead | StaffWrite | StaffGrant)
            }
            Role::AuditAdmin => matches!(permission, HomeRead | StationRead | StaffRead | AuditRead),
        }
    }
}

/// What answering customers takes.
fn serves_customers(permission: Permission) -> bool {
    use Permission::*;
    matches!(
        permission,
        OrderNote
            | AlarmRead
            | SafetyRead
            | WorkOrderRead
            | WorkOrderWrite
            | PaymentRead
            | CardRead
            | CustomerRead
            | CustomerReveal
            | FleetRead
            | InvoiceRead
            | FeedbackRead
            | FeedbackWrite
            | ContentRead
    )
}

/// What keeps the platform running: neither its business nor who may do it.
fn looks_after_the_system(permission: Permission) -> bool {
    use Permission::*;
    matches!(
        permission,
        HomeRead
            | OperatorWrite
            | CityWrite
            | StationRead
            | StationWrite
            | PileRead
            | PileWrite
            | AlarmRead
            | AlarmWrite
            | ParameterRead
            | ParameterWrite
            | JobRead
            | JobWrite
            | BrandWrite
    )
}

/// What whoever keeps the books does beside looking.
fn keeps_books(permission: Permission) -> bool {
    use Permission::*;
    matches!(
        permission,
        OrderExport
            | OrderImport
            | OrderSettle
            | OrderNote
            | CardRead
            | CustomerRead
            | FleetRead
            | LedgerRead
            | WalletWrite
            | OrderRefund
            | ReconciliationRead
            | ReconciliationWrite
            | SharingRead
            | SharingWrite
            | PaymentRead
            | PaymentWrite
            | InvoiceRead
            | InvoiceWrite
            | ReportRead
            | ReportWrite
    )
}
