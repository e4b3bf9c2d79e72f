"""Count what a piece of work asks of the database, whatever other tests ask of the same server meanwhile."""

from collections.abc import Callable
from typing import Any

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
