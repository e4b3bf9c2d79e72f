"""Commands for the office's configuration: into one readable file, and from one."""

from collections.abc import Sequence
from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import gettext

from commands.database import now, with_database
from forms.configuration import value_in_words, value_label
from office.excel.full_disk import write_whole
from rules.access import SYSTEM
from rules.errors import Refused, Unreadable
from rules.words import N_
from schema.definitions.configuration import MOST_BYTES, TOO_LARGE, Outcome, read_text, written
from services.definitions.comparison import PartOf
from services.definitions.configuration import read_configuration, take_configuration

_schema = AppGroup("schema", help="What an administrator shaped, as one file.")
_SIGNS = {Outcome.ADDED: "+", Outcome.CHANGED: "~", Outcome.KEPT: "=", Outcome.LEFT: "-"}
_NOTHING = N_("Nothing differs.")
_RECORDS = N_(" (%(count)d records here)")


@_schema.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@with_database
def _export(file: Path) -> None:
    """Write the configuration of this office into a file."""
    if not file.absolute().parent.is_dir():
        raise Refused(N_("The folder %(folder)s does not exist."), folder=file.parent)
    write_whole(file, [written(read_configuration(actor=SYSTEM)).encode()])


@_schema.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Write nothing, say what would be.")
@with_database
def _import(file: Path, dry_run: bool) -> None:
    """Take a configuration: add and change what it says, all or nothing, and delete nothing."""
    try:
        with file.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(N_("There is no file %(file)s here, or it may not be read."), file=file) from error
    if len(data) > MOST_BYTES:
        raise Refused(TOO_LARGE, most=MOST_BYTES >> 20)
    _show(take_configuration(read_text(text), dry_run=dry_run, actor=SYSTEM, now=now()).parts)


def _show(parts: Sequence[PartOf]) -> None:
    if not any(part.differences for part in parts):
        click.echo(gettext(_NOTHING))
    for part in parts:
        if part.differences:
            click.echo(gettext(part.title))
        for each in part.differences:
            reason = gettext(each.reason) if each.reason else ""
            told = reason or gettext(each.outcome.value)
            if each.records is not None:
                told += gettext(_RECORDS, count=each.records)
            click.echo(f"  {_SIGNS[each.outcome]} {gettext(each.label)}  {told}")
            for key, old, new in each.changes:
                word = value_label(part.name, part.labels, key)
                click.echo(f"      {word} {value_in_words(old)} → {value_in_words(new)}".replace("  ", " "))


COMMANDS: tuple[click.Command, ...] = (_schema,)
