"""A kept workbook read as a clerk wants it: what was recognised, corrected by a choice, and tried again."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bson import ObjectId

from documents.imports.import_trial import ImportTrial
from documents.server.connection import reachable
from office.excel.headings import FIRST_ROWS
from office.recognition.recognition import Match, Recognition, SheetChoice
from rules.access import Actor, Permission
from rules.errors import Missing, Refusal, Refused
from rules.words import N_
from schema.collection import Collection
from schema.registry import REGISTRY
from services.imports.column_matches import checked_match, forget_match, remember_match, remembered_matches
from services.imports.parsing import Reading
from services.imports.trial.open_trials import MOST_TRIALS, place_of_trials
from services.imports.trial.trying import try_or_ask
from services.imports.trials import NO_TRIAL
from services.imports.uploads import copy_upload

_CHANGED = N_(
    "The sheet or its heading row has changed since this page was shown. Please check the columns again."
)
_NO_ROW = N_("The heading row is one of the first %(most)d rows.")


def choose_sheet(
    upload: ObjectId, *, sheet: str, header_row: int, with_hidden: bool, actor: Actor, now: datetime
) -> None:
    """Read a kept workbook's other sheet, or its heading from another row, and try it again.

    `header_row` 0 is the row that names most columns. Raises Refused, Missing, Unreadable, Busy, Unavailable.
    """
    declaration, head, recognised = _kept(upload, actor)
    if not 0 <= header_row <= FIRST_ROWS:
        raise Refused(Refusal(_NO_ROW, {"most": FIRST_ROWS}))
    sheet = sheet or recognised.sheet
    if recognised.header_row and (sheet, header_row) == (recognised.sheet, recognised.header_row):
        chosen = replace(recognised.choice, with_hidden=with_hidden)
    else:
        chosen = SheetChoice(sheet, header_row if sheet == recognised.sheet else 0, None, with_hidden)
    same_rows = sheet == recognised.sheet
    _try_again(upload, declaration, head, chosen, actor=actor, now=now, same_rows=same_rows)


def choose_columns(
    upload: ObjectId, chosen: Mapping[int, str], *, digest: str, actor: Actor, now: datetime
) -> None:
    """Take the columns of a kept workbook as a clerk says, remember that for its heading, and try it again.

    `chosen` are keys by position from 0, "" where a column is not taken; `digest` is that of the heading as the page
    has shown it. Raises Refused, Missing, Unreadable, Busy, Unavailable.
    """
    declaration, head, recognised = _kept(upload, actor)
    if digest != recognised.digest:
        raise Refused(_CHANGED)
    match = checked_match(declaration, recognised, chosen)
    if recognised.digest and (recognised.remembered or _differs(recognised, match)):
        remember_match(declaration, recognised, match, actor=actor, now=now)
    choice = replace(recognised.choice, columns=match)
    _try_again(upload, declaration, head, choice, actor=actor, now=now, same_rows=True)


def forget_columns(upload: ObjectId, *, actor: Actor, now: datetime) -> None:
    """Forget what was remembered of a kept workbook's heading, and try it again as its headings say.

    Raises Missing, Unreadable, Busy, Unavailable.
    """
    declaration, head, recognised = _kept(upload, actor)
    forget_match(declaration, recognised.digest, actor=actor, now=now)
    choice = replace(recognised.choice, columns=None)
    _try_again(upload, declaration, head, choice, actor=actor, now=now, same_rows=True, remembered=False)


def try_sheet_too(upload: ObjectId, sheet: str, *, actor: Actor, now: datetime) -> ObjectId:
    """Try another sheet of a kept workbook beside the first, as a workbook of its own; return its upload.

    Raises Refused, Missing, Unreadable, Busy, Unavailable.
    """
    declaration, head, recognised = _kept(upload, actor)
    if sheet not in {one.name for one in recognised.sheets}:
        raise Missing()
    place = place_of_trials(declaration.slug, sheet)
    copy = copy_upload(upload, place=place, actor=actor, now=now, most=MOST_TRIALS)
    choice = SheetChoice(sheet, with_hidden=recognised.with_hidden)
    _try_again(copy, declaration, head, choice, actor=actor, now=now, same_rows=False)
    return copy


def recognised_in(upload: ObjectId, *, actor: Actor) -> tuple[Collection, Mapping[str, Any], Recognition]:
    """Return the collection, the facts of the trial of a kept workbook, and what was recognised in it.

    Raises Missing, Unavailable.
    """
    actor.demand(Permission.IMPORT)
    declaration, head, recognised = _kept(upload, actor)
    return declaration, head["facts"], recognised


def _kept(upload: ObjectId, actor: Actor) -> tuple[Collection, Mapping[str, Any], Recognition]:
    actor.demand(Permission.IMPORT)
    with reachable():
        head = ImportTrial.head_of(upload, actor.id)
    stored = (head or {}).get("facts", {}).get("recognition")
    if head is None or not stored:
        raise Missing(NO_TRIAL)
    declaration = REGISTRY.importable_by(head["kind"], actor)
    return declaration, head, Recognition.from_stored(stored)


def _differs(recognised: Recognition, match: Match) -> bool:
    return any(match[column.place] != column.key for column in recognised.columns)


def _try_again(
    upload: ObjectId, declaration: Collection, head: Mapping[str, Any], choice: SheetChoice, *, actor: Actor,
    now: datetime, same_rows: bool, remembered: bool = True,
) -> None:  # fmt: skip
    facts = head["facts"]
    corrections = head.get("corrections") or {} if same_rows else {}
    reading = Reading(
        bool(facts.get("clear_blanks")),
        {int(row): dict(cells) for row, cells in corrections.items()},
        choice,
        remembered_matches(declaration, actor) if remembered and choice.columns is None else {},
    )
    try_or_ask(
        upload, declaration, strict=bool(facts.get("strict")), reading=reading, actor=actor, now=now,
        earlier=head if same_rows else None,
    )  # fmt: skip
