#!/usr/bin/env bash
# The long run of faults: ROUNDS rounds of every fault on SQLite and on PostgreSQL (SEED=… for another order).
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"
cd "$ROOT"
need_build_tools
say "building"
cargo build --release --quiet -p pileops-server -p pileops-sim
export PILEOPS_BIN="$TARGET/release/pileops" PILEOPS_SIM_BIN="$TARGET/release/pileops-sim"
status=0
crash/chaos.sh --seed "${SEED:-1}" --rounds "${ROUNDS:-3}" "$@" || status=1
scripts/with-postgres.sh crash/chaos.sh --postgres --seed "${SEED:-1}" --rounds "${ROUNDS:-3}" "$@" || status=1
exit "$status"
