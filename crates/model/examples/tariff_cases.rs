//! Random sessions with what they cost by our rule, one JSON line each, to be computed again by somebody else
//! (`e2e/tariff_cases.py`). `tariff_cases COUNT SEED`.

use model::energy::Energy;
use model::money::Price;
use model::tariff::{Period, Rate, Reading, Tariff};
use model::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp, Zone};
use serde_json::json;
use std::io::{BufWriter, Write};

/// SplitMix64: the same numbers for the same seed, everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From `least` to `most`, both of them.
    fn between(&mut self, least: i64, most: i64) -> i64 {
        let span = u64::try_from(most - least + 1).unwrap_or(1);
        least + i64::try_from(self.next() % span).unwrap_or(0)
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.next() % all.len() as u64).unwrap_or(0)]
    }
}

/// Prices of all kinds: none, the smallest, those with five digits, dear ones.
fn tariff(dice: &mut Dice) -> Tariff {
    let mut price = || match dice.between(0, 9) {
        0 => Price(0),
        1 => Price(1),
        2 => Price(dice.between(1, 9) * 10_000),
        _ => Price(dice.between(2, 300_000)),
    };
    let rates = std::array::from_fn(|_| Rate { electricity: price(), service: price() });
    let mut now = dice.of(&Period::ALL);
    let keeps = dice.between(0, 12);
    let periods = std::array::from_fn(|_| {
        if dice.between(0, keeps) == 0 {
            now = dice.of(&Period::ALL);
        }
        now
    });
    Tariff { rates, periods }
}

/// Over borders of half hours, midnights, months and years; of a second, and of days.
fn readings(dice: &mut Dice) -> Vec<Reading> {
    // From the first of January 2025, in whole seconds or milliseconds, often next to a border.
    let day = 1_735_660_800_000 + dice.between(0, 800) * DAY_MS;
    let start = match dice.between(0, 3) {
        0 => day + dice.between(0, 47) * 30 * MINUTE_MS + dice.between(-2, 2),
        1 => day + dice.between(-90, 90) * 1_000,
        _ => day + dice.between(0, DAY_MS - 1),
    };
    let length = match dice.between(0, 9) {
        0 => 0,
        1 => 1_000,
        2 => 24 * HOUR_MS,
        3 => dice.between(1, 14 * DAY_MS),
        _ => dice.between(1, 6 * HOUR_MS),
    };
    let energy = match dice.between(0, 5) {
        0 => 0,
        1 => dice.between(1, 20),
        2 => dice.between(1, 100_000_000),
        _ => dice.between(1, 1_200_000),
    };
    let steps = dice.between(1, 8);
    let mut times: Vec<i64> = (1..steps).map(|_| start + dice.between(0, length)).collect();
    let mut delivered: Vec<i64> = (1..steps).map(|_| dice.between(0, energy)).collect();
    times.extend([start, start + length]);
    delivered.extend([0, energy]);
    times.sort_unstable();
    delivered.sort_unstable();
    let all = times.into_iter().zip(delivered);
    all.map(|(at, dwh)| Reading { at: Timestamp::from_ms(at), delivered: Energy::from_dwh(dwh) }).collect()
}

fn main() -> std::io::Result<()> {
    let mut words = std::env::args().skip(1).filter_map(|word| word.parse::<u64>().ok());
    let (count, seed) = (words.next().unwrap_or(1_000), words.next().unwrap_or(1));
    let (mut dice, zone) = (Dice(seed), Zone::shanghai());
    let mut out = BufWriter::new(std::io::stdout().lock());
    for case in 0..count {
        let (tariff, readings) = (tariff(&mut dice), readings(&mut dice));
        let said: Vec<_> = readings.iter().map(|one| (one.at.as_ms(), one.delivered.dwh())).collect();
        // Every third pile counts by periods itself.
        let counted: Option<[i64; 4]> =
            (case % 3 == 0).then(|| std::array::from_fn(|_| dice.between(0, 400_000) * dice.between(0, 1)));
        let bill = match counted {
            Some(energies) => {
                let (from, to) = (readings[0].at, readings[readings.len() - 1].at);
                tariff.bill_periods(from, to, energies.map(Energy::from_dwh))
            }
            None => tariff.bill(&zone, &readings).unwrap_or_default(),
        };
        let line = json!({
            "tariff": tariff,
            "readings": said,
            "counted": counted,
            "bill": {
                "energy_dwh": bill.energy.dwh(),
                "electricity_fen": bill.electricity.0,
                "service_fen": bill.service.0,
                "total_fen": bill.total.0,
                "exact_e4": bill.exact.0,
            },
        });
        writeln!(out, "{line}")?;
    }
    out.flush()
}
