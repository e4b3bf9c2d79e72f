"""Which records of a base make a figure, and which do not, each of those with its reason."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from documents.assessment.base_years import cooperations_of, entries_of, tenants_of
from rules.access import Actor
from rules.choices import Choice, ServiceFunction
from rules.counting import NotCounted, as_of, why_not_entry, why_not_partner, why_not_tenant
from rules.figure_entries import amount_in, why_not_in_figure, why_not_low_fee
from rules.measures import FIGURES, Figure

Row = Mapping[str, Any]
TENANTS, PARTNERS, LOW_FEE, SERVICES = "tenants", "partners", "low-fee", "services"


@dataclass(frozen=True)
class Subject:
    """What is counted: `code` as in addresses; `function` and `figure` where it is one of Art. 7."""

    code: str
    function: ServiceFunction | None = None
    figure: Figure | None = None

    @property
    def of_ledger(self) -> bool:
        """Whether ledger entries are counted."""
        return self.code not in (TENANTS, PARTNERS)


def subject_of(function: ServiceFunction, figure: Figure) -> Subject:
    """Return the subject of one figure of Art. 7."""
    return Subject(f"{function.value}.{figure.value}", function, figure)


# A base's online system is a yes or no of its record: no records are counted for it.
SUBJECTS: Mapping[str, Subject] = {
    **{code: Subject(code) for code in (TENANTS, PARTNERS, LOW_FEE, SERVICES)},
    **{
        one.code: one
        for one in (
            subject_of(function, figure)
            for function, figures in FIGURES.items()
            for figure in figures
            if figure is not Figure.ONLINE
        )
    },
}


@dataclass(frozen=True)
class Line:
    """One record: what it adds to the figure, or the `reason` for which it adds nothing."""

    record: Row
    amount: int = 0
    reason: Choice | None = None


@dataclass(frozen=True)
class Sorted:
    """The records that make a figure and those that do not, each in the order in which they were read."""

    counted: tuple[Line, ...]
    others: tuple[Line, ...]

    @property
    def figure(self) -> int:
        """What the counted records sum up to."""
        return sum(line.amount for line in self.counted)

    @property
    def people(self) -> int:
        """How many people the counted companies employ."""
        return sum(line.record.get("people") or 0 for line in self.counted)

    @property
    def reasons(self) -> dict[Choice, int]:
        """How many records each reason keeps out, the most frequent first."""
        return dict(Counter(line.reason for line in self.others if line.reason).most_common())


def counted_records(base: Row, subject: Subject, year: int, *, today: date, actor: Actor) -> Sorted:
    """Return the records of a base for one figure of a year; the caller has checked the base's scope."""
    day, key = as_of(year, today), base["_id"]
    if subject.code == TENANTS:
        return _sort(tenants_of(key, actor), lambda row: why_not_tenant(row, day))
    if subject.code == PARTNERS:
        return _partners(cooperations_of(key, actor), day)
    entries = entries_of(key, actor, subject.function.value if subject.function else None)
    figure = subject.figure or Figure.COMPANY_TIMES
    return _sort(
        entries,
        lambda row: why_not_entry(row, year, day) or _why_not_of(subject, row),
        lambda row: amount_in(row, figure),
    )


def _why_not_of(subject: Subject, entry: Row) -> Choice | None:
    if subject.function and subject.figure:
        return why_not_in_figure(entry, subject.function, subject.figure)
    return why_not_low_fee(entry) if subject.code == LOW_FEE else None


def _sort(
    rows: Iterable[Row], why_not: Callable[[Row], Choice | None], amount: Callable[[Row], int] = lambda row: 1
) -> Sorted:
    counted, others = [], []
    for row in rows:
        reason = why_not(row)
        if reason is None:
            counted.append(Line(row, amount(row)))
        else:
            others.append(Line(row, reason=reason))
    return Sorted(tuple(counted), tuple(others))


def _partners(partners: Iterable[Row], day: date) -> Sorted:
    """Sort partners by the cooperation that counts, or else by the latest; it stands in `cooperation`."""
    counted, others = [], []
    for partner in partners:
        row, reason = partner_line(partner, day)
        if reason is None:
            counted.append(Line(row, 1))
        else:
            others.append(Line(row, reason=reason))
    return Sorted(tuple(counted), tuple(others))


def partner_line(partner: Row, day: date) -> tuple[Row, NotCounted | None]:
    """Return a partner with the `cooperation` that covers `day`, or with the latest and why it does not.

    A partner with two cooperations with the same base is one partner.
    """
    cooperations = sorted(partner["cooperations"], key=lambda one: str(one.get("first_day") or ""))
    reasons = [why_not_partner(one, day) for one in cooperations]
    for cooperation, reason in zip(cooperations, reasons, strict=True):
        if reason is None:
            return {**partner, "cooperation": cooperation}, None
    return {**partner, "cooperation": cooperations[-1]}, reasons[-1]
