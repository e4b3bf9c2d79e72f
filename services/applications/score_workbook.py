"""The scores of a round as a workbook, and back: what was filled in there comes into the grid, where it is saved."""

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from office.excel.cell_texts import as_text
from office.excel.tables_writer import Table
from office.excel.workbook_reader import Limits, UndeclaredSheet, look_into
from rules.errors import Refused
from rules.scoring import ScoreSheet, total
from rules.words import N_
from services.applications.score_grid import UNSEEN, GridBase

_BASE, _COUNTY, _EXPERT, _ORGANIZATION, _TOTAL, _OPINION = (
    "基地名称", "所属县（市、区）", "专家姓名", "专家单位", "合计", "评审意见",
)  # fmt: skip
_MARK = "评分标识"  # of the hidden column: what stood in the row when the workbook went out
_MOST_BYTES = 10 << 20
_MOST_ROWS = 5000
_OTHER = N_("This is not a workbook of this round's scores: it lacks the column “%(name)s”.")


@dataclass(frozen=True)
class FilledRow:
    """One row that was filled in: the cells as text, by the key of a dimension, and the opinion.

    `mark` is of what stood there when the workbook went out, `UNSEEN` where it does not say so.
    """

    base: str
    expert: str
    points: Mapping[str, str]
    opinion: str
    mark: str = UNSEEN


def score_table(
    round_name: str, bases: Iterable[GridBase], sheet: ScoreSheet, county_names: Mapping[str, str]
) -> Table:
    """Return the table of a round's scores, a row for each base and expert; blank where nothing is given yet."""
    heads = (
        (_BASE, 36.0), (_COUNTY, 18.0), (_EXPERT, 14.0), (_ORGANIZATION, 26.0),
        *((f"{line.label}（{line.weight}%）", 16.0) for line in sheet.dimensions), (_TOTAL, 10.0), (_OPINION, 60.0),
    )  # fmt: skip
    rows = []
    for base in bases:
        raw = base.application
        for row in base.rows:
            scores = row.expert.scores or {}
            points = [scores.get(line.key) for line in sheet.dimensions]
            whole = {
                line.key: value
                for line, value in zip(sheet.dimensions, points, strict=True)
                if value is not None
            }
            summed = float(round(total(whole, sheet), 2)) if len(whole) == len(points) else None
            rows.append((
                raw["base_name"], county_names.get(raw["county"], raw["county"]), row.expert.name,
                row.expert.organization, *points, summed, row.expert.opinion, row.mark,
            ))  # fmt: skip
    return Table("评分表", f"{round_name}专家评分表", heads, rows, frozen=3, hidden=_MARK)


def read_scores(stream: IO[bytes], name: str, sheet: ScoreSheet) -> list[FilledRow]:
    """Read a workbook that was filled in. Raises Refused (another workbook), Unreadable, Busy."""
    with tempfile.TemporaryDirectory(prefix="scores-") as folder:
        path = Path(folder) / "scores"
        with path.open("wb") as target:
            target.write(stream.read(_MOST_BYTES + 1))
        found = look_into(path, name=name, limits=Limits(file_bytes=_MOST_BYTES), most_rows=_MOST_ROWS)
    places = _places(found, sheet)
    marked = next((place for place, heading in enumerate(found.headings) if _plain(heading) == _MARK), None)
    return [
        FilledRow(
            _cell(row, places[_BASE]), _cell(row, places[_EXPERT]),
            {line.key: _cell(row, places[line.key]) for line in sheet.dimensions}, _cell(row, places[_OPINION]),
            UNSEEN if marked is None else _cell(row, marked),
        )
        for row in found.rows
    ]  # fmt: skip


def _places(found: UndeclaredSheet, sheet: ScoreSheet) -> dict[str, int]:
    """Return where each column stands. Raises Refused for one that is not there."""
    headings = {_plain(heading): place for place, heading in reversed(list(enumerate(found.headings)))}
    wanted: dict[str, tuple[str, ...]] = {name: (name,) for name in (_BASE, _EXPERT, _OPINION)}
    wanted |= {line.key: (f"{line.label}（{line.weight}%）", line.label) for line in sheet.dimensions}
    places = {}
    for key, spellings in wanted.items():
        place = next((headings[_plain(text)] for text in spellings if _plain(text) in headings), None)
        if place is None:
            raise Refused(_OTHER, name=spellings[0])
        places[key] = place
    return places


def _plain(heading: str) -> str:
    return "".join(heading.split())


def _cell(row: tuple[object, ...], place: int) -> str:
    value = row[place] if place < len(row) else ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return as_text(value).strip()
