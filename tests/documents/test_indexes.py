"""Building indexes: what others do to the server meanwhile does not end the start of a program."""

import pytest
from pymongo.errors import NetworkTimeout, OperationFailure, WriteConcernError

from documents import indexes
from documents.desk.user import User
from documents.indexes import build_indexes, documents
from tests.stored_rows import WRITES


@pytest.mark.parametrize(
    "error",
    [
        WriteConcernError("operation was interrupted", 11601, {"code": 11601}),
        OperationFailure("operation was interrupted", 11601),
        NetworkTimeout("no answer within a minute"),
    ],
)
def test_a_build_that_was_interrupted_is_begun_again(db, monkeypatch, error):
    real, cut_short = indexes._create, [error]

    def interrupted(document) -> None:
        if document is User and cut_short:
            raise cut_short.pop()
        real(document)

    db["users"].drop_indexes()
    monkeypatch.setattr(indexes, "_create", interrupted)
    build_indexes()
    assert cut_short == []
    assert "one_name" in db["users"].index_information()


def test_another_error_of_a_build_is_not_hidden(db, monkeypatch):
    def refused(document) -> None:
        raise OperationFailure("not allowed", 13)

    monkeypatch.setattr(indexes, "_create", refused)
    with pytest.raises(OperationFailure, match="not allowed"):
        build_indexes()


def test_each_collection_is_asked_once_and_has_what_mongoengine_would_build(db):
    """Whatever starts asks for the indexes of every collection."""
    for name in db.list_collection_names():
        if not name.startswith("system."):
            db[name].drop_indexes()
    build_indexes()
    ours = {one._get_collection_name(): one._get_collection().index_information() for one in documents()}
    for document in documents():
        document.ensure_indexes()  # would be refused where one of that name, or of those keys, is another one
    assert ours == {name: db[name].index_information() for name in ours}
    assert sum(len(found) - 1 for found in ours.values()) > 100
    assert len(ours["audit_entries"]) > 3
    before = WRITES.of(db.name, "audit_entries")
    build_indexes()
    assert WRITES.of(db.name, "audit_entries") == before + 1
