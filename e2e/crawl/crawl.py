"""A scanner that is not ours (Wapiti, https://wapiti-scanner.github.io) crawls the console and attacks the API.

    e2e/run.sh crawl [--minutes 10] [--modules sql,xss,…]

It signs in as an administrator, begins at the console's page and at every operation of openapi.json (with ids that are there),
and tries injections, files, commands, redirects, requests from inside, foreign scripts, headers, cookies and methods. Whatever it
calls a vulnerability is a failure; what it could not ask because the server did not answer in time is one too. The server may be
ruined by it: it is a demo's.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from contract import LEFT_OUT, Administrator  # noqa: E402

# Those that need no list from elsewhere; plain HTTP on loopback is not asked for its encryption. Not spring4shell: it takes each
# 400 to a parameter of its own for the fault of a framework of Java, and here every parameter that is not named is answered so.
MODULES = "backup,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,ldap,log4shell,methods,permanentxss,redirect,shellshock,sql,ssrf,timesql,upload,xss,xxe"
# What the scanner says of a server without TLS, and nothing else.
BY_DESIGN = {("HTTP Secure Headers", "Strict-Transport-Security")}


def beginning(contract, known):
    """The contract with addresses of things that are there, without what would end the run itself."""
    paths = {}
    for path, methods in contract["paths"].items():
        # The scanner writes bodies of JSON objects and no others: files are not sent by it.
        written = lambda one: "application/json" in one.get("requestBody", {"content": {"application/json": {}}})["content"]
        kept = {method: one for method, one in methods.items() if one.get("operationId") not in LEFT_OUT and written(one)}
        noun = path.removeprefix("/api/v1/").split("/")[0]
        ids = known.get(noun) or [1]
        real = path.replace("{id}", str(ids[0])).replace("{code}", str(ids[0]))
        for one in kept.values():
            one["parameters"] = [p for p in one.get("parameters", []) if not (p.get("in") == "path" and "{" + p["name"] + "}" not in real)]
        if kept:
            paths[real] = {**paths.get(real, {}), **kept}
    return plain({**contract, "paths": paths})


def plain(part):
    """Without the choice of null, which the scanner takes for a text."""
    if isinstance(part, list):
        return [plain(one) for one in part]
    if not isinstance(part, dict):
        return part
    kept = {name: plain(one) for name, one in part.items()}
    if isinstance(kept.get("type"), list):
        kept["type"] = next((one for one in kept["type"] if one != "null"), "string")
    return kept


def found(report):
    """(kind, level, method, address, word) of each vulnerability, anomalies beside them."""
    rows = []
    for group in ("vulnerabilities", "anomalies"):
        for kind, cases in report.get(group, {}).items():
            for one in cases:
                rows.append((group, kind, one.get("level"), one.get("method"), one.get("path"), one.get("parameter"), one.get("info", "")))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", required=True)
    parser.add_argument("--wapiti", required=True)
    parser.add_argument("--minutes", type=float, default=10, help="for all attacks together")
    parser.add_argument("--modules", default=MODULES)
    parser.add_argument("--verbose", action="store_true")
    plan = parser.parse_args()
    administrator = Administrator(plan.server)
    token = administrator.token()
    contract = json.loads(administrator.opener.open(f"{plan.server.rstrip('/')}/api/openapi.json", timeout=30).read())
    start = beginning(contract, administrator.known(contract))
    modules = plan.modules.split(",")
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        document, report = Path(folder) / "openapi.json", Path(folder) / "report.json"
        document.write_text(json.dumps({**start, "servers": [{"url": plan.server.rstrip("/")}]}))
        each = max(10, int(plan.minutes * 60 / len(modules)))
        command = [
            plan.wapiti, "-u", plan.server.rstrip("/") + "/", "--swagger", str(document), "-m", plan.modules, "--max-attack-time", str(each), "--max-scan-time", "120",
            "-H", f"Authorization: Bearer {token}", "-H", "X-Requested-With: pileops", "-t", "30", "--tasks", "8", "-f", "json", "-o", str(report), "--no-bugreport", "--flush-session",
            "--store-session", folder, "--store-config", folder, "-x", plan.server.rstrip("/") + "/api/v1/session*", "-x", plan.server.rstrip("/") + "/api/v1/live*", "-v", "1",
        ]
        run = subprocess.run(command, capture_output=True, text=True, cwd=folder)
        if plan.verbose or not report.exists():
            print(run.stdout[-20_000:], run.stderr[-4_000:])
        if not report.exists():
            sys.exit("the scanner did not come to an end")
        told = json.loads(report.read_text())
    rows = [row for row in found(told) if not any(row[1] == kind and word in row[6] for kind, word in BY_DESIGN)]
    for row in rows:
        print("FOUND", *row)
    # The administrator is still there, and the server with him.
    Administrator(plan.server).token()
    infos, cut = told.get("infos", {}), (run.stdout + run.stderr).count("Max attack time was reached")
    print(f"crawl: {infos.get('crawled_pages_nbr', '?')} addresses, {len(modules)} kinds of attack ({cut} of them cut off at {each} s), {time.monotonic() - begin:.0f} s")
    bad = sum(row[0] == "vulnerabilities" for row in rows)
    print(f"crawl: {len(modules) - len({row[1] for row in rows})} passed, {bad} failed")
    sys.exit(1 if bad or not infos.get("crawled_pages_nbr") else 0)


if __name__ == "__main__":
    main()
