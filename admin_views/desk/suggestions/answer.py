"""What the search box is answered while somebody types: JSON, in the scope of who asks, and never a write."""

import dataclasses

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue

from admin_views.desk.suggestions.acts import first_acts, found_acts, places_in
from admin_views.desk.suggestions.lookups import LookUps
from admin_views.desk.suggestions.pages import first_pages, found_pages
from admin_views.desk.suggestions.questions import found_questions, meanings_of, names_in
from admin_views.desk.suggestions.records import found_records, recent_records
from admin_views.desk.suggestions.suggested import Suggestion, SuggestionGroup
from admin_views.desk.suggestions.tables import tables
from admin_views.shared.translation import gettext
from rules.standard_signs import standard_signs
from rules.words import N_

_LONGEST = 100
_MOST_RECENT, _LONGEST_ADDRESS = 8, 120


def suggest() -> ResponseReturnValue:
    """Answer groups of lines for `q`; without it what was open lately (`recent`, addresses), acts and pages.

    `whole` is false where not every list could be asked in time.
    """
    typed = standard_signs(request.args.get("q", "")[:_LONGEST])
    words = "".join(sign for sign in typed if sign.isprintable()).strip()
    asked, whole = tables(), True
    groups: list[SuggestionGroup] = []
    if words:
        meanings = meanings_of(words, asked)
        everywhere = ((table, words) for table in asked)
        looked_up = LookUps((*everywhere, *names_in(meanings, asked), *places_in(words, asked)))
        whole = looked_up.is_whole
        groups += [
            *found_questions(words, meanings, asked, looked_up),
            *_group("acts", found_acts(words, asked, looked_up)),
            *found_records(words, asked, looked_up),
            *_group("pages", found_pages(words)),
        ]
    else:
        recent = [one[:_LONGEST_ADDRESS] for one in request.args.getlist("recent")[:_MOST_RECENT]]
        groups += [
            *_group("recent", recent_records(recent, asked)),
            *_group("acts", first_acts(asked)),
            *_group("pages", first_pages()),
        ]
    answer = {"q": words, "groups": [dataclasses.asdict(group) for group in groups], "whole": whole}
    return _not_kept(jsonify(answer))


_HEADINGS = {"acts": N_("Acts"), "pages": N_("Menu and settings"), "recent": N_("Open lately")}


def _group(key: str, items: tuple[Suggestion, ...]) -> tuple[SuggestionGroup, ...]:
    return (SuggestionGroup(key, gettext(_HEADINGS[key]), items),) if items else ()


def _not_kept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
