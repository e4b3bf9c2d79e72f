"""Commands that keep an office safe: its trail checked, everything into one file and back."""

import sys
from pathlib import Path

import click
from flask_babel import gettext

from commands.database import now, with_database
from services.desk.trail import verify
from services.maintenance.backup import backup
from services.maintenance.restore import restore


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
    backup(file, now=now())


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="Put it in the place of what is there.")
@with_database
def _restore(file: Path, replace: bool) -> None:
    """Bring a backup back; never over existing data without --replace."""
    restore(file, replace=replace, now=now())


COMMANDS: tuple[click.Command, ...] = (_verify_audit, _backup, _restore)
