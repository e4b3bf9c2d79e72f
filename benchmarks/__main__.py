"""Build the data set, measure every row in every column, print the table and the goals."""

import argparse
import json
import os
import sys
import time
import traceback
from pathlib import Path

from pymongo import monitoring

from benchmarks import crowd, data, exports, figures, imports, own_fields
from benchmarks.columns import FLOOR, NAMES, OURS, STOCK, make_client
from benchmarks.measuring import COMMANDS, Cost, in_turns, median
from benchmarks.pages import LIST, Page, pages
from benchmarks.table import FEW, WHOLE, Results, goals, table
from documents.server.connection import connect, disconnect
from documents.server.embedded import EmbeddedDatabase

_FOLDER = Path(__file__).resolve().parent.parent / ".data" / "bench"
_STOCK_RUNS = 5  # its pages are slow, and not what is to be told apart finely
_EXPORT_RUNS = {"companies": 5, "entries": 3}  # of ours and the floor; one of stock
_STOCK_SAMPLE = 2000  # rows of an export that stock is let write
_CROWD = 240  # requests
_ROUNDS = 3  # of the two data sets of a tenfold comparison


def main(words: list[str]) -> int:
    """Measure as the arguments say; 1 when a page did not answer as it should."""
    asked = _arguments().parse_args(words)
    monitoring.register(COMMANDS)
    if asked.uri:
        return _run(asked.uri, asked)
    with EmbeddedDatabase(_FOLDER) as uri:
        return _run(uri, asked)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--factor", type=float, default=float(os.environ.get("FACTOR") or 1), help="1: 100,000 companies"
    )
    parser.add_argument("--runs", type=int, default=21, help="runs of each page; the median counts")
    parser.add_argument("--tenfold", action="store_true", help="also compare with ten times the data")
    parser.add_argument(
        "--only",
        choices=[name for name in _PARTS if name != "tenfold"],
        help="measure this part alone",
    )
    parser.add_argument("--uri", default="", help="measure on this MongoDB instead of one of our own")
    parser.add_argument("--json", type=Path, help="also write what each cell answered to this file")
    return parser


def _run(uri: str, asked: argparse.Namespace) -> int:
    """Measure part by part; each is printed when it is done, so that one which fails takes nothing from the others."""
    began, results, failed = time.perf_counter(), Results(), False
    for name, measure in _PARTS.items():
        if asked.only not in (None, name) or (name == "tenfold" and not asked.tenfold):
            continue
        _say(f"Measuring {name}")
        part = Results()
        try:
            if name not in _APART:
                _open(asked.factor, uri)
            measure(part, uri, asked)
        except Exception:  # whatever it was, the other parts are worth having
            traceback.print_exc()
            failed = True
            continue
        finally:
            disconnect()
        print("\n".join(["", *table(part)]), flush=True)
        results.take(part)
    print("\n".join(["", *goals(results)]))
    _say(f"Done in {time.perf_counter() - began:.0f} s")
    return max(_verdict(results.statuses(), asked.json), failed)


def _pages(part: Results, uri: str, asked: argparse.Namespace) -> None:
    measured = list(pages(asked.factor))
    part.pages = _measure_pages(measured, asked.runs, NAMES)
    data.mend_figures(record for page in measured for record in page.records)


def _exports(part: Results, uri: str, asked: argparse.Namespace) -> None:
    part.exports = _measure_exports(asked.factor, uri, asked.runs)


def _imports(part: Results, uri: str, asked: argparse.Namespace) -> None:
    part.imports = {f"import of {kind}": imports.in_child(kind, asked.factor, uri) for kind in imports.SIZES}


def _crowd(part: Results, uri: str, asked: argparse.Namespace) -> None:
    name, requests = data.database_name(asked.factor), min(_CROWD, asked.runs * 30)
    part.crowd = {column: crowd.cost(column, uri, name, requests) for column in NAMES}


def _figures(part: Results, uri: str, asked: argparse.Namespace) -> None:
    part.figures, part.few = _measure_figures(asked.factor, uri, asked.runs)


def _own(part: Results, uri: str, asked: argparse.Namespace) -> None:
    part.own = own_fields.measure(asked.factor, uri, asked.runs, min(3, asked.runs))


def _tenfold(part: Results, uri: str, asked: argparse.Namespace) -> None:
    part.tenfold = _measure_tenfold(asked.factor, uri, asked.runs)


# The imports last: at a factor of 1 they take longer than all the rest.
_PARTS = {
    "pages": _pages, "exports": _exports, "crowd": _crowd, "figures": _figures, "own": _own, "tenfold": _tenfold,
    "imports": _imports,
}  # fmt: skip
_APART = ("imports", "own")  # which have databases of their own


def _verdict(statuses: dict[str, int], file: Path | None) -> int:
    if file:
        file.write_text(json.dumps(statuses, ensure_ascii=False, indent=1))
    wrong = {cell: status for cell, status in statuses.items() if status != 200}
    for cell, status in wrong.items():
        _say(f"{cell}: answered {status}")
    return 1 if wrong else 0


def _open(factor: float, uri: str, *, few_entries: bool = False) -> None:
    connect(uri, data.database_name(factor, few_entries=few_entries))
    began = time.perf_counter()
    if data.ensure(factor, uri, few_entries=few_entries):
        _say(f"Built the data set of factor {factor:g} in {time.perf_counter() - began:.0f} s")


def _measure_pages(wanted: list[Page], runs: int, columns: tuple[str, ...]) -> dict[Page, dict[str, Cost]]:
    clients = {name: make_client(name) for name in columns}
    found = {}
    for page in wanted:
        of_stock = 1 if page.slow_stock else min(runs, _STOCK_RUNS)
        many = {name: of_stock if name == STOCK else runs for name in columns}
        found[page] = in_turns(page.calls(clients), many)
    return found


def _measure_exports(factor: float, uri: str, runs: int) -> dict[str, dict[str, Cost]]:
    found = {}
    for kind, most in _EXPORT_RUNS.items():
        taken: dict[str, list[Cost]] = {name: [] for name in NAMES}
        for turn in range(min(most, runs)):
            for name in (OURS, FLOOR) if turn else NAMES:
                cost = exports.in_child(name, kind, uri, data.database_name(factor), _STOCK_SAMPLE)
                taken[name].append(cost)
        found[f"export all {kind}"] = {name: median(costs) for name, costs in taken.items()}
    return found


def _measure_figures(
    factor: float, uri: str, runs: int
) -> tuple[dict[str, dict[str, Cost]], dict[str, dict[str, Cost]]]:
    """Return what kept figures and pipelines cost, and what the kept ones cost with a tenth of the entries."""
    whole = figures.measure(max(1, runs // 3))
    taken: dict[tuple[str, bool], list[Cost]] = {}
    for _ in range(min(_ROUNDS, runs)):
        for few in (True, False):
            disconnect()
            _open(factor, uri, few_entries=few)
            for name, costs in figures.measure(runs, counted=False).items():
                taken.setdefault((name, few), []).append(costs[figures.KEPT])
    return whole, {
        name: {FEW: median(taken[name, True]), WHOLE: median(taken[name, False])} for name in whole
    }


def _measure_tenfold(factor: float, uri: str, runs: int) -> dict[str, tuple[Cost, Cost]]:
    """Return what each list page of ours costs with this data set and with one ten times as large."""
    taken: dict[tuple[str, float], list[Cost]] = {}
    both = (factor, factor * 10)
    for _ in range(_ROUNDS):
        for size in both:
            disconnect()
            _open(size, uri)
            wanted = [page for page in pages(size, like=factor) if page.kind == LIST]
            for page, costs in _measure_pages(wanted, runs, (OURS,)).items():
                taken.setdefault((page.name, size), []).append(costs[OURS])
    names = dict.fromkeys(name for name, _ in taken)
    return {name: (median(taken[name, both[0]]), median(taken[name, both[1]])) for name in names}


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
