//! The bill of a settlement, made in the way that a person has chosen.

use super::{Held, SettlementBill};
use crate::device::{PileBillRecord, recompute};
use model::energy::Energy;
use model::id::OrderId;
use model::money::Fen;
use model::order::{Order, OrderState};
use model::settlement::{SettlementBasis, energies_checked, energy_checked, fee_checked};
use model::tariff::Bill;
use model::time::Zone;
use model::{Error, Result};
use store::Tx;
use store::orders::{self, BilledBy, OrderDetail};

/// Makes the bill and notes in the detail how it was made.
pub(super) fn bill(tx: &mut Tx<'_>, held: &mut Held, wanted: &SettlementBill) -> Result<Bill> {
    let (order, detail, zone) = (&mut held.order, &mut held.detail, &held.zone);
    detail.billed_by = match wanted.basis {
        SettlementBasis::Free | SettlementBasis::Amounts => {
            order.energy = energy_checked(wanted.energy_dwh.unwrap_or(order.energy.dwh()))?;
            let mut bill = Bill { energy: order.energy, ..Bill::default() };
            detail.billed_by = BilledBy::Nothing;
            detail.segments = String::from("[]");
            if wanted.basis == SettlementBasis::Amounts {
                detail.billed_by = BilledBy::Amounts;
                bill.electricity = fee_checked("electricity_fen", wanted.electricity_fen)?;
                bill.service = fee_checked("service_fen", wanted.service_fen)?;
                bill.total = bill.electricity + bill.service;
            }
            return Ok(bill);
        }
        SettlementBasis::Void => {
            linked(tx, order, wanted.linked_order_id)?;
            order.energy = Energy::ZERO;
            detail.billed_by = BilledBy::Nothing;
            detail.segments = String::from("[]");
            return Ok(Bill::default());
        }
        SettlementBasis::PileAmount => {
            let bill = asked(tx, order, detail, zone)?;
            (order.energy, detail.billed_by) = (bill.energy, BilledBy::Amounts);
            detail.segments = String::from("[]");
            return Ok(bill);
        }
        SettlementBasis::Record => BilledBy::Record,
        SettlementBasis::Curve => BilledBy::Curve,
        SettlementBasis::Energies => BilledBy::Energies,
    };
    let tariff = order.tariff.ok_or_else(no_tariff)?;
    let tariff = tx.tariff(tariff)?;
    let made = match wanted.basis {
        SettlementBasis::Energies => {
            let energies = energies_checked(wanted.energies)?;
            let ended_at = order.ended_at.unwrap_or(order.started_at);
            let table = tariff.calendar.table_at(&held.zone, order.began_at());
            Ok(table.bill_periods(order.started_at, ended_at, energies))
        }
        SettlementBasis::Record if detail.pile_bill.is_none() => Err("without a record"),
        _ => recompute(order, detail, &tariff.calendar, zone).map_err(|_| "cannot be billed"),
    };
    let made = made.map_err(|_| no_data())?;
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

fn no_tariff() -> Error {
    Error::invalid(
        "basis",
        "这笔订单开始时没有计费模型，无法按电量计费；请选择“手工金额”或“不收费”",
        "The order had no tariff when it began, so that energy has no price. Enter the fees, or charge nothing.",
    )
}

fn no_data() -> Error {
    Error::invalid(
        "basis",
        "这笔订单没有可用的数据按此方式计费（缺少桩账单，或曲线读数倒退）；请换一种结算依据",
        "What this order holds cannot be billed in this way (no record of the pile, or readings that go backwards). Choose another basis.",
    )
}

/// What the pile has asked for. It names one sum: as much of it as our prices say is electricity, the
/// rest is service fee.
fn asked(tx: &mut Tx<'_>, order: &Order, detail: &OrderDetail, zone: &Zone) -> Result<Bill> {
    let record = detail.pile_bill.as_deref().ok_or_else(no_data)?;
    let record: PileBillRecord = serde_json::from_str(record).map_err(|_| Error::internal())?;
    let total = model::money::Amount(record.amount_e4).to_fen();
    let energy = Energy::from_dwh(record.energy_dwh);
    if energy.is_negative() {
        return Err(no_data());
    }
    let energy = energy_checked(energy.dwh())?;
    let total = fee_checked("basis", Some(total.0))?;
    let tariff = tx.tariff(order.tariff.ok_or_else(no_tariff)?)?;
    let by_record = OrderDetail { billed_by: BilledBy::Record, ..detail.clone() };
    let ours = recompute(order, &by_record, &tariff.calendar, zone).map_err(|_| no_data())?;
    let electricity = Fen(ours.electricity.0.clamp(0, total.0));
    Ok(Bill { energy, electricity, service: total - electricity, total, ..Bill::default() })
}

/// The order that a session belongs to which is void here.
fn linked(tx: &mut Tx<'_>, order: &Order, id: Option<i64>) -> Result<Option<Order>> {
    let Some(id) = id else { return Ok(None) };
    let found = tx.read(|conn| orders::get(conn, OrderId(id)))?;
    let found = found.filter(|other| other.pile == order.pile && other.id != order.id);
    found.map(Some).ok_or_else(|| {
        Error::invalid(
            "linked_order_id",
            "只能关联同一充电桩的另一笔订单，请从“同枪前后订单”中选择",
            "A session can only belong to another order of the same pile. Choose one of its neighbours.",
        )
    })
}

/// Whose session it is that is void here is the other order's customer, as long as that one is held and
/// has none.
pub(super) fn link(tx: &mut Tx<'_>, order: &Order, id: OrderId) -> Result<()> {
    let Some(mut other) = linked(tx, order, Some(id.0))? else { return Ok(()) };
    if other.state == OrderState::Abnormal && other.customer.is_none() && order.customer.is_some() {
        (other.customer, other.card) = (order.customer, order.card);
        // By its card is known who pays for it.
        other.token = other.token.or_else(|| order.token.clone());
        tx.order_save(&other);
    }
    Ok(())
}
