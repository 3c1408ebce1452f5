#!/usr/bin/env bash
# Random sessions, billed by us and a second time with Python's decimal: scripts/tariff-check.sh [COUNT] [SEED]
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"
cd "$ROOT"
cargo run --quiet --package pileops-model --example tariff_cases -- "${1:-100000}" "${2:-1}" | PYTHONDONTWRITEBYTECODE=1 python3 e2e/tariff_cases.py
