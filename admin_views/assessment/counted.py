"""The records behind one figure of a base: those that are counted, and the others with the reason of each."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.assessment.counted_columns import Shown, columns_of, totals_of
from admin_views.assessment.labels import UNITS, asked_year, set_line, set_warnings
from admin_views.assessment.page import asked_base, assessed_levels, city_assessment, year_tabs
from admin_views.assessment.sections import function_cards, indicator_lines, services_link
from admin_views.assessment.view_models import CountedPage, CountedTable, IndicatorLine, Tab
from admin_views.shared.exporting import send_written
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.request_context import office_state, today
from admin_views.shared.view_models import Action, Link, ListColumn, Pager, Row, figure, render_rows
from office.excel.tables_writer import Table, write_tables
from rules.access import Permission
from rules.assessment import Assessment
from rules.choices import Choice
from rules.errors import Missing
from rules.measures import ACTIVITIES
from rules.words import N_
from services.assessment.base_assessment import BaseYears, years_of_base
from services.assessment.counted import (
    LOW_FEE,
    PARTNERS,
    SERVICES,
    SUBJECTS,
    TENANTS,
    Line,
    Sorted,
    Subject,
    counted_records,
)

counted = Blueprint("counted", __name__, url_prefix="/admin/assessment/counted")
_SIZE = 100
_ENDPOINTS = {TENANTS: "tenant_companies", PARTNERS: "service_partners"}
_INDICATORS = {TENANTS: "tenants", PARTNERS: "partners", LOW_FEE: "low_fee_share"}


def _asked() -> tuple[dict[str, Any], Subject, int, str]:
    """Return base, subject and year in the address; Missing when there is no such base or figure."""
    raw, (year, said) = asked_base(), asked_year()
    subject = SUBJECTS.get(request.args.get("what", TENANTS))
    if subject is None:
        raise Missing()
    return raw, subject, year, said


@counted.route("/")
@needs(Permission.READ)
def index() -> ResponseReturnValue:
    """Show what makes a figure, and what does not."""
    raw, subject, year, said = _asked()
    found = counted_records(raw, subject, year, today=today(), actor=current_actor())
    years = years_of_base(raw, today=today(), actor=current_actor())
    one, really = city_assessment(assessed_levels(years, year))
    line = _line(years, one, subject, year, found)
    reason = next((term for term in found.reasons if term.value == request.args.get("why")), None)
    page = CountedPage(
        title=line.label,
        kind=" · ".join((raw["name"], str(year))),
        subtitle=set_line(one.measures, one.facts.as_of),
        line=line,
        rule=_rule(subject),
        counted=_table(gettext(N_("Counted")), subject, found.counted, "page", totals=totals_of(subject, found)),
        others=_table(
            gettext(N_("Not counted")), subject,
            tuple(each for each in found.others if reason is None or each.reason is reason), "rest", why=True,
        ),
        reasons=_reasons(found, reason),
        years=year_tabs("counted.index", raw, years.years, year, what=subject.code),
        warnings=(*([said] if said else []), *set_warnings((one.measures, really), year)),
        actions=(_export_action(raw, subject, year),),
        crumbs=(
            Link(gettext(N_("Assessment")), url_for("assessment.index", year=year)),
            Link(raw["name"], url_for("base_assessment.base", id=raw["_id"], year=year)),
        ),
    )  # fmt: skip
    return render_template("assessment/counted.html", page=page)


def _export_action(base: Mapping[str, Any], subject: Subject, year: int) -> Action:
    url = url_for("counted.export", id=base["_id"], year=year, what=subject.code)
    return Action(gettext(N_("Export")), url, icon="download")


def _line(years: BaseYears, one: Assessment, subject: Subject, year: int, found: Sorted) -> IndicatorLine:
    """Return the figure as the base's page has it; all services together have no threshold."""
    if subject.function and subject.figure:
        place = [result.function for result in one.functions].index(subject.function)
        kinds = [kind for kind, *_ in one.functions[place].figures]
        card = function_cards(years, one, year)[place]
        line = card.figures[kinds.index(subject.figure)]
        label = f"{card.label} · {line.label}"
        return IndicatorLine(
            label, line.required, line.actual, line.unit, line.met, line.word, card.article, line.meter
        )
    if subject.code in _INDICATORS:
        keys = [item.key for item in one.indicators]
        return indicator_lines(years, one, year)[keys.index(_INDICATORS[subject.code])]
    unit = gettext(N_("company-times"))
    return IndicatorLine(services_link(years.base, year).label, "", figure(found.figure), unit, True, "")


def _rule(subject: Subject) -> str:
    """Return how this figure is counted, in a sentence."""
    if subject.code == TENANTS:
        return str(
            gettext(
                N_("Small and micro companies that had moved in by the day of counting and not out by it.")
            )
        )
    if subject.code == PARTNERS:
        return str(gettext(N_("Partners whose cooperation with this base covers the day of counting.")))
    said = [gettext(N_("Submitted and verified entries of the year up to the day of counting."))]
    if subject.code == LOW_FEE:
        said.append(
            gettext(N_("The share is company-times of free and low-fee services over those of all services."))
        )
    elif subject.function and subject.figure:
        unit = gettext(UNITS[subject.figure])
        said.append(gettext(N_("Counted in %(unit)s."), unit=unit))
        activities = ACTIVITIES.get((subject.function, subject.figure))
        if activities:
            names = "、".join(sorted(gettext(one.label) for one in activities))
            said.append(gettext(N_("Activity types that count: %(names)s."), names=names))
    return " ".join(said)


def _reasons(found: Sorted, chosen: Choice | None) -> tuple[Tab, ...]:
    if len(found.reasons) < 2:
        return ()
    every = gettext(N_("All"))
    everything = Tab(f"{every} {len(found.others):,}", _here(why=None, rest=None) + "#others", chosen is None)
    return (
        everything,
        *(
            Tab(
                f"{gettext(term.label)} {count:,}",
                _here(why=term.value, rest=None) + "#others",
                term is chosen,
            )
            for term, count in found.reasons.items()
        ),
    )


def _here(**changes: Any) -> str:
    kept = {
        name: request.args[name]
        for name in ("id", "year", "what", "page", "rest", "why")
        if name in request.args
    }
    return url_for("counted.index", **{**kept, **changes})


def _table(
    title: str, subject: Subject, lines: Sequence[Line], argument: str, *, why: bool = False,
    totals: tuple[str, ...] = (),
) -> CountedTable:  # fmt: skip
    shown = columns_of(subject, office_state())
    heads = [column.head for column in shown]
    if why:
        heads.insert(1, ListColumn("reason", gettext(N_("Reason"))))
    pager = _pager(len(lines), argument)
    part = lines[max(pager.first - 1, 0) : pager.last]
    rows = render_rows(heads, _rows(part, shown, subject, why), selectable=False)
    return CountedTable(title, len(lines), tuple(heads), rows, pager, totals if lines else ())


def _rows(lines: Sequence[Line], shown: Sequence[Shown], subject: Subject, why: bool) -> Iterator[Row]:
    details = url_for(f"{_ENDPOINTS.get(subject.code, 'ledger_entries')}.details_view")
    for line in lines:
        cells = [column.show(line.record) for column in shown]
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
        return _here(**{argument: number if number > 1 else None}) + fragment

    first = (page - 1) * _SIZE
    return Pager(
        first=first + 1 if total else 0, last=min(first + _SIZE, total), total=total, page=page, pages=pages,
        first_url=to(1) if page > 1 else "", previous_url=to(page - 1) if page > 1 else "",
        next_url=to(page + 1) if page < pages else "", last_url=to(pages) if page < pages else "",
    )  # fmt: skip


@counted.route("/export/xlsx/")
@needs(Permission.EXPORT)
def export() -> ResponseReturnValue:
    """Send both sides as a workbook of two sheets."""
    raw, subject, year, _ = _asked()
    found = counted_records(raw, subject, year, today=today(), actor=current_actor())
    label = _zh(subject)
    shown = columns_of(subject, office_state())
    title = f"{raw['name']}（{year}年）{label}"
    tables = [
        Table("计入", f"{title}计入明细", _heads(shown), [_typed(line, shown) for line in found.counted],
              total=_typed_totals(subject, shown, found)),
        Table("未计入", f"{title}未计入明细", (("原因", 16.0), *_heads(shown)),
              [(line.reason.zh if line.reason else "", *_typed(line, shown)) for line in found.others]),
    ]  # fmt: skip
    return send_written(lambda path: write_tables(path, tables), f"{title}.xlsx".replace("/", "-"))


def _zh(subject: Subject) -> str:
    if subject.function and subject.figure:
        return f"{subject.function.zh}{subject.figure.zh}"
    return {TENANTS: "入驻企业", PARTNERS: "服务机构", LOW_FEE: "免费和低收费服务", SERVICES: "全部服务"}[
        subject.code
    ]


def _heads(shown: Sequence[Shown]) -> tuple[tuple[str, float], ...]:
    return tuple((column.heading, float(column.width)) for column in shown)


def _typed(line: Line, shown: Sequence[Shown]) -> tuple[Any, ...]:
    return tuple(column.typed(line.record) for column in shown)


def _typed_totals(subject: Subject, shown: Sequence[Shown], found: Sorted) -> list[Any]:
    sums: Mapping[str, Any] = {shown[0].key: f"合计 {len(found.counted)}"}
    made: list[Any] = []
    for column in shown:
        whole = sum(line.record.get(column.key) or 0 for line in found.counted) if column.summed else None
        made.append(sums.get(column.key, whole))
    return made
