//! 用户: writing them, and reading one to judge by.

use crate::Tx;
use crate::db::{Conn, DbResult, Row, Value};
use crate::filter::Filter;
use crate::ids::Noun;
use model::customer::{CustomerKind, CustomerSource, CustomerStatus, Standing};
use model::id::{CustomerId, FleetId};
use model::ledger::PayWay;
use model::time::Timestamp;
use model::{Error, Result};

#[derive(Clone, Debug, PartialEq)]
pub struct Customer {
    pub id: CustomerId,
    pub source: CustomerSource,
    /// The source's own key of the person, and the name under which they sign in there.
    pub external_id: Option<String>,
    pub account: Option<String>,
    pub name: String,
    pub phone: Option<String>,
    pub kind: CustomerKind,
    pub fleet: Option<FleetId>,
    pub standing: Standing,
    pub status_reason: Option<String>,
    pub tags: Vec<String>,
    pub note: String,
    /// When the person registered, at the source if there is one.
    pub created_at: Timestamp,
    /// When the source last said that all this is so.
    pub synced_at: Option<Timestamp>,
    pub changed_at: Timestamp,
    /// Counts the changes, against stale forms.
    pub version: i64,
}

impl Customer {
    /// A person who has just been registered.
    pub fn fresh(source: CustomerSource, name: String, now: Timestamp) -> Customer {
        Customer {
            id: CustomerId(0),
            source,
            external_id: None,
            account: None,
            name,
            phone: None,
            kind: CustomerKind::Person,
            fleet: None,
            standing: Standing {
                decided: CustomerStatus::Active,
                frozen_until: None,
                active_at_source: true,
            },
            status_reason: None,
            tags: Vec::new(),
            note: String::new(),
            created_at: now,
            synced_at: None,
            changed_at: now,
            version: 1,
        }
    }
}

/// Things of a file that are looked up together.
pub(crate) const AT_ONCE: usize = 500;

pub(crate) const COLUMNS: &str = "id, source, external_id, account, name, phone, kind, fleet_id, status, status_reason, \
    frozen_until_ms, active_at_source, tags, note, created_at_ms, synced_at_ms, changed_at_ms, version";

pub(crate) fn customer(row: &Row<'_>) -> DbResult<Customer> {
    Ok(Customer {
        id: CustomerId(row.int(0)?),
        source: row.word(1, CustomerSource::parse)?,
        external_id: row.text_opt(2)?,
        account: row.text_opt(3)?,
        name: row.text(4)?,
        phone: row.text_opt(5)?,
        kind: row.word(6, CustomerKind::parse)?,
        fleet: row.int_opt(7)?.map(FleetId),
        standing: standing(row, [8, 10, 11])?,
        status_reason: row.text_opt(9)?,
        tags: tags(&row.text(12)?),
        note: row.text(13)?,
        created_at: Timestamp::from_ms(row.int(14)?),
        synced_at: row.int_opt(15)?.map(Timestamp::from_ms),
        changed_at: Timestamp::from_ms(row.int(16)?),
        version: row.int(17)?,
    })
}

/// From the places of `status`, `frozen_until_ms` and `active_at_source`.
pub(crate) fn standing(row: &Row<'_>, at: [usize; 3]) -> DbResult<Standing> {
    Ok(Standing {
        decided: row.word(at[0], CustomerStatus::parse)?,
        frozen_until: row.int_opt(at[1])?.map(Timestamp::from_ms),
        active_at_source: row.bool(at[2])?,
    })
}

pub(crate) fn tags(json: &str) -> Vec<String> {
    serde_json::from_str(json).unwrap_or_default()
}

pub fn get(conn: &mut Conn, id: CustomerId) -> DbResult<Option<Customer>> {
    conn.find(&format!("SELECT {COLUMNS} FROM customer WHERE id = $1"), &[id.0.into()], customer)
}

pub fn by_external(conn: &mut Conn, source: CustomerSource, key: &str) -> DbResult<Option<Customer>> {
    let sql = format!("SELECT {COLUMNS} FROM customer WHERE source = $1 AND external_id = $2");
    conn.find(&sql, &[source.as_str().into(), key.into()], customer)
}

/// Accounts are compared without regard to case: they are kept in lower case.
pub fn by_account(conn: &mut Conn, source: CustomerSource, account: &str) -> DbResult<Option<Customer>> {
    let sql = format!("SELECT {COLUMNS} FROM customer WHERE source = $1 AND account = $2");
    conn.find(&sql, &[source.as_str().into(), account.to_lowercase().into()], customer)
}

/// Everybody with this number who has not left.
pub fn by_phone(conn: &mut Conn, phone: &str) -> DbResult<Vec<Customer>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM customer WHERE phone = $1 AND status <> 'cancelled' ORDER BY id LIMIT 20"
    );
    conn.query(&sql, &[phone.into()], customer)
}

/// Everybody with one of these numbers who has not left, in the order of their ids.
pub fn by_phones(conn: &mut Conn, phones: &[String]) -> DbResult<Vec<Customer>> {
    let mut found = Vec::new();
    for some in phones.chunks(AT_ONCE) {
        let mut filter = Filter::new();
        let names = filter.bind_all(some.iter().cloned());
        filter.and(&format!("phone IN ({names}) AND status <> 'cancelled'"));
        let sql = format!("SELECT {COLUMNS} FROM customer {} ORDER BY id", filter.sql());
        found.extend(conn.query(&sql, &filter.values, customer)?);
    }
    Ok(found)
}

/// The tags of the cards that this customer holds.
pub fn card_tags(conn: &mut Conn, id: CustomerId) -> DbResult<Vec<String>> {
    conn.query("SELECT tag FROM card WHERE customer_id = $1 ORDER BY id", &[id.0.into()], |row| row.text(0))
}

fn backwards(phone: &str) -> String {
    phone.chars().rev().collect()
}

fn json(tags: &[String]) -> Result<String> {
    serde_json::to_string(tags).map_err(|_| Error::internal())
}

pub fn insert(tx: &mut Tx<'_>, new: &Customer) -> Result<CustomerId> {
    let id = tx.next_id(Noun::Customer)?;
    tx.execute(
        "INSERT INTO customer (source, external_id, account, name, phone, phone_back, kind, fleet_id, status, \
         status_reason, frozen_until_ms, active_at_source, tags, note, created_at_ms, synced_at_ms, changed_at_ms, \
         version, id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
        &values(id, new)?,
    )?;
    names_insert(tx, id, &new.name)?;
    crate::customer_marks::tags_save(tx, id, &new.tags)?;
    Ok(CustomerId(id))
}

/// Writes all of a customer but its id.
pub fn update(tx: &mut Tx<'_>, customer: &Customer) -> Result<()> {
    let id = customer.id.0;
    let before = tx.find("SELECT name, tags FROM customer WHERE id = $1", &[id.into()], |row| {
        Ok((row.text(0)?, tags(&row.text(1)?)))
    })?;
    tx.execute(
        "UPDATE customer SET source = $1, external_id = $2, account = $3, name = $4, phone = $5, phone_back = $6, \
         kind = $7, fleet_id = $8, status = $9, status_reason = $10, frozen_until_ms = $11, \
         active_at_source = $12, tags = $13, note = $14, created_at_ms = $15, synced_at_ms = $16, \
         changed_at_ms = $17, version = $18 WHERE id = $19",
        &values(id, customer)?,
    )?;
    let (name, tags) = before.unzip();
    if name.as_deref() != Some(customer.name.as_str()) {
        tx.execute("DELETE FROM customer_name WHERE customer_id = $1", &[id.into()])?;
        names_insert(tx, id, &customer.name)?;
    }
    if tags.as_ref() != Some(&customer.tags) {
        crate::customer_marks::tags_save(tx, id, &customer.tags)?;
    }
    Ok(())
}

/// Makes them a driver of this fleet.
pub fn fleet_join(tx: &mut Tx<'_>, id: CustomerId, fleet: FleetId, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE customer SET fleet_id = $1, changed_at_ms = $2, version = version + 1 WHERE id = $3",
        &[fleet.0.into(), now.as_ms().into(), id.0.into()],
    )
    .map(drop)
}

/// How they pay, where that was said of them.
pub fn pay_way(conn: &mut Conn, id: CustomerId) -> DbResult<Option<PayWay>> {
    let sql = "SELECT pay_way FROM customer WHERE id = $1";
    Ok(conn.find(sql, &[id.0.into()], |row| row.word_opt(0, PayWay::parse))?.flatten())
}

/// Says how they pay; `None`: as everybody does.
pub fn pay_way_set(tx: &mut Tx<'_>, id: CustomerId, way: Option<PayWay>) -> Result<()> {
    let sql = "UPDATE customer SET pay_way = $1 WHERE id = $2";
    tx.execute(sql, &[way.map(PayWay::as_str).into(), id.0.into()]).map(drop)
}

/// The phone numbers of the first customers, for the demo.
pub fn phones(conn: &mut Conn, most: i64) -> DbResult<Vec<String>> {
    let sql = "SELECT phone FROM customer WHERE phone IS NOT NULL ORDER BY id LIMIT $1";
    conn.query(sql, &[most.into()], |row| row.text(0))
}

fn values(id: i64, c: &Customer) -> Result<[Value<'static>; 19]> {
    let text = |text: &Option<String>| text.clone().into();
    Ok([
        c.source.as_str().into(),
        text(&c.external_id),
        c.account.as_ref().map(|account| account.to_lowercase()).into(),
        c.name.clone().into(),
        text(&c.phone),
        c.phone.as_deref().map(backwards).into(),
        c.kind.as_str().into(),
        c.fleet.map(|fleet| fleet.0).into(),
        c.standing.decided.as_str().into(),
        text(&c.status_reason),
        c.standing.frozen_until.map(Timestamp::as_ms).into(),
        c.standing.active_at_source.into(),
        json(&c.tags)?.into(),
        c.note.clone().into(),
        c.created_at.as_ms().into(),
        c.synced_at.map(Timestamp::as_ms).into(),
        c.changed_at.as_ms().into(),
        c.version.into(),
        id.into(),
    ])
}

/// Every end of the name, so that what it contains can be found by index.
fn names_insert(tx: &mut Tx<'_>, id: i64, name: &str) -> Result<()> {
    let name = name.to_lowercase();
    let mut parts: Vec<&str> = name.char_indices().map(|(at, _)| &name[at..]).collect();
    parts.sort_unstable();
    parts.dedup();
    for part in parts {
        tx.execute(
            "INSERT INTO customer_name (part, customer_id) VALUES ($1, $2)",
            &[part.as_bytes().into(), id.into()],
        )?;
    }
    Ok(())
}

/// The bounds between which every text lies that begins with these bytes.
pub(crate) fn bounds(begin: &str) -> (Vec<u8>, Vec<u8>) {
    let mut end = begin.as_bytes().to_vec();
    // No byte of UTF-8 is 255, so that the last one can always be counted up.
    if let Some(last) = end.last_mut() {
        *last = last.saturating_add(1);
    }
    (begin.as_bytes().to_vec(), end)
}

/// An order that keeps a customer from leaving.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenOrderOf {
    pub order_no: String,
    pub pile_code: String,
}

/// Orders that are still running or wait for the pile's record.
pub fn orders_open(conn: &mut Conn, id: CustomerId) -> DbResult<Vec<OpenOrderOf>> {
    conn.query(
        "SELECT o.id, o.created_at_ms, p.code FROM orders o JOIN pile p ON p.id = o.pile_id \
         WHERE o.customer_id = $1 AND o.state IN ('starting', 'charging', 'stopping', 'unsettled') \
         ORDER BY o.started_at_ms DESC LIMIT 20",
        &[id.0.into()],
        |row| {
            Ok(OpenOrderOf {
                order_no: crate::order_list::order_no(row.int(0)?, row.int(1)?),
                pile_code: row.text(2)?,
            })
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_alike_lies_between_the_bounds() {
        let (from, to) = bounds("王");
        for (text, inside) in
            [("王", true), ("王伟", true), ("玌", false), ("李", false), ("王\u{10ffff}", true)]
        {
            let bytes = text.as_bytes();
            assert_eq!(bytes >= from.as_slice() && bytes < to.as_slice(), inside, "{text}");
        }
    }
}
