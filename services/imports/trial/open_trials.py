"""The trials that a clerk has not written yet: some of one kind at once, the oldest makes room for a new one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId

from documents.imports.import_trial import ImportTrial
from documents.server.connection import reachable
from rules.access import Actor, Permission
from rules.errors import Missing
from services.imports.trials import NO_TRIAL
from services.imports.uploads import Upload, drop_upload, uploads_at, uploads_of

MOST_TRIALS = 8  # of one kind, of one clerk
_PLACE = "import:"


@dataclass(frozen=True, slots=True)
class OpenTrial:
    """A trial that waits to be written or dropped; `kind` is the collection's word in addresses."""

    upload: ObjectId
    name: str
    kind: str
    tried_at: datetime


def place_of_trials(kind: str, sheet: str = "") -> str:
    """Return the place at which the workbooks of trials of a kind are kept; of one sheet, taken beside the first."""
    return f"{_PLACE}{kind}:{sheet}" if sheet else f"{_PLACE}{kind}"


def to_make_room(kind: str, *, actor: Actor) -> tuple[str, ...]:
    """Return the names of the workbooks whose trials one more of this kind takes the place of. Raises Unavailable."""
    kept = uploads_at(place_of_trials(kind), actor=actor)[MOST_TRIALS - 1 :]
    tried = _tried(kept, actor)
    return tuple(one.name for one in kept if one.id in tried)


def open_trials(*, actor: Actor) -> tuple[OpenTrial, ...]:
    """Return the trials that an actor has not written, the latest first. Raises NotAllowed, Unavailable."""
    actor.demand(Permission.IMPORT)
    kept = uploads_of(actor, _PLACE)
    tried = _tried(kept, actor)
    return tuple(
        OpenTrial(one.id, one.name, one.place.removeprefix(_PLACE).partition(":")[0], one.sent_at)
        for one in kept
        if one.id in tried
    )


def drop_trial(upload: ObjectId, *, actor: Actor) -> None:
    """Forget a trial and its workbook.

    Raises NotAllowed, Missing when it is written, or somebody else's, Unavailable.
    """
    if upload not in {one.upload for one in open_trials(actor=actor)}:
        raise Missing(NO_TRIAL)
    with reachable():
        drop_upload(upload)


def _tried(kept: Sequence[Upload], actor: Actor) -> set[ObjectId]:
    with reachable():
        return ImportTrial.tried([one.id for one in kept], actor.id)
