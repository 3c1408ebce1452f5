#!/usr/bin/env bash
# A thousand sessions of each protocol under many seeds: shuffled, repeated, late and lost, they end in the same orders.
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"
cd "$ROOT"
export PILEOPS_SESSIONS="${SESSIONS:-1000}" PILEOPS_SEEDS="${SEEDS:-10}" PILEOPS_SEED="${SEED:-1}"
say "convergence: $PILEOPS_SESSIONS sessions of each protocol, $PILEOPS_SEEDS seeds from $PILEOPS_SEED"
cargo test --quiet --locked -p pileops-engine --test it -- disorder
