"""Everything that happened to a base, from what the services themselves have written."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from docx import Document

from documents.records.fields import stored_day
from office.papers.dossier import Dossier, DossierTable, write_dossier
from rules.access import Actor, Role
from rules.applications import Stage
from rules.decisions import Overturning
from rules.errors import Missing
from rules.grounds import DecisionKind, Finding, Ground, OverturnedBy, StatementOutcome
from services.revocation.cases import Hearing, begin_case, drop_case, save_grounds, save_hearing
from services.revocation.decide import decide
from services.shared.files import add_file
from services.timeline.event import EventKind
from services.timeline.history import history_of
from services.timeline.snapshot import base_on
from tests.round_driver import PDF, drive, make_base, make_renewable, make_round, moment, object_to

SHEN, GUAN = "371522", "371525"
TODAY = date(2026, 11, 23)


def events_of(base, actor, kind=None, today=TODAY):
    found = history_of(base, actor=actor, today=today).events
    return [one for one in found if kind is None or one.kind is kind]


def whats(events):
    """The events' words, the oldest first, their figures put in."""
    return [str(one.what) for one in reversed(events)]


def test_the_whole_way_of_an_application_in_order(office):
    base = make_base(SHEN, "新园")
    drive(base, make_round(), to=Stage.ANNOUNCED)
    steps = events_of(base, office.city, EventKind.APPLICATION)
    said = [str(one.what.params.get("verb", "")) for one in reversed(steps)]
    assert said == ["", "submit", "pass", "recommend", "conclude", "select", "open-notice", "announce"]
    assert [one.day for one in steps] == sorted((one.day for one in steps), reverse=True)
    by_verb = {str(one.what.params.get("verb", "")): one for one in steps}
    assert len(by_verb["submit"].files) == 10
    assert [one.name for one in by_verb["pass"].files] == ["现场.png"]
    assert "同意推荐" in by_verb["pass"].text
    assert "冠工信字" in by_verb["recommend"].text
    assert all(one.who == "市局甲" for one in steps)
    papers = events_of(base, office.city, EventKind.PAPER)
    assert whats(papers) == ["Public notice", "Announcement"]
    # The announcement made here is told once, as the paper that it is.
    assert events_of(base, office.city, EventKind.TITLE) == []


def test_what_was_returned_says_why_and_until_when(office):
    base = make_base(SHEN, "退回园")
    drive(base, make_round(), to=Stage.RETURNED)
    back = events_of(base, office.shen, EventKind.APPLICATION)[0]
    assert back.text == "审计报告缺页。"
    assert str(back.details[0]) == "To be corrected by 2026-03-10"


def test_a_term_from_before_this_system_is_told_from_the_record(office):
    base = make_renewable(SHEN, "老园")
    first, last = reversed(events_of(base, office.shen, EventKind.TITLE, today=date(2026, 12, 20)))
    assert (first.day, last.day) == (date(2021, 12, 20), date(2026, 12, 19))
    assert str(first.details[0]) == "Valid from 2021-12-20 to 2026-12-19"
    assert len(events_of(base, office.shen, EventKind.TITLE, today=date(2026, 12, 19))) == 1


def test_who_objected_is_told_to_nobody_and_what_was_said_to_the_city_alone(office):
    base = make_base(SHEN, "新园")
    application = drive(base, make_round(), to=Stage.ON_NOTICE)
    object_to(application, objector="周某某")
    for actor in (office.city, office.shen, office.reader):
        assert "周某某" not in str(history_of(base, actor=actor, today=TODAY).events)
    (one,) = events_of(base, office.city, EventKind.OBJECTION)
    assert "入驻企业数量" in one.text
    for actor in (office.shen, office.reader):
        (count,) = events_of(base, actor, EventKind.OBJECTION)
        assert (str(count.what), count.text, count.files) == ("1 objections received", "", ())


def test_a_county_reads_what_the_bureau_found_once_the_result_is_public(office):
    base, round_id = make_base(SHEN, "新园"), make_round()
    drive(base, round_id, to=Stage.SCORED)
    hidden = {one.text for one in events_of(base, office.shen, EventKind.APPLICATION)}
    assert not any("专家组" in words for words in hidden)
    assert any("专家组" in one.text for one in events_of(base, office.city, EventKind.APPLICATION))
    other = make_base(SHEN, "公示园")
    drive(other, round_id, to=Stage.ON_NOTICE)
    assert any("专家组" in one.text for one in events_of(other, office.shen, EventKind.APPLICATION))


def test_a_case_with_its_evidence_and_its_end(office):
    base = make_renewable(SHEN, "老园")
    grounds = {Ground.FRAUD: "虚报入驻企业。"}
    case = begin_case(DecisionKind.REVOCATION, base, grounds, actor=office.city, now=moment(date(2026, 4, 1)))
    add_file(
        "decisions", case, "举报信.pdf", BytesIO(PDF), slot="evidence", actor=office.city, now=moment(date(2026, 4, 2))
    )  # fmt: skip
    drop_case(case, reason="查无实据。", version=1, actor=office.city, now=moment(date(2026, 4, 9)))
    end, begun = events_of(base, office.city, EventKind.DECISION)
    assert (begun.text, begun.day, [one.name for one in begun.files]) == (
        "虚报入驻企业。", date(2026, 4, 1), ["举报信.pdf"],
    )  # fmt: skip
    assert (end.text, end.day, str(end.what)) == ("查无实据。", date(2026, 4, 9), "Case dropped: revocation")
    # Evidence may name who complained: the county has the case, not the paper.
    assert [one.files for one in events_of(base, office.shen, EventKind.DECISION)] == [(), ()]


def test_reports_filings_and_recommendations(office, db):
    base = office.base("老园")
    common = {"base": base, "base_name": "老园", "county": SHEN, "version": 1, "created_by": "市局"}
    days = {"received_on": date(2026, 1, 8), "completed_on": date(2026, 2, 10), "filed_on": date(2026, 3, 3)}
    days |= {"due": date(2026, 3, 2), "dated": date(2026, 6, 1), "outcome_on": date(2026, 9, 1)}
    on = {key: stored_day(day) for key, day in days.items()}
    db["annual_reports"].insert_one(
        {
            **common, "year": 2025, "received_on": on["received_on"],
            "inspection": {"checked_on": stored_day(date(2026, 1, 15))},
        }
    )  # fmt: skip
    changes = [{"field": "name", "old": "旧园", "new": "老园"}]
    filed = {key: on[key] for key in ("completed_on", "filed_on", "due")}
    db["change_filings"].insert_one(
        {**common, **filed, "changes": changes, "state": "accepted", "decided_at": moment(date(2026, 3, 5))}
    )
    sent = {"level": "province", "year": 2026, "number": "聊工信发〔2026〕50号", "outcome": "granted"}
    db["upward_recommendations"].insert_one(
        {**common, **sent, "dated": on["dated"], "outcome_on": on["outcome_on"]}
    )
    assert whats(events_of(base, office.shen, EventKind.REPORT)) == [
        "Summary of 2025 received", "Inspected by the county for 2025",
    ]  # fmt: skip
    accepted, filing = events_of(base, office.shen, EventKind.CHANGE)
    assert filing.text == "旧园 → 老园"
    assert str(filing.details[0]) == "completed on 2026-02-10, due on 2026-03-02: filed late"
    assert str(accepted.what) == "Change filing: accepted"
    assert whats(events_of(base, office.shen, EventKind.UPWARD)) == [
        "Recommended upwards: province", "province: granted",
    ]  # fmt: skip


def test_edits_of_the_record_and_its_files(office):
    base = office.base("老园")
    office.update("bases", base, address="新路")
    add_file("bases", base, "平面图.pdf", BytesIO(PDF), actor=office.city, now=office.now)
    added, changed, created = events_of(base, office.shen, EventKind.RECORD)
    assert [one.entry["action"] for one in (created, changed, added)] == ["created", "changed", "file-added"]
    assert [one.name for one in added.files] == ["平面图.pdf"]


def test_a_base_in_the_recycle_bin_keeps_its_past(office):
    base = office.base("空园")
    office.delete("bases", base)
    found = history_of(base, actor=office.city, today=TODAY)
    assert found.deleted
    assert [one.entry["action"] for one in found.events] == ["deleted", "created"]


def test_a_base_of_another_county_does_not_exist(office):
    base = office.base("冠县园", GUAN)
    for actor in (office.shen, Actor("r", "r", Role.READER, SHEN)):
        with pytest.raises(Missing):
            history_of(base, actor=actor, today=TODAY)


def test_a_notice_that_begins_later_is_not_told_to_a_county_before_its_day(office):
    base = make_base(SHEN, "新园")
    drive(base, make_round(), to=Stage.ON_NOTICE)
    assert events_of(base, office.shen, EventKind.PAPER, today=date(2026, 3, 15)) == []
    assert len(events_of(base, office.shen, EventKind.PAPER, today=date(2026, 3, 16))) == 1


def revoke(office, base, number, day):
    """Revoke a title as the bureau does: case, evidence, prior notice, statement, decision."""
    grounds, at = {Ground.FRAUD: "虚报入驻企业。"}, moment(day)
    case = begin_case(DecisionKind.REVOCATION, base, grounds, (Finding.FALSIFIED,), actor=office.city, now=at)
    add_file("decisions", case, "核查.pdf", BytesIO(PDF), slot="evidence", actor=office.city, now=at)
    add_file("decisions", case, "告知书.pdf", BytesIO(PDF), slot="notice", actor=office.city, now=at)
    hearing = Hearing(
        day, day + timedelta(days=5), "直接送达", day, "没有异议。", StatementOutcome.ACCEPTED, "无异议。"
    )
    save_hearing(case, hearing, version=1, actor=office.city, now=at, today=day)
    decide(case, number, day, version=2, actor=office.city, now=at, today=day)
    return case


def test_a_revocation_and_its_overturning_stand_in_the_past_for_ever(office):
    base = make_renewable(SHEN, "老园")
    revoke(office, base, "聊工信发〔2026〕70号", date(2026, 4, 7))
    begun = moment(date(2026, 6, 1))
    grounds = {Ground.OVERTURNED: "复议决定撤销。"}
    case = begin_case(DecisionKind.REVERSAL, base, grounds, (Finding.ANNULLED,), actor=office.city, now=begun)
    review = Overturning(OverturnedBy.REVIEW, "聊城市人民政府", "聊政复决字〔2026〕3号", date(2026, 5, 29))
    save_grounds(case, grounds, None, review, version=1, actor=office.city, now=begun)
    add_file("decisions", case, "复议.pdf", BytesIO(PDF), slot="evidence", actor=office.city, now=begun)
    decide(
        case, "聊工信发〔2026〕71号", date(2026, 6, 1), version=2, actor=office.city, now=begun, today=date(2026, 6, 1)
    )  # fmt: skip
    said = whats(events_of(base, office.shen, EventKind.DECISION))
    assert sorted(said) == sorted(
        [
            "Case begun: revocation", "Prior notice served", "The base's statement", "Decided: revocation",
            "Case begun: reversal", "Decided: reversal",
        ]
    )  # fmt: skip
    (decided,) = [
        one for one in events_of(base, office.shen, EventKind.DECISION) if str(one.what) == "Decided: revocation"
    ]  # fmt: skip
    assert [str(one) for one in decided.details] == ["Overturned by a later decision"]
    assert whats(events_of(base, office.shen, EventKind.PAPER)) == ["Revocation", "Title restored"]
    for day, status in (
        (date(2026, 4, 6), "certified"), (date(2026, 4, 7), "revoked"), (date(2026, 5, 31), "revoked"),
        (date(2026, 6, 1), "certified"),
    ):  # fmt: skip
        assert base_on(base, day, actor=office.city)[2].status == status
    # The record itself bore it on the same days: the decision is one write with it.
    assert (base_on(base, date(2026, 5, 1), actor=office.city)[1].values or {})["status"] == "revoked"


# --- The dossier ---------------------------------------------------------------------------------


def test_a_dossier_holds_its_sections_in_order_and_repeats_the_headings():
    long = tuple((f"2026-01-{day:02d}", "事项<&>\x0b", "说明" * 60) for day in range(1, 29))
    one = Dossier(
        "鲁西北农村电子商务与智能装备小微企业创业创新示范基地（二期）", "莘县", TODAY,
        (
            DossierTable("基本信息", (), (("地址", "某路1号", "类型", "孵化器"),), (1, 2, 1, 2)),
            DossierTable("申报", ("年度", "结果"), (), (1, 1)),
            DossierTable("大事记", ("日期", "事项", "说明"), long, (2, 3, 6), "另有12条。"),
        ),
    )  # fmt: skip
    paper = Document(BytesIO(write_dossier(one)))
    heads = [each.text for each in paper.paragraphs if each.style.name == "一级标题"]
    assert heads == ["一、基本信息", "二、申报", "三、大事记"]
    assert "无。" in [each.text for each in paper.paragraphs]
    facts, events = paper.tables
    assert [cell.text for cell in facts.rows[0].cells] == ["地址", "某路1号", "类型", "孵化器"]
    assert len(events.rows) == 29
    assert events.rows[1].cells[1].text == "事项<&>"
    assert "w:tblHeader" in events.rows[0]._tr.xml
    assert "w:tblHeader" not in facts.rows[0]._tr.xml
