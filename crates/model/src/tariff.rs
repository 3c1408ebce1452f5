//! 计费模型: time-of-use prices 尖峰平谷 × (electricity + service fee) over 48 half hours of the
//! station's local day, and the bill that follows from them.

use crate::energy::Energy;
use crate::money::{Amount, Fen, Price};
use crate::time::{DAY_MS, Timestamp, Zone};
use serde::{Deserialize, Serialize};

/// The four price periods, numbered as 云快充 numbers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// 尖
    Sharp,
    /// 峰
    Peak,
    /// 平
    Flat,
    /// 谷
    Valley,
}

impl Period {
    pub const ALL: [Period; 4] = [Period::Sharp, Period::Peak, Period::Flat, Period::Valley];

    pub fn number(self) -> usize {
        self as usize
    }
}

/// What a kWh costs in one period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Rate {
    pub electricity: Price,
    pub service: Price,
}

/// One published version of a tariff. It never changes: a new price is a new version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Tariff {
    /// Sharp, peak, flat, valley.
    pub rates: [Rate; 4],
    /// One per half hour from 00:00 local time.
    #[serde(with = "half_hours")]
    #[schema(value_type = Vec<Period>, min_items = 48, max_items = 48)]
    pub periods: [Period; 48],
}

/// What the meter had delivered since the start of the session at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    pub at: Timestamp,
    pub delivered: Energy,
}

/// A stretch of an order within one period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Segment {
    pub period: Period,
    #[serde(rename = "started_at_ms")]
    pub started_at: Timestamp,
    #[serde(rename = "ended_at_ms")]
    pub ended_at: Timestamp,
    #[serde(rename = "energy_dwh")]
    pub energy: Energy,
    #[serde(rename = "electricity_price_e5")]
    pub electricity_price: Price,
    #[serde(rename = "service_price_e5")]
    pub service_price: Price,
    #[serde(rename = "electricity_e4")]
    pub electricity: Amount,
    #[serde(rename = "service_e4")]
    pub service: Amount,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bill {
    pub segments: Vec<Segment>,
    pub energy: Energy,
    pub electricity: Fen,
    pub service: Fen,
    /// Always `electricity + service`.
    pub total: Fen,
    /// The total before it is rounded to fen, for comparing with the pile's own amount.
    pub exact: Amount,
}

/// Why a series of readings cannot be billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unbillable {
    /// A reading is earlier than the one before it.
    TimeBackwards,
    /// A reading is lower than the one before it.
    EnergyBackwards,
    /// Longer than any session can be: some clock is broken.
    TooLong,
}

/// No session of a car is longer; a longer one is a broken clock, and is held for a person.
pub const SESSION_MAX_MS: i64 = 14 * DAY_MS;

impl Tariff {
    /// One price all day, for tests and for stations without time-of-use prices.
    pub fn uniform(electricity: Price, service: Price) -> Tariff {
        Tariff { rates: [Rate { electricity, service }; 4], periods: [Period::Flat; 48] }
    }

    pub fn rate(&self, period: Period) -> Rate {
        self.rates[period.number()]
    }

    /// The day as stretches of one price, from 00:00: from which half hour to which, and what a kWh costs,
    /// electricity and service fee together. Piles that are told prices and not periods get these.
    pub fn stretches(&self) -> Vec<(usize, usize, Price)> {
        let mut all: Vec<(usize, usize, Price)> = Vec::with_capacity(4);
        for (half, period) in self.periods.iter().enumerate() {
            let Rate { electricity, service } = self.rate(*period);
            let price = electricity + service;
            match all.last_mut() {
                Some((_, until, last)) if *last == price => *until = half + 1,
                _ => all.push((half, half + 1, price)),
            }
        }
        all
    }

    pub fn period_at(&self, zone: &Zone, at: Timestamp) -> Period {
        self.periods[zone.half_hour(at)]
    }

    /// Bills a series of readings, cut at every half hour of the local clock where the period
    /// changes. Between two readings the energy is taken as flowing evenly.
    pub fn bill(&self, zone: &Zone, readings: &[Reading]) -> Result<Bill, Unbillable> {
        let mut energies: Vec<(Period, Timestamp, Timestamp, Energy)> = Vec::with_capacity(4);
        if let (Some(first), Some(last)) = (readings.first(), readings.last())
            && last.at.since(first.at) > SESSION_MAX_MS
        {
            return Err(Unbillable::TooLong);
        }
        for pair in readings.windows(2) {
            self.cut(zone, pair[0], pair[1], &mut energies)?;
        }
        Ok(Bill::of(
            energies.into_iter().map(|(period, from, to, energy)| self.segment(period, from, to, energy)),
        ))
    }

    /// Bills the energies per period that a pile counted itself (云快充 0x3B).
    pub fn bill_periods(&self, started_at: Timestamp, ended_at: Timestamp, energies: [Energy; 4]) -> Bill {
        let used = Period::ALL.into_iter().zip(energies).filter(|(_, energy)| *energy != Energy::ZERO);
        Bill::of(used.map(|(period, energy)| self.segment(period, started_at, ended_at, energy)))
    }

    fn cut(
        &self,
        zone: &Zone,
        from: Reading,
        to: Reading,
        energies: &mut Vec<(Period, Timestamp, Timestamp, Energy)>,
    ) -> Result<(), Unbillable> {
        let span_ms = to.at.since(from.at);
        let gained = to.delivered - from.delivered;
        if span_ms < 0 {
            return Err(Unbillable::TimeBackwards);
        }
        if gained.is_negative() {
            return Err(Unbillable::EnergyBackwards);
        }
        let mut begin = from;
        loop {
            let cut_at = zone.next_half_hour(begin.at).min(to.at);
            let delivered = if cut_at == to.at {
                to.delivered
            } else {
                let share =
                    i128::from(gained.dwh()) * i128::from(cut_at.since(from.at)) / i128::from(span_ms);
                from.delivered + Energy::from_dwh(i64::try_from(share).unwrap_or(0))
            };
            let period = self.period_at(zone, begin.at);
            let energy = delivered - begin.delivered;
            match energies.last_mut() {
                Some((last, _, until, sum)) if *last == period => {
                    *until = cut_at;
                    *sum = *sum + energy;
                }
                _ => energies.push((period, begin.at, cut_at, energy)),
            }
            if cut_at == to.at {
                return Ok(());
            }
            begin = Reading { at: cut_at, delivered };
        }
    }

    /// The segment's total is rounded once; the electricity fee is rounded, the service fee is the
    /// rest, so that the parts always add up to the total.
    fn segment(&self, period: Period, started_at: Timestamp, ended_at: Timestamp, energy: Energy) -> Segment {
        let Rate { electricity, service } = self.rate(period);
        let total = (electricity + service).of(energy);
        let electricity_amount = electricity.of(energy);
        Segment {
            period,
            started_at,
            ended_at,
            energy,
            electricity_price: electricity,
            service_price: service,
            electricity: electricity_amount,
            service: total - electricity_amount,
        }
    }
}

impl Bill {
    fn of(segments: impl Iterator<Item = Segment>) -> Bill {
        let segments: Vec<Segment> = segments.filter(|s| s.energy != Energy::ZERO).collect();
        let electricity: Amount = segments.iter().map(|s| s.electricity).sum();
        let service: Amount = segments.iter().map(|s| s.service).sum();
        let exact = electricity + service;
        let total = exact.to_fen();
        let electricity = electricity.to_fen().min(total);
        Bill {
            energy: segments.iter().map(|s| s.energy).sum(),
            electricity,
            service: total - electricity,
            total,
            exact,
            segments,
        }
    }
}

mod half_hours {
    use super::Period;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub fn serialize<S: Serializer>(periods: &[Period; 48], to: S) -> Result<S::Ok, S::Error> {
        periods.as_slice().serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<[Period; 48], D::Error> {
        let periods = Vec::<Period>::deserialize(from)?;
        let count = periods.len();
        periods
            .try_into()
            .map_err(|_| D::Error::custom(format!("48 half hours are needed, {count} were given")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    /// The tariff of the 云快充 vectors: 1.20/1.00/0.70/0.30 + 0.40; 00-07 valley, 07-09 flat,
    /// 09-11 peak, 11-14 flat, 14-16 sharp, 16-18 flat, 18-21 peak, 21-22 flat, 22-24 valley.
    fn tariff() -> Tariff {
        let rate = |electricity| Rate { electricity: Price(electricity), service: Price(40_000) };
        let hours = [3, 3, 3, 3, 3, 3, 3, 2, 2, 1, 1, 2, 2, 2, 0, 0, 2, 2, 1, 1, 1, 2, 3, 3];
        let periods = std::array::from_fn(|i| Period::ALL[hours[i / 2]]);
        Tariff { rates: [rate(120_000), rate(100_000), rate(70_000), rate(30_000)], periods }
    }

    fn readings(rows: &[(&str, i64)]) -> Vec<Reading> {
        rows.iter().map(|(t, dwh)| Reading { at: at(t), delivered: Energy::from_dwh(*dwh) }).collect()
    }

    /// start, end, readings → period:energy:electricity:service …, total in fen.
    #[test]
    fn bills() {
        let cases: &[(&[(&str, i64)], &str)] = &[
            (&[], "total 0"),
            (&[("2026-07-15T10:30:00+08:00", 0)], "total 0"),
            // Within one period.
            (
                &[("2026-07-15T09:10:00+08:00", 0), ("2026-07-15T09:50:00+08:00", 100_000)],
                "Peak 100000 100000+40000; total 1400",
            ),
            // The sample bill: half before 11:00, half after.
            (
                &[("2026-07-15T10:30:00+08:00", 0), ("2026-07-15T11:30:00+08:00", 200_000)],
                "Peak 100000 100000+40000; Flat 100000 70000+40000; total 2500",
            ),
            // Across midnight the valley goes on as one segment.
            (
                &[("2026-07-15T23:30:00+08:00", 0), ("2026-07-16T00:30:00+08:00", 100_000)],
                "Valley 100000 30000+40000; total 700",
            ),
            // A pause: no energy in the flat hours, then peak; then flat again is a new segment.
            (
                &[
                    ("2026-07-15T17:00:00+08:00", 0),
                    ("2026-07-15T18:00:00+08:00", 0),
                    ("2026-07-15T19:00:00+08:00", 10_000),
                    ("2026-07-15T21:00:00+08:00", 10_000),
                    ("2026-07-15T21:30:00+08:00", 20_000),
                ],
                "Peak 10000 10000+4000; Flat 10000 7000+4000; total 250",
            ),
        ];
        let zone = Zone::shanghai();
        for (rows, expected) in cases {
            let bill = tariff().bill(&zone, &readings(rows)).unwrap();
            let mut text: Vec<String> = bill
                .segments
                .iter()
                .map(|s| format!("{:?} {} {}+{}", s.period, s.energy.dwh(), s.electricity.0, s.service.0))
                .collect();
            text.push(format!("total {}", bill.total.0));
            assert_eq!(text.join("; "), *expected);
        }
    }

    #[test]
    fn what_cannot_be_true_is_not_billed() {
        let zone = Zone::shanghai();
        let bill = |rows: &[(&str, i64)]| tariff().bill(&zone, &readings(rows)).map(|b| b.total);
        assert_eq!(
            bill(&[("2026-07-15T10:00:00Z", 5), ("2026-07-15T09:00:00Z", 6)]),
            Err(Unbillable::TimeBackwards)
        );
        assert_eq!(
            bill(&[("2026-07-15T10:00:00Z", 5), ("2026-07-15T11:00:00Z", 4)]),
            Err(Unbillable::EnergyBackwards)
        );
        assert_eq!(
            bill(&[("1970-01-01T00:00:00Z", 0), ("9999-01-01T00:00:00Z", 1)]),
            Err(Unbillable::TooLong)
        );
    }

    #[test]
    fn the_piles_own_periods_are_priced_like_the_sample_bill() {
        let energies = [0, 221_234, 135_000, 0].map(Energy::from_dwh);
        let bill = tariff().bill_periods(Timestamp::from_ms(0), Timestamp::from_ms(1), energies);
        assert_eq!(bill.exact, Amount(458_228), "30.9728 + 14.8500 yuan");
        assert_eq!(bill.total, Fen(4_582));
    }

    proptest! {
        /// However a session is cut, nothing is lost and the parts add up.
        #[test]
        fn parts_add_up(start in 0i64..DAY_MS, steps in prop::collection::vec((0i64..6_000_000, 0i64..500_000), 0..40)) {
            let (mut at_ms, mut dwh) = (1_750_000_000_000 + start, 0);
            let mut series = vec![Reading { at: Timestamp::from_ms(at_ms), delivered: Energy::ZERO }];
            for (ms, gained) in steps {
                at_ms += ms;
                dwh += gained;
                series.push(Reading { at: Timestamp::from_ms(at_ms), delivered: Energy::from_dwh(dwh) });
            }
            let bill = tariff().bill(&Zone::shanghai(), &series).unwrap();
            prop_assert_eq!(bill.energy, Energy::from_dwh(dwh));
            prop_assert_eq!(bill.electricity + bill.service, bill.total);
            let exact: Amount = bill.segments.iter().map(|s| s.electricity + s.service).sum();
            prop_assert_eq!(exact, bill.exact);
            for s in &bill.segments {
                prop_assert!(s.energy.dwh() > 0 && s.started_at <= s.ended_at);
                prop_assert_eq!(s.electricity + s.service, (s.electricity_price + s.service_price).of(s.energy));
            }
        }
    }
}
