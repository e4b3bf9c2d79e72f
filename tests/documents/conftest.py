"""Documents without a server: every class reads and writes a database in memory while a test asks for it."""

from collections.abc import Iterator

import mongoengine
import mongomock
import pytest

from documents.indexes import documents

ALIAS = "shapes"


@pytest.fixture
def in_memory() -> Iterator[None]:
    """Let every document class use mongomock; the connection of the other tests is left as it is.

    Enough for shapes and plain filters. What depends on transactions, uniqueness, indexes or the meaning of a query
    that only the server knows runs on the real mongod.
    """
    mongoengine.connect(
        "shapes", alias=ALIAS, mongo_client_class=mongomock.MongoClient, tz_aware=True, uuidRepresentation="standard"
    )  # fmt: skip
    every = documents()
    # Not `switch_db`: that asks for the default connection first, which need not be there.
    before = [(document._meta.get("db_alias", "default"), document._collection) for document in every]
    for document in every:
        document._meta["db_alias"], document._collection = ALIAS, None
    try:
        yield
    finally:
        for document, (alias, collection) in zip(every, before, strict=True):
            document._meta["db_alias"], document._collection = alias, collection
        mongoengine.disconnect(ALIAS)
