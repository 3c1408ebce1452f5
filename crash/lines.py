"""Lines that can be slow, dead or cut: what lies between two programs on one machine, at the will of a test.

A line passes what comes to its port on to another. Its mood is one of
    open    everything passes, at once
    slow    everything passes, later
    dead    nothing passes and nobody is told, as behind a router that lost its power
    cut     whoever is connected is hung up on, and nobody gets through
"""

import asyncio
import threading


class Line:
    def __init__(self, lines, host, port, delay_s=0.15):
        self.lines, self.host, self.port, self.delay_s, self.mood = lines, host, port, delay_s, "open"
        self.writers = set()
        self.listens_at = None

    async def open(self):
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.listens_at = server.sockets[0].getsockname()[1]

    async def serve(self, reader, writer):
        if self.mood == "cut":
            writer.transport.abort()
            return
        try:
            up_reader, up_writer = await asyncio.open_connection(self.host, self.port)
        except OSError:
            writer.close()
            return
        self.writers |= {writer, up_writer}
        await asyncio.gather(self.carry(reader, up_writer), self.carry(up_reader, writer))
        self.writers -= {writer, up_writer}

    async def carry(self, reader, writer):
        try:
            while data := await reader.read(1 << 16):
                if self.mood == "slow":
                    await asyncio.sleep(self.delay_s)
                # What was on its way into a dead line is lost with the line: it ends in a hang-up, never in a gap.
                while self.mood == "dead":
                    await asyncio.sleep(0.05)
                if self.mood == "cut":
                    break
                writer.write(data)
                await writer.drain()
        except (ConnectionError, OSError):
            pass
        writer.close()

    def become(self, mood):
        """Called from outside the lines' own thread."""
        self.mood = mood
        if mood == "cut":
            self.lines.loop.call_soon_threadsafe(self.hang_up)

    def hang_up(self):
        for writer in list(self.writers):
            writer.transport.abort()


class Lines:
    """All lines of a run, in a thread of their own."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def add(self, host, port, **more):
        line = Line(self, host, port, **more)
        asyncio.run_coroutine_threadsafe(line.open(), self.loop).result(10)
        return line
