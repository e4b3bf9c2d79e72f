"""What is said of a batch wherever it is shown: what it did, where it stands, how many records it touched."""

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext

from admin_views.shared.request_context import office_state
from admin_views.shared.translation import collection_label
from admin_views.shared.view_models import Link, Text, badge
from documents.batches.batch import BatchAct
from forms.sentences import sentence
from rules.errors import Refusal
from rules.words import N_
from services.batches.batches import IMPORT, BatchLine, BatchState
from services.records.bulk import OF_SO_MANY
from services.records.bulk_trial import Foreseen

TITLE = N_("Batches")
_STATES = {
    BatchState.RUNNING: (N_("Running"), "blue"), BatchState.UNFINISHED: (N_("Cut short"), "red"),
    BatchState.DONE: (N_("Done"), "green"), BatchState.UNDONE: (N_("Undone"), "grey"),
}  # fmt: skip
# By the key under which a batch counts its records: the word, and the tone of a number that wants a look.
COUNTS = {
    "created": (N_("Created"), ""), "updated": (N_("Updated"), ""), "changed": (N_("Changed"), ""),
    "unchanged": (N_("Unchanged"), ""), "rejected": (N_("Rejected"), "due"), "skipped": (N_("Skipped"), ""),
    "conflicts": (N_("Conflicts"), "due"), "undone": (N_("Taken back"), "met"),
    "edited": (N_("Edited since, left"), "near"), "refused": (N_("Not taken back"), "due"),
    "back": (N_("As before already"), ""), "left": (N_("Left, saved by others"), "near"),
    "not_converted": (N_("Not converted"), "due"),
    "not_done": (N_("Left, refused by a rule"), "due"),
}  # fmt: skip


def crumbs(*, of_one: bool = False) -> tuple[Link, ...]:
    """Return the way to the list of batches, or to one of them."""
    home = Link(gettext(N_("Settings")), url_for("settings.index"))
    return (home, Link(gettext(TITLE), url_for("batches.index"))) if of_one else (home,)


def batch_url(batch: str) -> str:
    """Return the address of a batch's page."""
    return url_for("batches.show", batch=batch)


def batch_label(line: BatchLine) -> str:
    """Return what a batch did: the file of an import, the status that was set."""
    if line.act == IMPORT:
        return gettext(N_("Import of %(file)s"), file=line.label)
    if line.act == BatchAct.KIND:
        return gettext(N_("Change of what a field holds: %(field)s"), field=line.label)
    if line.act == BatchAct.COLLECTION:
        return gettext(N_("Deletion of the collection %(name)s"), name=line.label)
    if line.act == BatchAct.DELETE:
        return gettext(N_("Moved to the recycle bin"))
    if line.act == BatchAct.EDIT:
        return gettext(N_("Changed: %(what)s"), what=line.label)
    status = office_state().status_labels(line.collection).get(line.label, line.label)
    if line.act == BatchAct.STATUS:
        return gettext(N_("Set the status: %(status)s"), status=status)
    return gettext(N_("Undo of %(batch)s"), batch=status or line.undoes)


def kind_label(line: BatchLine) -> str:
    """Return the collection whose records a batch touched."""
    return collection_label(line.collection)


def state_badge(line: BatchLine) -> Text:
    """Return where a batch stands."""
    label, colour = _STATES[line.state]
    return badge(gettext(label), colour)


def counts_of(line: BatchLine) -> tuple[tuple[str, int, str], ...]:
    """Return how many records a batch touched, by what became of them: word, number, tone."""
    return tuple(
        (gettext(word), line.counts[key], tone)
        for key, (word, tone) in COUNTS.items()
        if line.counts.get(key)
    )


def counts_text(line: BatchLine) -> str:
    """Return the same in one line."""
    return " · ".join(f"{word} {number:,}" for word, number, _ in counts_of(line))


def foreseen_lines(foreseen: Foreseen) -> Iterator[str]:
    """Yield what is said before an act on thousands: of how many records what is found, what becomes of it."""
    if foreseen.looked_at < foreseen.total:
        yield gettext(
            N_(
                "%(looked)s of %(total)s records were looked at beforehand; what is said below is of those. Whatever "
                "is refused of the others is left and named in the same way."
            ),
            looked=f"{foreseen.looked_at:,}", total=f"{foreseen.total:,}",
        )  # fmt: skip
    if foreseen.refused:
        yield gettext(
            N_("%(count)s records will be refused: they are left as they are and named with the reason."),
            count=f"{foreseen.refused:,}",
        )  # fmt: skip
    yield from map(_of_so_many, foreseen.refusals)
    if foreseen.warned:
        yield gettext(
            N_("%(count)s records are warned of: choose below what becomes of them."), count=f"{foreseen.warned:,}"
        )  # fmt: skip
    yield from map(_of_so_many, foreseen.warnings)
    if foreseen.saved_since:
        yield gettext(
            N_("%(count)s records were saved after the list was shown: they are left and named."),
            count=f"{foreseen.saved_since:,}",
        )  # fmt: skip


def _of_so_many(said: tuple[Refusal, int]) -> str:
    return sentence(Refusal(OF_SO_MANY, {"count": said[1], "reason": said[0]}))
