"""How long the lists and the home page take, through the real server over HTTP.

Fills a database (crates/store/examples/fill), starts the server on it and asks each question some
times, one after the other, each time with another value where a filter has one. Prints p50 and p95
in milliseconds beside the target, and what the server and its database used of the processor for one
answer on average: that says something on a busy machine, too. Not a test.
"""

import argparse
import http.client
import json
import os
import random
import re
import signal
import subprocess
import tempfile
import time
from urllib.parse import urlencode

from machine import free_port, run, say

PILEOPS, FILL = os.environ["PILEOPS_BIN"], os.environ["PILEOPS_FILL_BIN"]
DAY_MS = 86_400_000
LIST_MS, TOTALS_MS, HOME_MS = 200, 500, 300


class Server:
    def __init__(self, data, database):
        self.address = f"127.0.0.1:{free_port()}"
        token = run([PILEOPS, "token", "add", f"bench-{self.address}", "--data", data, *database])
        self.token = re.search(r"pop_[A-Za-z0-9_-]+", token).group()
        self.log = open(os.path.join(data, "server.log"), "wb")
        command = [PILEOPS, "serve", "--data", data, *database, "--listen", self.address, "--ykc-listen", f"127.0.0.1:{free_port()}"]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        for _ in range(600):
            if self.process.poll() is not None:
                raise SystemExit(f"the server ended at its start: {open(self.log.name).read()}")
            try:
                self.connection = http.client.HTTPConnection(self.address, timeout=120)
                self.get("/readyz")
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit("the server did not get ready")

    def get(self, path):
        self.connection.request("GET", path, headers={"Authorization": f"Bearer {self.token}"})
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status} {body[:500]}")
        return body

    def api(self, path, **query):
        query = {key: value for key, value in query.items() if value is not None}
        return json.loads(self.get(f"/api/v1{path}?{urlencode(query)}"))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()


def questions(server, plan):
    """Name, target, path, and a function that makes the query of each time."""
    dice = random.Random(1)
    stations = server.api("/stations")["items"]
    operators = [operator["name"] for operator in server.api("/operators")["items"]]
    orders = server.api("/orders", limit=200, totals="false")["items"]
    piles = server.api("/piles", limit=200)["items"]
    station = lambda: dice.choice(stations)
    now = int(time.time() * 1000)
    year = {"from_ms": now - 365 * DAY_MS, "to_ms": now}
    ended = {"time": "ended", "from_ms": now - 30 * DAY_MS, "to_ms": now}
    month = {"from_ms": now - 30 * DAY_MS, "to_ms": now}
    fuzzy = lambda: {"station_name": "充电站", "operator_name": dice.choice("充能电快"), "pile_code": str(dice.randrange(10)), "state": "completed", "start_mode": dice.choice(["app", "card"]), **month}
    rare = lambda: {**fuzzy(), "station_name": station()["name"][:6]}
    filters = [
        ("default (this month)", lambda: {}),
        ("30 days", lambda: month),
        ("one year", lambda: year),
        ("30 days by end", lambda: ended),
        ("station_id", lambda: {**month, "station_id": station()["id"]}),
        ("station_name, one", lambda: {**month, "station_name": station()["name"]}),
        ("station_name, many", lambda: {**month, "station_name": dice.choice(["武汉", "高新", "1"])}),
        ("station_name, none", lambda: {**month, "station_name": "没有这样的站"}),
        ("operator_name", lambda: {**month, "operator_name": dice.choice(operators)}),
        ("pile_code, one", lambda: {**month, "pile_code": dice.choice(piles)["code"]}),
        ("pile_code, many", lambda: {**month, "pile_code": str(dice.randrange(10))}),
        ("pile (whole code)", lambda: {**month, "pile": dice.choice(piles)["code"]}),
        ("order_no", lambda: {"order_no": dice.choice(orders)["order_no"]}),
        ("session_key", lambda: {"session_key": dice.choice([o["session_key"] for o in orders if o["session_key"]])}),
        ("token", lambda: {**year, "token": f"CA{dice.randrange(1, plan.customers // 2):010X}"}),
        ("phone, last four", lambda: {**month, "phone": f"{dice.randrange(10_000):04}"}),
        ("city_name", lambda: {**month, "city_name": dice.choice(["武汉", "深圳", "海"])}),
        ("connector_no", lambda: {**month, "connector_no": dice.choice([1, 2])}),
        ("stop_class emergency", lambda: {**month, "stop_class": "emergency"}),
        ("stop_class normal", lambda: {**month, "stop_class": "normal"}),
        ("energy range", lambda: {**month, "energy_from_dwh": dice.randrange(100_000, 400_000)}),
        ("amount range, few", lambda: {**month, "total_from_fen": 1_000_000}),
        ("vin", lambda: {**month, "vin": "LSVAU2180C2180001"}),
        ("plate", lambda: {**month, "plate": "鄂A12345"}),
        ("customer", lambda: {**year, "customer_id": dice.randrange(1, plan.customers // 2)}),
        *[(f"state {state}", lambda state=state: {**month, "state": state}) for state in ["completed", "failed", "abnormal", "charging", "unsettled"]],
        ("abnormality", lambda: {**month, "abnormality": dice.choice(["no_record", "amount_differs", "unannounced"])}),
        *[(f"start_mode {mode}", lambda mode=mode: {**month, "start_mode": mode}) for mode in ["app", "card", "vin", "offline_card", "pile"]],
        *[(f"pay_way {way}", lambda way=way: {**month, "pay_way": way}) for way in ["wallet", "later", "fleet"]],
        *[(f"paid_state {state}", lambda state=state: {**month, "paid_state": state}) for state in ["paid", "owed", "refunded", "part_refunded", "written_off"]],
        ("five names and states, many", fuzzy),
        ("five names and states, few", rare),
        ("six, by end", lambda: {**fuzzy(), "time": "ended"}),
    ]
    for name, query in filters:
        yield f"orders: {name}", LIST_MS, "/orders", lambda query=query: {**query(), "totals": "false"}
    for name, query in filters:
        yield f"totals: {name}", TOTALS_MS, "/orders/totals", query
    for column in ["energy_dwh", "-total_fen", "-duration_s"]:
        yield f"orders: sorted by {column}", LIST_MS, "/orders", lambda column=column: {**month, "sort": column, "totals": "false"}
    cursor = None
    for _ in range(49):
        cursor = server.api("/orders", totals="false", cursor=cursor, **month)["next_cursor"]
    yield "orders: page 50", LIST_MS, "/orders", lambda: {**month, "cursor": cursor, "totals": "false"}
    for name, query in [
        ("default", lambda: {}),
        ("station_name", lambda: {"station_name": station()["name"]}),
        ("city_name", lambda: {"city_name": dice.choice(["武汉", "深圳", "海"])}),
        ("operator_name", lambda: {"operator_name": dice.choice(operators)}),
        ("code", lambda: {"code": str(dice.randrange(10_000))}),
        *[(f"state {state}", lambda state=state: {"state": state}) for state in ["offline", "charging", "faulted", "available", "reserved"]],
        ("online", lambda: {"online": "true"}),
        ("kind", lambda: {"kind": "ac"}),
        ("protocol", lambda: {"protocol": "ykc1.6"}),
        ("lifecycle", lambda: {"lifecycle": "disabled"}),
        ("vendor", lambda: {"vendor": "p"}),
        ("no order in a day", lambda: {"unused_days": 1}),
        ("no order in 30 days", lambda: {"unused_days": 30}),
        ("sorted by 启用时间", lambda: {"sort": "-enabled_at_ms"}),
        ("sorted by the last sign of life", lambda: {"sort": "-last_seen_ms"}),
        ("six", lambda: {"station_name": "高新", "city_name": "武汉", "operator_name": "充", "code": "1", "online": "true", "state": "available"}),
    ]:
        yield f"piles: {name}", LIST_MS, "/piles", query
    yield "stations", LIST_MS, "/stations", lambda: {}
    yield "stations: name", LIST_MS, "/stations", lambda: {"name": station()["name"][:4]}
    for name, query in [
        ("default", lambda: {}),
        ("name", lambda: {"name": dice.choice("王李张刘陈")}),
        ("phone, last four", lambda: {"phone": f"{dice.randrange(10_000):04}"}),
        ("charged in 30 days", lambda: {"charged_from_ms": month["from_ms"]}),
        ("charged before that", lambda: {"charged_to_ms": month["from_ms"]}),
    ]:
        yield f"customers: {name}", LIST_MS, "/customers", query
    yield "cards: tag", LIST_MS, "/cards", lambda: {"tag": f"{dice.randrange(1, plan.customers):X}"}
    for name, query in [
        ("the country", lambda: {}),
        ("a province's cities", lambda: {"level": "city", "bounds": "108000000,29000000,117000000,34000000"}),
        ("a city's stations", lambda: {"level": "station", "bounds": "113500000,29900000,115100000,31400000"}),
        *[(f"state {state}", lambda state=state: {"state": state}) for state in ["faulted", "available"]],
        ("kind and power", lambda: {"kind": "dc", "power_from_w": 60_000, "power_to_w": 180_000}),
        ("four names", lambda: {"level": "station", "operator_name": "充", "city_name": "武汉", "station_name": "站", "station_code": "1"}),
    ]:
        yield f"map: {name}", HOME_MS, "/map", query
    for measure in ["energy", "orders", "failures"]:
        yield f"map: heat of {measure}", HOME_MS, "/map/heat", lambda measure=measure: {"measure": measure, "days": dice.choice([1, 7, 30])}
    customer = lambda: dice.randrange(1, plan.customers // 2)
    paid = [
        ("default", lambda: {}),
        ("30 days", lambda: month),
        ("customer_id", lambda: {"customer_id": customer()}),
        ("customer's name", lambda: {"customer": dice.choice("王李张刘陈"), **month}),
        ("number", lambda: {"no": f"{dice.randrange(1, plan.orders // 20)}"}),
        ("state paid", lambda: {"state": "paid", **month}),
        ("paid late or twice", lambda: {"odd": "true"}),
    ]
    for name, query in paid:
        yield f"payments: {name}", LIST_MS, "/payments", query
    for name, query in paid:
        yield f"payments, totals: {name}", TOTALS_MS, "/payments/totals", query
    for name, query in [
        ("default", lambda: {}),
        ("30 days", lambda: month),
        ("customer_id", lambda: {"customer_id": customer()}),
        ("code", lambda: {"code": "service", **month}),
        ("account", lambda: {"account": "receivable", **month}),
        ("order", lambda: {"order_id": dice.choice(orders)["id"]}),
    ]:
        yield f"postings: {name}", LIST_MS, "/postings", query
    yield "abnormal orders: summary", TOTALS_MS, "/abnormal-orders/summary", lambda: {}
    yield "home", HOME_MS, "/home", lambda: {}


def processor_ms(pids):
    """What these processes and their children, living and ended, have used, in steps of 10 ms."""
    used = 0
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            fields = open(f"/proc/{entry}/stat").read().rpartition(")")[2].split()
        except OSError:
            continue
        if int(entry) in pids:
            used += sum(map(int, fields[11:15]))
        elif int(fields[1]) in pids:
            used += sum(map(int, fields[11:13]))
    return used * 1000 / os.sysconf("SC_CLK_TCK")


def measure(server, plan, pids):
    for name, target, path, query in questions(server, plan):
        if plan.only and plan.only not in name:
            continue
        times, used = [], processor_ms(pids)
        for _ in range(plan.times):
            asked = f"/api/v1{path}?{urlencode(query())}"
            begun = time.perf_counter()
            server.get(asked)
            times.append((time.perf_counter() - begun) * 1000)
        # The first time is everybody's who comes in the morning: it counts, as one of them.
        times.sort()
        used = (processor_ms(pids) - used) / plan.times
        yield name, target, times[len(times) // 2], times[min(len(times) - 1, int(len(times) * 0.95))], used


def measure_on(name, plan):
    with tempfile.TemporaryDirectory(prefix="pileops-lists-", dir=plan.folder, ignore_cleanup_errors=True) as own:
        data = plan.data or own
        database, place = ([], ["--sqlite", os.path.join(data, "pileops.db")])
        if name == "postgres":
            data = own
            url = os.environ["PILEOPS_TEST_PG"]
            database, place = (["--database-url", url], ["--postgres", url])
        if not plan.filled:
            say(f"{name}: {plan.orders:,} orders are made")
            subprocess.run([FILL, *place, "--orders", str(plan.orders), "--customers", str(plan.customers), "--days", str(plan.days)], check=True)
        server = Server(data, database)
        try:
            say(f"{name}: each question {plan.times} times")
            pids = [server.process.pid] + ([int(os.environ["PILEOPS_TEST_PG_PID"])] if name == "postgres" else [])
            return list(measure(server, plan, pids))
        finally:
            server.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgres"], action="append")
    parser.add_argument("--orders", type=int, default=10_000_000)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=730, help="over which they are spread; 1 000 000 in 73 days are as dense as 10 000 000 in two years")
    parser.add_argument("--times", type=int, default=40, help="how often each is asked: of fewer than 21 the p95 is the slowest")
    parser.add_argument("--only", help="questions whose name holds this")
    parser.add_argument("--folder", help="where the data is made (about 7 GB a database); removed afterwards")
    parser.add_argument("--data", help="a data folder with a database of SQLite; it is kept")
    parser.add_argument("--filled", action="store_true", help="the databases are filled already")
    plan = parser.parse_args()
    results = {name: measure_on(name, plan) for name in plan.database or ["sqlite", "postgres"]}
    print("| question | target | " + " | ".join(f"{name} p50 | p95 | processor" for name in results) + " |")
    print("|---|---:|" + "---:|---:|---:|" * len(results))
    slow = 0
    for rows in zip(*results.values()):
        cells = []
        for _, target, middle, late, used in rows:
            slow += late > target
            cells += [f"{middle:.0f}", f"**{late:.0f}**" if late > target else f"{late:.0f}", f"{used:.0f}"]
        print(f"| {rows[0][0]} | {rows[0][1]} | " + " | ".join(cells) + " |")
    say(f"{slow} of the p95 are above their target" if slow else "every p95 is within its target")


if __name__ == "__main__":
    main()
