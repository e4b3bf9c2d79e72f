"""The former name of `admin_views.shared.files`, for the packages that still ask for it."""

from admin_views.shared.files import (
    ACCEPT,
    HINT,
    file_items,
    form_items,
    keep_sent,
    keep_uploads,
    remove_asked,
    remove_slot_file,
    said_of_upload,
    send_slot_file,
    sent_files,
    upload_to,
    warn_of_lost_files,
)
from admin_views.shared.request_context import asked_id, parse_object_id

__all__ = [
    "ACCEPT", "HINT", "asked_id", "file_items", "form_items", "keep_sent", "keep_uploads", "parse_object_id",
    "remove_asked", "remove_slot_file", "said_of_upload", "send_slot_file", "sent_files", "upload_to",
    "warn_of_lost_files",
]  # fmt: skip
