#!/usr/bin/env bash
# Removes what was built or provided inside this folder. Data folders are left alone.
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"
cd "$ROOT"
say "removing target, node_modules, dist, .venv"
rm -rf target .venv web/node_modules web/*/node_modules web/*/dist web/test-results web/e2e/test-results web/playwright-report
