"""Yearly reports: who owes one, what a county inspects, and what cannot be taken down (Art. 14, 15)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from rules.choices import Choice
from rules.deadlines import reports_for
from rules.errors import Refusal
from rules.words import N_


class Point(Choice):
    """What a county inspects in a base (Art. 15)."""

    LEDGER = "ledger", N_("Ledger set up"), "台账建立"
    QUALITY = "quality", N_("Service quality"), "服务质量"
    FEES = "fees", N_("Service fees"), "服务收费"
    SATISFACTION = "satisfaction", N_("Service satisfaction"), "服务满意度"


class Finding(Choice):
    """What a county found at one point."""

    GOOD = "good", N_("In good order"), "良好"
    FAIR = "fair", N_("Passable"), "一般"
    PROBLEM = "problem", N_("With problems"), "有问题"


# What a summary tells in figures, with the largest value that makes sense; None: no bound of its own.
FIGURES: Mapping[str, float | None] = {
    "tenants": None,
    "people": None,
    "staff": None,
    "partners": None,
    "company_times": None,
    "person_times": None,
    "low_fee_share": 100,  # percent
    "functions_met": 8,  # Art. 7 names eight
}


@dataclass(frozen=True)
class Inspection:
    """A county's inspection of a base: a finding and a remark by point."""

    checked_on: date | None = None
    findings: Mapping[Point, Finding] = field(default_factory=dict)
    remarks: Mapping[Point, str] = field(default_factory=dict)

    @property
    def blank(self) -> bool:
        """Whether nothing was found and nothing remarked."""
        return self.checked_on is None and not self.findings and not any(self.remarks.values())


Span = tuple[date | None, date | None]  # first and last day of a title


def owes_report(terms: Iterable[Span], year: int, due: date, ended_on: date | None = None) -> bool:
    """Tell whether a base owes the summary of `year`: it held the title within it, and still when it was due.

    `ended_on` is the day on which the title was cancelled or revoked; a title that ran out is not ended by that.
    """
    held = any(
        reports_for(first, last, year) and (ended_on is None or ended_on >= date(year, 1, 1))
        for first, last in terms
    )
    return held and (ended_on is None or ended_on > due)


def _refusals_of_day(day: date, name: str, year: int, today: date, ahead: str, before: str) -> list[Refusal]:
    if day > today:
        return [Refusal(ahead, field=name)]
    return [Refusal(before, {"year": year}, field=name)] if day < date(year, 1, 1) else []


def refusals_of_summary(
    received_on: date | None, figures: Mapping[str, float | None], year: int, today: date
) -> tuple[Refusal, ...]:
    """Return why a base's summary of `year` cannot be taken down: its day, or a figure out of range."""
    found = []
    if received_on is not None:
        found += _refusals_of_day(
            received_on, "received_on", year, today, N_("The day of receipt lies in the future."),
            N_("It cannot have been received before %(year)d began."),
        )  # fmt: skip
    for key, most in FIGURES.items():
        value = figures.get(key)
        if value is not None and value < 0:
            found.append(Refusal(N_("A figure cannot be below zero."), field=key))
        elif value is not None and most is not None and value > most:
            found.append(Refusal(N_("At most %(most)d."), {"most": most}, field=key))
    return tuple(found)


def refusals_of_inspection(one: Inspection, year: int, today: date) -> tuple[Refusal, ...]:
    """Return why a county's inspection cannot be taken down: no day, a day out of range, a problem without a word."""
    found = []
    if one.checked_on is not None:
        found += _refusals_of_day(
            one.checked_on, "checked_on", year, today, N_("The day of the inspection lies in the future."),
            N_("It cannot have been inspected before %(year)d began."),
        )  # fmt: skip
    elif not one.blank:
        found.append(Refusal(N_("Enter the day of the inspection."), field="checked_on"))
    if one.checked_on is not None and not one.findings:
        sentence = N_("Enter what was found, at one point at least.")
        found.append(Refusal(sentence, field="ledger_finding"))
    for point in Point:
        remark, finding = one.remarks.get(point, "").strip(), one.findings.get(point)
        if finding is Finding.PROBLEM and not remark:
            found.append(Refusal(N_("Say what the problem is."), field=f"{point.value}_remark"))
        elif remark and finding is None:
            found.append(Refusal(N_("Choose a finding as well."), field=f"{point.value}_finding"))
    return tuple(found)


def refusals_of_county_report(
    submitted_on: date | None, text: str, year: int, today: date
) -> tuple[Refusal, ...]:
    """Return why a county's report on `year` to the city cannot be taken down."""
    if submitted_on is None:
        if not text.strip():
            return ()
        return (Refusal(N_("Enter the day on which it was submitted."), field="submitted_on"),)
    return tuple(
        _refusals_of_day(
            submitted_on, "submitted_on", year, today, N_("The day of submission lies in the future."),
            N_("It cannot have been submitted before %(year)d began."),
        )
    )  # fmt: skip
