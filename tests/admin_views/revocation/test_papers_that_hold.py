"""A decision says what was found, what the base said and why that did not hold, and where it is fought."""

import pytest
import time_machine

from documents.revocation.decision import Decision
from tests.admin_views.revocation.test_revocation import (
    FACTS,
    NUMBER,
    TODAY,
    begin,
    decided,
    part,
    pdf,
    prepared,
    preview,
    version,
)
from tests.page_reader import on_top, problems, text_of


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(TODAY, tick=True):
        yield


@pytest.fixture
def city(sign_in):
    return sign_in("city")


def test_paper_page_and_public_notice_name_the_finding_alone(office, city):
    place = decided(city, office.guan.base)
    page = text_of(city.get(place).text)
    case = Decision.collection().find_one({"base": office.guan.base})
    public = text_of(city.get(f"/notices/{case['notice']}").text)
    assert case["findings"] == ["falsified"]
    for text in (str(case["text"]), public):
        assert "弄虚作假" in text
        assert "违反相关法律法规" not in text
    for words in ("60日内向聊城市人民政府申请行政复议", "6个月内依法向聊城市东昌府区人民法院提起行政诉讼"):
        assert words in page and words in public


def test_without_a_finding_nothing_is_decided(office, city):
    place = begin(city, office.guan.base)
    data = {"version": version(city, place), "grounds": "fraud", "facts-fraud": FACTS, "file-evidence": pdf()}
    assert city.send(part(place, "grounds"), data).status_code == 303
    hearing = {"served_on": "2026-11-16", "statement_by": "2026-11-20", "version": version(city, place)}
    assert city.send(part(place, "hearing"), hearing).status_code == 303
    before = office.one("decisions", Decision.collection().find_one({"base": office.guan.base})["_id"])
    answer = preview(city, place)
    assert answer.status_code == 422
    assert "请选择查明的具体情形：“弄虚作假，或违反相关法律法规”。" in text_of(answer.text)
    assert office.one("decisions", before["_id"]) == before


def test_a_statement_is_answered_in_the_decision(office, city):
    place = prepared(city, office.guan.base)
    hearing = {"served_on": "2026-11-16", "statement_by": "2026-11-20", "statement_on": "2026-11-18",
               "statement": "称系经办人失误。"}  # fmt: skip
    answer = city.send(part(place, "hearing"), hearing | {"version": version(city, place)})
    assert answer.status_code == 303
    refused = preview(city, place)
    assert refused.status_code == 422
    assert "请填写对陈述、申辩意见是否采纳及理由，决定书须予载明。" in text_of(refused.text)
    hearing |= {"statement_outcome": "not-accepted", "statement_answer": "台账由负责人签字确认。"}
    answer = city.send(part(place, "hearing"), hearing | {"version": version(city, place)})
    assert answer.status_code == 303
    paper = text_of(preview(city, place).text)
    assert "你单位于2026年11月18日提出陈述、申辩意见：称系经办人失误。" in paper
    assert "经复核，我局认为：台账由负责人签字确认。对上述陈述、申辩意见不予采纳。" in paper


def test_a_prior_notice_is_not_older_than_its_case(office, city):
    place = begin(city, office.guan.base)  # on 2026-11-10
    hearing = {"served_on": "2026-11-09", "statement_by": "2026-11-20", "version": version(city, place)}
    answer = city.send(part(place, "hearing"), hearing)
    assert answer.status_code == 422
    assert problems(answer.text)["served_on"] == "事先告知的送达日期不得早于立案日期（2026-11-10）。"


@pytest.mark.parametrize("missing", ["basis", "basis_body", "basis_number", "basis_dated"])
def test_a_restoration_without_the_paper_that_it_stands_on_is_refused(office, city, missing):
    decided(city, office.guan.base)
    place = begin(city, office.guan.base, kind="reversal", grounds={"overturned": "复议撤销原决定。"})
    data = {
        "grounds": "overturned", "facts-overturned": "复议撤销原决定。", "findings-overturned": "annulled",
        "basis": "review", "basis_body": "聊城市人民政府", "basis_number": "聊政复决字〔2026〕3号",
        "basis_dated": "2026-11-24", "file-evidence": pdf(),
    }  # fmt: skip
    del data[missing]
    answer = city.send(part(place, "grounds"), data | {"version": version(city, place)})
    assert answer.status_code == 303
    answer = preview(city, place, "聊工信发〔2026〕202号")
    assert answer.status_code == 422, on_top(answer.text)
    assert office.one("bases", office.guan.base)["status"] == "revoked"


def test_a_restoration_cites_the_review(office, city):
    decided(city, office.guan.base)
    place = decided(
        city,
        office.guan.base,
        "聊工信发〔2026〕202号",
        kind="reversal",
        grounds={"overturned": "复议撤销原决定。"},
    )
    case = Decision.collection().find_one({"base": office.guan.base, "kind": "reversal"})
    public = text_of(city.get(f"/notices/{case['notice']}").text)
    page = text_of(city.get(place).text)
    for text in (page, public):
        assert "聊城市人民政府聊政复决字〔2026〕3号行政复议决定" in text
        assert f"原决定（{NUMBER}）被依法撤销" in text or "原决定被依法撤销" in text
