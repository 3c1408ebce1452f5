//! 期望状态: what each pile should have, what it has said, and when it is told again.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult, Row, Value};
use model::Result;
use model::desired::{DesiredKind, DesiredState};
use model::id::{CommandId, PileId};
use model::time::{DAY_MS, Timestamp};

/// One thing that a pile should have.
#[derive(Clone, Debug, PartialEq)]
pub struct Desired {
    pub pile: PileId,
    pub kind: DesiredKind,
    /// The configuration key; empty for the list.
    pub item: String,
    pub wished: String,
    /// The profile that wishes it.
    pub profile: Option<i64>,
    pub reported: Option<String>,
    /// `None`: it is to be asked.
    pub reported_at: Option<Timestamp>,
    pub state: DesiredState,
    pub since: Timestamp,
    pub attempts: i64,
    pub last_try: Option<Timestamp>,
    /// `None`: nothing is due.
    pub next_try: Option<Timestamp>,
    /// What was asked and is not answered yet.
    pub command: Option<CommandId>,
    /// Why it has not come to that, as `{"zh":…,"en":…}`.
    pub message: Option<String>,
}

impl Desired {
    pub fn new(pile: PileId, kind: DesiredKind, item: String, wished: String, now: Timestamp) -> Desired {
        Desired {
            pile,
            kind,
            item,
            wished,
            profile: None,
            reported: None,
            reported_at: None,
            state: DesiredState::Unknown,
            since: now,
            attempts: 0,
            last_try: None,
            next_try: Some(now),
            command: None,
            message: None,
        }
    }

    /// Another state begins now; the same one goes on.
    pub fn turn(&mut self, state: DesiredState, now: Timestamp) {
        if self.state != state {
            (self.state, self.since) = (state, now);
        }
    }

    pub fn is_due(&self, now: Timestamp) -> bool {
        self.command.is_none() && self.next_try.is_some_and(|at| at <= now)
    }
}

const COLUMNS: &str = "pile_id, kind, item, wished, profile_id, reported, reported_at_ms, state, since_ms, attempts, \
    last_try_ms, next_try_ms, command_id, message";

fn desired(row: &Row<'_>) -> DbResult<Desired> {
    let time = |column| Ok(row.int_opt(column)?.map(Timestamp::from_ms));
    Ok(Desired {
        pile: PileId(row.int(0)?),
        kind: row.word(1, DesiredKind::parse)?,
        item: row.text(2)?,
        wished: row.text(3)?,
        profile: row.int_opt(4)?,
        reported: row.text_opt(5)?,
        reported_at: time(6)?,
        state: row.word(7, DesiredState::parse)?,
        since: Timestamp::from_ms(row.int(8)?),
        attempts: row.int(9)?,
        last_try: time(10)?,
        next_try: time(11)?,
        command: row.int_opt(12)?.map(CommandId),
        message: row.text_opt(13)?,
    })
}

pub fn of_pile(conn: &mut Conn, pile: PileId) -> DbResult<Vec<Desired>> {
    let sql = format!("SELECT {COLUMNS} FROM pile_desired WHERE pile_id = $1 ORDER BY kind, item");
    conn.query(&sql, &[pile.0.into()], desired)
}

pub fn save(tx: &mut Tx<'_>, one: &Desired) -> Result<()> {
    tx.execute(
        &format!(
            "INSERT INTO pile_desired ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
             ON CONFLICT (pile_id, kind, item) DO UPDATE SET wished = excluded.wished, profile_id = excluded.profile_id, \
             reported = excluded.reported, reported_at_ms = excluded.reported_at_ms, state = excluded.state, \
             since_ms = excluded.since_ms, attempts = excluded.attempts, last_try_ms = excluded.last_try_ms, \
             next_try_ms = excluded.next_try_ms, command_id = excluded.command_id, message = excluded.message"
        ),
        &[
            one.pile.0.into(),
            one.kind.as_str().into(),
            one.item.as_str().into(),
            one.wished.as_str().into(),
            one.profile.into(),
            one.reported.as_deref().into(),
            one.reported_at.map(Timestamp::as_ms).into(),
            one.state.as_str().into(),
            one.since.as_ms().into(),
            one.attempts.into(),
            one.last_try.map(Timestamp::as_ms).into(),
            one.next_try.map(Timestamp::as_ms).into(),
            one.command.map(|id| id.0).into(),
            one.message.as_deref().into(),
        ],
    )?;
    tx.changed(Change::Noun("pile_desired"));
    Ok(())
}

pub fn delete(tx: &mut Tx<'_>, one: &Desired) -> Result<()> {
    tx.execute(
        "DELETE FROM pile_desired WHERE pile_id = $1 AND kind = $2 AND item = $3",
        &[one.pile.0.into(), one.kind.as_str().into(), one.item.as_str().into()],
    )?;
    tx.changed(Change::Noun("pile_desired"));
    Ok(())
}

/// Keeps that it was looked at what the pile should have.
pub fn checked(tx: &mut Tx<'_>, pile: PileId, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO pile_check (pile_id, checked_at_ms) VALUES ($1, $2) \
         ON CONFLICT (pile_id) DO UPDATE SET checked_at_ms = excluded.checked_at_ms",
        &[pile.0.into(), now.as_ms().into()],
    )?;
    Ok(())
}

/// These piles are to be looked at again: `condition` says which `pile_id`.
pub(crate) fn stale(tx: &mut Tx<'_>, condition: &str, values: &[Value<'_>]) -> Result<()> {
    tx.execute(&format!("UPDATE pile_check SET checked_at_ms = 0 WHERE {condition}"), values).map(drop)
}

/// A card that charges off line was changed: whoever may have it is looked at again.
pub fn lists_stale(tx: &mut Tx<'_>) -> Result<()> {
    stale(tx, "checked_at_ms > 0", &[])
}

/// Most piles of one round; the next one follows in seconds.
const ROUND_MAX: i64 = 200;

/// A pile that has just come introduces itself first.
const GRACE_MS: i64 = 5_000;

/// Connected piles that were not looked at since they came, or for a day; and whether it is only their time
/// to be told something again.
pub fn due(conn: &mut Conn, now: Timestamp) -> DbResult<Vec<(PileId, bool)>> {
    let sql = format!(
        "SELECT p.id FROM pile p LEFT JOIN pile_check c ON c.pile_id = p.id \
         WHERE p.online AND p.lifecycle <> 'retired' AND COALESCE(p.connected_at_ms, 0) <= $1 \
         AND (c.checked_at_ms IS NULL OR c.checked_at_ms < p.connected_at_ms OR c.checked_at_ms <= $2) \
         ORDER BY p.id LIMIT {ROUND_MAX}"
    );
    let values = [(now.as_ms() - GRACE_MS).into(), (now.as_ms() - DAY_MS).into()];
    let mut all = conn.query(&sql, &values, |row| Ok((PileId(row.int(0)?), true)))?;
    let sql = format!(
        "SELECT DISTINCT d.pile_id FROM pile_desired d JOIN pile p ON p.id = d.pile_id \
         WHERE p.online AND d.next_try_ms <= $1 AND d.command_id IS NULL ORDER BY d.pile_id LIMIT {ROUND_MAX}"
    );
    for pile in conn.query(&sql, &[now.as_ms().into()], |row| Ok(PileId(row.int(0)?)))? {
        if !all.iter().any(|(known, _)| *known == pile) {
            all.push((pile, false));
        }
    }
    Ok(all)
}
