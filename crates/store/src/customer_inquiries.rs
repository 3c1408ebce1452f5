//! 客户信息查询: what piles of OCPP 2 were asked of a customer, and what they told, piece by piece.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult};
use crate::filter::Page;
use model::Result;
use model::display::CustomerPart;
use model::id::{CommandId, PileId};
use model::site::Pile;
use model::time::Timestamp;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// Most that one pile may tell: a hostile one must not fill the disk.
const PARTS_MAX: i64 = 400;
const PART_CHARS: usize = 4_096;
/// Shown of one pile; older ones are forgotten by age.
const SHOWN_MAX: i64 = 100;

model::words! {
    CustomerInquiryState {
        /// The pile has not answered yet.
        Asked = "asked",
        /// It has agreed, and some of it may be here.
        Telling = "telling",
        /// All pieces are here.
        Told = "told",
        /// Taken by the pile, which was to tell nothing: only to forget.
        Cleared = "cleared",
        Failed = "failed",
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CustomerInquiry {
    pub request_no: i64,
    /// About whom, masked; null where it was not asked from here.
    pub about: Option<String>,
    /// The pile was to tell what it knows.
    pub reports: bool,
    /// The pile was to forget what it knows.
    pub clears: bool,
    pub state: CustomerInquiryState,
    /// Why it came to nothing.
    pub message: Option<String>,
    pub staff_name: Option<String>,
    pub at_ms: i64,
    /// Pieces that are here, and how many of those before the last one are not.
    pub parts_count: i64,
    pub missing_count: i64,
}

pub struct NewCustomerInquiry {
    pub pile: PileId,
    pub request_no: i64,
    pub about: Option<String>,
    pub reports: bool,
    pub clears: bool,
    pub staff_name: Option<String>,
    pub at: Timestamp,
}

/// What is known of the pieces of one question.
#[derive(Default)]
struct Pieces {
    count: i64,
    last: Option<i64>,
}

impl Pieces {
    fn missing(&self) -> i64 {
        self.last.map_or(0, |last| (last + 1 - self.count).max(0))
    }
}

/// Newest first, without what was told. The caller has found the pile in the caller's scope.
pub fn customer_inquiry_list(conn: &mut Conn, pile: PileId) -> DbResult<Page<CustomerInquiry>> {
    let sql = "SELECT request_no, COUNT(*), MAX(CASE WHEN is_last THEN seq_no END) FROM customer_part \
               WHERE pile_id = $1 GROUP BY request_no";
    let pieces = conn.query(sql, &[pile.0.into()], |row| {
        Ok((row.int(0)?, Pieces { count: row.int(1)?, last: row.int_opt(2)? }))
    })?;
    let pieces: HashMap<i64, Pieces> = pieces.into_iter().collect();
    let sql = "SELECT q.request_no, q.about, q.reports, q.clears, q.staff_name, q.at_ms, c.state, c.message, \
               q.command_id FROM customer_inquiry q LEFT JOIN command c ON c.id = q.command_id \
               WHERE q.pile_id = $1 ORDER BY q.at_ms DESC, q.request_no DESC LIMIT $2";
    let items = conn.query(sql, &[pile.0.into(), SHOWN_MAX.into()], |row| {
        let request_no = row.int(0)?;
        let none = Pieces::default();
        let of = pieces.get(&request_no).unwrap_or(&none);
        let (reports, state) = (row.bool(2)?, row.text_opt(6)?);
        let state = match (state.as_deref(), of.last) {
            (_, Some(_)) if of.missing() == 0 => CustomerInquiryState::Told,
            (Some("accepted"), _) if !reports => CustomerInquiryState::Cleared,
            (Some("accepted"), _) => CustomerInquiryState::Telling,
            (Some("queued"), _) => CustomerInquiryState::Asked,
            _ if of.count > 0 => CustomerInquiryState::Telling,
            (None, _) if row.int_opt(8)?.is_none() => CustomerInquiryState::Asked,
            _ => CustomerInquiryState::Failed,
        };
        Ok(CustomerInquiry {
            request_no,
            about: row.text_opt(1)?,
            reports,
            clears: row.bool(3)?,
            state,
            message: row.text_opt(7)?.filter(|_| state == CustomerInquiryState::Failed),
            staff_name: row.text_opt(4)?,
            at_ms: row.int(5)?,
            parts_count: of.count,
            missing_count: of.missing(),
        })
    })?;
    Ok(Page::whole(items))
}

/// All that was told to this question, in its order, with `…` where a piece is missing; `None`: nobody
/// asked it, or nothing is here.
pub fn told(conn: &mut Conn, pile: PileId, request_no: i64) -> DbResult<Option<String>> {
    let sql =
        "SELECT seq_no, content FROM customer_part WHERE pile_id = $1 AND request_no = $2 ORDER BY seq_no";
    let parts =
        conn.query(sql, &[pile.0.into(), request_no.into()], |row| Ok((row.int(0)?, row.text(1)?)))?;
    if parts.is_empty() {
        return Ok(None);
    }
    let (mut whole, mut next) = (String::new(), 0);
    for (seq, content) in parts {
        if seq != next {
            whole.push('…');
        }
        whole.push_str(&content);
        next = seq + 1;
    }
    Ok(Some(whole))
}

pub fn insert(tx: &mut Tx<'_>, one: &NewCustomerInquiry) -> Result<()> {
    // The number may have been used by hand before: this is another question.
    for table in ["customer_inquiry", "customer_part"] {
        let sql = format!("DELETE FROM {table} WHERE pile_id = $1 AND request_no = $2");
        tx.execute(&sql, &[one.pile.0.into(), one.request_no.into()])?;
    }
    tx.execute(
        "INSERT INTO customer_inquiry (pile_id, request_no, about, reports, clears, staff_name, at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            one.pile.0.into(),
            one.request_no.into(),
            one.about.as_ref().into(),
            one.reports.into(),
            one.clears.into(),
            one.staff_name.as_ref().into(),
            one.at.as_ms().into(),
        ],
    )?;
    Ok(())
}

/// It went out as this command.
pub fn sent(tx: &mut Tx<'_>, pile: &Pile, request_no: i64, command: CommandId) -> Result<()> {
    tx.execute(
        "UPDATE customer_inquiry SET command_id = $1 WHERE pile_id = $2 AND request_no = $3",
        &[command.0.into(), pile.id.0.into(), request_no.into()],
    )?;
    tx.changed(Change::Pile { pile: pile.id, operator: pile.operator });
    Ok(())
}

/// A piece; one that is told again is the same piece.
pub fn part_save(tx: &mut Tx<'_>, pile: &Pile, part: &CustomerPart, now: Timestamp) -> Result<()> {
    let content: String = part.content.chars().take(PART_CHARS).collect();
    let kept = tx.execute(
        "INSERT INTO customer_part (pile_id, request_no, seq_no, is_last, content, told_at_ms) \
         SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS BOOLEAN), $5, \
         CAST($6 AS BIGINT) WHERE (SELECT COUNT(*) FROM customer_part WHERE pile_id = $7) < $8 \
         ON CONFLICT (pile_id, request_no, seq_no) DO UPDATE SET is_last = excluded.is_last, \
         content = excluded.content, told_at_ms = excluded.told_at_ms",
        &[
            pile.id.0.into(),
            part.request_no.into(),
            part.seq_no.into(),
            part.is_last.into(),
            content.into(),
            now.as_ms().into(),
            pile.id.0.into(),
            PARTS_MAX.into(),
        ],
    )?;
    if kept > 0 {
        // Nobody has asked it from here, or by hand: it is shown all the same.
        tx.execute(
            "INSERT INTO customer_inquiry (pile_id, request_no, reports, clears, at_ms) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (pile_id, request_no) DO NOTHING",
            &[pile.id.0.into(), part.request_no.into(), true.into(), false.into(), now.as_ms().into()],
        )?;
    }
    tx.changed(Change::Pile { pile: pile.id, operator: pile.operator });
    Ok(())
}

/// What is older is forgotten; how many rows went.
pub fn prune(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64> {
    let old = before.as_ms();
    let parts = tx.execute("DELETE FROM customer_part WHERE told_at_ms < $1", &[old.into()])?;
    Ok(parts + tx.execute("DELETE FROM customer_inquiry WHERE at_ms < $1", &[old.into()])?)
}
