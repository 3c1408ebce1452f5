//! What a run has shown.

use super::{Manners, Yard, decide};
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Options {
    /// Hours of virtual time in all
    #[arg(long, default_value_t = 2_000)]
    hours: i64,
    /// Hours of one site, before the next one with other piles
    #[arg(long, default_value_t = 100)]
    each: i64,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Let piles forget what the platform believes they keep: the check must find it
    #[arg(long)]
    lies: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Report {
    pub hours: i64,
    pub cars: u64,
    pub commands: u64,
    pub cuts: u64,
    pub lost: u64,
    pub boots: u64,
    pub restarts: u64,
    pub caps: u64,
    pub stops: u64,
    /// Energy, in W·s, here and at the plain station.
    pub served_ws: i64,
    pub plain_ws: i64,
    pub cap_ws: i64,
    /// Seconds above the cap that the platform had told of, because a pile could not be lowered.
    pub told_s: u64,
    pub broken_s: u64,
    pub first_broken: Option<String>,
    /// The most of the cap that was used, per mille.
    pub peak_per_mille: i64,
}

impl Report {
    pub(super) fn broken(&mut self, at_s: i64, why: impl FnOnce() -> String) {
        self.broken_s += 1;
        self.first_broken.get_or_insert_with(|| format!("after {at_s} s: {}", why()));
    }

    pub(super) fn peak(&mut self, sum: i64, cap: i64) {
        if sum <= cap {
            self.peak_per_mille = self.peak_per_mille.max(sum * 1_000 / cap.max(1));
        }
    }

    pub fn add(&mut self, other: &Report) {
        self.hours += other.hours;
        self.cars += other.cars;
        self.commands += other.commands;
        self.cuts += other.cuts;
        self.lost += other.lost;
        self.boots += other.boots;
        self.restarts += other.restarts;
        self.caps += other.caps;
        self.stops += other.stops;
        self.served_ws += other.served_ws;
        self.plain_ws += other.plain_ws;
        self.cap_ws += other.cap_ws;
        self.told_s += other.told_s;
        self.broken_s += other.broken_s;
        self.peak_per_mille = self.peak_per_mille.max(other.peak_per_mille);
        if self.first_broken.is_none() {
            self.first_broken.clone_from(&other.first_broken);
        }
    }

    fn print(&self) {
        let kwh = |ws: i64| ws / 3_600_000;
        println!("hours               {}", self.hours);
        println!("cars                {}", self.cars);
        println!(
            "commands            {} ({} an hour)",
            self.commands,
            self.commands / self.hours.max(1).unsigned_abs()
        );
        println!("links cut           {}", self.cuts);
        println!("messages lost       {}", self.lost);
        println!("piles booted        {}", self.boots);
        println!("server restarts     {}", self.restarts);
        println!("caps changed        {}", self.caps);
        println!("sessions stopped    {}", self.stops);
        println!("served              {} kWh", kwh(self.served_ws));
        println!("equal, fixed shares {} kWh", kwh(self.plain_ws));
        println!("served against them {} %", self.served_ws * 100 / self.plain_ws.max(1));
        println!("seconds over, told  {}", self.told_s);
        println!("seconds broken      {}", self.broken_s);
        if let Some(first) = &self.first_broken {
            println!("first               {first}");
        }
    }
}

/// Plays sites of different make, one after the other.
pub fn run(options: &Options) -> ExitCode {
    let mut all = Report::default();
    let manners = Manners { lies: options.lies, ..Manners::default() };
    let mut seed = options.seed;
    while all.hours < options.hours {
        let mut yard = Yard::new(seed, manners, decide);
        yard.play(options.each.clamp(1, options.hours - all.hours));
        if let Some(first) = &yard.report.first_broken {
            println!("seed {seed}: {first}");
        }
        all.add(&yard.report);
        seed += 1;
    }
    all.print();
    if all.broken_s == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
