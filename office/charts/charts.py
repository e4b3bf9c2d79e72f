"""The kinds of charts, each a pure function from a grid to a drawing."""

import math
from collections.abc import Mapping, Sequence

from office.charts.drawing import Box, Drawing, Line, Word
from office.charts.grid import Grid, label_width, level, shortened, text_width

_ROW, _GAP = 24.0, 2.0  # the height of a row of marks, and what lies between two
_STEPS = 5  # of a heat map
_BASELINE = 16.0  # of a label within its row
_MOST_LABEL = 150.0
_SIGN = 7.0  # how wide a figure is


def _said(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _row_label(grid: Grid, row: int, y: float, width: float) -> Word:
    label = grid.rows[row]
    short = shortened(label, width - 8)
    url = grid.row_urls[row] if grid.row_urls else ""
    return Word(width - 8, y + _BASELINE, short, "end", url=url, full=label if short != label else "")


def heat(grid: Grid, *, cell: float = 30.0, total: str = "", plain: int = 0) -> Drawing:
    """Return a heat map: a box a number, darker the larger it is; with `total` the sum of each row at its end.

    The last rows, `plain` in number, are sums: they stand without a colour, and decide on none.
    """
    left, top = label_width(grid.rows, _MOST_LABEL), 20.0
    coloured = len(grid.rows) - plain
    # Where every number is small, one is no more than one step.
    most = max([*(one.value or 0 for cells in grid.cells[:coloured] for one in cells), _STEPS])
    cell = max([cell, *(len(one.text) * _SIGN + 6 for cells in grid.cells for one in cells if one.value)])
    words = [
        Word(left + column * cell + cell / 2, 14, label, "middle", "soft")
        for column, label in enumerate(grid.columns)
    ]
    boxes = []
    for row, cells in enumerate(grid.cells):
        y = top + row * _ROW
        words.append(_row_label(grid, row, y, left))
        for column, one in enumerate(cells):
            tone = f"h{level(one.value or 0, most)}" if row < coloured else "total"
            boxes.append(
                Box(
                    left + column * cell, y, cell - _GAP, _ROW - _GAP, tone,
                    _said(grid.rows[row], grid.columns[column], one.text), one.text if one.value else "", one.url,
                )
            )  # fmt: skip
    right = left + len(grid.columns) * cell
    if total:
        sums = [f"{grid.row_sum(row):,.0f}" for row in range(len(grid.rows))]
        right += max(text_width(total), *(len(text) * _SIGN for text in sums), 24) + 8
        words.append(Word(right, 14, total, "end", "soft"))
        words += [
            Word(right, top + row * _ROW + _BASELINE, text, "end", "sum") for row, text in enumerate(sums)
        ]
    return Drawing(right, top + len(grid.rows) * _ROW, tuple(boxes), tuple(words))


def columns(grid: Grid, tones: Sequence[str], *, high: float = 120.0, step: float = 30.0) -> Drawing:
    """Return stacked columns: the grid's rows are the series, from the ground up, its columns stand side by side.

    A column bears its sum on top; a column of one series its number alone. None is narrower than its number.
    """
    sums = [grid.column_sum(column) for column in range(len(grid.columns))]
    is_single = len(grid.rows) == 1
    tops = [grid.cells[0][column].text if is_single else f"{value:,.0f}" for column, value in enumerate(sums)]
    most, top = max([*sums, 1]), 18.0
    step = max([step, *(len(text) * _SIGN + 4 for text in tops)])
    boxes, words = [], []
    for column, label in enumerate(grid.columns):
        x, y = column * step, top + high
        for row, series in enumerate(grid.rows):
            one = grid.cells[row][column]
            part = round((one.value or 0) / most * high, 1)
            if part <= 0:
                continue
            y = round(y - part, 1)
            fits = part >= 13 and len(one.text) * _SIGN <= step - 4
            shown = one.text if fits and not is_single else ""
            boxes.append(
                Box(
                    x + 2,
                    y,
                    step - 4,
                    part,
                    tones[row % len(tones)],
                    _said(label, series, one.text),
                    shown,
                    one.url,
                )
            )
        words.append(Word(x + step / 2, top + high + 15, label, "middle", "soft"))
        words.append(Word(x + step / 2, y - 4, tops[column], "middle", "sum"))
    ground = Line(((0, top + high), (len(grid.columns) * step, top + high)), "ground")
    return Drawing(len(grid.columns) * step, top + high + 20, tuple(boxes), tuple(words), (ground,))


def bars(grid: Grid, tones: Sequence[str], *, long: float = 250.0, shares: bool = False) -> Drawing:
    """Return stacked bars: the grid's rows lie below each other, its columns are the series from the left.

    With `shares` every bar is as long as the others.
    """
    left = label_width(grid.rows, _MOST_LABEL)
    sums = [grid.row_sum(row) for row in range(len(grid.rows))]
    most = max([*sums, 1])
    boxes, words = [], []
    for row in range(len(grid.rows)):
        x, y = left, row * (_ROW + 4)
        words.append(_row_label(grid, row, y, left))
        for column, one in enumerate(grid.cells[row]):
            whole = (sums[row] or 1) if shares else most
            part = round((one.value or 0) / whole * long, 1)
            if part <= 0:
                continue
            shown = one.text if len(grid.columns) > 1 and len(one.text) * _SIGN + 6 <= part else ""
            said = _said(grid.rows[row], grid.columns[column], one.text)
            boxes.append(
                Box(
                    round(x, 1),
                    y,
                    max(part - 1, 1),
                    _ROW - _GAP,
                    tones[column % len(tones)],
                    said,
                    shown,
                    one.url,
                )
            )
            x += part
        words.append(Word(round(x, 1) + 6, y + _BASELINE, f"{sums[row]:,.0f}", "start", "sum"))
    room = max((len(f"{value:,.0f}") * _SIGN for value in sums), default=0) + 8
    height = len(grid.rows) * (_ROW + 4) or _ROW
    return Drawing(left + long + room, height, tuple(boxes), tuple(words))


def funnel(grid: Grid, *, long: float = 250.0) -> Drawing:
    """Return a funnel of the first column: a bar in the middle for each row, and what share of the first it is."""
    left = label_width(grid.rows, _MOST_LABEL)
    first = max(grid.value(0, 0) if grid.rows else 0, 1)
    boxes, words = [], []
    for row, cells in enumerate(grid.cells):
        y, one = row * (_ROW + 4), cells[0]
        part = round((one.value or 0) / first * long, 1)
        words.append(_row_label(grid, row, y, left))
        shown = one.text if len(one.text) * _SIGN + 6 <= part else ""
        if part > 0:
            x = round(left + (long - part) / 2, 1)
            boxes.append(
                Box(
                    x,
                    y,
                    part,
                    _ROW - _GAP,
                    "c1",
                    _said(grid.rows[row], one.text),
                    shown,
                    one.url,
                )
            )
        percent = f"{(one.value or 0) / first * 100:.0f}%"
        words.append(
            Word(
                left + long + 8,
                y + _BASELINE,
                percent if shown else f"{one.text} · {percent}",
                "start",
                "sum",
            )
        )
    return Drawing(left + long + 70, len(grid.rows) * (_ROW + 4), tuple(boxes), tuple(words))


def targets(grid: Grid, tones: Sequence[str], *, long: float = 200.0) -> Drawing:
    """Return bars up to twice what is asked, which a line in their middle marks; the grid's numbers are percentages."""
    left = label_width(grid.rows, _MOST_LABEL)
    boxes, words = [], []
    for row, cells in enumerate(grid.cells):
        y, one = row * (_ROW + 4), cells[0]
        words.append(_row_label(grid, row, y, left))
        part = round(min(one.value or 0, 200) / 200 * long, 1)
        if part > 0:
            boxes.append(
                Box(left, y, part, _ROW - _GAP, tones[row], _said(grid.rows[row], one.text), "", one.url)
            )
        words.append(Word(left + long + 8, y + _BASELINE, one.text, "start", "sum"))
    height = len(grid.rows) * (_ROW + 4)
    mark = Line(((left + long / 2, 0), (left + long / 2, height)), "mark")
    room = max((text_width(cells[0].text) for cells in grid.cells), default=0) + 12
    return Drawing(left + long + room, height, tuple(boxes), tuple(words), over=(mark,))


def sparklines(
    grid: Grid, *, long: float = 120.0, urls: Sequence[str] = (), across: int = 1
) -> tuple[Drawing, ...]:
    """Return a small line for each row through its numbers, from 0 to the row's own largest, and what it adds up to.

    `urls` are where the sums lead. The rows are divided into `across` drawings.
    """
    rows = range(len(grid.rows))
    size = max(1, math.ceil(len(grid.rows) / across))
    left = label_width(grid.rows, _MOST_LABEL)
    return tuple(_sparklines(grid, rows[start : start + size], left, long, urls) for start in rows[::size])


def _sparklines(grid: Grid, rows: Sequence[int], left: float, long: float, urls: Sequence[str]) -> Drawing:
    high = _ROW - 6
    boxes, words, lines = [], [], []
    for place, row in enumerate(rows):
        y, cells = place * _ROW, grid.cells[row]
        most = max([*(cell.value or 0 for cell in cells), 1])
        words.append(_row_label(grid, row, y, left))
        step = long / max(len(cells) - 1, 1)
        points = [
            (round(left + number * step, 1), round(y + 3 + high - (cell.value or 0) / most * high, 1))
            for number, cell in enumerate(cells)
        ]
        total = f"{grid.row_sum(row):,.0f}"
        lines.append(Line(((left, y + 3 + high), (left + long, y + 3 + high)), "ground"))
        lines.append(Line(tuple(points), "spark"))
        url = urls[row] if row < len(urls) else ""
        boxes.append(
            Box(left + long + 4, y + 1, 48, _ROW - _GAP, "plain", _said(grid.rows[row], total), total, url)
        )
    return Drawing(left + long + 54, len(rows) * _ROW, tuple(boxes), tuple(words), tuple(lines))


# Where the units lie on the map: column and row of its tiles, the north on top.
_PLACES: Mapping[str, tuple[int, int]] = {
    "371581": (1, 0), "371526": (3, 0),
    "371525": (0, 1), "371502": (1, 1), "kfq": (2, 1), "371503": (3, 1),
    "djq": (1, 2), "gxq": (2, 2), "371524": (3, 2),
    "371522": (0, 3), "371521": (1, 3),
}  # fmt: skip
_TILE = (102.0, 56.0)


def tile_places(codes: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return the tile of each unit: where it lies, else, for one that the map does not know, below in order."""
    unknown = [code for code in codes if code not in _PLACES]
    known = {code: _PLACES[code] for code in codes if code in _PLACES}
    return known | {code: (place % 4, 4 + place // 4) for place, code in enumerate(unknown)}


def tiles(grid: Grid, codes: Sequence[str], *, shown: int = 0) -> Drawing:
    """Return the tile map: the grid's rows are the units of `codes`, darker the larger the number of column `shown`."""
    places, (wide, high) = tile_places(codes), _TILE
    most = max([*(grid.value(row, shown) for row in range(len(grid.rows))), 0])
    boxes = []
    for row, code in enumerate(codes):
        column, line = places[code]
        one = grid.cells[row][shown]
        numbers = " / ".join(cell.text for cell in grid.cells[row])
        # The number that the tile leads to is said last.
        others = [place for place in range(len(grid.columns)) if place != shown]
        said = _said(
            grid.rows[row],
            *(f"{grid.columns[place]} {grid.cells[row][place].text}" for place in (*others, shown)),
        )
        boxes.append(
            Box(
                column * wide, line * high, wide - 4, high - 4, f"h{level(one.value or 0, most)}", said,
                shortened(grid.rows[row], wide - 12), one.url, numbers,
            )
        )  # fmt: skip
    lines = max((line for _, line in places.values()), default=0) + 1
    return Drawing(4 * wide, lines * high, tuple(boxes))
