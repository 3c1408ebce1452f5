//! Who may do what: permissions, the roles that bundle them, and the scope of what a person can see.

mod permission;
mod power;
mod role;
mod scope;

pub use permission::{Permission, Permissions};
pub use power::Power;
pub use role::Role;
pub use scope::{Area, Place, Scope};

use crate::id::StaffId;

/// Who is asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    pub staff: StaffId,
    pub name: String,
    pub permissions: Permissions,
    pub scope: Scope,
}

impl Caller {
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.has(permission)
    }
}
