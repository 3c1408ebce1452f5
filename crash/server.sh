# shellcheck shell=bash
# What the runs that kill or lose a server share; sourced behind scripts/tools.sh.

# The programs that are tried, as they were built.
need_programs() {
    PILEOPS_BIN="${PILEOPS_BIN:-$TARGET/debug/pileops}"
    PILEOPS_SIM_BIN="${PILEOPS_SIM_BIN:-$TARGET/debug/pileops-sim}"
    for program in "$PILEOPS_BIN" "$PILEOPS_SIM_BIN"; do
        [ -x "$program" ] || die "$program is not built" "cargo build -p pileops-server -p pileops-sim"
    done
}

# until_ready PID ADDRESS: returns when the server of this process answers there.
until_ready() {
    for _ in $(seq 600); do
        kill -0 "$1" 2>/dev/null || die "the server ended at its start"
        if node -e 'fetch(process.argv[1]).then(r=>process.exit(r.ok?0:1),()=>process.exit(1))' "http://$2/readyz"; then return; fi
        sleep 0.05
    done
    die "the server did not get ready within 30 s"
}

# finish_in STATUS FOLDER PROCESS...: nothing goes on; the folder is kept for a look when something failed.
finish_in() {
    local status="$1" folder="$2"
    shift 2
    trap - EXIT INT TERM
    for process in "$@"; do
        kill -9 "$process" 2>/dev/null || true
        wait "$process" 2>/dev/null || true
    done
    if [ "$status" != 0 ]; then
        say "kept for a look: $folder"
        tail -n 20 "$folder/server.log" "$folder/load.log" 2>/dev/null || true
    else
        rm -rf "$folder"
    fi
    exit "$status"
}
