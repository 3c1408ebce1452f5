//! The next week of every site, hour by hour: with a band, beside the naive forecast, and with how far
//! both were off when the same was done for the weeks before.

use crate::calendar::Calendar;
use crate::features::Source;
use crate::grid::{DAY, Grid, WEEK};
use crate::hourly::{HOURS_MIN, Lessons, Model, Naive, Recipe, Span};
use crate::score::{Pairs, Score};

/// Models for hours that lie close together ahead: near ones follow the moment, far ones the week.
const SPANS: [Span; 4] = [
    Span { from: 1, to: 6 },
    Span { from: 7, to: 24 },
    Span { from: 25, to: 72 },
    Span { from: 73, to: WEEK },
];

/// The band holds what comes four times of five.
const EDGES: [f32; 2] = [0.1, 0.9];

/// The last so many hours are forecast once more, as if they had not been: two weeks.
const TESTED: usize = 2 * WEEK;

/// One hour of a forecast, in the unit of the series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hour {
    pub low: f64,
    pub said: f64,
    pub high: f64,
    pub naive: f64,
}

/// How far the forecast was off when it was made for hours that have come since.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tested {
    pub model: Score,
    pub naive: Score,
    /// Of the hours, how many came to lie in the band, 0 to 1.
    pub inside: f64,
}

#[derive(Clone, Debug)]
pub struct SiteWeek {
    /// Known hours of the site; with less than [`HOURS_MIN`] there is no forecast.
    pub known: usize,
    /// From the first hour after the series; empty where too little is known.
    pub hours: Vec<Hour>,
    /// Of the next 24 hours, against the same hour of the day before.
    pub day: Option<Tested>,
    /// Of the hours of the days after, against the same hour of the week before.
    pub week: Option<Tested>,
}

/// How much is spent on it.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Lessons of one model at most: chance picks them.
    pub lessons: usize,
    pub seed: u64,
}

impl Default for Effort {
    fn default() -> Effort {
        Effort { lessons: 150_000, seed: 1 }
    }
}

/// The models of a span: the middle and the edges of the band.
struct Trio {
    span: Span,
    models: [Model; 3],
}

fn learn(source: &Source<'_>, until: usize, effort: Effort) -> Vec<Trio> {
    let of = |span: Span| {
        let lessons = Lessons::some_before(source, span, until, effort.lessons, effort.seed);
        let [low, high] = EDGES.map(|share| lessons.learn(span, &Recipe::edge(share, effort.seed)));
        let point = lessons.learn(span, &Recipe::point(effort.seed));
        Trio { span, models: [low, point, high] }
    };
    SPANS.into_iter().map(of).collect()
}

fn hour(source: &Source<'_>, trios: &[Trio], site: usize, origin: usize, ahead: usize) -> Option<Hour> {
    let trio = trios.iter().find(|trio| trio.span.has(ahead))?;
    let [low, said, high] =
        trio.models.each_ref().map(|model| model.predict(source, site, origin, origin + ahead));
    let naive = if ahead <= DAY { Naive::Day } else { Naive::Week };
    let naive = naive.predict(source, site, origin, origin + ahead);
    // Three models that know nothing of each other may cross: the middle keeps its place in between.
    Some(Hour { low: low.min(said), said, high: high.max(said), naive })
}

/// Forecasts the week after the end of the grid. Sites of which too little is known get none.
pub fn weeks(grid: &Grid, calendar: &Calendar, effort: Effort) -> Vec<SiteWeek> {
    let source = Source::of(grid, calendar, WEEK);
    let known: Vec<usize> = (0..grid.sites())
        .map(|site| grid.site(site).iter().filter(|value| !value.is_nan()).count())
        .collect();
    let mut weeks: Vec<SiteWeek> = known
        .iter()
        .map(|known| SiteWeek { known: *known, hours: Vec::new(), day: None, week: None })
        .collect();
    let long: Vec<usize> = (0..grid.sites()).filter(|site| known[*site] >= HOURS_MIN).collect();
    if long.is_empty() || grid.hours() < HOURS_MIN {
        return weeks;
    }
    let before = grid.hours() - TESTED;
    let tested = learn(&source, before, effort);
    for site in &long {
        let (day, week) = test(&source, &tested, *site, before);
        weeks[*site].day = day;
        weeks[*site].week = week;
    }
    let trios = learn(&source, grid.hours(), effort);
    let origin = grid.hours() - 1;
    for site in long {
        weeks[site].hours =
            (1..=WEEK).filter_map(|ahead| hour(&source, &trios, site, origin, ahead)).collect();
    }
    weeks
}

/// Forecasts from each sixth hour of the tested time what has come since.
fn test(source: &Source<'_>, trios: &[Trio], site: usize, before: usize) -> (Option<Tested>, Option<Tested>) {
    let mut day = Test::default();
    let mut week = Test::default();
    let grid = source.past.grid();
    for origin in (before - 1..grid.hours() - 1).step_by(6) {
        for ahead in 1..=WEEK.min(grid.hours() - 1 - origin) {
            let came = grid.at(site, origin + ahead);
            // Far hours move slowly with the origin: one of six is enough of them.
            if ahead > DAY && (origin + ahead) % 6 != 0 {
                continue;
            }
            if let Some(hour) = hour(source, trios, site, origin, ahead) {
                (if ahead <= DAY { &mut day } else { &mut week }).push(hour, came);
            }
        }
    }
    (day.tested(), week.tested())
}

#[derive(Default)]
struct Test {
    model: Pairs,
    naive: Pairs,
    inside: usize,
}

impl Test {
    /// Only where both said something: else the easier hours would be on one side.
    fn push(&mut self, hour: Hour, came: f64) {
        if came.is_nan() || hour.said.is_nan() || hour.naive.is_nan() {
            return;
        }
        self.model.push(hour.said, came);
        self.naive.push(hour.naive, came);
        self.inside += usize::from((hour.low..=hour.high).contains(&came));
    }

    fn tested(self) -> Option<Tested> {
        let inside = self.inside as f64 / self.model.len().max(1) as f64;
        Some(Tested { model: self.model.score()?, naive: self.naive.score()?, inside })
    }
}
