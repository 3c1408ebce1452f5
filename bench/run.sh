#!/usr/bin/env bash
# The benchmark and its floor in one run; needs two cores and PILEOPS_TEST_PG (scripts/with-postgres.sh).
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/../scripts/tools.sh"
cd "$ROOT"
export PILEOPS_BIN="${PILEOPS_BIN:-$TARGET/release/pileops}" PILEOPS_SIM_BIN="${PILEOPS_SIM_BIN:-$TARGET/release/pileops-sim}"
# 10 000 connections on each side.
ulimit -n "$(ulimit -Hn)"
exec python3 bench/run.py "$@"
