"""Public notice and announcement (Art. 12): what may be opened, what is held back, what is announced."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from rules.applications import ApplicationKind, Stage
from rules.choices import Choice
from rules.errors import Refusal
from rules.rule_sets.articles import ArticleRef
from rules.rule_sets.measures import Measures
from rules.shortfalls import MissedCondition, Shortfall, refusals_to_go_on, refusals_to_publish
from rules.words import N_

LONGEST_AHEAD = 60  # days between today and a notice's first day
MOST_WORKING_DAYS = 60
MOST_WHERE = 300  # characters


class NoticeKind(Choice):
    """What is published."""

    PUBLIC_NOTICE = "public-notice", N_("Public notice"), "公示"
    ANNOUNCEMENT = "announcement", N_("Announcement"), "公布通知"
    CORRECTION = "correction", N_("Correction"), "更正公告"
    REVOCATION = "revocation", N_("Revocation"), "撤销命名"
    CANCELLATION = "cancellation", N_("Cancellation"), "取消称号"
    REVERSAL = "reversal", N_("Title restored"), "恢复称号"


class ObjectorKind(Choice):
    """Who objects: a person signs a real name, an organisation seals it."""

    PERSON = "person", N_("A person, by real name"), "个人（实名）"
    ORGANISATION = "organisation", N_("An organisation, under seal"), "单位（盖章）"


class Received(Choice):
    """How an objection came in."""

    VISIT = "visit", N_("In person"), "来访"
    LETTER = "letter", N_("By letter"), "来信"
    PHONE = "phone", N_("By telephone"), "电话"
    MAIL = "mail", N_("By e-mail"), "邮件"


class Outcome(Choice):
    """What became of an objection."""

    OPEN = "open", N_("Being handled"), "处理中"
    REJECTED = "rejected", N_("Not borne out"), "异议不成立"
    UPHELD = "upheld", N_("Borne out"), "异议成立"


@dataclass(frozen=True)
class Contact:
    """Where objections go; the office's own lines, never a person's."""

    telephone: str
    email: str
    address: str
    postcode: str = ""


def refusals_of_contact(contact: Contact) -> tuple[Refusal, ...]:
    """Return which contact lines are missing."""
    wanted = {
        "telephone": N_("Enter the office's telephone."),
        "email": N_("Enter the office's e-mail."),
        "address": N_("Enter the office's address."),
    }
    return tuple(
        Refusal(sentence, field=key) for key, sentence in wanted.items() if not getattr(contact, key).strip()
    )


@dataclass(frozen=True)
class PublishedElsewhere:
    """That a notice was published before it is recorded here: where, until which day, how many files show it."""

    where: str
    last_day: date | None
    evidence: int = 0


@dataclass(frozen=True)
class NoticePeriod:
    """The days of a public notice: `working_days` from `first_day` on, or as it was published elsewhere."""

    first_day: date | None
    working_days: int
    elsewhere: PublishedElsewhere | None = None


def refusals_to_open(
    *, chosen: int, period: NoticePeriod, calls_from: date, measures: Measures, today: date
) -> tuple[Refusal, ...]:
    """Return why a public notice cannot be opened: nobody chosen, its first day past, its period too short.

    One that was published elsewhere has its real days, before today; `calls_from` is the first day of its round. The
    number of working days is the rule set's at least, unless it may be shorter.
    """
    refusals = []
    if not chosen:
        refusals.append(Refusal(N_("Choose at least one application."), field="applications"))
    if period.first_day is None:
        refusals.append(Refusal(N_("Enter the first day of the notice."), field="first_day"))
    elif period.elsewhere is None and period.first_day < today:
        sentence = N_(
            "The notice begins today or later. One that was published elsewhere before is recorded as that, below."
        )
        refusals.append(Refusal(sentence, field="first_day"))
    elif (period.first_day - today).days > LONGEST_AHEAD:
        sentence = N_("The notice begins more than %(days)d days from now: check its first day.")
        refusals.append(Refusal(sentence, {"days": LONGEST_AHEAD}, field="first_day"))
    if period.elsewhere is not None:
        refusals += _refusals_elsewhere(period, period.elsewhere, calls_from, today)
    least = 1 if measures.notice_may_be_shorter else measures.notice_working_days
    if period.working_days < least:
        sentence = N_(
            "A public notice runs at least %(least)d working days (%(article)s); these are %(days)d."
        )
        cited = ArticleRef(measures.articles.get("notice", ""))
        params = {"least": least, "article": cited, "days": max(0, period.working_days)}
        field = "working_days" if period.elsewhere is None else "last_day"
        refusals.append(Refusal(sentence, params, field=field))
    elif period.elsewhere is None and period.working_days > MOST_WORKING_DAYS:
        params = {"most": MOST_WORKING_DAYS}
        refusals.append(Refusal(N_("A notice runs at most %(most)d working days."), params, "working_days"))
    return tuple(refusals)


def _refusals_elsewhere(
    period: NoticePeriod, elsewhere: PublishedElsewhere, calls_from: date, today: date
) -> list[Refusal]:
    refusals = []
    if not elsewhere.where.strip():
        sentence = N_("Enter where it was published: the website and the address of the page.")
        refusals.append(Refusal(sentence, field="published_where"))
    first, last = period.first_day, elsewhere.last_day
    if first is not None and first >= today:
        sentence = N_("What was published elsewhere began before today; else publish it here.")
        refusals.append(Refusal(sentence, field="first_day"))
    elif first is not None and first < calls_from:
        sentence = N_("It cannot have been published before the round took applications, on %(day)s.")
        refusals.append(Refusal(sentence, {"day": calls_from.isoformat()}, field="first_day"))
    if last is None:
        sentence = N_("Enter the last day of the notice as it was published.")
        refusals.append(Refusal(sentence, field="last_day"))
    elif first is not None and last < first:
        refusals.append(Refusal(N_("The last day is before the first one."), field="last_day"))
    elif last >= today:
        sentence = N_("It is recorded when its period is over: its last day lies before today.")
        refusals.append(Refusal(sentence, field="last_day"))
    return refusals


def refusals_of_evidence(elsewhere: PublishedElsewhere | None) -> tuple[Refusal, ...]:
    """Return why a notice that was published elsewhere cannot be recorded yet: nothing shows that it was."""
    if elsewhere is None or elsewhere.evidence:
        return ()
    sentence = N_("Add the evidence that it was published there: a screenshot or a scan.")
    return (Refusal(sentence, field="evidence"),)


def days_left(last_day: date, today: date) -> int:
    """Return how many days a notice still runs, today included; 0 when it is over."""
    return max(0, (last_day - today).days + 1)


@dataclass(frozen=True)
class AnnouncementCandidate:
    """One application of a notice as an announcement finds it.

    `open_objections` were received in the notice's period and are being handled; `late_objections` came after it and
    are too: they hold nothing back by themselves. `missing` is what the base does not meet.
    """

    name: str
    stage: Stage
    kind: ApplicationKind
    open_objections: int = 0
    late_objections: int = 0
    upheld_objections: int = 0
    rejected_objections: int = 0
    missing: tuple[MissedCondition, ...] = ()
    reason: str = ""
    certified_until: date | None = None  # the base's valid title, if it has one
    base_status: str = "uncertified"

    @property
    def shortfall(self) -> Shortfall:
        """What the base misses of the conditions."""
        return Shortfall(self.name, self.missing)


def is_late(received_on: date, notice_last_day: date) -> bool:
    """Tell whether an objection came after the notice's period; its last day is still within."""
    return received_on > notice_last_day


def held_back(candidate: AnnouncementCandidate, measures: Measures) -> tuple[Refusal, ...]:
    """Return what holds one base of a notice back; the others go on without it."""
    name = {"name": candidate.name}
    refusals = []
    if candidate.stage is not Stage.ON_NOTICE:
        sentence = N_("%(name)s is not on this notice any more (%(stage)s).")
        refusals.append(Refusal(sentence, {**name, "stage": candidate.stage}))
    if candidate.open_objections:
        refusals.append(Refusal(N_("An objection to %(name)s is still being handled."), name))
    if candidate.upheld_objections:
        refusals.append(Refusal(N_("An objection to %(name)s was borne out: it is not certified."), name))
    if candidate.kind is ApplicationKind.CERTIFICATION and candidate.certified_until is not None:
        params = {**name, "day": candidate.certified_until.isoformat()}
        refusals.append(Refusal(N_("%(name)s has been certified until %(day)s meanwhile."), params))
    if candidate.kind is ApplicationKind.RENEWAL and candidate.base_status != "certified":
        refusals.append(Refusal(N_("%(name)s does not hold the title any more."), name))
    if not measures.failing_may_be_announced:
        refusals += refusals_to_publish(candidate.shortfall, candidate.reason, measures)
    return tuple(refusals)


def refusals_to_announce(
    candidates: Iterable[AnnouncementCandidate],
    *,
    notice_last_day: date,
    dated: date | None,
    term_first: date | None,
    measures: Measures,
    today: date,
) -> tuple[Refusal, ...]:
    """Return why an announcement cannot be made.

    Too early, dates out of order, a base held back, or one that misses a condition: the rule set bars it, or wants a
    written reason. That its number is well-formed and unused, the register of papers says.
    """
    chosen, refusals = tuple(candidates), []
    if not chosen:
        refusals.append(Refusal(N_("Choose at least one application."), field="applications"))
    if today <= notice_last_day:
        params = {"day": notice_last_day.isoformat()}
        refusals.append(Refusal(N_("The public notice runs until %(day)s: announce after it."), params))
    refusals += _dates(notice_last_day, dated, term_first, today)
    for candidate in chosen:
        refusals += held_back(candidate, measures)
        if measures.failing_may_be_announced:
            of_reason = refusals_to_go_on(candidate.shortfall, candidate.reason)
            refusals += [replace(refusal, field="reasons") for refusal in of_reason]
    return tuple(refusals)


def _dates(notice_last_day: date, dated: date | None, term_first: date | None, today: date) -> list[Refusal]:
    if dated is None:
        return [Refusal(N_("Enter the date of the announcement."), field="dated")]
    refusals = []
    if dated <= notice_last_day:
        params = {"day": notice_last_day.isoformat()}
        refusals.append(
            Refusal(N_("The announcement is dated after the notice's last day, %(day)s."), params, "dated")
        )
    if dated > today:
        refusals.append(Refusal(N_("The announcement cannot be dated in the future."), field="dated"))
    if term_first is None:
        refusals.append(Refusal(N_("Enter the first day of the term."), field="term_first"))
    elif term_first < dated:
        refusals.append(Refusal(N_("The title cannot begin before its announcement."), field="term_first"))
    elif (term_first - dated).days > 366:
        refusals.append(
            Refusal(N_("The term begins more than a year after the announcement."), field="term_first")
        )
    return refusals
