//! 三员: the three powers over the platform itself, of which nobody shall hold two where that is the rule.

use super::{Permission, Permissions};
use crate::Text;

crate::words! {
    /// A power over the platform itself, which runs beside its business.
    Power {
        /// 系统管理: parameters, jobs, channels.
        System = "system",
        /// 安全管理: who may do what.
        Security = "security",
        /// 安全审计: who has done what.
        Audit = "audit",
    }
}

impl Power {
    /// The power that a permission is part of; most are of the business.
    pub fn of(permission: Permission) -> Option<Power> {
        use Permission::*;
        match permission {
            ParameterWrite | JobWrite | BrandWrite => Some(Power::System),
            StaffWrite | StaffGrant => Some(Power::Security),
            AuditRead => Some(Power::Audit),
            _ => None,
        }
    }

    /// Those that a set of permissions has something of.
    pub fn within(permissions: Permissions) -> Vec<Power> {
        let has = |power: &Power| permissions.iter().any(|permission| Power::of(permission) == Some(*power));
        Power::ALL.iter().copied().filter(has).collect()
    }

    pub fn label(self) -> Text {
        match self {
            Power::System => Text::of("系统管理", "system administration"),
            Power::Security => Text::of("安全管理", "security administration"),
            Power::Audit => Text::of("安全审计", "audit"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Role;

    #[test]
    fn each_of_the_three_has_its_own_power_and_the_business_has_none() {
        for (role, powers) in [
            (Role::SystemAdmin, vec![Power::System]),
            (Role::SecurityAdmin, vec![Power::Security]),
            (Role::AuditAdmin, vec![Power::Audit]),
            (Role::Admin, Power::ALL.to_vec()),
            (Role::Operations, vec![]),
            (Role::Finance, vec![]),
            (Role::Viewer, vec![]),
        ] {
            assert_eq!(Power::within(role.permissions()), powers, "{role:?}");
        }
    }

    #[test]
    fn what_one_of_the_three_may_change_the_others_may_not() {
        let three = [Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin];
        for permission in Permission::ALL.iter().filter(|one| !one.as_str().ends_with(".read")) {
            let holders = three.iter().filter(|role| role.allows(*permission)).count();
            assert!(holders <= 1, "{permission:?}");
        }
    }
}
