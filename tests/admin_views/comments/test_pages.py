"""Comments on the pages of records and applications: written, shown with whom they mention, changed, deleted."""

import pytest

from tests.commands_asked import commands_asked
from tests.office_with_jobs import with_own_collection
from tests.office_with_round import with_round
from tests.page_reader import text_of


@pytest.fixture
def office_with():
    return with_round, with_own_collection


@pytest.fixture
def guan(sign_in):
    return sign_in("guan")


def add(browser, record, text: str, collection: str = "bases"):
    return browser.send(
        "/admin/comments/add/", {"collection": collection, "record": str(record), "text": text}
    )


def stored(office):
    return office.db["comments"].find_one()


def test_a_comment_is_written_on_the_records_page_changed_and_deleted(guan, office, sign_in):
    name = office.actor("city").name
    answer = add(guan, office.guan.base, f"<b>请看</b> @{name}")
    assert answer.location == f"/admin/bases/details/?id={office.guan.base}#comments"
    page = guan.get(answer.location).text
    assert "&lt;b&gt;请看&lt;/b&gt;" in page
    assert f'<b class="mention">@{name}</b>' in page
    one = f"/admin/comments/{stored(office)['_id']}/"
    assert f"{one}edit/" in page
    theirs = sign_in("city").get(answer.location).text
    assert "请看" in theirs
    assert one not in theirs
    editing = guan.get(f"{one}edit/").text
    assert "请看" in editing
    assert f'href="{answer.location}"' in editing, "the page names the record, and leads back to it"
    assert guan.send(f"{one}edit/", {"text": "改过", "version": "7"}).status_code == 409
    assert guan.send(f"{one}edit/", {"text": "改过", "version": "1"}).status_code == 303
    assert "已修改" in text_of(guan.get(answer.location).text)
    assert guan.send(f"{one}delete/", {"version": "2"}).status_code == 303
    assert stored(office) is None


def test_what_is_refused_is_shown_again_as_it_was_typed(guan, office):
    answer = add(guan, office.guan.base, "字" * 2001)
    assert answer.status_code == 422
    assert "评论最多 2000 字" in answer.text
    assert "字" * 2001 in answer.text
    assert stored(office) is None


def test_an_application_has_comments_too(sign_in, office):
    city = sign_in("city")
    answer = add(city, next(iter(office.shen.round.at.values())), "材料齐全", "applications")
    assert "材料齐全" in city.get(answer.location).text
    assert "材料齐全" in sign_in("shen").get(answer.location).text


def test_a_record_of_the_offices_own_collection_has_comments_too(sign_in, office):
    city = sign_in("city")
    visit = office.db["c_visits"].find_one()["_id"]
    answer = add(city, visit, "再访一次", "c_visits")
    assert "再访一次" in city.get(answer.location).text


def test_who_only_reads_sees_comments_and_writes_none(guan, office, sign_in):
    page = add(guan, office.guan.base, "请看").location
    reader = sign_in("reader")
    assert "请看" in reader.get(page).text
    assert "/admin/comments/" not in reader.get(page).text
    assert add(reader, office.guan.base, "一").status_code == 403


@pytest.mark.parametrize("act", ["edit", "delete"])
def test_another_countys_clerk_meets_no_such_comment_and_a_colleague_may_not_change_it(
    guan, office, sign_in, act
):
    add(guan, office.guan.base, "请看")
    url, sent = f"/admin/comments/{stored(office)['_id']}/{act}/", {"text": "一", "version": "1"}
    assert sign_in("shen").send(url, sent).status_code == 404
    assert sign_in("city").send(url, sent).status_code == 403
    assert stored(office)["text"] == "请看"


def test_who_may_be_mentioned_is_told_to_who_writes_in_scope(guan, office):
    url = f"/admin/comments/people/?collection=bases&record={office.guan.base}"
    names = guan.get(url).json["people"]
    assert office.actor("city").name in names
    assert office.actor("shen").name not in names
    assert guan.get(url.replace(str(office.guan.base), str(office.shen.base))).status_code == 404


def test_comments_cost_a_records_page_no_command(guan, office):
    page = f"/admin/bases/details/?id={office.guan.base}"
    before = commands_asked(office.db, lambda: guan.get(page))
    add(guan, office.guan.base, "请看")
    assert commands_asked(office.db, lambda: guan.get(page)) == before
