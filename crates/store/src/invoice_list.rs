//! 电子发票 as staff see them.

use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page};
use crate::invoice_work;
use crate::order_list::order_no;
use crate::sort::{Sort, SortColumn};
use model::access::Scope;
use model::feedback::phone_masked;
use model::id::{InvoiceId, OrderId};
use model::invoice::{
    InvoiceChannelKind, InvoiceCustomerKind, InvoiceKind, InvoiceParties, InvoiceState, MailState, RedReason,
    RedState,
};
use model::invoice_line::InvoiceLine;
use serde::Serialize;
use utoipa::ToSchema;

/// The noun under which its files are kept.
pub const FILES: &str = "invoice";

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Invoice)]
pub struct InvoiceView {
    pub id: i64,
    pub serial_no: String,
    pub kind: InvoiceKind,
    /// 红字
    pub red: bool,
    pub state: InvoiceState,
    /// Masked.
    pub phone: Option<String>,
    pub customer_id: Option<i64>,
    pub customer_kind: InvoiceCustomerKind,
    pub title: String,
    pub tax_no: Option<String>,
    pub seller_name: String,
    pub net_fen: i64,
    pub tax_fen: i64,
    pub total_fen: i64,
    pub electricity_fen: i64,
    pub service_fen: i64,
    pub order_count: i64,
    pub number: Option<String>,
    pub email: Option<String>,
    /// Of its last mail; null when none was asked for.
    pub mail_state: Option<MailState>,
    pub mail_count: i64,
    pub failure: Option<String>,
    pub applied_at_ms: i64,
    pub issued_at_ms: Option<i64>,
    pub version: i64,
    pub channel: InvoiceChannelKind,
    /// Why it is taken back, and how far that is.
    pub red_reason: Option<RedReason>,
    pub red_state: Option<RedState>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InvoiceList {
    pub items: Vec<InvoiceView>,
    pub next_cursor: Option<String>,
    pub total: Option<i64>,
    /// Over everything that the filters select.
    pub totals: InvoiceTotals,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct InvoiceTotals {
    pub invoice_count: i64,
    pub net_fen: i64,
    pub tax_fen: i64,
    pub total_fen: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InvoiceDetail {
    #[serde(flatten)]
    pub invoice: InvoiceView,
    pub orders: Vec<InvoiceOrder>,
    pub mails: Vec<InvoiceMail>,
    pub events: Vec<InvoiceEvent>,
    pub lines: Vec<InvoiceLine>,
    /// Null of one that was written down by somebody who did not know them.
    pub parties: Option<InvoiceParties>,
    pub files: Vec<InvoiceFile>,
    /// What this one takes back, or what takes this one back.
    pub other: Option<InvoiceOther>,
    pub fleet_id: Option<i64>,
    /// Files that the channel has and that were not fetched yet.
    pub files_waiting: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InvoiceFile {
    pub id: i64,
    /// `application/pdf`, `application/ofd` or `application/xml`.
    pub kind: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InvoiceOther {
    pub id: i64,
    pub serial_no: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InvoiceOrder {
    pub id: i64,
    pub order_no: String,
    pub station_name: String,
    pub started_at_ms: i64,
    pub energy_dwh: i64,
    pub total_fen: i64,
    /// What of it stands in the invoice.
    pub invoiced_fen: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InvoiceMail {
    pub address: String,
    pub state: MailState,
    pub created_at_ms: i64,
    pub ended_at_ms: Option<i64>,
    pub message: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InvoiceEvent {
    pub at_ms: i64,
    /// A code of the dictionary `invoice_event`.
    pub action: String,
    pub staff_name: String,
    pub text: String,
}

#[derive(Clone, Debug, Default)]
pub struct InvoiceFilter {
    pub serial_no: Option<String>,
    pub kind: Option<InvoiceKind>,
    pub phone: Option<String>,
    pub customer_kind: Option<InvoiceCustomerKind>,
    pub state: Option<InvoiceState>,
    pub title: Option<String>,
    pub number: Option<String>,
    pub email: Option<String>,
    pub tax_no: Option<String>,
    pub seller_name: Option<String>,
    /// In which this order stands or stood.
    pub order: Option<OrderId>,
    pub red: Option<bool>,
    pub mail_state: Option<MailState>,
    pub customer_id: Option<i64>,
    pub from_ms: Option<i64>,
    /// Exclusive.
    pub to_ms: Option<i64>,
    pub issued_from_ms: Option<i64>,
    /// Exclusive.
    pub issued_to_ms: Option<i64>,
    pub amount_from_fen: Option<i64>,
    pub amount_to_fen: Option<i64>,
    pub sort: Sort,
    pub limit: i64,
}

const COLUMNS: &str = "i.id, i.serial_no, i.kind, i.red, i.state, i.phone, i.customer_id, i.customer_kind, i.title, \
    i.tax_no, COALESCE(r.name, s.name), i.net_fen, i.tax_fen, i.total_fen, i.electricity_fen, i.service_fen, \
    (SELECT COUNT(*) FROM invoice_order k WHERE k.invoice_id = i.id), i.number, i.email, \
    (SELECT m.state FROM mail m WHERE m.noun = 'invoice' AND m.noun_id = i.id ORDER BY m.id DESC LIMIT 1), \
    (SELECT COUNT(*) FROM mail m WHERE m.noun = 'invoice' AND m.noun_id = i.id), i.failure, i.applied_at_ms, \
    i.issued_at_ms, i.version, i.channel, i.red_reason, i.red_state";

const FROM: &str =
    "FROM invoice i JOIN operator s ON s.id = i.operator_id LEFT JOIN seller r ON r.operator_id = s.id";

fn view(row: &Row<'_>) -> DbResult<InvoiceView> {
    Ok(InvoiceView {
        id: row.int(0)?,
        serial_no: row.text(1)?,
        kind: row.word(2, InvoiceKind::parse)?,
        red: row.bool(3)?,
        state: row.word(4, InvoiceState::parse)?,
        phone: row.text_opt(5)?.map(|phone| phone_masked(&phone)),
        customer_id: row.int_opt(6)?,
        customer_kind: row.word(7, InvoiceCustomerKind::parse)?,
        title: row.text(8)?,
        tax_no: row.text_opt(9)?,
        seller_name: row.text(10)?,
        net_fen: row.int(11)?,
        tax_fen: row.int(12)?,
        total_fen: row.int(13)?,
        electricity_fen: row.int(14)?,
        service_fen: row.int(15)?,
        order_count: row.int(16)?,
        number: row.text_opt(17)?,
        email: row.text_opt(18)?,
        mail_state: row.text_opt(19)?.as_deref().and_then(MailState::parse),
        mail_count: row.int(20)?,
        failure: row.text_opt(21)?,
        applied_at_ms: row.int(22)?,
        issued_at_ms: row.int_opt(23)?,
        version: row.int(24)?,
        channel: row.word(25, InvoiceChannelKind::parse)?,
        red_reason: row.text_opt(26)?.as_deref().and_then(RedReason::parse),
        red_state: row.text_opt(27)?.as_deref().and_then(RedState::parse),
    })
}

/// Where the value stands by which a page is sorted: behind the columns.
const SORT_VALUE: usize = 28;

/// What has not been issued comes after all that has.
pub const SORTS: &[SortColumn] = &[
    SortColumn::number("applied_at_ms", "i.applied_at_ms"),
    SortColumn::number("issued_at_ms", "COALESCE(i.issued_at_ms, 9000000000000000)"),
    SortColumn::number("total_fen", "i.total_fen"),
    SortColumn::number("tax_fen", "i.tax_fen"),
];

pub fn invoice_list(conn: &mut Conn, scope: &Scope, wanted: &InvoiceFilter) -> DbResult<InvoiceList> {
    let mut filter = Filter::new();
    filter.scope("i.operator_id", "i.station_id", scope);
    filter.and_some("i.applied_at_ms >= ?", wanted.from_ms);
    filter.and_some("i.applied_at_ms < ?", wanted.to_ms);
    filter.and_some("i.kind = ?", wanted.kind.map(InvoiceKind::as_str));
    filter.and_some("i.customer_kind = ?", wanted.customer_kind.map(InvoiceCustomerKind::as_str));
    filter.and_some("i.state = ?", wanted.state.map(InvoiceState::as_str));
    filter.and_some("i.total_fen >= ?", wanted.amount_from_fen);
    filter.and_some("i.total_fen <= ?", wanted.amount_to_fen);
    filter.and_contains("LOWER(i.serial_no) LIKE ?", wanted.serial_no.as_deref());
    filter.and_contains("i.phone LIKE ?", wanted.phone.as_deref());
    filter.and_contains("LOWER(i.title) LIKE ?", wanted.title.as_deref());
    filter.and_contains("i.number LIKE ?", wanted.number.as_deref());
    filter.and_contains("LOWER(i.email) LIKE ?", wanted.email.as_deref());
    filter.and_contains("LOWER(i.tax_no) LIKE ?", wanted.tax_no.as_deref());
    filter.and_contains("LOWER(COALESCE(r.name, s.name)) LIKE ?", wanted.seller_name.as_deref());
    filter.and_some("i.issued_at_ms >= ?", wanted.issued_from_ms);
    filter.and_some("i.issued_at_ms < ?", wanted.issued_to_ms);
    filter.and_some("i.red = ?", wanted.red);
    filter.and_some("i.customer_id = ?", wanted.customer_id);
    filter.and_some(
        "EXISTS (SELECT 1 FROM invoice_order k WHERE k.invoice_id = i.id AND k.order_id = ?)",
        wanted.order.map(|order| order.0),
    );
    filter.and_some(
        "(SELECT m.state FROM mail m WHERE m.noun = 'invoice' AND m.noun_id = i.id ORDER BY m.id DESC LIMIT 1) = ?",
        wanted.mail_state.map(MailState::as_str),
    );
    let sums = "COUNT(*), CAST(COALESCE(SUM(i.net_fen), 0) AS BIGINT), CAST(COALESCE(SUM(i.tax_fen), 0) AS BIGINT), \
                CAST(COALESCE(SUM(i.total_fen), 0) AS BIGINT)";
    let totals = conn.one(&format!("SELECT {sums} {FROM} {}", filter.sql()), &filter.values, |row| {
        Ok(InvoiceTotals {
            invoice_count: row.int(0)?,
            net_fen: row.int(1)?,
            tax_fen: row.int(2)?,
            total_fen: row.int(3)?,
        })
    })?;
    wanted.sort.page(&mut filter, "i.id");
    let limit = filter.bind(wanted.limit + 1);
    let (value, order) = (wanted.sort.value("i.id"), wanted.sort.order("i.id"));
    let sql = format!("SELECT {COLUMNS}, {value} {FROM} {} ORDER BY {order} LIMIT {limit}", filter.sql());
    let rows = conn.query(&sql, &filter.values, |row| {
        let one = view(row)?;
        Ok((wanted.sort.cursor(row, SORT_VALUE, one.id)?, one))
    })?;
    let Page { items, next_cursor, total } = Page::of_sorted(rows, wanted.limit, Some(totals.invoice_count));
    Ok(InvoiceList { items, next_cursor, total, totals })
}

pub fn invoice_get(conn: &mut Conn, scope: &Scope, id: InvoiceId) -> DbResult<Option<InvoiceDetail>> {
    let mut filter = Filter::new();
    filter.and_value("i.id = ?", id.0);
    filter.scope("i.operator_id", "i.station_id", scope);
    let sql = format!("SELECT {COLUMNS} {FROM} {}", filter.sql());
    let Some(invoice) = conn.find(&sql, &filter.values, view)? else { return Ok(None) };
    let orders = "SELECT o.id, o.created_at_ms, s.name, o.started_at_ms, o.energy_dwh, o.total_fen, \
                  k.electricity_fen + k.service_fen FROM invoice_order k JOIN orders o ON o.id = k.order_id JOIN station s ON s.id = o.station_id \
                  WHERE k.invoice_id = $1 ORDER BY o.id";
    let orders = conn.query(orders, &[id.0.into()], |row| {
        Ok(InvoiceOrder {
            id: row.int(0)?,
            order_no: order_no(row.int(0)?, row.int(1)?),
            station_name: row.text(2)?,
            started_at_ms: row.int(3)?,
            energy_dwh: row.int(4)?,
            total_fen: row.int(5)?,
            invoiced_fen: row.int(6)?,
        })
    })?;
    let mails = "SELECT address, state, created_at_ms, ended_at_ms, message FROM mail \
                 WHERE noun = 'invoice' AND noun_id = $1 ORDER BY id DESC LIMIT 100";
    let mails = conn.query(mails, &[id.0.into()], |row| {
        Ok(InvoiceMail {
            address: row.text(0)?,
            state: row.word(1, MailState::parse)?,
            created_at_ms: row.int(2)?,
            ended_at_ms: row.int_opt(3)?,
            message: row.text_opt(4)?,
        })
    })?;
    let events =
        "SELECT at_ms, action, staff_name, text FROM invoice_event WHERE invoice_id = $1 ORDER BY id DESC";
    let events = conn.query(events, &[id.0.into()], |row| {
        Ok(InvoiceEvent {
            at_ms: row.int(0)?,
            action: row.text(1)?,
            staff_name: row.text(2)?,
            text: row.text(3)?,
        })
    })?;
    let lines = invoice_work::lines(conn, id)?;
    let files = files(conn, id)?;
    let sql = "SELECT parties, fleet_id FROM invoice WHERE id = $1";
    let (parties, fleet_id) = conn.one(sql, &[id.0.into()], |row| {
        let parties = row.text_opt(0)?.and_then(|text| serde_json::from_str(&text).ok());
        Ok((parties, row.int_opt(1)?))
    })?;
    let (other, files_waiting) = (other(conn, id)?, invoice_work::files_waiting(conn, id)?);
    Ok(Some(InvoiceDetail {
        invoice,
        orders,
        mails,
        events,
        lines,
        parties,
        files,
        other,
        fleet_id,
        files_waiting,
    }))
}

fn files(conn: &mut Conn, id: InvoiceId) -> DbResult<Vec<InvoiceFile>> {
    let sql = "SELECT id, kind FROM attachment WHERE noun = $1 AND noun_id = $2 ORDER BY id";
    conn.query(sql, &[FILES.into(), id.0.into()], |row| {
        Ok(InvoiceFile { id: row.int(0)?, kind: row.text(1)? })
    })
}

/// The red one of a blue one, the last of them, or the other way round.
fn other(conn: &mut Conn, id: InvoiceId) -> DbResult<Option<InvoiceOther>> {
    let sql = "SELECT i.id, i.serial_no FROM invoice i WHERE i.blue_id = $1 \
               OR i.id = (SELECT blue_id FROM invoice WHERE id = $2) ORDER BY i.id DESC LIMIT 1";
    conn.find(sql, &[id.0.into(), id.0.into()], |row| {
        Ok(InvoiceOther { id: row.int(0)?, serial_no: row.text(1)? })
    })
}

/// What of invoices waits for a person.
pub(crate) struct InvoiceTodo {
    pub review: i64,
    pub failed: i64,
}

pub(crate) fn invoice_todo(conn: &mut Conn, scope: &Scope) -> DbResult<InvoiceTodo> {
    let mut of = |state: InvoiceState| {
        let mut filter = Filter::new();
        filter.and(&format!("i.state = '{}'", state.as_str()));
        filter.scope("i.operator_id", "i.station_id", scope);
        let sql = format!("SELECT COUNT(*) FROM invoice i {}", filter.sql());
        conn.one(&sql, &filter.values, crate::filter::count)
    };
    Ok(InvoiceTodo { review: of(InvoiceState::Review)?, failed: of(InvoiceState::Failed)? })
}
