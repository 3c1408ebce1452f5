"""Files of orders, read by an engine that is not ours, say what the reports say; the same day again is the same bytes."""

import argparse
import datetime
import hashlib
import json
import os
import pathlib
import subprocess
import tempfile
import time
import urllib.parse

import duckdb

from checks import Checks, Person

KPIS = ["order_count", "energy", "electricity", "service", "charge_hours"]


def whole(folder):
    files = sorted(pathlib.Path(folder).rglob("*.parquet"))
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", required=True)
    parser.add_argument("--program", required=True)
    parser.add_argument("--data", required=True)
    args = parser.parse_args()
    checks = Checks("parquet")
    api = Person(args.server, os.environ["PILEOPS_ACCOUNT"], os.environ["PILEOPS_PASSWORD"])
    today = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date()
    first, last = today - datetime.timedelta(days=9), today - datetime.timedelta(days=1)
    api.ask("POST", "/jobs/report_make/runs")
    until = time.time() + 120
    while True:
        query = {"from_day": f"{first:%Y%m%d}", "to_day": f"{last:%Y%m%d}", "kpis": ",".join(KPIS), "groups": "day"}
        report = api.ask("GET", "/reports?" + urllib.parse.urlencode(query))
        if report["waiting_count"] == 0 or time.time() > until:
            break
        time.sleep(1)
    checks.equal("all days are summed up", report["waiting_count"], 0)
    with tempfile.TemporaryDirectory() as out:
        command = [args.program, "export", "parquet", "--from", str(first), "--to", str(last), "--out", out, "--data", args.data, "--json"]
        told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        days = whole(out)
        checks.equal("a file for each day", len(days), 9)
        table = f"read_parquet('{out}/orders/*/*.parquet', hive_partitioning = true)"
        rows = duckdb.sql(
            f"SELECT CAST(strftime(CAST(day AS DATE), '%Y%m%d') AS BIGINT), count(*), sum(energy_dwh), sum(electricity_fen), "
            f"sum(service_fen), sum(charge_s) FROM {table} GROUP BY 1 ORDER BY 1"
        ).fetchall()
        read = {str(row[0]): [int(value) for value in row[1:5]] for row in rows}
        said = {row["keys"][0]["value"]: row["values"][:4] for row in report["rows"]}
        checks.equal("each day's sums are those of the report", read, said)
        checks.equal("so is the number of orders", sum(row[1] for row in rows), told["orders"])
        checks.that("there are orders", told["orders"] > 0, told)
        odd = duckdb.sql(
            f"SELECT count(*) FROM {table} WHERE ended_at < started_at OR energy_dwh < sharp_dwh + peak_dwh + flat_dwh + valley_dwh "
            f"OR electricity_fen + service_fen <> total_fen OR station_name = '' OR buyer NOT IN ('own', 'fleet', 'card', 'staff', 'guest')"
        ).fetchall()[0][0]
        checks.equal("no row contradicts itself", odd, 0)
        local = duckdb.sql(
            f"SELECT count(*) FROM {table} WHERE strftime(ended_at + INTERVAL 8 HOUR, '%Y-%m-%d') <> CAST(day AS VARCHAR)"
        ).fetchall()[0][0]
        checks.equal("each stands under the day of its end", local, 0)
        names = {row[0] for row in duckdb.sql(f"DESCRIBE SELECT * FROM {table}").fetchall()}
        checks.equal("nobody is in it", names & {"phone", "vin", "plate", "token", "customer_name"}, set())
        nothing = duckdb.sql(f"SELECT count(*), count(customer_id) FROM {table}").fetchall()[0]
        checks.that("what is not known is null", nothing[1] <= nothing[0], nothing)
        subprocess.run(command, check=True, capture_output=True)
        checks.equal("again it is the same, byte for byte", whole(out), days)
        left = [path.name for path in pathlib.Path(out).rglob("*") if path.is_file() and path.suffix != ".parquet"]
        checks.equal("nothing half is left", left, [])
    checks.close()


main()
