"""A platform under small load, with lines to break in front of it and behind it: what chaos.py breaks things in."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "crash"), str(ROOT / "e2e")]

from certificates import Certificates  # noqa: E402
from checks import Api  # noqa: E402
from lines import Lines  # noqa: E402

RECOVERY_S, PATIENCE_S = 30, 25
PASSWORD, ACCOUNT, SECRET = "chaos-pile-password-0123", "chaos.desk", "Correct-Horse-9"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class World:
    """A server under small load, with lines to break in front of it and behind it."""

    def __init__(self, options):
        self.options, self.data = options, Path(options.data)
        self.http, self.ykc, self.tls = free_port(), free_port(), free_port()
        self.certificates = Certificates(self.data / "certificates") if shutil.which("openssl") else None
        self.lines = Lines()
        self.to_piles, self.to_ykc = self.lines.add("127.0.0.1", self.http), self.lines.add("127.0.0.1", self.ykc)
        self.to_database, self.url = None, options.database
        if options.database:
            url = urllib.parse.urlparse(options.database)
            self.to_database = self.lines.add(url.hostname, url.port)
            user = f"{url.netloc.rsplit('@', 1)[0]}@" if "@" in url.netloc else ""
            self.url = url._replace(netloc=f"{user}127.0.0.1:{self.to_database.listens_at}").geturl()
        self.base = f"http://127.0.0.1:{self.http}"
        self.server = self.load = None
        self.clock = self.data / "clock"
        self.log = open(self.data / "server.log", "ab")

    def arguments(self):
        return ["--data", str(self.data / "data"), *(["--database-url", self.url] if self.url else [])]

    def environment(self):
        mine = dict(os.environ)
        if self.certificates:
            chain, key = self.certificates.door
            mine |= {"PILEOPS_TLS_LISTEN": f"127.0.0.1:{self.tls}", "PILEOPS_TLS_CERTIFICATE_FILE": str(chain), "PILEOPS_TLS_KEY_FILE": str(key)}
            # The receiver of webhooks is on this machine, and only this run trusts who signed for it.
            mine |= {"PILEOPS_PUBLIC_URL": f"https://localhost:{self.tls}", "PILEOPS_OUTBOUND_ALLOW": "127.0.0.1", "SSL_CERT_FILE": str(self.certificates.root)}
        if self.options.faketime:
            if not self.clock.exists():
                self.clock.write_text("+0\n")
            mine |= {"LD_PRELOAD": self.options.faketime, "FAKETIME_TIMESTAMP_FILE": str(self.clock), "FAKETIME_NO_CACHE": "1", "DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        return mine

    def start(self):
        # Python ignores SIGXFSZ, and what it starts does so too: a write beyond the limit fails, as on a full disk.
        # The log goes through a pipe: what fills the disk must not silence what is said of it.
        self.server = subprocess.Popen(
            [self.options.server, "serve", *self.arguments(), "--listen", f"127.0.0.1:{self.http}", "--ykc-listen", f"127.0.0.1:{self.ykc}"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, restore_signals=False, env=self.environment(),
        )
        subprocess.Popen(["cat"], stdin=self.server.stdout, stdout=self.log)
        self.server.stdout.close()
        return self.until(lambda: self.probe("/readyz")[0] == 200, RECOVERY_S)

    def until(self, holds, seconds):
        """How long it took, or nothing."""
        begun = time.monotonic()
        while time.monotonic() - begun < seconds:
            if holds():
                return time.monotonic() - begun
            time.sleep(0.1)
        return None

    def program(self, *arguments):
        return subprocess.run([self.options.server, *arguments], check=True, capture_output=True, text=True, env=self.told).stdout

    def furnish(self):
        said = subprocess.run([self.options.server, "token", "add", "chaos", *self.arguments()], check=True, capture_output=True, text=True).stdout
        token = next(word for word in said.split() if word.startswith("pop_"))
        self.told = {**os.environ, "PILEOPS_TOKEN": token, "PILEOPS_SERVER": self.base}
        self.api = Api(self.base, token)
        if self.start() is None:
            sys.exit("the server does not start")
        station, dear = (
            subprocess.run([sys.executable, "e2e/furnish.py", *more], check=True, capture_output=True, text=True, env=self.told, cwd=ROOT).stdout.strip()
            for more in ([], ["--times", "60"])
        )
        piles, ykc = self.options.piles, self.options.piles // 2
        for n in range(1, piles + 1):
            self.program("pile", "add", f"CRASH{n:06}", "--protocol", "ocpp1.6", "--password", PASSWORD, "--station", dear)
            self.program("card", "add", f"CARD{n:06}", "--status", "accepted")
        for n in range(1, ykc + 1):
            self.program("pile", "add", f"99010600{n:06}", "--protocol", "ykc1.6", "--station", station)
            self.program("card", "add", f"CA{n:06}", "--status", "accepted")
        self.program("pile", "add", "TLS-1", "--protocol", "ocpp1.6", "--password", PASSWORD, "--station", station)
        subprocess.run([sys.executable, "crash/purses.py", "--cards", str(piles)], check=True, env=self.told, cwd=ROOT, stdout=subprocess.DEVNULL)
        self.customer = self.api.post("/customers", {"name": "窗口充值", "phone": "13700000001", "kind": "person"})["id"]
        made = self.api.post("/staff", {"account": ACCOUNT, "name": "值班", "role": "viewer"})
        self.own_password(made["password"])
        self.witness = self.data / "witness.jsonl"
        self.load = subprocess.Popen(
            [self.options.sim, "load", "--mode", "crash", "--server", f"ws://127.0.0.1:{self.to_piles.listens_at}/ocpp", "--piles", str(piles),
             "--prefix", "CRASH", "--tag-prefix", "CARD", "--password", PASSWORD, "--warmup", "0", "--seconds", "86400", "--patience", "2",
             "--ykc", f"127.0.0.1:{self.to_ykc.listens_at}", "--ykc-piles", str(ykc), "--ykc-prefix", "99010600", "--witness", str(self.witness)],
            stdout=open(self.data / "load.log", "wb"), stderr=subprocess.STDOUT,
        )

    def own_password(self, given):
        """What somebody else has given is changed first, as a person does."""
        status, _, cookie = self.ask("POST", "/session", {"account": ACCOUNT, "password": given})
        assert status == 200, status
        status, text, _ = self.ask("PUT", "/session/password", {"current_password": given, "new_password": SECRET}, cookie=cookie)
        assert status == 204, text
        self.cookie = self.ask("POST", "/session", {"account": ACCOUNT, "password": SECRET})[2]

    def ask(self, method, path, body=None, language="zh-CN", cookie=None, token=None):
        """Status (0: nothing came in time), text, cookie."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.base}/api/v1{path}", data, method=method)
        for name, value in (("Accept-Language", language), ("X-Requested-With", "pileops"), ("Content-Type", "application/json"), ("Cookie", cookie), ("Authorization", token and f"Bearer {token}")):
            if value:
                request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                return answer.status, answer.read().decode(), (answer.headers.get("Set-Cookie") or "").split(";")[0]
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace"), ""
        except OSError as why:
            return 0, str(why), ""

    def probe(self, path, seconds=4):
        try:
            with urllib.request.urlopen(self.base + path, timeout=seconds) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""
        except OSError:
            return 0, ""

    def acknowledged(self):
        try:
            return self.witness.read_bytes().count(b"\n")
        except FileNotFoundError:
            return 0

    def close(self):
        for process in (self.load, self.server):
            if process and process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
                process.wait()
