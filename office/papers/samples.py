"""Invented papers of each kind: what a template is tried with, and what the office looks at before it takes one."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from office.application_forms.form_text import FormFacts, form_paper
from office.papers.decision_texts import (
    DecisionFacts,
    PriorNoticeFacts,
    Remedies,
    decision_paper,
    prior_notice,
)
from office.papers.facts import (
    AnnouncementFacts,
    CertificateFacts,
    CorrectionFacts,
    ListedBase,
    NoticeFacts,
    ObjectionCounts,
    RecommendationFacts,
    RecommendedBase,
    UpwardBase,
    UpwardFacts,
)
from office.papers.paper_text import PaperText
from office.papers.qr import qr_png
from office.papers.texts import (
    announcement,
    certificate,
    correction,
    public_notice,
    recommendation,
    upward_recommendation,
)
from rules.applications import ApplicationKind
from rules.decisions import Overturning
from rules.grounds import FINDINGS, GROUNDS, DecisionKind, OverturnedBy, StatementOutcome
from rules.papers import PaperKind
from rules.rule_sets.measures import CITY_2021, Level
from schema.application_form import FormMark, Source, form_fields

_YEAR, _DAY, _LAST = 2026, date(2026, 11, 23), date(2026, 11, 27)
_FIRST_VALID, _LAST_VALID = date(2026, 12, 1), date(2031, 11, 30)
_CALL = "关于组织开展2026年度聊城市小型微型企业创业创新示范基地申报工作的通知"
_CALL_NUMBER, _NUMBER = "聊工信函〔2026〕1号", "聊工信发〔2026〕1号"
_REMEDIES = Remedies("聊城市人民政府", 60, "聊城市东昌府区人民法院", 6)
_LONG = "鲁西北农村电子商务与智能装备小微企业创业创新示范基地（二期）"
_BASES = (
    ListedBase("示例一号创业园", "聊城示例一号园区运营有限公司", "东昌府区"),
    ListedBase(_LONG, "聊城鲁西北示例产业园管理有限公司", "冠县"),
    ListedBase("示例三号孵化器", "聊城示例三号孵化器有限公司", "江北水城旅游度假区", renewal=True),
)
_RECOMMENDED = (
    RecommendedBase(
        "示例一号创业园", "冠县示例一号园区运营有限公司", "91371525MA00000001", "冠县", tenants=36, people=520, staff=8,
        partners=6, low_fee_percent=41.7, functions_met=6, opinion="材料齐全，现场审核与申报情况一致，同意推荐",
    ),
    RecommendedBase(
        _LONG, "冠县鲁西北示例产业园管理有限公司", "91371525MA00000002", "冠县", renewal=True, tenants=28, people=433,
        staff=7, partners=4, low_fee_percent=26.0, functions_met=5, opinion="同意推荐",
    ),
)  # fmt: skip


def _notice(*, sparse: bool) -> PaperText:
    period = (_DAY, _LAST, 5)
    if sparse:
        return public_notice(NoticeFacts(CITY_2021, _YEAR, _BASES[:1], *period, "0635-0000000", "", "", _DAY))
    reached = ("0635-0000000", "office@example.cn", "聊城市东昌府区示例路1号")
    return public_notice(
        NoticeFacts(CITY_2021, _YEAR, _BASES, *period, *reached, _DAY, "252000", _CALL, _CALL_NUMBER)
    )


def _announcement(*, sparse: bool) -> PaperText:
    term, renewed = (_FIRST_VALID, _LAST_VALID), (date(2027, 1, 1), date(2031, 12, 31))
    bases = tuple(replace(base, term=renewed if base.renewal else term) for base in _BASES)
    listed = bases[2:] if sparse else bases
    objections = ObjectionCounts(len(listed)) if sparse else ObjectionCounts(len(listed) - 1, rejected=1)
    return announcement(
        AnnouncementFacts(CITY_2021, _NUMBER, _YEAR, listed, _FIRST_VALID, _DAY, _LAST, objections)
    )


def _recommendation(*, sparse: bool) -> PaperText:
    office = "冠县工业和信息化局"
    if sparse:
        alone = RecommendedBase(
            "示例一号创业园", "冠县示例一号园区运营有限公司", "91371525MA00000001", "冠县"
        )
        return recommendation(RecommendationFacts(CITY_2021, "", office, _YEAR, (alone,), _DAY))
    facts = RecommendationFacts(
        CITY_2021, "冠工信函〔2026〕1号", office, _YEAR, _RECOMMENDED, _DAY, _CALL, _CALL_NUMBER
    )
    return recommendation(facts)


def _certificate(*, sparse: bool) -> PaperText:
    number, base = "LC-2026-001", _BASES[1] if sparse else _BASES[0]
    url = "" if sparse else f"https://example.cn/bases/{number}"
    days = (_FIRST_VALID, _FIRST_VALID, _LAST_VALID)
    return certificate(
        CertificateFacts(
            CITY_2021, base.name, base.operator, base.county, number, _NUMBER, *days, url, renewal=sparse
        )
    )


def _correction(*, sparse: bool) -> PaperText:
    old, changed = _notice(sparse=sparse).title, "名单第1项运营主体更正为“聊城示例一号园区运营有限公司”。"
    if sparse:
        return correction(CorrectionFacts(CITY_2021, old, _DAY, changed, date(2026, 11, 24)))
    return correction(
        CorrectionFacts(CITY_2021, old, _DAY, changed, date(2026, 11, 24), number="聊工信发〔2026〕2号")
    )


def _decision(kind: DecisionKind, *, sparse: bool) -> PaperText:
    base, grounds = _BASES[1] if sparse else _BASES[0], GROUNDS[kind][:1] if sparse else GROUNDS[kind]
    told = None if sparse else date(2026, 11, 2)
    overturned = kind is DecisionKind.REVERSAL
    facts = DecisionFacts(
        kind=kind, measures=CITY_2021, number="聊工信字〔2026〕1号", name=base.name, operator=base.operator,
        county=base.county, county_office="东昌府区工业和信息化局", announced_on=date(2023, 12, 1),
        announced_number="聊工信发〔2023〕1号", term_first=date(2023, 12, 1), term_last=date(2028, 11, 30),
        grounds=tuple((ground, "经核查，情况属实") for ground in grounds), dated=_DAY,
        served_on=None if overturned else told, statement_by=None if sparse or overturned else date(2026, 11, 9),
        statement_on=None if sparse or overturned else date(2026, 11, 6), statement="" if sparse else "已说明有关情况",
        statement_outcome=None if sparse or overturned else StatementOutcome.NOT_ACCEPTED,
        statement_answer="" if sparse or overturned else "所述情况与核查结果不符",
        findings=tuple(FINDINGS[ground][0] for ground in grounds if ground in FINDINGS), remedies=_REMEDIES,
        prior_number="" if sparse or overturned else "聊工信告〔2026〕1号",
        overturning=Overturning(OverturnedBy.REVIEW, "聊城市人民政府", "聊政复决字〔2026〕1号", date(2026, 11, 16))
        if overturned else Overturning(),
        reversed_number="聊工信字〔2026〕2号" if overturned else "",
        reversed_on=date(2026, 6, 1) if overturned else None,
    )  # fmt: skip
    return decision_paper(facts)


def _prior_notice(*, sparse: bool) -> PaperText:
    base, kind = _BASES[1] if sparse else _BASES[0], DecisionKind.REVOCATION
    grounds = GROUNDS[kind][:1] if sparse else GROUNDS[kind]
    return prior_notice(
        PriorNoticeFacts(
            kind=kind, measures=CITY_2021, number="聊工信告〔2026〕1号", name=base.name, operator=base.operator,
            county=base.county, announced_on=date(2023, 12, 1), announced_number="聊工信发〔2023〕1号",
            term_first=date(2023, 12, 1), term_last=date(2028, 11, 30),
            grounds=tuple((ground, "经核查，情况属实") for ground in grounds),
            findings=tuple(FINDINGS[ground][0] for ground in grounds if ground in FINDINGS), dated=_DAY,
            statement_by=date(2026, 11, 30), address="" if sparse else "聊城市东昌府区示例路1号",
            telephone="" if sparse else "0635-0000000", replaces="" if sparse else "聊工信告〔2026〕2号",
        )
    )  # fmt: skip


_FILLED: Mapping[str, Any] = {
    "round": f"{_YEAR}年度申报",
    "assessed_year": _YEAR - 1,
    "name": _BASES[0].name,
    "county": "371502",
    "operator": _BASES[0].operator,
    "base_type": "start-up-park",
    "address": "聊城市东昌府区示例路1号",
    "uscc": "91371502MA00000001",
    "legal_representative": "张某某",
    "operating_since": date(2019, 5, 1),
    "floor_area": 12300.5,
    "service_staff": 8,
    "online_system": True,
    "contact_name": "李某某",
    "contact_phone": "0635-0000000",
    "contact_email": "base@example.cn",
    "announced_on": date(2021, 12, 20),
    "document_number": "聊工信发〔2021〕9号",
    "title_first_day": date(2021, 12, 20),
    "title_last_day": date(2026, 12, 19),
    "certificate_number": "LC-2021-001",
    "characteristics": "物业服务智慧化：建成统一服务平台。\n孵化成效：三年孵化企业60家。",
}


def _form(kind: PaperKind, *, sparse: bool) -> PaperText:
    applied = ApplicationKind.RENEWAL if kind is PaperKind.RENEWAL_FORM else ApplicationKind.CERTIFICATION
    counted = {field.key: 36 for field in form_fields(kind) if field.source is Source.FIGURE}
    values = {"name": _BASES[0].name} if sparse else {**counted, **_FILLED, "kind": applied.value}
    made_at = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    return form_paper(FormFacts(kind, FormMark("0" * 24, 3, 5, made_at), values, _DAY))


def _upward(*, sparse: bool) -> PaperText:
    bases = tuple(
        UpwardBase(base.name, base.operator, base.county, Level.PROVINCE, _YEAR, 36, 520, 6, 41.7, 6)
        for base in _BASES[:2]
    )
    if sparse:
        bare = UpwardBase(_BASES[0].name, _BASES[0].operator, _BASES[0].county, Level.NATION, _YEAR)
        bases = (bare,)
    number = "" if sparse else "聊工信函〔2026〕2号"
    return upward_recommendation(UpwardFacts(CITY_2021, number, bases, _DAY, "山东省工业和信息化厅"))


_SAMPLES: Mapping[PaperKind, Callable[..., PaperText]] = {
    PaperKind.PUBLIC_NOTICE: _notice,
    PaperKind.ANNOUNCEMENT: _announcement,
    PaperKind.RECOMMENDATION: _recommendation,
    PaperKind.CERTIFICATE: _certificate,
    PaperKind.CORRECTION: _correction,
    PaperKind.PRIOR_NOTICE: _prior_notice,
    PaperKind.REVOCATION: partial(_decision, DecisionKind.REVOCATION),
    PaperKind.CANCELLATION: partial(_decision, DecisionKind.CANCELLATION),
    PaperKind.REVERSAL: partial(_decision, DecisionKind.REVERSAL),
    PaperKind.UPWARD_RECOMMENDATION: _upward,
    PaperKind.APPLICATION_FORM: partial(_form, PaperKind.APPLICATION_FORM),
    PaperKind.RENEWAL_FORM: partial(_form, PaperKind.RENEWAL_FORM),
}
SAMPLED = tuple(_SAMPLES)  # the kinds that are issued, in the order of the work


def sample_text(kind: PaperKind, *, sparse: bool = False) -> PaperText:
    """Return the invented paper of a kind; `sparse`: with one base, and nothing that may be left out.

    KeyError for a kind that is not issued yet.
    """
    return _SAMPLES[kind](sparse=sparse)


def sample_qr(kind: PaperKind) -> bytes | None:
    """Return the QR code of the sample, for a kind that has one."""
    url = sample_text(kind).fields.get("网址")
    return qr_png(url) if url else None
