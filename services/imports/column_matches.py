"""What a sender's headings mean, remembered: the next workbook with the same heading is read in the same way.

The sender is a clerk's county, whose clerks send the same forms; of the city it is the user.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from documents.imports.column_match import ColumnMatch, StoredMatch
from documents.server.connection import reachable
from office.recognition.recognition import Match, Recognition
from rules.access import Actor, Permission
from rules.errors import Refusal, Refused
from rules.words import N_
from schema.collection import Collection
from schema.registry import REGISTRY
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

COLLECTION = "column_matches"
_UNKNOWN = N_("“%(key)s” is no column of this list.")
_NO_COLUMN = N_("The sheet has no column at place %(place)d.")
_DOUBLED = N_("Both “%(first)s” and “%(second)s” were chosen for %(column)s. Please keep one of them.")


@dataclass(frozen=True)
class KeptMatch:
    """Who chose the columns of a heading, and when."""

    who: str
    at: datetime


def sender_of(actor: Actor) -> str:
    """Return who sends an actor's workbooks: the county, or the user of the city."""
    return actor.county or f"user:{actor.id}"


def remembered_matches(declaration: Collection, actor: Actor) -> dict[str, Match]:
    """Return what the sender's headings mean, by the heading's digest. Raises Unavailable."""
    with reachable():
        stored = ColumnMatch.of(sender_of(actor), declaration.slug)
    return {one["digest"]: {int(place): key for place, key in one["columns"].items()} for one in stored}


def kept_match(declaration: Collection, digest: str, actor: Actor) -> KeptMatch | None:
    """Return who chose the match of a heading; None where none is kept. Raises Unavailable."""
    with reachable():
        found = ColumnMatch.one(sender_of(actor), declaration.slug, digest)
    return KeptMatch(found["actor_name"], found["matched_at"]) if found else None


@dataclass(frozen=True)
class RememberedMatch:
    """What is remembered of one heading: the kind of import, and what each of its columns is taken as.

    `columns` are pairs of a heading and a key, "" where the column is not taken.
    """

    kind: str
    digest: str
    columns: tuple[tuple[str, str], ...]
    kept: KeptMatch


def all_matches(actor: Actor) -> tuple[RememberedMatch, ...]:
    """Return all that is remembered of the sender's headings. Raises NotAllowed, Unavailable."""
    actor.demand(Permission.IMPORT)
    with reachable():
        stored = ColumnMatch.of_sender(sender_of(actor))
    return tuple(
        RememberedMatch(
            one["kind"], one["digest"], _columns_of(one), KeptMatch(one["actor_name"], one["matched_at"])
        )
        for one in stored
    )


def _columns_of(stored: StoredMatch) -> tuple[tuple[str, str], ...]:
    places = sorted(int(place) for place in stored["columns"])
    headings = dict(zip(places, stored["headings"], strict=False))
    return tuple(
        (_name_of(headings.get(place, ""), place), stored["columns"][str(place)]) for place in places
    )


def forget_all_matches(*, actor: Actor, now: datetime) -> int:
    """Forget all that is remembered of the sender's headings; return how many. Raises NotAllowed, Unavailable."""
    actor.demand(Permission.IMPORT)

    def work(uow: UnitOfWork) -> int:
        forgotten = ColumnMatch.forget_all(sender_of(actor), uow.session)
        county = uow.actor.county
        for match in forgotten:
            kind = match.rsplit(" ", 2)[-2]
            declaration = REGISTRY.by_slug(kind)
            title = declaration.title if declaration else kind
            uow.record("match-forgotten", COLLECTION, match, title, counties=[county] if county else [])
        return len(forgotten)

    return in_one_transaction(work, actor=actor, now=now)


def checked_match(declaration: Collection, recognition: Recognition, chosen: Mapping[int, str]) -> Match:
    """Return what every column of a sheet is taken as once a clerk has chosen some.

    Raises Refused for a column that is not there, a field that is not, and one field for two columns.
    """
    headings = {column.place: _name_of(column.heading, column.place) for column in recognition.columns}
    known = {column.key: column.heading for column in declaration.imported}
    refusals = [Refusal(_NO_COLUMN, {"place": place + 1}) for place in chosen if place not in headings]
    refusals += [Refusal(_UNKNOWN, {"key": key[:60]}) for key in chosen.values() if key and key not in known]
    match = {column.place: chosen.get(column.place, column.key) for column in recognition.columns}
    first_of: dict[str, int] = {}
    for place, key in match.items():
        if key in known and (first := first_of.setdefault(key, place)) != place:
            params = {"first": headings[first], "second": headings[place], "column": known[key]}
            refusals.append(Refusal(_DOUBLED, params, field=str(place)))
    if refusals:
        raise Refused(*refusals)
    return match


def remember_match(
    declaration: Collection, recognition: Recognition, match: Match, *, actor: Actor, now: datetime
) -> None:
    """Remember what the columns of a heading are, in the place of what was remembered of it.

    Raises NotAllowed, Unavailable.
    """
    actor.demand(Permission.IMPORT)
    headings = [column.heading for column in recognition.columns]
    columns = {str(place): key for place, key in match.items()}

    def work(uow: UnitOfWork) -> None:
        kept = ColumnMatch.keep(
            sender_of(actor), declaration.slug, recognition.digest, columns, headings,
            who=actor.name, now=uow.now, session=uow.session,
        )  # fmt: skip
        _record(uow, "match-kept", declaration, kept)

    in_one_transaction(work, actor=actor, now=now)


def forget_match(declaration: Collection, digest: str, *, actor: Actor, now: datetime) -> None:
    """Forget what the columns of a heading are; nothing where nothing is remembered. Raises NotAllowed, Unavailable."""
    actor.demand(Permission.IMPORT)

    def work(uow: UnitOfWork) -> None:
        if ColumnMatch.forget(sender_of(actor), declaration.slug, digest, uow.session):
            _record(uow, "match-forgotten", declaration, digest)

    in_one_transaction(work, actor=actor, now=now)


def _record(uow: UnitOfWork, act: str, declaration: Collection, match: str) -> None:
    county = uow.actor.county
    uow.record(act, COLLECTION, match, declaration.title, counties=[county] if county else [])


def _name_of(heading: str, place: int) -> str:
    return heading or letters_of(place)


def letters_of(place: int) -> str:
    """Return the letters of a column by its position from 0: A, B, …, AA."""
    letters, rest = "", place + 1
    while rest:
        rest, sign = divmod(rest - 1, 26)
        letters = chr(65 + sign) + letters
    return letters
