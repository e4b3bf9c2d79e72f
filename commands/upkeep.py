"""Commands that keep an office safe: its trail checked, everything into one file and back."""

import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import gettext

from commands.database import now, show_migration, with_any_schema, with_database
from documents.maintenance.data_state import SCHEMA
from documents.server.embedded import OpenDatabase
from rules.access import SYSTEM
from rules.errors import UnderMaintenance
from rules.words import N_
from services.desk.trail import verify
from services.desk.trail_upkeep import known_heads
from services.maintenance.backup import backup
from services.maintenance.maintenance import end_by_command, hold_by_command, maintenance_now
from services.maintenance.migrate import migrate, schema_of_data
from services.maintenance.move import move
from services.maintenance.restore import restore

_MOVED = N_(
    "Everything is there. Set MONGODB_URI to it and the SECRET_KEY of before, and start the web processes anew."
    " In the old place nothing can be saved any more (flask maintenance off would let it)."
)
_SCHEMA = N_("schema %(found)d of %(known)d")


@click.command("verify-audit")
@with_database
def _verify_audit() -> None:
    """Check the audit trail: exit 0 when it is whole, else 1 and the first bad entry."""
    bad = verify(known_heads())
    if bad is not None:
        click.echo(gettext(bad.message, seq=bad.seq, **bad.params))
        sys.exit(1)


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--hold-writes", is_flag=True, help="Hold every write back meanwhile, for one that lasts very long."
)
@with_any_schema
def _backup(file: Path, hold_writes: bool) -> None:
    """Write everything into one file, as it stood at one moment."""
    backup(file, now=now(), hold_writes=hold_writes)


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="Put it in the place of what is there.")
@with_any_schema
def _restore(file: Path, replace: bool) -> None:
    """Bring a backup back; never over existing data without --replace."""
    restore(file, replace=replace, now=now())


@click.command("migrate")
@click.option(
    "--check", is_flag=True, help="Change nothing: exit 0 when the data has this program's schema, else 1."
)
@with_any_schema
def _migrate(check: bool) -> None:
    """Bring the data to this program's schema; safe to repeat, and to begin again when it was cut short."""
    found = schema_of_data()
    if check:
        click.echo(gettext(_SCHEMA, found=found, known=SCHEMA))
        sys.exit(0 if found == SCHEMA else 1)
    migrate(now=now(), report=show_migration)
    click.echo(gettext(_SCHEMA, found=schema_of_data(), known=SCHEMA))


@click.command("move-to")
@click.argument("uri")
@with_database
def _move_to(uri: str) -> None:
    """Copy everything to the empty MongoDB that URI names; writes remain held back here. See docs/moving.md."""
    opened: OpenDatabase = current_app.extensions["database"]
    counts = move(uri, source_uri=opened.uri, source_name=opened.name, actor=SYSTEM, now=now())
    for collection, count in counts.items():
        click.echo(f"{collection} {count}")
    click.echo(gettext(_MOVED))


_maintenance = AppGroup("maintenance", help="Hold every write of the office back; reads go on.")


@_maintenance.command("on")
@click.option("--reason", default="", help="What the clerks read beside the sentence.")
@with_any_schema
def _maintenance_on(reason: str) -> None:
    """Hold writes back in every process, until “maintenance off”; when this ends, none is on its way."""
    hold_by_command(reason, actor=SYSTEM, now=now())
    _tell_maintenance()


@_maintenance.command("off")
@with_any_schema
def _maintenance_off() -> None:
    """Let writes through again."""
    end_by_command(actor=SYSTEM, now=now())
    _tell_maintenance()


@_maintenance.command("status")
@with_any_schema
def _maintenance_status() -> None:
    """Say whether writes are held back, and why: exit 0 when they are not, else 1."""
    sys.exit(1 if _tell_maintenance() else 0)


def _tell_maintenance() -> bool:
    maintenance = maintenance_now()
    if maintenance is None:
        click.echo(gettext(N_("Writes go through.")))
        return False
    click.echo(gettext(UnderMaintenance.default, reason=gettext(maintenance.reason)))
    return True


COMMANDS: tuple[click.Command, ...] = (
    _verify_audit,
    _backup,
    _restore,
    _migrate,
    _move_to,
    _maintenance,
)
