"""The backup place is full while money comes in: what people are told, what goes on, and what is there afterwards.

    full.py --server PID --program PROGRAM --place FOLDER --work FOLDER --into OPTIONS-OF-NSENTER
"""

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "e2e"))

from checks import Api, Checks  # noqa: E402

FEN, PATIENCE_S = 1_234, 45


class Story:
    def __init__(self, options):
        self.options, self.checks = options, Checks("full")
        self.api = Api(os.environ["PILEOPS_SERVER"], os.environ["PILEOPS_TOKEN"])
        # Only the server sees what is mounted there; through it everybody does.
        self.place = Path(f"/proc/{options.server}/root{options.place}")
        self.count = 0

    def until(self, what, holds):
        begun = time.monotonic()
        while time.monotonic() - begun < PATIENCE_S:
            if holds():
                return self.checks.that(what, True)
            time.sleep(0.2)
        return self.checks.that(what, False, f"not within {PATIENCE_S} s: {json.dumps(self.status(), ensure_ascii=False)[:600]}")

    def status(self):
        return self.api.get("/backup")

    def top_up(self):
        self.count += 1
        change = {"kind": "top_up", "amount_fen": FEN, "reason": "现场充值", "request_id": f"top-up-{self.count:04}"}
        self.api.post(f"/customers/{self.customer}/wallet-changes", change)

    def purse(self):
        return self.api.get(f"/customers/{self.customer}/wallet")["principal_fen"]

    def backup(self):
        """Asks for a full backup; how it ended."""
        run = self.api.post("/backups", None)["id"]
        for _ in range(PATIENCE_S * 5):
            found = [one for one in self.api.get("/jobs/backup_run/runs", limit=20)["items"] if one["id"] == run and one["state"] != "running"]
            if found:
                return found[0]
            time.sleep(0.2)
        sys.exit("the backup does not end")

    def fulls(self):
        folder = self.place / "fulls"
        return {one.name: one.stat().st_size for one in folder.iterdir()} if folder.is_dir() else {}

    def fill(self):
        filler = self.place / "filler"
        with open(filler, "wb", buffering=0) as file:
            for piece in (1 << 20, 1 << 12, 1):
                try:
                    while file.write(b"x" * piece) == piece:
                        pass
                except OSError:
                    continue
        return filler

    def inside(self, *arguments):
        command = ["nsenter", "--target", str(self.options.server), *self.options.into.split(), self.options.program, *arguments]
        return subprocess.run(command, capture_output=True, text=True)

    def tell(self):
        api, checks = self.api, self.checks
        self.customer = api.post("/customers", {"name": "备份演练", "phone": "13900000001", "kind": "person"})["id"]
        self.top_up()
        self.until("the first full backup is made by itself", lambda: len(self.fulls()) > 0 and self.status()["problem"] is None)
        before = self.fulls()

        filler = self.fill()
        for _ in range(3):
            self.top_up()
        checks.equal("money comes in while the place is full", self.purse(), FEN * self.count)
        run = self.backup()
        checks.equal("a full backup fails", run["state"], "failed")
        words = run["message"] or {"zh": "", "en": ""}
        checks.that("it is said why", "备份地" in words["zh"] and "剩余空间" in words["zh"], words)
        checks.that("in English too", "free space" in words["en"] and "No space left" in words["en"], words)
        checks.equal("nothing stands there that is no backup", self.fulls(), before)
        self.until("the page says what is wrong", lambda: self.status()["problem"] is not None and self.status()["waiting_count"] > 0)
        self.top_up()
        checks.equal("and money still comes in", self.purse(), FEN * self.count)

        filler.unlink()
        self.until("what waited is brought there by itself", lambda: self.status()["problem"] is None and self.status()["waiting_count"] == 0)
        checks.equal("and a full backup is made", self.backup()["state"], "done")
        checks.equal("there is one more", len(self.fulls()), len(before) + 1)
        self.top_up()
        self.until("the last one is there", lambda: self.status()["waiting_count"] == 0 and self.status()["lag_ms"] < 5_000)
        time.sleep(4)
        self.restored()

    def restored(self):
        checks, data = self.checks, Path(self.options.work) / "restored"
        verified = self.inside("backup", "verify", "--json")
        checks.that("what is there agrees with itself", verified.returncode == 0 and json.loads(verified.stdout)["passed"], verified.stdout + verified.stderr)
        made = self.inside("restore", "--data", str(data))
        checks.that("it restores", made.returncode == 0, made.stdout + made.stderr)
        conn = sqlite3.connect(f"file:{data / 'pileops.db'}?mode=ro", uri=True)
        posted = conn.execute("SELECT COUNT(*), COALESCE(SUM(fen), 0) FROM posting WHERE code = 'top_up'").fetchone()
        checks.equal("every fen that was acknowledged is there, once", posted, (self.count, FEN * self.count))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", type=int, required=True)
    for name in ("--program", "--place", "--work", "--into"):
        parser.add_argument(name, required=True)
    story = Story(parser.parse_args())
    story.tell()
    story.checks.close()


if __name__ == "__main__":
    main()
