"""Certificates for the fault of the same name: an authority, what it signs for whom and for which days, a pile that looks
at them, and a receiver behind one.

Needs openssl. Nobody but the run trusts the authority.
"""

import base64
import http.server
import os
import secrets
import socket
import ssl
import struct
import subprocess
import threading
import time
from pathlib import Path

CONFIG = """
[ca]
default_ca = own
[own]
dir = {folder}
database = $dir/index.txt
new_certs_dir = $dir
rand_serial = yes
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
"""
DAY_S = 86_400
# What is given, by its name: for whom, and from when to when in days from now.
KINDS = {
    "good": ("DNS:localhost,IP:127.0.0.1", -1, 90),
    "ends_soon": ("DNS:localhost,IP:127.0.0.1", -1, 5),
    "ended": ("DNS:localhost,IP:127.0.0.1", -30, -1),
    "not_begun": ("DNS:localhost,IP:127.0.0.1", 2, 90),
    "of_another": ("DNS:elsewhere.example", -1, 90),
}


class Certificates:
    """`door` is what the server's own TLS door shows: two files that are replaced while it runs."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir()
        (self.folder / "index.txt").touch()
        (self.folder / "ca.cnf").write_text(CONFIG.format(folder=self.folder))
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        self.root = self.folder / "root.pem"
        self.openssl("req", "-x509", *key, "-keyout", "root.key", "-out", "root.pem", "-days", "2", "-subj", "/CN=chaos", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
        for kind, (names, begins, ends) in KINDS.items():
            self.openssl("req", *key, "-keyout", f"{kind}.key", "-out", f"{kind}.csr", "-subj", f"/CN={kind}", "-addext", f"subjectAltName={names}")
            at = [time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + days * DAY_S)) for days in (begins, ends)]
            self.openssl("ca", "-batch", "-notext", "-config", "ca.cnf", "-cert", "root.pem", "-keyfile", "root.key", "-in", f"{kind}.csr", "-out", f"{kind}.pem", "-startdate", at[0], "-enddate", at[1])
        self.door = self.folder / "door.pem", self.folder / "door.key"
        self.show("good")

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=self.folder)

    def of(self, kind):
        return str(self.folder / f"{kind}.pem"), str(self.folder / f"{kind}.key")

    def show(self, kind):
        """As whoever renews them does it: each file is put in its place at once, the one after the other."""
        for given, place in zip(self.of(kind), self.door):
            new = place.with_suffix(f"{place.suffix}.new")
            new.write_bytes(Path(given).read_bytes())
            os.replace(new, place)

    def ends(self, kind):
        """In seconds of the clock."""
        said = subprocess.run(["openssl", "x509", "-enddate", "-noout", "-in", f"{kind}.pem"], check=True, capture_output=True, text=True, cwd=self.folder).stdout
        return ssl.cert_time_to_seconds(said.strip().removeprefix("notAfter="))

    def trust(self):
        return ssl.create_default_context(cafile=str(self.root))


class Pile:
    """An OCPP pile over TLS that looks at the certificate before it says a word. Raises ssl.SSLError when it is no good."""

    def __init__(self, certificates, port, code, password):
        plain = socket.create_connection(("127.0.0.1", port), timeout=10)
        try:
            self.link = certificates.trust().wrap_socket(plain, server_hostname="localhost")
        except OSError:
            plain.close()
            raise
        proof = base64.b64encode(f"{code}:{password}".encode()).decode()
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        head = (
            f"GET /ocpp/{code} HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: ocpp1.6", f"Authorization: Basic {proof}", "", "",
        )
        self.link.sendall("\r\n".join(head).encode())
        self.rest = b""
        while b"\r\n\r\n" not in self.rest:
            self.more()
        answer, self.rest = self.rest.split(b"\r\n\r\n", 1)
        if not answer.startswith(b"HTTP/1.1 101"):
            raise ConnectionError(answer.split(b"\r\n")[0].decode())

    def more(self):
        piece = self.link.recv(4096)
        if not piece:
            raise ConnectionError("the link has ended")
        self.rest += piece

    def say(self, text):
        body, mask = text.encode(), secrets.token_bytes(4)
        assert len(body) < 126
        self.link.sendall(bytes([0x81, 0x80 | len(body)]) + mask + bytes(one ^ mask[n % 4] for n, one in enumerate(body)))

    def hear(self):
        """The next text of the server."""
        while True:
            while len(self.rest) < 2:
                self.more()
            length, head = self.rest[1] & 127, 2
            if length == 126:
                while len(self.rest) < 4:
                    self.more()
                length, head = struct.unpack(">H", self.rest[2:4])[0], 4
            while len(self.rest) < head + length:
                self.more()
            kind, body = self.rest[0] & 15, self.rest[head : head + length]
            self.rest = self.rest[head + length :]
            if kind == 1:
                return body.decode()

    def is_heard(self):
        """Whether a heartbeat is answered on this link."""
        try:
            own = secrets.token_hex(4)
            self.say(f'[2,"{own}","Heartbeat",{{}}]')
            while True:
                said = self.hear()
                if said.startswith(f'[3,"{own}"'):
                    return True
        except OSError:
            return False

    def close(self):
        self.link.close()


class Receiver(http.server.ThreadingHTTPServer):
    """Takes what webhooks bring, behind whichever certificate it is told to show."""

    daemon_threads = True

    def __init__(self, certificates):
        super().__init__(("127.0.0.1", 0), Taker)
        self.certificates, self.got = certificates, []
        self.show("good")
        threading.Thread(target=self.serve_forever, daemon=True).start()
        self.url = f"https://127.0.0.1:{self.server_address[1]}/hook"

    def show(self, kind):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(*self.certificates.of(kind))

    def get_request(self):
        plain, where = self.socket.accept()
        # The handshake is the handler's: one that fails must not keep others waiting.
        return self.context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False), where

    def handle_error(self, request, where):
        """Whoever does not like the certificate hangs up, which is what is tried here."""


class Taker(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.got.append(self.headers.get("pileops-event"))
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass
