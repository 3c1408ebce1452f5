"""The parts of a recovery drill that compare: what the piles saw acknowledged with what was restored, the restored state
with the lost one, and the state before a wrong edit with both. Keeps the record in the console of the restored server."""

import argparse
import hashlib
import json
import os
import sqlite3
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "e2e"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from check import read_orders, read_witness  # noqa: E402
from checks import Api  # noqa: E402


def api():
    return Api(os.environ["PILEOPS_SERVER"], os.environ["PILEOPS_TOKEN"])


def database(folder):
    return sqlite3.connect(f"file:{Path(folder) / 'pileops.db'}?mode=ro", uri=True)


def sums(conn, until_audit):
    """Checksums that two states of one history must share, up to a row of the audit log."""
    digest = hashlib.sha256()
    for row in conn.execute("SELECT id, hash FROM audit WHERE id <= ? ORDER BY id", (until_audit,)):
        digest.update(repr(row).encode())
    return digest.hexdigest()


def completed(conn):
    rows = conn.execute("SELECT id, started_at_ms, ended_at_ms, energy_dwh, total_fen FROM orders WHERE state = 'completed' ORDER BY id")
    return {row[0]: row[1:] for row in rows}


def facts(args):
    conn = database(args.data)
    last = conn.execute("SELECT MAX(id) FROM audit").fetchone()[0]
    order = conn.execute("SELECT COALESCE(MAX(id), 0) FROM orders").fetchone()[0]
    print(json.dumps({"order": order, "audit": last, "sum": sums(conn, last), "completed": completed(conn)}))


def wrong(conn):
    """Cards that were added by mistake."""
    return conn.execute("SELECT COUNT(*) FROM card WHERE tag LIKE 'WRONG%'").fetchone()[0]


def judge(args):
    work = Path(args.work)
    restored, moment = (json.loads((work / name).read_text()) for name in ("restored.json", "moment.json"))
    lost, found = (json.loads((work / name).read_text()) for name in ("facts.json", "facts-restored.json"))
    second, before = database(work / "second"), database(work / "moment")
    faults = []
    if not restored["passed"] or not moment["passed"]:
        faults.append("what was restored does not agree with itself")
    shared = min(lost["audit"], restored["counts"]["audit"])
    if shared == lost["audit"] and sums(second, lost["audit"]) != lost["sum"]:
        faults.append("the audit log differs from the lost one")
    both = found["completed"].keys() & lost["completed"].keys()
    differ = [number for number in both if found["completed"][number] != lost["completed"][number]]
    if differ:
        faults.append(f"{len(differ)} orders differ from the lost ones, the first is {differ[0]}")
    # A number that was given out before the loss is never given out again: piles and receivers remember it.
    again = second.execute("SELECT COUNT(*) FROM orders WHERE id > ? AND id <= ?", (found["order"], lost["order"])).fetchone()[0]
    if again:
        faults.append(f"{again} numbers of lost orders were given out again")
    if wrong(second) != 5 or wrong(before) != 0:
        faults.append("the moment before the wrong edit was not met")
    if not args.before - 4000 <= moment["at_ms"] <= args.before:
        faults.append(f"restored to {moment['at_ms']}, wanted {args.before}")
    count = before.execute("SELECT MAX(id) FROM audit").fetchone()[0]
    if sums(before, count) != sums(second, count):
        faults.append("the audit log of the moment is no part of the last one")

    # What a pile saw acknowledged before the loss, and what is not there: that is lost.
    witness = read_witness((work / "witness-at-loss.jsonl").read_text())
    orders = read_orders((work / "orders.json").read_text())
    known = {(str(order["pile_code"]), order["started_at_ms"]) for order in orders}
    events = sum((record["pile"], record["started_at_ms"]) not in known for record in witness)
    rpo_ms, rto_ms = max(0, args.lost - restored["at_ms"]), args.back - args.lost
    print(f"RPO {rpo_ms / 1000:.1f} s, {events} of {len(witness)} acknowledged records; RTO {rto_ms / 1000:.1f} s; "
          f"orders {restored['counts']['orders']}, audit {restored['counts']['audit']}, segments {restored['segments']}")
    if rpo_ms > 10_000:
        faults.append(f"RPO {rpo_ms} ms is more than 10 s")
    record = {
        "passed": not faults, "started_at_ms": args.lost, "ended_at_ms": int(time.time() * 1000), "rpo_ms": rpo_ms, "rpo_event_count": events,
        "rto_ms": rto_ms, "order_count": restored["counts"]["orders"], "audit_count": restored["counts"]["audit"],
        "audit_head": restored["verified"]["audit_head"], "restored_to_ms": restored["at_ms"], "kind": "disaster",
        "note": f"负载下 kill -9 并删除数据目录，在空目录恢复；恢复出已完成订单 {len(found['completed'])} 单",
    }
    api().post("/drills", record)
    api().post("/drills", {
        "kind": "moment", "passed": not faults, "started_at_ms": args.back, "ended_at_ms": args.end, "restored_to_ms": moment["at_ms"],
        "rpo_ms": max(0, args.before - moment["at_ms"]), "rpo_event_count": None, "rto_ms": args.end - args.back,
        "order_count": moment["counts"]["orders"], "audit_count": moment["counts"]["audit"], "audit_head": moment["verified"]["audit_head"],
        "note": "恢复到误加充电卡之前的时间点",
    })
    if len(api().get("/drills")["items"]) < 2:
        faults.append("the record of the drill is not in the console")
    for fault in faults:
        print("FAULT:", fault)
    sys.exit(1 if faults else 0)


def home(args):
    """After an orderly fall-back: nothing that was acknowledged since the loss is missing, and the books are the same."""
    work = Path(args.work)
    restored, left, found = (json.loads((work / name).read_text()) for name in ("fallback.json", "facts-second.json", "facts-first.json"))
    faults = [] if restored["passed"] else ["what was restored does not agree with itself"]
    if sums(database(work / "first"), left["audit"]) != left["sum"]:
        faults.append("the audit log differs from that of the second machine")
    if found["completed"] != left["completed"]:
        faults.append(f"completed orders differ: {len(left['completed'])} there, {len(found['completed'])} here")
    # Of the sessions that began on the second machine: the starts of others went with the first.
    since = read_witness((work / "witness-at-stop.jsonl").read_text())[args.from_line :]
    begun = {(record["pile"], record["key"]) for record in since if record["kind"] == "start"}
    witness = [record for record in since if (record["pile"], record["key"]) in begun]
    known = {(str(order["pile_code"]), order["started_at_ms"]) for order in read_orders((work / "orders-home.json").read_text())}
    events = sum((record["pile"], record["started_at_ms"]) not in known for record in witness)
    if events or not witness:
        faults.append(f"{events} of {len(witness)} records that the second machine acknowledged are not there")
    away_ms = args.home - args.asked
    print(f"fall-back: away {away_ms / 1000:.1f} s, {events} of {len(witness)} acknowledged records lost, orders {restored['counts']['orders']}")
    api().post("/drills", {
        "kind": "fallback", "passed": not faults, "started_at_ms": args.asked, "ended_at_ms": int(time.time() * 1000), "rpo_ms": 0, "rpo_event_count": events,
        "rto_ms": away_ms, "order_count": restored["counts"]["orders"], "audit_count": restored["counts"]["audit"],
        "audit_head": restored["verified"]["audit_head"], "restored_to_ms": restored["at_ms"], "note": "备机有序停机，在原机的空目录恢复并启动，充电桩自行连回",
    })
    for fault in faults:
        print("FAULT:", fault)
    sys.exit(1 if faults else 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parts = parser.add_subparsers(required=True)
    one = parts.add_parser("facts")
    one.add_argument("--data")
    one.set_defaults(run=facts)
    one = parts.add_parser("judge")
    one.add_argument("--work")
    for name in ("--before", "--lost", "--back", "--end"):
        one.add_argument(name, type=int)
    one.set_defaults(run=judge)
    one = parts.add_parser("home")
    one.add_argument("--work")
    for name in ("--from-line", "--asked", "--home"):
        one.add_argument(name, type=int)
    one.set_defaults(run=home)
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
