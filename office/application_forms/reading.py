"""A form that came back, read by a process of its own under limits: its mark, its values as texts, what else it holds.

The file is an outsider's: whatever it does to the parser, this process takes in nothing but short texts as JSON.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from office.child_process import ChildLimits, Ending, run_child
from rules.errors import Unreadable
from rules.words import N_
from schema.application_form import FormMark

MOST_BYTES = 10 << 20
_LIMITS = ChildLimits(seconds=20, output=64 << 20)

SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "not-a-form": N_(
            "This is neither a .docx nor an .xlsx file. Please save the form as one of these and send it again."
        ),
        "damaged": N_("The file is damaged and cannot be read. Please save the form again and send it again."),
        "too-large": N_("The form is too large to be read: at most 10 MB."),
        "too-slow": N_("Reading the form took too long. Please download a fresh form and copy the values into it."),
        "encrypted": N_("The form is protected by a password. Please remove it and send the form again."),
        "empty": N_("The file is empty."),
    }
)  # fmt: skip


@dataclass(frozen=True)
class ReadForm:
    """What a form says; `mark` is None where it has none.

    `values` are texts by the key of the field; `unknown` are labels that mean none, with what stands beside them;
    `doubled` are keys that stand there twice with different values.
    """

    mark: FormMark | None
    values: Mapping[str, str]
    unknown: tuple[tuple[str, str], ...] = ()
    doubled: tuple[str, ...] = ()


def read_form(data: bytes, *, limits: ChildLimits = _LIMITS) -> ReadForm:
    """Read a form that came back. Raises Unreadable with one sentence when the file is none; Busy."""
    if not data:
        raise unreadable("empty")
    if len(data) > MOST_BYTES:
        raise unreadable("too-large")
    job = {"data": base64.b64encode(data).decode()}
    ended = run_child("office.application_forms.reading_child", job, limits)
    if ended.ending is Ending.PROBLEM:
        raise unreadable(ended.json()["problem"])
    if ended.ending is not Ending.DONE:
        ended.output.close()
        raise unreadable("damaged" if ended.ending is Ending.FAILED else ended.ending)
    said = ended.json()
    return ReadForm(
        FormMark.read(said["mark"]),
        MappingProxyType(dict(said["values"])),
        tuple((label, value) for label, value in said["unknown"]),
        tuple(said["doubled"]),
    )


def unreadable(word: str) -> Unreadable:
    """Return the error whose one sentence is that of `word`."""
    return Unreadable(SENTENCES[word])
