#!/usr/bin/env bash
# Runs a command with a private PostgreSQL cluster: in a temporary folder, on its own port of the
# loopback address, stopped and removed when the command ends. The system's clusters are not touched.
#
#   scripts/with-postgres.sh COMMAND...
#
# The command finds it in PILEOPS_TEST_PG (a URL) and PILEOPS_TEST_PG_PID (the server's process).
# PILEOPS_PG_FAST=1 gives up durability for speed (for tests that kill nothing). A PILEOPS_TEST_PG
# that is already set is used as it is.
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"

[ $# -gt 0 ] || die "with-postgres.sh COMMAND... needs a command"
if [ -n "${PILEOPS_TEST_PG:-}" ]; then exec "$@"; fi
provide_postgres
BIN="$(postgres_bin)"

# PostgreSQL refuses to run as root. setpriv replaces itself, so that its pid is the server's.
as_owner=()
owner="$(id -un)"
if [ "$(id -u)" = 0 ]; then
    owner=nobody
    if id postgres >/dev/null 2>&1; then owner=postgres; fi
    as_owner=(setpriv --pdeathsig INT "--reuid=$owner" "--regid=$(id -g "$owner")" --clear-groups)
fi

# A short path: a socket's name may have no more than 107 bytes.
DIR="$(mktemp -d /tmp/pileops-pg.XXXXXX)"
server_pid=
command_pid=
stop() {
    local status=$?
    trap - EXIT INT TERM HUP
    if [ -n "$command_pid" ]; then kill "$command_pid" 2>/dev/null || true; fi
    if [ -n "$server_pid" ] && kill -INT "$server_pid" 2>/dev/null; then
        for _ in $(seq 200); do kill -0 "$server_pid" 2>/dev/null || break; sleep 0.1; done
        kill -QUIT "$server_pid" 2>/dev/null || true
        wait "$server_pid" 2>/dev/null || true
    fi
    rm -rf "$DIR"
    exit "$status"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

password="$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
printf '%s\n' "$password" >"$DIR/password"
chmod 700 "$DIR"
chown -R "$owner" "$DIR"
cd "$DIR"
"${as_owner[@]}" "$BIN/initdb" -D "$DIR/data" --username=pileops --pwfile="$DIR/password" \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C --no-sync >"$DIR/initdb.log" 2>&1 ||
    { cat "$DIR/initdb.log" >&2; die "initdb failed"; }
cat >>"$DIR/data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$DIR'
max_connections = 300
shared_buffers = 256MB
timezone = 'UTC'
CONF
if [ "${PILEOPS_PG_FAST:-}" = 1 ]; then
    printf 'fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n' >>"$DIR/data/postgresql.conf"
fi

# Between the choice of a port and its use another program may take it: try again.
for attempt in 1 2 3 4 5; do
    port="$(free_port)"
    "${as_owner[@]}" "$BIN/postgres" -D "$DIR/data" -p "$port" >"$DIR/server.log" 2>&1 &
    server_pid=$!
    for _ in $(seq 300); do
        if ! kill -0 "$server_pid" 2>/dev/null; then server_pid=; break; fi
        if "$BIN/pg_isready" -q -h 127.0.0.1 -p "$port"; then break 2; fi
        sleep 0.1
    done
    [ -z "$server_pid" ] || die "PostgreSQL did not get ready in 30 s" "$(tail -n 3 "$DIR/server.log")"
    [ "$attempt" != 5 ] || die "PostgreSQL did not start" "$(tail -n 5 "$DIR/server.log")"
done
export PGPASSWORD="$password"
"$BIN/createdb" -h 127.0.0.1 -p "$port" -U pileops pileops
unset PGPASSWORD
export PILEOPS_TEST_PG="postgres://pileops:$password@127.0.0.1:$port/pileops"
export PILEOPS_TEST_PG_PID="$server_pid"
export PILEOPS_PG_BIN="$BIN"
say "private PostgreSQL $("$BIN/postgres" --version | cut -d' ' -f3) on port $port"

cd "$OLDPWD"
"$@" &
command_pid=$!
status=0
wait "$command_pid" || status=$?
command_pid=
exit "$status"
