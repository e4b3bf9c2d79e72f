"""A visitor's error page: public words, no menu of the office, no cookie, nothing of the machine."""

import pytest

from public_views.answers import cache_of_answers, workbooks_made
from public_views.rate_limit import RateLimit
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


def test_workbooks_made_again_and_again_for_one_address_are_refused_for_a_while(published, client):
    workbooks_made.clear()
    cache_of_answers.clear()
    answers = [client.get(f"/bases/list.xlsx?search=x{number}") for number in range(25)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429] * 5
    refused = answers[-1]
    assert "短时间内下载表格过多" in refused.text
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert client.get("/bases/list.xlsx?search=x3").status_code == 200, "what is kept costs nothing"
    assert client.get("/bases/?search=x99").status_code == 200, "pages are no workbooks"
    other = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.get("/bases/list.xlsx?search=x98", environ_base=other).status_code == 200
    workbooks_made.clear()


@pytest.mark.parametrize("number", range(3))
def test_the_limit_forgets_after_its_time_and_takes_an_ipv6_subscriber_for_one(number):
    limit = RateLimit(2, 60)
    addresses = ("2001:db8::1", "2001:db8::2", "2001:db8::3")
    assert [limit.wait(address, 0.0) for address in addresses] == [0, 0, 61]
    assert limit.wait(addresses[number], 59.5) == 1
    assert limit.wait(addresses[number], 60.0) == 0
