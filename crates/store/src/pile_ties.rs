//! What is still under way with a pile and would be lost if it went to another station, or out of use.

use crate::db::{Conn, DbResult};
use crate::filter::count;
use model::id::PileId;
use model::site::Lifecycle;

/// How much of each is under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PileTies {
    /// Connectors kept for somebody.
    pub reservations: i64,
    /// Tariffs that the pile, being on line, is being brought to.
    pub deliveries: i64,
    /// Firmware that it fetches, logs that it sends.
    pub transfers: i64,
}

pub fn find(conn: &mut Conn, pile: PileId) -> DbResult<PileTies> {
    let mut ask = |sql: &str| conn.one(sql, &[pile.0.into()], count);
    Ok(PileTies {
        reservations: ask(
            "SELECT COUNT(*) FROM reservation WHERE pile_id = $1 AND state IN ('asked', 'accepted')",
        )?,
        // One that is off line cannot be brought to anything; it is judged anew when it comes back.
        deliveries: ask("SELECT COUNT(*) FROM tariff_delivery d JOIN pile p ON p.id = d.pile_id \
             WHERE d.pile_id = $1 AND p.online AND d.state IN ('waiting', 'sent') AND d.ended_at_ms IS NULL")?,
        transfers: ask("SELECT COUNT(*) FROM transfer WHERE pile_id = $1 AND ended_at_ms IS NULL")?,
    })
}

/// A pile that is out of use keeps its code; where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetiredPile {
    pub name: String,
    pub station_name: String,
}

pub fn retired(conn: &mut Conn, pile: PileId) -> DbResult<Option<RetiredPile>> {
    conn.find(
        "SELECT p.name, s.name FROM pile p JOIN station s ON s.id = p.station_id \
         WHERE p.id = $1 AND p.lifecycle = $2",
        &[pile.0.into(), Lifecycle::Retired.as_str().into()],
        |row| Ok(RetiredPile { name: row.text(0)?, station_name: row.text(1)? }),
    )
}
