"""A form that came back: held against the records field by field, and what was ticked of it written (Art. 10).

What came back is compared with what the form held when it was made, and with what the office has now: so a value
that the office has changed since is never taken back by an old form unnoticed. Titles and counted figures are shown
where they differ, and never written from a form.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from bson import ObjectId

from documents.applications.application import StoredApplication
from documents.desk.audit_entry import Change
from documents.records.base import Base
from office.application_forms.form_text import FormFacts, shown_value
from office.application_forms.reading import ReadForm
from office.excel.cells import parse
from rules.access import Actor, Permission
from rules.applications import Verb, refusals_of_text
from rules.change_filings import CHANGEABLE
from rules.errors import Refusal, Refused
from rules.rule_sets.articles import ArticleRef
from rules.words import N_
from schema.application_form import MOST_CHARACTERISTICS, FormField, FormMark, Source
from schema.values import stored
from services.applications.application_form import form_of
from services.applications.rounds import measures_of, read_round
from services.applications.steps import FILLED_IN, at_version, demand_step, save_application, stage_of
from services.records.denormalised_copies import follow_with_copies
from services.records.earlier_values import values_at
from services.records.records import update_within
from services.records.references import References
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

WITHOUT_MARK = N_(
    "The form does not say which application it was made from: its form number is missing. Please download the form "
    "of this application and fill that in."
)
OF_ANOTHER = N_(
    "This form was made from another application. Please send it on that application's page, or download the form of "
    "this one."
)
FROM_ELSEWHERE = N_(
    "This form says that it was made from a later state than the office has. Please download the form again."
)
CLOSED = N_("At “%(stage)s” the form can no longer be taken back: what was handed in stays as it is.")
_NEVER: Mapping[Source, str] = {
    Source.TITLE: N_("A title is changed by an announcement or a decision alone. The records say %(value)s."),
    Source.FIGURE: N_(
        "The records say %(value)s. Figures are counted from them and never taken from a form: correct the records."
    ),
    Source.FIXED: N_("The office has %(value)s here; this cannot be changed by a form."),
    Source.OPINION: N_("The offices write their opinions in the system; what stands here is not taken."),
}
_BY_FILING = N_(
    "A base with the title changes this by a change filing (%(article)s), with proof. The records say %(value)s."
)
_NAMED = N_("The innovations named one by one fill this line: change them on the application's page.")
_WANTED = N_("This may not be blank.")
_DOUBLED = N_("This stands in the form twice, with different values.")


class Standing(StrEnum):
    """How a value that came back stands to what the office has."""

    CHANGED = "changed"  # the operator changed it
    BLANK = "blank"  # the operator left it blank, the office knows it
    CONFLICT = "conflict"  # both changed it since the form was made
    OUTDATED = "outdated"  # the office changed it since; the form still has the old value
    NEVER = "never"  # it differs, and cannot come back this way
    WRONG = "wrong"  # it cannot be read or kept

    @property
    def may_be_taken(self) -> bool:
        """Whether a clerk may take the value."""
        return self in (Standing.CHANGED, Standing.BLANK, Standing.CONFLICT, Standing.OUTDATED)

    @property
    def is_taken_at_first(self) -> bool:
        """Whether the value is ticked until the clerk decides otherwise."""
        return self is Standing.CHANGED


@dataclass(frozen=True)
class Difference:
    """One field that came back other than the office has it.

    `now` is the office's value, `made` what the form held when it was made, `sent` the text that came back, `value`
    what it means.
    """

    field: FormField
    standing: Standing
    now: Any
    made: Any
    sent: str
    value: Any = None
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """A form held against the records: what differs, how many fields agree, what was not understood or not there.

    `version` and `base_version` are those that it was held against; `is_outdated`: either was saved since the form
    was made.
    """

    differences: tuple[Difference, ...]
    same: int
    unknown: tuple[tuple[str, str], ...]
    absent: tuple[FormField, ...]
    version: int
    base_version: int
    made_at: datetime
    is_outdated: bool


def compare(
    raw: StoredApplication, sent: ReadForm, *, actor: Actor, now: datetime, today: date
) -> Comparison:
    """Hold a form against the records, field by field. Raises Refused when it is not of this application, Missing."""
    actor.demand(Permission.WRITE)
    if stage_of(raw) not in FILLED_IN:
        raise Refused(Refusal(CLOSED, {"stage": stage_of(raw)}, field="file"))
    facts = form_of(raw, actor=actor, now=now, today=today)
    mark = _checked_mark(sent.mark, facts.mark)
    base = Base.read(raw["base"], actor)
    made = {**base, "characteristics": raw.get("characteristics")}
    if mark.base_version != base["version"]:
        made |= values_at("bases", base, mark.made_at)
    if mark.version != raw["version"]:
        before = values_at("applications", raw, mark.made_at)
        made["characteristics"] = before.get("characteristics")
    by_filing = _article_of_filings(raw, today) if base["status"] == "certified" else None
    differences, same, absent = [], 0, []
    for field in facts.fields:
        if field.key not in sent.values:
            absent.append(field)
            continue
        difference = _difference(field, facts, sent, made, by_filing=by_filing)
        if difference and field.source is Source.APPLICATION and raw.get("innovations"):
            reason = Refusal(_NAMED, field=field.key)
            difference = replace(difference, standing=Standing.NEVER, made=difference.now, refusals=(reason,))
        if difference is None:
            same += 1
        else:
            differences.append(difference)
    return Comparison(
        tuple(differences), same, sent.unknown, tuple(absent), raw["version"], base["version"], mark.made_at,
        is_outdated=(mark.version, mark.base_version) != (raw["version"], base["version"]),
    )  # fmt: skip


def _checked_mark(mark: FormMark | None, own: FormMark) -> FormMark:
    if mark is None:
        raise Refused(Refusal(WITHOUT_MARK, field="file"))
    if mark.application != own.application:
        raise Refused(Refusal(OF_ANOTHER, field="file"))
    if mark.version > own.version or mark.base_version > own.base_version or mark.made_at > own.made_at:
        raise Refused(Refusal(FROM_ELSEWHERE, field="file"))
    return mark


def _article_of_filings(raw: StoredApplication, today: date) -> ArticleRef:
    measures = measures_of(read_round(raw["round"]), today)
    return ArticleRef(measures.articles.get("change_filing", ""))


def _difference(
    field: FormField,
    facts: FormFacts,
    sent: ReadForm,
    made: Mapping[str, Any],
    *,
    by_filing: ArticleRef | None,
) -> Difference | None:
    """Return how one field that came back differs; None when it says what the office has.

    `by_filing` is the article by which a base with the title changes its name and the like; None for any other base.
    """
    now, text = facts.values.get(field.key), sent.values[field.key]
    if field.source is Source.OPINION and not text:
        return None
    reasons: tuple[Refusal, ...]
    if field.key in sent.doubled:
        reasons = (Refusal(_DOUBLED, field=field.key),)
        return Difference(field, Standing.WRONG, now, made.get(field.key), text, refusals=reasons)
    try:
        value = stored(parse(field.column, text))
    except Refused as refused:
        if text.strip() == shown_value(field, now):  # as the office wrote it
            return None
        reasons = refused.refusals if field.comes_back else (_never(field, now, by_filing),)
        standing = Standing.WRONG if field.comes_back else Standing.NEVER
        return Difference(field, standing, now, made.get(field.key), text, refusals=reasons)
    if _same(value, now):
        return None
    if not field.comes_back or (by_filing is not None and field.key in CHANGEABLE):
        reason = _never(field, now, by_filing)
        return Difference(field, Standing.NEVER, now, now, text, value, (reason,))
    was = made.get(field.key)
    if value is None and field.column.required:
        return Difference(
            field, Standing.WRONG, now, was, text, refusals=(Refusal(_WANTED, field=field.key),)
        )
    return Difference(field, _standing(value, was, now), now, was, text, value)


def _never(field: FormField, now: Any, by_filing: ArticleRef | None) -> Refusal:
    params: dict[str, Any] = {"value": shown_value(field, now) or "—"}
    if field.comes_back and by_filing is not None:
        return Refusal(_BY_FILING, params | {"article": by_filing}, field=field.key)
    return Refusal(_NEVER[field.source], params, field=field.key)


def _standing(value: Any, was: Any, now: Any) -> Standing:
    if _same(was, now):
        return Standing.BLANK if value is None else Standing.CHANGED
    return Standing.OUTDATED if _same(value, was) else Standing.CONFLICT


def _same(one: Any, other: Any) -> bool:
    one, other = stored(one), stored(other)
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one.date() == other.date()
    return bool(one == other)


# --- Writing -----------------------------------------------------------------------------------------


def take_form(
    application_id: ObjectId,
    compared: Comparison,
    keys: Iterable[str],
    *,
    file_name: str,
    actor: Actor,
    now: datetime,
) -> int:
    """Write the values that were ticked, the base's to its record and the application's to itself; return how many.

    Raises Refused (a key that may not be taken, or what the record refuses), Stale when application or base was
    saved since `compared`, Missing, NotAllowed: then nothing was written.
    """
    actor.demand(Permission.WRITE)
    wanted = set(keys)
    chosen = [one for one in compared.differences if one.field.key in wanted]
    taken = [one for one in chosen if one.standing.may_be_taken]
    if refusals := [reason for one in chosen if one not in taken for reason in one.refusals]:
        raise Refused(*refusals)
    if not taken:
        return 0
    of_base = {one.field.key: one.value for one in taken if one.field.source is Source.RECORD}
    own = {one.field.key: one.value for one in taken if one.field.source is Source.APPLICATION}

    def work(uow: UnitOfWork) -> None:
        raw = at_version(uow, application_id, compared.version)
        demand_step(raw, Verb.SUBMIT, actor)
        base = uow.find(Base, raw["base"], version=compared.base_version)
        # A renamed base renames its application: that is written first, as it was read.
        if own:
            _save_own(uow, raw, own)
        if of_base:
            refs = References(actor, uow.session)
            update_within(
                uow, "bases", base["_id"], of_base, refs, version=compared.base_version, note=file_name
            )

    in_one_transaction(work, actor=actor, now=now)
    if of_base:
        follow_with_copies(actor=actor, now=now)
    return len(taken)


def _save_own(uow: UnitOfWork, raw: StoredApplication, own: Mapping[str, Any]) -> None:
    text = own.get("characteristics") or ""
    if refusals := refusals_of_text(text, "characteristics", most=MOST_CHARACTERISTICS):
        raise Refused(*refusals)
    after: StoredApplication = {**raw, "characteristics": text}
    change = Change("characteristics", raw.get("characteristics") or None, text or None)
    save_application(uow, raw, after, action="changed", changes=[change])
