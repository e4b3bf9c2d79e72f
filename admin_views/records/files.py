"""The files of a record: uploaded, downloaded and removed through the record's scope."""

from collections.abc import Mapping
from typing import Any

from bson import ObjectId
from flask import Response, abort, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin_views.records.core import RecordCore
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now, shown_moment
from admin_views.shared.view_models import FileItem, Upload
from forms.sentences import sentence
from rules.access import Permission
from rules.errors import Missing, Refused
from rules.words import N_
from services.shared.files import ENDINGS, add_file, files_of, open_file, remove_file


def shown_size(size: int) -> str:
    """Return a size in bytes as a clerk reads it."""
    return f"{size / 1024:,.0f} KB" if size < 1024 * 1024 else f"{size / 1024 / 1024:,.1f} MB"


class FileRoutes(RecordCore):
    """Upload, download and removal."""

    def file_items(self, raw: Mapping[str, Any]) -> tuple[FileItem, ...] | None:
        """Return the record's files; None for a kind of record that has none."""
        if not self.declaration.has_files:
            return None
        may = current_actor().may(Permission.WRITE)
        return tuple(
            FileItem(
                one["name"],
                url_for(f"{self.endpoint}.file_view", file=one["_id"]),
                shown_size(one["size"]),
                shown_moment(one["uploaded_at"]),
                one.get("uploaded_by_name") or "",
                url_for(f"{self.endpoint}.remove_file_view", file=one["_id"], id=raw["_id"]) if may else "",
            )
            for one in files_of(self.collection, raw["_id"])
        )

    def upload(self, raw: Mapping[str, Any]) -> Upload | None:
        """Return the form that adds a file, for those who may."""
        if not self.declaration.has_files or not current_actor().may(Permission.WRITE):
            return None
        return Upload(
            url_for(f"{self.endpoint}.add_file_view", id=raw["_id"]),
            hint=gettext(N_("PDF, pictures, Word, Excel, WPS; at most 20 MB each.")),
            accept=",".join(f".{ending}" for ending in ENDINGS),
        )

    @expose("/file/")
    def file_view(self) -> ResponseReturnValue:
        """Send a file as a download, never shown inside a page."""
        text = request.args.get("file", "")
        if not ObjectId.is_valid(text):
            raise Missing()
        entry, stream = open_file(ObjectId(text), actor=current_actor())
        if entry["collection"] != self.collection:
            raise Missing()
        answer: Response = send_file(
            stream, mimetype=entry["media_type"], as_attachment=True, download_name=entry["name"]
        )
        answer.content_length = entry["size"]
        return answer

    @expose("/files/add/", methods=("POST",))
    def add_file_view(self) -> ResponseReturnValue:
        """Keep uploaded files with the record."""
        if not self.declaration.has_files:
            abort(404)
        raw = self.one_raw(request.args.get("id"))
        sent = [one for one in request.files.getlist("file") if one.filename]
        kept = 0
        for one in sent:
            try:
                add_file(
                    self.collection,
                    raw["_id"],
                    one.filename or "",
                    one.stream,
                    actor=current_actor(),
                    now=now(),
                )
                kept += 1
            except Refused as problem:
                flash(sentence(problem.refusals[0]), "error")
        if kept or not sent:
            said = gettext(N_("The file was kept.")) if kept else gettext(N_("Choose a file first."))
            flash(said, "success" if kept else "error")
        return redirect(url_for(f"{self.endpoint}.details_view", id=raw["_id"]) + "#files", 303)

    @expose("/files/remove/", methods=("POST",))
    def remove_file_view(self) -> ResponseReturnValue:
        """Take a file from the record."""
        raw = self.one_raw(request.args.get("id"))
        text = request.args.get("file", "")
        if not ObjectId.is_valid(text):
            raise Missing()
        remove_file(ObjectId(text), actor=current_actor(), now=now())
        flash(gettext(N_("The file was removed.")), "success")
        return redirect(url_for(f"{self.endpoint}.details_view", id=raw["_id"]) + "#files", 303)
