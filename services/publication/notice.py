"""Preliminary result and public notice (Art. 12): decide, preview, open; the list is frozen as it is published."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from bson import ObjectId

from documents.applications.application import PreliminaryDecision, StoredApplication
from documents.desk.audit_entry import Change
from documents.publication.notice import COLLECTION, PUBLISHED, Notice, NoticeEntry, StoredNotice
from documents.records.attachment import StoredAttachment
from documents.records.fields import stored_day
from office.papers.facts import ListedBase, ListedException, NoticeFacts
from office.papers.paper_text import PaperText
from office.papers.texts import public_notice
from rules.access import Actor, Permission
from rules.applications import WITH_REASON, ApplicationKind, Verb, refusals_of_text
from rules.counties import office_counties
from rules.errors import Refusal, Refused
from rules.publication import (
    MOST_WHERE,
    Contact,
    NoticeKind,
    NoticePeriod,
    PublishedElsewhere,
    refusals_of_contact,
    refusals_of_evidence,
    refusals_to_open,
)
from rules.release import NOTHING_DECIDED, Treatments
from rules.rule_sets.measures import Measures
from rules.scoring import refusals_to_select
from rules.shortfalls import refusals_to_publish
from rules.words import N_
from rules.working_days import DueDay, notice_ends, working_days_between
from schema.settings import ADDRESS, EMAIL, POSTCODE, TELEPHONE
from services.applications.recommendation import Versions, chosen_applications, demand_versions
from services.applications.rounds import ApplicationRound, measures_of, read_round
from services.applications.shortfall import of_application, shortfall_of
from services.applications.steps import REASON, at_version, demand_step, take_step
from services.assessment.rule_sets import reason_kept, refusals_to_begin_on
from services.desk.settings import office_settings
from services.desk.working_days import office_calendar
from services.publication.release import release
from services.shared.files import SentFile, attach_to_new, kept_bytes
from services.shared.office_day import office_day
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

_LONGEST_PERIOD = 366  # days that the working days of a period published elsewhere are counted over


# --- Preliminary result ------------------------------------------------------------------------


@dataclass(frozen=True)
class ResultDraft:
    """What is decided of one application, seen at `version`: why, and why it goes on though it misses a condition."""

    version: int
    reason: str = ""
    failing_reason: str = ""


def decide_together(
    verb: Verb, drafts: Mapping[ObjectId, ResultDraft], *, actor: Actor, now: datetime
) -> None:
    """Select, decline or take up again several applications: all of them, or none.

    Raises Missing, Stale, NotAllowed; Refused, each reason with a field of its application: `reason-…`.
    """
    if verb not in (Verb.SELECT, Verb.DECLINE, Verb.RECONSIDER):
        raise ValueError(verb)
    if not drafts:
        raise Refused(Refusal(N_("Choose at least one application."), field="applications"))

    def work(uow: UnitOfWork) -> None:
        refusals: list[Refusal] = []
        for application_id, draft in drafts.items():
            try:
                _decide(uow, application_id, verb, draft)
            except Refused as problem:
                own = (
                    refusal if refusal.field else replace(refusal, field="reason")
                    for refusal in problem.refusals
                )
                refusals += of_application(own, application_id)
        if refusals:
            raise Refused(*refusals)

    in_one_transaction(work, actor=actor, now=now)


def select(
    application_id: ObjectId, *, reason: str = "", failing_reason: str = "", version: int, actor: Actor, now: datetime
) -> None:  # fmt: skip
    """Decide that a base is to be certified. Below the line of the score sheet only with a written reason.

    One that misses a condition needs one of its own, where the rule set lets it be announced at all.
    Raises Missing, Stale, Refused, NotAllowed.
    """
    draft = ResultDraft(version, reason, failing_reason)
    in_one_transaction(lambda uow: _decide(uow, application_id, Verb.SELECT, draft), actor=actor, now=now)


def decline(application_id: ObjectId, *, reason: str, version: int, actor: Actor, now: datetime) -> None:
    """Decide that a base is not certified, and why. Raises Missing, Stale, Refused, NotAllowed."""
    draft = ResultDraft(version, reason)
    in_one_transaction(lambda uow: _decide(uow, application_id, Verb.DECLINE, draft), actor=actor, now=now)


def reconsider(application_id: ObjectId, *, reason: str, version: int, actor: Actor, now: datetime) -> None:
    """Take a decision that is not public yet up again, one step back. Raises Missing, Stale, Refused, NotAllowed."""
    draft = ResultDraft(version, reason)
    in_one_transaction(lambda uow: _decide(uow, application_id, Verb.RECONSIDER, draft), actor=actor, now=now)


def _decide(uow: UnitOfWork, application_id: ObjectId, verb: Verb, draft: ResultDraft) -> None:
    application = at_version(uow, application_id, draft.version)
    demand_step(application, verb, uow.actor)
    reason, failing_reason = draft.reason, draft.failing_reason if verb is Verb.SELECT else ""
    refusals = [*refusals_of_text(reason, "reason", wanted=REASON if verb in WITH_REASON else "")]
    if verb is Verb.SELECT:
        refusals += _refusals_to_select(uow, application, reason, failing_reason)
    if refusals:
        raise Refused(*refusals)
    decision = PreliminaryDecision(verb=verb.value, reason=reason.strip(), at=uow.now, by_name=uow.actor.name)
    if failing_reason.strip():
        decision["failing_reason"] = failing_reason.strip()
    take_step(
        uow, application, verb, opinion=reason, values={"decision": decision}, failing_reason=failing_reason
    )


def _refusals_to_select(
    uow: UnitOfWork, application: StoredApplication, reason: str, failing_reason: str
) -> tuple[Refusal, ...]:
    round_ = read_round(application["round"], uow.session)
    measures = measures_of(round_, office_day(uow.now), uow.session)
    average = application.get("conclusion", {}).get("average")
    return (
        *refusals_to_select(average, round_.sheet, reason),
        *refusals_to_publish(shortfall_of(application, measures), failing_reason, measures),
    )


# --- Public notice -----------------------------------------------------------------------------


@dataclass(frozen=True)
class NoticeDraft:
    """What a public notice is to be; `working_days` None takes the rule set's number.

    `elsewhere`: it was published before, in that place until that day; then `working_days` are those of its period.
    """

    round: ObjectId
    first_day: date | None
    contact: Contact
    working_days: int | None = None
    dated: date | None = None  # None: the first day
    reason_to_begin: str = ""  # under a rule set that has ended
    elsewhere: PublishedElsewhere | None = None


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
    """Return the notice as it would be published. Raises what `open_notice` would, a lack of evidence apart."""
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
    first_day = draft.first_day or today
    measures = measures_of(round_, first_day, session)
    period = NoticePeriod(draft.first_day, _working_days(draft, measures), draft.elsewhere)
    refusals = [
        *refusals_to_open(
            chosen=len(applications), period=period, calls_from=round_.apply_from, measures=measures, today=today
        ),
        *refusals_of_contact(draft.contact),
        *(
            refusal
            for key, line in asdict(draft.contact).items()
            for refusal in refusals_of_text(line, key, most=200)
        ),
        *(
            refusals_of_text(draft.elsewhere.where, "published_where", most=MOST_WHERE)
            if draft.elsewhere else ()
        ),
    ]  # fmt: skip
    refusals += refusals_to_begin_on(
        measures, first_day, draft.reason_to_begin, today=today, goes_on=True, session=session
    )
    if any(raw["round"] != draft.round for raw in applications):
        refusals.append(Refusal(N_("One notice publishes applications of one round."), field="applications"))
    for raw in applications:
        demand_step(raw, Verb.OPEN_NOTICE, actor)
        of_base = refusals_to_publish(shortfall_of(raw, measures), reason_of_selection(raw), measures)
        refusals += [replace(refusal, field="applications") for refusal in of_base]
    if draft.first_day is None or refusals:
        raise Refused(*refusals)
    last = _last_day(draft.first_day, period)
    text = public_notice(
        NoticeFacts(
            measures=measures,
            year=round_.year,
            bases=listed_bases(applications, reasons=_exceptions(applications, measures)),
            first_day=draft.first_day,
            last_day=last.day,
            working_days=period.working_days,
            telephone=draft.contact.telephone.strip(),
            email=draft.contact.email.strip(),
            address=draft.contact.address.strip(),
            postcode=draft.contact.postcode.strip(),
            dated=draft.dated or draft.first_day,
            call_title=round_.call_title,
            call_number=round_.call_number,
            elsewhere=draft.elsewhere.where.strip() if draft.elsewhere else "",
            recorded_on=today if draft.elsewhere else None,
        )
    )
    kept = reason_kept(measures, max(draft.first_day, today), draft.reason_to_begin)
    return NoticePreview(text, draft.first_day, last, period.working_days, measures, kept)


def _working_days(draft: NoticeDraft, measures: Measures) -> int:
    """Return for how many working days a notice runs; of one published elsewhere, how many its days are."""
    if draft.elsewhere is None:
        return measures.notice_working_days if draft.working_days is None else draft.working_days
    first, last = draft.first_day, draft.elsewhere.last_day
    if first is None or last is None:
        return measures.notice_working_days  # that the days are missing is refused by itself
    return working_days_between(first, min(last, first + timedelta(days=_LONGEST_PERIOD)), office_calendar())


def _last_day(first_day: date, period: NoticePeriod) -> DueDay:
    if period.elsewhere is not None and period.elsewhere.last_day is not None:
        return DueDay(period.elsewhere.last_day)
    return notice_ends(first_day, period.working_days, office_calendar())


def reason_of_selection(application: StoredApplication) -> str:
    """Return why a selected base goes on although it misses a condition; "" where nobody has said so."""
    return application.get("decision", {}).get("failing_reason", "")


def _exceptions(
    applications: Iterable[StoredApplication], measures: Measures
) -> dict[ObjectId, ListedException]:
    return {
        raw["_id"]: exception
        for raw in applications
        if (exception := exception_of(raw, reason_of_selection(raw), measures))
    }


def exception_of(application: StoredApplication, reason: str, measures: Measures) -> ListedException | None:
    """Return what a paper says of a base that misses a condition: of which articles, and why it stands there."""
    missing = shortfall_of(application, measures).missing
    if not missing:
        return None
    return ListedException(tuple(dict.fromkeys(measures.article(line.key) for line in missing)), reason)


def open_notice(
    draft: NoticeDraft,
    versions: Versions,
    evidence: Sequence[SentFile] = (),
    *,
    actor: Actor,
    now: datetime,
    today: date,
    treatments: Treatments = NOTHING_DECIDED,
) -> ObjectId:
    """Publish the preliminary result: the list is frozen and every application is on notice, or nothing happens.

    `evidence` shows that one was published elsewhere; it stays with the notice. `treatments` say what becomes of the
    personal numbers in it. Return the notice's id.
    Raises Missing, Stale, Refused, NotAllowed.
    """
    actor.demand(Permission.DECIDE_APPLICATIONS)
    if draft.elsewhere is not None:
        draft = replace(draft, elsewhere=replace(draft.elsewhere, evidence=len(evidence)))
    notice_id = ObjectId()

    def work(uow: UnitOfWork, kept: Sequence[StoredAttachment]) -> ObjectId:
        applications = _in_order(chosen_applications(versions, actor, uow.session))
        preview = _preview(
            draft, applications, read_round(draft.round, uow.session), actor, today, uow.session
        )
        missing = refusals_of_evidence(draft.elsewhere)
        if missing:
            raise Refused(*missing)
        demand_versions(applications, versions)
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
        counties = sorted({raw["county"] for raw in applications})
        if draft.elsewhere is not None:
            notice["elsewhere"] = {"where": draft.elsewhere.where.strip(), "recorded_on": stored_day(today)}
            changes.append(Change("elsewhere", None, notice["elsewhere"]["where"]))
        released = release(uow, notice, preview.text, treatments, draft.contact)
        uow.record(
            "notice-opened",
            COLLECTION,
            notice_id,
            released.title,
            counties=counties,
            note=released.note,
            changes=changes,
        )
        for file in kept:
            attach_to_new(uow, file, released.title, counties)
        for raw in applications:
            take_step(uow, raw, Verb.OPEN_NOTICE, values={"notice": notice_id}, more={"notice": notice_id})
        return notice_id

    with kept_bytes(COLLECTION, notice_id, evidence if draft.elsewhere else (), slot=PUBLISHED) as kept:
        return in_one_transaction(lambda uow: work(uow, kept), actor=actor, now=now)


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
    reasons: Mapping[ObjectId, ListedException] | None = None,
) -> tuple[ListedBase, ...]:
    """Return the list of a paper: the frozen names of applications or of entries, counties in full.

    `certificates` and `terms`, where the paper has them, are in the order of the entries; `reasons` says, by
    application, why one that misses a condition stands there.
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
            exception=reasons.get(entry.get("application") or entry["_id"]) if reasons else None,
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
