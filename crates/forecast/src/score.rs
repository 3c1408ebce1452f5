//! How far a forecast was off, pooled over sites and hours.

/// What was said beside what came.
#[derive(Clone, Debug, Default)]
pub struct Pairs(Vec<(f32, f32)>);

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    pub count: usize,
    /// Root of the mean squared error.
    pub rmse: f64,
    /// Mean absolute error.
    pub mae: f64,
    /// Sum of the absolute errors over the sum of what came.
    pub wape: f64,
    /// Sum of the absolute errors over the one of a forecast that always says the mean.
    pub rae: f64,
}

impl Pairs {
    /// One forecast and what came of it. Less than nothing cannot be delivered, so it is not said either.
    /// A pair of which one side is not known is left out.
    pub fn push(&mut self, said: f64, came: f64) {
        if !said.is_nan() && !came.is_nan() {
            self.0.push((said.max(0.0) as f32, came as f32));
        }
    }

    pub fn append(&mut self, mut other: Pairs) {
        self.0.append(&mut other.0);
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `None` of nothing.
    pub fn score(&self) -> Option<Score> {
        if self.0.is_empty() {
            return None;
        }
        let count = self.0.len() as f64;
        let sum = |of: &dyn Fn(f64, f64) -> f64| {
            self.0.iter().map(|(said, came)| of(f64::from(*said), f64::from(*came))).sum::<f64>()
        };
        let mean = sum(&|_, came| came) / count;
        let off = sum(&|said, came| (said - came).abs());
        Some(Score {
            count: self.0.len(),
            rmse: (sum(&|said, came| (said - came).powi(2)) / count).sqrt(),
            mae: off / count,
            wape: off / sum(&|_, came| came.abs()),
            rae: off / sum(&|_, came| (came - mean).abs()),
        })
    }
}
