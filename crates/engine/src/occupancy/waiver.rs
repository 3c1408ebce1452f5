//! 免除占位费: a person gives up what a car costs by staying, with a reason; above a limit a second person agrees first.

use super::OccupancyState;
use crate::Engine;
use crate::audit::Actor;
use crate::proposal::{self, Proposal, ProposalDecision};
use crate::settlement::no_order;
use model::id::{OrderId, PileId};
use model::ledger::PaymentState;
use model::money::Fen;
use model::order::Order;
use model::proposal::ProposalState;
use model::settlement::reason_checked;
use model::time::Timestamp;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::occupancies::{self, Occupancy, OccupancyWaiver};
use store::proposals::Proposed;
use store::{Tx, invoice_orders, order_payments, orders};
use utoipa::ToSchema;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OccupancyWaiverDraft {
    pub reason: String,
}

pub fn no_waiver() -> Error {
    Error::not_found(
        "occupancy_waiver.not_found",
        "没有这份免除占位费的申请，或不在您的数据范围内",
        "There is no such waiver in your scope.",
    )
}

fn nothing_to_waive() -> Error {
    Error::refused(
        "occupancy.nothing_to_waive",
        "这笔订单没有可免除的占位费：没有占位、未产生费用，或已经免除；请刷新页面查看",
        "There is no occupation fee to waive: none came about, or it is waived already. Load the page again.",
    )
}

/// Something that is or may come to be asked for, and how much that is at most.
fn waivable(tx: &mut Tx<'_>, order: OrderId) -> Result<(Occupancy, i64)> {
    let one = tx.read(|conn| occupancies::get(conn, order))?.ok_or_else(nothing_to_waive)?;
    let at_stake = match one.state {
        OccupancyState::Running => one.rule.cap_fen,
        OccupancyState::Ended | OccupancyState::Charged if one.fee_fen > 0 => one.fee_fen,
        _ => return Err(nothing_to_waive()),
    };
    Ok((one, at_stake))
}

fn seen(tx: &mut Tx<'_>, actor: &Actor, id: OrderId) -> Result<Order> {
    let order = tx.read(|conn| orders::get(conn, id))?.ok_or_else(no_order)?;
    let station = tx.station(order.station)?;
    if actor.sees_station(&station) { Ok(order) } else { Err(no_order()) }
}

/// What was posted goes back the way it was paid.
fn give_back(tx: &mut Tx<'_>, actor: &Actor, one: &Occupancy, reason: &str, now: Timestamp) -> Result<()> {
    let id = one.order;
    let payment = tx.read(|conn| order_payments::get(conn, id))?;
    let Some(payment) = payment.filter(|payment| payment.state == PaymentState::Posted) else {
        return Ok(());
    };
    if let Some(invoice) = invoice_orders::invoice_blocks_refund(tx, id)? {
        return Err(Error::refused(
            "refund.invoiced",
            format!("该订单已在发票 {invoice} 中，请先红冲（未开票的先驳回）该发票，再免除占位费"),
            format!(
                "This order stands in invoice {invoice}. Reverse it first (or reject it, if it was not issued), then waive the fee."
            ),
        ));
    }
    let fee = Fen(one.fee_fen);
    if payment.left().total() < fee {
        return Err(Error::refused(
            "occupancy.refunded",
            "这笔订单剩余可退的金额已少于占位费（已退款或已核销），无需再免除",
            "Less is left of this order than the fee: it was refunded or written off already.",
        ));
    }
    let staff = (actor.caller.staff, actor.caller.name.as_str());
    tx.payment_waive(payment, fee, (&format!("occupancy_waiver/{}", id.0), reason), staff, now)
}

fn carry_out(tx: &mut Tx<'_>, actor: &Actor, one: Occupancy, reason: &str, now: Timestamp) -> Result<()> {
    let mut one = one;
    if one.state == OccupancyState::Charged {
        give_back(tx, actor, &one, reason, now)?;
    }
    if one.state == OccupancyState::Running {
        let zone = tx.station(one.station)?.zone.clone();
        super::time::close(&mut one, &zone, now);
        (one.ended_at, one.fee_fen) = (Some(one.proven), one.rule.fee(one.counted_ms).0);
    }
    (one.state, one.waived_reason, one.changed_at) = (OccupancyState::Waived, Some(reason.to_owned()), now);
    occupancies::save(tx, &one)?;
    occupancies::changed(tx, &one);
    tx.with_pile(one.pile, |_, hot| {
        hot.occupied.retain(|known| known.order != one.order);
        Ok(())
    })
}

impl Engine {
    /// Waives the fee, or proposes to, where a second person has to agree.
    pub async fn occupancy_waiver_create(
        &self,
        actor: &Actor,
        (id, pile): (OrderId, PileId),
        draft: OccupancyWaiverDraft,
    ) -> Result<i64> {
        let reason = reason_checked(&draft.reason)?;
        let (actor, now, rules) = (actor.clone(), self.clock.now(), self.rules());
        self.store
            .write(Some(pile), move |tx| {
                let order = seen(tx, &actor, id)?;
                let known = tx.read(|conn| occupancies::waivers(conn, id))?;
                if known.iter().any(|one| one.state == ProposalState::Proposed) {
                    return Err(Error::conflict(
                        "occupancy_waiver.waiting",
                        "这笔订单已有一份免除占位费的申请等待复核，请先复核或驳回",
                        "A waiver of this order waits for its second person; decide that one first.",
                    ));
                }
                let (one, at_stake) = waivable(tx, id)?;
                let second = at_stake > rules.settle_alone.0;
                let state = if second { ProposalState::Proposed } else { ProposalState::Approved };
                let new = OccupancyWaiver {
                    id: 0,
                    order_id: id.0,
                    amount_fen: at_stake,
                    reason: reason.clone(),
                    state,
                    staff_id: actor.caller.staff.0,
                    staff_name: actor.caller.name.clone(),
                    created_at_ms: now.as_ms(),
                    decided_by: None,
                    decided_by_name: None,
                    decided_at_ms: None,
                    decision_reason: None,
                };
                let waiver = occupancies::waiver_insert(tx, &new)?;
                let detail = json!({"amount_fen": at_stake, "reason": reason, "state": state});
                actor.record_order(tx, now, "occupancy_waiver_create", &order, &detail)?;
                if second {
                    occupancies::changed(tx, &one);
                } else {
                    carry_out(tx, &actor, one, &reason, now)?;
                }
                Ok(waiver)
            })
            .await
    }

    /// The second person agrees, or does not.
    pub async fn occupancy_waiver_update(
        &self,
        actor: &Actor,
        (id, pile): (i64, PileId),
        decision: ProposalDecision,
    ) -> Result<()> {
        let decision = decision.checked()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(Some(pile), move |tx| {
                let found = tx.read(|conn| occupancies::waiver_find(conn, &actor.caller.scope, id))?;
                let (waiver, _) = found.ok_or_else(no_waiver)?;
                let order = seen(tx, &actor, OrderId(waiver.order_id))?;
                let proposal = Proposal { proposed: Proposed::OccupancyWaiver, id, staff: waiver.staff_id };
                proposal::decide(tx, &actor, &proposal, &decision, now)?;
                let one = tx.read(|conn| occupancies::get(conn, order.id))?.ok_or_else(nothing_to_waive)?;
                if decision.approve {
                    let (one, at_stake) = waivable(tx, order.id)?;
                    if one.state == OccupancyState::Charged && at_stake > waiver.amount_fen {
                        return Err(nothing_to_waive());
                    }
                    carry_out(tx, &actor, one, &waiver.reason, now)?;
                } else {
                    occupancies::changed(tx, &one);
                }
                let detail = json!({"waiver": id, "approve": decision.approve, "reason": decision.reason});
                actor.record_order(tx, now, "occupancy_waiver_update", &order, &detail)
            })
            .await
    }
}
