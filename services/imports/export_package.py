"""A package of lists: one zip with a workbook a county or a base, made while it is sent."""

import zipfile
from collections.abc import Iterable, Iterator

from documents.kinds import RECORDS
from documents.records.office_state import OfficeState
from documents.records.record import RecordQuerySet
from documents.server.connection import reachable
from office.excel.workbook_stream import Sink
from rules.access import Actor
from schema.collection import Collection
from services.imports.export_rows import ListExport


def county_parts(
    records: RecordQuerySet, state: OfficeState, actor: Actor
) -> Iterator[tuple[str, RecordQuerySet]]:
    """Yield the name of each county in the actor's scope and its part of the records, in the office's order."""
    for code, name, _ in state.counties:
        if actor.county in (None, code):
            yield name, records.in_county(code)


def base_parts(
    records: RecordQuerySet, declaration: Collection, actor: Actor
) -> Iterator[tuple[str, RecordQuerySet]]:
    """Yield the name of each base in the actor's scope and its part of the records."""
    key = declaration.field("base").filter_key
    with reachable():
        bases = list(
            RECORDS["bases"].objects.visible_to(actor).rows(("name",), (("sort_key", 1), ("_id", 1)))
        )
    for base in bases:
        yield str(base["name"]), records.having(key, [base["_id"]])


def package(exports: Iterable[tuple[str, ListExport]]) -> Iterator[bytes]:
    """Yield a zip with a workbook of each list that has rows, under its name. Raises Unavailable, at any part."""
    sink, names = Sink(), set[str]()
    with zipfile.ZipFile(sink, "w") as archive:  # type: ignore[call-overload]
        for name, export in exports:
            if export.count() == 0:
                continue
            plain = "".join("_" if sign in '\\/:*?"<>|' or ord(sign) < 32 else sign for sign in name)[:80]
            title = next(one for one in _numbered(plain) if one not in names)
            names.add(title)
            with archive.open(f"{title}.xlsx", "w") as part:
                for piece in export.stream():
                    part.write(piece)
                    yield sink.taken()
    yield sink.taken()


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name} ({number})"
        number += 1


def archive(files: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[bytes]:
    """Yield a zip of files as they are, each under its path; two of one path are numbered. Raises what they raise."""
    sink, paths = Sink(), set[str]()
    with zipfile.ZipFile(sink, "w") as zipped:  # type: ignore[call-overload]
        for path, pieces in files:
            stem, dot, ending = path.rpartition(".")
            stem, ending = (stem, dot + ending) if dot and "/" not in ending else (path, "")
            title = next(f"{one}{ending}" for one in _numbered(stem) if f"{one}{ending}" not in paths)
            paths.add(title)
            with zipped.open(title, "w", force_zip64=True) as part:
                for piece in pieces:
                    part.write(piece)
                    yield sink.taken()
    yield sink.taken()
