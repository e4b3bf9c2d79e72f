"""Announcement (Art. 12, 16): the title begins, or is renewed. One transaction makes all of it agree, once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from bson import ObjectId

from documents.applications.application import StoredApplication, StoredStep
from documents.desk.audit_entry import Change
from documents.publication.bases import CERTIFIED, StoredTitle, titles_of
from documents.publication.notice import COLLECTION, Notice, NoticeEntry, StoredNotice
from documents.publication.objection import Objection
from documents.records.base import Base
from documents.records.fields import stored_day
from office.papers.facts import AnnouncementFacts, ObjectionCounts
from office.papers.paper_text import PaperText
from office.papers.texts import announcement
from rules.access import Actor, Permission
from rules.applications import ApplicationKind, Verb, refusals_of_text
from rules.errors import Refusal, Refused
from rules.papers import refusals_of_prefix
from rules.publication import AnnouncementCandidate, NoticeKind, Outcome, refusals_to_announce
from rules.release import NOTHING_DECIDED, Treatments
from rules.rule_sets.measures import Measures
from rules.titles import TitleMove, TitleMover, TitleSource, first_day_of_term, last_valid_day
from rules.words import N_
from schema.bases import TERM_KEYS
from schema.settings import CERTIFICATE_PREFIX
from services.applications.recommendation import Versions, chosen_applications, demand_versions
from services.applications.rounds import ApplicationRound, measures_of, read_round
from services.applications.shortfall import shortfall_of
from services.applications.steps import kind_of, stage_of, take_step
from services.assessment.rule_sets import reason_kept, refusals_to_begin_on
from services.desk.settings import office_settings
from services.publication.notice import entry_of, exception_of, listed_bases
from services.publication.release import release
from services.records.records import update_within
from services.records.references import References
from services.shared.office_day import day_of
from services.shared.paper_register import claim, next_certificate_numbers, read_number, refusals_of_number
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

Period = tuple[date, date]  # first and last day, both included


@dataclass(frozen=True)
class AnnouncementDraft:
    """What an announcement is to be. `term_first` None: terms begin on its date (decision).

    A renewal's term follows the one before it, where the rule set says so, whatever stands here.

    `reasons` holds, by application, why one that misses a condition is certified all the same.
    """

    notice: ObjectId
    number: str
    dated: date
    term_first: date | None = None
    reasons: Mapping[ObjectId, str] = field(default_factory=dict)
    reason_to_begin: str = ""  # under a rule set that has ended
    certificate_prefix: str = field(default_factory=lambda: office_settings()[CERTIFICATE_PREFIX])

    @property
    def begins(self) -> date:
        """The first day of the terms that follow no other."""
        return self.term_first or self.dated


@dataclass(frozen=True)
class AnnouncementPreview:
    """An announcement exactly as it will read, and the term of each application, in the order of the list."""

    text: PaperText
    terms: Mapping[ObjectId, Period]
    measures: Measures
    reason_to_begin: str = ""  # "" where the rule set has not ended


def candidates_of(
    notice_id: ObjectId, applications: Sequence[StoredApplication], reasons: Mapping[ObjectId, str] | None = None,
    *, measures: Measures, today: date, session: Any = None,
) -> dict[ObjectId, AnnouncementCandidate]:  # fmt: skip
    """Return, by application, what an announcement of a notice finds: stage, objections, assessment, title.

    What a base misses is cited by `measures`.
    """
    to_these = Objection.objects.of_notice(notice_id).to_applications(raw["_id"] for raw in applications)
    objections = to_these.counts(session)
    titles = titles_of((raw["base"] for raw in applications), session)
    return {
        raw["_id"]: _candidate(
            raw,
            titles.get(raw["base"]) or {},
            objections,
            (reasons or {}).get(raw["_id"], ""),
            measures,
            today,
        )
        for raw in applications
    }


def _candidate(
    raw: StoredApplication,
    title: StoredTitle,
    objections: Mapping[tuple[ObjectId, str, bool], int],
    reason: str,
    measures: Measures,
    today: date,
) -> AnnouncementCandidate:
    last = title["title_last_day"].date() if title.get("title_last_day") else None
    valid = title.get("status") == CERTIFIED and last is not None and last >= today

    def count(outcome: Outcome, *lateness: bool) -> int:
        return sum(objections.get((raw["_id"], outcome.value, late), 0) for late in lateness)

    return AnnouncementCandidate(
        name=raw["base_name"],
        stage=stage_of(raw),
        kind=kind_of(raw),
        open_objections=count(Outcome.OPEN, False),
        late_objections=count(Outcome.OPEN, True),
        upheld_objections=count(Outcome.UPHELD, False, True),
        rejected_objections=count(Outcome.REJECTED, False, True),
        missing=shortfall_of(raw, measures).missing,
        reason=reason,
        certified_until=last if valid else None,
        base_status=title.get("status", ""),
    )


def preview_announcement(
    draft: AnnouncementDraft, ids: Sequence[ObjectId], *, actor: Actor, today: date
) -> AnnouncementPreview:
    """Return the announcement as it would be published. Raises what `announce` would."""
    actor.demand(Permission.DECIDE_APPLICATIONS)
    number = read_number(draft.number)
    _demand_prefix(draft.certificate_prefix)
    notice = Notice.read(draft.notice)
    applications = _of_notice(notice, chosen_applications(ids, actor))
    rules = _rules(draft, notice)
    candidates = candidates_of(notice["_id"], applications, draft.reasons, measures=rules[1], today=today)
    refusals = [*_refusals(draft, notice, candidates, rules[1], today), *refusals_of_number(number)]
    if refusals:
        raise Refused(*refusals)
    terms = _terms(draft, applications, rules[1])
    text = _text(draft, number, notice, applications, candidates, (), rules, terms)
    return AnnouncementPreview(text, terms, rules[1], reason_kept(rules[1], today, draft.reason_to_begin))


def announce(
    draft: AnnouncementDraft,
    versions: Versions,
    *,
    actor: Actor,
    now: datetime,
    today: date,
    treatments: Treatments = NOTHING_DECIDED,
) -> ObjectId:
    """Announce bases of a notice whose period is over: number, certificates, applications, bases and audit agree.

    Exactly once or not at all, however many clerks press the button: the number is claimed in the same transaction,
    and every application must still be as the clerk saw it.
    `treatments` say what becomes of the personal numbers in it. Return the announcement's id.
    Raises Missing, Stale, Refused, NotAllowed.
    """
    actor.demand(Permission.DECIDE_APPLICATIONS)
    number = read_number(draft.number)
    _demand_prefix(draft.certificate_prefix)

    def work(uow: UnitOfWork) -> ObjectId:
        notice = Notice.read(draft.notice, uow.session)
        applications = _of_notice(notice, chosen_applications(versions, actor, uow.session))
        demand_versions(applications, versions)
        rules = _rules(draft, notice, uow.session)
        candidates = candidates_of(
            notice["_id"], applications, draft.reasons, measures=rules[1], today=today, session=uow.session
        )
        refusals = _refusals(draft, notice, candidates, rules[1], today, uow.session)
        if refusals:
            raise Refused(*refusals)
        return _announce(uow, draft, number, notice, applications, candidates, rules, treatments, today)

    return in_one_transaction(work, actor=actor, now=now)


def _announce(
    uow: UnitOfWork,
    draft: AnnouncementDraft,
    number: str,
    notice: StoredNotice,
    applications: Sequence[StoredApplication],
    candidates: Mapping[ObjectId, AnnouncementCandidate],
    rules: tuple[ApplicationRound, Measures],
    treatments: Treatments,
    today: date,
) -> ObjectId:
    announcement_id = ObjectId()
    terms = _terms(draft, applications, rules[1], uow.session)
    claim(uow, number, kind="announcement", dated=draft.dated, paper=announcement_id)
    prefix = draft.certificate_prefix.strip()
    certificates = next_certificate_numbers(uow, prefix, draft.dated.year, len(applications))
    for certificate in certificates:
        claim(uow, certificate, kind="certificate", dated=draft.dated, paper=announcement_id)
    text = _text(draft, number, notice, applications, candidates, certificates, rules, terms)
    row: StoredNotice = {
        "_id": announcement_id, "kind": NoticeKind.ANNOUNCEMENT.value, "number": number,
        "round": notice["round"], "rule_set": rules[1].code, "dated": stored_day(draft.dated),
        "first_day": stored_day(draft.dated), "answers": notice["_id"],
        "entries": [
            {**entry_of(raw), "certificate_number": certificate, **_stored_term(terms[raw["_id"]])}
            for raw, certificate in zip(applications, certificates, strict=True)
        ],
        "published_at": uow.now, "published_by": uow.actor.name,
    }  # fmt: skip
    kept, changes = reason_kept(rules[1], today, draft.reason_to_begin), list[Change]()
    if kept:
        row["reason_to_begin"] = kept
        changes.append(Change("reason_to_begin", None, kept))
    released = release(uow, row, text, treatments)
    counties = sorted({raw["county"] for raw in applications})
    uow.record(
        "announced", COLLECTION, announcement_id, f"{number} {released.title}", counties=counties, note=released.note,
        changes=changes,
    )  # fmt: skip
    for raw, certificate in zip(applications, certificates, strict=True):
        first, last = terms[raw["_id"]]
        title = {
            "announced_on": draft.dated, "document_number": number, "title_first_day": first,
            "title_last_day": last, "certificate_number": certificate,
        }  # fmt: skip
        _certify(uow, raw["base"], title)
        values = StoredApplication(announcement=announcement_id, certificate_number=certificate)
        more = StoredStep(number=number, certificate=certificate, announcement=announcement_id)
        reason = draft.reasons.get(raw["_id"], "")
        take_step(uow, raw, Verb.ANNOUNCE, values=values, more=more, failing_reason=reason)
    return announcement_id


def _certify(uow: UnitOfWork, base_id: ObjectId, title: Mapping[str, Any]) -> None:
    """Give the base its title; the term it had so far goes into its history."""
    base = uow.find(Base, base_id)
    had = {key: base[key] for key in (*TERM_KEYS, "title_source") if base.get(key) is not None}
    earlier = [*base.get("earlier_terms", ()), {**had, "status": base["status"]}] if had else None
    announced = {"status": CERTIFIED, "title_source": TitleSource.ANNOUNCED.value, **title}
    values = announced | ({"earlier_terms": earlier} if earlier else {})
    move = TitleMove(TitleMover.ANNOUNCEMENT, to=CERTIFIED)
    refs = References(uow.actor, uow.session, title_move=move)
    number = str(title["document_number"])
    update_within(uow, "bases", base_id, values, refs, version=base["version"], note=number)


def _of_notice(notice: StoredNotice, applications: Sequence[StoredApplication]) -> list[StoredApplication]:
    """Return applications in the order of the notice's list; Refused when one is not on it."""
    places = {entry.get("application"): number for number, entry in enumerate(notice["entries"])}
    on_list = all(raw["_id"] in places for raw in applications)
    if notice["kind"] != NoticeKind.PUBLIC_NOTICE.value or not on_list:
        raise Refused(
            Refusal(N_("Choose applications that were on this public notice."), field="applications")
        )
    return sorted(applications, key=lambda raw: places[raw["_id"]])


def _refusals(
    draft: AnnouncementDraft,
    notice: StoredNotice,
    candidates: Mapping[ObjectId, AnnouncementCandidate],
    measures: Measures,
    today: date,
    session: Any = None,
) -> tuple[Refusal, ...]:
    of_reasons = [
        refusal for text in draft.reasons.values() for refusal in refusals_of_text(text, "reasons", most=500)
    ]
    return (
        *refusals_to_announce(
            candidates.values(), notice_last_day=notice["last_day"].date(), dated=draft.dated, term_first=draft.begins,
            measures=measures, today=today,
        ),
        *refusals_to_begin_on(
            measures, draft.dated, draft.reason_to_begin, today=today, goes_on=True, session=session,
        ),
        *of_reasons,
    )  # fmt: skip


def _as_published(notice: StoredNotice, applications: Sequence[StoredApplication]) -> list[NoticeEntry]:
    """Return the names that were open to objections: what was on notice is what is announced."""
    frozen = {entry["application"]: entry for entry in notice["entries"]}
    return [frozen[raw["_id"]] for raw in applications]


def _demand_prefix(prefix: str) -> None:
    reasons = refusals_of_prefix(prefix.strip())
    if reasons:
        raise Refused(*reasons)


def _rules(
    draft: AnnouncementDraft, notice: StoredNotice, session: Any = None
) -> tuple[ApplicationRound, Measures]:
    """Return the round of a notice and the rule set that it is decided under on the announcement's date."""
    round_ = read_round(notice["round"], session)
    return round_, measures_of(round_, draft.dated, session)


def _terms(
    draft: AnnouncementDraft,
    applications: Sequence[StoredApplication],
    measures: Measures,
    session: Any = None,
) -> dict[ObjectId, Period]:
    """Return the term of each application: a renewal's follows the one before it (Art. 16)."""
    titles = titles_of((raw["base"] for raw in applications), session)
    terms = {}
    for raw in applications:
        first = first_day_of_term(
            draft.begins,
            renewal=kind_of(raw) is ApplicationKind.RENEWAL,
            held_until=day_of(titles.get(raw["base"], {}).get("title_last_day")),
            renewal_follows_term=measures.renewal_follows_term,
        )
        terms[raw["_id"]] = (first, last_valid_day(first, measures.years_of_validity))
    return terms


def _stored_term(term: Period) -> NoticeEntry:
    return NoticeEntry(term_first=stored_day(term[0]), term_last=stored_day(term[1]))


def _text(
    draft: AnnouncementDraft, number: str, notice: StoredNotice, applications: Sequence[StoredApplication],
    candidates: Mapping[ObjectId, AnnouncementCandidate], certificates: Sequence[str],
    rules: tuple[ApplicationRound, Measures], terms: Mapping[ObjectId, Period],
) -> PaperText:  # fmt: skip
    round_, measures = rules
    periods = [terms[raw["_id"]] for raw in applications]
    exceptions = {
        raw["_id"]: exception
        for raw in applications
        if (exception := exception_of(raw, draft.reasons.get(raw["_id"], ""), measures))
    }
    return announcement(
        AnnouncementFacts(
            measures=measures,
            number=number,
            year=round_.year,
            bases=listed_bases(_as_published(notice, applications), certificates, periods, exceptions),
            dated=draft.dated,
            notice_first=notice["first_day"].date(),
            notice_last=notice["last_day"].date(),
            objections=_objection_counts(candidates.values()),
            notice_elsewhere=notice["elsewhere"]["where"] if "elsewhere" in notice else "",
        )
    )


def _objection_counts(candidates: Iterable[AnnouncementCandidate]) -> ObjectionCounts:
    late = rejected = without = 0
    for candidate in candidates:
        late += bool(candidate.late_objections)
        rejected += bool(candidate.rejected_objections and not candidate.late_objections)
        without += not candidate.rejected_objections and not candidate.late_objections
    return ObjectionCounts(without, rejected, late)
