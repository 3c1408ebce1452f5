//! The hourly model: what a site will give an hour, some hours from now.

use crate::boost::{Booster, Loss, Random, Settings, Table};
use crate::features::{NAMES, Source};
use crate::grid::{DAY, WEEK};

/// The hours ahead that one model is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: usize,
    pub to: usize,
}

impl Span {
    pub const fn one(ahead: usize) -> Span {
        Span { from: ahead, to: ahead }
    }

    pub fn has(&self, ahead: usize) -> bool {
        (self.from..=self.to).contains(&ahead)
    }
}

/// With less than this no forecast is given: four weeks show each weekday four times.
pub const HOURS_MIN: usize = 4 * WEEK;

/// With less than this nothing is learned at all, not even to be scored: beyond the beginning there
/// has to be a week of lessons.
pub const LEARNED_MIN: usize = BEGINNING + WEEK;

/// So much of the beginning serves as past only.
const BEGINNING: usize = 2 * WEEK;

/// A large site counts more than a small one, but less than it is larger: its errors are more of the
/// sum, the small ones' hours are more of what can be learned. Tried from 0.25 to 1: see docs/forecast.md.
const WEIGHT_POWER: f64 = 0.5;

/// How much of the learned difference from the day (or week) before is believed, the less the farther ahead. In
/// quiet weeks all of it would be about as good; when everything moves as it never did before (the days
/// around a long holiday), less is better by far: see docs/forecast.md.
fn believed(ahead: usize) -> f64 {
    (1.0 - ahead as f64 / 60.0).max(0.8)
}

/// How it is learned.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// One booster each, their answers averaged.
    pub parts: Vec<Settings>,
    /// Whether a part of the learned difference is taken back.
    pub careful: bool,
}

impl Recipe {
    /// The one that is used: boosters of the absolute error that differ in their chance only.
    pub fn point(seed: u64) -> Recipe {
        let settings = Settings { seed, ..Settings::default() };
        Recipe { parts: vec![settings], careful: true }
    }

    /// The edge of a band.
    pub fn edge(share: f32, seed: u64) -> Recipe {
        let settings =
            Settings { loss: Loss::Quantile(share), trees: 120, rate: 0.08, seed, ..Settings::default() };
        Recipe { parts: vec![settings], careful: false }
    }
}

/// What is learned from, before anything is: rows of features with the difference that came.
pub struct Lessons {
    table: Table,
    wanted: Vec<f32>,
    weights: Vec<f32>,
}

impl Lessons {
    /// All hours before `until` that have a past, each seen from one origin: where the span has several
    /// hours ahead, chance says from which.
    pub fn before(source: &Source<'_>, span: Span, until: usize, seed: u64) -> Lessons {
        Lessons::some_before(source, span, until, usize::MAX, seed)
    }

    /// The same, of which chance picks about `most`.
    pub fn some_before(source: &Source<'_>, span: Span, until: usize, most: usize, seed: u64) -> Lessons {
        let grid = source.past.grid();
        let until = until.min(grid.hours());
        let all = until.saturating_sub(BEGINNING) * grid.sites();
        let share = most as f32 / all.max(1) as f32;
        let capacity = all.min(most);
        let mut lessons = Lessons {
            table: Table::new(NAMES.len(), capacity),
            wanted: Vec::with_capacity(capacity),
            weights: Vec::with_capacity(capacity),
        };
        let mut random = Random::new(seed);
        for target in BEGINNING + span.to..until {
            for site in 0..grid.sites() {
                let ahead = span.from + (random.number() % (span.to - span.from + 1) as u64) as usize;
                let came = grid.at(site, target);
                if came.is_nan() || share < 1.0 && random.share() >= share {
                    continue;
                }
                let (frame, row) = source.row(site, target - ahead, target);
                if frame.from.is_nan() {
                    continue;
                }
                lessons.table.push(&row, (target / DAY) as u32);
                lessons.wanted.push(((came - frame.from) / frame.scale) as f32);
                lessons.weights.push(frame.scale.powf(WEIGHT_POWER) as f32);
            }
        }
        even(&mut lessons.weights);
        lessons
    }

    pub fn rows(&self) -> usize {
        self.wanted.len()
    }

    pub fn learn(&self, span: Span, recipe: &Recipe) -> Model {
        let fit = |settings: &Settings| Booster::fit(&self.table, &self.wanted, &self.weights, settings);
        Model { span, parts: recipe.parts.iter().map(fit).collect(), careful: recipe.careful }
    }
}

/// Weights with mean 1, so that settings mean the same for any of them.
fn even(weights: &mut [f32]) {
    let sum: f64 = weights.iter().map(|weight| f64::from(*weight)).sum();
    let mean = sum / weights.len().max(1) as f64;
    if mean > 0.0 {
        for weight in weights {
            *weight = (f64::from(*weight) / mean) as f32;
        }
    }
}

#[derive(Clone, Debug)]
pub struct Model {
    span: Span,
    parts: Vec<Booster>,
    careful: bool,
}

impl Model {
    pub fn span(&self) -> Span {
        self.span
    }

    pub fn boosters(&self) -> &[Booster] {
        &self.parts
    }

    /// What is expected of `target` at the end of the hour `origin`; `NaN` where nothing is known to
    /// start from.
    pub fn predict(&self, source: &Source<'_>, site: usize, origin: usize, target: usize) -> f64 {
        let (frame, row) = source.row(site, origin, target);
        if frame.from.is_nan() {
            return f64::NAN;
        }
        let sum: f64 = self.parts.iter().map(|part| f64::from(part.predict(&row))).sum();
        let belief = if self.careful { believed(target - origin) } else { 1.0 };
        let moved = belief * sum / self.parts.len().max(1) as f64;
        (frame.from + frame.scale * moved).max(0.0)
    }
}

/// Forecasts that need no learning: what every other has to beat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naive {
    /// The last value that is known.
    Last,
    /// The same hour of the day before.
    Day,
    /// The same hour of the week before.
    Week,
}

impl Naive {
    pub const ALL: [Naive; 3] = [Naive::Last, Naive::Day, Naive::Week];

    pub fn predict(self, source: &Source<'_>, site: usize, origin: usize, target: usize) -> f64 {
        let back = match self {
            Naive::Last => target - origin,
            Naive::Day => (target - origin).div_ceil(DAY) * DAY,
            Naive::Week => (target - origin).div_ceil(WEEK) * WEEK,
        };
        source.past.view(origin).at(site, target as i64 - back as i64)
    }
}
