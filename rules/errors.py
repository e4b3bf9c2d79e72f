"""What can go wrong, said without HTTP: each error carries an English sentence and its parameters.

The sentence is a message id of the translation catalogue; `admin_views/shared/problems.py` turns it
into Chinese and a page, the command line into one line on standard error.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rules.words import N_


@dataclass(frozen=True)
class Refusal:
    """One reason to refuse: `message` (a message id), its `params`, and the `field` at fault, if one is.

    `about` is another record that it speaks of, in scope of who is told: its collection and its id.
    """

    message: str
    params: Mapping[str, Any] = field(default_factory=dict)
    field: str | None = None
    about: tuple[str, Any] | None = None

    def __str__(self) -> str:
        params = {key: _joined(value) for key, value in self.params.items()}
        return self.message % params if params else self.message

    @property
    def as_param(self) -> dict[str, Any]:
        """What stands for it among another's params, in plain values that can be stored with them."""
        return {"message": self.message, "params": dict(self.params)}


def _joined(value: Any) -> Any:
    if isinstance(value, Mapping) and "message" in value:
        return str(Refusal(value["message"], value["params"]))
    return ", ".join(map(str, value)) if isinstance(value, tuple) else value


class Problem(Exception):
    """The root of all foreseen errors. `refusals` holds at least one reason."""

    default = N_("This could not be done.")

    def __init__(self, *reasons: Refusal | str, **params: Any) -> None:
        given = reasons or (self.default,)
        self.refusals: tuple[Refusal, ...] = tuple(
            reason if isinstance(reason, Refusal) else Refusal(reason, params) for reason in given
        )
        super().__init__("; ".join(str(refusal) for refusal in self.refusals))


class Refused(Problem):
    """The rules or the data forbid the act; nothing was written."""

    @classmethod
    def because(cls, refusals: Iterable[Refusal]) -> "Refused":
        """Return the error that holds these reasons."""
        return cls(*refusals)


class Warned(Problem):
    """What was given is allowed, but most likely not meant; nothing was written until it is said all the same."""

    default = N_("Please look at this once more.")

    @property
    def tokens(self) -> tuple[str, ...]:
        """What is sent back by who saves all the same: one for each warning, of just this sentence."""
        return tuple(token_of(refusal) for refusal in self.refusals)


def token_of(warning: Refusal) -> str:
    """Return what tells one warning from any other: another value, another name in it makes it another."""
    return hashlib.sha256(f"{warning.field} {warning}".encode()).hexdigest()[:16]


class Stale(Problem):
    """Someone else saved the record after it was read; nothing was written."""

    default = N_("Someone else saved this record while you were editing it.")


class Missing(Problem):
    """There is no such record - or none that this clerk may know of; the two are never told apart."""

    default = N_("This record does not exist, or it is not in your county.")


class NotAllowed(Problem):
    """The role may not do this at all, whatever the record."""

    default = N_("Your role does not allow this.")


class Unreadable(Problem):
    """A file could not be read as what it should be."""

    default = N_("This file could not be read.")


class NotWritten(Problem):
    """The machine could not write a file that was asked for; what is stored is untouched."""

    default = N_("The file could not be made: the server's disk is full. Please tell the administrator.")


class Unavailable(Problem):
    """The database, or a part of the machine that it needs, is not there."""

    default = N_("The database cannot be reached. Nothing was saved; please try again in a minute.")


class UnderMaintenance(Unavailable):
    """Writes are held back just now; nothing was written, and the same may be sent again later."""

    default = N_("Under maintenance (%(reason)s): please save again in a while.")


class OutcomeUnknown(Unavailable):
    """The database fell silent at the commit: the act may have been written, or not. Never say either."""

    default = N_(
        "The database stopped answering while this was being saved: it is not known whether it was saved."
    )


class SavedBefore(Problem):
    """The same form was sent before and was carried out then; this time nothing was written."""

    default = N_("This form was sent before and was saved then. It was not saved a second time.")
