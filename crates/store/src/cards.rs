//! 充电卡

use crate::db::{Conn, DbResult, Row};
use model::card::{Card, CardStatus};
use model::id::{CardId, CustomerId};
use model::time::Timestamp;

const COLUMNS: &str = "id, tag, status, card_group, customer_id, expires_at_ms, sessions_max";

fn card(row: &Row<'_>) -> DbResult<Card> {
    Ok(Card {
        id: CardId(row.int(0)?),
        tag: row.text(1)?,
        status: row.word(2, CardStatus::parse)?,
        group: row.text_opt(3)?,
        customer: row.int_opt(4)?.map(CustomerId),
        expires_at: row.int_opt(5)?.map(Timestamp::from_ms),
        sessions_max: row.int(6)?,
    })
}

/// By the key of its token, `model::card::Token::key`.
pub fn find(conn: &mut Conn, tag: &str) -> DbResult<Option<Card>> {
    conn.find(&format!("SELECT {COLUMNS} FROM card WHERE tag = $1"), &[tag.into()], card)
}

pub fn get(conn: &mut Conn, id: CardId) -> DbResult<Option<Card>> {
    conn.find(&format!("SELECT {COLUMNS} FROM card WHERE id = $1"), &[id.0.into()], card)
}
