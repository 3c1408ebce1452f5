//! 开票: what is to be asked of a channel, when, and what came of it.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbError, DbResult, Row};
use model::Result;
use model::access::Scope;
use model::id::{FleetId, InvoiceId, OperatorId, OrderId};
use model::invoice::{InvoiceChannelKind, InvoiceKind, InvoiceParties, InvoiceState, RedReason, RedState};
use model::invoice_line::{InvoiceLine, InvoiceShare};
use model::time::Timestamp;

/// An invoice as its channel must know it.
#[derive(Clone, Debug, PartialEq)]
pub struct InvoiceWork {
    pub id: InvoiceId,
    pub serial_no: String,
    pub operator: OperatorId,
    pub kind: InvoiceKind,
    pub red: bool,
    pub state: InvoiceState,
    pub channel: InvoiceChannelKind,
    pub parties: InvoiceParties,
    pub lines: Vec<InvoiceLine>,
    pub net_fen: i64,
    pub tax_fen: i64,
    pub total_fen: i64,
    pub number: Option<String>,
    pub channel_no: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub issued_at_ms: Option<i64>,
    pub tries: i64,
    pub red_reason: Option<RedReason>,
    pub red_state: Option<RedState>,
    pub red_count: i64,
    pub order_count: i64,
}

impl InvoiceWork {
    /// The number of the confirmation, and of the red invoice: the same however often it is asked for, another one
    /// after a withdrawal.
    pub fn red_no(&self) -> String {
        format!("{}R{}", self.serial_no, self.red_count)
    }
}

const COLUMNS: &str = "i.id, i.serial_no, i.operator_id, i.kind, i.red, i.state, i.channel, i.parties, i.net_fen, i.tax_fen, \
    i.total_fen, i.number, i.channel_no, i.email, i.phone, i.issued_at_ms, i.tries, i.red_reason, i.red_state, \
    i.red_count, (SELECT COUNT(*) FROM invoice_order k WHERE k.invoice_id = i.id), i.title, i.tax_no, o.name";

fn work(row: &Row<'_>) -> DbResult<InvoiceWork> {
    let id = row.int(0)?;
    let parties = match row.text_opt(7)? {
        Some(text) => serde_json::from_str(&text)
            .map_err(|why| DbError::Fault(format!("the parties of invoice {id}: {why}")))?,
        // Written down by somebody who did not know more.
        None => {
            let mut known = InvoiceParties::default();
            (known.buyer.name, known.buyer.tax_no) = (row.text(21)?, row.text_opt(22)?);
            known.seller.name = row.text(23)?;
            known
        }
    };
    let word = |at: usize| row.text_opt(at);
    Ok(InvoiceWork {
        id: InvoiceId(id),
        serial_no: row.text(1)?,
        operator: OperatorId(row.int(2)?),
        kind: row.word(3, InvoiceKind::parse)?,
        red: row.bool(4)?,
        state: row.word(5, InvoiceState::parse)?,
        channel: row.word(6, InvoiceChannelKind::parse)?,
        parties,
        lines: Vec::new(),
        net_fen: row.int(8)?,
        tax_fen: row.int(9)?,
        total_fen: row.int(10)?,
        number: row.text_opt(11)?,
        channel_no: row.text_opt(12)?,
        email: row.text_opt(13)?,
        phone: row.text_opt(14)?,
        issued_at_ms: row.int_opt(15)?,
        tries: row.int(16)?,
        red_reason: word(17)?.and_then(|text| RedReason::parse(&text)),
        red_state: word(18)?.and_then(|text| RedState::parse(&text)),
        red_count: row.int(19)?,
        order_count: row.int(20)?,
    })
}

pub fn get(conn: &mut Conn, id: InvoiceId) -> DbResult<Option<InvoiceWork>> {
    let sql =
        format!("SELECT {COLUMNS} FROM invoice i JOIN operator o ON o.id = i.operator_id WHERE i.id = $1");
    let Some(mut found) = conn.find(&sql, &[id.0.into()], work)? else { return Ok(None) };
    found.lines = lines(conn, id)?;
    Ok(Some(found))
}

pub fn lines(conn: &mut Conn, id: InvoiceId) -> DbResult<Vec<InvoiceLine>> {
    let sql = "SELECT name, code, rate_e4, energy_dwh, net_fen, tax_fen, total_fen FROM invoice_line \
               WHERE invoice_id = $1 ORDER BY no";
    conn.query(sql, &[id.0.into()], |row| {
        Ok(InvoiceLine {
            name: row.text(0)?,
            code: row.text(1)?,
            rate_e4: row.int(2)?,
            energy_dwh: row.int(3)?,
            net_fen: row.int(4)?,
            tax_fen: row.int(5)?,
            total_fen: row.int(6)?,
        })
    })
}

pub fn lines_insert(tx: &mut Tx<'_>, id: InvoiceId, lines: &[InvoiceLine]) -> Result<()> {
    for (place, line) in lines.iter().enumerate() {
        tx.execute(
            "INSERT INTO invoice_line (invoice_id, no, name, code, rate_e4, energy_dwh, net_fen, tax_fen, total_fen) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            &[
                id.0.into(),
                i64::try_from(place).unwrap_or(i64::MAX).into(),
                (&line.name).into(),
                (&line.code).into(),
                line.rate_e4.into(),
                line.energy_dwh.into(),
                line.net_fen.into(),
                line.tax_fen.into(),
                line.total_fen.into(),
            ],
        )?;
    }
    Ok(())
}

/// Whose turn it is, the longest waiting first. Those of a seller whose channel's sign-in is lost wait.
pub fn due(conn: &mut Conn, now: Timestamp, most: i64) -> DbResult<Vec<InvoiceId>> {
    let sql = "SELECT i.id FROM invoice i LEFT JOIN seller s ON s.operator_id = i.operator_id \
               WHERE i.due_at_ms <= $1 AND (i.channel = 'receipt' OR COALESCE(s.login, 'working') = 'working') \
               ORDER BY i.due_at_ms, i.id LIMIT $2";
    conn.query(sql, &[now.as_ms().into(), most.into()], |row| Ok(InvoiceId(row.int(0)?)))
}

/// The invoice that has this number at its channel, as itself or as what takes it back.
pub fn by_channel_number(conn: &mut Conn, number: &str) -> DbResult<Option<InvoiceId>> {
    let blue = match number.rsplit_once('R') {
        Some((serial, count)) if !serial.is_empty() && count.bytes().all(|b| b.is_ascii_digit()) => serial,
        _ => number,
    };
    conn.find("SELECT id FROM invoice WHERE serial_no = $1", &[blue.into()], |row| Ok(InvoiceId(row.int(0)?)))
}

/// Where an invoice has got to. What is left out of it stays.
pub struct Turn<'a> {
    pub state: InvoiceState,
    /// When the channel is asked again; none: there is nothing to ask.
    pub due: Option<Timestamp>,
    pub tries: i64,
    pub failure: Option<&'a str>,
    pub red_state: Option<RedState>,
}

pub fn turn(tx: &mut Tx<'_>, id: InvoiceId, turn: &Turn<'_>) -> Result<()> {
    tx.execute(
        "UPDATE invoice SET state = $1, due_at_ms = $2, tries = $3, failure = $4, red_state = $5, \
         version = version + 1 WHERE id = $6",
        &[
            turn.state.as_str().into(),
            turn.due.map(Timestamp::as_ms).into(),
            turn.tries.into(),
            turn.failure.into(),
            turn.red_state.map(RedState::as_str).into(),
            id.0.into(),
        ],
    )?;
    tx.changed(Change::Noun("invoice"));
    Ok(())
}

/// When the channel is asked next; nothing else of it changes, so that no open page is stale.
pub fn due_set(tx: &mut Tx<'_>, id: InvoiceId, due: Timestamp, tries: i64) -> Result<()> {
    let sql = "UPDATE invoice SET due_at_ms = $1, tries = $2 WHERE id = $3 AND due_at_ms IS NOT NULL";
    tx.execute(sql, &[due.as_ms().into(), tries.into(), id.0.into()]).map(drop)
}

/// The channel has taken it, under a number of its own.
pub fn channel_no_set(tx: &mut Tx<'_>, id: InvoiceId, channel_no: &str) -> Result<()> {
    let sql = "UPDATE invoice SET channel_no = $1 WHERE id = $2";
    tx.execute(sql, &[channel_no.into(), id.0.into()]).map(drop)
}

/// The channel has made it.
pub fn number_set(tx: &mut Tx<'_>, id: InvoiceId, number: &str, at: Timestamp) -> Result<()> {
    let sql = "UPDATE invoice SET number = $1, issued_at_ms = $2 WHERE id = $3";
    tx.execute(sql, &[number.into(), at.as_ms().into(), id.0.into()]).map(drop)
}

/// Why, and under which count, it is taken back.
pub fn red_begin(tx: &mut Tx<'_>, id: InvoiceId, reason: RedReason) -> Result<()> {
    let sql = "UPDATE invoice SET red_reason = $1, red_count = red_count + 1 WHERE id = $2";
    tx.execute(sql, &[reason.as_str().into(), id.0.into()]).map(drop)
}

/// Ties a red invoice to what it takes back.
pub fn blue_set(tx: &mut Tx<'_>, red: InvoiceId, blue: InvoiceId) -> Result<()> {
    let sql = "UPDATE invoice SET blue_id = $1 WHERE id = $2";
    tx.execute(sql, &[blue.0.into(), red.0.into()]).map(drop)
}

/// Whether it was ever sent to anybody.
pub fn was_sent(conn: &mut Conn, id: InvoiceId) -> DbResult<bool> {
    let sql = "SELECT COUNT(*) FROM mail WHERE noun = 'invoice' AND noun_id = $1 AND state = 'sent'";
    Ok(conn.one(sql, &[id.0.into()], crate::filter::count)? > 0)
}

/// What an application under this number said, and the invoices that it made.
pub fn request(conn: &mut Conn, request_id: &str) -> DbResult<Option<(String, Vec<i64>)>> {
    let sql = "SELECT body, invoices FROM invoice_request WHERE request_id = $1";
    conn.find(sql, &[request_id.into()], |row| {
        let invoices = serde_json::from_str(&row.text(1)?);
        let invoices =
            invoices.map_err(|why| DbError::Fault(format!("the invoices of request {request_id}: {why}")))?;
        Ok((row.text(0)?, invoices))
    })
}

pub fn request_insert(
    tx: &mut Tx<'_>,
    request_id: &str,
    body: &str,
    invoices: &[i64],
    now: Timestamp,
) -> Result<()> {
    let invoices = serde_json::to_string(invoices).map_err(|_| model::Error::internal())?;
    let sql =
        "INSERT INTO invoice_request (request_id, body, invoices, created_at_ms) VALUES ($1, $2, $3, $4)";
    tx.execute(sql, &[request_id.into(), body.into(), invoices.into(), now.as_ms().into()]).map(drop)
}

/// What an application adds to an invoice that was just written under a number of no meaning.
pub struct Applied<'a> {
    pub serial_no: &'a str,
    pub fleet: Option<FleetId>,
    pub channel: InvoiceChannelKind,
    pub parties: &'a InvoiceParties,
    /// When the channel is asked; none while somebody is to look at it first.
    pub due: Option<Timestamp>,
}

pub fn applied_set(tx: &mut Tx<'_>, id: InvoiceId, applied: &Applied<'_>) -> Result<()> {
    let parties = serde_json::to_string(applied.parties).map_err(|_| model::Error::internal())?;
    tx.execute(
        "UPDATE invoice SET serial_no = $1, fleet_id = $2, channel = $3, parties = $4, due_at_ms = $5 WHERE id = $6",
        &[
            applied.serial_no.into(),
            applied.fleet.map(|fleet| fleet.0).into(),
            applied.channel.as_str().into(),
            parties.into(),
            applied.due.map(Timestamp::as_ms).into(),
            id.0.into(),
        ],
    )?;
    tx.changed(Change::Noun("invoice"));
    Ok(())
}

/// How much of an order stands in it.
pub fn share_set(tx: &mut Tx<'_>, id: InvoiceId, order: OrderId, share: InvoiceShare) -> Result<()> {
    let sql = "UPDATE invoice_order SET electricity_fen = $1, service_fen = $2 WHERE invoice_id = $3 AND order_id = $4";
    let values = [share.electricity.0.into(), share.service.0.into(), id.0.into(), order.0.into()];
    tx.execute(sql, &values).map(drop)
}

/// A file that the channel has and we have not.
#[derive(Clone, Debug, PartialEq)]
pub struct WaitingFile {
    pub invoice: InvoiceId,
    pub operator: OperatorId,
    pub kind: String,
    pub url: String,
    pub tries: i64,
}

pub fn files_due(conn: &mut Conn, now: Timestamp, most: i64) -> DbResult<Vec<WaitingFile>> {
    let sql = "SELECT f.invoice_id, i.operator_id, f.kind, f.url, f.tries FROM invoice_file f \
               JOIN invoice i ON i.id = f.invoice_id WHERE f.due_at_ms <= $1 ORDER BY f.due_at_ms, f.invoice_id LIMIT $2";
    conn.query(sql, &[now.as_ms().into(), most.into()], |row| {
        Ok(WaitingFile {
            invoice: InvoiceId(row.int(0)?),
            operator: OperatorId(row.int(1)?),
            kind: row.text(2)?,
            url: row.text(3)?,
            tries: row.int(4)?,
        })
    })
}

/// Writes where a file is to be fetched, unless that is known already.
pub fn file_wait(tx: &mut Tx<'_>, id: InvoiceId, kind: &str, url: &str, now: Timestamp) -> Result<()> {
    let sql = "INSERT INTO invoice_file (invoice_id, kind, url, tries, due_at_ms) VALUES ($1, $2, $3, 0, $4) \
               ON CONFLICT (invoice_id, kind) DO NOTHING";
    tx.execute(sql, &[id.0.into(), kind.into(), url.into(), now.as_ms().into()]).map(drop)
}

pub fn file_later(tx: &mut Tx<'_>, file: &WaitingFile, due: Timestamp) -> Result<()> {
    let sql = "UPDATE invoice_file SET tries = tries + 1, due_at_ms = $1 WHERE invoice_id = $2 AND kind = $3";
    tx.execute(sql, &[due.as_ms().into(), file.invoice.0.into(), (&file.kind).into()]).map(drop)
}

pub fn file_done(tx: &mut Tx<'_>, file: &WaitingFile) -> Result<()> {
    let sql = "DELETE FROM invoice_file WHERE invoice_id = $1 AND kind = $2";
    tx.execute(sql, &[file.invoice.0.into(), (&file.kind).into()]).map(drop)
}

/// How many of its files are still to be fetched.
pub fn files_waiting(conn: &mut Conn, id: InvoiceId) -> DbResult<i64> {
    let sql = "SELECT COUNT(*) FROM invoice_file WHERE invoice_id = $1";
    conn.one(sql, &[id.0.into()], crate::filter::count)
}

/// The invoice of a person who knows its number and phone.
pub fn of_phone(conn: &mut Conn, serial_no: &str, phone: &str) -> DbResult<Option<InvoiceId>> {
    let sql = "SELECT id FROM invoice WHERE serial_no = $1 AND phone = $2";
    conn.find(sql, &[serial_no.into(), phone.into()], |row| Ok(InvoiceId(row.int(0)?)))
}

/// Those of these that are in sight.
pub fn seen(conn: &mut Conn, scope: &Scope, ids: &[i64]) -> DbResult<Vec<(InvoiceId, i64)>> {
    let mut filter = crate::filter::Filter::new();
    let all = filter.bind_all(ids.iter().copied());
    filter.and(&format!("i.id IN ({all})"));
    filter.scope("i.operator_id", "i.station_id", scope);
    let sql = format!("SELECT i.id, i.version FROM invoice i {} ORDER BY i.id", filter.sql());
    conn.query(&sql, &filter.values, |row| Ok((InvoiceId(row.int(0)?), row.int(1)?)))
}
