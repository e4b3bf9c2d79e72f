"""Send an official paper as PDF."""

from io import BytesIO

from flask import Response, send_file
from flask.typing import ResponseReturnValue

from office.papers.paper_text import PaperText
from office.papers.pdf import render_pdf
from services.shared.files import clean_name

_PDF = "application/pdf"


def send_pdf(text: PaperText, name: str, address: str = "") -> ResponseReturnValue:
    """Send the paper as PDF under `name`, without its ending; `address` is where the QR code of a certificate leads.

    Raises Refused where no PDF can be made.
    """
    data = render_pdf(text, address)
    answer: Response = send_file(
        BytesIO(data), mimetype=_PDF, as_attachment=True, download_name=clean_name(f"{name}.pdf")
    )
    return answer
