#!/usr/bin/env bash
# The benchmark beside its floor, server on one core and generator on the other. Not a test: its
# numbers are for the README, and depend on the machine.
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"
cd "$ROOT"
need_build_tools
say "building with optimisation"
cargo build --release --quiet -p pileops-server -p pileops-sim
export PILEOPS_BIN="$TARGET/release/pileops" PILEOPS_SIM_BIN="$TARGET/release/pileops-sim"
[ -x bench/run.sh ] || die "bench/run.sh is not there"
scripts/with-postgres.sh bench/run.sh "$@"
