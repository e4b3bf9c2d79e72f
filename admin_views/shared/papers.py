"""Send an official paper as a Word file or as PDF."""

from datetime import date
from io import BytesIO

from flask import send_file
from flask.typing import ResponseReturnValue

from office.papers.expert_papers import ReviewPaper
from office.papers.paper_text import PaperText
from office.papers.pdf import render_pdf, render_reviews
from office.papers.render import render_paper
from services.publication.paper_templates import template_for
from services.shared.files import clean_name

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_PDF = "application/pdf"


def send_docx(text: PaperText, name: str, qr: bytes | None = None) -> ResponseReturnValue:
    """Send the paper as a Word file under `name`, without its ending, from the office's own template where it has one.

    `qr` is the PNG of a certificate's code. Raises Refused where the template cannot be filled.
    """
    data = render_paper(text, template_for(text.kind), qr)
    return _send(data, _DOCX, f"{name}.docx")


def send_pdf(text: PaperText, name: str, address: str = "") -> ResponseReturnValue:
    """Send the paper as PDF under `name`, without its ending; `address` is where the QR code of a certificate leads.

    Raises Refused where no PDF can be made.
    """
    return _send(render_pdf(text, address), _PDF, f"{name}.pdf")


def send_docx_bytes(data: bytes, name: str) -> ResponseReturnValue:
    """Send a Word file that is made already under `name`, without its ending."""
    return _send(data, _DOCX, f"{name}.docx")


def send_review_pdf(text: ReviewPaper, name: str, day: date) -> ResponseReturnValue:
    """Send a paper of a review as PDF under `name`, without its ending. Raises Refused where no PDF can be made."""
    return _send(render_reviews([text], day)[0], _PDF, f"{name}.pdf")


def _send(data: bytes, media_type: str, name: str) -> ResponseReturnValue:
    return send_file(BytesIO(data), mimetype=media_type, as_attachment=True, download_name=clean_name(name))
