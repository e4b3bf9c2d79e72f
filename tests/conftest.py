"""What every test may ask for: one real mongod for the whole session, and a fresh database of the office in it.

The workers of pytest-xdist share the mongod as the office's own commands do, each with a database of its own.
"""

import gc
import os
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import settings
from jinja2 import FileSystemBytecodeCache
from pymongo import monitoring
from pymongo.database import Database

from app import create_app
from documents.definitions.own_field import put_own_fields_in_force
from documents.desk import unchanged
from documents.desk.settings import refresh_settings
from documents.indexes import build_indexes
from documents.records.county import refresh_counties
from documents.server.connection import connect, database, disconnect
from documents.server.embedded import EmbeddedDatabase
from office import child_process
from office.child_process import Places
from public_views import expert_link
from public_views.answers import workbooks_made
from rules.errors import Unavailable
from services.maintenance.migrate import demand_schema
from tests.office.forked_children import run_forked
from tests.sample_office import SMALL, Browser, Office, build_office, open_session
from tests.scheduling import SharedFixtures
from tests.stored_rows import WRITES, StoredRows, unnoticed

# A hundred processes are started, and each compiles the program anew where nobody may keep what it was compiled to.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Databases of tests live in memory where there is room: a disk that others keep busy is no fault of the program.
_MEMORY = Path("/dev/shm")
if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > 8 << 30:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))

# No test may ever reach an office's real data.
for name in ("MONGODB_URI", "DATA_DIR", "SECRET_KEY", "AUDIT_KEY", "AUDIT_HEADS"):
    os.environ.pop(name, None)
# What is done in the tests' own process seals with a key of its own, and keeps its heads nowhere.
os.environ["AUDIT_KEY"], os.environ["AUDIT_HEADS"] = "only-for-tests-" + "k" * 32, os.devnull

# Before the first client is made: each takes the listeners that there are.
monitoring.register(WRITES)

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
DATABASE = f"test_{WORKER or 'alone'}"


# A machine that is busy is no fault of the program: no example has a deadline. The same examples are tried each time,
# so that a commit that passed once passes again; `make torture` tries others.
settings.register_profile("office", deadline=None, derandomize="RANDOM_EXAMPLES" not in os.environ)
settings.load_profile("office")

# The folders whose tests start processes or a browser, and wait for them.
_WAITING = ("browser", "durability", "commands", "deployment")


@pytest.hookimpl(optionalhook=True)  # `make mutate` runs without pytest-xdist
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> SharedFixtures:
    """Share the tests out as `tests/scheduling.py` says."""
    return SharedFixtures(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Alone, run the fast tests first and those in the browser last: a plain mistake shows within seconds.

    Several workers begin with what takes longest, so that all end at about the same time; and of each folder that
    waits for other processes a part at a time, so that not all of them wait.
    """
    if not WORKER:
        items.sort(key=_fastest_first)
        return
    counts = Counter(_folder(item) for item in items)
    seen: Counter[str] = Counter()
    places: dict[pytest.Item, tuple[bool, bool, float]] = {}
    for item in items:
        folder = _folder(item)
        waits, slow = folder in _WAITING, item.get_closest_marker("slow") is not None
        places[item] = (not waits, not slow, seen[folder] / counts[folder] if waits else 0)
        seen[folder] += 1
    items.sort(key=places.__getitem__)


def pytest_collection_finish() -> None:
    """Leave what stays to the end, the tests and the program, out of every search for garbage; and search less often.

    What fails to close a file is told of all the same: when its memory is searched, at the latest at the end.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _fastest_first(item: pytest.Item) -> int:
    return 2 if item.get_closest_marker("browser") else bool(item.get_closest_marker("slow"))


def _folder(item: pytest.Item) -> str:
    return item.path.relative_to(Path(__file__).parent).parts[0]


@pytest.fixture(scope="session")
def mongo_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the URI of the session's mongod; it names no database."""
    place = tmp_path_factory.getbasetemp()
    folder = (place.parent if WORKER else place) / "mongo"
    embedded = EmbeddedDatabase(folder)
    yield embedded.start()
    disconnect()
    if embedded.stop():
        # Its journal takes 300 MB, and pytest keeps the folders of three runs.
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def _new_office(mongo_uri: str) -> Iterator[StoredRows]:
    """Build the collections and indexes once, and remember the fixed rows that come with them."""
    found = _connected(mongo_uri)
    found.client.drop_database(found.name)
    build_indexes()
    demand_schema()  # a new office has the program's schema, as its first start notes
    yield StoredRows(found)
    assert unnoticed(_connected(mongo_uri)) == [], "the next tests did not get what they asked for"


@pytest.fixture
def db(request: pytest.FixtureRequest, mongo_uri: str, _new_office: StoredRows) -> Database[dict[str, Any]]:
    """Give the connected database as a new office has it: every index, the fixed rows, nothing else.

    With the fixture `office` it is the sample office's, with what `office_with` names, put back here at once.
    """
    whole: Office | None = request.getfixturevalue("_whole") if "_whole" in request.fixturenames else None
    found = _connected(mongo_uri)
    (whole.rows if whole else _new_office).put_back(found)
    refresh_counties()
    refresh_settings()
    return found


def _connected(uri: str) -> Database[dict[str, Any]]:
    """Return the worker's database, connecting where a test before has disconnected or connected elsewhere."""
    try:
        if database().name == DATABASE:
            return database()
        disconnect()
    except Unavailable:
        pass
    connect(uri, DATABASE)
    return database()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the demonstration be small where its size does not matter: its bases and this year's round stay."""
    for part, name, many in SMALL:
        monkeypatch.setattr(f"services.demo.{part}.{name}", many)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Give a path for a data folder of the test's own, not yet there."""
    return tmp_path / "data"


# The application and its clients: fixtures `app` and `client` go below this line.


@pytest.fixture(autouse=True)
def _own_limits(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let every worker have places of its own for the children that read files, and each test a minute of its own.

    Those of `office.child_process` start them as the program does; all others fork them.
    """
    for limit in (workbooks_made, expert_link.asked, expert_link.tried):
        limit.clear()
    places = Places(tmp_path_factory.getbasetemp() / "children", wait=120)
    monkeypatch.setattr(child_process, "PLACES", places)
    if request.path.name != "test_child_process.py":
        monkeypatch.setattr(child_process, "_run", run_forked)


@pytest.fixture(autouse=True)
def _as_shipped() -> None:
    """Let every test begin with the declarations that ship; `db` adds what its database has.

    What was read of the office goes with them: a test that finds the rows of the one before finds nothing written.
    """
    put_own_fields_in_force([])
    unchanged._KEPT.held = None


@pytest.fixture(autouse=True)
def _signals_as_before() -> Iterator[None]:
    """Hear signals again after a command: it ignores them at its end, which is its process's own end elsewhere."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture(scope="session", autouse=True)
def _compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let every application of every worker share what a template was compiled to; Jinja sees when one changes."""
    place = tmp_path_factory.getbasetemp()
    folder = (place.parent if WORKER else place) / "templates"
    folder.mkdir(exist_ok=True)
    Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(folder))}


@pytest.fixture(autouse=True)
def _state_read_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the office's state with each page: the workers' databases are of one server, whose every write counts."""
    monkeypatch.setattr("documents.desk.unchanged.LONGEST", -1.0)
    monkeypatch.setattr(
        "services.overview.figures.MOST_KEPT", 0
    )  # tests write past the trail, which moves the version


AddMore = Callable[[Office], Office]
SignIn = Callable[[str], Browser]


@pytest.fixture(scope="session")
def _app(_compiled_templates: None) -> Flask:
    return create_app({"SECRET_KEY": "only-for-tests-" + "x" * 32, "PROPAGATE_EXCEPTIONS": False})


@pytest.fixture
def app(_app: Flask, db: Database[dict[str, Any]]) -> Iterator[Flask]:
    """Give the whole application on a fresh database; a test may change its configuration."""
    before = dict(_app.config)
    yield _app
    _app.config.clear()
    _app.config.update(before)


@pytest.fixture
def client(app: Flask) -> Browser:
    """Give a browser in which nobody has signed in."""
    return Browser(app)


@pytest.fixture(scope="session")
def _office(mongo_uri: str, _new_office: StoredRows, tmp_path_factory: pytest.TempPathFactory) -> Office:
    found = _connected(mongo_uri)
    _new_office.put_back(found)
    return build_office(found, tmp_path_factory.mktemp("office"))


@pytest.fixture
def office_with() -> tuple[AddMore, ...]:
    """Give what the tests of a file need in the sample office (`with_round`, …): none, unless the file says so."""
    return ()


@pytest.fixture
def _whole(mongo_uri: str, _office: Office, office_with: tuple[AddMore, ...]) -> Office:
    whole = replace(_office, db=_connected(mongo_uri))
    for add in office_with:
        whole = add(whole)
    return whole


@pytest.fixture
def office(app: Flask, _whole: Office, db: Database[dict[str, Any]]) -> Office:
    """Give the database with the sample office in it: 冠县 371525, 莘县 371522, a user of each role."""
    return _whole


@pytest.fixture
def sign_in(app: Flask, office: Office) -> SignIn:
    """Give a function that returns a browser in which a user of the sample office has signed in."""
    return lambda name: open_session(app, office.users[name])
