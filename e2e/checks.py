"""What the end-to-end scripts share: counted checks and the platform's HTTP interface."""

import csv
import io
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request


class Checks:
    """Counts what held and what did not, and says it in one closing line."""

    def __init__(self, name):
        self.name, self.passed, self.failed = name, 0, 0

    def that(self, what, holds, detail=""):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {what}: {detail}", flush=True)
        return holds

    def equal(self, what, found, expected):
        return self.that(what, found == expected, f"expected {expected!r}, found {found!r}")

    def close(self):
        print(f"{self.name}: {self.passed} passed, {self.failed} failed", flush=True)
        sys.exit(1 if self.failed else 0)


class Person:
    """The platform as somebody who is signed in sees it: /api/v1 with a session of their own."""

    def __init__(self, server, account, password):
        self.base = f"{server.rstrip('/')}/api/v1"
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        self.ask("POST", "/session", {"account": account, "password": password})

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {"X-Requested-With": "pileops", "Content-Type": "application/json"}
        request = urllib.request.Request(self.base + path, data, headers, method=method)
        with self.opener.open(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text else None


class Api:
    """The platform as a script sees it: /api/v1 with a bearer token."""

    def __init__(self, server, token):
        self.base, self.token = f"{server.rstrip('/')}/api/v1", token

    def call(self, method, path, body=None, **query):
        query = {name: value for name, value in query.items() if value is not None}
        url = self.base + path + ("?" + urllib.parse.urlencode(query) if query else "")
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, method=method)
        request.add_header("Authorization", f"Bearer {self.token}")
        if data is not None:
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=90) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {url}: {error.code} {error.read().decode(errors='replace')}") from None
        return json.loads(text) if text else None

    def get(self, path, **query):
        return self.call("GET", path, **query)

    def post(self, path, body, **query):
        return self.call("POST", path, body, **query)

    def send(self, path, body, kind="application/octet-stream"):
        """A file."""
        request = urllib.request.Request(self.base + path, body, method="POST")
        request.add_header("Authorization", f"Bearer {self.token}")
        request.add_header("Content-Type", kind)
        with urllib.request.urlopen(request, timeout=600) as answer:
            return json.loads(answer.read())

    def import_settled(self, number):
        """An import of lost orders, when nothing goes on with it any more."""
        while (found := self.get(f"/order-imports/{number}"))["state"] in ("checking", "importing", "undoing"):
            time.sleep(0.1)
        return found

    def import_faults(self, number):
        """The file of errors of an import: the names of its columns, and a row for each line."""
        request = urllib.request.Request(f"{self.base}/order-imports/{number}/faults", headers={"Authorization": f"Bearer {self.token}"})
        with urllib.request.urlopen(request, timeout=90) as answer:
            head, *rows = csv.reader(io.StringIO(answer.read().decode("utf-8-sig")))
        return head, rows

    def orders(self, session_key):
        """All orders of a session, whenever it ran."""
        return self.get("/orders", session_key=session_key, from_ms=0, to_ms=4_000_000_000_000)["items"]

    def order_when(self, session_key, done, seconds=15):
        """The order of a session, as soon as `done` says so; the last one seen after `seconds`."""
        order = None
        for _ in range(seconds * 5):
            found = self.orders(session_key)
            if found:
                order = self.get(f"/orders/{found[0]['id']}")
                if done(order):
                    break
            time.sleep(0.2)
        return order
