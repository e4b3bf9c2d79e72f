"""Yearly reports: who owes one and by when, what a county inspects, and what cannot be taken down (Art. 14, 15)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from rules.choices import Choice
from rules.errors import Refusal
from rules.rule_sets.measures import Measures
from rules.words import N_


class Timeliness(Choice):
    """How something due stands."""

    NOT_DUE = "not-due", N_("Not due yet"), "未到期"
    ON_TIME = "on-time", N_("Done on time"), "按时"
    LATE = "late", N_("Done late"), "逾期报送"
    MISSING = "missing", N_("Overdue, not done"), "逾期未报"


def timeliness(done_on: date | None, due: date, today: date) -> Timeliness:
    """Return how something due on `due` (included) stands today."""
    if done_on is not None:
        return Timeliness.ON_TIME if done_on <= due else Timeliness.LATE
    return Timeliness.NOT_DUE if today <= due else Timeliness.MISSING


def base_summary_due(year: int, measures: Measures) -> date:
    """Return the last day for a base's summary of `year` (Art. 14): 10 January of the next."""
    month, day = measures.base_summary_by
    return date(year + 1, month, day)


def county_summary_due(year: int, measures: Measures) -> date:
    """Return the last day for a county's report on `year` (Art. 15): 20 January of the next."""
    month, day = measures.county_summary_by
    return date(year + 1, month, day)


# --- Who owes a summary --------------------------------------------------------------------------

Term = tuple[date | None, date | None]  # first and last day of a title


def reports_for(title_first_day: date | None, title_last_day: date | None, year: int) -> bool:
    """Tell whether a base held the title within `year`, and so reports on it (Art. 14)."""
    if title_first_day is None or title_last_day is None:
        return False
    return title_first_day <= date(year, 12, 31) and title_last_day >= date(year, 1, 1)


def owes_report(terms: Iterable[Term], year: int, due: date, ended_on: date | None = None) -> bool:
    """Tell whether a base owes the summary of `year`: it held the title within it, and still when it was due.

    `ended_on` is the day on which the title was cancelled or revoked; a title that ran out is not ended by that.
    """
    held = any(reports_for(first, last, year) for first, last in terms)
    return held and (ended_on is None or ended_on > due)


def year_to_pursue(due_of: Callable[[int], date], *, reminder_days: int, today: date) -> int:
    """Return the latest year whose summaries are overdue and were reminded of for `reminder_days` (Art. 18(3)).

    `due_of` gives the last day for a year's summary.
    """
    year = today.year - 1
    return year if today > due_of(year) + timedelta(days=reminder_days) else year - 1


# --- What is reported and inspected --------------------------------------------------------------


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


def _refusals_of_day(day: date, name: str, year: int, today: date, ahead: str, before: str) -> list[Refusal]:
    if day > today:
        return [Refusal(ahead, field=name)]
    return [Refusal(before, {"year": year}, field=name)] if day < date(year, 1, 1) else []


def refusals_of_summary(
    received_on: date | None, figures: Mapping[str, float | None], year: int, today: date
) -> tuple[Refusal, ...]:
    """Return why a base's summary of `year` cannot be taken down: its day, or a figure out of range."""
    refusals = []
    if received_on is not None:
        refusals += _refusals_of_day(
            received_on, "received_on", year, today, N_("The day of receipt lies in the future."),
            N_("It cannot have been received before %(year)d began."),
        )  # fmt: skip
    for key, most in FIGURES.items():
        value = figures.get(key)
        if value is not None and value < 0:
            refusals.append(Refusal(N_("A figure cannot be below zero."), field=key))
        elif value is not None and most is not None and value > most:
            refusals.append(Refusal(N_("At most %(most)d."), {"most": most}, field=key))
    return tuple(refusals)


def refusals_of_inspection(inspection: Inspection, year: int, today: date) -> tuple[Refusal, ...]:
    """Return why a county's inspection cannot be taken down: no day, a day out of range, a problem without a word."""
    refusals = []
    if inspection.checked_on is not None:
        refusals += _refusals_of_day(
            inspection.checked_on, "checked_on", year, today, N_("The day of the inspection lies in the future."),
            N_("It cannot have been inspected before %(year)d began."),
        )  # fmt: skip
    elif not inspection.blank:
        refusals.append(Refusal(N_("Enter the day of the inspection."), field="checked_on"))
    if inspection.checked_on is not None and not inspection.findings:
        sentence = N_("Enter what was found, at one point at least.")
        refusals.append(Refusal(sentence, field="ledger_finding"))
    for point in Point:
        remark, finding = inspection.remarks.get(point, "").strip(), inspection.findings.get(point)
        if finding is Finding.PROBLEM and not remark:
            refusals.append(Refusal(N_("Say what the problem is."), field=f"{point.value}_remark"))
        elif remark and finding is None:
            refusals.append(Refusal(N_("Choose a finding as well."), field=f"{point.value}_finding"))
    return tuple(refusals)


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
