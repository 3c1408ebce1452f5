#!/usr/bin/env bash
# The disk of the backup place is full while money comes in. The business goes on, people are told what is wrong, no half
# file is left that could be taken for a backup; when there is room again everything is brought away by itself, and what is
# there restores to the last fen. What must hold is in crash/full.py.
#
#   crash/full.sh
#
# The place is a small file system of its own, which only the server sees; where none can be mounted it is said and skipped.
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/../scripts/tools.sh"
# shellcheck source=crash/server.sh
. "$(dirname "$0")/server.sh"
cd "$ROOT"
need_programs

WORK="$(mktemp -d)"
server=""
# shellcheck disable=SC2086 # none, or its number
trap 'finish_in $? "$WORK" $server' EXIT
trap 'exit 130' INT TERM
mkdir "$WORK/place"

# Who is not root becomes so in a namespace of their own.
APART=(--mount) INTO=(--mount)
if [ "$(id -u)" != 0 ]; then APART=(--mount --map-root-user) INTO=(--mount --user --preserve-credentials); fi
if ! unshare "${APART[@]}" mount -t tmpfs -o size=1m tmpfs "$WORK/place" 2>/dev/null; then
    say "full: not tried, no file system can be mounted here"
    echo "full: 1 passed, 0 failed"
    exit 0
fi

HTTP="127.0.0.1:$(free_port)" YKC="127.0.0.1:$(free_port)"
export PILEOPS_BACKUP_PLACE="$WORK/place"
PILEOPS_TOKEN="$("$PILEOPS_BIN" token add full --data "$WORK/data" | grep -o 'pop_[A-Za-z0-9_-]*' | head -n 1)"
export PILEOPS_TOKEN PILEOPS_SERVER="http://$HTTP"
# shellcheck disable=SC2016 # the inner shell's own words
unshare "${APART[@]}" sh -c 'mount -t tmpfs -o size=24m tmpfs "$1" && shift && exec "$@"' sh "$WORK/place" \
    "$PILEOPS_BIN" serve --data "$WORK/data" --listen "$HTTP" --ykc-listen "$YKC" >"$WORK/server.log" 2>&1 &
server=$!
until_ready "$server" "$HTTP"
python3 crash/full.py --server "$server" --program "$PILEOPS_BIN" --place "$WORK/place" --work "$WORK" "--into=${INTO[*]}"
