//! What a month will come to at its end, from its days so far and those of the weeks before.

use crate::calendar::{Calendar, Date, DayKind};
use jiff::ToSpan;

/// So many days before stand for what is usual.
const USUAL_DAYS: usize = 28;

#[derive(Clone, Debug, PartialEq)]
pub struct Month {
    pub so_far: f64,
    pub said: f64,
    /// The days so far, continued as a straight line; the usual day when the month has just begun.
    pub naive: f64,
    /// The share that the forecast and the naive one were off in the months before, forecast from the same
    /// day of the month; one entry a month.
    pub tested: Vec<(f64, f64)>,
}

/// `values` holds one value a day, the last one that of yesterday; `today` is not known yet. `None` with
/// less than four weeks.
pub fn month(values: &[f64], today: Date, calendar: &Calendar) -> Option<Month> {
    let (so_far, said, naive) = expected(values, today, calendar)?;
    let mut tested = Vec::new();
    for back in 1..=6_i64 {
        // The same day of an earlier month, which has ended since.
        let then = today.checked_sub(back.months()).ok()?;
        let from = then.first_of_month();
        let to = from.checked_add(1.month()).ok()?;
        let place = |day: Date| values.len().checked_sub(days_between(day, today));
        let (Some(begin), Some(known), Some(end)) = (place(from), place(then), place(to)) else { break };
        let Some((_, said, naive)) = expected(&values[..known], then, calendar) else { break };
        let came: f64 = values[begin..end].iter().sum();
        if came > 0.0 {
            tested.push(((said - came).abs() / came, (naive - came).abs() / came));
        }
    }
    Some(Month { so_far, said, naive, tested })
}

/// What has been, what the whole month is expected to be, and what a straight line says.
fn expected(values: &[f64], today: Date, calendar: &Calendar) -> Option<(f64, f64, f64)> {
    let lately = values.get(values.len().checked_sub(USUAL_DAYS)?..)?;
    let usual = lately.iter().sum::<f64>() / USUAL_DAYS as f64;
    let passed = usize::try_from(today.day() - 1).ok()?;
    let all = usize::try_from(today.days_in_month()).ok()?;
    // A station younger than its month has no values of the days before it.
    let so_far: f64 = values[values.len().saturating_sub(passed)..].iter().sum();
    let mut said = so_far;
    for ahead in 0..all - passed {
        let day = today.checked_add(i64::try_from(ahead).ok()?.days()).ok()?;
        said += of_day(lately, today, day, calendar).unwrap_or(usual);
    }
    let naive = if passed == 0 { usual * all as f64 } else { so_far / passed as f64 * all as f64 };
    Some((so_far, said, naive))
}

/// The mean of the days of the last weeks that are like this one: the same weekday of the same kind, else
/// any of its kind.
fn of_day(lately: &[f64], today: Date, day: Date, calendar: &Calendar) -> Option<f64> {
    let rest = |day: Date| calendar.kind(day) != DayKind::Working;
    let days: Vec<(Date, f64)> = lately
        .iter()
        .rev()
        .zip(1_i64..)
        .filter_map(|(value, back)| Some((today.checked_sub(back.days()).ok()?, *value)))
        .filter(|(past, _)| rest(*past) == rest(day))
        .collect();
    let same = days.iter().filter(|(past, _)| past.weekday() == day.weekday()).map(|(_, value)| *value);
    mean(same).or_else(|| mean(days.iter().map(|(_, value)| *value)))
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

fn days_between(from: Date, to: Date) -> usize {
    usize::try_from(from.duration_until(to).as_hours() / 24).unwrap_or(0)
}
