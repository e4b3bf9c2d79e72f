"""A mail server and a robot of the tests' own, on this machine, on ports that are free."""

import base64
import json
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import BaseServer, StreamRequestHandler, ThreadingTCPServer
from typing import Any


@contextmanager
def _served(server: BaseServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield int(server.server_address[1])  # type: ignore[index]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def certificate_for(name: str, folder: Path) -> tuple[ssl.SSLContext, str]:
    """Return how a mail server speaks TLS by a certificate that was made just now, and the certificate itself."""
    key, certificate = folder / f"{name}.key", folder / f"{name}.crt"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-keyout", key,
            "-out", certificate,
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context, certificate.read_text()


class _Mail(StreamRequestHandler):
    """One who sends mail, spoken with. The server beside it says what is kept and how it answers."""

    server: "_MailServer"
    safe = False
    known = True

    def say(self, *lines: str) -> None:
        for line in lines[:-1]:
            self.wfile.write(f"250-{line}\r\n".encode())
        self.wfile.write(f"{lines[-1]}\r\n".encode())

    def line(self) -> str:
        text = self.rfile.readline().decode()
        self.server.heard.append(text)
        return text

    def secure(self) -> None:
        assert self.server.tls is not None
        self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", buffering=0)
        self.safe = True

    def handle(self) -> None:
        try:
            if self.server.tls is not None and not self.server.starttls:
                self.secure()
            self.known = not self.server.password
            self.say("220 here")
            while line := self.line():
                word = line[:4].strip().upper()
                answer = getattr(self, f"answer_{word.lower()}", None)
                if answer:
                    answer(line)
                else:
                    self.say("250 well" if self.server.takes or word != "RCPT" else "550 unknown")
                if word == "QUIT":
                    return
        except OSError:  # who does not trust the certificate hangs up
            return
        finally:
            if self.safe:
                self.request.close()

    def answer_ehlo(self, line: str) -> None:
        offers = ["here"] + ["STARTTLS"] * (self.server.starttls and not self.safe)
        self.say(*offers, "250 AUTH PLAIN" if self.safe and self.server.password else "250 SIZE 1000000")

    def answer_star(self, line: str) -> None:
        self.say("220 go on" if self.server.starttls else "502 what")
        if self.server.starttls:
            self.secure()

    def answer_auth(self, line: str) -> None:
        self.known = base64.b64decode(line.split()[2]).split(b"\0")[2].decode() == self.server.password
        self.say("235 welcome" if self.known else "535 no")

    def answer_mail(self, line: str) -> None:
        self.say("250 well" if self.known else "530 who are you")

    def answer_data(self, line: str) -> None:
        self.say("354 go on")
        lines = []
        while (line := self.line()) not in (".\r\n", ""):
            lines.append(line)
        self.server.mails.append("".join(lines))
        self.say("250 taken")

    def answer_quit(self, line: str) -> None:
        self.say("221 bye")


class _MailServer(ThreadingTCPServer):
    daemon_threads = True
    mails: list[str]
    heard: list[str]
    takes: bool
    tls: ssl.SSLContext | None
    starttls: bool
    password: str


@contextmanager
def mail_server(
    mails: list[str], *, takes: bool = True, tls: ssl.SSLContext | None = None, starttls: bool = False,
    password: str = "", heard: list[str] | None = None,
) -> Iterator[int]:  # fmt: skip
    """Give the port of a mail server that keeps what it gets, or takes nothing.

    With `tls` it speaks TLS from the start, or after STARTTLS where it offers that; with a `password` nobody sends
    without it, and over an open connection none is asked for. `heard` gets every line that it was told.
    """
    server = _MailServer(("127.0.0.1", 0), _Mail)
    server.mails, server.heard, server.takes = mails, [] if heard is None else heard, takes
    server.tls, server.starttls, server.password = tls, starttls, password
    with _served(server) as port:
        yield port


@contextmanager
def robot(told: list[tuple[str, dict[str, Any]]], *, code: int = 0) -> Iterator[str]:
    """Give the address of a robot that keeps path and body of what it is told, and answers with this code."""

    class Robot(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            answer = json.dumps({"errcode": code, "errmsg": "said"}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    with _served(ThreadingHTTPServer(("127.0.0.1", 0), Robot)) as port:
        yield f"http://localhost:{port}/send?key=verborgen"
