"""達标评估: every base of a year against the rule set, by county, the nearest to failing first."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.assessment.labels import (
    SHORT_LABELS,
    counting_note,
    level_label,
    met_word,
    set_line,
    set_warnings,
    sets_by_level,
)
from admin_views.assessment.query import INDICATORS, OverviewQuery, narrowed, ordered, read_query
from admin_views.assessment.rows import overview_rows
from admin_views.assessment.view_models import CountyTally, IndicatorHead, OverviewPage, Tab
from admin_views.shared.exporting import send_written
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.request_context import office_state, today
from admin_views.shared.view_models import Action, Empty, Filter, ListColumn, Option, figure
from documents.assessment.base_years import first_year
from office.excel.tables_writer import write_tables
from office.tables.assessment import overview_table
from rules.access import Permission
from rules.assessment import Assessment
from rules.counting import as_of
from rules.errors import Missing
from rules.measures import Level, Measures
from rules.words import N_
from services.assessment.assess import assess_bases

assessment = Blueprint("assessment", __name__, url_prefix="/admin/assessment")
Assessed = tuple[Mapping[str, Any], Assessment]
_MOST_YEARS = 8


@assessment.route("/")
@needs(Permission.READ)
def index() -> ResponseReturnValue:
    """Show all bases of a year."""
    query, said = read_query()
    sets = sets_by_level(query.year)
    found = sets[query.level]
    if found is None:
        return render_template("assessment/overview.html", page=_without_set(query, said))
    measures = found[0]
    assessed = assess_bases(query.year, measures, today=today(), actor=current_actor())
    warnings = (*([said] if said else []), *set_warnings(found, query.year))
    return render_template("assessment/overview.html", page=_page(query, measures, assessed, warnings))


@assessment.route("/export/xlsx/")
@needs(Permission.EXPORT)
def export() -> ResponseReturnValue:
    """Send the same bases, in the same order, as a workbook."""
    query, _ = read_query()
    found = sets_by_level(query.year)[query.level]
    if found is None:
        raise Missing(N_("No rule set of this level has been entered yet."))
    measures, really = found
    assessed = assess_bases(query.year, measures, today=today(), actor=current_actor())
    rows = ordered(narrowed(_of_county(assessed, query.county), query), query)
    state, day = office_state(), as_of(query.year, today())
    doubts = (
        "" if really else "该日无施行中的标准，数字仅供参考",
        "数字可能已失效，请核对" if measures.superseded else "",
    )
    table = overview_table(
        rows, measures, query.year, day, counties=state.county_names, statuses=state.status_labels("bases"),
        note="    ".join(doubt for doubt in doubts if doubt),
    )  # fmt: skip
    return send_written(
        lambda path: write_tables(path, [table]), f"达标评估-{query.year}-{today():%Y%m%d}.xlsx"
    )


def _of_county(assessed: list[Assessed], county: str) -> list[Assessed]:
    return [one for one in assessed if not county or one[0]["county"] == county]


def _page(
    query: OverviewQuery, measures: Measures, assessed: list[Assessed], warnings: tuple[str, ...]
) -> OverviewPage:
    own = _of_county(assessed, query.county)
    rows = ordered(narrowed(own, query), query)
    meeting = sum(one.meets for _, one in own)
    day, shown = as_of(query.year, today()), _filters(query)
    return OverviewPage(
        title=gettext(N_("Assessment")),
        subtitle=set_line(measures, day),
        url=url_for("assessment.index"),
        arguments=tuple(query.pairs()),
        years=_years(query),
        levels=_levels(query),
        counties=_counties(query, assessed),
        county_fixed=current_actor().county is not None,
        warnings=warnings,
        plain=_plain_heads(query),
        heads=tuple(_head(key, query, measures, own) for key in INDICATORS),
        rows=overview_rows(rows, query.year),
        meeting=meeting,
        total=len(own),
        filters=shown,
        clear_url=query.url(indicator=None, met=None, status=None)
        if query.narrowed or query.indicator
        else "",
        order=_order_words(query),
        note=counting_note(),
        actions=(Action(gettext(N_("Export")), query.url("assessment.export"), icon="download"),),
        empty=None if rows else _empty(query, bool(own)),
    )


def _without_set(query: OverviewQuery, said: str) -> OverviewPage:
    return OverviewPage(
        title=gettext(N_("Assessment")), subtitle=level_label(query.level), url=url_for("assessment.index"),
        arguments=tuple(query.pairs()), years=_years(query), levels=_levels(query), counties=(),
        county_fixed=current_actor().county is not None, warnings=(said,) if said else (),
        empty=Empty(
            gettext(N_("No rule set of this level has been entered yet.")),
            gettext(N_("Once an administrator has entered its figures, every base is held against them here.")),
        ),
    )  # fmt: skip


def _empty(query: OverviewQuery, any_base: bool) -> Empty:
    if any_base:
        every = Action(gettext(N_("Remove all filters")), query.url(indicator=None, met=None, status=None))
        return Empty(gettext(N_("No base fits these filters.")), actions=(every,))
    return Empty(gettext(N_("No base here yet")), gettext(N_("Bases that are entered are assessed at once.")))


def _years(query: OverviewQuery) -> tuple[Tab, ...]:
    this = today().year
    first = max(min(first_year(current_actor()) or this, this), this - _MOST_YEARS + 1)
    years = sorted({*range(first, this + 1), query.year})
    return tuple(Tab(str(year), query.url(year=year), year == query.year) for year in years)


def _levels(query: OverviewQuery) -> tuple[Tab, ...]:
    return tuple(
        Tab(level_label(level), query.url(level=level.value), level is query.level) for level in Level
    )


def _counties(query: OverviewQuery, assessed: list[Assessed]) -> tuple[CountyTally, ...]:
    actor, state = current_actor(), office_state()
    made = []
    if actor.county is None:
        whole = gettext(N_("Whole city"))
        made.append(_tally(whole, whole, query.url(county=None), assessed, not query.county))
    for code, name, short in state.counties:
        if actor.sees(code):
            own = _of_county(assessed, code)
            made.append(_tally(short, name, query.url(county=code), own, query.county == code))
    return tuple(made)


def _tally(label: str, name: str, url: str, assessed: list[Assessed], active: bool) -> CountyTally:
    return CountyTally(label, name, url, sum(one.meets for _, one in assessed), len(assessed), active)


def _sort_url(key: str, query: OverviewQuery) -> tuple[str, str]:
    mine = query.sort == key
    turned = f"-{key}" if mine and not query.descending else key
    way = ("descending" if query.descending else "ascending") if mine else ""
    return query.url(sort=turned), way


def _plain_heads(query: OverviewQuery) -> tuple[ListColumn, ...]:
    heads = (
        ("name", N_("Base"), ""), ("meets", N_("Verdict"), ""), ("county", N_("County"), ""),
        ("status", N_("Status"), "state"),
    )  # fmt: skip
    made = []
    for key, label, align in heads:
        url, way = _sort_url(key, query)
        made.append(ListColumn(key, gettext(label), align=align, sort_url=url, sorted=way))
    return tuple(made)


def _head(key: str, query: OverviewQuery, measures: Measures, own: list[Assessed]) -> IndicatorHead:
    url, way = _sort_url(key, query)
    met = sum(one.indicator(key).met for _, one in own)
    mine = query.indicator == key and query.met == "no"
    required, unit = _required(key, measures)
    return IndicatorHead(
        label=gettext(SHORT_LABELS[key]),
        required=f"≥ {figure(required)} {gettext(unit)}".replace(" %", "%"),
        met=met,
        total=len(own),
        sort_url=url,
        sorted=way,
        unmet_url=query.url(indicator=None if mine else key, met=None if mine else "no"),
        narrowed=mine,
    )


def _required(key: str, measures: Measures) -> tuple[int, str]:
    return {
        "operated_one_year": (measures.years_operated, N_("years")),
        "tenants": (measures.tenants, N_("companies")),
        "people": (measures.people, N_("people")),
        "staff": (measures.staff, N_("people")),
        "partners": (measures.partners, N_("partners")),
        "low_fee_share": (measures.low_fee_percent, "%"),
        "functions": (measures.functions_required, N_("functions")),
    }[key]


def _order_words(query: OverviewQuery) -> str:
    return (
        ""
        if query.sort
        else gettext(N_("The nearest to failing first, then those that fail by what is missing"))
    )


def _filters(query: OverviewQuery) -> tuple[Filter, ...]:
    indicators = (
        Option("meets", gettext(N_("Verdict as a whole")), query.indicator == "meets"),
        *(Option(key, gettext(label), query.indicator == key) for key, label in SHORT_LABELS.items()),
    )
    verdicts = tuple(Option(value, met_word(value == "yes"), query.met == value) for value in ("yes", "no"))
    statuses = tuple(
        Option(code, label, code == query.status)
        for code, label in office_state().status_labels("bases").items()
    )
    return (
        Filter("indicator", gettext(N_("Indicator")), options=indicators, many=False),
        Filter("met", gettext(N_("Verdict")), options=verdicts, many=False),
        Filter("status", gettext(N_("Status")), options=statuses, many=False),
    )
