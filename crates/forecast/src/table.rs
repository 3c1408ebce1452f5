//! The table that a method is judged by: its errors beside those of forecasts that need no learning.

use crate::calendar::Calendar;
use crate::features::Source;
use crate::grid::Grid;
use crate::hourly::{Lessons, Model, Naive, Recipe, Span};
use crate::protocol::{AHEAD, Cut};
use crate::score::{Pairs, Score};

/// Scores of one number of hours ahead.
#[derive(Clone, Debug)]
pub struct Row {
    pub ahead: usize,
    /// Rows that were learned from.
    pub lessons: usize,
    pub model: Option<Score>,
    /// In the order of [`Naive::ALL`].
    pub naive: [Option<Score>; 3],
}

/// Learns what lies before the cut and scores what comes after it, without learning anew. `threads`
/// changes how long it takes, not what comes of it.
pub fn rows(grid: &Grid, calendar: &Calendar, cut: &Cut, recipe: &Recipe, threads: usize) -> Vec<Row> {
    let source = Source::of(grid, calendar, 0);
    let mut rows = Vec::with_capacity(AHEAD.len());
    for part in AHEAD.chunks(threads.max(1)) {
        let found: Vec<Row> = std::thread::scope(|scope| {
            let source = &source;
            let running: Vec<_> =
                part.iter().map(|ahead| scope.spawn(move || row(source, cut, recipe, *ahead))).collect();
            running
                .into_iter()
                .map(|one| one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect()
        });
        rows.extend(found);
    }
    rows
}

fn row(source: &Source<'_>, cut: &Cut, recipe: &Recipe, ahead: usize) -> Row {
    let span = Span::one(ahead);
    let lessons = Lessons::before(source, span, cut.learned, 0);
    let model = lessons.learn(span, recipe);
    let naive = Naive::ALL.map(|naive| {
        scored(source, cut, ahead, |site, origin, target| naive.predict(source, site, origin, target)).score()
    });
    let model = said(source, cut, ahead, &model).score();
    Row { ahead, lessons: lessons.rows(), model, naive }
}

/// What a model says of every hour after the cut, beside what came.
pub fn said(source: &Source<'_>, cut: &Cut, ahead: usize, model: &Model) -> Pairs {
    scored(source, cut, ahead, |site, origin, target| model.predict(source, site, origin, target))
}

fn scored(
    source: &Source<'_>,
    cut: &Cut,
    ahead: usize,
    predict: impl Fn(usize, usize, usize) -> f64,
) -> Pairs {
    let grid = source.past.grid();
    let mut pairs = Pairs::default();
    for target in cut.targets(ahead) {
        for site in 0..grid.sites() {
            pairs.push(predict(site, target - ahead, target), grid.at(site, target));
        }
    }
    pairs
}
