"""Years or counties beside each other: the same few figures of each, drawn one below the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.assessment.labels import asked_year
from admin_views.assessment.view_models import Tab
from admin_views.overview.links import Lists
from admin_views.overview.page import asked_county, drawn, shown_years, year_tabs
from admin_views.overview.pictures import LOW_FEE_KEYS, may_see
from admin_views.overview.sheets import sheets
from admin_views.overview.view_models import OverviewPage, Picture
from admin_views.shared.exporting import send_tables
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import office_state, today
from admin_views.shared.view_models import Action, CountyPill, Link
from office.charts import charts
from office.charts.grid import Cell, Grid
from rules.access import Permission
from rules.assessment.indicators import Facts
from rules.words import N_
from services.overview.figures import LedgerSums, Shown, figures_of, tallies_of

_COUNTIES, _YEARS = "counties", "years"


@dataclass(frozen=True)
class _Column:
    """What is compared: a year or a county, with its figures and its lists."""

    label: str
    shown: Shown
    lists: Lists

    @property
    def year(self) -> int:
        return self.lists.year

    @property
    def sums(self) -> LedgerSums:
        """What the counted entries of the year add up to."""
        return self.shown.sums(self.year)


def _percent(value: float | None) -> float | None:
    return None if value is None else int(value * 10) / 10


@dataclass(frozen=True)
class _Measure:
    """One figure that is compared: where it is drawn, its words, the number, and the list behind it.

    `of` is the collection whose fields `keys` it is told from: whoever may not see them does not see it.
    """

    key: str
    label: str
    number: Callable[[_Column], float | None]
    url: Callable[[_Column], str]
    unit: str = ""
    of: str = "ledger_entries"
    keys: tuple[str, ...] = ()


def _entries(one: _Column) -> str:
    return one.lists.entries()


def _assessed(one: _Column) -> str:
    return one.lists.assessed()


def _of_facts(add: Callable[[Facts], int]) -> Callable[[_Column], float]:
    return lambda one: sum(add(assessment.facts) for _, assessment in one.shown.assessed)


def _certified(one: _Column) -> int:
    return sum(base.get("status") == "certified" for base in one.shown.bases)


def _meeting(one: _Column) -> int:
    return sum(assessment.meets for _, assessment in one.shown.assessed)


def _moved(one: _Column) -> int:
    return sum(count for (year, _), count in one.shown.moved_in().items() if year == one.year)


_BASES = (
    _Measure("certified", N_("Certified bases"), _certified, lambda one: one.lists.certified()),
    _Measure("meets", N_("Meet every indicator"), _meeting, lambda one: one.lists.assessed(met="yes")),
    _Measure(
        "tenants", N_("Small and micro tenants"), _of_facts(lambda facts: facts.tenants), _assessed,
        of="tenant_companies", keys=("size",),
    ),
    _Measure(
        "people", N_("People employed"), _of_facts(lambda facts: facts.people), _assessed,
        of="tenant_companies", keys=("people",),
    ),
)  # fmt: skip
_LEDGER = (
    _Measure("entries", N_("Service ledger entries"), lambda one: one.sums.entries, _entries),
    _Measure(
        "company_times", N_("Company-times"), lambda one: one.sums.company_times, _entries,
        keys=("company_times",),
    ),
    _Measure(
        "low_fee", N_("Free or low-fee service"), lambda one: _percent(one.sums.low_fee_percent), _entries, "%",
        keys=LOW_FEE_KEYS,
    ),
    _Measure(
        "satisfied", N_("Satisfaction"), lambda one: _percent(one.sums.satisfied_percent), _entries, "%",
        keys=("satisfaction",),
    ),
    _Measure(
        "moved_in", N_("Companies that moved in during the year"), _moved,
        lambda one: one.lists.moves("moved_in", one.year), of="tenant_companies", keys=("moved_in",),
    ),
)  # fmt: skip


def show() -> ResponseReturnValue:
    """Show years, or counties, beside each other."""
    year, warning = asked_year()
    by, county = _asked()
    arguments: dict[str, Any] = {"by": by, "year": year, "county": county or None}
    export = Action(gettext(N_("Export")), url_for("overview.export_compare", **arguments), icon="download")
    page = OverviewPage(
        title=gettext(N_("Compare")),
        subtitle=gettext(N_("Counties of %(year)s"), year=year) if by == _COUNTIES else _place(county),
        years=year_tabs(year, lambda one: url_for("overview.compare", by=by, year=one))
        if by == _COUNTIES
        else (),
        tabs=_tabs(by, year, county),
        counties=_pills(year, county) if by == _YEARS else (),
        county_fixed=current_actor().county is not None,
        charts=drawn(_pictures(by, year, county)),
        actions=(export,) if current_actor().may(Permission.EXPORT) else (),
        crumbs=(Link(_place(county), Lists(year).page(county)),) if county else (),
        warnings=(warning,) if warning else (),
    )
    return render_template("overview/page.html", page=page)


def export() -> ResponseReturnValue:
    """Send what is compared as a workbook."""
    year, _ = asked_year()
    by, county = _asked()
    name = f"县区对比-{year}" if by == _COUNTIES else f"年度对比-{_place(county)}"
    return send_tables(sheets(_pictures(by, year, county)), f"{name}-{today():%Y%m%d}.xlsx")


def _asked() -> tuple[str, str]:
    """Return what is compared, and within which county; a county clerk compares years of the own county."""
    county = asked_county()
    if current_actor().county is None and request.args.get("by") != _YEARS:
        return _COUNTIES, ""
    return _YEARS, county


def _place(county: str) -> str:
    return office_state().county_names.get(county, "") or gettext(N_("Whole city"))


def _tabs(by: str, year: int, county: str) -> tuple[Tab, ...]:
    if current_actor().county is not None:
        return ()
    words = ((_COUNTIES, N_("Compare counties")), (_YEARS, N_("Compare years")))
    return tuple(
        Tab(gettext(word), url_for("overview.compare", by=one, year=year, county=county or None), one == by)
        for one, word in words
    )


def _pills(year: int, county: str) -> tuple[CountyPill, ...]:
    state, actor = office_state(), current_actor()
    if actor.county is not None:
        own = url_for("overview.compare", by=_YEARS, year=year)
        return (CountyPill(state.county_names.get(actor.county, ""), own, None, active=True),)
    places = (
        ("", gettext(N_("Whole city")), ""),
        *((code, short, name) for code, name, short in state.counties),
    )
    return tuple(
        CountyPill(
            label,
            url_for("overview.compare", by=_YEARS, year=year, county=code or None),
            None,
            name,
            code == county,
        )
        for code, label, name in places
    )


def _pictures(by: str, year: int, county: str) -> list[Picture]:
    if by == _COUNTIES:
        shown = figures_of(year, actor=current_actor(), today=today(), version=office_state().version)
        columns = [
            _Column(short, shown.within(code), Lists(year, code))
            for code, _, short in office_state().counties
        ]
        return [
            _picture(measure, columns, gettext(N_("County")), 45) for measure in _seen((*_BASES, *_LEDGER))
        ]
    years = shown_years()
    shown = tallies_of(years, actor=current_actor(), county=county)
    columns = [_Column(str(one), shown, Lists(one, county)) for one in years]
    return [_picture(measure, columns, gettext(N_("Year")), 72) for measure in _seen(_LEDGER)]


def _seen(measures: Sequence[_Measure]) -> list[_Measure]:
    """Return the measures that are told from what the actor's role may see."""
    return [one for one in measures if may_see(current_actor(), one.of, *one.keys)]


def _picture(measure: _Measure, columns: Sequence[_Column], head: str, step: float) -> Picture:
    cells = []
    for column in columns:
        value = measure.number(column)
        cells.append(Cell(value, measure.url(column) if value else ""))
    title = gettext(measure.label) + (f"（{measure.unit}）" if measure.unit else "")
    grid = Grid((title,), tuple(one.label for one in columns), (tuple(cells),))
    return Picture(measure.key, title, head, grid, (charts.columns(grid, ("c1",), step=step, high=96),))
