"""The letter that puts bases forward, as it was sent: a Word file, a PDF (Art. 17)."""

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from admin_views.shared.guard import current_actor
from admin_views.shared.papers import send_docx, send_pdf
from admin_views.shared.request_context import asked_id
from admin_views.upward.labels import show_url
from documents.upward.recommendation import StoredRecommendation
from forms.sentences import sentence
from rules.errors import Refused
from rules.papers import PaperKind
from services.upward.letter import read_letter
from services.upward.recommendations import read_recommendation


def send_letter_docx() -> ResponseReturnValue:
    """Send the letter as a Word file, from the office's own template where there is one."""
    recommendation = read_recommendation(asked_id(), current_actor())
    text = read_letter(recommendation, current_actor())
    try:
        return send_docx(text, _name(text.number))
    except Refused as problem:
        return _back(recommendation, problem)


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
