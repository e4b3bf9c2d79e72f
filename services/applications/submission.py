"""An application from its first line to the county: begin, save the materials, submit, withdraw (Art. 9-11, 16)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from bson import ObjectId

from documents.applications.application import (
    COLLECTION,
    Application,
    FrozenAssessment,
    FrozenIndicator,
    FrozenSubmission,
    StoredApplication,
)
from documents.desk.audit_entry import Change
from documents.records.attachment import Attachment, StoredAttachment, open_bytes
from documents.records.base import Base
from documents.records.fields import stored_day
from office.application_forms.form_text import form_paper
from office.papers.render import render_paper
from rules.access import Actor, Permission
from rules.applications import (
    Stage,
    Verb,
    kind_for,
    refusals_of_base_type,
    refusals_of_text,
    refusals_to_apply,
)
from rules.assessment.indicators import Assessment, Indicator, assess
from rules.errors import Missing, Refusal, Refused
from rules.innovations import (
    Innovation,
    refusals_to_keep_innovations,
    refusals_to_submit_innovations,
    slot_of,
)
from rules.materials import FORM, CaseFile, Material, Submission, refusals_to_submit
from rules.rule_sets.measures import REASON_TO_BEGIN
from rules.words import N_
from schema.application_form import MOST_CHARACTERISTICS
from services.applications.applicants import applicant_of
from services.applications.application_form import form_of
from services.applications.innovations import as_frozen, as_stored, innovations_of, innovations_text
from services.applications.materials_lists import MaterialList, material_lists
from services.applications.rounds import ApplicationRound, measures_of, read_round
from services.applications.steps import (
    at_version,
    count_files,
    demand_step,
    read_application,
    save_application,
    stage_of,
    take_step,
)
from services.assessment.assess import facts_of
from services.assessment.checklist import read_checklist
from services.assessment.rule_sets import reason_kept, refusals_to_begin_on
from services.publication.paper_templates import template_for
from services.shared.files import GeneratedFile, attach_generated, counted_text, stored_generated
from services.shared.table_files import as_workbook
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

# What of a base is frozen with its application: what Art. 10 has the applicant declare.
_FROZEN = (
    "name", "operator", "uscc", "county", "base_type", "legal_representative", "address", "operating_since",
    "floor_area", "service_staff", "online_system", "status", "announced_on", "document_number",
    "title_first_day", "title_last_day", "registered_place", "registration_in_city", "registration_checked_on",
    "registration_checked_by", "registration_basis", "registration_uscc", "registration_place",
)  # fmt: skip
_MOST_CASES = 20_000  # signs that are kept at all; how many count is the rule's


_OF_BASE = N_("%(base)s: %(why)s")


def begin(
    base_id: ObjectId, round_id: ObjectId, *, reason_to_begin: str = "", actor: Actor, now: datetime, today: date
) -> ObjectId:  # fmt: skip
    """Begin an application of a base in a round, for the title or, where it has one, for its renewal; return its id.

    Raises Missing (base out of scope, no such round), Refused (Art. 16; a second one under way; its rule set has
    ended), NotAllowed.
    """
    actor.demand(Permission.WRITE)
    return in_one_transaction(
        lambda uow: _begin(uow, base_id, round_id, reason_to_begin, today), actor=actor, now=now
    )


def begin_together(
    bases: Sequence[ObjectId], round_id: ObjectId, *, reason_to_begin: str = "", actor: Actor, now: datetime,
    today: date,
) -> list[ObjectId]:  # fmt: skip
    """Begin an application for each of several bases, all of them or none; return their ids in the same order.

    Raises what `begin` does, each reason with the base that it is of.
    """
    actor.demand(Permission.WRITE)
    if not bases:
        raise Refused(Refusal(N_("Choose at least one base."), field="bases"))

    def work(uow: UnitOfWork) -> list[ObjectId]:
        begun: list[ObjectId] = []
        refusals: list[Refusal] = []
        for base_id in dict.fromkeys(bases):
            try:
                begun.append(_begin(uow, base_id, round_id, reason_to_begin, today))
            except Refused as problem:
                name = uow.find(Base, base_id)["name"]
                refusals += [
                    reason
                    if reason.field == REASON_TO_BEGIN
                    else Refusal(_OF_BASE, {"base": name, "why": reason}, "bases")
                    for reason in problem.refusals
                ]
        if refusals:
            raise Refused(*refusals)
        return begun

    return in_one_transaction(work, actor=actor, now=now)


def _begin(uow: UnitOfWork, base_id: ObjectId, round_id: ObjectId, reason: str, today: date) -> ObjectId:
    base = uow.find(Base, base_id)
    stored_round = read_round(round_id, uow.session)
    applicant = applicant_of(base, uow.session, round_id=round_id)
    kind = kind_for(applicant, today)
    round_open = stored_round.takes_applications(today)
    measures = measures_of(stored_round, today, uow.session)
    refusals = [
        *refusals_to_apply(kind, applicant, measures, round_open=round_open, today=today),
        *refusals_to_begin_on(measures, today, reason, today=today, session=uow.session),
    ]
    if refusals:
        raise Refused(*refusals)
    kept = reason_kept(measures, today, reason)
    application: StoredApplication = {
        "_id": ObjectId(), "base": base_id, "base_name": base["name"], "operator": base["operator"],
        "county": base["county"], "round": round_id, "round_name": stored_round.name, "year": stored_round.year,
        "kind": kind.value, "stage": Stage.DRAFT.value, "open": True, "since": uow.now, "cases": "",
        "sealed": False, "steps": [], "experts": [],
    }  # fmt: skip
    changes = [Change("kind", None, kind.zh)]
    if kept:
        application["reason_to_begin"] = kept
        changes.append(Change("reason_to_begin", None, kept))
    saved = uow.save(Application, None, application)
    uow.record(
        "application-begun", COLLECTION, saved["_id"], Application.label_of(saved), counties=[saved["county"]],
        changes=changes,
    )  # fmt: skip
    return application["_id"]


def save_materials(
    application_id: ObjectId,
    *,
    cases: str,
    sealed: bool,
    characteristics: str | None = None,
    innovations: Sequence[Innovation] | None = None,
    version: int,
    actor: Actor,
    now: datetime,
) -> bool:
    """Save what was typed into an application that is being filled in; return False when nothing differs.

    `characteristics` or `innovations` None leaves those as they are. A text of cases that is still too long is kept:
    only handing it in is refused. Raises Missing, Stale, Refused, NotAllowed.
    """
    actor.demand(Permission.WRITE)
    text = cases.replace("\r\n", "\n").strip()
    refusals = refusals_of_text(text, "cases", most=_MOST_CASES)
    own = None if characteristics is None else characteristics.replace("\r\n", "\n").strip()
    refusals += refusals_of_text(own or "", "characteristics", most=MOST_CHARACTERISTICS)
    refusals += refusals_to_keep_innovations(innovations or ())
    if refusals:
        raise Refused(*refusals)

    def work(uow: UnitOfWork) -> bool:
        before = at_version(uow, application_id, version)
        demand_step(before, Verb.SUBMIT, actor)
        after: StoredApplication = {**before, "cases": text, "sealed": sealed}
        if own is not None:
            after["characteristics"] = own
        changes = [
            Change(key, before.get(key) or None, after.get(key) or None)
            for key in ("cases", "characteristics", "sealed")
            if (before.get(key) or None) != (after.get(key) or None)
        ]
        if innovations is not None:
            after["innovations"] = as_stored(innovations)
            had, has = before.get("innovations") or [], after["innovations"]
            if had != has:
                changes.append(
                    Change("innovations", innovations_text(had) or None, innovations_text(has) or None)
                )
        if changes:
            save_application(uow, before, after, action="changed", changes=changes)
        return bool(changes)

    return in_one_transaction(work, actor=actor, now=now)


def _is_picture(entry: StoredAttachment) -> bool:
    return entry["media_type"].startswith("image/")


def _is_counted(entry: StoredAttachment) -> bool:
    return "characters" in entry or "not_counted" in entry


def _characters_of_old_files(application_id: ObjectId) -> dict[ObjectId, int | None]:
    """Return the characters of the files of the service cases that came in before they were counted, by id.

    Each is read by a process of its own: not while a transaction keeps others from writing.
    """
    return {
        entry["_id"]: counted_text(entry["media_type"], open_bytes(entry["stored"])).get("characters")
        for entry in Attachment.in_place(COLLECTION, application_id, Material.CASES.value)
        if not _is_picture(entry) and not _is_counted(entry)
    }


def _case_files(
    application_id: ObjectId, of_old: Mapping[ObjectId, int | None], session: Any
) -> tuple[CaseFile, ...]:
    """Return the files of the service cases with their characters, pictures left out."""
    return tuple(
        CaseFile(
            entry["name"],
            entry.get("characters") if _is_counted(entry) else of_old.get(entry["_id"]),
        )
        for entry in Attachment.in_place(COLLECTION, application_id, Material.CASES.value, session)
        if not _is_picture(entry)
    )


def submission_of(
    raw: StoredApplication,
    files: Mapping[str, int],
    lists: Mapping[Material, MaterialList],
    cases: tuple[CaseFile, ...] = (),
) -> Submission:
    """Return what an application holds of the ten materials; `files` counts them by place.

    A list that the records hold is there, without a file.
    """
    listed = {material.value: int(one.count > 0) for material, one in lists.items()}
    counts = {place: files.get(place, 0) + listed.get(place, 0) for place in {*files, *listed}}
    return Submission(counts, raw.get("cases") or "", bool(raw.get("sealed")), cases)


def submit(application_id: ObjectId, *, version: int, actor: Actor, now: datetime, today: date) -> None:
    """Hand an application in: the ten materials are complete, the facts are frozen with the assessment beside them.

    One that was returned may come back after the round's last day; after the day it was returned for it is
    marked late. Raises Missing, Stale, Refused, NotAllowed.
    """
    actor.demand(Permission.WRITE)
    read = read_application(application_id, actor)
    assessment, frozen = _assessed(read["base"], read_round(read["round"]), actor, today)
    lists = material_lists(Base.read(read["base"], actor), actor=actor, day=today)
    files = [
        GeneratedFile(material.value, one.file_name("xlsx"), as_workbook([one.table]))
        for material, one in lists.items()
        if one.count
    ]
    form = form_of(read, actor=actor, now=now, today=today, assessment=assessment)
    paper = render_paper(form_paper(form), template_for(form.kind))
    files.append(GeneratedFile(FORM, f"{form.kind.zh}（{today.isoformat()}）.docx", paper))

    of_old_files = _characters_of_old_files(application_id)

    def work(uow: UnitOfWork, generated: Sequence[StoredAttachment]) -> None:
        raw = at_version(uow, application_id, version)
        demand_step(raw, Verb.SUBMIT, actor)
        returned = stage_of(raw) is Stage.RETURNED
        # What is frozen, and the form and lists beside it, speak of one and the same record.
        base = uow.find(Base, raw["base"], version=form.mark.base_version)
        of_round = read_round(raw["round"], uow.session)
        measures = measures_of(of_round, today, uow.session)
        counts = count_files(application_id, uow)
        refusals = [
            *refusals_of_base_type(base.get("base_type"), measures),
            *refusals_to_submit(
                submission_of(raw, counts, lists, _case_files(application_id, of_old_files, uow.session)),
                measures,
            ),
            *refusals_to_submit_innovations(innovations_of(raw, counts)),
        ]
        if not returned:
            own = replace(applicant_of(base, uow.session, round_id=raw["round"]), open_application="")
            refusals += refusals_to_apply(
                kind_for(own, today),
                own,
                measures,
                round_open=of_round.takes_applications(today),
                today=today,
            )
        if refusals:
            raise Refused(*refusals)
        due = raw.get("returned", {}).get("due")
        late = bool(returned and due and today > due.date())
        submission: FrozenSubmission = {
            "on": stored_day(today), "base": {key: base[key] for key in _FROZEN if base.get(key) is not None}, **frozen,
            "innovations": as_frozen(raw, _evidence(raw, uow.session)),
        }  # fmt: skip
        values: StoredApplication = {
            "submission": submission,
            "base_name": base["name"],
            "operator": base["operator"],
        }
        saved = take_step(uow, raw, Verb.SUBMIT, values=values, more={"late": True} if late else None)
        attach_generated(uow, saved, generated)

    with stored_generated(COLLECTION, files) as generated:
        in_one_transaction(lambda uow: work(uow, generated), actor=actor, now=now)


def _assessed(
    base_id: ObjectId, of_round: ApplicationRound, actor: Actor, today: date
) -> tuple[Assessment, FrozenSubmission]:
    """Return the assessment of a base for the round's year under its rule set, and with Art. 6 as plain values."""
    measures = measures_of(of_round, today)
    assessed = facts_of(of_round.assessed_year, today=today, actor=actor, bases=[base_id])
    if not assessed:
        raise Missing()
    checks = read_checklist(base_id, of_round.assessed_year)
    conditions = {condition.value: item.state.value for condition, item in checks.items.items()}
    assessment = assess(assessed[0].facts, measures)
    return assessment, {
        "assessment": plain_assessment(assessment, of_round.assessed_year),
        "conditions": conditions,
    }


def plain_assessment(assessment: Assessment, year: int) -> FrozenAssessment:
    """Return an assessment as plain values, to be frozen beside a decision; `year` is the ledger's."""
    return {
        "rule_set": assessment.measures.code,
        "rule_title": assessment.measures.title,
        "year": year,
        "as_of": stored_day(assessment.facts.as_of),
        "meets": assessment.meets,
        "functions_met": assessment.functions_met,
        "indicators": [plain_indicator(line) for line in assessment.indicators],
        "further": [plain_indicator(line) for line in assessment.further],
        "functions": [
            {
                "function": result.function.value,
                "met": result.met,
                "figures": [
                    {"figure": figure.value, "required": required, "actual": actual, "met": met}
                    for figure, required, actual, met in result.figures
                ],
            }
            for result in assessment.functions
        ],
    }  # fmt: skip


def plain_indicator(line: Indicator) -> FrozenIndicator:
    """Return one indicator as plain values."""
    plain: FrozenIndicator = {
        "key": line.key, "article": line.article, "label": line.label, "unit": line.unit,
        "required": line.required, "actual": line.actual, "met": line.met,
    }  # fmt: skip
    if not line.binding:
        plain["binding"] = False
    if line.finding:
        plain["finding"] = line.finding
    return plain


def _evidence(raw: StoredApplication, session: Any) -> dict[str, list[str]]:
    """Return the names of the files that show an application's innovations, by their place."""
    slots = [slot_of(innovation["place"]) for innovation in raw.get("innovations") or ()]
    if not slots:
        return {}
    by_slot = Attachment.in_places(COLLECTION, raw["_id"], slots, session)
    return {slot: [entry["name"] for entry in entries] for slot, entries in by_slot.items()}


def withdraw(application_id: ObjectId, *, reason: str, version: int, actor: Actor, now: datetime) -> None:
    """Record that the applicant takes the application back. Raises Missing, Stale, Refused, NotAllowed."""
    in_one_transaction(
        lambda uow: take_step(uow, at_version(uow, application_id, version), Verb.WITHDRAW, opinion=reason),
        actor=actor,
        now=now,
    )
