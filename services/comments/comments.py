"""Comments on a record or an application: in its scope, by their writer, with every act in the trail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo.client_session import ClientSession

from documents.comments.comment import Comment, StoredComment
from documents.desk.user import User
from documents.kinds import FILED, RECORDS
from documents.records.record import Record
from documents.server.connection import reachable
from rules.access import Act, Actor, Permission
from rules.errors import Missing, NotAllowed, Refusal, Refused, Stale
from rules.requests.comments import (
    MOST_COMMENTS,
    TOO_MANY,
    mentioned_in,
    plain_comment,
    refusals_of_comment,
)
from schema.registry import REGISTRY
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

APPLICATIONS = "applications"
ADDED, CHANGED, DELETED = "comment-added", "comment-changed", "comment-deleted"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may be mentioned: the id, and the name on screen."""

    id: str
    name: str


def may_comment(actor: Actor) -> bool:
    """Tell whether an actor writes comments at all."""
    return actor.may(Permission.WRITE)


def comments_of(record_id: ObjectId, actor: Actor) -> list[StoredComment]:
    """Return the comments of a record that the caller has read in the actor's scope. Raises Unavailable."""
    with reachable():
        return Comment.of_record(record_id, actor)


def read_comment(comment_id: ObjectId, actor: Actor) -> StoredComment:
    """Return a comment on a record in the actor's scope. Raises Missing, Unavailable."""
    with reachable():
        comment = Comment.read(comment_id, actor)
        _record(comment["collection"], comment["record_id"], actor, None)
    return comment


def add_comment(collection: str, record_id: ObjectId, text: str, *, actor: Actor, now: datetime) -> ObjectId:
    """Comment on a record in the actor's scope. Raises Missing, NotAllowed, Refused, Unavailable."""
    actor.demand(Permission.WRITE)
    plain = plain_comment(text)
    _demand(plain)

    def work(uow: UnitOfWork) -> ObjectId:
        document, raw = _record(collection, record_id, actor, uow.session)
        if Comment.count_of(record_id, actor, uow.session) >= MOST_COMMENTS:
            raise Refused(Refusal(TOO_MANY, {"most": MOST_COMMENTS}, "text"))
        mentions = _mentions(plain, collection, document, raw, uow)
        typed = {
            "collection": collection, "record_id": record_id, "text": plain, "mentions": mentions,
            "newly": sorted(mentions), "county": actor.county, "by": actor.id,
        }  # fmt: skip
        saved = uow.save(Comment, None, typed)
        _note(uow, ADDED, collection, document, raw, plain)
        return ObjectId(saved["_id"])

    return in_one_transaction(work, actor=actor, now=now)


def change_comment(
    comment_id: ObjectId, text: str, *, version: int, actor: Actor, now: datetime
) -> StoredComment:
    """Change a comment of the actor's own. Raises Missing, NotAllowed, Refused, Stale, Unavailable."""
    actor.demand(Permission.WRITE)
    plain = plain_comment(text)
    _demand(plain)

    def work(uow: UnitOfWork) -> StoredComment:
        before = Comment.read(comment_id, actor, uow.session)
        collection = before["collection"]
        document, raw = _record(collection, before["record_id"], actor, uow.session)
        if before["by"] != actor.id:
            raise NotAllowed()
        if before["version"] != version:
            raise Stale()
        if plain == before["text"]:
            return before
        mentions = _mentions(plain, collection, document, raw, uow)
        newly = sorted(mentions.keys() - before["mentions"].keys())
        after = {**before, "text": plain, "mentions": mentions, "newly": newly}
        saved = uow.save(Comment, before, after)
        _note(uow, CHANGED, collection, document, raw, plain)
        return saved  # type: ignore[return-value]

    return in_one_transaction(work, actor=actor, now=now)


def delete_comment(comment_id: ObjectId, *, version: int, actor: Actor, now: datetime) -> StoredComment:
    """Delete a comment of the actor's own, an administrator anybody's; the trail keeps what it said.

    Raises Missing, NotAllowed, Stale, Unavailable.
    """
    actor.demand(Permission.WRITE)

    def work(uow: UnitOfWork) -> StoredComment:
        before = Comment.read(comment_id, actor, uow.session)
        document, raw = _record(before["collection"], before["record_id"], actor, uow.session)
        if before["by"] != actor.id and not actor.may(Permission.MANAGE_OFFICE):
            raise NotAllowed()
        if before["version"] != version or not Comment.remove(before, uow.session):
            raise Stale()
        _note(uow, DELETED, before["collection"], document, raw, before["text"])
        return before

    return in_one_transaction(work, actor=actor, now=now)


def people_of(collection: str, record_id: ObjectId, actor: Actor) -> list[Person]:
    """Return who may be mentioned on a record: who may read it, as far as the writer's county goes, by name.

    Raises Missing, Unavailable.
    """
    with reachable():
        document, raw = _record(collection, record_id, actor, None)
        people = _people(collection, _counties(document, raw, actor), None)
    return [Person(one.id, one.name) for one in people if one.id != actor.id]


def label_of(collection: str, record_id: ObjectId, actor: Actor) -> str:
    """Return the name of a record that may be commented on, in the actor's scope. Raises Missing, Unavailable."""
    with reachable():
        document, raw = _record(collection, record_id, actor, None)
    return document.label_of(raw)


def _record(
    collection: str, record_id: ObjectId, actor: Actor, session: ClientSession | None
) -> tuple[type[Record], Mapping[str, Any]]:
    """Return a record that may be commented on, in the actor's scope. Raises Missing."""
    if collection not in RECORDS and collection != APPLICATIONS:
        raise Missing()
    declaration = REGISTRY.get(collection)
    if declaration is not None and not declaration.allows(actor, Act.SEE):
        raise Missing()
    document = FILED[collection]
    return document, document.read(record_id, actor, session)


def _counties(document: type[Record], raw: Mapping[str, Any], actor: Actor) -> list[str]:
    """Return whose a comment is: the writer's county's, or all of the record's."""
    return document.counties_of(raw) if actor.county is None else [actor.county]


def _people(collection: str, counties: list[str], session: ClientSession | None) -> list[Actor]:
    declaration = REGISTRY.get(collection)
    people = [User.actor_of(raw) for raw in User.told(session)]
    return sorted(
        (
            one
            for one in people
            if (one.county is None or one.county in counties)
            and (declaration is None or declaration.allows(one, Act.SEE))
        ),
        key=lambda one: one.name,
    )


def _mentions(
    text: str, collection: str, document: type[Record], raw: Mapping[str, Any], uow: UnitOfWork
) -> dict[str, str]:
    """Return whom a text mentions of those who may read it; of anybody else an @ is a letter like any other."""
    if "@" not in text and "＠" not in text:
        return {}
    people = _people(collection, _counties(document, raw, uow.actor), uow.session)
    return mentioned_in(text, {one.name: one.id for one in people if one.id != uow.actor.id})


def _demand(plain: str) -> None:
    if refusals := refusals_of_comment(plain):
        raise Refused(*refusals)


def _note(
    uow: UnitOfWork, action: str, collection: str, document: type[Record], raw: Mapping[str, Any], text: str
) -> None:
    """Let the trail tell what was said. It stands in the note: no field of the record has changed."""
    uow.record(
        action, collection, raw["_id"], document.label_of(raw), counties=_counties(document, raw, uow.actor), note=text
    )  # fmt: skip
