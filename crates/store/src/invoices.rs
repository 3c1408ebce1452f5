//! 电子发票 and the outbox of their mails: writing them, and reading what decides.

use crate::Tx;
use crate::db::{Conn, DbResult};
use crate::filter::{Filter, count};
use crate::ids::Noun;
use model::Result;
use model::access::Scope;
use model::id::{FleetId, InvoiceId, OperatorId, OrderId, StationId};
use model::invoice::{InvoiceCustomerKind, InvoiceKind, InvoiceState, MailState, RedState};
use model::time::Timestamp;

/// What decides what may be done with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Invoice {
    pub id: InvoiceId,
    pub serial_no: String,
    pub state: InvoiceState,
    pub email: Option<String>,
    pub version: i64,
    pub red: bool,
    pub red_state: Option<RedState>,
}

pub fn find(conn: &mut Conn, scope: &Scope, id: InvoiceId) -> DbResult<Option<Invoice>> {
    let mut filter = Filter::new();
    filter.and_value("i.id = ?", id.0);
    filter.scope("i.operator_id", "i.station_id", scope);
    let sql = format!(
        "SELECT i.id, i.serial_no, i.state, i.email, i.version, i.red, i.red_state FROM invoice i {}",
        filter.sql()
    );
    conn.find(&sql, &filter.values, |row| {
        Ok(Invoice {
            id: InvoiceId(row.int(0)?),
            serial_no: row.text(1)?,
            state: row.word(2, InvoiceState::parse)?,
            email: row.text_opt(3)?,
            version: row.int(4)?,
            red: row.bool(5)?,
            red_state: row.text_opt(6)?.and_then(|text| RedState::parse(&text)),
        })
    })
}

/// An invoice that is already what it is.
#[derive(Clone, Debug)]
pub struct NewInvoice {
    pub serial_no: String,
    pub kind: InvoiceKind,
    pub red: bool,
    pub state: InvoiceState,
    pub customer: Option<i64>,
    pub customer_kind: InvoiceCustomerKind,
    pub phone: Option<String>,
    pub title: String,
    pub tax_no: Option<String>,
    /// The seller.
    pub operator: OperatorId,
    /// The one station of all its orders; none when there are several.
    pub station: Option<StationId>,
    pub net_fen: i64,
    pub tax_fen: i64,
    pub electricity_fen: i64,
    pub service_fen: i64,
    pub number: Option<String>,
    pub email: Option<String>,
    pub failure: Option<String>,
    pub applied_at: Timestamp,
    pub issued_at: Option<Timestamp>,
    pub orders: Vec<OrderId>,
}

/// Writes it with its orders; an order that stands in a live invoice already is refused by its key.
pub fn insert(tx: &mut Tx<'_>, new: &NewInvoice) -> Result<InvoiceId> {
    let id = tx.next_id(Noun::Invoice)?;
    tx.execute(
        "INSERT INTO invoice (id, serial_no, kind, red, state, customer_id, customer_kind, phone, title, tax_no, \
         operator_id, station_id, net_fen, tax_fen, total_fen, electricity_fen, service_fen, number, email, failure, \
         applied_at_ms, issued_at_ms, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, \
         $15, $16, $17, $18, $19, $20, $21, $22, $23)",
        &[
            id.into(),
            (&new.serial_no).into(),
            new.kind.as_str().into(),
            new.red.into(),
            new.state.as_str().into(),
            new.customer.into(),
            new.customer_kind.as_str().into(),
            new.phone.as_ref().into(),
            (&new.title).into(),
            new.tax_no.as_ref().into(),
            new.operator.0.into(),
            new.station.map(|station| station.0).into(),
            new.net_fen.into(),
            new.tax_fen.into(),
            (new.net_fen + new.tax_fen).into(),
            new.electricity_fen.into(),
            new.service_fen.into(),
            new.number.as_ref().into(),
            new.email.as_ref().into(),
            new.failure.as_ref().into(),
            new.applied_at.as_ms().into(),
            new.issued_at.map(Timestamp::as_ms).into(),
            1.into(),
        ],
    )?;
    let is_over = new.state.lets_go();
    for order in &new.orders {
        tx.execute(
            "INSERT INTO invoice_order (invoice_id, order_id, live) VALUES ($1, $2, $3)",
            &[id.into(), order.0.into(), (!new.red && !is_over).into()],
        )?;
    }
    Ok(InvoiceId(id))
}

/// A new address; the version goes up by one.
pub fn email_set(tx: &mut Tx<'_>, id: InvoiceId, email: &str) -> Result<()> {
    let sql = "UPDATE invoice SET email = $1, version = version + 1 WHERE id = $2";
    tx.execute(sql, &[email.into(), id.0.into()]).map(drop)
}

/// What a red invoice takes over from the blue one.
#[derive(Clone, Copy, Debug)]
pub struct InvoiceFacts {
    pub customer: Option<i64>,
    pub customer_kind: Option<InvoiceCustomerKind>,
    pub fleet: Option<FleetId>,
    pub station: Option<StationId>,
    pub electricity_fen: i64,
    pub service_fen: i64,
}

pub fn facts(conn: &mut Conn, id: InvoiceId) -> DbResult<Option<InvoiceFacts>> {
    let sql = "SELECT customer_id, customer_kind, fleet_id, station_id, electricity_fen, service_fen FROM invoice \
               WHERE id = $1";
    conn.find(sql, &[id.0.into()], |row| {
        Ok(InvoiceFacts {
            customer: row.int_opt(0)?,
            customer_kind: InvoiceCustomerKind::parse(&row.text(1)?),
            fleet: row.int_opt(2)?.map(FleetId),
            station: row.int_opt(3)?.map(StationId),
            electricity_fen: row.int(4)?,
            service_fen: row.int(5)?,
        })
    })
}

/// Who sells, and the number under which the invoice was asked for.
pub fn seller(conn: &mut Conn, id: InvoiceId) -> DbResult<Option<(OperatorId, String)>> {
    let sql = "SELECT operator_id, serial_no FROM invoice WHERE id = $1";
    conn.find(sql, &[id.0.into()], |row| Ok((OperatorId(row.int(0)?), row.text(1)?)))
}

pub fn version_raise(tx: &mut Tx<'_>, id: InvoiceId) -> Result<()> {
    tx.execute("UPDATE invoice SET version = version + 1 WHERE id = $1", &[id.0.into()]).map(drop)
}

/// A line of its story.
pub fn event_append(
    tx: &mut Tx<'_>,
    id: InvoiceId,
    action: &str,
    staff_name: &str,
    text: &str,
    now: Timestamp,
) -> Result<()> {
    let event = tx.next_id(Noun::InvoiceEvent)?;
    tx.execute(
        "INSERT INTO invoice_event (id, invoice_id, at_ms, action, staff_name, text) VALUES ($1, $2, $3, $4, $5, $6)",
        &[event.into(), id.0.into(), now.as_ms().into(), action.into(), staff_name.into(), text.into()],
    )?;
    Ok(())
}

/// Puts a mail with the invoice into the outbox.
pub fn mail_append(tx: &mut Tx<'_>, id: InvoiceId, address: &str, now: Timestamp) -> Result<i64> {
    let mail = tx.next_id(Noun::Mail)?;
    tx.execute(
        "INSERT INTO mail (id, noun, noun_id, address, state, created_at_ms) VALUES ($1, 'invoice', $2, $3, $4, $5)",
        &[mail.into(), id.0.into(), address.into(), MailState::Waiting.as_str().into(), now.as_ms().into()],
    )?;
    Ok(mail)
}

/// How many mails of it were put there since then.
pub fn mails_since(conn: &mut Conn, id: InvoiceId, since: Timestamp) -> DbResult<i64> {
    let sql = "SELECT COUNT(*) FROM mail WHERE noun = 'invoice' AND noun_id = $1 AND created_at_ms >= $2";
    conn.one(sql, &[id.0.into(), since.as_ms().into()], count)
}

/// A completed, paid order that stands in no live invoice.
#[derive(Clone, Debug)]
pub struct Invoiceable {
    pub order: OrderId,
    pub operator: OperatorId,
    pub station: StationId,
    pub customer: i64,
    pub name: String,
    pub phone: Option<String>,
    pub electricity_fen: i64,
    pub service_fen: i64,
    pub ended_at: Timestamp,
}

/// The oldest first, of customers we know.
pub fn invoiceable(conn: &mut Conn, since: Timestamp, most: i64) -> DbResult<Vec<Invoiceable>> {
    let sql = "SELECT o.id, o.operator_id, o.station_id, c.id, c.name, c.phone, o.electricity_fen, o.service_fen, \
               o.ended_at_ms FROM orders o JOIN customer c ON c.id = o.customer_id \
               WHERE o.ended_at_ms >= $1 AND o.state = 'completed' AND o.total_fen > 0 AND NOT EXISTS \
               (SELECT 1 FROM invoice_order k WHERE k.order_id = o.id AND k.live) ORDER BY o.ended_at_ms, o.id LIMIT $2";
    conn.query(sql, &[since.as_ms().into(), most.into()], |row| {
        Ok(Invoiceable {
            order: OrderId(row.int(0)?),
            operator: OperatorId(row.int(1)?),
            station: StationId(row.int(2)?),
            customer: row.int(3)?,
            name: row.text(4)?,
            phone: row.text_opt(5)?,
            electricity_fen: row.int(6)?,
            service_fen: row.int(7)?,
            ended_at: Timestamp::from_ms(row.int(8)?),
        })
    })
}
