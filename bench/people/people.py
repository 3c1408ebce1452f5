"""People at the console and piles at their work, at the same time (R-6.3).

A fresh server is filled with orders, piles begin to charge, then so many people come one after the
other, meet at the sign-in (rendezvous), sign in at the same moment, each with an account of their
own, and work with pauses for thought: home page, lists, orders, map, now and then an export. Prints
for each scenario how often, mean, P90, P95, P99, TPS and success, and what the server used; asks at
the end whether the targets were met. Not a test: the numbers depend on the machine.

The generator is Locust (https://locust.io); it runs beside the server on the same cores.
"""

from gevent import monkey

monkey.patch_all()

import argparse
import json
import random
import tempfile
import time

import gevent
from gevent.event import Event
from locust import FastHttpUser, between, task
from locust.env import Environment

from server import PASSWORD, Server, say

HEADERS = {"X-Requested-With": "pileops"}
DAY_MS = 86_400_000
# What an operator's people should find: milliseconds at P95, success in percent.
SIGN_IN_MS, SIGN_IN_SUCCESS = 2_000, 99.9


class Rendezvous:
    """Nobody goes on before all are there."""

    def __init__(self, people):
        self.missing, self.opened = people, Event()

    def meet(self):
        self.missing -= 1
        if self.missing <= 0:
            self.opened.set()
        self.opened.wait()


class Person(FastHttpUser):
    wait_time = between(1, 5)
    accounts = iter(())
    rendezvous = Rendezvous(0)
    connection_timeout = network_timeout = 60.0

    def on_start(self):
        self.account = next(Person.accounts)
        self.dice = random.Random(self.account)
        self.orders, self.stations = [], []
        Person.rendezvous.meet()
        with self.client.post("/api/v1/session", name="sign in", json={"account": self.account, "password": PASSWORD}, headers=HEADERS, catch_response=True) as answer:
            if answer.status_code not in (200, 201):
                answer.failure(f"{answer.status_code}: {answer.text[:200]}")

    def on_stop(self):
        self.client.delete("/api/v1/session", name="sign out", headers=HEADERS)

    def ask(self, name, path):
        answer = self.client.get(f"/api/v1{path}", name=name, headers=HEADERS)
        return answer.json() if answer.status_code == 200 else None

    @task(6)
    def home(self):
        self.ask("home", "/home")

    @task(8)
    def order_list(self):
        filters = self.dice.choice(["", "&state=completed", "&state=abnormal", "&start_mode=card", f"&connector_no={self.dice.choice([1, 2])}"])
        found = self.ask("order list", f"/orders?limit=50{filters}")
        self.orders = [order["id"] for order in found["items"]] if found else self.orders

    @task(6)
    def order(self):
        if self.orders:
            self.ask("order", f"/orders/{self.dice.choice(self.orders)}")

    @task(4)
    def pile_list(self):
        self.ask("pile list", f"/piles?limit=50{self.dice.choice(['', '&online=true', '&state=charging', '&state=faulted'])}")

    @task(3)
    def map(self):
        self.ask("map", "/map")

    @task(2)
    def station_list(self):
        found = self.ask("station list", "/stations")
        self.stations = [station["id"] for station in found["items"]] if found else self.stations

    @task(2)
    def alarm_list(self):
        self.ask("alarm list", "/alarms")

    @task(1)
    def export(self):
        """One of a station's month, until its file is fetched; one person in twenty does it."""
        if not self.stations or self.dice.randrange(20):
            return
        begin, now = time.perf_counter(), int(time.time() * 1000)
        query = {"station_id": str(self.dice.choice(self.stations)), "from_ms": str(now - 30 * DAY_MS), "to_ms": str(now)}
        made = self.client.post("/api/v1/exports/orders", name="export: asked for", json={"format": "csv", "query": query}, headers=HEADERS)
        if made.status_code not in (200, 201, 202):
            return
        number, wrong, size = made.json()["id"], None, 0
        while True:
            state = self.client.get(f"/api/v1/exports/{number}", name="export: how far", headers=HEADERS).json()
            if state.get("state") == "done":
                size = len(self.client.get(f"/api/v1/exports/{number}/file", name="export: file", headers=HEADERS).content)
                break
            if state.get("state") in ("failed", "cancelled") or time.perf_counter() - begin > 120:
                wrong = RuntimeError(f"the export ended as {state.get('state')}")
                break
            gevent.sleep(0.5)
        self.environment.events.request.fire(request_type="WORK", name="export, whole", response_time=1000 * (time.perf_counter() - begin), response_length=size, exception=wrong, context={})


def table(stats, seconds):
    yield "| scenario | requests | mean ms | P90 | P95 | P99 | TPS | success % |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    for entry in sorted(stats.entries.values(), key=lambda entry: entry.name):
        late = [entry.get_response_time_percentile(share) or 0 for share in (0.9, 0.95, 0.99)]
        success = 100 * (1 - entry.num_failures / entry.num_requests) if entry.num_requests else 0
        cells = [entry.name, str(entry.num_requests), f"{entry.avg_response_time:.0f}", *(f"{ms:.0f}" for ms in late), f"{entry.num_requests / seconds:.1f}", f"{success:.2f}"]
        yield "| " + " | ".join(cells) + " |"


def work(server, plan):
    Person.accounts = iter([f"load{number:04}" for number in range(plan.people)])
    Person.rendezvous = Rendezvous(plan.people)
    Person.host = f"http://{server.http}"
    environment = Environment(user_classes=[Person])
    runner = environment.create_local_runner()
    say(f"{plan.people} people come within {plan.ramp} s and meet at the sign-in")
    runner.start(plan.people, spawn_rate=plan.people / plan.ramp)
    Person.rendezvous.opened.wait()
    begin, before = time.perf_counter(), server.used()
    memories = []
    while time.perf_counter() - begin < plan.minutes * 60:
        gevent.sleep(2)
        memories.append(server.used()[1])
    seconds, after = time.perf_counter() - begin, server.used()
    runner.stop()
    gevent.sleep(1)
    return environment.stats, seconds, (after[0] - before[0]) / seconds, max(memories)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--ramp", type=float, default=30, help="seconds in which they come")
    parser.add_argument("--minutes", type=float, default=3, help="how long they work")
    parser.add_argument("--orders", type=int, default=1_000_000, help="how many are there at the beginning; 0: none")
    parser.add_argument("--piles", type=int, default=10_000)
    parser.add_argument("--rate", type=int, default=500, help="messages a second that the piles send together")
    plan = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pileops-people-", ignore_cleanup_errors=True) as data:
        server = Server(plan.database, plan.orders, data)
        piles = None
        try:
            say(f"{plan.piles:,} piles and {plan.people} accounts")
            server.furnish(plan.piles, plan.people)
            if plan.piles:
                piles = server.piles(plan.piles, plan.rate, plan.ramp + plan.minutes * 60)
                gevent.sleep(15)
            stats, seconds, cores, memory = work(server, plan)
            report = json.loads(piles.communicate(timeout=120)[0] or "{}") if piles else {}
        finally:
            if piles and piles.poll() is None:
                piles.terminate()
            server.stop()
    print("\n".join(table(stats, seconds)))
    print(f"\nserver: {cores:.2f} cores on average, {memory / 2**20:.0f} MiB at most; {seconds:.0f} s, {plan.people} people, {plan.orders:,} orders, {plan.database}")
    if report:
        print(f"piles: {report['messages']:,} messages, {report['messages_per_second']:.0f}/s, p50 {report['p50_us'] / 1000:.1f} ms, p99 {report['p99_us'] / 1000:.1f} ms, {report['errors']} errors")
    for error in stats.errors.values():
        print(f"failed {error.occurrences} times: {error.name}: {error.error}"[:400])
    sign_in = stats.get("sign in", "POST")
    success = 100 * (1 - sign_in.num_failures / max(1, sign_in.num_requests))
    late = sign_in.get_response_time_percentile(0.95) or 0
    met = success >= SIGN_IN_SUCCESS and late <= SIGN_IN_MS
    say(f"sign-in: {success:.2f} % of {sign_in.num_requests}, P95 {late:.0f} ms: {'within' if met else 'ABOVE'} the target ({SIGN_IN_SUCCESS} %, {SIGN_IN_MS} ms)")


if __name__ == "__main__":
    main()
