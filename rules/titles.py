"""The title of a certified base: how long its term lasts, and how it stands on a day (Art. 16).

The last day of a term is written as Art. 20 writes its own.
"""

from collections.abc import Sequence
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


@dataclass(frozen=True)
class Term:
    """One term of a title. `held`: the base bore the title under it as long as it ran, or bears it now."""

    first_day: date | None = None
    last_day: date | None = None
    announced_on: date | None = None
    document_number: str = ""
    certificate_number: str = ""
    held: bool = True

    def runs_on(self, day: date) -> bool:
        """Tell whether a day lies in this term."""
        begun = self.first_day is not None and self.first_day <= day
        return begun and (self.last_day is None or day <= self.last_day)


def term_on(terms: Sequence[Term], day: date) -> Term | None:
    """Return the term by which a title stands on a day; `terms` are in the order of their announcement.

    That is the one announced last, unless it begins later and another runs on until then: a renewal's term
    follows the one before (Art. 16). None for no term at all.
    """
    if not terms:
        return None
    latest = terms[-1]
    if latest.first_day is None or latest.first_day <= day:
        return latest
    running = (term for term in reversed(terms[:-1]) if term.held and term.runs_on(day))
    return next(running, latest)


def first_day_of_term(
    begins: date, *, renewal: bool, held_until: date | None, renewal_follows_term: bool
) -> date:
    """Return the first day of a term that is announced.

    A renewal's follows the term before it without a gap, and never cuts it, where the rule set says so
    (`Measures.renewal_follows_term`); every other one begins on `begins`.
    """
    if renewal and renewal_follows_term and held_until is not None:
        return held_until + timedelta(days=1)
    return begins


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
