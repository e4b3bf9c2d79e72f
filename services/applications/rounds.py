"""Rounds: a year's call, entered by the city bureau, read by everyone (Art. 9)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, cast

from bson import ObjectId

from documents.applications.application import Application
from documents.applications.round import COLLECTION, Round, StoredDimension, StoredRound
from documents.desk.audit_entry import Change
from documents.records.fields import stored_day
from documents.server.connection import reachable
from rules.access import Actor, Permission
from rules.applications import refusals_of_text
from rules.errors import Refusal, Refused, Stale
from rules.rule_sets.measures import Level, Measures
from rules.scoring import NOVELTY, STANDARD_SHEET, Dimension, ScoreSheet, refusals_of_sheet
from rules.words import N_
from schema.settings import FIRST_YEAR
from services.assessment.rule_sets import deciding_set, read_editions, reason_kept, refusals_to_begin_on
from services.desk.settings import office_settings
from services.shared.office_day import office_day
from services.shared.paper_register import read_number
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

_MOST_NAME, _MOST_TITLE = 100, 200
_LAST_YEAR = 2200
_DAYS = ("call_dated", "apply_from", "apply_until", "recommend_until")


@dataclass(frozen=True)
class ApplicationRound:
    """A round. `rule_set` is the code of the measures that it is decided under, `assessed_year` the ledger's year.

    `id` is None and `version` 0 while it is being entered.
    """

    year: int
    name: str
    apply_from: date
    apply_until: date
    rule_set: str
    sheet: ScoreSheet = STANDARD_SHEET
    assessed_year: int = 0
    recommend_until: date | None = None
    call_title: str = ""
    call_number: str = ""
    call_dated: date | None = None
    closed: bool = False
    reason_to_begin: str = ""
    version: int = 0
    id: ObjectId | None = None

    def takes_applications(self, today: date) -> bool:
        """Tell whether a base may apply on this day."""
        return not self.closed and self.apply_from <= today <= self.apply_until


def _dimensions(lines: Iterable[StoredDimension]) -> tuple[Dimension, ...]:
    return tuple(
        Dimension(line["key"], line["label"], line["weight"], _is_of_innovations(line)) for line in lines
    )


def _is_of_innovations(line: StoredDimension) -> bool:
    return line.get("of_innovations", line["key"] == NOVELTY)


def as_round(raw: StoredRound) -> ApplicationRound:
    """Return a stored round as plain values."""
    sheet = ScoreSheet(
        _dimensions(raw["dimensions"]),
        raw["least_experts"],
        raw["drop_from"],
        raw.get("pass_score"),
    )
    return ApplicationRound(
        year=raw["year"],
        name=raw["name"],
        apply_from=raw["apply_from"].date(),
        apply_until=raw["apply_until"].date(),
        recommend_until=_day(raw.get("recommend_until")),
        rule_set=raw["rule_set"],
        sheet=sheet,
        assessed_year=raw["assessed_year"],
        call_title=raw.get("call_title") or "",
        call_number=raw.get("call_number") or "",
        call_dated=_day(raw.get("call_dated")),
        closed=bool(raw.get("closed")),
        reason_to_begin=raw.get("reason_to_begin") or "",
        version=raw["version"],
        id=raw["_id"],
    )


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment is not None else None


def rounds() -> list[ApplicationRound]:
    """Return every round, the latest first."""
    with reachable():
        return [as_round(raw) for raw in Round.latest_first()]


def read_round(round_id: ObjectId, session: Any = None) -> ApplicationRound:
    """Return one round. Raises Missing."""
    with reachable():
        return as_round(Round.read(round_id, session))


def measures_of(of_round: ApplicationRound, day: date, session: Any = None) -> Measures:
    """Return the rule set that applications of a round are decided under on `day`. Raises Missing."""
    begun = of_round.apply_from
    return deciding_set(of_round.rule_set, begun, day, "applications_begun_before", session)


def refusals_of_round(entered: ApplicationRound) -> tuple[Refusal, ...]:
    """Return why a round cannot be saved: name, days out of order, an unknown rule set, the score sheet."""
    refusals = list(
        refusals_of_text(entered.name, "name", wanted=N_("Give the round a name."), most=_MOST_NAME)
    )
    refusals += refusals_of_text(entered.call_title, "call_title", most=_MOST_TITLE)
    first_year = office_settings()[FIRST_YEAR]
    if not first_year <= entered.year <= _LAST_YEAR:
        refusals.append(Refusal(N_("This is not a year."), field="year"))
    if not first_year <= entered.assessed_year <= entered.year:
        sentence = N_("The assessed year is the round's year or one before it.")
        refusals.append(Refusal(sentence, field="assessed_year"))
    if entered.apply_until < entered.apply_from:
        refusals.append(Refusal(N_("The last day to apply is before the first one."), field="apply_until"))
    if entered.recommend_until is not None and entered.recommend_until < entered.apply_from:
        sentence = N_("The last day to recommend is before the first day to apply.")
        refusals.append(Refusal(sentence, field="recommend_until"))
    if entered.call_dated is not None and entered.apply_from < entered.call_dated:
        refusals.append(Refusal(N_("Nobody can apply before the call is dated."), field="apply_from"))
    return (*refusals, *refusals_of_sheet(entered.sheet))


def save_round(
    entered: ApplicationRound,
    *,
    round_id: ObjectId | None = None,
    version: int = 0,
    actor: Actor,
    now: datetime,
) -> ObjectId:
    """Write a new round, or change one read at `version`; return its id.

    Once an expert has scored in it, its score sheet stays. Raises Refused, Stale, Missing, NotAllowed.
    """
    actor.demand(Permission.DECIDE_APPLICATIONS)
    if entered.call_number:
        entered = replace(entered, call_number=read_number(entered.call_number, "call_number"))
    refusals = refusals_of_round(entered)
    if refusals:
        raise Refused(*refusals)
    if round_id is None:
        return in_one_transaction(lambda uow: _add(uow, entered), actor=actor, now=now)
    return in_one_transaction(lambda uow: _change(uow, round_id, version, entered), actor=actor, now=now)


def _add(uow: UnitOfWork, entered: ApplicationRound) -> ObjectId:
    after = _stored(_begun(uow, entered))
    new_id: ObjectId = uow.save(Round, None, {"_id": ObjectId(), **after})["_id"]
    uow.record("created", COLLECTION, new_id, after["name"], changes=_changes({}, after))
    return new_id


def _begun(uow: UnitOfWork, entered: ApplicationRound) -> ApplicationRound:
    """Return a round that may be begun under its rule set, with the reason only where one is needed. Raises Refused."""
    chosen = _city_set(entered.rule_set, uow.session)
    today = office_day(uow.now)
    refusals = refusals_to_begin_on(
        chosen, entered.apply_from, entered.reason_to_begin, today=today, session=uow.session
    )
    if refusals:
        raise Refused(*refusals)
    return replace(
        entered, reason_to_begin=reason_kept(chosen, max(entered.apply_from, today), entered.reason_to_begin)
    )


def _city_set(code: str, session: Any = None) -> Measures:
    """Return a rule set that a round of the city may be decided under. Raises Refused."""
    measures = next(
        (edition.measures for edition in read_editions(session) if edition.measures.code == code and not edition.draft),
        None,
    )  # fmt: skip
    if measures is None:
        raise Refused(Refusal(N_("Choose a rule set from the list."), field="rule_set"))
    if measures.level is not Level.CITY:
        sentence = N_(
            "%(title)s is a rule set of another level: a round of the city is decided under the city's."
        )
        raise Refused(Refusal(sentence, {"title": measures.named}, field="rule_set"))
    return measures


def _change(uow: UnitOfWork, round_id: ObjectId, version: int, entered: ApplicationRound) -> ObjectId:
    before = Round.read(round_id, uow.session)
    if before["version"] != version:
        raise Stale()
    had = as_round(before)
    begins_anew = (entered.rule_set, entered.apply_from) != (had.rule_set, had.apply_from)
    if begins_anew or (had.closed and not entered.closed):
        entered = _begun(uow, entered)
    else:
        if not entered.closed:
            _city_set(entered.rule_set, uow.session)
        entered = replace(entered, reason_to_begin=had.reason_to_begin)
    after = _stored(entered)
    if had.sheet.dimensions != _dimensions(after["dimensions"]) and Application.has_scores_in(
        round_id, uow.session
    ):
        sentence = N_("Experts have scored in this round: its dimensions can no longer be changed.")
        raise Refused(Refusal(sentence, field="dimensions"))
    changes = _changes({key: value for key, value in before.items() if key != "experts"}, after)
    if changes:
        uow.save(Round, before, {"_id": round_id, **after, "experts": before.get("experts", [])})
        uow.record("changed", COLLECTION, round_id, after["name"], changes=changes)
    return round_id


def _stored(entered: ApplicationRound) -> StoredRound:
    days = {key: getattr(entered, key) for key in _DAYS}
    return cast(
        "StoredRound",
        {
            "year": entered.year, "name": entered.name.strip(), "call_title": entered.call_title.strip(),
            "call_number": entered.call_number, "rule_set": entered.rule_set, "assessed_year": entered.assessed_year,
            "dimensions": [
                {
                    "key": line.key, "label": line.label.strip(), "weight": line.weight,
                    "of_innovations": line.of_innovations,
                }
                for line in entered.sheet.dimensions
            ],
            "least_experts": entered.sheet.least_experts, "drop_from": entered.sheet.drop_from,
            "pass_score": entered.sheet.pass_score, "closed": entered.closed,
            "reason_to_begin": entered.reason_to_begin.strip(),
            **{key: stored_day(day) for key, day in days.items() if day},
        },
    )  # fmt: skip


_NOT_RECORDED = frozenset({"updated_at", "updated_by", "version", "_id"})


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    old, new = (
        {key: _recorded(value) for key, value in raw.items() if key not in _NOT_RECORDED}
        for raw in (before, after)
    )
    return [Change(key, old.get(key), new.get(key)) for key in {**old, **new} if old.get(key) != new.get(key)]


def _recorded(value: Any) -> Any:
    """Return a value as the audit trail has it: a score sheet in words, blanks as None."""
    if isinstance(value, list):
        return "、".join(_dimension_words(line) for line in value) or None
    return value if value not in ("", False) else None


def _dimension_words(line: StoredDimension) -> str:
    mark = "（评创新与特色）" if _is_of_innovations(line) else ""
    return f"{line['label']} {line['weight']}{mark}"
