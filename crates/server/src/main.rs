//! `pileops`: see `pileops --help`.

use clap::Parser;
use std::process::ExitCode;

/// Messages are many small allocations that one thread makes and another gives back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    server::cli::main(server::cli::Cli::parse())
}
