#!/usr/bin/env bash
# People at the console beside ten thousand piles, a storm of piles that come back, or hours of an ordinary
# day. Not a test: its numbers are for docs/performance.md.
#   scripts/load.sh people [--database postgres] [--people 300] [--minutes 3] …
#   scripts/load.sh storm  [--database postgres] [--piles 10000]
#   scripts/load.sh soak   [--database postgres] [--minutes 120] [--piles 2000] [--rate 200]
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"
cd "$ROOT"
need_build_tools
what="${1:?people, storm or soak}"
shift
if [ -z "${PILEOPS_BIN:-}" ]; then
    say "building with optimisation"
    cargo build --release --quiet -p pileops-server -p pileops-sim
    cargo build --release --quiet -p pileops-store --example fill
fi
export PILEOPS_BIN="${PILEOPS_BIN:-$TARGET/release/pileops}" PILEOPS_SIM_BIN="${PILEOPS_SIM_BIN:-$TARGET/release/pileops-sim}"
export PILEOPS_FILL_BIN="${PILEOPS_FILL_BIN:-$TARGET/release/examples/fill}"
provide_load_python
ulimit -n "$(ulimit -Hn)"
exec scripts/with-postgres.sh "$LOAD_PYTHON" "bench/people/$what.py" "$@"
