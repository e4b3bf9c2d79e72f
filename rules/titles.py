"""The title of a certified base: how long its term lasts, and how it stands on a day (Art. 16).

The last day of a term is written as Art. 20 writes its own.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from rules.choices import Choice
from rules.words import N_


def last_valid_day(first_day: date, years: int) -> date:
    """Return the last day of a term of whole `years` that begins on `first_day`: the day before the anniversary.

    How many years a title lasts is the rule set's (`Measures.years_of_validity`, Art. 16).
    2021-12-20 → 2026-12-19. 29 February has its anniversary on 1 March of a common year, so that
    2024-02-29 → 2029-02-28.
    """
    year = first_day.year + years
    try:
        anniversary = first_day.replace(year=year)
    except ValueError:
        anniversary = date(year, 3, 1)
    return anniversary - timedelta(days=1)


def years_later(day: date, years: int) -> date:
    """Return the same day `years` later; 29 February is 28 February in a common year (decision)."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


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
