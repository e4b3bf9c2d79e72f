"""The title of a certified base: how long its term lasts, how it stands on a day, and what may move it (Art. 2, 16).

The last day of a term is written as Art. 20 writes its own.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from types import MappingProxyType

from rules.choices import Choice
from rules.errors import Refusal
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


# --- Who may move a title ------------------------------------------------------------------------

# Said of whatever else would change a title (Art. 2, 12, 16, 18).
TITLE_ONLY_BY_PAPER = N_("A title changes only by an announcement or a decision.")
REGISTER_CLOSED = N_(
    "The register of earlier titles is closed: a base gets the title only by an announcement here."
)
TITLE_IN_BIN = N_(
    "The recycle bin holds this base with another title: restore it, and correct its earlier title there."
)
UNCERTIFIED = "uncertified"


class TitleSource(Choice):
    """Where a base's title comes from: a paper made here, or the register of titles older than the system."""

    EARLIER = "earlier", N_("Earlier title"), "既有称号"
    ANNOUNCED = "announced", N_("Announced here"), "本系统公布"


class TitleMover(Enum):
    """What may move a title. A term that ends moves nothing that is stored: how it stands is read from its last day."""

    ANNOUNCEMENT = "announcement"  # Art. 12, 16
    DECISION = "decision"  # Art. 16, 18
    REVERSAL = "reversal"
    ENTRY = "entry"  # in the register of earlier titles
    CORRECTION = "correction"  # of a wrong entry there


@dataclass(frozen=True)
class TitleMove:
    """The right to move one base's title, held by the service that makes the paper or keeps the register.

    `to` is the status afterwards, a code of the bases' statuses.
    """

    by: TitleMover
    to: str


# What each may change beside the status; None: all of it.
_MAY_CHANGE: Mapping[TitleMover, frozenset[str] | None] = MappingProxyType(
    {
        TitleMover.ANNOUNCEMENT: None,
        TitleMover.DECISION: frozenset({"status"}),
        TitleMover.REVERSAL: frozenset({"status"}),
        TitleMover.ENTRY: None,
        TitleMover.CORRECTION: None,
    }
)
_MAY_LEAD_TO: Mapping[TitleMover, frozenset[str]] = MappingProxyType(
    {
        TitleMover.ANNOUNCEMENT: frozenset({"certified"}),
        TitleMover.DECISION: frozenset({"cancelled", "revoked"}),
        TitleMover.REVERSAL: frozenset({"certified"}),
        TitleMover.ENTRY: frozenset({"certified", "cancelled", "revoked"}),
        TitleMover.CORRECTION: frozenset({UNCERTIFIED, "certified", "cancelled", "revoked"}),
    }
)


def refusals_to_move_title(
    moved: Collection[str], *, before: str, after: str, source: str, move: TitleMove | None
) -> tuple[Refusal, ...]:
    """Return why the title of a base that is here already may not change so (Art. 2, 12, 16, 18); () where it may.

    `moved` are the keys of the title that would change, `before` and `after` the status, `source` a code of
    `TitleSource` or "", `move` the right of the one who writes: without one nothing may change.
    """
    if not moved or (move is not None and _is_within(move, moved, before, after, source)):
        return ()
    return tuple(Refusal(TITLE_ONLY_BY_PAPER, field=key) for key in moved)


def _is_within(move: TitleMove, moved: Collection[str], before: str, after: str, source: str) -> bool:
    may_change = _MAY_CHANGE[move.by]
    if after != move.to or after not in _MAY_LEAD_TO[move.by]:
        return False
    if may_change is not None and not may_change.issuperset(moved):
        return False
    if move.by is TitleMover.ENTRY:
        return before == UNCERTIFIED
    return move.by is not TitleMover.CORRECTION or source == TitleSource.EARLIER.value


@dataclass(frozen=True)
class PapersHere:
    """How many papers this system holds of a base: announcements that name it, applications, cases and decisions."""

    announcements: int = 0
    applications: int = 0
    cases: int = 0


def refusals_to_enter(status: str, papers: PapersHere, *, is_open: bool) -> tuple[Refusal, ...]:
    """Return why no earlier title may be entered for a base that is here: only one of which nothing else is known."""
    if not is_open:
        return (Refusal(REGISTER_CLOSED),)
    refusals = []
    if status != UNCERTIFIED:
        refusals.append(Refusal(N_("The base has or had a title already: a wrong entry is corrected.")))
    for number, sentence in (
        (papers.announcements, N_("An announcement made here names the base: its title is that of the announcement.")),
        (papers.applications, N_("The base has applied here: it gets the title by the announcement.")),
        (papers.cases, N_("A case about the base's title stands here: its title is that of the decision.")),
    ):  # fmt: skip
        if number:
            refusals.append(Refusal(sentence))
    return tuple(refusals)


def refusals_to_correct(
    source: str, *, before: str, after: str, papers: PapersHere, open_case: bool
) -> tuple[Refusal, ...]:
    """Return why an earlier title may not be corrected so; `before` and `after` are the status.

    What a decision made here says of the title stays: then only number and days are corrected. A title is taken out
    of the register only where nothing here stands on it.
    """
    if source != TitleSource.EARLIER.value:
        return (
            Refusal(N_("Only an earlier title is corrected: this one stands on an announcement made here.")),
        )
    refusals = []
    if open_case:
        refusals.append(Refusal(N_("A case about this base's title is under way already.")))
    if before != after and papers.cases:
        sentence = N_("A decision made here says how the title stands: only another decision changes that.")
        refusals.append(Refusal(sentence, field="status"))
    elif after == UNCERTIFIED and before != after and papers.applications:
        sentence = N_("The base has applied here for the renewal of this title: it cannot be taken out.")
        refusals.append(Refusal(sentence, field="status"))
    return tuple(refusals)
