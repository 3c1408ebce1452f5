"""A line between the server and PostgreSQL that is cut where it hurts: a commit was sent, and its answer never comes.

    cut.py --listen PORT --to URL --cuts N --seed S --begin FILE

Everything passes until the file is there. From then on, now and then, a COMMIT (or a statement that is a
transaction by itself) is passed on and both ends are closed before its answer; half of the time at once, so that the
database may not have read it, half of the time after a while, so that it surely has. The server cannot tell which.
"""

import argparse
import asyncio
import os
import random
import struct
import urllib.parse

SSL_REQUEST = 80877103


class Speech:
    """What the server says on one connection, cut into messages: when does a transaction end with what it says?"""

    def __init__(self):
        self.rest, self.greeted, self.open, self.writes, self.portal = b"", False, False, {}, False

    def ends(self, data):
        """Whether these bytes hold the end of a transaction that wrote."""
        self.rest += data
        found = False
        while True:
            head = 1 if self.greeted else 0
            if len(self.rest) < head + 4:
                return found
            (length,) = struct.unpack_from("!i", self.rest, head)
            if len(self.rest) < head + length:
                return found
            message, self.rest = self.rest[: head + length], self.rest[head + length :]
            if not self.greeted:
                self.greeted = struct.unpack_from("!i", message, 4)[0] != SSL_REQUEST
            else:
                found |= self.heard(message[:1], message[5:])

    def heard(self, kind, body):
        if kind == b"Q":
            word = body.rstrip(b"\0").strip().upper()
            was_open, self.open = self.open, word.startswith(b"BEGIN") or (self.open and not word.startswith((b"COMMIT", b"ROLLBACK")))
            return was_open and word.startswith(b"COMMIT")
        if kind == b"P":
            name, text = body.split(b"\0")[:2]
            self.writes[name] = any(word in text.upper() for word in (b"INSERT ", b"UPDATE ", b"DELETE "))
        elif kind == b"B":
            self.portal = self.writes.get(body.split(b"\0")[1], False)
        elif kind == b"E":
            return self.portal and not self.open
        return False


class Line:
    def __init__(self, options):
        url = urllib.parse.urlparse(options.to)
        query = urllib.parse.parse_qs(url.query)
        self.host, self.port = url.hostname or query.get("host", ["127.0.0.1"])[0], url.port or 5432
        self.begin, self.left, self.cuts, self.random = options.begin, options.cuts, options.cuts, random.Random(options.seed)
        self.not_before = 0.0

    def is_due(self):
        now = asyncio.get_running_loop().time()
        if self.left == 0 or now < self.not_before or not os.path.exists(self.begin):
            return False
        # Time for the server to come back and to write something before it is cut again.
        self.not_before = now + self.random.uniform(0.05, 0.4)
        self.left -= 1
        if self.left % 10 == 0:
            print(f"{self.cuts - self.left} of {self.cuts} cuts", flush=True)
        return True

    async def serve(self, reader, writer):
        try:
            up_reader, up_writer = await asyncio.open_connection(self.host, self.port)
        except OSError:
            writer.close()
            return
        back = asyncio.create_task(self.back(up_reader, writer))
        speech = Speech()
        try:
            while data := await reader.read(1 << 16):
                if speech.ends(data) and self.is_due():
                    back.cancel()
                    up_writer.write(data)
                    if self.random.random() < 0.5:
                        await asyncio.sleep(self.random.uniform(0.005, 0.05))
                    break
                up_writer.write(data)
                await up_writer.drain()
        except ConnectionError:
            pass
        back.cancel()
        for end in (up_writer, writer):
            end.close()

    async def back(self, reader, writer):
        try:
            while data := await reader.read(1 << 16):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        writer.close()


async def run(options):
    line = Line(options)
    server = await asyncio.start_server(line.serve, "127.0.0.1", options.listen)
    async with server:
        await server.serve_forever()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listen", type=int, required=True)
    parser.add_argument("--to", required=True)
    parser.add_argument("--cuts", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--begin", required=True)
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
