"""A form that came back, read by a process of its own under limits: its mark, its values as texts, what else it holds.

The file is an outsider's: whatever it does to the parser, this process takes in nothing but short texts as JSON.
"""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from rules.errors import Unreadable
from rules.words import N_
from schema.application_form import FormMark

MOST_BYTES = 10 << 20
PROBLEM_EXIT = 3  # of the child process when it could say what is wrong
_ROOT = Path(__file__).resolve().parents[2]

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
class Limits:
    """What reading a form may take: seconds of the processor (twice as many of the clock), bytes of memory."""

    seconds: int = 20
    memory: int = 768 << 20


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


def read_form(data: bytes, *, limits: Limits = Limits()) -> ReadForm:
    """Read a form that came back. Raises Unreadable with one sentence when the file is none."""
    if not data:
        raise unreadable("empty")
    if len(data) > MOST_BYTES:
        raise unreadable("too-large")
    job = {"data": base64.b64encode(data).decode(), "seconds": limits.seconds, "memory": limits.memory}
    kept = {key: os.environ[key] for key in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if key in os.environ}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "office.application_forms.reading_child"],
            input=json.dumps(job).encode(), capture_output=True, cwd=_ROOT,
            env=kept | {"PYTHONPATH": str(_ROOT)}, timeout=limits.seconds * 2, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise unreadable("too-slow") from None
    if done.returncode == PROBLEM_EXIT:
        raise unreadable(json.loads(done.stdout)["problem"])
    if done.returncode:
        raise unreadable(_problem_of(done.returncode, done.stderr))
    said = json.loads(done.stdout)
    return ReadForm(
        FormMark.read(said["mark"]),
        MappingProxyType(dict(said["values"])),
        tuple((label, value) for label, value in said["unknown"]),
        tuple(said["doubled"]),
    )


def _problem_of(code: int, errors: bytes) -> str:
    if code in (-24, -9):  # SIGXCPU; SIGKILL when the hard limit is the same
        return "too-slow"
    return "too-large" if b"MemoryError" in errors or code in (-6, -11) else "damaged"


def unreadable(word: str) -> Unreadable:
    """Return the error whose one sentence is that of `word`."""
    return Unreadable(SENTENCES[word])
