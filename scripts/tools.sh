# Sourced by the other scripts: how they speak, what they need, and how a missing piece is provided.
# shellcheck shell=bash

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
TARGET="${CARGO_TARGET_DIR:-$ROOT/target}"
RUST_MIN=1.95
NODE_MIN=20.19
CARGO_DENY_VERSION=0.20.2

say() { printf '==> %s\n' "$*"; }
die() {
    printf '==> %s\n' "$1" >&2
    shift
    for line in "$@"; do printf '    %s\n' "$line" >&2; done
    exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }
# at_least 1.95 1.96.1
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }
hash_of() { sha256sum | cut -c1-64; }

# Tells of every missing tool at once, each with its remedy.
need_build_tools() {
    local missing=() version
    if ! have cargo || ! have rustc; then
        missing+=("Rust (cargo, rustc) is missing: install it from https://rustup.rs, then open a new shell")
    else
        version="$(rustc --version | cut -d' ' -f2)"
        at_least "$RUST_MIN" "${version%%-*}" || missing+=("rustc $version is too old, $RUST_MIN is needed: rustup update stable")
    fi
    if ! have node; then
        missing+=("Node.js is missing: apt-get install nodejs npm (Debian 13), or version $NODE_MIN+ from https://deb.nodesource.com")
    else
        version="$(node --version)"
        at_least "$NODE_MIN" "${version#v}" || missing+=("Node.js $version is too old, $NODE_MIN is needed: see https://deb.nodesource.com")
        have npm || missing+=("npm is missing: apt-get install npm")
    fi
    have cc || missing+=("a C compiler is missing (SQLite is built from source): apt-get install build-essential")
    [ ${#missing[@]} -eq 0 ] || die "Some tools are missing:" "${missing[@]}"
}

# --- Debian packages -------------------------------------------------------------------------

apt_updated=
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}
can_apt() { have apt-get && { [ "$(id -u)" = 0 ] || { have sudo && sudo -n true 2>/dev/null; }; }; }
# apt_install WHY PACKAGE...
apt_install() {
    local why="$1"
    shift
    can_apt || die "$why needs: $*" "as root: apt-get install $*" "(no root and no password-free sudo here, so it cannot be done for you)"
    say "$why: installing $*"
    if [ -z "$apt_updated" ]; then
        as_root apt-get update -qq || say "apt-get update failed; trying with the lists that are here"
        apt_updated=1
    fi
    local log
    log="$(mktemp)"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >"$log" 2>&1 || {
        tail -n 15 "$log" >&2
        die "Could not install $*" "try by hand: apt-get install $*"
    }
    rm -f "$log"
}

# --- PostgreSQL server programs: never a system cluster ---------------------------------------

postgres_bin() {
    local dir
    if [ -n "${PILEOPS_PG_BIN:-}" ]; then
        echo "$PILEOPS_PG_BIN"
        return
    fi
    # The newest of Debian's; their folder also holds what PATH may lack (createdb, pg_isready).
    for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -Vr) $(dirname "$(command -v initdb 2>/dev/null || echo /none)"); do
        if [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ]; then
            echo "$dir"
            return
        fi
    done
    return 1
}

provide_postgres() {
    postgres_bin >/dev/null && return
    local conf=/etc/postgresql-common/createcluster.conf kept
    apt_install "PostgreSQL for the tests" postgresql-common
    # Debian would create and start a cluster of its own: not ours to do. The file is put back afterwards.
    kept="$(mktemp)"
    cp "$conf" "$kept"
    { grep -v '^ *create_main_cluster' "$kept" || true; echo 'create_main_cluster = false'; } | as_root tee "$conf" >/dev/null
    (apt_install "PostgreSQL for the tests" postgresql) || { as_root cp "$kept" "$conf"; exit 1; }
    as_root cp "$kept" "$conf"
    rm -f "$kept"
    postgres_bin >/dev/null || die "PostgreSQL was installed, but initdb is in no known place" "set PILEOPS_PG_BIN to the folder that holds it"
}

# --- Chromium --------------------------------------------------------------------------------

chromium_path() {
    local name
    if [ -n "${CHROMIUM:-}" ]; then
        echo "$CHROMIUM"
        return
    fi
    for name in chromium chromium-browser google-chrome-stable google-chrome; do
        if have "$name"; then
            command -v "$name"
            return
        fi
    done
    return 1
}

provide_chromium() {
    local packages=()
    chromium_path >/dev/null || packages+=(chromium)
    # Without Chinese glyphs the screenshots show boxes.
    if ! have fc-list || ! fc-list :lang=zh-cn family 2>/dev/null | grep -q .; then packages+=(fontconfig fonts-noto-cjk); fi
    [ ${#packages[@]} -eq 0 ] || apt_install "Browser tests" "${packages[@]}"
    CHROMIUM="$(chromium_path)" || die "No Chromium after the installation" "set CHROMIUM to its path"
    export CHROMIUM
}

# --- Python with an independent OCPP implementation -------------------------------------------

# python_of VENV REQUIREMENTS WHAT: an environment of its own, made again when the list changes.
python_of() {
    local venv="$1" list="$ROOT/$2" want
    have python3 || apt_install "$3" python3 python3-venv
    want="$(hash_of <"$list")"
    [ "$(cat "$venv/.stamp" 2>/dev/null)" != "$want" ] || return 0
    python3 -c 'import venv, ensurepip' 2>/dev/null || apt_install "$3" python3-venv
    say "Python packages: installing $(tr '\n' ' ' <"$list")"
    rm -rf "$venv"
    python3 -m venv "$venv" || die "python3 -m venv failed" "apt-get install python3-venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$list" ||
        die "pip could not install $2" "is a Python package index reachable?"
    echo "$want" >"$venv/.stamp"
}
provide_python() { python_of "$ROOT/.venv" e2e/requirements.txt "The pile of the end-to-end tests"; }
# The generator of people has an environment of its own: tests do not need it.
provide_load_python() {
    python_of "$TARGET/load-venv" bench/people/requirements.txt "The load test"
    export LOAD_PYTHON="$TARGET/load-venv/bin/python"
}
# A scanner of web pages.
provide_crawl_python() {
    python_of "$TARGET/crawl-venv" e2e/crawl/requirements.txt "The crawl"
    export CRAWL_PYTHON="$TARGET/crawl-venv/bin/python"
}
# An object store that is not ours.
provide_bucket_python() {
    python_of "$TARGET/bucket-venv" crash/requirements.txt "The drill with a bucket"
    export BUCKET_PYTHON="$TARGET/bucket-venv/bin/python"
}

# A port of the loopback address that nobody has now.
free_port() { node -e 'const s=require("net").createServer();s.listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'; }

# --- cargo deny ------------------------------------------------------------------------------

# Built from crates.io, because the wheel on PyPI (0.14) does not know the licence Unicode-3.0. Once
# a machine: it goes to cargo's own bin folder. Without optimisation: it is the build that takes long.
provide_deny() {
    local version
    if have cargo-deny; then
        version="$(cargo-deny --version | cut -d' ' -f2)"
        at_least 0.18 "$version" && return
    fi
    say "cargo-deny $CARGO_DENY_VERSION: building it once for this machine (some minutes)"
    cargo install --locked --quiet --debug --version "$CARGO_DENY_VERSION" cargo-deny ||
        die "cargo-deny could not be built" "try by hand: cargo install --locked cargo-deny"
}

# --- the web pages ---------------------------------------------------------------------------

# npm ci only when the lock file is another than the installed one.
web_install() {
    local stamp="$ROOT/web/node_modules/.stamp" want
    want="$(hash_of <"$ROOT/web/package-lock.json")"
    if [ "$(cat "$stamp" 2>/dev/null)" = "$want" ]; then return 0; fi
    say "web: installing npm packages"
    (cd "$ROOT/web" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error) ||
        die "npm ci failed in web/" "is an npm registry reachable? (npm ping)"
    mkdir -p "$ROOT/web/node_modules"
    echo "$want" >"$stamp"
}

# The second client of the end-to-end tests, by its own lock file.
rpc_install() {
    local stamp="$ROOT/e2e/rpc/node_modules/.stamp" want
    want="$(hash_of <"$ROOT/e2e/rpc/package-lock.json")"
    if [ "$(cat "$stamp" 2>/dev/null)" = "$want" ]; then return 0; fi
    say "e2e: installing the npm packages of the second OCPP client"
    (cd "$ROOT/e2e/rpc" && npm ci --no-audit --no-fund --loglevel=error) ||
        die "npm ci failed in e2e/rpc/" "is an npm registry reachable? (npm ping)"
    echo "$want" >"$stamp"
}

web_sources_hash() {
    (cd "$ROOT/web" && find . \( -name node_modules -o -name dist -o -name e2e -o -name test-results \) -prune -o -type f -print0 |
        sort -z | xargs -0 sha256sum) | hash_of
}

# npm run build only when a source is another than the built one (by content: times lie after a checkout).
web_build() {
    local stamp="$ROOT/web/node_modules/.build-stamp" want
    want="$(web_sources_hash)"
    if [ -f "$ROOT/web/console/dist/index.html" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$want" ]; then return 0; fi
    say "web: building the console"
    rm -f "$stamp"
    (cd "$ROOT/web" && npm run --silent build) || die "The console does not build" "see the messages above: cd web && npm run build"
    echo "$want" >"$stamp"
}
