//! The platform from which customers are asked: where it is, and what came of asking it.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult, Row};
use crate::filter::count;
use model::customer::CustomerSource;
use model::id::CustomerId;
use model::{Error, Result, Text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// There is one.
const ID: i64 = 1;

#[derive(Clone, Debug, PartialEq)]
pub struct CustomerPull {
    pub url: String,
    pub enabled: bool,
    /// Sealed.
    pub secret: Option<String>,
    pub page_size: i64,
    pub version: i64,
    pub changed_at_ms: i64,
    pub changed_by: String,
    /// The latest change that the source has told of.
    pub seen_ms: Option<i64>,
    /// The next round asks for all.
    pub whole_wanted: bool,
    pub gone_accepted: bool,
    /// When all were asked for the last time.
    pub whole_at_ms: Option<i64>,
    pub last: PullRound,
}

/// What came of the last round.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct PullRound {
    /// As of then what we have is true.
    pub synced_at_ms: Option<i64>,
    pub tried_at_ms: Option<i64>,
    /// Why the last one failed; null: it did not.
    pub error: Option<Text>,
    /// All were asked for, not only what had changed.
    pub was_whole: bool,
    /// How many the source told of.
    pub total_count: i64,
    pub new_count: i64,
    pub changed_count: i64,
    pub gone_count: i64,
    /// So many seem to be gone that somebody has to say that it is so; nobody was deactivated.
    pub gone_asked: i64,
    pub refused_count: i64,
    /// The first of those that were refused.
    pub faults: Vec<PullFault>,
}

/// A person whom we could not take.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PullFault {
    /// The source's own key.
    pub key: String,
    pub reason: Text,
}

const COLUMNS: &str = "url, enabled, secret, page_size, version, changed_at_ms, changed_by, seen_ms, whole_wanted, \
    gone_accepted, whole_at_ms, synced_at_ms, tried_at_ms, error, was_whole, total_count, new_count, changed_count, \
    gone_count, gone_asked, refused_count, faults";

fn pull(row: &Row<'_>) -> DbResult<CustomerPull> {
    let last = PullRound {
        synced_at_ms: row.int_opt(11)?,
        tried_at_ms: row.int_opt(12)?,
        error: row.text_opt(13)?.and_then(|text| serde_json::from_str(&text).ok()),
        was_whole: row.bool(14)?,
        total_count: row.int(15)?,
        new_count: row.int(16)?,
        changed_count: row.int(17)?,
        gone_count: row.int(18)?,
        gone_asked: row.int(19)?,
        refused_count: row.int(20)?,
        faults: serde_json::from_str(&row.text(21)?).unwrap_or_default(),
    };
    Ok(CustomerPull {
        url: row.text(0)?,
        enabled: row.bool(1)?,
        secret: row.text_opt(2)?,
        page_size: row.int(3)?,
        version: row.int(4)?,
        changed_at_ms: row.int(5)?,
        changed_by: row.text(6)?,
        seen_ms: row.int_opt(7)?,
        whole_wanted: row.bool(8)?,
        gone_accepted: row.bool(9)?,
        whole_at_ms: row.int_opt(10)?,
        last,
    })
}

pub fn find(conn: &mut Conn) -> DbResult<Option<CustomerPull>> {
    conn.find(&format!("SELECT {COLUMNS} FROM customer_pull WHERE id = $1"), &[ID.into()], pull)
}

pub fn save(tx: &mut Tx<'_>, one: &CustomerPull) -> Result<()> {
    let json = |text: &Text| serde_json::to_string(text).map_err(|_| Error::internal());
    let error = one.last.error.as_ref().map(json).transpose()?;
    let faults = serde_json::to_string(&one.last.faults).map_err(|_| Error::internal())?;
    tx.execute("DELETE FROM customer_pull WHERE id = $1", &[ID.into()])?;
    tx.execute(
        &format!(
            "INSERT INTO customer_pull ({COLUMNS}, id) VALUES \
             ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)"
        ),
        &[
            (&one.url).into(),
            one.enabled.into(),
            one.secret.as_ref().into(),
            one.page_size.into(),
            one.version.into(),
            one.changed_at_ms.into(),
            (&one.changed_by).into(),
            one.seen_ms.into(),
            one.whole_wanted.into(),
            one.gone_accepted.into(),
            one.whole_at_ms.into(),
            one.last.synced_at_ms.into(),
            one.last.tried_at_ms.into(),
            error.into(),
            one.last.was_whole.into(),
            one.last.total_count.into(),
            one.last.new_count.into(),
            one.last.changed_count.into(),
            one.last.gone_count.into(),
            one.last.gone_asked.into(),
            one.last.refused_count.into(),
            faults.into(),
            ID.into(),
        ],
    )?;
    tx.changed(Change::Noun("customer_source"));
    Ok(())
}

/// How many people we have of a source.
pub fn source_count(conn: &mut Conn, source: CustomerSource) -> DbResult<i64> {
    let sql = "SELECT COUNT(*) FROM customer WHERE source = $1 AND account IS NOT NULL";
    conn.one(sql, &[source.as_str().into()], count)
}

/// Those of them behind an id, with the source's own key, in the order of their ids.
pub fn source_keys(
    conn: &mut Conn,
    source: CustomerSource,
    after: CustomerId,
    most: i64,
) -> DbResult<Vec<(CustomerId, String)>> {
    let sql = "SELECT id, external_id FROM customer WHERE source = $1 AND account IS NOT NULL AND external_id IS NOT NULL \
               AND id > $2 ORDER BY id LIMIT $3";
    conn.query(sql, &[source.as_str().into(), after.0.into(), most.into()], |row| {
        Ok((CustomerId(row.int(0)?), row.text(1)?))
    })
}
