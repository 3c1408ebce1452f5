#!/usr/bin/env bash
# Takes the pictures of the README and the manual anew, from the demo as it is built now.
#   scripts/screenshots.sh              docs/images
#   scripts/screenshots.sh --pages [RE] every page (whose name fits RE) at two sizes, light and dark, into docs/pages
#   scripts/screenshots.sh --look DIR   every page in every dress into DIR, for people to look at
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"
cd "$ROOT"
exec env PILEOPS_PAGES_ONLY="$([ "${1:-}" != --pages ] || echo "${2:-}")" PILEOPS_PAGES="$([ "${1:-}" != --pages ] || echo "$ROOT/docs/pages")" PILEOPS_LOOK="$([ "${1:-}" = --look ] && realpath -m "${2:?a folder}" || true)" e2e/run.sh pictures
