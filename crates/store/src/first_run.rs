//! 首次使用引导: how far a new installation has come, read from what exists. Nothing is ticked: a step is
//! done when the thing is there.

use crate::Tx;
use crate::db::{Conn, DbResult, Row};
use model::Result;
use model::id::OrderId;
use model::order::Order;
use model::time::{Timestamp, Zone};
use serde::Serialize;
use utoipa::ToSchema;

/// Under this name the table of settings remembers who wanted to see the guide no more.
const DISMISSED: &str = "first_run_dismissed";
/// The place of stations of which none is told: nobody has chosen a city by it.
const NO_CITY: &str = "000000";

/// Something that there is, and what it is called.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FirstRunThing {
    pub id: i64,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FirstRunCity {
    pub code: String,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FirstRunStation {
    pub id: i64,
    pub name: String,
    /// To be given back with a change.
    pub version: i64,
    /// With what its orders are billed; without one nothing can charge.
    pub tariff: Option<FirstRunThing>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FirstRunPile {
    pub code: String,
    pub name: String,
    pub protocol: String,
    pub station_name: String,
    pub has_password: bool,
    pub online: bool,
    /// When it was last heard of; null: it has never been here.
    pub last_seen_ms: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FirstRunOrder {
    pub id: i64,
    pub order_no: String,
    pub state: String,
    pub pile_code: String,
    pub energy_dwh: i64,
    pub total_fen: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FirstRun {
    /// Somebody has said that the guide shall not be shown again.
    pub dismissed: bool,
    /// There is nothing yet: neither operators nor stations, piles or orders.
    pub empty: bool,
    pub operator: Option<FirstRunThing>,
    pub city: Option<FirstRunCity>,
    pub station: Option<FirstRunStation>,
    /// The one that was published last, whether a station has it or not.
    pub tariff: Option<FirstRunThing>,
    /// One that is on line, else the newest.
    pub pile: Option<FirstRunPile>,
    /// The first session that really charged and was billed: with it the guide is at its end.
    pub charged: Option<FirstRunOrder>,
    /// The last session, however it stands.
    pub newest: Option<FirstRunOrder>,
}

fn thing(row: &Row<'_>) -> DbResult<FirstRunThing> {
    Ok(FirstRunThing { id: row.int(0)?, name: row.text(1)? })
}

fn station(row: &Row<'_>) -> DbResult<FirstRunStation> {
    let tariff = match (row.int_opt(3)?, row.text_opt(4)?) {
        (Some(id), Some(name)) => Some(FirstRunThing { id, name }),
        _ => None,
    };
    Ok(FirstRunStation { id: row.int(0)?, name: row.text(1)?, version: row.int(2)?, tariff })
}

fn pile(row: &Row<'_>) -> DbResult<FirstRunPile> {
    Ok(FirstRunPile {
        code: row.text(0)?,
        name: row.text(1)?,
        protocol: row.text(2)?,
        station_name: row.text(3)?,
        has_password: row.text_opt(4)?.is_some(),
        online: row.bool(5)?,
        last_seen_ms: row.int_opt(6)?,
    })
}

/// `rest`: which one.
fn order(conn: &mut Conn, rest: &str) -> DbResult<Option<FirstRunOrder>> {
    let sql = format!(
        "SELECT o.id, o.created_at_ms, o.state, o.energy_dwh, o.total_fen, p.code FROM orders o \
         JOIN pile p ON p.id = o.pile_id {rest} LIMIT 1"
    );
    conn.find(&sql, &[], |row| {
        let (id, day) = (row.int(0)?, Zone::shanghai().local(Timestamp::from_ms(row.int(1)?)).day);
        Ok(FirstRunOrder {
            id,
            order_no: Order::number(OrderId(id), day),
            state: row.text(2)?,
            energy_dwh: row.int(3)?,
            total_fen: row.int(4)?,
            pile_code: row.text(5)?,
        })
    })
}

/// How far the installation has come.
pub fn first_run_get(conn: &mut Conn) -> DbResult<FirstRun> {
    let operator = conn.find("SELECT id, name FROM operator ORDER BY id LIMIT 1", &[], thing)?;
    let sql = "SELECT code, name FROM city WHERE code <> $1 ORDER BY code LIMIT 1";
    let city =
        conn.find(sql, &[NO_CITY.into()], |row| Ok(FirstRunCity { code: row.text(0)?, name: row.text(1)? }))?;
    let sql = "SELECT s.id, s.name, s.version, t.id, t.name FROM station s LEFT JOIN tariff t ON t.id = s.tariff_id \
               ORDER BY CASE WHEN t.id IS NULL THEN 1 ELSE 0 END, s.id LIMIT 1";
    let station = conn.find(sql, &[], station)?;
    let tariff = conn.find("SELECT id, name FROM tariff ORDER BY id DESC LIMIT 1", &[], thing)?;
    let sql = "SELECT p.code, p.name, p.protocol, s.name, p.secret, p.online, p.last_seen_ms FROM pile p \
               JOIN station s ON s.id = p.station_id WHERE p.lifecycle <> 'retired' \
               ORDER BY CASE WHEN p.online THEN 0 ELSE 1 END, p.id DESC LIMIT 1";
    let pile = conn.find(sql, &[], pile)?;
    let charged = order(conn, "WHERE o.state = 'completed' AND o.energy_dwh > 0 ORDER BY o.id")?;
    let newest = order(conn, "ORDER BY o.id DESC")?;
    let dismissed = dismissed(conn)?;
    let empty = operator.is_none() && station.is_none() && pile.is_none() && newest.is_none();
    Ok(FirstRun { dismissed, empty, operator, city, station, tariff, pile, charged, newest })
}

fn dismissed(conn: &mut Conn) -> DbResult<bool> {
    let sql = "SELECT value FROM setting WHERE name = $1";
    Ok(conn.find(sql, &[DISMISSED.into()], |row| row.text(0))?.is_some())
}

/// For good; whether it was not so before.
pub fn first_run_dismiss(tx: &mut Tx<'_>, now: Timestamp) -> Result<bool> {
    if tx.read(dismissed)? {
        return Ok(false);
    }
    let sql = "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    tx.execute(sql, &[DISMISSED.into(), now.as_ms().to_string().into()])?;
    Ok(true)
}
