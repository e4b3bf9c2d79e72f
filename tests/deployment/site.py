"""A whole office as it is deployed: nginx with the shipped files, two web processes, a replica set of three."""

import http.client
import os
import shutil
import signal
import ssl
import subprocess
from collections.abc import Sequence
from pathlib import Path

from documents.server.embedded import PROJECT
from tests.durability.clerks import CLERK, Clerk
from tests.durability.running import Web, command_line, ended, environment, until
from tests.ports import free_port
from tests.sample_office import PASSWORD
from tests.three_members import ThreeMembers

NAME = "bases.example.gov.cn"
SHIPPED = PROJECT / "docs" / "deploy"
_KEY = "b7c1e0d94f2a68530e9d7c41a5f8b263d0946e1fa7c3b852"


def debian_nginx() -> str:
    """Return the path of nginx, "" where there is none; Debian has it where only root's PATH leads."""
    return shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or ""


class HttpsClerk(Clerk):
    """A browser that comes by HTTPS, and believes the office's own certificate alone."""

    _headers = {"Host": NAME}
    certificate: Path

    def _connection(self) -> http.client.HTTPConnection:
        context = ssl.create_default_context(cafile=str(self.certificate))
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=90, context=context)


class Site:
    """All parts of the office, each of which may be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.set = ThreeMembers(folder / "set", election_ms=2000)
        self.http, self.https = free_port(), free_port()
        self.settings = {
            "MONGODB_URI": self.set.uri, "SECRET_KEY": _KEY, "TRUSTED_PROXIES": "1", "SESSION_COOKIE_SECURE": "1",
            "PUBLIC_URL": f"https://{NAME}", "TRUSTED_HOSTS": NAME,
        }  # fmt: skip
        self.data = folder / "data"
        self.webs: list[Web] = []
        self.nginx: subprocess.Popen[bytes]

    def start(self) -> None:
        self.data.mkdir(parents=True)
        self.set.start()
        self._make_certificate()
        self.webs = [Web(self.data, **self.settings).wait()]
        self.webs.append(Web(self.data, **self.settings).wait())
        done = self.command(
            "users", "add", CLERK, "--role", "city", "--password-stdin", stdin=f"{PASSWORD}\n"
        )
        assert done.returncode == 0, done.stderr
        self._start_nginx()

    def command(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command of the office to its end."""
        return ended(command_line(*words), environment(self.data, **self.settings), stdin)

    def clerk(self) -> HttpsClerk:
        """Return a browser at the office's door."""
        return HttpsClerk(self.https)

    def restart(self, number: int, sign: int = signal.SIGTERM) -> None:
        """End a web process and start it again on its port, as an update does."""
        web = self.webs[number]
        code = web.end(sign)
        assert sign != signal.SIGTERM or code == 0, web.log
        self.webs[number] = Web(self.data, web.port, **self.settings).wait()

    def reload(self) -> None:
        """Let nginx read its files again."""
        self.nginx.send_signal(signal.SIGHUP)

    def end(self) -> None:
        for web in self.webs:
            web.end(signal.SIGKILL)
        if hasattr(self, "nginx"):
            self.nginx.terminate()
            self.nginx.wait(10)
        self.set.end()

    def _make_certificate(self) -> None:
        names = f"subjectAltName=DNS:{NAME},IP:127.0.0.1"
        subprocess.run(
            [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-days", "2", "-subj", f"/CN={NAME}", "-addext", names, "-keyout", "bases.key", "-out", "bases.crt",
            ],
            cwd=self.folder, check=True, capture_output=True,
        )  # fmt: skip
        HttpsClerk.certificate = self.folder / "bases.crt"

    def _start_nginx(self) -> None:
        """Run nginx on the shipped files: only ports and the certificate's place are this machine's."""
        site = _changed(
            (SHIPPED / "nginx.conf").read_text(),
            ("listen 80;", f"listen 127.0.0.1:{self.http};"),
            ("listen 443 ssl;", f"listen 127.0.0.1:{self.https} ssl;"),
            ("/etc/nginx/tls/", f"{self.folder}/"),
        )
        upstream = _changed(
            (SHIPPED / "nginx-upstream.conf").read_text(),
            *((f"127.0.0.1:{5001 + n}", f"127.0.0.1:{web.port}") for n, web in enumerate(self.webs)),
        )
        places = [
            f"{kind}_temp_path {self.folder}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        ]
        owner = ["user root;"] if os.geteuid() == 0 else []
        main = [
            *owner, "worker_processes 2;", f"pid {self.folder}/nginx.pid;", f"error_log {self.folder}/nginx.log;",
            "daemon off;", "events { worker_connections 768; }", "http {", *places,
            f"access_log {self.folder}/access.log;", upstream, site, "}",
        ]  # fmt: skip
        written = self.folder / "nginx.conf"
        written.write_text("\n".join(main))
        self.nginx = subprocess.Popen([debian_nginx(), "-c", str(written), "-p", str(self.folder)])
        until(lambda: self.clerk().get("/login").status == 200)


def _changed(text: str, *pairs: Sequence[str]) -> str:
    for shipped, ours in pairs:
        assert shipped in text, shipped
        text = text.replace(shipped, ours)
    return text
