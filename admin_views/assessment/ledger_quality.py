"""How well the service ledgers are kept: what is missing or cannot be, and which months are empty."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bson import ObjectId
from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.assessment.ledger_quality_rows import (
    base_month_rows,
    chip,
    fault_heads,
    faulty_entry,
    month_rows,
    quality_row,
    total_row,
)
from admin_views.assessment.view_models_ledger_quality import QualityPage
from admin_views.records.recycle_bin import simple_pager
from admin_views.shared.exporting import send_written
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.request_context import office_state, today
from admin_views.shared.view_models import Action, CountyPill, Empty, Link, Option
from rules.access import Permission
from rules.choices import ServiceFunction
from rules.errors import Missing
from rules.ledger_quality import Fault
from rules.words import N_
from services.assessment import ledger_quality as quality

ledger_quality = Blueprint("ledger_quality", __name__, url_prefix="/admin/ledger-quality")
_TITLE = N_("Ledger quality")
_YEARS = 6
_SIZE = 50


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    year: int
    county: str
    base: ObjectId | None
    tab: str
    function: str
    fault: str

    def url(self, **changed: Any) -> str:
        """Return the address of this page with some of it changed."""
        given = {
            "year": self.year, "county": self.county, "base": self.base, "view": self.tab,
            "function": self.function, "fault": self.fault,
        } | changed  # fmt: skip
        kept = {key: value for key, value in given.items() if value and (key, value) != ("view", "faults")}
        return url_for("ledger_quality.index") + "?" + urlencode(kept)


def _read() -> Asked:
    args, actor = request.args, current_actor()
    base = args.get("base", "")
    if base and not ObjectId.is_valid(base):
        raise Missing()
    codes = {code for code, _, _ in office_state().counties}
    year = args.get("year", type=int) or today().year
    return Asked(
        min(max(year, today().year - _YEARS + 1), today().year),
        actor.county or (args.get("county", "") if args.get("county") in codes else ""),
        ObjectId(base) if base else None,
        "months" if args.get("view") == "months" else "faults",
        args.get("function", "") if args.get("function") in set(ServiceFunction) else "",
        args.get("fault", "") if args.get("fault") in set(Fault) else "",
    )  # fmt: skip


@ledger_quality.route("/")
@needs(Permission.READ)
def index() -> ResponseReturnValue:
    """Show all bases or one: faults, or months."""
    asked = _read()
    if asked.base is None:
        page = _all_months(asked) if asked.tab == "months" else _all_faults(asked)
    else:
        page = _base_months(asked) if asked.tab == "months" else _base_faults(asked)
    return render_template("assessment/ledger_quality.html", page=page)


def _page(asked: Asked, title: str, note: str, **more: Any) -> QualityPage:
    tabs = ((N_("Faults"), "faults"), (N_("Months"), "months"))
    export = url_for("ledger_quality.export") + "?" + asked.url().partition("?")[2]
    actions = (Action(gettext(N_("Export")), export, icon="download"),)
    crumbs = (Link(gettext(_TITLE), asked.url(base=None, fault="", function="")),) if asked.base else ()
    return QualityPage(
        title=title, url=url_for("ledger_quality.index"), year=asked.year,
        years=tuple(
            Option(asked.url(year=year), str(year), year == asked.year)
            for year in range(today().year, today().year - _YEARS, -1)
        ),
        tabs=tuple(Link(gettext(label), asked.url(view=tab, fault="", function="")) for label, tab in tabs),
        tab=asked.tab, counties=() if asked.base else _pills(asked),
        county_fixed=current_actor().county is not None, note=note,
        actions=actions if current_actor().may(Permission.EXPORT) else (),
        subtitle=f"{asked.year}", arguments=tuple(request.args.items(multi=True)), crumbs=crumbs, **more,
    )  # fmt: skip


def _pills(asked: Asked) -> tuple[CountyPill, ...]:
    state, bound = office_state(), current_actor().county
    if bound is not None:
        return (CountyPill(state.county_names.get(bound, ""), asked.url(), None, active=True),)
    whole = CountyPill(gettext(N_("Whole city")), asked.url(county=""), None, active=not asked.county)
    return (
        whole,
        *(
            CountyPill(short, asked.url(county=code), None, name, asked.county == code)
            for code, name, short in state.counties
        ),
    )


def _all_faults(asked: Asked) -> QualityPage:
    found = quality.quality_of(asked.year, today=today(), actor=current_actor(), county=asked.county or None)
    groups, heads = fault_heads()
    note = gettext(N_("Drafts are counted too. Each number leads to the entries behind it."))
    shown = [quality_row(one, asked.url) for one in found]
    return _page(
        asked, gettext(_TITLE), note, groups=groups, heads=heads, rows=tuple(shown),
        total=total_row(found) if len(found) > 1 else None, empty=None if found else _empty(),
    )  # fmt: skip


def _empty() -> Empty:
    return Empty(gettext(N_("Nothing here yet")), gettext(N_("There is no base in this county.")))


def _functions(asked: Asked) -> tuple[Link, ...]:
    every = Link(gettext(N_("All functions")), asked.url(function=""))
    return (every, *(Link(gettext(one.label), asked.url(function=one.value)) for one in ServiceFunction))


def _function_word(asked: Asked) -> str:
    word = next((one.label for one in ServiceFunction if one.value == asked.function), N_("All functions"))
    return gettext(word)


def _all_months(asked: Asked) -> QualityPage:
    found = quality.months_of(asked.year, actor=current_actor(), county=asked.county or None)
    rows = base_month_rows(found, asked.year, today(), asked.function, asked.url)
    note = gettext(
        N_("Submitted and verified entries by month of service; a month that passed without any is marked.")
    )
    return _page(
        asked, gettext(_TITLE), note, months=rows, choices=_functions(asked), chosen=_function_word(asked),
        empty=None if found else _empty(),
    )  # fmt: skip


def _base_months(asked: Asked) -> QualityPage:
    (found,) = quality.months_of(asked.year, actor=current_actor(), base=asked.base)
    note = gettext(
        N_("Submitted and verified entries by month of service; a month that passed without any is marked.")
    )
    return _page(asked, found.base["name"], note, months=month_rows(found, asked.year, today()))


def _base_faults(asked: Asked) -> QualityPage:
    assert asked.base is not None
    base, found = quality.entries_of(asked.base, asked.year, today=today(), actor=current_actor())
    faulty = [(entry, faults) for entry, faults in found if faults]
    counts = {fault: sum(fault in faults for _, faults in faulty) for fault in Fault}
    chips = [chip(gettext(N_("All with a fault")), len(faulty), asked.url(fault=""))]
    chips += [
        chip(gettext(fault.label), counts[fault], asked.url(fault=fault.value))
        for fault in Fault
        if counts[fault]
    ]
    chosen = next((gettext(fault.label) for fault in Fault if fault.value == asked.fault), chips[0].label)
    shown = [(entry, faults) for entry, faults in faulty if not asked.fault or asked.fault in faults]
    pager = simple_pager(len(shown), request.args, url_for("ledger_quality.index"))
    start = max(pager.first - 1, 0)
    labels, may = office_state().statuses.get("ledger_entries", {}), current_actor().may(Permission.WRITE)
    note = gettext(
        N_("%(faulty)s of %(total)s entries of %(year)s have a fault."),
        faulty=len(faulty),
        total=len(found),
        year=asked.year,
    )
    empty = Empty(
        gettext(N_("No entry has this fault")),
        gettext(
            N_(
                "Entries of %(year)s: %(total)s.",
            ),
            year=asked.year,
            total=len(found),
        ),
    )
    return _page(
        asked, base["name"], note, choices=tuple(chips), chosen=chosen, pager=pager,
        entries=tuple(faulty_entry(*one, labels, may_edit=may) for one in shown[start : start + _SIZE]),
        empty=None if shown else empty,
    )  # fmt: skip


@ledger_quality.route("/export/")
@needs(Permission.EXPORT)
def export() -> ResponseReturnValue:
    """Send what the page shows as a workbook."""
    asked, actor, state = _read(), current_actor(), office_state()
    note, more = f"{asked.year}年度", {"actor": actor, "state": state}
    county = asked.county or None
    if asked.tab == "months":
        months = quality.months_of(
            asked.year, actor=actor, county=None if asked.base else county, base=asked.base
        )
        return send_written(
            lambda path: quality.write_months(path, months, note=note, **more), f"台账逐月-{asked.year}.xlsx"
        )
    if asked.base is not None:
        base, found = quality.entries_of(asked.base, asked.year, today=today(), actor=actor)
        kept = [(entry, faults) for entry, faults in found if not asked.fault or asked.fault in faults]
        return send_written(
            lambda path: quality.write_entries(path, kept, note=note, **more),
            f"问题台账-{base['name']}-{asked.year}.xlsx",
        )
    every = quality.quality_of(asked.year, today=today(), actor=actor, county=county)
    return send_written(
        lambda path: quality.write_faults(path, every, note=note, **more), f"台账质量-{asked.year}.xlsx"
    )
