"""A list as a board by status and as a calendar by day: of every collection that has a status or a day."""

from datetime import UTC, date, datetime

import pytest

from rules.access import Role
from schema.definitions.own_fields import OwnField, OwnKind
from services.definitions.own_fields import add_own_field
from services.records import records
from tests.page_reader import flashes
from tests.sample_office import SHEN
from tests.stored_rows import full_digest

NOW = datetime(2026, 3, 3, tzinfo=UTC)
LISTS = ("bases", "tenant-companies", "service-partners", "staff-members", "ledger-entries")


def test_a_list_offers_table_board_and_calendar_and_keeps_its_filters(office, sign_in):
    page = sign_in("city").get(f"/admin/tenant-companies/?county={SHEN}&search=yt").text
    for layout in ("board", "calendar"):
        assert f'href="/admin/tenant-companies/{layout}/?county={SHEN}&amp;search=yt"' in page
    assert (
        "partners/calendar/" not in sign_in("city").get("/admin/service-partners/").text
    )  # they have no day
    assert "statuses/board/" not in sign_in("boss").get("/admin/statuses/").text


@pytest.mark.parametrize("slug", LISTS)
def test_a_board_shows_the_scope_and_the_filters_of_the_list(office, sign_in, slug):
    shown = sign_in("city").get(f"/admin/{slug}/board/?county={SHEN}")
    assert (
        shown.status_code == 200 and office.shen.mark in shown.text if hasattr(office.shen, "mark") else True
    )
    theirs = sign_in("guan").get(f"/admin/{slug}/board/")
    assert theirs.status_code == 200
    for record in (office.shen.base, office.shen.company, office.shen.entry, office.shen.member):
        assert str(record) not in theirs.text


def test_a_card_of_a_shipped_list_is_moved_at_its_version_and_a_title_is_not(office, sign_in):
    browser = sign_in("city")
    sent = {"id": str(office.shen.company), "status": "to_check", "version": "1"}
    assert browser.send("/admin/tenant-companies/board/move/", sent).status_code == 303
    assert office.db["tenant_companies"].find_one({"_id": office.shen.company})["status"] == "to_check"
    before = full_digest(office.db)
    again = browser.send("/admin/tenant-companies/board/move/", {**sent, "status": "housed"})
    assert again.status_code == 303  # it says so: the card stood at another version
    title = {"id": str(office.shen.spare), "status": "certified", "version": "1"}
    assert browser.send("/admin/bases/board/move/", title).status_code == 403
    assert 'name="status"' not in browser.get("/admin/bases/board/").text
    assert full_digest(office.db) == before


def test_a_card_that_the_rules_warn_of_is_not_moved_but_asked_about_in_its_form(office, sign_in):
    browser, before = sign_in("city"), full_digest(office.db)
    sent = {"id": str(office.shen.company), "status": "moved_out", "version": "1"}
    answer = browser.send("/admin/tenant-companies/board/move/", sent)
    assert (answer.status_code, "/edit/" in answer.location) == (303, True)
    assert "迁出" in flashes(browser.get(answer.location).text)[0]
    assert office.db["tenant_companies"].find_one({"_id": office.shen.company})["status"] != "moved_out"
    assert full_digest(office.db) == before


def test_a_calendar_shows_a_month_by_a_day_that_the_role_may_see(office, sign_in):
    records.update(
        "tenant_companies", office.shen.company, {"moved_in": date(2024, 5, 6)}, version=1,
        actor=office.actor("city"), now=NOW,
    )  # fmt: skip
    month = "/admin/tenant-companies/calendar/?month=2024-05&by="
    name = office.db["tenant_companies"].find_one({"_id": office.shen.company})["name"]
    assert name in sign_in("city").get(month + "moved_in").text
    assert name not in sign_in("guan").get(month + "moved_in").text
    kept = OwnField(
        "tenant_companies", "", OwnKind.DATE, "回访日", filtered=True, unseen_by=(Role.READER,)
    )  # fmt: skip
    own = add_own_field(kept, actor=office.actor("boss"), now=NOW)
    assert "回访日" in sign_in("city").get(month + own.key).text
    assert "回访日" not in sign_in("reader").get(month + own.key).text
