"""The printed table and the goals of the office, each met or not met with its figure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields

from benchmarks.columns import FLOOR, OURS, STOCK
from benchmarks.figures import COUNTED, KEPT
from benchmarks.imports import Import
from benchmarks.measuring import Cost
from benchmarks.own_fields import Measured
from benchmarks.own_fields import table as table_of_own_fields
from benchmarks.pages import ASSESSMENT, BOARD, EVERY_NAME, FORM, LIST, OVERVIEW, SAVE, SUGGESTED, Page

_MIB = 2**20
_MOST_COMMANDS, _MOST_GROWTH = 4, 64 * _MIB
_ASSESSMENT = 1.5
_KEPT, _GROWN = 1 / 20, 1.2
_OWN = 1.15
FEW, WHOLE = "few", "whole"  # a tenth of the entries, and all of them
_DATABASE, _PAGE, _OF_STOCK, _FORM, _EXPORT, _EXPORT_OF_STOCK, _TENFOLD = (
    2.0,
    3.0,
    1 / 3,
    1 / 100,
    1.15,
    1 / 5,
    1.3,
)


@dataclass
class Results:
    """All that was measured: by row, by column."""

    pages: dict[Page, Mapping[str, Cost]] = field(default_factory=dict)
    exports: dict[str, Mapping[str, Cost]] = field(default_factory=dict)
    crowd: Mapping[str, Cost] = field(default_factory=dict)
    tenfold: dict[str, tuple[Cost, Cost]] = field(default_factory=dict)
    figures: dict[str, Mapping[str, Cost]] = field(default_factory=dict)  # kept and counted
    imports: dict[str, Import] = field(default_factory=dict)
    few: dict[str, Mapping[str, Cost]] = field(default_factory=dict)  # kept, of few and of all entries
    own: Sequence[Measured] = ()  # with ten own fields and without

    def take(self, part: "Results") -> None:
        """Add what another part of the run has measured."""
        for one in fields(part):
            if measured := getattr(part, one.name):
                setattr(self, one.name, measured)

    def statuses(self) -> dict[str, int]:
        """Return the status of each measured cell."""
        rows = {page.name: costs for page, costs in self.pages.items()} | self.exports | {"crowd": self.crowd}
        rows |= {row.name: row.costs for row in self.own}
        return {
            f"{row}, {column}": cost.status for row, costs in rows.items() for column, cost in costs.items()
        }


def ratio(costs: Mapping[str, Cost], other: str, figure: str = "seconds") -> float | None:
    """Return our figure as a multiple of another column's; None when there is none."""
    theirs = getattr(costs[other], figure) if other in costs else 0
    return getattr(costs[OURS], figure) / theirs if theirs else None


def table(results: Results) -> Iterator[str]:
    """Yield the lines of the table: what was measured of pages, exports, many clients and ten times the data."""
    if results.pages:
        yield f"{'':38}{'commands':^18}{'database ms':^22}{'page ms':^24}{'kB':^14}{'ours / floor':>17}{'ours /':>8}"
        yield (
            f"{'':38}{'ours':>5}{'floor':>6}{'stock':>7}{'ours':>7}{'floor':>7}{'stock':>8}"
            f"{'ours':>8}{'floor':>7}{'stock':>9}{'ours':>7}{'stock':>7}{'database':>10}{'page':>7}{'stock':>8}"
        )
        yield from (_page_line(page, costs) for page, costs in results.pages.items())
        yield ""
    if results.exports:
        yield f"{'':38}{'seconds':^27}{'memory growth MiB':^27}{'ours /':>9}{'ours /':>9}{'first':>9}"
        yield (
            f"{'':38}"
            + f"{'ours':>9}{'floor':>9}{'stock':>9}" * 2
            + f"{'floor':>9}{'stock':>9}{'bytes s':>9}"
        )
        yield from (_export_line(name, costs) for name, costs in results.exports.items())
        yield ""
    if results.imports:
        heads = (
            "trial s", "write s", "read s", "indexed s", "bare s", "promises s", "growth MiB", "job MiB",
            "page ms", "meanwhile",
        )  # fmt: skip
        yield f"{'':38}" + "".join(f"{head:>12}" for head in heads)
        yield from (_import_line(name, one) for name, one in results.imports.items())
        yield ""
    if results.crowd:
        rates = "   ".join(f"{column} {cost.rate:,.0f}" for column, cost in results.crowd.items())
        yield f"{'8 clients at once, requests a second':38}{rates}"
        yield ""
    if results.figures:
        heads = f"{'database ms':^20}{'counted /':>10}{'ms':^20}{'counted /':>10}{'kept, of entries':^20}{'ten':>8}"
        yield f"{'':38}{heads}"
        yield (
            f"{'':38}"
            + f"{'kept':>10}{'counted':>10}{'kept':>10}" * 2
            + f"{'a tenth':>10}{'all':>10}{'times':>8}"
        )
        yield from (_figures_line(name, costs, results.few[name]) for name, costs in results.figures.items())
        yield ""
    if results.own:
        yield from table_of_own_fields(results.own)
        yield ""
    if results.tenfold:
        yield f"{'':38}{'page ms':^18}{'ten times':>10}{'database ms':^18}{'ten times':>10}"
        yield from (_tenfold_line(name, *both) for name, both in results.tenfold.items())
        yield ""


def _page_line(page: Page, costs: Mapping[str, Cost]) -> str:
    def cells(widths: Sequence[int], figure: str, scale: float = 1, places: int = 0) -> str:
        return "".join(
            f"{getattr(costs[column], figure) * scale:>{width}.{places}f}"
            if column in costs
            else f"{'–':>{width}}"
            for column, width in zip((OURS, FLOOR, STOCK), widths, strict=True)
        )

    sizes = "".join(
        f"{costs[column].size / 1000:>7.0f}" if column in costs else f"{'–':>7}" for column in (OURS, STOCK)
    )
    once = " (stock once)" if page.slow_stock else ""
    return (
        f"{page.name + once:38}" + cells((5, 6, 7), "commands") + cells((7, 7, 8), "database", 1000, 1)
        + cells((8, 7, 9), "seconds", 1000, 1) + sizes + f"{_times(ratio(costs, FLOOR, 'database')):>10}"
        f"{_times(ratio(costs, FLOOR)):>6}{_times(ratio(costs, STOCK)):>8}"
    )  # fmt: skip


def _export_line(name: str, costs: Mapping[str, Cost]) -> str:
    names = (OURS, FLOOR, STOCK)
    seconds = "".join(f"{'≈' * costs[one].estimated + format(costs[one].seconds, '.1f'):>9}" for one in names)
    growth = "".join(
        f"{'>' * costs[one].estimated + format(costs[one].growth / _MIB, '.0f'):>9}" for one in names
    )
    sample = f" (stock: {costs[STOCK].rows:,} rows)" if costs[STOCK].estimated else ""
    return (
        f"{name + sample:38}{seconds}{growth}{_times(ratio(costs, FLOOR)):>9}{_times(ratio(costs, STOCK)):>9}"
        f"{costs[OURS].first:>9.2f}"
    )


def _import_line(name: str, one: Import) -> str:
    figures = (one.trial, one.write, one.read, one.indexed, one.plain, one.sealed)
    seconds = "".join(f"{figure:>12.1f}" for figure in figures)
    pages = "".join(f"{figure * 1000:>12.0f}" for figure in (one.quiet, one.meanwhile))
    memory = "".join(f"{size / _MIB:>12.0f}" for size in (one.growth, one.apart))
    return f"{f'{name}, {one.rows:,} rows':38}{seconds}{memory}{pages}"


def _figures_line(name: str, costs: Mapping[str, Cost], few: Mapping[str, Cost]) -> str:
    cells = ""
    for figure in ("database", "seconds"):
        kept, counted = getattr(costs[KEPT], figure), getattr(costs[COUNTED], figure)
        cells += f"{kept * 1000:>10.1f}{counted * 1000:>10.1f}{counted / kept:>9.1f}×"
    one, ten = few[FEW].seconds, few[WHOLE].seconds
    return f"{name:38}{cells}{one * 1000:>10.1f}{ten * 1000:>10.1f}{ten / one:>8.2f}"


def _tenfold_line(name: str, small: Cost, large: Cost) -> str:
    cells = ""
    for figure in ("seconds", "database"):
        one, ten = getattr(small, figure), getattr(large, figure)
        cells += f"{one * 1000:>9.1f}{ten * 1000:>9.1f}{ten / one:>10.2f}"
    return f"{name:38}{cells}"


def _times(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.2f}" if value >= 0.1 else f"1/{1 / value:.0f}"


def goals(results: Results) -> Iterator[str]:
    """Yield each goal of the office: met or not met, and the worst figure with its row."""
    lists = {page.name: costs for page, costs in results.pages.items() if page.kind == LIST}
    forms = {page.name: costs for page, costs in results.pages.items() if page.slow_stock}
    yield _goal(
        "database commands of a list page at most 4",
        _MOST_COMMANDS,
        {name: float(costs[OURS].commands) for name, costs in lists.items()},
        "{:.0f}",
    )
    yield _goal(
        "database time of a list page at most 2 × floor",
        _DATABASE,
        {name: ratio(costs, FLOOR, "database") for name, costs in lists.items()},
    )
    yield _goal(
        "list page at most 3 × floor", _PAGE, {name: ratio(costs, FLOOR) for name, costs in lists.items()}
    )
    yield _goal(
        "list page at most 1/3 of stock",
        _OF_STOCK,
        {name: ratio(costs, STOCK) for name, costs in lists.items()},
    )
    yield _goal(
        "database time of an assessment at most 1.5 × the bare pipelines",
        _ASSESSMENT,
        {
            page.name: ratio(costs, FLOOR, "database")
            for page, costs in results.pages.items()
            if page.kind == ASSESSMENT
        },
    )
    yield _goal(
        "suggestions while typing within 50 ms",
        0.05,
        {page.name: costs[OURS].seconds for page, costs in results.pages.items() if page.kind == SUGGESTED},
        "{:.3f} s",
    )
    yield from _goals_of_pages(results)
    yield _goal(
        "entry form at most 1/100 of stock",
        _FORM,
        {name: ratio(costs, STOCK) for name, costs in forms.items()},
    )
    yield _goal(
        "export at most 1.15 × floor",
        _EXPORT,
        {name: ratio(costs, FLOOR) for name, costs in results.exports.items()},
    )
    yield _goal(
        "export at most 1/5 of stock",
        _EXPORT_OF_STOCK,
        {name: ratio(costs, STOCK) for name, costs in results.exports.items()},
    )
    yield _goal(
        "first bytes of an export within a second",
        1.0,
        {name: costs[OURS].first for name, costs in results.exports.items()},
        "{:.2f} s",
    )
    yield _goal(
        "export grows memory by at most 64 MiB",
        _MOST_GROWTH / _MIB,
        {name: costs[OURS].growth / _MIB for name, costs in results.exports.items()},
        "{:.0f} MiB",
    )
    every = results.imports.items()
    yield _goal(
        "import at most 1.3 × reading and a bulk write with the same indexes",
        1.3,
        {name: one.of_indexed for name, one in every},
    )
    yield _goal(
        "import at most 12 × reading and a bulk write without indexes",
        12,
        {name: one.of_plain for name, one in every},
    )
    promised = ", ".join(f"{name} {one.of_sealed:.2f}" for name, one in every)
    if promised:
        yield f"{'':13}of reading and writing in transactions with search words and trail: {promised}"
    yield _goal(
        "a trial at most half of its import", 0.5, {name: one.trial / one.write for name, one in every}
    )
    yield _goal(
        "import grows memory by at most 64 MiB",
        _MOST_GROWTH / _MIB,
        {name: one.growth / _MIB for name, one in every},
        "{:.0f} MiB",
    )
    yield _goal(
        "other pages take at most 1.5 × while an import runs",
        1.5,
        {name: one.meanwhile / one.quiet for name, one in every},
    )
    words = {
        page.name: costs[OURS].database * 1000
        for page, costs in results.pages.items()
        if page.name == EVERY_NAME
    }
    yield _goal("a word in every name: at most 30 ms of the database", 30, words, "{:.0f} ms")
    faster = {name: costs[KEPT].seconds / costs[COUNTED].seconds for name, costs in results.figures.items()}
    yield _goal("kept figures at least 20 × faster than the pipelines", _KEPT, faster)
    grown = {name: costs[WHOLE].seconds / costs[FEW].seconds for name, costs in results.few.items()}
    yield _goal("ten times the entries cost kept figures at most 1.2 ×", _GROWN, grown)
    if results.tenfold:
        times = {name: large.seconds / small.seconds for name, (small, large) in results.tenfold.items()}
        yield _goal("ten times the data costs a list page at most 1.3 ×", _TENFOLD, times)
    own = {row.name: row for row in results.own}
    yield _goal(
        "ten own fields: pages and saves at most 1.15 ×, exports per cell",
        _OWN,
        {name: row.ratio for name, row in own.items() if row.is_ours},
    )
    yield _goal(
        "ten own fields cost no command",
        0,
        {name: float(row.more_commands) for name, row in own.items() if row.is_ours},
        "{:.0f}",
    )
    yield _goal(
        "lists by own fields scan no collection",
        0,
        {name: float("COLLSCAN" in " ".join(row.plans)) for name, row in own.items() if row.plans},
        "{:.0f}",
    )


def _goals_of_pages(results: Results) -> Iterator[str]:
    """Yield the goals of forms, saves, pictures and boards, and of eight clients at once."""

    def of(*kinds: str) -> dict[str, Mapping[str, Cost]]:
        return {page.name: costs for page, costs in results.pages.items() if page.kind in kinds}

    for text, kind in (
        ("company and entry form at most 3 × floor", FORM),
        ("a save at most 3 × floor", SAVE),
    ):
        yield _goal(text, _PAGE, {name: ratio(costs, FLOOR) for name, costs in of(kind).items()})
    yield _goal(
        "city overview, a county's and boards within 100 ms",
        0.1,
        {name: costs[OURS].seconds for name, costs in of(OVERVIEW, BOARD).items()},
        "{:.3f} s",
    )
    crowd = results.crowd
    slower = {"8 clients at once": crowd[FLOOR].rate / crowd[OURS].rate} if FLOOR in crowd else {}
    yield _goal("8 clients at once are answered at least half as often as by the floor", 2.0, slower)


def _goal(text: str, most: float, figures: Mapping[str, float | None], form: str = "") -> str:
    known = {name: figure for name, figure in figures.items() if figure is not None}
    if not known:
        return f"{'not measured':13}{text}"
    worst = max(known, key=lambda name: known[name])
    said = form.format(known[worst]) if form else _times(known[worst])
    missed = [
        f"{name} {form.format(figure) if form else _times(figure)}"
        for name, figure in known.items()
        if figure > most
    ]
    verdict = "not met" if missed else "met"
    return f"{verdict:13}{text}: {', '.join(missed) if missed else f'worst {said} ({worst})'}"
