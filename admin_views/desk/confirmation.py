"""An administrator's own password, asked for before what a passer-by at an open desk must not do."""

from datetime import UTC, datetime

from flask import request

from admin_views.shared.guard import current_signed_in, policy
from rules.errors import NotAllowed, Refused
from services.desk.noted import note_refused_password
from services.desk.sign_in import confirm_password

FIELD = "own_password"


def demand_own_password(typed: str | None) -> None:
    """Raise Refused beside `own_password` unless it is the password of who is signed in; wrong ones are counted."""
    signed_in = current_signed_in()
    if signed_in is None:
        raise NotAllowed()
    now, address = datetime.now(UTC), request.remote_addr or ""
    try:
        confirm_password(signed_in, typed or "", field=FIELD, address=address, now=now, policy=policy())
    except Refused:
        note_refused_password(signed_in, now=now)
        raise
