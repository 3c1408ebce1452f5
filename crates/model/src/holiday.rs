//! 法定节假日: the days off that the State Council announces each autumn for the year after, and the
//! weekends that are worked for them. They are data to choose from: a tariff keeps plain dates.

use crate::error::Text;
use crate::tariff_calendar::days_from;
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct HolidayYear {
    pub year: i64,
    /// The notice that says so.
    pub source: String,
    pub holidays: Vec<Holiday>,
    /// 调休上班日, as 20260214.
    pub workdays: Vec<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Holiday {
    pub name: Text,
    /// As 20260217, ascending.
    pub days: Vec<i64>,
}

/// The years that are known, oldest first.
pub fn years() -> &'static [HolidayYear] {
    static ALL: OnceLock<Vec<HolidayYear>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut years: Vec<HolidayYear> = Vec::new();
        for line in include_str!("holiday.txt").lines().filter(|line| !line.starts_with('#')) {
            read(&mut years, line);
        }
        years
    })
}

fn read(years: &mut Vec<HolidayYear>, line: &str) -> Option<()> {
    let parts: Vec<&str> = line.split('|').collect();
    match (parts.as_slice(), years.last_mut()) {
        (["+", day], Some(year)) => year.workdays.push(day.parse().ok()?),
        ([from, to, zh, en], Some(year)) => {
            let (from, to): (i64, i64) = (from.parse().ok()?, to.parse().ok()?);
            let days = days_from(from).take_while(|day| *day <= to).collect();
            year.holidays.push(Holiday { name: Text::new((*zh).to_owned(), (*en).to_owned()), days });
        }
        ([year, source], _) => years.push(HolidayYear {
            year: year.parse().ok()?,
            source: (*source).to_owned(),
            holidays: Vec::new(),
            workdays: Vec::new(),
        }),
        _ => {}
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Local;

    #[test]
    fn the_years_are_as_they_were_announced() {
        let counts: Vec<(i64, Vec<usize>, usize)> = years()
            .iter()
            .map(|y| (y.year, y.holidays.iter().map(|h| h.days.len()).collect(), y.workdays.len()))
            .collect();
        assert_eq!(
            counts,
            [
                (2022, vec![3, 7, 3, 5, 3, 3, 7], 7),
                (2023, vec![3, 7, 1, 5, 3, 8], 7),
                (2024, vec![3, 8, 3, 5, 3, 3, 7], 8),
                (2025, vec![1, 8, 3, 5, 3, 8], 5),
                (2026, vec![3, 9, 3, 5, 3, 3, 7], 6),
            ]
        );
        for year in years() {
            assert!(year.source.starts_with("国办发明电"));
            for day in &year.workdays {
                let weekday = Local { day: *day, hour: 0, minute: 0, second: 0 }.weekday();
                assert!(weekday >= 6, "{day} is worked though it is a weekend");
                assert!(year.holidays.iter().all(|holiday| !holiday.days.contains(day)));
            }
        }
    }
}
