"""What a write left for later is finished while the server runs, whatever befalls one of the tries."""

import time

import pytest

from commands.database import finish_rest
from commands.finishing import Finisher
from rules.errors import Unavailable
from tests.durability.running import until
from tests.page_reader import form


@pytest.mark.parametrize("raised", [None, Unavailable(), RuntimeError("a bug")])
def test_it_tries_again_and_again_and_ends_with_the_server(raised: Exception | None) -> None:
    tries = []

    def finish() -> None:
        tries.append(1)
        if raised:
            raise raised

    with Finisher(finish, pause=0.01):
        until(lambda: len(tries) > 2)
    time.sleep(0.05)
    seen = len(tries)
    time.sleep(0.05)
    assert len(tries) == seen


def test_copies_that_a_lost_database_left_behind_follow_by_themselves(office, sign_in, monkeypatch) -> None:
    def gone(*_args: object, **_more: object) -> None:
        raise Unavailable

    monkeypatch.setattr("services.records.denormalised_copies._AT_ONCE", 1)
    with monkeypatch.context() as patch:
        patch.setattr("services.records.denormalised_copies.PendingCopies.next_note", gone)
        path = f"/admin/bases/edit/?id={office.guan.base}"
        browser = sign_in("city")
        sent = form(browser.get(path).text, path)
        assert browser.post(path, data=sent | {"name": ["改名创业园"]}).status_code == 303
    copies = {"base": office.guan.base, "base_name": {"$ne": "改名创业园"}}
    assert office.db["tenant_companies"].count_documents(copies) > 0
    with Finisher(finish_rest, pause=0.01):
        until(lambda: office.db["tenant_companies"].count_documents(copies) == 0)
