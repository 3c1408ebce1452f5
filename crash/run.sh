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
DATA="$(mktemp -d)"
DATABASE=()
NAME=crash-sqlite
if [ -n "$POSTGRES" ]; then
    [ -n "${PILEOPS_TEST_PG:-}" ] || die "--postgres needs PILEOPS_TEST_PG" "scripts/with-postgres.sh crash/run.sh --postgres"
    DATABASE=(--database-url "$PILEOPS_TEST_PG")
    NAME=crash-postgres
fi
# shellcheck source=crash/world.sh
. crash/world.sh
# shellcheck disable=SC2086 # none of them, or its number
trap 'finish_in $? "$DATA" $load $server' EXIT
trap 'exit 130' INT TERM
furnish
start_load

RANDOM="$SEED"
told=0
for kill in $(seq "$KILLS"); do
    # 0.3 to 2.3 s of work, then no warning.
    pause_ms=$((300 + RANDOM % 2000))
    sleep "$(printf '%d.%03d' $((pause_ms / 1000)) $((pause_ms % 1000)))"
    kill -0 "$load" 2>/dev/null || die "the load ended before its time"
    kill -9 "$server"
    wait "$server" 2>/dev/null || true
    start_server
    before="$told"
    told="$(acknowledged)"
    say "$NAME: kill $kill of $KILLS, $told records acknowledged (+$((told - before)))"
done
count_up "$KILLS kills"
