"""The replica set of one: transactions and change streams need a set, so the embedded mongod is one alone."""

import time
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure

from documents.server.connection import reachable
from documents.server.process import REPLICA_SET, short_client, socket_uri

_POLL = 0.02
# The server's own codes for "not yet" and "already": it is still waking, or another step came first.
_PASSING = frozenset({23, 93, 94, 95, 103, 109, 189, 10107, 11602, 13435, 13436})


def become_primary(socket: Path, *, timeout: float) -> bool:
    """Make the mongod on `socket` a primary within `timeout` seconds; tell whether it is one now.

    Initiates the set on first use. When the socket's path has changed (a moved or restored
    folder), the member's name in the stored configuration no longer leads to this mongod, so
    it is put right by force. Raises Unavailable when the mongod goes away meanwhile.
    """
    deadline = time.monotonic() + timeout
    with reachable(), short_client(socket_uri(socket)) as client:
        while not client.admin.command("hello").get("isWritablePrimary"):
            if time.monotonic() > deadline:
                return False
            try:
                _configure(client, str(socket))
            except OperationFailure as error:
                if error.code not in _PASSING:
                    raise
            time.sleep(_POLL)
    return True


def _configure(client: MongoClient[dict[str, Any]], host: str) -> None:
    stored = client["local"]["system.replset"].find_one()
    members = [{"_id": 0, "host": host}]
    if stored is None:
        client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
    elif [member["host"] for member in stored["members"]] != [host]:
        wanted = {**stored, "members": members, "version": stored["version"] + 1}
        client.admin.command("replSetReconfig", wanted, force=True)
