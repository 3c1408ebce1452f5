#!/usr/bin/env bash
# The recovery drill on PostgreSQL, by scripts/postgres-backup.sh: a full backup, the log brought away, the cluster lost,
# and both the last state and the moment before a wrong edit restored. Runs under scripts/with-postgres.sh.
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
for to in "" "$before"; do
    if [ "${#owner[@]}" != 0 ]; then chown -R "$name" "$WORK/place"; fi
    dir="$WORK/restored${to:+-moment}"
    "${owner[@]}" env PILEOPS_PG_BIN="$BIN" bash scripts/postgres-backup.sh restore "$WORK/place" "$dir" ${to:+"$to"}
    port="$(free_port)"
    (cd "$WORK" && exec "${owner[@]}" "$BIN/postgres" -D "$dir" -p "$port" -c "unix_socket_directories=$WORK" -c listen_addresses=127.0.0.1 -c archive_mode=off) >"$WORK/cluster.log" 2>&1 &
    cluster=$!
    url="$(sed -E "s#^(postgres(ql)?://[^@]*@)[^/]*/.*#\1127.0.0.1:$port/drill#" <<<"$PILEOPS_TEST_PG")"
    for _ in $(seq 300); do
        if [ "$("$BIN/psql" -qAt "$url" -c 'SELECT pg_is_in_recovery()' 2>/dev/null)" = f ]; then break; fi
        sleep 0.1
    done
    [ -f "$secret" ] || die "the secret is not there"
    pileops verify
    good="$(cards GOOD)" wrong="$(cards WRONG)"
    say "restored${to:+ to $to}: $good cards, $wrong wrong ones"
    [ "$good" = 2 ] || die "changes before the moment are missing"
    if [ -z "$to" ]; then
        say "RTO $(($(date +%s%3N) - lost)) ms"
        [ "$wrong" = 1 ] || die "the last change is missing"
    else
        [ "$wrong" = 0 ] || die "the wrong edit is still there"
    fi
    kill -INT "$cluster"
    wait "$cluster" || true
    cluster=
done
if PILEOPS_PG_BIN="$BIN" scripts/postgres-backup.sh restore "$WORK/place" "$dir" 2>"$WORK/refused.log"; then die "a folder that is not empty was restored into"; fi
