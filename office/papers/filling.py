"""Fills a template in: a paper's words become the values that the tags name."""

import re
import unicodedata
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from itertools import pairwise
from typing import Any

from docx import Document
from docx.opc.exceptions import OpcError
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import TemplateError
from lxml import etree

from office.papers.custom_properties import FORM_PROPERTY, set_custom_property
from office.papers.paper_text import PaperText
from office.papers.sandbox import PaperEnvironment
from office.papers.template_problems import TemplateProblem
from schema.application_form import MARK_LABEL

_QR_SIDE = Mm(29)
_WITHOUT_TEXT = tuple(
    f"{{http://schemas.openxmlformats.org/wordprocessingml/2006/main}}{name}"
    for name in ("body", "p", "r", "tbl", "tr", "tc", "pPr", "rPr", "tcPr", "sectPr")
)
_SPACES, _PARTS_LINES = re.compile(r"\s+"), re.compile(r"[\r\n\t\v\f]")
_TITLE_LINE = 20  # characters of 22 points
# Where a title may be broken without tearing a word (GB/T 9704, 7.3.1: 词意完整).
_SEAMS = re.compile(
    r"(?<=聊城市)|(?<=年度)|(?<=企业)|(?<=创新)|(?<=基地)|(?<=（含复核）)|(?<=关于)|(?=名单)|(?=推荐汇总表)|(?<=》)|(?=《)"
)


class _Template(DocxTemplate):
    """A template that says so when its tags tear the text apart, where the library would mend it by leaving out."""

    def patch_xml(self, src_xml: str) -> str:
        """Make the tags of a part what Jinja reads: the same for each paper that is made of the template."""
        return _patched(src_xml)

    def fix_tables(self, xml: str) -> Any:
        """Refuse what is not well-formed, then go on as the library does."""
        try:
            root = etree.fromstring(xml)
        except etree.XMLSyntaxError as error:
            raise TemplateProblem("not-a-paper") from error
        if any(_is_torn(element) for element in root.iter(*_WITHOUT_TEXT)):
            raise TemplateProblem("not-a-paper")
        return super().fix_tables(xml)


@lru_cache(32)
def _patched(part: str) -> str:
    """Return what the library makes of a part, by a dozen searches through all of it; nothing else goes into it."""
    return str(DocxTemplate.patch_xml(None, part))


def _is_torn(element: Any) -> bool:
    """Tell whether words stand bare where only elements may: a tag such as {{r title}} put them there."""
    bare = [element.text, *(child.tail for child in element)]
    return any(words and words.strip() for words in bare)


def fill_in(text: PaperText, template: bytes, qr: bytes | None = None, *, must_use: bool = False) -> bytes:
    """Return the paper as .docx; `must_use`: refuse a template that names nothing. Raises TemplateProblem."""
    document = _Template(BytesIO(template))
    document.init_docx()
    values = values_of(text)
    values["qr"] = InlineImage(document, BytesIO(qr), width=_QR_SIDE) if qr else ""
    environment = PaperEnvironment(values)
    try:
        document.render(values, environment)
        if must_use and not environment.used:
            raise TemplateProblem("no-names")
        _set_properties(document, text)
        stream = BytesIO()
        document.save(stream)
        Document(BytesIO(stream.getvalue()))
    except TemplateError as error:
        raise TemplateProblem("missing-value", fault=str(error.message)) from error
    except (
        etree.XMLSyntaxError,
        OpcError,
        KeyError,
        ValueError,
        TypeError,
        IndexError,
        AttributeError,
    ) as error:
        raise TemplateProblem("not-a-paper") from error
    return stream.getvalue()


def values_of(text: PaperText) -> dict[str, Any]:
    """Return what the tags of a template may name, but for the picture `qr`."""
    table = text.table
    return {
        **{name: _clean_lines(value) for name, value in text.fields.items()},
        "title": _clean(text.title), "title_wrapped": wrapped_title(_clean(text.title)),
        "number": _clean(text.number), "addressee": _clean(text.addressee), "header": _clean(text.header),
        "paragraphs": [
            {"text": _clean(paragraph.text), "level": paragraph.level} for paragraph in text.paragraphs
        ],
        "table": table and {
            "caption": _clean(table.caption),
            "caption_wrapped": wrapped_title(_clean(table.caption)),
            "headings": [_clean(heading) for heading in table.headings],
            "rows": [[_clean(cell) for cell in row] for row in table.rows],
        },
        "table_after": text.table_after, "annex": text.annex, "attachment_line": _clean(text.attachment_line),
        "contact": [_clean(line) for line in text.contact], "note": _clean(text.note),
        "signature": _clean(text.signature), "dated": text.dated, "dated_zh": text.dated_zh, "qr": "",
    }  # fmt: skip


def _clean(text: str) -> str:
    """Return the text on one line, without what a document cannot hold."""
    spaced = _SPACES.sub(lambda run: " " if _PARTS_LINES.search(run[0]) else run[0], text)
    return "".join(
        sign for sign in spaced if unicodedata.category(sign) not in ("Cc", "Cs") and sign < "\ufffe"
    )


def _clean_lines(text: str) -> str:
    """Return the text as `_clean` does, its line ends kept: what an operator wrote in a form comes back as it went."""
    return "\n".join(_clean(line) for line in text.splitlines())


def wrapped_title(title: str, most: int = _TITLE_LINE) -> str:
    """Return a title broken into lines of about the same length, between words; `most` characters fit on one."""
    lines = -(-_width(title) // most)
    if lines <= 1:
        return title
    ends = [
        0,
        *(seam.start() for seam in _SEAMS.finditer(title) if 0 < seam.start() < len(title)),
        len(title),
    ]
    pieces = [title[first:last] for first, last in pairwise(sorted(set(ends)))]
    wrapped: list[str] = []
    share, line = _width(title) / lines, ""
    for piece in pieces:
        longer = abs(_width(line + piece) - share)
        if (
            line
            and len(wrapped) < lines - 1
            and (_width(line + piece) > most or longer > abs(_width(line) - share))
        ):
            wrapped.append(line)
            line = ""
        line += piece
    wrapped.append(line)
    return "\n".join(wrapped) if all(_width(line) <= most for line in wrapped) else title


def _width(text: str) -> float:
    """Return how many full characters wide a text is; Latin letters and figures take half of one."""
    return sum(0.5 if ord(sign) < 0x80 else 1 for sign in text)


def _set_properties(document: DocxTemplate, text: PaperText) -> None:
    """Say in the file's properties what it is; the time is the paper's own day, not the moment of the download."""
    facts, day = document.docx.core_properties, datetime.fromisoformat(text.dated)
    facts.title, facts.author, facts.comments = _clean(text.title)[:255], _clean(text.signature)[:255], ""
    facts.created = facts.modified = day
    facts.last_modified_by = facts.author
    if mark := text.fields.get(MARK_LABEL):
        set_custom_property(document.docx, FORM_PROPERTY, mark)
