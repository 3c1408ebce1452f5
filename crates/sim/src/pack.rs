//! The battery of a car as it is built, from which its management tells the pile.

use crate::car::Car;

pub struct Pack {
    pub is_lfp: bool,
    /// In series.
    pub cells: i64,
    pub wh: i64,
}

impl Pack {
    pub fn of(car: &Car) -> Pack {
        let is_lfp = car.model.name.contains("LFP");
        let full_mv = if is_lfp { 3_400 } else { 4_150 };
        Pack { is_lfp, cells: (car.model.pack_dv.1 * 100 / full_mv).max(1), wh: car.model.battery_wh }
    }

    /// Of one cell, at most.
    pub fn allowed_mv(&self) -> i64 {
        if self.is_lfp { 3_650 } else { 4_250 }
    }

    pub fn nominal_mv(&self) -> i64 {
        if self.is_lfp { 3_200 } else { 3_700 }
    }

    /// Of the whole pack, at so much of each cell.
    pub fn dv(&self, cell_mv: i64) -> i64 {
        self.cells * cell_mv / 100
    }

    /// Of the highest cell, at so much of the whole pack.
    pub fn highest_mv(&self, pack_dv: i64) -> i64 {
        pack_dv * 100 / self.cells + 10
    }

    pub fn capacity_dah(&self) -> i64 {
        self.wh * 100 / self.dv(self.nominal_mv()).max(1)
    }
}
