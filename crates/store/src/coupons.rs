//! 优惠券: what can be given.

use crate::Tx;
use crate::contents::{cities_read, cities_text, reach, stations_read, stations_text};
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::ids::Noun;
use model::Result;
use model::access::{Area, Scope};
use model::coupon::{CouponKind, CouponPayer, CouponState, CouponValidity, CouponWorth};
use model::id::{CouponId, OperatorId, StationId};
use model::money::Fen;
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq)]
pub struct Coupon {
    pub id: CouponId,
    /// `None`: the whole platform's.
    pub operator: Option<OperatorId>,
    pub name: String,
    pub worth: CouponWorth,
    /// `None`: as many as are given.
    pub total: Option<i64>,
    pub per_person: i64,
    pub validity: CouponValidity,
    pub payer: CouponPayer,
    /// The platform's part in thousandths, where it is shared.
    pub platform_permille: i64,
    /// Beside the share of a member level and an activity.
    pub combines: bool,
    /// Good again when all that was paid for its order is given back.
    pub returns: bool,
    /// Where it may be used; none: all.
    pub cities: Vec<String>,
    /// And at which stations, in order; none: all.
    pub stations: Vec<StationId>,
    pub note: String,
    pub stopped: bool,
    /// Given, and not taken back.
    pub given: i64,
    pub version: i64,
}

impl Coupon {
    pub fn state(&self, now: Timestamp) -> CouponState {
        if self.validity.is_over(now) {
            CouponState::Ended
        } else if self.stopped {
            CouponState::Stopped
        } else if self.total.is_some_and(|total| self.given >= total) {
            CouponState::Exhausted
        } else {
            CouponState::Active
        }
    }
}

const COLUMNS: &str = "q.id, q.operator_id, q.name, q.kind, q.off_fen, q.percent_off, q.cap_fen, q.threshold_fen, q.total, \
    q.per_person, q.valid_from_ms, q.valid_until_ms, q.valid_days, q.payer, q.cities, q.note, q.stopped, \
    q.given_count, q.version, q.platform_permille, q.combines, q.returns, q.stations";
const WIDTH: usize = 23;

fn coupon(row: &Row<'_>) -> DbResult<Coupon> {
    let moment =
        |column| -> DbResult<Timestamp> { Ok(Timestamp::from_ms(row.int_opt(column)?.unwrap_or(0))) };
    let validity = match row.int_opt(12)? {
        Some(days) => CouponValidity::Days(days),
        None => CouponValidity::Fixed { from: moment(10)?, until: moment(11)? },
    };
    Ok(Coupon {
        id: CouponId(row.int(0)?),
        operator: row.int_opt(1)?.map(OperatorId),
        name: row.text(2)?,
        worth: CouponWorth {
            kind: row.word(3, CouponKind::parse)?,
            off: row.int_opt(4)?.map(Fen),
            percent_off: row.int_opt(5)?,
            cap: row.int_opt(6)?.map(Fen),
            threshold: Fen(row.int(7)?),
        },
        total: row.int_opt(8)?,
        per_person: row.int(9)?,
        validity,
        payer: row.word(13, CouponPayer::parse)?,
        cities: cities_read(&row.text(14)?),
        note: row.text(15)?,
        stopped: row.bool(16)?,
        given: row.int(17)?,
        version: row.int(18)?,
        platform_permille: row.int(19)?,
        combines: row.bool(20)?,
        returns: row.bool(21)?,
        stations: stations_read(&row.text(22)?),
    })
}

pub fn find(conn: &mut Conn, scope: &Scope, id: CouponId) -> DbResult<Option<Coupon>> {
    let mut filter = Filter::new();
    filter.and_value("q.id = ?", id.0);
    reach(&mut filter, "q.operator_id", scope);
    conn.find(&format!("SELECT {COLUMNS} FROM coupon q {}", filter.sql()), &filter.values, coupon)
}

/// The fixed time and the days, of which one is there.
fn validity(of: CouponValidity) -> (Option<i64>, Option<i64>, Option<i64>) {
    match of {
        CouponValidity::Fixed { from, until } => (Some(from.as_ms()), Some(until.as_ms()), None),
        CouponValidity::Days(days) => (None, None, Some(days)),
    }
}

pub fn insert(tx: &mut Tx<'_>, one: &Coupon, now: Timestamp) -> Result<CouponId> {
    let id = tx.next_id(Noun::Coupon)?;
    let (from, until, days) = validity(one.validity);
    tx.execute(
        "INSERT INTO coupon (id, operator_id, name, kind, off_fen, percent_off, cap_fen, threshold_fen, total, per_person, \
         valid_from_ms, valid_until_ms, valid_days, payer, cities, note, stopped, given_count, created_at_ms, version, \
         platform_permille, combines, returns, stations) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)",
        &[
            id.into(),
            one.operator.map(|operator| operator.0).into(),
            (&one.name).into(),
            one.worth.kind.as_str().into(),
            one.worth.off.map(|off| off.0).into(),
            one.worth.percent_off.into(),
            one.worth.cap.map(|cap| cap.0).into(),
            one.worth.threshold.0.into(),
            one.total.into(),
            one.per_person.into(),
            from.into(),
            until.into(),
            days.into(),
            one.payer.as_str().into(),
            cities_text(&one.cities).into(),
            (&one.note).into(),
            one.stopped.into(),
            one.given.into(),
            now.as_ms().into(),
            one.version.into(),
            one.platform_permille.into(),
            one.combines.into(),
            one.returns.into(),
            stations_text(&one.stations).into(),
        ],
    )?;
    Ok(CouponId(id))
}

/// All but what was given, which [`given_add`] counts.
pub fn update(tx: &mut Tx<'_>, one: &Coupon) -> Result<()> {
    let (from, until, days) = validity(one.validity);
    tx.execute(
        "UPDATE coupon SET operator_id = $1, name = $2, kind = $3, off_fen = $4, percent_off = $5, cap_fen = $6, \
         threshold_fen = $7, total = $8, per_person = $9, valid_from_ms = $10, valid_until_ms = $11, valid_days = $12, \
         payer = $13, cities = $14, note = $15, stopped = $16, version = $17, platform_permille = $18, \
         combines = $19, returns = $20, stations = $21 WHERE id = $22",
        &[
            one.operator.map(|operator| operator.0).into(),
            (&one.name).into(),
            one.worth.kind.as_str().into(),
            one.worth.off.map(|off| off.0).into(),
            one.worth.percent_off.into(),
            one.worth.cap.map(|cap| cap.0).into(),
            one.worth.threshold.0.into(),
            one.total.into(),
            one.per_person.into(),
            from.into(),
            until.into(),
            days.into(),
            one.payer.as_str().into(),
            cities_text(&one.cities).into(),
            (&one.note).into(),
            one.stopped.into(),
            one.version.into(),
            one.platform_permille.into(),
            one.combines.into(),
            one.returns.into(),
            stations_text(&one.stations).into(),
            one.id.0.into(),
        ],
    )
    .map(drop)
}

/// More were given, or taken back.
pub fn given_add(tx: &mut Tx<'_>, id: CouponId, many: i64) -> Result<()> {
    let sql = "UPDATE coupon SET given_count = given_count + $1 WHERE id = $2";
    tx.execute(sql, &[many.into(), id.0.into()]).map(drop)
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Coupon)]
pub struct CouponView {
    pub id: i64,
    pub operator_id: Option<i64>,
    pub operator_name: Option<String>,
    pub name: String,
    pub kind: CouponKind,
    pub off_fen: Option<i64>,
    pub percent_off: Option<i64>,
    pub cap_fen: Option<i64>,
    pub threshold_fen: i64,
    /// Null: without a limit.
    pub total: Option<i64>,
    pub per_person: i64,
    pub valid_from_ms: Option<i64>,
    /// Exclusive.
    pub valid_until_ms: Option<i64>,
    pub valid_days: Option<i64>,
    pub payer: CouponPayer,
    /// The platform's part in thousandths, where it is shared.
    pub platform_permille: i64,
    /// Beside the share of a member level and an activity; else the better counts.
    pub combines: bool,
    /// Good again when all that was paid for its order is given back.
    pub returns: bool,
    pub cities: Vec<String>,
    pub city_names: Vec<String>,
    /// Where it may be used, beside its cities; none: all.
    pub station_ids: Vec<i64>,
    pub station_names: Vec<String>,
    pub note: String,
    pub state: CouponState,
    pub given_count: i64,
    pub used_count: i64,
    /// What it has taken off the bills of orders, what of that the platform bears, and what those bills came to before.
    pub cost_fen: i64,
    pub platform_cost_fen: i64,
    pub billed_fen: i64,
    pub created_at_ms: i64,
    pub version: i64,
}

#[derive(Clone, Debug, Default)]
pub struct CouponFilter {
    pub id: Option<CouponId>,
    pub name: Option<String>,
    pub kind: Option<CouponKind>,
    pub payer: Option<CouponPayer>,
    pub state: Option<CouponState>,
    pub operator_name: Option<String>,
    /// The id of the last row of the page before.
    pub before: Option<i64>,
    pub limit: i64,
}

fn view(row: &Row<'_>, now: Timestamp) -> DbResult<CouponView> {
    let one = coupon(row)?;
    let (valid_from_ms, valid_until_ms, valid_days) = validity(one.validity);
    Ok(CouponView {
        id: one.id.0,
        operator_id: one.operator.map(|operator| operator.0),
        operator_name: row.text_opt(WIDTH)?,
        state: one.state(now),
        name: one.name,
        kind: one.worth.kind,
        off_fen: one.worth.off.map(|off| off.0),
        percent_off: one.worth.percent_off,
        cap_fen: one.worth.cap.map(|cap| cap.0),
        threshold_fen: one.worth.threshold.0,
        total: one.total,
        per_person: one.per_person,
        valid_from_ms,
        valid_until_ms,
        valid_days,
        payer: one.payer,
        platform_permille: one.platform_permille,
        combines: one.combines,
        returns: one.returns,
        city_names: crate::content_list::city_names(&one.cities),
        cities: one.cities,
        station_ids: one.stations.iter().map(|id| id.0).collect(),
        station_names: Vec::new(),
        note: one.note,
        given_count: one.given,
        used_count: row.int(WIDTH + 1)?,
        cost_fen: row.int(WIDTH + 3)?,
        platform_cost_fen: row.int(WIDTH + 4)?,
        billed_fen: row.int(WIDTH + 5)?,
        created_at_ms: row.int(WIDTH + 2)?,
        version: one.version,
    })
}

fn in_state(filter: &mut Filter, state: CouponState, now: Timestamp) {
    let over = filter.bind(now.as_ms());
    let over = format!("COALESCE(q.valid_until_ms, {}) <= {over}", i64::MAX);
    filter.and(&match state {
        CouponState::Ended => over,
        CouponState::Stopped => format!("q.stopped AND NOT {over}"),
        CouponState::Exhausted => format!("NOT q.stopped AND q.given_count >= q.total AND NOT {over}"),
        CouponState::Active => {
            format!("NOT q.stopped AND (q.total IS NULL OR q.given_count < q.total) AND NOT {over}")
        }
    });
}

/// What a coupon has cost, and what of that the platform; the bills from which it was taken off.
const COST: &str = "(SELECT CAST(COALESCE(SUM(d.amount_fen), 0) AS BIGINT) FROM order_discount d \
    WHERE d.kind = 'coupon' AND d.source_id = q.id), \
    (SELECT CAST(COALESCE(SUM(d.platform_fen), 0) AS BIGINT) FROM order_discount d \
    WHERE d.kind = 'coupon' AND d.source_id = q.id), \
    (SELECT CAST(COALESCE(SUM(b.total_fen), 0) AS BIGINT) FROM order_discount d JOIN orders b ON b.id = d.order_id \
    WHERE d.kind = 'coupon' AND d.source_id = q.id)";

/// Newest first.
pub fn coupon_list(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &CouponFilter,
    now: Timestamp,
) -> DbResult<Page<CouponView>> {
    let mut filter = Filter::new();
    reach(&mut filter, "q.operator_id", scope);
    filter.and_some("q.id = ?", wanted.id.map(|id| id.0));
    filter.and_contains("LOWER(q.name) LIKE ?", wanted.name.as_deref());
    filter.and_some("q.kind = ?", wanted.kind.map(CouponKind::as_str));
    filter.and_some("q.payer = ?", wanted.payer.map(CouponPayer::as_str));
    filter.and_contains("LOWER(o.name) LIKE ?", wanted.operator_name.as_deref());
    if let Some(state) = wanted.state {
        in_state(&mut filter, state, now);
    }
    let from = "FROM coupon q LEFT JOIN operator o ON o.id = q.operator_id";
    let total = conn.one(&format!("SELECT COUNT(*) {from} {}", filter.sql()), &filter.values, count)?;
    filter.and_some("q.id < ?", wanted.before);
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT {COLUMNS}, o.name, (SELECT COUNT(*) FROM voucher v WHERE v.coupon_id = q.id AND v.state = 'used'), \
         q.created_at_ms, {COST} {from} {} ORDER BY q.id DESC LIMIT {limit}",
        filter.sql()
    );
    let mut rows = conn.query(&sql, &filter.values, |row| view(row, now))?;
    for row in rows.iter_mut().filter(|row| !row.station_ids.is_empty()) {
        let stations = row.station_ids.iter().copied().map(StationId).collect();
        row.station_names = crate::staff_list::names(conn, &Area::Stations { stations })?;
    }
    Ok(Page::of(rows, wanted.limit, Some(total), |one| one.id.to_string()))
}

pub fn coupon_get(
    conn: &mut Conn,
    scope: &Scope,
    id: CouponId,
    now: Timestamp,
) -> DbResult<Option<CouponView>> {
    let wanted = CouponFilter { id: Some(id), limit: 1, ..CouponFilter::default() };
    Ok(coupon_list(conn, scope, &wanted, now)?.items.pop())
}
