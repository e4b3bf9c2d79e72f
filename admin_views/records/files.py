"""The files of a record: uploaded, downloaded and removed through the record's scope."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.records.core import RecordCore
from admin_views.shared.files import (
    keep_sent,
    listed_files,
    owner_name,
    remove_slot_file,
    said_of_upload,
    send_slot_file,
    upload_to,
)
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now
from admin_views.shared.view_models import FileItem, Option, Upload
from forms.sentences import sentence
from schema.file_places import RECORD, has_owned_files, may_change_files
from services.records.field_files import is_of_field
from services.shared.files import files_of, quota_warnings


class FileRoutes(RecordCore):
    """Upload, download and removal."""

    def file_items(self, raw: Mapping[str, Any]) -> tuple[FileItem, ...] | None:
        """Return the record's files; None for a kind of record that has none."""
        if not self.declaration.has_files:
            return None
        files = files_of(self.collection, raw["_id"], current_actor())
        files = [file for file in files if not is_of_field(file)]  # they stand there
        kept = [file for file in files if file.get("slot")]  # what a step stands on is not removed here
        others = [file for file in files if not file.get("slot")]
        file_url = partial(url_for, f"{self.endpoint}.file_view")
        remove_url = partial(url_for, f"{self.endpoint}.remove_file_view", id=raw["_id"])
        return listed_files(kept, lambda file_id: file_url(file=file_id)) + listed_files(
            others,
            lambda file_id: file_url(file=file_id),
            (lambda file_id: remove_url(file=file_id)) if self._may_change(raw) else None,
        )

    def upload(self, raw: Mapping[str, Any]) -> Upload | None:
        """Return the form that adds a file, for those who may."""
        if not self.declaration.has_files or not self._may_change(raw):
            return None
        address = url_for(f"{self.endpoint}.add_file_view", id=raw["_id"])
        form = upload_to(address, many=False, counties=self._owners(raw))
        near = quota_warnings(self.collection, raw["_id"], actor=current_actor(), now=now())
        return replace(form, warnings=tuple(sentence(reason) for reason in near))

    def _owners(self, raw: Mapping[str, Any]) -> tuple[Option, ...]:
        """Return those to whom the city bureau may give a file of a record of several counties."""
        if not has_owned_files(self.collection) or current_actor().county is not None:
            return ()
        codes = (None, *self.document.counties_of(raw))
        return tuple(Option(code or "", owner_name(code)) for code in codes)

    def _may_change(self, raw: Mapping[str, Any]) -> bool:
        return may_change_files(self.collection, RECORD, raw, current_actor())

    @expose("/file/")
    def file_view(self) -> ResponseReturnValue:
        """Send a file as a download, never shown inside a page."""
        return send_slot_file((self.collection,))

    @expose("/files/add/", methods=("POST",))
    def add_file_view(self) -> ResponseReturnValue:
        """Keep uploaded files with the record."""
        if not self.declaration.has_files:
            abort(404)
        raw = self.one_raw(request.args.get("id"))
        said_of_upload(keep_sent(self.collection, raw["_id"]))
        return self._back_to_files(raw)

    @expose("/files/remove/", methods=("POST",))
    def remove_file_view(self) -> ResponseReturnValue:
        """Take a file from the record."""
        raw = self.one_raw(request.args.get("id"))
        remove_slot_file((self.collection,), raw["_id"])
        return self._back_to_files(raw)

    def _back_to_files(self, raw: Mapping[str, Any]) -> ResponseReturnValue:
        return redirect(url_for(f"{self.endpoint}.details_view", id=raw["_id"]) + "#files", 303)
