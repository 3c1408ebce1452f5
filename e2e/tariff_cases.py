"""Random sessions, billed a second time with Python's decimal and compared to the fen.

The rule is written from its description: energy flows evenly between two readings and is cut at the half hours of the
station's clock (UTC+8), whole 0.1 Wh downwards; each stretch of one period costs energy × price, rounded half away from
zero to 0.0001 yuan; the order is the sum, rounded the same way to the fen; electricity is rounded, the service fee is
the rest. Lines come on standard input from the example `tariff_cases` of crates/model."""

import json
import sys
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, setcontext
from fractions import Fraction

setcontext(Context(prec=60))
HALF_HOUR_MS = 1_800_000
AHEAD_MS = 8 * 3_600_000
NAMES = ["sharp", "peak", "flat", "valley"]
KWH = Decimal("0.0001")
YUAN_E4 = Decimal("0.0001")
FEN = Decimal("0.01")


def halves(value, unit):
    return value.quantize(unit, rounding=ROUND_HALF_UP)


def stretches(readings, periods):
    """Period and kWh of each stretch, in the order of time."""
    found = []
    for (from_ms, from_dwh), (to_ms, to_dwh) in zip(readings, readings[1:]):
        start_ms, start = from_ms, Decimal(from_dwh) * KWH
        while True:
            half = (start_ms + AHEAD_MS) // HALF_HOUR_MS
            end_ms = min((half + 1) * HALF_HOUR_MS - AHEAD_MS, to_ms)
            end = Decimal(to_dwh) * KWH
            if end_ms < to_ms:
                share = Fraction(end_ms - from_ms, to_ms - from_ms) * (to_dwh - from_dwh)
                gained = (Decimal(share.numerator) / Decimal(share.denominator)).quantize(Decimal(1), rounding=ROUND_DOWN)
                end = (Decimal(from_dwh) + gained) * KWH
            period = periods[half % 48]
            if found and found[-1][0] == period:
                found[-1][1] += end - start
            else:
                found.append([period, end - start])
            start_ms, start = end_ms, end
            if end_ms == to_ms:
                break
    return found


def bill(case):
    prices = {
        name: (Decimal(rate["electricity"]) / 100_000, Decimal(rate["service"]) / 100_000)
        for name, rate in zip(NAMES, case["tariff"]["rates"])
    }
    if case["counted"] is not None:
        parts = [(name, Decimal(dwh) * KWH) for name, dwh in zip(NAMES, case["counted"])]
    else:
        parts = stretches(case["readings"], case["tariff"]["periods"])
    exact = electricity = energy = Decimal(0)
    for period, kwh in parts:
        of_electricity, of_service = prices[period]
        exact += halves(kwh * (of_electricity + of_service), YUAN_E4)
        electricity += halves(kwh * of_electricity, YUAN_E4)
        energy += kwh
    total = halves(exact, FEN)
    electricity = min(halves(electricity, FEN), total)
    return {
        "energy_dwh": int(energy / KWH),
        "electricity_fen": int(electricity / FEN),
        "service_fen": int((total - electricity) / FEN),
        "total_fen": int(total / FEN),
        "exact_e4": int(exact / YUAN_E4),
    }


def main():
    passed = failed = 0
    for line in sys.stdin:
        case = json.loads(line)
        ours = bill(case)
        if ours == case["bill"]:
            passed += 1
            continue
        failed += 1
        if failed <= 5:
            print(f"Error: {case['bill']} is {ours} by decimal: {line.strip()}")
    print(f"tariff cases: {passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
