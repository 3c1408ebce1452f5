//! Gradient-boosted trees over histograms: what of the method a forecast needs, and nothing else.
//!
//! Rows are cut into at most 255 bins a feature once; a tree is grown leaf by leaf where the gain is
//! largest, from histograms of which the larger child's is the parent's less the smaller one's. A leaf
//! of an absolute (or quantile) loss says the weighted quantile of what is left in it, so that one wild
//! hour cannot pull it away. The same rows, settings and seed give the same trees on every machine
//! with the same arithmetic: nothing depends on threads or on time.

mod bins;
mod grow;
mod random;

pub use random::Random;

use bins::{Binned, Cuts};
use grow::{Grower, Tree, Wanted};

/// Values of features, feature by feature. What is unknown is `NaN` and counts as below everything.
#[derive(Clone, Debug, Default)]
pub struct Table {
    rows: usize,
    columns: Vec<Vec<f32>>,
    groups: Vec<u32>,
}

impl Table {
    pub fn new(features: usize, capacity: usize) -> Table {
        Table {
            rows: 0,
            columns: (0..features).map(|_| Vec::with_capacity(capacity)).collect(),
            groups: Vec::with_capacity(capacity),
        }
    }

    /// One more row; `values` has as many as the table has features, further ones are left out. Rows of a
    /// group share their fate: a tree sees all of them or none. Hours of one day err together, and trees
    /// that know part of a day would take its weather for a rule.
    pub fn push(&mut self, values: &[f32], group: u32) {
        for (column, value) in self.columns.iter_mut().zip(values) {
            column.push(*value);
        }
        self.groups.push(group);
        self.rows += 1;
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn features(&self) -> usize {
        self.columns.len()
    }

    pub fn column(&self, feature: usize) -> &[f32] {
        &self.columns[feature]
    }
}

/// What is made small.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Loss {
    /// The squared difference: a leaf says the mean.
    Square,
    /// The quantile loss: a leaf says this quantile. 0.5 is the absolute difference.
    Quantile(f32),
}

impl Loss {
    pub const ABSOLUTE: Loss = Loss::Quantile(0.5);
}

#[derive(Clone, Debug)]
pub struct Settings {
    pub loss: Loss,
    pub trees: usize,
    /// How much of each tree is believed.
    pub rate: f32,
    pub leaves: usize,
    /// A leaf has at least so many rows.
    pub rows_min: usize,
    /// Of the features and of the groups of rows, how many a tree sees, 0 to 1.
    pub feature_share: f32,
    pub group_share: f32,
    /// Weight that holds a leaf near nought.
    pub ridge: f32,
    pub bins: usize,
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            loss: Loss::ABSOLUTE,
            trees: 300,
            rate: 0.05,
            leaves: 31,
            rows_min: 100,
            feature_share: 0.5,
            group_share: 0.6,
            ridge: 1.0,
            bins: 127,
            seed: 1,
        }
    }
}

/// A learned function of a row.
#[derive(Clone, Debug)]
pub struct Booster {
    cuts: Cuts,
    start: f32,
    trees: Vec<Tree>,
}

impl Booster {
    /// Learns `wanted` from `table`, each row with its weight. No row at all gives a booster that says 0.
    pub fn fit(table: &Table, wanted: &[f32], weights: &[f32], settings: &Settings) -> Booster {
        let cuts = Cuts::of(table, settings.bins.clamp(2, 255));
        let binned = Binned::of(table, &cuts);
        let start = start(wanted, weights, settings.loss);
        let mut said = vec![start; table.rows()];
        let mut random = Random::new(settings.seed);
        let mut grower =
            Grower::new(&binned, &cuts, Wanted { values: wanted, weights, groups: &table.groups }, settings);
        let mut trees = Vec::with_capacity(settings.trees);
        for _ in 0..settings.trees {
            let tree = grower.tree(&said, &mut random);
            if tree.is_leaf() {
                break;
            }
            for (row, value) in said.iter_mut().enumerate() {
                *value += tree.value_of(|feature| binned.bin(feature, row));
            }
            trees.push(tree);
        }
        Booster { cuts, start, trees }
    }

    /// What is to be expected of one row.
    pub fn predict(&self, row: &[f32]) -> f32 {
        let bins: Vec<u8> = row.iter().enumerate().map(|(at, value)| self.cuts.bin(at, *value)).collect();
        let bin = |feature: usize| bins.get(feature).copied().unwrap_or(0);
        self.start + self.trees.iter().map(|tree| tree.value_of(bin)).sum::<f32>()
    }

    pub fn trees(&self) -> usize {
        self.trees.len()
    }

    /// How often each feature was asked, most often first.
    pub fn asked(&self) -> Vec<(usize, usize)> {
        let mut counts = vec![0_usize; self.cuts.features()];
        for feature in self.trees.iter().flat_map(Tree::features) {
            counts[feature] += 1;
        }
        let mut asked: Vec<(usize, usize)> = counts.into_iter().enumerate().collect();
        asked.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        asked
    }
}

/// What a tree-less booster says.
fn start(wanted: &[f32], weights: &[f32], loss: Loss) -> f32 {
    match loss {
        Loss::Square => {
            let total: f64 = weights.iter().map(|weight| f64::from(*weight)).sum();
            let sum: f64 = wanted.iter().zip(weights).map(|(y, w)| f64::from(*y) * f64::from(*w)).sum();
            if total > 0.0 { (sum / total) as f32 } else { 0.0 }
        }
        Loss::Quantile(share) => {
            let mut pairs: Vec<(f32, f32)> = wanted.iter().copied().zip(weights.iter().copied()).collect();
            quantile(&mut pairs, share)
        }
    }
}

/// The value below which `share` of the weight lies; 0 of nothing.
pub fn quantile(pairs: &mut [(f32, f32)], share: f32) -> f32 {
    pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let total: f64 = pairs.iter().map(|pair| f64::from(pair.1)).sum();
    let wanted = total * f64::from(share);
    let mut sum = 0.0;
    for (value, weight) in pairs.iter() {
        sum += f64::from(*weight);
        if sum >= wanted {
            return *value;
        }
    }
    pairs.last().map_or(0.0, |pair| pair.0)
}
