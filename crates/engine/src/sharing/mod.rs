//! 分账: payees, the rules by which they have a part in what an operator earns, and periods that are tried, closed and paid.

mod close;
mod payee;
mod payout;
mod period;
mod rule;
mod trial;
mod verify;

pub use close::{SharingConfirmation, no_sharing_proposal};
pub use payee::{PayeeChange, PayeeDraft, no_payee};
pub use payout::{SharingPayoutDraft, no_sharing_statement};
pub use period::{SharingPeriodDraft, no_sharing_period, orders_of};
pub use rule::{SharingRuleChange, SharingRuleDraft, no_sharing_rule};
pub(crate) use verify::verify;

use crate::audit::Actor;
use crate::site::{no_such, operator_exists};
use model::Result;
use model::access::Area;
use model::id::OperatorId;
use store::Tx;

/// An operator for all of which the person may speak: sharing is no matter of single stations.
fn operator_seen(tx: &mut Tx<'_>, actor: &Actor, operator: OperatorId) -> Result<()> {
    let scope = &actor.caller.scope;
    if !scope.sees_operator(operator) || scope.area != Area::Everywhere {
        return Err(no_such("operator_id", "运营商", "operator"));
    }
    operator_exists(tx, operator)
}

/// 2026-11-30
fn day_text(day: i64) -> String {
    format!("{:04}-{:02}-{:02}", day / 10_000, day / 100 % 100, day % 100)
}

/// 12.05
fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", fen.abs() / 100, fen.abs() % 100)
}
