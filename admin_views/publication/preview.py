"""What a draft sends to its preview, and the preview to what publishes: what was read is what is published."""

import hashlib
import json
from collections.abc import Iterable

from bson import ObjectId
from flask import request
from werkzeug.datastructures import MultiDict

from admin_views.shared.personal import is_choice
from admin_views.shared.request_context import asked_id, parse_object_id
from admin_views.shared.requests.sent_forms import NOT_TYPED
from office.papers.paper_text import PaperText
from services.applications.rounds import ApplicationRound, read_round

_NOT_CARRIED = (*NOT_TYPED, "seen", "back")


def asked_round() -> ApplicationRound:
    """Return the round that the address names. Raises Missing."""
    return read_round(asked_id("round"))


def ticked(form: MultiDict[str, str]) -> list[ObjectId]:
    """Return the applications ticked in a form. Raises Missing for what is no id."""
    return [parse_object_id(text) for text in dict.fromkeys(form.getlist("applications"))]


def versions_sent(form: MultiDict[str, str], chosen: Iterable[ObjectId]) -> dict[ObjectId, int]:
    """Return the version at which the clerk saw each chosen application; 0, which is none, where it was not sent."""
    return {application_id: form.get(f"version-{application_id}", type=int) or 0 for application_id in chosen}


def carried(form: MultiDict[str, str], text: PaperText) -> tuple[tuple[str, str], ...]:
    """Return everything that a form sent, to be sent again, with the fingerprint of the paper that is shown."""
    sent = (
        (name, value)
        for name, value in form.items(multi=True)
        if name not in _NOT_CARRIED and not is_choice(name)
    )
    return (*sent, ("seen", digest_of(text)))


def was_previewed(text: PaperText) -> bool:
    """Tell whether a paper is the one that the clerk saw."""
    return digest_of(text) == request.form.get("seen")


def digest_of(text: PaperText) -> str:
    """Return a fingerprint of a paper."""
    plain = json.dumps(text.stored(), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()
