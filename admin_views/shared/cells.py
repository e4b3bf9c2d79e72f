"""How a stored value is shown: one function a column, made once a page."""

from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cache
from typing import Any

from flask_babel import get_locale
from markupsafe import Markup

from admin_views.shared.request_context import in_chinese, shown_moment
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import Text, badge, figure
from documents.records.office_state import OfficeState
from office.excel.cells import show
from rules.choices import Choice, Choices
from rules.personal_numbers import masked, masked_file
from rules.words import N_
from schema.field import Field, Kind

Raw = Mapping[str, Any]
Shown = Callable[[Raw], Text | None]

_ALIGN = {
    Kind.INTEGER: "num", Kind.DECIMAL: "num", Kind.DATE: "day", Kind.MOMENT: "day", Kind.CODE: "code",
    Kind.STATUS: "state",
}  # fmt: skip
_MOST_NAMES = 3


def align(column: Field) -> str:
    """Return the class of a column's cells."""
    return _ALIGN.get(column.kind, "")


def shower(column: Field, state: OfficeState, collection: str, *, full: bool = False) -> Shown:
    """Return the function that shows `column` of a stored record of `collection`; `full` writes counties out."""
    key = column.source
    words = _words(column, state, collection, full=full)
    if words is not None:
        return _looked_up(key, words)
    if column.masked and column.kind is not Kind.FILES:
        return lambda raw: masked(str(raw.get(key) or ""))
    made = _MAKERS.get(column.kind)
    return made(key, column) if made else lambda raw: raw.get(key)


def _words(column: Field, state: OfficeState, collection: str, *, full: bool) -> Mapping[Any, Text] | None:
    """Return the words of a column that holds codes; None for any other."""
    if column.kind is Kind.STATUS:
        return {
            code: badge(one.label, one.colour) for code, one in state.statuses.get(collection, {}).items()
        }
    if column.kind is Kind.COUNTY:
        return {code: name if full else short for code, name, short in state.counties}
    if column.kind is Kind.CHOICE:
        return words_of(column.choices) if column.choices else {}
    if column.kind is Kind.YES_NO:
        return {True: gettext(N_("Yes")), False: gettext(N_("No"))}
    return None


def words_of(choices: Choices) -> Mapping[str, str]:
    """Return the words of a closed list in the clerk's language, by code."""
    if not isinstance(choices, type):  # the office may change it
        return {word.value: gettext(word.label) for word in choices}
    return _words_in(choices, str(get_locale()))


@cache
def _words_in(choices: type[Choice], locale: str) -> Mapping[str, str]:
    # A list and its filters say some fifty of them on each page, and they are always the same.
    return {word.value: gettext(word.label) for word in choices}


def _choices(key: str, column: Field) -> Shown:
    words = words_of(column.choices) if column.choices else {}
    return lambda raw: "、".join(words.get(code, code) for code in raw.get(key) or ())


def _day(key: str, column: Field) -> Shown:
    return lambda raw: raw[key].strftime("%Y-%m-%d") if raw.get(key) else None


_MAKERS: Mapping[Kind, Callable[[str, Field], Shown]] = {
    Kind.CHOICES: _choices,
    Kind.INTEGER: lambda key, column: lambda raw: figure(raw.get(key)),
    Kind.DECIMAL: lambda key, column: lambda raw: figure(raw.get(key), 4),
    Kind.DATE: _day,
    Kind.MOMENT: lambda key, column: lambda raw: shown_moment(raw.get(key)),
    Kind.COOPERATIONS: lambda key, column: (
        lambda raw: _names([one.get("base_name") for one in raw.get(key) or ()])
    ),
    Kind.REFERENCES: lambda key, column: lambda raw: _names([one for one in raw.get(key) or () if one]),
    Kind.NAMES: lambda key, column: lambda raw: _names([one.get("name") for one in raw.get(key) or ()]),
    Kind.TEXTS: lambda key, column: lambda raw: "、".join(raw.get(key) or ()),
    Kind.FILES: lambda key, column: lambda raw: _names(file_names(column, raw.get(key) or ())),
    Kind.ROWS: lambda key, column: lambda raw: _rows(column, raw.get(key) or ()),
}


def file_names(column: Field, items: Sequence[Raw]) -> list[str]:
    """Return the names of a field's files as they may be shown."""
    shown = masked_file if column.masked else str
    return [shown(item["name"]) for item in items]


def _looked_up(key: str, words: Mapping[Any, Text]) -> Shown:
    return lambda raw: words.get(raw.get(key), raw.get(key))


def _part_shower(part: Field) -> Callable[[Raw], Text | None]:
    words = _words_of_part(part)
    if words is not None:
        return _looked_up(part.key, words)
    made = _MAKERS.get(part.kind)
    return made(part.key, part) if made else lambda row: row.get(part.key)


def _words_of_part(part: Field) -> Mapping[Any, Text] | None:
    if part.kind is Kind.YES_NO:
        return {True: gettext(N_("Yes")), False: gettext(N_("No"))}
    return words_of(part.choices) if part.choices is not None else None


def _rows(column: Field, rows: Sequence[Raw]) -> str:
    """Return the rows of a small table as a list shows them: each by what it has first."""
    shown = [_part_shower(part) for part in column.parts]
    firsts = (next((text for show in shown if (text := show(row)) not in (None, "")), "") for row in rows)
    return _names(list(firsts))


def rows_table(column: Field, rows: Sequence[Raw]) -> Markup:
    """Return the rows of a small table as a table of the record's page; "" for none."""
    if not rows:
        return Markup("")
    heads = Markup("").join(
        Markup('<th scope="col" class="{}">{}{}</th>').format(
            align(part),
            gettext(part.label),
            Markup("<small>{}</small>").format(gettext(part.unit)) if part.unit else "",
        )
        for part in column.parts
    )
    showers = [(align(part), _part_shower(part)) for part in column.parts]
    lines = Markup("").join(
        Markup("<tr>{}</tr>").format(
            Markup("").join(
                Markup('<td class="{}">{}</td>').format(
                    look, "—" if (text := show(row)) in (None, "") else text
                )
                for look, show in showers
            )
        )
        for row in rows
    )
    return Markup(
        '<div class="table-box small"><table class="rows of-field"><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>"
    ).format(heads, lines)


def shown_rows_change(column: Field, old: Any, new: Any) -> tuple[Text, Text]:
    """Return what of a small table was changed, as the trail tells it: the rows that differ, with their numbers."""
    before, after = list(old or ()), list(new or ())
    gone: list[str] = []
    come: list[str] = []
    for tag, first, last, start, end in SequenceMatcher(
        None,
        [str(sorted(row.items())) for row in before],
        [str(sorted(row.items())) for row in after],
        autojunk=False,
    ).get_opcodes():
        if tag != "equal":
            gone += [_row_line(column, number, before[number]) for number in range(first, last)]
            come += [_row_line(column, number, after[number]) for number in range(start, end)]
    return Markup("<br>").join(gone) or "—", Markup("<br>").join(come) or "—"


def _row_line(column: Field, number: int, row: Raw) -> str:
    shown = ((gettext(part.label), _part_shower(part)(row)) for part in column.parts)
    told = "；".join(f"{label}：{text}" for label, text in shown if text not in (None, ""))
    return gettext(N_("Row %(number)d: %(values)s"), number=number + 1, values=told)


def _names(names: list[Any]) -> str:
    shown = "、".join(str(name or "") for name in names[:_MOST_NAMES])
    return (
        shown
        if len(names) <= _MOST_NAMES
        else gettext("%(names)s and %(count)d in all", names=shown, count=len(names))
    )


def shown_change(column: Field | None, value: Any, state: OfficeState, collection: str) -> Text:
    """Return one value of the audit trail as a clerk reads it."""
    if value is None or value == "" or value == []:
        return "—"
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        value = value if column is not None else "、".join(value)
    if column is None:
        return str(value)
    if column.kind is Kind.ROWS:
        return shown_rows_change(column, None, value)[1]
    if column.kind is Kind.FILES:
        return "、".join(file_names(column, value))
    if column.kind in (Kind.COOPERATIONS, Kind.REFERENCES, Kind.NAMES, Kind.TEXTS):
        return show(column, value, zh=in_chinese())
    return shower(column, state, collection)({column.source: value}) or ""
