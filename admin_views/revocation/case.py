"""One case: its page, and its files to download."""

from flask import request
from flask.typing import ResponseReturnValue

from admin_views.revocation.page import DECISION, Again, render_case
from admin_views.revocation.shared import asked_case, revocation
from admin_views.shared.guard import needs
from admin_views.shared.slot_files import send_slot_file
from documents.revocation.decision import COLLECTION
from forms.revocation import DecisionForm
from rules.access import Permission


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
    return send_slot_file((COLLECTION,))
