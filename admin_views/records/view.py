"""The one base view of all collections: it joins list, forms, files and history, and closes the library's own doors.

It keeps Flask-Admin's addresses and registry and replaces what it does: every read goes through a named
query in the actor's scope, every write through a service.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.contrib.mongoengine import ModelView

from admin_views.records.board import BoardRoutes
from admin_views.records.cells import CellRoutes
from admin_views.records.files import FileRoutes
from admin_views.records.narrowing.columns import ColumnRoutes
from admin_views.records.narrowing.conditions import ConditionRoutes
from admin_views.records.narrowing.summary import SummaryRoutes
from admin_views.records.page import record_page
from admin_views.records.versions import VersionRoutes
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now
from documents.kinds import RECORDS
from rules.access import Permission
from schema.registry import REGISTRY
from services.desk.noted import note_personal_shown


class RecordView(
    BoardRoutes,
    CellRoutes,
    ColumnRoutes,
    ConditionRoutes,
    FileRoutes,
    SummaryRoutes,
    VersionRoutes,
    ModelView,
):
    """One collection under its word, e.g. /admin/tenant-companies/."""

    permissions: ClassVar[Mapping[str, Permission]] = {
        "index_view": Permission.READ,
        "details_view": Permission.READ,
        "personal_view": Permission.READ,
        "lookup_view": Permission.READ,
        "conditions_view": Permission.READ,
        "columns_view": Permission.READ,
        "summary_view": Permission.READ,
        "board_view": Permission.READ,
        "move_view": Permission.WRITE,
        "calendar_view": Permission.READ,
        "create_view": Permission.WRITE,
        "edit_view": Permission.WRITE,
        "delete_view": Permission.WRITE,
        "version_view": Permission.WRITE,
        "cell_view": Permission.WRITE,
        "take_back_view": Permission.WRITE,
        "action_view": Permission.WRITE,
        "export": Permission.EXPORT,
        "save_view": Permission.READ,
        "drop_view": Permission.READ,
        "file_view": Permission.READ,
        "add_file_view": Permission.WRITE,
        "remove_file_view": Permission.WRITE,
        "ajax_lookup": Permission.READ,
        "ajax_update": Permission.WRITE,
        "api_file_view": Permission.READ,
    }

    def __init__(self, collection: str = "") -> None:
        """Register a collection under its word, e.g. /admin/tenant-companies/."""
        self.collection = collection or self.collection
        declaration = REGISTRY[self.collection]
        super().__init__(
            RECORDS[declaration.name], name=declaration.label, endpoint=declaration.name, url=declaration.slug
        )

    def _refresh_cache(self) -> None:
        """Keep the library from building its own columns, filters and forms out of the document."""
        self._form_ajax_refs: dict[str, Any] = {}
        self._export_columns: list[Any] = []

    def _run_view(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        """Call the view once: the library would swallow a TypeError and call again."""
        return fn(self, *args, **kwargs)

    @expose("/ajax/lookup/")
    def ajax_lookup(self) -> ResponseReturnValue:
        """Closed: it is neither scoped nor capped. `lookup_view` serves look-ups."""
        abort(404)

    @expose("/ajax/update/", methods=("POST",))
    def ajax_update(self) -> ResponseReturnValue:
        """Closed: it writes without scope, version or trail."""
        abort(404)

    @expose("/api/file/")
    def api_file_view(self) -> ResponseReturnValue:
        """Closed: it serves any file to anyone."""
        abort(404)

    @expose("/details/")
    def details_view(self) -> ResponseReturnValue:
        """Show one record."""
        raw = self.one_raw(request.args.get("id"))
        name = "beside" if request.args.get("beside") else "page"
        return render_template(f"records/{name}.html", page=record_page(self, raw))

    @expose("/personal/", methods=("POST",))
    def personal_view(self) -> ResponseReturnValue:
        """Show one record with its personal data whole, and let the trail tell who asked."""
        raw = self.one_raw(request.args.get("id"))
        hidden = [field.label for field in self.declaration.fields if field.masked and raw.get(field.key)]
        if not hidden:
            return redirect(url_for(f"{self.endpoint}.details_view", id=raw["_id"]), 303)
        note_personal_shown(
            current_actor(), self.collection, raw["_id"], self.document.label_of(raw), hidden, now=now(),
            counties=self.document.counties_of(raw),
        )  # fmt: skip
        return render_template("records/page.html", page=record_page(self, raw, whole=True))
