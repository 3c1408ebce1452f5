#!/usr/bin/env bash
# Breaks what the server stands on while piles charge: the process, the network, the disk, the files, the clock, the certificates, the
# database. What must hold is in crash/chaos.py.
#
#   crash/chaos.sh [--seed N] [--rounds N] [--only FAULT,…] [--piles N] [--postgres]
#
# --postgres: on the database in PILEOPS_TEST_PG, whose server is stopped as well (PILEOPS_TEST_PG_PID).
# The same seed breaks the same things in the same order.
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/../scripts/tools.sh"
# shellcheck source=crash/server.sh
. "$(dirname "$0")/server.sh"
cd "$ROOT"

MORE=() POSTGRES=""
while [ $# -gt 0 ]; do
    case "$1" in
    --seed | --rounds | --only | --piles) MORE+=("$1" "$2"); shift 2 ;;
    --postgres) POSTGRES=1; shift ;;
    *) die "crash/chaos.sh [--seed N] [--rounds N] [--only FAULT,…] [--piles N] [--postgres]" ;;
    esac
done
need_programs
if [ -n "$POSTGRES" ]; then
    [ -n "${PILEOPS_TEST_PG:-}" ] || die "--postgres needs PILEOPS_TEST_PG" "scripts/with-postgres.sh crash/chaos.sh --postgres"
    MORE+=(--database "$PILEOPS_TEST_PG")
fi
ls /usr/lib/*/faketime/libfaketime.so.1 >/dev/null 2>&1 || [ -n "${FAKETIME_LIBRARY:-}" ] || ! can_apt || (apt_install "A clock that can be set" libfaketime) || true
# The clock can be set only for a program that is told another time; where that library is not, it is said.
for library in "${FAKETIME_LIBRARY:-}" /usr/lib/*/faketime/libfaketime.so.1; do
    if [ -e "$library" ]; then MORE+=(--faketime "$library"); break; fi
done
DATA="$(mktemp -d)"
trap 'finish_in $? "$DATA"' EXIT
trap 'exit 130' INT TERM
python3 crash/chaos.py --data "$DATA" --server "$PILEOPS_BIN" --sim "$PILEOPS_SIM_BIN" "${MORE[@]}"
