"""What is due when: annual summaries, change filings, titles that end (Art. 14, 15, 16); on time, late or missing."""

from dataclasses import dataclass
from datetime import date

from rules.choices import Choice
from rules.errors import Refusal
from rules.measures import Measures
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


def reports_for(title_first_day: date | None, title_last_day: date | None, year: int) -> bool:
    """Tell whether a base held the title within `year`, and so reports on it (Art. 14)."""
    if title_first_day is None or title_last_day is None:
        return False
    return title_first_day <= date(year, 12, 31) and title_last_day >= date(year, 1, 1)


class TitleState(Choice):
    """How a title stands on a day, as the bureau looks at it (Art. 16)."""

    NONE = "none", N_("Without the title"), "未认定"
    VALID = "valid", N_("Valid"), "有效"
    EXPIRING = "expiring", N_("Ends this year, no renewal applied for"), "本年到期未申请复核"
    UNDER_RENEWAL = "under-renewal", N_("Renewal under way"), "复核中"
    DUE_FOR_CANCELLATION = "due-for-cancellation", N_("Due for cancellation"), "应取消称号"
    CANCELLED = "cancelled", N_("Title cancelled"), "已取消称号"
    REVOKED = "revoked", N_("Title revoked"), "已撤销命名"


@dataclass(frozen=True)
class Title:
    """A base's title. `renewal_open`: a renewal is under way; `renewal_failed`: the last one failed."""

    status: str
    last_day: date | None = None
    renewal_open: bool = False
    renewal_failed: bool = False


def title_state(title: Title, today: date) -> TitleState:
    """Return how a title stands: a certified base stays certified while its renewal is under way (Art. 16)."""
    if title.status in ("cancelled", "revoked"):
        return TitleState.CANCELLED if title.status == "cancelled" else TitleState.REVOKED
    if title.status != "certified" or title.last_day is None:
        return TitleState.NONE
    if title.renewal_open:
        return TitleState.UNDER_RENEWAL
    if title.renewal_failed or title.last_day < today:
        return TitleState.DUE_FOR_CANCELLATION
    return TitleState.EXPIRING if title.last_day.year == today.year else TitleState.VALID


# --- Change filing -----------------------------------------------------------------------------


class FilingState(Choice):
    """Where a change filing stands."""

    FILED = "filed", N_("To be accepted"), "待受理"
    ACCEPTED = "accepted", N_("Accepted"), "已备案"
    REFUSED = "refused", N_("Not accepted"), "不予备案"


# What Art. 15 names: the base's or its operator's name, the address, the legal representative.
CHANGEABLE = ("name", "operator", "address", "legal_representative")


def refusals_of_filing(
    changes: dict[str, str], completed_on: date | None, filed_on: date | None, *, today: date
) -> tuple[Refusal, ...]:
    """Return why a change filing cannot be taken down: nothing changed, days missing or out of order."""
    found = []
    if not changes:
        found.append(Refusal(N_("Enter at least one new value."), field="name"))
    if completed_on is None:
        found.append(Refusal(N_("Enter the day on which the change was completed."), field="completed_on"))
    elif completed_on > today:
        found.append(Refusal(N_("The change lies in the future."), field="completed_on"))
    if filed_on is None:
        found.append(Refusal(N_("Enter the day on which it was filed."), field="filed_on"))
    elif filed_on > today:
        found.append(Refusal(N_("The day of filing lies in the future."), field="filed_on"))
    elif completed_on is not None and filed_on < completed_on:
        found.append(Refusal(N_("It was filed before the change was completed."), field="filed_on"))
    return tuple(found)
