"""The manual's pages, the first day, the words that are explained, the year: as somebody signed in meets them."""

import re
from datetime import UTC, date, datetime

import time_machine
from icalendar import Calendar

from admin_views.help.pages import _KEYS
from admin_views.shared.help.glossary import GLOSSARY
from tests.page_reader import text_of

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


def test_a_page_leads_to_its_own_chapter(sign_in):
    browser = sign_in("guan")
    for path, word in (
        ("/admin/", "today"),
        ("/admin/ledger-entries/", "ledger"),
        ("/admin/bases/", "lists"),
        ("/admin/bases/new/", "records"),
        ("/admin/revocation/", "revocation"),
        ("/admin/settings/", "office"),
    ):
        assert f'href="/admin/help/{word}/"' in browser.get(path).text, path


def test_the_manual_is_read_in_the_readers_language(sign_in):
    browser = sign_in("reader")
    contents = browser.get("/admin/help/").text
    chapters = set(re.findall(r'href="(/admin/help/[a-z]+/)"', contents))
    assert {"/admin/help/ledger/", "/admin/help/undo/"} <= chapters
    page = browser.get("/admin/help/ledger/").text
    assert "达标评估只认台账" in page
    assert "<h2>逐条登记</h2>" in page
    browser.send("/account/language", {"locale": "en"})
    assert "<h2>One by one</h2>" in browser.get("/admin/help/ledger/").text
    assert browser.get("/admin/help/nothing/").status_code == 404


def test_the_keys_of_each_kind_of_page_and_the_words_are_listed(sign_in):
    browser = sign_in("reader")
    page = browser.get("/admin/help/keys/").text
    assert page.count("data-when=") == len(_KEYS)
    assert "<kbd>Ctrl+Shift+Enter</kbd>" in page
    words = browser.get("/admin/help/words/").text
    assert all(f'id="{word}"' in words for word in GLOSSARY)
    assert "计入统计" in text_of(words)


def test_a_word_is_explained_where_it_stands(sign_in):
    page = sign_in("boss").get("/admin/ledger-quality/?year=2026").text
    summary = page.partition('<details class="drop term')[2]
    assert 'aria-label="“台账问题”的含义"' in summary
    assert "照常计入统计" in summary


def test_the_first_day_is_shown_until_it_is_understood_and_again_when_asked_for(sign_in):
    browser, other = sign_in("guan"), sign_in("shen")
    assert "data-tour" in browser.get("/admin/").text
    browser.send("/account/tour", {"tour": "seen", "next": "/admin/"})
    assert "data-tour" not in browser.get("/admin/").text
    assert "data-tour" not in sign_in("guan").get("/admin/").text
    assert "data-tour" in other.get("/admin/").text
    browser.send("/account/tour", {"tour": "nonsense"})
    assert "data-tour" not in browser.get("/admin/").text
    browser.send("/account/tour", {"tour": "due"})
    assert "data-tour" in browser.get("/admin/").text


def test_the_year_has_the_days_of_the_measures_and_the_titles_of_ones_own_county(sign_in, office):
    bases = office.db["bases"]
    named = {}
    for who in ("guan", "shen"):
        base = bases.find_one({"_id": getattr(office, who).base})
        named[who] = base["name"]
        ends = datetime(2026, 9, 30)
        bases.update_one({"_id": base["_id"]}, {"$set": {"status": "certified", "title_last_day": ends}})
    with time_machine.travel(NOON, tick=False):
        page = sign_in("guan").get("/admin/year/").text
        said = text_of(page)
        assert named["guan"] in said
        assert named["shen"] not in said
        assert "2026-01-10" in said
        assert "2026-01-20" in said
        assert "2026-12-03" in said  # the Measures end
        assert "2026-12-31" in said  # renewal is applied for in the year of expiry
        whole = text_of(sign_in("city").get("/admin/year/2026/").text)
        assert named["guan"] in whole
        assert named["shen"] in whole
        file = sign_in("guan").get("/admin/year/2026/days.ics")
        events = Calendar.from_ical(file.data).walk("vevent")
        days = {event["dtstart"].dt: str(event.get("description", "")) for event in events}
        assert named["guan"] in days[date(2026, 9, 30)]
        assert all(named["shen"] not in text for text in days.values())
        assert sign_in("guan").get("/admin/year/1999/").status_code == 404
