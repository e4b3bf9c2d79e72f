"""Commands for the records: an invented office, workbooks in and out."""

import json
import os
import sys
from pathlib import Path

import click

from commands.arguments import CountyCode
from commands.database import now, with_database
from documents.kinds import RECORDS
from documents.records.office_state import read_office_state
from forms.sentences import sentence
from rules.access import SYSTEM
from rules.counties import office_counties
from rules.errors import Refused, Unreadable
from rules.words import N_
from schema.collection import Collection
from schema.definitions.own_collections import SLUG_PREFIX
from schema.registry import REGISTRY
from services.demo.demo import load_demo
from services.imports.conflicts import Against
from services.imports.export_rows import export_workbook
from services.imports.import_rows import import_workbook
from services.imports.report import OnConflict

_NO_KIND = N_("There is no collection %(kind)s: %(kinds)s.")


def _collection(word: str) -> Collection:
    """Return the collection of a word, one of the office's own by its word with or without `c-`. Raises Refused."""
    offered = {declaration.slug: declaration for declaration in REGISTRY.importable}
    found = offered.get(word) or offered.get(SLUG_PREFIX + word)
    if found is None:
        raise Refused(_NO_KIND, kind=word, kinds=", ".join(sorted(offered)))
    return found


@click.command("demo")
@click.option(
    "--replace", is_flag=True, help="Remove the records that are there. They cannot be brought back."
)
@with_database
def _demo(replace: bool) -> None:
    """Load an invented office; never over existing data without --replace."""
    for collection, count in load_demo(now=now(), replace=replace).items():
        click.echo(f"{collection} {count}")


@click.command("import")
@click.argument("kind")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Write nothing, report the same.")
@click.option("--strict", is_flag=True, help="Write nothing if one row is rejected.")
@click.option(
    "--on-conflict",
    type=click.Choice([decided.value for decided in OnConflict]),
    help="What holds where someone else saved a row's record meanwhile; without it such a row is left.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@with_database
def _import(
    kind: str, file: Path, dry_run: bool, strict: bool, on_conflict: str | None, as_json: bool
) -> None:
    """Import a workbook of the collection KIND.

    Exit 0 when all was taken, 1 when rows were rejected or left, 2 when it cannot be read.
    """
    if not file.is_file() or not os.access(file, os.R_OK):
        raise Unreadable(N_("There is no file %(file)s here, or it may not be read."), file=file)
    declaration = _collection(kind)
    against = Against(on_conflict=OnConflict(on_conflict) if on_conflict else None)
    report = import_workbook(
        file, declaration, actor=SYSTEM, now=now(), dry_run=dry_run, strict=strict, against=against
    )
    plain_report = report.as_json(sentence)
    if as_json:
        click.echo(json.dumps(plain_report, ensure_ascii=False))
    else:
        for row in plain_report["rows"]:
            for error in row["errors"]:
                click.echo(f"{row['row']}\t{error['column']}\t{error['message']}")
        keys = ("created", "updated", "unchanged", "rejected", "skipped", "conflicts")
        click.echo("  ".join(f"{key} {plain_report[key]}" for key in keys))
    sys.exit(1 if report.rejected or report.conflicts else 0)


@click.command("export")
@click.argument("kind")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--county", type=CountyCode(), help="Only the records of one county.")
@click.option("--search", "words", default="", help="Words in any order, parts of codes, initials.")
@with_database
def _export(kind: str, out: Path, county: str | None, words: str) -> None:
    """Export the records of the collection KIND to an Excel workbook."""
    declaration = _collection(kind)
    if county and county not in office_counties().by_code:
        raise Refused(N_("There is no such county."))
    if not out.parent.is_dir():
        raise Refused(N_("The folder %(folder)s does not exist."), folder=out.parent)
    records = RECORDS[declaration.name].objects.in_county(county).matching(words)
    state, order = read_office_state(), declaration.default_order
    narrowed = " · ".join(part for part in (state.county_names.get(county or "", ""), words) if part)
    count = export_workbook(
        out, declaration, records, state=state, order=order, actor=SYSTEM, now=now(), filters_line=narrowed,
        best_first=bool(words) and order[0][0] == "sort_key",
    )  # fmt: skip
    click.echo(str(count))


COMMANDS: tuple[click.Command, ...] = (_demo, _import, _export)
