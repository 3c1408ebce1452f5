"""Hours of an ordinary day: is memory flat, are files flat, does anything get slower?

Piles send at a steady rate, two people look at pages and lists, the server's own jobs run. Every ten
seconds memory, open files and processor are read; every window becomes a row, with the latency of the
piles' messages as the server itself counts it (/metrics) and of the pages as the people see it. At the
end memory and open files are fitted by a line over the windows after the first quarter, latency of the last third of
them is held against the first, and every bill and every invariant is checked (`pileops
verify`). Not a test: the numbers depend on the machine and on who else uses it.
"""

import argparse
import re
import statistics
import subprocess
import tempfile
import threading
import time
from urllib.request import urlopen

from server import PASSWORD, PILEOPS, Person, Server, say

SLOPE_MB_PER_HOUR = 1.0
PAGES = ["/home", "/orders?limit=50", "/piles?limit=50", "/map", "/stations", "/alarms", "/orders?limit=50&state=completed"]


class Visitor(threading.Thread):
    """Somebody at the console, a page every other second; how long each took, in milliseconds."""

    def __init__(self, server, account):
        super().__init__(daemon=True)
        self.server, self.account, self.taken, self.wrong, self.leave = server, account, [], [], False

    def run(self):
        person = Person(f"http://{self.server.http}", self.account, PASSWORD)
        turn = 0
        while not self.leave:
            begin = time.perf_counter()
            try:
                person.ask("GET", PAGES[turn % len(PAGES)])
            except OSError as error:
                self.wrong.append(str(error))
            self.taken.append(1000 * (time.perf_counter() - begin))
            turn += 1
            time.sleep(2)

    def take(self):
        taken, self.taken = self.taken, []
        return taken


def buckets(server):
    """Messages of piles up to each bound in seconds, since the start."""
    text = urlopen(f"http://{server.http}/metrics", timeout=30).read().decode()
    found = {}
    for bound, count in re.findall(r'pileops_message_seconds_bucket\{[^}]*le="([^"]+)"\} (\d+)', text):
        found[float(bound)] = found.get(float(bound), 0) + int(count)
    return found


def late(before, after, share):
    """Milliseconds within which this share of the messages between two looks was answered."""
    counts = sorted((bound, after[bound] - before.get(bound, 0)) for bound in after)
    wanted, low, under = share * counts[-1][1], 0.0, 0
    for bound, count in counts:
        if count >= wanted > under:
            high = bound if bound != float("inf") else low
            return 1000 * (low + (high - low) * (wanted - under) / (count - under))
        low, under = bound, count
    return 0.0


def slope(points):
    """Of the line through (hours, value), per hour."""
    if len(points) < 3:
        return 0.0
    return statistics.linear_regression([at for at, _ in points], [value for _, value in points]).slope


def window(server, visitors, seconds, begin):
    """One row: what the server used and how long others waited for it."""
    before, used, since = buckets(server), server.used()[0], time.monotonic()
    memories, files = [], []
    while time.monotonic() - since < seconds:
        time.sleep(10)
        memories.append(server.used()[1] / 2**20)
        files.append(server.measured[0].num_fds())
    after, span = buckets(server), time.monotonic() - since
    pages = sorted(taken for visitor in visitors for taken in visitor.take()) or [0.0]
    return {
        "minutes": (time.monotonic() - begin) / 60,
        "messages": (after[float("inf")] - before.get(float("inf"), 0)) / span,
        "cores": (server.used()[0] - used) / span,
        "memory": statistics.median(memories),
        "files": max(files),
        "p50": late(before, after, 0.5),
        "p99": late(before, after, 0.99),
        "page": pages[int(0.95 * (len(pages) - 1))],
    }


def soak(server, plan, visitors):
    say(f"{plan.minutes:g} minutes, a row every {plan.window:g}")
    print("| after min | messages/s | cores | memory MB | files | pile P50 ms | pile P99 ms | page P95 ms |")
    print("|---:|---:|---:|---:|---:|---:|---:|---:|", flush=True)
    begin, rows = time.monotonic(), []
    while time.monotonic() - begin < plan.minutes * 60 - 1:
        row = window(server, visitors, plan.window * 60, begin)
        rows.append(row)
        print("| {minutes:.0f} | {messages:.0f} | {cores:.2f} | {memory:.1f} | {files} | {p50:.1f} | {p99:.1f} | {page:.0f} |".format(**row), flush=True)
    return rows


def verdict(rows):
    """By the middles of the windows after the first quarter: a job that runs for seconds takes some megabytes and gives them back."""
    later = rows[len(rows) // 4 :]
    memory, files = (slope([(row["minutes"] / 60, row[name]) for row in later]) for name in ("memory", "files"))
    third = max(1, len(later) // 3)
    first, last = later[:third], later[-third:]
    drift = {name: 100 * (statistics.median(row[name] for row in last) / max(0.001, statistics.median(row[name] for row in first)) - 1) for name in ("p99", "page")}
    print(f"\nmemory after the warm-up: {memory:+.2f} MB an hour (limit {SLOPE_MB_PER_HOUR:g}); files {files:+.1f} an hour")
    print(f"latency, last third against first third after the warm-up: piles' P99 {drift['p99']:+.0f} %, pages' P95 {drift['page']:+.0f} %")
    return memory < SLOPE_MB_PER_HOUR


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--window", type=float, default=10, help="minutes of a row")
    parser.add_argument("--orders", type=int, default=0, help="how many are filled in at the beginning; those are made up, and `verify` says so")
    parser.add_argument("--piles", type=int, default=2_000)
    parser.add_argument("--rate", type=int, default=200, help="messages a second that the piles send together")
    plan = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pileops-soak-", ignore_cleanup_errors=True) as data:
        server = Server(plan.database, plan.orders, data)
        piles = None
        try:
            server.furnish(plan.piles, 2)
            piles = server.piles(plan.piles, plan.rate, plan.minutes * 60 + 60)
            visitors = [Visitor(server, f"load{number:04}") for number in range(2)]
            for visitor in visitors:
                visitor.start()
            time.sleep(30)
            rows = soak(server, plan, visitors)
            for visitor in visitors:
                visitor.leave = True
            panics = open(server.log.name, errors="replace").read().count("panicked")
        finally:
            if piles and piles.poll() is None:
                piles.terminate()
                piles.wait(30)
            server.stop()
        flat = verdict(rows)
        wrong = [text for visitor in visitors for text in visitor.wrong]
        print(f"panics {panics}; pages that failed {len(wrong)} {wrong[:1] or ''}")
        checked = subprocess.run([PILEOPS, "verify", "--data", data, *server.database], capture_output=True, text=True)
        print(f"books and bills: {(checked.stdout or checked.stderr).strip().splitlines()[-1]}")
    say("flat" if flat else "NOT flat")


if __name__ == "__main__":
    main()
