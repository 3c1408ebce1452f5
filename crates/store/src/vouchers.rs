//! 用户券: what was given to whom, and what became of it.

use crate::Tx;
use crate::contents::{cities_read, stations_read};
use crate::coupons::Coupon;
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::ids::Noun;
use model::Result;
use model::access::Scope;
use model::coupon::{CouponKind, CouponPayer, CouponWorth, VoucherState};
use model::customer::{CustomerKind, CustomerMark, phone_masked};
use model::id::{CouponId, CustomerId, OperatorId, OrderId, StationId, VoucherId};
use model::money::Fen;
use model::offer::{Bearing, Offered};
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// To whom a coupon is given.
#[derive(Clone, Debug, PartialEq)]
pub enum Recipients {
    One(CustomerId),
    All,
    Kind(CustomerKind),
    Fleet(i64),
    /// 客户分群, as the last night has found it.
    Segment(CustomerMark),
}

/// Those who can have another one: in the giver's sight, allowed to charge, and below the limit. Whoever
/// this giving out has reached already is none of them.
fn candidates(scope: &Scope, to: &Recipients, coupon: &Coupon, request_id: &str, now: Timestamp) -> Filter {
    let mut filter = Filter::new();
    match to {
        Recipients::One(customer) => filter.and_value("c.id = ?", customer.0),
        Recipients::All => {}
        Recipients::Kind(kind) => filter.and_value("c.kind = ?", kind.as_str()),
        Recipients::Fleet(fleet) => filter.and_value("c.fleet_id = ?", *fleet),
        Recipients::Segment(mark) => filter.and_value(
            "EXISTS (SELECT 1 FROM customer_tag g WHERE g.customer_id = c.id AND g.by_rule AND g.tag = ?)",
            mark.as_str(),
        ),
    }
    filter
        .and_value("(c.status = 'active' OR (c.status = 'frozen' AND c.frozen_until_ms <= ?))", now.as_ms());
    filter.and("c.active_at_source");
    let mut visits = Filter::new();
    visits.scope("x.operator_id", "x.station_id", scope);
    filter.and_within("EXISTS (SELECT 1 FROM customer_station x WHERE x.customer_id = c.id AND ?)", &visits);
    let (own, most) = (filter.bind(coupon.id.0), filter.bind(coupon.per_person));
    filter.and(&format!(
        "(SELECT COUNT(*) FROM voucher v WHERE v.customer_id = c.id AND v.coupon_id = {own} \
         AND v.state <> 'cancelled') < {most}"
    ));
    let request = filter.bind(request_id.to_owned());
    filter.and(&format!(
        "NOT EXISTS (SELECT 1 FROM voucher v WHERE v.customer_id = c.id AND v.coupon_id = {own} \
         AND v.request_id = {request})"
    ));
    filter
}

/// How many of them there are, counted up to `most`.
pub fn candidate_count(
    conn: &mut Conn,
    scope: &Scope,
    to: &Recipients,
    coupon: &Coupon,
    request_id: &str,
    most: i64,
    now: Timestamp,
) -> DbResult<i64> {
    let mut filter = candidates(scope, to, coupon, request_id, now);
    let limit = filter.bind(most);
    let sql = format!("SELECT COUNT(*) FROM (SELECT c.id FROM customer c {} LIMIT {limit}) s", filter.sql());
    conn.one(&sql, &filter.values, count)
}

/// The next of them behind this id.
#[expect(clippy::too_many_arguments, reason = "who, to whom, of what, and which part of them")]
pub fn candidate_ids(
    conn: &mut Conn,
    scope: &Scope,
    to: &Recipients,
    coupon: &Coupon,
    request_id: &str,
    after: i64,
    most: i64,
    now: Timestamp,
) -> DbResult<Vec<i64>> {
    let mut filter = candidates(scope, to, coupon, request_id, now);
    filter.and_value("c.id > ?", after);
    let limit = filter.bind(most);
    let sql = format!("SELECT c.id FROM customer c {} ORDER BY c.id LIMIT {limit}", filter.sql());
    conn.query(&sql, &filter.values, |row| row.int(0))
}

/// How many a giving out has given.
pub fn given_by(conn: &mut Conn, coupon: CouponId, request_id: &str) -> DbResult<i64> {
    let sql = "SELECT COUNT(*) FROM voucher WHERE coupon_id = $1 AND request_id = $2";
    conn.one(sql, &[coupon.0.into(), request_id.into()], count)
}

/// One that is given now.
pub struct NewVoucher<'a> {
    pub customer: i64,
    pub request_id: &'a str,
    pub reason: &'a str,
    pub staff_name: &'a str,
}

pub fn insert(tx: &mut Tx<'_>, coupon: &Coupon, new: &NewVoucher<'_>, now: Timestamp) -> Result<VoucherId> {
    let id = tx.next_id(Noun::Voucher)?;
    let (from, until) = coupon.validity.of_given(now);
    tx.execute(
        "INSERT INTO voucher (id, coupon_id, operator_id, customer_id, request_id, reason, state, valid_from_ms, \
         valid_until_ms, staff_name, given_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &[
            id.into(),
            coupon.id.0.into(),
            coupon.operator.map(|operator| operator.0).into(),
            new.customer.into(),
            new.request_id.into(),
            new.reason.into(),
            VoucherState::Unused.as_str().into(),
            from.as_ms().into(),
            until.as_ms().into(),
            new.staff_name.into(),
            now.as_ms().into(),
        ],
    )?;
    Ok(VoucherId(id))
}

/// What decides whether one can be taken back: its coupon, its state, and since when it is over.
pub fn find(
    conn: &mut Conn,
    scope: &Scope,
    id: VoucherId,
) -> DbResult<Option<(CouponId, VoucherState, Timestamp)>> {
    let mut filter = Filter::new();
    filter.and_value("v.id = ?", id.0);
    filter.scope_operator("v.operator_id", scope);
    let sql = format!("SELECT v.coupon_id, v.state, v.valid_until_ms FROM voucher v {}", filter.sql());
    conn.find(&sql, &filter.values, |row| {
        let state = row.word(1, VoucherState::parse)?;
        Ok((CouponId(row.int(0)?), state, Timestamp::from_ms(row.int(2)?)))
    })
}

/// Takes back unused ones: this one, or all of a coupon; how many that were.
pub fn cancel(
    tx: &mut Tx<'_>,
    coupon: CouponId,
    one: Option<VoucherId>,
    reason: &str,
    now: Timestamp,
) -> Result<i64> {
    let mut filter = Filter::new();
    let (at, why) = (filter.bind(now.as_ms()), filter.bind(reason.to_owned()));
    filter.and_value("coupon_id = ?", coupon.0);
    filter.and("state = 'unused'");
    filter.and_value("valid_until_ms > ?", now.as_ms());
    filter.and_some("id = ?", one.map(|one| one.0));
    let sql = format!(
        "UPDATE voucher SET state = 'cancelled', ended_at_ms = {at}, end_reason = {why} {}",
        filter.sql()
    );
    let many = i64::try_from(tx.execute(&sql, &filter.values)?).unwrap_or(0);
    crate::coupons::given_add(tx, coupon, -many)?;
    Ok(many)
}

/// Of whom, where and when a coupon is wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub customer: CustomerId,
    pub operator: OperatorId,
    pub station: StationId,
    pub city: String,
    pub at: Timestamp,
    pub order: OrderId,
}

/// Those that could be used; not what was chosen for another order.
pub fn usable(conn: &mut Conn, wanted: &Wanted) -> DbResult<Vec<Offered>> {
    let found = conn.query(
        "SELECT v.id, v.coupon_id, q.name, q.kind, q.off_fen, q.percent_off, q.cap_fen, q.threshold_fen, q.payer, \
         q.platform_permille, q.combines, v.valid_until_ms, v.order_id, q.cities, q.stations FROM voucher v \
         JOIN coupon q ON q.id = v.coupon_id WHERE v.customer_id = $1 AND v.state = 'unused' \
         AND v.valid_from_ms <= $2 AND v.valid_until_ms > $3 AND (v.order_id IS NULL OR v.order_id = $4) \
         AND (q.operator_id IS NULL OR q.operator_id = $5) ORDER BY v.id LIMIT 200",
        &[
            wanted.customer.0.into(),
            wanted.at.as_ms().into(),
            wanted.at.as_ms().into(),
            wanted.order.0.into(),
            wanted.operator.0.into(),
        ],
        |row| Ok((offered(row)?, cities_read(&row.text(13)?), stations_read(&row.text(14)?))),
    )?;
    let here = |cities: &[String], stations: &[StationId]| {
        (cities.is_empty() || cities.contains(&wanted.city))
            && (stations.is_empty() || stations.contains(&wanted.station))
    };
    let usable = found.into_iter().filter(|(_, cities, stations)| here(cities, stations));
    Ok(usable.map(|(one, ..)| one).collect())
}

fn offered(row: &Row<'_>) -> DbResult<Offered> {
    let bearer = row.word(8, CouponPayer::parse)?.bearer();
    Ok(Offered {
        voucher: row.int(0)?,
        coupon: row.int(1)?,
        name: row.text(2)?,
        worth: CouponWorth {
            kind: row.word(3, CouponKind::parse)?,
            off: row.int_opt(4)?.map(Fen),
            percent_off: row.int_opt(5)?,
            cap: row.int_opt(6)?.map(Fen),
            threshold: Fen(row.int(7)?),
        },
        bearing: Bearing { bearer, platform_permille: row.int(9)? },
        combines: row.bool(10)?,
        until: Timestamp::from_ms(row.int(11)?),
        chosen: row.int_opt(12)?.is_some(),
    })
}

/// Uses one up for an order; whether it was still there.
pub fn use_up(tx: &mut Tx<'_>, voucher: i64, order: OrderId, now: Timestamp) -> Result<bool> {
    let sql = "UPDATE voucher SET state = 'used', order_id = $1, ended_at_ms = $2 WHERE id = $3 AND state = 'unused' \
               AND (order_id IS NULL OR order_id = $4)";
    Ok(tx.execute(sql, &[order.0.into(), now.as_ms().into(), voucher.into(), order.0.into()])? > 0)
}

/// What an order has used up is good again, where its coupon says so; whether there was such a one.
pub fn give_back(tx: &mut Tx<'_>, order: OrderId) -> Result<bool> {
    let sql = "UPDATE voucher SET state = 'unused', order_id = NULL, ended_at_ms = NULL WHERE order_id = $1 \
               AND state = 'used' AND coupon_id IN (SELECT id FROM coupon WHERE returns)";
    Ok(tx.execute(sql, &[order.0.into()])? > 0)
}

/// The customer wants this one to be used for an order, or none in particular any more; whether it can be.
pub fn choose(tx: &mut Tx<'_>, voucher: Option<i64>, wanted: &Wanted) -> Result<bool> {
    let free = "UPDATE voucher SET order_id = NULL WHERE order_id = $1 AND state = 'unused'";
    tx.execute(free, &[wanted.order.0.into()])?;
    let Some(voucher) = voucher else { return Ok(true) };
    let usable = tx.read(|conn| usable(conn, wanted))?;
    if !usable.iter().any(|one| one.voucher == voucher) {
        return Ok(false);
    }
    let sql = "UPDATE voucher SET order_id = $1 WHERE id = $2 AND state = 'unused' AND order_id IS NULL";
    Ok(tx.execute(sql, &[wanted.order.0.into(), voucher.into()])? > 0)
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Voucher)]
pub struct VoucherView {
    pub id: i64,
    pub coupon_id: i64,
    pub coupon_name: String,
    pub coupon_kind: CouponKind,
    pub customer_id: i64,
    pub customer_name: String,
    /// Masked.
    pub phone: Option<String>,
    pub state: VoucherState,
    pub valid_from_ms: i64,
    /// Exclusive.
    pub valid_until_ms: i64,
    pub order_id: Option<i64>,
    pub reason: String,
    pub staff_name: String,
    pub given_at_ms: i64,
    pub ended_at_ms: Option<i64>,
    pub end_reason: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct VoucherFilter {
    pub coupon_id: Option<i64>,
    pub coupon_name: Option<String>,
    pub customer_id: Option<i64>,
    pub customer_name: Option<String>,
    /// Any digits of it.
    pub phone: Option<String>,
    pub state: Option<VoucherState>,
    pub from_ms: Option<i64>,
    /// Exclusive.
    pub to_ms: Option<i64>,
    /// The id of the last row of the page before.
    pub before: Option<i64>,
    pub limit: i64,
}

fn view(row: &Row<'_>, now: Timestamp) -> DbResult<VoucherView> {
    let (kept, until) = (row.word(7, VoucherState::parse)?, row.int(9)?);
    let over = kept == VoucherState::Unused && until <= now.as_ms();
    Ok(VoucherView {
        id: row.int(0)?,
        coupon_id: row.int(1)?,
        coupon_name: row.text(2)?,
        coupon_kind: row.word(3, CouponKind::parse)?,
        customer_id: row.int(4)?,
        customer_name: row.text(5)?,
        phone: row.text_opt(6)?.as_deref().map(phone_masked),
        state: if over { VoucherState::Expired } else { kept },
        valid_from_ms: row.int(8)?,
        valid_until_ms: until,
        order_id: row.int_opt(10)?,
        reason: row.text(11)?,
        staff_name: row.text(12)?,
        given_at_ms: row.int(13)?,
        ended_at_ms: row.int_opt(14)?,
        end_reason: row.text_opt(15)?,
    })
}

/// Newest first. Staff of an operator see those of its own coupons.
pub fn voucher_list(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &VoucherFilter,
    now: Timestamp,
) -> DbResult<Page<VoucherView>> {
    let mut filter = Filter::new();
    filter.scope_operator("v.operator_id", scope);
    filter.and_some("v.coupon_id = ?", wanted.coupon_id);
    filter.and_some("v.customer_id = ?", wanted.customer_id);
    filter.and_contains("LOWER(q.name) LIKE ?", wanted.coupon_name.as_deref());
    filter.and_contains("LOWER(c.name) LIKE ?", wanted.customer_name.as_deref());
    filter.and_contains("c.phone LIKE ?", wanted.phone.as_deref());
    filter.and_some("v.given_at_ms >= ?", wanted.from_ms);
    filter.and_some("v.given_at_ms < ?", wanted.to_ms);
    match wanted.state {
        None => {}
        Some(VoucherState::Expired) => {
            filter.and("v.state = 'unused'");
            filter.and_value("v.valid_until_ms <= ?", now.as_ms());
        }
        Some(VoucherState::Unused) => {
            filter.and("v.state = 'unused'");
            filter.and_value("v.valid_until_ms > ?", now.as_ms());
        }
        Some(state) => filter.and_value("v.state = ?", state.as_str()),
    }
    let from = "FROM voucher v JOIN coupon q ON q.id = v.coupon_id JOIN customer c ON c.id = v.customer_id";
    let total = conn.one(&format!("SELECT COUNT(*) {from} {}", filter.sql()), &filter.values, count)?;
    filter.and_some("v.id < ?", wanted.before);
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT v.id, v.coupon_id, q.name, q.kind, v.customer_id, c.name, c.phone, v.state, v.valid_from_ms, \
         v.valid_until_ms, v.order_id, v.reason, v.staff_name, v.given_at_ms, v.ended_at_ms, v.end_reason \
         {from} {} ORDER BY v.id DESC LIMIT {limit}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| view(row, now))?;
    Ok(Page::of(rows, wanted.limit, Some(total), |one| one.id.to_string()))
}
