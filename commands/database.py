"""Run a command on the office's own database, shared with a running server; one sentence for what goes wrong."""

import getpass
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

import click
from flask import current_app
from flask_babel import force_locale

from documents.indexes import build_indexes
from documents.server.connection import patient, reachable
from documents.server.embedded import open_database
from documents.server.transactions import WRITERS
from forms.sentences import sentence
from rules.access import SYSTEM
from rules.errors import Problem
from rules.origin import Origin
from schema.settings import REMOVED_FILE_DAYS
from services.assessment.kept_figures import ensure_figures
from services.desk.counties import finish_search_words
from services.desk.settings import office_settings
from services.maintenance.restore import finish_restore
from services.records.county_parts import derive_county_words, derive_owning_counties
from services.records.denormalised_copies import finish_copies
from services.shared.files import forget_removed_files
from services.shared.origins import acting_from

LOCALE = "zh_Hans_CN"
_DRAIN_SECONDS = 2.0  # for transactions that are under way when the requests they belong to are given up
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
    return Origin.of("", f"command line: {context.command_path if context else ''} {user}".strip())


def with_database(command: Callable[..., Any], *, bound: float | None = None) -> Callable[..., Any]:
    """Run a command on the office's database; a foreseen error is one sentence and exit 2, never a trace.

    `bound` is how many seconds one operation of the database may take; none of a command that nobody waits for.
    """

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
                    finish_restore(now=now())
                    build_indexes()
                    ensure_figures(now=now())
                    finish_rest()
                    _empty_bin()
                # An embedded database that dies alone is brought back by the watch; a page may ask why it is not.
                opened.watch(finish_rest)
                current_app.extensions["trouble"] = opened.trouble
                WRITERS.open()
                try:
                    return command(*args, **kwargs)
                finally:
                    _ignore(_ENDING)  # impatience must not cut short how the database is left
                    WRITERS.drain(_DRAIN_SECONDS)
        except Problem as problem:
            with force_locale(LOCALE):
                for refusal in problem.refusals:
                    click.echo(sentence(refusal), err=True)
            sys.exit(2)

    return run


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let SIGTERM and a closed terminal end a command as Ctrl+C does: the database is left, or stopped, in order."""
    in_main_thread = threading.current_thread() is threading.main_thread()
    handlers = {number: signal.getsignal(number) for number in _ENDING if in_main_thread}
    for number, handler in handlers.items():
        if number != signal.SIGINT and handler is not signal.SIG_IGN:  # as under nohup
            signal.signal(number, _end)
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


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


def finish_rest() -> None:
    """Finish what a program killed in between left behind: copied names, and what follows from records."""
    with patient(), reachable():
        finish_copies(actor=SYSTEM, now=now())
        finish_search_words()
        derive_county_words()
        derive_owning_counties()
