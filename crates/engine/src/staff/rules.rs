//! The numbers behind signing in. What of them staff may set is listed in `parameter/staff.rs`.

use model::access::{Permission, Permissions};
use model::time::{DAY_MS, HOUR_MS, MINUTE_MS};

#[derive(Clone, Debug)]
pub struct StaffRules {
    /// A session that nobody uses ends.
    pub idle_ms: i64,
    /// Any session ends.
    pub life_ms: i64,
    /// Sessions of one person; beyond it the one that was used longest ago ends.
    pub sessions_max: i64,
    /// How long a password or a code that was shown is proof enough for the dangerous acts.
    pub proof_ms: i64,
    pub password_least: i64,
    /// Of small letters, capitals, digits and others.
    pub password_kinds: i64,
    /// So many passwords from before are not taken again.
    pub password_past: i64,
    /// After so many days a password is changed; 0: never.
    pub password_days: i64,
    /// Who needs two-step verification.
    pub factor_for: FactorFor,
    /// How long after it was first asked for nothing goes without it.
    pub factor_grace_ms: i64,
    /// 三员分立: nobody holds two of the powers over the platform.
    pub apart: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactorFor {
    Nobody,
    /// Whoever can do much harm.
    Powerful,
    Everybody,
}

impl Default for StaffRules {
    fn default() -> StaffRules {
        StaffRules {
            idle_ms: 30 * MINUTE_MS,
            life_ms: 12 * HOUR_MS,
            sessions_max: 20,
            proof_ms: 15 * MINUTE_MS,
            password_least: 10,
            password_kinds: 3,
            password_past: 5,
            password_days: 0,
            factor_for: FactorFor::Nobody,
            factor_grace_ms: 7 * DAY_MS,
            apart: false,
        }
    }
}

/// Whoever has one of these moves money, opens doors, or sees whom nobody else sees.
const POWERFUL: [Permission; 13] = [
    Permission::StaffWrite,
    Permission::ParameterWrite,
    Permission::JobWrite,
    Permission::PayChannelWrite,
    Permission::PaymentWrite,
    Permission::WalletWrite,
    Permission::OrderRefund,
    Permission::OrderSettle,
    Permission::SharingWrite,
    Permission::TariffWrite,
    Permission::CustomerReveal,
    Permission::CustomerExport,
    Permission::CustomerErase,
];

impl FactorFor {
    pub fn of(value: i64) -> FactorFor {
        match value {
            1 => FactorFor::Powerful,
            2 => FactorFor::Everybody,
            _ => FactorFor::Nobody,
        }
    }

    pub fn includes(self, permissions: Permissions) -> bool {
        match self {
            FactorFor::Nobody => false,
            FactorFor::Powerful => POWERFUL.iter().any(|permission| permissions.has(*permission)),
            FactorFor::Everybody => true,
        }
    }
}
