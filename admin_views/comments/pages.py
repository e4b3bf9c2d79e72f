"""Comments on a record: each form leads back to the record; what was refused is shown again as it was typed."""

from dataclasses import dataclass

from bson import ObjectId
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now, parse_object_id, typed_version
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import Link
from documents.comments.comment import StoredComment
from forms.sentences import sentence
from rules.errors import NotAllowed, Refused, Stale
from rules.requests.comments import LONGEST_COMMENT
from rules.words import N_
from services.comments import comments

_LONGEST_SHOWN = 20 * LONGEST_COMMENT  # of a text that is refused for its length


@dataclass(frozen=True, slots=True)
class CommentPage:
    """comments/edit.html."""

    title: str
    text: str
    problem: str
    action: str
    back_url: str
    people_url: str
    most: int
    crumbs: tuple[Link, ...]  # the record that is commented on
    collection: str = ""
    record_id: str = ""
    version: int = 0


def add() -> ResponseReturnValue:
    """Comment on a record."""
    collection, record = request.form.get("collection", ""), parse_object_id(request.form.get("record"))
    text = request.form.get("text", "")
    try:
        comments.add_comment(collection, record, text, actor=current_actor(), now=now())
    except Refused as problem:
        page = CommentPage(
            title=gettext(N_("Comment")), text=text[:_LONGEST_SHOWN], problem=sentence(problem.refusals[0]),
            action=url_for("comments.add"), back_url=_home(collection, record), people_url=_people(collection, record),
            most=LONGEST_COMMENT, crumbs=_crumbs(collection, record), collection=collection, record_id=str(record),
        )  # fmt: skip
        return render_template("comments/edit.html", page=page), 422
    return redirect(_home(collection, record), 303)


def edit(comment_id: str) -> ResponseReturnValue:
    """Change a comment of one's own."""
    actor, comment = current_actor(), comments.read_comment(parse_object_id(comment_id), current_actor())
    if comment["by"] != actor.id:
        raise NotAllowed()
    if request.method == "GET":
        return _edit_page(comment, comment["text"], "", comment["version"]), 200
    text, version = request.form.get("text", ""), typed_version()
    try:
        comments.change_comment(comment["_id"], text, version=version, actor=actor, now=now())
    except Refused as problem:
        return _edit_page(comment, text[:_LONGEST_SHOWN], sentence(problem.refusals[0]), version), 422
    except Stale as problem:
        return _edit_page(
            comment, text[:_LONGEST_SHOWN], sentence(problem.refusals[0]), comment["version"]
        ), 409
    flash(gettext(N_("Saved.")), "success")
    return redirect(_home(comment["collection"], comment["record_id"]), 303)


def _edit_page(comment: StoredComment, text: str, problem: str, version: int) -> str:
    collection, record = comment["collection"], comment["record_id"]
    page = CommentPage(
        title=gettext(N_("Change the comment")), text=text, problem=problem,
        action=url_for("comments.edit", comment_id=comment["_id"]), back_url=_home(collection, record),
        people_url=_people(collection, record), most=LONGEST_COMMENT, crumbs=_crumbs(collection, record),
        version=version,
    )  # fmt: skip
    return render_template("comments/edit.html", page=page)


def delete(comment_id: str) -> ResponseReturnValue:
    """Delete a comment of one's own."""
    gone = comments.delete_comment(
        parse_object_id(comment_id), version=typed_version(), actor=current_actor(), now=now()
    )
    flash(gettext(N_("The comment was deleted.")), "success")
    return redirect(_home(gone["collection"], gone["record_id"]), 303)


def people() -> ResponseReturnValue:
    """Tell the page's script who may be mentioned on a record."""
    record = parse_object_id(request.args.get("record"))
    found = comments.people_of(request.args.get("collection", ""), record, current_actor())
    return {"people": [one.name for one in found]}


def _crumbs(collection: str, record: ObjectId) -> tuple[Link, ...]:
    """Return the way back to the record; out of scope there is none. Raises Missing."""
    return (Link(comments.label_of(collection, record, current_actor()), _home(collection, record)),)


def _home(collection: str, record: ObjectId) -> str:
    return url_for(f"{collection}.details_view", id=record, _anchor="comments")


def _people(collection: str, record: ObjectId) -> str:
    return url_for("comments.people", collection=collection, record=record)
