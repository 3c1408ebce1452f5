//! What is known at an hour, and nothing after it.

use crate::grid::{DAY, Grid, WEEK};

/// A grid with the sums that make means cheap. It holds hours after an origin too while a model is
/// trained or scored: only a [`View`] may be asked by a feature, and that one ends at its origin.
pub struct Past<'a> {
    grid: &'a Grid,
    /// Site by site, one longer than the hours: sums and counts of what is known before the hour.
    sums: Vec<f64>,
    known: Vec<u32>,
    /// For how many hours before it the value has been the same.
    alike: Vec<u16>,
}

impl<'a> Past<'a> {
    pub fn of(grid: &'a Grid) -> Past<'a> {
        let mut sums = Vec::with_capacity(grid.sites() * (grid.hours() + 1));
        let mut known = Vec::with_capacity(grid.sites() * (grid.hours() + 1));
        let mut alike = Vec::with_capacity(grid.sites() * grid.hours());
        for site in 0..grid.sites() {
            let (mut sum, mut count, mut run, mut before) = (0.0, 0, 0_u16, f64::NAN);
            sums.push(sum);
            known.push(count);
            for value in grid.site(site) {
                if !value.is_nan() {
                    sum += value;
                    count += 1;
                }
                sums.push(sum);
                known.push(count);
                run = if *value == before { run.saturating_add(1) } else { 0 };
                before = *value;
                alike.push(run);
            }
        }
        Past { grid, sums, known, alike }
    }

    pub fn grid(&self) -> &'a Grid {
        self.grid
    }

    /// What is known at the end of the hour `origin`.
    pub fn view(&self, origin: usize) -> View<'_> {
        View { past: self, origin }
    }
}

/// A past that ends with the hour `origin`: whatever lies after it is not known.
#[derive(Clone, Copy)]
pub struct View<'a> {
    past: &'a Past<'a>,
    origin: usize,
}

impl View<'_> {
    pub fn origin(&self) -> usize {
        self.origin
    }

    /// The value of an hour; `NaN` before the beginning, after the origin, and where nobody knows.
    pub fn at(&self, site: usize, hour: i64) -> f64 {
        match usize::try_from(hour) {
            Ok(hour) if hour <= self.origin => self.past.grid.at(site, hour),
            _ => f64::NAN,
        }
    }

    /// For how many hours the value of this one has stood still.
    pub fn alike(&self, site: usize, hour: i64) -> f64 {
        match usize::try_from(hour) {
            Ok(hour) if hour <= self.origin && hour < self.past.grid.hours() => {
                f64::from(self.past.alike[site * self.past.grid.hours() + hour])
            }
            _ => f64::NAN,
        }
    }

    /// The mean of the `hours` that end with the hour `last`. `NaN` when they begin before the series
    /// does, end after the origin, or hold nothing known.
    pub fn mean(&self, site: usize, last: i64, hours: usize) -> f64 {
        let Ok(end) = usize::try_from(last + 1) else { return f64::NAN };
        if end > self.origin + 1 || end > self.past.grid.hours() || hours > end {
            return f64::NAN;
        }
        let at = site * (self.past.grid.hours() + 1);
        let (from, to) = (at + end - hours, at + end);
        let count = self.past.known[to] - self.past.known[from];
        if count == 0 { f64::NAN } else { (self.past.sums[to] - self.past.sums[from]) / f64::from(count) }
    }

    /// How large the site's values are at the moment: the mean of four weeks, of less while there is less.
    pub fn scale(&self, site: usize) -> f64 {
        let hours = (4 * WEEK).min(self.origin + 1);
        let mean = self.mean(site, self.origin as i64, hours);
        // Nothing known, or nothing delivered: `max` answers the smallest scale for both.
        mean.max(SCALE_MIN)
    }

    /// The same hour of the day on the `days` before, `first` days back at the latest.
    pub fn same_hour(&self, site: usize, hour: i64, first: usize, days: usize) -> Vec<f64> {
        (first..first + days)
            .map(|day| self.at(site, hour - (day * DAY) as i64))
            .filter(|value| !value.is_nan())
            .collect()
    }
}

/// A site that gave next to nothing is measured by this: a division by nought says nothing.
const SCALE_MIN: f64 = 1e-3;
