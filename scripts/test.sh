#!/usr/bin/env bash
# Provides what the tests need and runs them, stage by stage. A stage that fails does not keep the
# others from running; the summary names it. With names as arguments: only those stages.
set -uo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"
cd "$ROOT" || exit 1

LOGS="$(mktemp -d)"
trap 'rm -rf "$LOGS"' EXIT
ONLY=" $* "
passed=0 failed=0 skipped=0
summary=()

# Adds up the closing lines of the runners: cargo test, vitest, Playwright, node's, and our plain one.
# Prints "passed failed ignored", or nothing when there was no such line.
count() {
    sed 's/\x1b\[[0-9;]*m//g' "$1" | awk '
        /^test result: / { for (i = 1; i < NF; i++) { if ($(i+1) ~ /^passed/) p += $i; if ($(i+1) ~ /^failed/) f += $i; if ($(i+1) ~ /^ignored/) s += $i }; n = 1; next }
        /^ *Tests +[0-9]/ { for (i = 1; i < NF; i++) { if ($(i+1) == "passed") p += $i; if ($(i+1) == "failed") f += $i; if ($(i+1) == "skipped") s += $i }; n = 1; next }
        /^ +[0-9]+ (passed|failed|flaky|skipped)( \(.*\))?$/ { if ($2 == "failed") f += $1; else if ($2 == "skipped") s += $1; else p += $1; n = 1; next }
        /^([a-z0-9.-]+( [a-z0-9.-]+)*: )?[0-9]+ passed, [0-9]+ failed/ { for (i = 1; i < NF; i++) { if ($(i+1) ~ /^passed/) p += $i; if ($(i+1) ~ /^failed/) f += $i }; n = 1 }
        END { if (n) print p + 0, f + 0, s + 0 }'
}

wanted() { [ "$ONLY" = "  " ] || [[ "$ONLY" == *" $1 "* ]]; }

# What failed and the first words why, for whoever sees no more than the summary.
reasons() {
    sed 's/\x1b\[[0-9;]*m//g' "$1" |
        grep -E '^ *✘|^test .* FAILED$|panicked at|^ *(Error|error(\[E[0-9]+\])?): |^ *[×✗] |^FAIL|^not ok' |
        cut -c1-200 | head -n 8 | sed 's/^ */                /'
}

# stage NAME NEEDED-FILE COMMAND...
stage() {
    local name="$1" file="$2" started status counts p f s
    shift 2
    wanted "$name" || return 0
    if [ -n "$file" ] && [ ! -e "$file" ]; then
        say "$name: skipped, $file is not there"
        summary+=("$(printf 'skip %5s    %s (no %s)' - "$name" "$file")")
        skipped=$((skipped + 1))
        return 0
    fi
    say "$name: $*"
    started=$SECONDS
    ("$@") </dev/null 2>&1 | tee "$LOGS/$name"
    status=${PIPESTATUS[0]}
    counts="$(count "$LOGS/$name")"
    # A check without tests of its own counts as one; so does a runner that died after its tests passed.
    if [ -z "$counts" ]; then if [ "$status" = 0 ]; then counts="1 0 0"; else counts="0 1 0"; fi; fi
    read -r p f s <<<"$counts"
    if [ "$status" != 0 ] && [ "$f" = 0 ]; then f=1; fi
    if [ "$status" = 0 ] && [ "$f" != 0 ]; then status=1; fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    if [ "$status" = 0 ]; then
        summary+=("$(printf 'ok   %5ss   %s (%s)' $((SECONDS - started)) "$name" "$p")")
    else
        summary+=("$(printf 'FAIL %5ss   %s (%s of %s failed)' $((SECONDS - started)) "$name" "$f" $((p + f)))" "$(reasons "$LOGS/$name")")
        say "$name: FAILED"
    fi
    return "$status"
}

npm_run() { (cd web && npm run --silent "$@"); }

# The types must be what the contract gives, byte for byte.
api_is_fresh() {
    local before after
    before="$(find web/api -name '*.d.ts' -not -path '*/node_modules/*' -print0 | sort -z | xargs -0 sha256sum)"
    npm_run api || return 1
    after="$(find web/api -name '*.d.ts' -not -path '*/node_modules/*' -print0 | sort -z | xargs -0 sha256sum)"
    [ "$before" = "$after" ] || die "The console's types were not what openapi.json gives; they have been written anew" "commit them (make openapi does both steps)"
}

scripts_are_sound() {
    local file
    (provide_python) || return 1
    for file in scripts/*.sh e2e/*.sh crash/*.sh bench/*.sh .ci/run; do bash -n "$file" || return 1; done
    PYTHONDONTWRITEBYTECODE=1 python3 - e2e/*.py crash/*.py bench/*.py <<'PY'
import pathlib, sys
for name in sys.argv[1:]:
    if "*" not in name:
        compile(pathlib.Path(name).read_text(), name, "exec")
PY
}

say "checking the tools"
(need_build_tools) || exit 1

stage format "" cargo fmt --all --check
stage scripts "" scripts_are_sound
stage clippy "" cargo clippy --workspace --all-targets --quiet -- -D warnings
# The pages come before the Rust tests: the server carries them inside.
stage web-install web/package-lock.json web_install
stage web-lint web/package-lock.json npm_run lint
stage web-types web/package-lock.json npm_run --if-present typecheck
stage web-test web/package-lock.json npm_run test
stage web-build web/package-lock.json web_build
# Chrome 109 is the last one of Windows 7: what was compiled must be valid there, and light.
stage web-browser web/package-lock.json npm_run browser
stage rust "" env PILEOPS_PG_FAST=1 scripts/with-postgres.sh cargo test --workspace
# What the targets do runs with the Rust tests; here it is only held that they compile.
stage fuzz-check fuzz/Cargo.toml cargo check --quiet --locked --manifest-path fuzz/Cargo.toml --target-dir "$TARGET/fuzz"
stage tariff e2e/tariff_cases.py scripts/tariff-check.sh 3000 7
stage contract openapi.json api_is_fresh
stage deny "" eval 'provide_deny && cargo deny --log-level error check bans licenses sources'
stage sbom web/package-lock.json scripts/sbom.sh
if [[ "$ONLY" == *" audit "* ]]; then stage audit "" eval 'provide_deny && cargo deny check advisories'; fi

# From here on a built server is needed. The debug build is what the Rust tests made anyway.
if wanted ocpp || wanted ykc || wanted scim || wanted mail || wanted console || wanted first || wanted parquet || wanted schema || wanted attacks || wanted dirt || wanted chaos-sqlite || wanted chaos-postgres || wanted crash-sqlite || wanted crash-postgres || wanted crash-cut || wanted power-sqlite || wanted power-postgres || wanted drill-sqlite || wanted full-sqlite || wanted drill-postgres; then
    if stage_out="$(cargo metadata --no-deps --format-version 1 | grep -c '"name":"pileops","src_path"')" && [ "$stage_out" != 0 ]; then
        say "building the server and the simulator"
        cargo build --quiet --workspace --bins || failed=$((failed + 1))
    else
        say "no executable named pileops in the workspace"
    fi
fi
export PILEOPS_BIN="${PILEOPS_BIN:-$TARGET/debug/pileops}" PILEOPS_SIM_BIN="${PILEOPS_SIM_BIN:-$TARGET/debug/pileops-sim}"
stage ocpp "$PILEOPS_BIN" e2e/run.sh ocpp
stage ykc "$PILEOPS_BIN" e2e/run.sh ykc
stage scim "$PILEOPS_BIN" e2e/run.sh scim
stage mail "$PILEOPS_BIN" e2e/run.sh mail
stage parquet "$PILEOPS_BIN" e2e/run.sh parquet
if [ -d web/e2e ]; then stage console "$PILEOPS_BIN" e2e/run.sh console; fi
if [ -d web/e2e ]; then stage first "$PILEOPS_BIN" e2e/run.sh first; fi
stage schema "$PILEOPS_BIN" e2e/run.sh schema --examples 1
stage attacks "$PILEOPS_BIN" e2e/run.sh attacks
stage dirt "$PILEOPS_BIN" e2e/run.sh dirt --rows 10000
stage chaos-sqlite "$PILEOPS_SIM_BIN" crash/chaos.sh --seed 1 --only kill,freeze,network_dead,disk,files
stage chaos-postgres "$PILEOPS_SIM_BIN" scripts/with-postgres.sh crash/chaos.sh --postgres --seed 2 --only database_stopped,database_killed,database_cut
stage crash-sqlite "$PILEOPS_SIM_BIN" crash/run.sh --kills 5 --seed 1
stage crash-postgres "$PILEOPS_SIM_BIN" scripts/with-postgres.sh crash/run.sh --postgres --kills 5 --seed 2
stage crash-cut "$PILEOPS_SIM_BIN" env PILEOPS_PG_FAST=1 scripts/with-postgres.sh crash/cut.sh --cuts 10
stage power-sqlite "$PILEOPS_SIM_BIN" crash/power.sh
stage power-postgres "$PILEOPS_SIM_BIN" scripts/with-postgres.sh crash/power.sh --postgres
stage drill-sqlite "$PILEOPS_SIM_BIN" crash/drill.sh
stage full-sqlite "$PILEOPS_BIN" crash/full.sh
stage drill-postgres "$PILEOPS_BIN" scripts/with-postgres.sh crash/drill-postgres.sh

say "summary ($((SECONDS / 60)) min $((SECONDS % 60)) s)"
for line in "${summary[@]}"; do printf '    %s\n' "$line"; done
printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" = 0 ]
