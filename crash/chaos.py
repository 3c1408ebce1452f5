"""Breaks what a running platform stands on, one thing after the other, while piles charge, and looks at what the piles,
the probes and the people are told meanwhile.

    chaos.py --data FOLDER --server PROGRAM --sim PROGRAM [--database URL] [--seed N] [--rounds N] [--only FAULT,…]

After each fault: the server recovers by itself within RECOVERY_S, and takes records of the piles again. During it:
whoever signs in with the right password or asks for a list is served, or told (503) which part of ours does not answer, in
both languages, and within PATIENCE_S; never a 401, never "wrong password". At the end every record that a pile saw
acknowledged is held against the orders, as after a crash.
"""

import argparse
import json
import os
import random
import resource
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from certificates import Pile, Receiver
from world import ACCOUNT, PASSWORD, RECOVERY_S, ROOT, SECRET, World

# The world says where it lies.
from checks import Checks  # isort: skip

FEN = 1_234
SHARED = ("kill", "freeze", "network_dead", "network_cut", "files", "disk", "clock", "certificate")
FAULTS = {"sqlite": (*SHARED, "locked"), "postgres": ("kill", "freeze", "network_dead", "network_cut", "files", "clock", "certificate", "database_stopped", "database_killed", "database_slow", "database_cut")}
# What a pile says of a certificate, and what must be said of it to people: in Chinese, in English, by `pileops doctor`.
WRONG = {
    "ended": ("certificate has expired", "过期", "expired", "bad"),
    "not_begun": ("certificate is not yet valid", "尚未生效", "not valid yet", "bad"),
    "of_another": ("not valid for 'localhost'", "不是签发给", "not made out to", "doubt"),
}
# What must not be heard while the fault is ours.
FALSE_WORDS = ("密码不正确", "账号或密码", "wrong password", "password is wrong", "未登录", "not signed in")


class Chaos:
    def __init__(self, world, checks, dice):
        self.world, self.checks, self.dice, self.figures = world, checks, dice, []

    def heard(self, fault):
        """What people are told while it lasts. Where the fault takes the server itself, nothing can be told."""
        world = self.world

        def ask(language, method, path, body, cookie):
            begun = time.monotonic()
            status, text, _ = world.ask(method, path, body, language, cookie)
            return f"{fault}: {method} {path} ({language})", language, status, text, time.monotonic() - begun

        asked = [
            (language, *one)
            for language in ("zh-CN", "en")
            for one in (("POST", "/session", {"account": ACCOUNT, "password": SECRET}, None), ("GET", "/orders?limit=5", None, world.cookie))
        ]
        with ThreadPoolExecutor(len(asked)) as pool:
            for what, language, status, text, took in pool.map(lambda one: ask(*one), asked):
                self.checks.that(what, status in (200, 503), f"{status} after {took:.1f} s: {text[:200]}")
                self.checks.that(f"{what} says nothing false", not any(word in text for word in FALSE_WORDS), text[:200])
                if status == 503:
                    part = "数据库" if language == "zh-CN" else "database"
                    self.checks.that(f"{what} names the part", part in text, text[:200])

    def paid_in(self, request_id, language="zh-CN"):
        """Somebody pays at the desk; the same number is the same money."""
        change = {"kind": "top_up", "amount_fen": FEN, "reason": "现场充值", "request_id": request_id}
        return self.world.ask("POST", f"/customers/{self.world.customer}/wallet-changes", change, language, token=self.world.api.token)[:2]

    def purse(self):
        return self.world.api.get(f"/customers/{self.world.customer}/wallet")["principal_fen"]

    def probes(self, fault, ready):
        begun = time.monotonic()
        status, _ = self.world.probe("/readyz")
        took = time.monotonic() - begun
        self.checks.that(f"{fault}: readyz tells the truth", status == ready, f"{status}, should be {ready}")
        self.checks.that(f"{fault}: readyz answers", took < 3.5, f"{took:.1f} s")
        self.checks.that(f"{fault}: metrics answer", self.world.probe("/metrics")[0] == 200, "no metrics")
        self.checks.that(f"{fault}: the process lives", self.world.probe("/healthz")[0] == 200, "no healthz")

    def recovered(self, fault, begun):
        """Ready again, and taking records again, by itself."""
        world = self.world
        ready = world.until(lambda: world.probe("/readyz")[0] == 200, RECOVERY_S)
        before = world.acknowledged()
        takes = world.until(lambda: world.acknowledged() > before + 5, RECOVERY_S)
        healed = time.monotonic() - begun
        self.checks.that(f"{fault}: ready again within {RECOVERY_S} s", ready is not None, "not ready")
        self.checks.that(f"{fault}: takes records again within {RECOVERY_S} s", takes is not None, "no records")
        status, text, cookie = world.ask("POST", "/session", {"account": ACCOUNT, "password": SECRET})
        self.checks.that(f"{fault}: people sign in again", status == 200, f"{status} {text[:200]}")
        world.cookie = cookie or world.cookie
        self.figures.append((fault, healed))
        print(f"{fault}: back after {healed:.1f} s, {world.acknowledged()} records acknowledged", flush=True)

    # --- the faults ------------------------------------------------------------------------------

    def kill(self):
        self.world.server.kill()
        self.world.server.wait()
        begun = time.monotonic()
        self.world.start()
        self.recovered("kill", begun)

    def freeze(self):
        self.world.server.send_signal(signal.SIGSTOP)
        time.sleep(self.dice.uniform(4, 7))
        self.world.server.send_signal(signal.SIGCONT)
        self.recovered("freeze", time.monotonic())

    def network(self, mood):
        for line in (self.world.to_piles, self.world.to_ykc):
            line.become(mood)
        time.sleep(self.dice.uniform(3, 6))
        self.heard(f"network_{mood}")
        self.probes(f"network_{mood}", 200)
        # A dead line is dead for good: what was on it ends, and piles come by another.
        for line in (self.world.to_piles, self.world.to_ykc):
            line.become("cut")
            time.sleep(0.2)
            line.become("open")
        self.recovered(f"network_{mood}", time.monotonic())

    def network_dead(self):
        self.network("dead")

    def network_cut(self):
        self.network("cut")

    def files(self):
        """No file and no connection can be opened any more."""
        pid = self.world.server.pid
        _, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        soft = len(os.listdir(f"/proc/{pid}/fd"))
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (soft, hard))
        # Those who are connected are served; newcomers wait.
        before = self.world.acknowledged()
        time.sleep(4)
        self.checks.that("files: piles that are connected go on", self.world.acknowledged() > before, "no records")
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (hard, hard))
        begun = time.monotonic()
        self.heard("files, after")
        self.recovered("files", begun)

    def disk(self):
        """No file grows any more, as on a disk that is full."""
        pid = self.world.server.pid
        folder = self.world.data / "data"
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, hard))
        held, number = self.purse(), f"disk-{time.monotonic_ns()}"
        try:
            time.sleep(1)
            before = self.world.acknowledged()
            self.heard("disk")
            self.probes("disk", 503)
            for language, part in (("zh-CN", "数据库"), ("en", "database")):
                status, text = self.paid_in(number, language)
                self.checks.that(f"disk: money that cannot be kept is not taken ({language})", status == 503 and part in text, f"{status} {text[:200]}")
            time.sleep(2)
            # Nothing can be kept, so nothing may be acknowledged.
            self.checks.that("disk: nothing is acknowledged that cannot be kept", self.world.acknowledged() <= before + 2, f"{self.world.acknowledged() - before} records")
        finally:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))
        self.recovered("disk", time.monotonic())
        self.checks.equal("disk: nothing of it was kept", self.purse(), held)
        for _ in range(2):
            status, text = self.paid_in(number)
            self.checks.that("disk: afterwards it is taken", status in (200, 201), f"{status} {text[:200]}")
        self.checks.equal("disk: once", self.purse(), held + FEN)
        assert folder.exists()

    def clock(self):
        """The machine's clock is set ahead and behind, by less than a session may be idle."""
        if not self.world.options.faketime:
            print("clock: not tried, there is no libfaketime", flush=True)
            return
        for step in ("+20m", "-20m", "+0"):
            self.world.clock.write_text(f"{step}\n")
            time.sleep(2)
            self.heard(f"clock {step}")
            self.probes(f"clock {step}", 200)
        self.recovered("clock", time.monotonic())

    def certificate(self):
        """The certificate of our own door, and that of whom we tell things: ended, not begun, another's."""
        world = self.world
        if not world.certificates:
            print("certificate: not tried, there is no openssl", flush=True)
            return
        receiver = Receiver(world.certificates)
        hook = {"url": receiver.url, "events": ["feedback.created"], "operator_id": None, "timeout_s": 5}
        channel = world.api.post("/channels", {"name": f"chaos {receiver.server_address[1]}", "enabled": True, "secret": "whsec-0123456789abcdef", "webhook": hook})["id"]
        before = self.pile()
        self.checks.that("certificate: what ends soon is told in good time", self.shows("ends_soon", None) and self.found("ends_soon", "doubt", "还有"), "not told")
        for kind, (refusal, zh, en, verdict) in WRONG.items():
            what = f"certificate {kind}"
            self.checks.that(f"{what}: the door shows it without a restart", self.shows(kind, refusal), "it does not")
            receiver.show(kind)
            acknowledged = world.acknowledged()
            told = world.api.post(f"/channels/{channel}/check", {})["message"] or {}
            self.checks.that(f"{what}: the webhook says why", zh in told.get("zh", "") and en in told.get("en", ""), told)
            self.checks.that(f"{what}: doctor says it", self.found(kind, verdict, zh), "it does not")
            self.heard(what)
            self.probes(what, 200)
            self.checks.that(f"{what}: a link that was there goes on", before.is_heard(), "it has ended")
            going = world.until(lambda: world.acknowledged() > acknowledged + 5, RECOVERY_S)
            self.checks.that(f"{what}: the other piles go on", going is not None, "no records")
        world.api.post("/feedback", {"request_id": f"chaos-{receiver.server_address[1]}", "source": "phone", "kind": "complaint", "category": "slow", "content": "慢", "phone": "13812345678"})
        time.sleep(3)
        self.checks.that("certificate: nothing is told to whom nobody can know", "feedback.created" not in receiver.got, "it was told")
        begun = time.monotonic()
        receiver.show("good")
        self.checks.that("certificate: a new one is taken without a restart", self.shows("good", None), "it is not")
        self.pile().close()
        arrived = world.until(lambda: "feedback.created" in receiver.got, 3 * RECOVERY_S)
        self.checks.that("certificate: what waited arrives by itself", arrived is not None, "it does not")
        before.close()
        receiver.shutdown()
        self.recovered("certificate", begun)

    def pile(self):
        one = Pile(self.world.certificates, self.world.tls, "TLS-1", PASSWORD)
        self.checks.that("certificate: a pile over TLS is heard", one.is_heard(), "no answer")
        return one

    def shows(self, kind, refusal):
        """Whether the door shows this certificate after a while, and the figures tell its end."""
        world = self.world
        world.certificates.show(kind)
        ends = f"pileops_tls_certificate_end_seconds {world.certificates.ends(kind)}"

        def now():
            try:
                world.certificates.trust().wrap_socket(socket.create_connection(("127.0.0.1", world.tls), timeout=10), server_hostname="localhost").close()
                said = None
            except ssl.SSLError as why:
                said = str(why)
            return (said is None if refusal is None else refusal in (said or "")) and ends in world.probe("/metrics")[1]

        return world.until(now, RECOVERY_S) is not None

    def found(self, kind, verdict, words):
        """What `pileops doctor` finds of the door's certificate."""
        done = subprocess.run([self.world.options.server, "doctor", "--json", *self.world.arguments()], capture_output=True, text=True, env=self.world.environment())
        told = [one for one in json.loads(done.stdout)["findings"] if one["subject"]["zh"].startswith("TLS 证书")]
        return any(one["verdict"] == verdict and words in one["told"]["zh"] for one in told)

    def locked(self):
        """Another program has taken the database file for itself."""
        other = sqlite3.connect(self.world.data / "data" / "pileops.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        time.sleep(1)
        self.probes("locked", 503)
        self.heard("locked")
        other.execute("ROLLBACK")
        other.close()
        self.recovered("locked", time.monotonic())

    def processes(self):
        """Those of the database, the first one first."""
        parent = os.environ["PILEOPS_TEST_PG_PID"]
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", parent], capture_output=True, text=True).stdout.split()
        return [int(parent), *map(int, children)]

    def database_stopped(self):
        """The database's machine hangs: it is there and says nothing."""
        stopped = self.processes()
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        try:
            time.sleep(self.dice.uniform(1, 3))
            self.probes("database_stopped", 503)
            self.heard("database_stopped")
        finally:
            for pid in reversed(stopped):
                os.kill(pid, signal.SIGCONT)
        self.recovered("database_stopped", time.monotonic())

    def database_killed(self):
        """Every connection of the server is ended, as when the database is started again."""
        for pid in self.processes()[1:]:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                if b"pileops" in file.read():
                    os.kill(pid, signal.SIGTERM)
        self.heard("database_killed")
        self.recovered("database_killed", time.monotonic())

    def database_slow(self):
        self.world.to_database.become("slow")
        time.sleep(2)
        self.heard("database_slow")
        self.checks.that("database_slow: metrics answer", self.world.probe("/metrics")[0] == 200, "no metrics")
        self.world.to_database.become("open")
        self.recovered("database_slow", time.monotonic())

    def database_cut(self):
        self.world.to_database.become("cut")
        time.sleep(1)
        self.probes("database_cut", 503)
        self.heard("database_cut")
        self.world.to_database.become("open")
        self.recovered("database_cut", time.monotonic())


def count_up(world, checks, name, after):
    """The piles come back and deliver what they kept; then every record is looked for."""
    time.sleep(3)
    world.load.terminate()
    world.load.wait()
    purses = subprocess.run([sys.executable, "crash/purses.py", "--cards", str(world.options.piles), "--count"], env=world.told, cwd=ROOT, capture_output=True, text=True)
    print(purses.stdout + purses.stderr, end="", flush=True)
    checks.that("the purses have paid", purses.returncode == 0, purses.stderr)
    orders = world.data / "orders.json"
    orders.write_text(world.program("order", "list", "--json"))
    world.server.terminate()
    world.server.wait()
    verified = subprocess.run([world.options.server, "verify", *world.arguments()], capture_output=True, text=True)
    checks.that("what is stored agrees with itself", verified.returncode == 0, verified.stdout[-500:] + verified.stderr[-500:])
    judged = subprocess.run([sys.executable, "crash/check.py", "--name", name, "--witness", str(world.witness), "--orders", str(orders), "--after", after], cwd=ROOT)
    checks.that("nothing that was acknowledged is lost, doubled or wrong", judged.returncode == 0, "see above")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--data", "--server", "--sim"):
        parser.add_argument(name, required=True)
    parser.add_argument("--database")
    parser.add_argument("--faketime", default="")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--piles", type=int, default=16)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    kind = "postgres" if options.database else "sqlite"
    dice = random.Random(options.seed)
    world, checks = World(options), Checks(f"chaos-{kind}")
    wanted = options.only.split(",") if options.only else list(FAULTS[kind])
    try:
        world.furnish()
        if world.until(lambda: world.acknowledged() > 20, RECOVERY_S) is None:
            sys.exit("the piles do not charge")
        chaos = Chaos(world, checks, dice)
        for _ in range(options.rounds):
            dice.shuffle(wanted)
            for fault in wanted:
                getattr(chaos, fault)()
                time.sleep(dice.uniform(0.5, 1.5))
        count_up(world, checks, f"chaos-{kind}", f"{len(chaos.figures)} faults")
        slowest = max(chaos.figures, key=lambda one: one[1])
        print(f"chaos-{kind}: seed {options.seed}, {len(chaos.figures)} faults, the slowest recovery {slowest[1]:.1f} s ({slowest[0]})")
    finally:
        world.close()
    checks.close()


if __name__ == "__main__":
    main()
