"""A whole round by the services: every illegal step tried, all of an announcement or nothing, once or not at all."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from bson import ObjectId

from documents.applications.application import Application
from documents.applications.letter import Letter
from documents.records.base import Base
from rules.access import Actor, Role
from rules.applications import TRANSITIONS, OnSite, Stage, Verb
from rules.errors import Missing, NotAllowed, Problem, Refused, Stale
from rules.materials import Material
from rules.publication import Contact, Outcome
from services.applications.submission import applicant_of, begin, save_materials, submit, withdraw
from services.applications.county_review import OTHER, save_on_site, return_for_correction, review
from services.applications.expert_review import (
    Expert,
    average_of,
    conclude,
    save_expert_on_site,
    put_expert,
    remove_expert,
)
from services.applications.recommendation import LetterDraft, preview_letter, recommend
from services.applications.rounds import read_round, save_round
from services.desk.trail import verify
from services.publication import announcement as announcing
from services.publication.announcement import AnnouncementDraft, announce, preview_announcement
from services.publication.correction import correct
from services.publication.notice import NoticeDraft, decline, open_notice, preview_notice, reconsider, select
from services.publication.objections import decide_objection
from services.records import records
from services.shared.files import add_file, files_by_slot, open_file, remove_file
from services.shared.paper_register import read_number
from tests.round_driver import (
    ANNOUNCED,
    CITY,
    CONTACT,
    NOTICE_FIRST,
    NOTICE_LAST,
    OPENED,
    PNG,
    RECOMMENDED,
    REVIEWED,
    SCORED,
    SELECTED,
    SUBMITTED,
    announce_together,
    drive,
    let_meet,
    make_base,
    make_renewable,
    make_round,
    moment,
    object_to,
    open_together,
    recommend_together,
    stored,
    version_of,
    versions_of,
)
from tests.sample_office import PDF

GUAN, SHEN = "371525", "371522"
GUAN_CLERK = Actor("g", "冠县甲", Role.COUNTY, GUAN)
SHEN_CLERK = Actor("s", "莘县甲", Role.COUNTY, SHEN)
READER = Actor("r", "评审甲", Role.READER)

pytestmark = pytest.mark.usefixtures("db")


def base_of(application: ObjectId) -> dict[str, Any]:
    found = Base.collection().find_one({"_id": stored(application)["base"]})
    assert found is not None
    return found


def whole() -> bool:
    """Tell whether the audit trail is whole."""
    return verify() is None


# --- A whole round -----------------------------------------------------------------------------


def test_a_round_from_call_to_announcement(db: Any) -> None:
    """Six bases of three counties: one returned and resubmitted, one failed, one objected to, one renewed."""
    one = make_round()
    names = [
        (GUAN, "冠县甲园"),
        (GUAN, "冠县乙园"),
        (SHEN, "莘县甲园"),
        (SHEN, "莘县乙园"),
        ("kfq", "开发区园"),
    ]
    fresh = [drive(make_base(county, name), one, to=Stage.SUBMITTED) for county, name in names]
    renewed = drive(make_renewable("kfq", "复核园"), one, to=Stage.REVIEWED)
    returned, failed = fresh[1], fresh[3]
    return_for_correction(
        returned, {Material.AUDIT.value: "缺盖章", OTHER: "目录不清"}, date(2026, 3, 10), version=version_of(returned),
        actor=GUAN_CLERK, now=moment(date(2026, 3, 4)), today=date(2026, 3, 4),
    )  # fmt: skip
    add_file(
        "applications",
        returned,
        "审计.pdf",
        BytesIO(PDF),
        slot="audit",
        actor=GUAN_CLERK,
        now=moment(REVIEWED),
    )
    submit(
        returned,
        version=version_of(returned),
        actor=GUAN_CLERK,
        now=moment(date(2026, 3, 4), 15),
        today=date(2026, 3, 4),
    )
    for application in (*fresh[:3], fresh[4]):
        check_and_pass(application)
    add_photo(failed)
    save_on_site(
        failed,
        OnSite(REVIEWED, "王明", "无服务场所"),
        version=version_of(failed),
        actor=CITY,
        now=moment(REVIEWED),
    )
    review(failed, Verb.FAIL, opinion="不具备服务场所", version=version_of(failed), actor=SHEN_CLERK,
           now=moment(REVIEWED), today=REVIEWED)  # fmt: skip
    letter = recommend_together(fresh[:2], number="冠工信字[2026]12号")
    recommend_together([fresh[2]], number="莘工信字〔2026〕3号")
    recommend_together([fresh[4], renewed], number="聊开经发〔2026〕8号")
    assert Letter.read(letter, GUAN_CLERK)["number"] == "冠工信字〔2026〕12号"
    going = [*fresh[:3], fresh[4], renewed]
    for application in going:
        score(application)
        select(application, version=version_of(application), actor=CITY, now=moment(SELECTED))
    let_meet(going)
    notice = open_together(going)
    objected = object_to(fresh[2])
    paper = announce_together([*fresh[:2], fresh[4], renewed], number="聊工信发〔2026〕20号")

    published = db["notices"].find_one({"_id": paper})
    assert [entry["base_name"] for entry in published["entries"]] == [
        "冠县甲园",
        "冠县乙园",
        "复核园",
        "开发区园",
    ]
    assert published["answers"] == notice and published["term_last"].date() == date(2031, 3, 22)
    numbers = [entry["certificate_number"] for entry in published["entries"]]
    assert numbers == [f"LCSJ-2026-00{n}" for n in range(1, 5)]
    for entry in published["entries"]:
        base = db["bases"].find_one({"_id": entry["base"]})
        assert (base["status"], base["document_number"]) == ("certified", "聊工信发〔2026〕20号")
        assert base["certificate_number"] == entry["certificate_number"]
        assert base["title_last_day"].date() == date(2031, 3, 22)
        assert stored(entry["application"])["stage"] == "announced"
    again = db["bases"].find_one({"name": "复核园"})
    assert [term["title_last_day"].date() for term in again["earlier_terms"]] == [date(2026, 12, 19)]
    assert (stored(fresh[2])["stage"], stored(failed)["stage"]) == ("on-notice", "not-certified")
    assert base_of(fresh[2])["status"] == "uncertified"

    decide_objection(objected, Outcome.REJECTED, handling="经核查属实无误", decided_on=ANNOUNCED, version=1,
                     actor=CITY, now=moment(ANNOUNCED), today=ANNOUNCED)  # fmt: skip
    announce_together([fresh[2]], number="聊工信发〔2026〕21号")
    assert base_of(fresh[2])["certificate_number"] == "LCSJ-2026-005"
    assert [line["verb"] for line in stored(returned)["steps"]] == [
        "submit", "return", "submit", "pass", "recommend", "conclude", "select", "open-notice", "announce",
    ]  # fmt: skip
    assert whole()


def add_photo(application: ObjectId) -> None:
    add_file(
        "applications",
        application,
        "现场.png",
        BytesIO(PNG),
        slot="on-site",
        actor=CITY,
        now=moment(REVIEWED),
    )


def check_and_pass(application: ObjectId, actor: Actor = CITY) -> None:
    add_photo(application)
    found = OnSite(REVIEWED, "王明", "属实")
    save_on_site(application, found, version=version_of(application), actor=actor, now=moment(REVIEWED))
    review(application, Verb.PASS, opinion="同意", version=version_of(application), actor=actor,
           now=moment(REVIEWED), today=REVIEWED)  # fmt: skip


def fill_in(application: ObjectId) -> None:
    for one in Material:
        add_file(
            "applications",
            application,
            "材料.pdf",
            BytesIO(PDF),
            slot=one.value,
            actor=CITY,
            now=moment(OPENED),
        )
    save_materials(
        application,
        cases="案例",
        sealed=True,
        version=version_of(application),
        actor=CITY,
        now=moment(OPENED),
    )


def expert(name: str, points: float = 80) -> Expert:
    return Expert(
        name, "聊城大学", dict.fromkeys(("operation", "ability", "effect", "novelty"), points), "好"
    )


def score(application: ObjectId) -> None:
    for name in ("甲", "乙", "丙"):
        put_expert(application, expert(name), version=version_of(application), actor=CITY, now=moment(SCORED))
    conclude(application, opinion="通过", version=version_of(application), actor=CITY, now=moment(SCORED))


# --- Every illegal step ------------------------------------------------------------------------

Step = Callable[[ObjectId, Actor], object]
LETTERS = iter(range(1, 10_000))


def _letter(application: ObjectId, actor: Actor) -> object:
    draft = LetterDraft(stored(application)["round"], f"莘工信字〔2026〕{next(LETTERS)}号", ANNOUNCED)
    return recommend(draft, versions_of([application]), actor=actor, now=moment(ANNOUNCED), today=ANNOUNCED)


def _notice(application: ObjectId, actor: Actor) -> object:
    draft = NoticeDraft(stored(application)["round"], ANNOUNCED, CONTACT)
    return open_notice(draft, versions_of([application]), actor=actor, now=moment(ANNOUNCED), today=ANNOUNCED)


def _announce(application: ObjectId, actor: Actor) -> object:
    notice = stored(application).get("notice") or _any_notice()
    draft = AnnouncementDraft(notice, f"聊工信发〔2026〕{next(LETTERS)}号", ANNOUNCED)
    return announce(draft, versions_of([application]), actor=actor, now=moment(ANNOUNCED), today=ANNOUNCED)


def _any_notice() -> ObjectId:
    other = drive(
        make_base("kfq", f"陪衬园{next(LETTERS)}"), make_round(f"批次{next(LETTERS)}"), to=Stage.ON_NOTICE
    )
    return ObjectId(stored(other)["notice"])


def _review(verb: Verb) -> Step:
    def step(application: ObjectId, actor: Actor) -> object:
        review(application, verb, opinion="意见", version=version_of(application), actor=actor,
               now=moment(ANNOUNCED), today=ANNOUNCED)  # fmt: skip
        return None

    return step


STEPS: dict[Verb, Step] = {
    Verb.SUBMIT: lambda one, actor: submit(
        one, version=version_of(one), actor=actor, now=moment(ANNOUNCED), today=ANNOUNCED
    ),
    Verb.RETURN: lambda one, actor: return_for_correction(
        one, {"audit": "缺"}, ANNOUNCED, version=version_of(one), actor=actor, now=moment(ANNOUNCED), today=ANNOUNCED
    ),
    Verb.PASS: _review(Verb.PASS),
    Verb.FAIL: _review(Verb.FAIL),
    Verb.RECOMMEND: _letter,
    Verb.CONCLUDE: lambda one, actor: conclude(
        one, opinion="通过", version=version_of(one), actor=actor, now=moment(ANNOUNCED)
    ),
    Verb.SELECT: lambda one, actor: select(one, version=version_of(one), actor=actor, now=moment(ANNOUNCED)),
    Verb.DECLINE: lambda one, actor: decline(
        one, reason="理由", version=version_of(one), actor=actor, now=moment(ANNOUNCED)
    ),
    Verb.RECONSIDER: lambda one, actor: reconsider(
        one, reason="理由", version=version_of(one), actor=actor, now=moment(ANNOUNCED)
    ),
    Verb.OPEN_NOTICE: _notice,
    Verb.ANNOUNCE: _announce,
    Verb.WITHDRAW: lambda one, actor: withdraw(
        one, reason="理由", version=version_of(one), actor=actor, now=moment(ANNOUNCED)
    ),
}  # fmt: skip


@pytest.mark.parametrize("stage", Stage, ids=lambda one: one.value)
def test_no_step_outside_the_table_changes_anything(stage: Stage, db: Any) -> None:
    _any_notice()
    application = drive(make_base(SHEN, "试园"), make_round(), to=stage)
    for verb, step in STEPS.items():
        if (stage, verb) in TRANSITIONS:
            continue
        before = stored(application)
        with pytest.raises(Refused):
            step(application, CITY)
        assert stored(application) == before, verb
    assert whole()


@pytest.mark.parametrize(
    ("stage", "verb"),
    [pair for pair in TRANSITIONS if pair[1] is not Verb.TERMINATE],
    ids=lambda one: one.value,
)
def test_a_step_is_refused_to_whoever_may_not_take_it(stage: Stage, verb: Verb) -> None:
    application = drive(make_base(SHEN, "试园"), make_round(), to=stage)
    if stage is Stage.DRAFT:
        fill_in(application)
    if stage is Stage.RECOMMENDED:
        for name in ("甲", "乙", "丙"):
            put_expert(
                application, expert(name), version=version_of(application), actor=CITY, now=moment(SCORED)
            )
    if stage is Stage.SUBMITTED:
        add_photo(application)
        found = OnSite(REVIEWED, "王明", "属实")
        save_on_site(application, found, version=version_of(application), actor=CITY, now=moment(REVIEWED))
    before = stored(application)
    permission = TRANSITIONS[(stage, verb)].permission
    for actor in (READER, GUAN_CLERK, SHEN_CLERK):
        if actor is SHEN_CLERK and actor.may(permission):
            continue
        with pytest.raises((NotAllowed, Missing)):
            STEPS[verb](application, actor)
        assert stored(application) == before
    STEPS[verb](application, SHEN_CLERK if SHEN_CLERK.may(permission) else CITY)
    assert stored(application)["stage"] == TRANSITIONS[(stage, verb)].to.value


def test_every_single_step_demands_the_version_that_was_read() -> None:
    application = drive(make_base(SHEN, "试园"), make_round(), to=Stage.SCORED)
    old = version_of(application) - 1
    for verb in (select, decline, reconsider):
        with pytest.raises(Stale):
            verb(application, reason="理由", version=old, actor=CITY, now=moment(SELECTED))
    assert stored(application)["stage"] == "scored"


# --- Applying ----------------------------------------------------------------------------------


def test_one_base_has_one_open_application_whoever_is_quicker() -> None:
    base, one = make_base(SHEN, "试园"), make_round()

    def apply(_: int) -> bool:
        try:
            begin(base, one, actor=SHEN_CLERK, now=moment(OPENED), today=OPENED)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(apply, range(16))) == [False] * 15 + [True]
    assert Application.collection().count_documents({"base": base}) == 1


def test_a_certified_operator_cannot_apply_anew_and_a_renewal_waits_for_its_year() -> None:
    one = make_round()
    held = make_base(
        SHEN,
        "在期园",
        status="certified",
        announced_on=date(2023, 5, 4),
        document_number="聊工信发〔2023〕9号",
    )
    with pytest.raises(Refused, match="Renewal is applied for"):
        begin(held, one, actor=CITY, now=moment(OPENED), today=OPENED)
    sister = make_base(SHEN, "姊妹园", operator="在期园运营有限公司")
    with pytest.raises(Refused, match="still runs the certified base"):
        begin(sister, one, actor=CITY, now=moment(OPENED), today=OPENED)
    again = begin(make_renewable(SHEN, "到期园"), one, actor=SHEN_CLERK, now=moment(OPENED), today=OPENED)
    assert stored(again)["kind"] == "renewal"


def test_nobody_applies_before_or_after_the_rounds_days_or_for_another_county() -> None:
    base, one = make_base(SHEN, "试园"), make_round()
    for day in (date(2026, 3, 1), date(2026, 7, 1)):
        with pytest.raises(Refused, match="does not take applications"):
            begin(base, one, actor=CITY, now=moment(OPENED), today=day)
    with pytest.raises(Missing):
        begin(base, one, actor=GUAN_CLERK, now=moment(OPENED), today=OPENED)
    with pytest.raises(NotAllowed):
        begin(base, one, actor=READER, now=moment(OPENED), today=OPENED)
    kept = read_round(one)
    save_round(replace(kept, closed=True), round_id=one, version=1, actor=CITY, now=moment(OPENED))
    with pytest.raises(Refused):
        begin(base, one, actor=CITY, now=moment(OPENED), today=OPENED)


def test_submission_freezes_what_the_records_say() -> None:
    application = drive(make_base(SHEN, "试园"), make_round(), to=Stage.SUBMITTED)
    frozen = stored(application)["submission"]
    assert frozen["base"]["name"] == "试园" and frozen["base"]["service_staff"] == 8
    assert frozen["assessment"]["year"] == 2025 and frozen["assessment"]["rule_set"] == "city-2021"
    base = base_of(application)
    records.update(
        "bases", base["_id"], {"service_staff": 1}, version=base["version"], actor=CITY, now=moment(REVIEWED)
    )
    assert stored(application)["submission"] == frozen


def test_what_was_handed_in_stays_until_it_is_returned() -> None:
    application = drive(make_base(SHEN, "试园"), make_round(), to=Stage.SUBMITTED)
    file = files_by_slot("applications", application, CITY)["audit"][0]["_id"]
    with pytest.raises(Refused):
        remove_file(file, actor=SHEN_CLERK, now=moment(SUBMITTED))
    with pytest.raises(Refused):
        add_file(
            "applications",
            application,
            "后补.pdf",
            BytesIO(PDF),
            slot="audit",
            actor=SHEN_CLERK,
            now=moment(SUBMITTED),
        )
    with pytest.raises(Refused):
        save_materials(
            application,
            cases="改",
            sealed=True,
            version=version_of(application),
            actor=SHEN_CLERK,
            now=moment(SUBMITTED),
        )


def test_an_incomplete_application_names_each_missing_material() -> None:
    application = drive(make_base(SHEN, "试园"), make_round(), to=Stage.DRAFT)
    save_materials(
        application, cases="字" * 3001, sealed=False, version=1, actor=SHEN_CLERK, now=moment(OPENED)
    )
    with pytest.raises(Refused) as refused:
        submit(application, version=2, actor=SHEN_CLERK, now=moment(OPENED), today=OPENED)
    fields = [one.field for one in refused.value.refusals]
    assert fields == [one.value for one in Material if one is not Material.CASES] + ["cases", "sealed"]
    assert len(stored(application)["cases"]) == 3001, "what was typed is kept"


def test_a_late_correction_is_taken_and_marked() -> None:
    application = drive(make_base(SHEN, "试园"), make_round(), to=Stage.RETURNED)
    submit(
        application, version=version_of(application), actor=SHEN_CLERK, now=moment(ANNOUNCED), today=ANNOUNCED
    )
    assert stored(application)["steps"][-1]["late"] is True


# --- Letters, experts, notices -----------------------------------------------------------------


def test_a_letter_recommends_one_county_under_a_number_of_its_own() -> None:
    one = make_round()
    here = drive(make_base(GUAN, "冠园"), one, to=Stage.REVIEWED)
    there = drive(make_base(SHEN, "莘园"), one, to=Stage.REVIEWED)
    draft = LetterDraft(one, "冠工信字〔2026〕1号", RECOMMENDED)
    with pytest.raises(Refused, match="one county"):
        recommend(draft, versions_of([here, there]), actor=CITY, now=moment(RECOMMENDED), today=RECOMMENDED)
    for dated in (RECOMMENDED + timedelta(days=1), date(2026, 3, 4)):  # in the future; before the review
        with pytest.raises(Refused):
            preview_letter(
                LetterDraft(one, "冠工信字〔2026〕1号", dated), [here], actor=CITY, today=RECOMMENDED
            )
    text = preview_letter(draft, [here], actor=GUAN_CLERK, today=RECOMMENDED)
    letter = recommend(
        draft, versions_of([here]), actor=GUAN_CLERK, now=moment(RECOMMENDED), today=RECOMMENDED
    )
    assert Letter.read(letter, GUAN_CLERK)["text"] == text.stored(), "what was previewed is what is kept"
    with pytest.raises(Missing):
        Letter.read(letter, SHEN_CLERK)
    with pytest.raises(Refused, match="already used"):
        recommend(draft, versions_of([there]), actor=CITY, now=moment(RECOMMENDED), today=RECOMMENDED)
    assert stored(there)["stage"] == "reviewed"


def test_experts_score_once_each_and_can_be_corrected() -> None:
    application = drive(make_base(SHEN, "试园"), make_round(), to=Stage.RECOMMENDED)
    for name, points in (("甲", 90), ("乙", 60)):
        put_expert(
            application, expert(name, points), version=version_of(application), actor=CITY, now=moment(SCORED)
        )
    with pytest.raises(Refused, match="entered already"):
        put_expert(application, expert("甲"), version=version_of(application), actor=CITY, now=moment(SCORED))
    with pytest.raises(Refused, match="At least 3 experts"):
        conclude(application, opinion="通过", version=version_of(application), actor=CITY, now=moment(SCORED))
    put_expert(application, expert("丙", 75), version=version_of(application), actor=CITY, now=moment(SCORED))
    put_expert(
        application,
        expert("乙", 66),
        place=1,
        version=version_of(application),
        actor=CITY,
        now=moment(SCORED),
    )
    put_expert(application, expert("丁", 0), version=version_of(application), actor=CITY, now=moment(SCORED))
    remove_expert(application, 3, version=version_of(application), actor=CITY, now=moment(SCORED))
    save_expert_on_site(application, OnSite(SCORED, "专家组", "属实"), version=version_of(application), actor=CITY,
                        now=moment(SCORED), today=SCORED)  # fmt: skip
    conclude(application, opinion="通过", version=version_of(application), actor=CITY, now=moment(SCORED))
    raw = stored(application)
    assert raw["conclusion"]["average"] == 77 == average_of(raw, read_round(raw["round"]).sheet).value  # type: ignore[union-attr]


def test_single_scores_and_objections_are_kept_from_the_county() -> None:
    application = drive(make_base(SHEN, "试园"), make_round(), to=Stage.RECOMMENDED)
    sheet = add_file(
        "applications",
        application,
        "评分表.pdf",
        BytesIO(PDF),
        slot="score-sheets",
        actor=CITY,
        now=moment(SCORED),
    )
    with pytest.raises(Missing):
        open_file(sheet, actor=SHEN_CLERK)
    open_file(sheet, actor=CITY)[1].close()
    assert "score-sheets" not in files_by_slot("applications", application, SHEN_CLERK)


def test_a_notice_runs_five_working_days_and_is_what_was_previewed(db: Any) -> None:
    application = drive(make_base(SHEN, "试园"), make_round(), to=Stage.SELECTED)
    draft = NoticeDraft(stored(application)["round"], NOTICE_FIRST, CONTACT)
    preview = preview_notice(draft, [application], actor=CITY, today=SELECTED)
    assert (preview.first_day, preview.last_day.day) == (NOTICE_FIRST, NOTICE_LAST)
    notice = open_notice(draft, versions_of([application]), actor=CITY, now=moment(SELECTED), today=SELECTED)
    kept = db["notices"].find_one({"_id": notice})
    assert kept["text"] == preview.text.stored() and kept["last_day"].date() == NOTICE_LAST


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        ({"first_day": None}, "first_day"),
        ({"first_day": date(2026, 3, 12)}, "first_day"),  # before the preliminary result
        ({"working_days": 0}, "working_days"),
        ({"contact": Contact("", "a@b.cn", "聊城")}, "telephone"),
        ({"contact": Contact("0635", "a@b.cn", "聊" * 201)}, "address"),
    ],
)
def test_a_notice_out_of_order_is_refused_and_nothing_changes(
    draft: dict[str, Any], field: str, db: Any
) -> None:
    application = drive(make_base(SHEN, "试园"), make_round(), to=Stage.SELECTED)
    given: dict[str, Any] = {"first_day": NOTICE_FIRST, "contact": CONTACT} | draft
    with pytest.raises(Refused) as refused:
        open_notice(NoticeDraft(stored(application)["round"], **given), versions_of([application]), actor=CITY,
                    now=moment(SELECTED), today=SELECTED)  # fmt: skip
    assert field in [one.field for one in refused.value.refusals]
    assert db["notices"].count_documents({}) == 0 and stored(application)["stage"] == "selected"


# --- Announcement ------------------------------------------------------------------------------


def on_notice(*names: str, meets: bool = True) -> list[ObjectId]:
    one = make_round()
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


def test_one_that_does_not_meet_the_measures_needs_a_written_reason() -> None:
    (weak,) = on_notice("弱园", meets=False)
    with pytest.raises(Refused, match="reason in writing"):
        announce_together([weak])
    announce_together([weak], reasons={weak: "产业特色突出，集体研究同意。"})
    assert stored(weak)["steps"][-1]["opinion"] == "产业特色突出，集体研究同意。"


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
        announce_together(going)
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
    assert (preview.term_first, preview.term_last) == (ANNOUNCED, date(2031, 3, 22))


def test_a_renewal_keeps_the_old_number_in_the_register_for_ever(db: Any) -> None:
    one = make_round()
    application = drive(make_renewable(SHEN, "复核园"), one, to=Stage.ANNOUNCED)
    base = base_of(application)
    old = base["earlier_terms"][0]["document_number"]
    assert db["papers"].find_one({"_id": old}) is not None
    with pytest.raises(Refused, match="already used"):
        recommend(
            LetterDraft(one, old, RECOMMENDED),
            versions_of([drive(make_base(SHEN, "丁园"), one, to=Stage.REVIEWED)]),
            actor=CITY, now=moment(RECOMMENDED), today=RECOMMENDED,
        )  # fmt: skip


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


# --- Odds and ends -----------------------------------------------------------------------------


def test_a_base_with_an_application_stays_and_takes_its_application_along() -> None:
    application = drive(make_base(SHEN, "试园"), make_round(), to=Stage.DRAFT)
    base = base_of(application)
    with pytest.raises(Refused, match="applications refer"):
        records.delete("bases", base["_id"], version=base["version"], actor=CITY, now=moment(OPENED))
    records.update(
        "bases",
        base["_id"],
        {"name": "改名园", "county": GUAN},
        version=base["version"],
        actor=CITY,
        now=moment(OPENED),
    )
    raw = stored(application)
    assert (raw["base_name"], raw["county"]) == ("改名园", GUAN)
    assert applicant_of(base).open_application == "2026年度申报"


@pytest.mark.parametrize("text", ["聊工信发[2026]5号", "聊工信发〔2026〕05号", " 聊工信发【2026】第5号 "])
def test_a_number_is_kept_in_the_form_of_the_standard(text: str) -> None:
    assert read_number(text) == "聊工信发〔2026〕5号"


def test_a_scored_rounds_sheet_can_no_longer_be_changed() -> None:
    application = drive(make_base(SHEN, "试园"), make_round(), to=Stage.SCORED)
    kept = read_round(stored(application)["round"])
    other = replace(kept.sheet, dimensions=kept.sheet.dimensions[::-1])
    assert kept.id is not None
    with pytest.raises(Refused, match="can no longer be changed"):
        save_round(
            replace(kept, sheet=other),
            round_id=kept.id,
            version=kept.version,
            actor=CITY,
            now=datetime.now(UTC),
        )
    save_round(
        replace(kept, name="改名"), round_id=kept.id, version=kept.version, actor=CITY, now=datetime.now(UTC)
    )
    with pytest.raises(Stale):
        save_round(
            replace(kept, name="又改"),
            round_id=kept.id,
            version=kept.version,
            actor=CITY,
            now=datetime.now(UTC),
        )
    with pytest.raises(NotAllowed):
        save_round(kept, actor=SHEN_CLERK, now=datetime.now(UTC))
