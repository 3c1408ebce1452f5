//! 复核: the second person agrees, or does not. The same for everything that one person may not decide alone.

use crate::audit::Actor;
use model::proposal::ProposalState;
use model::settlement::reason_checked;
use model::time::Timestamp;
use model::{Error, Result};
use serde::Deserialize;
use store::Tx;
use store::proposals::{self, Decision, Proposed};
use utoipa::ToSchema;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposalDecision {
    pub approve: bool,
    /// Why not; wanted when it is rejected.
    pub reason: Option<String>,
}

impl ProposalDecision {
    /// With its reason in order.
    pub(crate) fn checked(mut self) -> Result<ProposalDecision> {
        self.reason = match (self.reason.as_deref(), self.approve) {
            (Some(reason), _) => Some(reason_checked(reason)?),
            (None, true) => None,
            (None, false) => Some(reason_checked("")?),
        };
        Ok(self)
    }

    pub(crate) fn state(&self) -> ProposalState {
        if self.approve { ProposalState::Approved } else { ProposalState::Rejected }
    }
}

/// Somebody's proposal, and how a refusal speaks of its kind.
pub(crate) struct Proposal {
    pub proposed: Proposed,
    pub id: i64,
    /// Who has proposed it.
    pub staff: i64,
}

/// Writes what was decided; whoever proposed cannot, and nobody can a second time.
pub(crate) fn decide(
    tx: &mut Tx<'_>,
    actor: &Actor,
    proposal: &Proposal,
    decision: &ProposalDecision,
    now: Timestamp,
) -> Result<()> {
    let (own, decided, zh, en) = match proposal.proposed {
        Proposed::Settlement => ("settlement.own", "settlement.decided", "结算", "settlement"),
        Proposed::WalletChange => ("wallet_change.own", "wallet_change.decided", "余额调整", "change"),
        Proposed::Sharing => ("sharing_proposal.own", "sharing_proposal.decided", "分账", "sharing"),
        Proposed::OccupancyWaiver => {
            ("occupancy_waiver.own", "occupancy_waiver.decided", "免除占位费", "waiver")
        }
    };
    if proposal.staff == actor.caller.staff.0 {
        return Err(Error::refused(
            own,
            format!("超过限额的{zh}须由另一人复核，不能由提交人自己通过或驳回"),
            format!("Somebody else has to decide this {en}, not the person who proposed it."),
        ));
    }
    let told = Decision {
        state: decision.state(),
        staff: actor.caller.staff,
        staff_name: &actor.caller.name,
        at: now,
        reason: decision.reason.as_deref(),
    };
    if proposals::decide(tx, proposal.proposed, proposal.id, &told)? {
        return Ok(());
    }
    Err(Error::conflict(
        decided,
        format!("这份{zh}已经被复核过，请刷新页面查看结果"),
        format!("This {en} was decided already. Load the page again."),
    ))
}
