"""Public notice and announcement (Art. 12): what may be opened, what is held back, what is announced."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rules.applications import ApplicationKind, Stage
from rules.choices import Choice
from rules.errors import Refusal
from rules.words import N_

LONGEST_AHEAD = 60  # days between today and a notice's first day


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


def refusals_to_open(
    *, chosen: int, first_day: date | None, decided_on: date | None, today: date
) -> tuple[Refusal, ...]:
    """Return why a public notice cannot be opened: nobody chosen, or its first day out of order.

    `decided_on` is the latest day on which one of the chosen was selected: a notice cannot begin before it.
    """
    refusals = []
    if not chosen:
        refusals.append(Refusal(N_("Choose at least one application."), field="applications"))
    if first_day is None:
        refusals.append(Refusal(N_("Enter the first day of the notice."), field="first_day"))
    elif decided_on is not None and first_day < decided_on:
        sentence = N_("The notice cannot begin before the preliminary result of %(day)s.")
        refusals.append(Refusal(sentence, {"day": decided_on.isoformat()}, field="first_day"))
    elif (first_day - today).days > LONGEST_AHEAD:
        sentence = N_("The notice begins more than %(days)d days from now: check its first day.")
        refusals.append(Refusal(sentence, {"days": LONGEST_AHEAD}, field="first_day"))
    return tuple(refusals)


def days_left(last_day: date, today: date) -> int:
    """Return how many days a notice still runs, today included; 0 when it is over."""
    return max(0, (last_day - today).days + 1)


@dataclass(frozen=True)
class AnnouncementCandidate:
    """One application of a notice as an announcement finds it."""

    name: str
    stage: Stage
    kind: ApplicationKind
    open_objections: int = 0
    upheld_objections: int = 0
    meets: bool = True
    reason: str = ""
    certified_until: date | None = None  # the base's valid title, if it has one
    base_status: str = "uncertified"


def held_back(candidate: AnnouncementCandidate) -> tuple[Refusal, ...]:
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
    return tuple(refusals)


def refusals_to_announce(
    candidates: Iterable[AnnouncementCandidate],
    *,
    notice_last_day: date,
    dated: date | None,
    term_first: date | None,
    today: date,
) -> tuple[Refusal, ...]:
    """Return why an announcement cannot be made.

    Too early, dates out of order, a base held back, or unfit without a written reason. That its number is
    well-formed and unused, the register of papers says.
    """
    chosen, refusals = tuple(candidates), []
    if not chosen:
        refusals.append(Refusal(N_("Choose at least one application."), field="applications"))
    if today <= notice_last_day:
        params = {"day": notice_last_day.isoformat()}
        refusals.append(Refusal(N_("The public notice runs until %(day)s: announce after it."), params))
    refusals += _dates(notice_last_day, dated, term_first, today)
    for candidate in chosen:
        refusals += held_back(candidate)
        if not candidate.meets and not candidate.reason.strip():
            sentence = N_("%(name)s does not meet every indicator: give the reason in writing.")
            refusals.append(Refusal(sentence, {"name": candidate.name}, field="reasons"))
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
