"""A paper as PDF, with the words of its .docx: set by typst in a child process, with the fonts of this machine."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from office.child_process import ChildLimits, Ending, run_child
from office.papers.expert_papers import ABOUT_WIDTHS, ReviewPaper
from office.papers.filling import values_of
from office.papers.paper_text import PaperText
from office.papers.pdf_parts import parted
from office.papers.qr import qr_drawing
from office.papers.styles import LINE_PITCH
from rules.errors import Refusal, Refused
from rules.words import N_

_LIMITS = ChildLimits(seconds=20, output=64 << 20)
_NO_FONT = N_(
    "This machine has no Chinese font, so no PDF can be made. Please install one, or take the Word file."
)
_FAILED = N_("The PDF could not be made. Please take the Word file.")


def render_pdf(
    text: PaperText, address: str = "", *, line_pitch: float = LINE_PITCH, limits: ChildLimits = _LIMITS
) -> bytes:
    """Return the paper as PDF in the layout of GB/T 9704-2012.

    An office's own .docx template has no part in it: the PDF holds the words of the stored paper. `address` is
    what the certificate's QR code leads to, "" for none; `line_pitch` in points. Raises Refused where this machine
    has no Chinese font, or where the paper asks for more than `limits` give; Busy.
    """
    paper = {
        "paper": _values(text, line_pitch), "qr": qr_drawing(address) if address else "",
        "day": datetime.fromisoformat(text.dated).timestamp(),
    }  # fmt: skip
    return _set([paper], limits)[0]


def render_reviews(texts: Sequence[ReviewPaper], day: date, *, limits: ChildLimits = _LIMITS) -> list[bytes]:
    """Return papers of a review as PDF, each by itself, made on `day`. Raises Refused, Busy, as for any paper."""
    made = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
    return _set([{"paper": _review_values(text), "qr": "", "day": made} for text in texts], limits)


def _set(papers: Sequence[Mapping[str, Any]], limits: ChildLimits) -> list[bytes]:
    ended = run_child("office.papers.pdf_child", {"papers": list(papers)}, limits)
    if ended.ending is Ending.DONE:
        return parted(ended.read())
    ended.output.close()
    raise Refused(Refusal(_NO_FONT if ended.ending is Ending.PROBLEM else _FAILED))


def _review_values(text: ReviewPaper) -> dict[str, Any]:
    return {
        "kind": "review", "title": text.title.replace("\n", " "), "title_wrapped": text.title, "signature": "",
        "pitch": LINE_PITCH, "about": text.about, "about_widths": ABOUT_WIDTHS, "headings": text.headings,
        "rows": text.rows, "widths": text.widths, "note": text.note,
        "paragraphs": [{"text": one.text, "level": one.level} for one in text.paragraphs],
    }  # fmt: skip


def _values(text: PaperText, line_pitch: float) -> dict[str, Any]:
    """Return what the layout sets, as plain values: the same words as a template is given."""
    values = {name: value for name, value in values_of(text).items() if name not in text.fields}
    if text.table:
        values["table"]["widths"] = list(text.table.widths)
    return {**values, "kind": text.kind.value, "pitch": line_pitch, "qr_words": "扫码查验"}
