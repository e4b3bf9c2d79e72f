"""A visitor's error page: public words, no menu of the office, no cookie, nothing of the machine."""

import pytest

from rules.errors import Unavailable


@pytest.mark.parametrize(
    "path", ["/notices/x/y", "/bases/a/b/c/../%00", "/notices/ffffffffffffffffffffffff/none.pdf"]
)
def test_an_address_that_leads_nowhere_leads_back_to_the_lists(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert 'href="/notices/"' in answer.text and "/admin" not in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/notices/", "/bases/"])
def test_an_absent_database_is_a_sentence(client, path, monkeypatch):
    def gone(*_: object, **__: object) -> None:
        raise Unavailable()

    monkeypatch.setattr("public_views.answers.read_stamp", gone)
    answer = client.get(path)
    assert answer.status_code == 503
    assert "/admin" not in answer.text and "mongod" not in answer.text and "Traceback" not in answer.text


def test_the_office_keeps_its_own_error_page(client):
    assert "/admin/" in client.get("/nowhere").text
