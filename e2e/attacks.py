"""Attacks that need a process of its own to be seen: what its memory does, and what it writes down.

    attacks.py --server URL --process PID --log FILE --pile CODE --password WORD [--messages N]

A36: a pile that says countless things under ever new message ids leaves no trace in the memory.
A10: sockets that say nothing are given up, and their files come back.
A48: a telephone number, a plate, a card, a password and a token, each sent by every way by which it comes in, are in no
log and in no figure. PILEOPS_TOKEN names the administrator's token.
"""

import argparse
import asyncio
import json
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import websockets
from checks import Checks

# What must be found nowhere. Each is like the real thing and occurs nowhere else.
CANARIES = {"phone": "13977710203", "plate": "鄂A77C19", "card": "CANARY77CARD", "password": "Canary-Word-77-x", "vin": "LCANARY7710000019"}


def memory_kib(process):
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise RuntimeError("no such process")


def files(process):
    return len(os.listdir(f"/proc/{process}/fd"))


async def many_ids(url, pile, password, count):
    """So many calls, each with an id that was never used, and what each was answered."""
    credentials = f"{pile}:{password}@"
    address = url.replace("http://", f"ws://{credentials}") + f"/ocpp/{pile}"
    answered = 0
    async with websockets.connect(address, subprotocols=["ocpp1.6"], max_queue=None) as link:
        async def say():
            for n in range(count):
                words = ('"Heartbeat",{}', '"Authorize",{"idTag":"NOBODY"}', '"DataTransfer",{"vendorId":"x","data":"y"}')[n % 3]
                await link.send(f'[2,"id-{pile}-{n}",{words}]')
        saying = asyncio.create_task(say())
        while answered < count:
            if json.loads(await asyncio.wait_for(link.recv(), 60))[0] in (3, 4):
                answered += 1
        await saying
    return answered


def ask(server, method, path, body=None, token=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{server}/api/v1{path}", data, method=method)
    for name, value in (("Content-Type", "application/json"), ("X-Requested-With", "pileops"), ("Authorization", token and f"Bearer {token}")):
        if value:
            request.add_header(name, value)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def a36(checks, options):
    # The first round warms caches; what a second, as long, adds would be what grows.
    sizes = []
    for _ in range(3):
        answered = asyncio.run(many_ids(options.server, options.pile, options.password, options.messages))
        checks.equal("A36 every call is answered", answered, options.messages)
        time.sleep(1)
        sizes.append(memory_kib(options.process))
    grown = sizes[-1] - sizes[0]
    print(f"A36: {3 * options.messages} messages with new ids on a link, memory after each third {', '.join(f'{size / 1024:.1f}' for size in sizes)} MiB")
    checks.that("A36 memory stays as it is", grown < 8 * 1024, f"{grown} KiB more")


def a10(checks, options):
    address = options.server.removeprefix("http://").split(":")
    before = files(options.process)
    silent = []
    for n in range(400):
        one = socket.create_connection((address[0], int(address[1])), 5)
        if n % 2:
            one.sendall(b"G")
        silent.append(one)
    begun = time.monotonic()
    status, _ = ask(options.server, "GET", "/session/providers")
    checks.that("A10 others are served meanwhile", status == 200 and time.monotonic() - begun < 2, f"{status}")
    while files(options.process) > before + 20 and time.monotonic() - begun < 60:
        time.sleep(0.5)
    took = time.monotonic() - begun
    print(f"A10: 400 silent sockets were given up within {took:.0f} s")
    checks.that("A10 the files come back", files(options.process) <= before + 20, f"{files(options.process)} of {before}")
    for one in silent:
        one.close()


def a48(checks, options):
    token = os.environ["PILEOPS_TOKEN"]
    phone, plate, card, password, vin = (CANARIES[name] for name in ("phone", "plate", "card", "password", "vin"))
    sent = [
        ("POST", "/session", {"account": phone, "password": password}, None),
        ("POST", "/session", {"account": "admin", "password": password}, None),
        ("POST", "/cards", {"tag": card, "status": "accepted"}, token),
        ("POST", "/customers", {"name": "金丝雀", "phone": phone, "kind": "person"}, token),
        ("POST", "/customers", {"name": "金丝雀", "phone": phone, "kind": "person"}, token),
        ("GET", f"/customers?phone={phone}", None, token),
        ("GET", f"/orders?token={card}", None, token),
        ("GET", "/orders?plate=%E9%84%82A77C19", None, token),
        ("GET", f"/orders?vin={vin}&colour={phone}", None, token),
        ("POST", "/staff", {"account": "canary.one", "name": "金丝雀", "role": "viewer", "password": password}, token),
        ("POST", "/feedback", {"request_id": "canary-0001", "kind": "complaint", "category": "slow", "content": f"{plate} {phone}", "phone": phone}, token),
        ("POST", "/public/feedback", {"request_id": "canary-0002", "kind": "complaint", "category": "slow", "content": plate, "phone": phone, "name": vin}, None),
        ("GET", "/orders", None, f"pop_{card}{password}"),
        ("POST", "/piles", {"code": "CANARY-1", "password": password, "kind": "dc", "protocol": "ocpp1.6", "rated_power_w": 1, "connector_count": 1, "x": phone}, token),
    ]
    for method, path, body, by in sent:
        status, text = ask(options.server, method, path, body, by)
        checks.that(f"A48 {method} {path}", status < 500, f"{status} {text[:200]}")
        made = json.loads(text) if text.startswith("{") else {}
        if path == "/customers" and method == "POST" and "id" in made:
            ask(options.server, "POST", f"/customers/{made['id']}/cars", {"plate": plate, "vin": vin}, token)
            ask(options.server, "POST", f"/customers/{made['id']}/reveal", {"field": "phone"}, token)
    # A pile says them too, in the right places and in wrong ones.
    asyncio.run(pile_says(options, [card, phone, vin, password]))
    time.sleep(1)
    with urllib.request.urlopen(f"{options.server}/metrics", timeout=10) as answer:
        places = {"the log": Path(options.log).read_text(errors="replace"), "the metrics": answer.read().decode()}
    for place, text in places.items():
        for name, word in CANARIES.items():
            line = next((line for line in text.splitlines() if word in line), "")
            checks.that(f"A48 {place} has no {name}", not line, line[:300])
        checks.that(f"A48 {place} has no token", token not in text, "the administrator's token")


async def pile_says(options, words):
    address = options.server.replace("http://", f"ws://{options.pile}:{options.password}@") + f"/ocpp/{options.pile}"
    async with websockets.connect(address, subprotocols=["ocpp1.6"]) as link:
        for n, word in enumerate(words):
            for say in (f'"Authorize",{{"idTag":"{word[:20]}"}}', f'"DataTransfer",{{"vendorId":"v","data":"{word}"}}', f'"Nonsense{n}",{{"{word}":1}}'):
                await link.send(f'[2,"c{n}",{say}]')
                await asyncio.wait_for(link.recv(), 10)
    wrong = address.replace(options.password, words[-1])
    try:
        async with websockets.connect(wrong, subprotocols=["ocpp1.6"]):
            pass
    except websockets.exceptions.WebSocketException:
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--server", "--log", "--pile", "--password"):
        parser.add_argument(name, required=True)
    parser.add_argument("--process", type=int, required=True)
    parser.add_argument("--messages", type=int, default=4_000)
    options = parser.parse_args()
    if not Path("/proc/self/status").exists():
        sys.exit("this looks into /proc, which is not here")
    checks = Checks("attacks")
    a36(checks, options)
    a10(checks, options)
    a48(checks, options)
    checks.close()


if __name__ == "__main__":
    main()
