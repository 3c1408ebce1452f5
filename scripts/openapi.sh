#!/usr/bin/env bash
# Writes the contract anew after a change of the API: openapi.json from the routes, the console's
# types from openapi.json. The tests fail while either is not fresh.
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"
cd "$ROOT"
need_build_tools
say "writing openapi.json"
UPDATE=1 cargo test --quiet -p pileops-server --test it openapi
web_install
say "writing the console's types"
(cd web && npm run --silent api)
git --no-pager diff --stat -- openapi.json web/api || true
