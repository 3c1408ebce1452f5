//! The day's bill: what was paid and given back, with the fee of each line, and with as much dirt as the moods say.

use super::Channel;
use crate::random::Random;
use model::money::divide_rounded;
use model::time::{DAY_MS, MINUTE_MS, Timestamp, Zone};
use serde::Serialize;
use serde_json::{Value, json};

/// What the channel keeps of each payment, in 0.01 %, and gives back with a refund.
pub const FEE_BP: i64 = 60;

/// A line as it is told.
#[derive(Clone, Debug, Serialize)]
pub struct BillRow {
    pub kind: &'static str,
    pub no: String,
    pub payment_no: String,
    pub channel_no: String,
    pub amount_fen: i64,
    pub fee_fen: i64,
    pub at_ms: i64,
    pub state: &'static str,
}

pub fn fee_fen(amount_fen: i64) -> i64 {
    let exact = i128::from(amount_fen) * i128::from(FEE_BP);
    i64::try_from(divide_rounded(exact, 10_000)).unwrap_or(0)
}

/// What can be wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dirt {
    Missing,
    Doubled,
    /// A yuan more.
    Amount,
    /// In the bill of the day after.
    Shifted,
    /// Half a yuan more.
    Fee,
    /// Beside it stands a refund of a payment that was never made.
    Foreign,
}

const DIRT: [Dirt; 6] = [Dirt::Missing, Dirt::Doubled, Dirt::Amount, Dirt::Shifted, Dirt::Fee, Dirt::Foreign];

impl Channel {
    /// What is wrong with the line of this number of the channel's.
    pub fn dirt(&self, channel_no: &str) -> Option<Dirt> {
        let moods = &self.options.moods;
        if !moods.drawn("dirt", channel_no, moods.dirt_percent) {
            return None;
        }
        let at = Random::named(moods.seed, &format!("dirt of {channel_no}")).between(0, 5);
        usize::try_from(at).ok().and_then(|at| DIRT.get(at)).copied()
    }

    /// The bill of a day in China: ready when the day is over.
    pub fn bill(&self, day: i64) -> Value {
        let zone = Zone::shanghai();
        let late = self.options.moods.bill_late_minutes * MINUTE_MS;
        if zone.local(self.now().plus_ms(-late)).day <= day {
            return json!({"ready": false, "rows": []});
        }
        let of_day = |channel_no: &str, at_ms: i64| {
            let shift = if self.dirt(channel_no) == Some(Dirt::Shifted) { DAY_MS } else { 0 };
            zone.local(Timestamp::from_ms(at_ms + shift)).day == day
        };
        let rows = self.book().rows(of_day);
        let told: Vec<BillRow> = rows.into_iter().flat_map(|row| self.soiled(row)).collect();
        json!({"ready": true, "rows": told})
    }

    /// The lines that stand for one.
    fn soiled(&self, mut row: BillRow) -> Vec<BillRow> {
        match self.dirt(&row.channel_no) {
            None | Some(Dirt::Shifted) => vec![row],
            Some(Dirt::Missing) => Vec::new(),
            Some(Dirt::Doubled) => vec![row.clone(), row],
            Some(Dirt::Amount) => {
                row.amount_fen += 100;
                row.fee_fen = fee_fen(row.amount_fen) * if row.kind == "refund" { -1 } else { 1 };
                vec![row]
            }
            Some(Dirt::Fee) => {
                row.fee_fen += 50;
                vec![row]
            }
            Some(Dirt::Foreign) => {
                let foreign = BillRow {
                    kind: "refund",
                    no: format!("X{}", row.channel_no),
                    payment_no: format!("Y{}", row.channel_no),
                    channel_no: format!("50{}", row.channel_no),
                    amount_fen: 1_000,
                    fee_fen: -fee_fen(1_000),
                    at_ms: row.at_ms,
                    state: "done",
                };
                vec![row, foreign]
            }
        }
    }
}
