"""The one connection to MongoDB: safe writes, bounded waits, aware times, errors put in a sentence."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import mongoengine
from mongoengine import connection as registry
from pymongo import MongoClient, timeout
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import (
    ConfigurationError,
    ConnectionFailure,
    ExecutionTimeout,
    InvalidURI,
    OperationFailure,
    PyMongoError,
    WTimeoutError,
)

from rules.errors import Unavailable
from rules.words import N_

NOT_AN_ADDRESS = N_("MONGODB_URI is not a valid MongoDB address.")
NO_REPLICA_SET = N_(
    "The MongoDB server is not part of a replica set; the office needs one for its transactions."
)
DISK_FULL = N_("The database's disk is full. Nothing was saved.")
DISK_FULL_CODE = 14031  # the server's
NOT_ALLOWED_IN = N_("The database refused the user name or the password in MONGODB_URI.")

APP_NAME = "bases-office"
# What a page waits at most for an answer of the database, in seconds: with what is around it, it comes within three.
PAGE_BOUND = 2.5
# The same for a job that nobody sits before, in milliseconds, for each command.
_TIMEOUTS = {
    "serverSelectionTimeoutMS": 3_000,
    "connectTimeoutMS": 3_000,
    "waitQueueTimeoutMS": 5_000,
    "socketTimeoutMS": 60_000,
    "wTimeoutMS": 10_000,
}
# In a web server a long job too is told of a silent database before its clerk goes home.
_LONG_IN_WEB = 20_000

# Codes of server errors that mean the database, not the request.
_SENTENCES = {
    13: NOT_ALLOWED_IN,
    18: NOT_ALLOWED_IN,
    20: NO_REPLICA_SET,
    43: Unavailable.default,  # the server was started anew while this was being read
    DISK_FULL_CODE: DISK_FULL,
}


class _OneClient:
    """Makes the client that MongoEngine asks for once: of two threads that ask first, both get the same."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._made: MongoClient[dict[str, Any]] | None = None

    def __call__(self, **settings: Any) -> MongoClient[dict[str, Any]]:
        with self._guard:
            if self._made is None:
                self._made = MongoClient(**settings)
            return self._made

    def __eq__(self, other: object) -> bool:  # a part of the settings that MongoEngine compares
        return isinstance(other, _OneClient)

    __hash__ = object.__hash__


def connect(uri: str, name: str, *, bound: float | None = None) -> None:
    """Connect the documents to database `name` at `uri`; nothing is sent yet.

    Writes are acknowledged by a majority and by its journals. A database named in `uri` must be
    `name`. With `bound` every operation ends after so many seconds, its retries included; `patient` makes an
    exception. Raises Unavailable when `uri` is no MongoDB address.
    """
    bounds = {"timeoutMS": round(bound * 1000), "socketTimeoutMS": _LONG_IN_WEB} if bound else {}
    if not uri.startswith(("mongodb://", "mongodb+srv://")):
        raise Unavailable(NOT_AN_ADDRESS)
    if "default" not in registry._connection_settings:
        # Closed, and put back by a thread that asked at that moment.
        registry._connections.pop("default", None)
    try:
        mongoengine.connect(
            name,
            host=uri,
            alias="default",
            tz_aware=True,
            uuidRepresentation="standard",
            w="majority",
            journal=True,
            retryWrites=True,
            retryReads=True,
            appname=APP_NAME,
            mongo_client_class=_OneClient(),
            **{**_TIMEOUTS, **bounds},
        )
    except (InvalidURI, ConfigurationError, ValueError) as error:
        # The address may hold a password: neither it nor the library's sentence is repeated.
        raise Unavailable(NOT_AN_ADDRESS) from error
    if database().name != name:
        found = database().name
        disconnect()
        raise ValueError(f"the address names the database {found}, not {name}")


def disconnect() -> None:
    """Close the connection; harmless when there is none, and final for threads that still ask for it."""
    # MongoEngine takes the client away first, closes it, and forgets the settings last: whoever asks meanwhile would
    # make another client of them, which nobody closes.
    registry._connection_settings.pop("default", None)
    mongoengine.disconnect(alias="default")


def client() -> MongoClient[dict[str, Any]]:
    """Return the connected client. Raises Unavailable when `connect` was not called."""
    # MongoEngine's own getter makes a client where there is none, also while another thread disconnects.
    made: MongoClient[dict[str, Any]] | None = registry._connections.get("default")
    if made is None:
        raise Unavailable()
    return made


def database() -> Database[dict[str, Any]]:
    """Return the connected database. Raises Unavailable when `connect` was not called."""
    try:
        return registry.get_db()
    except registry.ConnectionFailure as error:
        raise Unavailable() from error


def silence_bound() -> float | None:
    """Return how many seconds an operation may take on this connection; None where only each command is bounded."""
    return client().options.timeout


@contextmanager
def patient() -> Iterator[None]:
    """Let a long job (an export, an import, a backup, a rebuild) take its time: only each command of it is bounded.

    A `with` block or a decorator. A transaction within keeps its own bound.
    """
    with timeout(0):  # PyMongo's way to say: the bound of the connection does not hold here
        yield


@contextmanager
def snapshot() -> Iterator[ClientSession]:
    """Give a session that reads everything as it stands at one moment, whatever is written meanwhile."""
    with patient(), client().start_session(snapshot=True) as session:
        yield session


def ping() -> bool:
    """Tell whether a server that takes writes answers, within the bounded waits; never raises."""
    try:
        return bool(client().admin.command("hello").get("isWritablePrimary"))
    except (PyMongoError, Unavailable):
        return False


@contextmanager
def reachable() -> Iterator[None]:
    """Turn the errors of an absent database into Unavailable; a `with` block or a decorator.

    Put it around a whole transaction, never inside one: PyMongo's retry reads the labels of the
    original errors.
    """
    try:
        yield
    except (ConnectionFailure, ExecutionTimeout, WTimeoutError, registry.ConnectionFailure) as error:
        raise Unavailable() from error
    except OperationFailure as error:
        if error.code not in _SENTENCES:
            raise
        raise Unavailable(_SENTENCES[error.code]) from error
    except ConfigurationError as error:
        # By then the settings are right: a connection was made while the server was waking, and has no sessions.
        raise Unavailable() from error
