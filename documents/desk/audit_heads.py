"""The heads of the audit trail as a file outside the database has them: who cuts the trail's end cannot cut this.

One line each: moment, kind, number and hash of the last entry, name of the key, and an HMAC over all that. Lines are
only ever appended, to `DATA_DIR/audit_heads.log` or where AUDIT_HEADS says.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from documents.desk.audit_keys import AuditKeys
from documents.server.embedded import data_folder


class HeadKind(StrEnum):
    """Why a line stands there: as the trail's end at a moment, or because a backup took the trail's place."""

    SEEN = "seen"
    RESTORED = "restored"


@dataclass(frozen=True)
class HeadLine:
    """One line: the trail's last entry at a moment (ISO, UTC); `is_right` once its HMAC was found right."""

    number: int  # of the line, from 1
    moment: str
    kind: str
    seq: int
    hash: str
    is_right: bool


def heads_file(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the file that holds the heads."""
    given = environ.get("AUDIT_HEADS", "")
    return Path(given) if given else data_folder(environ) / "audit_heads.log"


def append_head(
    file: Path, seq: int, entry_hash: str, *, kind: HeadKind, now: datetime, keys: AuditKeys
) -> None:
    """Append a line, and wait until the disk has it. Raises OSError."""
    text = f"{now:%Y-%m-%dT%H:%M:%SZ} {kind.value} {seq} {entry_hash} {keys.present}"
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, f"{text} {keys.mac(text)}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_heads(file: Path, keys: AuditKeys) -> list[HeadLine]:
    """Return the lines that count: those behind the last restored backup, its own included. Raises OSError."""
    if not file.exists():
        return []
    lines = list(_lines(file.read_text("utf-8", "replace").splitlines(), keys))
    restored = [n for n, line in enumerate(lines) if line.kind == HeadKind.RESTORED and line.is_right]
    return lines[restored[-1] :] if restored else lines


def _lines(lines: Iterable[str], keys: AuditKeys) -> Iterator[HeadLine]:
    for number, line in enumerate(lines, start=1):
        text, _, mac = line.rpartition(" ")
        words = text.split(" ")
        if len(words) != 5 or not words[2].isdecimal():
            yield HeadLine(number, "", "", 0, "", is_right=False)
            continue
        moment, kind, seq, entry_hash, key = words
        # A key that is not here any more proves nothing, and contradicts nothing.
        right = not keys.holds(key) or keys.is_right(key, text, mac)
        yield HeadLine(number, moment, kind, int(seq), entry_hash, is_right=right)
