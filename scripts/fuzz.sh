#!/usr/bin/env bash
# Feeds the wire decoders with noise for a while each (SECONDS_EACH, default 60).
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"
cd "$ROOT"
[ -d fuzz ] || die "fuzz/ is not there"
have cargo-fuzz || { say "cargo-fuzz: building it once for this machine"; cargo install --locked --quiet --debug cargo-fuzz; }
# The stable compiler can do it as well, when it is told to accept the sanitizer's flags.
export RUSTC_BOOTSTRAP=1
for target in $(cargo fuzz list); do
    say "fuzz: $target for ${SECONDS_EACH:-60} s"
    cargo fuzz run "$target" -- -max_total_time="${SECONDS_EACH:-60}" -max_len=70000
done
