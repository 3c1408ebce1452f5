//! The audit log as a chain: each row keeps SHA-256 over its content and the hash of the row before,
//! so that a row that was changed, removed or moved behind our back is found.
//!
//! Rows are appended by the last statements of a transaction. The first of them takes the row of
//! `audit_head`, which the transaction keeps until its commit: with several writers one waits for the
//! other, holding nothing that the other needs.

use crate::audit::Entry;
use crate::db::{Conn, DbError, DbResult, Insert, Inserts, Row, Value};
use crate::ids::{Ids, Noun};
use sha2::{Digest, Sha256};

static AUDIT: Insert = Insert {
    table: "audit",
    columns: &[
        "id",
        "at_ms",
        "staff_id",
        "staff_name",
        "action",
        "noun",
        "key",
        "success",
        "detail",
        "remote_address",
        "chain_no",
        "hash",
    ],
    on_conflict: "",
};

/// A row as it is in the chain.
struct Link {
    chain_no: Option<i64>,
    id: i64,
    at_ms: i64,
    staff_id: Option<i64>,
    texts: [String; 6],
    success: bool,
    hash: Option<String>,
}

impl Link {
    /// The hash that belongs to this content after that row. JSON keeps the fields apart.
    fn hash_after(&self, previous: &str, chain_no: i64) -> DbResult<String> {
        let fields = (previous, chain_no, self.id, self.at_ms, self.staff_id, self.success, &self.texts);
        let text = serde_json::to_vec(&fields).map_err(|why| DbError::Fault(why.to_string()))?;
        let digits = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(digits)
    }
}

const COLUMNS: &str =
    "chain_no, id, at_ms, staff_id, success, hash, staff_name, action, noun, key, detail, remote_address";

fn link(row: &Row<'_>) -> DbResult<Link> {
    Ok(Link {
        chain_no: row.int_opt(0)?,
        id: row.int(1)?,
        at_ms: row.int(2)?,
        staff_id: row.int_opt(3)?,
        success: row.bool(4)?,
        hash: row.text_opt(5)?,
        texts: [row.text(6)?, row.text(7)?, row.text(8)?, row.text(9)?, row.text(10)?, row.text(11)?],
    })
}

/// Appends rows inside the open transaction, which must be about to end.
pub(crate) fn append(conn: &mut Conn, ids: &mut Ids, entries: &[Entry]) -> DbResult<()> {
    let count = i64::try_from(entries.len()).unwrap_or(i64::MAX);
    let sql = "UPDATE audit_head SET chain_no = chain_no + $1 WHERE id = 1 RETURNING chain_no, hash";
    let (end, mut hash) = conn.one(sql, &[count.into()], |row| Ok((row.int(0)?, row.text(1)?)))?;
    let mut values = Vec::with_capacity(entries.len() * AUDIT.columns.len());
    for (chain_no, entry) in (end - count + 1..).zip(entries) {
        let texts =
            [&entry.staff_name, entry.action, entry.noun, &entry.key, &entry.detail, &entry.remote_address];
        let row = Link {
            chain_no: Some(chain_no),
            id: ids.next(conn, Noun::Audit)?,
            at_ms: entry.at_ms,
            staff_id: entry.staff_id,
            // As the database keeps them.
            texts: texts.map(|text| Value::clean(text).into_owned()),
            success: entry.success,
            hash: None,
        };
        hash = row.hash_after(&hash, chain_no)?;
        let [staff_name, action, noun, key, detail, address] = row.texts;
        values.extend::<[Value<'static>; 12]>([
            row.id.into(),
            row.at_ms.into(),
            row.staff_id.into(),
            staff_name.into(),
            action.into(),
            noun.into(),
            key.into(),
            row.success.into(),
            detail.into(),
            address.into(),
            chain_no.into(),
            hash.clone().into(),
        ]);
    }
    conn.pipeline(false, &[Inserts { insert: &AUDIT, values }], false)?;
    conn.execute("UPDATE audit_head SET hash = $1 WHERE id = 1", &[hash.into()])?;
    Ok(())
}

/// Rows that were written before there was a chain become its beginning; once, when the chain is
/// still empty.
pub(crate) fn adopt(conn: &mut Conn) -> DbResult<()> {
    let (end, mut hash) = head(conn)?;
    let sql = format!("SELECT {COLUMNS} FROM audit WHERE chain_no IS NULL ORDER BY id");
    let old = if end == 0 { conn.query(&sql, &[], link)? } else { Vec::new() };
    if old.is_empty() {
        return Ok(());
    }
    conn.script("BEGIN")?;
    let mut chain = || {
        let mut chain_no = 0;
        for row in &old {
            chain_no += 1;
            hash = row.hash_after(&hash, chain_no)?;
            let values = [chain_no.into(), (&hash).into(), row.id.into()];
            conn.execute("UPDATE audit SET chain_no = $1, hash = $2 WHERE id = $3", &values)?;
        }
        let values = [chain_no.into(), (&hash).into()];
        conn.execute("UPDATE audit_head SET chain_no = $1, hash = $2 WHERE id = 1", &values)
    };
    match chain() {
        Ok(_) => conn.script("COMMIT"),
        Err(error) => {
            let _ = conn.script("ROLLBACK");
            Err(error)
        }
    }
}

/// The number and hash of the last row.
fn head(conn: &mut Conn) -> DbResult<(i64, String)> {
    let found = conn.find("SELECT chain_no, hash FROM audit_head WHERE id = 1", &[], |row| {
        Ok((row.int(0)?, row.text(1)?))
    })?;
    found.ok_or_else(|| DbError::Fault("audit_head has lost its row".to_owned()))
}

/// What became of the chain.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checked {
    pub rows: u64,
    /// The hash of the last row: kept elsewhere, it also proves that the chain was not made anew.
    pub head: String,
    pub problems: Vec<String>,
}

/// Rows read at once.
const PAGE: i64 = 1_000;
/// Of a chain that is broken everywhere, this many places say enough.
const PROBLEMS_MAX: usize = 100;

/// Walks along the whole chain.
pub fn check(conn: &mut Conn) -> DbResult<Checked> {
    let (end, head) = head(conn)?;
    let mut checked = Checked { head: head.clone(), ..Checked::default() };
    let (mut last, mut previous) = (0, String::new());
    let sql = format!(
        "SELECT {COLUMNS} FROM audit WHERE chain_no > $1 AND chain_no <= $2 ORDER BY chain_no LIMIT $3"
    );
    loop {
        let rows = conn.query(&sql, &[last.into(), end.into(), PAGE.into()], link)?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            let (chain_no, hash) = (row.chain_no.unwrap_or_default(), row.hash.clone().unwrap_or_default());
            checked.rows += 1;
            let mut told = None;
            if chain_no != last + 1 {
                told = Some(format!("rows {} to {} of the audit log are missing", last + 1, chain_no - 1));
            } else if row.hash_after(&previous, chain_no)? != hash {
                told = Some(format!(
                    "row {chain_no} of the audit log (id {}) is not as it was written, or not where it was written",
                    row.id
                ));
            }
            checked.problems.extend(told.filter(|_| checked.problems.len() < PROBLEMS_MAX));
            (last, previous) = (chain_no, hash);
        }
    }
    if last != end {
        checked.problems.push(format!("rows {} to {end} of the audit log are missing", last + 1));
    } else if previous != head {
        checked.problems.push("the end of the audit log is not what was written last".to_owned());
    }
    // The end of this moment: somebody may append meanwhile.
    let loose =
        "SELECT COUNT(*) FROM audit a, audit_head h WHERE a.chain_no IS NULL OR a.chain_no > h.chain_no";
    let loose = conn.one(loose, &[], crate::filter::count)?;
    if loose > 0 {
        checked
            .problems
            .push(format!("{loose} rows of the audit log are in no chain: nobody of ours wrote them"));
    }
    Ok(checked)
}
