//! `pileops`: see `pileops --help`.

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    server::cli::main(server::cli::Cli::parse())
}
