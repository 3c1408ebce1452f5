//! Which hours are learned from and which are scored.

use crate::grid::Grid;
use crate::hourly::LEARNED_MIN;
use jiff::ToSpan;
use std::ops::Range;

/// The hours ahead at which forecasts are compared.
pub const AHEAD: [usize; 4] = [3, 6, 9, 12];

/// One cut between what is known and what is scored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    pub name: String,
    /// Learned is what lies before this hour.
    pub learned: usize,
    /// The first hour that is scored at one hour ahead, and the hour that is scored no more.
    first: usize,
    end: usize,
}

impl Cut {
    /// Learns what lies before `cut` and scores every later hour whose origin is not before its eve.
    pub fn at(name: impl Into<String>, cut: usize, end: usize) -> Cut {
        Cut { name: name.into(), learned: cut, first: cut, end }
    }

    /// The hours that are scored at so many hours ahead.
    pub fn targets(&self, ahead: usize) -> Range<usize> {
        (self.first + ahead - 1).min(self.end)..self.end
    }
}

/// The expanding monthly folds: fold `f` has the first `f` months, 80 % to learn, 10 % to validate, the
/// last 10 % to test. Learned is all before the test, because nothing is chosen by the validation. A fold
/// is there when all its months are.
pub fn folds(grid: &Grid) -> Vec<Cut> {
    let mut folds = Vec::new();
    let first = grid.start().date().first_of_month();
    for months in 1.. {
        let Ok(after) = first.checked_add(i64::from(months).months()) else { break };
        let Some(end) = grid.hour_of(after).filter(|end| *end <= grid.hours()) else { break };
        let learned = end * 9 / 10;
        let cut = Cut { name: format!("fold {months}"), learned, first: learned + 12, end: end - 1 };
        if learned >= LEARNED_MIN {
            folds.push(cut);
        }
    }
    folds
}
