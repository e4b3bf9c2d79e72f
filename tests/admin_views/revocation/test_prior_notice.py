"""A prior notice is drawn up, numbered, frozen and replaced; a decision stands on what it told the base."""

import pytest
import time_machine

from documents.publication.paper import Paper
from documents.revocation.decision import Decision
from tests.admin_views.revocation.test_revocation import (
    FACTS,
    NUMBER,
    TODAY,
    begin,
    part,
    pdf,
    preview,
    sent,
    version,
)
from tests.page_reader import on_top, problems, text_of
from tests.stored_rows import digest

PRIOR, ANEW = "聊工信告〔2026〕5号", "聊工信告〔2026〕6号"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(TODAY, tick=True):
        yield


@pytest.fixture
def city(sign_in):
    return sign_in("city")


@pytest.fixture
def place(office, city):
    """A case of 冠县 with ground, finding and evidence, begun on 2026-11-10."""
    place = begin(city, office.guan.base)
    save_grounds(city, place)
    return place


def save_grounds(city, place, facts=FACTS):
    data = {"version": version(city, place), "grounds": "fraud", "facts-fraud": facts, "findings-fraud": "falsified",
            "file-evidence": pdf(f"笔录{len(facts)}.pdf")}  # fmt: skip
    assert city.send(part(place, "grounds"), data).status_code == 303


def case_of(office):
    return Decision.collection().find_one({"base": office.guan.base})


def draft(city, place, number=PRIOR, dated="2026-11-24", until="2026-11-30", **more):
    data = {
        "prior_number": number,
        "prior_dated": dated,
        "prior_until": until,
        "version": version(city, place),
    }
    return city.send(part(place, "notice/preview"), data | more)


def issue(city, place, number=PRIOR, **more):
    page = draft(city, place, number, **more)
    assert page.status_code == 200, on_top(page.text)
    action = part(place, "notice/issue")
    return city.send(action, sent(page.text, action))


def served(city, place, on="2026-11-24", until="2026-11-30"):
    data = {"served_on": on, "statement_by": until, "served_how": "当面送达", "version": version(city, place)}
    return city.send(part(place, "hearing"), data)


def test_what_was_previewed_is_issued_and_kept_under_its_number(office, city, place):
    page = text_of(draft(city, place).text)
    for words in (
        "关于拟撤销清泉创业园", "命名的事先告知书", f"弄虚作假。{FACTS}", "第十八条第（一）项规定，我局拟决定：撤销",
        "可在2026年11月30日前（含当日）以书面形式向我局", "享有陈述、申辩的权利",
    ):  # fmt: skip
        assert words in page
    assert issue(city, place).status_code == 303
    case = case_of(office)
    assert (case["prior_number"], f"{case['prior_dated']:%F}", f"{case['prior_until']:%F}") == (
        PRIOR, "2026-11-24", "2026-11-30",
    )  # fmt: skip
    assert all(row["text"] in page for row in case["prior_text"]["paragraphs"])
    assert Paper.numbered(PRIOR)["paper"] == case["_id"]
    assert (case["state"], "notice" in case) == ("prepared", False)
    assert "制发事先告知书" in text_of(city.get(place).text.partition('id="history"')[2])
    for name, start in (("paper/", b"PK"), ("paper.pdf", b"%PDF")):
        answer = city.get(place.replace("/case/?", f"/case/{name}?") + "&what=prior")
        assert (answer.status_code, answer.data[: len(start)]) == (200, start)


def test_it_is_not_public(office, city, client, place):
    assert issue(city, place).status_code == 303
    for address in ("/", "/notices/"):
        assert "事先告知书" not in client.get(address, follow_redirects=True).text


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"dated": "2026-11-09"}, "prior_dated", "事先告知书日期不得早于立案日期（2026-11-10）。"),
        ({"dated": "2026-11-25"}, "prior_dated", "事先告知书日期不能晚于今日。"),
        ({"until": "2026-11-26"}, "prior_until", "3"),
        ({"number": ""}, "prior_number", ""),
        ({"number": "五号"}, "prior_number", ""),
    ],
)
def test_a_notice_that_cannot_be_issued_is_refused_and_nothing_changes(
    office, city, place, given, field, sentence
):
    before = digest(office.db)
    answer = draft(city, place, **given)
    assert answer.status_code == 422
    assert sentence in problems(answer.text)[field]
    assert digest(office.db) == before


def test_a_number_is_used_once(office, city, place):
    Paper.enter(PRIOR, "prior-notice", TODAY)
    before = digest(office.db)
    answer = draft(city, place)
    assert answer.status_code == 422
    assert PRIOR in problems(answer.text)["prior_number"]
    assert digest(office.db) == before


def test_sent_twice_it_is_issued_once(office, city, place):
    page, action = draft(city, place).text, part(place, "notice/issue")
    assert city.send(action, sent(page, action)).status_code == 303
    before = digest(office.db)
    assert city.send(action, sent(page, action)).status_code == 409
    assert digest(office.db) == before


def test_a_county_reads_the_notice_and_draws_up_none(office, city, sign_in, place):
    assert issue(city, place).status_code == 303
    county, before = sign_in("guan"), digest(office.db)
    page = county.get(place)
    assert PRIOR in page.text
    assert "notice/preview" not in page.text
    for name in ("notice/preview", "notice/issue"):
        assert county.send(part(place, name), {"prior_number": ANEW}).status_code == 403
    assert digest(office.db) == before


@pytest.mark.parametrize(
    ("on", "until", "field"),
    [("2026-11-23", "2026-11-30", "served_on"), ("2026-11-24", "2026-12-01", "statement_by")],
)
def test_service_is_recorded_as_the_notice_says(office, city, place, on, until, field):
    assert issue(city, place).status_code == 303
    before = case_of(office)
    answer = served(city, place, on, until)
    assert answer.status_code == 422
    assert PRIOR in problems(answer.text)[field]
    assert case_of(office) == before


def test_nothing_is_decided_before_a_paper_told_the_base(office, city, place):
    assert served(city, place, "2026-11-16", "2026-11-20").status_code == 303
    before = digest(office.db)
    answer = preview(city, place)
    assert answer.status_code == 422
    assert "请先制发事先告知书，或上传已送达的事先告知书。" in text_of(answer.text)
    assert digest(office.db) == before
    data = {"served_on": "2026-11-16", "statement_by": "2026-11-20", "file-notice": pdf("告知书.pdf")}
    assert city.send(part(place, "hearing"), data | {"version": version(city, place)}).status_code == 303
    assert preview(city, place).status_code == 200


def test_other_grounds_are_told_anew_and_the_earlier_notice_stays(office, city, place):
    assert issue(city, place).status_code == 303
    assert served(city, place).status_code == 303
    answer = draft(city, place, ANEW)
    assert answer.status_code == 422
    assert f"{PRIOR}事先告知书已送达，处理理由未变" in text_of(answer.text)
    save_grounds(city, place, "虚报服务台账二十场次。")
    changed = f"处理理由与{PRIOR}事先告知书所载不一致，请重新告知并送达。"
    assert changed in text_of(city.get(place).text)
    assert changed in text_of(preview(city, place).text)
    first = case_of(office)["prior_text"]
    assert issue(city, place, ANEW).status_code == 303
    case = case_of(office)
    assert "served_on" not in case
    (earlier,) = case["earlier_notices"]
    assert (earlier["number"], earlier["text"], f"{earlier['served_on']:%F}") == (PRIOR, first, "2026-11-24")
    assert f"我局{PRIOR}事先告知书不再适用" in str(case["prior_text"])
    page = text_of(city.get(place).text)
    assert PRIOR in page and ANEW in page
    for what in ("prior", "prior-0"):
        address = place.replace("/case/?", "/case/paper/?")
        assert city.get(f"{address}&what={what}").status_code == 200
    assert city.get(place.replace("/case/?", "/case/paper/?") + "&what=prior-1").status_code == 404


def test_a_decision_names_the_notice_on_which_it_stands(office, city, sign_in, place):
    assert issue(city, place).status_code == 303
    assert served(city, place).status_code == 303
    with time_machine.travel("2026-12-01T02:00:00Z", tick=True):
        paper = text_of(preview(sign_in("city"), place, NUMBER, "2026-12-01").text)
    assert f"我局于2026年11月24日以{PRIOR}事先告知书将拟作出的决定" in paper
