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
from services.records.counters import rebuild_counters, wrong_counters

_MOST_TOLD = 20
_DIFFERS = N_("%(base)s %(part)s %(key)s: kept %(kept)d, counted %(counted)d")
_COUNTER = N_("%(collection)s %(key)s: kept %(kept)d, counted %(counted)d")
_MORE = N_("There are more: flask figures rebuild builds all figures anew.")

_figures = AppGroup(
    "figures", help="Counted figures of every base and counters of lists, kept with the records."
)


@_figures.command("check")
@with_database
def _check() -> None:
    """Count everything anew: exit 0 when each kept figure and counter is right, else 1 and the first wrong ones."""
    wrong = list(islice(differences(), _MOST_TOLD + 1))
    names = {row["_id"]: row["name"] for row in Base.named({one.base for one in wrong}, ("name",))}
    for difference in wrong[:_MOST_TOLD]:
        click.echo(_line(difference, names.get(difference.base, str(difference.base))))
    counters = list(islice(wrong_counters(), _MOST_TOLD + 1))
    for one in counters[:_MOST_TOLD]:
        params = {"collection": one.collection, "key": one.key, "kept": one.kept, "counted": one.counted}
        click.echo(gettext(_COUNTER, **params))
    if max(len(wrong), len(counters)) > _MOST_TOLD:
        click.echo(gettext(_MORE))
    if wrong or counters:
        sys.exit(1)


def _line(difference: Difference, name: str) -> str:
    return gettext(
        _DIFFERS, base=name, part=difference.part, key=difference.key, kept=difference.kept,
        counted=difference.counted,
    )  # fmt: skip


@_figures.command("rebuild")
@with_database
def _rebuild() -> None:
    """Build figures and counters anew from the records; safe beside a running server, and to repeat."""
    rebuild_counters(now=now())
    click.echo(rebuild_figures(now=now()))


COMMANDS: tuple[click.Command, ...] = (_figures,)
