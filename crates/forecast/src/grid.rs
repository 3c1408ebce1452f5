//! Hourly values of several sites beside each other.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};

pub const DAY: usize = 24;
pub const WEEK: usize = 7 * DAY;

/// One value an hour and site; what is not known is `NaN`. Hours are local wall clock, without gaps.
#[derive(Clone, Debug)]
pub struct Grid {
    start: DateTime,
    hours: usize,
    names: Vec<String>,
    /// Site by site.
    values: Vec<f64>,
}

impl Grid {
    /// `values` holds, site by site, one value an hour from `start`. All sites have the same length;
    /// where one is shorter, the rest of it is not known.
    pub fn new(start: DateTime, names: Vec<String>, values: Vec<Vec<f64>>) -> Grid {
        let hours = values.iter().map(Vec::len).max().unwrap_or(0);
        let mut flat = Vec::with_capacity(hours * names.len());
        for site in 0..names.len() {
            let known = values.get(site).map_or(&[][..], Vec::as_slice);
            flat.extend_from_slice(known);
            flat.extend(std::iter::repeat_n(f64::NAN, hours - known.len()));
        }
        Grid { start, hours, names, values: flat }
    }

    pub fn start(&self) -> DateTime {
        self.start
    }

    pub fn hours(&self) -> usize {
        self.hours
    }

    pub fn sites(&self) -> usize {
        self.names.len()
    }

    pub fn names(&self) -> &[String] {
        &self.names
    }

    pub fn site(&self, site: usize) -> &[f64] {
        &self.values[site * self.hours..(site + 1) * self.hours]
    }

    pub fn at(&self, site: usize, hour: usize) -> f64 {
        if hour < self.hours { self.values[site * self.hours + hour] } else { f64::NAN }
    }

    pub fn set(&mut self, site: usize, hour: usize, value: f64) {
        if hour < self.hours {
            self.values[site * self.hours + hour] = value;
        }
    }

    /// The wall clock at the beginning of an hour, also of one after the end.
    pub fn time(&self, hour: usize) -> DateTime {
        self.start.saturating_add(i64::try_from(hour).unwrap_or(i64::MAX).min(1_000_000).hours())
    }

    /// The first hour of a day, `None` where the day begins before the grid does.
    pub fn hour_of(&self, day: Date) -> Option<usize> {
        let span = self.start.duration_until(day.to_datetime(jiff::civil::Time::midnight()));
        usize::try_from(span.as_hours()).ok()
    }

    /// The hours before `end`.
    pub fn until(&self, end: usize) -> Grid {
        let end = end.min(self.hours);
        let values = (0..self.sites()).map(|site| self.site(site)[..end].to_vec()).collect();
        Grid::new(self.start, self.names.clone(), values)
    }
}
