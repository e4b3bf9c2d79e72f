"""One case: its page, and its files to download."""

from flask import Response, request, send_file
from flask.typing import ResponseReturnValue

from admin_views.guard import current_actor, needs
from admin_views.revocation_desk import asked_case, revocation, the_id
from admin_views.revocation_page import DECISION, Again, render_case
from documents.decision import COLLECTION
from forms.revocation import DecisionForm
from rules.access import Permission
from rules.errors import Missing
from services.files import open_file


@revocation.route("/case/")
@needs(Permission.READ)
def case() -> ResponseReturnValue:
    """Show a case; coming back from the preview, number and date stand as they were typed."""
    raw = asked_case()
    if request.args.get("number") or request.args.get("dated"):
        return render_case(raw, Again(DECISION, DecisionForm.typed(request.args)))
    return render_case(raw)


@revocation.route("/file/")
@needs(Permission.READ)
def file() -> ResponseReturnValue:
    """Send a file of a case as a download, never shown inside a page."""
    entry, stream = open_file(the_id(request.args.get("file")), actor=current_actor())
    if entry["collection"] != COLLECTION:
        stream.close()
        raise Missing()
    answer: Response = send_file(
        stream, mimetype=entry["media_type"], as_attachment=True, download_name=entry["name"]
    )
    answer.content_length = entry["size"]
    return answer
