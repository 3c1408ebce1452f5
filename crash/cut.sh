#!/usr/bin/env bash
# Cuts the line to PostgreSQL between a COMMIT and its answer, again and again, while piles charge and purses
# pay; then counts as after a crash. The server must find out what became of each commit.
#
#   crash/cut.sh [--cuts N] [--seed N] [--piles N]      needs PILEOPS_TEST_PG (scripts/with-postgres.sh)
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/../scripts/tools.sh"
# shellcheck source=crash/server.sh
. "$(dirname "$0")/server.sh"
cd "$ROOT"

CUTS=20 SEED=1 PILES=40
while [ $# -gt 0 ]; do
    case "$1" in
    --cuts) CUTS="$2"; shift 2 ;;
    --seed) SEED="$2"; shift 2 ;;
    --piles) PILES="$2"; shift 2 ;;
    *) die "crash/cut.sh [--cuts N] [--seed N] [--piles N]" ;;
    esac
done
[ -n "${PILEOPS_TEST_PG:-}" ] || die "PILEOPS_TEST_PG is not set" "scripts/with-postgres.sh crash/cut.sh"
DATA="$(mktemp -d)"
PORT="$(free_port)"
# The same address, through the line that is cut.
DATABASE=(--database-url "$(python3 - "$PILEOPS_TEST_PG" "$PORT" <<'PY'
import sys, urllib.parse
url = urllib.parse.urlparse(sys.argv[1])
user = f"{url.netloc.rsplit('@', 1)[0]}@" if "@" in url.netloc else ""
print(url._replace(netloc=f"{user}127.0.0.1:{sys.argv[2]}").geturl())
PY
)")
NAME=cut-postgres
line=""
# shellcheck source=crash/world.sh
. crash/world.sh
# shellcheck disable=SC2086 # none of them, or its number
trap 'finish_in $? "$DATA" $load $server $line' EXIT
trap 'exit 130' INT TERM
python3 crash/cut.py --listen "$PORT" --to "$PILEOPS_TEST_PG" --cuts "$CUTS" --seed "$SEED" --begin "$DATA/begin" >"$DATA/line.log" &
line=$!
until python3 -c 'import socket,sys; socket.create_connection(("127.0.0.1", int(sys.argv[1])), 1)' "$PORT" 2>/dev/null; do sleep 0.1; done
furnish
start_load
touch "$DATA/begin"
# The line tells of each ten, counted from the last.
until grep -q "^$CUTS of $CUTS cuts" "$DATA/line.log"; do
    sleep 2
    kill -0 "$load" 2>/dev/null || die "the load ended before its time"
    kill -0 "$server" 2>/dev/null || die "the server did not survive"
    say "$NAME: $(tail -n 1 "$DATA/line.log"), $(acknowledged) records acknowledged"
done
count_up "$CUTS cuts"
