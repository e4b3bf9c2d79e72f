"""The demonstration's three years of yearly reports, and its change filings (Art. 14, 15)."""

from collections.abc import Sequence
from datetime import date, timedelta
from io import BytesIO

from bson import ObjectId

from rules.access import Actor
from rules.annual_reports import Finding, Inspection, Point
from rules.change_filings import OperatorChange
from services.assessment.assess import facts_of
from services.demo.files import demo_pdf
from services.demo.names import Invent
from services.demo.past import Past
from services.demo.records import DemoBase
from services.reports.annual_reports import (
    BaseLine,
    Summary,
    YearReports,
    reports_of_year,
    save_inspection,
    save_summary,
    year_measures,
)
from services.reports.change_filings import (
    FilingDraft,
    accept_filing,
    file_change,
    read_filing,
    refuse_filing,
)
from services.reports.county_reports import save_county_report
from services.reports.situation import summary_figures
from services.shared.files import SentFile

YEARS = 3
_WORDS = (
    "全年围绕入驻企业需求开展创业辅导、人员培训、投融资对接等服务，台账登记及时、收费公示规范。"
    "下一步将引入更多专业服务机构，提高低收费服务比例。"
)
_COUNTY_WORDS = "本县（市、区）各基地运行总体平稳，台账建立、服务收费、服务质量与满意度情况见各基地检查表。"
_PROBLEM = "部分服务记录缺少企业签字，已要求一个月内补齐。"


def write_reports(silent: DemoBase, *, actor: Actor, past: Past) -> None:
    """Write what has come in of the years before this one: some late, some of the last year not at all.

    Of the `silent` base nothing has come in for two years.
    """
    for year in range(past.today.year - YEARS, past.today.year):
        reports = reports_of_year(year, today=past.today, actor=actor)
        is_last = year == past.today.year - 1
        ids = [line.base["_id"] for line in reports.bases]
        counted = facts_of(year, today=past.today, actor=actor, bases=ids)
        facts = {assessed.base["_id"]: assessed.facts for assessed in counted}
        for place, line in enumerate(reports.bases):
            is_missing = is_last and place % 9 == 4
            if is_missing or (line.base["_id"] == silent.id and year >= past.today.year - 2):
                continue
            days = 4 if place % 7 == 3 else -(place % 6)
            figures = summary_figures(facts[line.base["_id"]], year_measures(year))
            received = past.working(reports.base_due + timedelta(days=days))
            if received <= past.today:
                _report(line, year, Summary(received, _WORDS, figures), place, actor=actor, past=past)
        _write_county_reports(reports, is_last=is_last, actor=actor, past=past)


def _report(line: BaseLine, year: int, summary: Summary, place: int, *, actor: Actor, past: Past) -> None:
    base, received = line.base["_id"], summary.received_on
    assert received is not None  # whoever calls has a day
    save_summary(base, year, summary, version=0, actor=actor, now=past.on(received), today=received)
    checked = past.working(received + timedelta(days=4))
    if checked > past.today or place % 8 == 6:
        return
    findings = dict.fromkeys(Point, Finding.GOOD)
    remarks = {}
    if place % 8 == 2:
        findings |= {Point.LEDGER: Finding.PROBLEM, Point.QUALITY: Finding.FAIR}
        remarks = {Point.LEDGER: _PROBLEM}
    save_inspection(
        base, year, Inspection(checked, findings, remarks), version=1, actor=actor, now=past.on(checked),
        today=checked,
    )  # fmt: skip


def _write_county_reports(reports: YearReports, *, is_last: bool, actor: Actor, past: Past) -> None:
    for place, county in enumerate(sorted({line.base["county"] for line in reports.bases})):
        submitted = past.working(reports.county_due + timedelta(days=3 if place == 5 else -(place % 4)))
        if submitted <= past.today and not (is_last and place == 7):
            save_county_report(
                county, reports.year, submitted_on=submitted, text=_COUNTY_WORDS, version=0, actor=actor,
                now=past.on(submitted), today=submitted,
            )  # fmt: skip


def write_filings(invent: Invent, homes: Sequence[DemoBase], *, actor: Actor, past: Past) -> list[ObjectId]:
    """Write changes that certified bases filed: accepted, late, refused, of another operator, waiting."""
    filing = _Filings(actor, past)
    one, two, three, four, five, six = homes[:6]
    accepted = [
        filing.file(one, {"address": invent.address(one.county)}, 420, 412),
        filing.file(two, {"legal_representative": invent.person()}, 260, 205),  # late
        filing.file(
            three,
            {
                "operator": invent.operator(), "uscc": invent.code(three.county),
                "legal_representative": invent.person(),
            },
            130, 121, kind=OperatorChange.ANOTHER,
        ),
    ]  # fmt: skip
    for filed, ago in zip(accepted, (408, 200, 112), strict=True):
        accept_filing(filed, version=filing.version(filed), actor=actor, now=past.moment(ago))
    refused = filing.file(four, {"name": f"{four.values['name']}（新区）"}, 96, 90)
    reason = "新区场地尚未投入使用，不属于名称变更，请按新建基地申报。"
    refuse_filing(refused, reason=reason, version=filing.version(refused), actor=actor, now=past.moment(84))
    waiting = [
        filing.file(five, {"address": invent.address(five.county)}, 9, 3),
        filing.file(six, {"legal_representative": invent.person()}, 45, 2),  # late
    ]
    return [*accepted, refused, *waiting]


class _Filings:
    """Takes filings down, each so many days before today."""

    def __init__(self, actor: Actor, past: Past) -> None:
        self._actor, self._past = actor, past

    def version(self, filing: ObjectId) -> int:
        return int(read_filing(filing, self._actor)["version"])

    def file(
        self, home: DemoBase, values: dict[str, str], completed: int, filed: int,
        kind: OperatorChange | None = None,
    ) -> ObjectId:  # fmt: skip
        day: date = self._past.day(filed)
        draft = FilingDraft(home.id, values, self._past.day(completed), day, operator_change=kind)
        licence = SentFile("营业执照.pdf", BytesIO(demo_pdf("Licence"))) if kind else None
        return file_change(draft, actor=self._actor, now=self._past.moment(filed), today=day, licence=licence)
