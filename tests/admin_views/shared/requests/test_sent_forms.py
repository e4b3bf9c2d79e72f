"""A form of a page is carried out once; a page that could not save it says what is known, and keeps what was typed."""

import re
from pathlib import Path

import pytest
from pymongo.client_session import ClientSession
from pymongo.errors import NetworkTimeout, OperationFailure

from rules.errors import Unavailable
from tests.page_reader import form, text_of

KEY = "a-key-of-a-form-1"
NEW = "/admin/ledger-entries/new/"


@pytest.fixture
def entry(office):
    """Give a ledger entry as it is typed, with the key of its form."""
    return {"base": str(office.guan.base), "function": "training", "request": "想学记账", "form_key": KEY}


def requests(office):
    return sorted(
        row.get("request", "") for row in office.db["ledger_entries"].find({"request": {"$regex": "^想学"}})
    )


def test_every_form_of_every_page_begins_with_its_token_and_its_key():
    for file in Path("templates").rglob("*.html"):
        text = file.read_text()
        assert "csrf_token()" not in text, file
        posted = len(re.findall(r'<form[^>]*method="post"', text))
        # One whose fields a script renews, and the one that goes on with the fields of another.
        elsewhere = file.name in ("what_if.html", "unsaved.html")
        assert text.count("form_token()") + elsewhere >= posted, file


def test_a_page_gives_each_of_its_forms_a_key_of_its_own(office, sign_in):
    keys = re.findall(r'name="form_key" value="([^"]+)"', sign_in("city").get(NEW).text)
    assert len(keys) > 1
    assert len(set(keys)) == len(keys)


def test_a_form_that_is_sent_twice_is_saved_once_and_answered_alike(office, sign_in, entry):
    browser = sign_in("guan")
    answers = [browser.send(NEW, entry) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [303] * 3
    assert len({answer.location for answer in answers}) == 1
    assert requests(office) == ["想学记账"]
    assert "没有重复保存" in browser.get(answers[0].location).text


def test_it_is_saved_once_also_where_its_answer_was_not_noted(office, sign_in, entry):
    browser = sign_in("guan")
    first = browser.send(NEW, entry)
    office.db["sent_forms"].delete_many({"location": {"$exists": True}})
    second = browser.send(NEW, entry)
    assert second.location == first.location
    assert requests(office) == ["想学记账"]


def test_a_deletion_that_is_sent_twice_is_no_error(office, sign_in):
    path = f"/admin/tenant-companies/delete/?id={office.guan.second_company}"
    browser, sent = sign_in("guan"), {"version": "1", "form_key": KEY}
    first, second = browser.send(path, sent), browser.send(path, sent)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location


def test_other_words_under_the_same_key_are_another_form(office, sign_in, entry):
    # Back in the browser, the next entry typed into the old page.
    browser = sign_in("guan")
    browser.send(NEW, entry)
    browser.send(NEW, entry | {"request": "想学开票"})
    assert requests(office) == ["想学开票", "想学记账"]


def test_a_key_is_its_senders_own(office, sign_in, entry):
    sign_in("guan").send(NEW, entry)
    sign_in("city").send(NEW, entry)
    assert requests(office) == ["想学记账", "想学记账"]


def test_a_page_that_shows_what_it_made_is_not_shown_for_a_second_sending(office, sign_in, monkeypatch):
    monkeypatch.setattr("admin_views.desk.users.demand_own_password", lambda typed: None)
    browser = sign_in("boss")
    sent = {
        "username": "neuer",
        "role": "reader",
        "county": "",
        "display_name": "新人",
        "own_password": "x",
        "form_key": KEY,
    }
    first = browser.send("/admin/users/new/", sent)
    assert first.status_code == 200, first.text
    second = browser.send("/admin/users/new/", sent)
    assert second.status_code == 303
    assert office.db["users"].count_documents({"name": "neuer"}) == 1


# --- What cannot be saved


@pytest.fixture
def lost_commit(monkeypatch):
    """Let commits fall silent: written (True) or not (False) as `lost_commit` is told."""
    commit = ClientSession.commit_transaction

    def begin(written):
        def silent(session):
            if written:
                commit(session)
            error = NetworkTimeout("mongodb://clerk:secret-word@10.0.0.7 fell silent")
            error._add_error_label("UnknownTransactionCommitResult")
            raise error

        monkeypatch.setattr(ClientSession, "commit_transaction", silent)

    yield begin
    monkeypatch.setattr(ClientSession, "commit_transaction", commit)


def again(page):
    """Return the form by which an unsaved page goes on."""
    return form(page, NEW, keyed=True)


def test_a_commit_whose_answer_is_lost_is_looked_up_and_said_to_be_saved(office, sign_in, entry, lost_commit):
    browser = sign_in("guan")
    lost_commit(written=True)
    assert browser.send(NEW, entry).status_code == 303
    assert requests(office) == ["想学记账"]


@pytest.mark.parametrize("written", [True, False])
def test_a_commit_that_nobody_answers_is_said_to_be_unknown_and_goes_on_from_its_page(
    written, office, sign_in, entry, lost_commit, monkeypatch
):
    browser = sign_in("guan")
    with monkeypatch.context() as patch:
        patch.setattr("documents.desk.sent_form_outcome.SentFormOutcome.find", silent)
        lost_commit(written)
        page = browser.send(NEW, entry)
    monkeypatch.undo()
    assert page.status_code == 503
    words = text_of(page.text)
    assert "尚不确定是否已保存" in words
    assert "没有保存。" not in words
    assert "想学记账" in words
    assert "secret-word" not in page.text
    status = re.search(r'data-status="([^"]+)"', page.text)[1]
    assert browser.get(status).json == {"written": int(written), "location": ""}
    assert sign_in("city").get(status).json == {"written": 0, "location": ""}

    sent = again(page.text)
    assert sent["form_unanswered"] == ["1"]
    saved = browser.post(NEW, data=sent)
    assert saved.status_code == 303
    assert requests(office) == ["想学记账"]
    assert browser.get(status).json["location"] == saved.location


def silent(*_args):
    raise NetworkTimeout("no answer")


def test_what_was_unknown_stays_unknown_when_the_database_is_still_away(office, sign_in, entry, monkeypatch):
    def gone(*_args):
        raise Unavailable

    browser = sign_in("guan")
    monkeypatch.setattr("documents.desk.sent_form_outcome.SentFormOutcome.answer_of", gone)
    first = text_of(browser.send(NEW, entry).text)
    assert "本次提交的内容没有保存" in first
    later = browser.send(NEW, entry | {"form_unanswered": "1", "form_tries": "2"})
    assert "尚不确定是否已保存" in text_of(later.text)
    assert again(later.text)["form_tries"] == ["3"]
    assert requests(office) == []


def test_what_follows_a_commit_never_turns_it_into_an_error(office, sign_in, monkeypatch):
    def gone(*_args, **_more):
        raise Unavailable

    monkeypatch.setattr("services.records.denormalised_copies.PendingCopies.next_note", gone)
    browser = sign_in("city")
    path = f"/admin/bases/edit/?id={office.guan.base}"
    sent = form(browser.get(path).text, path)
    assert browser.post(path, data=sent | {"name": ["改名创业园"]}).status_code == 303
    assert office.one("bases", office.guan.base)["name"] == "改名创业园"


def test_a_fault_after_the_commit_does_not_say_that_nothing_was_saved(office, sign_in, entry, monkeypatch):
    def broken(*_args, **_more):
        raise RuntimeError

    monkeypatch.setattr("admin_views.records.edit.flash_saved", broken)
    page = sign_in("guan").send(NEW, entry)
    assert page.status_code == 500
    assert "没有保存" not in text_of(page.text)
    assert "已保存" in text_of(page.text)
    assert requests(office) == ["想学记账"]


def test_a_full_disk_is_said_on_the_page(office, sign_in, entry, monkeypatch):
    def full(*_args):
        raise OperationFailure("Can't take a write lock while out of disk space", 14031)

    monkeypatch.setattr("services.shared.unit_of_work.UnitOfWork._finish", full)
    page = sign_in("guan").send(NEW, entry)
    assert page.status_code == 503
    assert "磁盘" in text_of(page.text)
    assert "想学记账" in text_of(page.text)


def test_a_password_is_kept_in_no_page(office, sign_in, monkeypatch):
    def gone(*_args, **_more):
        raise Unavailable

    monkeypatch.setattr("admin_views.desk.account.change_password", gone)
    sent = {"old_password": "altes-wort-9", "new_password": "neues-wort-99", "repeated": "neues-wort-99"}
    page = sign_in("guan").send("/account/password", sent | {"form_key": KEY})
    assert page.status_code in (400, 503)
    assert "wort" not in page.text
