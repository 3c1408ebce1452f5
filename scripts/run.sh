#!/usr/bin/env bash
# Builds what has changed and starts the demo.
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"
cd "$ROOT"

say "checking the tools"
need_build_tools
web_install
web_build
say "building pileops (the first time takes some minutes)"
cargo build --release -p pileops-server
say "starting the demo: Ctrl-C stops it"
exec "$TARGET/release/pileops" demo "$@"
