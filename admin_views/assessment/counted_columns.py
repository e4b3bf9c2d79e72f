"""The columns of the records behind a figure: how each is shown, typed for Excel, and summed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext

from admin_views.shared.cells import align, shower
from admin_views.shared.view_models import ListColumn, Text, figure, toned
from documents.records.office_state import OfficeState
from rules.measures import Figure
from rules.words import N_
from schema.field import Column, Kind, Sheet
from schema.ledger_entries import LEDGER_ENTRIES
from schema.service_partners import SERVICE_PARTNERS
from schema.tenant_companies import TENANT_COMPANIES
from services.assessment.counted import LOW_FEE, PARTNERS, TENANTS, Sorted, Subject

Raw = Mapping[str, Any]
_TENANT_KEYS = ("name", "industry", "size", "people", "moved_in", "moved_out")
_FIRST = Column("first_day", N_("Cooperation from"), "合作开始日期", Kind.DATE, width=14)
_LAST = Column("last_day", N_("Cooperation until"), "合作结束日期", Kind.DATE, width=14)
_SUMMED = ("people", "company_times", "person_times")


@dataclass(frozen=True)
class Shown:
    """One column: its heading, what is shown of a record, what Excel gets, and whether it is summed."""

    key: str
    head: ListColumn
    heading: str
    width: int
    show: Callable[[Raw], Text | None]
    typed: Callable[[Raw], Any]
    summed: bool = False


def columns_of(subject: Subject, state: OfficeState) -> tuple[Shown, ...]:
    """Return the columns of a subject's records."""
    if subject.code == TENANTS:
        return tuple(_of_sheet(TENANT_COMPANIES, key, state) for key in _TENANT_KEYS)
    if subject.code == PARTNERS:
        own = tuple(_of_sheet(SERVICE_PARTNERS, key, state) for key in ("name", "functions"))
        return (*own, *(_of_cooperation(column, state) for column in (_FIRST, _LAST)))
    return tuple(_of_sheet(LEDGER_ENTRIES, key, state) for key in _entry_keys(subject))


def _entry_keys(subject: Subject) -> tuple[str, ...]:
    """Return date, request and partner, what decides whether an entry counts, and what it adds."""
    added = "person_times" if subject.figure is Figure.PERSON_TIMES else "company_times"
    deciding = ["function"] if subject.function is None else ["activity"]
    if subject.code == LOW_FEE:
        deciding.append("fee_kind")
    if subject.figure is Figure.OFFLINE_COMPANY_TIMES:
        deciding = ["mode"]
    return ("served_on", "request", "partner", *deciding, added, "status")


def _of_sheet(sheet: Sheet, key: str, state: OfficeState) -> Shown:
    column = sheet.column(key)
    show, summed = shower(column, state, sheet.collection), key in _SUMMED
    return Shown(
        column.source, _head(column), column.heading, column.width, _marked(show, column) if summed else show,
        _typed(column, state, sheet.collection), summed,
    )  # fmt: skip


def _head(column: Column) -> ListColumn:
    # Company-times and person-times are units themselves.
    unit = gettext(column.unit) if column.unit and column.key == "people" else ""
    return ListColumn(column.key, gettext(column.label), unit, align(column))


def _marked(show: Callable[[Raw], Text | None], column: Column) -> Callable[[Raw], Text | None]:
    """Say that a number which is summed was left blank: it adds nothing."""
    blank = toned(gettext(N_("Not filled in")), "near")
    return lambda raw: blank if raw.get(column.key) is None else show(raw)


def _typed(column: Column, state: OfficeState, collection: str) -> Callable[[Raw], Any]:
    key = column.source
    if column.kind is Kind.STATUS:
        words: Mapping[Any, str] = state.status_labels(collection)
        return lambda raw: words.get(raw.get(key), raw.get(key))
    if column.terms:
        words = {term.value: term.zh for term in column.terms}
        if column.kind is Kind.CHOICES:
            return lambda raw: "、".join(words.get(one, one) for one in raw.get(key) or ())
        return lambda raw: words.get(raw.get(key), raw.get(key))
    return lambda raw: raw.get(key)


def _of_cooperation(column: Column, state: OfficeState) -> Shown:
    show = shower(column, state, "service_partners")
    return Shown(
        column.key, _head(replace(column)), column.heading, column.width,
        lambda raw: show(raw["cooperation"]), lambda raw: raw["cooperation"].get(column.key),
    )  # fmt: skip


def totals_of(subject: Subject, found: Sorted) -> tuple[str, ...]:
    """Return the foot of the counted records: how many in the first column, the sums under what is summed."""
    if subject.code == TENANTS:
        return (_count(found), "", "", figure(found.people), "", "")
    if subject.code == PARTNERS:
        return (_count(found), "", "", "")
    keys = _entry_keys(subject)
    added = next(key for key in keys if key in _SUMMED)
    whole = sum(line.record.get(added) or 0 for line in found.counted)
    return (_count(found), *(figure(whole) if key == added else "" for key in keys[1:]))


def _count(found: Sorted) -> str:
    return str(gettext(N_("Sum: %(count)s"), count=figure(len(found.counted))))
