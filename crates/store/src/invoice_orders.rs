//! Which orders may stand in an invoice, and with how much; and which stand in one.

use crate::Tx;
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::order_list::order_no;
use model::Result;
use model::access::Scope;
use model::id::{CustomerId, FleetId, InvoiceId, OperatorId, OrderId, StationId};
use model::invoice_line::InvoiceShare;
use model::ledger::{Paid, PayWay, Payer, PaymentState, give_back};
use model::money::{Fen, divide_rounded};
use serde::Serialize;
use utoipa::ToSchema;

/// Why an order cannot be invoiced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceHindrance {
    /// It is not over, or its car is still plugged in and may cost an occupation fee.
    Running,
    /// Nothing was really paid: it is free, owed, paid from a gift, or was given back.
    Unpaid,
    /// It stands in a live invoice.
    Invoiced,
    /// The company pays, and the company gets the invoice.
    FleetPaid,
}

/// An order of a customer or a fleet, as whoever applies for an invoice chooses it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct InvoiceOrderChoice {
    pub id: i64,
    pub order_no: String,
    pub operator_id: i64,
    /// Who stands in the invoice as the seller.
    pub seller_name: String,
    pub station_id: i64,
    pub station_name: String,
    pub started_at_ms: i64,
    pub ended_at_ms: Option<i64>,
    pub energy_dwh: i64,
    pub total_fen: i64,
    /// Paid from a gift; no invoice has it.
    pub gift_fen: i64,
    pub owed_fen: i64,
    pub refunded_fen: i64,
    /// What may be invoiced, and its parts.
    pub invoiceable_fen: i64,
    pub electricity_fen: i64,
    pub service_fen: i64,
    /// 占位费 of it; stands in an invoice as service.
    pub occupancy_fen: i64,
    /// Null: it may be chosen.
    pub hindrance: Option<InvoiceHindrance>,
    /// The live invoice in which it stands.
    pub invoice_id: Option<i64>,
    pub invoice_no: Option<String>,
    #[serde(skip)]
    pub customer: Option<CustomerId>,
    /// The fleet that pays.
    #[serde(skip)]
    pub fleet: Option<FleetId>,
}

impl InvoiceOrderChoice {
    pub fn payer(&self) -> Option<Payer> {
        self.fleet.map(Payer::Fleet).or(self.customer.map(Payer::Customer))
    }

    pub fn share(&self) -> InvoiceShare {
        // Where a part of it was paid, that part of the energy stands in the invoice: the price of a kWh stays true.
        let part = i128::from(self.energy_dwh) * i128::from(self.invoiceable_fen);
        let energy = divide_rounded(part, i128::from(self.total_fen.max(1)));
        InvoiceShare {
            electricity: Fen(self.electricity_fen),
            service: Fen(self.service_fen),
            energy_dwh: i64::try_from(energy).unwrap_or(self.energy_dwh),
        }
    }
}

const COLUMNS: &str = "o.id, o.created_at_ms, o.operator_id, COALESCE(s.name, p.name), o.station_id, t.name, o.started_at_ms, \
    o.ended_at_ms, o.energy_dwh, o.total_fen - o.discount_fen + o.occupancy_fen, \
    o.electricity_fen - CASE WHEN o.discount_fen > o.service_fen THEN o.discount_fen - o.service_fen ELSE 0 END, \
    CASE WHEN o.discount_fen > o.service_fen THEN 0 ELSE o.service_fen - o.discount_fen END + o.occupancy_fen, o.state, o.customer_id, pay.state, \
    pay.way, pay.fleet_id, pay.principal_fen, pay.gift_fen, pay.owed_fen, pay.refunded_fen, pay.written_off_fen, \
    i.id, i.serial_no, o.occupancy_fen, oc.state";

const FROM: &str = "FROM orders o JOIN operator p ON p.id = o.operator_id JOIN station t ON t.id = o.station_id \
    LEFT JOIN seller s ON s.operator_id = o.operator_id LEFT JOIN order_payment pay ON pay.order_id = o.id \
    LEFT JOIN invoice_order k ON k.order_id = o.id AND k.live LEFT JOIN invoice i ON i.id = k.invoice_id \
    LEFT JOIN occupancy oc ON oc.order_id = o.id AND oc.state = 'running'";

fn choice(row: &Row<'_>) -> DbResult<InvoiceOrderChoice> {
    let some = |at: usize| -> DbResult<Fen> { Ok(Fen(row.int_opt(at)?.unwrap_or(0))) };
    let state = row.text_opt(14)?;
    let posted = state.as_deref() == Some(PaymentState::Posted.as_str());
    let way = row.text_opt(15)?.and_then(|way| PayWay::parse(&way));
    let (paid, refunded) =
        (Paid { principal: some(17)?, gift: some(18)?, owed: some(19)? - some(21)? }, some(20)?);
    let left = if posted { paid.principal - give_back(refunded, paid).principal } else { Fen(0) };
    let (electricity, service) = (Fen(row.int(10)?), Fen(row.int(11)?));
    let share = InvoiceShare::of(electricity, service, paid, left, row.int(8)?);
    let fleet = row.int_opt(16)?.map(FleetId).filter(|_| way == Some(PayWay::Fleet));
    let invoice = row.int_opt(22)?;
    let hindrance = if invoice.is_some() {
        Some(InvoiceHindrance::Invoiced)
    } else if row.text(12)? != "completed" || row.text_opt(25)?.is_some() {
        Some(InvoiceHindrance::Running)
    } else if share.total().0 <= 0 {
        Some(InvoiceHindrance::Unpaid)
    } else {
        None
    };
    Ok(InvoiceOrderChoice {
        id: row.int(0)?,
        order_no: order_no(row.int(0)?, row.int(1)?),
        operator_id: row.int(2)?,
        seller_name: row.text(3)?,
        station_id: row.int(4)?,
        station_name: row.text(5)?,
        started_at_ms: row.int(6)?,
        ended_at_ms: row.int_opt(7)?,
        energy_dwh: row.int(8)?,
        total_fen: row.int(9)?,
        gift_fen: paid.gift.0,
        owed_fen: paid.owed.0,
        refunded_fen: refunded.0,
        invoiceable_fen: share.total().0,
        electricity_fen: share.electricity.0,
        service_fen: share.service.0,
        occupancy_fen: row.int(24)?,
        hindrance,
        invoice_id: invoice,
        invoice_no: row.text_opt(23)?,
        customer: row.int_opt(13)?.map(CustomerId),
        fleet,
    })
}

#[derive(Clone, Debug)]
pub struct InvoiceOrderFilter {
    pub payer: Payer,
    /// Only what may be chosen.
    pub invoiceable: bool,
    pub operator: Option<i64>,
    pub from_ms: Option<i64>,
    /// Exclusive.
    pub to_ms: Option<i64>,
    pub before: Option<i64>,
    pub limit: i64,
}

/// The newest first. What a fleet pays is the fleet's; the driver sees that it is there and not for them.
pub fn invoice_order_list(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &InvoiceOrderFilter,
) -> DbResult<Page<InvoiceOrderChoice>> {
    let mut filter = Filter::new();
    match wanted.payer {
        Payer::Customer(id) => filter.and_value("o.customer_id = ?", id.0),
        Payer::Fleet(id) => filter.and_value("pay.way = 'fleet' AND pay.fleet_id = ?", id.0),
    }
    filter.and("o.total_fen > 0");
    if wanted.invoiceable {
        filter
            .and("o.state = 'completed' AND i.id IS NULL AND oc.order_id IS NULL AND pay.state = 'posted' AND pay.principal_fen > 0");
        if matches!(wanted.payer, Payer::Customer(_)) {
            filter.and("pay.way <> 'fleet'");
        }
    }
    filter.and_some("o.operator_id = ?", wanted.operator);
    filter.and_some("o.started_at_ms >= ?", wanted.from_ms);
    filter.and_some("o.started_at_ms < ?", wanted.to_ms);
    filter.scope("o.operator_id", "o.station_id", scope);
    let total = conn.one(&format!("SELECT COUNT(*) {FROM} {}", filter.sql()), &filter.values, count)?;
    filter.and_some("o.id < ?", wanted.before);
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!("SELECT {COLUMNS} {FROM} {} ORDER BY o.id DESC LIMIT {limit}", filter.sql());
    let mut rows = conn.query(&sql, &filter.values, choice)?;
    for row in &mut rows {
        if matches!(wanted.payer, Payer::Customer(_)) && row.fleet.is_some() && row.hindrance.is_none() {
            row.hindrance = Some(InvoiceHindrance::FleetPaid);
        }
    }
    Ok(Page::of(rows, wanted.limit, Some(total), |one| one.id.to_string()))
}

/// These orders, as far as they are in sight, in the order of their ids.
pub fn chosen(conn: &mut Conn, scope: &Scope, ids: &[i64]) -> DbResult<Vec<InvoiceOrderChoice>> {
    let mut filter = Filter::new();
    let all = filter.bind_all(ids.iter().copied());
    filter.and(&format!("o.id IN ({all})"));
    filter.scope("o.operator_id", "o.station_id", scope);
    let sql = format!("SELECT {COLUMNS} {FROM} {} ORDER BY o.id", filter.sql());
    conn.query(&sql, &filter.values, choice)
}

/// What of an order stands in an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvoiceOrderPart {
    pub order: OrderId,
    pub operator: OperatorId,
    pub station: StationId,
    pub electricity: Fen,
    pub service: Fen,
}

/// What of its orders stands in an invoice.
pub fn parts(conn: &mut Conn, invoice: InvoiceId) -> DbResult<Vec<InvoiceOrderPart>> {
    let sql = "SELECT k.order_id, o.operator_id, o.station_id, k.electricity_fen, k.service_fen FROM invoice_order k \
               JOIN orders o ON o.id = k.order_id WHERE k.invoice_id = $1 ORDER BY k.order_id";
    conn.query(sql, &[invoice.0.into()], |row| {
        Ok(InvoiceOrderPart {
            order: OrderId(row.int(0)?),
            operator: OperatorId(row.int(1)?),
            station: StationId(row.int(2)?),
            electricity: Fen(row.int(3)?),
            service: Fen(row.int(4)?),
        })
    })
}

/// Waits for whoever is about to give back or to invoice the money of this order, and lets nobody else in
/// until the commit: a refund and an application never miss each other.
pub fn lock(tx: &mut Tx<'_>, order: OrderId) -> Result<()> {
    let sql = "UPDATE order_payment SET order_id = order_id WHERE order_id = $1";
    tx.execute(sql, &[order.0.into()]).map(drop)
}

/// The number of the live invoice in which an order stands: as long as there is one, its money is not given
/// back. Whoever refunds asks here first, in the transaction of the refund.
pub fn invoice_blocks_refund(tx: &mut Tx<'_>, order: OrderId) -> Result<Option<String>> {
    lock(tx, order)?;
    let sql = "SELECT i.serial_no FROM invoice_order k JOIN invoice i ON i.id = k.invoice_id \
               WHERE k.order_id = $1 AND k.live";
    tx.find(sql, &[order.0.into()], |row| row.text(0))
}

/// Its orders may stand in another invoice again, or no longer.
pub fn live_set(tx: &mut Tx<'_>, invoice: InvoiceId, live: bool) -> Result<()> {
    let sql = "UPDATE invoice_order SET live = $1 WHERE invoice_id = $2";
    tx.execute(sql, &[live.into(), invoice.0.into()]).map(drop)
}

/// Of these orders, those that stand in another live invoice, with its number.
pub fn taken(conn: &mut Conn, invoice: InvoiceId) -> DbResult<Option<String>> {
    let sql = "SELECT i.serial_no FROM invoice_order mine JOIN invoice_order k ON k.order_id = mine.order_id AND k.live \
               JOIN invoice i ON i.id = k.invoice_id WHERE mine.invoice_id = $1 AND k.invoice_id <> $2 LIMIT 1";
    conn.find(sql, &[invoice.0.into(), invoice.0.into()], |row| row.text(0))
}
