"""What every page reads of the office, kept for as long as nothing at all is written to the database.

Each answer of a replica set names the moment of its last write. Where the answer about the session names the moment at
which this process last read settings, counters, counties and statuses, these are not read again. Of two writes that
end together the later moment may be told first: a state read between them lacks the other. So what is kept is dropped
with each commit of this process, and after two seconds: its own writes stand at once, and another process's on the
next page, only where two writes ended in the other order at most two seconds later. Who is signed in, with role and
session, is never kept. A cluster behind a router names no such moment: there everything is read each time.
"""

import time
from typing import Any

from mongoengine.connection import get_db
from pymongo.client_session import ClientSession

from documents.desk.settings import STEPS, take_settings
from documents.records.office_state import COUNTERS, OfficeState, state_of_rows, steps_of_state
from documents.server.connection import database
from documents.server.transactions import last_commit

# Seconds after which it is read again all the same.
LONGEST = 2.0
_ROWS = 1000  # come in one answer


class _Kept:
    """The office's state, the moment of the last write and this process's last commit before it was read.

    Put as one, for threads that read it.
    """

    def __init__(self) -> None:
        self.held: tuple[Any, Any, object, float, OfficeState] | None = None


_KEPT = _Kept()


def moment_of(session: ClientSession) -> Any:
    """Return the moment of the last write that the session's last answer names; None where it names none."""
    description = session.client.topology_description
    return None if description.topology_type_name == "Sharded" else session.operation_time


def state_at(session: ClientSession) -> OfficeState:
    """Return the office's state, the settings of the same moment being in force; the session has had an answer.

    It is read anew unless nothing was written since it was last read.
    """
    moment, commit, held = moment_of(session), last_commit(), _KEPT.held
    if held is not None and moment is not None:
        stored, kept_at, committed, until, state = held
        is_same = stored is get_db() and kept_at == moment and committed is commit
        if is_same and time.monotonic() < until:
            return state
    rows = database()[COUNTERS].aggregate([*steps_of_state(), *STEPS], session=session, batchSize=_ROWS)
    state = state_of_rows(take_settings(rows))
    if moment is not None and moment_of(session) == moment:  # nothing was written while it was read
        _KEPT.held = (get_db(), moment, commit, time.monotonic() + LONGEST, state)
    return state
