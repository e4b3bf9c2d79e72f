"""A round driven by the services: applications brought to any stage, as clerks would bring them there.

Everything happens on fixed days of March 2026, so that tests know what stands on the papers: `moment(day)` is ten
o'clock of a day in the office. The real thing is done all the way: files, on-site check, letter, experts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from io import BytesIO
from itertools import count
from typing import Any

from bson import ObjectId

from documents.applications.application import Application
from documents.assessment.rule_set import RuleSet
from documents.publication.notice import Notice
from documents.records.base import Base
from rules.access import SYSTEM, Actor, Role
from rules.applications import OnSite, Stage, Verb
from rules.assessment.checklist import CheckState, Condition
from rules.materials import ON_SITE, Material
from rules.publication import Contact, ObjectorKind, PublishedElsewhere, Received
from rules.rule_sets.measures import CITY_2021
from services.applications.county_review import return_for_correction, review, save_on_site
from services.applications.expert_review import Expert, conclude, put_expert
from services.applications.recommendation import LetterDraft, recommend
from services.applications.rounds import ApplicationRound, save_round
from services.applications.submission import begin, save_materials, submit, withdraw
from services.assessment.checklist import Item, read_checklist, save_checklist
from services.assessment.registration import confirm_registration
from services.assessment.rule_sets import as_stored, move_last_day
from services.publication.announcement import AnnouncementDraft, announce
from services.publication.notice import NoticeDraft, decline, open_notice, select
from services.publication.objections import ObjectionDraft, record_objection
from services.records import records
from services.shared.files import SentFile, add_file
from services.shared.unit_of_work import UnitOfWork, in_one_transaction
from tests.made_once import made_once
from tests.sample_office import PDF, code

OPENED = date(2026, 3, 2)  # the round; a Monday
SUBMITTED = date(2026, 3, 3)
REVIEWED = date(2026, 3, 5)
RECOMMENDED = date(2026, 3, 6)
SCORED = date(2026, 3, 12)
SELECTED = date(2026, 3, 13)
NOTICE_FIRST, NOTICE_LAST = date(2026, 3, 16), date(2026, 3, 20)  # Monday to Friday
ANNOUNCED = date(2026, 3, 23)
CONTACT = Contact("0635-8288000", "jidi@example.cn", "聊城市东昌府区昌润路1号", "252000")
REASON = "创业辅导成效突出。"  # why a base goes on that misses a condition
CITY = Actor("driver", "市局甲", Role.CITY)
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 24
_NUMBERS = count(1)
# The way to each stage; what is not on it ends or turns there.
_WAY = (
    Stage.DRAFT, Stage.SUBMITTED, Stage.REVIEWED, Stage.RECOMMENDED, Stage.SCORED, Stage.SELECTED, Stage.ON_NOTICE,
    Stage.ANNOUNCED,
)  # fmt: skip
_AFTER = {Stage.RETURNED: Stage.SUBMITTED, Stage.NOT_CERTIFIED: Stage.SCORED, Stage.WITHDRAWN: Stage.DRAFT}


def moment(day: date, hour: int = 10) -> datetime:
    """Return an hour of a day in the office, as a moment."""
    return datetime.combine(day, time(hour - 8), UTC)


@made_once
def make_round(name: str = "2026年度申报", *, actor: Actor = CITY, **more: Any) -> ObjectId:
    """Make a round that takes applications from March to June 2026; return its id."""
    one = ApplicationRound(
        year=2026, name=name, apply_from=OPENED, apply_until=date(2026, 6, 30), rule_set="city-2021",
        assessed_year=2025, call_title="关于组织开展2026年度示范基地申报工作的通知", call_number="聊工信发〔2026〕8号",
        call_dated=date(2026, 2, 26),
    )  # fmt: skip
    return save_round(replace(one, **more), actor=actor, now=moment(OPENED, 9))


@made_once
def prolong_measures(until: date = date(2027, 12, 3), *, begins_after_end: bool | None = None) -> None:
    """Prolong the 2021 Measures, as the bureau may by a paper, or say what may be begun after their end."""
    move_last_day(
        "city-2021", until, begins_after_end=begins_after_end, version=0, today=OPENED, actor=SYSTEM, now=moment(OPENED)
    )  # fmt: skip


@made_once
def make_base(county: str, name: str, *, actor: Actor = CITY, **values: Any) -> ObjectId:
    """Make a base that may apply for the title; with `announced_on` one that holds it."""
    number = 5_000_000 + next(_NUMBERS)
    given = {
        "name": name, "operator": f"{name}运营有限公司", "uscc": code(number, county if county.isdigit() else "371500"),
        "county": county, "base_type": "start-up-park", "operating_since": date(2019, 5, 1), "service_staff": 8,
        "online_system": True, **values,
    }  # fmt: skip
    return records.create("bases", given, actor=actor, now=moment(OPENED, 9))


@made_once
def make_renewable(county: str, name: str, *, actor: Actor = CITY) -> ObjectId:
    """Make a certified base whose title ends in 2026: it applies for its renewal."""
    number = f"聊工信发〔2021〕{next(_NUMBERS) + 300}号"
    title = {"status": "certified", "announced_on": date(2021, 12, 20), "document_number": number}
    return make_base(county, name, actor=actor, **title)


def version_of(application: ObjectId) -> int:
    """Return the version at which an application stands."""
    return int(stored(application)["version"])


def stored(application: ObjectId) -> dict[str, Any]:
    """Return an application as it is stored."""
    (found,) = Application.of_ids([application])
    return found


def versions_of(applications: Iterable[ObjectId]) -> dict[ObjectId, int]:
    """Return the versions at which applications stand, as a clerk's page would hold them."""
    return {one: version_of(one) for one in applications}


@made_once
def let_meet(applications: Iterable[ObjectId], meets: bool = True) -> None:
    """Make the frozen assessment of applications say that every indicator is met (the sample has few records)."""
    applications = list(applications)
    clause = {"_id": {"$in": applications}}
    fresh: dict[str, Any] = {"submission.assessment.meets": meets}
    if meets:
        fresh |= {f"submission.assessment.{lines}.$[].met": True for lines in ("indicators", "further")}

    def work(uow: UnitOfWork) -> None:
        for application in applications:
            uow.touch("applications", application)
        Application.collection().update_many(clause, {"$set": fresh}, session=uow.session)
        uow.record("let-meet", "", None, "")  # the trail is to know their states

    in_one_transaction(work, actor=CITY, now=datetime.now(UTC))


@made_once
def lenient_set() -> str:
    """Keep a rule set that lets a base which misses a condition be announced, with a reason; return its code."""
    measures = replace(
        CITY_2021,
        code="city-lenient",
        title="可附理由的办法",
        first_day=OPENED,
        failing_may_be_announced=True,
    )
    kept = {**as_stored(measures), "draft": False, "shipped": False, "version": 1}
    RuleSet._get_collection().replace_one({"_id": measures.code}, kept, upsert=True)
    return measures.code


@made_once
def drive(
    base: ObjectId,
    round_id: ObjectId,
    *,
    to: Stage,
    actor: Actor = CITY,
    meets: bool = True,
    points: float = 86,
) -> ObjectId:
    """Bring a base's application in a round to a stage and return its id.

    One that does not meet the conditions has its reason at each step; beyond the experts it needs a `lenient_set`.
    """
    application = begin(base, round_id, actor=actor, now=moment(OPENED), today=OPENED)
    last = _AFTER.get(to, to)
    for stage in _WAY[1 : _WAY.index(last) + 1]:
        _STEPS[stage](application, actor, points)
        if stage is Stage.SUBMITTED:
            let_meet([application], meets)
    if to in _TURNS:
        _TURNS[to](application, actor)
    return application


def _submit(application: ObjectId, actor: Actor, points: float) -> None:
    for material in Material:
        # The characters of a text would be counted: of the cases there is a photo beside what was typed.
        ending, data = ("png", PNG) if material is Material.CASES else ("pdf", PDF)
        add_file(
            "applications", application, f"{material.zh}.{ending}", BytesIO(data), slot=material.value, actor=actor,
            now=moment(OPENED),
        )  # fmt: skip
    text = "为入驻企业办理融资对接，解决贷款300万元。"
    save_materials(
        application, cases=text, sealed=True, version=version_of(application), actor=actor, now=moment(OPENED)
    )
    submit(application, version=version_of(application), actor=actor, now=moment(SUBMITTED), today=SUBMITTED)


@made_once
def verify(base: ObjectId, *, actor: Actor = CITY, day: date = REVIEWED, year: int = 2025) -> None:
    """Confirm that a base is registered in the city, and each operating condition of a year fulfilled."""
    version = Base.read(base, actor)["version"]
    confirm_registration(base, True, "", version=version, actor=actor, now=moment(day), today=day)
    found = read_checklist(base, year)
    items = {condition: Item(CheckState.MET, "现场核实符合。") for condition in Condition}
    save_checklist(base, year, items, version=found.version, actor=actor, now=moment(day))


def _review(application: ObjectId, actor: Actor, points: float) -> None:
    verify(stored(application)["base"], actor=actor)
    photo = BytesIO(PNG)
    add_file("applications", application, "现场.png", photo, slot=ON_SITE, actor=actor, now=moment(REVIEWED))
    found = OnSite(REVIEWED, "王明、李强", "场地、台账与申报材料一致。")
    save_on_site(application, found, version=version_of(application), actor=actor, now=moment(REVIEWED))
    review(
        application, Verb.PASS, opinion="材料齐全，现场核实无误，同意推荐。", failing_reason=REASON,
        version=version_of(application), actor=actor, now=moment(REVIEWED, 11), today=REVIEWED,
    )  # fmt: skip


@made_once
def recommend_together(
    applications: Sequence[ObjectId], *, actor: Actor = CITY, number: str = ""
) -> ObjectId:
    """Recommend applications of one county in one letter; return its id."""
    number = number or f"冠工信字〔2026〕{next(_NUMBERS)}号"
    reasons = dict.fromkeys(applications, REASON)
    draft = LetterDraft(stored(applications[0])["round"], number, RECOMMENDED, reasons)
    versions = versions_of(applications)
    return recommend(draft, versions, actor=actor, now=moment(RECOMMENDED), today=RECOMMENDED)


def _recommend(application: ObjectId, actor: Actor, points: float) -> None:
    recommend_together([application], actor=actor)


def _score(application: ObjectId, actor: Actor, points: float) -> None:
    sheet = ("operation", "ability", "effect", "novelty")
    for name, more in (("赵教授", 2), ("钱研究员", 0), ("孙工程师", -2)):
        expert = Expert(name, "聊城大学", dict.fromkeys(sheet, points + more), "服务扎实，特色明显。")
        put_expert(application, expert, version=version_of(application), actor=actor, now=moment(SCORED))
    conclude(
        application, opinion="专家组一致认为达到认定条件。", version=version_of(application), actor=actor,
        now=moment(SCORED, 16),
    )  # fmt: skip


def _select(application: ObjectId, actor: Actor, points: float) -> None:
    select(
        application, reason="局长办公会研究同意。", failing_reason=REASON, version=version_of(application),
        actor=actor, now=moment(SELECTED),
    )  # fmt: skip


@made_once
def open_together(
    applications: Sequence[ObjectId], *, actor: Actor = CITY, first_day: date = NOTICE_FIRST, today: date | None = None
) -> ObjectId:  # fmt: skip
    """Put applications of one round on one public notice; return the notice's id."""
    draft = NoticeDraft(stored(applications[0])["round"], first_day, CONTACT)
    day = today or first_day
    return open_notice(draft, versions_of(applications), actor=actor, now=moment(day, 9), today=day)


@made_once
def record_elsewhere(applications: Sequence[ObjectId], *, actor: Actor = CITY) -> ObjectId:
    """Record that applications were on a notice published elsewhere in time; return its id."""
    elsewhere = PublishedElsewhere("市工信局网站", NOTICE_LAST)
    draft = NoticeDraft(stored(applications[0])["round"], NOTICE_FIRST, CONTACT, elsewhere=elsewhere)
    evidence = [SentFile("截图.png", BytesIO(PNG))]
    return open_notice(
        draft, versions_of(applications), evidence, actor=actor, now=moment(ANNOUNCED), today=ANNOUNCED
    )


def _open(application: ObjectId, actor: Actor, points: float) -> None:
    open_together([application], actor=actor)


@made_once
def announce_together(
    applications: Sequence[ObjectId], *, number: str = "", reasons: Mapping[ObjectId, str] | None = None,
    actor: Actor = CITY, dated: date = ANNOUNCED,
) -> ObjectId:  # fmt: skip
    """Announce applications of one notice; return the announcement's id."""
    number = number or f"聊工信发〔2026〕{100 + next(_NUMBERS)}号"
    draft = AnnouncementDraft(stored(applications[0])["notice"], number, dated, reasons=dict(reasons or {}))
    return announce(draft, versions_of(applications), actor=actor, now=moment(dated), today=dated)


def _announce(application: ObjectId, actor: Actor, points: float) -> None:
    announce_together([application], reasons={application: REASON}, actor=actor)


@made_once
def object_to(
    application: ObjectId, *, actor: Actor = CITY, objector: str = "周某某", day: date = NOTICE_FIRST
) -> ObjectId:
    """Take down an objection to an application on public notice; return the objection's id."""
    draft = ObjectionDraft(
        notice=stored(application)["notice"], application=application, received_on=day, received=Received.LETTER,
        objector_kind=ObjectorKind.PERSON, objector=objector, objector_contact="13906350001",
        content="反映入驻企业数量与申报材料不一致。",
    )  # fmt: skip
    return record_objection(draft, actor=actor, now=moment(day, 14), today=day)


def _return(application: ObjectId, actor: Actor) -> None:
    return_for_correction(
        application, {Material.AUDIT.value: "审计报告缺页。"}, date(2026, 3, 10), version=version_of(application),
        actor=actor, now=moment(date(2026, 3, 4)), today=date(2026, 3, 4),
    )  # fmt: skip


def _decline(application: ObjectId, actor: Actor) -> None:
    reason = "服务功能未达到规定项数。"
    decline(application, reason=reason, version=version_of(application), actor=actor, now=moment(SELECTED))


def _withdraw(application: ObjectId, actor: Actor) -> None:
    withdraw(
        application, reason="申报主体调整。", version=version_of(application), actor=actor, now=moment(SUBMITTED)
    )  # fmt: skip


def notices_of(kind: str) -> list[dict[str, Any]]:
    """Return the published papers of a kind, the oldest first."""
    return list(Notice.collection().find({"kind": kind}).sort("_id", 1))


_STEPS = {
    Stage.SUBMITTED: _submit, Stage.REVIEWED: _review, Stage.RECOMMENDED: _recommend, Stage.SCORED: _score,
    Stage.SELECTED: _select, Stage.ON_NOTICE: _open, Stage.ANNOUNCED: _announce,
}  # fmt: skip
_TURNS = {Stage.RETURNED: _return, Stage.NOT_CERTIFIED: _decline, Stage.WITHDRAWN: _withdraw}
