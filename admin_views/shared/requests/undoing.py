"""What is said after an act, with a button that undoes it."""

from typing import Any

from bson import ObjectId
from flask import flash, url_for

from admin_views.shared.guard import current_actor
from admin_views.shared.translation import gettext
from rules.access import Permission
from rules.words import N_
from services.records.recent import last_in_bin


def flash_with_undo(text: str, address: str, **fields: Any) -> None:
    """Say that something was done, with a button that undoes it by sending `fields` to `address`."""
    sent = [[name, str(value)] for name, value in fields.items()]
    flash({"text": text, "undo": address, "fields": sent}, "success")  # type: ignore[arg-type]  # the layout knows


def flash_binned(text: str, collection: str, record_id: ObjectId) -> None:
    """Say that something went to the recycle bin, with a button that fetches one's own from there."""
    recycled = last_in_bin(collection, record_id, actor=current_actor())
    if recycled is None or not current_actor().may(Permission.WRITE):
        flash(text, "success")
    else:
        flash_with_undo(text, url_for("recycle_bin.bring_back", recycled=recycled))


def flash_saved(endpoint: str, record_id: ObjectId, version: int) -> None:
    """Say that a record was saved, with a button that takes this save back."""
    address = url_for(f"{endpoint}.take_back_view")
    flash_with_undo(gettext(N_("Saved.")), address, id=record_id, version=version)
