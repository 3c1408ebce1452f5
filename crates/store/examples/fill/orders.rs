//! The orders, in the order in which they began, with the sums that belong to them.

use crate::Plan;
use crate::bulk::Bulk;
use crate::money::{Billed, Money};
use crate::places::{PRICES_E5, PilePlace, tag};
use crate::random::Random;
use model::time::{Timestamp, Zone};
use std::collections::BTreeMap;
use store::db::Insert;
use store::{DbResult, Value};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// How busy each hour is, in percent of the average.
const BUSY: [i64; 24] = [
    70, 55, 45, 35, 30, 35, 50, 75, 90, 95, 105, 130, 140, 120, 100, 95, 105, 130, 165, 180, 170, 140, 120,
    95,
];

static ORDER: Insert = Insert {
    table: "orders",
    columns: &[
        "id",
        "pile_id",
        "station_id",
        "operator_id",
        "connector_no",
        "session_key",
        "start_mode",
        "token_kind",
        "token",
        "card_id",
        "customer_id",
        "tariff_id",
        "created_at_ms",
        "sample_from",
        "frame_from",
        "state",
        "abnormal",
        "started_at_ms",
        "ended_at_ms",
        "end_received_ms",
        "meter_start_dwh",
        "meter_end_dwh",
        "energy_dwh",
        "electricity_fen",
        "service_fen",
        "total_fen",
        "soc_start",
        "soc_end",
        "stop_code",
        "stop_class",
    ],
    on_conflict: "",
};

macro_rules! sums {
    ($table:literal, [$($key:literal),*], [$($sum:literal),*]) => {
        Insert {
            table: $table,
            columns: &[$($key,)* $($sum),*],
            on_conflict: "",
        }
    };
}

static STATION_HOUR: Insert = sums!(
    "station_hour",
    ["day", "hour", "station_id", "operator_id"],
    ["order_count", "success_count", "energy_dwh", "electricity_fen", "service_fen", "total_fen"]
);
static STATION_DAY: Insert = sums!(
    "station_day",
    ["day", "station_id", "operator_id"],
    ["order_count", "success_count", "energy_dwh", "electricity_fen", "service_fen", "total_fen"]
);
static PILE_DAY: Insert = sums!("pile_day", ["pile_id", "day"], ["order_count", "energy_dwh", "total_fen"]);
static ORDER_DAY: Insert = sums!(
    "order_day",
    ["day", "station_id", "operator_id"],
    ["order_count", "energy_dwh", "electricity_fen", "service_fen", "total_fen"]
);

/// Any order may add to any of these: they are summed up when all orders are there.
const CUSTOMER_STATION: &str = "INSERT INTO customer_station \
    (customer_id, station_id, operator_id, order_count, energy_dwh, total_fen, last_ended_ms) \
    SELECT customer_id, station_id, MAX(operator_id), COUNT(*), CAST(SUM(energy_dwh) AS BIGINT), \
    CAST(SUM(total_fen) AS BIGINT), MAX(ended_at_ms) FROM orders WHERE state = 'completed' \
    GROUP BY customer_id, station_id";

/// What is summed up of days that may still get more. The day comes first in every key.
#[derive(Default)]
struct Sums {
    station_hour: BTreeMap<[i64; 4], [i64; 6]>,
    station_day: BTreeMap<[i64; 3], [i64; 6]>,
    pile_day: BTreeMap<[i64; 2], [i64; 3]>,
    order_day: BTreeMap<[i64; 3], [i64; 5]>,
}

fn add<const K: usize, const N: usize>(
    to: &mut BTreeMap<[i64; K], [i64; N]>,
    key: [i64; K],
    values: [i64; N],
) {
    to.entry(key).or_insert([0; N]).iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
}

fn write_before<const K: usize, const N: usize>(
    bulk: &mut Bulk,
    insert: &'static Insert,
    sums: &mut BTreeMap<[i64; K], [i64; N]>,
    day: i64,
) -> DbResult<()> {
    let mut end = [i64::MIN; K];
    end[0] = day;
    let later = sums.split_off(&end);
    for (key, values) in std::mem::replace(sums, later) {
        // The one table whose key does not begin with the day.
        let key = if insert.table == "pile_day" { [key[1], key[0]].to_vec() } else { key.to_vec() };
        bulk.add(insert, key.into_iter().chain(values).map(Value::Int))?;
    }
    Ok(())
}

impl Sums {
    /// `local`: the business day; `number`: days since 1970 by the platform's clock.
    fn write(&mut self, bulk: &mut Bulk, local: i64, number: i64) -> DbResult<()> {
        write_before(bulk, &STATION_HOUR, &mut self.station_hour, local)?;
        write_before(bulk, &STATION_DAY, &mut self.station_day, local)?;
        write_before(bulk, &PILE_DAY, &mut self.pile_day, local)?;
        write_before(bulk, &ORDER_DAY, &mut self.order_day, number)
    }
}

/// How a connector stands: until when it is taken, and its register.
#[derive(Clone, Copy, Default)]
struct Bay {
    free_at_ms: i64,
    meter_dwh: i64,
}

struct Writer<'a> {
    plan: &'a Plan,
    piles: &'a [PilePlace],
    bays: Vec<Bay>,
    sums: Sums,
    money: Money,
    zone: Zone,
    id: i64,
}

/// `told` hears how many there are.
pub fn write(
    bulk: &mut Bulk,
    plan: &Plan,
    piles: &[PilePlace],
    random: &mut Random,
    mut told: impl FnMut(i64),
) -> DbResult<()> {
    let zone = Zone::shanghai();
    let money = Money::begin(bulk)?;
    let bays = vec![Bay::default(); piles.len() * 2];
    let mut writer = Writer { plan, piles, bays, sums: Sums::default(), money, zone, id: 0 };
    let until = plan.until.as_ms();
    let from = until - plan.days * DAY_MS;
    for day in 0..plan.days {
        let begin = from + day * DAY_MS;
        let wanted = plan.orders * (day + 1) / plan.days - writer.id;
        let mut starts: Vec<i64> = (0..wanted).map(|_| begin + moment(&writer.zone, begin, random)).collect();
        starts.sort_unstable();
        for at in starts {
            writer.order(bulk, at.min(until - 1), random)?;
        }
        let local = writer.zone.local(Timestamp::from_ms(begin)).day;
        writer.sums.write(bulk, local, number(begin))?;
        told(writer.id);
    }
    writer.sums.write(bulk, i64::MAX, i64::MAX)?;
    bulk.flush()?;
    bulk.script(CUSTOMER_STATION)
}

/// Days since 1970 by the platform's clock.
fn number(at_ms: i64) -> i64 {
    (at_ms + 8 * HOUR_MS).div_euclid(DAY_MS)
}

/// Some time within the day after `begin`, rather in a busy hour.
fn moment(zone: &Zone, begin: i64, random: &mut Random) -> i64 {
    let first = zone.local(Timestamp::from_ms(begin)).hour;
    loop {
        let after = random.below(DAY_MS);
        let hour = (first + after / HOUR_MS) % 24;
        if random.below(180) < BUSY[hour as usize] {
            return after;
        }
    }
}

/// State and abnormalities. Of the completed ones a few were made up from late records.
fn outcome(running: bool, random: &mut Random) -> (&'static str, i64) {
    if running {
        return ("charging", 0);
    }
    match random.below(10_000) {
        0..200 => ("failed", 0),
        200..210 => ("abnormal", 1i64 << random.below(13)),
        210..230 => ("completed", 1i64 << 7),
        _ => ("completed", 0),
    }
}

impl Writer<'_> {
    /// A free connector; some piles are more loved than others.
    fn bay(&self, at: i64, random: &mut Random) -> usize {
        let count = self.bays.len() as i64;
        let mut bay = 0;
        for _ in 0..20 {
            let (one, other) = (random.below(count), random.below(count));
            // A prime step spreads the loved ones over all stations.
            bay = (one.min(other) * 7_919 % count) as usize;
            if self.bays[bay].free_at_ms <= at {
                break;
            }
        }
        bay
    }

    fn order(&mut self, bulk: &mut Bulk, started: i64, random: &mut Random) -> DbResult<()> {
        self.id += 1;
        let bay = self.bay(started, random);
        let (pile, connector) = ((bay / 2) as i64 + 1, (bay % 2) as i64 + 1);
        let place = &self.piles[bay / 2];
        let charged_ms = random.between(8, 75) * 60_000 + random.below(60_000);
        let ended = started + charged_ms;
        let energy = place.power_w * charged_ms / 360_000 * random.between(30, 70) / 100;
        let (state, abnormal) = outcome(ended >= self.plan.until.as_ms(), random);
        let (begun, over) = (state != "failed", state != "charging");
        let energy = if begun && over { energy } else { 0 };
        let fee =
            |price: i64| if state == "completed" { (energy * price + 5_000_000) / 10_000_000 } else { 0 };
        let fees = PRICES_E5.map(fee);
        let before = self.bays[bay];
        self.bays[bay] = Bay { free_at_ms: ended, meter_dwh: before.meter_dwh + energy };
        let customer = random.below(self.plan.customers).min(random.below(self.plan.customers)) + 1;
        let (mode, kind) = match random.below(1_000) {
            0..620 => ("app", "account"),
            620..930 => ("card", "card"),
            930..980 => ("vin", "vin"),
            980..995 => ("console", "account"),
            _ => ("offline_card", "card"),
        };
        let soc = random.between(8, 60);
        let some = |value: i64, there: bool| if there { Value::Int(value) } else { Value::Null };
        let row = [
            self.id.into(),
            pile.into(),
            place.station.into(),
            place.operator.into(),
            connector.into(),
            if begun { self.id.to_string().into() } else { Value::Null },
            mode.into(),
            kind.into(),
            tag(customer).into(),
            some(customer, kind == "card"),
            customer.into(),
            1.into(),
            (started - 4_000).into(),
            0.into(),
            0.into(),
            state.into(),
            abnormal.into(),
            started.into(),
            some(ended, over),
            some(ended + 900, over && begun),
            before.meter_dwh.into(),
            some(before.meter_dwh + energy, over && begun),
            energy.into(),
            fees[0].into(),
            fees[1].into(),
            (fees[0] + fees[1]).into(),
            soc.into(),
            some(soc + random.between(5, 40), over),
            if over { "Local".into() } else { Value::Null },
            if over { "normal".into() } else { Value::Null },
        ];
        bulk.add(&ORDER, row)?;
        if state == "completed" {
            self.count(place.station, place.operator, pile, [started, ended], energy, fees);
            let [electricity_fen, service_fen] = fees;
            let (order, operator, ended_ms) = (self.id, place.operator, ended);
            let billed = Billed { order, pile, operator, customer, ended_ms, electricity_fen, service_fen };
            self.money.paid(bulk, &billed, random)?;
        }
        Ok(())
    }

    fn count(
        &mut self,
        station: i64,
        operator: i64,
        pile: i64,
        [started, ended]: [i64; 2],
        energy: i64,
        fees: [i64; 2],
    ) {
        let local = self.zone.local(Timestamp::from_ms(ended));
        let [electricity, service] = fees;
        let total = electricity + service;
        let six = [1, 1, energy, electricity, service, total];
        add(&mut self.sums.station_hour, [local.day, local.hour, station, operator], six);
        add(&mut self.sums.station_day, [local.day, station, operator], six);
        add(&mut self.sums.pile_day, [local.day, pile], [1, energy, total]);
        let five = [1, energy, electricity, service, total];
        add(&mut self.sums.order_day, [number(started), station, operator], five);
    }
}
