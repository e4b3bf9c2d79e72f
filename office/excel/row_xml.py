"""One row of a sheet as XML, as fast as its columns allow: the hot path of every export.

The columns are compiled once into one function, as `office.excel.rows` does: a row whose cells are typed as
declared is written by a few statements, one that holds anything unforeseen cell by cell.
"""

import datetime as dt
import math
import re
from collections.abc import Callable, Sequence
from typing import Any
from xml.sax.saxutils import escape

from office.excel import workbook_parts as parts
from office.excel.rows import Row, safe_text
from office.excel.workbook_look import Look
from schema.field import Kind

LINE_HEIGHT, MOST_LINES = 15, 4  # of a row whose texts are wrapped, in points

_ESCAPED = re.compile("[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
_LOOKS_ESCAPED = re.compile("_(x[0-9A-Fa-f]{4}_)")
_WRAPPED = frozenset(
    {
        Kind.TEXT,
        Kind.LONG_TEXT,
        Kind.REFERENCE,
        Kind.REFERENCES,
        Kind.NAMES,
        Kind.TEXTS,
        Kind.COOPERATIONS,
        Kind.CHOICES,
        Kind.ROWS,
        Kind.FILES,
    }
)
_EPOCH_DAY = dt.date(1899, 12, 30).toordinal()


def letters(place: int) -> str:
    """Return the letters of a column, from 0: 0 is A, 26 is AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def xml_text(text: str) -> str:
    """Return a text as it stands in a cell; what Excel would take for one of its own escapes is escaped."""
    text = safe_text(text)
    return escape(_LOOKS_ESCAPED.sub(r"_x005F_\1", text)) if _ESCAPED.search(text) else text


def text_cell(place: str, style: int, text: str) -> str:
    """Return one cell of text; a blank one has its format alone."""
    if not text:
        return f'<c r="{place}" s="{style}"/>'
    return f'<c r="{place}" s="{style}" t="str"><v>{xml_text(text)}</v></c>'


def cell_xml(place: str, style: int, value: Any) -> str:
    """Return one cell of whatever kind, '' for a blank one."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return f'<c r="{place}" s="{style}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (int, float)):
        return f'<c r="{place}" s="{style}"><v>{value!r}</v></c>' if math.isfinite(value) else ""
    if isinstance(value, dt.datetime):
        value = value.replace(tzinfo=None)
        days = (
            value.toordinal()
            - _EPOCH_DAY
            + (value - value.replace(hour=0, minute=0, second=0, microsecond=0)) / dt.timedelta(1)
        )
        return f'<c r="{place}" s="{style}"><v>{int(days) if days == int(days) else repr(days)}</v></c>'
    if isinstance(value, dt.date):
        return f'<c r="{place}" s="{style}"><v>{value.toordinal() - _EPOCH_DAY}</v></c>'
    return text_cell(place, style, str(value))


def is_wrapped(kind: Kind) -> bool:
    """Tell whether the texts of such a column go over several lines."""
    return kind in _WRAPPED


def row_writer(look: Look, *, marked: bool, linked: bool) -> Callable[[int, Row], str]:
    """Return a function from a row's number in the sheet and its values to its XML."""
    kinds = [Kind.INTEGER, *(column.kind for column in look.columns)]
    styles = [parts.LINK if linked else parts.PLAIN]
    styles += [parts.format_of(kind, wrapped=is_wrapped(kind)) for kind in kinds[1:]]
    if marked:
        kinds.append(Kind.CODE)
        styles.append(parts.PLAIN)
    names = [letters(place) for place in range(len(kinds))]
    # What a line of the column holds: a Chinese character is as wide as two figures.
    widths = [
        (place, int(look.widths[place]) // 2)
        for place in range(1, len(look.widths))
        if is_wrapped(kinds[place])
    ]
    tools: dict[str, Any] = {
        "careful": _careful_writer(names, styles, widths), "cell": cell_xml, "escaped": xml_text,
        "search": _ESCAPED.search, "height": row_height, "widths": widths,
    }  # fmt: skip
    exec(_source(names, styles, kinds, widths), tools)  # noqa: S102 - places, letters and numbers alone stand in it
    write: Callable[[int, Row], str] = tools["write"]
    return write


def _source(
    names: Sequence[str], styles: Sequence[int], kinds: Sequence[Kind], widths: Sequence[tuple[int, int]]
) -> str:
    """Return the function as text. All texts are looked at at once, and one by one only if need be."""
    places = range(len(names))
    values = ", ".join(f"v{place}" for place in places)
    texts = [place for place in places if kinds[place] not in _TYPED]
    together = "".join(f"{{v{place}}}" for place in texts)
    long = " or ".join(f"(v{place} is not None and len(v{place}) > {width})" for place, width in widths)
    lines = [
        "def write(n, row):",
        "    try:",
        f"        {values}, = row.values()",
        f"        together = f'{together}'",
        "        plain = together.isprintable()",
        f"        h = height(({values},), widths) if {long or False} or not plain else ''",
        # Of signs that can be printed only these are escaped, and looking for them is cheaper than the pattern.
        "        if (not plain or '&' in together or '<' in together or '>' in together or '_x' in together) "
        "and search(together):",
        *(f"            v{place} = v{place} and escaped(v{place})" for place in texts),
        "            pass",
        *(
            f"        c{place} = {_quick_cell(f'v{place}', names[place], styles[place], kinds[place])}"
            for place in places
        ),
        f"        return f'<row r=\"{{n}}\"{{h}}>{''.join(f'{{c{place}}}' for place in places)}</row>'",
        "    except (TypeError, AttributeError, ValueError):",
        "        return careful(n, row)",
    ]
    return "\n".join(lines)


_NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL})
_TYPED = _NUMBERS | {Kind.DATE, Kind.MOMENT}


def _quick_cell(value: str, name: str, style: int, kind: Kind) -> str:
    """Return the expression of one cell; a value of another type than the column's raises, or is written as it is."""
    start = f'<c r="{name}{{n}}" s="{style}"'
    if kind in _NUMBERS:  # neither nan nor inf less itself is 0
        return f"'' if {value} is None or {value} - {value} else f'{start}><v>{{{value}:.16g}}</v></c>'"
    if kind is Kind.DATE:
        return f"'' if {value} is None else f'{start}><v>{{{value}.toordinal() - {_EPOCH_DAY}}}</v></c>'"
    if kind is Kind.MOMENT:
        return f"cell(f'{name}{{n}}', {style}, {value})"
    return f"f'{start} t=\"str\"><v>{{{value}}}</v></c>' if {value} else ''"


def _careful_writer(
    names: Sequence[str], styles: Sequence[int], widths: Sequence[tuple[int, int]]
) -> Callable[[int, Row], str]:
    def write(line: int, row: Row) -> str:
        values = list(row.values())
        cells = [
            cell_xml(f"{name}{line}", style, value)
            for name, style, value in zip(names, styles, values, strict=True)
        ]
        return f'<row r="{line}"{row_height(values, widths)}>{"".join(cells)}</row>'

    return write


def row_height(values: Sequence[Any], widths: Sequence[tuple[int, int]]) -> str:
    """Return the height of a row that needs more lines than one; no more than a few, however long a note is."""
    most = 1
    for place, width in widths:
        text = values[place]
        if type(text) is str and (len(text) > width or "\n" in text):
            most = max(most, lines_of(text, width * 2))
    return f' ht="{min(most, MOST_LINES) * LINE_HEIGHT}" customHeight="1"' if most > 1 else ""


def lines_of(text: str, width: int) -> int:
    """Return how many lines a text takes in a column of so many characters; a Chinese one counts two."""
    return sum(
        max(1, -(-(len(part) + sum(map("⺀".__lt__, part))) // max(width - 1, 1)))
        for part in text.split("\n")
    )
