"""A paper as .docx: from the default template in this process, from one of the office's own in a limited child."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from office.papers.default_templates import default_template
from office.papers.filling import fill_in, values_of
from office.papers.paper_text import PaperText
from office.papers.samples import sample_qr, sample_text
from office.papers.styles import LINE_PITCH
from office.papers.template_check import MOST_BYTES
from office.papers.template_problems import PROBLEM_EXIT, refused
from rules.papers import PaperKind

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Limits:
    """What a template may ask for: seconds of the processor (twice as many of the clock), bytes of memory."""

    seconds: int = 10
    memory: int = 768 << 20


def render_paper(
    text: PaperText, template: bytes | None = None, qr: bytes | None = None, *, line_pitch: float = LINE_PITCH,
    limits: Limits = Limits(),
) -> bytes:  # fmt: skip
    """Return the paper as .docx, from the office's own `template` or from the default one.

    `qr` is a PNG for the certificate; `line_pitch` (points) counts for the default template. Raises
    Refused with a clear sentence when the office's template fails.
    """
    if template is None:
        return fill_in(text, default_template(text.kind, line_pitch), qr)
    return _in_child(((text, qr),), template, limits, check=False)


def check_template(data: bytes, kind: PaperKind, *, limits: Limits = Limits()) -> None:
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
    papers: Sequence[tuple[PaperText, bytes | None]], template: bytes, limits: Limits, *, check: bool
) -> bytes:
    """Return the last of the papers, each with its QR code."""
    job = {
        "template": base64.b64encode(template).decode(), "check": check, "seconds": limits.seconds,
        "memory": limits.memory,
        "papers": [
            {"text": text.stored(), "qr": base64.b64encode(qr).decode() if qr else ""} for text, qr in papers
        ],
    }  # fmt: skip
    environment = {key: os.environ[key] for key in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if key in os.environ}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "office.papers.rendering_child"],
            input=json.dumps(job).encode(), capture_output=True, cwd=_ROOT,
            env=environment | {"PYTHONPATH": str(_ROOT)}, timeout=limits.seconds * 2, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise refused("too-slow", {}) from None
    if done.returncode == 0:
        return done.stdout
    if done.returncode == PROBLEM_EXIT:
        fault = json.loads(done.stdout)
        raise refused(fault["problem"], fault["params"])
    slow = done.returncode in (-24, -9) or b"MemoryError" in done.stderr
    raise refused("too-slow" if slow else "failed", {})
