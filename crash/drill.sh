#!/usr/bin/env bash
# A recovery drill: a server under load loses its machine. What is at the backup place is restored on an empty
# folder, works again, and takes the piles back; a second folder is made of the moment before a wrong edit; then the
# first machine is there again, and the work is given back to it in an orderly way, which may lose nothing.
# RPO and RTO are measured, sums compared, and the record is kept in the console of the restored server.
#
#   crash/drill.sh [--seconds N] [--piles N] [--s3]
#
# --s3: the backup place is a bucket of an object store that is not ours and lets in only who signs, else a folder.
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/../scripts/tools.sh"
# shellcheck source=crash/server.sh
. "$(dirname "$0")/server.sh"
cd "$ROOT"

SECONDS_OF_LOAD=15 PILES=20 BUCKET=''
while [ $# -gt 0 ]; do
    case "$1" in
    --seconds) SECONDS_OF_LOAD="$2"; shift 2 ;;
    --piles) PILES="$2"; shift 2 ;;
    --s3) BUCKET=1; shift ;;
    *) die "crash/drill.sh [--seconds N] [--piles N] [--s3]" ;;
    esac
done
need_programs

WORK="$(mktemp -d)"
PLACE="$WORK/place"
server="" load="" bucket=""
# shellcheck disable=SC2086 # none of them, or its number
trap 'finish_in $? "$WORK" $load $server $bucket' EXIT
trap 'exit 130' INT TERM

until_said() {
    for _ in $(seq 300); do
        if "$@" >/dev/null 2>&1; then return; fi
        sleep 0.1
    done
    die "did not come: $*"
}

# Until more is acknowledged than each pile once: they have come back by themselves and go on charging.
until_piles_are_back() {
    local now
    now="$(wc -l <"$WORK/witness.jsonl")"
    until_said sh -c "[ \"\$(wc -l <'$WORK/witness.jsonl')\" -gt $((now + PILES)) ]"
}

if [ -n "$BUCKET" ]; then
    provide_bucket_python
    "$BUCKET_PYTHON" crash/bucket.py serve --work "$WORK" >"$WORK/bucket.log" 2>&1 &
    bucket=$!
    until_said test -s "$WORK/bucket.address"
    PLACE="$(cat "$WORK/bucket.address")"
    export PILEOPS_BACKUP_CREDENTIALS_FILE="$WORK/bucket.credentials"
else
    mkdir "$PLACE"
fi
export PILEOPS_BACKUP_PLACE="$PLACE"

now_ms() { date +%s%3N; }
HTTP="127.0.0.1:$(free_port)" YKC="127.0.0.1:$(free_port)"
PASSWORD="drill-pile-password-0123"

# start_server DATA
start_server() {
    "$PILEOPS_BIN" serve --data "$1" --listen "$HTTP" --ykc-listen "$YKC" >>"$WORK/server.log" 2>&1 &
    server=$!
    until_ready "$server" "$HTTP"
}

PILEOPS_TOKEN="$("$PILEOPS_BIN" token add drill --data "$WORK/first" | grep -o 'pop_[A-Za-z0-9_-]*' | head -n 1)"
export PILEOPS_TOKEN PILEOPS_SERVER="http://$HTTP"
start_server "$WORK/first"
station="$(python3 e2e/furnish.py)"
for number in $(seq -f %06.0f "$PILES"); do
    "$PILEOPS_BIN" pile add "DRILL$number" --protocol ocpp1.6 --password "$PASSWORD" --station "$station"
    "$PILEOPS_BIN" card add "CARD$number" --status accepted
done >>"$WORK/furnish.log"
until_said "$PILEOPS_BIN" backup list
"$PILEOPS_SIM_BIN" load --mode crash --server "ws://$HTTP/ocpp" --piles "$PILES" --prefix DRILL --tag-prefix CARD \
    --password "$PASSWORD" --warmup 0 --seconds 86400 --patience 2 --witness "$WORK/witness.jsonl" >"$WORK/load.log" 2>&1 &
load=$!
sleep "$((SECONDS_OF_LOAD / 2))"
before_ms="$(now_ms)"
# A cut lies between the two, so that there is a moment that has the one and not the other.
sleep 4
for number in 1 2 3 4 5; do "$PILEOPS_BIN" card add "WRONG$number" --status accepted; done >>"$WORK/furnish.log"
sleep "$((SECONDS_OF_LOAD / 2))"
python3 crash/drill.py facts --data "$WORK/first" >"$WORK/facts.json"

# The machine is gone: the process, and all that it had on its disk.
kill -0 "$load" 2>/dev/null || die "the load ended before its time"
kill -9 "$server"
lost_ms="$(now_ms)"
cp "$WORK/witness.jsonl" "$WORK/witness-at-loss.jsonl"
wait "$server" 2>/dev/null || true
server=
rm -rf "$WORK/first"
"$PILEOPS_BIN" restore --from "$PLACE" --data "$WORK/second" --json >"$WORK/restored.json"
python3 crash/drill.py facts --data "$WORK/second" >"$WORK/facts-restored.json"
start_server "$WORK/second"
back_ms="$(now_ms)"
# The piles come back by themselves and go on charging.
lines="$(wc -l <"$WORK/witness.jsonl")"
until_piles_are_back
"$PILEOPS_BIN" order list --json >"$WORK/orders.json"

"$PILEOPS_BIN" restore --from "$PLACE" --to "$(date -u -d "@$((before_ms / 1000)).$((before_ms % 1000))" +%Y-%m-%dT%H:%M:%S.%3NZ)" \
    --data "$WORK/moment" --json >"$WORK/moment.json"
moment_ms=$(($(now_ms)))
python3 crash/drill.py judge --work "$WORK" --before "$before_ms" --lost "$lost_ms" --back "$back_ms" --end "$moment_ms"

# Fall-back: the second machine stops in order and brings its last change away, the first is made of the place again,
# and the piles, which have gone on all the time, come back to it.
asked_ms="$(now_ms)"
kill -TERM "$server"
wait "$server" || die "the second server did not stop in order"
server=
cp "$WORK/witness.jsonl" "$WORK/witness-at-stop.jsonl"
python3 crash/drill.py facts --data "$WORK/second" >"$WORK/facts-second.json"
"$PILEOPS_BIN" restore --from "$PLACE" --data "$WORK/first" --json >"$WORK/fallback.json"
python3 crash/drill.py facts --data "$WORK/first" >"$WORK/facts-first.json"
start_server "$WORK/first"
home_ms="$(now_ms)"
until_piles_are_back
kill -TERM "$load" 2>/dev/null || true
wait "$load" 2>/dev/null || true
load=
"$PILEOPS_BIN" order list --json >"$WORK/orders-home.json"
python3 crash/drill.py home --work "$WORK" --from-line "$lines" --asked "$asked_ms" --home "$home_ms"

# What is not empty, and what has a gap, is refused.
if "$PILEOPS_BIN" restore --from "$PLACE" --data "$WORK/moment" 2>"$WORK/refused.log"; then die "a folder that is not empty was restored into"; fi
grep -q "不是空的" "$WORK/refused.log"
if [ -n "$BUCKET" ]; then
    "$BUCKET_PYTHON" crash/bucket.py gap --work "$WORK"
else
    rm "$(find "$PLACE/lines" -name '*.seg' | sort | sed -n 3p)"
fi
if "$PILEOPS_BIN" restore --from "$PLACE" --to "$(date -u -d "@$((before_ms / 1000))" +%Y-%m-%dT%H:%M:%SZ)" --data "$WORK/third" 2>"$WORK/refused.log"; then
    die "a gap was not noticed"
fi
grep -q "缺失" "$WORK/refused.log"
kill -TERM "$server"
wait "$server" || true
server=
"$PILEOPS_BIN" verify --data "$WORK/first"
