"""Time and peak memory of bringing in a file of lost orders, as CSV and as XLSX.

    PILEOPS_BIN=target/release/pileops python3 bench/import.py [--rows 100000]

A fresh SQLite database has a hundred piles of ten stations; a file of orders at them is uploaded, checked,
confirmed, uploaded once more (and adds nothing) and taken back, all through the API. Memory is the highest
resident size of the server's process (VmHWM) over all of that, which includes the server itself.
"""

import argparse
import csv
import io
import json
import os
import tempfile
import time
import urllib.request
import zipfile

from exchange import ask, peak_mb, serving, token_add

TARGET_MB = 300
HEAD = (
    "交易流水号*", "电桩编号*", "枪号*", "开始时间*", "结束时间*", "尖电量", "峰电量", "平电量", "谷电量", "总电量*",
    "电表起值", "电表止值", "总金额", "VIN", "来源说明*",
)
# 2026-01-01 00:00 in Shanghai.
YEAR = 1_767_196_800


def lost(rows):
    """A session every hour on each pile's first connector, in a year that has long passed."""
    yield HEAD
    for i in range(rows):
        pile, turn = i % 100, i // 100
        began = YEAR + turn * 1_800
        wall = [time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at + 8 * 3_600)) for at in (began, began + 1_700)]
        code = f"3201060001{pile + 1:04}"
        trade = f"{code}01{time.strftime('%y%m%d%H%M%S', time.gmtime(began + 8 * 3_600))}{turn % 10_000:04}"
        energy = 10_000 + i % 90_000
        text = f"{energy // 10_000}.{energy % 10_000:04}"
        yield trade, code, "1", *wall, "", "", text, "", text, "", "", text, "", f"断网补录 {i}"


def write_csv(path, rows):
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(lost(rows))


def write_xlsx(path, rows):
    """As spreadsheets write it: every text once, in a table of its own."""
    sheet, known = io.StringIO(), {}
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet.write(f'{head}<worksheet xmlns="{main}"><sheetData>')
    for number, row in enumerate(lost(rows), 1):
        sheet.write(f'<row r="{number}">')
        for column, text in enumerate(row):
            if text:
                place = known.setdefault(text, len(known))
                sheet.write(f'<c r="{chr(65 + column)}{number}" t="s"><v>{place}</v></c>')
        sheet.write("</row>")
    sheet.write("</sheetData></worksheet>")
    shared = "".join(f"<si><t>{text}</t></si>" for text in known)
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr(
            "[Content_Types].xml",
            f'{head}<Types xmlns="{package}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/>'
            f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/></Types>',
        )
        book.writestr(
            "_rels/.rels",
            f'{head}<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="rId1" Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        book.writestr(
            "xl/workbook.xml",
            f'{head}<workbook xmlns="{main}" xmlns:r="{relations}"><sheets><sheet name="补录" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'{head}<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="rId1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="rId2" Type="{relations}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        )
        book.writestr("xl/sharedStrings.xml", f'{head}<sst xmlns="{main}">{shared}</sst>')
        book.writestr("xl/worksheets/sheet1.xml", sheet.getvalue())


def take(server, token, method, path, body=b"", kind="application/octet-stream"):
    request = urllib.request.Request(f"http://{server}/api/v1{path}", data=body, method=method)
    request.add_header("Authorization", f"Bearer {token}")
    request.add_header("Content-Type", kind)
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read())


def furnish(server, token):
    """Ten stations with a hundred piles, at one yuan per kWh."""
    rates = [
        {"period": period, "electricity_price_e5": 60_000, "service_price_e5": 40_000}
        for period in ("sharp", "peak", "flat", "valley")
    ]
    tariff = ask(server, token, "POST", "/tariffs", {"name": "一元", "rates": rates, "periods": ["flat"] * 48})
    operator = ask(server, token, "POST", "/operators", {"name": "武汉示范运营"})
    ask(server, token, "POST", "/cities", {"codes": ["420100"]})
    names = [f"光谷第{n}充电站" for n in range(1, 11)]
    for name in names:
        station = {"name": name, "operator_id": operator["id"], "city_code": "420100", "address": "", "tariff_id": tariff["id"]}
        ask(server, token, "POST", "/stations", station)
    lines = ["code,protocol,station,kind,rated_power_w,connector_count"]
    lines += [f"3201060001{n:04},ykc1.6,{names[(n - 1) // 10]},dc,120000,1" for n in range(1, 101)]
    report = take(server, token, "POST", "/imports/piles", "\n".join(lines).encode(), "text/csv")
    assert report["created"] == 100, report


def ended(server, token, number, state):
    while True:
        found = ask(server, token, "GET", f"/order-imports/{number}")
        if found["state"] not in ("checking", "importing", "undoing"):
            assert found["state"] == state, found
            return found
        time.sleep(0.1)


def measure(rows, form):
    with tempfile.TemporaryDirectory() as data:
        token = token_add(data)
        file = os.path.join(data, f"lost.{form}")
        {"csv": write_csv, "xlsx": write_xlsx}[form](file, rows)
        with serving(data) as (server, pid):
            furnish(server, token)
            seconds = []

            def step(what, state):
                began = time.monotonic()
                found = ended(server, token, what(), state)
                seconds.append(time.monotonic() - began)
                return found

            with open(file, "rb") as opened:
                body = opened.read()
            upload = lambda: take(server, token, "POST", f"/order-imports?name=lost.{form}", body)["id"]
            found = step(upload, "checked")
            assert found["good"] == rows, found
            found = step(lambda: ask(server, token, "POST", f"/order-imports/{found['id']}/confirm", {})["id"], "imported")
            assert found["good"] == rows, found
            again = step(upload, "checked")
            assert (again["good"], again["existing"]) == (0, rows), again
            step(lambda: ask(server, token, "POST", f"/order-imports/{found['id']}/undo", {})["id"], "undone")
            return seconds, peak_mb(pid), os.path.getsize(file) / 1024 / 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    print("| file | rows | check s | import s | again s | undo s | peak memory MB | size MB |")
    print("|---|---|---|---|---|---|---|---|")
    for form in ("csv", "xlsx"):
        seconds, memory, size = measure(rows, form)
        steps = " | ".join(f"{second:.1f}" for second in seconds)
        print(f"| {form} | {rows} | {steps} | {memory:.0f} | {size:.0f} |", flush=True)
        if memory > TARGET_MB:
            print(f"over the target of {TARGET_MB} MB")


if __name__ == "__main__":
    main()
