"""A paper as PDF, with the words of its .docx: set by typst in a child process, with the fonts of this machine."""

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from office.papers.filling import values_of
from office.papers.paper_text import PaperText
from office.papers.qr import qr_drawing
from office.papers.render import Limits
from office.papers.styles import LINE_PITCH
from office.papers.template_problems import PROBLEM_EXIT
from rules.errors import Refusal, Refused
from rules.words import N_

_ROOT = Path(__file__).resolve().parents[2]
_LIMITS = Limits(seconds=20)
_NO_FONT = N_(
    "This machine has no Chinese font, so no PDF can be made. Please install one, or take the Word file."
)
_FAILED = N_("The PDF could not be made. Please take the Word file.")


def render_pdf(
    text: PaperText, address: str = "", *, line_pitch: float = LINE_PITCH, limits: Limits = _LIMITS
) -> bytes:
    """Return the paper as PDF in the layout of GB/T 9704-2012.

    An office's own .docx template has no part in it: the PDF holds the words of the stored paper. `address` is
    what the certificate's QR code leads to, "" for none; `line_pitch` in points. Raises Refused where this machine
    has no Chinese font, or where the paper asks for more than `limits` give.
    """
    job = {
        "paper": _values(text, line_pitch), "qr": qr_drawing(address) if address else "",
        "day": datetime.fromisoformat(text.dated).timestamp(), "seconds": limits.seconds, "memory": limits.memory,
    }  # fmt: skip
    kept = (
        "PATH",
        "LD_LIBRARY_PATH",
        "TMPDIR",
        "HOME",
        "XDG_DATA_HOME",
        "FONTCONFIG_FILE",
        "FONTCONFIG_PATH",
    )
    environment = {key: os.environ[key] for key in kept if key in os.environ}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "office.papers.pdf_child"],
            input=json.dumps(job).encode(), capture_output=True, cwd=_ROOT,
            env=environment | {"PYTHONPATH": str(_ROOT)}, timeout=limits.seconds * 2, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Refused(Refusal(_FAILED)) from None
    if done.returncode == 0:
        return done.stdout
    raise Refused(Refusal(_NO_FONT if done.returncode == PROBLEM_EXIT else _FAILED))


def _values(text: PaperText, line_pitch: float) -> dict[str, Any]:
    """Return what the layout sets, as plain values: the same words as a template is given."""
    values = {name: value for name, value in values_of(text).items() if name not in text.fields}
    if text.table:
        values["table"]["widths"] = list(text.table.widths)
    return {**values, "kind": text.kind.value, "pitch": line_pitch, "qr_words": "扫码查验"}
