#!/usr/bin/env bash
# The long crash test: 50 kills on SQLite, 50 on PostgreSQL, 1 000 commits whose answer was lost, and the trace
# of what a power cut would take (KILLS=…, CUTS=…, SEED=… for others).
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"
cd "$ROOT"
need_build_tools
say "building"
cargo build --release --quiet -p pileops-server -p pileops-sim
export PILEOPS_BIN="$TARGET/release/pileops" PILEOPS_SIM_BIN="$TARGET/release/pileops-sim"
status=0
crash/run.sh --kills "${KILLS:-50}" --seed "${SEED:-1}" "$@" || status=1
# With fsync: what a kill of the server alone cannot show, a slow disk can.
scripts/with-postgres.sh crash/run.sh --postgres --kills "${KILLS:-50}" --seed "${SEED:-2}" "$@" || status=1
PILEOPS_PG_FAST=1 scripts/with-postgres.sh crash/cut.sh --cuts "${CUTS:-1000}" --seed "${SEED:-3}" "$@" || status=1
crash/power.sh --seconds 20 "$@" || status=1
scripts/with-postgres.sh crash/power.sh --postgres --seconds 20 "$@" || status=1
exit "$status"
