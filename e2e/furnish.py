"""Makes the tariff of the protocol's sample bill and one station through the API; prints the station's id."""

import os

import bill
from checks import Api


def main():
    api = Api(os.environ["PILEOPS_SERVER"], os.environ["PILEOPS_TOKEN"])
    rates = [
        {"period": period, "electricity_price_e5": bill.SAMPLE_RATES[period][0], "service_price_e5": bill.SAMPLE_RATES[period][1]}
        for period in bill.PERIODS
    ]
    tariff = api.post("/tariffs", {"name": "尖峰平谷", "rates": rates, "periods": bill.half_hours(bill.SAMPLE_HOURS)})
    # A fresh platform may know no operator and no city yet: then the station has none.
    operators, cities = api.get("/operators")["items"], api.get("/cities")["items"]
    station = api.post(
        "/stations",
        {
            "name": "端到端测试站",
            "operator_id": operators[0]["id"] if operators else None,
            "city_code": cities[0]["code"] if cities else None,
            "address": "测试路 1 号",
            "tariff_id": tariff["id"],
        },
    )
    print(station["id"])


if __name__ == "__main__":
    main()
