"""Run a command on the office's own database, shared with a running server; one sentence for what goes wrong."""

import getpass
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

import click
from flask import current_app
from flask_babel import force_locale, gettext

from documents.indexes import build_indexes
from documents.maintenance.data_state import SCHEMA
from documents.server.connection import patient, reachable
from documents.server.embedded import OpenDatabase, open_database
from documents.server.transactions import WRITERS
from forms.sentences import sentence
from rules.access import SYSTEM
from rules.errors import Problem, UnderMaintenance
from rules.requests.origin import COMMAND_LINE, Origin
from rules.words import N_
from schema.settings import REMOVED_FILE_DAYS
from services.assessment.kept_figures import ensure_figures
from services.definitions.following import follow_the_day
from services.desk.counties import finish_search_words
from services.desk.settings import office_settings
from services.desk.trail_upkeep import note_head, take_states
from services.maintenance.lost_bytes import forget_lost_bytes
from services.maintenance.migrate import demand_known_schema, demand_schema, migrate, schema_of_data
from services.maintenance.migrations.migration import Migration
from services.maintenance.restore import finish_restore
from services.records.county_parts import derive_county_words, derive_owning_counties
from services.records.denormalised_copies import finish_copies
from services.shared.files import forget_removed_files
from services.shared.origins import acting_from

LOCALE = "zh_Hans_CN"
_DRAIN_SECONDS = 2.0  # for transactions that are under way when the requests they belong to are given up
_ANEW = N_("The index %(index)s of %(collection)s is built anew: it had another definition.")
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def now() -> datetime:
    """Return this moment, in UTC."""
    return datetime.now(UTC)


def _command_line() -> Origin:
    """Return where a command comes from: the command line, and whose."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a user id without a name, as in a container
        user = ""
    context = click.get_current_context(silent=True)
    return Origin.of("", f"{COMMAND_LINE}: {context.command_path if context else ''} {user}".strip())


def with_database(command: Callable[..., Any], *, bound: float | None = None) -> Callable[..., Any]:
    """Run a command on the office's database; a foreseen error is one sentence and exit 2, never a trace.

    `bound` is how many seconds one operation of the database may take; none of a command that nobody waits for.

    The data of an earlier program is brought to this one's schema first, where the database is our own. A server of
    others may have several processes on it: there the office says when (`flask migrate`), and until then only what
    `with_any_schema` decorates runs.
    """
    return _with(command, _bring_up_to_date, bound)


def with_any_schema(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command as `with_database` does, on data of any schema but a newer one."""
    return _with(command, _leave, None)


def _leave(opened: OpenDatabase) -> None:
    """Take the data as it is."""
    if schema_of_data() == SCHEMA:
        _demand_schema_and_figures()


def _bring_up_to_date(opened: OpenDatabase) -> None:
    if opened.embedded is not None:
        migrate(now=now(), report=show_migration)
    _demand_schema_and_figures()


def _demand_schema_and_figures() -> None:
    demand_schema()
    with suppress(UnderMaintenance):
        ensure_figures(now=now())  # of an earlier program that meant something else by them


def show_migration(migration: Migration, done: int, total: int) -> None:
    """Say on standard error how far a migration is."""
    click.echo(f"{migration.number}  {gettext(migration.title)}  {done}/{total}", err=True)


def _show_index(collection: str, index: str) -> None:
    click.echo(gettext(_ANEW, index=index, collection=collection), err=True)


def _with(
    command: Callable[..., Any], prepare: Callable[[OpenDatabase], None], bound: float | None
) -> Callable[..., Any]:
    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            with (
                _ended_in_order(),
                open_database(bound=bound) as opened,
                force_locale(LOCALE),
                acting_from(_command_line()),
                reachable(),
            ):
                with patient():
                    demand_known_schema()
                    finish_restore(now=now())
                    build_indexes(_show_index)
                    prepare(opened)
                    with suppress(UnderMaintenance):  # who ends the maintenance does it, or the next start
                        if schema_of_data() == SCHEMA:
                            take_states(now=now())
                        finish_rest()
                        _empty_bin()
                # An embedded database that dies alone is brought back by the watch; a page may ask why it is not.
                opened.watch(finish_rest)
                current_app.extensions["trouble"] = opened.trouble
                current_app.extensions["database"] = opened
                WRITERS.open()
                note_head(now=now())
                try:
                    return command(*args, **kwargs)
                finally:
                    _ignore(_ENDING)  # impatience must not cut short how the database is left
                    WRITERS.drain(_DRAIN_SECONDS)
                    note_head(now=now())
        except Problem as problem:
            with force_locale(LOCALE):
                for refusal in problem.refusals:
                    click.echo(sentence(refusal), err=True)
            sys.exit(2)

    return run


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let SIGTERM and a closed terminal end a command as Ctrl+C does: the database is left, or stopped, in order.

    Once it is left, further signals stay ignored: a command is the last thing that its process does, and what Python
    still does at its end must not be cut short either.
    """
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
                signal.signal(number, _end)
    try:
        yield
    finally:
        _ignore(_ENDING)


def _end(number: int, _: object) -> None:
    _ignore([signal.SIGTERM, signal.SIGHUP])
    sys.exit(128 + number)


def _ignore(signals: Iterable[signal.Signals]) -> None:
    if threading.current_thread() is threading.main_thread():
        for number in signals:
            signal.signal(number, signal.SIG_IGN)


def _empty_bin() -> None:
    """Let the recycle bin go of the files whose time is over."""
    kept_for = timedelta(days=office_settings()[REMOVED_FILE_DAYS])
    forget_removed_files(before=now() - kept_for, now=now())


def forget_lost() -> None:
    """Let go of the bytes that uploads cut short have left."""
    with patient(), reachable():
        forget_lost_bytes(now=now())


def begin_day() -> None:
    """Let what formulas make of today be computed anew, once a day."""
    follow_the_day(now=now())


def finish_rest() -> None:
    """Finish what a program killed in between left behind: copied names, and what follows from records.

    An earlier program that still runs beside this one during an update leaves the same behind.
    """
    with patient(), reachable():
        finish_copies(actor=SYSTEM, now=now())
        finish_search_words()
        derive_county_words()
        derive_owning_counties()
