"""A form that could not be carried out, brought back to its page: nothing that was typed is lost."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rules.errors import Refusal


@dataclass(frozen=True)
class RetryState:
    """What the page shows again: in which `section`, the `form` or plain `values` as typed, and what is wrong.

    `version` is the one that the form goes on with (None: the present one); `is_stale` says that somebody else
    has saved meanwhile; `message` is a sentence for the section, already translated.
    """

    section: str
    form: Any = None
    values: Mapping[str, Any] = field(default_factory=dict)
    refusals: tuple[Refusal, ...] = ()
    version: int | None = None
    is_stale: bool = False
    message: str = ""

    def beside(self, name: str) -> tuple[Refusal, ...]:
        """Return the refusals that belong to a field, or to a place for files."""
        return tuple(refusal for refusal in self.refusals if refusal.field == name)
