//! 用户 as staff see them: personal data is masked here, so that no page can show it by accident.

use crate::car_list::{self, CarView};
use crate::customer_filter::{CustomerFilter, Reach};
use crate::customer_marks::marks;
use crate::customers::{standing, tags};
use crate::db::{Conn, DbResult, Row};
use crate::filter::{COUNT_MAX, Filter, count};
use model::access::{Area, Scope};
use model::card::CardStatus;
use model::customer::{CustomerKind, CustomerMark, CustomerSource, CustomerStatus, phone_masked};
use model::id::CustomerId;
use model::time::Timestamp;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Customer)]
pub struct CustomerView {
    pub id: i64,
    pub name: String,
    /// 138****1234
    pub phone: Option<String>,
    /// Somebody else has the same number.
    pub phone_shared: bool,
    pub source: CustomerSource,
    pub kind: CustomerKind,
    pub fleet_id: Option<i64>,
    pub fleet_name: Option<String>,
    pub status: CustomerStatus,
    pub status_reason: Option<String>,
    /// A freeze ends by itself then; null: when somebody ends it.
    pub frozen_until_ms: Option<i64>,
    pub tags: Vec<String>,
    /// What the nightly job says.
    pub marks: Vec<CustomerMark>,
    /// 会员等级
    pub level_id: Option<i64>,
    pub level_name: Option<String>,
    pub card_count: i64,
    pub car_count: i64,
    /// Completed orders at the stations that the reader may see.
    pub order_count: i64,
    pub energy_dwh: i64,
    pub total_fen: i64,
    pub last_charged_ms: Option<i64>,
    pub created_at_ms: i64,
    pub synced_at_ms: Option<i64>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CustomerDetail {
    #[serde(flatten)]
    pub customer: CustomerView,
    /// How the source names the person.
    pub external_id: Option<String>,
    pub note: String,
    pub version: i64,
    /// The customer does not want to be told where and when to charge.
    pub advice_off: bool,
    /// Name, phone and kind are looked after by the source, and cannot be changed here.
    pub read_only: bool,
    pub cards: Vec<CustomerCard>,
    pub cars: Vec<CarView>,
    /// Others with the same phone number.
    pub same_phone: Vec<SamePhone>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CustomerCard {
    pub id: i64,
    pub tag: String,
    pub status: CardStatus,
    pub group: Option<String>,
    pub expires_at_ms: Option<i64>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SamePhone {
    pub id: i64,
    pub name: String,
    pub source: CustomerSource,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CustomerList {
    pub items: Vec<CustomerView>,
    pub next_cursor: Option<String>,
    /// Null where more are selected than are counted.
    pub total: Option<i64>,
    /// Sums over everybody whom the filters select; null where the total is.
    pub totals: Option<CustomerTotals>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct CustomerTotals {
    pub order_count: i64,
    pub energy_dwh: i64,
    pub total_fen: i64,
}

const COLUMNS: &str = "c.id, c.name, c.phone, c.source, c.kind, c.fleet_id, f.name, c.status, c.frozen_until_ms, \
    c.active_at_source, c.status_reason, c.tags, c.created_at_ms, c.synced_at_ms, \
    (SELECT COUNT(*) FROM card k WHERE k.customer_id = c.id), \
    (SELECT COUNT(*) FROM car a WHERE a.customer_id = c.id), c.external_id, c.note, c.version, c.marks, \
    c.level_id, (SELECT l.name FROM member_level l WHERE l.id = c.level_id), c.advice_off";

/// A row with the whole phone number beside it.
fn view(row: &Row<'_>, now: Timestamp) -> DbResult<(CustomerView, Option<String>)> {
    let phone = row.text_opt(2)?;
    let view = CustomerView {
        id: row.int(0)?,
        name: row.text(1)?,
        phone: phone.as_deref().map(phone_masked),
        phone_shared: false,
        source: row.word(3, CustomerSource::parse)?,
        kind: row.word(4, CustomerKind::parse)?,
        fleet_id: row.int_opt(5)?,
        fleet_name: row.text_opt(6)?,
        status: standing(row, [7, 8, 9])?.status(now),
        frozen_until_ms: row.int_opt(8)?,
        status_reason: row.text_opt(10)?,
        tags: tags(&row.text(11)?),
        marks: marks(&row.text(19)?),
        level_id: row.int_opt(20)?,
        level_name: row.text_opt(21)?,
        created_at_ms: row.int(12)?,
        synced_at_ms: row.int_opt(13)?,
        card_count: row.int(14)?,
        car_count: row.int(15)?,
        order_count: 0,
        energy_dwh: 0,
        total_fen: 0,
        last_charged_ms: None,
    };
    Ok((view, phone))
}

/// Newest first.
pub fn customer_list(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &CustomerFilter,
    now: Timestamp,
) -> DbResult<CustomerList> {
    let reach = Reach::find(conn, wanted)?;
    let mut filter = wanted.conditions(scope, now, &reach);
    let (total, totals) = if reach.is_wide() { (None, None) } else { totals(conn, scope, &filter)? };
    let plus = if reach.is_narrow() { "+" } else { "" };
    if let Some([created, id]) = wanted.after {
        let (created, id) = (filter.bind(created), filter.bind(id));
        filter.and(&format!(
            "{plus}c.created_at_ms <= {created} AND (c.created_at_ms < {created} OR c.id < {id})"
        ));
    }
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT {COLUMNS} FROM customer c LEFT JOIN fleet f ON f.id = c.fleet_id {} \
         ORDER BY {plus}c.created_at_ms DESC, {plus}c.id DESC LIMIT {limit}",
        filter.sql()
    );
    let mut rows = conn.query(&sql, &filter.values, |row| view(row, now))?;
    fill(conn, scope, &mut rows)?;
    let key = |(row, _): &(CustomerView, Option<String>)| format!("{}.{}", row.created_at_ms, row.id);
    let page = crate::filter::Page::of(rows, wanted.limit, total, key);
    let items = page.items.into_iter().map(|(row, _)| row).collect();
    Ok(CustomerList { items, next_cursor: page.next_cursor, total, totals })
}

/// How many there are, and what they have charged; nothing where that would be dear.
fn totals(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
) -> DbResult<(Option<i64>, Option<CustomerTotals>)> {
    let most = COUNT_MAX + 1;
    let sql =
        format!("SELECT COUNT(*) FROM (SELECT 1 FROM customer c {} LIMIT {most}) AS counted", filter.sql());
    let total = conn.one(&sql, &filter.values, count)?;
    if total > COUNT_MAX {
        return Ok((None, None));
    }
    let mut chosen = Filter::new();
    chosen.and_within("v.customer_id IN (SELECT c.id FROM customer c WHERE ?)", filter);
    chosen.scope("v.operator_id", "v.station_id", scope);
    let sql = format!("SELECT {} FROM customer_station v {}", sums(), chosen.sql());
    let totals = conn.one(&sql, &chosen.values, |row| {
        Ok(CustomerTotals { order_count: row.int(0)?, energy_dwh: row.int(1)?, total_fen: row.int(2)? })
    })?;
    Ok((Some(total), Some(totals)))
}

fn sums() -> String {
    ["order_count", "energy_dwh", "total_fen"]
        .map(|column| format!("CAST(COALESCE(SUM(v.{column}), 0) AS BIGINT)"))
        .join(", ")
}

/// What stands in other tables, for the rows of one page.
fn fill(conn: &mut Conn, scope: &Scope, rows: &mut [(CustomerView, Option<String>)]) -> DbResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut filter = Filter::new();
    let ids = filter.bind_all(rows.iter().map(|(row, _)| row.id));
    filter.and(&format!("v.customer_id IN ({ids})"));
    filter.scope("v.operator_id", "v.station_id", scope);
    let sql = format!(
        "SELECT v.customer_id, {}, MAX(v.last_ended_ms) FROM customer_station v {} GROUP BY v.customer_id",
        sums(),
        filter.sql()
    );
    let visits = conn.query(&sql, &filter.values, |row| {
        Ok((row.int(0)?, [row.int(1)?, row.int(2)?, row.int(3)?, row.int(4)?]))
    })?;
    let visits: HashMap<i64, [i64; 4]> = visits.into_iter().collect();
    let mut filter = Filter::new();
    let phones = filter.bind_all(rows.iter().filter_map(|(_, phone)| phone.clone()));
    let sql = format!(
        "SELECT phone FROM customer WHERE phone IN ({phones}) AND status <> 'cancelled' \
         GROUP BY phone HAVING COUNT(*) > 1"
    );
    let shared = conn.query(&sql, &filter.values, |row| row.text(0))?;
    for (row, phone) in rows {
        if let Some([orders, energy, total, last]) = visits.get(&row.id) {
            (row.order_count, row.energy_dwh, row.total_fen) = (*orders, *energy, *total);
            row.last_charged_ms = Some(*last);
        }
        row.phone_shared =
            row.status != CustomerStatus::Cancelled && phone.as_ref().is_some_and(|p| shared.contains(p));
    }
    Ok(())
}

/// One customer, if this person may see them.
pub fn customer_get(
    conn: &mut Conn,
    scope: &Scope,
    id: CustomerId,
    now: Timestamp,
) -> DbResult<Option<CustomerDetail>> {
    let mut filter = Filter::new();
    filter.and_value("c.id = ?", id.0);
    visible(&mut filter, scope);
    let sql =
        format!("SELECT {COLUMNS} FROM customer c LEFT JOIN fleet f ON f.id = c.fleet_id {}", filter.sql());
    let found = conn.find(&sql, &filter.values, |row| {
        Ok((view(row, now)?, (row.text_opt(16)?, row.text(17)?, row.int(18)?, row.bool(22)?)))
    })?;
    let Some((row, (external_id, note, version, advice_off))) = found else { return Ok(None) };
    let mut rows = [row];
    fill(conn, scope, &mut rows)?;
    let [(customer, phone)] = rows;
    let same_phone = match phone.filter(|_| customer.phone_shared) {
        Some(phone) => same_phone(conn, id, &phone)?,
        None => Vec::new(),
    };
    Ok(Some(CustomerDetail {
        read_only: customer.source != CustomerSource::Own,
        external_id,
        note,
        version,
        advice_off,
        cards: cards(conn, id)?,
        cars: car_list::of_customer(conn, id)?,
        same_phone,
        customer,
    }))
}

/// Staff of a part of the platform see those who have charged there.
pub(crate) fn visible(filter: &mut Filter, scope: &Scope) {
    if scope.operator.is_none() && scope.area == Area::Everywhere {
        return;
    }
    let mut visits = Filter::new();
    visits.scope("v.operator_id", "v.station_id", scope);
    let frame = "EXISTS (SELECT 1 FROM customer_station v WHERE v.customer_id = c.id AND ?)";
    filter.and_within(frame, &visits);
}

/// Whether this person may see the customer at all.
pub fn customer_visible(conn: &mut Conn, scope: &Scope, id: CustomerId) -> DbResult<bool> {
    let mut filter = Filter::new();
    filter.and_value("c.id = ?", id.0);
    visible(&mut filter, scope);
    let sql = format!("SELECT COUNT(*) FROM customer c {}", filter.sql());
    Ok(conn.one(&sql, &filter.values, count)? > 0)
}

fn same_phone(conn: &mut Conn, id: CustomerId, phone: &str) -> DbResult<Vec<SamePhone>> {
    let others = crate::customers::by_phone(conn, phone)?.into_iter().filter(|other| other.id != id);
    Ok(others.map(|c| SamePhone { id: c.id.0, name: c.name, source: c.source }).collect())
}

fn cards(conn: &mut Conn, id: CustomerId) -> DbResult<Vec<CustomerCard>> {
    let sql =
        "SELECT id, tag, status, card_group, expires_at_ms FROM card WHERE customer_id = $1 ORDER BY id";
    conn.query(sql, &[id.0.into()], |row| {
        Ok(CustomerCard {
            id: row.int(0)?,
            tag: row.text(1)?,
            status: row.word(2, CardStatus::parse)?,
            group: row.text_opt(3)?,
            expires_at_ms: row.int_opt(4)?,
        })
    })
}
