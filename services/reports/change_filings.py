"""Change filings: a base's new name, operator, address or legal representative, taken down and decided (Art. 15)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from bson import ObjectId

from documents.desk.audit_entry import Change
from documents.records.attachment import Attachment
from documents.records.base import Base
from documents.records.fields import stored_day
from documents.reports.change_filing import COLLECTION, LICENCE, ChangeFiling, StoredChangeFiling
from office.excel.cell_codes import uscc_of
from rules.access import Actor, Permission
from rules.applications import refusals_of_text
from rules.change_filings import (
    CHANGEABLE,
    FilingState,
    OperatorChange,
    TitleKept,
    refusals_of_filing,
    refusals_of_operator,
)
from rules.errors import Refusal, Refused, Stale
from rules.rule_sets.articles import ArticleRef
from rules.rule_sets.measures import of_term
from rules.words import N_
from rules.working_days import DueDay, change_filing_due
from schema.bases import BASES
from services.assessment.rule_sets import rule_sets, set_in_force
from services.desk.working_days import office_calendar
from services.records.denormalised_copies import follow_with_copies
from services.records.records import update_within
from services.records.references import References
from services.shared.files import SentFile, write_with_file
from services.shared.office_day import day_of
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

DECIDED = N_("This filing is decided already.")
REASON = N_("Give the reason.")
_LONGEST = {key: BASES.field(key).max_length for key in CHANGEABLE}
LABELS = {key: BASES.field(key).label for key in CHANGEABLE}


@dataclass(frozen=True)
class FilingDraft:
    """A filing as it came in; `values` are the new ones by key, a blank one stands for no change."""

    base: ObjectId
    values: Mapping[str, str]
    completed_on: date | None
    filed_on: date | None
    remark: str = ""
    operator_change: OperatorChange | None = None


def filing_due(completed_on: date, title_first_day: date | None = None) -> DueDay:
    """Return the last day to file a change, by the rule set that the title runs by when it is completed (Art. 15)."""
    measures = of_term(rule_sets(), title_first_day, completed_on)
    return change_filing_due(completed_on, measures.change_filing_working_days, office_calendar())


def state_of(filing: StoredChangeFiling) -> FilingState:
    """Return where a stored filing stands."""
    return next(state for state in FilingState if state.value == filing["state"])


def read_filing(filing_id: ObjectId, actor: Actor) -> StoredChangeFiling:
    """Return a stored filing in the actor's scope. Raises Missing."""
    return cast("StoredChangeFiling", ChangeFiling.read(filing_id, actor))


def file_change(
    draft: FilingDraft, *, actor: Actor, now: datetime, today: date, licence: SentFile | None = None
) -> ObjectId:
    """Take a filing down and return its id; another operator brings its `licence`.

    Raises Missing (the base), Refused, NotAllowed.
    """
    actor.demand(Permission.WRITE)
    filing_id = ObjectId()

    def work(uow: UnitOfWork) -> ObjectId:
        base = uow.find(Base, draft.base)
        filing: StoredChangeFiling = {
            "_id": filing_id, "base": base["_id"], "base_name": base["name"], "county": base["county"],
            **_checked(uow, base, draft, today, has_licence=licence is not None), "state": FilingState.FILED.value,
        }  # fmt: skip
        changes = [Change(change["field"], change["old"], change["new"]) for change in filing["changes"]]
        _save(uow, None, filing, "change-filed", changes)
        return filing_id

    if licence is None:
        return in_one_transaction(work, actor=actor, now=now)
    filing, _ = write_with_file(
        COLLECTION, filing_id, licence, work, slot=LICENCE, field="licence", actor=actor, now=now
    )
    return filing


def correct_filing(
    filing_id: ObjectId, draft: FilingDraft, *, version: int, actor: Actor, now: datetime, today: date
) -> None:
    """Correct a filing that nobody has decided on; its base stays. Raises Missing, Stale, Refused, NotAllowed."""
    actor.demand(Permission.WRITE)

    def work(uow: UnitOfWork) -> None:
        before = _waiting(uow, filing_id, version)
        base = uow.find(Base, before["base"])
        after: StoredChangeFiling = {
            **before,
            **_checked(
                uow, base, draft, today, apart_from=filing_id, has_licence=has_licence(filing_id, uow.session)
            ),
            "base_name": base["name"], "county": base["county"],
        }  # fmt: skip
        if "operator" not in _new_values(after):
            after.pop("operator_change", None)
        old, new = _new_values(before), _new_values(after)
        changes = [Change(key, old.get(key), new.get(key)) for key in CHANGEABLE]
        changes += [
            Change(key, before.get(key), after.get(key)) for key in ("completed_on", "filed_on", "remark")
        ]
        changes = [change for change in changes if change.old != change.new]
        kinds = [filing.get("operator_change") for filing in (before, after)]
        if kinds[0] != kinds[1]:
            changes.append(Change("operator_change", *(_operator_word(kind) for kind in kinds)))
        if changes or before["changes"] != after["changes"]:
            _save(uow, before, after, "changed", changes)

    in_one_transaction(work, actor=actor, now=now)


def _checked(
    uow: UnitOfWork,
    base: Mapping[str, Any],
    draft: FilingDraft,
    today: date,
    apart_from: ObjectId | None = None,
    *,
    has_licence: bool,
) -> StoredChangeFiling:
    """Return the parts of a filing that were typed, checked. Raises Refused."""
    if base["status"] != "certified":
        sentence = N_(
            "Only a base with the title files changes (%(article)s); change the record of another directly."
        )
        cited = ArticleRef(set_in_force(today)[0].articles.get("change_filing", ""))
        raise Refused(Refusal(sentence, {"article": cited}, field="base"))
    given = {key: " ".join(draft.values.get(key, "").split()) for key in CHANGEABLE}
    given["uscc"] = _read_code(given["uscc"])
    new = {key: value for key, value in given.items() if value and value != base.get(key)}
    refusals = list(refusals_of_filing(new, draft.completed_on, draft.filed_on, today=today))
    recorded = {key: base.get(key) or "" for key in CHANGEABLE}
    refusals += refusals_of_operator(given, recorded, draft.operator_change, has_licence=has_licence)
    for key, value in new.items():
        refusals += refusals_of_text(value, key, most=_LONGEST[key])
    refusals += refusals_of_text(draft.remark, "remark", most=2000)
    refusals += _taken(uow, base, new, apart_from)
    if refusals or draft.completed_on is None or draft.filed_on is None:
        raise Refused(*refusals)
    due = filing_due(draft.completed_on, day_of(base.get("title_first_day")))
    return {
        "changes": [{"field": key, "old": base.get(key) or "", "new": new[key]} for key in CHANGEABLE if key in new],
        "completed_on": stored_day(draft.completed_on), "filed_on": stored_day(draft.filed_on),
        **({"operator_change": (draft.operator_change or OperatorChange.ANOTHER).value} if "operator" in new else {}),
        "due": stored_day(due.day), "provisional": due.provisional, "late": draft.filed_on > due.day,
        "remark": draft.remark.strip(),
    }  # fmt: skip


def _taken(
    uow: UnitOfWork, base: Mapping[str, Any], new: Mapping[str, str], apart_from: ObjectId | None
) -> list[Refusal]:
    """Return what stands in the way: a name that another base has, a filing of the same thing that still waits."""
    refusals = []
    if "name" in new and ChangeFiling.name_is_taken(new["name"], base, uow.session):
        sentence = N_("A base named %(value)s already exists in this county.")
        refusals.append(Refusal(sentence, {"value": new["name"]}, field="name"))
    if "uscc" in new and ChangeFiling.code_is_taken(new["uscc"], base, uow.session):
        sentence = N_("The code %(value)s is already registered.")
        refusals.append(Refusal(sentence, {"value": new["uscc"]}, field="uscc"))
    for waiting in ChangeFiling.waiting_about(base["_id"], apart_from=apart_from, session=uow.session):
        sentence = N_("A filing about this is waiting to be accepted already.")
        refusals += [
            Refusal(sentence, field=change["field"])
            for change in waiting["changes"]
            if change["field"] in new
        ]
    return refusals


def _new_values(filing: StoredChangeFiling) -> dict[str, str]:
    return {change["field"]: change["new"] for change in filing["changes"]}


def _waiting(uow: UnitOfWork, filing_id: ObjectId, version: int) -> StoredChangeFiling:
    """Return a filing that nobody has decided on, as the transaction sees it. Raises Missing, Stale, Refused."""
    filing = cast("StoredChangeFiling", uow.find(ChangeFiling, filing_id))
    # First of all: whoever comes after the decision is told that, not that the version is another.
    if state_of(filing) is not FilingState.FILED:
        raise Refused(DECIDED)
    if filing["version"] != version:
        raise Stale()
    return filing


# --- Deciding ------------------------------------------------------------------------------------


def accept_filing(filing_id: ObjectId, *, version: int, actor: Actor, now: datetime) -> None:
    """Accept a filing: the base's record changes in the same transaction, former names stay findable.

    Refused when the record does not hold the old value any more. Raises Missing, Stale, Refused, NotAllowed.
    """
    actor.demand(Permission.DECIDE_APPLICATIONS)

    def work(uow: UnitOfWork) -> None:
        filing = _waiting(uow, filing_id, version)
        base = uow.find(Base, filing["base"])
        refusals = refusals_to_accept(filing, base, uow.session)
        if refusals:
            raise Refused(*refusals)
        values: dict[str, Any] = {**_new_values(filing)}
        if brings_operator(filing):
            left = {
                "operator": base["operator"], "uscc": base["uscc"], "changed_on": filing["completed_on"],
                "accepted_at": uow.now, "filing": filing_id,
            }  # fmt: skip
            values["operator_changes"] = [*base.get("operator_changes", ()), left]
        if "operator" in values:
            former = [*base.get("former_operators", ()), base["operator"]]
            values["former_operators"] = [
                name for name in dict.fromkeys(former) if name != values["operator"]
            ]
        decided = _decided(uow, filing, FilingState.ACCEPTED)
        # Before the base is renamed: this filing is decided by then, and stays under the name it was filed by.
        _save(uow, filing, decided, "change-accepted", [_state_change(FilingState.ACCEPTED)])
        refs = References(actor, uow.session, by_filing=True)
        update_within(uow, "bases", base["_id"], values, refs, version=base["version"])

    in_one_transaction(work, actor=actor, now=now)
    follow_with_copies(actor=actor, now=now)


def refusals_to_accept(
    filing: StoredChangeFiling, base: Mapping[str, Any], session: Any = None
) -> tuple[Refusal, ...]:
    """Return why a filing cannot be accepted: by now the base's record says something else than it did.

    Another operator brings its code, licence and representative: an older filing may lack them.
    """
    new = _new_values(filing)
    given = {key: new.get(key, "") for key in CHANGEABLE}
    if brings_operator(filing) and not given["legal_representative"]:
        given["legal_representative"] = base.get("legal_representative") or ""
    held = {key: base.get(key) or "" for key in CHANGEABLE}
    with_licence = has_licence(filing["_id"], session)
    refusals = list(refusals_of_operator(given, held, operator_change_of(filing), has_licence=with_licence))
    for change in filing["changes"]:
        recorded = base.get(change["field"]) or ""
        if recorded != change["old"]:
            params = {"old": change["old"] or "—", "now": recorded or "—"}
            sentence = N_("The record says “%(now)s” by now, not “%(old)s”: someone changed it meanwhile.")
            refusals.append(Refusal(sentence, params, field=change["field"]))
    return tuple(refusals)


# --- The title after the operator changed ----------------------------------------------------------


def operator_change_of(filing: StoredChangeFiling) -> OperatorChange | None:
    """Return what a filing says became of the operator; None where the operator stays."""
    code = filing.get("operator_change")
    return next((kind for kind in OperatorChange if kind.value == code), None)


def brings_operator(filing: StoredChangeFiling) -> bool:
    """Tell whether by a filing another legal person runs the base."""
    changes_operator = any(change["field"] == "operator" for change in filing["changes"])
    return changes_operator and operator_change_of(filing) is not OperatorChange.RENAMED


def title_kept_of(filing: StoredChangeFiling) -> TitleKept | None:
    """Return what the city decided on the title of the base under its new operator; None as long as it has not."""
    code = filing.get("title_kept")
    return next((decision for decision in TitleKept if decision.value == code), None)


def may_decide_on_title(filing: StoredChangeFiling) -> bool:
    """Tell whether a filing asks for a decision on the title: accepted, and another legal person."""
    return state_of(filing) is FilingState.ACCEPTED and brings_operator(filing)


def decide_on_title(
    filing_id: ObjectId, kept: TitleKept, *, reason: str, version: int, actor: Actor, now: datetime
) -> None:
    """Record whether a base keeps its title under a new operator, and why; the title itself stays as it is.

    It moves by a case's decision alone. Raises Missing, Stale, Refused, NotAllowed.
    """
    actor.demand(Permission.DECIDE_APPLICATIONS)
    refusals = refusals_of_text(reason, "reason", wanted=REASON, most=2000)
    if refusals:
        raise Refused(*refusals)

    def work(uow: UnitOfWork) -> None:
        filing = cast("StoredChangeFiling", uow.find(ChangeFiling, filing_id))
        if not may_decide_on_title(filing):
            raise Refused(N_("Only an accepted filing of another operator asks for a decision on the title."))
        if filing["version"] != version:
            raise Stale()
        before = title_kept_of(filing)
        after: StoredChangeFiling = {
            **filing, "title_kept": kept.value, "title_reason": reason.strip(), "title_decided_at": uow.now,
            "title_decided_by": uow.actor.name,
        }  # fmt: skip
        changes = [
            Change("title_kept", before.zh if before else None, kept.zh),
            Change("title_reason", filing.get("title_reason"), reason.strip()),
        ]
        _save(uow, filing, after, "title-of-operator-decided", changes)

    in_one_transaction(work, actor=actor, now=now)


def refuse_filing(filing_id: ObjectId, *, reason: str, version: int, actor: Actor, now: datetime) -> None:
    """Do not accept a filing, and say why; the base stays as it is. Raises Missing, Stale, Refused, NotAllowed."""
    actor.demand(Permission.DECIDE_APPLICATIONS)
    refusals = refusals_of_text(reason, "reason", wanted=REASON, most=2000)
    if refusals:
        raise Refused(*refusals)

    def work(uow: UnitOfWork) -> None:
        filing = _waiting(uow, filing_id, version)
        decided = _decided(uow, filing, FilingState.REFUSED)
        decided["reason"] = reason.strip()
        changes = [_state_change(FilingState.REFUSED), Change("reason", None, reason.strip())]
        _save(uow, filing, decided, "change-refused", changes)

    in_one_transaction(work, actor=actor, now=now)


def _state_change(to: FilingState) -> Change:
    return Change("state", FilingState.FILED.zh, to.zh)


def _decided(uow: UnitOfWork, filing: StoredChangeFiling, state: FilingState) -> StoredChangeFiling:
    return {**filing, "state": state.value, "decided_at": uow.now, "decided_by": uow.actor.name}


def _save(
    uow: UnitOfWork, before: StoredChangeFiling | None, after: StoredChangeFiling, action: str, changes: list[Change]
) -> None:  # fmt: skip
    uow.save(ChangeFiling, before, after)
    label = ChangeFiling.label_of(after)
    uow.record(action, COLLECTION, after["_id"], label, counties=[after["county"]], changes=changes)


def has_proof(filing_id: ObjectId) -> bool:
    """Tell whether a file proves the change."""
    return Attachment.objects.of_record(COLLECTION, filing_id).first() is not None


def has_licence(filing_id: ObjectId, session: Any = None) -> bool:
    """Tell whether the new operator's business licence is kept."""
    return bool(Attachment.in_place(COLLECTION, filing_id, LICENCE, session))


def _operator_word(code: str | None) -> str | None:
    return next((kind.zh for kind in OperatorChange if kind.value == code), None)


def _read_code(text: str) -> str:
    try:
        return uscc_of(text) or ""
    except Refused as problem:
        raise Refused(*(Refusal(one.message, one.params, "uscc") for one in problem.refusals)) from problem
