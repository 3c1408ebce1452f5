//! 异常结算: a person ends an order that was held. The bill is made from what is stored, at the prices
//! of the order's own tariff, so that it can be made again; above a limit a second person agrees first.

use crate::audit::Actor;
use crate::device::{count, recompute};
use crate::{Engine, Rules};
use model::curve::Curve;
use model::id::{OrderId, PileId, SettlementId};
use model::order::{Order, OrderState};
use model::settlement::{
    SettlementBasis, SettlementState, energies_checked, energy_checked, fee_checked, reason_checked,
};
use model::tariff::Bill;
use model::time::{Timestamp, Zone};
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::orders::{self, BilledBy, OrderDetail};
use store::settlements::{self, Decision, Settlement};
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
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettlementDraft {
    pub bill: SettlementBill,
    pub reason: String,
    /// The total that the page showed: when the order has changed meanwhile nothing is settled.
    pub total_fen: i64,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettlementDecision {
    pub approve: bool,
    /// Why not; wanted when it is rejected.
    pub reason: Option<String>,
}

/// What the order would cost.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SettlementPreview {
    pub energy_dwh: i64,
    pub electricity_fen: i64,
    pub service_fen: i64,
    pub total_fen: i64,
    /// A second person has to agree.
    pub second: bool,
}

/// A held order with all that its bill is made from.
struct Held {
    order: Order,
    detail: OrderDetail,
    zone: Zone,
}

fn held(tx: &mut Tx<'_>, actor: &Actor, id: OrderId) -> Result<Held> {
    let found = tx.read(|conn| Ok((orders::get(conn, id)?, orders::detail(conn, id)?)))?;
    let (Some(order), detail) = found else { return Err(no_order()) };
    let station = tx.station(order.station)?;
    if !actor.sees_station(&station) {
        return Err(no_order());
    }
    if order.state != OrderState::Abnormal || order.ended_at.is_none() {
        return Err(Error::refused(
            "order.not_held",
            "只有“异常”状态的订单需要处理；这笔订单的状态已经改变，请刷新页面查看",
            "Only orders that are held are settled by hand; the state of this one has changed. Load the page again.",
        ));
    }
    let unbilled = || OrderDetail::unbilled(id, Curve::default());
    Ok(Held { detail: detail.unwrap_or_else(unbilled), zone: station.zone.clone(), order })
}

/// Of somebody else's order no more is told than that it is not there.
pub fn no_order() -> Error {
    Error::not_found(
        "order.not_found",
        "没有这个订单，或不在您的数据范围内，请核对订单号",
        "There is no such order in your scope; check its number.",
    )
}

/// Makes the bill and notes in the detail how it was made.
fn bill(tx: &mut Tx<'_>, held: &mut Held, wanted: &SettlementBill) -> Result<Bill> {
    let (order, detail) = (&mut held.order, &mut held.detail);
    detail.billed_by = match wanted.basis {
        SettlementBasis::Free | SettlementBasis::Amounts => {
            order.energy = energy_checked(wanted.energy_dwh.unwrap_or(order.energy.dwh()))?;
            let mut bill = Bill { energy: order.energy, ..Bill::default() };
            detail.billed_by = BilledBy::Nothing;
            if wanted.basis == SettlementBasis::Amounts {
                detail.billed_by = BilledBy::Amounts;
                bill.electricity = fee_checked("electricity_fen", wanted.electricity_fen)?;
                bill.service = fee_checked("service_fen", wanted.service_fen)?;
                bill.total = bill.electricity + bill.service;
            }
            return Ok(bill);
        }
        SettlementBasis::Record => BilledBy::Record,
        SettlementBasis::Curve => BilledBy::Curve,
        SettlementBasis::Energies => BilledBy::Energies,
    };
    let tariff = order.tariff.ok_or_else(|| {
        Error::invalid(
            "basis",
            "这笔订单开始时没有计费模型，无法按电量计费；请选择“手工金额”或“不收费”",
            "The order had no tariff when it began, so that energy has no price. Enter the fees, or charge nothing.",
        )
    })?;
    let tariff = tx.tariff(tariff)?;
    let made = match wanted.basis {
        SettlementBasis::Energies => {
            let energies = energies_checked(wanted.energies)?;
            let ended_at = order.ended_at.unwrap_or(order.started_at);
            let table = tariff.calendar.table_at(&held.zone, order.began_at());
            Ok(table.bill_periods(order.started_at, ended_at, energies))
        }
        SettlementBasis::Record if detail.pile_bill.is_none() => Err("without a record"),
        _ => recompute(order, detail, &tariff.calendar, &held.zone).map_err(|_| "cannot be billed"),
    };
    let made = made.map_err(|_| {
        Error::invalid(
            "basis",
            "这笔订单没有可用的数据按此方式计费（缺少桩账单，或曲线读数倒退）；请换一种结算依据",
            "What this order holds cannot be billed in this way (no record of the pile, or readings that go backwards). Choose another basis.",
        )
    })?;
    if made.electricity.0 < 0 || made.service.0 < 0 || made.energy.is_negative() {
        return Err(Error::invalid(
            "basis",
            "按此方式算出的电量或金额为负数，不能采用；请换一种结算依据",
            "Energy or amount would be negative in this way. Choose another basis.",
        ));
    }
    order.energy = made.energy;
    detail.segments = serde_json::to_string(&made.segments).map_err(|_| Error::internal())?;
    Ok(made)
}

impl Engine {
    /// What an order would cost, settled in some way; nothing is written.
    pub async fn settlement_check(
        &self,
        actor: &Actor,
        place: (OrderId, PileId),
        wanted: SettlementBill,
    ) -> Result<SettlementPreview> {
        let (actor, (id, pile), alone) = (actor.clone(), place, self.rules().settle_alone);
        self.store
            .write(Some(pile), move |tx| {
                let mut held = held(tx, &actor, id)?;
                let bill = bill(tx, &mut held, &wanted)?;
                Ok(SettlementPreview {
                    energy_dwh: bill.energy.dwh(),
                    electricity_fen: bill.electricity.0,
                    service_fen: bill.service.0,
                    total_fen: bill.total.0,
                    second: at_stake(&held.order, &bill) > alone.0,
                })
            })
            .await
    }

    /// Settles a held order, or proposes it where a second person has to agree.
    pub async fn settlement_create(
        &self,
        actor: &Actor,
        place: (OrderId, PileId),
        draft: SettlementDraft,
    ) -> Result<SettlementId> {
        let reason = reason_checked(&draft.reason)?;
        let (actor, (id, pile), now) = (actor.clone(), place, self.clock.now());
        let rules = self.rules();
        let alone = rules.settle_alone;
        self.store
            .write(Some(pile), move |tx| {
                let mut held = held(tx, &actor, id)?;
                let open = tx.read(|conn| settlements::of_order(conn, id))?;
                if open.iter().any(|one| one.state == SettlementState::Proposed) {
                    return Err(Error::conflict(
                        "settlement.waiting",
                        "这笔订单已有一份结算等待复核，请先复核或驳回",
                        "A settlement of this order waits for its second person; decide that one first.",
                    ));
                }
                let bill = bill(tx, &mut held, &draft.bill)?;
                same_total(&bill, draft.total_fen)?;
                let second = at_stake(&held.order, &bill) > alone.0;
                let state = if second { SettlementState::Proposed } else { SettlementState::Approved };
                let new = written(&actor, id, &draft.bill, &bill, (&reason, state, now));
                let settlement = settlements::insert(tx, &new)?;
                record(&actor, tx, now, "settlement_create", &held.order, &json!({ "settlement": new }))?;
                let Order { id: order, pile, operator, .. } = held.order;
                if !second {
                    end(&actor, &rules, tx, held, &bill, now)?;
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
        decision: SettlementDecision,
    ) -> Result<()> {
        let reason = match (&decision.reason, decision.approve) {
            (Some(reason), _) => Some(reason_checked(reason)?),
            (None, true) => None,
            (None, false) => Some(reason_checked("")?),
        };
        let (actor, (id, pile), now) = (actor.clone(), place, self.clock.now());
        let rules = self.rules();
        self.store
            .write(Some(pile), move |tx| {
                let found = tx.read(|conn| settlements::find(conn, &actor.caller.scope, id))?;
                let (one, _) = found.ok_or_else(no_settlement)?;
                if one.staff_id == actor.caller.staff.0 {
                    return Err(Error::refused(
                        "settlement.own",
                        "超过限额的结算须由另一人复核，不能由提交人自己通过或驳回",
                        "Somebody else has to decide this settlement, not the person who proposed it.",
                    ));
                }
                let state =
                    if decision.approve { SettlementState::Approved } else { SettlementState::Rejected };
                let staff_name = actor.caller.name.as_str();
                let told = Decision {
                    state,
                    staff: actor.caller.staff,
                    staff_name,
                    at: now,
                    reason: reason.as_deref(),
                };
                if !settlements::decide(tx, id, &told)? {
                    return Err(Error::conflict(
                        "settlement.decided",
                        "这份结算已经被复核过，请刷新页面查看结果",
                        "This settlement was decided already. Load the page again.",
                    ));
                }
                let order_id = OrderId(one.order_id);
                if decision.approve {
                    let mut held = held(tx, &actor, order_id)?;
                    let wanted = SettlementBill {
                        basis: one.basis,
                        energies: one.energies,
                        electricity_fen: Some(one.electricity_fen),
                        service_fen: Some(one.service_fen),
                        energy_dwh: Some(one.energy_dwh),
                    };
                    let bill = bill(tx, &mut held, &wanted)?;
                    same_total(&bill, one.total_fen)?;
                    end(&actor, &rules, tx, held, &bill, now)?;
                }
                let order = tx.read(|conn| orders::get(conn, order_id))?.ok_or_else(no_order)?;
                let detail = json!({"settlement": id.0, "approve": decision.approve, "reason": reason});
                record(&actor, tx, now, "settlement_update", &order, &detail)?;
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

/// What the limit is compared with: what is billed, or, where less is billed than the pile asked for,
/// what is given away.
fn at_stake(order: &Order, bill: &Bill) -> i64 {
    let pile = order.pile_amount.map_or(0, |amount| amount.0 / 100);
    bill.total.0.max(pile)
}

fn same_total(bill: &Bill, shown: i64) -> Result<()> {
    if bill.total.0 == shown {
        return Ok(());
    }
    Err(Error::conflict(
        "settlement.total_differs",
        "订单数据在您查看之后有变化，金额已不同；请重新核对后再提交",
        "The order has changed since you looked at it, and the amount with it. Look again before you settle it.",
    ))
}

fn written(
    actor: &Actor,
    order: OrderId,
    wanted: &SettlementBill,
    bill: &Bill,
    (reason, state, now): (&str, SettlementState, Timestamp),
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
    }
}

/// The order is over. What was wrong with it stays marked.
fn end(actor: &Actor, rules: &Rules, tx: &mut Tx<'_>, held: Held, bill: &Bill, now: Timestamp) -> Result<()> {
    let Held { mut order, detail, zone } = held;
    order.state = OrderState::Completed;
    (order.electricity, order.service, order.total) = (bill.electricity, bill.service, bill.total);
    count(tx, &order, &zone);
    let staff = (actor.caller.staff, actor.caller.name.as_str());
    crate::payment::post(rules, tx, &order, Some(staff), now)?;
    tx.order_save(&order);
    tx.order_detail_save(detail);
    crate::webhook::order_told(tx, &order, None, now)
}

fn record(
    actor: &Actor,
    tx: &mut Tx<'_>,
    now: Timestamp,
    action: &'static str,
    order: &Order,
    detail: &serde_json::Value,
) -> Result<()> {
    let day = Zone::shanghai().local(order.created_at).day;
    actor.record(tx, now, action, "order", Order::number(order.id, day), detail)
}
