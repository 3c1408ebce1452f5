"""Ten thousand piles come back at the same moment, each with a session that it had meanwhile.

A fresh server, as many piles as wanted, all connect at once: boot, status, and five queued messages
(start, two values, stop, status). Then the server is killed and started again, and its orders are
counted: each acknowledged stop must be one. Prints how many were served within the time, and when
the middle one and the last of a hundred were through. Not a test: the numbers depend on the machine.
"""

import argparse
import json
import subprocess
import tempfile
import time

from server import PILE_PASSWORD, SIM, Server, say

SERVED_PERCENT, WITHIN_S = 99.0, 30


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgres"], action="append")
    parser.add_argument("--piles", type=int, default=10_000)
    parser.add_argument("--patience", type=float, default=120, help="seconds until the last may be through")
    plan = parser.parse_args()
    print("| database | piles | served within 30 s | all in s | P50 s | P99 s | tries again | acknowledged orders | found after kill -9 |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for database in plan.database or ["sqlite", "postgres"]:
        with tempfile.TemporaryDirectory(prefix="pileops-storm-", ignore_cleanup_errors=True) as data:
            server = Server(database, 0, data)
            try:
                server.furnish(plan.piles, 0)
                say(f"{database}: {plan.piles:,} piles come at once")
                load = ["--mode", "storm", "--piles", str(plan.piles), "--concurrency", str(plan.piles), "--seconds", str(plan.patience)]
                within, report = storm(server, load)
                server.process.kill()
                server.process.wait()
                server.start()
                now = int(time.time() * 1000)
                found = server.api.get("/orders/totals", from_ms=now - 86_400_000, to_ms=now + 60_000)["order_count"]
            finally:
                server.stop()
        served = 100 * within / plan.piles
        print(f"| {database} | {plan.piles:,} | {served:.2f} % | {report['storm']['served_seconds']:.1f} | {report['p50_us'] / 1e6:.1f} | {report['p99_us'] / 1e6:.1f} | {report['reconnects']:,} | {report['orders']:,} | {found:,} |", flush=True)
        lost = report["orders"] - found
        say(f"{served:.2f} % within {WITHIN_S} s ({'within' if served >= SERVED_PERCENT else 'BELOW'} the target of {SERVED_PERCENT} %), {max(lost, 0)} lost, {max(-lost, 0)} not known to be acknowledged")


def storm(server, load):
    """How many were through within the time, and the whole report."""
    command = [SIM, "load", "--server", f"ws://{server.http}/ocpp", "--prefix", "LOAD", "--tag-prefix", "LOADCARD", "--password", PILE_PASSWORD, "--json", *load]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    report = json.loads(done.stdout)
    return report["storm"]["within_30_s"], report


if __name__ == "__main__":
    main()
