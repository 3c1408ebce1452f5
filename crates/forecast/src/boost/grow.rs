//! One tree: grown at the leaf that gains most, until there are enough leaves.

use super::bins::{Binned, Cuts};
use super::{Loss, Random, Settings, quantile};

#[derive(Clone, Copy, Debug)]
struct Node {
    feature: u32,
    /// Rows with a bin up to this one go left.
    bin: u8,
    /// Number of the left child, the right one is the next; 0 in a leaf.
    left: u32,
    value: f32,
}

#[derive(Clone, Debug)]
pub struct Tree(Vec<Node>);

impl Tree {
    pub fn is_leaf(&self) -> bool {
        self.0.len() < 2
    }

    pub fn value_of(&self, bin: impl Fn(usize) -> u8) -> f32 {
        let mut at = 0;
        loop {
            let node = &self.0[at];
            if node.left == 0 {
                return node.value;
            }
            let right = bin(node.feature as usize) > node.bin;
            at = node.left as usize + usize::from(right);
        }
    }

    pub fn features(&self) -> impl Iterator<Item = usize> {
        self.0.iter().filter(|node| node.left != 0).map(|node| node.feature as usize)
    }
}

/// What the rows of a bin push for, and with how much weight.
#[derive(Clone, Copy, Default)]
struct Cell {
    push: f64,
    weight: f64,
    rows: u32,
}

struct Split {
    feature: usize,
    bin: u8,
    gain: f64,
}

/// A leaf that may still be split.
struct Leaf {
    node: usize,
    rows: Vec<u32>,
    histogram: Vec<Cell>,
    split: Option<Split>,
}

/// What is to be learned of each row.
pub struct Wanted<'a> {
    pub values: &'a [f32],
    pub weights: &'a [f32],
    pub groups: &'a [u32],
}

pub struct Grower<'a> {
    binned: &'a Binned,
    wanted: Wanted<'a>,
    settings: &'a Settings,
    /// Where each feature's cells begin in a histogram.
    begins: Vec<usize>,
    push: Vec<f32>,
}

impl<'a> Grower<'a> {
    pub fn new(binned: &'a Binned, cuts: &Cuts, wanted: Wanted<'a>, settings: &'a Settings) -> Grower<'a> {
        let mut begins = vec![0];
        for feature in 0..cuts.features() {
            begins.push(begins[feature] + cuts.bins(feature));
        }
        Grower { binned, wanted, settings, begins, push: vec![0.0; binned.rows()] }
    }

    /// The tree that best moves what was `said` towards what is wanted.
    pub fn tree(&mut self, said: &[f32], random: &mut Random) -> Tree {
        self.push_of(said);
        let rows = self.rows(random);
        let features = random.choice(self.begins.len() - 1, self.settings.feature_share);
        let mut tree = Tree(vec![Node { feature: 0, bin: 0, left: 0, value: 0.0 }]);
        let histogram = self.histogram(&rows, &features);
        let split = self.best(&histogram, &features);
        let mut leaves = vec![Leaf { node: 0, rows, histogram, split }];
        while leaves.len() < self.settings.leaves {
            let gain = |leaf: &Leaf| leaf.split.as_ref().map_or(0.0, |split| split.gain);
            let best = (0..leaves.len())
                .filter(|at| leaves[*at].split.is_some())
                .max_by(|a, b| gain(&leaves[*a]).total_cmp(&gain(&leaves[*b])));
            let Some(best) = best else { break };
            let leaf = leaves.swap_remove(best);
            leaves.extend(self.parted(&mut tree, leaf, &features));
        }
        for leaf in &leaves {
            tree.0[leaf.node].value = self.settings.rate * self.value(&leaf.rows, said);
        }
        tree
    }

    /// The rows of the groups that chance picks.
    fn rows(&self, random: &mut Random) -> Vec<u32> {
        let groups = self.wanted.groups.iter().max().map_or(0, |group| *group as usize + 1);
        let share = self.settings.group_share;
        let picked: Vec<bool> = (0..groups).map(|_| share >= 1.0 || random.share() < share).collect();
        (0..self.binned.rows() as u32)
            .filter(|row| picked[self.wanted.groups[*row as usize] as usize])
            .collect()
    }

    fn push_of(&mut self, said: &[f32]) {
        for (row, push) in self.push.iter_mut().enumerate() {
            let miss = self.wanted.values[row] - said[row];
            let towards = match self.settings.loss {
                Loss::Square => miss,
                Loss::Quantile(share) if miss > 0.0 => share,
                Loss::Quantile(share) if miss < 0.0 => share - 1.0,
                Loss::Quantile(_) => 0.0,
            };
            *push = towards * self.wanted.weights[row];
        }
    }

    fn histogram(&self, rows: &[u32], features: &[usize]) -> Vec<Cell> {
        let mut cells = vec![Cell::default(); self.begins[self.begins.len() - 1]];
        let gathered: Vec<(f32, f32)> =
            rows.iter().map(|row| (self.push[*row as usize], self.wanted.weights[*row as usize])).collect();
        for feature in features {
            let column = self.binned.column(*feature);
            let cells = &mut cells[self.begins[*feature]..self.begins[*feature + 1]];
            for (row, (push, weight)) in rows.iter().zip(&gathered) {
                let cell = &mut cells[usize::from(column[*row as usize])];
                cell.push += f64::from(*push);
                cell.weight += f64::from(*weight);
                cell.rows += 1;
            }
        }
        cells
    }

    /// The split of all that gains most, if one gains at all.
    fn best(&self, histogram: &[Cell], features: &[usize]) -> Option<Split> {
        let ridge = f64::from(self.settings.ridge);
        let worth = |push: f64, weight: f64| push * push / (weight + ridge);
        let rows_min = self.settings.rows_min.max(1) as u32;
        let mut best: Option<Split> = None;
        for feature in features {
            let cells = &histogram[self.begins[*feature]..self.begins[*feature + 1]];
            let all = cells.iter().fold(Cell::default(), |sum, cell| sum.plus(cell));
            let whole = worth(all.push, all.weight);
            let mut left = Cell::default();
            for (bin, cell) in cells[..cells.len() - 1].iter().enumerate() {
                if cell.rows == 0 {
                    continue;
                }
                left = left.plus(cell);
                let right = all.less(&left);
                if left.rows < rows_min || right.rows < rows_min {
                    continue;
                }
                let gain = worth(left.push, left.weight) + worth(right.push, right.weight) - whole;
                if gain > best.as_ref().map_or(1e-9, |best| best.gain) {
                    best = Some(Split { feature: *feature, bin: bin as u8, gain });
                }
            }
        }
        best
    }

    /// The two leaves that a leaf falls into.
    fn parted(&self, tree: &mut Tree, leaf: Leaf, features: &[usize]) -> Vec<Leaf> {
        let Leaf { node, rows, mut histogram, split } = leaf;
        let Some(split) = split else { return Vec::new() };
        let column = self.binned.column(split.feature);
        let (left, right): (Vec<u32>, Vec<u32>) =
            rows.into_iter().partition(|row| column[*row as usize] <= split.bin);
        let at = tree.0.len();
        tree.0[node] = Node { feature: split.feature as u32, bin: split.bin, left: at as u32, value: 0.0 };
        tree.0.extend([Node { feature: 0, bin: 0, left: 0, value: 0.0 }; 2]);
        let left_is_small = left.len() <= right.len();
        let small = self.histogram(if left_is_small { &left } else { &right }, features);
        for (cell, less) in histogram.iter_mut().zip(&small) {
            *cell = cell.less(less);
        }
        let (of_left, of_right) = if left_is_small { (small, histogram) } else { (histogram, small) };
        [(at, left, of_left), (at + 1, right, of_right)]
            .into_iter()
            .map(|(node, rows, histogram)| {
                let split = self.best(&histogram, features);
                Leaf { node, rows, histogram, split }
            })
            .collect()
    }

    /// What the rows of a leaf still lack.
    fn value(&self, rows: &[u32], said: &[f32]) -> f32 {
        let lacking = rows.iter().map(|row| {
            let row = *row as usize;
            (self.wanted.values[row] - said[row], self.wanted.weights[row])
        });
        match self.settings.loss {
            Loss::Square => {
                let (sum, weight) = lacking.fold((0.0_f64, 0.0_f64), |(sum, all), (miss, weight)| {
                    (sum + f64::from(miss) * f64::from(weight), all + f64::from(weight))
                });
                (sum / (weight + f64::from(self.settings.ridge))) as f32
            }
            Loss::Quantile(share) => quantile(&mut lacking.collect::<Vec<_>>(), share),
        }
    }
}

impl Cell {
    fn plus(&self, other: &Cell) -> Cell {
        Cell {
            push: self.push + other.push,
            weight: self.weight + other.weight,
            rows: self.rows + other.rows,
        }
    }

    fn less(&self, other: &Cell) -> Cell {
        Cell {
            push: self.push - other.push,
            weight: self.weight - other.weight,
            rows: self.rows - other.rows,
        }
    }
}
