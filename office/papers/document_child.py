"""The child process that opens a .docx which a clerk brought, under limits: `python -m office.papers.document_child`.

It reads a job as JSON from standard input and writes the words to standard output, or a problem as JSON.
"""

import base64
import json
import sys
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import docx
from docx.oxml.ns import qn

from office.child_limits import begin, open_nothing_more
from office.child_process import PROBLEM_EXIT
from rules.rule_sets.articles import numeral

_MOST_UNPACKED = 60 << 20
_MOST_PARTS = 2000
_MOST_LEVELS = 9
_CHINESE = {"chineseCounting", "chineseCountingThousand", "chineseLegalSimplified", "ideographTraditional",
            "japaneseCounting", "taiwaneseCountingThousand"}  # fmt: skip


def main() -> int:
    """Do the job on standard input; 0 when the words were written, PROBLEM_EXIT when a problem was."""
    job = begin()
    open_nothing_more()
    try:
        text = _text(base64.b64decode(job["document"]))
    except MemoryError:
        return _problem("too-large")
    except Exception:  # whatever a damaged package makes of the library
        return _problem("not-a-docx")
    sys.stdout.buffer.write(text.encode("utf-8", "ignore"))
    return 0


def _problem(word: str) -> int:
    sys.stdout.buffer.write(json.dumps({"problem": word}).encode())
    return PROBLEM_EXIT


def _text(data: bytes) -> str:
    with zipfile.ZipFile(BytesIO(data)) as package:
        entries = package.infolist()
        if len(entries) > _MOST_PARTS or sum(entry.file_size for entry in entries) > _MOST_UNPACKED:
            raise MemoryError
    document = docx.Document(BytesIO(data))
    numbers = _Numbers(document)
    lines = []
    for paragraph in document.element.body.iter(qn("w:p")):
        # What Word keeps beside a drawing for older programs would be there twice.
        if next(paragraph.iterancestors("{*}Fallback"), None) is None:
            words = "".join(_words(paragraph))
            lines.append(numbers.before(paragraph) + words if words.strip() else "")
    return "\n".join(lines)


def _words(paragraph: Any) -> Iterator[str]:
    for node in paragraph.iter(qn("w:t"), qn("w:tab"), qn("w:br"), qn("w:noBreakHyphen")):
        if next(node.iterancestors(qn("w:p"))) is not paragraph:
            continue  # of a text box within
        if node.tag == qn("w:t"):
            yield node.text or ""
        else:
            yield "\n" if node.tag == qn("w:br") else " "


class _Numbers:
    """The numbers that Word counts by itself: 第一条, （一）; plain text holds none of them."""

    def __init__(self, document: Any) -> None:
        self._levels: dict[tuple[str, int], tuple[str, str, int]] = {}
        self._counts: dict[str, list[int]] = {}
        self._abstract: dict[str, str] = {}
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return
        for num in root.iter(qn("w:num")):
            self._abstract[num.get(qn("w:numId"))] = num.find(qn("w:abstractNumId")).get(qn("w:val"))
        for abstract in root.iter(qn("w:abstractNum")):
            for level in abstract.iter(qn("w:lvl")):
                place = (abstract.get(qn("w:abstractNumId")), int(level.get(qn("w:ilvl"))))
                kind, text, start = (_value(level, tag) for tag in ("w:numFmt", "w:lvlText", "w:start"))
                self._levels[place] = (kind, text, int(start or 1))

    def before(self, paragraph: Any) -> str:
        """Return the number that stands before a paragraph, counting it; "" for none."""
        properties = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        if properties is None:
            return ""
        number, depth = _value(properties, "w:numId"), int(_value(properties, "w:ilvl") or 0)
        abstract = self._abstract.get(number, "")
        if (abstract, depth) not in self._levels:
            return ""
        counts = self._counts.setdefault(abstract, [0] * _MOST_LEVELS)
        start = self._levels[abstract, depth][2]
        counts[depth] = max(counts[depth] + 1, start)
        counts[depth + 1 :] = [0] * (_MOST_LEVELS - depth - 1)
        text = self._levels[abstract, depth][1]
        for place in range(depth + 1):
            kind = self._levels.get((abstract, place), ("decimal", "", 1))[0]
            count = max(counts[place], 1)
            text = text.replace(
                f"%{place + 1}", numeral(count) if kind in _CHINESE and count < 200 else str(count)
            )
        return text if self._levels[abstract, depth][0] != "bullet" else ""


def _value(parent: Any, tag: str) -> str:
    child = parent.find(qn(tag))
    return (child.get(qn("w:val")) or "") if child is not None else ""


if __name__ == "__main__":
    sys.exit(main())
