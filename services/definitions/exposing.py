"""A collection made of what is there: a workbook, a file of JSON, a collection of the database that is not ours.

All three become a workbook that is kept for its sender. Its shape is proposed, a person corrects it, the collection is
made, and the rows come in as any import does: tried first, row by row, taken back if need be. What it was made of stays
as it is.
"""

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

from bson import ObjectId

from documents.foreign_collections import foreign_collections, read_foreign
from documents.kinds import RECORDS
from documents.server.connection import patient, reachable
from office.excel.cell_texts import as_text
from office.excel.tables_writer import Table, write_tables
from office.excel.workbook_reader import look_into
from office.recognition.json_table import MOST_BYTES as MOST_JSON
from office.recognition.json_table import records_of
from office.recognition.recognition import SheetChoice
from office.recognition.table_shape import (
    MOST_COLUMNS,
    TableShape,
    headings_of,
    renamed,
    rows_of,
    shape_of,
)
from rules.access import Actor, Permission
from rules.errors import Missing, Refusal, Refused
from rules.words import N_
from schema.definitions.own_collections import REFERRED, OwnCollection, OwnScope
from schema.definitions.own_fields import (
    LONGEST_LABEL,
    MOST_FILTERS,
    OwnField,
    OwnKind,
    OwnWord,
    without_forbidden_signs,
)
from schema.field import heading_key
from services.definitions.own_collections import follow_own_collections, free_word, put_own_collections
from services.definitions.own_fields import as_first_fields, put_own_fields
from services.imports.uploads import copy_upload, drop_upload, keep_upload, opened_upload
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

_PLACE = "collection"
MOST_ROWS = 100_000
_ENOUGH = 0.8  # of the values that must be names of records
_ASKED = 300  # different values that are looked up
TOO_MANY_ROWS = N_("It has more than %(most)d documents: bring them in as workbooks, a part at a time.")
EMPTY = N_("There is no record in it.")
NO_NAME = N_("Choose which column names a record.")
NO_SCOPE = N_("Choose which column says whose a record is.")
TWICE = N_("Choose different columns for the name and for whose a record is.")


@dataclass(frozen=True)
class Proposal:
    """What was seen of a kept workbook.

    `title` is of its file; `base` and `company` tell which column (from 0) names bases or companies of this office.
    """

    title: str
    sheet: str
    header_row: int
    shape: TableShape
    base: int | None = None
    company: int | None = None

    @property
    def scope(self) -> OwnScope:
        """By what it most likely is told whose a record is."""
        if self.company is not None:
            return OwnScope.COMPANY
        if self.base is not None:
            return OwnScope.BASE
        return OwnScope.CITY if self.shape.county is None else OwnScope.COUNTY

    @property
    def scoping(self) -> int | None:
        """Which column says so."""
        found = {OwnScope.COMPANY: self.company, OwnScope.BASE: self.base, OwnScope.COUNTY: self.shape.county}
        return found.get(self.scope)


@dataclass(frozen=True)
class ChosenColumn:
    """A column (from 0, of the proposal's) that becomes a field."""

    column: int
    label: str
    kind: OwnKind
    filtered: bool = False
    searched: bool = False
    listed: bool = False


def strange_collections(*, actor: Actor) -> list[tuple[str, int]]:
    """Return the collections of the database that are not ours, with their numbers of documents.

    Raises NotAllowed, Unavailable.
    """
    actor.demand(Permission.MANAGE_OFFICE)
    with reachable():
        return foreign_collections()


def keep_file(content: IO[bytes], name: str, *, actor: Actor, now: datetime) -> ObjectId:
    """Keep a workbook, or a file of JSON as one; return its id. Raises NotAllowed, Refused, Unreadable, Unavailable."""
    actor.demand(Permission.MANAGE_OFFICE)
    if Path(name).suffix.lower() != ".json":
        return keep_upload(content, name, place=_PLACE, actor=actor, now=now)
    records = records_of(content.read(MOST_JSON + 1))
    return _keep_documents(lambda: records, Path(name).stem, actor=actor, now=now)


def keep_collection(name: str, *, actor: Actor, now: datetime) -> ObjectId:
    """Keep what a strange collection holds as a workbook and return its id; the collection stays as it is.

    Raises NotAllowed, Missing, Refused, Unavailable.
    """
    actor.demand(Permission.MANAGE_OFFICE)
    with reachable(), patient():
        count = dict(foreign_collections()).get(name)
        if count is None:
            raise Missing()
        if count > MOST_ROWS:
            raise Refused(TOO_MANY_ROWS, most=MOST_ROWS)
        return _keep_documents(lambda: islice(read_foreign(name), MOST_ROWS), name, actor=actor, now=now)


def _keep_documents(
    documents: Callable[[], Iterable[Mapping[str, Any]]], title: str, *, actor: Actor, now: datetime
) -> ObjectId:
    """Keep documents as a workbook; they are read twice, for the headings and for the rows, and never held."""
    headings = headings_of(documents(), ("_id", "__v", "_class"))[:MOST_COLUMNS]
    if not headings:
        raise Refused(EMPTY)
    heads = tuple((heading, 16.0) for heading in headings)
    cells = ([_cell(cell) for cell in row] for row in rows_of(documents(), headings))
    with tempfile.TemporaryDirectory(prefix="upload-") as folder:
        path = Path(folder) / "workbook.xlsx"
        write_tables(path, [Table(title, title, heads, cells)])
        with path.open("rb") as content:
            return keep_upload(content, f"{title}.xlsx", place=_PLACE, actor=actor, now=now)


def _cell(value: object) -> object:
    """Return a value as a workbook can hold it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return value if isinstance(value, int | float | str | date) or value is None else as_text(value)


def look_at(upload: ObjectId, *, actor: Actor) -> Proposal:
    """Return what a kept workbook seems to hold. Raises NotAllowed, Missing, Unreadable, Refused, Busy, Unavailable."""
    actor.demand(Permission.MANAGE_OFFICE)
    with opened_upload(upload, actor=actor) as (path, name):
        sheet = look_into(path, name=name)
    shape = renamed(shape_of(sheet.headings, sheet.rows), ())
    if not shape.columns:
        raise Refused(EMPTY)
    with reachable():
        base, company = (
            _naming(sheet.rows, shape, REFERRED[scope][1]) for scope in (OwnScope.BASE, OwnScope.COMPANY)
        )
    title = Path(name).stem
    if shape.name in (base, company) and shape.name is not None:
        others = [n for n in range(len(shape.columns)) if n not in (base, company, shape.county)]
        texts = [n for n in others if shape.columns[n].kind is OwnKind.TEXT]
        shape = replace(shape, name=(texts or others or [shape.name])[0])
    return Proposal(title, sheet.sheet, sheet.header_row, shape, base, company)


def _naming(rows: Sequence[Sequence[Any]], shape: TableShape, collection: str) -> int | None:
    """Return which column holds names of a collection's records."""
    document, best, most = RECORDS[collection], None, _ENOUGH
    for number, column in enumerate(shape.columns):
        if column.kind not in (OwnKind.TEXT, OwnKind.CHOICE):
            continue
        cells = (row[column.place] for row in rows if column.place < len(row))
        names = list(dict.fromkeys(text for cell in cells if (text := as_text(cell).strip())))[:_ASKED]
        share = document.count_referring({"name": {"$in": names}}) / len(names) if names else 0
        if share >= most:
            best, most = number, share
    return best


def expose(
    upload: ObjectId, own: OwnCollection, proposal: Proposal, columns: Iterable[ChosenColumn], *, name: int | None,
    scoping: int | None, actor: Actor, now: datetime,
) -> tuple[OwnCollection, ObjectId, SheetChoice]:  # fmt: skip
    """Make the collection and its fields in one transaction; return it, the workbook to bring in, and how to read it.

    `name` and `scoping` are columns (from 0) that become what names a record and whose it is. Raises NotAllowed,
    Refused with a sentence for each part at fault, Missing, Unavailable.
    """
    actor.demand(Permission.MANAGE_OFFICE)
    reasons = []
    if name is None:
        reasons.append(Refusal(NO_NAME, field="name_column"))
    if own.scope is not OwnScope.CITY and scoping is None:
        reasons.append(Refusal(NO_SCOPE, field="scope_column"))
    if name is not None and name == scoping:
        reasons.append(Refusal(TWICE, field="scope_column"))
    if reasons:
        raise Refused(*reasons)
    chosen = [each for each in columns if each.column not in (name, scoping)]

    def work(uow: UnitOfWork) -> tuple[OwnCollection, list[OwnField]]:
        uow.hold()
        made = replace(own, word=own.word or free_word(own.label, uow))
        new, _ = put_own_collections(uow, [made])
        fields = as_first_fields(_field(made, proposal, each) for each in chosen)
        put_own_fields(uow, fields, new)
        return made, fields

    made, fields = in_one_transaction(work, actor=actor, now=now)
    follow_own_collections([made.name])
    shapes = proposal.shape.columns
    match = {shapes[each.column].place: field.key for each, field in zip(chosen, fields, strict=True)}
    if name is not None:
        match[shapes[name].place] = "name"
    if scoping is not None and own.scope is not OwnScope.CITY:
        match[shapes[scoping].place] = own.scope.value
    kept = copy_upload(upload, place=f"import:c-{made.word}", actor=actor, now=now)
    drop_upload(upload)
    return made, kept, SheetChoice(proposal.sheet, proposal.header_row, match)


def _field(own: OwnCollection, proposal: Proposal, chosen: ChosenColumn) -> OwnField:
    shape = proposal.shape.columns[chosen.column]
    is_list = chosen.kind in (OwnKind.CHOICE, OwnKind.CHOICES)
    words = tuple(
        OwnWord(f"w{number}", word) for number, word in enumerate(shape.words if is_list else (), 1)
    )
    return OwnField(
        own.name, "", chosen.kind, chosen.label, unit=shape.unit if shape.kind is chosen.kind else "",
        aliases=(shape.heading,) if _is_alias(shape.heading, chosen.label) else (), words=words, last_word=len(words),
        filtered=chosen.filtered, searched=chosen.searched, listed=chosen.listed,
    )  # fmt: skip


def _is_alias(heading: str, label: str) -> bool:
    is_allowed = len(heading) <= LONGEST_LABEL and heading == without_forbidden_signs(heading)
    return is_allowed and heading_key(heading) != heading_key(label)


_FILTERED = (OwnKind.CHOICE, OwnKind.DATE, OwnKind.MOMENT, OwnKind.YES_NO, OwnKind.COUNTY)


def proposed_columns(proposal: Proposal) -> list[ChosenColumn]:
    """Return every column as it would become a field, the first lists and days to be filtered by."""
    filters = MOST_FILTERS // 2
    found: list[ChosenColumn] = []
    for number, shape in enumerate(proposal.shape.columns):
        is_filter = shape.kind in _FILTERED and filters > 0
        filters -= is_filter
        is_text = shape.kind is OwnKind.TEXT
        found.append(ChosenColumn(number, shape.label, shape.kind, is_filter, is_text, len(found) < 5))
    return found
