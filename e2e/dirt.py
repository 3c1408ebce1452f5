"""A file of lost orders with dirt in it: exactly the dirty rows are refused, each with its line, its column and its cause.

    e2e/run.sh dirt [--rows 100000] [--seed 1]

One row in twenty has one of two dozen faults at a random place. The file is checked as CSV and as XLSX; what the platform tells of
each is held against what was put in. Then the good ones come in, and the file once more adds nothing.
"""

import argparse
import csv
import io
import random
import time
import zipfile
from collections import Counter

from checks import Api, Checks

HEAD = (
    "交易流水号*", "电桩编号*", "枪号*", "开始时间*", "结束时间*", "尖电量", "峰电量", "平电量", "谷电量", "总电量*",
    "电表起值", "电表止值", "总金额", "VIN", "来源说明*",
)
KEY, PILE, CONNECTOR, START, END, SHARP, PEAK, FLAT, VALLEY, TOTAL, FIRST, LAST, AMOUNT, VIN, NOTE = range(15)
# 2026-01-01 00:00 in Shanghai; each pile has a session every half hour.
YEAR, EVERY_S, LONG_S, PILES = 1_767_196_800, 1_800, 1_700, 100


def wall(at):
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at + 8 * 3_600))


def clean(number):
    pile, turn = number % PILES, number // PILES
    began = YEAR + turn * EVERY_S
    code = f"3201060001{pile + 1:04}"
    trade = f"{code}01{time.strftime('%y%m%d%H%M%S', time.gmtime(began + 8 * 3_600))}{turn % 10_000:04}"
    energy = 10_000 + number % 90_000
    text = f"{energy // 10_000}.{energy % 10_000:04}"
    return [trade, code, "1", wall(began), wall(began + LONG_S), "", "", text, "", text, "", "", text, "", f"断网补录 {number}"]


def more(text, by):
    return f"{float(text) + by:.4f}"


# What is done to a row, at which column that is told, and a word of the cause.
FAULTS = {
    "no number": (lambda row, at: row.__setitem__(KEY, ""), "session_key", "不能为空"),
    "a digit too few": (lambda row, at: row.__setitem__(KEY, row[KEY][:-1]), "session_key", "32 位"),
    "a number that a spreadsheet has rounded": (lambda row, at: row.__setitem__(KEY, "3.20106E+31"), "session_key", "文本格式"),
    "letters in it": (lambda row, at: row.__setitem__(KEY, "X" + row[KEY][1:]), "session_key", "32 位"),
    "no pile": (lambda row, at: row.__setitem__(PILE, ""), "pile_code", "不能为空"),
    "a pile that is not there": (lambda row, at: row.__setitem__(PILE, "99999999999999"), "pile_code", ""),
    "connector 0": (lambda row, at: row.__setitem__(CONNECTOR, "0"), "connector_no", "1 到 999"),
    "a connector that the pile lacks": (lambda row, at: row.__setitem__(CONNECTOR, "9"), "connector_no", "不存在"),
    "day and month swapped": (lambda row, at: row.__setitem__(START, "13/07/2026 10:00:00"), "started_at", "2026-07-15"),
    "the thirtieth of February": (lambda row, at: row.__setitem__(START, "2026-02-30 10:00:00"), "started_at", "2026-07-15"),
    "no end": (lambda row, at: row.__setitem__(END, ""), "ended_at", "不能为空"),
    "the end before the beginning": (lambda row, at: row.__setitem__(END, wall(at - 60)), "ended_at", "晚于开始"),
    "three weeks long": (lambda row, at: row.__setitem__(END, wall(at + 21 * 86_400)), "ended_at", "14 天"),
    "a minus": (lambda row, at: row.__setitem__(FLAT, "-" + row[FLAT]), "flat_kwh", "不小于 0"),
    "five decimals": (lambda row, at: row.__setitem__(FLAT, row[FLAT] + "1"), "flat_kwh", "四位小数"),
    "another unit": (lambda row, at: row.__setitem__(TOTAL, row[TOTAL] + " 度"), "total_kwh", "应为"),
    "a sum that does not add up": (lambda row, at: row.__setitem__(TOTAL, more(row[TOTAL], 0.5)), "total_kwh", "之和"),
    "nothing charged": (lambda row, at: (row.__setitem__(FLAT, "0"), row.__setitem__(TOTAL, "0")), "total_kwh", "为 0"),
    "more than the pile can give": (lambda row, at: (row.__setitem__(FLAT, "900"), row.__setitem__(TOTAL, "900")), "total_kwh", "额定功率"),
    "half a meter": (lambda row, at: row.__setitem__(FIRST, "100"), "meter_end_kwh", "同时"),
    "a meter that tells something else": (lambda row, at: (row.__setitem__(FIRST, "100"), row.__setitem__(LAST, "100.5")), "meter_end_kwh", "总电量"),
    "an amount that the tariff does not give": (lambda row, at: row.__setitem__(AMOUNT, more(row[AMOUNT], 3)), "amount_yuan", "计费模型"),
    "a VIN of sixteen": (lambda row, at: row.__setitem__(VIN, "LSVAU2180N218329"), "vin", "17 位"),
    "no word of where it comes from": (lambda row, at: row.__setitem__(NOTE, ""), "note", "不能为空"),
    "too many words": (lambda row, at: row.__setitem__(NOTE, "字" * 201), "note", "200"),
}


def soiled(rows, seed):
    """The rows, and of each dirty one by its line: column and word."""
    dice, expected = random.Random(seed), {}
    whole = [clean(number) for number in range(rows)]
    names = sorted(FAULTS)
    for turn, number in enumerate(sorted(dice.sample(range(rows), rows // 20))):
        name = names[turn % len(names)]
        soil, field, word = FAULTS[name]
        soil(whole[number], YEAR + number // PILES * EVERY_S)
        expected[number + 2] = (field, word, name)
    # Said twice, and at the same time at the same connector: the later of both is refused, where the earlier is good.
    for copy in range(max(1, rows // 2_000)):
        number = next(n for n in iter(lambda: dice.randrange(rows), None) if n + 2 not in expected)
        whole.append([*whole[number][:NOTE], "又说一次"])
        expected[len(whole) + 1] = ("session_key", "", "the same number again")
        number = next(n for n in iter(lambda: dice.randrange(rows), None) if n + 2 not in expected)
        row = [*whole[number][:NOTE], "同时"]
        row[KEY] = row[KEY][:28] + f"{9_000 + copy:04}"
        whole.append(row)
        expected[len(whole) + 1] = ("started_at", "重叠", "another at the same time")
    return whole, expected


def as_csv(rows):
    table = io.StringIO()
    csv.writer(table).writerows([HEAD, *rows])
    return table.getvalue().encode("utf-8-sig")


def as_xlsx(rows):
    """The least that a spreadsheet is: texts in their cells."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = io.StringIO()
    sheet.write(f'<worksheet xmlns="{main}"><sheetData>')
    for line, row in enumerate([HEAD, *rows], 1):
        cells = (f'<c r="{chr(65 + column)}{line}" t="inlineStr"><is><t>{text}</t></is></c>' for column, text in enumerate(row) if text)
        sheet.write(f'<row r="{line}">{"".join(cells)}</row>')
    sheet.write("</sheetData></worksheet>")
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="补录" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet.getvalue(),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in parts.items():
            book.writestr(name, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + text)
    return file.getvalue()


def furnish(api):
    rates = [{"period": period, "electricity_price_e5": 60_000, "service_price_e5": 40_000} for period in ("sharp", "peak", "flat", "valley")]
    tariff = api.post("/tariffs", {"name": "一元", "rates": rates, "periods": ["flat"] * 48})["id"]
    operator = api.post("/operators", {"name": "武汉示范运营"})["id"]
    api.post("/cities", {"codes": ["420100"]})
    api.post("/stations", {"name": "光谷充电站", "operator_id": operator, "city_code": "420100", "address": "", "tariff_id": tariff})
    lines = ["code,protocol,station,kind,rated_power_w,connector_count"]
    lines += [f"3201060001{number:04},ykc1.6,光谷充电站,dc,120000,1" for number in range(1, PILES + 1)]
    assert api.send("/imports/piles", "\n".join(lines).encode(), "text/csv")["created"] == PILES


def judge(checks, api, form, found, expected, rows):
    head, faults = api.import_faults(found["id"])
    at = {name: head.index(name) for name in ("行号", "列", "说明")}
    lines = {int(row[at["行号"]]): (row[at["列"]], row[at["说明"]]) for row in faults}
    checks.equal(f"{form}: every row is counted", (found["rows"], found["good"], found["bad"]), (rows, rows - len(expected), len(expected)))
    checks.equal(f"{form}: no dirty row passes", sorted(set(expected) - set(lines))[:5], [])
    checks.equal(f"{form}: no clean row is refused", sorted(set(lines) - set(expected))[:5], [])
    wrong = [(line, expected[line], lines[line]) for line in expected if line in lines and (lines[line][0] != expected[line][0] or expected[line][1] not in lines[line][1] or not lines[line][1])]
    checks.equal(f"{form}: each is told at its column with its cause", wrong[:3], [])
    return Counter(name for _, _, name in expected.values())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    plan = parser.parse_args()
    checks, api = Checks("dirt"), Api(plan.server, plan.token)
    furnish(api)
    rows, expected = soiled(plan.rows, plan.seed)
    for form, body in (("csv", as_csv(rows)), ("xlsx", as_xlsx(rows))):
        begin = time.monotonic()
        found = api.import_settled(api.send(f"/order-imports?name=dirt.{form}", body)["id"])
        kinds = judge(checks, api, form, found, expected, len(rows))
        print(f"{form}: {len(rows)} rows, {len(expected)} dirty ones of {len(kinds)} kinds, checked in {time.monotonic() - begin:.1f} s", flush=True)
    api.post(f"/order-imports/{found['id']}/confirm", {})
    done = api.import_settled(found["id"])
    checks.equal("the good ones come in", (done["state"], done["good"]), ("imported", len(rows) - len(expected)))
    checks.equal("and are there", api.get("/orders/totals", from_ms=0, to_ms=4_000_000_000_000)["order_count"], done["good"])
    again = api.import_settled(api.send("/order-imports?name=again.csv", as_csv(rows))["id"])
    checks.equal("the file once more adds nothing", again["good"], 0)
    checks.close()


if __name__ == "__main__":
    main()
