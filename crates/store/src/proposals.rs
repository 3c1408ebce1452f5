//! 复核: what the second person decided, of whatever kind the proposal is.

use crate::Tx;
use model::Result;
use model::id::StaffId;
use model::proposal::ProposalState;
use model::time::Timestamp;

/// What can be proposed, each in a table of its own with the same columns for the decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proposed {
    Settlement,
    WalletChange,
    Sharing,
    OccupancyWaiver,
}

impl Proposed {
    fn table(self) -> &'static str {
        match self {
            Proposed::Settlement => "settlement",
            Proposed::WalletChange => "wallet_change",
            Proposed::Sharing => "sharing_proposal",
            Proposed::OccupancyWaiver => "occupancy_waiver",
        }
    }
}

pub struct Decision<'a> {
    pub state: ProposalState,
    pub staff: StaffId,
    pub staff_name: &'a str,
    pub at: Timestamp,
    pub reason: Option<&'a str>,
}

/// Whether it still waited.
pub fn decide(tx: &mut Tx<'_>, proposed: Proposed, id: i64, decision: &Decision<'_>) -> Result<bool> {
    let sql = format!(
        "UPDATE {} SET state = $1, decided_by = $2, decided_by_name = $3, decided_at_ms = $4, \
         decision_reason = $5 WHERE id = $6 AND state = 'proposed'",
        proposed.table()
    );
    let changed = tx.execute(
        &sql,
        &[
            decision.state.as_str().into(),
            decision.staff.0.into(),
            decision.staff_name.into(),
            decision.at.as_ms().into(),
            decision.reason.into(),
            id.into(),
        ],
    )?;
    Ok(changed > 0)
}
