"""Commands for the kept figures: held against the records, built anew from them."""

import sys
from itertools import islice

import click
from flask.cli import AppGroup
from flask_babel import gettext

from commands.database import now, with_database
from documents.records.base import Base
from rules.words import N_
from services.assessment.kept_figures import Difference, differences, rebuild_figures

_MOST_TOLD = 20
_DIFFERS = N_("%(base)s %(part)s %(key)s: kept %(kept)d, counted %(counted)d")
_MORE = N_("There are more: flask figures rebuild builds all figures anew.")

_figures = AppGroup("figures", help="Counted figures of every base, kept with the records.")


@_figures.command("check")
@with_database
def _check() -> None:
    """Count everything anew: exit 0 when each kept figure is right, else 1 and the first wrong ones."""
    wrong = list(islice(differences(), _MOST_TOLD + 1))
    names = {row["_id"]: row["name"] for row in Base.named({one.base for one in wrong}, ("name",))}
    for difference in wrong[:_MOST_TOLD]:
        click.echo(_line(difference, names.get(difference.base, str(difference.base))))
    if len(wrong) > _MOST_TOLD:
        click.echo(gettext(_MORE))
    if wrong:
        sys.exit(1)


def _line(difference: Difference, name: str) -> str:
    return gettext(
        _DIFFERS, base=name, part=difference.part, key=difference.key, kept=difference.kept,
        counted=difference.counted,
    )  # fmt: skip


@_figures.command("rebuild")
@with_database
def _rebuild() -> None:
    """Build the figures of every base anew from its records; safe beside a running server, and to repeat."""
    click.echo(rebuild_figures(now=now()))


COMMANDS: tuple[click.Command, ...] = (_figures,)
