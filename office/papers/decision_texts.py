"""The papers about a title that is lost or restored: the decision itself, and what is told to the public."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from office.papers.paper_text import PaperText, Paragraph, in_chinese
from office.papers.texts import CITY_NAME
from rules.decisions import NO_BASIS, Overturning
from rules.grounds import DecisionKind, Finding, Ground, OverturnedBy, StatementOutcome, findings_of
from rules.papers import PaperKind
from rules.rule_sets.measures import Measures
from rules.rule_sets.provisions import ground_key

_KINDS = {
    DecisionKind.REVOCATION: PaperKind.REVOCATION,
    DecisionKind.CANCELLATION: PaperKind.CANCELLATION,
    DecisionKind.REVERSAL: PaperKind.REVERSAL,
}
# Of each kind: what the title says is done, and the words of the decision.
_ABOUT = {
    DecisionKind.REVOCATION: ("关于撤销{name}{city}命名的", "撤销{name}的{city}命名"),
    DecisionKind.CANCELLATION: ("关于取消{name}{city}称号的", "取消{name}的{city}称号"),
    DecisionKind.REVERSAL: ("关于恢复{name}{city}称号的", "恢复{name}的{city}称号"),
}


@dataclass(frozen=True)
class Remedies:
    """Where a decision is fought: administrative review within `days`, an action before `court` within `months`."""

    body: str
    days: int
    court: str
    months: int


@dataclass(frozen=True)
class DecisionFacts:
    """A decision on a title under `measures`. `grounds`: each with the facts found for it.

    `findings` say which of the grounds' alternatives were found. `term_first`, `term_last` are the title's own days;
    `reversed_*` name the decision that is overturned, `overturning` what that stands on; `prior_*` the prior notice.
    """

    kind: DecisionKind
    measures: Measures
    number: str
    name: str
    operator: str
    county: str
    county_office: str
    announced_on: date
    announced_number: str
    term_first: date
    term_last: date
    grounds: tuple[tuple[Ground, str], ...]
    dated: date
    findings: tuple[Finding, ...]
    remedies: Remedies
    served_on: date | None = None
    statement_by: date | None = None
    statement_on: date | None = None
    statement: str = ""
    statement_outcome: StatementOutcome | None = None
    statement_answer: str = ""
    prior_number: str = ""
    reversed_number: str = ""
    reversed_on: date | None = None
    overturning: Overturning = NO_BASIS


@dataclass(frozen=True)
class PriorNoticeFacts:
    """A decision that is intended, as the base is told of it beforehand; it may state its case until `statement_by`.

    `kind` is no reversal, which burdens nobody. `address` and `telephone` are the office's. `replaces` is the number
    of the prior notice that this one takes the place of.
    """

    kind: DecisionKind
    measures: Measures
    number: str
    name: str
    operator: str
    county: str
    announced_on: date
    announced_number: str
    term_first: date
    term_last: date
    grounds: tuple[tuple[Ground, str], ...]
    findings: tuple[Finding, ...]
    dated: date
    statement_by: date
    address: str
    telephone: str
    replaces: str = ""


def prior_notice(facts: PriorNoticeFacts) -> PaperText:
    """Return the 事先告知书 as it is served on the operator; it is not published."""
    title, does = (words.format(name=facts.name, city=CITY_NAME) for words in _ABOUT[facts.kind])
    cited = facts.measures.cited_with([ground_key(ground) for ground, _ in facts.grounds])
    reached = "，".join(
        f"{label}：{value}"
        for label, value in (("地址", facts.address), ("联系电话", facts.telephone))
        if value
    )
    office = f"我局（{reached}）" if reached else "我局"
    lines = [
        Paragraph(f"{_held(facts)}经查："),
        *_grounds(facts),
        Paragraph(f"根据{cited}规定，我局拟决定：{does}。现将拟作出的决定及事实、理由和依据告知你单位。"),
        Paragraph(
            f"你单位对上述内容享有陈述、申辩的权利，可在{in_chinese(facts.statement_by)}前（含当日）"
            f"以书面形式向{office}提出陈述、申辩意见。逾期未提出的，视为放弃陈述、申辩，我局将依法作出决定。"
        ),
    ]
    if facts.replaces:
        lines.append(Paragraph(f"我局{facts.replaces}事先告知书不再适用，以本告知书为准。"))
    title = title.replace("关于", "关于拟", 1)
    return PaperText(
        PaperKind.PRIOR_NOTICE, f"{title}事先告知书", tuple(lines), facts.measures.issued_by,
        facts.dated.isoformat(), in_chinese(facts.dated), number=facts.number, addressee=f"{facts.operator}：",
        header=facts.measures.issued_by, fields=_fields(facts) | {"陈述申辩截止": in_chinese(facts.statement_by)},
    )  # fmt: skip


def decision_paper(facts: DecisionFacts) -> PaperText:
    """Return the decision as it is served on the base and the county."""
    title, does = (words.format(name=facts.name, city=CITY_NAME) for words in _ABOUT[facts.kind])
    lines = [Paragraph(_opening(facts)), *_grounds(facts), *_hearing(facts)]
    lines.append(Paragraph(f"根据{_basis(facts)}，经研究，我局决定：{does}{_from(facts)}。"))
    if facts.kind is not DecisionKind.REVERSAL:
        lines.append(Paragraph("自本决定作出之日起，不得再以示范基地名义开展活动，认定证书同时作废。"))
    lines.append(
        Paragraph(f"如对本决定不服，{_remedies(facts.remedies)}")
        if facts.kind is not DecisionKind.REVERSAL
        else Paragraph("原认定文件和认定证书在有效期内继续有效。")
    )
    return PaperText(
        _KINDS[facts.kind], f"{title}决定", tuple(lines), facts.measures.issued_by, facts.dated.isoformat(),
        in_chinese(facts.dated), number=facts.number, addressee=f"{facts.operator}、{facts.county_office}：",
        header=facts.measures.issued_by, note="（此文公开发布）", fields=_fields(facts),
    )  # fmt: skip


def decision_notice(facts: DecisionFacts) -> PaperText:
    """Return what the public reads of a decision: that, when and why, without the facts of the case."""
    title, does = (words.format(name=facts.name, city=CITY_NAME) for words in _ABOUT[facts.kind])
    why = "；".join(found_words(ground, facts.findings) for ground, _ in facts.grounds)
    if facts.reversed_number:
        why = why.replace("原决定", f"原决定（{facts.reversed_number}）", 1)
    if facts.kind is not DecisionKind.REVERSAL:
        remedies = [Paragraph(f"{facts.operator}如对该决定不服，{_remedies(facts.remedies)}")]
    else:
        remedies = []
    lines = [
        Paragraph(
            f"{facts.name}（运营主体：{facts.operator}，所属县（市、区）：{facts.county}）于{in_chinese(facts.announced_on)}"
            f"经{facts.announced_number}认定为{CITY_NAME}。"
        ),
        Paragraph(
            f"因{why}，根据{_basis(facts)}，我局于{in_chinese(facts.dated)}以{facts.number}决定{does}{_from(facts)}。"
        ),
        *remedies,
        Paragraph("特此公告。"),
    ]
    return PaperText(
        _KINDS[facts.kind], f"{title}公告", tuple(lines), facts.measures.issued_by, facts.dated.isoformat(),
        in_chinese(facts.dated), header=facts.measures.issued_by, fields=_fields(facts),
    )  # fmt: skip


def found_words(ground: Ground, findings: Collection[Finding]) -> str:
    """Return what was found of a ground: the alternatives that apply, else its own words."""
    return "、".join(finding.zh for finding in findings_of(ground, findings)) or ground.zh


def _remedies(remedies: Remedies) -> str:
    return (
        f"可自收到决定之日起{remedies.days}日内向{remedies.body}申请行政复议，"
        f"或者在{remedies.months}个月内依法向{remedies.court}提起行政诉讼。"
    )


def ending_facts(last_day: date, failed_on: date | None = None, round_name: str = "") -> str:
    """Return the facts with which the system proposes a cancellation (Art. 16)."""
    if failed_on is None:
        return f"该基地称号有效期至{in_chinese(last_day)}，期满当年未按程序申请复核。"
    return f"该基地称号有效期至{in_chinese(last_day)}，在{round_name}中申请复核，{in_chinese(failed_on)}经审核未达标。"


def missing_report_facts(year: int, due: date, today: date) -> str:
    """Return the facts with which the system proposes a case about a summary that never came (Art. 18(3))."""
    return f"该基地{year}年度工作总结应于{in_chinese(due)}前报送，截至{in_chinese(today)}仍未报送。"


def satisfaction_facts(year: int, answered: int, satisfied: int, percent: str, least: int) -> str:
    """Return the facts with which the system proposes a case about low satisfaction (Art. 18(4))."""
    counted = f"该基地{year}年度服务台账中有企业意见反馈{answered}条，其中满意{satisfied}条"
    return f"{counted}，满意率{percent}%，低于{least}%。"


def _held(facts: DecisionFacts | PriorNoticeFacts) -> str:
    return (
        f"{facts.name}（运营主体：{facts.operator}）于{in_chinese(facts.announced_on)}经{facts.announced_number}认定为"
        f"{CITY_NAME}，有效期自{in_chinese(facts.term_first)}起至{in_chinese(facts.term_last)}止。"
    )


def _opening(facts: DecisionFacts) -> str:
    held = _held(facts)
    if facts.kind is DecisionKind.REVERSAL and facts.reversed_on:
        held = f"{held}我局于{in_chinese(facts.reversed_on)}作出{facts.reversed_number}决定。"
    if facts.kind is DecisionKind.REVERSAL:
        return f"{held}{_overturned(facts.overturning)}现查明："
    return f"{held}经查："


def _grounds(facts: DecisionFacts | PriorNoticeFacts) -> list[Paragraph]:
    numbered = len(facts.grounds) > 1
    return [
        Paragraph(
            f"{f'{place}.' if numbered else ''}{found_words(ground, facts.findings)}。"
            f"{evidence.strip().rstrip('。')}。",
            3 if numbered else 0,
        )
        for place, (ground, evidence) in enumerate(facts.grounds, 1)
    ]


def _hearing(facts: DecisionFacts) -> list[Paragraph]:
    if facts.served_on is None:
        return []
    paper = f"以{facts.prior_number}事先告知书" if facts.prior_number else ""
    told = f"我局于{in_chinese(facts.served_on)}{paper}将拟作出的决定及事实、理由和依据事先告知你单位。"
    if facts.statement_on is None:
        until = f"至{in_chinese(facts.statement_by)}" if facts.statement_by else ""
        return [Paragraph(f"{told}{until}你单位未提出陈述、申辩意见。")]
    answer = facts.statement_answer.strip().rstrip("。")
    outcome = facts.statement_outcome.zh if facts.statement_outcome else ""
    return [
        Paragraph(
            f"{told}你单位于{in_chinese(facts.statement_on)}提出陈述、申辩意见：{facts.statement.strip().rstrip('。')}。"
        ),
        Paragraph(f"经复核，我局认为：{answer}。对上述陈述、申辩意见{outcome}。"),
    ]


def _overturned(overturning: Overturning) -> str:
    """Return which paper overturned the earlier decision, or that the office corrects it."""
    if overturning.by is OverturnedBy.OWN or overturning.by is None:
        return "经我局自行复核，该决定应予纠正。"
    dated = in_chinese(overturning.dated) if overturning.dated else ""
    return f"{overturning.body.strip()}于{dated}作出{_cited_paper(overturning)}。"


def _cited_paper(overturning: Overturning) -> str:
    word = "行政复议决定" if overturning.by is OverturnedBy.REVIEW else "行政判决"
    return f"{overturning.number.strip()}{word}"


def _basis(facts: DecisionFacts) -> str:
    """Return what the decision stands on: a reversal stands on another authority's decision, not on an article."""
    overturning = facts.overturning
    if facts.kind is DecisionKind.REVERSAL and overturning.by not in (None, OverturnedBy.OWN):
        return f"{overturning.body.strip()}{_cited_paper(overturning)}"
    keys = [ground_key(ground) for ground, _ in facts.grounds if ground is not Ground.OVERTURNED]
    return f"{facts.measures.cited_with(keys)}规定" if keys else f"{facts.measures.cited}有关规定"


def _from(facts: DecisionFacts) -> str:
    if facts.kind is DecisionKind.REVERSAL:
        return f"，有效期仍至{in_chinese(facts.term_last)}"
    return ""


def _fields(facts: DecisionFacts | PriorNoticeFacts) -> dict[str, str]:
    return {
        "基地名称": facts.name,
        "运营主体": facts.operator,
        "所属县区": facts.county,
        "认定文号": facts.announced_number,
        "认定日期": in_chinese(facts.announced_on),
        "有效期起": in_chinese(facts.term_first),
        "有效期止": in_chinese(facts.term_last),
    }
