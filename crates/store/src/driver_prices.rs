//! 司机价: writing them, and what staff see of them.

use crate::Tx;
use crate::content_list::in_state;
use crate::contents::reach;
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::ids::Noun;
use crate::staff::area;
use crate::tariff_list::TariffRate;
use model::access::{Area, Scope};
use model::content::{ContentDecision, ContentState, TargetGroup};
use model::discount::DiscountBearer;
use model::driver_price::{PriceCut, PriceFee, PriceHours, PriceOff};
use model::id::{DriverPriceId, FleetId, OperatorId, TariffId};
use model::money::Fen;
use model::offer::Bearing;
use model::tariff::Period;
use model::time::{Timestamp, Zone};
use model::{Error, Result};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq)]
pub struct DriverPrice {
    pub id: DriverPriceId,
    /// `None`: the whole platform's.
    pub operator: Option<OperatorId>,
    pub name: String,
    pub fee: PriceFee,
    pub off: PriceOff,
    pub group: TargetGroup,
    pub fleet: Option<FleetId>,
    pub area: Area,
    pub hours: PriceHours,
    /// Where several hold at once, the highest does.
    pub rank: i64,
    /// Who bears what it takes off.
    pub bearing: Bearing,
    /// Beside the share of a member level; else the better counts.
    pub combines: bool,
    /// The most that it takes off one order, and off all of them.
    pub cap: Option<Fen>,
    pub budget: Option<Fen>,
    pub note: String,
    pub decision: ContentDecision,
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
    pub version: i64,
}

const COLUMNS: &str = "p.id, p.operator_id, p.name, p.fee, p.cut, p.percent_off, p.off_price_e5, p.target_group, \
    p.fleet_id, p.area, p.weekdays, p.from_minute, p.to_minute, p.rank, p.note, p.decision, p.from_ms, p.until_ms, \
    p.version, p.payer, p.platform_permille, p.combines, p.cap_fen, p.budget_fen, p.spent_fen";
const WIDTH: usize = 25;

fn driver_price(row: &Row<'_>) -> DbResult<DriverPrice> {
    let weekdays = row.text(10)?.bytes().map(|digit| i64::from(digit) - i64::from(b'0')).collect();
    Ok(DriverPrice {
        id: DriverPriceId(row.int(0)?),
        operator: row.int_opt(1)?.map(OperatorId),
        name: row.text(2)?,
        fee: row.word(3, PriceFee::parse)?,
        off: PriceOff {
            cut: row.word(4, PriceCut::parse)?,
            percent_off: row.int_opt(5)?,
            off_price_e5: row.int_opt(6)?,
        },
        group: row.word(7, TargetGroup::parse)?,
        fleet: row.int_opt(8)?.map(FleetId),
        area: area(&row.text(9)?)?,
        hours: PriceHours { weekdays, from_minute: row.int_opt(11)?, to_minute: row.int_opt(12)? },
        rank: row.int(13)?,
        note: row.text(14)?,
        decision: row.word(15, ContentDecision::parse)?,
        from: row.int_opt(16)?.map(Timestamp::from_ms),
        until: row.int_opt(17)?.map(Timestamp::from_ms),
        version: row.int(18)?,
        bearing: Bearing { bearer: row.word(19, DiscountBearer::parse)?, platform_permille: row.int(20)? },
        combines: row.bool(21)?,
        cap: row.int_opt(22)?.map(Fen),
        budget: row.int_opt(23)?.map(Fen),
    })
}

pub fn find(conn: &mut Conn, scope: &Scope, id: DriverPriceId) -> DbResult<Option<DriverPrice>> {
    let mut filter = Filter::new();
    filter.and_value("p.id = ?", id.0);
    reach(&mut filter, "p.operator_id", scope);
    conn.find(&format!("SELECT {COLUMNS} FROM driver_price p {}", filter.sql()), &filter.values, driver_price)
}

/// What is published and holds at stations of this operator, if the place is right.
pub(crate) fn published(conn: &mut Conn, operator: OperatorId) -> DbResult<Vec<DriverPrice>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM driver_price p WHERE p.decision = 'published' AND \
         (p.operator_id IS NULL OR p.operator_id = $1) ORDER BY p.id"
    );
    conn.query(&sql, &[operator.0.into()], driver_price)
}

/// What stands in the columns from `operator_id` to `budget_fen`, in their order.
fn values(one: &DriverPrice) -> Result<Vec<crate::Value<'static>>> {
    let area = serde_json::to_string(&one.area).map_err(|_| Error::internal())?;
    let weekdays: String = one.hours.weekdays.iter().map(i64::to_string).collect();
    Ok(vec![
        one.operator.map(|operator| operator.0).into(),
        one.name.clone().into(),
        one.fee.as_str().into(),
        one.off.cut.as_str().into(),
        one.off.percent_off.into(),
        one.off.off_price_e5.into(),
        one.group.as_str().into(),
        one.fleet.map(|fleet| fleet.0).into(),
        area.into(),
        weekdays.into(),
        one.hours.from_minute.into(),
        one.hours.to_minute.into(),
        one.rank.into(),
        one.note.clone().into(),
        one.decision.as_str().into(),
        one.from.map(Timestamp::as_ms).into(),
        one.until.map(Timestamp::as_ms).into(),
        one.version.into(),
        one.bearing.bearer.as_str().into(),
        one.bearing.platform_permille.into(),
        one.combines.into(),
        one.cap.map(|fen| fen.0).into(),
        one.budget.map(|fen| fen.0).into(),
    ])
}

pub fn insert(tx: &mut Tx<'_>, one: &DriverPrice, now: Timestamp) -> Result<DriverPriceId> {
    let id = tx.next_id(Noun::DriverPrice)?;
    let mut values = values(one)?;
    values.extend([id.into(), now.as_ms().into()]);
    tx.execute(
        "INSERT INTO driver_price (operator_id, name, fee, cut, percent_off, off_price_e5, target_group, fleet_id, area, \
         weekdays, from_minute, to_minute, rank, note, decision, from_ms, until_ms, version, payer, \
         platform_permille, combines, cap_fen, budget_fen, id, created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, \
         $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)",
        &values,
    )?;
    Ok(DriverPriceId(id))
}

pub fn update(tx: &mut Tx<'_>, one: &DriverPrice) -> Result<()> {
    let mut values = values(one)?;
    values.push(one.id.0.into());
    tx.execute(
        "UPDATE driver_price SET operator_id = $1, name = $2, fee = $3, cut = $4, percent_off = $5, off_price_e5 = $6, \
         target_group = $7, fleet_id = $8, area = $9, weekdays = $10, from_minute = $11, to_minute = $12, rank = $13, \
         note = $14, decision = $15, from_ms = $16, until_ms = $17, version = $18, payer = $19, \
         platform_permille = $20, combines = $21, cap_fen = $22, budget_fen = $23 WHERE id = $24",
        &values,
    )
    .map(drop)
}

pub fn delete(tx: &mut Tx<'_>, id: DriverPriceId) -> Result<()> {
    tx.execute("DELETE FROM driver_price WHERE id = $1", &[id.0.into()]).map(drop)
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DriverPrice)]
pub struct DriverPriceView {
    pub id: i64,
    pub operator_id: Option<i64>,
    pub operator_name: Option<String>,
    pub name: String,
    pub fee: PriceFee,
    pub cut: PriceCut,
    pub percent_off: Option<i64>,
    pub off_price_e5: Option<i64>,
    pub group: TargetGroup,
    pub fleet_id: Option<i64>,
    pub fleet_name: Option<String>,
    pub area: Area,
    /// The names of the area's cities or stations, as far as they are still there.
    pub area_names: Vec<String>,
    /// 1 is Monday, 7 Sunday.
    pub weekdays: Vec<i64>,
    /// Minutes of the station's day; over midnight when it ends before it begins. Null: all day.
    pub from_minute: Option<i64>,
    pub to_minute: Option<i64>,
    pub rank: i64,
    pub payer: DiscountBearer,
    /// The platform's part in thousandths, where it is shared.
    pub platform_permille: i64,
    /// Beside the share of a member level; else the better counts.
    pub combines: bool,
    /// The most that it takes off one order; null: no such limit.
    pub cap_fen: Option<i64>,
    /// The most that it takes off all orders, and what it has taken off.
    pub budget_fen: Option<i64>,
    pub spent_fen: i64,
    pub note: String,
    pub state: ContentState,
    pub from_ms: Option<i64>,
    /// Exclusive.
    pub until_ms: Option<i64>,
    pub created_at_ms: i64,
    pub version: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DriverPriceDetail {
    #[serde(flatten)]
    pub driver_price: DriverPriceView,
    /// What it would make of the tariff of a station where it holds; null where none has a tariff.
    pub example: Option<DriverPriceExample>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DriverPriceExample {
    pub station_id: i64,
    pub station_name: String,
    pub tariff_name: String,
    pub rates: Vec<DriverPriceRate>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DriverPriceRate {
    pub period: Period,
    pub before: TariffRate,
    pub after: TariffRate,
}

#[derive(Clone, Debug, Default)]
pub struct DriverPriceFilter {
    pub id: Option<DriverPriceId>,
    pub name: Option<String>,
    pub fee: Option<PriceFee>,
    pub group: Option<TargetGroup>,
    pub state: Option<ContentState>,
    pub operator_name: Option<String>,
    pub fleet_name: Option<String>,
    /// The id of the last row of the page before.
    pub before: Option<i64>,
    pub limit: i64,
}

fn view(row: &Row<'_>, now: Timestamp) -> DbResult<DriverPriceView> {
    let one = driver_price(row)?;
    Ok(DriverPriceView {
        id: one.id.0,
        operator_id: one.operator.map(|operator| operator.0),
        operator_name: row.text_opt(WIDTH)?,
        state: one.decision.state(one.from, one.until, now),
        name: one.name,
        fee: one.fee,
        cut: one.off.cut,
        percent_off: one.off.percent_off,
        off_price_e5: one.off.off_price_e5,
        group: one.group,
        fleet_id: one.fleet.map(|fleet| fleet.0),
        fleet_name: row.text_opt(WIDTH + 1)?,
        area: one.area,
        area_names: Vec::new(),
        weekdays: one.hours.weekdays,
        from_minute: one.hours.from_minute,
        to_minute: one.hours.to_minute,
        rank: one.rank,
        payer: one.bearing.bearer,
        platform_permille: one.bearing.platform_permille,
        combines: one.combines,
        cap_fen: one.cap.map(|fen| fen.0),
        budget_fen: one.budget.map(|fen| fen.0),
        spent_fen: row.int(24)?,
        note: one.note,
        from_ms: one.from.map(Timestamp::as_ms),
        until_ms: one.until.map(Timestamp::as_ms),
        created_at_ms: row.int(WIDTH + 2)?,
        version: one.version,
    })
}

/// Newest first.
pub fn driver_price_list(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &DriverPriceFilter,
    now: Timestamp,
) -> DbResult<Page<DriverPriceView>> {
    let mut filter = Filter::new();
    reach(&mut filter, "p.operator_id", scope);
    filter.and_some("p.id = ?", wanted.id.map(|id| id.0));
    filter.and_contains("LOWER(p.name) LIKE ?", wanted.name.as_deref());
    filter.and_some("p.fee = ?", wanted.fee.map(PriceFee::as_str));
    filter.and_some("p.target_group = ?", wanted.group.map(TargetGroup::as_str));
    filter.and_contains("LOWER(o.name) LIKE ?", wanted.operator_name.as_deref());
    filter.and_contains("LOWER(f.name) LIKE ?", wanted.fleet_name.as_deref());
    if let Some(state) = wanted.state {
        in_state(&mut filter, "p", state, now);
    }
    let from = "FROM driver_price p LEFT JOIN operator o ON o.id = p.operator_id LEFT JOIN fleet f ON f.id = p.fleet_id";
    let total = conn.one(&format!("SELECT COUNT(*) {from} {}", filter.sql()), &filter.values, count)?;
    filter.and_some("p.id < ?", wanted.before);
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT {COLUMNS}, o.name, f.name, p.created_at_ms {from} {} ORDER BY p.id DESC LIMIT {limit}",
        filter.sql()
    );
    let mut rows = conn.query(&sql, &filter.values, |row| view(row, now))?;
    for row in &mut rows {
        row.area_names = crate::staff_list::names(conn, &row.area)?;
    }
    Ok(Page::of(rows, wanted.limit, Some(total), |one| one.id.to_string()))
}

pub fn driver_price_get(
    conn: &mut Conn,
    scope: &Scope,
    id: DriverPriceId,
    now: Timestamp,
) -> DbResult<Option<DriverPriceDetail>> {
    let Some(one) = find(conn, scope, id)? else { return Ok(None) };
    let wanted = DriverPriceFilter { id: Some(id), limit: 1, ..DriverPriceFilter::default() };
    let Some(driver_price) = driver_price_list(conn, scope, &wanted, now)?.items.pop() else {
        return Ok(None);
    };
    Ok(Some(DriverPriceDetail { example: example(conn, scope, &one, now)?, driver_price }))
}

/// At the first station where it holds and that has a tariff.
fn example(
    conn: &mut Conn,
    scope: &Scope,
    one: &DriverPrice,
    now: Timestamp,
) -> DbResult<Option<DriverPriceExample>> {
    let mut filter = Filter::new();
    let area = Scope { operator: one.operator, area: one.area.clone() };
    filter.scope("s.operator_id", "s.id", &area);
    filter.scope("s.operator_id", "s.id", scope);
    filter.and("s.tariff_id IS NOT NULL");
    let sql = format!(
        "SELECT s.id, s.name, s.tariff_id, s.time_zone FROM station s {} ORDER BY s.id LIMIT 1",
        filter.sql()
    );
    let found = conn.find(&sql, &filter.values, |row| {
        Ok((row.int(0)?, row.text(1)?, row.int(2)?, row.word(3, Zone::parse)?))
    })?;
    let Some((station_id, station_name, tariff, zone)) = found else { return Ok(None) };
    let version = crate::tariffs::version(conn, TariffId(tariff))?;
    let table = version.calendar.table_at(&zone, now);
    let rate = |before: TariffRate| {
        let mut after = before;
        match one.fee {
            PriceFee::Service => after.service_price_e5 = one.off.price_e5(before.service_price_e5),
            PriceFee::Electricity => {
                after.electricity_price_e5 = one.off.price_e5(before.electricity_price_e5)
            }
        }
        DriverPriceRate { period: before.period, before, after }
    };
    let used = |rate: &TariffRate| table.periods.contains(&rate.period);
    let rates = crate::tariff_list::rates(table).into_iter().filter(used).map(rate).collect();
    Ok(Some(DriverPriceExample { station_id, station_name, tariff_name: version.name, rates }))
}
