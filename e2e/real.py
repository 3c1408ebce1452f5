"""Real orders into a fresh installation, then every report on them.

    e2e/run.sh real FOLDER [--slices 300] [--seed 1]

FOLDER has one table per source (NAME.csv.gz: source, order_id, user_id, site, pile_id, connector, model, start, end, …,
energy_kwh; local wall clock) and may have messy_rows_raw_sample.csv, rows that no platform should take. Each source becomes
an operator with its stations and piles in its own time zone; its orders come in as lost orders do (补录导入), by the API.
Then every figure is opened told apart by everything that it knows, the reports of stations too, and sums of random slices are
counted again in plain SQL: after the import, after the same file again, after a source was taken back, and after it came late.
"""

import argparse
import csv
import gzip
import io
import os
import random
import re
import sqlite3
import time
from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from checks import Api, Checks

HEAD = ("交易流水号*", "电桩编号*", "枪号*", "开始时间*", "结束时间*", "尖电量", "峰电量", "平电量", "谷电量", "总电量*", "用户手机号", "来源说明*")
ZONES = {"perth_kinross": "Europe/London", "dundee": "Europe/London", "sap_labs": "Europe/Paris", "acn_jpl": "America/Los_Angeles"}
# One table for all: valley at night, peak in the evening, the rest flat; half hours from midnight.
PERIODS = ["valley"] * 16 + ["flat"] * 18 + ["peak"] * 10 + ["flat"] * 4
PRICES = {"sharp": 90_000, "peak": 80_000, "flat": 60_000, "valley": 30_000}
RATED_W = 150_000
FIGURES = ("order_count", "energy", "receivable")


def slug(text):
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")


def split(began, ended, energy):
    """The energy of each period, by the time that the session has in it, to the last 0.1 Wh."""
    seconds, at = Counter(), began
    while at < ended:
        place = at.hour * 2 + at.minute // 30
        edge = at.replace(minute=at.minute // 30 * 30, second=0) + timedelta(minutes=30)
        seconds[PERIODS[place]] += (min(edge, ended) - at).total_seconds()
        at = edge
    whole, given = sum(seconds.values()), {}
    for period in list(seconds)[1:]:
        given[period] = int(energy * seconds[period] / whole)
    given[next(iter(seconds))] = energy - sum(given.values())
    return given


def kwh(dwh):
    return f"{dwh // 10_000}.{dwh % 10_000:04}"


class Source:
    """One table: its sites, its piles, its people, its orders."""

    def __init__(self, name, path, place):
        self.name, self.place, self.zone = name, place, ZONES.get(name, "Asia/Shanghai")
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            self.rows = list(csv.DictReader(file))
        self.piles, self.phones, sites = {}, {}, {}
        for row in self.rows:
            site = sites.setdefault(row["site"], f"{name} {row['site']}"[:60].strip())
            code = f"{slug(name)[:4].upper()}-{slug(row['pile_id'])}"[:20]
            pile = self.piles.setdefault(row["pile_id"], {"code": code, "site": site, "connectors": 1, "model": row["model"]})
            pile["connectors"] = max(pile["connectors"], int(float(row["connector"] or 1)))
            if row["user_id"]:
                self.phones.setdefault(row["user_id"], f"13{place}{len(self.phones):08}")
        self.sites = sorted(set(sites.values()))

    def furnish(self, api, tariff, city):
        operator = api.post("/operators", {"name": self.name})["id"]
        for site in self.sites:
            api.post("/stations", {"name": site, "operator_id": operator, "city_code": city, "address": site, "tariff_id": tariff, "time_zone": self.zone})
        table = io.StringIO()
        writer = csv.writer(table)
        writer.writerow(("code", "protocol", "password", "station", "kind", "rated_power_w", "connector_count"))
        for pile in self.piles.values():
            kind = "dc" if "Rapid" in pile["model"] else "ac"
            writer.writerow((pile["code"], "ocpp1.6", "real-pile-password-0123", pile["site"], kind, RATED_W, pile["connectors"]))
        made = api.send("/imports/piles", table.getvalue().encode(), "text/csv")
        assert made["created"] == len(self.piles), made
        for user, phone in self.phones.items():
            api.post("/customers", {"name": f"用户{user}", "phone": phone, "kind": "person"})
        return operator

    def lost(self):
        """As the file of lost orders that an operator would bring."""
        table = io.StringIO()
        writer = csv.writer(table)
        writer.writerow(HEAD)
        for number, row in enumerate(self.rows, 1):
            began, ended = (datetime.fromisoformat(row[name]) for name in ("start", "end"))
            energy = round(float(row["energy_kwh"]) * 10_000)
            parts = split(began, ended, energy)
            cells = [kwh(parts[period]) if parts.get(period) else "" for period in ("sharp", "peak", "flat", "valley")]
            pile = self.piles[row["pile_id"]]
            writer.writerow((self.place * 1_000_000 + number, pile["code"], int(float(row["connector"] or 1)), began, ended, *cells, kwh(energy), self.phones.get(row["user_id"], ""), row["order_id"]))
        return table.getvalue().encode("utf-8-sig")


def upload(api, name, body):
    return api.import_settled(api.send(f"/order-imports?name={name}.csv", body)["id"])


def raw_cells(row, piles):
    """A row of the raw sample as somebody would paste it, and what is wrong with it, as seen here; None: it may be true."""
    date = lambda day, clock: f"{row[day][:10]} {row[clock]}" if row[day] and row[clock] else ""
    began, ended = date("Start Date", "Start Time"), date("End Date", "End Time")
    pile = piles.get((row["CP ID"] or "").removesuffix(".0"))
    code = pile["code"] if pile else f"RAW-{row['CP ID'].removesuffix('.0')}" if row["CP ID"] else ""
    connector = (row["Connector"] or "").removesuffix(".0")
    energy = row["Total kWh"]
    key = (row["Charging event"] or row["_id"] or "").removesuffix(".0")
    cells = (f"9{int(float(key)):09}" if key else "", code, connector, began, ended, "", "", energy, "", energy, "", "原始样本")
    if not (code and connector and began and ended and energy):
        return cells, "empty"
    if not pile or int(connector) > pile["connectors"]:
        return cells, "unknown"
    try:
        first, last = (datetime.fromisoformat(text) for text in (began, ended))
    except ValueError:
        return cells, "times"
    if last <= first or last - first > timedelta(days=14):
        return cells, "times"
    most = RATED_W / 1000 * (last - first).total_seconds() / 3600 * 1.1 + 0.2
    if float(energy) <= 0 or float(energy) > most:
        return cells, "energy"
    return cells, None


def dirty(api, checks, folder, sources):
    path = os.path.join(folder, "messy_rows_raw_sample.csv")
    if not os.path.exists(path):
        return
    piles = {number: pile for source in sources for number, pile in source.piles.items()}
    table, wrong = io.StringIO(), {}
    writer = csv.writer(table)
    writer.writerow(HEAD)
    with open(path, encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), 2):
            cells, why = raw_cells(row, piles)
            writer.writerow(cells)
            if why:
                wrong[line] = why
    found = upload(api, "messy", table.getvalue().encode("utf-8-sig"))
    lines = {int(row[0]) for row in api.import_faults(found["id"])[1]}
    checks.equal("each row that cannot be true is refused with its line", sorted(set(wrong) - lines), [])
    # What is left was taken from the tables because dates were swapped: what looks true cannot be told from what is.
    print(f"raw sample: {found['rows']} rows, {found['bad']} refused, {found['good']} could be true; wrong as seen here: {dict(Counter(wrong.values()))}", flush=True)
    checks.that("nothing else is refused but what repeats a session or a time that is not", len(lines - set(wrong)) <= found["rows"] // 20, sorted(lines - set(wrong))[:10])


def caught_up(api):
    while api.get("/reports", groups="none", kpis="order_count")["waiting_count"]:
        time.sleep(0.5)


class Recount:
    """Sums of random slices, by the report and by plain SQL."""

    def __init__(self, api, checks, data, seed):
        self.api, self.checks, self.dice = api, checks, random.Random(seed)
        self.conn = sqlite3.connect(f"file:{os.path.join(data, 'pileops.db')}?mode=ro", uri=True)
        self.stations = self.conn.execute("SELECT id, operator_id, time_zone FROM station").fetchall()

    def sums(self, stations, first, days):
        whole = [0, 0, 0]
        for station, zone in stations:
            begin = datetime(first.year, first.month, first.day, tzinfo=ZoneInfo(zone))
            after = first + timedelta(days=days)
            end = datetime(after.year, after.month, after.day, tzinfo=ZoneInfo(zone))
            row = self.conn.execute(
                "SELECT COUNT(*), COALESCE(SUM(energy_dwh), 0), COALESCE(SUM(total_fen), 0) FROM orders WHERE station_id = ? AND state = 'completed' AND ended_at_ms >= ? AND ended_at_ms < ?",
                (station, round(begin.timestamp() * 1000), round(end.timestamp() * 1000)),
            ).fetchone()
            whole = [one + more for one, more in zip(whole, row)]
        return whole

    def slice(self):
        """A place and some days on which something happened there."""
        station, operator, zone = self.dice.choice(self.stations)
        some = self.conn.execute("SELECT ended_at_ms FROM orders WHERE station_id = ? AND state = 'completed' ORDER BY id LIMIT 1 OFFSET ?", (station, self.dice.randrange(2_000))).fetchone()
        moment = some[0] / 1000 if some else 1_530_000_000
        first = datetime.fromtimestamp(moment, ZoneInfo(zone)) - timedelta(days=self.dice.randrange(3))
        days = self.dice.choice([1, 1, 7, 30, 92])
        if self.dice.randrange(3):
            return {"station_id": station}, [(station, zone)], first, days
        return {"operator_id": operator}, [(one, its) for one, whose, its in self.stations if whose == operator], first, days

    def go(self, what, slices):
        differing, orders = [], 0
        for _ in range(slices):
            place, stations, first, days = self.slice()
            last = first + timedelta(days=days - 1)
            number = lambda day: day.year * 10_000 + day.month * 100 + day.day
            report = self.api.get("/reports", groups="none", kpis=",".join(FIGURES), from_day=number(first), to_day=number(last), **place)
            found, counted = [value or 0 for value in report["total"]["values"]], self.sums(stations, first, days)
            orders += counted[0]
            if found != counted:
                differing.append((place, number(first), days, found, counted))
        self.checks.equal(f"{what}: {slices} slices with {orders} orders are as plain SQL counts them", differing[:3], [])
        self.checks.that(f"{what}: the slices are not empty", orders > slices)


def every_report(api, checks, days):
    """Each figure, told apart by each thing that it knows, over each span; then the reports that stand alone."""
    opened, rows, slowest = 0, 0, (0.0, "")

    def ask(path, **query):
        nonlocal opened, slowest
        begin = time.monotonic()
        found = api.get(path, **query)
        slowest = max(slowest, (time.monotonic() - begin, f"{path} {query}"))
        opened += 1
        return found

    kpis = api.get("/kpis")["items"]
    for kpi in kpis:
        for group in ["none", *kpi["groups"]]:
            for first, last in days:
                report = ask("/reports", kpis=kpi["code"], groups=group, from_day=first, to_day=last, compare="previous")
                rows += len(report["rows"])
    stations = api.get("/stations")["items"]
    first, last = days[0]
    ask("/reports/heat", from_day=first, to_day=last)
    for station in stations:
        ask(f"/stations/{station['id']}/load-duration", from_day=first, to_day=last)
        ask(f"/stations/{station['id']}/forecast")
        ask("/reports/heat", station_id=station["id"], from_day=first, to_day=last)
    for path in ("/overview", "/home", "/map", "/map/heat", "/customer-segments", "/pile-healths", "/advice", "/danger-report", "/orders", "/orders/totals"):
        ask(path)
    checks.that("reports have rows", rows > len(kpis), rows)
    print(f"{opened} reports opened ({len(kpis)} figures), {rows} rows; the slowest {slowest[0]:.2f} s: {slowest[1]}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--server", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--slices", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    plan = parser.parse_args()
    checks, api = Checks("real"), Api(plan.server, plan.token)
    names = sorted(name.removesuffix(".csv.gz") for name in os.listdir(plan.folder) if name.endswith(".csv.gz"))
    sources = [Source(name, os.path.join(plan.folder, f"{name}.csv.gz"), place) for place, name in enumerate(names, 1)]
    cities = ["420100", "320100", "330100", "370100", "440100", "510100"]
    api.post("/cities", {"codes": cities[: len(sources)]})
    rates = [{"period": period, "electricity_price_e5": price, "service_price_e5": 40_000} for period, price in PRICES.items()]
    tariff = api.post("/tariffs", {"name": "峰平谷", "rates": rates, "periods": PERIODS})["id"]
    files, batches = {}, {}
    for source, city in zip(sources, cities):
        source.furnish(api, tariff, city)
        files[source.name] = source.lost()
        begin = time.monotonic()
        found = upload(api, source.name, files[source.name])
        checks.equal(f"{source.name}: every row has a verdict", found["good"] + found["bad"], len(source.rows))
        checks.that(f"{source.name}: real orders are taken", found["bad"] <= len(source.rows) // 100, found["faults"][:3])
        why = Counter((fault["field"], fault["message"]["en"]) for fault in found["faults"])
        if found["good"]:
            api.post(f"/order-imports/{found['id']}/confirm", {})
            found = api.import_settled(found["id"])
        checks.equal(f"{source.name}: imported", found["state"], "imported")
        batches[source.name] = found
        print(f"{source.name}: {found['good']} of {len(source.rows)} orders in {time.monotonic() - begin:.1f} s; refused {found['bad']}: {dict(why)}", flush=True)
    dirty(api, checks, plan.folder, sources)

    caught_up(api)
    recount = Recount(api, checks, plan.data, plan.seed)
    recount.go("after the import", plan.slices)
    name = names[-1]
    again = upload(api, name, files[name])
    checks.equal("the same file again adds nothing", (again["good"], again["existing"]), (0, batches[name]["good"]))
    api.post(f"/order-imports/{batches[name]['id']}/undo", {})
    checks.equal("a source is taken back", api.import_settled(batches[name]["id"])["state"], "undone")
    caught_up(api)
    recount.go("after one was taken back", plan.slices)
    late = upload(api, name, files[name])
    api.post(f"/order-imports/{late['id']}/confirm", {})
    checks.equal("it comes late", api.import_settled(late["id"])["good"], batches[name]["good"])
    caught_up(api)
    recount.go("after it came late", plan.slices)
    every_report(api, checks, [(20_180_601, 20_180_831), (20_170_101, 20_181_231)])
    checks.close()


if __name__ == "__main__":
    main()
