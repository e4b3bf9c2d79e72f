"""Count what a piece of work asks of the database, whatever other tests ask of the same server meanwhile."""

from collections.abc import Callable
from typing import Any, NamedTuple

from pymongo.database import Database

_PROFILE = "system.profile"


def commands_asked(db: Database[dict[str, Any]], work: Callable[[], object]) -> int:
    """Return how many reading commands `work` sends to this database, by the server's own record."""
    db.drop_collection(_PROFILE)
    db.command("profile", 2)
    try:
        work()
    finally:
        db.command("profile", 0)
    asked = {"op": {"$in": ["query", "command", "getmore"]}, "command.profile": {"$exists": False}}
    count = db[_PROFILE].count_documents(asked)
    db.drop_collection(_PROFILE)
    return count


def read_outside_transactions(db: Database[dict[str, Any]], work: Callable[[], object]) -> set[str]:
    """Return which collections `work` reads outside a transaction, by the server's own record."""
    db.drop_collection(_PROFILE)
    db.command("profile", 2)
    try:
        work()
    finally:
        db.command("profile", 0)
    alone = {
        "op": {"$in": ["query", "command", "getmore"]},
        "command.profile": {"$exists": False},
        "command.txnNumber": {"$exists": False},
    }
    names = {row["ns"].removeprefix(f"{db.name}.") for row in db[_PROFILE].find(alone)}
    db.drop_collection(_PROFILE)
    return names


class Work(NamedTuple):
    """How many records and index keys reading commands looked at."""

    documents: int
    keys: int


def work_done(db: Database[dict[str, Any]], work: Callable[[], object]) -> Work:
    """Return how much of this database `work` looks at, by the server's own record."""
    db.drop_collection(_PROFILE)
    db.command("profile", 2)
    try:
        work()
    finally:
        db.command("profile", 0)
    rows = list(
        db[_PROFILE].find({"docsExamined": {"$exists": True}, "op": {"$in": ["query", "command", "getmore"]}})
    )
    db.drop_collection(_PROFILE)
    return Work(sum(row["docsExamined"] for row in rows), sum(row.get("keysExamined", 0) for row in rows))
