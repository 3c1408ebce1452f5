"""An independent mail server behind a channel: a wrong password, a certificate that nobody knows, a test
that arrives, an invoice's mail that goes through the outbox, one that comes by itself with its PDF, and one that is
refused."""

import argparse
import email
import email.policy
import logging
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
import warnings

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from checks import Checks, Person

PASSWORD = "mail-密码-9"


class Box:
    def __init__(self):
        self.letters = []
        self.refused = None

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address == self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.letters.append((envelope.rcpt_tos, letter))
        return "250 kept"


def authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=data.password.decode() == PASSWORD, handled=False)


def listen(box, **more):
    controller = Controller(box, hostname="127.0.0.1", port=0, authenticator=authenticate, auth_required=True, **more)
    controller.port = free_port()
    controller.start()
    return controller


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def tls_context(folder):
    """A certificate that no authority has signed."""
    key, cert = f"{folder}/key.pem", f"{folder}/cert.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2"]
    subprocess.run([*make, "-subj", "/CN=127.0.0.1"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", required=True)
    args = parser.parse_args()
    # What the mail server thinks of a client that does not trust it is what is wanted here.
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    checks, console, box = Checks("mail"), Person(args.server, os.environ["PILEOPS_ACCOUNT"], os.environ["PILEOPS_PASSWORD"]), Box()
    server = listen(box, auth_require_tls=False)
    smtp = {
        "host": "127.0.0.1", "port": server.port, "security": "none", "account": "robot", "from_name": "PileOps 充电",
        "from_address": "robot@example.com", "timeout_s": 10,
    }
    channel = {"name": "公司邮箱", "enabled": True, "smtp": smtp, "password": "wrong"}
    made = console.ask("POST", "/channels", channel)["id"]

    def test():
        return console.ask("POST", f"/channels/{made}/check", {"address": "fan@example.com"})

    def change(**more):
        version = console.ask("GET", f"/channels/{made}")["version"]
        console.ask("PATCH", f"/channels/{made}", {**channel, "password": PASSWORD, **more, "version": version})

    told = test()
    checks.that("a wrong password is told as such", not told["success"] and "535" in told["message"]["zh"], told)
    change()
    told = test()
    checks.that("with the right one a test goes", told["success"], told)
    checks.equal("it arrives", [to for to, _ in box.letters], [["fan@example.com"]])
    checks.that("from whom it says", "PileOps 充电" in str(box.letters[0][1]["From"]), box.letters[0][1]["From"])

    if shutil.which("openssl"):
        with tempfile.TemporaryDirectory() as folder:
            context = tls_context(folder)
            for security, more in [("tls", {"ssl_context": context}), ("starttls", {"tls_context": context})]:
                guarded = listen(Box(), **more)
                change(smtp={**smtp, "port": guarded.port, "security": security})
                told = test()
                checks.that(f"{security}: a certificate that nobody knows is told", "证书" in str(told["message"]), told)
                guarded.stop()
    else:
        print("SKIPPED the certificate: openssl is not installed", flush=True)
    change()

    patience = time.monotonic() + 90

    def arrives(address):
        """The letter to this address, once it is in the box."""
        while time.monotonic() < patience:
            console.ask("POST", "/jobs/mail_send/runs")
            for to, letter in box.letters:
                if to == [address]:
                    return letter
            time.sleep(0.3)
        return None

    invoices = console.ask("GET", "/invoices?state=issued&kind=digital_general&limit=100")["items"]
    invoice = next(one for one in invoices if one["email"])
    address = "again@example.com"
    console.ask("PATCH", f"/invoices/{invoice['id']}", {"version": invoice["version"], "email": address})
    console.ask("POST", f"/invoices/{invoice['id']}/mails", {"version": invoice["version"] + 1})
    letter = arrives(address)
    checks.that("the invoice's mail goes to its new address", letter is not None, address)
    checks.that("its number is in the subject", invoice["number"] in str(letter["Subject"]), letter["Subject"])
    text = letter.get_body(("plain",)).get_content()
    checks.that("and its title in the text", invoice["title"] in text, text)
    checks.that("which is in English, too", "Your e-invoice for charging was issued" in text, text)
    detail = console.ask("GET", f"/invoices/{invoice['id']}")
    while detail["mails"][0]["state"] == "waiting" and time.monotonic() < patience:
        time.sleep(0.2)
        detail = console.ask("GET", f"/invoices/{invoice['id']}")
    checks.equal("the outbox knows", (detail["state"], detail["mails"][0]["state"]), ("sent", "sent"))
    sends = console.ask("GET", f"/channels/{made}/sends?purpose=invoice&success=true&target={address}")
    checks.equal("and so does the log", sends["total"], 1)

    # From a paid order to a mail with its file, without anybody doing anything in between.
    customer = 160
    orders = console.ask("GET", f"/invoice-orders?customer_id={customer}&invoiceable=true")["items"]
    draft = {
        "request_id": f"e2e-mail-{int(time.time())}", "customer_id": customer, "order_ids": [orders[0]["id"]], "special": False,
        "company": False, "title": "王𠮷", "email": "receipt@example.com",
    }
    applied = console.ask("POST", "/invoices", draft)["invoices"][0]
    if applied["state"] == "review":
        detail = console.ask("GET", f"/invoices/{applied['id']}")
        console.ask("POST", f"/invoices/{applied['id']}/decision", {"version": detail["version"], "approve": True})
    console.ask("POST", "/jobs/invoice_issue/runs")
    letter = arrives("receipt@example.com")
    checks.that("what was applied for comes by itself", letter is not None, applied)
    files = list(letter.iter_attachments())
    checks.equal("with one file", [one.get_content_type() for one in files], ["application/pdf"])
    checks.that("that is a PDF", files[0].get_content().startswith(b"%PDF-1."), files[0].get_filename())
    checks.that("named after the invoice", applied["serial_no"] in files[0].get_filename(), files[0].get_filename())
    text = letter.get_body(("plain",)).get_content()
    checks.that("and says that it is no tax invoice", "不是税务发票" in text and "not a tax invoice" in text, text)

    # An address that its server does not take is told, and nobody tries for ever.
    detail = console.ask("GET", f"/invoices/{applied['id']}")
    while detail["state"] != "sent" and time.monotonic() < patience:
        time.sleep(0.2)
        detail = console.ask("GET", f"/invoices/{applied['id']}")
    box.refused = "bounced@example.com"
    console.ask("PATCH", f"/invoices/{applied['id']}", {"version": detail["version"], "email": box.refused})
    detail = console.ask("GET", f"/invoices/{applied['id']}")
    console.ask("POST", f"/invoices/{applied['id']}/mails", {"version": detail["version"]})
    while time.monotonic() < patience:
        console.ask("POST", "/jobs/mail_send/runs")
        detail = console.ask("GET", f"/invoices/{applied['id']}")
        if detail["mails"][0]["state"] != "waiting":
            break
        time.sleep(0.3)
    mail = detail["mails"][0]
    checks.that("a mail that is refused is told in the server's words", mail["state"] == "failed" and "550" in mail["message"], mail)
    server.stop()
    checks.close()


if __name__ == "__main__":
    main()
