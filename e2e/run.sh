#!/usr/bin/env bash
# End-to-end tests against the real server:
#   e2e/run.sh ocpp      independent clients of OCPP 1.6J, 2.0.1 and 2.1
#   e2e/run.sh ykc       captured 云快充 frames
#   e2e/run.sh scim      an independent SCIM 2.0 client
#   e2e/run.sh mail      an independent mail server behind a channel
#   e2e/run.sh parquet   files of orders, read by an engine that is not ours
#   e2e/run.sh schema    the contract, held against the demo by a tool that is not ours (--seed N --examples N --phases …)
#   e2e/run.sh attacks   attacks that are seen in the memory and the log of a process
#   e2e/run.sh crawl     a scanner that is not ours crawls the demo and attacks its API (--minutes N)
#   e2e/run.sh dirt      a file of lost orders with dirt of two dozen kinds: exactly that is refused (--rows N --seed N)
#   e2e/run.sh real DIR  tables of real orders brought in, every report opened on them, sums counted again (--slices N --seed N)
#   e2e/run.sh console   a browser, on the demo with its simulated piles (-g WORDS: only the tests with these words)
#   e2e/run.sh first     a browser, from an empty server to the first charge of a simulated pile, and to three administrators
#   e2e/run.sh pictures  the pictures of the manual (scripts/screenshots.sh)
# The server's data, ports and log are of this run alone; PILEOPS_BIN names another executable.
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/../scripts/tools.sh"
cd "$ROOT"

PILEOPS_BIN="${PILEOPS_BIN:-$TARGET/debug/pileops}"
WHAT="${1:-ocpp}"
[ -x "$PILEOPS_BIN" ] || die "$PILEOPS_BIN is not built" "cargo build -p pileops-server"

DATA="$(mktemp -d)"
server=
finish() {
    local status=$?
    trap - EXIT INT TERM
    if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
    if [ "$status" != 0 ] && [ -s "$DATA.log" ]; then
        say "the last lines of the server's log"
        tail -n 40 "$DATA.log"
    fi
    rm -rf "$DATA" "$DATA.log"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

pileops() { "$PILEOPS_BIN" "$@"; }
# address http | address ykc: where the server says it listens.
address() { node -p 'JSON.parse(require("fs").readFileSync(process.argv[1]))[process.argv[2]]' "$DATA/addresses.json" "$1"; }

# start_server SUBCOMMAND...: returns when it answers.
start_server() {
    # The executable itself, not a function around it: its id is the one to stop.
    "$PILEOPS_BIN" "$@" --data "$DATA" --listen 127.0.0.1:0 >"$DATA.log" 2>&1 &
    server=$!
    for _ in $(seq 600); do
        kill -0 "$server" 2>/dev/null || die "the server ended at its start"
        if [ -s "$DATA/addresses.json" ] && node -e 'fetch(process.argv[1]).then(r=>process.exit(r.ok?0:1),()=>process.exit(1))' "http://$(address http)/readyz"; then
            say "server at $(address http)"
            return
        fi
        sleep 0.1
    done
    die "the server did not get ready within 60 s"
}

# An empty platform and a token, which comes first: with it the rest is done through the API of the running server.
start_empty() {
    PILEOPS_TOKEN="$(pileops token add e2e --data "$DATA" | grep -o 'pop_[A-Za-z0-9_-]*' | head -n 1)"
    export PILEOPS_TOKEN
    start_server serve --ykc-listen 127.0.0.1:0
}

# A platform with one station, the tariff of the protocol's sample bill, and the piles of the tests.
furnish() {
    start_empty
    PILEOPS_SERVER="http://$(address http)"
    export PILEOPS_SERVER
    local station
    station="$("$PYTHON" e2e/furnish.py)"
    pileops pile add E2E-OCPP --protocol ocpp1.6 --password "$PILE_PASSWORD" --station "$station"
    pileops pile add E2E-OCPP-201 --protocol ocpp2.0.1 --password "$PILE_PASSWORD" --station "$station"
    # Registered as something else than it turns out to speak.
    pileops pile add E2E-OCPP-21 --protocol ocpp1.6 --password "$PILE_PASSWORD" --station "$station"
    local number
    for number in 32010600019236 20231212000010 01812000000005 32010600395600 18120000003627; do
        pileops pile add "$number" --protocol ykc1.6 --station "$station"
    done
    pileops card add E2E-CARD-1 --status accepted
    pileops card add E2E-BLOCKED --status blocked
    pileops card add D14B0A54 --status accepted
}

# The demo prints its log-in once, for people; it is read here as a person would.
demo_login() {
    PILEOPS_ACCOUNT="$(sed -nE 's/.*(账号|[Aa]ccount)[:： ]+([^ ,，]+).*/\2/p' "$DATA.log" | head -n 1)"
    PILEOPS_PASSWORD="$(sed -nE 's/.*(密码|[Pp]assword)[:： ]+([^ ,，]+).*/\2/p' "$DATA.log" | head -n 1)"
    PILEOPS_URL="http://$(address http)"
    [ -n "$PILEOPS_PASSWORD" ] || die "the demo printed no log-in"
    export PILEOPS_ACCOUNT PILEOPS_PASSWORD PILEOPS_URL
}

export PYTHONDONTWRITEBYTECODE=1
PYTHON="$ROOT/.venv/bin/python"
PILE_PASSWORD="e2e-pile-password-0123"
case "$WHAT" in
ocpp)
    provide_python
    rpc_install
    furnish
    failed=0
    for mode in session bad remote; do
        "$PYTHON" e2e/ocpp_client.py "$mode" --address "$(address http)" --pile E2E-OCPP --password "$PILE_PASSWORD" \
            --tag E2E-CARD-1 --token "$PILEOPS_TOKEN" || failed=1
    done
    "$PYTHON" e2e/ocpp_reservation.py --address "$(address http)" --pile E2E-OCPP --password "$PILE_PASSWORD" \
        --tag E2E-CARD-1 --token "$PILEOPS_TOKEN" || failed=1
    for version in 2.0.1 2.1; do
        "$PYTHON" e2e/ocpp2_client.py "ocpp$version" --address "$(address http)" --pile "E2E-OCPP-${version//./}" \
            --password "$PILE_PASSWORD" --tag E2E-CARD-1 --token "$PILEOPS_TOKEN" || failed=1
    done
    for version in 1.6 2.0.1; do
        pile=E2E-OCPP
        [ "$version" = 1.6 ] || pile="E2E-OCPP-${version//./}"
        node e2e/rpc/client.mjs --protocol "ocpp$version" --address "$(address http)" --pile "$pile" \
            --password "$PILE_PASSWORD" --tag E2E-CARD-1 --token "$PILEOPS_TOKEN" || failed=1
    done
    pileops order list --pile E2E-OCPP --json >/dev/null || failed=1
    exit "$failed"
    ;;
ykc)
    provide_python
    furnish
    "$PYTHON" e2e/ykc_replay.py --address "$(address ykc)" --server "$PILEOPS_SERVER" --token "$PILEOPS_TOKEN"
    ;;
scim)
    provide_python
    node -p 'require("crypto").randomBytes(24).toString("hex")' >"$DATA/scim.token"
    PILEOPS_SCIM_TOKEN_FILE="$DATA/scim.token" start_server serve --ykc-listen 127.0.0.1:0
    "$PYTHON" e2e/scim.py --server "http://$(address http)" --token "$(cat "$DATA/scim.token")"
    ;;
mail)
    provide_python
    start_server demo --ykc-listen 127.0.0.1:0 --arrivals-per-day 0 --misfortunes-per-hour 0 --seed 1
    demo_login
    "$PYTHON" e2e/mail.py --server "$PILEOPS_URL"
    ;;
parquet)
    provide_python
    start_server demo --ykc-listen 127.0.0.1:0 --arrivals-per-day 0 --misfortunes-per-hour 0 --seed 1
    demo_login
    "$PYTHON" e2e/parquet.py --server "$PILEOPS_URL" --program "$PILEOPS_BIN" --data "$DATA"
    ;;
schema)
    provide_python
    start_server demo --ykc-listen 127.0.0.1:0 --arrivals-per-day 0 --misfortunes-per-hour 0 --seed 1
    demo_login
    "$PYTHON" e2e/contract.py --server "$PILEOPS_URL" "${@:2}"
    ;;
attacks)
    provide_python
    furnish
    "$PYTHON" e2e/attacks.py --server "$PILEOPS_SERVER" --process "$server" --log "$DATA.log" --pile E2E-OCPP --password "$PILE_PASSWORD"
    ;;
crawl)
    provide_crawl_python
    start_server demo --ykc-listen 127.0.0.1:0 --arrivals-per-day 0 --misfortunes-per-hour 0 --seed 1
    demo_login
    "$CRAWL_PYTHON" e2e/crawl/crawl.py --server "$PILEOPS_URL" --wapiti "$(dirname "$CRAWL_PYTHON")/wapiti" "${@:2}"
    ;;
dirt)
    start_empty
    python3 e2e/dirt.py --server "http://$(address http)" --token "$PILEOPS_TOKEN" "${@:2}"
    ;;
real)
    start_empty
    python3 e2e/real.py --folder "${2:?a folder of tables of orders}" --data "$DATA" --server "http://$(address http)" --token "$PILEOPS_TOKEN" "${@:3}"
    ;;
console)
    provide_chromium
    web_install
    # No drivers and no misfortunes: what happens at a pile is what the test did. Receivers of what the
    # server sends are in the tests themselves.
    export PILEOPS_OUTBOUND_ALLOW=127.0.0.1
    start_server demo --ykc-listen 127.0.0.1:0 --arrivals-per-day 0 --misfortunes-per-hour 0 --seed 1
    demo_login
    cd web
    CI=1 npm run --silent e2e -- "${@:2}"
    ;;
first)
    provide_chromium
    web_install
    start_server serve --ykc-listen 127.0.0.1:0
    demo_login
    export PILEOPS_ACCOUNT=admin
    PILEOPS_SIM_BIN="${PILEOPS_SIM_BIN:-$TARGET/debug/pileops-sim}"
    export PILEOPS_SIM_BIN
    cd web
    CI=1 npx playwright test -c e2e/first-run.config.ts "${@:2}"
    ;;
pictures)
    provide_chromium
    web_install
    start_server demo --ykc-listen 127.0.0.1:0 --seed 1
    demo_login
    [ -n "${PILEOPS_LOOK:-}${PILEOPS_PAGES:-}" ] || export PILEOPS_PICTURES="$ROOT/docs/images"
    # Sessions that have gone on for a while look like those of a working day.
    sleep "${PILEOPS_SETTLE_S:-90}"
    cd web
    npx playwright test -c e2e/pictures.config.ts
    ;;
*)
    die "e2e/run.sh ocpp | ykc | scim | mail | parquet | schema | attacks | crawl | dirt | real | console | first | pictures"
    ;;
esac
