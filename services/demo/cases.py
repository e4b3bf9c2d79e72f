"""The demonstration's cases: how each title that is gone was lost, and one case that is under way (Art. 16, 18)."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from io import BytesIO

from bson import ObjectId

from documents.revocation.decision import EVIDENCE
from rules.access import Actor
from rules.grounds import DecisionKind, Finding, Ground, StatementOutcome
from services.demo.files import demo_pdf
from services.demo.past import Past
from services.demo.records import DemoBase
from services.demo.round import REASON, let_begin
from services.revocation.cases import Hearing, begin_case, read_case, save_hearing
from services.revocation.decide import decide
from services.revocation.prior_notice import (
    PriorNoticeDraft,
    fingerprint,
    issue_prior_notice,
    preview_prior_notice,
)
from services.shared.files import add_file

_NO_REPORTS = "连续两年未按要求报送年度工作总结，经两次书面催报仍未报送。"
_FRAUD = "年度工作总结所列12次服务活动经核查未曾举办，所附签到表、照片与其他基地重复。"
_NO_RENEWAL = "称号有效期届满，当年未提出复核申请。"
_SERVED = "直接送达，由基地负责人签收"
_STATED = "基地称负责报送的人员离职、交接疏漏，请求从轻处理。"
_ANSWER = "人员变动不影响运营主体的报送义务，且两次书面催报均已送达。"


class _Case:
    """A case that is taken through its steps, each so many days before today."""

    def __init__(
        self, home: DemoBase, kind: DecisionKind, facts: Mapping[Ground, str], findings: Sequence[Finding],
        begun: int, *, actor: Actor, past: Past,
    ) -> None:  # fmt: skip
        self._actor, self._past = actor, past
        let_begin([past.day(begun)], past.today, actor, past.now)
        self.id = begin_case(
            kind, home.id, facts, findings, reason_to_begin=REASON, actor=actor, now=past.moment(begun)
        )
        paper, place = BytesIO(demo_pdf("Demonstration")), EVIDENCE
        add_file("decisions", self.id, "核查情况.pdf", paper, actor=actor, now=past.moment(begun), slot=place)

    @property
    def _version(self) -> int:
        return int(read_case(self.id, self._actor)["version"])

    def tell(self, number: str, ago: int) -> date:
        """Issue the prior notice and serve it two days later; return the last day for the statement."""
        until = self._past.working(self._past.day(ago) + timedelta(days=12))
        draft = PriorNoticeDraft(number, self._past.day(ago), until)
        paper = preview_prior_notice(self.id, draft, actor=self._actor, today=self._past.day(ago))
        issue_prior_notice(
            self.id, draft, seen=fingerprint(paper), version=self._version, actor=self._actor,
            now=self._past.moment(ago),
        )  # fmt: skip
        self._hear(Hearing(self._past.day(ago - 2), until, _SERVED), ago - 2)
        return until

    def answer(self, told: int, until: date, ago: int) -> None:
        """Take the base's statement down, and what was found of it."""
        stated = Hearing(
            self._past.day(told - 2), until, _SERVED, self._past.day(ago), _STATED, StatementOutcome.NOT_ACCEPTED,
            _ANSWER,
        )  # fmt: skip
        self._hear(stated, ago)

    def _hear(self, hearing: Hearing, ago: int) -> None:
        save_hearing(
            self.id, hearing, version=self._version, actor=self._actor, now=self._past.moment(ago),
            today=self._past.day(ago),
        )  # fmt: skip

    def decide(self, number: str, ago: int) -> None:
        """Sign the decision."""
        day = self._past.day(ago)
        decide(
            self.id,
            number,
            day,
            version=self._version,
            actor=self._actor,
            now=self._past.moment(ago),
            today=day,
        )


def accused(homes: Sequence[DemoBase], today: date) -> DemoBase:
    """Return the base whose case is under way: the first whose title runs for more than a year."""
    return next(
        home
        for home in homes
        if "announced_on" in home.values
        and home.loses_by is None
        and 300 < (today - home.values["announced_on"]).days < 1300
    )


def write_cases(homes: Sequence[DemoBase], *, actor: Actor, past: Past) -> list[ObjectId]:
    """Decide on the titles that are gone, and begin the case that is under way; return the cases."""
    cases = []
    losing = [(home, home.loses_by) for home in homes if home.loses_by]
    for place, (home, kind) in enumerate(losing):
        begun = 400 - 60 * place
        if kind is DecisionKind.CANCELLATION:
            grounds, findings = {Ground.NO_RENEWAL: _NO_RENEWAL}, []
        elif kind in [earlier for _, earlier in losing[:place]]:
            grounds, findings = {Ground.FRAUD: _FRAUD}, [Finding.FALSIFIED]
        else:
            grounds, findings = {Ground.NO_REPORTS: _NO_REPORTS}, [Finding.NO_SUMMARY]
        case = _Case(home, kind, grounds, findings, begun, actor=actor, past=past)
        told = begun - 12
        until = case.tell(_number(past.day(told), 230 + place), told)
        if Ground.NO_REPORTS in grounds:
            case.answer(told, until, told - 9)
        case.decide(_number(past.day(told - 20), 240 + place), told - 20)
        cases.append(case.id)
    open_case = _Case(
        accused(homes, past.today), DecisionKind.REVOCATION, {Ground.NO_REPORTS: _NO_REPORTS},
        [Finding.NO_SUMMARY], 16, actor=actor, past=past,
    )  # fmt: skip
    open_case.tell(_number(past.day(9), 239), 9)
    return [*cases, open_case.id]


def _number(dated: date, place: int) -> str:
    return f"聊工信发〔{dated.year}〕{place}号"
