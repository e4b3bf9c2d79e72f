"""The pictures: each a grid of numbers with the list behind every one of them, drawn by `office.charts`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from bson import ObjectId
from flask import url_for
from flask_babel import gettext

from admin_views.assessment.labels import SHORT_LABELS, actual_words
from admin_views.overview.links import Lists
from admin_views.overview.view_models import Legend, Picture
from admin_views.shared.request_context import office_state
from office.charts import charts
from office.charts.grid import Cell, Grid
from rules.access import Actor
from rules.applications import Stage
from rules.assessment.indicators import Assessment
from rules.assessment.kept_figures import BLANK
from rules.choices import FeeKind, Industry, Satisfaction, ServiceFunction
from rules.words import N_
from schema.registry import REGISTRY
from services.applications.rounds import ApplicationRound
from services.overview.figures import Shown, Words, funnel_stages, stages_of

_MONTHS = range(1, 13)
YEARS = 5  # that stand beside each other
# The indicators that have a limit to be near of; the years in operation only grow.
_LIMITED = ("tenants", "people", "staff", "partners", "low_fee_share", "functions")
_FEE_TONES = ("c1", "c2", "c3", "c0")
_ANSWER_TONES = ("c1", "c2", "c3", "c4")
_NEAR_TONES = ("c4", "c3", "c1")
# A base or county: its name, its page, its entries month by month, and the list of them.
_Place = tuple[str, str, list[int], Callable[..., str]]
# More bases than these are drawn county by county.
MOST_BASES = 40


def month_labels() -> tuple[str, ...]:
    """Return the months as the heads of columns."""
    return tuple(gettext(N_("M%(month)s"), month=month) for month in _MONTHS)


LOW_FEE_KEYS = ("fee_kind", "company_times")  # what the share of free or low-fee service is told from


def may_see(actor: Actor, collection: str, *keys: str) -> bool:
    """Tell whether an actor's role may see these fields of a collection."""
    return all(key in REGISTRY[collection].seen_by(actor).by_key for key in keys)


def _legend(labels: Iterable[str], tones: Sequence[str]) -> Legend:
    return tuple(zip(tones, labels, strict=False))


# --- Bases and titles ------------------------------------------------------------------------------


def map_of_bases(lists: Lists) -> Picture:
    """Return the tile map: certified bases, and all of them, of each unit; from the tallies kept with the writes."""
    state = office_state()
    certified, every = state.counts("bases", "certified").by_county, state.counts("bases").by_county
    codes = [code for code, _, _ in state.counties]
    grid = Grid(
        tuple(short for _, _, short in state.counties),
        (gettext(N_("Certified")), gettext(N_("All bases"))),
        tuple(
            (Cell(certified.get(code, 0), lists.certified(code)), Cell(every.get(code, 0), lists.of_county(code)))
            for code in codes
        ),
        tuple(lists.page(code) for code in codes),
    )  # fmt: skip
    note = gettext(N_("Certified / all. A unit's tile leads to its certified bases."))
    return Picture(
        "map", gettext(N_("Bases by county")), gettext(N_("County")), grid, (charts.tiles(grid, codes),), note
    )


def titles_ending(shown: Shown, lists: Lists, this_year: int) -> Picture:
    """Return when the titles end, by year and month."""
    ends: dict[tuple[int, int], int] = {}
    for base in shown.bases:
        last = base.get("title_last_day")
        if last and base.get("status") == "certified":
            ends[last.year, last.month] = ends.get((last.year, last.month), 0) + 1
    years = sorted({year for year, _ in ends} | {this_year})
    grid = Grid(
        tuple(map(str, years)),
        month_labels(),
        tuple(
            tuple(_cell(ends.get((year, month), 0), lists.ending, year, month) for month in _MONTHS)
            for year in years
        ),
        tuple(lists.ending(year) for year in years),
    )
    drawing = (charts.heat(grid, total=gettext(N_("Total"))),)
    return Picture(
        "titles", gettext(N_("Titles by year and month of expiry")), gettext(N_("Year")), grid, drawing,
        gettext(N_("Certified bases whose title ends then.")),
    )  # fmt: skip


def _cell(count: int, url: Callable[..., str], *arguments: int) -> Cell:
    return Cell(count, url(*arguments) if count else "")


# --- The ledger ------------------------------------------------------------------------------------


def services(shown: Shown, lists: Lists) -> Picture:
    """Return the services of the year by function and month."""
    counts = shown.functions()
    rows = [(function.value, gettext(function.label)) for function in ServiceFunction]
    grid = Grid(
        tuple(label for _, label in rows),
        month_labels(),
        tuple(
            tuple(
                Cell(n, lists.entries(month=month, function=code)) if (n := counts.get((month, code), 0)) else Cell(0)
                for month in _MONTHS
            )
            for code, _ in rows
        ),
        tuple(lists.entries(function=code) for code, _ in rows),
    )  # fmt: skip
    return Picture(
        "services", gettext(N_("Services by function and month")), gettext(N_("Service function")), grid,
        (charts.heat(grid, total=gettext(N_("Total"))),),
        gettext(N_("Submitted and verified ledger entries of the year.")),
    )  # fmt: skip


def fees(shown: Shown, lists: Lists) -> Picture:
    """Return how the services were paid for, by month."""
    words = [(one.value, gettext(one.label)) for one in FeeKind] + [(BLANK, gettext(N_("Not stated")))]
    grid = _by_month(shown.fees(), words, lambda month, code: lists.entries(month=month, fee_kind=code))
    return Picture(
        "fees", gettext(N_("Fees by month")), gettext(N_("Fee")), grid, (charts.columns(grid, _FEE_TONES),),
        gettext(N_("Ledger entries of each month by how they were paid for.")),
        _legend((label for _, label in words), _FEE_TONES),
    )  # fmt: skip


def satisfaction(shown: Shown, lists: Lists) -> Picture:
    """Return what the companies answered, by month."""
    words = [(one.value, gettext(one.label)) for one in Satisfaction]
    grid = _by_month(
        shown.answers(), words, lambda month, code: lists.entries(month=month, satisfaction=code)
    )
    percent = shown.sums().satisfied_percent
    note = gettext(N_("Nobody has answered yet.")) if percent is None else gettext(
        N_("%(percent)s%% of the answers of the year are satisfied or better."), percent=f"{int(percent * 10) / 10:g}"
    )  # fmt: skip
    return Picture(
        "satisfaction", gettext(N_("Satisfaction by month")), gettext(N_("Satisfaction")), grid,
        (charts.columns(grid, _ANSWER_TONES),), note, _legend((label for _, label in words), _ANSWER_TONES),
    )  # fmt: skip


def _by_month(counts: Words, words: Sequence[tuple[str, str]], url: Callable[[int, str], str]) -> Grid:
    return Grid(
        tuple(label for _, label in words),
        month_labels(),
        tuple(
            tuple(
                Cell(n, url(month, code)) if (n := counts.get((month, code), 0)) else Cell(0)
                for month in _MONTHS
            )
            for code, _ in words
        ),
    )


def activity(shown: Shown, lists: Lists, *, by_county: bool) -> Picture:
    """Return the ledger of each base, or county, month by month as a small line."""
    places: list[_Place] = []
    if by_county:
        for code, _, short in office_state().counties:
            part = shown.within(code)
            of_bases = [shown.months_of(base["_id"]) for base in part.bases]
            months = [sum(of_month) for of_month in zip(*of_bases, strict=True)] or [0] * len(_MONTHS)
            places.append((short, lists.page(code), months, partial(lists.entries, county=code)))
    else:
        for base in shown.bases:
            key = base["_id"]
            places.append(
                (base["name"], lists.base_page(key), shown.months_of(key), partial(lists.entries, base=key))
            )
    grid = Grid(
        tuple(label for label, *_ in places),
        month_labels(),
        tuple(
            tuple(Cell(n, url(month=month) if n else "") for month, n in zip(_MONTHS, months, strict=True))
            for _, _, months, url in places
        ),
        tuple(page for _, page, *_ in places),
    )
    title = N_("Ledger activity by county") if by_county else N_("Ledger activity by base")
    head = N_("County") if by_county else N_("Base")
    note = gettext(N_("Entries of each month, January to December; each line has a scale of its own."))
    drawing = charts.sparklines(grid, urls=[url() for *_, url in places], across=3)
    return Picture("activity", gettext(title), gettext(head), grid, drawing, note, wide=True)


def years_of_ledger(shown: Shown, lists: Lists, base: ObjectId, years: Sequence[int]) -> Picture:
    """Return the ledger of one base month by month, a row a year."""
    grid = Grid(
        tuple(map(str, years)),
        month_labels(),
        tuple(
            tuple(
                Cell(n, lists.entries(year=year, month=month) if n else "")
                for month, n in zip(_MONTHS, shown.months_of(base, year), strict=True)
            )
            for year in years
        ),
        tuple(lists.entries(year=year) for year in years),
    )
    drawing = (charts.heat(grid, total=gettext(N_("Total"))),)
    note = gettext(N_("Submitted and verified ledger entries, year by year."))
    return Picture(
        "activity", gettext(N_("Ledger by year and month")), gettext(N_("Year")), grid, drawing, note
    )


# --- Companies -------------------------------------------------------------------------------------


def growth(shown: Shown, lists: Lists, this_year: int) -> Picture:
    """Return how many companies moved in by industry and year; below them those that moved out."""
    came, gone = shown.moved_in(), shown.moved_out()
    years = range(this_year - YEARS + 1, this_year + 1)
    words = [(one.value, gettext(one.label)) for one in Industry] + [(BLANK, gettext(N_("Not stated")))]
    rows: list[tuple[str, str, tuple[Cell, ...]]] = []
    for code, label in words:
        numbers = [came.get((year, code), 0) for year in years]
        if any(numbers):
            cells = tuple(
                Cell(n, lists.moves("moved_in", year, code) if n else "")
                for n, year in zip(numbers, years, strict=True)
            )
            rows.append((label, "", cells))
    for label, key, moves in (
        (gettext(N_("Moved in, in all")), "moved_in", came),
        (gettext(N_("Moved out, in all")), "moved_out", gone),
    ):
        sums = [sum(n for (of_year, _), n in moves.items() if of_year == year) for year in years]
        cells = tuple(
            Cell(n, lists.moves(key, year) if n else "") for n, year in zip(sums, years, strict=True)
        )
        rows.append((label, "", cells))
    grid = Grid(
        tuple(label for label, *_ in rows), tuple(map(str, years)), tuple(cells for *_, cells in rows)
    )
    return Picture(
        "growth", gettext(N_("Companies moving in, by industry and year")), gettext(N_("Industry")), grid,
        (charts.heat(grid, cell=48, plain=2),), gettext(N_("Companies of any size by the year of moving in.")),
    )  # fmt: skip


# --- Indicators and the round ----------------------------------------------------------------------


def limits(shown: Shown, lists: Lists) -> Picture:
    """Return how many bases fail an indicator, are near its limit, or have room."""
    rows = []
    for key in _LIMITED:
        items = [assessment.indicator(key) for _, assessment in shown.assessed]
        unmet = sum(not item.met for item in items)
        near = sum(item.is_near for item in items)
        counts = (("no", unmet), ("near", near), ("ample", len(items) - unmet - near))
        cells = tuple(Cell(n, lists.assessed(key, met) if n else "") for met, n in counts)
        rows.append((gettext(SHORT_LABELS[key]), lists.assessed(key), cells))
    labels = (gettext(N_("Not met")), gettext(N_("Near its limit")), gettext(N_("With room to spare")))
    grid = Grid(tuple(label for label, *_ in rows), labels, tuple(cells for *_, cells in rows))
    return Picture(
        "limits", gettext(N_("Indicators near their limits")), gettext(N_("Indicator")), grid,
        (charts.bars(grid, _NEAR_TONES),),
        gettext(N_("Bases by what is asked of them; near: less than a tenth to spare.")),
        _legend(labels, _NEAR_TONES),
    )  # fmt: skip


def targets(assessment: Assessment, base: Mapping[str, Any], year: int) -> Picture:
    """Return how much of what is asked one base has, indicator by indicator."""
    rows, tones = [], []
    url = url_for("base_assessment.base", id=base["_id"], year=year)
    for key in _LIMITED:
        item = assessment.indicator(key)
        percent = (item.actual or 0) / item.required * 100 if item.required else 100
        tones.append(_NEAR_TONES[0 if not item.met else 1 if item.is_near else 2])
        rows.append(
            (
                gettext(SHORT_LABELS[key]),
                Cell(round(percent), url, f"{actual_words(item, base)} / {item.required:g}"),
            )
        )
    head = gettext(N_("There is / asked"))
    grid = Grid(tuple(label for label, _ in rows), (head,), tuple((cell,) for _, cell in rows))
    labels = (gettext(N_("Not met")), gettext(N_("Near its limit")), gettext(N_("With room to spare")))
    return Picture(
        "limits", gettext(N_("Indicators near their limits")), gettext(N_("Indicator")), grid,
        (charts.targets(grid, tones),), gettext(N_("There is / asked; the line marks what is asked.")),
        _legend(labels, _NEAR_TONES),
    )  # fmt: skip


def funnel(entered: ApplicationRound, lists: Lists, actor: Actor) -> Picture:
    """Return how far the applications of a round have come."""
    assert entered.id is not None
    counts = stages_of(entered.id, actor=actor, county=lists.county)
    rows = []
    for stage, beyond in funnel_stages():
        label = gettext(N_("Begun in all")) if stage is None else gettext(_FAR[stage])
        number = sum(counts[one] for one in beyond)
        asked = () if stage is None else tuple(one.value for one in beyond)
        rows.append((label, Cell(number, lists.applications(entered.id, asked) if number else "")))
    grid = Grid(
        tuple(label for label, _ in rows), (gettext(N_("Applications")),), tuple((cell,) for _, cell in rows)
    )
    return Picture(
        "funnel", gettext(N_("How far the round has come")), gettext(N_("Stage")), grid, (charts.funnel(grid),),
        entered.name,
    )  # fmt: skip


_FAR = {
    Stage.SUBMITTED: N_("Were handed in"),
    Stage.REVIEWED: N_("Passed the county"),
    Stage.RECOMMENDED: N_("Recommended"),
    Stage.SCORED: N_("Reviewed by experts"),
    Stage.SELECTED: N_("Selected"),
    Stage.ON_NOTICE: N_("Put on public notice"),
    Stage.ANNOUNCED: N_("Announced"),
}
