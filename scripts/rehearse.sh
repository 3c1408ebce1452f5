#!/usr/bin/env bash
# Rehearses an upgrade and the way back between two versions of the program, with the demo's data:
#
#   scripts/rehearse.sh --old FILE     an executable of the older version
#   scripts/rehearse.sh --rev REV      that version is built first (minutes), in a tree of its own
#   scripts/rehearse.sh                the version before the last migration
#
# PILEOPS_BIN is the newer one (default: the debug build). SQLite always, PostgreSQL where it can be provided. Each
# step says what it found; a difference of a row or a fen ends the rehearsal.
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"
cd "$ROOT"

OLD="" REV=""
while [ $# -gt 0 ]; do
    case "$1" in
    --old) OLD="$2"; shift 2 ;;
    --rev) REV="$2"; shift 2 ;;
    *) die "rehearse.sh [--old FILE | --rev REV]" ;;
    esac
done
NEW="${PILEOPS_BIN:-$TARGET/debug/pileops}"
[ -x "$NEW" ] || die "$NEW is not built" "cargo build -p pileops-server"

DIR="$(mktemp -d)"
server=
tree=
finish() {
    local status=$?
    trap - EXIT INT TERM
    if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
    if [ "$status" != 0 ] && [ -s "$DIR/log" ]; then say "the last lines of the server's log"; tail -n 20 "$DIR/log"; fi
    if [ -n "$tree" ]; then git worktree remove --force "$tree" 2>/dev/null || true; fi
    rm -rf "$DIR"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

if [ -z "$OLD" ]; then
    need_build_tools
    REV="${REV:-$(git log -1 --format=%H -- crates/store/migrations)^}"
    say "building $(git rev-parse --short "$REV")"
    tree="$DIR/tree"
    git worktree add --quiet --detach "$tree" "$REV"
    (cd "$tree" && CARGO_TARGET_DIR="$TARGET/rehearse" cargo build --quiet -p pileops-server)
    OLD="$TARGET/rehearse/debug/pileops"
fi
[ -x "$OLD" ] || die "$OLD cannot be run"

# start PROGRAM ARGUMENTS...: returns when it answers.
start() {
    local program="$1"
    shift
    rm -f "$DATA/addresses.json"
    "$program" "$@" --data "$DATA" --listen 127.0.0.1:0 --ykc-listen 127.0.0.1:0 >"$DIR/log" 2>&1 &
    server=$!
    for _ in $(seq 3000); do
        kill -0 "$server" 2>/dev/null || die "the server ended at its start"
        if [ -s "$DATA/addresses.json" ]; then
            local http
            http="$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1])).http' "$DATA/addresses.json")"
            if node -e 'fetch(process.argv[1]).then(r=>process.exit(r.ok?0:1),()=>process.exit(1))' "http://$http/readyz"; then return; fi
        fi
        sleep 0.1
    done
    die "the server did not get ready"
}
stop() { kill "$server"; wait "$server" || true; server=; }

# What nobody may lose, in one line; the audit log grows by what an upgrade itself does, and is verified apart.
FIGURES="SELECT (SELECT COUNT(*) FROM orders), (SELECT SUM(total_fen) FROM orders), (SELECT SUM(energy_dwh) FROM orders), \
(SELECT COUNT(*) FROM order_detail), (SELECT COUNT(*) FROM posting), (SELECT SUM(amount_fen) FROM payment), \
(SELECT COUNT(*) FROM customer), (SELECT COUNT(*) FROM pile), (SELECT COUNT(*) FROM invoice)"
figures_sqlite() { python3 -c 'import sqlite3, sys; print(*sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone(), sep="|")' "$DATA/pileops.db" "$FIGURES"; }
version_sqlite() { python3 -c 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("SELECT MAX(number) FROM migration").fetchone()[0])' "$DATA/pileops.db"; }
same() { [ "$1" = "$2" ] || die "$3: what was $1 is $2"; }
passed=0
ok() { passed=$((passed + 1)); say "ok: $*"; }

# The older program on a newer database: refused in words, or, before it knew how, not asked.
refused() {
    local said
    if said="$("$@" 2>&1)"; then return 1; fi
    [[ "$said" == *newer* ]] || die "refused, but not for its version: $said"
}

sqlite() {
    DATA="$DIR/sqlite"
    say "SQLite: the older program makes the demo's data"
    start "$OLD" demo --arrivals-per-day 0 --misfortunes-per-hour 0 --seed 1
    stop
    local before was now after began
    before="$(figures_sqlite)" was="$(version_sqlite)"
    say "structure $was: orders | fen | 0.1 Wh | details | postings | paid | customers | piles | invoices = $before"
    "$OLD" verify --data "$DATA" >"$DIR/verify" 2>&1 || die "the older program finds faults in its own data" "$(tail -n 3 "$DIR/verify")"

    began=$SECONDS
    "$NEW" migrate --data "$DATA" | tee "$DIR/up"
    now="$(version_sqlite)" after="$(figures_sqlite)"
    [ "$now" -gt "$was" ] || die "both programs have structure $was: there is nothing to rehearse"
    same "$before" "$after" "upgrade"
    grep -q 'copy from before' "$DIR/up" || die "no copy was kept"
    ok "SQLite: upgraded from $was to $now in $((SECONDS - began)) s, every figure is the same"
    "$NEW" verify --data "$DATA" | tail -n 1
    ok "SQLite: the newer program finds no fault"
    start "$NEW" serve
    "$NEW" ready --data "$DATA"
    stop
    same "$before" "$(figures_sqlite)" "the newer server"
    ok "SQLite: the newer server runs on it"
    if refused "$OLD" verify --data "$DATA"; then ok "SQLite: the older program refuses the newer structure"; else say "the older program does not know yet how to refuse"; fi

    "$NEW" rollback --data "$DATA" | head -n 3
    same "$was" "$(version_sqlite)" "structure after the way back"
    same "$before" "$(figures_sqlite)" "way back"
    "$OLD" verify --data "$DATA" >"$DIR/verify" 2>&1 || die "after the way back the older program finds faults" "$(tail -n 3 "$DIR/verify")"
    start "$OLD" serve
    stop
    ok "SQLite: back to $was, the older server runs, every figure is the same"

    python3 -c 'import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute("INSERT INTO migration (number, at_ms) VALUES (9999, 1)"); c.commit()' "$DATA/pileops.db"
    refused "$NEW" migrate --data "$DATA" || die "a structure of the future was not refused"
    same "$before" "$(figures_sqlite)" "a structure of the future"
    ok "SQLite: a structure of the future is refused and left alone"
}

postgres() {
    local bin url name before after began
    bin="$(postgres_bin)"
    name="rehearse_$$"
    url="${PILEOPS_TEST_PG%/*}/$name"
    "$bin/psql" --quiet "$PILEOPS_TEST_PG" -c "CREATE DATABASE $name"
    DATA="$DIR/postgres"
    say "PostgreSQL: the older program makes the demo's data"
    start "$OLD" demo --arrivals-per-day 0 --misfortunes-per-hour 0 --seed 1 --database-url "$url"
    stop
    figures() { "$bin/psql" --quiet --tuples-only --no-align "$1" -c "$FIGURES"; }
    before="$(figures "$url")"
    "$bin/pg_dump" --format=custom --file="$DIR/before.dump" "$url"
    began=$SECONDS
    "$NEW" migrate --data "$DATA" --database-url "$url"
    after="$(figures "$url")"
    same "$before" "$after" "upgrade"
    "$NEW" verify --data "$DATA" --database-url "$url" | tail -n 1
    ok "PostgreSQL: upgraded in $((SECONDS - began)) s, every figure is the same, no fault"
    if refused "$OLD" verify --data "$DATA" --database-url "$url"; then ok "PostgreSQL: the older program refuses the newer structure"; fi
    "$bin/psql" --quiet "$PILEOPS_TEST_PG" -c "CREATE DATABASE ${name}_back"
    "$bin/pg_restore" --dbname="${url}_back" "$DIR/before.dump"
    same "$before" "$(figures "${url}_back")" "way back"
    "$OLD" verify --data "$DATA" --database-url "${url}_back" | tail -n 1
    ok "PostgreSQL: back from the dump, every figure is the same"
}

sqlite
if [ -n "${PILEOPS_TEST_PG:-}" ]; then
    postgres
else
    say "without PILEOPS_TEST_PG there is no PostgreSQL: scripts/with-postgres.sh scripts/rehearse.sh …"
fi
printf 'rehearsal: %s passed, 0 failed\n' "$passed"
