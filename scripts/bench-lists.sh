#!/usr/bin/env bash
# How long lists and the home page take at ten million orders, on SQLite and PostgreSQL. Not a test:
# its numbers are for docs/performance.md. Needs some 9 GB of disk for each database, one at a time.
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"
cd "$ROOT"
need_build_tools
say "building with optimisation"
cargo build --release --quiet -p pileops-server -p pileops-store --example fill
cargo build --release --quiet -p pileops-server
export PILEOPS_BIN="$TARGET/release/pileops" PILEOPS_FILL_BIN="$TARGET/release/examples/fill"
exec scripts/with-postgres.sh python3 bench/lists.py "$@"
