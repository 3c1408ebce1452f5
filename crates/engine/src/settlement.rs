//! 异常结算: a person ends an order that was held, or corrects one that was settled. The bill is made from what
//! is stored, at the prices of the order's own tariff, so that it can be made again; above a limit a second
//! person agrees first.

mod bill;
mod correction;

use crate::audit::Actor;
use crate::device::count;
use crate::proposal::{self, Proposal, ProposalDecision};
use crate::{Engine, Rules};
use bill::bill;
use model::curve::Curve;
use model::id::{OrderId, PileId, SettlementId};
use model::ledger::{PayWay, PaymentState, give_back};
use model::money::Fen;
use model::offer::Offers;
use model::order::{Order, OrderState};
use model::proposal::ProposalState;
use model::settlement::{SettlementBasis, reason_checked};
use model::tariff::Bill;
use model::time::{Timestamp, Zone};
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::order_payments::{self, OrderPayment};
use store::orders::{self, OrderDetail};
use store::proposals::Proposed;
use store::settlements::{self, Settlement};
use store::{Change, Tx};
use utoipa::ToSchema;

/// From what the bill shall be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettlementBill {
    pub basis: SettlementBasis,
    /// Sharp, peak, flat, valley, in 0.1 Wh: for `energies`.
    pub energies: Option<[i64; 4]>,
    /// For `amounts`, as `service_fen`.
    pub electricity_fen: Option<i64>,
    pub service_fen: Option<i64>,
    /// For `amounts` and `free`: what was delivered, where the order itself says nonsense.
    pub energy_dwh: Option<i64>,
    /// For `void`: the order of the same pile to which the session belongs.
    pub linked_order_id: Option<i64>,
    /// A completed order is corrected, not a held one settled.
    #[serde(default)]
    pub correction: bool,
}

impl SettlementBill {
    /// What was proposed.
    fn of(one: &Settlement) -> SettlementBill {
        SettlementBill {
            basis: one.basis,
            energies: one.energies,
            electricity_fen: Some(one.electricity_fen),
            service_fen: Some(one.service_fen),
            energy_dwh: Some(one.energy_dwh),
            linked_order_id: one.linked_order_id,
            correction: one.difference_fen.is_some(),
        }
    }
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettlementDraft {
    pub bill: SettlementBill,
    pub reason: String,
    /// The total that the page showed: when the order has changed meanwhile nothing is settled.
    pub total_fen: i64,
}

/// What the order would cost, and whom.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SettlementPreview {
    pub energy_dwh: i64,
    pub electricity_fen: i64,
    pub service_fen: i64,
    pub total_fen: i64,
    /// How much more is paid than now; less than nothing where money is given back.
    pub difference_fen: i64,
    /// From what, or into what, it is paid.
    pub effect: SettlementEffect,
    /// A second person has to agree.
    pub second: bool,
}

/// The difference by the purses that it moves; below zero where money is given back into them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct SettlementEffect {
    /// Null where nobody pays.
    pub pay_way: Option<PayWay>,
    pub principal_fen: i64,
    pub gift_fen: i64,
    pub owed_fen: i64,
}

/// An order with all that its bill is made from.
struct Held {
    order: Order,
    detail: OrderDetail,
    zone: Zone,
    /// Of a completed order, which is corrected.
    payment: Option<OrderPayment>,
    /// Electricity and service fee of its bill.
    before: (Fen, Fen),
    /// What could be taken off its bill.
    offers: Offers,
}

fn held(tx: &mut Tx<'_>, actor: &Actor, id: OrderId, correction: bool) -> Result<Held> {
    let found = tx.read(|conn| {
        Ok((orders::get(conn, id)?, orders::detail(conn, id)?, order_payments::get(conn, id)?))
    })?;
    let (Some(order), detail, payment) = found else { return Err(no_order()) };
    let station = tx.station(order.station)?;
    if !actor.sees_station(&station) {
        return Err(no_order());
    }
    let payment = payment.filter(|one| correction && one.state == PaymentState::Posted);
    if correction && (order.state != OrderState::Completed || payment.is_none()) {
        return Err(correction::not_posted());
    }
    if !correction && (order.state != OrderState::Abnormal || order.ended_at.is_none()) {
        return Err(Error::refused(
            "order.not_held",
            "只有“异常”状态的订单需要处理；这笔订单的状态已经改变，请刷新页面查看",
            "Only orders that are held are settled by hand; the state of this one has changed. Load the page again.",
        ));
    }
    let unbilled = || OrderDetail::unbilled(id, Curve::default());
    Ok(Held {
        detail: detail.unwrap_or_else(unbilled),
        zone: station.zone.clone(),
        before: (order.electricity, order.service),
        offers: Offers::default(),
        order,
        payment,
    })
}

impl Held {
    /// What is paid now, of the bill that was posted.
    fn now(&self) -> Fen {
        self.payment.as_ref().map_or(Fen(0), |payment| payment.left().total() + payment.written_off)
    }

    /// What is asked for of a bill: a correction takes off what was taken off at first, and leaves 占位费 as it is.
    fn due(&self, bill: &Bill) -> Fen {
        let off = match self.payment {
            Some(_) => self.order.discount - self.order.occupancy,
            None => crate::discount::expected(&self.offers, bill),
        };
        Fen((bill.total - off).0.max(0))
    }

    fn difference(&self, bill: &Bill) -> i64 {
        (self.due(bill) - self.now()).0
    }

    /// What the limit is compared with: what is billed, or, where less is billed than the pile asked for,
    /// what is given away; of a correction what it moves.
    fn at_stake(&self, bill: &Bill) -> i64 {
        if self.payment.is_some() {
            return self.difference(bill).abs();
        }
        let pile = self.order.pile_amount.map_or(0, |amount| amount.0 / 100);
        bill.total.0.max(pile)
    }

    fn effect(
        &self,
        rules: &Rules,
        tx: &mut Tx<'_>,
        bill: &Bill,
        now: Timestamp,
    ) -> Result<SettlementEffect> {
        let difference = Fen(self.difference(bill));
        let priced = Order { total: bill.total, ..self.order.clone() };
        let payment = match self.payment {
            Some(payment) => Some(payment),
            None => crate::payment::of_order(rules, tx, &priced, now)?,
        };
        let Some(payment) = payment else { return Ok(SettlementEffect::default()) };
        let (paid, sign) = if difference.0 < 0 {
            (give_back(Fen(-difference.0), payment.left()), -1)
        } else {
            (tx.payment_split(&payment, (difference, payment.held), rules.gift_first)?, 1)
        };
        Ok(SettlementEffect {
            pay_way: Some(payment.way),
            principal_fen: sign * paid.principal.0,
            gift_fen: sign * paid.gift.0,
            owed_fen: sign * paid.owed.0,
        })
    }

    /// What was decided is done.
    fn carry_out(
        self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        rules: &Rules,
        (wanted, bill): (&SettlementBill, &Bill),
        reasons: (SettlementId, &str),
        now: Timestamp,
    ) -> Result<()> {
        if wanted.correction {
            return correction::carry_out(self, tx, actor, rules, bill, reasons, now);
        }
        if let Some(linked) = wanted.linked_order_id {
            bill::link(tx, &self.order, OrderId(linked))?;
        }
        end(actor, rules, tx, self, bill, now)
    }
}

/// Its bill, and what could be taken off it.
fn priced(tx: &mut Tx<'_>, held: &mut Held, wanted: &SettlementBill) -> Result<Bill> {
    let bill = bill(tx, held, wanted)?;
    held.offers = crate::discount::offers(tx, &held.order, held.detail.billed_by)?;
    Ok(bill)
}

/// Of somebody else's order no more is told than that it is not there.
pub fn no_order() -> Error {
    Error::not_found(
        "order.not_found",
        "没有这个订单，或不在您的数据范围内，请核对订单号",
        "There is no such order in your scope; check its number.",
    )
}

impl Engine {
    /// What an order would cost, settled in some way, and from which purse; nothing is written.
    pub async fn settlement_check(
        &self,
        actor: &Actor,
        place: (OrderId, PileId),
        wanted: SettlementBill,
    ) -> Result<SettlementPreview> {
        let (actor, (id, pile), now) = (actor.clone(), place, self.clock.now());
        let rules = self.rules();
        self.store
            .write(Some(pile), move |tx| {
                let mut held = held(tx, &actor, id, wanted.correction)?;
                let bill = priced(tx, &mut held, &wanted)?;
                correction::checked(&held, &bill)?;
                Ok(SettlementPreview {
                    energy_dwh: bill.energy.dwh(),
                    electricity_fen: bill.electricity.0,
                    service_fen: bill.service.0,
                    total_fen: bill.total.0,
                    difference_fen: held.difference(&bill),
                    effect: held.effect(&rules, tx, &bill, now)?,
                    second: held.at_stake(&bill) > rules.settle_alone.0,
                })
            })
            .await
    }

    /// Settles a held order or corrects a completed one, or proposes it where a second person has to agree.
    pub async fn settlement_create(
        &self,
        actor: &Actor,
        place: (OrderId, PileId),
        draft: SettlementDraft,
    ) -> Result<SettlementId> {
        let reason = reason_checked(&draft.reason)?;
        let (actor, (id, pile), now) = (actor.clone(), place, self.clock.now());
        let rules = self.rules();
        self.store
            .write(Some(pile), move |tx| {
                let mut held = held(tx, &actor, id, draft.bill.correction)?;
                let open = tx.read(|conn| settlements::of_order(conn, id))?;
                if open.iter().any(|one| one.state == ProposalState::Proposed) {
                    return Err(Error::conflict(
                        "settlement.waiting",
                        "这笔订单已有一份结算等待复核，请先复核或驳回",
                        "A settlement of this order waits for its second person; decide that one first.",
                    ));
                }
                let bill = priced(tx, &mut held, &draft.bill)?;
                same_total(&bill, draft.total_fen)?;
                correction::checked(&held, &bill)?;
                let second = held.at_stake(&bill) > rules.settle_alone.0;
                let state = if second { ProposalState::Proposed } else { ProposalState::Approved };
                let mut new = written(&actor, id, &draft.bill, &bill, (&reason, state, now));
                new.difference_fen = held.payment.is_some().then(|| held.difference(&bill));
                let settlement = settlements::insert(tx, &new)?;
                actor.record_order(
                    tx,
                    now,
                    "settlement_create",
                    &held.order,
                    &json!({ "settlement": new }),
                )?;
                let Order { id: order, pile, operator, .. } = held.order;
                if !second {
                    held.carry_out(tx, &actor, &rules, (&draft.bill, &bill), (settlement, &reason), now)?;
                }
                tx.changed(Change::Order { order, pile, operator });
                Ok(settlement)
            })
            .await
    }

    /// The second person agrees, or does not.
    pub async fn settlement_update(
        &self,
        actor: &Actor,
        place: (SettlementId, PileId),
        decision: ProposalDecision,
    ) -> Result<()> {
        let decision = decision.checked()?;
        let (actor, (id, pile), now) = (actor.clone(), place, self.clock.now());
        let rules = self.rules();
        self.store
            .write(Some(pile), move |tx| {
                let found = tx.read(|conn| settlements::find(conn, &actor.caller.scope, id))?;
                let (one, _) = found.ok_or_else(no_settlement)?;
                let proposal = Proposal { proposed: Proposed::Settlement, id: id.0, staff: one.staff_id };
                proposal::decide(tx, &actor, &proposal, &decision, now)?;
                let order_id = OrderId(one.order_id);
                if decision.approve {
                    let wanted = SettlementBill::of(&one);
                    let mut held = held(tx, &actor, order_id, wanted.correction)?;
                    let bill = priced(tx, &mut held, &wanted)?;
                    same_total(&bill, one.total_fen)?;
                    if one.difference_fen.is_some_and(|shown| shown != held.difference(&bill)) {
                        return Err(changed());
                    }
                    let reasons = (id, one.reason.as_str());
                    held.carry_out(tx, &actor, &rules, (&wanted, &bill), reasons, now)?;
                }
                let order = tx.read(|conn| orders::get(conn, order_id))?.ok_or_else(no_order)?;
                let detail =
                    json!({"settlement": id.0, "approve": decision.approve, "reason": decision.reason});
                actor.record_order(tx, now, "settlement_update", &order, &detail)?;
                tx.changed(Change::Order { order: order.id, pile: order.pile, operator: order.operator });
                Ok(())
            })
            .await
    }
}

pub fn no_settlement() -> Error {
    Error::not_found(
        "settlement.not_found",
        "没有这份结算，或不在您的数据范围内",
        "There is no such settlement in your scope.",
    )
}

fn same_total(bill: &Bill, shown: i64) -> Result<()> {
    if bill.total.0 == shown {
        return Ok(());
    }
    Err(changed())
}

fn changed() -> Error {
    Error::conflict(
        "settlement.total_differs",
        "订单数据在您查看之后有变化，金额已不同；请重新核对后再提交",
        "The order has changed since you looked at it, and the amount with it. Look again before you settle it.",
    )
}

fn written(
    actor: &Actor,
    order: OrderId,
    wanted: &SettlementBill,
    bill: &Bill,
    (reason, state, now): (&str, ProposalState, Timestamp),
) -> Settlement {
    Settlement {
        id: 0,
        order_id: order.0,
        basis: wanted.basis,
        energies: wanted.energies.filter(|_| wanted.basis == SettlementBasis::Energies),
        energy_dwh: bill.energy.dwh(),
        electricity_fen: bill.electricity.0,
        service_fen: bill.service.0,
        total_fen: bill.total.0,
        reason: reason.to_owned(),
        state,
        staff_id: actor.caller.staff.0,
        staff_name: actor.caller.name.clone(),
        created_at_ms: now.as_ms(),
        decided_by: None,
        decided_by_name: None,
        decided_at_ms: None,
        decision_reason: None,
        linked_order_id: wanted.linked_order_id,
        difference_fen: None,
    }
}

/// The order is over. What was wrong with it stays marked.
fn end(actor: &Actor, rules: &Rules, tx: &mut Tx<'_>, held: Held, bill: &Bill, now: Timestamp) -> Result<()> {
    let Held { mut order, detail, zone, .. } = held;
    order.state = OrderState::Completed;
    (order.electricity, order.service, order.total) = (bill.electricity, bill.service, bill.total);
    let discounts = crate::discount::given(tx, &mut order, (bill, detail.billed_by), now)?;
    count(rules, tx, &order, &zone);
    let staff = (actor.caller.staff, actor.caller.name.as_str());
    crate::payment::post(rules, tx, (&order, &discounts), Some(staff), now)?;
    tx.order_save(&order);
    tx.order_detail_save(detail);
    crate::webhook::order_told(tx, &order, None, now)?;
    crate::occupancy::billed(rules, tx, order.id, now)
}
