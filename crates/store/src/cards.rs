//! 充电卡: writing them, and reading them for the device path.

use crate::Tx;
use crate::change::Change;
use crate::customers;
use crate::db::{Conn, DbResult, Row};
use crate::filter::Filter;
use crate::fleets;
use crate::hot::Place;
use crate::ids::Noun;
use model::Result;
use model::card::{Card, CardStatus, MemberBenefit};
use model::customer::CustomerKind;
use model::driver_limit::DriverLimits;
use model::fleet::FleetLimits;
use model::id::{CardId, CustomerId, FleetId, OrderId};
use model::ledger::PayWay;
use model::time::Timestamp;
use std::collections::HashSet;

const COLUMNS: &str = "k.id, k.tag, k.status, k.card_group, k.customer_id, k.expires_at_ms, k.sessions_max, \
    c.status, c.frozen_until_ms, c.active_at_source, f.id, f.name, f.stations, f.hours, c.pay_way, \
    COALESCE(f.pays, FALSE), l.id, l.service_off_permille, c.kind, \
    EXISTS (SELECT 1 FROM voucher v WHERE v.customer_id = k.customer_id), \
    own.order_fen, own.day_fen, own.month_fen, own.order_dwh, own.day_dwh, own.month_dwh, \
    every.order_fen, every.day_fen, every.month_fen, every.order_dwh, every.day_dwh, every.month_dwh, \
    own.stations, COALESCE(own.hours, '[]'), every.stations, COALESCE(every.hours, '[]')";
const FROM: &str = "card k LEFT JOIN customer c ON c.id = k.customer_id LEFT JOIN fleet f ON f.id = c.fleet_id \
    LEFT JOIN member_level l ON l.id = c.level_id AND l.service_off_permille > 0 \
    LEFT JOIN fleet_driver_limit own ON own.fleet_id = f.id AND own.customer_id = c.id \
    LEFT JOIN fleet_driver_limit every ON every.fleet_id = f.id AND every.customer_id = 0";

/// A driver's own limits count instead of those of every driver.
fn driver_limits(row: &Row<'_>) -> DbResult<Option<DriverLimits>> {
    let (own, every) = (crate::driver_limits::limits(row, 20)?, crate::driver_limits::limits(row, 26)?);
    Ok([own, every].into_iter().find(|limits| !limits.is_none()))
}

/// Likewise where and when.
fn driver_places(row: &Row<'_>) -> DbResult<Option<Box<FleetLimits>>> {
    let Some(name) = row.text_opt(11)? else { return Ok(None) };
    let (own, every) = (fleets::usable(row, 32)?, fleets::usable(row, 34)?);
    let kept = [own, every].into_iter().find(|(stations, hours)| stations.is_some() || !hours.is_empty());
    Ok(kept.map(|(stations, hours)| Box::new(FleetLimits { name, stations, hours })))
}

fn card(row: &Row<'_>) -> DbResult<Card> {
    Ok(Card {
        id: CardId(row.int(0)?),
        tag: row.text(1)?,
        status: row.word(2, CardStatus::parse)?,
        group: row.text_opt(3)?,
        customer: row.int_opt(4)?.map(CustomerId),
        // A customer of whom nothing is known any more is no reason to refuse their card.
        standing: match row.text_opt(7)? {
            Some(_) => Some(customers::standing(row, [7, 8, 9])?),
            None => None,
        },
        fleet: row.int_opt(10)?.map(FleetId),
        limits: match row.int_opt(10)? {
            Some(_) => fleets::limits(row, 11)?.map(Box::new),
            None => None,
        },
        pay_way: row.word_opt(14, PayWay::parse)?,
        fleet_pays: row.bool(15)?,
        customer_kind: row.word_opt(18, CustomerKind::parse)?,
        has_vouchers: row.bool(19)?,
        driver_limits: driver_limits(row)?,
        driver_places: driver_places(row)?,
        member: row
            .int_opt(16)?
            .zip(row.int_opt(17)?)
            .map(|(level, service_off_permille)| MemberBenefit { level, service_off_permille }),
        expires_at: row.int_opt(5)?.map(Timestamp::from_ms),
        sessions_max: row.int(6)?,
    })
}

/// By the key of its token, `model::card::Token::key`.
pub fn find(conn: &mut Conn, tag: &str) -> DbResult<Option<Card>> {
    conn.find(&format!("SELECT {COLUMNS} FROM {FROM} WHERE k.tag = $1"), &[tag.into()], card)
}

pub fn get(conn: &mut Conn, id: CardId) -> DbResult<Option<Card>> {
    conn.find(&format!("SELECT {COLUMNS} FROM {FROM} WHERE k.id = $1"), &[id.0.into()], card)
}

/// Those of these tags that are there.
pub fn by_tags(conn: &mut Conn, tags: &[String]) -> DbResult<Vec<Card>> {
    let mut found = Vec::new();
    for some in tags.chunks(customers::AT_ONCE) {
        let mut filter = Filter::new();
        let names = filter.bind_all(some.iter().cloned());
        filter.and(&format!("k.tag IN ({names})"));
        let sql = format!("SELECT {COLUMNS} FROM {FROM} {}", filter.sql());
        found.extend(conn.query(&sql, &filter.values, card)?);
    }
    Ok(found)
}

/// Whether one of these charges where a pile cannot ask.
pub fn any_offline(conn: &mut Conn, tags: &[String]) -> DbResult<bool> {
    for some in tags.chunks(customers::AT_ONCE) {
        let mut filter = Filter::new();
        let names = filter.bind_all(some.iter().cloned());
        let sql = format!("SELECT k.id FROM card k WHERE k.offline AND k.tag IN ({names}) LIMIT 1");
        if conn.find(&sql, &filter.values, |row| row.int(0))?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The tags of all cards.
pub fn tags(conn: &mut Conn) -> DbResult<HashSet<String>> {
    Ok(conn.query("SELECT tag FROM card", &[], |row| row.text(0))?.into_iter().collect())
}

/// A card that is being issued.
#[derive(Clone, Debug)]
pub struct NewCard {
    /// The key of its token, `model::card::Token::key`.
    pub tag: String,
    pub status: CardStatus,
    pub group: Option<String>,
    pub expires_at_ms: Option<i64>,
    pub sessions_max: i64,
}

/// Writes a new card.
pub fn insert(tx: &mut Tx<'_>, card: &NewCard, now: Timestamp) -> Result<CardId> {
    let id = tx.next_id(Noun::Card)?;
    tx.execute(
        "INSERT INTO card (id, tag, status, card_group, expires_at_ms, sessions_max, created_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            id.into(),
            (&card.tag).into(),
            card.status.as_str().into(),
            card.group.as_ref().into(),
            card.expires_at_ms.into(),
            card.sessions_max.into(),
            now.as_ms().into(),
        ],
    )?;
    Ok(CardId(id))
}

/// Blocks a card, or lets it charge again.
pub fn status_set(tx: &mut Tx<'_>, id: CardId, status: CardStatus) -> Result<()> {
    tx.execute("UPDATE card SET status = $1 WHERE id = $2", &[status.as_str().into(), id.0.into()])?;
    Ok(())
}

/// Whether it charges where a pile cannot ask.
pub fn offline_set(tx: &mut Tx<'_>, id: CardId, offline: bool) -> Result<()> {
    tx.execute("UPDATE card SET offline = $1 WHERE id = $2", &[offline.into(), id.0.into()])?;
    Ok(())
}

pub fn offline_get(conn: &mut Conn, id: CardId) -> DbResult<bool> {
    let found = conn.find("SELECT offline FROM card WHERE id = $1", &[id.0.into()], |row| row.bool(0))?;
    Ok(found.unwrap_or(false))
}

/// Says whose card it is: nobody's, when it is given back.
pub fn customer_set(tx: &mut Tx<'_>, tag: &str, customer: Option<CustomerId>) -> Result<()> {
    let customer = customer.map(|id| id.0);
    tx.execute("UPDATE card SET customer_id = $1 WHERE tag = $2", &[customer.into(), tag.into()])?;
    Ok(())
}

impl Tx<'_> {
    /// Takes one of the card's places for this order; false when all are taken. The place of
    /// `instead_of`, an order that this transaction ends, counts as free.
    pub fn card_take(&mut self, card: &Card, order: OrderId, instead_of: Option<OrderId>) -> bool {
        let (shard, most) = (self.hot.shard, card.sessions_max);
        let taken = self.hot.shared.take_place(&Place { card: card.id, order, shard, most, instead_of });
        if taken {
            self.job.taken.push((card.id, order));
        }
        taken
    }

    /// Gives the place back, once it is certain that the session has ended.
    pub fn card_free(&mut self, card: CardId, order: OrderId) {
        self.freed.push((card, order));
    }

    /// A card was changed: the next token is judged by what the database says.
    pub fn card_changed(&mut self, tag: &str) {
        self.hot.forget_card(tag);
        self.changes.push(Change::Noun("card"));
    }

    /// What holds for many cards was changed: the next tokens of these are judged by what the database says.
    pub fn cards_changed(&mut self, which: impl Fn(&Card) -> bool) {
        self.hot.forget_cards(which);
        self.changes.push(Change::Noun("card"));
    }
}
