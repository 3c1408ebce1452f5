#!/usr/bin/env bash
# Kills the server with -9 at random moments while piles charge, starts it again each time, and then
# counts: every record that a pile saw acknowledged must be there exactly once.
#
#   crash/run.sh [--kills N] [--seed N] [--piles N] [--postgres]
#
# --postgres: on the database in PILEOPS_TEST_PG (scripts/with-postgres.sh gives one), else SQLite.
# The same seed kills after the same pauses.
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/../scripts/tools.sh"
# shellcheck source=crash/server.sh
. "$(dirname "$0")/server.sh"
cd "$ROOT"

KILLS=5 SEED=1 PILES=40 POSTGRES=""
while [ $# -gt 0 ]; do
    case "$1" in
    --kills) KILLS="$2"; shift 2 ;;
    --seed) SEED="$2"; shift 2 ;;
    --piles) PILES="$2"; shift 2 ;;
    --postgres) POSTGRES=1; shift ;;
    *) die "crash/run.sh [--kills N] [--seed N] [--piles N] [--postgres]" ;;
    esac
done
PILEOPS_BIN="${PILEOPS_BIN:-$TARGET/debug/pileops}"
PILEOPS_SIM_BIN="${PILEOPS_SIM_BIN:-$TARGET/debug/pileops-sim}"
for program in "$PILEOPS_BIN" "$PILEOPS_SIM_BIN"; do
    [ -x "$program" ] || die "$program is not built" "cargo build -p pileops-server -p pileops-sim"
done

DATA="$(mktemp -d)"
DATABASE=()
NAME=sqlite
if [ -n "$POSTGRES" ]; then
    [ -n "${PILEOPS_TEST_PG:-}" ] || die "--postgres needs PILEOPS_TEST_PG" "scripts/with-postgres.sh crash/run.sh --postgres"
    DATABASE=(--database-url "$PILEOPS_TEST_PG")
    NAME=postgres
fi
server="" load=""
# shellcheck disable=SC2086 # none of them, or its number
trap 'finish_in $? "$DATA" $load $server' EXIT
trap 'exit 130' INT TERM

# The ports must stay the same over the restarts, as they would: the piles come back by themselves.
HTTP="127.0.0.1:$(free_port)" YKC="127.0.0.1:$(free_port)"

start_server() {
    "$PILEOPS_BIN" serve --data "$DATA" "${DATABASE[@]}" --listen "$HTTP" --ykc-listen "$YKC" >>"$DATA/server.log" 2>&1 &
    server=$!
    until_ready "$server" "$HTTP"
}

pileops() { "$PILEOPS_BIN" "$@"; }
# Through the API of the running server; one station, the piles and cards of the load.
furnish() {
    local station number
    PILEOPS_TOKEN="$(pileops token add crash --data "$DATA" "${DATABASE[@]}" | grep -o 'pop_[A-Za-z0-9_-]*' | head -n 1)"
    export PILEOPS_TOKEN PILEOPS_SERVER="http://$HTTP"
    start_server
    station="$(python3 e2e/furnish.py)"
    for number in $(seq -f %06.0f "$PILES"); do
        pileops pile add "CRASH$number" --protocol ocpp1.6 --password "$PASSWORD" --station "$station"
        pileops card add "CARD$number" --status accepted
    done >>"$DATA/furnish.log"
    # 云快充 piles send their transaction records beside them.
    for number in $(seq -f %06.0f "$YKC_PILES"); do
        pileops pile add "$YKC_PREFIX$number" --protocol ykc1.6 --station "$station"
        pileops card add "CA$number" --status accepted
    done >>"$DATA/furnish.log"
}
PASSWORD="crash-pile-password-0123" YKC_PREFIX=99010600 YKC_PILES=$((PILES / 2))
furnish
# The piles repeat what was not answered, as real ones do, until the end of the run ends them.
"$PILEOPS_SIM_BIN" load --mode crash --server "ws://$HTTP/ocpp" --piles "$PILES" --prefix CRASH --tag-prefix CARD \
    --password "$PASSWORD" --warmup 0 --seconds 86400 --patience 2 --ykc "$YKC" --ykc-piles "$YKC_PILES" --ykc-prefix "$YKC_PREFIX" \
    --witness "$DATA/witness.jsonl" >"$DATA/load.log" 2>&1 &
load=$!

RANDOM="$SEED"
acknowledged=0
for kill in $(seq "$KILLS"); do
    # 0.3 to 2.3 s of work, then no warning.
    pause_ms=$((300 + RANDOM % 2000))
    sleep "$(printf '%d.%03d' $((pause_ms / 1000)) $((pause_ms % 1000)))"
    kill -0 "$load" 2>/dev/null || die "the load ended before its time"
    kill -9 "$server"
    wait "$server" 2>/dev/null || true
    start_server
    before="$acknowledged"
    acknowledged="$(wc -l <"$DATA/witness.jsonl")"
    say "$NAME: kill $kill of $KILLS, $acknowledged records acknowledged (+$((acknowledged - before)))"
done
# Let the piles come back and deliver what they kept, then end the load and ask the server.
sleep 3
kill -TERM "$load" 2>/dev/null || true
wait "$load" 2>/dev/null || true
load=
"$PILEOPS_BIN" order list --json >"$DATA/orders.json"
# Every bill is made again from what is stored.
kill -TERM "$server"
wait "$server" || true
server=
"$PILEOPS_BIN" verify --data "$DATA" "${DATABASE[@]}"
python3 crash/check.py --name "crash-$NAME" --witness "$DATA/witness.jsonl" --orders "$DATA/orders.json" --kills "$KILLS"
