"""The command line: the same services as the pages, on the office's own database, shared with a running server."""

import json
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import force_locale, gettext

from admin_views.shared.request_context import today as office_today
from documents.indexes import build_indexes
from documents.kinds import RECORDS
from documents.records.office_state import read_office_state
from documents.server.connection import reachable
from documents.server.embedded import open_database
from forms.sentences import sentence
from office.excel.cell_dates import day_of
from rules.access import SYSTEM, Role
from rules.counties import BY_CODE
from rules.counting import as_of
from rules.errors import Problem, Refused
from rules.titles import last_valid_day
from rules.words import N_
from rules.working_days import DueDay, change_filing_due, notice_ends
from schema.registry import REGISTRY
from services.assessment.assess import as_json as assessment_json
from services.assessment.assess import assess_bases
from services.assessment.rule_sets import set_in_force
from services.demo.demo import load_demo
from services.desk.trail import verify
from services.desk.users import create_user
from services.desk.working_days import office_calendar
from services.imports.export_rows import export_workbook
from services.imports.import_rows import import_workbook
from services.maintenance.backup import backup
from services.maintenance.restore import finish_restore, restore
from services.records.denormalised_copies import finish_copies

LOCALE = "zh_Hans_CN"
_IMPORTABLE = {declaration.slug: declaration for declaration in REGISTRY.importable}
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def with_database(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command on the office's database; a foreseen error is one sentence and exit 2, never a trace."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            with _ended_in_order(), open_database() as opened, force_locale(LOCALE), reachable():
                # An embedded database that dies alone is brought back by the watch, or by the page that misses it.
                current_app.extensions["revive"] = opened.revive
                finish_restore(now=_now())
                build_indexes()
                _carry_rest()
                opened.watch(_carry_rest)
                try:
                    return command(*args, **kwargs)
                finally:
                    _ignore(_ENDING)  # impatience must not cut short how the database is left
        except Problem as problem:
            with force_locale(LOCALE):
                for refusal in problem.refusals:
                    click.echo(sentence(refusal), err=True)
            sys.exit(2)

    return run


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let SIGTERM and a closed terminal end a command as Ctrl+C does: the database is left, or stopped, in order."""
    here = threading.current_thread() is threading.main_thread()
    before = {one: signal.getsignal(one) for one in _ENDING if here}
    for one, how in before.items():
        if one != signal.SIGINT and how is not signal.SIG_IGN:  # as under nohup
            signal.signal(one, _end)
    try:
        yield
    finally:
        for one, how in before.items():
            signal.signal(one, how)


def _end(number: int, _: object) -> None:
    _ignore([signal.SIGTERM, signal.SIGHUP])
    sys.exit(128 + number)


def _ignore(signals: Iterable[signal.Signals]) -> None:
    if threading.current_thread() is threading.main_thread():
        for one in signals:
            signal.signal(one, signal.SIG_IGN)


def _carry_rest() -> None:
    """Let copied names follow that a program killed in between left behind."""
    with reachable():
        finish_copies(actor=SYSTEM, now=_now())


@click.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--county", type=click.Choice(sorted(BY_CODE)), help="Required for county clerks.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@with_database
def _users_add(name: str, role: str, county: str | None, password_stdin: bool) -> None:
    """Add a user; without --password-stdin a one-time password is printed."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    made = create_user(name, role=role, county=county, password=password, actor=SYSTEM, now=_now())
    if made.one_time_password:
        click.echo(made.one_time_password)


@click.command("demo")
@click.option(
    "--replace", is_flag=True, help="Remove the records that are there. They cannot be brought back."
)
@with_database
def _demo(replace: bool) -> None:
    """Load an invented office; never over existing data without --replace."""
    for collection, count in load_demo(now=_now(), replace=replace).items():
        click.echo(f"{collection} {count}")


@click.command("import")
@click.argument("kind", type=click.Choice(sorted(_IMPORTABLE)))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Write nothing, report the same.")
@click.option("--strict", is_flag=True, help="Write nothing if one row is rejected.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@with_database
def _import(kind: str, file: Path, dry_run: bool, strict: bool, as_json: bool) -> None:
    """Import a workbook: exit 0 when nothing was rejected, 1 when rows were, 2 when it cannot be read."""
    report = import_workbook(
        file, _IMPORTABLE[kind], actor=SYSTEM, now=_now(), dry_run=dry_run, strict=strict
    )
    found = report.as_json(sentence)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        for row in found["rows"]:
            for error in row["errors"]:
                click.echo(f"{row['row']}\t{error['column']}\t{error['message']}")
        keys = ("created", "updated", "unchanged", "rejected", "skipped")
        click.echo("  ".join(f"{key} {found[key]}" for key in keys))
    sys.exit(1 if report.rejected else 0)


@click.command("export")
@click.argument("kind", type=click.Choice(sorted(_IMPORTABLE)))
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--county", type=click.Choice(sorted(BY_CODE)))
@click.option("--search", "words", default="", help="Words in any order, parts of codes, initials.")
@with_database
def _export(kind: str, out: Path, county: str | None, words: str) -> None:
    """Export records to an Excel workbook."""
    sheet = _IMPORTABLE[kind]
    if not out.parent.is_dir():
        raise Refused(N_("The folder %(folder)s does not exist."), folder=out.parent)
    records = RECORDS[sheet.name].objects.in_county(county).matching(words)
    count = export_workbook(
        out, sheet, records, state=read_office_state(), order=sheet.default_order, actor=SYSTEM
    )
    click.echo(str(count))


@click.command("verify-audit")
@with_database
def _verify_audit() -> None:
    """Check the audit trail: exit 0 when it is whole, else 1 and the first bad entry."""
    bad = verify()
    if bad is not None:
        click.echo(gettext(bad.message, seq=bad.seq))
        sys.exit(1)


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@with_database
def _backup(file: Path) -> None:
    """Write everything into one file, as it stood at one moment."""
    backup(file, now=_now())


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="Put it in the place of what is there.")
@with_database
def _restore(file: Path, replace: bool) -> None:
    """Bring a backup back; never over existing data without --replace."""
    restore(file, replace=replace, now=_now())


class Day(click.ParamType):
    """A day in any spelling that an import reads."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day; a usage error (exit 2) when it is none."""
        if isinstance(value, date):
            return value
        try:
            found = day_of(value)
        except Refused:
            found = None
        if found is None:
            self.fail(f"{value!r} is not a day; write 2026-11-23", param, ctx)
        return found


@click.command("assess")
@click.argument("year", type=click.IntRange(2000, 2200))
@click.option("--today", "on", type=Day(), help="Count as if this were today.")
@click.option("--json", "as_json", is_flag=True, help="Print every figure as JSON, by base name.")
@with_database
def _assess(year: int, on: date | None, as_json: bool) -> None:
    """Assess every base for a year against the rule set in force."""
    day = on or office_today()
    measures, really = set_in_force(as_of(year, day))
    if not really:
        said = gettext(
            N_("%(title)s is not in force on %(day)s."), title=measures.title, day=as_of(year, day)
        )
        click.echo(said, err=True)
    found = assess_bases(year, measures, today=day, actor=SYSTEM)
    if as_json:
        click.echo(json.dumps(assessment_json(found), ensure_ascii=False))
        return
    for base, assessment in found:
        failed = ", ".join(one.key for one in assessment.indicators if not one.met)
        click.echo(f"{base['name']}\t{'meets' if assessment.meets else failed}")


_dates = AppGroup("dates", help="The Measures' days: change filing, term, public notice.")


_NO_CALENDAR = N_("The calendar of working days of %(year)s is not known yet: Monday to Friday were counted.")


def _print_due(due: DueDay) -> None:
    for year in due.missing_years:
        click.echo(gettext(_NO_CALENDAR, year=year), err=True)
    click.echo(due.day.isoformat())


@_dates.command("change-filing")
@click.argument("day", type=Day())
@with_database
def _change_filing(day: date) -> None:
    """Print the last day to file a change completed on DAY (Art. 15)."""
    working_days = set_in_force(day)[0].change_filing_working_days
    _print_due(change_filing_due(day, working_days, office_calendar()))


@_dates.command("term")
@click.argument("day", type=Day())
@click.option("--years", type=click.IntRange(1, 100), default=5)
def _term(day: date, years: int) -> None:
    """Print the last valid day of a term that begins on DAY (Art. 16)."""
    click.echo(last_valid_day(day, years).isoformat())


@_dates.command("notice")
@click.argument("day", type=Day())
@click.option("--working-days", type=click.IntRange(1, 250), default=5)
@with_database
def _notice(day: date, working_days: int) -> None:
    """Print the last day of a public notice that begins on DAY."""
    _print_due(notice_ends(day, working_days, office_calendar()))


def _now() -> datetime:
    return datetime.now(UTC)


_users = AppGroup("users", help="Who may sign in.")
_users.add_command(_users_add)
COMMANDS = (_users, _demo, _import, _export, _assess, _dates, _verify_audit, _backup, _restore)
