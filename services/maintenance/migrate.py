"""Bring the data to the schema of this program, one migration after another; refuse data of a newer one.

What was done is noted after each migration, so one that was cut short is begun again and those before it are not.
"""

from collections.abc import Callable
from datetime import datetime

from documents.desk.user import User
from documents.maintenance.data_state import SCHEMA, DataState
from documents.server.connection import reachable
from rules.access import SYSTEM, Actor
from rules.errors import Refused, Unavailable
from rules.words import N_
from services.maintenance.maintenance import maintenance
from services.maintenance.migrations import MIGRATIONS
from services.maintenance.migrations.migration import Migration
from services.shared.maintenance_mode import MIGRATING

NEWER = N_(
    "The data was written by a newer version of the program (schema %(found)d, this one knows %(known)d)."
    " Please update the program; nothing was changed."
)
NOT_YET = N_(
    "The data has schema %(found)d, this program needs %(known)d. Please run “flask migrate” first; until then"
    " nothing was changed."
)

# Told of each migration: its own, how many documents of how many are done.
Report = Callable[[Migration, int, int], None]


def _silent(migration: Migration, done: int, total: int) -> None:
    """Tell nobody."""


def schema_of_data() -> int:
    """Return the schema of the data; that of this program where there is none yet. Raises Unavailable."""
    with reachable():
        noted = DataState.schema()
        if noted is not None:
            return noted
        return 0 if User.is_anyone_there() else SCHEMA


def demand_known_schema() -> int:
    """Return the schema of the data. Raises Refused when only a newer program knows it, Unavailable."""
    found = schema_of_data()
    if found > SCHEMA:
        raise Refused(NEWER, found=found, known=SCHEMA)
    return found


def is_schema_right() -> bool:
    """Tell whether this program may work on the data: brought up to it, and not beyond what it may write to."""
    try:
        with reachable():
            needs, _ = DataState.read(None)
        return needs <= SCHEMA <= schema_of_data()
    except Unavailable:
        return False


def demand_schema() -> None:
    """Raise Refused unless the data has this program's schema, or there is none yet, which then is noted."""
    found = demand_known_schema()
    if found < SCHEMA:
        raise Refused(NOT_YET, found=found, known=SCHEMA)
    with reachable():
        if DataState.schema() is None:
            DataState.note_schema(SCHEMA, _needs(SCHEMA))


def migrate(*, now: datetime, actor: Actor = SYSTEM, report: Report = _silent) -> tuple[Migration, ...]:
    """Run what the data still lacks, in order, and return it. No write is let through meanwhile.

    Raises Refused when the data is newer than the program, UnderMaintenance, Unavailable.
    """
    if demand_known_schema() == SCHEMA:
        demand_schema()
        return ()
    with reachable(), maintenance(MIGRATING, actor=actor, now=now) as hold:
        return run_migrations(now=now, report=report, before_noting=hold.demand)


def run_migrations(
    *, now: datetime, report: Report = _silent, before_noting: Callable[[], object] = lambda: None
) -> tuple[Migration, ...]:
    """Run what the data still lacks, within maintenance that has begun. Raises Refused, Unavailable.

    `before_noting` is called when one is done, before that is noted; what it raises leaves it to be done again.
    """
    found = demand_known_schema()
    lacking = tuple(migration for migration in MIGRATIONS if migration.number > found)
    for migration in lacking:
        migration.run(now, lambda done, total, of=migration: report(of, done, total))  # type: ignore[misc]
        before_noting()
        DataState.note_schema(migration.number, _needs(migration.number))
    return lacking


def _needs(number: int) -> int:
    """Return the oldest schema whose program may still write to data of schema `number`."""
    return max((one.number for one in MIGRATIONS if one.shuts_out and one.number <= number), default=0)
