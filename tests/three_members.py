"""A replica set of three members of our own, on loopback: each may be killed, frozen and started again by itself."""

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import PyMongoError

from documents.server.binary import find_mongod
from documents.server.embedded import DEFAULT_NAME
from tests.ports import free_port

_NAME = "rs0"
_POLL = 0.05


class Member:
    """One mongod of the set; `port` and data stay when it is started again."""

    def __init__(self, folder: Path, *, transaction_seconds: int | None) -> None:
        self.folder = folder
        self.port = free_port()
        self.host = f"127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes]
        self._transaction_seconds = transaction_seconds
        (folder / "db").mkdir(parents=True)

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def log(self) -> Path:
        return self.folder / "mongod.log"

    def start(self) -> None:
        lifetime = self._transaction_seconds
        self.process = subprocess.Popen(
            [
                str(find_mongod()), "--dbpath", str(self.folder / "db"), "--port", str(self.port),
                "--bind_ip", "127.0.0.1", "--unixSocketPrefix", str(self.folder), "--replSet", _NAME,
                "--oplogSize", "128", "--wiredTigerCacheSizeGB", "0.25", "--quiet", "--logappend",
                "--logpath", str(self.log), "--setParameter", "diagnosticDataCollectionEnabled=false",
                *(["--setParameter", f"transactionLifetimeLimitSeconds={lifetime}"] if lifetime else []),
            ],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait(30)

    def freeze(self) -> None:
        """Stop it where it stands; it holds its connections and answers nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    @contextmanager
    def client(self) -> Iterator[MongoClient[dict[str, Any]]]:
        """Give a client that speaks to this member alone, and gives up within two seconds."""
        with MongoClient(
            f"mongodb://{self.host}/?directConnection=true", tz_aware=True,
            serverSelectionTimeoutMS=2000, connectTimeoutMS=2000, socketTimeoutMS=2000,
        ) as client:  # fmt: skip
            yield client


class ThreeMembers:
    """The set. `election_ms` is how long a silent primary is waited for; `transaction_seconds` None is the server's own
    limit of a transaction's life, 60 seconds.
    """

    def __init__(
        self, folder: Path, *, election_ms: int = 10_000, transaction_seconds: int | None = 10
    ) -> None:
        self.members = [
            Member(folder / f"member-{n}", transaction_seconds=transaction_seconds) for n in range(3)
        ]
        self._election_ms = election_ms

    @property
    def uri(self) -> str:
        """The address of the office's database on this set, as MONGODB_URI has it."""
        hosts = ",".join(member.host for member in self.members)
        return f"mongodb://{hosts}/{DEFAULT_NAME}?replicaSet={_NAME}"

    def start(self) -> Self:
        """Start the members, initiate the set and wait until it takes writes."""
        for member in self.members:
            member.start()
        members = [{"_id": n, "host": member.host} for n, member in enumerate(self.members)]
        # As docs/deploy has it: a member that follows another than the primary is held up when that one is.
        settings: dict[str, Any] = {"chainingAllowed": False}
        settings |= {"electionTimeoutMillis": self._election_ms, "heartbeatIntervalMillis": 500}
        wanted = {"_id": _NAME, "members": members, "settings": settings}
        _until(lambda: self._initiate(wanted))
        self.wait_until_whole()
        return self

    def _initiate(self, wanted: dict[str, Any]) -> bool:
        with self.members[0].client() as client:
            client.admin.command("replSetInitiate", wanted)
        return True

    def _states(self) -> list[int]:
        with self.primary().client() as client:
            return sorted(member["state"] for member in client.admin.command("replSetGetStatus")["members"])

    def wait_until_whole(self, seconds: float = 60) -> None:
        """Wait until one member is the primary and two follow it."""
        _until(lambda: self._states() == [1, 2, 2], seconds)

    def primary(self, seconds: float = 60) -> Member:
        """Return the member that takes writes now, waiting for an election."""
        return _until(self._primary, seconds)  # type: ignore[no-any-return]

    def _primary(self) -> Member | None:
        for member in self.members:
            if member.process.poll() is None:
                with suppress(PyMongoError), member.client() as client:
                    if client.admin.command("hello").get("isWritablePrimary"):
                        return member
        return None

    def secondaries(self) -> list[Member]:
        primary = self.primary()
        return [member for member in self.members if member is not primary]

    def source_of(self, follower: Member) -> str:
        """Return the host of the member that a secondary follows now; "" while it follows none."""
        with follower.client() as client:
            members = client.admin.command("replSetGetStatus")["members"]
        return next(str(member["syncSourceHost"]) for member in members if member.get("self"))

    @contextmanager
    def database(self) -> Iterator[Database[dict[str, Any]]]:
        """Give the database of the office, past the office, as its primary has it."""
        with MongoClient(self.uri, tz_aware=True) as client:
            yield client[DEFAULT_NAME]

    def end(self) -> None:
        """Kill what still runs; the data are thrown away anyway."""
        for member in self.members:
            with suppress(AttributeError):  # never started
                member.kill()


def _until(what: Any, seconds: float = 60) -> Any:
    deadline = time.monotonic() + seconds
    while True:
        with suppress(PyMongoError):
            if found := what():
                return found
        assert time.monotonic() < deadline, f"not within {seconds} seconds"
        time.sleep(_POLL)
