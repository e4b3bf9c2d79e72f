"""The records behind one figure of a base: those that are counted, and the others with the reason of each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.assessment.indicator_lines import (
    function_cards,
    indicator_lines,
    satisfaction_line,
    services_link,
)
from admin_views.assessment.labels import asked_year, set_line, set_warnings, sets_by_level
from admin_views.assessment.page import asked_base, assessed_levels, city_assessment, year_tabs
from admin_views.assessment.view_models import CountedPage, CountedTable, IndicatorLine, Tab
from admin_views.shared.cells import align, shower
from admin_views.shared.exporting import send_tables
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import office_state, today
from admin_views.shared.view_models import (
    Action,
    Link,
    ListColumn,
    Pager,
    Row,
    Text,
    figure,
    render_rows,
    toned,
)
from documents.assessment.assessment_counts import BaseRow
from documents.records.office_state import OfficeState
from office.excel.tables_writer import Table
from rules.assessment.counting import SATISFIED as SATISFIED_ANSWERS
from rules.assessment.indicators import Assessment
from rules.choices import Choice
from rules.errors import Missing
from rules.rule_sets.measure_lines import UNITS
from rules.rule_sets.measures import ACTIVITIES, Figure, Level, Measures
from rules.words import N_
from schema.collection import Collection
from schema.field import Field, Kind
from schema.ledger_entries import LEDGER_ENTRIES
from schema.service_partners import SERVICE_PARTNERS
from schema.tenant_companies import TENANT_COMPANIES
from services.assessment.base_years import BaseYears, years_of_base
from services.assessment.counted import (
    LOW_FEE,
    PARTNERS,
    SATISFIED,
    SERVICES,
    SUBJECTS,
    TENANTS,
    RecordRow,
    SortedRecord,
    SortedRecords,
    Subject,
    counted_records,
)

_SIZE = 100
_ENDPOINTS = {TENANTS: "tenant_companies", PARTNERS: "service_partners"}
_INDICATORS = {TENANTS: "tenants", PARTNERS: "partners", LOW_FEE: "low_fee_share"}
_TENANT_KEYS = ("name", "industry", "size", "people", "moved_in", "moved_out")
_FIRST = Field("first_day", N_("Cooperation from"), "合作开始日期", Kind.DATE, width=14)
_LAST = Field("last_day", N_("Cooperation until"), "合作结束日期", Kind.DATE, width=14)
_SUMMED = ("people", "company_times", "person_times")


# --- The columns -------------------------------------------------------------------------------


@dataclass(frozen=True)
class RecordColumn:
    """One column: its heading, what is shown of a record, what Excel gets, and whether it is summed."""

    key: str
    head: ListColumn
    heading: str
    width: int
    show: Callable[[RecordRow], Text | None]
    typed: Callable[[RecordRow], Any]
    summed: bool = False


def columns_of(subject: Subject, state: OfficeState) -> tuple[RecordColumn, ...]:
    """Return the columns of a subject's records."""
    if subject.code == TENANTS:
        return tuple(_of_declared(TENANT_COMPANIES, key, state) for key in _TENANT_KEYS)
    if subject.code == PARTNERS:
        partner_columns = tuple(_of_declared(SERVICE_PARTNERS, key, state) for key in ("name", "functions"))
        return (*partner_columns, *(_of_cooperation(column, state) for column in (_FIRST, _LAST)))
    return tuple(_of_declared(LEDGER_ENTRIES, key, state) for key in _entry_keys(subject))


def _entry_keys(subject: Subject) -> tuple[str, ...]:
    """Return date, request and partner, what decides whether an entry counts, and what it adds."""
    added = "person_times" if subject.figure is Figure.PERSON_TIMES else "company_times"
    deciding = ["function"] if subject.function is None else ["activity"]
    if subject.code == LOW_FEE:
        deciding.append("fee_kind")
    if subject.code == SATISFIED:
        deciding.append("satisfaction")
    if subject.figure is Figure.OFFLINE_COMPANY_TIMES:
        deciding = ["mode"]
    return ("served_on", "request", "partner", *deciding, added, "status")


def _of_declared(collection: Collection, key: str, state: OfficeState) -> RecordColumn:
    column = collection.field(key)
    show, summed = shower(column, state, collection.name), key in _SUMMED
    return RecordColumn(
        column.source, _head(column), column.heading, column.width, _marked(show, column) if summed else show,
        _typed_value(column, state, collection.name), summed,
    )  # fmt: skip


def _head(column: Field) -> ListColumn:
    # Company-times and person-times are units themselves.
    unit = gettext(column.unit) if column.unit and column.key == "people" else ""
    return ListColumn(column.key, gettext(column.label), unit, align(column))


def _marked(show: Callable[[RecordRow], Text | None], column: Field) -> Callable[[RecordRow], Text | None]:
    """Say that a number which is summed was left blank: it adds nothing."""
    blank = toned(gettext(N_("Not filled in")), "near")
    return lambda raw: blank if raw.get(column.key) is None else show(raw)


def _typed_value(column: Field, state: OfficeState, collection: str) -> Callable[[RecordRow], Any]:
    key = column.source
    if column.kind is Kind.STATUS:
        labels: Mapping[Any, str] = state.status_labels(collection)
        return lambda raw: labels.get(raw.get(key), raw.get(key))
    if column.choices:
        labels = {term.value: term.zh for term in column.choices}
        if column.kind is Kind.CHOICES:
            return lambda raw: "、".join(labels.get(code, code) for code in raw.get(key) or ())
        return lambda raw: labels.get(raw.get(key), raw.get(key))
    return lambda raw: raw.get(key)


def _of_cooperation(column: Field, state: OfficeState) -> RecordColumn:
    show = shower(column, state, "service_partners")
    return RecordColumn(
        column.key, _head(column), column.heading, column.width,
        lambda raw: show(raw["cooperation"]), lambda raw: raw["cooperation"].get(column.key),
    )  # fmt: skip


def totals_of(subject: Subject, records: SortedRecords) -> tuple[str, ...]:
    """Return the foot of the counted records: how many in the first column, the sums under what is summed."""
    if subject.code == TENANTS:
        return (_count(records), "", "", figure(records.people), "", "")
    if subject.code == PARTNERS:
        return (_count(records), "", "", "")
    keys = _entry_keys(subject)
    added = next(key for key in keys if key in _SUMMED)
    whole = sum(line.record.get(added) or 0 for line in records.counted)
    return (_count(records), *(figure(whole) if key == added else "" for key in keys[1:]))


def _count(records: SortedRecords) -> str:
    return str(gettext(N_("Sum: %(count)s"), count=figure(len(records.counted))))


# --- The page ----------------------------------------------------------------------------------


def _asked() -> tuple[BaseRow, Subject, int, str]:
    """Return base, subject and year in the address; Missing when there is no such base or figure."""
    base, (year, year_note) = asked_base(), asked_year()
    subject = SUBJECTS.get(request.args.get("what", TENANTS))
    if subject is None:
        raise Missing()
    return base, subject, year, year_note


def index() -> ResponseReturnValue:
    """Show what makes a figure, and what does not."""
    base, subject, year, year_note = _asked()
    years = years_of_base(base, today=today(), actor=current_actor())
    assessment, is_in_force = city_assessment(assessed_levels(years, year))
    records = counted_records(base, subject, year, assessment.measures, today=today(), actor=current_actor())
    line = _line(years, assessment, subject, year, records)
    reason = next((term for term in records.reasons if term.value == request.args.get("why")), None)
    page = CountedPage(
        title=line.label,
        kind=" · ".join((base["name"], str(year))),
        subtitle=set_line(assessment.measures, assessment.facts.as_of),
        line=line,
        rule=_rule(subject, assessment.measures),
        counted=_table(gettext(N_("Counted")), subject, records.counted, "page", totals=totals_of(subject, records)),
        others=_table(
            gettext(N_("Not counted")), subject,
            tuple(record for record in records.others if reason is None or record.reason is reason), "rest", why=True,
        ),
        reasons=_reasons(records, reason),
        years=year_tabs("counted.index", base, years.years, year, what=subject.code),
        warnings=(*([year_note] if year_note else []), *set_warnings((assessment.measures, is_in_force), year)),
        actions=(_export_action(base, subject, year),),
        crumbs=(
            Link(gettext(N_("Assessment")), url_for("assessment.index", year=year)),
            Link(base["name"], url_for("base_assessment.base", id=base["_id"], year=year)),
        ),
    )  # fmt: skip
    return render_template("assessment/counted.html", page=page)


def _export_action(base: BaseRow, subject: Subject, year: int) -> Action:
    url = url_for("counted.export", id=base["_id"], year=year, what=subject.code)
    return Action(gettext(N_("Export")), url, icon="download")


def _line(
    years: BaseYears, assessment: Assessment, subject: Subject, year: int, records: SortedRecords
) -> IndicatorLine:
    """Return the figure as the base's page has it; all services together have no threshold."""
    if subject.function and subject.figure:
        position = [result.function for result in assessment.functions].index(subject.function)
        kinds = [kind for kind, *_ in assessment.functions[position].figures]
        card = function_cards(years, assessment, year)[position]
        line = card.figures[kinds.index(subject.figure)]
        label = f"{card.label} · {line.label}"
        return IndicatorLine(
            label, line.required, line.actual, line.unit, line.met, line.word, card.article, line.meter
        )
    if subject.code in _INDICATORS:
        keys = [item.key for item in assessment.indicators]
        return indicator_lines(years, assessment, year)[keys.index(_INDICATORS[subject.code])]
    if subject.code == SATISFIED:
        return satisfaction_line(years, assessment, year)
    unit = gettext(N_("company-times"))
    return IndicatorLine(services_link(years.base, year).label, "", figure(records.figure), unit, True, "")


def _rule(subject: Subject, measures: Measures) -> str:
    """Return how this figure is counted, in a sentence."""
    if subject.code == TENANTS:
        return str(
            gettext(
                N_("Small and micro companies that had moved in by the day of counting and not out by it.")
            )
        )
    if subject.code == PARTNERS:
        return str(gettext(N_("Partners whose cooperation with this base covers the day of counting.")))
    sentences = [gettext(N_("Submitted and verified entries of the year up to the day of counting."))]
    if not measures.entries_without_company_count:
        sentences.append(gettext(N_("Entries that name no company do not count under this rule set.")))
    if subject.code == SATISFIED:
        words = "、".join(gettext(answer.label) for answer in SATISFIED_ANSWERS)
        sentence = N_("The share is entries answered with %(words)s over all entries that were answered.")
        sentences.append(gettext(sentence, words=words))
    elif subject.code == LOW_FEE:
        sentences.append(
            gettext(N_("The share is company-times of free and low-fee services over those of all services."))
        )
    elif subject.function and subject.figure:
        unit = gettext(UNITS[subject.figure])
        sentences.append(gettext(N_("Counted in %(unit)s."), unit=unit))
        activities = ACTIVITIES.get((subject.function, subject.figure))
        if activities:
            names = "、".join(sorted(gettext(activity.label) for activity in activities))
            sentences.append(gettext(N_("Activity types that count: %(names)s."), names=names))
    return " ".join(sentences)


def _reasons(records: SortedRecords, chosen: Choice | None) -> tuple[Tab, ...]:
    if len(records.reasons) < 2:
        return ()
    every = gettext(N_("All"))
    everything = Tab(
        f"{every} {len(records.others):,}", _this_page(why=None, rest=None) + "#others", chosen is None
    )
    return (
        everything,
        *(
            Tab(
                f"{gettext(term.label)} {count:,}",
                _this_page(why=term.value, rest=None) + "#others",
                term is chosen,
            )
            for term, count in records.reasons.items()
        ),
    )


def _this_page(**changes: Any) -> str:
    arguments = {
        name: request.args[name]
        for name in ("id", "year", "what", "page", "rest", "why")
        if name in request.args
    }
    return url_for("counted.index", **{**arguments, **changes})


def _table(
    title: str, subject: Subject, lines: Sequence[SortedRecord], argument: str, *, why: bool = False,
    totals: tuple[str, ...] = (),
) -> CountedTable:  # fmt: skip
    columns = columns_of(subject, office_state())
    heads = [column.head for column in columns]
    if why:
        heads.insert(1, ListColumn("reason", gettext(N_("Reason"))))
    pager = _pager(len(lines), argument)
    page_lines = lines[max(pager.first - 1, 0) : pager.last]
    rows = render_rows(heads, _rows(page_lines, columns, subject, why), selectable=False)
    return CountedTable(title, len(lines), tuple(heads), rows, pager, totals if lines else ())


def _rows(
    lines: Sequence[SortedRecord], columns: Sequence[RecordColumn], subject: Subject, why: bool
) -> Iterator[Row]:
    details = url_for(f"{_ENDPOINTS.get(subject.code, 'ledger_entries')}.details_view")
    for line in lines:
        cells = [column.show(line.record) for column in columns]
        if why and line.reason:
            cells.insert(1, gettext(line.reason.label))
        first = cells[0] or gettext(N_("(no date)"))
        key = str(line.record["_id"])
        yield Row(key, f"{details}?id={key}", (first, *cells[1:]))


def _pager(total: int, argument: str) -> Pager:
    pages = max(1, -(-total // _SIZE))
    text = request.args.get(argument, "1")
    page = min(max(int(text) if text.isdecimal() and len(text) < 8 else 1, 1), pages)
    fragment = "#counted" if argument == "page" else "#others"

    def to(number: int) -> str:
        return _this_page(**{argument: number if number > 1 else None}) + fragment

    first = (page - 1) * _SIZE
    return Pager(
        first=first + 1 if total else 0, last=min(first + _SIZE, total), total=total, page=page, pages=pages,
        first_url=to(1) if page > 1 else "", previous_url=to(page - 1) if page > 1 else "",
        next_url=to(page + 1) if page < pages else "", last_url=to(pages) if page < pages else "",
    )  # fmt: skip


def export() -> ResponseReturnValue:
    """Send both sides as a workbook of two sheets."""
    base, subject, year, _ = _asked()
    rule_set = sets_by_level(year)[Level.CITY]
    assert rule_set is not None  # one is shipped
    records = counted_records(base, subject, year, rule_set[0], today=today(), actor=current_actor())
    label = _zh(subject)
    columns = columns_of(subject, office_state())
    title = f"{base['name']}（{year}年）{label}"
    tables = [
        Table("计入", f"{title}计入明细", _heads(columns), [_typed_row(line, columns) for line in records.counted],
              total=_typed_totals(subject, columns, records)),
        Table("未计入", f"{title}未计入明细", (("原因", 16.0), *_heads(columns)),
              [(line.reason.zh if line.reason else "", *_typed_row(line, columns)) for line in records.others]),
    ]  # fmt: skip
    return send_tables(tables, f"{title}.xlsx".replace("/", "-"))


def _zh(subject: Subject) -> str:
    if subject.function and subject.figure:
        return f"{subject.function.zh}{subject.figure.zh}"
    return {
        TENANTS: "入驻企业",
        PARTNERS: "服务机构",
        LOW_FEE: "免费和低收费服务",
        SERVICES: "全部服务",
        SATISFIED: "满意评价",
    }[subject.code]


def _heads(columns: Sequence[RecordColumn]) -> tuple[tuple[str, float], ...]:
    return tuple((column.heading, float(column.width)) for column in columns)


def _typed_row(line: SortedRecord, columns: Sequence[RecordColumn]) -> tuple[Any, ...]:
    return tuple(column.typed(line.record) for column in columns)


def _typed_totals(subject: Subject, columns: Sequence[RecordColumn], records: SortedRecords) -> list[Any]:
    sums: Mapping[str, Any] = {columns[0].key: f"合计 {len(records.counted)}"}
    totals: list[Any] = []
    for column in columns:
        whole = sum(line.record.get(column.key) or 0 for line in records.counted) if column.summed else None
        totals.append(sums.get(column.key, whole))
    return totals
