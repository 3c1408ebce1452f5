#!/usr/bin/env bash
# The recovery drill on PostgreSQL, by scripts/postgres-backup.sh: a full backup, the log brought away, the cluster lost,
# the last state restored elsewhere, given back to the first machine after it has gone on, and the moment before a wrong
# edit restored. Runs under scripts/with-postgres.sh.
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/../scripts/tools.sh"
cd "$ROOT"

[ -n "${PILEOPS_TEST_PG:-}" ] || die "needs PILEOPS_TEST_PG" "scripts/with-postgres.sh crash/drill-postgres.sh"
PILEOPS_BIN="${PILEOPS_BIN:-$TARGET/debug/pileops}"
[ -x "$PILEOPS_BIN" ] || die "$PILEOPS_BIN is not built" "cargo build -p pileops-server"
BIN="$(postgres_bin)"
WORK="$(mktemp -d /tmp/pileops-drill.XXXXXX)"
chmod 755 "$WORK"
mkdir "$WORK/place"
owner=()
if [ "$(id -u)" = 0 ]; then
    name=nobody
    if id postgres >/dev/null 2>&1; then name=postgres; fi
    owner=(setpriv "--reuid=$name" "--regid=$(id -g "$name")" --clear-groups)
    chown "$name" "$WORK" "$WORK/place"
fi
receiver="" cluster=""
finish() {
    local status=$?
    trap - EXIT INT TERM
    for process in $receiver $cluster; do
        kill -INT "$process" 2>/dev/null || true
        wait "$process" 2>/dev/null || true
    done
    if [ "$status" != 0 ]; then tail -n 20 "$WORK"/*.log 2>/dev/null || true; fi
    rm -rf "$WORK"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

pileops() { "$PILEOPS_BIN" "$@" --data "$WORK/data" --database-url "$url"; }
cards() { "$BIN/psql" -qAt "$url" -c "SELECT COUNT(*) FROM card WHERE tag LIKE '$1%'"; }

url="$PILEOPS_TEST_PG"
"$BIN/createdb" --maintenance-db="$url" drill
url="${url%/*}/drill"
pileops card add GOOD1 --status accepted >"$WORK/pileops.log" 2>&1
PILEOPS_PG_BIN="$BIN" scripts/postgres-backup.sh receive "$url" "$WORK/place" >"$WORK/receive.log" 2>&1 &
receiver=$!
PILEOPS_PG_BIN="$BIN" scripts/postgres-backup.sh full "$url" "$WORK/place" >"$WORK/full.log" 2>&1
pileops card add GOOD2 --status accepted >>"$WORK/pileops.log"
sleep 2
before="$(date -u '+%Y-%m-%d %H:%M:%S+00')"
sleep 2
pileops card add WRONG1 --status accepted >>"$WORK/pileops.log"
sleep 2
kill -INT "$receiver"
wait "$receiver" || true
receiver=
lost="$(date +%s%3N)"

# The machine is gone: what follows knows the place alone.
secret="$WORK/data/secret.key"
# restored PLACE DIR [TIME]: a cluster of what lies at the place, up to that time; returns when it takes changes.
restored() {
    if [ "${#owner[@]}" != 0 ]; then chown -R "$name" "$1"; fi
    "${owner[@]}" env PILEOPS_PG_BIN="$BIN" bash scripts/postgres-backup.sh restore "$@"
    local port
    port="$(free_port)"
    (cd "$WORK" && exec "${owner[@]}" "$BIN/postgres" -D "$2" -p "$port" -c "unix_socket_directories=$WORK" -c listen_addresses=127.0.0.1 -c archive_mode=off) >"$WORK/cluster.log" 2>&1 &
    cluster=$!
    url="$(sed -E "s#^(postgres(ql)?://[^@]*@)[^/]*/.*#\1127.0.0.1:$port/drill#" <<<"$PILEOPS_TEST_PG")"
    for _ in $(seq 300); do
        if [ "$("$BIN/psql" -qAt "$url" -c 'SELECT pg_is_in_recovery()' 2>/dev/null)" = f ]; then break; fi
        sleep 0.1
    done
    [ -f "$secret" ] || die "the secret is not there"
    pileops verify
}
# has GOOD WRONG BACK: so many cards of each kind are there.
has() {
    local found
    found="$(cards GOOD) $(cards WRONG) $(cards BACK)"
    [ "$found" = "$*" ] || die "cards that were good, wrong and made meanwhile: found $found, expected $*"
}
end_cluster() {
    kill -INT "$cluster"
    wait "$cluster" || true
    cluster=
}

restored "$WORK/place" "$WORK/restored"
say "RTO $(($(date +%s%3N) - lost)) ms"
has 2 1 0
# It works there, and is saved there too, until the first machine can take it back: then it stops in order.
mkdir "$WORK/place-away"
PILEOPS_PG_BIN="$BIN" scripts/postgres-backup.sh receive "$url" "$WORK/place-away" >"$WORK/receive.log" 2>&1 &
receiver=$!
PILEOPS_PG_BIN="$BIN" scripts/postgres-backup.sh full "$url" "$WORK/place-away" >"$WORK/full.log" 2>&1
pileops card add BACK1 --status accepted >>"$WORK/pileops.log"
asked="$(date +%s%3N)"
"$BIN/psql" -qAt "$url" -c 'SELECT pg_switch_wal()' >/dev/null
sleep 1
kill -INT "$receiver"
wait "$receiver" || true
receiver=
end_cluster
restored "$WORK/place-away" "$WORK/home"
say "fall-back: away $(($(date +%s%3N) - asked)) ms"
has 2 1 1
end_cluster

dir="$WORK/restored-moment"
restored "$WORK/place" "$dir" "$before"
has 2 0 0
end_cluster
if PILEOPS_PG_BIN="$BIN" scripts/postgres-backup.sh restore "$WORK/place" "$dir" 2>"$WORK/refused.log"; then die "a folder that is not empty was restored into"; fi
