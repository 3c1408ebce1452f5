"""The contract, held against a running server by a tool that is not ours (schemathesis): it makes requests from
openapi.json, right and wrong ones, and judges each answer by the same document.

    contract.py --server URL [--seed N] [--examples N] [--phases coverage,fuzzing] [--only OPERATION]

An answer of 5xx, a status or content type that the contract does not name, or a body that is not of its schema is a
fault. PILEOPS_ACCOUNT and PILEOPS_PASSWORD name the administrator of a server that may be ruined: the run changes
whatever it reaches.
"""

import argparse
import http.cookiejar
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import xml.etree.ElementTree as xml
from pathlib import Path

HERE = Path(__file__).resolve().parent

# What is left out, and why. Everything else is asked.
LEFT_OUT = {
    "live_stream": "never ends",
    "session_delete": "ends whoever asks",
    "session_stop": "ends whoever asks",
    "session_others_stop": "ends whoever asks",
    "session_password_set": "takes the administrator's password away",
    "session_proof_create": "wrong proofs lock the administrator",
    "second_factor_start": "a second factor that nobody has locks the administrator out",
    "second_factor_confirm": "wrong codes lock the administrator",
    "second_factor_delete": "of whoever asks",
    "second_factor_cancel": "may be the administrator's own",
    "recovery_code_create": "of whoever asks",
    "administrator_split_create": "takes the administrator's rights away",
    "staff_update": "may take the administrator's rights away",
    "staff_password_set": "may take the administrator's password away",
    "staff_handover_create": "may end the administrator",
    "token_delete": "may be the token of the run",
    "parameter_update": "may shut the run itself out",
}
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


class Administrator:
    """Signs in as a person does, and makes the token with which the run asks."""

    def __init__(self, server):
        self.base = f"{server.rstrip('/')}/api/v1"
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, method=method)
        request.add_header("X-Requested-With", "pileops")
        request.add_header("Content-Type", "application/json")
        with self.opener.open(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def token(self):
        self.call("POST", "/session", {"account": os.environ["PILEOPS_ACCOUNT"], "password": os.environ["PILEOPS_PASSWORD"]})
        return self.call("POST", "/tokens", {"name": "contract"})["token"]

    def known(self, contract):
        """Ids that are there, by the first word of the address: most requests should find something."""
        found = {}
        for path, methods in contract["paths"].items():
            parts = path.removeprefix("/api/v1/").split("/")
            if len(parts) != 1 or not methods.get("get", {}).get("operationId", "").endswith("_list"):
                continue
            try:
                items = (self.call("GET", f"/{parts[0]}") or {}).get("items") or []
            except urllib.error.HTTPError:
                continue
            keys = [row.get("code") if parts[0] == "piles" else row.get("id", row.get("code", row.get("name"))) for row in items if isinstance(row, dict)]
            found[parts[0]] = [key for key in keys if key is not None][:20]
        return found


def faults_of(junit):
    """Operations with what was wrong with them."""
    faults, operations = [], 0
    for case in xml.parse(junit).iter("testcase"):
        operations += 1
        for bad in [*case.iter("failure"), *case.iter("error")]:
            faults.append((case.get("name"), (bad.get("message") or bad.text or "").strip()))
    return operations, faults


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--examples", type=int, default=4)
    parser.add_argument("--phases", default="fuzzing")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", help="one operation")
    parser.add_argument("--verbose", action="store_true", help="all that the tool says")
    options = parser.parse_args()

    administrator = Administrator(options.server)
    token = administrator.token()
    contract = administrator.opener.open(f"{options.server.rstrip('/')}/api/openapi.json", timeout=30).read()
    known = administrator.known(json.loads(contract))
    everything = [one["operationId"] for methods in json.loads(contract)["paths"].values() for one in methods.values()]
    strange = sorted(set(LEFT_OUT) - set(everything))
    if strange:
        sys.exit(f"left out, and not in the contract: {', '.join(strange)}")

    with tempfile.TemporaryDirectory() as folder:
        document, junit, ids = (Path(folder) / name for name in ("openapi.json", "junit.xml", "known.json"))
        document.write_bytes(contract)
        ids.write_text(json.dumps(known))
        command = [
            str(Path(sys.executable).parent / "schemathesis"), "run", str(document), "--url", options.server.rstrip("/"),
            "--header", f"Authorization: Bearer {token}", "--seed", str(options.seed), "--max-examples", str(options.examples),
            "--phases", options.phases, "--checks", CHECKS, "--workers", str(options.workers), "--request-timeout", "30",
            "--generation-database", "none", "--no-shrink", "--generation-with-security-parameters", "false", "--report", "junit", "--report-junit-path", str(junit), "--continue-on-failure", "--no-color",
        ]
        if options.only:
            command += ["--include-operation-id", options.only]
        else:
            for operation in LEFT_OUT:
                command += ["--exclude-operation-id", operation]
        environment = {**os.environ, "SCHEMATHESIS_HOOKS": "contract_hooks", "PILEOPS_KNOWN": str(ids), "PYTHONPATH": str(HERE)}
        begun = time.monotonic()
        run = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True)
        took = time.monotonic() - begun
        if not junit.exists():
            print(run.stdout[-8_000:], run.stderr[-4_000:])
            sys.exit("the tool did not come to an end")
        operations, faults = faults_of(junit)
        cases = re.findall(r"(\d+) generated", run.stdout)
    for operation, why in faults:
        print(f"FAILED {operation}: {why[:1_500]}")
    if options.verbose:
        print(run.stdout[-30_000:])
    # The administrator is still there, and the server with him.
    Administrator(options.server).token()
    print(
        f"contract: seed {options.seed}, {options.phases}: {operations} operations of {len(everything)} "
        f"({len(LEFT_OUT)} left out), {cases[-1] if cases else '?'} requests in {took:.0f} s"
    )
    bad = len({operation for operation, _ in faults})
    print(f"contract: {operations - bad} passed, {bad} failed")
    sys.exit(1 if faults or operations == 0 or run.returncode not in (0, 1) else 0)


if __name__ == "__main__":
    main()
