#!/usr/bin/env bash
# Writes what the executable and its pages are made of to target/sbom, as CycloneDX: from the lock files, with licences.
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"
cd "$ROOT"
need_build_tools
at_least 9.8 "$(npm --version)" || die "npm $(npm --version) cannot write a bill of materials, 9.8 or later is needed" "see https://deb.nodesource.com"

OUT="$TARGET/sbom"
mkdir -p "$OUT"
cargo metadata --locked --all-features --format-version 1 | node scripts/sbom.mjs >"$OUT/rust.cdx.json"
# npm wants a version of what it lists; the pages have none of their own, theirs is the executable's.
WORK="$(mktemp -d)"
trap 'rm -rf "$WORK"' EXIT
mkdir -p "$WORK/pileops-web/console"
cp web/package.json web/package-lock.json "$WORK/pileops-web"
cp web/console/package.json "$WORK/pileops-web/console"
version="$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)"
(
    cd "$WORK/pileops-web"
    for folder in . console; do (cd "$folder" && npm pkg set "version=$version"); done
    npm sbom --package-lock-only --sbom-format cyclonedx --sbom-type application
) >"$OUT/web.cdx.json"
node scripts/sbom.mjs --check "$OUT/rust.cdx.json" "$OUT/web.cdx.json"
