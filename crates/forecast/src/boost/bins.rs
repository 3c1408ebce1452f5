//! A feature's values in at most 255 bins: the trees ask for bins only.

use super::Table;

/// Where the bins of each feature end. Bin 0 is what is unknown; bin `n` holds what lies above cut
/// `n - 2` and not above cut `n - 1`.
#[derive(Clone, Debug)]
pub struct Cuts(Vec<Vec<f32>>);

/// So many values are looked at for the cuts of a feature: more would not move them.
const SAMPLE: usize = 50_000;

impl Cuts {
    pub fn of(table: &Table, bins: usize) -> Cuts {
        Cuts((0..table.features()).map(|feature| cuts(table.column(feature), bins)).collect())
    }

    pub fn features(&self) -> usize {
        self.0.len()
    }

    /// How many bins the feature has, the unknown's with them.
    pub fn bins(&self, feature: usize) -> usize {
        self.0[feature].len() + 2
    }

    pub fn bin(&self, feature: usize, value: f32) -> u8 {
        if value.is_nan() {
            return 0;
        }
        let Some(cuts) = self.0.get(feature) else { return 0 };
        (cuts.partition_point(|cut| *cut < value) + 1) as u8
    }
}

/// Cuts between values that differ, as evenly filled as the values allow.
fn cuts(values: &[f32], bins: usize) -> Vec<f32> {
    let step = values.len().div_ceil(SAMPLE).max(1);
    let mut known: Vec<f32> = values.iter().step_by(step).copied().filter(|value| !value.is_nan()).collect();
    known.sort_unstable_by(f32::total_cmp);
    let mut distinct: Vec<(f32, usize)> = Vec::new();
    for value in &known {
        match distinct.last_mut() {
            Some((last, count)) if last == value => *count += 1,
            _ => distinct.push((*value, 1)),
        }
    }
    // One bin is for what is unknown, one for what lies above the last cut.
    let cuts_max = bins - 2;
    let mut cuts = Vec::new();
    let mut left = known.len();
    let mut filled = 0;
    for pair in distinct.windows(2) {
        filled += pair[0].1;
        let rest = cuts_max - cuts.len();
        let few = distinct.len() <= cuts_max + 1;
        if rest > 0 && (few || filled * (rest + 1) >= left) {
            cuts.push(pair[0].0 / 2.0 + pair[1].0 / 2.0);
            left -= filled;
            filled = 0;
        }
    }
    cuts
}

/// The bin of every value, feature by feature.
pub struct Binned {
    rows: usize,
    bins: Vec<u8>,
}

impl Binned {
    pub fn of(table: &Table, cuts: &Cuts) -> Binned {
        let mut bins = Vec::with_capacity(table.rows() * table.features());
        for feature in 0..table.features() {
            bins.extend(table.column(feature).iter().map(|value| cuts.bin(feature, *value)));
        }
        Binned { rows: table.rows(), bins }
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn column(&self, feature: usize) -> &[u8] {
        &self.bins[feature * self.rows..(feature + 1) * self.rows]
    }

    pub fn bin(&self, feature: usize, row: usize) -> u8 {
        self.bins[feature * self.rows + row]
    }
}
