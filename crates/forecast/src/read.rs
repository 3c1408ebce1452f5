//! Texts of the layout that public data sets share: a table of hours with a column `time` and one
//! column a site; a table of sites with their places.

use crate::calendar::Calendar;
use crate::grid::Grid;
use jiff::civil::DateTime;
use model::{Error, Result};

/// Ten years: more hours are a mistake in a date.
const HOURS_MAX: i64 = 10 * 366 * 24;

/// Reads an hourly table. Hours may be missing (they are not known); an empty cell is not known either.
/// `file` names the text in what is said about it.
pub fn hours(file: &str, text: &str) -> Result<Grid> {
    let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    let header = lines.next().map(|(_, line)| cells(line)).unwrap_or_default();
    if header.len() < 2 || header[0] != "time" {
        return Err(wrong(
            file,
            "首行应为表头：第一列 time，其后每列一个站点",
            "its first line must be a header: the column time, then one column a site",
        ));
    }
    let names: Vec<String> = header[1..].iter().map(|name| (*name).to_owned()).collect();
    let mut rows: Vec<(DateTime, Vec<f64>)> = Vec::new();
    for (at, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let found = cells(line);
        let time = found.first().and_then(|cell| cell.parse::<DateTime>().ok());
        let values: Option<Vec<f64>> = found[1..].iter().map(|cell| number(cell)).collect();
        match (time, values) {
            (Some(time), Some(values)) if values.len() == names.len() => rows.push((time, values)),
            _ => {
                return Err(wrong(
                    file,
                    format!("第 {} 行应为时间和 {} 个数值", at + 1, names.len()),
                    format!("line {} must hold a time and {} numbers", at + 1, names.len()),
                ));
            }
        }
    }
    grid(file, names, rows)
}

fn grid(file: &str, names: Vec<String>, rows: Vec<(DateTime, Vec<f64>)>) -> Result<Grid> {
    let times = || rows.iter().map(|(time, _)| *time);
    let (Some(first), Some(last)) = (times().min(), times().max()) else {
        return Err(wrong(file, "没有数据行", "it has no rows"));
    };
    let hours_to = |time: DateTime| first.duration_until(time).as_hours();
    if hours_to(last) >= HOURS_MAX {
        return Err(wrong(
            file,
            format!("时间从 {first} 到 {last}，超过十年，请检查日期"),
            format!("its times run from {first} to {last}, over ten years: check the dates"),
        ));
    }
    let mut values = vec![vec![f64::NAN; hours_to(last) as usize + 1]; names.len()];
    for (time, row) in &rows {
        if first.duration_until(*time).as_secs() % 3600 != 0 {
            return Err(wrong(
                file,
                format!("时间 {time} 与首行不相差整小时"),
                format!("the time {time} is not a whole number of hours after the first"),
            ));
        }
        for (site, value) in row.iter().enumerate().filter(|(_, value)| !value.is_nan()) {
            values[site][hours_to(*time) as usize] = *value;
        }
    }
    Ok(Grid::new(first, names, values))
}

fn cells(line: &str) -> Vec<&str> {
    line.split(',').map(|cell| cell.trim().trim_matches('"')).collect()
}

/// `NaN` of an empty cell, `None` of what is no number.
fn number(cell: &str) -> Option<f64> {
    if cell.is_empty() || cell.eq_ignore_ascii_case("nan") {
        return Some(f64::NAN);
    }
    cell.parse::<f64>().ok().filter(|value| value.is_finite())
}

/// Whose holidays a table of sites lives by: those of China when all its places lie in the box around
/// it, weekdays only for any other, and where no place is told.
pub fn calendar_of(sites: &str) -> Calendar {
    let mut lines = sites.trim_start_matches('\u{feff}').lines();
    let header = lines.next().map(cells).unwrap_or_default();
    let column = |name: &str| header.iter().position(|found| found.eq_ignore_ascii_case(name));
    let (Some(longitude), Some(latitude)) = (column("longitude"), column("latitude")) else {
        return Calendar::plain();
    };
    let places: Vec<(f64, f64)> = lines
        .map(cells)
        .filter_map(|row| Some((row.get(longitude)?.parse().ok()?, row.get(latitude)?.parse().ok()?)))
        .collect();
    let inside = |(east, north): &(f64, f64)| (73.0..=135.5).contains(east) && (18.0..=54.0).contains(north);
    if !places.is_empty() && places.iter().all(inside) { Calendar::china() } else { Calendar::plain() }
}

fn wrong(file: &str, zh: impl std::fmt::Display, en: impl std::fmt::Display) -> Error {
    Error::invalid("data", format!("{file}：{zh}"), format!("{file}: {en}."))
}
