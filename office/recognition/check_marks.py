"""The mark of a row that a trial could take, in the checked workbook: sent again unchanged, it is not taken twice.

It stands in a hidden column under the heading `检查标识 <collection>`, behind the column 结果; a row's mark is
`<24 hexadecimal digits>.<n|c|s>.<row>.<digest>`: the workbook that was tried, whether its row was new, changed or the
same as what is stored, the row's number then, and what stands for its cells. Marks are not trusted: whether the
workbook was imported is looked up in the actor's scope, and a row that is left out is a row of the sender's own file.
"""

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from office.excel.row_marks import canonical
from schema.field import Field

RESULT_HEADING = "结果"
CHECK_HEADING = "检查标识"  # how the heading of the hidden column begins
_DIGEST_SIGNS = 16
_HEADING = re.compile(rf"\s*{CHECK_HEADING}\s+([a-z][a-z0-9_]{{0,59}})\s*")
_MARK = re.compile(r"\s*([0-9a-f]{24})\.([ncs])\.([0-9]{1,7})\.([A-Za-z0-9_-]{16})\s*")
NEW, CHANGED, SAME = "n", "c", "s"


@dataclass(frozen=True, slots=True)
class CheckMark:
    """The mark of one row: the upload that was tried, what became of the row (`NEW` …), its number, its digest."""

    upload: str
    outcome: str
    row: int
    digest: str

    def __str__(self) -> str:
        return f"{self.upload}.{self.outcome}.{self.row}.{self.digest}"


def is_check_heading(text: object) -> bool:
    """Tell whether a cell is the heading of the column of marks."""
    return isinstance(text, str) and text.strip().startswith(CHECK_HEADING)


def check_heading(collection: str) -> str:
    """Return the heading of the column of marks of a collection, by its stored name."""
    return f"{CHECK_HEADING} {collection}"


def checked_collection(text: object) -> str:
    """Return the collection that the heading of a column of marks names; "" where it names none."""
    found = _HEADING.fullmatch(text) if isinstance(text, str) and len(text) < 200 else None
    return found[1] if found else ""


def read_check(text: object) -> CheckMark | None:
    """Return the mark that a cell holds; None where it holds none."""
    found = _MARK.fullmatch(text) if isinstance(text, str) and len(text) < 200 else None
    return CheckMark(found[1], found[2], int(found[3]), found[4]) if found else None


def row_digest(columns: Iterable[Field], cells: Mapping[str, Any]) -> str:
    """Return what stands for the cells of a row: the same however a program saved them, blank ones left out."""
    texts = sorted((column.key, canonical(column, cells.get(column.key))) for column in columns)
    said = "\x1f".join(f"{key}={text}" for key, text in texts if text)
    digest = hashlib.sha256(said.encode("utf-8", "surrogatepass")).digest()
    return urlsafe_b64encode(digest).decode()[:_DIGEST_SIGNS]
