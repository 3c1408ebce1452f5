//! `pileops-sim`: pretend piles for demos, tests and load, and the floor of the benchmark.

use clap::{Parser, Subcommand};
use model::time::Clock;
use sim::{floor, load};
use std::future::Future;
use std::process::ExitCode;

#[derive(Parser)]
#[command(version, about = "Pretend EV charging piles: sites, load, and the floor of the benchmark")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Put load on a server and report messages/s, latency and acknowledged orders
    Load(load::Options),
    /// Serve the least that keeps its word: parse, append, fdatasync, answer
    Floor(floor::Options),
}

fn main() -> ExitCode {
    let ended = match Arguments::parse().command {
        Command::Load(options) => on_threads(options.threads, load::run(options, Clock::System)),
        Command::Floor(options) => on_threads(options.threads, floor::run(options, Clock::System)),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pileops-sim: {error}");
            ExitCode::FAILURE
        }
    }
}

/// One thread is cheaper than a pool of one, because nothing needs to be woken across threads.
fn on_threads(threads: usize, work: impl Future<Output = Result<(), String>>) -> Result<(), String> {
    let runtime = if threads <= 1 {
        tokio::runtime::Builder::new_current_thread().enable_all().build()
    } else {
        tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()
    };
    runtime.map_err(|error| format!("the runtime did not start: {error}"))?.block_on(work)
}
