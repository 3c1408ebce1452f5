//! 离线名单: the cards that a pile lets charge while it cannot ask.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbError, DbResult};
use crate::filter::Filter;
use model::Result;
use model::desired::ListCard;
use model::id::{PileId, StationId};
use model::time::Timestamp;

/// Most cards of one pile, whatever it says it can hold.
pub const LIST_MAX: usize = 2_000;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct PileList {
    /// The last one that was given.
    pub version: i64,
    /// Whether the pile has said that it has these.
    pub known: bool,
    pub cards: Vec<ListCard>,
    /// What it has once the command under way is taken.
    pub sent: Option<Vec<ListCard>>,
    pub taken_at: Option<Timestamp>,
}

fn read(text: &str) -> DbResult<Vec<ListCard>> {
    serde_json::from_str(text).map_err(|_| DbError::Fault("a pile's list cannot be read".to_owned()))
}

fn text(cards: &[ListCard]) -> Result<String> {
    serde_json::to_string(cards).map_err(|_| model::Error::internal())
}

pub fn get(conn: &mut Conn, pile: PileId) -> DbResult<Option<PileList>> {
    let sql = "SELECT version, known, cards, sent, taken_at_ms FROM pile_list WHERE pile_id = $1";
    conn.find(sql, &[pile.0.into()], |row| {
        Ok(PileList {
            version: row.int(0)?,
            known: row.bool(1)?,
            cards: read(&row.text(2)?)?,
            sent: row.text_opt(3)?.as_deref().map(read).transpose()?,
            taken_at: row.int_opt(4)?.map(Timestamp::from_ms),
        })
    })
}

pub fn save(tx: &mut Tx<'_>, pile: PileId, list: &PileList) -> Result<()> {
    tx.execute(
        "INSERT INTO pile_list (pile_id, version, known, cards, sent, taken_at_ms) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (pile_id) DO UPDATE SET version = excluded.version, known = excluded.known, \
         cards = excluded.cards, sent = excluded.sent, taken_at_ms = excluded.taken_at_ms",
        &[
            pile.0.into(),
            list.version.into(),
            list.known.into(),
            text(&list.cards)?.into(),
            list.sent.as_deref().map(text).transpose()?.into(),
            list.taken_at.map(Timestamp::as_ms).into(),
        ],
    )?;
    tx.changed(Change::Noun("pile_desired"));
    Ok(())
}

/// The cards that may charge at this station while its piles cannot ask: those marked for it that are
/// sound now, of nobody or of a customer in good standing whose fleet, if any, charges at this station at
/// any hour. Oldest first, so that a pile that holds few keeps the same ones.
pub fn wished(conn: &mut Conn, station: StationId, now: Timestamp) -> DbResult<Vec<ListCard>> {
    let mut filter = Filter::new();
    filter.and("k.offline AND k.status = 'accepted'");
    filter.and_value("(k.expires_at_ms IS NULL OR k.expires_at_ms > ?)", now.as_ms());
    // Hours cannot be told to a pile: who is kept to some charges where it can ask.
    filter.and("(f.id IS NULL OR f.hours = '[]')");
    // Nor how much, or where, a driver of a fleet may charge.
    filter.and(
        "NOT EXISTS (SELECT 1 FROM fleet_driver_limit m WHERE m.fleet_id = f.id AND m.customer_id IN (c.id, 0) AND \
         (m.order_fen IS NOT NULL OR m.day_fen IS NOT NULL OR m.month_fen IS NOT NULL OR m.order_dwh IS NOT NULL OR \
         m.day_dwh IS NOT NULL OR m.month_dwh IS NOT NULL OR m.stations IS NOT NULL OR m.hours <> '[]'))",
    );
    let sql = format!(
        "SELECT k.tag, COALESCE(k.card_group, 'FLEET-' || f.id), k.expires_at_ms, f.stations, c.status, c.frozen_until_ms, c.active_at_source \
         FROM card k LEFT JOIN customer c ON c.id = k.customer_id LEFT JOIN fleet f ON f.id = c.fleet_id {} \
         ORDER BY k.id",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| {
        let stations: Option<Vec<StationId>> = match row.text_opt(3)? {
            Some(text) => Some(
                serde_json::from_str(&text)
                    .map_err(|_| DbError::Fault("a fleet has stations that cannot be read".to_owned()))?,
            ),
            None => None,
        };
        let good = match row.text_opt(4)? {
            Some(_) => {
                crate::customers::standing(row, [4, 5, 6])?.status(now)
                    == model::customer::CustomerStatus::Active
            }
            None => true,
        };
        let here = stations.is_none_or(|stations| stations.contains(&station));
        let card = ListCard { tag: row.text(0)?, group: row.text_opt(1)?, expires_at_ms: row.int_opt(2)? };
        Ok((good && here).then_some(card))
    })?;
    Ok(rows.into_iter().flatten().take(LIST_MAX).collect())
}

/// What a pile has said of a variable: the number it stands for.
pub fn told_number(conn: &mut Conn, pile: PileId, name: &str) -> DbResult<Option<i64>> {
    let sql = "SELECT value FROM pile_variable WHERE pile_id = $1 AND name = $2";
    let value = conn.find(sql, &[pile.0.into(), name.into()], |row| row.text_opt(0))?.flatten();
    Ok(value.and_then(|value| value.trim().parse().ok()))
}
