"""What analysis and prediction cost where there are ten million orders: time of each nightly job and the memory it takes.

    PILEOPS_BIN=target/release/pileops python3 bench/insight.py --data FOLDER [--minutes 3]

FOLDER is a data folder with a filled database of SQLite (crates/store/examples/fill). First the sums of all days of all stations are
made, as after an upgrade, for so many minutes at most; then each job that learns is run once. Memory is the highest resident size of
the server's process during the job (VmHWM, set back before each). Not a test.
"""

import argparse
import contextlib
import os
import sqlite3
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checks import Api  # noqa: E402
from exchange import peak_mb, serving, token_add  # noqa: E402
from machine import say  # noqa: E402

JOBS = ["forecast_make", "turnover_learn", "pile_health_make", "customer_mark", "advice_make", "pile_time_make"]


def peak_forget(pid):
    with open(f"/proc/{pid}/clear_refs", "w", encoding="utf-8") as file:
        file.write("5")


def waiting(data):
    with contextlib.closing(sqlite3.connect(f"file:{data}/pileops.db?mode=ro", uri=True)) as conn:
        return conn.execute("SELECT COUNT(*) FROM station_day WHERE stale").fetchone()[0]


def ran(api, job, pid):
    """One run of a job: what it says, its seconds, its memory."""
    before = (api.get(f"/jobs/{job}")["last"] or {}).get("id")
    peak_forget(pid)
    begin = time.monotonic()
    try:
        api.post(f"/jobs/{job}/runs", None)
    except RuntimeError as why:
        # It runs by itself just now: that run is as good.
        say(f"{job}: {why}")
    while True:
        last = api.get(f"/jobs/{job}")["last"]
        if last and last["id"] != before and last["state"] != "running":
            return last, time.monotonic() - begin, peak_mb(pid)
        time.sleep(0.2)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--minutes", type=float, default=3, help="for the sums of all days")
    parser.add_argument("--jobs", default=",".join(JOBS))
    plan = parser.parse_args()
    token = token_add(plan.data)
    print("| what | seconds | peak memory MB | done |")
    print("|---|---:|---:|---|", flush=True)
    with serving(plan.data) as (server, pid):
        api = Api(f"http://{server}", token)
        begin, runs, memory = time.monotonic(), [], 0
        while not (first := waiting(plan.data)) and time.monotonic() - begin < 90:
            time.sleep(1)
        left, begin = first, time.monotonic()
        while left and time.monotonic() - begin < plan.minutes * 60:
            last, _, peak = ran(api, "report_make", pid)
            runs.append((last["ended_at_ms"] - last["started_at_ms"]) / 1000)
            memory, left = max(memory, peak), waiting(plan.data)
        with contextlib.closing(sqlite3.connect(f"file:{plan.data}/pileops.db?mode=ro", uri=True)) as conn:
            (orders,) = conn.execute("SELECT SUM(order_count) FROM station_day WHERE NOT stale").fetchone()
        done = first - left
        print(f"| sums of {done:,} days of stations ({orders:,} orders) of {first:,}, in {len(runs)} runs | {sum(runs):.1f} | {memory:.0f} | a day of all 2 000 stations: {2_000 * sum(runs) / max(1, done):.2f} s |", flush=True)
        for job in plan.jobs.split(","):
            last, seconds, memory = ran(api, job, pid)
            said = (last.get("message") or {}).get("en", "")
            print(f"| {job} | {seconds:.1f} | {memory:.0f} | {last['done_count']:,} {said} |", flush=True)


if __name__ == "__main__":
    main()
