//! Texts of orders, one a line, with the columns that public data sets of orders share.

use super::Order;
use jiff::civil::{Date, DateTime, Time};
use model::{Error, Result};

const NEEDED: [&str; 5] = ["pile_id", "start", "end", "energy_kwh", "duration_min"];

/// Reads a table of orders. Rows that break the rules of one (it ends before it begins, no energy) are an
/// error, because a table to score by is clean. `file` names the text in what is said about it.
pub fn orders(file: &str, text: &str) -> Result<Vec<Order>> {
    let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    let header: Vec<&str> =
        lines.next().map(|(_, line)| line.split(',').map(str::trim).collect()).unwrap_or_default();
    let column = |name: &str| header.iter().position(|found| *found == name);
    if let Some(missing) = NEEDED.iter().find(|name| column(name).is_none()) {
        return Err(Error::invalid(
            "orders",
            format!("{file}：缺少列 {missing}；需要 {}", NEEDED.join("、")),
            format!("{file}: the column {missing} is missing; needed are {}.", NEEDED.join(", ")),
        ));
    }
    let mut orders = Vec::new();
    for (at, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let cells: Vec<&str> = line.split(',').map(str::trim).collect();
        let cell =
            |name: &str| column(name).and_then(|at| cells.get(at)).copied().filter(|text| !text.is_empty());
        orders.push(order(cell).ok_or_else(|| {
            Error::invalid(
                "orders",
                format!("{file}：第 {} 行不是完整的订单（开始、结束时间与电量均须有效）", at + 1),
                format!("{file}: line {} is no whole order: start, end and energy must be valid.", at + 1),
            )
        })?);
    }
    Ok(orders)
}

fn order<'a>(cell: impl Fn(&str) -> Option<&'a str>) -> Option<Order> {
    let number =
        |name: &str| cell(name).and_then(|text| text.parse::<f64>().ok()).filter(|value| value.is_finite());
    let start_min = minutes(cell("start")?)?;
    // The duration is the truth where a summer time makes the clock jump.
    let duration = number("duration_min").filter(|minutes| *minutes > 0.0)?;
    minutes(cell("end")?)?;
    Some(Order {
        customer: cell("user_id").map(str::to_owned),
        pile: cell("pile_id")?.to_owned(),
        site: cell("site").unwrap_or_default().to_owned(),
        start_min,
        end_min: start_min + duration,
        energy_kwh: number("energy_kwh").filter(|energy| *energy >= 0.0)?,
        idle_min: number("idle_min"),
        soc_start: number("soc_start"),
    })
}

/// Minutes of the wall clock since 1970.
fn minutes(text: &str) -> Option<f64> {
    let time: DateTime = text.parse().ok()?;
    Some(BEGINNING.to_datetime(Time::midnight()).duration_until(time).as_secs_f64() / 60.0)
}

const BEGINNING: Date = jiff::civil::date(1970, 1, 1);

/// The minute at which a day begins.
pub fn midnight_min(day: Date) -> f64 {
    let midnight = day.to_datetime(Time::midnight());
    BEGINNING.to_datetime(Time::midnight()).duration_until(midnight).as_secs_f64() / 60.0
}

/// The day of a minute.
pub fn day_of_min(minute: f64) -> Option<Date> {
    BEGINNING.checked_add(jiff::SignedDuration::from_mins(minute as i64)).ok()
}
