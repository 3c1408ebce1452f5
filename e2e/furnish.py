"""Makes the tariff of the protocol's sample bill and one station through the API; prints the station's id.

--times N: so many times as dear, for sessions of a few Wh that are to cost something.
"""

import argparse
import os

import bill
from checks import Api

NAMES = ("尖峰平谷", "尖峰平谷（贵）")
STATIONS = ("端到端测试站", "端到端测试站（贵）")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=1)
    times = parser.parse_args().times
    api = Api(os.environ["PILEOPS_SERVER"], os.environ["PILEOPS_TOKEN"])
    rates = [
        {"period": period, "electricity_price_e5": times * bill.SAMPLE_RATES[period][0], "service_price_e5": times * bill.SAMPLE_RATES[period][1]}
        for period in bill.PERIODS
    ]
    tariff = api.post("/tariffs", {"name": NAMES[times > 1], "rates": rates, "periods": bill.half_hours(bill.SAMPLE_HOURS)})
    # A fresh platform may know no operator and no city yet: then the station has none.
    operators, cities = api.get("/operators")["items"], api.get("/cities")["items"]
    station = api.post(
        "/stations",
        {
            "name": STATIONS[times > 1],
            "operator_id": operators[0]["id"] if operators else None,
            "city_code": cities[0]["code"] if cities else None,
            "address": "测试路 1 号",
            "tariff_id": tariff["id"],
        },
    )
    print(station["id"])


if __name__ == "__main__":
    main()
