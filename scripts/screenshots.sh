#!/usr/bin/env bash
# Takes the pictures of the README and the manual anew, from the demo as it is built now.
#   scripts/screenshots.sh              docs/images
#   scripts/screenshots.sh --pages [RE] every page (whose name fits RE) at two sizes, light and dark, into docs/pages
#   scripts/screenshots.sh --missing    those of docs/pages that are not there yet
#   scripts/screenshots.sh --look DIR   every page in every dress into DIR, for people to look at
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"
cd "$ROOT"
pages='' only='' missing='' look=''
case "${1:-}" in
--pages) pages="$ROOT/docs/pages" only="${2:-}" ;;
--missing) pages="$ROOT/docs/pages" missing=1 ;;
--look) look="$(realpath -m "${2:?a folder}")" ;;
esac
exec env PILEOPS_PAGES="$pages" PILEOPS_PAGES_ONLY="$only" PILEOPS_PAGES_MISSING="$missing" PILEOPS_LOOK="$look" e2e/run.sh pictures
