//! Fills an empty database with the business of two years, to measure lists at ten million orders:
//! `scripts/bench-lists.sh`, or `cargo run --release -p pileops-store --example fill -- --sqlite FILE`.
//! The same seed and the same end give the same rows. Bills, curves and frames are not made.

mod bulk;
mod money;
mod orders;
mod places;
mod random;

use bulk::Bulk;
use model::time::{Clock, Timestamp};
use random::Random;
use std::process::ExitCode;
use std::time::Instant;
use store::db::Purpose;
use store::{Conn, DbError, DbResult, Source};

/// What is to be made.
pub struct Plan {
    pub orders: i64,
    pub stations: i64,
    pub piles: i64,
    pub customers: i64,
    pub days: i64,
    pub seed: u64,
    pub until: Timestamp,
}

const USAGE: &str = "fill (--sqlite FILE | --postgres URL) [--orders N] [--stations N] [--piles N] \
    [--customers N] [--days N] [--seed N] [--until RFC3339]";

fn arguments() -> Result<(Source, Plan), String> {
    let mut source = None;
    let mut plan = Plan {
        orders: 10_000_000,
        stations: 2_000,
        piles: 20_000,
        customers: 1_000_000,
        days: 730,
        seed: 1,
        until: Clock::System.now(),
    };
    let mut words = std::env::args().skip(1);
    while let Some(name) = words.next() {
        let value = words.next().ok_or_else(|| format!("{name} needs a value\n{USAGE}"))?;
        let number = || match value.parse::<i64>() {
            Ok(number) if number > 0 => Ok(number),
            _ => Err(format!("{name} must be a whole number above 0, not {value}")),
        };
        match name.as_str() {
            "--sqlite" => source = Some(Source::Sqlite(value.into())),
            "--postgres" => source = Some(Source::Postgres(value)),
            "--orders" => plan.orders = number()?,
            "--stations" => plan.stations = number()?,
            "--piles" => plan.piles = number()?,
            "--customers" => plan.customers = number()?,
            "--days" => plan.days = number()?,
            "--seed" => plan.seed = number()?.unsigned_abs(),
            "--until" => {
                let read = Timestamp::parse(&value);
                plan.until = read.ok_or_else(|| format!("--until {value} is no time of RFC 3339"))?;
            }
            _ => return Err(format!("{name} is not known\n{USAGE}")),
        }
    }
    if plan.piles < plan.stations {
        return Err("--piles must be at least --stations: no station is empty".to_owned());
    }
    Ok((source.ok_or(USAGE)?, plan))
}

fn fill(source: &Source, plan: &Plan) -> DbResult<()> {
    let begun = Instant::now();
    let mut conn = Conn::open(source, Purpose::Write)?;
    store::migrate::migrate(&mut conn, plan.until).map_err(|why| DbError::Fault(why.text.en.to_string()))?;
    let used = conn.one("SELECT COUNT(*) FROM operator", &[], |row| row.int(0))?;
    if used > 0 {
        return Err(DbError::Fault("this database is not empty; give a new one".to_owned()));
    }
    let mut bulk = Bulk::begin(conn, source)?;
    let mut random = Random(plan.seed);
    let places = places::write(&mut bulk, plan, &mut random)?;
    eprintln!("{:>6.1} s  stations, piles, customers, cards", begun.elapsed().as_secs_f64());
    let mut told = 0;
    orders::write(&mut bulk, plan, &places, &mut random, |done| {
        if done / 1_000_000 > told {
            told = done / 1_000_000;
            eprintln!("{:>6.1} s  {done} orders", begun.elapsed().as_secs_f64());
        }
    })?;
    eprintln!("{:>6.1} s  rows; indexes and statistics follow", begun.elapsed().as_secs_f64());
    bulk.finish()?;
    eprintln!("{:>6.1} s  ready", begun.elapsed().as_secs_f64());
    Ok(())
}

fn main() -> ExitCode {
    let done = arguments().and_then(|(source, plan)| fill(&source, &plan).map_err(|why| why.to_string()));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}
