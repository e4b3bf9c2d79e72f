"""Two web processes on a replica set of three of our own, and what is done to them; for `make test` and for torture.

The set has the server's own limit of a transaction's life, a minute: what goes on before that is the office's doing.
"""

import http.client
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any

from tests.durability.clerks import CLERK, Answer, Clerk, base_form, company_form
from tests.durability.invariants import faults
from tests.durability.running import Web, command_line, ended, environment, until
from tests.durability.saving import Saver, lost
from tests.sample_office import PASSWORD
from tests.three_members import Member, ThreeMembers

_DYING = Path(__file__).with_name("dying.py")
_KEY = "b7c1e0d94f2a68530e9d7c41a5f8b263d0946e1fa7c3b852"


class OfficeOnASet:
    """The set, two web processes on it, and a clerk who is signed in at both."""

    def __init__(self, folder: Path, *, transaction_seconds: int | None = None) -> None:
        self.folder = folder
        self.set = ThreeMembers(folder / "set", election_ms=1500, transaction_seconds=transaction_seconds)
        self.settings = {"MONGODB_URI": self.set.uri, "SECRET_KEY": _KEY, "ACCESS_LOG": "off"}
        self.data = folder / "data"
        self.webs: list[Web] = []
        self._asked = folder / "asked"
        self.clerk: Clerk

    def start(self) -> "OfficeOnASet":
        self.data.mkdir(parents=True)
        self.set.start()
        words = command_line("users", "add", CLERK, "--role", "city", "--password-stdin")
        done = ended(words, environment(self.data, **self.settings), f"{PASSWORD}\n")
        assert done.returncode == 0, done.stderr
        self.webs = [Web(self.data, **self.settings), self._serve()]
        for web in self.webs:
            web.wait()
        self.clerk = Clerk(self.webs[0].port).sign_in()
        return self

    def _serve(self, port: int | None = None) -> Web:
        wrap = (sys.executable, str(_DYING))
        return Web(self.data, port, wrap=wrap, DYING=str(self._asked), **self.settings)

    def desk(self, number: int) -> Clerk:
        """Return the clerk at one of the two web processes."""
        return self.clerk.at(self.webs[number].port)

    def replace(self) -> None:
        """Kill the second web process, frozen or not, and start it again on its port."""
        web = self.webs[1]
        web.process.send_signal(signal.SIGCONT)
        web.end(signal.SIGKILL)
        self.webs[1] = self._serve(web.port).wait()

    @contextmanager
    def struck_in_mid_write(self, form: dict[str, Any], sign: str) -> Iterator[list[Answer]]:
        """Strike the second web process with a signal just before it commits: it has moved the trail's head.

        Gives the answers that its clerk gets; none as long as nothing comes back.
        """
        web, answers = self.webs[1], list[Answer]()

        def save() -> None:
            with suppress(OSError, http.client.HTTPException):
                answers.append(self.desk(1).post("/admin/tenant-companies/new/", form))

        self._asked.write_text(f"commit {sign}")
        thread = Thread(target=save, daemon=True)
        thread.start()
        try:
            until(lambda: _is_struck(web), 20)
            yield answers
        finally:
            self._asked.unlink(missing_ok=True)

    def in_order(self, savers: list[Saver]) -> None:
        """Hold that nothing acknowledged is lost, and that what is stored is whole."""
        with self.set.database() as db:
            assert lost(savers, db) == []
            assert faults(db) == []

    def end(self) -> None:
        for web in self.webs:
            web.process.send_signal(signal.SIGCONT)
            web.end(signal.SIGKILL)
        for member in self.set.members:
            member.thaw()
        self.set.end()


def _is_struck(web: Web) -> bool:
    """Tell whether a process is gone or stands still."""
    if web.process.poll() is not None:
        return True
    return Path(f"/proc/{web.process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


# --- What is done, and how long the others wait ------------------------------------------------


def waits_after(office: OfficeOnASet, numbers: Iterator[int], sign: str) -> float:
    """Strike the second web process in mid-write; return how many seconds the next save at the other took, in the end.

    A page that says that it is not saved yet counts as waiting: it saves by itself, as here.
    """
    base = office.desk(0).post("/admin/bases/new/", base_form(next(numbers))).made
    with office.struck_in_mid_write(company_form(next(numbers), base), sign):
        began = time.monotonic()
        form = company_form(next(numbers), base)
        until(lambda: office.desk(0).post("/admin/tenant-companies/new/", form).status == 303, 90)
        return time.monotonic() - began


def answered_within(clerk: Clerk, path: str, form: dict[str, Any] | None = None) -> tuple[Answer, float]:
    """Ask for a page, or send a form; return the answer and how many seconds it took."""
    began = time.monotonic()
    answer = clerk.get(path) if form is None else clerk.post(path, form)
    return answer, time.monotonic() - began


def freeze_primary(office: OfficeOnASet) -> Member:
    """Stop the member that takes writes where it stands; return it."""
    primary = office.set.primary()
    primary.freeze()
    return primary
