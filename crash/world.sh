# shellcheck shell=bash
# The small world of the crash runs: a server, piles that charge and repeat what was not answered, and the
# count at the end. Sourced behind scripts/tools.sh and crash/server.sh.
# It reads DATA (a folder), DATABASE (arguments), NAME, PILES, and what runs in front of the server (BEFORE).

need_programs
# The ports must stay the same over the restarts, as they would: the piles come back by themselves.
HTTP="127.0.0.1:$(free_port)" YKC="127.0.0.1:$(free_port)"
PASSWORD="crash-pile-password-0123" YKC_PREFIX=99010600 YKC_PILES=$((PILES / 2))
BEFORE=()
server="" load=""

pileops() { "$PILEOPS_BIN" "$@"; }

start_server() {
    "${BEFORE[@]}" "$PILEOPS_BIN" serve --data "$DATA" "${DATABASE[@]}" --listen "$HTTP" --ykc-listen "$YKC" >>"$DATA/server.log" 2>&1 &
    server=$!
    until_ready "$server" "$HTTP"
}

# Through the API of the running server; one station, the piles and cards of the load, and purses behind
# every second card, so that money moves as well: their sessions are short and dear.
furnish() {
    local station dear number
    PILEOPS_TOKEN="$(pileops token add crash --data "$DATA" "${DATABASE[@]}" | grep -o 'pop_[A-Za-z0-9_-]*' | head -n 1)"
    export PILEOPS_TOKEN PILEOPS_SERVER="http://$HTTP"
    start_server
    station="$(python3 e2e/furnish.py)" dear="$(python3 e2e/furnish.py --times 60)"
    for number in $(seq -f %06.0f "$PILES"); do
        pileops pile add "CRASH$number" --protocol ocpp1.6 --password "$PASSWORD" --station "$dear"
        pileops card add "CARD$number" --status accepted
    done >>"$DATA/furnish.log"
    # 云快充 piles send their transaction records beside them.
    for number in $(seq -f %06.0f "$YKC_PILES"); do
        pileops pile add "$YKC_PREFIX$number" --protocol ykc1.6 --station "$station"
        pileops card add "CA$number" --status accepted
    done >>"$DATA/furnish.log"
    python3 crash/purses.py --cards "$PILES" >>"$DATA/furnish.log"
}

# The piles repeat what was not answered, as real ones do, until the end of the run ends them.
start_load() {
    "$PILEOPS_SIM_BIN" load --mode crash --server "ws://$HTTP/ocpp" --piles "$PILES" --prefix CRASH --tag-prefix CARD \
        --password "$PASSWORD" --warmup 0 --seconds 86400 --patience 2 --ykc "$YKC" --ykc-piles "$YKC_PILES" --ykc-prefix "$YKC_PREFIX" \
        --witness "$DATA/witness.jsonl" >"$DATA/load.log" 2>&1 &
    load=$!
}

acknowledged() { wc -l <"$DATA/witness.jsonl" 2>/dev/null || echo 0; }

# count_up WHAT_WAS_DONE: lets the piles come back and deliver what they kept, ends the load and asks the server;
# then every bill and every purse is made again from what is stored.
count_up() {
    sleep 3
    kill -TERM "$load" 2>/dev/null || true
    wait "$load" 2>/dev/null || true
    load=
    python3 crash/purses.py --cards "$PILES" --count
    pileops order list --json >"$DATA/orders.json"
    kill -TERM "$server"
    wait "$server" || true
    server=
    pileops verify --data "$DATA" "${DATABASE[@]}"
    python3 crash/check.py --name "$NAME" --witness "$DATA/witness.jsonl" --orders "$DATA/orders.json" --after "$1"
}
