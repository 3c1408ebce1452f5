//! 预约: connectors that are kept for a card.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult, Row, Value};
use crate::filter::{Filter, Page, count};
use crate::order_list::order_no;
use crate::pile_state::masked;
use model::Result;
use model::access::Scope;
use model::id::{CommandId, ConnectorNo, CustomerId, OrderId, PileId};
use model::reservation::ReservationState;
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq)]
pub struct Reservation {
    pub id: i64,
    pub pile: PileId,
    pub connector: ConnectorNo,
    /// `model::card::Token::key` of the card.
    pub tag: String,
    pub group: Option<String>,
    pub customer: Option<CustomerId>,
    pub state: ReservationState,
    pub until: Timestamp,
    pub note: String,
    pub message: Option<String>,
    pub order: Option<OrderId>,
    pub command: Option<CommandId>,
    pub staff: Option<i64>,
    pub created_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

impl Reservation {
    pub fn end(&mut self, state: ReservationState, now: Timestamp) {
        self.state = state;
        self.ended_at = Some(now);
    }
}

const COLUMNS: &str = "id, pile_id, connector_no, tag, card_group, customer_id, state, until_ms, note, message, \
    order_id, command_id, staff_id, created_at_ms, ended_at_ms";

fn reservation(row: &Row<'_>) -> DbResult<Reservation> {
    Ok(Reservation {
        id: row.int(0)?,
        pile: PileId(row.int(1)?),
        connector: ConnectorNo::try_from(row.int(2)?).unwrap_or(0),
        tag: row.text(3)?,
        group: row.text_opt(4)?,
        customer: row.int_opt(5)?.map(CustomerId),
        state: row.word(6, ReservationState::parse)?,
        until: Timestamp::from_ms(row.int(7)?),
        note: row.text(8)?,
        message: row.text_opt(9)?,
        order: row.int_opt(10)?.map(OrderId),
        command: row.int_opt(11)?.map(CommandId),
        staff: row.int_opt(12)?,
        created_at: Timestamp::from_ms(row.int(13)?),
        ended_at: row.int_opt(14)?.map(Timestamp::from_ms),
    })
}

pub fn get(conn: &mut Conn, id: i64) -> DbResult<Option<Reservation>> {
    let sql = format!("SELECT {COLUMNS} FROM reservation WHERE id = $1");
    conn.find(&sql, &[id.into()], reservation)
}

/// Those by which connectors of these piles are kept. `places`: where the ids stand in the statement.
pub(crate) fn open_of(conn: &mut Conn, places: &str, ids: &[Value<'_>]) -> DbResult<Vec<Reservation>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM reservation WHERE state IN ('asked', 'accepted') AND pile_id IN ({places}) ORDER BY id"
    );
    conn.query(&sql, ids, reservation)
}

/// Those whose time is over.
pub fn overdue(conn: &mut Conn, now: Timestamp) -> DbResult<Vec<Reservation>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM reservation WHERE state IN ('asked', 'accepted') AND until_ms <= $1 ORDER BY id LIMIT 500"
    );
    conn.query(&sql, &[now.as_ms().into()], reservation)
}

pub fn save(tx: &mut Tx<'_>, one: &Reservation) -> Result<()> {
    tx.execute(
        &format!(
            "INSERT INTO reservation ({COLUMNS}) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
             ON CONFLICT (id) DO UPDATE SET state = excluded.state, message = excluded.message, \
             order_id = excluded.order_id, command_id = excluded.command_id, ended_at_ms = excluded.ended_at_ms"
        ),
        &[
            one.id.into(),
            one.pile.0.into(),
            i64::from(one.connector).into(),
            one.tag.as_str().into(),
            one.group.as_deref().into(),
            one.customer.map(|id| id.0).into(),
            one.state.as_str().into(),
            one.until.as_ms().into(),
            one.note.as_str().into(),
            one.message.as_deref().into(),
            one.order.map(|id| id.0).into(),
            one.command.map(|id| id.0).into(),
            one.staff.into(),
            one.created_at.as_ms().into(),
            one.ended_at.map(Timestamp::as_ms).into(),
        ],
    )?;
    tx.changed(Change::Noun("reservation"));
    Ok(())
}

/// A card of this customer by which it can be kept.
pub fn card_of(conn: &mut Conn, customer: CustomerId) -> DbResult<Option<String>> {
    let sql = "SELECT tag FROM card WHERE customer_id = $1 AND status = 'accepted' ORDER BY id LIMIT 1";
    conn.find(sql, &[customer.0.into()], |row| row.text(0))
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Reservation)]
pub struct ReservationView {
    pub id: i64,
    pub pile_code: String,
    pub pile_name: String,
    pub station_id: i64,
    pub station_name: String,
    pub connector_no: i64,
    /// The card's last four characters.
    pub tag: String,
    pub customer_name: Option<String>,
    pub state: ReservationState,
    pub until_ms: i64,
    pub note: String,
    /// Why it came to nothing, in the reader's language.
    pub message: Option<String>,
    pub order_id: Option<i64>,
    pub order_no: Option<String>,
    pub staff_name: Option<String>,
    pub created_at_ms: i64,
    pub ended_at_ms: Option<i64>,
}

#[derive(Clone, Debug, Default)]
pub struct ReservationFilter {
    pub id: Option<i64>,
    pub pile_code: Option<String>,
    pub station_name: Option<String>,
    pub tag: Option<String>,
    pub state: Option<ReservationState>,
    /// The id of the last row of the page before.
    pub before: Option<i64>,
    pub limit: i64,
}

/// Newest first.
pub fn reservation_list(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &ReservationFilter,
) -> DbResult<Page<ReservationView>> {
    const FROM: &str = "FROM reservation r JOIN pile p ON p.id = r.pile_id JOIN station s ON s.id = p.station_id \
         LEFT JOIN customer c ON c.id = r.customer_id LEFT JOIN staff f ON f.id = r.staff_id \
         LEFT JOIN orders o ON o.id = r.order_id";
    let mut filter = Filter::new();
    filter.scope("p.operator_id", "p.station_id", scope);
    filter.and_some("r.id = ?", wanted.id);
    filter.and_contains("LOWER(p.code) LIKE ?", wanted.pile_code.as_deref());
    filter.and_contains("LOWER(s.name) LIKE ?", wanted.station_name.as_deref());
    filter.and_contains("LOWER(r.tag) LIKE ?", wanted.tag.as_deref());
    filter.and_some("r.state = ?", wanted.state.map(ReservationState::as_str));
    let total = conn.one(&format!("SELECT COUNT(*) {FROM} {}", filter.sql()), &filter.values, count)?;
    filter.and_some("r.id < ?", wanted.before);
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT r.id, p.code, p.name, s.id, s.name, r.connector_no, r.tag, c.name, r.state, r.until_ms, r.note, \
         r.message, r.order_id, o.created_at_ms, f.name, r.created_at_ms, r.ended_at_ms {FROM} {} \
         ORDER BY r.id DESC LIMIT {limit}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| {
        let order_id = row.int_opt(12)?;
        Ok(ReservationView {
            id: row.int(0)?,
            pile_code: row.text(1)?,
            pile_name: row.text(2)?,
            station_id: row.int(3)?,
            station_name: row.text(4)?,
            connector_no: row.int(5)?,
            tag: masked(&row.text(6)?),
            customer_name: row.text_opt(7)?,
            state: row.word(8, ReservationState::parse)?,
            until_ms: row.int(9)?,
            note: row.text(10)?,
            message: row.text_opt(11)?,
            order_id,
            order_no: order_id.zip(row.int_opt(13)?).map(|(id, at)| order_no(id, at)),
            staff_name: row.text_opt(14)?,
            created_at_ms: row.int(15)?,
            ended_at_ms: row.int_opt(16)?,
        })
    })?;
    Ok(Page::of(rows, wanted.limit, Some(total), |one| one.id.to_string()))
}

/// What keeps a connector, as it is shown beside the connector.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConnectorReservation {
    pub id: i64,
    pub state: ReservationState,
    /// The card's last four characters.
    pub tag: String,
    pub until_ms: i64,
}

/// By the number of the connector.
pub(crate) fn of_connectors(conn: &mut Conn, pile: i64) -> DbResult<Vec<(i64, ConnectorReservation)>> {
    let sql = "SELECT connector_no, id, state, tag, until_ms FROM reservation \
               WHERE state IN ('asked', 'accepted') AND pile_id = $1 ORDER BY id";
    conn.query(sql, &[pile.into()], |row| {
        let one = ConnectorReservation {
            id: row.int(1)?,
            state: row.word(2, ReservationState::parse)?,
            tag: masked(&row.text(3)?),
            until_ms: row.int(4)?,
        };
        Ok((row.int(0)?, one))
    })
}
