#!/usr/bin/env bash
# Feeds the sessions of the wire protocols with noise for a while each (SECONDS_EACH, default 60), beginning
# with the kept corpus. KEEP=1: what was found is made small and kept (crates/protocol/testdata/noise, an
# input per line in hex), where `make test` takes it every time.
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"
cd "$ROOT"
[ -d fuzz ] || die "fuzz/ is not there"
have cargo-fuzz || { say "cargo-fuzz: building it once for this machine"; cargo install --locked --quiet --debug cargo-fuzz; }
# The stable compiler can do it as well, when it is told to accept the flags of coverage.
export RUSTC_BOOTSTRAP=1
KEPT=crates/protocol/testdata/noise

unpack() { # FILE FOLDER
    mkdir -p "$2"
    python3 - "$1" "$2" <<'PY'
import hashlib, pathlib, sys
for line in pathlib.Path(sys.argv[1]).read_text().split():
    data = bytes.fromhex(line)
    (pathlib.Path(sys.argv[2]) / hashlib.sha1(data).hexdigest()).write_bytes(data)
PY
}
pack() { # FOLDER FILE
    python3 - "$1" "$2" <<'PY'
import pathlib, sys
inputs = sorted((p.read_bytes() for p in pathlib.Path(sys.argv[1]).iterdir()), key=lambda data: (len(data), data))
pathlib.Path(sys.argv[2]).write_text("".join(data.hex() + "\n" for data in inputs if data))
PY
}

# Our code has no unsafe block (the compiler forbids it): coverage is what is wanted, not a sanitizer.
run() { cargo fuzz run --sanitizer none "$@"; }
for target in $(cargo fuzz list); do
    say "fuzz: $target for ${SECONDS_EACH:-60} s"
    corpus="fuzz/corpus/$target"
    unpack "$KEPT/$target.txt" "$corpus"
    run "$target" "$corpus" -- -max_total_time="${SECONDS_EACH:-60}" -max_len="${MAX_LEN:-16000}" -print_final_stats=1
    if [ "${KEEP:-0}" = 1 ]; then
        small="$(mktemp -d)"
        run "$target" "$small" "$corpus" -- -set_cover_merge=1 -max_len=600
        pack "$small" "$KEPT/$target.txt"
        rm -rf "$small"
        say "kept: $(wc -l <"$KEPT/$target.txt") inputs, $(wc -c <"$KEPT/$target.txt") bytes"
    fi
done
