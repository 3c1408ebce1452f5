"""Time and peak memory of asking a platform of a million people for them (SCIM 2.0).

    PILEOPS_BIN=target/release/pileops python3 bench/pull.py [--people 1000000]

The platform is a process of its own. A fresh SQLite database asks it for all, once more for all (nothing has
changed), and then for those of whom one in a hundred has changed. Memory is the highest resident size of the
server's process (VmHWM) so far.
"""

import argparse
import http.server
import json
import multiprocessing
import tempfile
import time
import urllib.parse

from exchange import ask, free_port, peak_mb, serving, token_add

OLD, NEW = "2026-11-01T08:00:00Z", "2026-11-02T08:00:00Z"
SURNAMES, GIVEN = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"


def person(number, modified):
    name = SURNAMES[number % 20] + GIVEN[number // 20 % 20] + GIVEN[number // 400 % 20]
    schema = "urn:ietf:params:scim:schemas:core:2.0:User"
    phone = [{"value": f"13{number:09}", "type": "mobile"}]
    if modified == NEW:
        name += "新"
    return {"schemas": [schema], "id": f"u{number}", "userName": f"u{number}@example.com", "displayName": name, "active": True, "phoneNumbers": phone, "meta": {"lastModified": modified}}


class Platform(http.server.BaseHTTPRequestHandler):
    """One in a hundred has changed as soon as somebody asks for what is new."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        query = {key: values[0] for key, values in urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query).items()}
        first, count = int(query.get("startIndex", 1)), int(query.get("count", 100))
        if "filter" in query:
            total = self.server.people // 100
            page = [person(number * 100, NEW) for number in range(first - 1, min(first - 1 + count, total))]
        else:
            total = self.server.people
            page = [person(number, OLD) for number in range(first - 1, min(first - 1 + count, total))]
        body = json.dumps({"totalResults": total, "startIndex": first, "itemsPerPage": len(page), "Resources": page}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/scim+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def platform(port, people):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Platform)
    server.people = people
    server.serve_forever()


def pulled(server, token, whole):
    began = time.monotonic()
    ask(server, token, "POST", "/customer-source/pull/runs", {"whole": whole, "gone_accepted": False})
    while (state := ask(server, token, "GET", "/customer-source/pull"))["running"]:
        time.sleep(0.2)
    last = state["pull"]["last"]
    assert last["error"] is None and last["refused_count"] == 0, last
    return time.monotonic() - began, last


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=1_000_000)
    people = parser.parse_args().people
    port = free_port()
    other = multiprocessing.Process(target=platform, args=(port, people), daemon=True)
    other.start()
    try:
        with tempfile.TemporaryDirectory() as data:
            token = token_add(data)
            with serving(data, PILEOPS_OUTBOUND_ALLOW="127.0.0.1") as (server, pid):
                change = {"version": 0, "url": f"http://127.0.0.1:{port}/scim/v2", "enabled": True, "page_size": 1000, "token": "bench"}
                ask(server, token, "PUT", "/customer-source/pull", change)
                print("| asked for | people told of | new | changed | seconds | people/s | peak memory MB |")
                print("|---|---|---|---|---|---|---|")
                for title, whole in (("all, the first time", True), ("all, nothing changed", True), ("what has changed", False)):
                    seconds, last = pulled(server, token, whole)
                    rate = last["total_count"] / seconds
                    print(f"| {title} | {last['total_count']} | {last['new_count']} | {last['changed_count']} | {seconds:.1f} | {rate:.0f} | {peak_mb(pid):.0f} |", flush=True)
    finally:
        other.terminate()
        other.join()


if __name__ == "__main__":
    main()
