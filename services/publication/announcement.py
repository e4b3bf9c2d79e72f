"""Announcement (Art. 12, 16): the title begins, or is renewed. One transaction makes all of it agree, once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from bson import ObjectId

from documents.publication.notice import COLLECTION, Notice
from documents.publication.objection import Objection
from documents.records.base import Base
from documents.records.fields import stored_day
from office.papers.facts import AnnouncementFacts
from office.papers.paper_text import PaperText
from office.papers.texts import announcement
from rules.access import Actor, Permission
from rules.applications import Verb, refusals_of_text
from rules.errors import Refusal, Refused
from rules.measures import Measures
from rules.papers import refusals_of_prefix
from rules.publication import Candidate, NoticeKind, Outcome, refusals_to_announce
from rules.title import last_valid_day
from rules.words import N_
from schema.settings import CERTIFICATE_PREFIX
from services.applications.recommendation import Versions, chosen_applications, demand_versions
from services.applications.rounds import KeptRound, read_round
from services.applications.steps import Raw, kind_of, stage_of, take_step
from services.assessment.rule_sets import read_edition
from services.desk.settings import office_settings
from services.publication.notice import entry_of, listed_bases, read_notice
from services.records.records import update_within
from services.records.references import References
from services.shared.paper_register import claim, next_certificate_numbers, read_number, refusals_of_number
from services.shared.unit_of_work import UnitOfWork, in_one_transaction


@dataclass(frozen=True)
class AnnouncementDraft:
    """What an announcement is to be. `term_first` None: the term begins on its date (decision).

    `reasons` holds, by application, why one that does not meet every indicator is certified all the same.
    """

    notice: ObjectId
    number: str
    dated: date
    term_first: date | None = None
    reasons: Mapping[ObjectId, str] = field(default_factory=dict)
    certificate_prefix: str = field(default_factory=lambda: office_settings()[CERTIFICATE_PREFIX])

    @property
    def begins(self) -> date:
        """The first day of the term."""
        return self.term_first or self.dated


@dataclass(frozen=True)
class AnnouncementPreview:
    """An announcement exactly as it will read, its term, and the certificates' numbers as they would be now."""

    text: PaperText
    term_first: date
    term_last: date


def candidates_of(
    notice: Mapping[str, Any], applications: Sequence[Raw], reasons: Mapping[ObjectId, str] | None = None,
    *, today: date, session: Any = None,
) -> dict[ObjectId, Candidate]:  # fmt: skip
    """Return, by application, what an announcement of a notice finds: stage, objections, assessment, title."""
    ids = [raw["_id"] for raw in applications]
    clause = {"notice": notice["_id"], "application": {"$in": ids}}
    objections: dict[tuple[Any, str], int] = {}
    for row in Objection.collection().find(clause, {"application": 1, "outcome": 1}, session=session):
        key = (row["application"], row["outcome"])
        objections[key] = objections.get(key, 0) + 1
    keys = {"status": 1, "title_last_day": 1}
    bases = {
        row["_id"]: row
        for row in Base.collection().find(
            {"_id": {"$in": [raw["base"] for raw in applications]}}, keys, session=session
        )
    }
    return {
        raw["_id"]: _candidate(
            raw, bases.get(raw["base"]) or {}, objections, (reasons or {}).get(raw["_id"], ""), today
        )
        for raw in applications
    }


def _candidate(
    raw: Raw, base: Mapping[str, Any], objections: Mapping[tuple[Any, str], int], reason: str, today: date
) -> Candidate:
    last = base["title_last_day"].date() if base.get("title_last_day") else None
    valid = base.get("status") == "certified" and last is not None and last >= today
    return Candidate(
        name=raw["base_name"],
        stage=stage_of(raw),
        kind=kind_of(raw),
        open_objections=objections.get((raw["_id"], Outcome.OPEN.value), 0),
        upheld_objections=objections.get((raw["_id"], Outcome.UPHELD.value), 0),
        meets=bool(raw.get("submission", {}).get("assessment", {}).get("meets")),
        reason=reason,
        certified_until=last if valid else None,
        base_status=base.get("status", ""),
    )


def preview_announcement(
    draft: AnnouncementDraft, ids: Sequence[ObjectId], *, actor: Actor, today: date
) -> AnnouncementPreview:
    """Return the announcement as it would be published. Raises what `announce` would."""
    actor.demand(Permission.DECIDE_APPLICATIONS)
    number = read_number(draft.number)
    _demand_prefix(draft.certificate_prefix)
    notice = read_notice(draft.notice)
    chosen = _of_notice(notice, chosen_applications(ids, actor))
    reasons = [*_refusals(draft, notice, chosen, today), *refusals_of_number(number)]
    if reasons:
        raise Refused(*reasons)
    rules = _rules(notice, actor)
    return AnnouncementPreview(_text(draft, number, notice, chosen, (), rules), *_term(draft, rules[1]))


def announce(
    draft: AnnouncementDraft, versions: Versions, *, actor: Actor, now: datetime, today: date
) -> ObjectId:
    """Announce bases of a notice whose period is over: number, certificates, applications, bases and audit agree.

    Exactly once or not at all, however many clerks press the button: the number is claimed in the same transaction,
    and every application must still be as the clerk saw it. Return the announcement's id.
    Raises Missing, Stale, Refused, NotAllowed.
    """
    actor.demand(Permission.DECIDE_APPLICATIONS)
    number = read_number(draft.number)
    _demand_prefix(draft.certificate_prefix)

    def work(uow: UnitOfWork) -> ObjectId:
        notice = read_notice(draft.notice, uow.session)
        chosen = _of_notice(notice, chosen_applications(versions, actor, uow.session))
        demand_versions(chosen, versions)
        reasons = _refusals(draft, notice, chosen, today, uow.session)
        if reasons:
            raise Refused(*reasons)
        return _announce(uow, draft, number, notice, chosen)

    return in_one_transaction(work, actor=actor, now=now)


def _announce(
    uow: UnitOfWork, draft: AnnouncementDraft, number: str, notice: Mapping[str, Any], chosen: Sequence[Raw]
) -> ObjectId:
    paper, rules = ObjectId(), _rules(notice, uow.actor)
    first, last = _term(draft, rules[1])
    claim(uow, number, kind="announcement", dated=draft.dated, paper=paper)
    prefix = draft.certificate_prefix.strip()
    certificates = next_certificate_numbers(uow, prefix, draft.dated.year, len(chosen))
    for certificate in certificates:
        claim(uow, certificate, kind="certificate", dated=draft.dated, paper=paper)
    text = _text(draft, number, notice, chosen, certificates, rules)
    row = {
        "_id": paper, "kind": NoticeKind.ANNOUNCEMENT.value, "title": text.title, "number": number,
        "round": notice["round"], "dated": stored_day(draft.dated), "first_day": stored_day(draft.dated),
        "term_first": stored_day(first), "term_last": stored_day(last), "answers": notice["_id"],
        "entries": [
            {**entry_of(raw), "certificate_number": certificate}
            for raw, certificate in zip(chosen, certificates, strict=True)
        ],
        "text": text.stored(), "published_at": uow.now, "published_by": uow.actor.name,
    }  # fmt: skip
    Notice.collection().insert_one(row, session=uow.session)
    counties = sorted({raw["county"] for raw in chosen})
    uow.record("announced", COLLECTION, paper, f"{number} {text.title}", counties=counties)
    title = {
        "announced_on": draft.dated,
        "document_number": number,
        "title_first_day": first,
        "title_last_day": last,
    }
    for raw, certificate in zip(chosen, certificates, strict=True):
        _certify(uow, raw, {**title, "certificate_number": certificate})
        values = {"announcement": paper, "certificate_number": certificate}
        more = {"number": number, "certificate": certificate, "announcement": paper}
        reason = draft.reasons.get(raw["_id"], "")
        take_step(uow, raw, Verb.ANNOUNCE, opinion=reason, values=values, more=more)
    return paper


def _certify(uow: UnitOfWork, raw: Raw, title: Mapping[str, Any]) -> None:
    """Give the base its title; the term it had so far goes into its history."""
    base = Base.collection().find_one({"_id": raw["base"]}, session=uow.session) or {}
    keys = ("announced_on", "document_number", "title_first_day", "title_last_day", "certificate_number")
    had = {key: base[key] for key in keys if base.get(key) is not None}
    earlier = [*base.get("earlier_terms", ()), {**had, "status": base["status"]}] if had else None
    values = {"status": "certified", **title} | ({"earlier_terms": earlier} if earlier else {})
    refs = References(uow.actor, uow.session)
    update_within(uow, "bases", raw["base"], values, refs, version=None, note=str(title["document_number"]))


def _of_notice(notice: Mapping[str, Any], chosen: Sequence[Raw]) -> list[Raw]:
    """Return the chosen applications in the order of the notice's list; Refused when one is not on it."""
    places = {entry["application"]: number for number, entry in enumerate(notice["entries"])}
    if notice["kind"] != NoticeKind.PUBLIC_NOTICE.value or any(raw["_id"] not in places for raw in chosen):
        raise Refused(
            Refusal(N_("Choose applications that were on this public notice."), field="applications")
        )
    return sorted(chosen, key=lambda raw: places[raw["_id"]])


def _refusals(
    draft: AnnouncementDraft,
    notice: Mapping[str, Any],
    chosen: Sequence[Raw],
    today: date,
    session: Any = None,
) -> tuple[Refusal, ...]:
    found = candidates_of(notice, chosen, draft.reasons, today=today, session=session)
    texts = [
        reason for text in draft.reasons.values() for reason in refusals_of_text(text, "reasons", most=500)
    ]
    return (
        *refusals_to_announce(
            found.values(), notice_last_day=notice["last_day"].date(), dated=draft.dated, term_first=draft.begins,
            today=today,
        ),
        *texts,
    )  # fmt: skip


def _as_published(notice: Mapping[str, Any], chosen: Sequence[Raw]) -> list[dict[str, Any]]:
    """Return the chosen under the names that were open to objections: what was on notice is what is announced."""
    frozen = {entry["application"]: entry for entry in notice["entries"]}
    keys = ("base_name", "operator", "county", "kind")
    return [{key: frozen[raw["_id"]][key] for key in keys} for raw in chosen]


def _demand_prefix(prefix: str) -> None:
    reasons = refusals_of_prefix(prefix.strip())
    if reasons:
        raise Refused(*reasons)


def _rules(notice: Mapping[str, Any], actor: Actor) -> tuple[KeptRound, Measures]:
    """Return the round of a notice and the rule set that it is decided under."""
    one = read_round(notice["round"])
    return one, read_edition(one.rule_set, actor).measures


def _term(draft: AnnouncementDraft, measures: Measures) -> tuple[date, date]:
    return draft.begins, last_valid_day(draft.begins, measures.years_of_validity)


def _text(
    draft: AnnouncementDraft, number: str, notice: Mapping[str, Any], chosen: Sequence[Raw],
    certificates: Sequence[str], rules: tuple[KeptRound, Measures],
) -> PaperText:  # fmt: skip
    one, measures = rules
    term = _term(draft, measures)
    return announcement(
        AnnouncementFacts(
            number=number,
            year=one.year,
            bases=listed_bases(_as_published(notice, chosen), certificates),
            term_first=term[0],
            term_last=term[1],
            dated=draft.dated,
            notice_first=notice["first_day"].date(),
            notice_last=notice["last_day"].date(),
            base_summary_by=measures.base_summary_by,
            county_summary_by=measures.county_summary_by,
            change_filing_working_days=measures.change_filing_working_days,
        )
    )
