"""The personal numbers in a file that is to be published, and what of it nobody has read."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from office.child_process import Busy
from office.files.text_reader import FileText, read_file_text
from rules.errors import Refused
from rules.personal_numbers import PersonalNumber, find_personal_numbers
from rules.release import Finding


@dataclass(frozen=True)
class FileScreening:
    """What was found in a file; `unread` are parts without words that could be read, or why none could be."""

    findings: tuple[Finding, ...]
    unread: tuple[str, ...] = ()


def screen_file(path: Path, allowed: Collection[str] = ()) -> FileScreening:
    """Return the personal numbers in a file; a file that cannot be read is wholly `unread`. Raises Busy."""
    try:
        file = read_file_text(path)
    except Busy:
        raise
    except Refused as problem:
        return FileScreening((), tuple(refusal.message for refusal in problem.refusals))
    return FileScreening(findings_in_file(file, allowed), file.unread)


def findings_in_file(file: FileText, allowed: Collection[str] = ()) -> tuple[Finding, ...]:
    """Return the personal numbers among the words of a file, those that a line's end tears apart too."""
    findings = []
    for part in file.parts:
        for count, number in enumerate(_numbers(part.text, allowed)):
            plain = f"{part.place}|{count}|{number.value}"
            key = hashlib.sha256(plain.encode()).hexdigest()[:16]
            findings.append(Finding(key, ("%(place)s", {"place": part.place}), number))
    return tuple(findings)


def _numbers(text: str, allowed: Collection[str]) -> tuple[PersonalNumber, ...]:
    whole = find_personal_numbers(text, allowed)
    if "\n" not in text:
        return whole
    known = "".join(
        number.value for number in whole
    )  # a joined line may hold a piece of what is found already
    joined = find_personal_numbers(text.replace("\r", "").replace("\n", ""), allowed)
    return (*whole, *(number for number in joined if number.value not in known))
