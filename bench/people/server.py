"""A server that is filled and furnished for a load: what people.py and storm.py share."""

import os
import re
import signal
import subprocess
import sys
import time

import psutil

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path += [os.path.join(ROOT, "e2e"), os.path.join(ROOT, "bench")]
from checks import Api, Person  # noqa: E402
from machine import free_port, run, say  # noqa: E402

PILEOPS, SIM = os.environ["PILEOPS_BIN"], os.environ["PILEOPS_SIM_BIN"]
GIVEN, PASSWORD, PILE_PASSWORD = "Handed-over-2083!", "Console-of-2083!", "bench-pile-password-0123"


class Server:
    """Fresh, with so many orders of the last months in it; on PostgreSQL in a database of its own."""

    def __init__(self, database, orders, data):
        self.data, self.database = data, []
        if database == "postgres":
            url, name = os.environ["PILEOPS_TEST_PG"], f"load_{time.time_ns()}"
            run([os.path.join(os.environ.get("PILEOPS_PG_BIN", ""), "psql"), url, "-qc", f"CREATE DATABASE {name}"])
            self.database = ["--database-url", url.rsplit("/", 1)[0] + "/" + name]
        if orders:
            where = ["--postgres", self.database[1]] if self.database else ["--sqlite", os.path.join(data, "pileops.db")]
            say(f"filling {orders:,} orders")
            # As dense as in two years with ten million.
            run([os.environ["PILEOPS_FILL_BIN"], *where, "--orders", str(orders), "--customers", str(max(1, orders // 10)), "--days", str(max(1, orders // 14_000))])
        token = run([PILEOPS, "token", "add", "load", "--data", data, *self.database])
        self.token = re.search(r"pop_[A-Za-z0-9_-]+", token).group()
        self.http, self.ykc = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
        self.api = Api(f"http://{self.http}", self.token)
        self.log = open(os.path.join(data, "server.log"), "ab")
        self.start()

    def start(self):
        self.process = subprocess.Popen([PILEOPS, "serve", "--data", self.data, *self.database, "--listen", self.http, "--ykc-listen", self.ykc], stdout=self.log, stderr=self.log)
        for _ in range(600):
            if self.process.poll() is not None:
                raise SystemExit(f"the server ended at its start: {open(self.log.name).read()[-2000:]}")
            try:
                self.api.get("/stations")
                break
            except OSError:
                time.sleep(0.1)
        # What is used of the processor: the server's, and its database's where that is another.
        self.measured = [psutil.Process(self.process.pid)]
        if self.database:
            self.measured.append(psutil.Process(int(os.environ["PILEOPS_TEST_PG_PID"])))

    def furnish(self, piles, people):
        env = {**os.environ, "PILEOPS_SERVER": f"http://{self.http}", "PILEOPS_TOKEN": self.token}
        station = run([sys.executable, os.path.join(ROOT, "e2e/furnish.py")], env=env).strip()
        tables = {"pile": ("code,protocol,password,station\n", lambda n: f"LOAD{n:06},ocpp1.6,{PILE_PASSWORD},{station}\n"), "card": ("tag,status\n", lambda n: f"LOADCARD{n:06},accepted\n")}
        for noun, (head, row) in tables.items():
            path = os.path.join(self.data, f"{noun}.csv")
            with open(path, "w") as file:
                file.write(head)
                file.writelines(row(number) for number in range(1, piles + 1))
            run([PILEOPS, noun, "import", path], env=env)
        for number in range(people):
            self.api.post("/staff", {"account": f"load{number:04}", "name": f"员工{number}", "role": "operations", "password": GIVEN})
            self.own(f"load{number:04}")

    def own(self, account):
        """The password that was given is changed by its owner, who may do nothing else before."""
        person = Person(f"http://{self.http}", account, GIVEN)
        person.ask("PUT", "/session/password", {"current_password": GIVEN, "new_password": PASSWORD})
        person.ask("DELETE", "/session")

    def piles(self, count, rate, seconds):
        command = [SIM, "load", "--server", f"ws://{self.http}/ocpp", "--mode", "open", "--piles", str(count), "--prefix", "LOAD", "--tag-prefix", "LOADCARD", "--password", PILE_PASSWORD, "--rate", str(rate), "--seconds", str(seconds), "--json"]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def used(self):
        """Seconds of the processor since its start, and resident bytes now, of the server and its database."""
        seconds = memory = 0
        for process in self.measured:
            for one in [process, *process.children(recursive=True)]:
                try:
                    times, mapped = one.cpu_times(), one.memory_info()
                except psutil.NoSuchProcess:
                    continue
                seconds += times.user + times.system
                memory += mapped.rss - getattr(mapped, "shared", 0) * (one.pid != self.process.pid)
        return seconds, memory

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()
