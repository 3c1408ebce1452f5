//! 抬头: to whom the invoices of a customer or a fleet are made out.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult, Row};
use crate::ids::Noun;
use model::Result;
use model::ledger::Payer;
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct InvoiceTitle {
    pub id: i64,
    /// One of these.
    pub customer_id: Option<i64>,
    pub fleet_id: Option<i64>,
    pub company: bool,
    pub name: String,
    pub tax_no: Option<String>,
    pub address: Option<String>,
    pub phone: Option<String>,
    pub bank_account: Option<String>,
    pub email: Option<String>,
    /// 默认抬头
    pub preferred: bool,
    pub version: i64,
    pub changed_at_ms: i64,
}

const COLUMNS: &str = "id, customer_id, fleet_id, company, name, tax_no, address, phone, bank_account, email, preferred, \
    version, changed_at_ms";

fn title(row: &Row<'_>) -> DbResult<InvoiceTitle> {
    Ok(InvoiceTitle {
        id: row.int(0)?,
        customer_id: row.int_opt(1)?,
        fleet_id: row.int_opt(2)?,
        company: row.bool(3)?,
        name: row.text(4)?,
        tax_no: row.text_opt(5)?,
        address: row.text_opt(6)?,
        phone: row.text_opt(7)?,
        bank_account: row.text_opt(8)?,
        email: row.text_opt(9)?,
        preferred: row.bool(10)?,
        version: row.int(11)?,
        changed_at_ms: row.int(12)?,
    })
}

fn owner(payer: Payer) -> (&'static str, i64) {
    match payer {
        Payer::Customer(id) => ("customer_id", id.0),
        Payer::Fleet(id) => ("fleet_id", id.0),
    }
}

/// The preferred one first.
pub fn invoice_title_list(conn: &mut Conn, payer: Payer) -> DbResult<Vec<InvoiceTitle>> {
    let (column, id) = owner(payer);
    let sql = format!("SELECT {COLUMNS} FROM invoice_title WHERE {column} = $1 ORDER BY preferred DESC, id");
    conn.query(&sql, &[id.into()], title)
}

pub fn get(conn: &mut Conn, id: i64) -> DbResult<Option<InvoiceTitle>> {
    conn.find(&format!("SELECT {COLUMNS} FROM invoice_title WHERE id = $1"), &[id.into()], title)
}

/// Writes a new one, or the one that has its id.
pub fn save(tx: &mut Tx<'_>, one: &InvoiceTitle, now: Timestamp) -> Result<i64> {
    let id = if one.id == 0 { tx.next_id(Noun::InvoiceTitle)? } else { one.id };
    if one.preferred {
        let (column, owner) = match (one.customer_id, one.fleet_id) {
            (Some(id), _) => ("customer_id", id),
            (None, fleet) => ("fleet_id", fleet.unwrap_or(0)),
        };
        let sql = format!("UPDATE invoice_title SET preferred = $1 WHERE {column} = $2");
        tx.execute(&sql, &[false.into(), owner.into()])?;
    }
    tx.execute(
        "INSERT INTO invoice_title (id, customer_id, fleet_id, company, name, tax_no, address, phone, bank_account, \
         email, preferred, version, changed_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
         ON CONFLICT (id) DO UPDATE SET company = excluded.company, name = excluded.name, tax_no = excluded.tax_no, \
         address = excluded.address, phone = excluded.phone, bank_account = excluded.bank_account, \
         email = excluded.email, preferred = excluded.preferred, version = excluded.version, \
         changed_at_ms = excluded.changed_at_ms",
        &[
            id.into(),
            one.customer_id.into(),
            one.fleet_id.into(),
            one.company.into(),
            (&one.name).into(),
            one.tax_no.as_ref().into(),
            one.address.as_ref().into(),
            one.phone.as_ref().into(),
            one.bank_account.as_ref().into(),
            one.email.as_ref().into(),
            one.preferred.into(),
            one.version.into(),
            now.as_ms().into(),
        ],
    )?;
    tx.changed(Change::Noun("invoice_title"));
    Ok(id)
}

pub fn delete(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    tx.execute("DELETE FROM invoice_title WHERE id = $1", &[id.into()])?;
    tx.changed(Change::Noun("invoice_title"));
    Ok(())
}
