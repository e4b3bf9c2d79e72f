"""How a stored value is shown: one function a column, made once a page."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext
from markupsafe import Markup

from admin_views.here import shown_moment
from admin_views.pages import Text, badge, figure
from documents.office_state import OfficeState
from office.cells import show
from office.columns import Column, Kind
from rules.words import N_

Raw = Mapping[str, Any]
Shown = Callable[[Raw], Text | None]

_ALIGN = {
    Kind.INTEGER: "num", Kind.DECIMAL: "num", Kind.DATE: "day", Kind.MOMENT: "day", Kind.CODE: "code",
    Kind.STATUS: "state",
}  # fmt: skip
_MOST_NAMES = 3


def align(column: Column) -> str:
    """Return the class of a column's cells."""
    return _ALIGN.get(column.kind, "")


def shower(column: Column, state: OfficeState, collection: str) -> Shown:
    """Return the function that shows `column` of a stored record of `collection`."""
    key = column.source
    if column.kind is Kind.STATUS:
        return _looked_up(key, {code: badge(w.label, w.colour) for code, w in state.statuses.get(collection, {}).items()})
    if column.kind is Kind.COUNTY:
        return _looked_up(key, {code: short for code, _, short in state.counties})
    if column.kind is Kind.CHOICE and column.terms:
        return _looked_up(key, {term.value: gettext(term.label) for term in column.terms})
    if column.kind is Kind.CHOICES and column.terms:
        words = {term.value: gettext(term.label) for term in column.terms}
        return lambda raw: "、".join(words.get(code, code) for code in raw.get(key) or ())
    if column.kind is Kind.YES_NO:
        return _looked_up(key, {True: gettext(N_("Yes")), False: gettext(N_("No"))})
    if column.kind is Kind.INTEGER:
        return lambda raw: figure(raw.get(key))
    if column.kind is Kind.DECIMAL:
        return lambda raw: figure(raw.get(key), 4)
    if column.kind is Kind.DATE:
        return lambda raw: raw[key].strftime("%Y-%m-%d") if raw.get(key) else None
    if column.kind is Kind.MOMENT:
        return lambda raw: shown_moment(raw.get(key))
    if column.kind is Kind.COOPERATIONS:
        return lambda raw: _names([one.get("base_name") for one in raw.get(key) or ()])
    if column.kind is Kind.NAMES:
        return lambda raw: _names([one.get("name") for one in raw.get(key) or ()])
    return lambda raw: raw.get(key)


def _looked_up(key: str, words: Mapping[Any, Text]) -> Shown:
    return lambda raw: words.get(raw.get(key), raw.get(key))


def _names(names: list[Any]) -> str:
    shown = "、".join(str(name or "") for name in names[:_MOST_NAMES])
    return shown if len(names) <= _MOST_NAMES else gettext("%(names)s and %(count)d in all", names=shown, count=len(names))


def shown_change(column: Column | None, value: Any, state: OfficeState, collection: str) -> Text:
    """Return one value of the audit trail as a clerk reads it."""
    if value is None or value == "" or value == []:
        return Markup("&mdash;")
    if column is None:
        return str(value)
    if column.kind in (Kind.COOPERATIONS, Kind.NAMES):
        return show(column, value)
    return shower(column, state, collection)({column.source: value}) or ""
