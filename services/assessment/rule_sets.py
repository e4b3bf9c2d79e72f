"""The rule sets in use, those shipped and those of the office: read, drafted, put in force, ended or prolonged.

A new edition is a new set, never a changed one. A draft may be changed and deleted. One that was put in force
keeps its figures for good; only its last day may still be moved, as the bureau ends or prolongs the Measures
themselves.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from pymongo.client_session import ClientSession

from documents.assessment.rule_set import RuleSet, StoredRuleSet, stored_rule_sets
from documents.desk.audit_entry import Change
from documents.records.fields import stored_day
from documents.server.connection import reachable
from rules.access import Actor, Permission
from rules.applications import refusals_of_text
from rules.errors import Missing, Refusal, Refused, Stale
from rules.rule_sets.measure_lines import POLICIES, TRANSITIONS, figures_of, refusals_of_figures
from rules.rule_sets.measures import (
    MOST_REASON,
    REASON_TO_BEGIN,
    SHIPPED,
    Level,
    Measures,
    begun_after_end,
    deciding,
    in_force,
    refusals_of_measures,
    refusals_to_begin_under,
    refusals_to_cite,
)
from rules.words import N_
from schema.definitions.configuration import of_entry
from schema.definitions.configured import MovedRuleSet, OwnRuleSet
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

COLLECTION = "rule_sets"
IN_FORCE = N_("This rule set was put in force: its figures stay as they are. Copy it to a new one.")
ONE_DAY = timedelta(days=1)
NO_SUCH_SET = N_("This program comes with no rule set “%(code)s”.")
BAD_SET_CODE = N_("“%(code)s” cannot be the code of a rule set of your own.")
NO_TITLE = N_("A rule set has a name of at most %(most)d characters.")
_OWN_CODE = re.compile(r"(city|province|nation)-\d{4}(-\d{1,3})?")
_MOST_TITLE = 100  # signs
_OWN_KEYS = ("code", "title", "level", "first_day", "last_day")
_SHIPPED = {measures.code: measures for measures in SHIPPED}
_ENDING_DAYS = 365  # how long before its end a rule set without a successor is warned of


@dataclass(frozen=True)
class Edition:
    """A rule set with what the office knows of it; `version` 0 is a shipped one as it came."""

    measures: Measures
    draft: bool = False
    version: int = 0
    made_by: str = ""
    made_at: datetime | None = None
    source_text: str = ""  # the document that it was begun from, title lines and all
    confirmed: tuple[str, ...] = ()  # keys of the figures that were confirmed beside the text


# --- Reading -----------------------------------------------------------------------------------


def read_editions(session: ClientSession | None = None) -> tuple[Edition, ...]:
    """Return every rule set, drafts too, each level's in the order of their first days."""
    return _editions(RuleSet.read_all(session))


def _editions(rows: Iterable[StoredRuleSet]) -> tuple[Edition, ...]:
    stored = {raw["_id"]: _edition(raw) for raw in rows}
    shipped = [stored.pop(measures.code, Edition(measures)) for measures in SHIPPED]
    levels = list(Level)
    return tuple(
        sorted(
            [*shipped, *stored.values()],
            key=lambda edition: (
                levels.index(edition.measures.level), edition.measures.first_day, edition.measures.code,
            ),
        )
    )  # fmt: skip


def _edition(raw: StoredRuleSet) -> Edition:
    return Edition(
        as_measures(raw),
        bool(raw.get("draft")),
        raw["version"],
        raw.get("created_by") or "",
        raw.get("created_at"),
        raw.get("source_text") or "",
        tuple(raw.get("confirmed", ())),
    )


def read_edition(code: str, actor: Actor) -> Edition:
    """Return one rule set. Raises Missing, also for a draft that is not the actor's to read."""
    with reachable():
        edition = _find(code, read_editions())
    if edition.draft and not actor.may(Permission.DRAFT_RULES):
        raise Missing()
    return edition


def _find(code: str, editions: tuple[Edition, ...]) -> Edition:
    for edition in editions:
        if edition.measures.code == code:
            return edition
    raise Missing()


def rule_sets(session: ClientSession | None = None, *, drafts: bool = False) -> tuple[Measures, ...]:
    """Return the shipped rule sets and the office's own; drafts only when asked for."""
    return tuple(edition.measures for edition in read_editions(session) if drafts or not edition.draft)


def set_in_force(
    day: date, level: Level = Level.CITY, session: ClientSession | None = None
) -> tuple[Measures, bool]:
    """Return the rule set for `day`, and whether it is really in force then."""
    return in_force(rule_sets(session), day, level)


def recorded_set(code: str | None, on: date, session: ClientSession | None = None) -> Measures:
    """Return the rule set of a record: the one whose code it keeps, else (an old one) that of its day.

    Raises Missing.
    """
    sets = rule_sets(session)
    if code is None:
        return in_force(sets, on, Level.CITY)[0]
    recorded = next((measures for measures in sets if measures.code == code), None)
    if recorded is None:
        raise Missing()
    return recorded


def deciding_set(
    code: str | None, begun_on: date, day: date, transition: str, session: ClientSession | None = None
) -> Measures:
    """Return the rule set that decides on `day` what was begun under another (`rules.rule_sets.measures.deciding`).

    `code` and `begun_on` name that other as in `recorded_set`. Raises Missing.
    """
    begun = recorded_set(code, begun_on, session)
    return deciding(rule_sets(session), begun, day, transition)


def other_in_force(measures: Measures, day: date, session: ClientSession | None = None) -> Measures | None:
    """Return another rule set of the same level that is in force on `day`, if there is one."""
    others = (other for other in rule_sets(session) if other.code != measures.code)
    return next((other for other in others if other.level is measures.level and other.covers(day)), None)


def refusals_to_begin_on(
    measures: Measures,
    day: date,
    reason: str,
    *,
    today: date,
    goes_on: bool = False,
    session: ClientSession | None = None,
) -> tuple[Refusal, ...]:
    """Return why something may not be begun under a rule set on `day`, entered `today` (`rules.rule_sets.measures`)."""
    return (
        *refusals_to_begin_under(
            measures, day, other_in_force(measures, day, session), reason, goes_on=goes_on, entered=today
        ),
        *refusals_of_text(reason, REASON_TO_BEGIN, most=MOST_REASON),
    )


def reason_kept(measures: Measures, today: date, reason: str) -> str:
    """Return the reason that is kept with what is begun: "" where the rule set has not ended."""
    return reason.strip() if begun_after_end(measures, today, reason) else ""


def set_shown(day: date) -> Measures:
    """Return the city's rule set whose articles the screens name on `day`, as this request knows it: no command."""
    known = _shown_sets(stored_rule_sets())
    return in_force(known, day, Level.CITY)[0]


class _Shown:
    """The rule sets made of the stored rows that this process works with; made anew only where those are others."""

    rows: tuple[StoredRuleSet, ...] | None = None
    sets: tuple[Measures, ...] = ()


def _shown_sets(rows: tuple[StoredRuleSet, ...]) -> tuple[Measures, ...]:
    if _Shown.rows is not rows:
        sets = tuple(edition.measures for edition in _editions(rows) if not edition.draft)
        _Shown.rows, _Shown.sets = rows, sets
    return _Shown.sets


def refusals_to_keep(measures: Measures) -> tuple[Refusal, ...]:
    """Return why a rule set may not be put in force."""
    return refusals_of_measures(measures, rule_sets())


def warnings(sets: tuple[Measures, ...], level: Level, today: date) -> tuple[Refusal, ...]:
    """Return what is amiss with a level's rule sets today: none in force, one that ends, one likely superseded."""
    of_level = tuple(measures for measures in sets if measures.level is level)
    if not of_level:
        return (Refusal(N_("No rule set of this level has been entered yet.")),)
    measures, is_in_force = in_force(of_level, today, level)
    if not is_in_force:
        sentence = N_("No rule set of this level is in force today; %(title)s goes on being used.")
        return (Refusal(sentence, {"title": measures.title}),)
    refusals = []
    if measures.superseded:
        sentence = N_("There is likely a newer edition than %(title)s: please check its figures.")
        refusals.append(Refusal(sentence, {"title": measures.title}))
    last_day = measures.last_day
    ends_soon = last_day is not None and (last_day - today).days <= _ENDING_DAYS
    if last_day and ends_soon and not any(other.covers(last_day + ONE_DAY) for other in of_level):
        sentence = N_("%(title)s ends on %(day)s, %(days)s days from now; no rule set follows it.")
        params = {"title": measures.title, "day": last_day.isoformat(), "days": (last_day - today).days}
        refusals.append(Refusal(sentence, params))
    return tuple(refusals)


# --- As the database keeps it ------------------------------------------------------------------


def as_measures(raw: StoredRuleSet) -> Measures:
    """Return a stored rule set as the rules know it."""
    days = {"first_day": _day(raw.get("first_day")), "last_day": _day(raw.get("last_day"))}
    if raw["_id"] in _SHIPPED:
        lets_begin = bool(raw.get("figures", {}).get("begins_after_end"))
        return replace(_SHIPPED[raw["_id"]], last_day=days["last_day"], begins_after_end=lets_begin)
    own = {"code": raw["_id"], "title": raw["title"], "level": raw["level"], **days}
    return Measures.from_stored({**raw.get("figures", {}), **own})


def _day(value: Any) -> date | None:
    return value.date() if isinstance(value, datetime) else value


def as_stored(measures: Measures) -> StoredRuleSet:
    """Return a rule set as the database keeps it; one without a last day has no key for it."""
    figures = {key: value for key, value in measures.stored().items() if key not in _OWN_KEYS}
    figures["base_summary_by"] = list(measures.base_summary_by)
    figures["county_summary_by"] = list(measures.county_summary_by)
    stored: StoredRuleSet = {
        "_id": measures.code, "title": measures.title, "level": measures.level.value,
        "first_day": stored_day(measures.first_day), "figures": figures,
    }  # fmt: skip
    if measures.last_day:
        stored["last_day"] = stored_day(measures.last_day)
    return stored


# --- Drafts ------------------------------------------------------------------------------------


def create_draft(measures: Measures, *, source_text: str = "", actor: Actor, now: datetime) -> str:
    """Keep a new rule set as a draft and return its code; `source_text` is the document that it is begun from.

    Raises Refused, NotAllowed.
    """
    actor.demand(Permission.DRAFT_RULES)
    _refuse(refusals_of_measures(measures, ()))

    def work(uow: UnitOfWork) -> str:
        taken = {edition.measures.code for edition in read_editions(uow.session)}
        code = _free_code(measures, taken)
        stored = as_stored(replace(measures, code=code, superseded=False))
        begun: StoredRuleSet = {**stored, "draft": True, "shipped": False}
        if source_text:
            begun["source_text"] = source_text
        uow.save(RuleSet, None, begun)
        uow.record("created", COLLECTION, code, measures.title, changes=_changes(None, measures))
        return code

    return in_one_transaction(work, actor=actor, now=now)


def _free_code(measures: Measures, taken: set[str]) -> str:
    stem = f"{measures.level.value}-{measures.first_day.year}"
    names = (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def change_draft(
    measures: Measures, *, source_text: str | None = None, confirmed: Sequence[str] | None = None, version: int,
    actor: Actor, now: datetime,
) -> None:  # fmt: skip
    """Change a draft; None leaves what is kept beside it as it is.

    Raises Refused (one in force is never changed), Stale, Missing, NotAllowed.
    """
    actor.demand(Permission.DRAFT_RULES)
    _refuse(refusals_of_measures(measures, ()))

    def work(uow: UnitOfWork) -> None:
        before = _draft(measures.code, version, uow)
        changes = _changes(before.measures, measures)
        beside: StoredRuleSet = {}
        if source_text is not None and source_text != before.source_text:
            beside["source_text"] = source_text
        if confirmed is not None and tuple(confirmed) != before.confirmed:
            beside["confirmed"] = list(confirmed)
        if not changes and not beside:
            return
        _save(measures, version, uow, beside)
        uow.record("changed", COLLECTION, measures.code, measures.title, changes=changes)

    in_one_transaction(work, actor=actor, now=now)


def delete_draft(code: str, *, version: int, actor: Actor, now: datetime) -> None:
    """Delete a draft. Raises Refused (one in force is never deleted), Stale, Missing, NotAllowed."""
    actor.demand(Permission.DRAFT_RULES)

    def work(uow: UnitOfWork) -> None:
        before = _draft(code, version, uow)
        RuleSet.delete_version(code, version, uow.session)
        uow.record(
            "deleted", COLLECTION, code, before.measures.title, changes=_changes(before.measures, None)
        )

    in_one_transaction(work, actor=actor, now=now)


# --- In force ----------------------------------------------------------------------------------


def put_in_force(code: str, *, version: int, actor: Actor, now: datetime) -> None:
    """Put a draft in force from its first day. It keeps its figures for good.

    Two of a level never are in force on one day: whoever comes second is refused, since every write of the
    office conflicts with every other one (`services.shared.unit_of_work`). Raises Refused, Stale, Missing, NotAllowed.
    """
    actor.demand(Permission.MANAGE_OFFICE)

    def work(uow: UnitOfWork) -> None:
        measures = _draft(code, version, uow).measures
        _refuse((*refusals_to_cite(measures), *refusals_of_measures(measures, _others(code, uow))))
        held = _held(code, version, uow)
        uow.save(RuleSet, held, {**held, "draft": False})
        uow.record("put-in-force", COLLECTION, code, measures.title, changes=_days_put_in_force(measures))

    in_one_transaction(work, actor=actor, now=now)


def move_last_day(
    code: str, last_day: date | None, *, begins_after_end: bool | None = None, version: int, today: date,
    actor: Actor, now: datetime,
) -> None:  # fmt: skip
    """End or prolong a rule set in force, as the bureau did by a paper; its figures stay.

    `begins_after_end` says what becomes of it after its end, as `Measures` knows it; None leaves that as it is. A day
    that has passed under the rule set is not taken from it. Raises Refused, Stale, Missing, NotAllowed.
    """
    actor.demand(Permission.MANAGE_OFFICE)

    def work(uow: UnitOfWork) -> None:
        edition = _find(code, read_editions(uow.session))
        if edition.draft or edition.version != version:
            raise Stale()
        before = edition.measures
        _refuse(_refusals_to_move(before, last_day, today))
        lets_begin = before.begins_after_end if begins_after_end is None else begins_after_end
        after = replace(before, last_day=last_day, begins_after_end=lets_begin)
        overlaps = refusals_of_measures(after, _others(code, uow))
        _refuse(tuple(replace(refusal, field="last_day") for refusal in overlaps))
        if after != before:
            _put_end(uow, edition, after)

    in_one_transaction(work, actor=actor, now=now)


def _refusals_to_move(before: Measures, last_day: date | None, today: date) -> tuple[Refusal, ...]:
    if last_day is None and before.last_day is not None:
        return (Refusal(N_("Say until which day it is prolonged."), field="last_day"),)
    # Where no end was known, it may be learnt late.
    if last_day and before.last_day and last_day < min(before.last_day, today):
        sentence = N_(
            "Days that have passed under a rule set are not taken from it: the earliest is %(day)s."
        )
        return (Refusal(sentence, {"day": min(before.last_day, today).isoformat()}, field="last_day"),)
    return ()


# --- From a configuration's file -----------------------------------------------------------------


def sets_configured(
    session: ClientSession | None = None,
) -> tuple[dict[str, OwnRuleSet], dict[str, MovedRuleSet]]:
    """Return the office's own rule sets, drafts too, and what it decided of those that come with the program."""
    own: dict[str, OwnRuleSet] = {}
    moved: dict[str, MovedRuleSet] = {}
    for edition in read_editions(session):
        code = edition.measures.code
        if code not in _SHIPPED:
            own[code] = OwnRuleSet(
                edition.measures, edition.draft, edition.source_text, tuple(edition.confirmed)
            )
        elif edition.version:
            moved[code] = MovedRuleSet(edition.measures.last_day, edition.measures.begins_after_end)
    return own, moved


def moved_measures(code: str, end: MovedRuleSet) -> Measures:
    """Return a rule set that comes with the program with what the office decided of its end. Raises Refused."""
    if code not in _SHIPPED:
        raise Refused(NO_SUCH_SET, code=code[:60])
    return replace(_SHIPPED[code], last_day=end.last_day, begins_after_end=end.begins_after_end)


def put_rule_sets(uow: UnitOfWork, own: Mapping[str, OwnRuleSet], moved: Mapping[str, MovedRuleSet]) -> None:
    """Write those of a file's rule sets that differ or are new, those in force there in force here.

    They are judged as they stand together afterwards. One that is in force here keeps its figures: only its last day,
    and what becomes of it then, may be others. Raises Refused.
    """
    editions = {edition.measures.code: edition for edition in read_editions(uow.session)}
    given = {code: one.measures for code, one in own.items() if not one.draft}
    given |= {code: moved_measures(code, end) for code, end in moved.items()}
    together = {code: edition.measures for code, edition in editions.items() if not edition.draft} | given
    for code, one in own.items():
        before = editions.get(code)
        if before is not None and _same(before, one):
            continue
        reasons = _refusals_of_taken(one, before, uow.today)
        if not one.draft:
            others = tuple(other for key, other in together.items() if key != code)
            reasons += (*refusals_to_cite(one.measures), *refusals_of_measures(one.measures, others))
        if reasons:
            raise Refused(*of_entry(one.measures.title or code, reasons))
        _put(uow, before, one)
    for code in moved:
        edition, after = editions[code], given[code]
        if edition.measures == after:
            continue
        others = tuple(other for key, other in together.items() if key != code)
        reasons = (
            *_refusals_to_move(edition.measures, after.last_day, uow.today), *refusals_of_measures(after, others),
        )  # fmt: skip
        if reasons:
            raise Refused(*of_entry(after.title, reasons))
        _put_end(uow, edition, after)


def _same(before: Edition, after: OwnRuleSet) -> bool:
    beside = (after.draft, after.source_text, after.confirmed)
    return before.measures == after.measures and beside == (
        before.draft, before.source_text, tuple(before.confirmed),
    )  # fmt: skip


def _refusals_of_taken(after: OwnRuleSet, before: Edition | None, today: date) -> tuple[Refusal, ...]:
    """Return why a file's rule set cannot stand here, apart from what it is together with others."""
    measures = after.measures
    if measures.code in _SHIPPED or not _OWN_CODE.fullmatch(measures.code):
        return (Refusal(BAD_SET_CODE, {"code": measures.code[:60]}),)
    reasons = list(refusals_of_measures(measures, ()))
    if before is not None and not before.draft:
        stays = replace(
            before.measures, last_day=measures.last_day, begins_after_end=measures.begins_after_end
        )
        if after.draft or stays != measures:
            return (Refusal(IN_FORCE),)
        reasons += _refusals_to_move(before.measures, measures.last_day, today)
    if not 0 < len(measures.title.strip()) <= _MOST_TITLE:
        reasons.append(Refusal(NO_TITLE, {"most": _MOST_TITLE}))
    return (*reasons, *refusals_of_figures(measures))


def _put(uow: UnitOfWork, before: Edition | None, after: OwnRuleSet) -> None:
    measures, code = after.measures, after.measures.code
    beside: StoredRuleSet = {"draft": after.draft, "shipped": False, "confirmed": list(after.confirmed)}
    if after.source_text:
        beside["source_text"] = after.source_text
    changes = _changes(before.measures if before else None, measures)
    if before is None:
        uow.save(RuleSet, None, {**as_stored(measures), **beside})
    else:
        _save(measures, before.version, uow, beside)
    uow.record("changed" if before else "created", COLLECTION, code, measures.title, changes=changes)
    if not after.draft and (before is None or before.draft):
        uow.record("put-in-force", COLLECTION, code, measures.title, changes=_days_put_in_force(measures))


def _put_end(uow: UnitOfWork, edition: Edition, after: Measures) -> None:
    changes = _changes(edition.measures, after)
    if edition.version:
        _save(after, edition.version, uow)
    else:
        uow.save(RuleSet, None, {**as_stored(after), "draft": False, "shipped": True})
    uow.record("changed", COLLECTION, after.code, after.title, changes=changes)


def _days_put_in_force(measures: Measures) -> list[Change]:
    changes = [Change("first_day", None, measures.first_day.isoformat())]
    if measures.last_day:
        changes.append(Change("last_day", None, measures.last_day.isoformat()))
    return changes


# --- Within one transaction --------------------------------------------------------------------


def _draft(code: str, version: int, uow: UnitOfWork) -> Edition:
    edition = _find(code, read_editions(uow.session))
    if not edition.draft:
        raise Refused(IN_FORCE)
    if edition.version != version:
        raise Stale()
    return edition


def _others(code: str, uow: UnitOfWork) -> tuple[Measures, ...]:
    return tuple(
        edition.measures
        for edition in read_editions(uow.session)
        if not edition.draft and edition.measures.code != code
    )


def _held(code: str, version: int, uow: UnitOfWork) -> StoredRuleSet:
    held = RuleSet.read_version(code, version, uow.session)
    if held is None:
        raise Stale()
    return held


def _save(measures: Measures, version: int, uow: UnitOfWork, beside: StoredRuleSet | None = None) -> None:
    """Write a rule set anew; where it has no last day any more, the stored one goes."""
    held = _held(measures.code, version, uow)
    lasting: Mapping[str, Any] = {key: value for key, value in held.items() if key != "last_day"}
    uow.save(RuleSet, held, {**lasting, **as_stored(measures), **(beside or {})})


def _refuse(refusals: tuple[Refusal, ...]) -> None:
    if refusals:
        raise Refused.because(refusals)


# --- For the trail -----------------------------------------------------------------------------


def _changes(before: Measures | None, after: Measures | None) -> list[Change]:
    old, new = (flat_measures(measures) if measures else {} for measures in (before, after))
    return [Change(key, old.get(key), new.get(key)) for key in old | new if old.get(key) != new.get(key)]


def flat_measures(measures: Measures) -> dict[str, Any]:
    """Return a rule set as the trail and a comparison show it: one value a key."""
    days = {key: day.isoformat() if day else None for key, day in _days(measures)}
    summaries = {
        key: "-".join(f"{part:02}" for part in getattr(measures, key))
        for key in ("base_summary_by", "county_summary_by")
    }
    texts = {
        key: getattr(measures, key) or None
        for key in ("title", "document_number", "document_title", "body", "note")
    }
    decided = {line.key: getattr(measures, line.key) for line in POLICIES} | {
        line.key: getattr(measures, line.key).zh for line in TRANSITIONS
    }
    articles = {f"article.{key}": reference for key, reference in measures.articles.items()}
    text = {f"text.{article.number}": article.text for article in measures.text}
    return {
        **texts, "level": measures.level.zh, **days, **summaries, **figures_of(measures), **decided, **articles, **text,
    }  # fmt: skip


def _days(measures: Measures) -> tuple[tuple[str, date | None], ...]:
    return ("first_day", measures.first_day), ("last_day", measures.last_day)
