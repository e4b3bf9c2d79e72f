"""Preliminary result and public notice (Art. 12): decide, preview, open; the list is frozen as it is published."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from bson import ObjectId

from documents.publication.notice import COLLECTION, Notice
from documents.records.fields import stored_day
from office.papers.facts import ListedBase, NoticeFacts
from office.papers.paper_text import PaperText
from office.papers.texts import public_notice
from rules.access import Actor, Permission
from rules.applications import ApplicationKind, Verb, refusals_of_text
from rules.counties import office_counties
from rules.errors import Missing, Refusal, Refused
from rules.publication import Contact, NoticeKind, refusals_of_contact, refusals_to_open
from rules.scoring import refusals_to_select
from rules.words import N_
from rules.working_days import DueDay, notice_ends
from schema.settings import ADDRESS, EMAIL, POSTCODE, TELEPHONE
from services.applications.recommendation import Versions, chosen_applications, demand_versions
from services.applications.rounds import KeptRound, read_round
from services.applications.steps import Raw, at_version, demand_step, moment_of, take_step
from services.assessment.rule_sets import read_edition
from services.desk.settings import office_settings
from services.desk.working_days import office_calendar
from services.shared.office_day import office_day
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

MOST_WORKING_DAYS = 60


def select(application_id: ObjectId, *, reason: str = "", version: int, actor: Actor, now: datetime) -> None:
    """Decide that a base is to be certified. Below the line of the score sheet only with a written reason.

    Raises Missing, Stale, Refused, NotAllowed.
    """

    def work(uow: UnitOfWork) -> None:
        raw = at_version(uow, application_id, version)
        demand_step(raw, Verb.SELECT, actor)
        sheet = read_round(raw["round"], uow.session).sheet
        reasons = refusals_to_select(raw.get("conclusion", {}).get("average"), sheet, reason)
        if reasons:
            raise Refused(*reasons)
        _decide(uow, raw, Verb.SELECT, reason)

    in_one_transaction(work, actor=actor, now=now)


def decline(application_id: ObjectId, *, reason: str, version: int, actor: Actor, now: datetime) -> None:
    """Decide that a base is not certified, and why. Raises Missing, Stale, Refused, NotAllowed."""
    _one_step(application_id, Verb.DECLINE, reason, version, actor, now)


def reconsider(application_id: ObjectId, *, reason: str, version: int, actor: Actor, now: datetime) -> None:
    """Take a decision that is not public yet up again, one step back. Raises Missing, Stale, Refused, NotAllowed."""
    _one_step(application_id, Verb.RECONSIDER, reason, version, actor, now)


def _one_step(
    application_id: ObjectId, verb: Verb, reason: str, version: int, actor: Actor, now: datetime
) -> None:
    in_one_transaction(
        lambda uow: _decide(uow, at_version(uow, application_id, version), verb, reason),
        actor=actor,
        now=now,
    )


def _decide(uow: UnitOfWork, raw: Raw, verb: Verb, reason: str) -> None:
    decision = {
        "verb": verb.value,
        "reason": reason.strip(),
        "at": uow.now,
        "by_name": uow.actor.name,
    }
    take_step(uow, raw, verb, opinion=reason, values={"decision": decision})


# --- Public notice -----------------------------------------------------------------------------


@dataclass(frozen=True)
class NoticeDraft:
    """What a public notice is to be; `working_days` None takes the rule set's number."""

    round: ObjectId
    first_day: date | None
    contact: Contact
    working_days: int | None = None
    dated: date | None = None  # None: the first day


@dataclass(frozen=True)
class NoticePreview:
    """A notice exactly as it will read, and its period."""

    text: PaperText
    first_day: date
    last_day: DueDay
    working_days: int


def preview_notice(
    draft: NoticeDraft, ids: Iterable[ObjectId], *, actor: Actor, today: date
) -> NoticePreview:
    """Return the notice as it would be published. Raises what `open_notice` would."""
    actor.demand(Permission.DECIDE_APPLICATIONS)
    return _preview(draft, _in_order(chosen_applications(ids, actor)), read_round(draft.round), actor, today)


def _in_order(chosen: Sequence[Raw]) -> list[Raw]:
    place = {county.code: number for number, county in enumerate(office_counties())}
    last = len(place)
    return sorted(chosen, key=lambda one: (place.get(one["county"], last), one["sort_key"], str(one["_id"])))


def _preview(
    draft: NoticeDraft, chosen: Sequence[Raw], one: KeptRound, actor: Actor, today: date
) -> NoticePreview:
    decided = [moment for raw in chosen if (moment := moment_of(raw, Verb.SELECT))]
    reasons = [
        *refusals_to_open(
            chosen=len(chosen), first_day=draft.first_day,
            decided_on=office_day(max(decided)) if decided else None, today=today,
        ),
        *refusals_of_contact(draft.contact),
        *(reason for key, text in asdict(draft.contact).items() for reason in refusals_of_text(text, key, most=200)),
    ]  # fmt: skip
    days = draft.working_days
    if days is None:
        days = read_edition(one.rule_set, actor).measures.notice_working_days
    if not 1 <= days <= MOST_WORKING_DAYS:
        params = {"most": MOST_WORKING_DAYS}
        reasons.append(Refusal(N_("A notice runs 1 to %(most)d working days."), params, "working_days"))
    if any(raw["round"] != draft.round for raw in chosen):
        reasons.append(Refusal(N_("One notice publishes applications of one round."), field="applications"))
    for raw in chosen:
        demand_step(raw, Verb.OPEN_NOTICE, actor)
    if draft.first_day is None or reasons:
        raise Refused(*reasons)
    last = notice_ends(draft.first_day, days, office_calendar())
    text = public_notice(
        NoticeFacts(
            year=one.year,
            bases=listed_bases(chosen),
            first_day=draft.first_day,
            last_day=last.day,
            working_days=days,
            telephone=draft.contact.telephone.strip(),
            email=draft.contact.email.strip(),
            address=draft.contact.address.strip(),
            postcode=draft.contact.postcode.strip(),
            dated=draft.dated or draft.first_day,
            call_title=one.call_title,
            call_number=one.call_number,
        )
    )
    return NoticePreview(text, draft.first_day, last, days)


def open_notice(
    draft: NoticeDraft, versions: Versions, *, actor: Actor, now: datetime, today: date
) -> ObjectId:
    """Publish the preliminary result: the list is frozen and every application is on notice, or nothing happens.

    Return the notice's id. Raises Missing, Stale, Refused, NotAllowed.
    """
    actor.demand(Permission.DECIDE_APPLICATIONS)

    def work(uow: UnitOfWork) -> ObjectId:
        chosen = _in_order(chosen_applications(versions, actor, uow.session))
        preview = _preview(draft, chosen, read_round(draft.round, uow.session), actor, today)
        demand_versions(chosen, versions)
        notice = ObjectId()
        row = {
            "_id": notice, "kind": NoticeKind.PUBLIC_NOTICE.value, "title": preview.text.title, "round": draft.round,
            "dated": stored_day(draft.dated or preview.first_day), "first_day": stored_day(preview.first_day),
            "last_day": stored_day(preview.last_day.day), "working_days": preview.working_days,
            "entries": [entry_of(raw) for raw in chosen], "contact": asdict(draft.contact),
            "text": preview.text.stored(), "published_at": uow.now, "published_by": uow.actor.name,
        }  # fmt: skip
        Notice.collection().insert_one(row, session=uow.session)
        counties = sorted({raw["county"] for raw in chosen})
        uow.record("notice-opened", COLLECTION, notice, row["title"], counties=counties)
        for raw in chosen:
            take_step(uow, raw, Verb.OPEN_NOTICE, values={"notice": notice}, more={"notice": notice})
        return notice

    return in_one_transaction(work, actor=actor, now=now)


def entry_of(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return one line of a published list, as it is frozen."""
    keys = ("base", "base_name", "operator", "county", "kind")
    return {"application": raw["_id"], **{key: raw[key] for key in keys}}


def listed_bases(
    chosen: Sequence[Mapping[str, Any]], certificates: Sequence[str] = ()
) -> tuple[ListedBase, ...]:
    """Return the list of a paper: the frozen names, counties in full."""
    counties = office_counties().by_code
    numbers = certificates or [""] * len(chosen)
    return tuple(
        ListedBase(
            name=raw["base_name"],
            operator=raw["operator"],
            county=counties[raw["county"]].name if raw["county"] in counties else raw["county"],
            renewal=raw["kind"] == ApplicationKind.RENEWAL.value,
            certificate_number=number,
        )
        for raw, number in zip(chosen, numbers, strict=True)
    )


def read_notice(notice_id: ObjectId, session: Any = None) -> dict[str, Any]:
    """Return a published paper, whatever its day. Raises Missing."""
    raw = Notice.collection().find_one({"_id": notice_id}, session=session)
    if raw is None:
        raise Missing()
    return dict(raw)


def last_contact() -> Contact:
    """Return the contact lines to begin a notice with: the office's settings, else those of the latest notice."""
    values = office_settings()
    chosen = Contact(*(values[line] for line in (TELEPHONE, EMAIL, ADDRESS, POSTCODE)))
    if any((chosen.telephone, chosen.email, chosen.address, chosen.postcode)):
        return chosen
    found = Notice.collection().find_one({"kind": NoticeKind.PUBLIC_NOTICE.value}, sort=[("_id", -1)])
    return Contact(**found["contact"]) if found else Contact("", "", "")
