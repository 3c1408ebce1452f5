"""The published billing rule, written a second time from its description and not from the Rust code:
energy flows evenly between two readings, is cut at the half hours of the station's clock (UTC+8),
priced per stretch of one period, rounded half away from zero to 0.0001 yuan per stretch and to fen
per order."""

HALF_HOUR_MS = 30 * 60 * 1000
SHANGHAI_MS = 8 * 60 * 60 * 1000
PERIODS = ["sharp", "peak", "flat", "valley"]

# The tariff of the protocol document's sample bill: electricity and service fee in 0.00001 yuan per kWh.
SAMPLE_RATES = {"sharp": (120_000, 40_000), "peak": (100_000, 40_000), "flat": (70_000, 40_000), "valley": (30_000, 40_000)}
SAMPLE_HOURS = "vvvvvvvffppfffssffpppfvv"


def half_hours(hours):
    """24 letters, one per hour, as the 48 periods of a tariff."""
    name = {period[0]: period for period in PERIODS}
    return [name[letter] for letter in hours for _ in range(2)]


def rounded(value, divisor):
    return (value + divisor // 2) // divisor if value >= 0 else -((-value + divisor // 2) // divisor)


def bill(readings, rates, periods):
    """readings: (at_ms, delivered in 0.1 Wh) since the start of the session."""
    stretches = []  # [period, energy_dwh]
    for (from_ms, from_dwh), (to_ms, to_dwh) in zip(readings, readings[1:]):
        begin_ms, begin_dwh = from_ms, from_dwh
        while True:
            local_ms = begin_ms + SHANGHAI_MS
            cut_ms = min(begin_ms + HALF_HOUR_MS - local_ms % HALF_HOUR_MS, to_ms)
            if cut_ms == to_ms:
                cut_dwh = to_dwh
            else:
                cut_dwh = from_dwh + (to_dwh - from_dwh) * (cut_ms - from_ms) // (to_ms - from_ms)
            period = periods[local_ms // HALF_HOUR_MS % 48]
            if stretches and stretches[-1][0] == period:
                stretches[-1][1] += cut_dwh - begin_dwh
            else:
                stretches.append([period, cut_dwh - begin_dwh])
            begin_ms, begin_dwh = cut_ms, cut_dwh
            if cut_ms == to_ms:
                break
    amount_e4 = sum(rounded(sum(rates[period]) * dwh, 100_000) for period, dwh in stretches)
    return {
        "energy_dwh": readings[-1][1] - readings[0][1],
        "total_fen": rounded(amount_e4, 100),
        "segments": [(period, dwh) for period, dwh in stretches if dwh],
    }


if __name__ == "__main__":
    # The sample session: 10:30 to 11:30 on 15 July 2026, 20 kWh, half before eleven and half after.
    start = 1_784_082_600_000
    sample = bill([(start, 0), (start + 2 * HALF_HOUR_MS, 200_000)], SAMPLE_RATES, half_hours(SAMPLE_HOURS))
    assert sample["segments"] == [("peak", 100_000), ("flat", 100_000)], sample
    assert sample["total_fen"] == 2_500, sample
