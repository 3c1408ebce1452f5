"""Piles of 云快充 played over plain sockets: captured and constructed frames of the protocol's
reference, whole, in pieces, glued together and with noise between. Replies are compared byte by
byte wherever the protocol leaves the platform no choice; the orders are read back from the API."""

import argparse
import socket
import struct
import time
from datetime import datetime, timedelta, timezone

import bill
from checks import Api, Checks

SAMPLE_PILE = "32010600019236"
CAPTURED_PILE = "20231212000010"
LAN_PILE = "01812000000005"
TWO_GUN_PILE = "32010600395600"
BMS_PILE = "18120000003627"

# S: captured or published. G: constructed for this pile. CRC low byte first unless told.
FRAMES = {
    "S1": "6822E80300010181200000000500021056312E342E312E35010000000000000000000104FC40",
    "S2": "683000000023181200000036270125065185339801601812000000362701601B380202DB19630259015F0600F11936023000EF21",
    # High byte first.
    "S3": "68A20046003B202312120000103232390000000000002023121200001001B03604116D0C17A08C09116D0C17F049020000000000000000000000"
    "0000D0FB0100000000000000000000000000B0AD0100000000000000000000000000905F010072060000720600007805000000000000000000000000"
    "720600007206000078050000000000000000000000000000000000000001A08C09116D0C1740000000000000000003E0",
    "S4": "6840BBBD0013202312120000100000000010057136003201060039560002030201940EF4035400000000000000004E5510002000C057010000000000606C010000009373",
    "S5": "6822001900012023121200001001011047562E393572313300898604D11722D034860602874E",
    "S6": "680C001900022023121200001000A155",
    "S8": "680D25D30003202312120000100100D1AC",
    "S9": "680D71AD0005202312120000100000222B",
    "S12": "680B000700092023121200001072ED",
    "S15": "681E000200330000000000001234567890123456789020231212000010010100411D",
    "S18": "683100160017320102000000001115111615553502602023121200001001000000000000000000000000000000000000000000BB78",
    "S19": "68200018001D202312120000010111511161555350262023121200001001000000005A23",
    "S20": "680C001100912023121200001001F203",
    "S21": "680C0300009320231212000010007E9B",
    "G1": "6822000000013201060001923600021056312E302E3000000089860400000000000001044ADB",
    "G2": "680C00000002320106000192360058B8",
    "G3": "680D01000003320106000192360100EB2E",
    "G4": "680D010000043201060001923601005AF4",
    "G5": "680D020000053201060001923600000F62",
    "G7": "680B0300000932010600019236EF6E",
    "G8": "685E0300000A320106000192360100C0D40100409C0000A0860100409C000070110100409C000030750000409C0000000303030303030303030303"
    "03030302020202010101010202020202020000000002020202010101010101020203030303860C",
    "G10": "684004000013000000000000000000000000000000003201060001923601020100000000000000000000000000000000000000000000000000000000000000000000D245",
    "G11": "684005000013320106000192360126071510300000013201060001923601030001AC0F51044B000000000000000037501F002A009D7D03009D7D03003CDA04000000EB82",
    "G13": "6837060000313201060001923601010000000000D14B0A54000000000000000000000000000000000000000000000000000000000000000000A574",
    "G21": "68A20800003B32010600019236012607151030000001320106000192360188131E0A0F071A70942A0B0F071A00710200000000000000000000000000"
    "E02202003260030032600300E0B90400B0AD0100580F0200580F02001444020070110100000000000000000000000000D2029649005C729B49008A6F"
    "05008A6F0500F4FD06004C535641413431383745323132333435360170942A0B0F071A41000000000000000096C4",
    "G22": "681508000040320106000192360126071510300000010009B2",
}
FRAMES = {name: bytes.fromhex(text) for name, text in FRAMES.items()}


def crc(data):
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ 0xA001 if value & 1 else value >> 1
    return struct.pack("<H", value)


def frame(sequence, kind, body):
    counted = sequence + bytes([0, kind]) + body
    return bytes([0x68, len(counted)]) + counted + crc(counted)


def cp56(at):
    """The pile's clock is China's."""
    local = at.astimezone(timezone(timedelta(hours=8)))
    ms = local.second * 1000 + local.microsecond // 1000
    return struct.pack("<HBBBBB", ms, local.minute, local.hour, local.day | local.isoweekday() << 5, local.month, local.year - 2000)


class Link:
    """A pile's end of the connection."""

    def __init__(self, address):
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer, self.unasked = b"", []

    def send(self, data, piece=None, pause=0.002):
        for start in range(0, len(data), piece or len(data)):
            self.socket.sendall(data[start : start + (piece or len(data))])
            if piece:
                time.sleep(pause)

    def next(self, seconds):
        """The next whole frame; `None` when none came in time or the platform closed the link."""
        deadline = time.monotonic() + seconds
        while len(self.buffer) < 2 or len(self.buffer) < self.buffer[1] + 4:
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            self.socket.settimeout(left)
            try:
                data = self.socket.recv(4096)
            except (TimeoutError, ConnectionError):
                return None
            if not data:
                return None
            self.buffer += data
        size = self.buffer[1] + 4
        found, self.buffer = self.buffer[:size], self.buffer[size:]
        return found

    def expect(self, kind, sequence=None, seconds=10):
        """The next frame of a kind; what the platform says of its own accord in between is kept aside."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            found = self.next(left)
            if found is None:
                return None
            if found[5] == kind and sequence in (None, found[2:4]):
                return found
            self.unasked.append(found)
        return None

    def ask(self, data, kind, piece=None):
        self.send(data, piece)
        return self.expect(kind, data[2:4])

    def is_closed(self, seconds=5):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.socket.settimeout(max(0.05, deadline - time.monotonic()))
            try:
                if not self.socket.recv(4096):
                    return True
            except ConnectionError:
                return True
            except TimeoutError:
                return False
        return False

    def close(self):
        self.socket.close()


def shown(data):
    return data.hex().upper() if data else "nothing"


class Replay:
    def __init__(self, options, api, checks):
        self.options, self.api, self.checks = options, api, checks

    def same(self, what, found, expected):
        self.checks.equal(what, shown(found), shown(expected))

    def sound(self, what, found, kind, sequence, length):
        """A frame whose content is the platform's choice: its shell must be right."""
        return self.checks.that(
            what,
            found is not None and found[1] == length and found[2:4] == sequence and found[4] == 0 and found[5] == kind and found[-2:] == crc(found[2:-2]),
            f"0x{kind:02X}, length {length:02X}, sequence {shown(sequence)}, CRC low byte first are expected, found {shown(found)}",
        )

    def login(self, pile, sequence=b"\x00\x00", guns=1):
        link = Link(self.options.address)
        body = bytes.fromhex(pile) + bytes([0, guns, 0x10]) + b"V1.0.0\0\0" + bytes([0]) + bytes(10) + bytes([4])
        answer = link.ask(frame(sequence, 0x01, body), 0x02)
        self.same(f"log-in of {pile}", answer, frame(sequence, 0x02, bytes.fromhex(pile) + b"\0"))
        return link

    def heartbeat(self, link, pile, what, sequence=b"\x7f\x7f"):
        number = bytes.fromhex(pile)
        answer = link.ask(frame(sequence, 0x03, number + b"\x01\x00"), 0x04)
        self.same(what, answer, frame(sequence, 0x04, number + b"\x01\x00"))

    def tariff(self, link):
        """Check, request, check again: the pile has the tariff then."""
        number = bytes.fromhex(SAMPLE_PILE)
        answer = link.ask(FRAMES["G5"], 0x06)
        if not self.sound("G5: tariff check", answer, 0x06, FRAMES["G5"][2:4], 0x0E):
            return
        model = answer[13:15]
        self.checks.that("a model number of its own", model != b"\0\0", shown(model))
        self.same("G5: another tariff", answer, frame(FRAMES["G5"][2:4], 0x06, number + model + b"\x01"))
        answer = link.ask(FRAMES["G7"], 0x0A)
        # As in the sample, but for the number of the model.
        sample = FRAMES["G8"]
        self.same("G7: the tariff", answer, frame(sample[2:4], 0x0A, number + model + sample[15:-2]))
        check = frame(b"\x22\x01", 0x05, number + model)
        self.same("the same tariff", link.ask(check, 0x06), frame(b"\x22\x01", 0x06, number + model + b"\0"))

    def noise(self, link):
        heartbeat, check = FRAMES["G3"], FRAMES["G5"]
        self.same("byte by byte", link.ask(heartbeat, 0x04, piece=1), FRAMES["G4"])
        for cut in (1, 2, 5, 6, 12, len(heartbeat) - 1):
            link.send(heartbeat[:cut])
            time.sleep(0.02)
            link.send(heartbeat[cut:])
            self.same(f"cut after {cut}", link.expect(0x04, heartbeat[2:4]), FRAMES["G4"])
        link.send(heartbeat + check + heartbeat)
        self.same("glued, first", link.next(5), FRAMES["G4"])
        self.sound("glued, second", link.next(5), 0x06, check[2:4], 0x0E)
        self.same("glued, third", link.next(5), FRAMES["G4"])
        broken = bytearray(heartbeat)
        broken[-1] ^= 0xFF
        for what, data in [
            ("noise before", b"\x00\xff\x13AT+CSQ\r\n"),
            ("a start byte that starts nothing", b"\x68\x00\x68\x02\x68"),
            ("a frame with a wrong check", bytes(broken)),
            ("a frame cut off", heartbeat[:9]),
            ("an encrypted frame", frame(b"\x01\x02", 0x03, b"\0" * 9)[:4] + b"\x01" + b"\x03" + b"\0" * 11),
        ]:
            # More good frames than a false length can swallow.
            link.send(data + heartbeat * 20)
            answers = [link.expect(0x04, heartbeat[2:4], 3) for _ in range(3)]
            self.same(f"{what}: answers go on", answers[-1], FRAMES["G4"])
            while link.next(0.3):
                pass
        self.heartbeat(link, SAMPLE_PILE, "after all noise")

    def card(self, link):
        answer = link.ask(FRAMES["G13"], 0x32)
        if not self.sound("G13: start by card", answer, 0x32, FRAMES["G13"][2:4], 0x2A):
            return
        trade, pile, gun = answer[6:22], answer[22:29], answer[29]
        self.checks.equal("G13: pile and gun", (shown(pile), gun), (SAMPLE_PILE, 1))
        self.checks.equal("G13: allowed", answer[42], 1)
        self.checks.equal("G13: a trade number of this gun", shown(trade)[:16], SAMPLE_PILE + "01")
        self.same("G13 again: the same answer", link.ask(FRAMES["G13"], 0x32), answer)

    def bill(self, link, data, what):
        """Sends a 0x3B twice; both are confirmed, and one order comes of it."""
        trade = data[6:22]
        confirmation = frame(data[2:4], 0x40, trade + b"\0")
        self.same(f"{what}: confirmed", link.ask(data, 0x40), confirmation)
        self.same(f"{what}: confirmed again", link.ask(data, 0x40), confirmation)
        key = shown(trade)
        order = self.api.order_when(key, lambda order: order["state"] in ("completed", "abnormal"))
        if self.checks.that(f"{what}: there is an order", order is not None, key):
            self.checks.equal(f"{what}: one order", len(self.api.orders(key)), 1)
        return order

    def sample_pile(self):
        link = Link(self.options.address)
        self.same("G1: log-in", link.ask(FRAMES["G1"], 0x02), FRAMES["G2"])
        self.same("G3: heartbeat", link.ask(FRAMES["G3"], 0x04), FRAMES["G4"])
        self.tariff(link)
        self.noise(link)
        link.send(FRAMES["G10"])
        # A session that the platform did not hear of: values, then the bill.
        link.send(FRAMES["G11"])
        order = self.bill(link, FRAMES["G21"], "G21")
        if order:
            self.checks.equal("G21: energy_dwh", order["energy_dwh"], 356_234)
            self.checks.equal("G21: the pile's amount", order["pile_amount_e4"], 458_228)
            self.checks.equal("G21: our amount", order["total_fen"], 4_582)
            self.checks.that("G21: not flagged for its amount", "amount_differs" not in order["abnormalities"], order["abnormalities"])
        self.same("G22 is G21's confirmation", frame(FRAMES["G21"][2:4], 0x40, FRAMES["G21"][6:22] + b"\0"), FRAMES["G22"])
        link.send(FRAMES["G10"])
        self.card(link)
        link.close()

    def captured_piles(self):
        link = Link(self.options.address)
        self.same("S5: log-in", link.ask(FRAMES["S5"], 0x02), FRAMES["S6"])
        number = bytes.fromhex(CAPTURED_PILE)
        self.same("S8: heartbeat, CRC high byte first", link.ask(FRAMES["S8"], 0x04), frame(b"\x25\xd3", 0x04, number + b"\x01\0"))
        self.sound("S9: tariff check", link.ask(FRAMES["S9"], 0x06), 0x06, FRAMES["S9"][2:4], 0x0E)
        self.sound("S12: tariff", link.ask(FRAMES["S12"], 0x0A), 0x0A, FRAMES["S12"][2:4], 0x5E)
        for name in ("S15", "S18", "S19", "S20", "S21"):
            link.send(FRAMES[name])
        self.heartbeat(link, CAPTURED_PILE, "after S15, S18, S19, S20, S21")
        order = self.bill(link, FRAMES["S3"], "S3")
        if order:
            self.checks.equal("S3: energy_dwh", order["energy_dwh"], 1_650)
            self.checks.equal("S3: the pile's amount", order["pile_amount_e4"], 1_400)
            self.checks.that("S3: flagged", order["abnormalities"] != [], order["abnormalities"])
        link.close()

        link = Link(self.options.address)
        sequence, number = FRAMES["S1"][2:4], bytes.fromhex(LAN_PILE)
        self.same("S1: log-in", link.ask(FRAMES["S1"], 0x02), frame(sequence, 0x02, number + b"\0"))
        link.close()
        for name, pile, guns in (("S4", TWO_GUN_PILE, 2), ("S2", BMS_PILE, 1)):
            link = self.login(pile, guns=guns)
            link.send(FRAMES[name])
            self.heartbeat(link, pile, f"after {name}")
            link.close()

    def strangers(self):
        link = Link(self.options.address)
        number = bytes.fromhex("99999999999999")
        answer = link.ask(frame(b"\0\0", 0x01, number + bytes([0, 1, 0x10]) + bytes(20)), 0x02)
        self.same("an unknown pile is refused", answer, frame(b"\0\0", 0x02, number + b"\x01"))
        self.checks.that("and the link closed", link.is_closed())
        link = Link(self.options.address)
        link.send(FRAMES["G21"])
        self.checks.that("a bill before the log-in is not confirmed", link.expect(0x40, seconds=2) is None)
        link.close()

    def remote(self):
        """Started and stopped by the platform, a whole session."""
        link, number = self.login(LAN_PILE, guns=2), bytes.fromhex(LAN_PILE)
        idle = bytes(16) + number + bytes([1, 2, 1, 1]) + bytes(33)
        link.send(frame(b"\x10\0", 0x13, idle[:60].ljust(60, b"\0")))
        command = self.api.post(f"/piles/{LAN_PILE}/commands", {"kind": "start", "connector_no": 1})
        start = link.expect(0x34, seconds=15)
        if not self.checks.that("0x34", start is not None and start[-2:] == crc(start[2:-2]), shown(start)):
            return
        trade, begin = start[6:22], datetime.now(timezone.utc).replace(microsecond=0)
        self.checks.equal("0x34: pile and gun", (shown(start[22:29]), start[29]), (LAN_PILE, 1))
        link.send(frame(start[2:4], 0x33, trade + number + b"\x01\x01\x00"))
        charging = bytes([1, 3, 1, 1]) + struct.pack("<HHB8sBBHHIIIH", 4000, 1000, 75, bytes(8), 40, 80, 0, 60, 300, 300, 210, 0)
        link.send(frame(b"\x11\0", 0x13, trade + number + charging))
        key = shown(trade)
        order = self.api.order_when(key, lambda order: order["state"] == "charging")
        if not self.checks.that("charging", order is not None and order["state"] == "charging", order and order["state"]):
            return
        ended = self.api.get(f"/commands/{command['id']}")
        self.checks.equal("the start command", ended["state"], "accepted")
        self.api.post(f"/orders/{order['id']}/stop", {})
        stop = link.expect(0x36, seconds=15)
        if not self.checks.that("0x36", stop is not None and stop[6:14] == number + b"\x01", shown(stop)):
            return
        link.send(frame(stop[2:4], 0x35, number + b"\x01\x01\x00"))
        end = begin + timedelta(seconds=2)
        time.sleep(max(0, (end - datetime.now(timezone.utc)).total_seconds()))
        local = begin + timedelta(hours=8)
        period = bill.half_hours(bill.SAMPLE_HOURS)[local.hour * 2 + local.minute // 30]
        rates = bill.SAMPLE_RATES
        energy_dwh, periods = 420, b""
        amount_e4 = bill.rounded(sum(rates[period]) * energy_dwh, 100_000)
        for name in bill.PERIODS:
            used = name == period
            periods += struct.pack("<IIII", sum(rates[name]), energy_dwh * used, energy_dwh * used, amount_e4 * used)
        meter = [(1_000_000).to_bytes(5, "little"), (1_000_000 + energy_dwh).to_bytes(5, "little")]
        body = trade + number + b"\x01" + cp56(begin) + cp56(end) + periods + meter[0] + meter[1]
        body += struct.pack("<III", energy_dwh, energy_dwh, amount_e4) + bytes(17) + b"\x01" + cp56(end) + b"\x40" + bytes(8)
        self.checks.equal("a bill has 158 bytes", len(body), 158)
        order = self.bill(link, frame(b"\x12\0", 0x3B, body), "remote session")
        if order:
            self.checks.equal("remote session: state", (order["state"], order["abnormalities"]), ("completed", []))
            self.checks.equal("remote session: energy_dwh", order["energy_dwh"], energy_dwh)
            self.checks.equal("remote session: total_fen", order["total_fen"], bill.rounded(amount_e4, 100))
        link.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--address", required=True, help="HOST:PORT of the 云快充 listener")
    parser.add_argument("--server", required=True, help="http://HOST:PORT of the API")
    parser.add_argument("--token", required=True)
    options = parser.parse_args()
    checks = Checks("ykc")
    replay = Replay(options, Api(options.server, options.token), checks)
    for name, data in FRAMES.items():
        checks.that(f"{name} is whole", len(data) == data[1] + 4 and crc(data[2:-2]) in (data[-2:], data[:-3:-1]), shown(data))
    for part in (replay.sample_pile, replay.captured_piles, replay.remote, replay.strangers):
        try:
            part()
        except Exception as error:  # what breaks off one part is its failure; the others still run
            checks.that(part.__name__, False, f"{type(error).__name__}: {error}")
    checks.close()


if __name__ == "__main__":
    main()
