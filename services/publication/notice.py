"""Preliminary result and public notice (Art. 12): decide, preview, open; the list is frozen as it is published."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from bson import ObjectId

from documents.applications.application import PreliminaryDecision, StoredApplication
from documents.desk.audit_entry import Change
from documents.publication.notice import COLLECTION, Notice, NoticeEntry, StoredNotice
from documents.records.fields import stored_day
from office.papers.facts import ListedBase, NoticeFacts
from office.papers.paper_text import PaperText
from office.papers.texts import public_notice
from rules.access import Actor, Permission
from rules.applications import ApplicationKind, Verb, refusals_of_text
from rules.counties import office_counties
from rules.errors import Refusal, Refused
from rules.measures import Measures
from rules.publication import Contact, NoticeKind, refusals_of_contact, refusals_to_open
from rules.release import NOTHING_DECIDED, Treatments
from rules.scoring import refusals_to_select
from rules.words import N_
from rules.working_days import DueDay, notice_ends
from schema.settings import ADDRESS, EMAIL, POSTCODE, TELEPHONE
from services.applications.recommendation import Versions, chosen_applications, demand_versions
from services.applications.rounds import ApplicationRound, measures_of, read_round
from services.applications.steps import at_version, demand_step, moment_of, take_step
from services.assessment.rule_sets import reason_kept, refusals_to_begin_on
from services.desk.settings import office_settings
from services.desk.working_days import office_calendar
from services.publication.release import release
from services.shared.office_day import office_day
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

MOST_WORKING_DAYS = 60


def select(application_id: ObjectId, *, reason: str = "", version: int, actor: Actor, now: datetime) -> None:
    """Decide that a base is to be certified. Below the line of the score sheet only with a written reason.

    Raises Missing, Stale, Refused, NotAllowed.
    """

    def work(uow: UnitOfWork) -> None:
        application = at_version(uow, application_id, version)
        demand_step(application, Verb.SELECT, actor)
        sheet = read_round(application["round"], uow.session).sheet
        refusals = refusals_to_select(application.get("conclusion", {}).get("average"), sheet, reason)
        if refusals:
            raise Refused(*refusals)
        _decide(uow, application, Verb.SELECT, reason)

    in_one_transaction(work, actor=actor, now=now)


def decline(application_id: ObjectId, *, reason: str, version: int, actor: Actor, now: datetime) -> None:
    """Decide that a base is not certified, and why. Raises Missing, Stale, Refused, NotAllowed."""
    _decide_alone(application_id, Verb.DECLINE, reason, version, actor, now)


def reconsider(application_id: ObjectId, *, reason: str, version: int, actor: Actor, now: datetime) -> None:
    """Take a decision that is not public yet up again, one step back. Raises Missing, Stale, Refused, NotAllowed."""
    _decide_alone(application_id, Verb.RECONSIDER, reason, version, actor, now)


def _decide_alone(
    application_id: ObjectId, verb: Verb, reason: str, version: int, actor: Actor, now: datetime
) -> None:
    in_one_transaction(
        lambda uow: _decide(uow, at_version(uow, application_id, version), verb, reason),
        actor=actor,
        now=now,
    )


def _decide(uow: UnitOfWork, application: StoredApplication, verb: Verb, reason: str) -> None:
    decision = PreliminaryDecision(verb=verb.value, reason=reason.strip(), at=uow.now, by_name=uow.actor.name)
    take_step(uow, application, verb, opinion=reason, values={"decision": decision})


# --- Public notice -----------------------------------------------------------------------------


@dataclass(frozen=True)
class NoticeDraft:
    """What a public notice is to be; `working_days` None takes the rule set's number."""

    round: ObjectId
    first_day: date | None
    contact: Contact
    working_days: int | None = None
    dated: date | None = None  # None: the first day
    reason_to_begin: str = ""  # under a rule set that has ended


@dataclass(frozen=True)
class NoticePreview:
    """A notice exactly as it will read, and its period."""

    text: PaperText
    first_day: date
    last_day: DueDay
    working_days: int
    measures: Measures
    reason_to_begin: str = ""  # "" where the rule set has not ended


def preview_notice(
    draft: NoticeDraft, ids: Iterable[ObjectId], *, actor: Actor, today: date
) -> NoticePreview:
    """Return the notice as it would be published. Raises what `open_notice` would."""
    actor.demand(Permission.DECIDE_APPLICATIONS)
    applications = _in_order(chosen_applications(ids, actor))
    return _preview(draft, applications, read_round(draft.round), actor, today)


def _in_order(applications: Sequence[StoredApplication]) -> list[StoredApplication]:
    """Return applications as a list names them: by the counties' customary order, then by name."""
    place = {county.code: number for number, county in enumerate(office_counties())}
    last = len(place)
    return sorted(
        applications, key=lambda raw: (place.get(raw["county"], last), raw["sort_key"], str(raw["_id"]))
    )


def _preview(
    draft: NoticeDraft,
    applications: Sequence[StoredApplication],
    round_: ApplicationRound,
    actor: Actor,
    today: date,
    session: Any = None,
) -> NoticePreview:
    decided = [moment for raw in applications if (moment := moment_of(raw, Verb.SELECT))]
    refusals = [
        *refusals_to_open(
            chosen=len(applications), first_day=draft.first_day,
            decided_on=office_day(max(decided)) if decided else None, today=today,
        ),
        *refusals_of_contact(draft.contact),
        *(
            refusal
            for key, line in asdict(draft.contact).items()
            for refusal in refusals_of_text(line, key, most=200)
        ),
    ]  # fmt: skip
    first_day = draft.first_day or today
    measures = measures_of(round_, first_day, session)
    refusals += refusals_to_begin_on(
        measures, first_day, draft.reason_to_begin, today=today, goes_on=True, session=session
    )
    days = draft.working_days
    if days is None:
        days = measures.notice_working_days
    if not 1 <= days <= MOST_WORKING_DAYS:
        params = {"most": MOST_WORKING_DAYS}
        refusals.append(Refusal(N_("A notice runs 1 to %(most)d working days."), params, "working_days"))
    if any(raw["round"] != draft.round for raw in applications):
        refusals.append(Refusal(N_("One notice publishes applications of one round."), field="applications"))
    for raw in applications:
        demand_step(raw, Verb.OPEN_NOTICE, actor)
    if draft.first_day is None or refusals:
        raise Refused(*refusals)
    last = notice_ends(draft.first_day, days, office_calendar())
    text = public_notice(
        NoticeFacts(
            measures=measures,
            year=round_.year,
            bases=listed_bases(applications),
            first_day=draft.first_day,
            last_day=last.day,
            working_days=days,
            telephone=draft.contact.telephone.strip(),
            email=draft.contact.email.strip(),
            address=draft.contact.address.strip(),
            postcode=draft.contact.postcode.strip(),
            dated=draft.dated or draft.first_day,
            call_title=round_.call_title,
            call_number=round_.call_number,
        )
    )
    kept = reason_kept(measures, max(draft.first_day, today), draft.reason_to_begin)
    return NoticePreview(text, draft.first_day, last, days, measures, kept)


def open_notice(
    draft: NoticeDraft,
    versions: Versions,
    *,
    actor: Actor,
    now: datetime,
    today: date,
    treatments: Treatments = NOTHING_DECIDED,
) -> ObjectId:
    """Publish the preliminary result: the list is frozen and every application is on notice, or nothing happens.

    `treatments` say what becomes of the personal numbers in it. Return the notice's id.
    Raises Missing, Stale, Refused, NotAllowed.
    """
    actor.demand(Permission.DECIDE_APPLICATIONS)

    def work(uow: UnitOfWork) -> ObjectId:
        applications = _in_order(chosen_applications(versions, actor, uow.session))
        preview = _preview(
            draft, applications, read_round(draft.round, uow.session), actor, today, uow.session
        )
        demand_versions(applications, versions)
        notice_id = ObjectId()
        notice: StoredNotice = {
            "_id": notice_id, "kind": NoticeKind.PUBLIC_NOTICE.value, "round": draft.round,
            "rule_set": preview.measures.code,
            "dated": stored_day(draft.dated or preview.first_day), "first_day": stored_day(preview.first_day),
            "last_day": stored_day(preview.last_day.day), "working_days": preview.working_days,
            "entries": [entry_of(raw) for raw in applications], "contact": asdict(draft.contact),
            "published_at": uow.now, "published_by": uow.actor.name,
        }  # fmt: skip
        changes: list[Change] = []
        if preview.reason_to_begin:
            notice["reason_to_begin"] = preview.reason_to_begin
            changes.append(Change("reason_to_begin", None, preview.reason_to_begin))
        released = release(uow, notice, preview.text, treatments, draft.contact)
        counties = sorted({raw["county"] for raw in applications})
        uow.record(
            "notice-opened",
            COLLECTION,
            notice_id,
            released.title,
            counties=counties,
            note=released.note,
            changes=changes,
        )
        for raw in applications:
            take_step(uow, raw, Verb.OPEN_NOTICE, values={"notice": notice_id}, more={"notice": notice_id})
        return notice_id

    return in_one_transaction(work, actor=actor, now=now)


def entry_of(application: Mapping[str, Any]) -> NoticeEntry:
    """Return one line of a published list, as it is frozen."""
    return NoticeEntry(
        application=application["_id"], base=application["base"], base_name=application["base_name"],
        operator=application["operator"], county=application["county"], kind=application["kind"],
    )  # fmt: skip


def listed_bases(
    entries: Sequence[Mapping[str, Any]],
    certificates: Sequence[str] = (),
    terms: Sequence[tuple[date, date]] = (),
) -> tuple[ListedBase, ...]:
    """Return the list of a paper: the frozen names of applications or of entries, counties in full.

    `certificates` and `terms`, where the paper has them, are in the order of the entries.
    """
    counties = office_counties().by_code
    numbers = certificates or [""] * len(entries)
    periods: Sequence[tuple[date, date] | None] = terms or [None] * len(entries)
    return tuple(
        ListedBase(
            name=entry["base_name"],
            operator=entry["operator"],
            county=counties[entry["county"]].name if entry["county"] in counties else entry["county"],
            renewal=entry["kind"] == ApplicationKind.RENEWAL.value,
            certificate_number=number,
            term=term,
        )
        for entry, number, term in zip(entries, numbers, periods, strict=True)
    )


def last_contact() -> Contact:
    """Return the contact lines to begin a notice with: the office's settings, else those of the latest notice."""
    values = office_settings()
    chosen = Contact(*(values[line] for line in (TELEPHONE, EMAIL, ADDRESS, POSTCODE)))
    if any((chosen.telephone, chosen.email, chosen.address, chosen.postcode)):
        return chosen
    latest = Notice.latest_of_kind(NoticeKind.PUBLIC_NOTICE.value)
    return Contact(**latest["contact"]) if latest else Contact("", "", "")
