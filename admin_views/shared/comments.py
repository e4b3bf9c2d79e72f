"""The comments of a record or an application as its page shows them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask import url_for
from markupsafe import Markup, escape

from admin_views.shared.guard import current_actor
from admin_views.shared.history import name_of
from admin_views.shared.request_context import shown_moment
from admin_views.shared.view_models import CommentItem, CommentsBox
from documents.comments.comment import StoredComment
from rules.access import Permission
from rules.requests.comments import LONGEST_COMMENT
from services.comments.comments import may_comment


def comments_box(collection: str, record_id: Any, comments: Iterable[StoredComment]) -> CommentsBox:
    """Return the comments of a record that the clerk may read."""
    writes = may_comment(current_actor())
    return CommentsBox(
        items=tuple(_item(one) for one in comments),
        collection=collection,
        record_id=str(record_id),
        add_url=url_for("comments.add") if writes else "",
        people_url=url_for("comments.people", collection=collection, record=record_id) if writes else "",
        most=LONGEST_COMMENT,
    )


def _item(one: StoredComment) -> CommentItem:
    actor = current_actor()
    is_own = one["by"] == actor.id and may_comment(actor)
    deletes = is_own or actor.may(Permission.MANAGE_OFFICE)
    return CommentItem(
        id=str(one["_id"]),
        who=name_of(one["created_by"]),
        when=shown_moment(one["created_at"]),
        text=_with_mentions(one["text"], one.get("mentions") or {}),
        changed=one["version"] > 1,
        version=one["version"],
        edit_url=url_for("comments.edit", comment_id=one["_id"]) if is_own else "",
        delete_url=url_for("comments.delete", comment_id=one["_id"]) if deletes else "",
    )


def _with_mentions(text: str, mentions: Mapping[str, str]) -> Markup:
    """Return a comment with whom it mentions marked."""
    words = sorted((f"{sign}{name}" for name in mentions.values() for sign in "@＠"), key=len, reverse=True)
    if not words:
        return escape(text)
    parts = re.split("(" + "|".join(map(re.escape, words)) + ")", text)
    marked = (
        Markup('<b class="mention">{}</b>').format(part) if part in words else escape(part) for part in parts
    )
    return Markup("").join(marked)
