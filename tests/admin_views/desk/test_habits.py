"""How one likes to work: density, size of the text, the first page; each user's own, whatever is sent."""

import pytest

from services.desk.habits import ColumnHabit
from tests.page_reader import flashes, form, text_of
from tests.sample_office import PASSWORD

PAGE = "/account/habits/"
USUAL = {"density": "usual", "text_size": "usual", "keeps_lists": "no", "shows_sums": "no", "start": ""}


def kept(office, user="city"):
    return office.db["users"].find_one({"name": user}).get("preferences") or {}


def test_what_is_chosen_is_kept_shown_and_the_users_own(office, sign_in):
    city = sign_in("city")
    assert form(city.get(PAGE).text, PAGE)["density"] == ["usual"]
    answer = city.send(PAGE, {**USUAL, "density": "close", "text_size": "large", "keeps_lists": "yes"})
    assert flashes(city.get(answer.location).text)
    page = city.get("/admin/bases/").text
    assert "rows-close text-large" in page.split(">")[1]
    assert "data-keeps-lists" in page
    assert form(city.get(PAGE).text, PAGE)["density"] == ["close"]
    assert "rows-close" not in sign_in("guan").get("/admin/bases/").text
    assert "density" not in kept(office, "guan")


@pytest.mark.parametrize(
    "sent",
    [
        {**USUAL, "density": "huge"},
        {**USUAL, "start": "users.index"},
        {**USUAL, "start": "https://example.cn"},
        {"density": "close"},
        {},
    ],
)
def test_what_is_not_offered_is_refused_with_a_sentence(office, sign_in, sent):
    guan = sign_in("guan")
    before = kept(office, "guan")
    answer = guan.send(PAGE, sent)
    assert answer.status_code == 422
    assert "请在所列选项中选择" in text_of(answer.text)
    assert kept(office, "guan") == before


def test_signing_in_begins_with_the_chosen_page_and_an_address_asked_for_goes_before(office, sign_in, app):
    sign_in("guan").send(PAGE, {**USUAL, "start": "ledger_entries.index_view"})

    def signed_in(query=""):
        client = app.test_client()
        page = client.get(f"/login{query}").text
        token = form(page, "/login")
        return client.post(f"/login{query}", data={**token, "username": "guan", "password": PASSWORD})

    assert signed_in().location.endswith("/admin/ledger-entries/")
    assert signed_in("?next=/admin/bases/").location.endswith("/admin/bases/")
    office.db["users"].update_one({"name": "guan"}, {"$set": {"preferences.start": "users.index"}})
    assert signed_in().location.endswith("/admin/")


@pytest.mark.parametrize("held", [None, 1, [], {"tenant_companies": 3}, {"tenant_companies": {"widths": 4}}])
def test_whatever_is_stored_of_columns_is_read(held):
    assert ColumnHabit.of({"columns": held}, "tenant_companies") == ColumnHabit()
