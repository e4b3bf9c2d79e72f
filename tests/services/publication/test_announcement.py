"""The announcement: all of it or nothing, once or not at all; objections and corrections."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from bson import ObjectId

from documents.applications.application import Application
from rules.applications import Stage
from rules.errors import NotAllowed, Problem, Refused
from rules.publication import Outcome
from services.publication import announcement as announcing
from services.publication.announcement import AnnouncementDraft, announce, preview_announcement
from services.publication.correction import correct
from services.publication.notice import decline
from services.publication.objections import decide_objection
from services.records import records
from tests.round_driver import (
    ANNOUNCED,
    CITY,
    NOTICE_FIRST,
    NOTICE_LAST,
    REASON,
    announce_together,
    drive,
    lenient_set,
    make_base,
    make_round,
    moment,
    notices_of,
    object_to,
    open_together,
    stored,
    version_of,
    versions_of,
)
from tests.services.applications.acts_of_a_round import GUAN, SHEN, SHEN_CLERK, base_of, whole

pytestmark = pytest.mark.usefixtures("db")


def on_notice(*names: str, meets: bool = True) -> list[ObjectId]:
    one = make_round() if meets else make_round(rule_set=lenient_set())
    going = [drive(make_base(SHEN, name), one, to=Stage.SELECTED, meets=meets) for name in names]
    open_together(going)
    return going


def test_too_early_a_used_number_or_an_open_objection_announces_nothing(db: Any) -> None:
    first, second = on_notice("甲园", "乙园")
    notice = stored(first)["notice"]
    held = drive(make_base(GUAN, "先园"), make_round("先行批次"), to=Stage.ANNOUNCED)
    used = stored(held)["steps"][-1]["number"]
    object_to(second)
    before = dict(db.command("dbHash")["collections"])
    for draft, ids, day in (
        (AnnouncementDraft(notice, "聊工信发〔2026〕50号", NOTICE_LAST), [first], NOTICE_LAST),
        (AnnouncementDraft(notice, used, ANNOUNCED), [first], ANNOUNCED),
        (AnnouncementDraft(notice, "聊工信发2026-50", ANNOUNCED), [first], ANNOUNCED),
        (AnnouncementDraft(notice, "聊工信发〔2026〕50号", ANNOUNCED), [first, second], ANNOUNCED),
        (AnnouncementDraft(notice, "聊工信发〔2026〕50号", ANNOUNCED), [], ANNOUNCED),
        (AnnouncementDraft(notice, "聊工信发〔2026〕50号", date(2026, 3, 24)), [first], ANNOUNCED),
        (AnnouncementDraft(notice, "聊工信发〔2026〕50号", ANNOUNCED, date(2026, 3, 22)), [first], ANNOUNCED),
        (
            AnnouncementDraft(notice, "聊工信发〔2026〕50号", ANNOUNCED, certificate_prefix="../x"),
            [first],
            ANNOUNCED,
        ),
        (AnnouncementDraft(notice, "聊工信发〔2026〕50号", ANNOUNCED), [held], ANNOUNCED),  # another notice's
    ):
        with pytest.raises(Refused):
            announce(draft, versions_of(ids), actor=CITY, now=moment(day), today=day)
        assert dict(db.command("dbHash")["collections"]) == before, draft
    announce_together([first], number="聊工信发〔2026〕50号")
    assert base_of(first)["status"] == "certified" and base_of(second)["status"] == "uncertified"


def test_one_that_misses_a_condition_needs_a_written_reason_which_the_papers_give(db: Any) -> None:
    (weak,) = on_notice("弱园", meets=False)
    (notice,) = notices_of("public-notice")
    with pytest.raises(Refused, match="reason in writing"):
        announce_together([weak])
    paper = announce_together([weak], reasons={weak: "产业特色突出，集体研究同意。"})
    step = stored(weak)["steps"][-1]
    assert step["failing_reason"] == "产业特色突出，集体研究同意。"
    assert "tenants" in step["failing"]
    (entry,) = db["audit_entries"].find({"action": "application-announce"})
    assert {"field": "failing_reason", "old": None, "new": "产业特色突出，集体研究同意。"} in entry["changes"]
    said = "".join(line["text"] for line in notice["text"]["paragraphs"])
    missed = "第五条第（二）项、第（三）项、第（四）项、第七条"
    assert f"其中，弱园未达到{missed}规定的条件，列入名单的理由：{REASON}" in said
    announced = db["notices"].find_one({"_id": paper})["text"]["paragraphs"]
    assert "列入名单的理由：产业特色突出，集体研究同意。" in "".join(line["text"] for line in announced)


def test_one_that_misses_a_condition_is_not_announced_where_the_conditions_are_to_be_met_together(
    db: Any,
) -> None:
    (weak,) = on_notice("弱园")
    Application.collection().update_one(
        {"_id": weak}, {"$set": {"submission.assessment.indicators.2.met": False}}
    )
    before = dict(db.command("dbHash")["collections"])
    with pytest.raises(Refused, match="met together"):
        announce_together([weak], reasons={weak: "产业特色突出，集体研究同意。"})
    assert dict(db.command("dbHash")["collections"]) == before


def test_a_late_objection_holds_nothing_back_and_the_paper_counts_it(db: Any) -> None:
    first, second, third = on_notice("甲园", "乙园", "丙园")
    objections = [object_to(first, day=ANNOUNCED), object_to(second, day=NOTICE_LAST)]
    assert [db["objections"].find_one({"_id": one})["late"] for one in objections] == [True, False]
    with pytest.raises(Refused, match="乙园"):
        announce_together([first, second, third])
    paper = announce_together([first, third])
    words = db["notices"].find_one({"_id": paper})["text"]["paragraphs"][0]["text"]
    assert "现将公示无异议的1家、公示期满后收到异议、尚在核查的1家2026年度" in words
    assert db["objections"].find_one({"_id": objections[0]})["outcome"] == "open"


def test_a_late_objection_that_is_borne_out_keeps_the_base_from_the_list() -> None:
    (bad,) = on_notice("甲园")
    objection = object_to(bad, day=ANNOUNCED)
    decide_objection(objection, Outcome.UPHELD, handling="属实", decided_on=ANNOUNCED, version=1, actor=CITY,
                     now=moment(ANNOUNCED), today=ANNOUNCED)  # fmt: skip
    with pytest.raises(Refused, match="borne out"):
        announce_together([bad])


def test_an_upheld_objection_keeps_the_base_from_the_list() -> None:
    (bad,) = on_notice("甲园")
    objection = object_to(bad)
    for wrong in (
        {"outcome": Outcome.OPEN},
        {"handling": ""},
        {"decided_on": None},
        {"decided_on": date(2026, 3, 1)},
    ):
        given: dict[str, Any] = {
            "outcome": Outcome.UPHELD,
            "handling": "属实",
            "decided_on": ANNOUNCED,
        } | wrong
        with pytest.raises(Refused):
            decide_objection(
                objection,
                given.pop("outcome"),
                **given,
                version=1,
                actor=CITY,
                now=moment(ANNOUNCED),
                today=ANNOUNCED,
            )
    decide_objection(objection, Outcome.UPHELD, handling="属实", decided_on=ANNOUNCED, version=1, actor=CITY,
                     now=moment(ANNOUNCED), today=ANNOUNCED)  # fmt: skip
    with pytest.raises(Refused, match="borne out"):
        announce_together([bad])
    decline(bad, reason="异议成立", version=version_of(bad), actor=CITY, now=moment(ANNOUNCED))
    assert stored(bad)["stage"] == "not-certified" and not stored(bad)["open"]


def test_fifty_announcements_of_one_notice_at_once_are_one(db: Any) -> None:
    going = on_notice("甲园", "乙园", "丙园")
    notice, versions = stored(going[0])["notice"], versions_of(going)

    def press(number: int) -> str:
        # Half of them two clerks with the same number, half with one of their own.
        text = "聊工信发〔2026〕60号" if number % 2 else f"聊工信发〔2026〕{100 + number}号"
        try:
            announce(
                AnnouncementDraft(notice, text, ANNOUNCED),
                versions,
                actor=CITY,
                now=moment(ANNOUNCED),
                today=ANNOUNCED,
            )
        except Problem as problem:
            return type(problem).__name__
        return "done"

    with ThreadPoolExecutor(16) as pool:
        ends = list(pool.map(press, range(50)))
    assert ends.count("done") == 1
    assert set(ends) <= {"done", "Stale", "Refused"}
    assert db["notices"].count_documents({"kind": "announcement"}) == 1
    assert db["papers"].count_documents({"kind": "certificate"}) == 3
    assert db["papers"].count_documents({"kind": "announcement"}) == 1
    assert {stored(one)["certificate_number"] for one in going} == {f"LCSJ-2026-00{n}" for n in (1, 2, 3)}
    assert db["bases"].count_documents({"status": "certified"}) == 3
    assert db["tallies"].find_one({"_id": "bases"})["statuses"]["certified"]["total"] == 3
    assert whole()


def test_a_failure_in_the_middle_leaves_nothing_half_done(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    going = on_notice("甲园", "乙园")
    before = dict(db.command("dbHash")["collections"])
    calls = []
    certify = announcing._certify

    def break_at_the_second(*given: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError
        certify(*given)

    monkeypatch.setattr(announcing, "_certify", break_at_the_second)
    with pytest.raises(RuntimeError):
        announce_together.__wrapped__(going)  # whatever was made of the same before
    assert dict(db.command("dbHash")["collections"]) == before


def test_the_announced_names_are_those_that_were_open_to_objections(db: Any) -> None:
    (one,) = on_notice("甲园")
    base = base_of(one)
    records.update(
        "bases",
        base["_id"],
        {"name": "新名园"},
        version=base["version"],
        actor=CITY,
        now=moment(NOTICE_FIRST),
    )
    draft = AnnouncementDraft(stored(one)["notice"], "聊工信发〔2026〕70号", ANNOUNCED)
    preview = preview_announcement(draft, [one], actor=CITY, today=ANNOUNCED)
    assert "甲园" in preview.text.table.rows[0][1]  # type: ignore[union-attr]
    assert preview.terms == {one: (ANNOUNCED, date(2031, 3, 22))}


def test_a_correction_is_a_new_paper_that_names_the_old_and_changes_nothing_of_it(db: Any) -> None:
    (one,) = on_notice("甲园")
    notice = stored(one)["notice"]
    before = db["notices"].find_one({"_id": notice})
    paper = correct(
        notice,
        "运营主体应为甲园管理有限公司。",
        dated=NOTICE_FIRST,
        actor=CITY,
        now=moment(NOTICE_FIRST),
        today=NOTICE_FIRST,
    )
    assert db["notices"].find_one({"_id": paper})["corrects"] == notice
    assert db["notices"].find_one({"_id": notice}) == before
    for words, dated in (
        ("运营主体应为甲园管理有限公司。", NOTICE_FIRST),
        (" ", NOTICE_FIRST),
        ("改", date(2026, 3, 1)),
        ("改", date(2026, 4, 1)),
    ):
        with pytest.raises(Refused):
            correct(notice, words, dated=dated, actor=CITY, now=moment(NOTICE_FIRST), today=NOTICE_FIRST)
    with pytest.raises(NotAllowed):
        correct(
            notice, "改", dated=NOTICE_FIRST, actor=SHEN_CLERK, now=moment(NOTICE_FIRST), today=NOTICE_FIRST
        )
