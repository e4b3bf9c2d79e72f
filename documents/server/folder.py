"""The data folder of the embedded mongod: private, ours, and with a socket path that is short enough."""

import hashlib
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from errno import EDQUOT, ENOSPC
from pathlib import Path

from documents.server.locks import is_locked
from rules.errors import Unavailable
from rules.words import N_

NOT_OURS = N_("The data folder %(folder)s belongs to another user; start as that user or set DATA_DIR.")
NOT_PRIVATE = N_(
    "The data folder %(folder)s is open to other users and holds other files; "
    "make it private (chmod 700) or set DATA_DIR."
)
NOT_WRITABLE = N_("The data folder %(folder)s cannot be written: %(reason)s.")
DISK_FULL = N_("The disk of the data folder %(folder)s is full; make room and start again.")
SOCKET_UNSAFE = N_(
    "The folder %(folder)s for the database's socket is not ours alone; remove it and start again."
)

PORT = 27017  # only a part of a socket's file name: no TCP port is opened
_OPEN = "office.sock"
# What a Unix socket's address holds (108 bytes with its end), less a margin.
_LONGEST_SOCKET = 100
# In a replica set's member name and in a URI only these are sure to mean themselves.
_PLAIN_PATH = re.compile(r"[A-Za-z0-9._/-]+")
# A new mongod lays out 300 MB of journal; one that has its journal needs room to recover.
_ROOM_FOR_NEW = 400 * 2**20
_ROOM_FOR_OLD = 64 * 2**20


class DataFolder:
    """The files of one embedded database below `root`; `environ` tells where short sockets may stand."""

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        self.root = root.expanduser().resolve()
        self.db = self.root / "db"
        self.log = self.root / "mongod.log"
        self.output = self.root / "mongod.out"
        self.start_lock = self.root / "start.lock"
        self.users_lock = self.root / "users.lock"
        self._record = self.root / "mongod.socket"
        self._mongod_lock = self.db / "mongod.lock"
        self._environ = environ

    def prepare(self) -> None:
        """Make the folder, private to this user. Raises Unavailable when it is not ours or not writable."""
        with self.explaining():
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            found = self.root.stat()
            if found.st_uid != os.geteuid():
                raise Unavailable(NOT_OURS, folder=self.root)
            if stat.S_IMODE(found.st_mode) & 0o077:
                # Never shut others out of a folder that was not made for this, /tmp for one.
                if any(self.root.iterdir()) and not self.db.is_dir():
                    raise Unavailable(NOT_PRIVATE, folder=self.root)
                self.root.chmod(0o700)
            self.db.mkdir(mode=0o700, exist_ok=True)

    @contextmanager
    def explaining(self) -> Iterator[None]:
        """Turn the system's refusals to write here into one sentence."""
        try:
            yield
        except OSError as error:
            if error.errno in (ENOSPC, EDQUOT):
                raise Unavailable(DISK_FULL, folder=self.root) from error
            raise Unavailable(NOT_WRITABLE, folder=self.root, reason=error.strerror or error) from error

    def demand_room(self) -> None:
        """Raise Unavailable when the disk has no room for a mongod to start."""
        needed = _ROOM_FOR_OLD if (self.db / "WiredTiger").exists() else _ROOM_FOR_NEW
        if shutil.disk_usage(self.db).free < needed:
            raise Unavailable(DISK_FULL, folder=self.root)

    def in_use(self) -> bool:
        """Tell whether some mongod, ours or not, runs on the data files."""
        with self.explaining():
            return is_locked(self._mongod_lock)

    def process(self) -> int | None:
        """Return the process id that the mongod on the data files wrote down; None when there is none."""
        try:
            return int(self._mongod_lock.read_text())
        except (OSError, ValueError):
            return None

    def recorded_socket(self) -> Path | None:
        """Return the socket that the mongod on these files was last started with."""
        try:
            return Path(self._record.read_text().strip() or "/")
        except OSError:
            return None

    def new_socket(self) -> Path:
        """Return the socket's path for a new start: recorded, its folder private, no stale file there."""
        self.clear_sockets()
        inside = self.root / f"mongodb-{PORT}.sock"
        usable = len(os.fsencode(inside)) <= _LONGEST_SOCKET and _PLAIN_PATH.fullmatch(str(inside))
        socket = (self.root if usable else self._short_folder()) / "mongod.sock"
        with self.explaining():
            self._record.write_text(f"{socket}\n")
        _remove_sockets(socket.parent)
        return socket

    def opened(self, socket: Path) -> Path:
        """Return the name under which clients find the mongod on `socket`, a link beside it; call once it takes writes.

        A client that meets a mongod while it wakes keeps a connection without sessions for good, and every
        transaction on it fails. So the name goes before a start and comes back after it.
        """
        link = socket.with_name(_OPEN)
        if not link.is_symlink():
            with self.explaining():
                link.symlink_to(socket.name)
        return link

    def clear_sockets(self) -> None:
        """Remove the sockets and the record of a mongod that has gone."""
        socket = self.recorded_socket()
        with self.explaining():
            _remove_sockets(self.root)
            # In a copied folder the record names the original's sockets, which may be in use.
            if socket is not None and socket.parent.name == self._short_name() and _is_private(socket.parent):
                _remove_sockets(socket.parent)
                socket.parent.rmdir()
            self._record.unlink(missing_ok=True)

    def rotate_log(self) -> None:
        """Start a new log and keep one old one, so that logs never fill the disk."""
        with self.explaining():
            if self.log.exists():
                self.log.replace(self.log.with_suffix(".log.1"))

    def _short_name(self) -> str:
        return f"bases-office-{os.geteuid()}-{hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]}"

    def _short_folder(self) -> Path:
        places = (
            Path(place)
            for place in (self._environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp")  # noqa: S108 - checked
            if place
        )
        for place in places:
            folder = place / self._short_name()
            if place.is_dir() and len(os.fsencode(folder / f"mongodb-{PORT}.sock")) <= _LONGEST_SOCKET:
                break
        with self.explaining():
            folder.mkdir(mode=0o700, exist_ok=True)
        # Anyone may have made it before us in a shared place.
        if not _is_private(folder):
            raise Unavailable(SOCKET_UNSAFE, folder=folder)
        return folder


def _is_private(folder: Path) -> bool:
    try:
        found = folder.lstat()
    except OSError:
        return False
    return (
        stat.S_ISDIR(found.st_mode)
        and found.st_uid == os.geteuid()
        and not stat.S_IMODE(found.st_mode) & 0o077
    )


def _remove_sockets(folder: Path) -> None:
    for name in (_OPEN, "mongod.sock", f"mongodb-{PORT}.sock"):
        (folder / name).unlink(missing_ok=True)
