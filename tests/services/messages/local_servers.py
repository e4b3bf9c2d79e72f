"""A mail server and a robot of the tests' own, on this machine, on ports that are free."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
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


@contextmanager
def mail_server(mails: list[str], *, takes: bool = True) -> Iterator[int]:
    """Give the port of a mail server that keeps what it gets, or takes nothing."""

    class Mail(StreamRequestHandler):
        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

        def handle(self) -> None:
            self.say("220 here")
            while line := self.rfile.readline():
                word = line[:4].decode().strip().upper()
                if word == "EHLO":
                    self.say("250 here")
                elif word == "DATA":
                    self.say("354 go on")
                    lines = []
                    while (line := self.rfile.readline()) not in (b".\r\n", b""):
                        lines.append(line.decode())
                    mails.append("".join(lines))
                    self.say("250 taken")
                elif word == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 well" if takes or word != "RCPT" else "550 unknown")

    class Server(ThreadingTCPServer):
        daemon_threads = True

    with _served(Server(("127.0.0.1", 0), Mail)) as port:
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
