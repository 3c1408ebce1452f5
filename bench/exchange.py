"""Time and peak memory of giving out a million orders, as XLSX and as CSV.

    PILEOPS_BIN=target/release/pileops python3 bench/exchange.py [--rows 1000000]

A fresh SQLite database is filled with orders of one month, the server is started on it, and the whole
month is exported through the API with the usual columns. Memory is the highest resident size of the
server's process (VmHWM), which includes the server itself.
"""

import argparse
import contextlib
import json
import os
import re
import sqlite3
import subprocess
import tempfile
import time
import urllib.request

from machine import free_port

PILEOPS = os.environ["PILEOPS_BIN"]
# 2026-11-01 00:00 in Shanghai.
MONTH = 1_793_462_400_000
TARGET_S, TARGET_MB = 60, 300


def fill(path, rows):
    """Orders as a pile leaves them, 2.5 s apart, over a hundred piles of ten stations."""
    base = sqlite3.connect(path)
    base.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;")
    base.execute("INSERT INTO operator (id, name, status, created_at_ms) VALUES (900, '武汉示范运营', 'enabled', 0)")
    for station in range(1, 11):
        base.execute(
            "INSERT INTO station (id, operator_id, city_code, name, address, time_zone, created_at_ms, version) "
            "VALUES (?, 900, '420100', ?, '', 'Asia/Shanghai', 0, 1)",
            (900 + station, f"光谷第{station}充电站"),
        )
    for pile in range(1, 101):
        base.execute(
            "INSERT INTO pile (id, code, name, station_id, operator_id, kind, protocol, lifecycle, rated_power_w, online, "
            "created_at_ms, version) VALUES (?, ?, ?, ?, 900, 'dc', 'ykc1.6', 'enabled', 120000, 0, 0, 1)",
            (9000 + pile, f"3201060001{pile:04}", f"{pile}号桩", 900 + (pile - 1) // 10 + 1),
        )
    base.execute(
        "INSERT INTO orders (id, pile_id, station_id, operator_id, connector_no, session_key, start_mode, token_kind, token, "
        "created_at_ms, sample_from, frame_from, state, abnormal, started_at_ms, ended_at_ms, energy_dwh, electricity_fen, "
        "service_fen, total_fen, pile_amount_e4, soc_start, soc_end, stop_code, stop_class) "
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
        "SELECT 1000000 + i, 9001 + i % 100, 901 + i % 100 / 10, 900, 1 + i % 2, printf('3201060001%04d%02d2611%014d', 1 + i % 100, "
        "1 + i % 2, i), 'card', 'card', printf('CA%06d', i % 5000), ? + i * 2500, 0, 0, 'completed', 0, ? + i * 2500, "
        "? + i * 2500 + 1800000, 221234, 1327, 885, 2212, 221200, 20, 80, 'ykc:0x40', 'normal' FROM n",
        (rows, MONTH, MONTH, MONTH),
    )
    base.commit()
    base.close()


def ask(server, token, method, path, body=None):
    request = urllib.request.Request(f"http://{server}/api/v1{path}", method=method)
    request.add_header("Authorization", f"Bearer {token}")
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, json.dumps(body).encode() if body is not None else None) as answer:
        return json.loads(answer.read() or "null")


def peak_mb(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        return int(re.search(r"VmHWM:\s+(\d+)", status.read()).group(1)) / 1024


def token_add(data):
    made = subprocess.run([PILEOPS, "token", "add", "bench", "--data", data], capture_output=True, text=True, check=True)
    return re.search(r"pop_[A-Za-z0-9_-]+", made.stdout).group()


@contextlib.contextmanager
def serving(data, **settings):
    """A server on this data folder, with these settings: its address and its process's id."""
    server = f"127.0.0.1:{free_port()}"
    command = [PILEOPS, "serve", "--data", data, "--listen", server, "--ykc-listen", f"127.0.0.1:{free_port()}"]
    with open(os.path.join(data, "server.log"), "ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **settings})
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://{server}/readyz").read()
                break
            except OSError:
                time.sleep(0.1)
        yield server, process.pid
    finally:
        process.terminate()
        process.wait()


def measure(data, rows, form):
    with serving(data) as (server, pid):
        token = open(os.path.join(data, "bench-token"), encoding="utf-8").read()
        began = time.monotonic()
        query = {"from_ms": str(MONTH), "to_ms": str(MONTH + 31 * 86_400_000)}
        export = ask(server, token, "POST", "/exports/orders", {"format": form, "query": query})
        while export["state"] in ("queued", "running"):
            time.sleep(0.2)
            export = ask(server, token, "GET", f"/exports/{export['id']}")
        seconds = time.monotonic() - began
        assert export["state"] == "done" and export["rows_done"] == rows, export
        return seconds, peak_mb(pid), export["size_bytes"] / 1024 / 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as data:
        with open(os.path.join(data, "bench-token"), "w", encoding="utf-8") as file:
            file.write(token_add(data))
        base = next(os.path.join(data, name) for name in os.listdir(data) if name.endswith(".db"))
        fill(base, rows)
        print("| file | rows | seconds | peak memory MB | size MB |")
        print("|---|---|---|---|---|")
        for form in ("csv", "xlsx"):
            seconds, memory, size = measure(data, rows, form)
            print(f"| {form} | {rows} | {seconds:.1f} | {memory:.0f} | {size:.0f} |", flush=True)
            if rows >= 1_000_000 and (seconds > TARGET_S or memory > TARGET_MB):
                print(f"over the target of {TARGET_S} s and {TARGET_MB} MB")


if __name__ == "__main__":
    main()
