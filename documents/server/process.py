"""The mongod process: how it is run, whether it answers, how it ends, and what its last words mean."""

import json
import os
import re
import signal
import socket as sockets
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from documents.server.folder import DISK_FULL, NOT_WRITABLE, PORT, DataFolder
from documents.server.transactions import LIFETIME
from rules.errors import Unavailable
from rules.words import N_

REPLICA_SET = "rs0"
_VERSION_WARNING = 22347  # "Failed to start up WiredTiger under any compatibility version", a warning only

LIBRARY_MISSING = N_(
    "mongod cannot start: the system library %(library)s is missing. On Debian: apt-get install libcurl4"
)
LOCKED = N_(
    "The data folder %(folder)s is locked: another mongod is using it. Stop that one or set DATA_DIR."
)
OTHER_VERSION = N_(
    "The data in %(folder)s were written by a MongoDB of another version than this one: %(binary)s."
)
SOCKET_TROUBLE = N_("mongod cannot use the socket %(socket)s. Set DATA_DIR to a short path on a local disk.")
TOO_SLOW = N_("The database did not become ready in %(seconds)s seconds. Try again; %(log)s tells more.")
FAILED = N_("mongod did not start (%(reason)s). %(log)s tells more.")

# The first that fits names the cause. A version fault also logs "Permission denied": the order matters.
_CAUSES = (
    (re.compile(r"error while loading shared libraries: ([^:\s]+)"), LIBRARY_MISSING),
    (re.compile(r"DBPathInUse|Unable to lock the lock file"), LOCKED),
    (
        re.compile(
            r"unsupported WiredTiger (?:source )?file version|under any compatibility version"
            r"|UPGRADE PROBLEM|[Ii]nvalid feature ?[Cc]ompatibility ?[Vv]ersion|Wrong mongod version"
        ),
        OTHER_VERSION,
    ),
    (re.compile(r"No space left on device|Disk quota exceeded"), DISK_FULL),
    (
        re.compile(r"File name too long|Failed to (?:unlink|chmod) socket|SocketException|must be a dir"),
        SOCKET_TROUBLE,
    ),
    (re.compile(r"(Permission denied|Read-only file system|Operation not permitted)"), NOT_WRITABLE),
)


def socket_uri(socket: Path) -> str:
    """Return the MongoDB URI of a mongod's Unix socket."""
    return f"mongodb://{quote_plus(str(socket))}/?directConnection=true"


def short_client(uri: str) -> MongoClient[dict[str, Any]]:
    """Return a client for housekeeping: it gives up within seconds. The caller closes it."""
    return MongoClient(uri, serverSelectionTimeoutMS=2000, connectTimeoutMS=2000, socketTimeoutMS=10_000)


def cache_size() -> float:
    """Return how much memory the mongod may take for its cache, in GB: an eighth of the machine's, 0.25 to 1.

    An office of 100,000 companies has 600 MB of records and indexes: with less it reads them again and again,
    and a large transaction does not fit.
    """
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return max(0.25, min(1.0, memory / 8))


def launch(binary: Path, folder: DataFolder, socket: Path, *, timeout: float) -> None:
    """Run `binary` on `folder`, in the background and in a session of its own, until it listens on `socket`.

    Its own session keeps a Ctrl+C in the terminal from it. `timeout` is in seconds. Raises Unavailable.
    """
    with folder.explaining(), folder.output.open("wb") as output:
        try:
            done = subprocess.run(  # noqa: S603 - our own arguments, no shell
                [str(binary), *_arguments(folder, socket)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=folder.root,
                start_new_session=True,
                umask=0o077,
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise Unavailable(TOO_SLOW, seconds=round(timeout), log=folder.log) from error
    if done.returncode:
        raise _cause(binary, folder, socket)


def _arguments(folder: DataFolder, socket: Path) -> tuple[str, ...]:
    return (
        *("--dbpath", str(folder.db)),
        *("--bind_ip", str(socket), "--port", str(PORT)),
        *("--unixSocketPrefix", str(socket.parent), "--filePermissions", "0600"),
        *("--replSet", REPLICA_SET, "--oplogSize", "256"),
        *("--wiredTigerCacheSizeGB", f"{cache_size():.2f}"),
        # 200 MB of figures for the maker's support, of no use to an office.
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),
        # A transaction whose program was killed blocks every other writer until it expires; ours take a second.
        *("--setParameter", f"transactionLifetimeLimitSeconds={LIFETIME}"),
        *("--fork", "--quiet", "--logappend", "--logpath", str(folder.log)),
    )


def answers(socket: Path, folder: DataFolder) -> bool:
    """Tell whether a mongod answers on `socket` and serves exactly the files of `folder`."""
    with sockets.socket(sockets.AF_UNIX) as probe:
        probe.settimeout(2)
        try:
            probe.connect(str(socket))
        except OSError:
            return False
    with short_client(socket_uri(socket)) as client, suppress(PyMongoError, OSError, KeyError):
        options = client.admin.command("getCmdLineOpts")["parsed"]
        return Path(options["storage"]["dbPath"]).samefile(folder.db)
    return False


def is_ours(process: int, socket: Path | None) -> bool | None:
    """Tell whether `process` is a mongod started on `socket`; None where that cannot be told."""
    try:
        words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return None
    return socket is not None and os.fsencode(socket) in words


def end_transactions(socket: Path) -> None:
    """End every session on `socket`, with the transactions that their killed programs left open."""
    with short_client(socket_uri(socket)) as client, suppress(PyMongoError):
        client.admin.command({"killAllSessions": []})


def shut_down(socket: Path) -> None:
    """Ask the mongod on `socket` to end cleanly. It closes the connection instead of answering."""
    with short_client(socket_uri(socket)) as client, suppress(PyMongoError):
        client.admin.command({"shutdown": 1, "force": True, "timeoutSecs": 0})


def terminate(process: int) -> None:
    """Ask `process` to end cleanly by signal, for a mongod whose socket is gone."""
    with suppress(OSError):
        os.kill(process, signal.SIGTERM)


def _cause(binary: Path, folder: DataFolder, socket: Path) -> Unavailable:
    words = [*_output(folder), *_errors(folder.log)]
    said = "\n".join(words)
    params: Mapping[str, Any] = {"folder": folder.root, "binary": binary, "socket": socket, "log": folder.log}
    for pattern, message in _CAUSES:
        if found := pattern.search(said):
            detail = found.group(found.lastindex or 0)
            return Unavailable(message, **params, library=detail, reason=detail)
    return Unavailable(FAILED, **params, reason=words[-1][:200] if words else "?")


def _output(folder: DataFolder) -> list[str]:
    lines = folder.output.read_text(errors="replace").splitlines()
    return [line for line in lines if not line.startswith(("about to fork", "forked process", "To see"))]


def _errors(log: Path) -> Iterator[str]:
    """Yield what mongod logged as errors, oldest first; its log is one JSON object a line."""
    if not log.exists():
        return
    for line in log.read_text(errors="replace").splitlines():
        with suppress(ValueError, TypeError, AttributeError):
            entry = json.loads(line)
            if entry.get("s") in ("E", "F") or entry.get("id") == _VERSION_WARNING:
                yield f"{entry.get('msg')} {json.dumps(entry.get('attr', {}))}"
