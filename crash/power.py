"""Proves from a trace of system calls that nothing is acknowledged before it is on the disk.

    power.py --trace FILE... --port PORT

For each call of a pile that changes something: between the moment at which its last byte was read from the socket
and the moment at which its answer was given to the socket, its own bytes must have been written to the database's log,
and an fdatasync of that log must have begun after that writing and ended before the answer. What a power cut takes,
nobody has been promised then.
"""

import argparse
import bisect
import re
import sys
from collections import Counter, defaultdict

KEPT = {"StartTransaction", "StopTransaction", "MeterValues", "StatusNotification"}
LOGS = ("-wal", "/pg_wal/")
# So much of a call is looked for in the log: it names the pile's transaction and moment.
LOOKED_FOR = 160
LINE = re.compile(r"^(\d+)\s+(\d+\.\d+)\s+(.*)$")
ENTRY = re.compile(r"^(\w+)\((\d+)<((?:->|[^>])*)>(?:,\s*(?:\"((?:\\x[0-9a-f]{2})*)\"|\[(.*?)\]))?")
RESUMED = re.compile(r"^<\.\.\. (\w+) resumed>(.*)$")
RESULT = re.compile(r"= (-?\d+)(?:<.*>)?(?: \w+ \(.*\))?(?: <(\d+\.\d+)>)?$")
VECTOR = re.compile(r"iov_base=\"((?:\\x[0-9a-f]{2})*)\"")


def plain(hexed):
    return bytes.fromhex(hexed.replace("\\x", ""))


def shown(what):
    """What a descriptor is: paths come as hexadecimal digits, sockets in words."""
    return plain(re.match(r"(?:\\x[0-9a-f]{2})*", what)[0]).decode(errors="replace") or what


def calls(path):
    """Whole system calls: name, what the descriptor is, its data, when it began and when it had ended."""
    begun = {}
    with open(path, encoding="ascii", errors="replace") as file:
        for line in file:
            match = LINE.match(line.rstrip("\n"))
            if not match:
                continue
            thread, at, text = match[1], float(match[2]), match[3]
            resumed = RESUMED.match(text)
            if resumed:
                if thread not in begun:
                    continue
                since, head = begun.pop(thread)
                text, ended = head + resumed[2], at
            elif text.endswith("<unfinished ...>"):
                begun[thread] = (at, text[: -len("<unfinished ...>")].rstrip())
                continue
            else:
                since, ended = at, None
            entry, result = ENTRY.match(text), RESULT.search(text)
            if not entry or not result or int(result[1]) < 0:
                continue
            ended = ended if ended is not None else since + float(result[2] or 0)
            if entry[4] is not None:
                data = plain(entry[4])
            else:
                data = b"".join(plain(part) for part in VECTOR.findall(text))
            yield entry[1], shown(entry[3]), data[: int(result[1])], since, ended


class Stream:
    """One direction of a WebSocket: bytes in, texts out, each with the moment of the bytes that completed it."""

    def __init__(self):
        self.rest, self.greeted = b"", False

    def feed(self, data, at):
        self.rest += data
        if not self.greeted:
            head, found, rest = self.rest.partition(b"\r\n\r\n")
            if not found:
                return
            self.rest, self.greeted = rest, True
        while len(self.rest) >= 2:
            length, place = self.rest[1] & 127, 2
            if length == 126:
                length, place = int.from_bytes(self.rest[2:4], "big"), 4
            elif length == 127:
                length, place = int.from_bytes(self.rest[2:10], "big"), 10
            mask = b""
            if self.rest[1] & 128:
                mask, place = self.rest[place : place + 4], place + 4
            if len(self.rest) < place + length:
                return
            body, kind = self.rest[place : place + length], self.rest[0] & 15
            self.rest = self.rest[place + length :]
            if mask:
                body = bytes(byte ^ mask[number % 4] for number, byte in enumerate(body))
            if kind == 1:
                yield body, at


class Trace:
    def __init__(self, port):
        self.local = re.compile(rf"TCP:\[[^\]]*:{port}->(.*?)\]")
        self.heard, self.said = defaultdict(Stream), defaultdict(Stream)
        # By connection and message number; the log's writings and syncs in the order of their beginnings.
        self.asked, self.answered, self.written, self.synced = {}, {}, [], []

    def take(self, name, what, data, since, ended):
        peer = self.local.search(what)
        if peer and name in ("recvfrom", "read", "recvmsg", "readv"):
            for text, at in self.heard[peer[1]].feed(data, ended):
                found = re.match(rb'\[2,"(\d+)","(\w+)"', text)
                if found:
                    self.asked[(peer[1], found[1])] = (found[2].decode(), text, at)
        elif peer:
            for text, at in self.said[peer[1]].feed(data, since):
                found = re.match(rb'\[3,"(\d+)"', text)
                if found:
                    self.answered.setdefault((peer[1], found[1]), at)
        elif any(log in what for log in LOGS):
            if name in ("fdatasync", "fsync"):
                self.synced.append((since, ended))
            elif name.startswith(("pwrite", "write")):
                self.written.append((since, ended, data))

    def judge(self):
        self.written.sort(key=lambda row: row[0])
        self.synced.sort()
        begins = [row[0] for row in self.written]
        verdicts, kinds = Counter(), Counter()
        for key, answered in self.answered.items():
            if key not in self.asked or self.asked[key][0] not in KEPT:
                continue
            kind, text, asked = self.asked[key]
            kinds[kind] += 1
            verdict = self.verdict(text[:LOOKED_FOR], asked, answered, begins)
            verdicts[verdict] += 1
            if verdict.startswith("FAILED") and verdicts[verdict] <= 5:
                print(f"{verdict}: {text[:100].decode(errors='replace')} read at {asked:.6f}, answered at {answered:.6f}")
        return verdicts, kinds

    def verdict(self, wanted, asked, answered, begins):
        """How far the proof goes for a call."""
        any_written = False
        for since, ended, data in self.written[bisect.bisect_left(begins, asked) : bisect.bisect_right(begins, answered)]:
            # The first sync that began when the writing was over.
            at = bisect.bisect_left(self.synced, (ended, 0.0))
            synced = any(end <= answered for _, end in self.synced[at : at + 3])
            any_written |= synced
            if synced and wanted in data:
                return "its bytes were synced"
        # A row that lies over the border of two pages is not found in one writing.
        return "something was synced" if any_written else "FAILED answered before a sync"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", required=True)
    parser.add_argument("--trace", nargs="+", required=True)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    trace = Trace(options.port)
    # One after the other would not do for a socket, but each socket is in one trace only.
    for path in options.trace:
        for call in calls(path):
            trace.take(*call)
    verdicts, kinds = trace.judge()
    whole = verdicts["its bytes were synced"]
    failed = sum(count for verdict, count in verdicts.items() if verdict.startswith("FAILED"))
    total = sum(verdicts.values())
    print(f"{options.name}: {total} calls answered ({', '.join(f'{count} {kind}' for kind, count in sorted(kinds.items()))})")
    print(f"{options.name}: the bytes of {whole} were found in the log and synced before the answer, of {verdicts['something was synced']} only that the log was; {len(trace.synced)} syncs")
    if total == 0 or whole < total * 0.8:
        print("FAILED too few calls were found in the log: the trace shows nothing")
        failed += 1
    print(f"{options.name}: {total - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
