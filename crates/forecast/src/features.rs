//! What a forecast looks at. Every value is one of a [`View`], which ends at the origin, or of the
//! calendar, which is known beforehand.
//!
//! Energies are told as differences from the value one day before the target, in units of the site's
//! own scale, so that a depot with a hundred times the energy and a corner with two piles teach each other.

use crate::calendar::{Calendar, DayKind};
use crate::grid::{DAY, Grid, WEEK};
use crate::past::{Past, View};

pub const NAMES: [&str; 57] = [
    "days_2",
    "days_3",
    "days_4",
    "days_6",
    "week",
    "weeks_2",
    "hour_before",
    "hour_after",
    "week_hour_before",
    "week_hour_after",
    "last_0",
    "last_1",
    "last_2",
    "last_3",
    "last_5",
    "last_yesterday",
    "last_week_ago",
    "mean_3",
    "mean_6",
    "mean_12",
    "mean_24",
    "mean_72",
    "mean_168",
    "same_hour_7",
    "same_hour_7_median",
    "same_hour_3",
    "same_hour_of_last_7",
    "same_hour_weeks",
    "profile",
    "max_24",
    "min_24",
    "change_0",
    "change_0_week",
    "change_3",
    "change_6",
    "change_12",
    "change_24",
    "change_24_week",
    "same_hour_7_spread",
    "yesterday",
    "level_week",
    "level_day",
    "all_change_0",
    "all_change_6",
    "all_change_24",
    "median_change_0",
    "median_change_6",
    "median_change_24",
    "still",
    "still_yesterday",
    "scale",
    "hour",
    "weekday",
    "rest",
    "rest_day_before",
    "rest_week_ago",
    "ahead",
];

/// The calendar of the hours of a grid and of those that are forecast from it.
pub struct Days(Vec<DayHour>);

struct DayHour {
    hour: u8,
    weekday: u8,
    /// A weekend or a holiday, and not worked for another one. Holidays are not told apart from weekends:
    /// there are too few of them in a year to learn what is theirs, and trees that could did worse.
    rest: bool,
}

impl Days {
    pub fn of(grid: &Grid, calendar: &Calendar, ahead: usize) -> Days {
        let day_hour = |hour| {
            let time = grid.time(hour);
            DayHour {
                hour: time.hour().unsigned_abs(),
                weekday: time.weekday().to_monday_zero_offset().unsigned_abs(),
                rest: calendar.kind(time.date()) != DayKind::Working,
            }
        };
        Days((0..grid.hours() + ahead).map(day_hour).collect())
    }

    fn rest(&self, hour: i64) -> f32 {
        let at = usize::try_from(hour).ok().and_then(|hour| self.0.get(hour));
        at.map_or(f32::NAN, |at| f32::from(u8::from(at.rest)))
    }

    fn hour_of_day(&self, hour: usize) -> f32 {
        self.0.get(hour).map_or(f32::NAN, |at| f32::from(at.hour))
    }

    fn weekday(&self, hour: usize) -> f32 {
        self.0.get(hour).map_or(f32::NAN, |at| f32::from(at.weekday))
    }
}

/// How all sites together have moved against the day before, at one origin.
#[derive(Clone, Copy, Debug)]
pub struct Together([f32; 6]);

impl Together {
    pub fn at(view: View<'_>, sites: usize) -> Together {
        let origin = view.origin() as i64;
        let levels: Vec<f64> = (0..sites).map(|site| view.mean(site, origin, WEEK)).collect();
        let all: f64 = levels.iter().filter(|level| !level.is_nan()).sum::<f64>().max(1e-3);
        let mut moved = [f32::NAN; 6];
        for (at, hours) in [1, 6, DAY].into_iter().enumerate() {
            let changes: Vec<f64> = (0..sites).map(|site| change(view, site, hours, DAY)).collect();
            moved[at] = (changes.iter().filter(|change| !change.is_nan()).sum::<f64>() / all) as f32;
            let mut shares: Vec<f64> = changes
                .iter()
                .zip(&levels)
                .map(|(change, level)| change / level.max(1e-3))
                .filter(|share| !share.is_nan())
                .collect();
            moved[at + 3] = median(&mut shares) as f32;
        }
        Together(moved)
    }
}

/// What the features are measured by.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// The value that the difference is forecast from.
    pub from: f64,
    pub scale: f64,
}

/// How the mean of the last hours differs from the one of the same hours `back` hours before.
fn change(view: View<'_>, site: usize, hours: usize, back: usize) -> f64 {
    let origin = view.origin() as i64;
    view.mean(site, origin, hours) - view.mean(site, origin - back as i64, hours)
}

fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { f64::NAN } else { values.iter().sum::<f64>() / values.len() as f64 }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        count if count % 2 == 1 => values[count / 2],
        count => values[count / 2 - 1] / 2.0 + values[count / 2] / 2.0,
    }
}

fn spread(values: &[f64]) -> f64 {
    let middle = mean(values);
    mean(&values.iter().map(|value| (value - middle).powi(2)).collect::<Vec<_>>()).sqrt()
}

/// The value of a day before the target, of a week before it where that one is not known yet; the mean of
/// the same hour of the days before when nobody knows it.
pub fn frame(view: View<'_>, site: usize, target: usize) -> Frame {
    let back = if target - view.origin() <= DAY { 1 } else { 7 };
    let known = view.at(site, target as i64 - (back * DAY) as i64);
    let first = days_back(target - view.origin());
    let from = if known.is_nan() { mean(&view.same_hour(site, target as i64, first, 7)) } else { known };
    Frame { from, scale: view.scale(site) }
}

/// So many days before the target lies the first same hour that is known at the origin.
pub fn days_back(ahead: usize) -> usize {
    ahead.div_ceil(DAY).max(1)
}

/// One row of features. `target` lies after the view's origin.
pub fn row(view: View<'_>, days: &Days, together: Together, site: usize, target: usize) -> (Frame, Vec<f32>) {
    let frame = frame(view, site, target);
    let mut row = Vec::with_capacity(NAMES.len());
    differences(view, site, target, frame, &mut row);
    changes(view, site, target, frame, &mut row);
    row.extend(together.0);
    let (origin, at) = (view.origin() as i64, target as i64);
    row.push(view.alike(site, origin) as f32);
    row.push(view.alike(site, at - (days_back(target - view.origin()) * DAY) as i64) as f32);
    row.push(frame.scale.ln() as f32);
    row.push(days.hour_of_day(target));
    row.push(days.weekday(target));
    row.push(days.rest(at));
    row.push(days.rest(at - (days_back(target - view.origin()) * DAY) as i64));
    row.push(days.rest(at - WEEK as i64));
    row.push((target - view.origin()) as f32);
    (frame, row)
}

/// Energies, as differences from the frame's.
fn differences(view: View<'_>, site: usize, target: usize, frame: Frame, row: &mut Vec<f32>) {
    let (origin, at) = (view.origin() as i64, target as i64);
    let ahead = target - view.origin();
    let back = days_back(ahead);
    let mut push = |value: f64| row.push(((value - frame.from) / frame.scale) as f32);
    // A difference from what it is measured by would be nought: farther ahead the nearest day takes its place.
    let week = if ahead <= DAY { 7 } else { back };
    for days in [back + 1, back + 2, back + 3, back.max(6), week, 14] {
        push(view.at(site, at - (days * DAY) as i64));
    }
    push(view.at(site, at - (back * DAY - 1).max(ahead) as i64));
    push(view.at(site, at - (back * DAY + 1) as i64));
    push(view.at(site, at - (WEEK - 1).max(ahead) as i64));
    push(view.at(site, at - (WEEK + 1) as i64));
    for hours in [0, 1, 2, 3, 5, DAY as i64, WEEK as i64] {
        push(view.at(site, origin - hours));
    }
    for hours in [3, 6, 12, DAY, 3 * DAY, WEEK] {
        push(view.mean(site, origin, hours));
    }
    let mut same = view.same_hour(site, at, back, 7);
    let usual = mean(&same);
    push(usual);
    push(median(&mut same));
    push(mean(&view.same_hour(site, at, back, 3)));
    push(mean(&view.same_hour(site, origin, 0, 7)));
    let weeks = [WEEK, 2 * WEEK, 3 * WEEK].map(|hours| view.at(site, at - hours as i64));
    push(mean(&weeks.into_iter().filter(|value| !value.is_nan()).collect::<Vec<_>>()));
    // The usual course of a day, lifted to where the last hours are.
    let six: Vec<f64> = (1..8).map(|day| view.mean(site, origin - day * DAY as i64, 6)).collect();
    push(
        usual + view.mean(site, origin, 6)
            - mean(&six.into_iter().filter(|v| !v.is_nan()).collect::<Vec<_>>()),
    );
    let day: Vec<f64> = (0..DAY as i64).map(|hour| view.at(site, origin - hour)).collect();
    push(day.iter().copied().fold(f64::NAN, f64::max));
    push(day.iter().copied().fold(f64::NAN, f64::min));
}

/// How things have moved, and how high they stand.
fn changes(view: View<'_>, site: usize, target: usize, frame: Frame, row: &mut Vec<f32>) {
    let (origin, at) = (view.origin() as i64, target as i64);
    let moves = [
        change(view, site, 1, DAY),
        change(view, site, 1, WEEK),
        change(view, site, 3, DAY),
        change(view, site, 6, DAY),
        change(view, site, 12, DAY),
        change(view, site, DAY, DAY),
        change(view, site, DAY, WEEK),
        spread(&view.same_hour(site, at, days_back(target - view.origin()), 7)),
        frame.from,
    ];
    row.extend(moves.map(|value| (value / frame.scale) as f32));
    let week = view.mean(site, origin, WEEK);
    row.push((week / frame.scale + 1e-3).ln() as f32);
    row.push((view.mean(site, origin, DAY) / frame.scale + 0.02).ln() as f32);
}

/// The past, its calendar and its common movement, ready to be asked for rows.
pub struct Source<'a> {
    pub past: Past<'a>,
    pub days: Days,
    together: Vec<Together>,
}

impl<'a> Source<'a> {
    pub fn of(grid: &'a Grid, calendar: &Calendar, ahead_max: usize) -> Source<'a> {
        let past = Past::of(grid);
        let together =
            (0..grid.hours()).map(|origin| Together::at(past.view(origin), grid.sites())).collect();
        Source { past, days: Days::of(grid, calendar, ahead_max), together }
    }

    /// The features of `target` as they are known at the end of the hour `origin`.
    pub fn row(&self, site: usize, origin: usize, target: usize) -> (Frame, Vec<f32>) {
        row(self.past.view(origin), &self.days, self.together[origin], site, target)
    }
}
