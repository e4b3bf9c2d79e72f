"""The words of a file, whatever kind it is: read by a process of its own under limits of memory and time."""

import re
from dataclasses import dataclass
from pathlib import Path

from office.child_process import MEMORY, ChildLimits, Ending, run_child
from rules.errors import Refusal, Refused
from rules.words import N_

MOST_BYTES = 50 << 20

SENTENCES = {
    "kind": N_("Files of this kind cannot be read: look at it yourself."),
    "damaged": N_("The file is damaged and cannot be read: look at it yourself."),
    "encrypted": N_("The file is protected by a password and cannot be read: look at it yourself."),
    "too-large": N_("The file is too large to be read: look at it yourself."),
    "too-slow": N_("Reading the file takes too long: look at it yourself."),
}


# The places of a text itself: 正文第3段, 脚注, 第2页, 第5行, 工作表“案例” B3.
_BODY = re.compile(r"正文.*|脚注|第\d+[页行]|工作表“.*")


@dataclass(frozen=True)
class TextPart:
    """Some words of a file; `place` says where in the office's own words: 第2页, 工作表“名单” B3, 批注."""

    place: str
    text: str


@dataclass(frozen=True)
class FileText:
    """The words of a file in its order, and what no words could be read from (图片2张, 第3页)."""

    parts: tuple[TextPart, ...]
    unread: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All words, a line for each part."""
        return "\n".join(part.text for part in self.parts)

    @property
    def body(self) -> str:
        """The words that are read as its text: no headers, comments, links, properties."""
        return "\n".join(part.text for part in self.parts if _BODY.fullmatch(part.place))


@dataclass(frozen=True)
class ReadingLimits:
    """What reading one file may take: seconds of the processor, bytes of memory, bytes when it is unpacked."""

    seconds: int = 30
    memory: int = MEMORY
    unpacked: int = 200 << 20


def read_file_text(path: Path, *, limits: ReadingLimits = ReadingLimits()) -> FileText:
    """Return the words of a .docx, .doc, .xlsx, .xls, .pdf or text file, told by its content and never by its name.

    With what a reader does not see at once: comments, notes, headers, hidden sheets, deleted text, the properties.
    Raises Refused with a sentence for a file that cannot be read; such a one is not to be taken for clean. Raises Busy.
    """
    if path.stat().st_size > MOST_BYTES:
        raise _unreadable("too-large")
    job = {"path": str(path.absolute()), "unpacked": limits.unpacked}
    ended = run_child(
        "office.files.reading_child", job, ChildLimits(limits.seconds, limits.memory, limits.unpacked)
    )
    if ended.ending is Ending.DONE:
        found = ended.json()
        return FileText(
            tuple(TextPart(place, text) for place, text in found["parts"]), tuple(found["unread"])
        )
    if ended.ending is Ending.PROBLEM:
        raise _unreadable(ended.json()["problem"])
    ended.output.close()
    raise _unreadable(ended.ending)


def _unreadable(word: str) -> Refused:
    return Refused(Refusal(SENTENCES.get(word, SENTENCES["damaged"]), field="file"))
