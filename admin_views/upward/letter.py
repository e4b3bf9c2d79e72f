"""The letter that puts bases forward, as it was sent: a Word file, a PDF (Art. 17)."""

from io import BytesIO

from flask import Response, flash, redirect, send_file
from flask.typing import ResponseReturnValue

from admin_views.shared.guard import current_actor
from admin_views.shared.papers import send_pdf
from admin_views.shared.request_context import asked_id
from admin_views.upward.labels import show_url
from documents.upward.recommendation import StoredRecommendation
from forms.sentences import sentence
from office.papers.render import render_paper
from rules.errors import Refused
from rules.papers import PaperKind
from services.publication.paper_templates import template_for
from services.shared.files import clean_name
from services.upward.letter import read_letter
from services.upward.recommendations import read_recommendation

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def send_letter_docx() -> ResponseReturnValue:
    """Send the letter as a Word file, from the office's own template where there is one."""
    recommendation = read_recommendation(asked_id(), current_actor())
    text = read_letter(recommendation, current_actor())
    try:
        content = render_paper(text, template_for(PaperKind.UPWARD_RECOMMENDATION))
    except Refused as problem:
        return _back(recommendation, problem)
    answer: Response = send_file(
        BytesIO(content),
        mimetype=_DOCX,
        as_attachment=True,
        download_name=clean_name(f"{_name(text.number)}.docx"),
    )
    return answer


def send_letter_pdf() -> ResponseReturnValue:
    """Send the letter as PDF."""
    recommendation = read_recommendation(asked_id(), current_actor())
    text = read_letter(recommendation, current_actor())
    try:
        return send_pdf(text, _name(text.number))
    except Refused as problem:
        return _back(recommendation, problem)


def _name(number: str) -> str:
    return f"{PaperKind.UPWARD_RECOMMENDATION.zh} {number}".strip()


def _back(recommendation: StoredRecommendation, problem: Refused) -> ResponseReturnValue:
    flash(sentence(problem.refusals[0]), "error")
    return redirect(show_url(recommendation["_id"]), 303)
