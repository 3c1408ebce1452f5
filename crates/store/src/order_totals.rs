//! What the orders of a list add up to. Whole days of completed orders come from `order_day`; what is
//! left is few, or is asked for in words that only the orders know.

use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, is_asked};
use crate::order_filter::{OrderFilter, OrderTime};
use crate::order_names::{Names, Read, filter};
use crate::rollups::{start_day, start_day_ms};
use model::access::Scope;
use model::order::OrderState;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrderTotals {
    pub order_count: i64,
    pub energy_dwh: i64,
    pub electricity_fen: i64,
    pub service_fen: i64,
    pub total_fen: i64,
    /// 优惠: what of it was not asked for.
    pub discount_fen: i64,
    /// 占位费, beside the total.
    pub occupancy_fen: i64,
}

const SUMS: &str = "CAST(COALESCE(SUM(n), 0) AS BIGINT), CAST(COALESCE(SUM(energy_dwh), 0) AS BIGINT), \
    CAST(COALESCE(SUM(electricity_fen), 0) AS BIGINT), CAST(COALESCE(SUM(service_fen), 0) AS BIGINT), \
    CAST(COALESCE(SUM(total_fen), 0) AS BIGINT), CAST(COALESCE(SUM(discount_fen), 0) AS BIGINT), \
    CAST(COALESCE(SUM(occupancy_fen), 0) AS BIGINT)";

const OF_ORDERS: &str = "SELECT COUNT(*) AS n, SUM(o.energy_dwh) AS energy_dwh, \
    SUM(o.electricity_fen) AS electricity_fen, SUM(o.service_fen) AS service_fen, SUM(o.total_fen) AS total_fen, \
    SUM(o.discount_fen) AS discount_fen, SUM(o.occupancy_fen) AS occupancy_fen FROM orders o";

const OF_DAYS: &str = "SELECT SUM(o.order_count) AS n, SUM(o.energy_dwh) AS energy_dwh, \
    SUM(o.electricity_fen) AS electricity_fen, SUM(o.service_fen) AS service_fen, SUM(o.total_fen) AS total_fen, \
    SUM(o.discount_fen) AS discount_fen, SUM(o.occupancy_fen) AS occupancy_fen FROM order_day o";

pub(crate) fn totals(row: &Row<'_>) -> DbResult<OrderTotals> {
    Ok(OrderTotals {
        order_count: row.int(0)?,
        energy_dwh: row.int(1)?,
        electricity_fen: row.int(2)?,
        service_fen: row.int(3)?,
        total_fen: row.int(4)?,
        discount_fen: row.int(5)?,
        occupancy_fen: row.int(6)?,
    })
}

/// Over everything that the filters select, whatever page is shown.
pub fn order_totals_get(conn: &mut Conn, scope: &Scope, wanted: &OrderFilter) -> DbResult<OrderTotals> {
    let names = Names::find(conn, wanted)?;
    let (sql, values) = statement(scope, wanted, &names);
    conn.one(&sql, &values, totals)
}

/// One statement, and so of one moment: no order is seen both before and after it is completed.
pub(crate) fn statement(
    scope: &Scope,
    wanted: &OrderFilter,
    names: &Names,
) -> (String, Vec<crate::Value<'static>>) {
    let mut all = Filter::new();
    let parts: Vec<String> = parts(scope, wanted, names)
        .into_iter()
        .map(|(select, part)| format!("{select} {}", all.renumbered(&part)))
        .collect();
    (format!("SELECT {SUMS} FROM ({}) AS parts", parts.join(" UNION ALL ")), all.values)
}

fn parts(scope: &Scope, wanted: &OrderFilter, names: &Names) -> Vec<(&'static str, Filter)> {
    let orders = |wanted: &OrderFilter| (OF_ORDERS, filter(scope, wanted, names, Read::Sums));
    let (first, end) = whole_days(wanted);
    if !by_days(wanted) || first >= end {
        return vec![orders(wanted)];
    }
    let mut days = Filter::new();
    days.and_value("o.day >= ?", first);
    days.and_value("o.day < ?", end);
    days.scope("o.operator_id", "o.station_id", scope);
    names.conditions(&mut days, wanted, Read::Sums);
    let completed = |from_ms: i64, to_ms: i64| OrderFilter {
        from_ms,
        to_ms,
        state: Some(OrderState::Completed),
        ..wanted.clone()
    };
    let mut parts = vec![(OF_DAYS, days)];
    if wanted.from_ms < start_day_ms(first) {
        parts.push(orders(&completed(wanted.from_ms, start_day_ms(first))));
    }
    if start_day_ms(end) < wanted.to_ms {
        parts.push(orders(&completed(start_day_ms(end), wanted.to_ms)));
    }
    if wanted.state.is_none() {
        parts.push((OF_ORDERS, filter(scope, wanted, names, Read::Rest)));
    }
    parts
}

/// The days that lie in the range as a whole, without the second.
fn whole_days(wanted: &OrderFilter) -> (i64, i64) {
    let first = start_day(wanted.from_ms);
    let first = if start_day_ms(first) < wanted.from_ms { first + 1 } else { first };
    (first, start_day(wanted.to_ms))
}

/// Whether the sums of days know everything that the filters ask for.
fn by_days(wanted: &OrderFilter) -> bool {
    // Every filter is named here, so that a new one cannot be forgotten.
    let OrderFilter {
        time,
        state,
        id,
        session_key,
        customer_id,
        phone,
        fleet_name,
        pile,
        pile_code,
        connector_no,
        abnormality,
        token,
        vin,
        plate,
        merge_of,
        start_mode,
        stop_class,
        pay_way,
        paid_state,
        energy_dwh,
        total_fen,
        settlement_waiting,
        from_ms: _,
        to_ms: _,
        station_name: _,
        station_id: _,
        city_name: _,
        operator_name: _,
        totals: _,
        sort: _,
        after: _,
        limit: _,
    } = wanted;
    let numbers = [customer_id, connector_no, merge_of].iter().any(|number| number.is_some());
    let texts = [phone, fleet_name, pile_code, token].iter().any(|text| is_asked(text.as_deref()));
    let keys = [session_key, pile, vin, plate].iter().any(|key| key.is_some());
    *time == OrderTime::Started
        && matches!(state, None | Some(OrderState::Completed))
        && id.is_none()
        && !numbers
        && !texts
        && !keys
        && abnormality.is_none()
        && start_mode.is_none()
        && stop_class.is_none()
        && pay_way.is_none()
        && paid_state.is_none()
        && energy_dwh.is_open()
        && total_fen.is_open()
        && !settlement_waiting
}
