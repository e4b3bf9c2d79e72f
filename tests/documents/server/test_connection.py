"""The connection: safe writes, aware times, and one sentence when the database is away."""

import threading
from contextlib import suppress
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from pymongo import MongoClient
from pymongo.errors import (
    AutoReconnect,
    ConfigurationError,
    DuplicateKeyError,
    NotPrimaryError,
    OperationFailure,
    ServerSelectionTimeoutError,
    WTimeoutError,
)

from documents.server import connection
from documents.server.connection import (
    DISK_FULL,
    NO_REPLICA_SET,
    NOT_ALLOWED_IN,
    NOT_AN_ADDRESS,
    client,
    connect,
    database,
    disconnect,
    ping,
    reachable,
)
from rules.errors import Unavailable


def test_writes_wait_for_a_majority_and_its_journals(db):
    concern = db.write_concern.document
    assert (concern["w"], concern["j"]) == ("majority", True)
    assert db.client.options.retry_writes


def test_moments_come_back_aware_and_uuids_as_they_went(db):
    row = {"at": datetime(2026, 2, 3, 4, 5, tzinfo=UTC), "key": uuid4()}
    db["things"].insert_one(dict(row))
    found = db["things"].find_one({}, {"_id": 0})
    assert found == row
    assert found["at"].tzinfo is not None


def test_a_ping_tells_whether_the_database_takes_writes(db):
    assert ping() is True


@pytest.fixture
def no_connection():
    disconnect()


def test_without_a_connection_everything_says_so(no_connection):
    assert ping() is False
    for ask in (client, database):
        with pytest.raises(Unavailable):
            ask()


@pytest.mark.slow
def test_a_server_that_is_not_there_is_given_up_within_seconds(no_connection):
    connect("mongodb://localhost:9/", "office")
    assert ping() is False
    with pytest.raises(Unavailable), reachable():
        database()["things"].find_one()
    disconnect()


def test_threads_that_ask_while_it_is_opened_and_closed_make_no_client_that_nobody_closes(
    no_connection, monkeypatch
):
    made, over = [], threading.Event()

    class Counted(MongoClient):
        def __init__(self, **settings):
            super().__init__(**settings)
            made.append(self)

    def ask():
        while not over.is_set():
            with suppress(Unavailable):
                client()

    monkeypatch.setattr(connection, "MongoClient", Counted)
    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    try:
        for _ in range(40):
            connect("mongodb://localhost:9/", "office")
            disconnect()
    finally:
        over.set()
        for asker in askers:
            asker.join()
    assert len(made) == 40
    assert [one for one in made if not one._closed] == []


@pytest.mark.parametrize(
    "uri", ["nonsense", "mongodb://", "mongodb://clerk:se/cret@host/", "mongodb://h/?w=x&tls=maybe"]
)
def test_a_wrong_address_is_one_sentence_without_the_password(no_connection, uri):
    with pytest.raises(Unavailable) as caught:
        connect(uri, "office")
    assert str(caught.value) == NOT_AN_ADDRESS


def test_an_address_may_not_name_another_database(no_connection):
    with pytest.raises(ValueError, match="county"):
        connect("mongodb://localhost:9/county", "office")
    assert ping() is False


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ServerSelectionTimeoutError("none"), Unavailable.default),
        (AutoReconnect("closed"), Unavailable.default),
        (NotPrimaryError("stepped down"), Unavailable.default),
        (WTimeoutError("no majority", 64, {}), Unavailable.default),
        (ConfigurationError("Sessions are not supported by this MongoDB deployment"), Unavailable.default),
        (OperationFailure("Transaction numbers are only allowed on a replica set", 20), NO_REPLICA_SET),
        (OperationFailure("not authorised", 13), NOT_ALLOWED_IN),
        (OperationFailure("Authentication failed", 18), NOT_ALLOWED_IN),
        (OperationFailure("out of disk", 14031), DISK_FULL),
    ],
)
def test_an_absent_database_is_one_sentence(error, message):
    with pytest.raises(Unavailable) as caught, reachable():
        raise error
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "error", [DuplicateKeyError("twice", 11000), OperationFailure("bad query", 2), KeyError("x")]
)
def test_other_errors_pass_unchanged(error):
    with pytest.raises(type(error)) as caught, reachable():
        raise error
    assert caught.value is error
