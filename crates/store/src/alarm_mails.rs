//! Mails that tell of alarms: they wait in the same outbox as the others.

use crate::Tx;
use crate::db::{Conn, DbResult};
use crate::ids::Noun;
use model::Result;
use model::id::StaffId;
use model::invoice::MailState;
use model::time::Timestamp;

/// A mail whose turn it is.
#[derive(Clone, Debug, PartialEq)]
pub struct AlarmMail {
    pub id: i64,
    pub alarm: i64,
    pub address: String,
    pub tries: i64,
}

/// Puts one into the outbox.
pub fn insert(tx: &mut Tx<'_>, alarm: i64, address: &str, now: Timestamp) -> Result<()> {
    let id = tx.next_id(Noun::Mail)?;
    tx.execute(
        "INSERT INTO mail (id, noun, noun_id, address, state, created_at_ms, tries, next_at_ms) \
         VALUES ($1, 'alarm', $2, $3, $4, $5, 0, $5)",
        &[id.into(), alarm.into(), address.into(), MailState::Waiting.as_str().into(), now.as_ms().into()],
    )?;
    Ok(())
}

/// The oldest first.
pub fn due(conn: &mut Conn, now: Timestamp, most: i64) -> DbResult<Vec<AlarmMail>> {
    let sql = "SELECT id, noun_id, address, tries FROM mail WHERE state = 'waiting' AND noun = 'alarm' \
               AND next_at_ms <= $1 ORDER BY id LIMIT $2";
    conn.query(sql, &[now.as_ms().into(), most.into()], |row| {
        Ok(AlarmMail { id: row.int(0)?, alarm: row.int(1)?, address: row.text(2)?, tries: row.int(3)? })
    })
}

/// What became of it. `next`: it is tried again then, and waits on.
pub fn turn(
    tx: &mut Tx<'_>,
    mail: &AlarmMail,
    state: MailState,
    next: Timestamp,
    message: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    let ended = (state != MailState::Waiting).then(|| now.as_ms());
    tx.execute(
        "UPDATE mail SET state = $1, tries = $2, next_at_ms = $3, message = $4, ended_at_ms = $5 \
         WHERE id = $6 AND state = 'waiting'",
        &[
            state.as_str().into(),
            mail.tries.into(),
            next.as_ms().into(),
            message.into(),
            ended.into(),
            mail.id.into(),
        ],
    )
    .map(drop)
}

/// What each person has left as the address for alarms, by the preference of that name.
pub fn addresses(conn: &mut Conn) -> DbResult<Vec<(StaffId, String)>> {
    let sql = "SELECT staff_id, value FROM preference WHERE key = 'alarm.email'";
    let rows = conn.query(sql, &[], |row| Ok((StaffId(row.int(0)?), row.text(1)?)))?;
    let address = |text: String| serde_json::from_str::<String>(&text).ok();
    Ok(rows.into_iter().filter_map(|(staff, text)| Some((staff, address(text)?))).collect())
}
