//! 厂商消息: what piles and the platform say to each other in a vendor's own words, and whose words are taken.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult};
use crate::filter::{Filter, Page};
use crate::ids::Noun;
use model::Result;
use model::display::{VendorMessage, VendorWord};
use model::id::PileId;
use model::site::Pile;
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// What is longer is cut: the frame log has the whole of it.
const DATA_CHARS: usize = 4_096;

/// A message and what was answered.
pub struct NewVendorMessage {
    /// The pile has said it; else it was said to the pile.
    pub up: bool,
    pub said: VendorMessage,
    /// The answer's word: `Accepted`, `UnknownVendorId`, …
    pub status: String,
    pub answer: Option<String>,
    pub at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct VendorMessageView {
    pub id: i64,
    /// The pile has said it; else it was said to the pile.
    pub up: bool,
    pub vendor: String,
    pub message: Option<String>,
    pub data: Option<String>,
    /// `Accepted`, `Rejected`, `UnknownMessageId`, `UnknownVendorId`, or why no answer came.
    pub status: String,
    /// What came with the answer.
    pub answer: Option<String>,
    pub at_ms: i64,
}

#[derive(Clone, Debug, Default)]
pub struct VendorMessageFilter {
    pub up: Option<bool>,
    pub status: Option<String>,
    /// In vendor, message or data.
    pub text: Option<String>,
    pub before: Option<i64>,
    pub limit: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct VendorWordView {
    pub id: i64,
    pub vendor: String,
    /// Null: all of this vendor's messages.
    pub message: Option<String>,
    pub note: String,
}

pub fn insert(tx: &mut Tx<'_>, pile: &Pile, one: &NewVendorMessage) -> Result<()> {
    let id = tx.next_id(Noun::VendorMessage)?;
    let cut =
        |text: &Option<String>| text.as_ref().map(|text| text.chars().take(DATA_CHARS).collect::<String>());
    tx.execute(
        "INSERT INTO vendor_message (id, pile_id, up, vendor, message, data, status, answer, at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            id.into(),
            pile.id.0.into(),
            one.up.into(),
            (&one.said.vendor).into(),
            one.said.message.as_ref().into(),
            cut(&one.said.data).into(),
            (&one.status).into(),
            cut(&one.answer).into(),
            one.at.as_ms().into(),
        ],
    )?;
    tx.changed(Change::Pile { pile: pile.id, operator: pile.operator });
    Ok(())
}

/// Newest first. The caller has found the pile in the caller's scope.
pub fn vendor_message_list(
    conn: &mut Conn,
    pile: PileId,
    wanted: &VendorMessageFilter,
) -> DbResult<Page<VendorMessageView>> {
    let mut filter = Filter::new();
    filter.and_value("pile_id = ?", pile.0);
    filter.and_some("up = ?", wanted.up);
    filter.and_some("status = ?", wanted.status.clone());
    filter.and_contains(
        "LOWER(vendor || ' ' || COALESCE(message, '') || ' ' || COALESCE(data, '')) LIKE ?",
        wanted.text.as_deref(),
    );
    filter.and_some("id < ?", wanted.before);
    let most = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT id, up, vendor, message, data, status, answer, at_ms FROM vendor_message {} \
         ORDER BY id DESC LIMIT {most}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| {
        Ok(VendorMessageView {
            id: row.int(0)?,
            up: row.bool(1)?,
            vendor: row.text(2)?,
            message: row.text_opt(3)?,
            data: row.text_opt(4)?,
            status: row.text(5)?,
            answer: row.text_opt(6)?,
            at_ms: row.int(7)?,
        })
    })?;
    Ok(Page::of(rows, wanted.limit, None, |one| one.id.to_string()))
}

/// By vendor and message.
pub fn vendor_word_list(conn: &mut Conn) -> DbResult<Page<VendorWordView>> {
    let sql = "SELECT id, vendor, message, note FROM vendor_word ORDER BY vendor, message";
    let items = conn.query(sql, &[], |row| {
        Ok(VendorWordView {
            id: row.int(0)?,
            vendor: row.text(1)?,
            message: Some(row.text(2)?).filter(|message| !message.is_empty()),
            note: row.text(3)?,
        })
    })?;
    Ok(Page::whole(items))
}

/// Whether it was not known before.
pub fn vendor_word_save(tx: &mut Tx<'_>, word: &VendorWord, note: &str) -> Result<Option<i64>> {
    let id = tx.next_id(Noun::VendorWord)?;
    let made = tx.execute(
        "INSERT INTO vendor_word (id, vendor, message, note) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (vendor, message) DO NOTHING",
        &[id.into(), (&word.vendor).into(), word.message.as_deref().unwrap_or_default().into(), note.into()],
    )?;
    tx.changed(Change::Noun("vendor_word"));
    Ok((made > 0).then_some(id))
}

/// What it was; `None`: there is no such word.
pub fn vendor_word_delete(tx: &mut Tx<'_>, id: i64) -> Result<Option<VendorWordView>> {
    let known = tx.read(vendor_word_list)?.items.into_iter().find(|one| one.id == id);
    tx.execute("DELETE FROM vendor_word WHERE id = $1", &[id.into()])?;
    tx.changed(Change::Noun("vendor_word"));
    Ok(known)
}

/// What is older is forgotten; how many rows went.
pub fn prune(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64> {
    tx.execute("DELETE FROM vendor_message WHERE at_ms < $1", &[before.as_ms().into()])
}
