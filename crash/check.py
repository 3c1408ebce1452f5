"""Holds what the piles saw acknowledged against the orders that the platform has after the crashes.

The witness has one JSON object a line, written by the load after each acknowledgement:
    {"kind": "start"|"stop"|"bill", "pile", "transactionId", "meterStart", "meterStop", "started_at_ms", "stopped_at_ms"}
The orders are the output of `pileops order list --json`: a list, or {"items": […]}, or one object a line.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict


def read_orders(text):
    try:
        whole = json.loads(text)
    except json.JSONDecodeError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    return whole["items"] if isinstance(whole, dict) and "items" in whole else whole if isinstance(whole, list) else [whole]


def first(row, *names):
    """The first of these fields that the row has: the witness may speak OCPP's words or ours."""
    return next((row[name] for name in names if row.get(name) is not None), None)


def read_witness(text):
    records = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            sys.exit(f"the witness is broken at line {number}: {line[:80]!r}")
        key = first(row, "session_key", "transactionId", "transaction")
        if key is None or row.get("kind") not in ("start", "stop", "bill"):
            sys.exit(f"the witness has a line that says nothing, {number}: {line[:80]!r}")
        records.append(
            {
                "kind": row["kind"],
                "pile": str(row["pile"]),
                "key": str(key),
                "meter_start_wh": first(row, "meter_start_wh", "meterStart"),
                "meter_stop_wh": first(row, "meter_stop_wh", "meterStop"),
                "started_at_ms": row["started_at_ms"],
            }
        )
    return records


def occasions(orders):
    """Orders by what happened at the pile: whatever its number, a session began once at a moment. Two orders of one
    occasion are one session booked twice, which the unique session number cannot show: the second has another."""
    found = defaultdict(list)
    for order in orders:
        if order["started_at_ms"] is not None:
            found[(str(order["pile_code"]), order["connector_no"], order["started_at_ms"])].append(order)
    return found


def faults_of(record, orders):
    """What is wrong with an acknowledged record, in words; empty when it is there exactly once."""
    if not orders:
        return ["lost"]
    if len(orders) > 1:
        return ["doubled"]
    order = orders[0]
    found = []
    ended = record["kind"] in ("stop", "bill")
    if ended and order["state"] in ("starting", "charging", "stopping", "unsettled"):
        found.append(f"its end is lost (state {order['state']})")
    if order["started_at_ms"] != record["started_at_ms"]:
        found.append(f"it began at {order['started_at_ms']}, acknowledged was {record['started_at_ms']}")
    for which, field in (("start", "meter_start_dwh"), ("stop", "meter_end_dwh")):
        expected = record[f"meter_{which}_wh"]
        if expected is not None and order[field] != expected * 10 and (which == "start" or ended):
            found.append(f"{field} is {order[field]}, acknowledged was {expected} Wh")
    if ended and record["meter_start_wh"] is not None and record["meter_stop_wh"] is not None:
        delivered = (record["meter_stop_wh"] - record["meter_start_wh"]) * 10
        if order["energy_dwh"] != delivered:
            found.append(f"energy_dwh is {order['energy_dwh']}, acknowledged was {delivered}")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", default="crash")
    parser.add_argument("--witness", required=True)
    parser.add_argument("--orders", required=True)
    parser.add_argument("--after", required=True, help="what was done to it: 5 kills")
    options = parser.parse_args()
    with open(options.witness, encoding="utf-8") as file:
        witness = read_witness(file.read())
    with open(options.orders, encoding="utf-8") as file:
        orders = read_orders(file.read())
    by_session = defaultdict(list)
    for order in orders:
        by_session[(str(order["pile_code"]), str(order["session_key"]))].append(order)

    verdicts, shown = Counter(), 0
    for record in witness:
        for fault in faults_of(record, by_session[(record["pile"], record["key"])]) or ["kept"]:
            verdicts[fault if fault in ("kept", "lost", "doubled") else "wrong"] += 1
            if fault != "kept" and shown < 20:
                shown += 1
                print(f"FAILED {record['kind']} {record['pile']} {record['key']}: {fault}")
    twice_begun = [place for place, all_of in occasions(orders).items() if len(all_of) > 1]
    verdicts["doubled"] += len(twice_begun)
    for pile, connector, at in twice_begun[:5]:
        print(f"FAILED pile {pile} connector {connector} began once at {at} and has several orders")
    # Transaction ids must not be given twice, even to different piles.
    keys = Counter(str(order["session_key"]) for order in orders if order.get("session_key") is not None)
    twice = [key for key, count in keys.items() if count > 1]
    for key in twice[:5]:
        print(f"FAILED the session {key} has {keys[key]} orders")

    kinds = Counter(record["kind"] for record in witness)
    print(
        f"{options.name}: after {options.after} {len(witness)} acknowledged "
        f"({kinds['start']} starts, {kinds['stop']} stops, {kinds['bill']} transaction records), "
        f"{verdicts['lost']} lost, {verdicts['doubled']} doubled, {verdicts['wrong']} wrong; {len(orders)} orders"
    )
    failed = len(witness) - verdicts["kept"] + len(twice) + len(twice_begun)
    if not witness:
        print("FAILED nothing was acknowledged: the run shows nothing")
        failed = 1
    print(f"{options.name}: {verdicts['kept']} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
