"""城市概览: the city or one county in pictures, and one base; each as a workbook too."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, cast

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from admin_views.assessment.labels import asked_year
from admin_views.assessment.view_models import Tab
from admin_views.overview import pictures
from admin_views.overview.links import Lists
from admin_views.overview.own_charts import pinned
from admin_views.overview.sheets import sheets
from admin_views.overview.svg import svg
from admin_views.overview.view_models import Chart, OverviewPage, Picture
from admin_views.shared.exporting import send_tables
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import asked_id, office_state, today
from admin_views.shared.view_models import Action, CountyPill, Empty, Fact, Link, figure
from documents.records.base import Base
from rules.access import Permission
from rules.words import N_
from services.overview.figures import LedgerSums, Shown, figures_of, round_of
from services.overview.own_charts import ON_OVERVIEW

TITLE = N_("City overview")
_COUNTY_TITLE = N_("%(county)s: overview")


def asked_county() -> str:
    """Return the county that is shown, the clerk's own alone for a county clerk; "" for the whole city."""
    bound, asked = current_actor().county, request.args.get("county", "")
    return bound or (asked if asked in office_state().county_names else "")


# --- The city, or a county -------------------------------------------------------------------------


def index() -> ResponseReturnValue:
    """Show the city, or one county."""
    year, warning = asked_year()
    county = asked_county()
    shown, lists = _figures(year, county)
    empty = None
    if not shown.assessed:
        empty = Empty(
            gettext(N_("No base here yet")),
            gettext(N_("Once bases and their ledger are entered, they are drawn here.")),
        )
    page = OverviewPage(
        title=_title(county),
        subtitle=str(year),
        years=year_tabs(
            year, lambda one: Lists(one, county if current_actor().county is None else "").page(county)
        ),
        counties=_pills(year, county),
        county_fixed=current_actor().county is not None,
        facts=_facts(shown, lists) if shown.assessed else (),
        charts=() if empty else drawn(_pictures(shown, lists)),
        own=() if county and current_actor().county is None else pinned(ON_OVERVIEW),
        actions=_actions(lists),
        warnings=(warning,) if warning else (),
        empty=empty,
    )
    return render_template("overview/page.html", page=page)


def export() -> ResponseReturnValue:
    """Send the pictures' numbers as a workbook, a sheet each."""
    year, _ = asked_year()
    county = asked_county()
    shown, lists = _figures(year, county)
    place = office_state().county_names.get(county, "全市")
    return send_tables(sheets(_pictures(shown, lists)), f"概览-{place}-{year}-{today():%Y%m%d}.xlsx")


def _figures(year: int, county: str) -> tuple[Shown, Lists]:
    version = office_state().version
    shown = figures_of(year, actor=current_actor(), today=today(), county=county, version=version)
    return shown, Lists(year, county)


def _title(county: str) -> str:
    name = office_state().county_names.get(county, "")
    return gettext(_COUNTY_TITLE, county=name) if county else gettext(TITLE)


def _pictures(shown: Shown, lists: Lists) -> list[Picture]:
    """Return what is shown of the city or of a county; what a role may not see is left out."""
    actor, this = current_actor(), today().year
    found = []
    if not lists.county:
        found.append(pictures.map_of_bases(lists))
    found.append(pictures.services(shown, lists))
    found.append(pictures.titles_ending(shown, lists, this))
    entered = round_of(lists.year)
    if entered is not None:
        found.append(pictures.funnel(entered, lists, actor))
    found.append(pictures.limits(shown, lists))
    found += _of_ledger(shown, lists)
    if pictures.may_see(actor, "tenant_companies", "industry", "moved_in", "moved_out"):
        found.append(pictures.growth(shown, lists, this))
    by_county = not lists.county and len(shown.assessed) > pictures.MOST_BASES
    found.append(pictures.activity(shown, lists, by_county=by_county))
    return found


def _of_ledger(shown: Shown, lists: Lists) -> Iterable[Picture]:
    actor = current_actor()
    if pictures.may_see(actor, "ledger_entries", "fee_kind"):
        yield pictures.fees(shown, lists)
    if pictures.may_see(actor, "ledger_entries", "satisfaction"):
        yield pictures.satisfaction(shown, lists)


def _facts(shown: Shown, lists: Lists) -> tuple[Fact, ...]:
    bases, sums = shown.bases, shown.sums()
    facts, actor = [assessment.facts for _, assessment in shown.assessed], current_actor()
    certified = sum(base.get("status") == "certified" for base in bases)
    meeting = sum(assessment.meets for _, assessment in shown.assessed)
    return (
        Fact(
            gettext(N_("Certified bases")),
            figure(certified),
            note=gettext(N_("of %(count)s"), count=figure(len(bases))),
            url=lists.certified(),
        ),
        Fact(gettext(N_("Meet every indicator")), figure(meeting), url=lists.assessed(met="yes")),
        *(
            Fact(gettext(label), figure(number), url=lists.assessed())
            for label, number, key in (
                (N_("Small and micro tenants"), sum(one.tenants for one in facts), "size"),
                (N_("People employed"), sum(one.people for one in facts), "people"),
            )
            if pictures.may_see(actor, "tenant_companies", key)
        ),
        *_ledger_facts(sums, lists),
    )


def _ledger_facts(sums: LedgerSums, lists: Lists) -> Iterable[Fact]:
    actor, ledger = current_actor(), "ledger_entries"
    times = gettext(N_("%(count)s company-times"), count=figure(sums.company_times))
    yield Fact(
        gettext(N_("Service ledger entries")), figure(sums.entries), url=lists.entries(),
        note=times if pictures.may_see(actor, ledger, "company_times") else "",
    )  # fmt: skip
    for label, percent, keys in (
        (N_("Free or low-fee service"), sums.low_fee_percent, pictures.LOW_FEE_KEYS),
        (N_("Satisfaction"), sums.satisfied_percent, ("satisfaction",)),
    ):
        if pictures.may_see(actor, ledger, *keys):
            yield Fact(
                gettext(label), _percent(percent), unit="" if percent is None else "%", url=lists.entries()
            )


def _percent(percent: float | None) -> str:
    return "—" if percent is None else figure(int(percent * 10) / 10, 1)


def _actions(lists: Lists) -> tuple[Action, ...]:
    arguments: dict[str, Any] = {"year": lists.year, "county": lists.county or None}
    found = [
        Action(gettext(N_("My charts")), url_for("own_charts.index"), icon="chart"),
        Action(gettext(N_("Compare")), url_for("overview.compare", **arguments), icon="sheet"),
    ]
    if current_actor().may(Permission.EXPORT):
        found.append(Action(gettext(N_("Export")), url_for("overview.export", **arguments), icon="download"))
    return tuple(found)


def _pills(year: int, county: str) -> tuple[CountyPill, ...]:
    state, actor, lists = office_state(), current_actor(), Lists(year)
    certified = state.counts("bases", "certified")
    if actor.county is not None:
        own = state.count("bases", actor, "certified")
        return (CountyPill(state.county_names.get(actor.county, ""), lists.page(), own, active=True),)
    whole = CountyPill(gettext(N_("Whole city")), lists.page(), certified.total, active=not county)
    return (
        whole,
        *(
            CountyPill(short, lists.page(code), certified.by_county.get(code, 0), name, code == county)
            for code, name, short in state.counties
        ),
    )


# --- One base --------------------------------------------------------------------------------------


def base() -> ResponseReturnValue:
    """Show one base."""
    year, warning = asked_year()
    raw, shown, lists = _of_base(year)
    arguments = {"id": raw["_id"], "year": year}
    actions = [Action(gettext(N_("Assessment")), url_for("base_assessment.base", **arguments), icon="status")]
    if current_actor().may(Permission.EXPORT):
        actions.append(
            Action(gettext(N_("Export")), url_for("overview.export_base", **arguments), icon="download")
        )
    page = OverviewPage(
        title=raw["name"],
        subtitle=str(year),
        years=year_tabs(year, lambda one: Lists(one).base_page(raw["_id"])),
        facts=tuple(_ledger_facts(shown.sums(), lists)),
        charts=drawn(_base_pictures(raw, shown, lists)),
        actions=tuple(actions),
        crumbs=(Link(office_state().county_names.get(raw["county"], ""), Lists(year).page(raw["county"])),),
        links=(Link(gettext(N_("Record of the base")), url_for("bases.details_view", id=raw["_id"])),),
        warnings=(warning,) if warning else (),
    )
    return render_template("overview/page.html", page=page)


def export_base() -> ResponseReturnValue:
    """Send the numbers of one base's pictures as a workbook."""
    year, _ = asked_year()
    raw, shown, lists = _of_base(year)
    return send_tables(
        sheets(_base_pictures(raw, shown, lists)), f"概览-{raw['name']}-{year}-{today():%Y%m%d}.xlsx"
    )


def _of_base(year: int) -> tuple[dict[str, Any], Shown, Lists]:
    raw = cast("dict[str, Any]", Base.read(asked_id(), current_actor()))
    years = shown_years()
    version, key = office_state().version, raw["_id"]
    shown = figures_of(year, actor=current_actor(), today=today(), years=years, base=key, version=version)
    return raw, shown, Lists(year, base=raw["_id"])


def _base_pictures(raw: dict[str, Any], shown: Shown, lists: Lists) -> list[Picture]:
    found = [pictures.services(shown, lists)]
    found += [pictures.targets(assessment, raw, lists.year) for _, assessment in shown.assessed]
    found += _of_ledger(shown, lists)
    found.append(pictures.years_of_ledger(shown, lists, raw["_id"], shown_years()))
    if pictures.may_see(current_actor(), "tenant_companies", "industry", "moved_in", "moved_out"):
        found.append(pictures.growth(shown, lists, today().year))
    return found


# --- What pages and workbooks share ----------------------------------------------------------------


def shown_years(day: date | None = None) -> tuple[int, ...]:
    """Return the years that stand beside each other, the earliest first."""
    this = (day or today()).year
    return tuple(range(this - pictures.YEARS + 1, this + 1))


def year_tabs(year: int, url: Any) -> tuple[Tab, ...]:
    """Return the years to choose from; `url` gives the address of one."""
    return tuple(Tab(str(one), url(one), one == year) for one in sorted({*shown_years(), year}))


def drawn(found: Sequence[Picture]) -> tuple[Chart, ...]:
    """Return pictures as a page shows them."""
    return tuple(
        Chart(one, Markup("").join(svg(part, one.title) for part in one.drawings))
        if not one.grid.is_empty
        else Chart(one)
        for one in found
    )
