"""What may be begun about the end of the 2021 Measures: rounds, applications, notices, announcements, cases."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import pytest
import time_machine

from rules.applications import Stage
from rules.rule_sets.measures import CITY_2021, DecidedUnder
from services.assessment.rule_sets import change_draft, move_last_day, put_in_force, read_editions
from tests import page_reader as read
from tests import round_driver as driver
from tests.sample_office import GUAN, Office

LAST, AFTER = date(2026, 12, 3), date(2026, 12, 4)
BEFORE_NEXT, NEXT_FIRST, LATER = date(2027, 1, 10), date(2027, 1, 11), date(2027, 6, 1)
REASON = "局长办公会研究同意，新办法印发前按原办法办理。"
ENDED, WHY, UNDER_NEXT = "没有其他施行中的办法", "请书面说明", "请按该办法办理"
NUMBER = "聊工信发〔2027〕90号"


@pytest.fixture
def on() -> Iterator[Callable[[date], None]]:
    """Give a function that moves the clock to ten o'clock of a day."""
    travels: list[time_machine.travel] = []

    def move(day: date) -> None:
        for travel in travels:
            travel.stop()
        travels[:] = [time_machine.travel(driver.moment(day), tick=True)]
        travels[0].start()

    yield move
    for travel in travels:
        travel.stop()


def succeed(office: Office, *, decided: DecidedUnder = DecidedUnder.EARLIER) -> None:
    """Put the sample's draft in force from 2027-01-11."""
    (edition,) = (edition for edition in read_editions() if edition.measures.code == "city-2026")
    successor = replace(
        edition.measures, title="新办法", document_number=NUMBER, first_day=NEXT_FIRST,
        applications_begun_before=decided,
    )  # fmt: skip
    boss, now = office.actor("boss"), driver.moment(date(2026, 11, 30))
    change_draft(successor, version=edition.version, actor=boss, now=now)
    put_in_force("city-2026", version=edition.version + 1, actor=boss, now=now)


def let_begin(office: Office) -> None:
    """Let things be begun under the 2021 Measures after their end, with a reason."""
    move_last_day(
        "city-2021", CITY_2021.last_day, begins_after_end=True, version=0, today=date(2026, 11, 30),
        actor=office.actor("boss"), now=driver.moment(date(2026, 11, 30)),
    )  # fmt: skip


def shown(answer) -> str:
    return read.text_of(answer.text)


def refused(office: Office, act, sentence: str) -> None:
    """Act, and see that it is refused with a sentence and that nothing stored differs."""
    before = office.digest()
    answer = act()
    assert answer.status_code in (409, 422), shown(answer)
    assert sentence in shown(answer)
    assert "2026-12-03" in shown(answer)
    after = office.digest()
    assert after == before


def sent(page: str, action: str = "form", **changes: str) -> dict[str, list[str]]:
    fields = read.form(page, action)
    return {name: values for name, values in fields.items() if name != "csrf_token"} | {
        name: [value] for name, value in changes.items()
    }


# --- Rounds --------------------------------------------------------------------------------------

ROUNDS = "/admin/rounds/new/"


def enter_round(browser, day: date, **changes: str):
    typed = sent(
        browser.get(ROUNDS).text, name="申报批次", year=str(day.year), assessed_year=str(day.year - 1)
    )
    typed |= {"apply_from": [day.isoformat()], "apply_until": [day.replace(month=12, day=31).isoformat()]}
    return browser.send(ROUNDS, typed | {name: [value] for name, value in changes.items()})


@pytest.mark.parametrize(
    ("day", "successor", "lets", "reason", "sentence"),
    [
        (LAST, False, False, "", ""),
        (AFTER, False, False, "", ENDED),
        (AFTER, False, False, REASON, ENDED),
        (AFTER, False, True, "", WHY),
        (AFTER, False, True, REASON, ""),
        (BEFORE_NEXT, True, False, REASON, ENDED),
        (BEFORE_NEXT, True, True, REASON, ""),
        (NEXT_FIRST, True, False, "", ""),  # the form offers the one in force
        (LATER, True, False, "", ""),
    ],
)
def test_a_round_begins_under_a_set_in_force(office, sign_in, on, day, successor, lets, reason, sentence):
    if lets:
        let_begin(office)
    if successor:
        succeed(office)
    on(day)
    city = sign_in("city")
    if sentence:
        refused(office, lambda: enter_round(city, day, reason_to_begin=reason), sentence)
        return
    answer = enter_round(city, day, reason_to_begin=reason)
    assert answer.status_code == 303, read.on_top(answer.text)
    (stored,) = office.db["rounds"].find()
    assert stored["rule_set"] == ("city-2026" if day >= NEXT_FIRST else "city-2021")
    assert stored["reason_to_begin"] == reason
    entry = office.db["audit_entries"].find_one({"collection": "rounds", "action": "created"})
    reasons = [row["new"] for row in entry["changes"] if row["field"] == "reason_to_begin"]
    assert reasons == ([reason] if reason else [])
    assert (reason in shown(city.get(answer.location))) is True


def test_a_round_of_the_city_takes_no_other_levels_set(office, sign_in, on):
    on(date(2026, 11, 30))
    city = sign_in("city")
    assert "国家" not in shown(city.get(ROUNDS)).partition("适用办法")[2].partition("申报通知")[0]
    assert 'value="nation-2016"' not in city.get(ROUNDS).text
    before = office.digest()
    for code, sentence in (("nation-2016", "其他层级"), ("city-2026", "请从列表中选择适用办法")):
        answer = enter_round(city, date(2026, 11, 30), rule_set=code)
        assert answer.status_code == 422
        assert sentence in shown(answer)
    assert office.digest() == before


def test_an_old_round_may_be_closed_after_the_end_and_not_opened_again(office, sign_in, on):
    round_id = driver.make_round()
    on(AFTER)
    city = sign_in("city")
    place = f"/admin/rounds/{round_id}/close/"
    assert city.send(place, {"version": "1"}).status_code == 303
    refused(office, lambda: city.send(place, {"version": "2"}), WHY)


# --- Applications ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "successor", "decided", "sentence"),
    [
        (LAST, False, None, ""),
        (AFTER, False, None, ENDED),
        (NEXT_FIRST, True, DecidedUnder.EARLIER, UNDER_NEXT),
        (NEXT_FIRST, True, DecidedUnder.THIS, ""),
    ],
)
def test_an_application_begins_under_a_set_in_force(office, sign_in, on, day, successor, decided, sentence):
    round_id = driver.make_round(apply_until=LATER)
    if successor:
        succeed(office, decided=decided)
    base = driver.make_base(GUAN, "清泉新园")
    on(day)
    guan = sign_in("guan")
    given = {"base": str(base), "round": str(round_id)}
    if sentence:
        refused(office, lambda: guan.send("/admin/applications/new/", given), sentence)
    else:
        assert guan.send("/admin/applications/new/", given).status_code == 303


def test_an_application_after_the_end_keeps_its_reason(office, sign_in, on):
    let_begin(office)
    round_id = driver.make_round(apply_until=LATER)
    base = driver.make_base(GUAN, "清泉新园")
    on(AFTER)
    guan = sign_in("guan")
    page = guan.get(f"/admin/applications/new/?base={base}&round={round_id}")
    assert 'name="reason_to_begin"' in page.text
    given = {"base": str(base), "round": str(round_id)}
    refused(office, lambda: guan.send("/admin/applications/new/", given), WHY)
    answer = guan.send("/admin/applications/new/", given | {"reason_to_begin": REASON})
    assert answer.status_code == 303
    assert REASON in shown(guan.get(answer.location))
    assert office.db["applications"].find_one({"base": base})["reason_to_begin"] == REASON


# --- Notices and announcements -----------------------------------------------------------------------


def open_notice(browser, round_id, day: date, **changes: str):
    """Preview a notice and open it; return the answer to the first step that is refused, else to the last."""
    draft = f"/admin/publication/notices/new/?round={round_id}"
    lines = {"telephone": "0635-8288000", "email": "jidi@example.cn", "address": "昌润路1号"}
    typed = sent(browser.get(draft).text, first_day=day.isoformat(), working_days="5", **lines, **changes)
    preview = browser.send(draft, typed)
    if preview.status_code != 200 or 'id="publish"' not in preview.text:
        return preview, preview
    return preview, browser.send(
        f"/admin/publication/notices/open/?round={round_id}", sent(preview.text, "publish")
    )


@pytest.mark.parametrize(
    ("day", "successor", "decided", "reason", "sentence", "under"),
    [
        (LAST, False, None, "", "", "city-2021"),
        (AFTER, False, None, REASON, ENDED, ""),
        (NEXT_FIRST, True, DecidedUnder.EARLIER, "", WHY, ""),
        (NEXT_FIRST, True, DecidedUnder.EARLIER, REASON, "", "city-2021"),
        (LATER, True, DecidedUnder.THIS, "", "", "city-2026"),
    ],
)
def test_a_notice_is_opened_under_a_set_in_force_or_by_the_transition(
    office, sign_in, on, day, successor, decided, reason, sentence, under
):
    round_id = driver.make_round()
    application = driver.drive(driver.make_base(GUAN, "清泉新园"), round_id, to=Stage.SELECTED)
    if successor:
        succeed(office, decided=decided)
    on(day)
    city = sign_in("city")
    if sentence:
        refused(office, lambda: open_notice(city, round_id, day, reason_to_begin=reason)[1], sentence)
        return
    preview, answer = open_notice(city, round_id, day, reason_to_begin=reason)
    assert answer.status_code == 303, read.on_top(answer.text)
    notice = office.db["notices"].find_one({"_id": driver.stored(application)["notice"]})
    assert notice["rule_set"] == under
    assert notice.get("reason_to_begin", "") == reason
    if reason:
        assert reason in shown(preview)
        assert "2026-12-03" in shown(preview)
        assert reason in shown(city.get(answer.location))
        entry = office.db["audit_entries"].find_one({"action": "notice-opened"})
        assert [(row["field"], row["new"]) for row in entry["changes"]] == [("reason_to_begin", reason)]
    cited = NUMBER if under == "city-2026" else CITY_2021.document_number
    assert cited in shown(preview)


@pytest.mark.parametrize(
    ("day", "successor", "reason", "sentence"),
    [
        (LAST, False, "", ""),
        (AFTER, False, REASON, ENDED),
        (BEFORE_NEXT, True, REASON, ENDED),
        (NEXT_FIRST, True, "", WHY),
        (NEXT_FIRST, True, REASON, ""),
    ],
)
def test_an_announcement_is_made_under_a_set_in_force_or_by_the_transition(
    office, sign_in, on, day, successor, reason, sentence
):
    application = driver.drive(driver.make_base(GUAN, "清泉新园"), driver.make_round(), to=Stage.ON_NOTICE)
    if successor:
        succeed(office)
    on(day)
    city = sign_in("city")
    notice = driver.stored(application)["notice"]
    draft = f"/admin/publication/notices/announce/?id={notice}"
    number = f"聊工信发〔{day.year}〕19号"

    def announce():
        typed = sent(city.get(draft).text, number=number, dated=day.isoformat(), reason_to_begin=reason)
        preview = city.send(draft, typed)
        if preview.status_code != 200:
            return preview
        assert (reason in shown(preview)) is True
        return city.send(
            f"/admin/publication/notices/announce/publish/?id={notice}", sent(preview.text, "publish")
        )

    if sentence:
        refused(office, announce, sentence)
        return
    answer = announce()
    assert answer.status_code == 303, read.on_top(answer.text)
    paper = office.db["notices"].find_one({"kind": "announcement"})
    assert paper.get("reason_to_begin", "") == reason
    assert paper["rule_set"] == "city-2021"


# --- Cases -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "successor", "lets", "reason", "sentence", "under"),
    [
        (LAST, False, False, "", "", "city-2021"),
        (AFTER, False, False, REASON, ENDED, ""),
        (AFTER, False, True, "", WHY, ""),
        (AFTER, False, True, REASON, "", "city-2021"),
        (BEFORE_NEXT, True, False, REASON, ENDED, ""),
        (NEXT_FIRST, True, False, "", "", "city-2026"),
        (LATER, True, False, "", "", "city-2026"),
    ],
)
def test_a_case_is_begun_under_a_set_in_force(
    office, sign_in, on, day, successor, lets, reason, sentence, under
):
    if lets:
        let_begin(office)
    if successor:
        succeed(office)
    on(day)
    city = sign_in("city")
    given = {
        "base": str(office.guan.base), "kind": "revocation", "grounds": ["fraud"], "facts-fraud": "虚报台账。",
        "reason_to_begin": reason,
    }  # fmt: skip
    if sentence:
        refused(office, lambda: city.send("/admin/revocation/new/", given), sentence)
        return
    answer = city.send("/admin/revocation/new/", given)
    assert answer.status_code == 303, read.on_top(answer.text)
    case = office.db["decisions"].find_one({})
    assert case["rule_set"] == under
    assert case.get("reason_to_begin", "") == reason
    assert (reason in shown(city.get(answer.location.partition("#")[0]))) is True


# --- Whether things may begin after the end is a setting of the set --------------------------------------


def test_an_administrator_says_what_becomes_of_a_set_after_its_end(office, sign_in, on):
    on(LAST)
    boss, place = sign_in("boss"), "/admin/rule-sets/city-2021/last-day/"
    typed = sent(boss.get(place).text) | {"begins_after_end": ["y"]}
    assert boss.send(place, typed).status_code == 303
    (measures,) = (edition.measures for edition in read_editions() if edition.measures.code == "city-2021")
    assert measures == replace(CITY_2021, begins_after_end=True)
    entry = office.db["audit_entries"].find_one({"record_id": "city-2021"})
    assert [(row["field"], row["new"]) for row in entry["changes"]] == [("begins_after_end", True)]
