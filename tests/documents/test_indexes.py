"""Building indexes: what others do to the server meanwhile does not end the start of a program."""

import pytest
from pymongo.errors import NetworkTimeout, OperationFailure, WriteConcernError

from documents.desk.user import User
from documents.indexes import build_indexes


@pytest.mark.parametrize(
    "error",
    [
        WriteConcernError("operation was interrupted", 11601, {"code": 11601}),
        OperationFailure("operation was interrupted", 11601),
        NetworkTimeout("no answer within a minute"),
    ],
)
def test_a_build_that_was_interrupted_is_begun_again(db, monkeypatch, error):
    real, cut_short = User.ensure_indexes, [error]

    def interrupted() -> None:
        if cut_short:
            raise cut_short.pop()
        real()

    db["users"].drop_indexes()
    monkeypatch.setattr(User, "ensure_indexes", interrupted)
    build_indexes()
    assert cut_short == []
    assert "one_name" in db["users"].index_information()


def test_another_error_of_a_build_is_not_hidden(db, monkeypatch):
    def refused() -> None:
        raise OperationFailure("not allowed", 13)

    monkeypatch.setattr(User, "ensure_indexes", refused)
    with pytest.raises(OperationFailure, match="not allowed"):
        build_indexes()
