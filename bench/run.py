"""Durable messages per second of PileOps as a ratio to a floor, in one run on one machine.

The floor (`pileops-sim floor`) parses the message, appends it to a file with one fsync for all that
wait, and answers. Server and database processes are pinned to one core, the generator to another.
Prints a table for the README, the middle of several rounds, and the raw reports with --json FILE.
"""

import argparse
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

from machine import free_port, say

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "e2e"))
PILEOPS, SIM = os.environ["PILEOPS_BIN"], os.environ["PILEOPS_SIM_BIN"]
PASSWORD = "bench-pile-password-0123"
YKC_PREFIX = "99010600"
SESSION_PILES = 100
# What the spine's benchmark is repeated for.
SPOKEN = {"ocpp2.0.1": "OCPP 2.0.1", "ykc1.6": "云快充 1.6"}


def fresh_database():
    """Each round begins with an empty one."""
    url = os.environ.setdefault("PILEOPS_BENCH_PG", os.environ["PILEOPS_TEST_PG"])
    name = f"bench_{time.time_ns()}"
    subprocess.run([os.path.join(os.environ.get("PILEOPS_PG_BIN", ""), "psql"), url, "-qc", f"CREATE DATABASE {name}"], check=True)
    os.environ["PILEOPS_TEST_PG"] = url.rsplit("/", 1)[0] + "/" + name


def pinned(core, command, **options):
    return subprocess.Popen(["taskset", "-c", str(core), *command], **options)


class Server:
    """Something that piles can connect to, pinned to the server's core, gone at the end of the block."""

    def __init__(self, name, options, data, fresh):
        """`fresh`: its piles and cards are not in the database yet."""
        self.name, self.options, self.data, self.fresh = name, options, data, fresh
        self.http, self.ykc = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
        self.pids = []

    def __enter__(self):
        self.log = open(os.path.join(self.data, "server.log"), "wb")
        if self.name == "floor":
            command = [SIM, "floor", "--listen", self.http, "--file", os.path.join(self.data, "floor.log")]
        else:
            database = ["--database-url", os.environ["PILEOPS_TEST_PG"]] if self.name == "postgres" else []
            if self.fresh:
                token = subprocess.run([PILEOPS, "token", "add", f"bench-{self.http}", "--data", self.data, *database], capture_output=True, text=True, check=True)
                self.token = re.search(r"pop_[A-Za-z0-9_-]+", token.stdout).group()
            command = [PILEOPS, "serve", "--data", self.data, *database, "--listen", self.http, "--ykc-listen", self.ykc]
        self.process = pinned(self.options.server_core, command, stdout=self.log, stderr=self.log)
        self.pids = [self.process.pid]
        if self.name == "postgres":
            postmaster = int(os.environ["PILEOPS_TEST_PG_PID"])
            subprocess.run(["taskset", "-acp", str(self.options.server_core), str(postmaster)], check=True, stdout=subprocess.DEVNULL)
            self.pids.append(postmaster)
        self.wait()
        if self.name != "floor" and self.fresh:
            self.furnish()
        return self

    def wait(self):
        for _ in range(600):
            if self.process.poll() is not None:
                raise SystemExit(f"{self.name} ended at its start: {open(self.log.name).read()}")
            try:
                if self.name == "floor":
                    socket.create_connection(self.http.split(":"), timeout=1).close()
                else:
                    urllib.request.urlopen(f"http://{self.http}/readyz", timeout=1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit(f"{self.name} did not get ready")

    def furnish(self):
        env = {**os.environ, "PILEOPS_SERVER": f"http://{self.http}", "PILEOPS_TOKEN": self.token}
        furnish = [sys.executable, os.path.join(ROOT, "e2e/furnish.py")]
        station = subprocess.run(furnish, env=env, capture_output=True, text=True, check=True).stdout.strip()
        piles, cards = os.path.join(self.data, "piles.csv"), os.path.join(self.data, "cards.csv")
        numbers = range(1, self.options.idle_piles + 1)
        with open(piles, "w") as file:
            file.write("code,protocol,password,station\n")
            file.writelines(f"SIM{number:06},ocpp1.6,{PASSWORD},{station}\n" for number in numbers)
            file.writelines(f"{YKC_PREFIX}{number:06},ykc1.6,,{station}\n" for number in numbers[:SESSION_PILES])
        with open(cards, "w") as file:
            file.write("tag,status\n")
            file.writelines(f"CARD{number:06},accepted\n" for number in numbers)
            file.writelines(f"CA{number:06},accepted\n" for number in numbers[:SESSION_PILES])
        for noun, path in (("pile", piles), ("card", cards)):
            subprocess.run([PILEOPS, noun, "import", path], env=env, check=True, stdout=subprocess.DEVNULL)

    def load(self, *arguments):
        command = [SIM, "load", "--server", f"ws://{self.http}/ocpp", "--ykc", self.ykc, "--ykc-prefix", YKC_PREFIX, "--password", PASSWORD, "--json", *arguments]
        for pid in self.pids:
            command += ["--server-pid", str(pid)]
        say(f"{self.name}: {' '.join(arguments)}")
        done = pinned(self.options.load_core, command, stdout=subprocess.PIPE, text=True)
        text, _ = done.communicate()
        # Calls that failed fail the load as well; the report, which counts them, is there all the same.
        if done.returncode and not text.strip():
            raise SystemExit(f"the load failed on {self.name}")
        return json.loads(text)

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()


def empty(name):
    """A folder, and a database where there is one, that nothing was done in."""
    if name == "postgres":
        fresh_database()
    return tempfile.TemporaryDirectory(prefix="pileops-bench-", ignore_cleanup_errors=True)


def measure(name, options):
    sessions = ["--mode", "sessions", "--piles", str(SESSION_PILES), "--seconds", str(options.seconds)]
    with empty(name) as data:
        with Server(name, options, data, fresh=True) as server:
            report = {"sessions": server.load(*sessions)}
            report["open"] = server.load("--mode", "open", "--piles", "1000", "--rate", "1000", "--seconds", str(options.seconds))
        # Memory is measured on a server that has done nothing since its start.
        with Server(name, options, data, fresh=False) as server:
            report["idle"] = server.load("--mode", "idle", "--piles", str(options.idle_piles), "--hold", "5")
    # Each further protocol on a database of its own: none pays for what another leaves to be cleared away.
    for speech in SPOKEN if name != "floor" else ():
        with empty(name) as data, Server(name, options, data, fresh=True) as server:
            report[speech] = server.load(*sessions, "--speak", speech)
    return report


def middle(numbers):
    return statistics.median(number or 0 for number in numbers)


def table(rounds):
    """The middle of the rounds; ratios are those within a round, before the middle is taken."""
    yield "| | messages/s, closed loop | ratio to the floor | CPU-ms per 1000 | p50 / p99 ms | open loop p50 / p99 ms | idle piles: ready in s | KiB a pile | errors |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    for name in rounds[0]:
        def cell(part, *keys):
            def one(report):
                for key in keys:
                    report = report.get(key) if report else None
                return report
            return middle(one(reports[name][part]) for reports in rounds)

        ratios = [reports[name]["sessions"]["messages_per_second"] / reports["floor"]["sessions"]["messages_per_second"] for reports in rounds]
        cells = [
            name,
            f"{cell('sessions', 'messages_per_second'):,.0f}",
            f"{middle(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})",
            f"{cell('sessions', 'server_cpu_ms_per_1000'):.1f}",
            *(f"{cell(part, 'p50_us') / 1000:.2f} / {cell(part, 'p99_us') / 1000:.2f}" for part in ("sessions", "open")),
            f"{cell('idle', 'idle', 'connected'):,.0f}: {cell('idle', 'idle', 'ready_seconds'):.2f}",
            f"{cell('idle', 'idle', 'rss_per_pile_kib'):.1f}",
            str(sum(part["errors"] + part["refused"] for reports in rounds for part in reports[name].values())),
        ]
        yield "| " + " | ".join(cells) + " |"


def spoken(rounds):
    """The closed loop of sessions for each protocol."""
    yield "| | messages/s, closed loop | ratio to the floor | CPU-ms per 1000 | p50 / p99 ms | sessions/s | errors |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for name in (name for name in rounds[0] if name != "floor"):
        for speech, title in {"sessions": "OCPP 1.6", **SPOKEN}.items():
            parts = [reports[name][speech] for reports in rounds]
            ratios = [part["messages_per_second"] / reports["floor"]["sessions"]["messages_per_second"] for part, reports in zip(parts, rounds)]
            cells = [
                f"{name}, {title}",
                f"{middle(part['messages_per_second'] for part in parts):,.0f}",
                f"{middle(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})",
                f"{middle(part['server_cpu_ms_per_1000'] for part in parts):.1f}",
                f"{middle(part['p50_us'] for part in parts) / 1000:.2f} / {middle(part['p99_us'] for part in parts) / 1000:.2f}",
                f"{middle(part['orders'] / part['seconds'] for part in parts):,.0f}",
                str(sum(part["errors"] + part["refused"] for part in parts)),
            ]
            yield "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=["floor", "sqlite", "postgres"], action="append", help="the floor is always measured")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=5, help="the middle of them is printed: one round says as much of the machine as of the server")
    parser.add_argument("--idle-piles", type=int, default=10_000)
    parser.add_argument("--server-core", type=int, default=0)
    parser.add_argument("--load-core", type=int, default=1)
    parser.add_argument("--json", help="write the raw reports to this file")
    options = parser.parse_args()
    names = ["floor", "sqlite", "postgres"]
    if options.only:
        names = [name for name in names if name == "floor" or name in options.only]
    rounds = [{name: measure(name, options) for name in names} for _ in range(options.rounds)]
    if options.json:
        with open(options.json, "w") as file:
            json.dump(rounds, file, indent=2)
    print("\n".join(table(rounds)))
    print("\n".join(["", *spoken(rounds)]))


if __name__ == "__main__":
    main()
