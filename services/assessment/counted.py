"""Which records of a base make a figure, and which do not, each of those with its reason."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from documents.assessment.assessment_counts import BaseRow
from documents.assessment.base_years import EntryRow, PartnerRow, cooperations_of, entries_of, tenants_of
from rules.access import Actor
from rules.assessment.counting import (
    NotCounted,
    amount_in,
    as_of,
    why_not_entry,
    why_not_in_figure,
    why_not_low_fee,
    why_not_partner,
    why_not_satisfied,
    why_not_tenant,
)
from rules.choices import Choice, ServiceFunction
from rules.rule_sets.measures import FIGURES, Figure, Measures

# A `TenantRow`, `PartnerRow` or `EntryRow` of `documents.assessment.base_years`, as the subject is.
RecordRow = Mapping[str, Any]
TENANTS, PARTNERS, LOW_FEE, SERVICES, SATISFIED = "tenants", "partners", "low-fee", "services", "satisfaction"


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
    **{code: Subject(code) for code in (TENANTS, PARTNERS, LOW_FEE, SERVICES, SATISFIED)},
    **{
        subject.code: subject
        for subject in (
            subject_of(function, figure)
            for function, figures in FIGURES.items()
            for figure in figures
            if figure is not Figure.ONLINE
        )
    },
}


@dataclass(frozen=True)
class SortedRecord:
    """One record: what it adds to the figure, or the `reason` for which it adds nothing."""

    record: RecordRow
    amount: int = 0
    reason: Choice | None = None


@dataclass(frozen=True)
class SortedRecords:
    """The records that make a figure and those that do not, each in the order in which they were read."""

    counted: tuple[SortedRecord, ...]
    others: tuple[SortedRecord, ...]

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


def counted_records(
    base: BaseRow, subject: Subject, year: int, measures: Measures, *, today: date, actor: Actor
) -> SortedRecords:
    """Return the records of a base for one figure of a year, as a rule set counts them.

    The caller has checked the base's scope.
    """
    day, base_id = as_of(year, today), base["_id"]
    if subject.code == TENANTS:
        companies = tenants_of(base_id, actor)
        return _sorted(SortedRecord(row, 1, why_not_tenant(row, day)) for row in companies)
    if subject.code == PARTNERS:
        partners = (partner_on(partner, day) for partner in cooperations_of(base_id, actor))
        return _sorted(SortedRecord(row, 1, reason) for row, reason in partners)
    entries = entries_of(base_id, actor, subject.function.value if subject.function else None)
    with_nameless = measures.entries_without_company_count
    return _sorted(
        SortedRecord(
            row,
            _amount(subject, row),
            why_not_entry(row, year, day, with_nameless=with_nameless) or _why_not_of(subject, row),
        )
        for row in entries
    )


def _amount(subject: Subject, entry: EntryRow) -> int:
    return 1 if subject.code == SATISFIED else amount_in(entry, subject.figure or Figure.COMPANY_TIMES)


def _why_not_of(subject: Subject, entry: EntryRow) -> Choice | None:
    if subject.function and subject.figure:
        return why_not_in_figure(entry, subject.function, subject.figure)
    if subject.code == SATISFIED:
        return why_not_satisfied(entry)
    return why_not_low_fee(entry) if subject.code == LOW_FEE else None


def _sorted(records: Iterable[SortedRecord]) -> SortedRecords:
    """Put the records on their sides; what has a reason adds nothing."""
    counted, others = [], []
    for line in records:
        if line.reason is None:
            counted.append(line)
        else:
            others.append(replace(line, amount=0))
    return SortedRecords(tuple(counted), tuple(others))


def partner_on(partner: PartnerRow, day: date) -> tuple[PartnerRow, NotCounted | None]:
    """Return a partner with the `cooperation` that covers `day`, or with the latest and why it does not.

    A partner with two cooperations with the same base is one partner.
    """
    cooperations = sorted(partner["cooperations"], key=lambda term: str(term.get("first_day") or ""))
    reasons = [why_not_partner(cooperation, day) for cooperation in cooperations]
    for cooperation, reason in zip(cooperations, reasons, strict=True):
        if reason is None:
            return {**partner, "cooperation": cooperation}, None
    return {**partner, "cooperation": cooperations[-1]}, reasons[-1]
