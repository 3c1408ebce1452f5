#!/usr/bin/env bash
# What a power cut would take: traces the server's system calls while piles charge, and proves that each
# answer came after an fdatasync of what it acknowledges.
#
#   crash/power.sh [--seconds N] [--piles N] [--postgres]
#
# --postgres: on the database in PILEOPS_TEST_PG, whose server is traced as well (PILEOPS_TEST_PG_PID); not
# with PILEOPS_PG_FAST, which gives up this very promise.
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/../scripts/tools.sh"
# shellcheck source=crash/server.sh
. "$(dirname "$0")/server.sh"
cd "$ROOT"

SECONDS_OF_LOAD=5 PILES=20 POSTGRES=""
while [ $# -gt 0 ]; do
    case "$1" in
    --seconds) SECONDS_OF_LOAD="$2"; shift 2 ;;
    --piles) PILES="$2"; shift 2 ;;
    --postgres) POSTGRES=1; shift ;;
    *) die "crash/power.sh [--seconds N] [--piles N] [--postgres]" ;;
    esac
done
have strace || apt_install "The trace of system calls" strace
if ! strace -qq -o /dev/null true 2>/dev/null; then
    say "skipped: on this machine no process may be traced (in a container: --cap-add SYS_PTRACE)"
    exit 0
fi
DATA="$(mktemp -d)"
DATABASE=()
NAME=power-sqlite
tracer=""
# shellcheck source=crash/world.sh
. crash/world.sh
# Only what carries messages and what makes them last; long data whole, as hexadecimal digits.
TRACE=(strace -f -qq -ttt -T -yy -xx -s 262144
    -e trace=recvfrom,read,readv,recvmsg,write,writev,sendto,sendmsg,pwrite64,pwritev,fdatasync,fsync -e signal=none)
if [ -n "$POSTGRES" ]; then
    [ -n "${PILEOPS_TEST_PG:-}" ] || die "--postgres needs PILEOPS_TEST_PG" "scripts/with-postgres.sh crash/power.sh --postgres"
    DATABASE=(--database-url "$PILEOPS_TEST_PG")
    NAME=power-postgres
fi
# shellcheck disable=SC2086 # none of them, or its number
trap 'finish_in $? "$DATA" $load $server $tracer' EXIT
trap 'exit 130' INT TERM
furnish
kill -TERM "$server"
wait "$server" || true
if [ -n "$POSTGRES" ]; then
    "${TRACE[@]}" -o "$DATA/database.trace" -p "$PILEOPS_TEST_PG_PID" &
    tracer=$!
fi
# The tracer is the grandchild, so that the number is the server's.
BEFORE=("${TRACE[@]}" -D -o "$DATA/server.trace")
start_server
start_load
sleep "$SECONDS_OF_LOAD"
kill -TERM "$load" 2>/dev/null || true
wait "$load" 2>/dev/null || true
load=
kill -TERM "$server"
wait "$server" || true
server=
[ -z "$tracer" ] || { kill -TERM "$tracer" && wait "$tracer" || true; }
tracer=
python3 crash/power.py --name "$NAME" --port "${HTTP##*:}" --trace "$DATA"/*.trace
