"""The demonstration's rounds: this year's with an application at every stage, a notice that runs, an announcement."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

from bson import ObjectId

from documents.applications.application import Application
from documents.records.base import Base
from rules.access import Actor
from rules.applications import OnSite, Verb
from rules.assessment.checklist import CheckState, Condition
from rules.assessment.indicators import assess
from rules.errors import Refused
from rules.materials import ON_SITE, Material
from rules.publication import Contact, ObjectorKind, Received
from rules.scoring import STANDARD_SHEET
from rules.working_days import notice_ends
from services.applications.county_review import return_for_correction, review, save_on_site
from services.applications.expert_review import Expert, conclude, put_expert
from services.applications.recommendation import LetterDraft, recommend
from services.applications.rounds import ApplicationRound, save_round
from services.applications.submission import begin, save_materials, submit
from services.assessment.assess import facts_of
from services.assessment.checklist import Item, read_checklist, save_checklist
from services.assessment.registration import confirm_registration
from services.assessment.rule_sets import move_last_day, read_edition, set_in_force
from services.demo.files import demo_pdf, demo_picture
from services.demo.past import Past
from services.demo.records import DemoBase
from services.publication.announcement import AnnouncementDraft, announce
from services.publication.notice import NoticeDraft, open_notice, select
from services.publication.objections import ObjectionDraft, record_objection
from services.shared.files import add_file

_CONTACT = Contact("0635-0000000", "jidi@example.cn", "聊城市东昌府区昌润路1号", "252000")
_WHY_IT_GOES_ON = "产业特色突出，整改后可以达到条件。"  # of a base that misses a condition
_EXPERTS = (("赵明", "聊城大学", 4), ("钱立", "市中小企业服务中心", 0), ("孙宁", "市创业联盟", -3))


BEGUN = 60  # days before today: the round, and the applications in it
REASON = "演示数据：新办法录入施行前，仍按原办法演示办理流程。"  # kept only after the end of the rule set


def let_begin(days: Iterable[date], today: date, actor: Actor, now: datetime) -> None:
    """Let the story be told, with its reason, where a rule set ended before one of its days and none followed it.

    An invented successor would be cited by real papers afterwards; a setting is seen and taken back.
    """
    for day in days:
        measures, really = set_in_force(day)
        if really or measures.begins_after_end or measures.last_day is None:
            continue
        version = read_edition(measures.code, actor).version
        move_last_day(
            measures.code, measures.last_day, begins_after_end=True, version=version, today=today, actor=actor, now=now
        )  # fmt: skip


class DemoRound:
    """Brings applications along the way, each step on its own day before today."""

    def __init__(self, actor: Actor, past: Past) -> None:
        """Act as `actor`; today is the last day of the story."""
        self._actor, self._now, self._today = actor, past.now, past.today
        self._moment, self._day, self._calendar = past.moment, past.day, past.calendar
        self._letters = 0
        let_begin((past.day(ago) for ago in range(BEGUN + 1)), past.today, actor, past.now)
        self.round = save_round(self._call(), actor=actor, now=self._moment(BEGUN))

    def _call(self) -> ApplicationRound:
        year = self._today.year
        return ApplicationRound(
            year=year, name=f"{year}年度申报", apply_from=self._day(BEGUN),
            apply_until=self._today + timedelta(days=30),
            rule_set=set_in_force(self._day(BEGUN))[0].code, assessed_year=year - 1, reason_to_begin=REASON,
            call_title=f"关于组织开展{year}年度聊城市小型微型企业创业创新示范基地申报工作的通知",
            call_number=f"聊工信发〔{self._day(BEGUN + 1).year}〕208号", call_dated=self._day(BEGUN + 1),
        )  # fmt: skip

    def _version(self, application: ObjectId) -> int:
        return int(Application.of_ids([application])[0]["version"])

    def _said(self, application: ObjectId, ago: int) -> dict[str, Any]:
        return {"version": self._version(application), "actor": self._actor, "now": self._moment(ago)}

    def begin(self, base: ObjectId) -> ObjectId | None:
        """Begin an application; None where Art. 16 bars it."""
        try:
            return begin(
                base, self.round, reason_to_begin=REASON, actor=self._actor, now=self._moment(BEGUN),
                today=self._day(BEGUN),
            )  # fmt: skip
        except Refused:
            return None

    def submit(self, application: ObjectId) -> None:
        """Hand an application in, all ten materials with it."""
        for material in Material:
            self._file(application, f"{material.number:02d} {material.zh}.pdf", material.value, 41)
        cases = "围绕入驻企业融资难，联合三家银行开展“一企一策”对接，全年促成贷款 1,260 万元。"
        save_materials(application, cases=cases, sealed=True, **self._said(application, 40))
        submit(application, **self._said(application, 40), today=self._day(40))

    def _file(self, application: ObjectId, name: str, slot: str, ago: int, data: bytes = b"") -> None:
        content = BytesIO(data or demo_pdf("Demonstration"))
        add_file(
            "applications", application, name, content, actor=self._actor, now=self._moment(ago), slot=slot
        )

    def give_back(self, application: ObjectId) -> None:
        """Return an application for correction."""
        reasons = {"audit": "专项审计报告缺少与本基地相关的收支说明。", "staff": "两名服务人员未附资质证明。"}
        return_for_correction(
            application,
            reasons,
            self._today + timedelta(days=3),
            **self._said(application, 6),
            today=self._day(6),
        )

    def verify(self, base: ObjectId) -> None:
        """Confirm the place of registration, and find each operating condition fulfilled."""
        said: dict[str, Any] = {"actor": self._actor, "now": self._moment(33)}
        version = Base.read(base, self._actor)["version"]
        confirm_registration(base, True, "已查验营业执照。", version=version, today=self._day(33), **said)
        items = {
            condition: Item(CheckState.MET, f"现场查看{condition.zh}，与申报材料一致。")
            for condition in Condition
        }
        year = self._today.year - 1
        save_checklist(base, year, items, version=read_checklist(base, year).version, **said)

    def review(self, application: ObjectId) -> None:
        """Check on site and find for the base."""
        self.verify(Application.of_ids([application])[0]["base"])
        self._file(application, "现场照片.png", ON_SITE, 32, demo_picture())
        found = OnSite(self._day(32), "张科长、李明", "服务场所、台账与申报材料一致，企业满意度较高。")
        save_on_site(application, found, **self._said(application, 32))
        opinion = "材料齐全，现场核实无误，同意推荐。"
        review(
            application, Verb.PASS, opinion=opinion, failing_reason=_WHY_IT_GOES_ON, **self._said(application, 31),
            today=self._day(31),
        )  # fmt: skip

    def recommend(self, application: ObjectId) -> None:
        """Have the county recommend it in a letter of its own."""
        self._letters += 1
        number = f"示范工信字〔{self._day(29).year}〕{self._letters}号"
        draft = LetterDraft(self.round, number, self._day(29), {application: _WHY_IT_GOES_ON})
        versions = {application: self._version(application)}
        recommend(draft, versions, actor=self._actor, now=self._moment(29), today=self._day(29))

    def score(self, application: ObjectId, experts: int = 3) -> None:
        """Enter the experts' scores; conclude when all have given theirs."""
        for place, (name, home, more) in enumerate(_EXPERTS[:experts]):
            points = {line.key: float(82 + more + place) for line in STANDARD_SHEET.dimensions}
            put_expert(
                application,
                Expert(name, home, points, "服务体系完善，特色明显。"),
                **self._said(application, 24),
            )
        if experts == len(_EXPERTS):
            conclude(application, opinion="专家组一致同意通过评审。", **self._said(application, 24))

    def select(self, application: ObjectId) -> None:
        """Decide for the base."""
        select(application, reason="经局长办公会研究同意。", **self._said(application, 22))

    def notice(self, applications: Sequence[ObjectId], first_ago: int) -> ObjectId:
        """Open a public notice."""
        versions = {one: self._version(one) for one in applications}
        draft = NoticeDraft(self.round, self._day(first_ago), _CONTACT, reason_to_begin=REASON)
        return open_notice(
            draft, versions, actor=self._actor, now=self._moment(first_ago), today=self._day(first_ago)
        )

    def first_of_notice(self) -> int:
        """Return how many days ago a notice began that was over before the announcement."""
        first = 21
        while notice_ends(self._day(first), 5, self._calendar).day >= self._day(3):
            first += 1
        return min(first, 22)

    def announce(self, applications: Sequence[ObjectId], notice: ObjectId) -> None:
        """Announce the applications of a notice whose period is over."""
        number = f"聊工信发〔{self._day(3).year}〕219号"
        draft = AnnouncementDraft(notice, number, self._day(3), reason_to_begin=REASON)
        versions = {one: self._version(one) for one in applications}
        announce(draft, versions, actor=self._actor, now=self._moment(3), today=self._day(3))

    def object_to(self, application: ObjectId, notice: ObjectId) -> None:
        """Take an objection down that is still being handled."""
        draft = ObjectionDraft(
            notice, application, self._today, Received.LETTER, ObjectorKind.PERSON, "示例来信人", "0635-0000001",
            "反映基地入驻企业数量与申报材料不一致，请核实。",
        )  # fmt: skip
        record_objection(draft, actor=self._actor, now=self._now, today=self._today)


def write_rounds(homes: Sequence[DemoBase], *, actor: Actor, past: Past) -> int:
    """Write the rounds over the bases of the demonstration, the earlier ones first; return how many applied.

    Who applied in an earlier round is announced in it.
    """
    count = 0
    for years in sorted({home.applied_ago for home in homes if home.applied_ago}, reverse=True):
        story, announced = DemoRound(actor, past.years_ago(years)), list[ObjectId]()
        for home in homes:
            if home.applied_ago == years and (application := story.begin(home.id)):
                _advance(story, application, "announced")
                announced.append(application)
        _publish(story, {"announced": announced})
        count += len(announced)
    return count + _write_this_year(actor, past)


def _write_this_year(actor: Actor, past: Past) -> int:
    story = DemoRound(actor, past)
    # The conditions are to be met together: only who meets them is selected (Art. 5 to 7).
    public = ["announced", "on-notice", "objected"]
    others = ["scored", "returned", "submitted", "reviewed", "draft"]
    going: dict[str, list[ObjectId]] = {}
    for base, meets in _candidates(actor, past.today):
        stages = public if meets and public else others
        application = story.begin(base) if stages else None
        if application is not None:
            stage = stages.pop(0)
            going.setdefault(stage, []).append(application)
            _advance(story, application, stage)
    _publish(story, going)
    return sum(len(some) for some in going.values())


def _candidates(actor: Actor, today: date) -> list[tuple[ObjectId, bool]]:
    """Return the bases that may apply, those without a title first, and whether they meet every indicator.

    What the county verifies of a base beside these, it does as it reviews.
    """
    rows = list(
        Base.collection().find({}, {"status": 1, "title_last_day": 1, "sort_key": 1}).sort("sort_key", 1)
    )
    fresh = [row["_id"] for row in rows if row["status"] == "uncertified"]
    again = [
        row["_id"]
        for row in rows
        if row["status"] == "certified" and row["title_last_day"].year == today.year
    ]
    ids, measures = fresh + again, set_in_force(today)[0]
    meeting = {
        assessed.base["_id"]
        for assessed in facts_of(today.year - 1, today=today, actor=actor, bases=ids)
        if assess(assessed.facts, measures).meets
    }
    return [(base, base in meeting) for base in ids]


def _advance(story: DemoRound, application: ObjectId, stage: str) -> None:
    if stage == "draft":
        return
    story.submit(application)
    if stage == "returned":
        story.give_back(application)
    if stage in ("submitted", "returned"):
        return
    story.review(application)
    if stage == "reviewed":
        return
    story.recommend(application)
    story.score(application, experts=2 if stage == "scored" else 3)
    if stage != "scored":
        story.select(application)


def _publish(story: DemoRound, going: dict[str, list[ObjectId]]) -> None:
    if announced := going.get("announced"):
        story.announce(announced, story.notice(announced, story.first_of_notice()))
    running = [*going.get("on-notice", ()), *going.get("objected", ())]
    if running:
        notice = story.notice(running, 1)
        for application in going.get("objected", ()):
            story.object_to(application, notice)
