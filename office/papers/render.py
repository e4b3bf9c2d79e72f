"""A paper as .docx: from the default template in this process, from one of the office's own in a limited child."""

import base64
from collections.abc import Mapping, Sequence

from office.child_process import ChildLimits, Ending, run_child
from office.papers.default_templates import default_template
from office.papers.filling import fill_in, values_of
from office.papers.paper_text import PaperText
from office.papers.samples import sample_qr, sample_text
from office.papers.styles import LINE_PITCH
from office.papers.template_check import MOST_BYTES
from office.papers.template_problems import refused
from rules.papers import PaperKind

# A long loop ends here: `docs/decisions/0027-limits.md`.
_LIMITS = ChildLimits(seconds=10, output=64 << 20)


def render_paper(
    text: PaperText, template: bytes | None = None, qr: bytes | None = None, *, line_pitch: float = LINE_PITCH,
    limits: ChildLimits = _LIMITS,
) -> bytes:  # fmt: skip
    """Return the paper as .docx, from the office's own `template` or from the default one.

    `qr` is a PNG for the certificate; `line_pitch` (points) counts for the default template. Raises
    Refused with a clear sentence when the office's template fails.
    """
    if template is None:
        return fill_in(text, default_template(text.kind, line_pitch), qr)
    return _in_child(((text, qr),), template, limits, check=False)


def check_template(data: bytes, kind: PaperKind, *, limits: ChildLimits = _LIMITS) -> None:
    """Try a template with samples of its kind; Refused with one clear sentence when it cannot be used.

    KeyError for a kind that is not issued yet.
    """
    if len(data) > MOST_BYTES:
        raise refused("too-large", {})
    samples = ((sample_text(kind, sparse=True), None), (sample_text(kind), sample_qr(kind)))
    _in_child(samples, data, limits, check=True)


def known_names(kind: PaperKind) -> tuple[tuple[str, str], ...]:
    """Return the names that a template of this kind may use: each with its value in the sample, or how it is used."""
    values = values_of(sample_text(kind))
    return tuple(
        (name, _USES.get(name) or str(value).replace("\n", "")[:60]) for name, value in values.items()
    )


_USES: Mapping[str, str] = {
    "paragraphs": "{%p for one in paragraphs %} {{ one.text }} {%p endfor %}",
    "contact": "{%p for line in contact %} {{ line }} {%p endfor %}",
    "table": "{{ table.caption }} {{ table.headings[0] }} {%tr for row in table.rows %} {{ row[0] }} {%tr endfor %}",
    "table_after": "{%p if loop.index == table_after %}",
    "annex": "{%p if annex %}",
    "qr": "{{ qr }}",
}


def _in_child(
    papers: Sequence[tuple[PaperText, bytes | None]], template: bytes, limits: ChildLimits, *, check: bool
) -> bytes:
    """Return the last of the papers, each with its QR code."""
    job = {
        "template": base64.b64encode(template).decode(), "check": check,
        "papers": [
            {"text": text.stored(), "qr": base64.b64encode(qr).decode() if qr else ""} for text, qr in papers
        ],
    }  # fmt: skip
    ended = run_child("office.papers.rendering_child", job, limits)
    if ended.ending is Ending.DONE:
        return ended.read()
    if ended.ending is Ending.PROBLEM:
        fault = ended.json()
        raise refused(fault["problem"], fault["params"])
    ended.output.close()
    raise refused("failed" if ended.ending is Ending.FAILED else "too-slow", {})
